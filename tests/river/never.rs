//! P2 and P3: never after a no, never while an answer is owed, never too soon.

use curbside::flow::{Change, NewContact};
use curbside::model::draft::DraftState;
use curbside::model::journal::EntryKind;
use curbside::model::plan::Reason;
use curbside::model::reading::Outcome;
use jiff::civil::date;

use crate::support::jane::{JANE, approved, drafted, known, written_to};
use crate::support::town::{ME, Town};

/// Holds R17.
#[test]
fn p2_an_opt_out_ends_it_for_good_on_every_address() {
    let mut town = written_to();
    town.days_pass(1);
    town.they_write(JANE, "Please do not contact me again.");
    town.turn();
    assert_eq!(town.stands(JANE), "stopped opted_out");
    town.learns_address(JANE, "jane@home.example");
    town.news("I passed the board examination.");
    town.days_pass(60);
    assert_eq!(town.out().len(), 1);
    assert_eq!(town.skipped(JANE).as_deref(), Some("suppressed"));
    for address in [JANE, "jane@home.example", "Jane+news@plan.example"] {
        let address = address.parse().expect("an address");
        assert!(town.see().store.read(|tx| tx.suppressed(&address)).expect("a database").is_some(), "{address}");
    }
}

/// Holds P5, S12.
#[test]
fn p2_an_opt_out_that_comes_after_the_yes_stops_the_mail_that_was_to_go() {
    let mut town = written_to();
    town.days_pass(7);
    town.approve_all();
    town.they_write(JANE, "Please do not contact me again.");
    town.days_pass(5);
    assert_eq!(town.out().len(), 1);
    assert_eq!(town.state(JANE), DraftState::Stopped);
}

#[test]
fn p2_suppression_is_asked_again_at_the_yes_and_before_sending() {
    let mut town = drafted();
    let id = town.draft(JANE).id;
    let suppress = |town: &Town| {
        let now = town.see().now();
        town.see().store.write(|tx| tx.suppress(&JANE.parse().expect("an address"), "opted_out", now)).expect("a database");
    };
    suppress(&town);
    assert!(town.approve(id).is_err());
    let mut town = approved();
    suppress(&town);
    town.days_pass(1);
    assert_eq!(town.out().len(), 0);
    assert_eq!(town.first(JANE).state, DraftState::Stopped);
}

#[test]
fn p2_a_decline_ends_it() {
    let mut town = written_to();
    town.they_write(JANE, "Thank you, but no. We are not interested and will not be hiring physicians.");
    town.turn();
    let outcome =
        town.journal(JANE).into_iter().rfind(|entry| entry.line.kind == EntryKind::TheyWrote).and_then(|entry| entry.line.outcome);
    town.does(Change::Correct(last_in(&town), Outcome::Declined));
    assert_eq!(town.stands(JANE), "stopped declined", "read as {outcome:?}");
    town.days_pass(200);
    assert_eq!(town.out().len(), 1);
}

/// The id of the last mail of theirs that was kept.
fn last_in(town: &Town) -> String {
    town.journal(JANE).into_iter().rfind(|entry| entry.line.kind == EntryKind::TheyWrote).and_then(|entry| entry.message_id).expect("kept")
}

#[test]
fn p2_a_wrongly_read_opt_out_is_taken_back_by_the_owner() {
    let mut town = written_to();
    town.they_write(JANE, "Please do not contact me again.");
    town.turn();
    town.does(Change::Correct(last_in(&town), Outcome::Acknowledged));
    assert_eq!(town.stands(JANE), "active");
    let address = JANE.parse().expect("an address");
    assert!(town.see().store.read(|tx| tx.suppressed(&address)).expect("a database").is_none());
}

/// Holds R15.
#[test]
fn p2_a_hard_bounce_stops_only_that_address() {
    let mut town = Town::new();
    town.add_with("Jane Doe <jane@plan.example>", |mut new| {
        new.addresses.push("jane@home.example".parse().expect("an address"));
        new
    });
    town.writes_to_all();
    town.bounce(JANE, "5.1.1", "user unknown");
    town.turn();
    assert_eq!(town.stands(JANE), "active");
    town.days_pass(60);
    town.turn();
    town.approve_all();
    town.days_pass(3);
    let out = town.out();
    assert!(out.len() > 1, "{:?}", town.plan());
    assert!(out[1..].iter().all(|out| out.to == "jane@home.example"));
}

#[test]
fn p2_when_no_address_is_left_they_are_undeliverable_until_there_is_a_new_one() {
    let mut town = written_to();
    town.bounce(JANE, "5.1.1", "user unknown");
    town.turn();
    assert_eq!(town.stands(JANE), "stopped undeliverable");
    let id = town.kept(JANE).contact.id.to_string();
    town.learns_address(&id, "jane@new.example");
    assert_eq!(town.stands(&id), "active");
}

#[test]
fn p2_a_first_word_that_came_back_is_not_followed_up_but_said_again() {
    let mut town = written_to();
    town.bounce(JANE, "5.1.1", "user unknown");
    town.turn();
    let id = town.kept(JANE).contact.id.to_string();
    town.learns_address(&id, "jane@new.example");
    town.days_pass(9);
    let draft = town.draft(&id);
    assert_eq!((draft.because, draft.due), (Reason::FirstWord, date(2026, 4, 15)));
    assert_eq!(draft.content.in_reply_to, None, "what she never got is no conversation");
}

#[test]
fn p2_a_dead_address_that_writes_is_alive_and_is_owed_an_answer() {
    let mut town = written_to();
    town.bounce(JANE, "5.1.1", "user unknown");
    town.days_pass(1);
    town.they_write(JANE, "Sorry, our mail server was down. Could we talk on Thursday at 3 pm?");
    town.turn();
    assert_eq!(town.stands(JANE), "owes_answer");
    assert_eq!(town.kept(JANE).contact.addresses.len(), 1);
}

#[test]
fn p2_a_report_that_names_one_person_twice_is_read_once_and_blocks_nothing() {
    let mut town = written_to();
    let id = town.out()[0].mail.message_id.clone().expect("an id");
    let parts = crate::support::town::report(&[JANE, JANE], "5.1.1", "user unknown", &id);
    let mail = town.report_mail(&parts);
    town.put("INBOX", &mail);
    assert_eq!(town.turn().trouble, None);
    assert_eq!(town.stands(JANE), "stopped undeliverable");
}

/// Holds R15.
#[test]
fn p2_a_report_about_one_persons_mail_kills_nobody_elses_address() {
    let mut town = written_to();
    town.add("Tom Park <tom@other.example>");
    let id = town.out()[0].mail.message_id.clone().expect("an id");
    let parts = crate::support::town::report(&["tom@other.example"], "5.1.1", "user unknown", &id);
    let mail = town.report_mail(&parts);
    town.put("INBOX", &mail);
    town.turn();
    assert_eq!(town.kept("tom@other.example").contact.addresses.len(), 1);
}

#[test]
fn p3_nothing_goes_while_the_owner_owes_an_answer() {
    let mut town = written_to();
    town.they_write(JANE, "Happy to talk. Could we have a call on Thursday at 3 pm?");
    town.turn();
    assert_eq!(town.stands(JANE), "owes_answer");
    town.news("I passed the board examination.");
    town.days_pass(90);
    assert_eq!(town.out().len(), 1);
    assert_eq!(town.skipped(JANE).as_deref(), Some("owes_answer"));
}

#[test]
fn p3_a_later_mail_in_sent_a_call_or_a_word_of_the_owner_pays_the_debt() {
    type Pays = fn(&mut Town);
    let ways: [Pays; 3] = [
        |town| town.owner_writes(JANE, "Thursday at 3 it is."),
        |town| town.does(Change::Log { who: JANE.to_owned(), text: "we talked".to_owned(), kind: EntryKind::Call, on: None }),
        |town| town.does(Change::Answered(JANE.to_owned())),
    ];
    for pays in ways {
        let mut town = written_to();
        town.they_write(JANE, "Happy to talk. Could we have a call on Thursday at 3 pm?");
        town.turn();
        town.minutes_pass(10);
        pays(&mut town);
        town.turn();
        assert_eq!(town.stands(JANE), "active");
    }
}

#[test]
fn p3_a_mail_merely_from_the_owner_pays_nothing() {
    let mut town = written_to();
    town.they_write(JANE, "Happy to talk. Could we have a call on Thursday at 3 pm?");
    town.turn();
    let forged = town.letter(ME, JANE, "Re: hello", &[], "Thursday at 3 it is.");
    town.put("INBOX", &forged);
    town.turn();
    assert_eq!(town.stands(JANE), "owes_answer");
}

#[test]
fn p3_one_follow_up_after_seven_working_days_and_no_second() {
    let mut town = written_to();
    town.days_pass(8);
    let draft = town.draft(JANE);
    assert_eq!(draft.because, Reason::FollowUp);
    assert_eq!(draft.due, date(2026, 4, 15), "seven working days after Monday the 6th");
    town.approve_all();
    town.days_pass(3);
    assert_eq!(town.out().len(), 2);
    let second = town.out()[1].mail.date.expect("a date").at.to_zoned(jiff::tz::TimeZone::get("America/New_York").expect("a zone"));
    assert_eq!(second.date(), date(2026, 4, 15));
    assert_eq!(town.stands(JANE), "held silence", "two words without an answer");
    assert_eq!(town.until(JANE), Some(date(2026, 10, 14)), "26 weeks");
}

#[test]
fn p3_after_the_third_word_without_an_answer_it_is_over() {
    let mut town = written_to();
    town.days_pass(8);
    town.approve_all();
    town.days_pass(3);
    town.news("I passed the board examination.");
    town.days_pass(187);
    assert_eq!(town.approve_all(), 1, "{:?}", town.why(JANE).skip);
    town.days_pass(10);
    assert_eq!(town.out().len(), 3);
    assert_eq!(town.stands(JANE), "stopped no_answer");
    town.they_write(JANE, "Thanks for your notes, good to hear from you.");
    town.turn();
    assert_ne!(town.standing(JANE).reason.as_deref(), Some("no_answer"), "a word of theirs ends the silence");
}

#[test]
fn p3_silence_lengthens_the_gap_by_half_and_warmth_shortens_it_by_a_quarter() {
    let mut town = known();
    town.owner_writes(JANE, "Hello");
    town.days_pass(1);
    town.they_write(JANE, "Thank you for the article, I enjoyed it.");
    town.turn();
    town.does(Change::Correct(last_in(&town), Outcome::Acknowledged));
    let heard = town.now().date();
    assert_eq!(town.why(JANE).next_due, Some(heard + jiff::Span::new().weeks(8)), "{}", town.why(JANE).rule);
    town.news("I passed the board examination.");
    town.days_pass(56);
    assert_eq!(town.approve_all(), 1, "{:?}", town.why(JANE).skip);
    town.days_pass(1);
    let left = town.out()[0].mail.date.expect("a date").at.to_zoned(town.now().time_zone().clone()).date();
    assert_eq!(town.why(JANE).next_due, Some(left + jiff::Span::new().weeks(12)), "one unanswered: half as long again");
    town.they_write(JANE, "We have an opening for a medical director, please apply.");
    town.turn();
    town.does(Change::Correct(last_in(&town), Outcome::Opening));
    town.minutes_pass(5);
    town.owner_writes(JANE, "Thank you!");
    town.turn();
    let today = town.now().date();
    assert_eq!(town.why(JANE).next_due, Some(today + jiff::Span::new().weeks(6)), "warm: a quarter shorter");
}

#[test]
fn p3_never_within_seven_days_of_mail_however_short_the_cadence() {
    let mut town = Town::new();
    town.add_with("Jane Doe <jane@plan.example>", |new| NewContact { every: Some("1d".parse().expect("a span")), ..new });
    town.clock_at("2026-04-06 15:30");
    town.owner_writes(JANE, "Hello");
    town.minutes_pass(5);
    town.they_write(JANE, "Thank you for the article, I enjoyed it.");
    town.turn();
    town.does(Change::Correct(last_in(&town), Outcome::Acknowledged));
    town.news("I passed the board examination.");
    town.turn();
    town.approve_all();
    town.days_pass(9);
    let out = town.out();
    assert_eq!(out.len(), 1, "{:?} {:?}", town.why(JANE).skip, town.first(JANE));
    let left = out[0].mail.date.expect("a date").at.to_zoned(town.now().time_zone().clone());
    assert!(left >= "2026-04-13T15:30:00-04:00[America/New_York]".parse().expect("an hour"), "{left}: a whole week");
}

#[test]
fn p3_thanks_on_the_next_working_day_after_a_logged_call_and_once() {
    let mut town = written_to();
    town.they_write(JANE, "Happy to talk. Could we have a call on Thursday at 3 pm?");
    town.clock_at("2026-04-10 15:30");
    town.turn();
    town.does(Change::Log { who: JANE.to_owned(), text: "talked about appeals".to_owned(), kind: EntryKind::Call, on: None });
    town.turn();
    let draft = town.draft(JANE);
    assert_eq!((draft.because, draft.due), (Reason::Thanks, date(2026, 4, 13)), "Friday's call is thanked for on Monday");
    assert!(!draft.content.text.contains("appeals"), "what the owner noted is the owner's");
    town.approve_all();
    town.days_pass(4);
    assert_eq!(town.out().len(), 2);
    town.days_pass(25);
    assert_eq!(town.out().len(), 2);
}

#[test]
fn p3_a_failed_look_at_the_mailbox_sends_nothing() {
    let mut town = approved();
    town.post().down = true;
    town.clock_at("2026-04-06 11:00");
    let turn = town.turn();
    assert!(turn.trouble.is_some());
    assert_eq!(town.out().len(), 0);
    town.post().down = false;
    town.turn();
    assert_eq!(town.out().len(), 1);
}

#[test]
fn p3_a_day_they_named_is_kept() {
    let mut town = written_to();
    town.they_write(JANE, "Not hiring at the moment. Please check back with me on June 15.");
    town.turn();
    assert_eq!(town.stands(JANE), "held not_now");
    assert_eq!(town.until(JANE), Some(date(2026, 6, 15)));
    town.days_pass(64);
    assert_eq!(town.draft(JANE).because, Reason::AsAgreed, "{:?}", town.why(JANE).skip);
    town.approve_all();
    town.days_pass(8);
    let out = town.out();
    assert_eq!(out.len(), 2);
    let left = out[1].mail.date.expect("a date").at.to_zoned(town.now().time_zone().clone());
    assert_eq!(left.date(), date(2026, 6, 15));
}

#[test]
fn p3_not_now_without_a_day_holds_a_quarter() {
    let mut town = written_to();
    town.they_write(JANE, "Nothing right now, but feel free to stay in touch.");
    town.turn();
    town.does(Change::Correct(last_in(&town), Outcome::NotNow));
    assert_eq!(town.until(JANE), Some(date(2026, 7, 6)));
}

#[test]
fn p3_nobody_who_has_talked_with_the_owner_is_introduced_to_them() {
    let mut town = known();
    let march = "2026-02-02T12:00:00-05:00".parse().expect("an hour");
    town.does(Change::Log { who: JANE.to_owned(), text: "met".to_owned(), kind: EntryKind::Meeting, on: Some(march) });
    town.turn();
    assert!(town.drafts().iter().all(|draft| draft.because != Reason::FirstWord));
}
