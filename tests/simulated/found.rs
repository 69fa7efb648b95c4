//! What the simulator found, each as a story that shows it, so that it stays mended.

use curbside::clock::Clock;
use curbside::flow::{Change, NewContact};
use curbside::mail::scripted::{Fates, Moment, Scripted};
use curbside::model::draft::{Draft, DraftState};
use curbside::model::edge::{EdgeError, SendAnswer};
use curbside::model::journal::EntryKind;
use curbside::store::{Store, StoreError};
use jiff::{Timestamp, ToSpan};

use crate::river::keeping::restored;
use crate::support::jane::written_to;
use crate::support::town::{ME, Town, report};

const JANE: &str = "jane@plan.example";

/// Jane is due, and the yes is given.
fn approved() -> Town {
    let mut town = Town::new();
    town.add("Jane Doe <jane@plan.example>");
    town.turn();
    assert_eq!(town.approve_all(), 1, "{:?}", town.plan());
    town
}

/// The laptop is closed at a moment of the turn, and opened again hours later.
#[derive(Debug)]
struct Sleeps {
    clock: Clock,
    at: Moment,
    hours: i64,
}

impl Fates for Sleeps {
    fn at(&mut self, office: &mut Scripted, moment: Moment) -> Result<(), EdgeError> {
        if moment == self.at && self.hours > 0 {
            self.clock.set(self.clock.now() + self.hours.hours());
            office.now = self.clock.now();
            self.hours = 0;
        }
        Ok(())
    }
}

/// Holds P3, P4, T6.
#[test]
fn a_laptop_closed_between_the_look_at_the_mailbox_and_the_send_sends_nothing_when_it_is_opened_at_night() {
    for moment in [Moment::Rows, Moment::BeforeSend] {
        let mut town = approved();
        town.clock_at("2026-04-06 10:06");
        let clock = town.see().clock.clone();
        town.post().fates = Some(Box::new(Sleeps { clock, at: moment, hours: 40 }));
        town.turn();
        town.post().fates = None;
        assert_eq!(town.out().len(), 0, "it is two in the morning, and nobody has looked at the mailbox since: {moment:?}");
        assert_eq!(town.state(JANE), DraftState::Queued);
        town.hours_pass(12);
        assert_eq!(town.out().len(), 1, "it goes at a decent hour");
    }
}

/// Holds P4.
#[test]
fn a_check_in_that_may_have_arrived_counts_for_the_caps() {
    let mut town = Town::with("[sending]\nper_day = 1\n");
    town.add("Jane Doe <jane@plan.example>");
    town.add("Omar Reyes <omar@lake.example>");
    town.turn();
    town.approve_all();
    town.answers(SendAnswer::Unknown("the line broke".to_owned()));
    town.hours_pass(1);
    let states = [town.state(JANE), town.state("omar@lake.example")];
    assert!(states.contains(&DraftState::Doubtful), "{states:?}");
    town.hours_pass(8);
    assert_eq!(town.out().len(), 0, "one mail a day, and it may have been that one");
    town.days_pass(1);
    assert_eq!(town.out().len(), 1);
}

/// Holds P12, T4.
#[test]
fn a_clock_that_was_a_year_ahead_for_an_hour_does_not_silence_the_digest_for_a_year() {
    let mut town = Town::new();
    town.days_pass(8);
    let digests = town.digests();
    let raw = town.post().out.last().expect("a digest").1.clone();
    town.put("INBOX", &raw);
    let now = town.see().now();
    town.clock_to(now + (400 * 24).hours());
    town.turn();
    town.clock_to(now + 1.hour());
    town.turn();
    let ahead = town.digests() - digests;
    assert!(ahead <= 1, "none of this week's is sent again");
    town.days_pass(7);
    assert_eq!(town.digests() - digests - ahead, 1, "and next week's comes");
}

/// Holds P12, P17.
#[test]
fn a_digest_that_a_restored_backup_knows_nothing_of_is_found_in_the_mailbox_and_not_sent_again() {
    let mut town = Town::new();
    let backup = town.dir().join("old.db");
    town.see().store.back_up_to(&backup).expect("a backup");
    town.days_pass(8);
    let sent = town.post().out.clone();
    let (_, raw) = sent.last().expect("a digest");
    town.put("INBOX", raw);
    restored(&mut town, &backup);
    town.turn();
    assert_eq!(town.digests(), 1);
}

/// Holds T4.
#[test]
fn a_yes_given_while_the_clock_was_a_year_ahead_does_not_wait_for_that_year() {
    let mut town = Town::new();
    town.add("Jane Doe <jane@plan.example>");
    let now = town.see().now();
    town.clock_to(now + (400 * 24).hours());
    town.turn();
    assert_eq!(town.approve_all(), 1);
    town.clock_to(now + 1.hour());
    town.turn();
    town.hours_pass(1);
    assert!(town.tells(JANE, "the clock of this machine was wrong"));
    assert_eq!(town.approve_all(), 1, "she is proposed again, at once");
    town.days_pass(2);
    assert_eq!(town.out().len(), 1);
}

/// Holds P5, T4, T5.
#[test]
fn a_clock_that_is_years_behind_for_some_minutes_costs_no_yes() {
    let mut town = approved();
    let now = town.see().now();
    town.clock_to(now - (56 * 366 * 24).hours());
    town.minutes_pass(20);
    assert_eq!(town.first(JANE).state, DraftState::Queued, "{:?}", town.first(JANE).answer);
    assert_eq!(town.out().len(), 0);
    town.clock_to(now + 40.minutes());
    town.days_pass(1);
    assert_eq!(town.out().len(), 1);
}

/// Holds T4.
#[test]
fn a_pause_of_a_day_begun_while_the_clock_was_a_year_ahead_ends_when_the_clock_is_right() {
    let mut town = approved();
    let now = town.see().now();
    let pause = (now + (400 * 24).hours()).to_string();
    let said = town.see().store.write(|tx| {
        tx.set_value("sending_paused_until", &pause)?;
        tx.set_value("sending_paused_why", "the daily limit")
    });
    said.unwrap_or_else(|error: curbside::store::StoreError| panic!("{error}"));
    town.hours_pass(8);
    assert_eq!(town.out().len(), 1);
}

/// Holds P5.
#[test]
fn a_check_in_interrupted_before_its_body_does_not_go_after_a_call_with_them_was_logged() {
    let mut town = approved();
    town.clock_at("2026-04-06 10:06");
    town.dies(Moment::BeforeSend);
    assert_eq!(town.state(JANE), DraftState::Sending);
    let call = Change::Log { who: JANE.to_owned(), text: "we spoke".to_owned(), kind: EntryKind::Call, on: None };
    town.does(call);
    assert_eq!(town.first(JANE).state, DraftState::Stopped, "{:?}", town.first(JANE).answer);
    town.days_pass(3);
    assert_eq!(town.out().len(), 0);
}

/// The owner takes it back in another process, at a moment of the turn.
#[derive(Debug)]
struct Meddles {
    desk: Store,
    at: Moment,
}

impl Fates for Meddles {
    fn at(&mut self, _: &mut Scripted, moment: Moment) -> Result<(), EdgeError> {
        if moment == self.at {
            let taken_back = self.desk.write(|tx| {
                let draft = tx.drafts_in(DraftState::Sending)?.remove(0);
                tx.update_draft(&Draft { state: DraftState::Stopped, ..draft }, Timestamp::UNIX_EPOCH)
            });
            taken_back.unwrap_or_else(|error: StoreError| panic!("{error}"));
        }
        Ok(())
    }
}

/// Holds P5, S12.
#[test]
fn a_check_in_withdrawn_between_the_claim_and_the_body_does_not_go() {
    let mut town = approved();
    town.clock_at("2026-04-06 10:06");
    let desk = Store::open(&town.database(), town.see().now()).expect("the same database");
    town.post().fates = Some(Box::new(Meddles { desk, at: Moment::BeforeSend }));
    town.turn();
    town.post().fates = None;
    town.days_pass(2);
    assert_eq!(town.out().len(), 0);
    assert_eq!(town.first(JANE).state, DraftState::Stopped);
}

/// Her check-in may or may not have arrived, and weeks later the owner lets the same bytes go again.
fn sent_again_weeks_later(town: &mut Town) {
    town.post().saves_sent = false;
    town.answers(SendAnswer::Unknown("the line broke".to_owned()));
    town.days_pass(1);
    assert_eq!(town.state(JANE), DraftState::Doubtful);
    town.days_pass(20);
}

fn goes_again(town: &mut Town) -> usize {
    town.post().saves_sent = true;
    town.does(Change::ResolveResend(town.first(JANE).id));
    town.days_pass(1);
    assert_eq!(town.state(JANE), DraftState::Sent);
    town.out().len()
}

/// Nothing goes to her for six days, whatever is proposed and approved.
fn rests_for_six_days(town: &mut Town, sent: usize) {
    for _ in 0..6 {
        town.turn();
        town.approve_all();
        town.days_pass(1);
    }
    assert_eq!(town.out().len(), sent, "the last mail to her is less than a week old");
}

/// Holds P3, P17, S17.
#[test]
fn a_check_in_sent_again_after_the_backup_counts_from_the_day_it_left_and_not_from_its_first_try() {
    let mut town = approved();
    sent_again_weeks_later(&mut town);
    let backup = town.dir().join("old.db");
    town.see().store.back_up_to(&backup).expect("a backup");
    let sent = goes_again(&mut town);
    restored(&mut town, &backup);
    rests_for_six_days(&mut town, sent);
    assert_eq!(town.first(JANE).state, DraftState::Sent, "it was found in Sent");
}

/// Holds P3, P17, S17.
#[test]
fn a_check_in_that_the_backup_never_knew_counts_from_the_day_it_left_and_not_from_its_old_date() {
    let mut town = Town::new();
    town.add("Jane Doe <jane@plan.example>");
    let backup = town.dir().join("old.db");
    town.see().store.back_up_to(&backup).expect("a backup");
    town.turn();
    assert_eq!(town.approve_all(), 1);
    sent_again_weeks_later(&mut town);
    let sent = goes_again(&mut town);
    restored(&mut town, &backup);
    rests_for_six_days(&mut town, sent);
}

/// Holds P10, T4.
#[test]
fn a_clock_set_right_by_hours_just_after_a_send_leaves_the_provider_its_time_to_file_the_copy() {
    let mut town = approved();
    town.post().host = Some("smtp.gmail.com".to_owned());
    town.clock_at("2026-04-06 10:06");
    town.turn();
    let sent = town.post().out.last().expect("it went").1.clone();
    let id = town.first(JANE).message_id.expect("rendered");
    town.clock_at("2026-04-06 16:30");
    town.turn();
    town.put("Sent", &sent);
    town.hours_pass(2);
    assert_eq!(town.copies_in_sent(&id), 1);
}

/// Holds P10.
#[test]
fn a_copy_that_no_provider_files_is_filed_also_by_a_program_that_runs_once_a_day() {
    let mut town = approved();
    town.post().host = Some("smtp.gmail.com".to_owned());
    town.clock_at("2026-04-06 10:06");
    town.turn();
    let id = town.first(JANE).message_id.expect("rendered");
    for day in ["2026-04-07 20:00", "2026-04-08 20:00"] {
        town.clock_at(day);
        town.turn();
    }
    assert_eq!(town.copies_in_sent(&id), 1);
}

/// Holds R15.
#[test]
fn an_address_that_passes_its_mail_on_to_a_dead_one_is_not_written_to_every_week() {
    let mut town = approved();
    town.days_pass(1);
    let id = town.out()[0].mail.message_id.clone().expect("an id");
    let report = town.report_mail(&report(&["jane.old@elsewhere.example"], "5.1.1", "user unknown", &id));
    town.put("INBOX", &report);
    town.turn();
    assert_eq!(town.stands(JANE), "stopped undeliverable", "nothing reaches her there");
    assert!(town.tells(JANE, "which is passed on to jane.old@elsewhere.example"));
}

/// Holds P4, T1.
#[test]
fn a_mail_that_was_weeks_on_its_way_says_nothing_of_their_clock_after_summer_time() {
    let mut town = Town::at("2026-10-26T09:00:00-04:00[America/New_York]", "");
    town.add("Jane Doe <jane@plan.example>");
    let late = town.letter(JANE, ME, "Hello", &[], "Thanks for your note.");
    let late = String::from_utf8(late).expect("text").replace(" -0400", " -0700"); // Los Angeles, in summer
    town.days_pass(1);
    town.clock_at("2026-11-03 09:00");
    town.put("INBOX", late.as_bytes());
    town.turn();
    assert!(!town.why(JANE).zone.contains("Denver"), "{}", town.why(JANE).zone);
}

/// Holds P12, T6.
#[test]
fn a_laptop_closed_while_the_digest_leaves_sends_one_when_it_is_opened_a_week_later() {
    let mut town = Town::new();
    town.days_pass(2);
    let digests = town.digests();
    town.clock_at("2026-04-13 07:00");
    let clock = town.see().clock.clone();
    town.post().fates = Some(Box::new(Sleeps { clock, at: Moment::BeforeSend, hours: 8 * 24 }));
    let _put_off = town.try_turn();
    town.post().fates = None;
    town.minutes_pass(30);
    assert_eq!(town.digests() - digests, 1, "that of the week in which it was opened");
}

/// Holds P4, S17.
#[test]
fn check_ins_that_a_restored_backup_knows_nothing_of_count_for_the_caps_of_their_family() {
    let mut town = Town::new();
    let backup = town.dir().join("old.db");
    let at_northwind = |new: NewContact| NewContact { employer: Some("Northwind Health".to_owned()), ..new };
    for name in ["Ann Doe <ann@plan.example>", "Bea Doe <bea@plan.example>", "Cal Doe <cal@plan.example>"] {
        town.add_with(name, at_northwind);
    }
    town.see().store.back_up_to(&backup).expect("a backup");
    for _ in 0..4 {
        town.turn();
        town.approve_all();
        town.hours_pass(12);
    }
    assert_eq!(town.out().len(), 2, "two a week to one family");
    restored(&mut town, &backup);
    for _ in 0..6 {
        town.turn();
        town.approve_all();
        town.hours_pass(12);
    }
    assert_eq!(town.out().len(), 2, "the week is not over");
    town.days_pass(7);
    town.approve_all();
    town.days_pass(4);
    assert!(town.out().iter().any(|out| out.to == "cal@plan.example"), "then the third is written to");
}

/// Holds P3, T4.
#[test]
fn an_answer_given_while_the_clock_was_ten_years_ahead_pays_no_debt_of_the_ten_years() {
    let mut town = written_to();
    town.days_pass(1);
    let now = town.see().now();
    town.they_write(JANE, "Could you call me on Thursday?");
    town.turn();
    town.clock_to(now + (10 * 366 * 24).hours());
    town.does(Change::Answered(JANE.to_owned()));
    town.clock_to(now + 1.hour());
    town.hours_pass(2);
    town.they_write(JANE, "One more thing: can you send me your CV?");
    town.turn();
    assert_eq!(town.stands(JANE), "owes_answer");
}

/// Holds P3, T4.
#[test]
fn a_check_in_that_left_while_the_clock_was_ten_years_ahead_is_followed_neither_at_once_nor_in_ten_years() {
    let mut town = approved();
    let now = town.see().now();
    town.clock_to(now + (10 * 366 * 24).hours());
    town.days_pass(2);
    assert_eq!(town.approve_all() + town.out().len(), 1, "it left, or waits for a new yes: {:?}", town.first(JANE));
    town.days_pass(4);
    let sent = town.out().len();
    assert_eq!(sent, 1);
    town.clock_to(now + 1.hour());
    rests_for_six_days(&mut town, sent);
    for _ in 0..60 {
        town.days_pass(1);
        town.approve_all();
    }
    let why = town.why(JANE);
    assert!(town.out().len() > sent, "{:?} {:?} {:?} {:?}", why.rule, why.next_due, why.skip, why.standing);
}

/// Holds P10, T4.
#[test]
fn a_copy_that_was_waited_for_while_the_clock_was_a_year_ahead_is_filed_today() {
    let mut town = approved();
    town.post().host = Some("smtp.gmail.com".to_owned());
    let now = town.see().now();
    town.clock_at("2027-04-05 10:06");
    town.turn();
    town.approve_all();
    town.days_pass(2);
    let id = town.first(JANE).message_id.expect("rendered");
    town.post().fates = None;
    town.clock_to(now + 50.hours());
    town.hours_pass(2);
    assert_eq!(town.copies_in_sent(&id), 1);
}

/// Holds P3, T4.
#[test]
fn a_question_that_comes_after_a_talk_logged_on_a_clock_a_day_ahead_is_owed_an_answer() {
    let mut town = written_to();
    let now = town.see().now();
    town.clock_to(now + 27.hours());
    town.does(Change::Answered(JANE.to_owned()));
    town.clock_to(now + 1.hour());
    town.they_write(JANE, "Could you call me on Thursday?");
    town.turn();
    assert_eq!(town.stands(JANE), "owes_answer");
    town.minutes_pass(10);
    town.does(Change::Answered(JANE.to_owned()));
    assert_eq!(town.stands(JANE), "active", "and what the owner does next comes after it");
}
