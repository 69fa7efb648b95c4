//! Which kind of mail it is: a delivery report, a machine's answer, a calendar's, mass mail, the owner's own, or a person's.

use super::signs::fold;
use super::{auto_reply, bounce, bulk, invite};
use crate::model::address::Address;
use crate::model::mail::Mail;
use crate::model::reading::{Bounce, Kind};

/// The kind of a mail, with what showed it.
pub(super) struct Judged {
    pub(super) kind: Kind,
    pub(super) confidence: f64,
    pub(super) bounce: Option<Bounce>,
    pub(super) rules: Vec<&'static str>,
}

impl Judged {
    pub(super) fn new(kind: Kind, confidence: f64, rules: Vec<&'static str>) -> Self {
        Self { kind, confidence, bounce: None, rules }
    }
}

/// A sign: whether it is there, what it weighs, its name.
pub(super) type Sign = (bool, u32, &'static str);

/// The weight of the signs that are there, and their names.
pub(super) fn sum(signs: &[Sign]) -> (u32, Vec<&'static str>) {
    let hits = signs.iter().filter(|(hit, ..)| *hit);
    (hits.clone().map(|(_, points, _)| points).sum(), hits.map(|(.., rule)| *rule).collect())
}

/// Judges a mail by the surest signs first; what nothing automatic claims was written by a person.
pub(super) fn judge(mail: &Mail, new_text: &str, me: &[Address]) -> Judged {
    if is_own(mail, me) {
        return Judged::new(Kind::Own, 0.99, vec!["from_me"]);
    }
    let seen = Seen::of(mail, new_text);
    bounce::judge(mail, &seen)
        .or_else(|| invite::judge(mail, &seen))
        .or_else(|| auto_reply::judge(mail, &seen))
        .or_else(|| bulk::judge(mail, &seen))
        .unwrap_or_else(|| Judged::new(Kind::Reply, 0.95, Vec::new()))
}

/// What all the judges look at, folded once.
pub(super) struct Seen {
    /// The folded subject.
    pub(super) subject: String,
    /// The folded beginning of the new text.
    pub(super) text: String,
    /// Local part of the sender, lower case.
    pub(super) sender: String,
    /// The subject is that of an answer or a forward (`Re:`, `Fwd:`).
    pub(super) answers: bool,
    /// `Auto-Submitted` (RFC 3834) is there and is not `no`.
    pub(super) auto_submitted: bool,
    /// The envelope sender is empty: nobody wants an answer.
    pub(super) null_path: bool,
}

impl Seen {
    fn of(mail: &Mail, new_text: &str) -> Self {
        let subject = fold(&mail.subject);
        Self {
            answers: ["re:", "re :", "fw:", "fwd:", "aw:", "wg:", "tr:", "sv:", "vs:", "rv:", "r:", "antw:"]
                .iter()
                .any(|p| subject.starts_with(p)),
            subject,
            text: fold(new_text),
            sender: mail.sender().map(|address| address.local().to_ascii_lowercase()).unwrap_or_default(),
            auto_submitted: mail.header("auto-submitted").is_some_and(|value| !value.trim().to_ascii_lowercase().starts_with("no")),
            null_path: mail.header("return-path").is_some_and(|value| matches!(value.trim(), "" | "<>")),
        }
    }
}

fn is_own(mail: &Mail, me: &[Address]) -> bool {
    mail.sender().is_some_and(|sender| me.iter().any(|mine| mine.key() == sender.key()))
}
