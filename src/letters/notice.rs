//! Short plain mails for what cannot wait until the digest: what happened, why, what to do.

use askama::Template;

use super::words::{cut, line, wrap};
use super::write;

/// Something the owner should know now. The fields are words for people, not codes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Notice {
    /// The provider takes no more mail for a while.
    QuotaReached {
        /// What the server said.
        said: String,
        /// When Curbside tries again: “tomorrow at 09:12”.
        again: String,
        /// How many approved check-ins wait.
        queued: usize,
    },
    /// The mail server refused the login.
    LoginRefused {
        /// Which server.
        host: String,
        /// What it said.
        said: String,
        /// How many approved check-ins wait.
        queued: usize,
    },
    /// The mailbox cannot be read.
    SyncBroken {
        /// Since when: “Monday 23 November, 07:00”.
        since: String,
        /// What failed.
        why: String,
        /// What to do, as a sentence.
        remedy: String,
    },
    /// A check-in may or may not have been sent.
    Doubtful {
        /// Its id in the outbox.
        id: String,
        /// To whom.
        name: String,
        /// Its subject.
        subject: String,
        /// When it was tried: “Monday 23 November, 10:04”.
        tried: String,
    },
}

impl Notice {
    /// One line that says what happened.
    #[must_use]
    pub fn subject(&self) -> String {
        let subject = match self {
            Self::QuotaReached { .. } => "Sending is paused: your provider takes no more mail for now".to_owned(),
            Self::LoginRefused { host, .. } => format!("Sending is paused: {} refused the login", line(host)),
            Self::SyncBroken { .. } => "Your mailbox cannot be read, so nothing is sent".to_owned(),
            Self::Doubtful { name, .. } => format!("Was the note to {} sent? Please look", line(name)),
        };
        cut(&subject, 70)
    }

    /// The mail's text, 72 columns.
    #[must_use]
    pub fn text(&self) -> String {
        let filled = match self {
            Self::QuotaReached { said, again, queued } => write(&Quota { said: told(said), again: told(again), queued: *queued }),
            Self::LoginRefused { host, said, queued } => write(&Login { host: told(host), said: told(said), queued: *queued }),
            Self::SyncBroken { since, why, remedy } => write(&Sync { since: told(since), why: told(why), remedy: told(remedy) }),
            Self::Doubtful { id, name, subject, tried } => {
                write(&Doubt { id: told(id), name: told(name), subject: told(subject), tried: told(tried) })
            }
        };
        wrapped(&filled)
    }
}

/// What a server or a stranger said, on one line and not without end.
fn told(said: &str) -> String {
    cut(&line(said), 300)
}

/// Paragraphs are wrapped; a line that is indented in the template is a command and stays as it is.
fn wrapped(text: &str) -> String {
    let is_command = |paragraph: &str| paragraph.starts_with(' ');
    let paragraph = |text: &str| if is_command(text) { text.trim_end().to_owned() } else { wrap(text, "", "", 72) };
    let paragraphs = text.trim_matches('\n').split("\n\n").map(paragraph).filter(|paragraph| !paragraph.is_empty());
    paragraphs.collect::<Vec<_>>().join("\n\n") + "\n"
}

#[derive(Template)]
#[template(path = "notices/quota.txt")]
struct Quota {
    said: String,
    again: String,
    queued: usize,
}

#[derive(Template)]
#[template(path = "notices/login.txt")]
struct Login {
    host: String,
    said: String,
    queued: usize,
}

#[derive(Template)]
#[template(path = "notices/sync.txt")]
struct Sync {
    since: String,
    why: String,
    remedy: String,
}

#[derive(Template)]
#[template(path = "notices/doubtful.txt")]
struct Doubt {
    id: String,
    name: String,
    subject: String,
    tried: String,
}
