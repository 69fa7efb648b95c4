//! How much of one mail is read: all limits on what strangers send, in one place (P18).
//!
//! Depth needs none: nothing that reads a mail recurses, nested messages are parts like others, and what is compressed
//! or packed is never opened. Files that come along are counted, never kept apart from the mail and never written.

/// Bytes of one mail; of a longer one the beginning. An owner may choose less: `[reading] longest_mail`.
pub const BYTES: usize = 2 * 1024 * 1024;
/// Bytes of a header block, when it is read without the mail.
pub const HEADER_BLOCK: usize = 64 * 1024;
/// Header fields of one mail.
pub const HEADERS: usize = 500;
/// Characters of a header field's name.
pub const FIELD_NAME: usize = 100;
/// Characters of a header field's value.
pub const FIELD_VALUE: usize = 8_192;
/// Characters of a subject.
pub const SUBJECT: usize = 1_000;
/// Characters of a person's or a file's name.
pub const NAME: usize = 200;
/// Mailboxes of one address field.
pub const MAILBOXES: usize = 200;
/// Ids of `References`: the newest ones.
pub const IDS: usize = 100;
/// Bytes of one id (RFC 5322 line limit).
pub const ID: usize = 998;
/// MIME parts of one mail.
pub const PARTS: usize = 500;
/// Bytes of all plain text of a body, and of all its HTML, decoded.
pub const TEXT: usize = 2 * 1024 * 1024;
/// Bytes of a report, a returned header block or a calendar, decoded.
pub const PART_TEXT: usize = 256 * 1024;
