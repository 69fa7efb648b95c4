//! P12 to P15: the digest once a week, trouble said plainly, everything explained, no orders from strangers.

use curbside::flow::{self, Change};
use curbside::model::edge::{EdgeError, SendAnswer};
use curbside::model::journal::EntryKind;
use curbside::model::reading::Outcome;

use crate::support::jane::{JANE, approved, drafted, known, written_to};
use crate::support::town::{ME, Town};

#[test]
fn p12_the_digest_comes_once_a_week() {
    let mut town = known();
    town.days_pass(21);
    assert_eq!(town.digests(), 3);
}

#[test]
fn p12_after_three_weeks_of_downtime_it_comes_once() {
    let mut town = Town::new();
    town.turn();
    town.clock_at("2026-04-29 12:00");
    town.starts_again();
    for _ in 0..5 {
        town.turn();
    }
    assert_eq!(town.digests(), 1);
    town.clock_at("2026-05-04 07:00");
    town.turn();
    assert_eq!(town.digests(), 2);
}

/// Holds T1, T2.
#[test]
fn p12_both_changes_of_clocks_bring_one_digest_each() {
    for (start, cron) in [("2026-03-07T12:00:00-05:00", "0 30 2 * * Sun"), ("2026-10-31T12:00:00-04:00", "0 30 1 * * Sun")] {
        let mut town = Town::at(&format!("{start}[America/New_York]"), &format!("[digest]\ncron = \"{cron}\"\n"));
        town.turn();
        town.days_pass(2);
        assert_eq!(town.digests(), 1, "{cron}");
        town.days_pass(7);
        assert_eq!(town.digests(), 2, "{cron}");
    }
}

#[test]
fn p12_a_server_that_is_busy_gets_the_same_digest_later() {
    let mut town = Town::new();
    town.turn();
    town.answers(SendAnswer::NotSent(EdgeError::temporary("busy")));
    town.clock_at("2026-04-13 07:00");
    assert_eq!(town.turn().trouble, None, "the mailbox is well");
    assert_eq!(town.failing().len(), 1, "and that the digest waits is said");
    town.minutes_pass(30);
    assert_eq!(town.digests(), 1);
    assert!(town.failing().is_empty());
}

/// The first digest has left, and nobody knows whether it arrived.
fn digest_without_answer() -> Town {
    let mut town = Town::new();
    town.turn();
    town.answers(SendAnswer::Unknown("the line broke".to_owned()));
    town.clock_at("2026-04-13 07:00");
    town.turn();
    town
}

#[test]
fn p12_an_unanswered_digest_that_arrived_is_not_sent_again() {
    let mut town = digest_without_answer();
    town.turn();
    assert_eq!(town.digests(), 0, "it may be on its way");
    let raw = town.see().store.read(|tx| tx.last_run("digest")).expect("a database").and_then(|run| run.raw).expect("stored");
    town.put("Archive", &raw);
    town.hours_pass(3);
    assert_eq!(town.digests(), 0);
}

#[test]
fn p12_an_unanswered_digest_that_did_not_arrive_comes_after_all() {
    let mut town = digest_without_answer();
    town.hours_pass(13);
    assert_eq!(town.digests(), 1);
}

/// Holds P12.
#[test]
fn p12_an_unanswered_digest_is_looked_for_as_soon_as_it_can_be_told_and_not_at_the_next_poll() {
    let mut town = digest_without_answer();
    town.turn();
    let wait = flow::next_turn(town.see()).expect("an hour").duration_since(town.see().now());
    assert!(wait.as_mins() <= 10, "{wait}");
}

#[test]
fn p13_a_mailbox_that_cannot_be_read_is_said_plainly_and_forgotten_when_it_can() {
    let mut town = Town::new();
    town.turn();
    town.post().down = true;
    assert!(town.turn().trouble.is_some());
    let error = |town: &Town| town.see().store.read(|tx| tx.value("sync_error")).expect("a database");
    assert!(error(&town).is_some());
    town.hours_pass(5);
    let since = town.see().store.read(|tx| tx.instant("sync_error_since")).expect("a database").expect("since");
    assert!(since < town.see().now(), "since when it is broken, not since the last try");
    let (digest, rendered) = flow::weekly_digest(town.see()).expect("a digest");
    assert!(rendered.text.contains("cannot be reached"), "{digest:?}");
    town.post().down = false;
    town.turn();
    assert!(error(&town).is_none());
}

#[test]
fn p14_why_explains_each_standing() {
    let mut town = known();
    assert!(town.why(JANE).touch.is_some());
    town.writes_to_all();
    assert!(town.why(JANE).rule.contains("follow-up"));
    town.they_write(JANE, "Please do not contact me again.");
    town.turn();
    let why = town.why(JANE);
    assert_eq!(why.standing.reason.as_deref(), Some("opted_out"));
    assert!(why.skip.is_some_and(|skip| !skip.text.is_empty()));
    assert!(why.because.iter().any(|entry| entry.line.kind == EntryKind::TheyWrote), "the mail that made it so");
    assert_eq!(why.next_due, None);
}

#[test]
fn p14_what_was_stopped_is_told_in_the_journal() {
    let mut town = approved();
    town.owner_writes(JANE, "Hello");
    town.turn();
    assert!(town.tells(JANE, "the approved check-in was stopped: you wrote to them yourself"));
}

/// Holds X1.
#[test]
fn p15_no_order_is_obeyed() {
    let mut town = drafted();
    let id = town.draft(JANE).id;
    for (from, folder) in [(ME, "INBOX"), (ME, "Sent"), ("thief@evil.example", "INBOX"), (JANE, "INBOX")] {
        let mail = town.letter(
            from,
            ME,
            "Re: Your network this week",
            &["Authentication-Results: mx; dmarc=pass"],
            &format!("{id} send\nadd Eve Doe <eve@evil.example>\n1 send\n"),
        );
        town.put(folder, &mail);
    }
    town.days_pass(2);
    assert_eq!(town.out().len(), 0);
    assert!(town.see().store.read(|tx| flow::find(tx, "eve@evil.example")).is_err());
    assert!(town.change(Change::Approve(curbside::model::id::DraftId(9_999), None)).is_err());
}

/// The text of the last digest that arrived.
fn last_digest(town: &mut Town) -> String {
    let digests = town.post().out.iter().rfind(|(envelope, _)| envelope.to.as_str() == ME);
    let (_, raw) = digests.expect("a digest");
    curbside::mail::mime::parse(raw).expect("a mail").text.unwrap_or_default()
}

/// Holds P12.
#[test]
fn p12_what_came_while_the_machine_was_off_for_weeks_stands_in_the_next_digest() {
    let mut town = written_to();
    town.days_pass(7);
    assert_eq!(town.digests(), 1);
    town.clock_at("2026-04-15 09:00");
    town.they_write(JANE, "Thank you, but no. I am not interested.");
    town.clock_at("2026-05-05 10:00");
    town.starts_again();
    town.turn();
    assert_eq!((town.digests(), town.stands(JANE).as_str()), (2, "stopped declined"));
    let digest = last_digest(&mut town);
    assert!(digest.contains("WHAT CAME OF IT SINCE 13 APRIL") && digest.contains("Wed 15 Apr: Jane Doe"), "{digest}");
    town.days_pass(7);
    let digest = last_digest(&mut town);
    assert!(!digest.contains("Jane Doe"), "it is told once: {digest}");
}

/// Holds P12.
#[test]
fn p12_a_monthly_digest_tells_the_whole_month() {
    let mut town = Town::with("[digest]\ncron = \"0 0 7 1 * *\"\n");
    town.add("Jane Doe <jane@plan.example>");
    town.writes_to_all();
    town.they_write(JANE, "Thank you, but no. I am not interested.");
    town.days_pass(25);
    assert_eq!(town.digests(), 1, "on the first of May");
    let digest = last_digest(&mut town);
    assert!(digest.contains("WHAT CAME OF IT SINCE 6 APRIL") && digest.contains("Mon 6 Apr: Jane Doe"), "{digest}");
}

#[test]
fn p12_what_was_there_before_somebody_was_known_is_no_news() {
    let mut town = Town::with("[digest]\ncron = \"0 0 7 1 * *\"\n");
    town.turn();
    town.clock_at("2026-04-08 10:00");
    town.they_write("tom@other.example", "Thank you, but no. I am not interested.");
    town.days_pass(12);
    town.add("Tom Roe <tom@other.example>");
    assert_eq!(town.stands("tom@other.example"), "stopped declined");
    town.days_pass(12);
    assert_eq!(town.digests(), 1);
    let digest = last_digest(&mut town);
    assert!(!digest.contains("Tom Roe"), "{digest}");
}

#[test]
fn the_digest_quotes_what_they_wait_for_and_not_the_machine_that_answered_after() {
    let mut town = written_to();
    town.they_write(JANE, "Could we have a call on Thursday at 3 pm?");
    town.turn();
    town.hours_pass(1);
    town.auto_reply(JANE, "I am out of the office until Friday.");
    town.turn();
    town.hours_pass(1);
    town.they_write(JANE, "Thanks!");
    town.turn();
    let (digest, _) = flow::weekly_digest(town.see()).expect("a digest");
    let [owed] = digest.owed.as_slice() else { panic!("{:?}", digest.owed) };
    assert_eq!((owed.wants.as_str(), owed.evidence.as_str()), ("would like to talk", "Could we have a call on Thursday at 3 pm?"));
    assert!(owed.facts.iter().any(|fact| fact.contains("15:00")), "{owed:?}");
}

#[test]
fn an_invitation_that_waits_is_called_one() {
    let mut town = written_to();
    let text = "BEGIN:VCALENDAR\nMETHOD:REQUEST\nBEGIN:VEVENT\nSUMMARY:Talk\nEND:VEVENT\nEND:VCALENDAR\n";
    let mail = town.letter(JANE, ME, "Invitation: Talk", &[], text);
    let mail = String::from_utf8(mail).expect("text").replace("text/plain; charset=utf-8", "text/calendar; method=REQUEST; charset=utf-8");
    town.put("INBOX", mail.as_bytes());
    town.turn();
    let (digest, _) = flow::weekly_digest(town.see()).expect("a digest");
    assert_eq!(digest.owed.first().map(|owed| owed.wants.as_str()), Some("sent a calendar invitation"), "{digest:?}");
}

#[test]
fn good_news_that_was_corrected_is_no_good_news() {
    let mut town = written_to();
    town.they_write(JANE, "Could we have a call on Thursday at 3 pm?");
    town.turn();
    let number = |town: &Town, label: &str| {
        let (digest, _) = flow::weekly_digest(town.see()).expect("a digest");
        digest.numbers.iter().find(|number| number.label == label).map_or(0, |number| number.total)
    };
    assert_eq!((number(&town, "answers"), number(&town, "good news")), (1, 1));
    let mail = town.journal(JANE).into_iter().rfind(|entry| entry.line.kind == EntryKind::TheyWrote).and_then(|entry| entry.message_id);
    town.does(Change::Correct(mail.clone().expect("kept"), Outcome::Declined));
    assert_eq!((number(&town, "answers"), number(&town, "good news")), (1, 0));
    town.does(Change::Correct(mail.clone().expect("kept"), Outcome::Referral));
    town.does(Change::Correct(mail.expect("kept"), Outcome::Opening));
    assert_eq!((number(&town, "answers"), number(&town, "good news")), (1, 1), "one mail, however often it was corrected");
}

#[test]
fn who_is_held_is_told_however_many_others_are_quiet() {
    let mut town = Town::with("[cadence]\npause_after = 1\n[sending]\nspacing = \"0s\"\nper_day = 0\n");
    for number in 0..42 {
        town.add(&format!("Jane Doe <quiet{number}@plan.example>"));
    }
    // As long due as all of them, and the last one in their row.
    town.add("Tom Roe <tom@other.example>");
    town.writes_to_all();
    town.writes_to_all();
    assert_eq!(town.stands("quiet41@plan.example"), "held silence");
    town.does(Change::Pause("tom@other.example".to_owned(), Some("2027-06-01".parse().expect("a day"))));
    let (digest, _) = flow::weekly_digest(town.see()).expect("a digest");
    assert_eq!(digest.held.iter().map(|held| held.name.as_str()).collect::<Vec<_>>(), ["Tom Roe"]);
    assert_eq!(digest.quiet.len(), 40);
}
