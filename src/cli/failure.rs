//! What went wrong, why, and what to do; and the exit code that scripts rely on.

use std::io::Write as _;
use std::process::ExitCode;

use super::say::safe;
use crate::config::ConfigError;
use crate::flow::Trouble;
use crate::model::edge::EdgeError;
use crate::store::StoreError;

/// Who must act; each has its exit code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// What was asked for makes no sense (1).
    User,
    /// The command line is not one (2).
    Usage,
    /// The configuration (3).
    Config,
    /// The network or the login (4).
    Network,
    /// The database (5).
    Data,
    /// A fault of this program (70).
    Internal,
    /// Whoever read the answer has seen enough, like `head`: nothing is wrong (0).
    Left,
}

impl Kind {
    /// The documented exit code.
    #[must_use]
    pub const fn code(self) -> u8 {
        match self {
            Self::Left => 0,
            Self::User => 1,
            Self::Usage => 2,
            Self::Config => 3,
            Self::Network => 4,
            Self::Data => 5,
            Self::Internal => 70,
        }
    }
}

/// A failure as the terminal shows it.
#[derive(Debug)]
pub struct Failure {
    /// Who must act.
    pub kind: Kind,
    /// What failed and why.
    pub message: String,
    /// What to do, if the message does not say it.
    pub hint: Option<String>,
    /// The message was printed already, as part of the answer.
    pub told: bool,
}

impl Failure {
    /// A failure of a kind.
    #[must_use]
    pub fn new(kind: Kind, message: impl Into<String>) -> Self {
        Self { kind, message: without_number(&message.into()), hint: None, told: false }
    }

    /// What was asked for makes no sense.
    #[must_use]
    pub fn user(message: impl Into<String>) -> Self {
        Self::new(Kind::User, message)
    }

    /// The command line is not one.
    #[must_use]
    pub fn usage(message: impl Into<String>) -> Self {
        Self::new(Kind::Usage, message)
    }

    /// The same with what to do.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Only the exit code matters any more: the answer itself says what is wrong.
    #[must_use]
    pub const fn silent(kind: Kind) -> Self {
        Self { kind, message: String::new(), hint: None, told: true }
    }

    /// Prints it to standard error and gives the exit code.
    #[must_use]
    pub fn report(self) -> ExitCode {
        if !self.told {
            let mut err = std::io::stderr().lock();
            let _ = writeln!(err, "curbside: {}", safe(&self.message));
            if let Some(hint) = &self.hint {
                let _ = writeln!(err, "  → {}", safe(hint));
            }
        }
        ExitCode::from(self.kind.code())
    }
}

/// A sentence without the number the system has for its errors: nobody can do anything with it.
fn without_number(text: &str) -> String {
    let Some((before, rest)) = text.split_once(" (os error ") else { return text.to_owned() };
    let Some((_, after)) = rest.split_once(')') else { return text.to_owned() };
    format!("{before}{}", without_number(after))
}

/// Help and version are no failure; anything else clap says is usage.
#[must_use]
pub fn usage(error: &clap::Error) -> ExitCode {
    let _ = error.print();
    if error.use_stderr() { ExitCode::from(Kind::Usage.code()) } else { ExitCode::SUCCESS }
}

impl From<Trouble> for Failure {
    fn from(trouble: Trouble) -> Self {
        match trouble {
            Trouble::Store(error) => error.into(),
            Trouble::Edge(error) => error.into(),
            other => Self::user(other.to_string()),
        }
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        let kind = if matches!(error, StoreError::Rule(_)) { Kind::User } else { Kind::Data };
        Self::new(kind, error.to_string())
    }
}

impl From<EdgeError> for Failure {
    fn from(error: EdgeError) -> Self {
        let failure = Self::new(Kind::Network, error.to_string());
        if failure.message.contains("curbside") { failure } else { failure.hint("curbside doctor tries every part and says what to do") }
    }
}

impl From<ConfigError> for Failure {
    fn from(error: ConfigError) -> Self {
        Self::new(Kind::Config, error.to_string())
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        match error.kind() {
            std::io::ErrorKind::BrokenPipe => Self::silent(Kind::Left),
            std::io::ErrorKind::StorageFull => Self::user("the answer could not be written: there is no space left where it goes"),
            _ => Self::user(error.to_string()),
        }
    }
}
