//! The correction that teaches: what the owner said of one mail is believed of the next, and of what was read before.

use curbside::flow::{self, Change, Changed};
use curbside::model::draft::DraftState;
use curbside::model::journal::EntryKind;
use curbside::model::message::Direction;
use curbside::model::reading::{Kind, Outcome};
use jiff::Timestamp;

use crate::support::town::{ME, Town};

const JANE: &str = "jane@jane.example";
const TOM: &str = "tom@tom.example";

/// Jane and Tom, whom the owner wrote to.
fn two() -> Town {
    let mut town = Town::new();
    town.add("Jane Doe <jane@jane.example>");
    town.add("Tom Park <tom@tom.example>");
    town.writes_to_all();
    town
}

/// The owner corrects what somebody's last mail was taken to mean.
fn corrects(town: &mut Town, who: &str, outcome: Outcome) {
    let theirs = |kind: EntryKind| matches!(kind, EntryKind::TheyWrote | EntryKind::AutoReply | EntryKind::OtherMail);
    let id = town.journal(who).into_iter().rfind(|entry| theirs(entry.line.kind)).and_then(|entry| entry.message_id);
    town.does(Change::Correct(id.expect("kept"), outcome));
}

/// They write, and the mailbox is read.
fn wrote(town: &mut Town, who: &str, text: &str) -> Option<Outcome> {
    town.they_write(who, text);
    town.turn();
    last(town, who)
}

fn last(town: &Town, who: &str) -> Option<Outcome> {
    town.journal(who).into_iter().rfind(|entry| entry.line.kind.tells_meaning()).and_then(|entry| entry.line.outcome)
}

fn reread(town: &Town) -> flow::Reread {
    flow::reread(town.see(), Timestamp::UNIX_EPOCH).expect("a database")
}

/// Believes today's reading of all; how many lines that wrote.
fn believed(town: &mut Town) -> usize {
    let found = reread(town).otherwise;
    let changed = found.into_iter().map(|new| town.change(Change::Reread(Box::new(new))).expect("makes sense"));
    changed.filter(|changed| matches!(changed, Changed::Reread(Some(_)))).count()
}

#[test]
fn the_same_wording_is_read_as_corrected_the_next_time_whoever_greets_and_signs() {
    let mut town = two();
    let first = wrote(&mut town, JANE, "Hi Leah,\n\nThe well is dry here, and the rain comes in autumn.\n\nBest,\nJane");
    assert_ne!(first, Some(Outcome::ResumeRequested));
    corrects(&mut town, JANE, Outcome::ResumeRequested);
    assert_eq!(town.see().store.read(|tx| tx.count_corrections()).expect("a count"), 1);
    let second = wrote(&mut town, TOM, "Hello Dr. Brandt, the WELL is dry here,\nand the rain comes in autumn. Tom");
    assert_eq!(second, Some(Outcome::ResumeRequested));
    assert!(town.tells(TOM, "as you corrected on 2026-"), "{:?}", town.journal(TOM));
    assert_eq!(town.stands(TOM), "owes_answer");
}

#[test]
fn of_two_corrections_the_last_word_counts() {
    let mut town = two();
    wrote(&mut town, JANE, "The well is dry here, and the rain comes in autumn.");
    corrects(&mut town, JANE, Outcome::ResumeRequested);
    corrects(&mut town, JANE, Outcome::Referral);
    assert_eq!(wrote(&mut town, TOM, "The well is dry here, and the rain comes in autumn."), Some(Outcome::Referral));
    assert_eq!(town.see().store.read(|tx| tx.count_corrections()).expect("a count"), 1);
}

#[test]
fn p2_a_stop_is_believed_unless_its_writer_wrote_the_very_same_before() {
    let mut town = two();
    let stop = "Please do not contact me again.";
    assert_eq!(wrote(&mut town, JANE, stop), Some(Outcome::OptedOut));
    corrects(&mut town, JANE, Outcome::Acknowledged);
    assert_eq!(town.stands(JANE), "active");
    assert_eq!(wrote(&mut town, JANE, stop), Some(Outcome::Acknowledged), "she says so every time");
    assert_eq!(wrote(&mut town, TOM, stop), Some(Outcome::OptedOut), "he does not");
    assert_eq!(wrote(&mut town, JANE, "Jane here. Please do not contact me again."), Some(Outcome::OptedOut));
    assert_eq!((town.stands(JANE), town.stands(TOM)), ("stopped opted_out".to_owned(), "stopped opted_out".to_owned()));
}

#[test]
fn a_word_or_two_teach_only_of_the_one_who_wrote_them() {
    let mut town = two();
    let before = wrote(&mut town, JANE, "Tuesday then.");
    corrects(&mut town, JANE, Outcome::Declined);
    assert_eq!(wrote(&mut town, TOM, "Tuesday then."), before);
    assert_eq!(wrote(&mut town, JANE, "Tuesday then!"), Some(Outcome::Declined));
}

#[test]
fn a_sentence_that_alone_decided_teaches_of_a_longer_mail_too() {
    let mut town = two();
    wrote(&mut town, JANE, "Hope you are well. We have no openings at the moment.");
    corrects(&mut town, JANE, Outcome::Referral);
    let next = wrote(&mut town, TOM, "Sorry for the delay. We have no openings at the moment.");
    assert_eq!(next, Some(Outcome::Referral), "{:?}", town.journal(TOM));
}

#[test]
fn an_automatic_answer_that_the_owner_took_for_a_person_is_taken_so_again_and_another_is_not() {
    let mut town = two();
    town.auto_reply(JANE, "I am out of the office and think of you.");
    town.turn();
    corrects(&mut town, JANE, Outcome::LeftEmployer);
    town.auto_reply(TOM, "I am out of the office and think of you.");
    town.turn();
    assert_eq!(town.stands(TOM), "stopped left_employer");
    let entry = town.journal(TOM).into_iter().rfind(|entry| entry.line.kind == EntryKind::AutoReply);
    assert!(entry.is_some(), "an automatic answer is no touch");
}

#[test]
fn who_is_forgotten_teaches_nothing_any_more() {
    let mut town = two();
    wrote(&mut town, JANE, "The well is dry here, and the rain comes in autumn.");
    corrects(&mut town, JANE, Outcome::ResumeRequested);
    town.does(Change::Forget(JANE.to_owned()));
    assert_eq!(town.see().store.read(|tx| tx.count_corrections()).expect("a count"), 0);
    assert_ne!(wrote(&mut town, TOM, "The well is dry here, and the rain comes in autumn."), Some(Outcome::ResumeRequested));
}

#[test]
fn what_was_read_before_the_correction_is_read_again_when_the_owner_asks_and_only_once() {
    let mut town = two();
    let text = "The well is dry here, and the rain comes in autumn.";
    let before = wrote(&mut town, TOM, text);
    wrote(&mut town, JANE, text);
    assert_eq!(reread(&town).otherwise.len(), 0, "the same reader reads the same");
    corrects(&mut town, JANE, Outcome::ResumeRequested);
    let (found, lines) = (reread(&town), town.journal(TOM).len());
    assert_eq!((found.read, found.otherwise.len()), (1, 1), "what the owner corrected stands");
    assert_eq!((found.otherwise[0].before.outcome, found.otherwise[0].after.outcome), (before, Some(Outcome::ResumeRequested)));
    assert_eq!(town.journal(TOM).len(), lines, "to look changes nothing");
    assert_eq!((believed(&mut town), believed(&mut town)), (1, 0));
    assert_eq!((town.lines(TOM, EntryKind::TheyWrote), town.lines(TOM, EntryKind::Reread)), (1, 1), "the journal is only added to");
    assert!(town.tells(TOM, "read again: ") && town.stands(TOM) == "owes_answer", "{}", town.stands(TOM));
    town.days_pass(1);
    assert_eq!(reread(&town).otherwise.len(), 0);
}

#[test]
fn p2_a_stop_that_todays_reader_sees_is_believed_and_one_it_does_not_see_stays() {
    let mut town = two();
    wrote(&mut town, JANE, "Please do not contact me again.");
    wrote(&mut town, TOM, "Thank you for the article, I enjoyed it.");
    town.news("I passed the board examination.");
    // As an older reader may have taken them.
    for (who, outcome) in [(JANE, Outcome::Acknowledged), (TOM, Outcome::OptedOut)] {
        let store = &town.see().store;
        let contact = town.kept(who).contact.id;
        let message = store.read(|tx| tx.last_message(contact, Some(Direction::In))).expect("a database");
        let (id, mut reading) = message.and_then(|message| Some((message.id, message.reading?))).expect("read");
        reading.outcome = Some(outcome);
        reading.outcomes[0].outcome = outcome;
        store.write(|tx| tx.set_reading(id, &reading)).expect("written");
    }
    let found = reread(&town).otherwise;
    let stays: Vec<bool> = found.iter().map(|new| new.stays.is_some()).collect();
    assert_eq!(stays, [false, true], "a stop ends by the owner's word only");
    assert_eq!(believed(&mut town), 1);
    assert_eq!(town.stands(JANE), "stopped opted_out");
    assert_eq!(found[0].after.kind, Kind::Reply);
}

/// Holds P2.
#[test]
fn p2_a_stop_in_the_subject_is_heard_though_the_words_below_were_corrected_once() {
    let mut town = two();
    let text = "The well is dry here, and the rain comes in autumn.";
    wrote(&mut town, JANE, text);
    corrects(&mut town, JANE, Outcome::Acknowledged);
    let mail = town.letter(JANE, ME, "Please do not contact me again", &[], text);
    town.put("INBOX", &mail);
    town.turn();
    assert_eq!(last(&town, JANE), Some(Outcome::OptedOut), "{:?}", town.journal(JANE));
}

#[test]
fn a_picture_teaches_nothing_of_another_picture() {
    let mut town = two();
    wrote(&mut town, JANE, "👍");
    corrects(&mut town, JANE, Outcome::Declined);
    assert_ne!(wrote(&mut town, JANE, "🎉"), Some(Outcome::Declined));
}

/// As an older reader may have taken somebody's last mail.
fn was_read_as(town: &Town, who: &str, kind: Kind, outcome: Option<Outcome>) {
    let store = &town.see().store;
    let contact = town.kept(who).contact.id;
    let message = store.read(|tx| tx.last_message(contact, Some(Direction::In))).expect("a database");
    let (id, mut reading) = message.and_then(|message| Some((message.id, message.reading?))).expect("read");
    (reading.kind, reading.outcome) = (kind, outcome);
    reading.outcomes.truncate(usize::from(outcome.is_some()));
    if let (Some(first), Some(outcome)) = (reading.outcomes.first_mut(), outcome) {
        first.outcome = outcome;
    }
    store.write(|tx| tx.set_reading(id, &reading)).expect("written");
}

/// Holds P2.
#[test]
fn p2_whoever_had_declined_is_not_taken_up_again_by_a_new_reading() {
    for end in [Outcome::Declined, Outcome::LeftEmployer, Outcome::WrongPerson] {
        let mut town = two();
        wrote(&mut town, JANE, "Thank you for the article, I enjoyed it.");
        was_read_as(&town, JANE, Kind::Reply, Some(end));
        assert!(reread(&town).otherwise[0].stays.is_some(), "{end:?}");
        assert_eq!(believed(&mut town), 0);
    }
}

/// Holds P5.
#[test]
fn p5_a_mail_that_turns_out_to_be_a_persons_takes_back_the_yes_that_waits() {
    let mut town = two();
    town.auto_reply(TOM, "The well is dry here, and the rain comes in autumn.");
    town.turn();
    let machine = town.standing(TOM).state;
    for _ in 0..30 {
        if town.drafts_to(TOM).len() > 1 {
            break;
        }
        town.days_pass(7);
    }
    town.clock_to(town.see().now() + jiff::SignedDuration::from_hours(12));
    town.approve_all();
    assert_eq!(town.state(TOM), DraftState::Queued, "{machine:?}");
    town.auto_reply(JANE, "The well is dry here, and the rain comes in autumn.");
    town.turn();
    corrects(&mut town, JANE, Outcome::ResumeRequested);
    assert_eq!(town.state(TOM), DraftState::Queued);
    assert_eq!(believed(&mut town), 1, "{:?}", reread(&town).otherwise);
    assert_ne!(town.state(TOM), DraftState::Queued, "{:?}", town.journal(TOM));
}

#[test]
fn a_machines_mail_that_was_corrected_teaches_of_the_next_one_and_the_last_word_counts() {
    let mut town = two();
    let text = "The well is dry here, and the rain comes in autumn.";
    town.auto_reply(JANE, text);
    town.turn();
    corrects(&mut town, JANE, Outcome::ResumeRequested);
    town.auto_reply(JANE, text);
    town.turn();
    assert_eq!(last(&town, JANE), Some(Outcome::ResumeRequested), "{:?}", town.journal(JANE));
    corrects(&mut town, JANE, Outcome::Referral);
    town.auto_reply(JANE, text);
    town.turn();
    assert_eq!(last(&town, JANE), Some(Outcome::Referral), "the newest word is believed: {:?}", town.journal(JANE));
}

#[test]
fn a_mail_that_turns_out_to_be_an_answer_stands_in_the_digest() {
    let mut town = two();
    let text = "The well is dry here, and the rain comes in autumn.";
    town.auto_reply(TOM, text);
    town.auto_reply(JANE, text);
    town.turn();
    town.days_pass(21);
    corrects(&mut town, JANE, Outcome::ResumeRequested);
    let digest = |town: &Town| flow::weekly_digest(town.see()).expect("a digest").0;
    let answers = |town: &Town| digest(town).numbers.iter().find(|number| number.label == "answers").map_or(0, |number| number.total);
    assert!(!digest(&town).came.iter().any(|came| came.name == "Tom Park"));
    let before = answers(&town);
    assert_eq!(believed(&mut town), 1, "{:?}", reread(&town).otherwise);
    assert!(digest(&town).came.iter().any(|came| came.name == "Tom Park"), "{:?}", digest(&town).came);
    assert_eq!(answers(&town), before + 1);
}
