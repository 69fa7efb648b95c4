//! Mail and folders that the provider does not hand over: whom they concern is learnt all the same, and the owner is asked.

use crate::support::jane::{JANE, approved, written_to};
use crate::support::town::{ME, Town};

/// The newest mail of the inbox shows its header and nothing else.
fn damages_the_last(town: &mut Town) {
    town.post().boxes[0].mails.last_mut().expect("a mail").is_damaged = true;
}

/// Holds P8, R9.
#[test]
fn p8_an_answer_that_cannot_be_fetched_is_for_the_owner_to_read() {
    let mut town = written_to();
    town.they_write(JANE, "Please do not contact me again.");
    damages_the_last(&mut town);
    assert_eq!(town.turn().trouble, None);
    assert_eq!(town.stands(JANE), "owes_answer");
    assert!(town.tells(JANE, "please read it yourself"));
    let before = town.journal(JANE).len();
    town.turn();
    assert_eq!(town.journal(JANE).len(), before, "and it is told once");
}

/// Holds P5, P8.
#[test]
fn p8_what_cannot_be_fetched_stops_what_was_about_to_leave() {
    let mut town = approved();
    let mail = town.letter(JANE, ME, "Before you write", &[], "Please do not contact me again.");
    town.put("INBOX", &mail);
    damages_the_last(&mut town);
    town.hours_pass(8);
    assert!(town.out().is_empty());
    assert_eq!(town.stands(JANE), "owes_answer");
}

/// Holds P8, P13.
#[test]
fn p8_a_folder_that_cannot_be_opened_hides_no_other() {
    let mut town = approved();
    town.post().shut = Some("Archive".to_owned());
    town.they_write(JANE, "Please do not contact me again.");
    let trouble = town.turn().trouble.unwrap_or_default();
    assert!(trouble.contains("Archive"), "it is said: {trouble}");
    assert_eq!(town.stands(JANE), "stopped opted_out", "the inbox is read all the same");
}

/// Holds P3, P8.
#[test]
fn p8_while_a_folder_cannot_be_opened_nothing_leaves_and_nobody_new_is_proposed() {
    let mut town = approved();
    town.turn();
    town.post().shut = Some("Archive".to_owned());
    let mail = town.letter("tom@other.example", ME, "Please stop", &[], "Please do not contact me again.");
    town.put("Archive", &mail);
    town.try_add("Tom Park <tom@other.example>", |new| new).expect("added");
    town.hours_pass(8);
    assert!(town.out().is_empty());
    assert_eq!(town.skipped("tom@other.example").as_deref(), Some("not_searched"));
    town.post().shut = None;
    town.hours_pass(24);
    assert_eq!(town.out().len(), 1, "Jane's goes when all can be read");
    assert_eq!(town.stands("tom@other.example"), "stopped opted_out");
}
