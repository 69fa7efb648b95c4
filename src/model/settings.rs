//! The owner's settings as the program uses them: checked, with units.

use std::path::PathBuf;

use jiff::tz::TimeZone;

use super::address::{Address, Mailbox};
use super::span::Span;

/// Everything `config.toml` says, checked.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Who runs Curbside.
    pub owner: Owner,
    /// Where the mail is.
    pub account: Account,
    /// How often.
    pub cadence: CadenceRules,
    /// When and how much.
    pub sending: SendingRules,
    /// What is read.
    pub reading: ReadingRules,
    /// The weekly mail.
    pub digest: DigestRules,
}

/// The person who runs Curbside.
#[derive(Debug, Clone)]
pub struct Owner {
    /// Name and main address.
    pub mailbox: Mailbox,
    /// Other addresses of the owner.
    pub aliases: Vec<Address>,
    /// The owner's zone.
    pub zone: TimeZone,
    /// Stands below every check-in.
    pub signature: Option<String>,
    /// The résumé file.
    pub resume: Option<PathBuf>,
}

impl Owner {
    /// All addresses of the owner, the main one first.
    #[must_use]
    pub fn addresses(&self) -> Vec<Address> {
        std::iter::once(self.mailbox.address.clone()).chain(self.aliases.iter().cloned()).collect()
    }
}

/// Where the owner's mail is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Account {
    /// IMAP and SMTP servers.
    Servers(Servers),
    /// A Maildir++ folder kept by another tool.
    Folder {
        /// The Maildir.
        dir: PathBuf,
        /// A command that takes the bytes on stdin; without it mail goes to `.Outbox`.
        send_command: Option<String>,
    },
}

/// The owner's mail servers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Servers {
    /// IMAP (RFC 3501).
    pub imap: Server,
    /// Message submission (RFC 6409).
    pub smtp: Server,
    /// The login name at both.
    pub username: String,
    /// Where the password comes from.
    pub secret: SecretSource,
    /// A CA certificate to trust besides the system's, PEM.
    pub ca_file: Option<PathBuf>,
}

/// One server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Server {
    /// Host name, as its certificate says.
    pub host: String,
    /// TCP port.
    pub port: u16,
    /// How the line is secured.
    pub security: Security,
}

impl Server {
    /// True when the host is this machine.
    #[must_use]
    pub fn is_loopback(&self) -> bool {
        self.host == "localhost" || self.host.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback())
    }
}

/// How a line to a server is secured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Security {
    /// TLS from the first byte (RFC 8314).
    Tls,
    /// STARTTLS, required.
    StartTls,
    /// Plain; for loopback hosts only.
    None,
}

/// Where a password comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SecretSource {
    /// The first line of a command's output.
    Command(String),
    /// The first line of a file with mode 0600.
    File(PathBuf),
    /// The keyring of the desktop, under this login name.
    Keyring(String),
    /// Tokens of a sign-in with the provider (RFC 6749), renewed as they run out.
    OAuth(Box<OAuth>),
}

impl SecretSource {
    /// How the owner signs in with the provider, if they do.
    #[must_use]
    pub fn oauth(&self) -> Option<&OAuth> {
        match self {
            Self::OAuth(oauth) => Some(oauth),
            _ => None,
        }
    }
}

/// A sign-in with the mail provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OAuth {
    /// Whose.
    pub provider: OAuthProvider,
    /// The client id of the owner's own registration; none: the one this program was built with, if any.
    pub client_id: Option<String>,
    /// What Google gives with it.
    pub client_secret: Option<Unshown>,
    /// The tokens are kept in the keyring of the desktop under this login name, not in a file.
    pub keyring: Option<String>,
    /// An authorization server on this machine instead of the provider's: for tests.
    pub server: Option<String>,
}

/// Whose sign-in is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OAuthProvider {
    /// Google.
    Google,
    /// Microsoft.
    Microsoft,
}

impl OAuthProvider {
    /// Its word in the settings.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Google => "google",
            Self::Microsoft => "microsoft",
        }
    }

    /// The provider of a word.
    #[must_use]
    pub fn of(key: &str) -> Option<Self> {
        [Self::Google, Self::Microsoft].into_iter().find(|provider| provider.key() == key)
    }
}

/// A text that no debugging line shows.
#[derive(Clone, PartialEq, Eq)]
pub struct Unshown(pub String);

impl std::fmt::Debug for Unshown {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("…")
    }
}

/// How often a contact wants a word.
#[derive(Debug, Clone)]
pub struct CadenceRules {
    /// The default cadence.
    pub default: Span,
    /// The gap after an unanswered first word.
    pub follow_up: Span,
    /// Unanswered check-ins after which a contact is held 26 weeks.
    pub pause_after: u32,
    /// Unanswered check-ins after which a contact is stopped `no_answer`.
    pub stop_after: u32,
}

/// When mail may leave, and how much. A count of 0 means no limit.
#[derive(Debug, Clone)]
pub struct SendingRules {
    /// Time between a yes and the earliest send.
    pub undo: Span,
    /// Mails a day.
    pub per_day: u32,
    /// Mails a week to one employer family.
    pub per_family_per_week: u32,
    /// Least time between two mails.
    pub spacing: Span,
    /// Business hours of the recipient.
    pub hours: Hours,
    /// Business days.
    pub days: Weekdays,
    /// Domains never written to or from.
    pub never: Vec<String>,
}

/// A daily window, minutes since midnight, end exclusive; 1440 is the day's end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hours {
    /// First minute.
    pub from: u16,
    /// Minute after the last.
    pub to: u16,
}

impl Hours {
    /// The whole day.
    #[must_use]
    pub const fn is_whole_day(self) -> bool {
        self.from == 0 && self.to == 1440
    }
}

/// Which days of the week, Monday first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Weekdays(pub [bool; 7]);

impl Weekdays {
    /// Every day of the week.
    #[must_use]
    pub fn is_every_day(self) -> bool {
        self.0.iter().all(|day| *day)
    }

    /// True when the weekday is one of them.
    #[must_use]
    pub fn has(self, day: jiff::civil::Weekday) -> bool {
        usize::try_from(day.to_monday_zero_offset()).is_ok_and(|index| self.0[index])
    }
}

impl SendingRules {
    /// Hours 00:00-24:00 on all days waive holidays too.
    #[must_use]
    pub fn any_time(&self) -> bool {
        self.hours.is_whole_day() && self.days.is_every_day()
    }
}

/// What of the mailbox is read.
#[derive(Debug, Clone)]
pub struct ReadingRules {
    /// Bytes read and kept of one mail; of a longer one the beginning.
    pub longest_mail: usize,
    /// How far the first look goes back.
    pub since: Span,
    /// How often the mailbox is looked at besides IDLE.
    pub poll: Span,
}

/// The weekly mail.
#[derive(Debug, Clone)]
pub struct DigestRules {
    /// When, in the owner's zone.
    pub cron: super::schedule::Schedule,
}
