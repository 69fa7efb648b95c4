//! What can go wrong at an edge, by who must act.

/// A failure at the mail server, sorted by what helps.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EdgeError {
    /// Trying again later may help: network, server busy, throttled.
    #[error("{what}")]
    Temporary {
        /// What failed, as a sentence without addresses or secrets.
        what: String,
        /// Seconds the server asked to wait, if it did.
        wait: Option<u64>,
    },
    /// Trying again changes nothing: the server said no, or the configuration is wrong.
    #[error("{0}")]
    Permanent(String),
    /// The login was refused: the owner must act.
    #[error("{0}")]
    Login(String),
    /// The caller's own before-the-body step failed; nothing of the body left this machine.
    #[error("{0}")]
    Interrupted(String),
}

impl EdgeError {
    /// A temporary failure without a stated wait.
    #[must_use]
    pub fn temporary(what: impl Into<String>) -> Self {
        Self::Temporary { what: what.into(), wait: None }
    }

    /// True when trying again later may help.
    #[must_use]
    pub const fn is_temporary(&self) -> bool {
        matches!(self, Self::Temporary { .. } | Self::Interrupted(_))
    }
}

/// The four truths of an attempt to send (RFC 5321).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SendAnswer {
    /// 2xx after the final dot: the server has it.
    Accepted(String),
    /// The server said no at some stage; it does not have the mail.
    Refused(Refusal),
    /// It never left: connect, TLS, login or a stage before the body failed.
    NotSent(EdgeError),
    /// The body had begun and no answer came: it may or may not have been taken.
    Unknown(String),
}

/// A refusal by the SMTP server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// Where it was said.
    pub stage: Stage,
    /// The reply code, 421 or 550.
    pub code: u16,
    /// The enhanced status code (RFC 3463), `5.4.5`, if given.
    pub status: Option<String>,
    /// The server's words, cleaned.
    pub text: String,
}

impl Refusal {
    /// 5xx: trying the same again changes nothing.
    #[must_use]
    pub const fn is_permanent(&self) -> bool {
        self.code >= 500
    }
}

/// The stages of a send, in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// TCP, TLS and greeting.
    Connect,
    /// EHLO and STARTTLS.
    Hello,
    /// AUTH.
    Auth,
    /// MAIL FROM.
    MailFrom,
    /// RCPT TO.
    RcptTo,
    /// DATA, before the body.
    Data,
    /// The body and its final dot.
    Body,
}
