//! What may go wrong, each kind with a name, so that it can be counted and switched off.

macro_rules! faults {
    ($($(#[$doc:meta])* $name:ident = $word:literal),+ $(,)?) => {
        /// A kind of trouble.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Fault { $($(#[$doc])* $name),+ }

        impl Fault {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$name),+];

            /// Its name on the command line.
            pub const fn word(self) -> &'static str {
                match self { $(Self::$name => $word),+ }
            }
        }
    };
}

faults! {
    /// Killed with a transaction written and not kept.
    KilledBeforeCommit = "killed-before-commit",
    /// Killed with a transaction just kept.
    KilledAfterCommit = "killed-after-commit",
    /// Killed at an IMAP command.
    KilledAtImap = "killed-at-imap",
    /// Killed before anything was said to the SMTP server.
    KilledBeforeSend = "killed-before-send",
    /// Killed when the body may have begun.
    KilledInBody = "killed-in-body",
    /// Killed when the server had taken the mail.
    KilledWhenTaken = "killed-when-taken",
    /// Killed before the copy was filed.
    KilledBeforeCopy = "killed-before-copy",
    /// Killed after the copy was filed.
    KilledAfterCopy = "killed-after-copy",
    /// The server took the mail and its answer was lost.
    AnswerLost = "answer-lost",
    /// The line broke in the body; the server did not take it.
    BodyLost = "body-lost",
    /// Refused for now (4xx), at some stage.
    RefusedForNow = "refused-for-now",
    /// The recipient does not exist (550 5.1.1).
    RefusedForGood = "refused-for-good",
    /// Refused after the body by policy (554 5.7.1).
    RefusedByPolicy = "refused-by-policy",
    /// The provider's daily limit (550 5.4.5).
    Quota = "quota",
    /// The SMTP login is refused.
    SmtpLogin = "smtp-login",
    /// The IMAP login is refused for hours.
    ImapLogin = "imap-login",
    /// The mailbox cannot be reached for hours or days.
    ImapDown = "imap-down",
    /// The line breaks at an IMAP command.
    ImapDropped = "imap-dropped",
    /// The line breaks between two whole mails.
    DroppedInFetch = "dropped-in-fetch",
    /// A mail comes twice.
    Duplicated = "duplicated",
    /// A mail is delayed for weeks.
    Delayed = "delayed",
    /// A later mail overtakes an earlier one.
    Reordered = "reordered",
    /// A rule files a mail into Archive.
    Archived = "archived",
    /// The provider files a mail into Junk.
    Junked = "junked",
    /// The owner moves mail to another folder.
    Moved = "moved",
    /// UIDVALIDITY changes.
    Renumbered = "renumbered",
    /// UIDVALIDITY changes while the folder is being read.
    RenumberedMidway = "renumbered-midway",
    /// A mail arrives in the middle of a turn.
    MailMidway = "mail-midway",
    /// The owner does something in the middle of a turn, in another process.
    OwnerMidway = "owner-midway",
    /// The machine's clock jumps ahead.
    ClockAhead = "clock-ahead",
    /// The machine's clock falls behind.
    ClockBehind = "clock-behind",
    /// The machine's clock shows another decade.
    ClockWild = "clock-wild",
    /// The laptop sleeps for days.
    Asleep = "asleep",
    /// The laptop sleeps in the middle of a turn.
    AsleepMidway = "asleep-midway",
    /// The disk is full.
    DiskFull = "disk-full",
    /// A second daemon tries its luck, and takes over when the first has ended.
    SecondDaemon = "second-daemon",
    /// An old backup is restored.
    Restored = "restored",
    /// The program is replaced by another version.
    Upgraded = "upgraded",
    /// The owner writes by hand from another client.
    ByHand = "by-hand",
    /// The owner throws drafts away, edits them or takes a yes back.
    DraftsTouched = "drafts-touched",
    /// Somebody writes in a contact's name and fails the provider's check.
    Spoofed = "spoofed",
    /// The provider saves its own copy in Sent.
    CopyByProvider = "copy-by-provider",
    /// The provider saves no copy.
    CopyByProgram = "copy-by-program",
    /// The provider saves a copy under another Message-ID.
    CopyRenamed = "copy-renamed",
    /// Summer time began or ended while mail was going out.
    Dst = "dst",
}

/// How often each kind occurred.
#[derive(Debug, Clone)]
pub struct Counts(Vec<u64>);

impl Default for Counts {
    fn default() -> Self {
        Self(vec![0; Fault::ALL.len()])
    }
}

impl Counts {
    /// One more.
    pub fn add(&mut self, fault: Fault) {
        self.0[fault as usize] += 1;
    }

    /// How often.
    pub fn of(&self, fault: Fault) -> u64 {
        self.0[fault as usize]
    }

    /// Both together.
    pub fn unite(&mut self, other: &Self) {
        self.0.iter_mut().zip(&other.0).for_each(|(mine, theirs)| *mine += theirs);
    }
}

/// Which kinds may occur.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Switches(u64);

impl Switches {
    /// All of them.
    pub const ALL: Self = Self(u64::MAX);

    /// True when it may occur.
    pub const fn has(self, fault: Fault) -> bool {
        self.0 >> (fault as u32) & 1 == 1
    }

    /// The same without one.
    #[must_use]
    pub const fn without(self, fault: Fault) -> Self {
        Self(self.0 & !(1 << (fault as u32)))
    }

    /// The names of those that may not occur.
    pub fn off(self) -> Vec<&'static str> {
        Fault::ALL.iter().filter(|fault| !self.has(**fault)).map(|fault| fault.word()).collect()
    }
}
