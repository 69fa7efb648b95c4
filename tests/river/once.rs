//! P1 and P10: a check-in leaves at most once, and one copy of it lies in Sent.

use curbside::flow::Change;
use curbside::mail::scripted::Moment;
use curbside::model::draft::DraftState;
use curbside::model::edge::{EdgeError, Refusal, SendAnswer, Stage};
use curbside::model::journal::EntryKind;
use jiff::ToSpan;

use crate::support::jane::{JANE, approved};
use crate::support::town::Town;

fn refusal(stage: Stage, code: u16, status: &str) -> SendAnswer {
    SendAnswer::Refused(Refusal { stage, code, status: Some(status.to_owned()), text: "no".to_owned() })
}

#[test]
fn p1_an_approved_check_in_leaves_once_and_never_again() {
    let mut town = approved();
    town.days_pass(6);
    assert_eq!(town.out().len(), 1);
    assert_eq!(town.first(JANE).state, DraftState::Sent);
    assert_eq!(town.lines(JANE, EntryKind::CheckIn), 1);
}

#[test]
fn p1_a_machine_that_dies_before_anything_left_sends_the_same_bytes_after_all() {
    let mut town = approved();
    town.clock_at("2026-04-06 10:06");
    town.dies(Moment::BeforeSend);
    assert_eq!(town.state(JANE), DraftState::Sending);
    let id = town.draft(JANE).message_id;
    town.hours_pass(1);
    let out = town.out();
    assert_eq!(out.len(), 1);
    assert_eq!(out[0].mail.message_id, id, "rendered once, before the first attempt");
}

#[test]
fn p1_a_machine_that_dies_within_the_body_asks_the_owner_and_never_sends_blindly() {
    let mut town = approved();
    town.clock_at("2026-04-06 10:06");
    town.dies(Moment::BodyBegun);
    town.minutes_pass(5);
    assert_eq!(town.state(JANE), DraftState::Sending, "it is still looked for");
    town.days_pass(20);
    assert_eq!(town.out().len(), 0);
    assert_eq!(town.state(JANE), DraftState::Doubtful);
    assert!(town.tells(JANE, "did it arrive?"));
    assert!(town.drafts().is_empty(), "nothing else is proposed to her meanwhile");
}

/// Holds S1.
#[test]
fn p1_a_machine_that_dies_after_the_server_took_it_finds_it_in_sent() {
    let mut town = approved();
    town.post().saves_sent = true;
    town.clock_at("2026-04-06 10:06");
    town.dies(Moment::Taken);
    town.hours_pass(1);
    assert_eq!(town.out().len(), 1);
    assert_eq!(town.state(JANE), DraftState::Sent);
    assert_eq!(town.lines(JANE, EntryKind::CheckIn), 1);
    assert_eq!(town.kept(JANE).story.our_mails, 1, "the copy in Sent is no second word");
}

/// Holds S1.
#[test]
fn p1_without_a_copy_in_sent_a_taken_mail_is_doubtful_not_sent_twice() {
    let mut town = approved();
    town.clock_at("2026-04-06 10:06");
    town.dies(Moment::Taken);
    town.days_pass(3);
    assert_eq!(town.out().len(), 1);
    assert_eq!(town.state(JANE), DraftState::Doubtful);
}

/// Holds S2.
#[test]
fn p1_no_answer_after_the_body_is_looked_for_ten_minutes() {
    let mut town = approved();
    town.answers(SendAnswer::Unknown("the line broke".to_owned()));
    town.clock_at("2026-04-06 10:06");
    town.turn();
    assert_eq!(town.state(JANE), DraftState::Sending);
    town.clock_at("2026-04-06 10:15");
    town.turn();
    assert_eq!(town.state(JANE), DraftState::Sending);
    town.clock_at("2026-04-06 10:17");
    town.turn();
    assert_eq!(town.state(JANE), DraftState::Doubtful);
}

/// Holds S2.
#[test]
fn p1_a_doubtful_mail_found_in_sent_the_next_day_is_sent() {
    let mut town = approved();
    town.answers(SendAnswer::Unknown("the line broke".to_owned()));
    town.hours_pass(1);
    assert_eq!(town.state(JANE), DraftState::Doubtful);
    let raw = rendered(&town);
    town.days_pass(1);
    town.put("Sent", &raw);
    town.turn();
    assert_eq!(town.state(JANE), DraftState::Sent);
    assert_eq!(town.kept(JANE).story.our_mails, 1);
    town.days_pass(1);
    assert_eq!(town.out().len(), 0, "and it is not sent again");
}

fn rendered(town: &Town) -> Vec<u8> {
    let id = town.draft(JANE).id;
    town.see().store.read(|tx| tx.rendered(id)).expect("a database").expect("rendered").raw
}

#[test]
fn p1_an_answer_to_a_doubtful_mail_proves_that_it_arrived() {
    let mut town = approved();
    town.answers(SendAnswer::Unknown("the line broke".to_owned()));
    town.hours_pass(1);
    let id = town.draft(JANE).message_id.expect("rendered");
    let about = format!("In-Reply-To: <{id}>");
    let mail = town.letter(JANE, crate::support::town::ME, "Re: hello", &[&about], "Thanks for your note, that is good to know.");
    town.put("INBOX", &mail);
    town.turn();
    assert_eq!(town.state(JANE), DraftState::Sent);
    assert!(town.change(Change::ResolveResend(town.draft(JANE).id)).is_err(), "there is nothing to resolve any more");
}

#[test]
fn p1_resend_sends_the_same_bytes_and_only_once() {
    let mut town = approved();
    town.answers(SendAnswer::Unknown("the line broke".to_owned()));
    town.hours_pass(1);
    let (id, raw) = (town.draft(JANE).id, rendered(&town));
    town.does(Change::ResolveResend(id));
    assert!(town.change(Change::Revise(id, None, "Other words".to_owned())).is_err(), "the very mail goes, or none");
    town.days_pass(2);
    assert_eq!(town.out().len(), 1);
    assert_eq!(town.out()[0].raw, raw);
    assert!(town.change(Change::ResolveResend(id)).is_err());
}

#[test]
fn p1_a_mail_the_owner_says_arrived_counts_from_the_hour_it_left() {
    let mut town = approved();
    town.answers(SendAnswer::Unknown("the line broke".to_owned()));
    town.hours_pass(1);
    let left = town.see().now();
    town.days_pass(3);
    town.does(Change::ResolveSent(town.draft(JANE).id));
    assert!(town.kept(JANE).story.last_ours.is_some_and(|at| at <= left));
    assert_eq!(town.out().len(), 0);
}

/// Holds S4.
#[test]
fn p1_a_server_that_was_busy_is_tried_again_with_the_same_bytes() {
    let mut town = approved();
    town.answers(SendAnswer::NotSent(EdgeError::temporary("busy")));
    town.answers(refusal(Stage::Data, 451, "4.3.0"));
    town.clock_at("2026-04-06 10:06");
    town.turn();
    let raw = rendered(&town);
    town.hours_pass(3);
    assert_eq!(town.out().len(), 1);
    assert_eq!(town.out()[0].raw, raw);
}

/// Holds S11.
#[test]
fn p1_p5_words_edited_between_two_attempts_are_the_words_that_go() {
    let mut town = approved();
    town.answers(SendAnswer::NotSent(EdgeError::temporary("busy")));
    town.clock_at("2026-04-06 10:06");
    town.turn();
    let id = town.draft(JANE).id;
    town.does(Change::Revise(id, None, "Hi Jane,\n\nquite other words.\n".to_owned()));
    town.hours_pass(2);
    assert_eq!(town.out().len(), 0, "an edit needs a new yes");
    town.approve(id).expect("a yes");
    town.hours_pass(2);
    assert_eq!(town.out().len(), 1);
    assert!(town.out()[0].mail.text.as_deref().is_some_and(|text| text.contains("quite other words")));
}

#[test]
fn p1_a_mail_approved_weeks_ahead_is_not_given_up_at_the_first_trouble() {
    let mut town = approved();
    town.does(Change::Pause(JANE.to_owned(), Some("2026-04-17".parse().expect("a day"))));
    town.days_pass(11);
    town.answers(SendAnswer::NotSent(EdgeError::temporary("busy")));
    town.days_pass(2);
    assert_ne!(town.state(JANE), DraftState::Refused, "{:?}", town.draft(JANE).answer);
}

#[test]
fn p1_a_server_that_is_busy_for_five_days_ends_it_and_the_owner_is_told() {
    let mut town = approved();
    for _ in 0..500 {
        town.answers(SendAnswer::NotSent(EdgeError::temporary("busy")));
    }
    town.days_pass(9);
    assert!(town.tells(JANE, "could not be sent for five days"));
    assert_eq!(town.out().len(), 0);
}

/// Holds P2, S7.
#[test]
fn p1_a_refused_address_stops_only_that_address_and_nobody_tries_again() {
    let mut town = Town::new();
    town.add_with("Jane Doe <jane@plan.example>", |mut new| {
        new.addresses.push("jane.doe@home.example".parse().expect("an address"));
        new
    });
    town.turn();
    town.approve_all();
    town.answers(refusal(Stage::RcptTo, 550, "5.1.1"));
    town.hours_pass(1);
    assert_eq!(town.first(JANE).state, DraftState::Refused);
    assert_eq!(town.stands(JANE), "active");
    let left: Vec<String> = town.kept(JANE).contact.addresses.iter().map(ToString::to_string).collect();
    assert_eq!(left, ["jane.doe@home.example"]);
    town.turn();
    let again = town.drafts();
    assert!(again.iter().all(|draft| draft.send_at > town.see().now() + (6 * 24).hours()), "not the same week");
    assert_eq!(again[0].content.to.address.as_str(), "jane.doe@home.example");
}

#[test]
fn p1_a_policy_refusal_of_the_recipient_does_not_kill_the_address() {
    let mut town = approved();
    town.answers(refusal(Stage::RcptTo, 550, "5.7.1"));
    town.hours_pass(1);
    assert_eq!(town.first(JANE).state, DraftState::Refused);
    assert_eq!(town.kept(JANE).contact.addresses.len(), 1);
}

#[test]
fn p1_a_refused_auto_check_in_is_not_tried_turn_after_turn() {
    let mut town = Town::new();
    town.add_with("Jane Doe <jane@plan.example>", |mut new| {
        new.mode = Some("auto".parse().expect("a mode"));
        new
    });
    for _ in 0..50 {
        town.answers(refusal(Stage::Body, 554, "5.7.1"));
    }
    town.days_pass(3);
    assert_eq!(town.post().answers.len(), 49, "tried once, and not again this week");
}

#[test]
fn p1_a_server_that_takes_no_mail_from_the_owner_pauses_the_queue() {
    let mut town = approved();
    town.answers(refusal(Stage::MailFrom, 550, "5.7.60"));
    town.clock_at("2026-04-06 10:06");
    town.turn();
    assert_eq!(town.state(JANE), DraftState::Queued, "this mail is not at fault");
    town.days_pass(1);
    assert_eq!(town.out().len(), 1);
}

/// Holds S8.
#[test]
fn p1_a_daily_limit_pauses_the_whole_queue_also_after_a_restart() {
    let mut town = approved();
    town.add("Tom Park <tom@other.example>");
    town.turn();
    town.approve_all();
    town.answers(refusal(Stage::Body, 550, "5.4.5"));
    town.clock_at("2026-04-06 10:30");
    town.turn();
    town.starts_again();
    town.hours_pass(20);
    assert_eq!(town.out().len(), 0);
    town.days_pass(1);
    assert_eq!(town.out().len(), 2);
}

#[test]
fn p1_a_refused_login_makes_no_login_loop() {
    let mut town = approved();
    for _ in 0..100 {
        town.answers(SendAnswer::NotSent(EdgeError::Login("535 bad password".to_owned())));
    }
    town.clock_at("2026-04-06 10:06");
    for _ in 0..20 {
        town.turn();
    }
    assert_eq!(town.post().answers.len(), 99, "one login, then none for an hour");
}

#[test]
fn p1_another_check_in_is_proposed_while_one_is_doubtful() {
    let mut town = approved();
    town.answers(SendAnswer::Unknown("the line broke".to_owned()));
    town.hours_pass(1);
    town.add("Tom Park <tom@other.example>");
    town.turn();
    assert_eq!(town.drafts().len(), 1, "one person's doubt is not another's");
}

/// Holds S14.
#[test]
fn p10_one_copy_in_sent_whether_or_not_the_provider_files_one() {
    for saves in [false, true] {
        let mut town = approved();
        town.post().saves_sent = saves;
        town.days_pass(1);
        let id = town.draft(JANE).message_id.expect("sent");
        assert_eq!(town.copies_in_sent(&id), 1, "provider saves: {saves}");
        assert_eq!(town.kept(JANE).story.our_mails, 1);
    }
}

/// Holds S14.
#[test]
fn p10_a_machine_that_dies_while_filing_leaves_one_copy() {
    for moment in [Moment::BeforeCopy, Moment::AfterCopy] {
        let mut town = approved();
        town.clock_at("2026-04-06 10:06");
        town.dies(moment);
        town.days_pass(1);
        let id = town.draft(JANE).message_id.expect("sent");
        assert_eq!(town.copies_in_sent(&id), 1, "{moment:?}");
        assert_eq!(town.out().len(), 1);
    }
}

/// Holds S15.
#[test]
fn p10_outlook_renames_the_copy_and_it_is_still_no_second_word() {
    let mut town = approved();
    town.hours_pass(1);
    let id = town.draft(JANE).message_id.expect("sent");
    let about = ["Message-ID: <renamed@outlook.test>".to_owned(), format!("X-Microsoft-Original-Message-ID: <{id}>")];
    let mail = town.letter("sam@owner.example", JANE, "hello", &[&about[0], &about[1]], "Hi Jane,");
    town.put("Sent", &mail);
    town.turn();
    assert_eq!(town.kept(JANE).story.our_mails, 1);
    let answer =
        town.letter("assistant@plan.example", "sam@owner.example", "Re: hello", &["In-Reply-To: <renamed@outlook.test>"], "She is out.");
    town.put("INBOX", &answer);
    town.turn();
    assert_eq!(town.stands(JANE), "owes_answer", "an answer to the other id is known");
}
