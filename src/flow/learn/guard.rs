//! One mail that cannot be read holds up no other: a fault of ours in reading it becomes a question to the owner (R9).

use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::model::mail::Mail;
use crate::model::reading::{Kind, Outcome, Reading};

/// Marks the reading of a mail that the program failed to read.
pub(in crate::flow) const UNREAD: &str = "could_not_be_read";

/// What `read` makes of a mail; a human's mail that the owner must read when it fails.
pub(in crate::flow) fn or_ask(read: impl FnOnce() -> Reading) -> Reading {
    catch_unwind(AssertUnwindSafe(read)).unwrap_or_else(|_| unread())
}

/// What `parse` makes of the bytes of a mail; nothing when it fails.
pub(in crate::flow) fn or_nothing(parse: impl FnOnce() -> Option<Mail>) -> Option<Mail> {
    catch_unwind(AssertUnwindSafe(parse)).unwrap_or_else(|_| {
        tracing::error!("a mail broke the parser; this is a fault of curbside");
        None
    })
}

/// The reading of a human's mail that could not be read: the owner must.
pub(super) fn unread() -> Reading {
    let mut reading = Reading::of_kind(Kind::Reply, 0.0);
    reading.outcome = Some(Outcome::Unclear);
    reading.rules.push(UNREAD.to_owned());
    reading
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Holds P18, R9.
    #[test]
    fn a_mail_that_breaks_the_reader_is_for_the_owner_to_read() {
        let reading = or_ask(|| panic!("a fault in a rule"));
        assert_eq!((reading.kind, reading.outcome), (Kind::Reply, Some(Outcome::Unclear)));
        assert!(or_nothing(|| panic!("a fault in the parser")).is_none());
    }
}
