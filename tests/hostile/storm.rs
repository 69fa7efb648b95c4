//! A flood of answers, and machines that answer machines: nothing of ours joins in, and the owner can still read.

use curbside::mail::mime;
use curbside::model::journal::EntryKind;

use crate::support::jane::{JANE, written_to};
use crate::support::town::ME;

/// Holds P7, P18.
#[test]
fn p18_a_thousand_answers_in_an_hour_are_one_answer_owed() {
    let mut town = written_to();
    for minute in 0..20 {
        for _ in 0..50 {
            town.they_write(JANE, &format!("Could we have a call on Thursday at 3 pm? {minute} {}", "Really. ".repeat(20)));
        }
        town.minutes_pass(3);
    }
    assert_eq!(town.lines(JANE, EntryKind::TheyWrote), 1000, "none is lost (P8)");
    assert_eq!(town.out().len(), 1, "nothing answers");
    assert_eq!(town.stands(JANE), "owes_answer");
    town.days_pass(8);
    assert_eq!(town.out().len(), 1, "nothing answers while an answer is owed (P3)");
    let digest = town.post().out.iter().rfind(|(envelope, _)| envelope.to.as_str() == ME).map(|(_, raw)| raw.clone()).expect("a digest");
    let mail = mime::parse(&digest).expect("a mail");
    let text = mail.text.expect("a text");
    assert!(text.lines().count() < 120, "{} lines", text.lines().count());
    assert!(digest.len() < 64 * 1024, "{} bytes", digest.len());
    assert_eq!(text.matches("would like").count().min(3), text.matches("would like").count(), "said once, not a thousand times:\n{text}");
}

/// Holds P7, R13.
#[test]
fn p7_a_machine_that_answers_everything_is_never_answered() {
    let mut town = written_to();
    for _ in 0..100 {
        town.auto_reply(JANE, "Thank you for your message. I am away and will answer later.");
        town.hours_pass(12);
        town.approve_all();
    }
    assert_eq!(town.out().len(), 1, "fifty days of machines, and nothing more went out");
}

/// Holds P7, R14.
#[test]
fn p7_our_own_mail_that_comes_back_again_and_again_is_no_answer() {
    let mut town = written_to();
    let ours = town.out()[0].raw.clone();
    for _ in 0..50 {
        town.put("INBOX", &ours);
        town.minutes_pass(10);
    }
    assert_eq!(town.lines(JANE, EntryKind::TheyWrote), 0);
    assert_eq!(town.out().len(), 1);
}
