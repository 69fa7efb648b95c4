//! What happened at the provider and what the owner wished: plain facts, the only thing the observer is told.

use jiff::Timestamp;
use jiff::civil::Date;

/// A person, by place in the list of all people.
pub type Who = usize;

/// Something that happened.
#[derive(Debug, Clone)]
pub struct Fact {
    /// Its place in the order of all that happened.
    pub step: u64,
    /// The true hour.
    pub at: Timestamp,
    /// The hour on the owner's machine.
    pub shown: Timestamp,
    /// What.
    pub what: What,
}

/// What happened.
#[derive(Debug, Clone)]
pub enum What {
    /// The program asked for the folders: a reading of the mailbox begins.
    Listed,
    /// A command at the mailbox failed.
    ReadFailed,
    /// The server took a mail.
    Delivered {
        /// RCPT TO.
        to: String,
        /// The bytes.
        raw: Vec<u8>,
    },
    /// The server's answer to the last delivery never arrived.
    AnswerLost,
    /// A mail lies in a folder that is read.
    Came(Came),
    /// A mail of the owner to somebody lies in Sent.
    OwnerWrote(Who),
    /// A copy of a check-in lies in Sent; the program filed it, or the provider did.
    Filed {
        /// `Message-ID`, the replaced one where it was replaced.
        id: String,
    },
    /// The owner wishes something.
    Wish(Wish),
    /// A backup made at this step took the place of the database.
    Restored {
        /// Wishes after it are forgotten.
        to: u64,
    },
    /// A whole turn was taken without any trouble.
    CalmTurn,
    /// Something to be told in the story, of no weight.
    #[expect(dead_code, reason = "read by whoever reads the story, as it is printed")]
    Told(String),
}

/// A mail that came.
#[derive(Debug, Clone)]
pub struct Came {
    /// About whom, or from whom.
    pub who: Who,
    /// The address it says it is from.
    pub from: String,
    /// Its `Message-ID`.
    pub id: String,
    /// It refers to a check-in that was delivered.
    pub in_thread: bool,
    /// What it says.
    pub says: Says,
}

/// What a mail says, as the person means it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Says {
    /// Do not write to me.
    OptOut,
    /// No, thank you.
    No,
    /// I do not work there any more.
    Left,
    /// I am not the one you mean.
    WrongPerson,
    /// Something that wants an answer.
    Asks,
    /// Not before a day.
    NotNow(Date),
    /// Thanks; nothing to do.
    Thanks,
    /// A machine: away until a day.
    Away(Date),
    /// A machine: no longer here.
    AwayForGood,
    /// A report: this address is dead.
    Dead,
    /// A report: not delivered this time.
    Returned,
    /// A list mail.
    Bulk,
    /// Somebody else in their name; the provider's check failed.
    Spoof,
}

/// What the owner wishes, and tells the program.
#[derive(Debug, Clone)]
pub enum Wish {
    /// This person is a contact.
    Knows {
        /// Whom.
        who: Who,
        /// Their addresses.
        addresses: Vec<String>,
        /// Their true zone.
        zone: String,
        /// The family of their employer.
        family: String,
        /// A standing yes.
        auto: bool,
    },
    /// This is an address of theirs, too.
    Address(Who, String),
    /// They work elsewhere.
    Family(Who, String),
    /// Yes to exactly this.
    Yes {
        /// The check-in.
        check_in: i64,
        /// To whom.
        to: String,
        /// Its subject.
        subject: String,
        /// Its text.
        text: String,
    },
    /// The yes to this check-in is taken back, by an edit, a cancel or a skip.
    No(i64),
    /// It did not arrive: send it again.
    Resend { check_in: i64, id: String },
    /// It did arrive.
    Arrived(i64),
    /// Never write to them.
    Stop(Who),
    /// Hold them until a day.
    Pause(Who, Date),
    /// End holds and stops.
    Resume(Who),
    /// The answer owed is given.
    Answered(Who),
    /// They talked.
    Talked(Who),
    /// They wrote elsewhere.
    WroteElsewhere(Who),
    /// Erase them.
    Forget(Who),
    /// Hold everything until a day.
    PauseAll(Date),
    /// Go on.
    ResumeAll,
}

/// What the program says at the end, as its reports print it.
#[derive(Debug, Clone, Default)]
pub struct Reports {
    /// `curbside outbox` and `curbside review`: check-in, to, state, answer, `Message-ID`.
    pub check_ins: Vec<CheckIn>,
    /// `curbside show` of each contact: the journal lines with a mail: kind, `Message-ID`.
    pub journals: Vec<(Who, Vec<(String, String)>)>,
}

/// A check-in as it is listed.
#[derive(Debug, Clone)]
pub struct CheckIn {
    /// Its number.
    pub id: i64,
    /// To whom.
    pub to: String,
    /// Its state, as a word.
    pub state: String,
    /// Why.
    pub answer: String,
    /// When it goes, or would go.
    pub goes: Timestamp,
    /// `Message-ID` without brackets.
    pub message_id: String,
}
