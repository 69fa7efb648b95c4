//! A mail as read from bytes (RFC 5322, RFC 2045): what the understanding works on.

use jiff::Timestamp;
use jiff::tz::Offset;

use super::address::{Address, Mailbox};

/// A mail parsed from its bytes. Nothing in it is trusted; all of it is bounded in size by whoever parsed it.
#[derive(Debug, Clone, Default)]
pub struct Mail {
    /// `Message-ID` without angle brackets.
    pub message_id: Option<String>,
    /// `X-Microsoft-Original-Message-ID`: ours, when Outlook replaced it.
    pub original_message_id: Option<String>,
    /// Ids of `In-Reply-To`, without brackets.
    pub in_reply_to: Vec<String>,
    /// Ids of `References`, oldest first, without brackets.
    pub references: Vec<String>,
    /// `From` mailboxes with a valid address.
    pub from: Vec<Mailbox>,
    /// `Reply-To` mailboxes.
    pub reply_to: Vec<Mailbox>,
    /// `To` mailboxes.
    pub to: Vec<Mailbox>,
    /// `Cc` mailboxes.
    pub cc: Vec<Mailbox>,
    /// `Subject`, decoded, control characters removed.
    pub subject: String,
    /// The `Date` header.
    pub date: Option<MailDate>,
    /// All header fields in order: lower-case name, unfolded and decoded value.
    pub headers: Vec<(String, String)>,
    /// Plain text of the body (all inline text/plain parts), if any.
    pub text: Option<String>,
    /// HTML of the body, as sent, if any.
    pub html: Option<String>,
    /// Other parts, in order, nested messages' own parts left out.
    pub parts: Vec<Part>,
    /// True when the bytes were cut at the size limit before parsing.
    pub truncated: bool,
}

/// The `Date` header: an instant, and the offset that its writer's clock showed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MailDate {
    /// The instant.
    pub at: Timestamp,
    /// The writer's offset from UTC.
    pub offset: Offset,
}

/// A MIME part that is not the body's own text.
#[derive(Debug, Clone, Default)]
pub struct Part {
    /// Lower-case `type/subtype`.
    pub content_type: String,
    /// File name, cleaned; never used as a path.
    pub name: Option<String>,
    /// Decoded size in bytes.
    pub size: usize,
    /// Decoded text of parts that matter to understanding (delivery-status, rfc822 headers, feedback report, calendar), capped.
    pub text: Option<String>,
}

impl Mail {
    /// The first value of a header field, by lower-case name.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str())
    }

    /// The address of the first `From` mailbox.
    #[must_use]
    pub fn sender(&self) -> Option<&Address> {
        self.from.first().map(|mailbox| &mailbox.address)
    }

    /// All ids this mail refers to: `In-Reply-To` first, then `References` from the newest.
    pub fn refers_to(&self) -> impl Iterator<Item = &str> {
        self.in_reply_to.iter().chain(self.references.iter().rev()).map(String::as_str)
    }

    /// The `References` of an answer to this mail (RFC 5322, 3.6.4): the conversation so far, oldest first, then itself.
    #[must_use]
    pub fn chain(&self) -> Vec<String> {
        let before = match (&self.references[..], &self.in_reply_to[..]) {
            ([], [parent]) => std::slice::from_ref(parent),
            (references, _) => references,
        };
        before.iter().chain(&self.message_id).cloned().collect()
    }

    /// Everybody in `To` and `Cc`.
    pub fn recipients(&self) -> impl Iterator<Item = &Mailbox> {
        self.to.iter().chain(&self.cc)
    }
}
