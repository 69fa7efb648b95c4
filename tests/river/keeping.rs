//! P17: what is kept, what is erased, and what comes back.

use std::path::PathBuf;

use curbside::flow::{self, Change, Changed, NewContact};
use curbside::model::draft::DraftState;
use curbside::model::edge::{EdgeError, SendAnswer};
use curbside::model::journal::EntryKind;
use curbside::model::reading::Outcome;
use curbside::store::Store;

use crate::support::jane::{JANE, approved, known, written_to};
use crate::support::town::{ME, Town};

#[test]
fn p17_forget_erases_every_word_and_keeps_the_suppression() {
    let mut town = written_to();
    town.they_write(JANE, "A word about the quetzal. Could we have a call on Thursday at 3 pm?");
    town.turn();
    assert!(town.stores("quetzal"));
    let Changed::Forgotten { suppressed, .. } = town.change(Change::Forget(JANE.to_owned())).expect("forgotten") else { panic!() };
    assert_eq!(suppressed, 1);
    for text in ["quetzal", "Jane Doe", JANE, "jane"] {
        assert!(!town.stores(text), "{text}");
    }
    let kept = town.try_add("Jane Doe <jane@plan.example>", |new| new);
    assert!(kept.is_err_and(|error| error.to_string().contains("--again")));
    town.turn();
    assert!(!town.stores("quetzal"), "and the next look brings nothing back");
}

#[test]
fn p17_only_again_brings_a_forgotten_person_back() {
    let mut town = written_to();
    town.does(Change::Forget(JANE.to_owned()));
    town.try_add("Jane Doe <jane@plan.example>", |new| NewContact { again: true, ..new }).expect("added");
    town.turn();
    assert_eq!(town.kept(JANE).story.our_mails, 1, "Sent tells that she was written to");
    assert!(town.drafts().is_empty());
}

/// Holds P2.
#[test]
fn p17_an_opt_out_is_lifted_only_by_naming_the_later_invitation() {
    let mut town = written_to();
    town.they_write(JANE, "Please do not contact me again.");
    town.turn();
    assert!(town.change(Change::Resume(JANE.to_owned(), None)).is_err());
    town.does(Change::Forget(JANE.to_owned()));
    town.minutes_pass(10);
    assert!(town.try_add("Jane Doe <jane@plan.example>", |new| NewContact { again: true, ..new }).is_err());
    let invited = Some("she asked me at the June meeting to write".to_owned());
    town.try_add("Jane Doe <jane@plan.example>", |new| NewContact { again: true, invited, ..new }).expect("added");
    town.turn();
    assert_eq!(town.stands(JANE), "active", "the old mail is read again and does not outweigh the invitation");
    let address = JANE.parse().expect("an address");
    assert!(town.see().store.read(|tx| tx.suppressed(&address)).expect("a database").is_none());
    town.they_write(JANE, "Please do not contact me again, really.");
    town.turn();
    assert_eq!(town.stands(JANE), "stopped opted_out", "a new one counts");
}

#[test]
fn p17_resume_with_an_invitation_lifts_an_opt_out() {
    let mut town = written_to();
    town.they_write(JANE, "Please do not contact me again.");
    town.turn();
    town.minutes_pass(5);
    town.does(Change::Resume(JANE.to_owned(), Some("she wrote on LinkedIn".to_owned())));
    assert_eq!(town.stands(JANE), "active");
    town.days_pass(1);
    assert_eq!(town.stands(JANE), "active");
}

fn backed_up(town: &Town) -> PathBuf {
    let world = town.see();
    world.store.back_up("test", world.now()).expect("a backup")
}

/// The owner goes back to a backup, as the command does it.
pub fn restored(town: &mut Town, backup: &std::path::Path) {
    let (path, now) = (town.database(), town.see().now());
    town.starts_again(); // the old file is closed below before it is moved
    let world = town.world();
    let memory = tempfile::tempdir().expect("a folder");
    world.store = Store::open(&memory.path().join("x.db"), now).expect("a database");
    Store::restore(backup, &path, [7; 32], now).expect("restored");
    world.store = Store::open(&path, now).expect("a database");
}

/// Holds P1, S17.
#[test]
fn p17_after_a_restore_nothing_already_sent_goes_again() {
    let mut town = approved();
    let backup = backed_up(&town);
    town.hours_pass(3);
    assert_eq!(town.out().len(), 1);
    restored(&mut town, &backup);
    assert_eq!(town.first(JANE).state, DraftState::Review, "a new yes is needed");
    town.turn();
    assert_eq!(town.first(JANE).state, DraftState::Withdrawn, "Sent tells that it went");
    for _ in 0..6 {
        town.approve_all();
        town.days_pass(1);
    }
    assert_eq!(town.out().len(), 1);
}

/// Holds P1, S17.
#[test]
fn p17_after_a_restore_a_mail_that_was_rendered_before_the_backup_is_known_in_sent() {
    let mut town = approved();
    town.answers(SendAnswer::NotSent(EdgeError::temporary("busy")));
    town.clock_at("2026-04-06 10:06");
    town.turn();
    let backup = backed_up(&town);
    town.hours_pass(3);
    assert_eq!(town.out().len(), 1);
    restored(&mut town, &backup);
    town.turn();
    assert_eq!(town.first(JANE).state, DraftState::Sent);
    assert!(town.drafts().is_empty());
}

/// Holds P2.
#[test]
fn p17_a_suppression_after_the_backup_outlives_the_restore() {
    let mut town = written_to();
    let backup = backed_up(&town);
    town.they_write(JANE, "Please do not contact me again.");
    town.turn();
    town.post().boxes[0].mails.clear();
    restored(&mut town, &backup);
    town.news("I passed the board examination.");
    town.days_pass(30);
    town.approve_all();
    town.days_pass(3);
    assert_eq!(town.out().len(), 1);
    assert_eq!(town.skipped(JANE).as_deref(), Some("suppressed"));
}

/// Holds P2.
#[test]
fn p17_to_correct_another_mail_lifts_no_suppression() {
    let mut town = written_to();
    town.they_write(JANE, "There is an opening here, R-4411, medical director. Interested?");
    town.turn();
    let now = town.see().now();
    let backup = town.see().store.back_up("test", now).expect("a backup");
    town.they_write(JANE, "Please do not contact me again.");
    town.turn();
    town.post().boxes[0].mails.clear();
    restored(&mut town, &backup);
    town.turn();
    let mail = town.journal(JANE).into_iter().rfind(|entry| entry.line.kind == EntryKind::TheyWrote).and_then(|entry| entry.message_id);
    let corrected = |outcome| Change::Correct(mail.clone().expect("kept"), outcome);
    let address = JANE.parse().expect("an address");
    let suppressed = |town: &Town| town.see().store.read(|tx| tx.suppressed(&address)).expect("a database").is_some();
    town.does(corrected(Outcome::Acknowledged));
    assert!(suppressed(&town), "the mail that said so is gone, and her wish is not");
    town.does(corrected(Outcome::OptedOut));
    assert!(suppressed(&town));
}

/// Holds P2.
#[test]
fn p17_a_wrongly_read_opt_out_is_taken_back_unless_another_one_stands() {
    let mut town = written_to();
    let address = JANE.parse().expect("an address");
    let suppressed = |town: &Town| town.see().store.read(|tx| tx.suppressed(&address)).expect("a database").is_some();
    for _ in 0..2 {
        town.they_write(JANE, "Please do not contact me again.");
        town.turn();
        town.minutes_pass(10);
    }
    let mails = town.journal(JANE).into_iter().filter(|entry| entry.line.kind == EntryKind::TheyWrote);
    let mails: Vec<String> = mails.filter_map(|entry| entry.message_id).collect();
    town.does(Change::Correct(mails[0].clone(), Outcome::Acknowledged));
    assert!(suppressed(&town));
    town.does(Change::Correct(mails[1].clone(), Outcome::Acknowledged));
    assert!(!suppressed(&town));
    assert_eq!(town.stands(JANE), "active");
}

#[test]
fn p17_the_journal_takes_nothing_back() {
    let town = written_to();
    let conn = rusqlite_of(&town);
    assert!(conn.is_empty(), "{conn}");
}

/// What the database lets anybody do to the journal: nothing.
fn rusqlite_of(town: &Town) -> String {
    let raw = rusqlite::Connection::open(town.database()).expect("a database");
    let tries = ["UPDATE journal SET text = 'x'", "DELETE FROM journal", "UPDATE journal SET effects = '[]' WHERE id = 1"];
    tries.into_iter().filter(|sql| raw.execute(sql, []).is_ok()).collect::<Vec<_>>().join("; ")
}

/// Holds P2.
#[test]
fn p17_two_who_are_one_become_one() {
    let mut town = known();
    town.add("J. Doe <jane@home.example>");
    let mail = town.letter(ME, "jane@plan.example, jane@home.example", "Hello", &[], "Hello");
    town.put("Sent", &mail);
    town.turn();
    town.they_write_to("INBOX", "jane@home.example", "jane@home.example", "Please do not contact me again.");
    town.turn();
    town.does(Change::Merge(JANE.to_owned(), "jane@home.example".to_owned()));
    assert_eq!(town.kept(JANE).story.our_mails, 1, "one mail to both is one word");
    assert_eq!(town.kept(JANE).contact.addresses.len(), 2);
    assert_eq!(town.stands("jane@home.example"), "stopped opted_out");
    let address = JANE.parse().expect("an address");
    assert!(town.see().store.read(|tx| tx.suppressed(&address)).expect("a database").is_some());
}

#[test]
fn p17_a_read_only_database_lists_and_does_not_send() {
    let mut town = approved();
    let path = town.database();
    town.world().store = Store::open_read_only(&path).expect("readable");
    town.clock_at("2026-04-06 11:00");
    assert!(town.try_turn().is_err());
    assert_eq!(town.out().len(), 0);
    assert_eq!(town.see().store.read(|tx| tx.contacts()).expect("listed").len(), 1);
    assert_eq!(town.plan().touches.len(), 1);
}

/// Holds P1, S3, D5.
#[test]
fn p17_a_full_disk_sends_nothing_loses_nothing_and_goes_on_when_freed() {
    for pages in 0..12 {
        let mut town = approved();
        town.clock_at("2026-04-06 10:06");
        town.they_write("tom@other.example", "hello");
        town.see().store.let_grow(Some(pages)).expect("a database");
        let full = town.try_turn().is_err();
        let left = town.out().len();
        town.see().store.let_grow(None).expect("a database");
        town.post().saves_sent = true;
        town.starts_again();
        town.hours_pass(2);
        assert!(left == 0 || !full || town.first(JANE).state == DraftState::Doubtful, "{pages}: {:?}", town.first(JANE));
        assert!(town.out().len() <= 1, "{pages}");
        assert!(town.out().len() == 1 || town.first(JANE).state == DraftState::Sent, "{pages}: {:?}", town.first(JANE));
        town.see().store.check().expect("sound");
    }
}

/// Holds D6.
#[test]
fn p17_a_damaged_file_is_refused_and_kept() {
    let mut town = written_to();
    let (path, now) = (town.database(), town.see().now());
    town.see().store.settle_log().expect("settled");
    let mut bytes = std::fs::read(&path).expect("read");
    bytes[..4_000].fill(0xAA);
    let damaged = town.dir().join("damaged.db");
    std::fs::write(&damaged, &bytes).expect("written");
    assert!(Store::open(&damaged, now).is_err());
    assert_eq!(std::fs::read(&damaged).expect("read"), bytes, "not a byte was changed");
    town.turn();
}

#[test]
fn p17_the_owners_own_address_is_no_contact() {
    let mut town = Town::new();
    assert!(town.try_add("Sam Rivers <Sam@Owner.example>", |new| new).is_err());
    assert!(town.try_add("Sam Rivers <sam.rivers@clinic.example>", |new| new).is_err());
}

#[test]
fn p17_planning_twice_changes_nothing() {
    let mut town = known();
    assert_eq!(town.plan(), town.plan());
    town.turn();
    assert_eq!(flow::prepare(town.see()).expect("prepared"), 0);
    assert_eq!(town.plan().touches.len(), 1);
}
