//! More of what the simulator found, each as a story that shows it, so that it stays mended.

use curbside::flow::Change;
use curbside::mail::scripted::Moment;
use curbside::model::draft::DraftState;
use curbside::model::edge::SendAnswer;
use curbside::model::journal::EntryKind;
use jiff::ToSpan;

use crate::river::keeping::restored;
use crate::support::town::Town;

const JANE: &str = "jane@plan.example";
const OMAR: &str = "omar@plan.example";

/// Holds P4, P17.
#[test]
fn forgetting_somebody_lets_no_third_mail_of_the_week_go_to_their_employer() {
    let mut town = Town::with("[sending]\nper_family_per_week = 1\n");
    for who in ["Jane Doe <jane@plan.example>", "Omar Reyes <omar@plan.example>"] {
        town.add_with(who, |contact| curbside::flow::NewContact { employer: Some("Plan One".to_owned()), ..contact });
    }
    town.turn();
    town.approve_all();
    town.hours_pass(6);
    let first: Vec<String> = town.out().iter().map(|mail| mail.mail.to[0].address.as_str().to_owned()).collect();
    assert_eq!(first.len(), 1, "one a week");
    let (gone, other) = if first[0] == JANE { (JANE, OMAR) } else { (OMAR, JANE) };
    town.does(Change::Forget(gone.to_owned()));
    town.turn();
    town.approve_all();
    town.days_pass(6);
    assert_eq!(town.out().len(), 1, "the week's mail to Plan One has gone, whoever it was to");
    assert!(!town.stores(gone), "of the one who was forgotten nothing is left but the hour");
    town.days_pass(3);
    assert_eq!(town.out().len(), 2, "{:?}", town.why(other));
    town.days_pass(14);
    let kept = town.see().store.read(|tx| tx.value("sent_to_forgotten")).expect("a database");
    assert_eq!(kept, None, "and not even that for longer than it counts");
}

/// Holds P1, T4.
#[test]
fn a_line_that_broke_while_the_clock_was_a_year_ahead_is_asked_about_today_and_not_in_a_year() {
    let mut town = Town::new();
    town.add("Jane Doe <jane@plan.example>");
    let now = town.see().now();
    town.clock_at("2027-05-11 08:00");
    town.turn();
    assert_eq!(town.approve_all(), 1);
    town.clock_at("2027-05-11 10:06");
    town.dies(Moment::BodyBegun);
    assert_eq!(town.state(JANE), DraftState::Sending);
    town.clock_to(now + 1.hour());
    town.turn();
    assert_eq!(town.state(JANE), DraftState::Sending, "it is looked for, as long as after any broken line");
    town.minutes_pass(15);
    assert_eq!(town.state(JANE), DraftState::Doubtful);
    assert!(town.tells(JANE, "did it arrive?"));
    assert_eq!(town.out().len(), 0);
}

/// Holds P2, P17.
#[test]
fn a_mail_of_which_a_restored_backup_knows_nothing_and_that_came_back_is_not_followed_by_another() {
    let mut town = Town::new();
    town.add("Jane Doe <jane@plan.example>");
    town.turn();
    let backup = town.dir().join("old.db");
    town.see().store.back_up_to(&backup).expect("a backup");
    town.approve_all();
    town.hours_pass(3);
    assert_eq!(town.out().len(), 1);
    town.post().boxes.iter_mut().find(|found| found.folder.name == "Sent").expect("Sent").mails.clear();
    restored(&mut town, &backup);
    town.turn();
    town.bounce(JANE, "5.1.1", "user unknown");
    let woken = town.see().now() + (8 * 24).hours();
    town.clock_to(woken);
    town.turn();
    assert_eq!(town.stands(JANE), "stopped undeliverable", "however late it is read");
    town.approve_all();
    town.days_pass(20);
    assert_eq!(town.out().len(), 1, "the address is dead");
}

/// Holds P6.
#[test]
fn a_report_about_a_mail_that_was_never_sent_from_here_kills_no_address() {
    let mut town = Town::new();
    town.add("Jane Doe <jane@plan.example>");
    town.turn();
    town.bounce(JANE, "5.1.1", "user unknown");
    let elsewhere = crate::support::town::report(&[JANE], "5.1.1", "user unknown", "made-up@owner.example");
    let mail = town.report_mail(&elsewhere);
    town.put("INBOX", &mail);
    town.turn();
    assert_eq!(town.stands(JANE), "active");
}

/// Holds P8, T4.
#[test]
fn mail_in_folders_that_were_numbered_anew_is_seen_by_a_clock_that_is_ten_years_ahead() {
    let mut town = Town::new();
    town.add("Jane Doe <jane@plan.example>");
    town.writes_to_all();
    let now = town.see().now();
    town.they_write(JANE, "Can we talk on the phone next week?");
    town.post().boxes.iter_mut().for_each(|found| found.validity += 1);
    town.clock_to(now + 87_500.hours());
    town.turn();
    town.clock_to(now + 1.hour());
    town.turn();
    assert_eq!(town.stands(JANE), "owes_answer", "{:?}", town.journal(JANE));
}

/// Holds P5.
#[test]
fn a_question_that_arrives_weeks_late_and_after_a_later_word_of_thanks_is_owed_an_answer() {
    let mut town = Town::new();
    town.add("Jane Doe <jane@plan.example>");
    town.writes_to_all();
    town.days_pass(1);
    let late = town.letter(JANE, crate::support::town::ME, "Re: hello", &[], "Can we talk on the phone next week?");
    town.days_pass(4);
    town.they_write(JANE, "Thanks for the note, all is well here.");
    town.days_pass(16);
    town.put("INBOX", &late);
    town.turn();
    assert_eq!(town.stands(JANE), "owes_answer", "{:?}", town.journal(JANE));
    town.days_pass(60);
    assert_eq!(town.stands(JANE), "owes_answer", "{:?}", town.journal(JANE));
    assert_eq!(town.out().len(), 1);
}

/// Holds P5.
#[test]
fn a_question_asked_before_a_check_in_and_delivered_after_it_is_still_owed_an_answer() {
    let mut town = Town::new();
    town.add("Jane Doe <jane@plan.example>");
    town.turn();
    let late = town.letter(JANE, crate::support::town::ME, "A word", &[], "Can we talk on the phone next week?");
    town.writes_to_all();
    assert_eq!(town.out().len(), 1);
    town.days_pass(20);
    town.put("INBOX", &late);
    town.turn();
    assert_eq!(town.stands(JANE), "owes_answer", "{:?}", town.journal(JANE));
}

/// Holds P4, P17.
#[test]
fn the_last_mail_before_a_restore_counts_for_the_caps_though_its_copy_appears_after_it() {
    let mut town = Town::with("[sending]\nper_family_per_week = 1\n");
    for who in ["Jane Doe <jane@plan.example>", "Omar Reyes <omar@plan.example>"] {
        town.add_with(who, |contact| curbside::flow::NewContact { employer: Some("Plan One".to_owned()), ..contact });
    }
    town.turn();
    let backup = town.dir().join("old.db");
    town.see().store.back_up_to(&backup).expect("a backup");
    town.approve_all();
    while town.out().is_empty() {
        town.minutes_pass(1);
    }
    let copy = town.post().boxes.iter_mut().find(|found| found.folder.name == "Sent").expect("Sent").mails.pop();
    let sent = town.out()[0].raw.clone();
    restored(&mut town, &backup);
    town.clock_to(town.see().now() + 30.seconds());
    town.put("Sent", &copy.map_or(sent, |copy| copy.bytes));
    town.turn();
    town.approve_all();
    town.days_pass(6);
    assert_eq!(town.out().len(), 1, "one a week, and it went");
}

/// Holds P8, P17, T4.
#[test]
fn mail_that_a_restore_hid_from_a_clock_more_than_a_year_ahead_is_read_when_the_clock_is_right() {
    let mut town = Town::new();
    town.add("Jane Doe <jane@plan.example>");
    town.writes_to_all();
    let now = town.see().now();
    let asked = town.letter(JANE, crate::support::town::ME, "A word", &[], "Can we talk on the phone next week?");
    town.clock_to(now + 11_111.hours());
    town.turn();
    let backup = town.dir().join("old.db");
    town.see().store.back_up_to(&backup).expect("a backup");
    town.post().put("INBOX", &asked, now + 1.hour());
    restored(&mut town, &backup);
    town.turn();
    town.clock_to(now + 2.hours());
    town.turn();
    assert_eq!(town.stands(JANE), "owes_answer", "{:?}", town.journal(JANE));
    town.hours_pass(20);
    assert_eq!(town.lines(JANE, EntryKind::TheyWrote), 1, "and only once");
}

/// Holds P8.
#[test]
fn an_owner_who_wants_to_look_further_back_sees_the_older_mail_at_the_next_look() {
    let mut town = Town::new();
    town.world().settings.reading.since = "10d".parse().expect("a span");
    let old = town.letter(JANE, crate::support::town::ME, "A word", &[], "Can we talk on the phone next week?");
    town.put("INBOX", &old);
    town.days_pass(30);
    town.add("Jane Doe <jane@plan.example>");
    town.turn();
    assert_eq!(town.stands(JANE), "active");
    town.world().settings.reading.since = "90d".parse().expect("a span");
    town.turn();
    assert_eq!(town.stands(JANE), "owes_answer", "{:?}", town.journal(JANE));
}

/// Holds P3, T4.
#[test]
fn what_the_owner_wrote_by_hand_counts_from_its_day_though_it_was_read_by_a_clock_fifty_years_behind() {
    let mut town = Town::new();
    town.add("Jane Doe <jane@plan.example>");
    town.writes_to_all();
    town.days_pass(60);
    let now = town.see().now();
    town.owner_writes(JANE, "A word from me, by the way.");
    town.clock_to(now - 444_444.hours());
    town.turn();
    town.hours_pass(10);
    town.clock_to(now + 1.hour());
    town.turn();
    for _ in 0..6 {
        town.approve_all();
        town.days_pass(1);
    }
    assert_eq!(town.out().len(), 1, "{:?}", town.journal(JANE));
}

/// Holds P3, T4.
#[test]
fn a_clock_that_was_fifty_years_behind_puts_no_year_of_its_own_into_a_note() {
    let mut town = Town::new();
    town.add("Jane Doe <jane@plan.example>");
    town.writes_to_all();
    town.days_pass(10);
    town.they_write(JANE, "Nothing right now. Please get back to me in three months.");
    town.turn();
    town.days_pass(60);
    let now = town.see().now();
    town.clock_to(now - 444_444.hours());
    town.turn();
    town.hours_pass(20);
    town.clock_to(now + 1.hour());
    town.turn();
    town.days_pass(40);
    let drafts = town.drafts();
    assert_eq!(drafts.len(), 1, "{:?}", town.why(JANE));
    assert!(!drafts[0].content.text.contains("19"), "{} {:#?}", drafts[0].content.text, town.journal(JANE));
}

/// Holds P1, P4.
#[test]
fn a_mail_in_doubt_that_was_due_while_the_machine_slept_counts_for_the_day_on_which_it_left() {
    let mut town = Town::with("[sending]\nper_day = 2\nspacing = \"0s\"\nundo = \"0s\"\n");
    for name in ["ann", "bea", "cal"] {
        town.add(&format!("{name} Doe <{name}@{name}.example>"));
    }
    town.turn();
    town.approve_all();
    // The machine slept over their hours, and the answer to the first is lost.
    let woken = town.see().now() + (48 + 3).hours();
    town.clock_to(woken);
    town.answers(SendAnswer::Unknown("the line broke".to_owned()));
    town.turn();
    town.minutes_pass(9);
    assert_eq!(town.out().len(), 1, "two a day, and one of them is in doubt");
    town.days_pass(3);
    assert_eq!(town.out().len(), 2, "the third goes on another day");
}

/// Holds P4.
#[test]
fn a_mail_written_in_the_night_of_the_clock_change_does_not_make_a_person_of_denver_one_of_chicago() {
    let written: jiff::Timestamp = "2027-11-07T07:23:19Z".parse().expect("an hour");
    let denver = jiff::tz::offset(-6);
    assert!(curbside::steps::window::zone_of_mails(&[(written, denver)]).is_none(), "Chicago shows the same in this hour");
    let later = (written + (30 * 24).hours(), jiff::tz::offset(-7));
    let zone = curbside::steps::window::zone_of_mails(&[later, (written, denver)]).expect("a zone");
    assert_eq!(zone.iana_name(), Some("America/Denver"));
}

/// Holds P4.
#[test]
fn nothing_leaves_in_the_last_minute_of_decent_hours_to_arrive_after_them() {
    let mut town = Town::new();
    town.add_with("Jane Doe <jane@plan.example>", |contact| curbside::flow::NewContact {
        zone: Some("America/Denver".to_owned()),
        ..contact
    });
    town.turn();
    town.approve_all();
    let day = town.now().date();
    let evening = day.tomorrow().expect("a day").at(16, 29, 57, 0).to_zoned(jiff::tz::TimeZone::get("America/Denver").expect("a zone"));
    town.clock_to(evening.expect("an hour").timestamp());
    town.turn();
    assert_eq!(town.out().len(), 0);
    town.days_pass(4);
    assert_eq!(town.out().len(), 1, "but in the hours of another day");
}

/// Holds P4, T4.
#[test]
fn a_mail_in_doubt_whose_copy_is_found_by_a_clock_set_back_some_hours_counts_for_its_own_week() {
    let mut town = Town::with("[sending]\nper_family_per_week = 1\nspacing = \"0s\"\nundo = \"0s\"\n");
    for who in ["Jane Doe <jane@plan.example>", "Omar Reyes <omar@plan.example>"] {
        town.add_with(who, |contact| curbside::flow::NewContact { employer: Some("Plan One".to_owned()), ..contact });
    }
    town.turn();
    town.approve_all();
    town.answers(SendAnswer::Unknown("the line broke".to_owned()));
    while town.out().is_empty() {
        town.minutes_pass(1);
    }
    let left = town.see().now();
    town.clock_to(left - 17.hours());
    town.turn();
    town.clock_to(left + 1.minute());
    town.turn();
    while town.out().len() == 1 && town.see().now() < left + (9 * 24).hours() {
        town.approve_all();
        town.minutes_pass(10);
    }
    assert!(town.see().now().duration_since(left) >= jiff::SignedDuration::from_hours(7 * 24), "one a week: {}", town.see().now());
    assert_eq!(town.out().len(), 2, "and the next one after it");
}

/// Holds P5, P8.
#[test]
fn a_question_that_came_after_the_owners_own_note_is_owed_an_answer_though_the_folder_was_numbered_anew() {
    let mut town = Town::new();
    town.add("Jane Doe <jane@plan.example>");
    town.writes_to_all();
    let late = town.letter(JANE, crate::support::town::ME, "Re: hello", &[], "Can we talk on the phone next week?");
    // The machine sleeps; the question hangs in a queue, and the owner writes meanwhile.
    let asked = town.see().now();
    town.clock_to(asked + 26.hours());
    town.owner_writes(JANE, "A word from me, by the way.");
    town.clock_to(asked + 27.hours());
    town.put("INBOX", &late);
    town.post().boxes.iter_mut().for_each(|found| found.validity += 1);
    town.clock_to(asked + (9 * 24).hours());
    town.turn();
    assert_eq!(town.stands(JANE), "owes_answer", "{:?}", town.journal(JANE));
}
