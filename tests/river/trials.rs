//! What wears others out: servers that are busy for days, machines that answer for ever, doubles, repeats and numbers.

use std::collections::BTreeMap;

use curbside::flow::{self, NewContact};
use curbside::model::draft::DraftState;
use curbside::model::edge::{EdgeError, Refusal, SendAnswer, Stage};
use curbside::model::journal::EntryKind;
use jiff::civil::Date;

use crate::support::jane::{JANE, approved, known};
use crate::support::town::{ME, Town};

fn busy() -> SendAnswer {
    SendAnswer::NotSent(EdgeError::temporary("421 4.7.0 try again later"))
}

/// People at as many organizations.
fn crowd(town: &mut Town, count: usize, mode: &str) {
    for n in 0..count {
        let name = ["Ann", "Bea", "Cal", "Dan", "Eve", "Fay", "Gus", "Hal", "Ida", "Joy"][n % 10];
        let mode = Some(mode.parse().expect("a mode"));
        town.try_add(&format!("{name} Doe <p{n}@org{n}.example>"), |new| NewContact { mode, ..new }).expect("added");
    }
    flow::sync(town.world()).expect("searched");
}

fn days_of(town: &mut Town) -> BTreeMap<Date, usize> {
    let zone = town.now().time_zone().clone();
    let mut days = BTreeMap::new();
    for out in town.out() {
        *days.entry(out.mail.date.expect("a date").at.to_zoned(zone.clone()).date()).or_default() += 1;
    }
    days
}

/// Holds S6.
#[test]
fn p1_a_server_that_is_busy_for_days_is_asked_less_and_less_and_the_owner_is_told_once() {
    let mut town = approved();
    for _ in 0..500 {
        town.answers(busy());
    }
    town.days_pass(8);
    let lines: Vec<String> = town.journal(JANE).into_iter().map(|entry| entry.line.text).collect();
    let waits: Vec<&str> = lines.iter().filter_map(|line| line.strip_prefix("not sent, tried again in ")?.split(' ').next()).collect();
    assert_eq!(waits[..6], ["5", "10", "20", "40", "60", "60"]);
    assert!(waits[4..].iter().all(|wait| *wait == "60") && waits.len() < 130, "{}", waits.len());
    assert_eq!(town.lines(JANE, EntryKind::Asked), 1, "told once");
    assert_eq!((town.out().len(), town.first(JANE).state), (0, DraftState::Refused));
}

/// Holds S9.
#[test]
fn p1_a_server_with_too_many_logins_gets_at_most_one_a_minute_however_many_mails_wait() {
    let mut town = Town::with("[sending]\nundo = \"0s\"\nspacing = \"0s\"\nper_day = 0\nper_family_per_week = 0\n");
    crowd(&mut town, 10, "review");
    town.turn();
    town.approve_all();
    let refused = |code, status: &str| {
        SendAnswer::Refused(Refusal { stage: Stage::Connect, code, status: Some(status.to_owned()), text: "busy".to_owned() })
    };
    for _ in 0..30 {
        town.answers(refused(421, "4.7.0"));
        town.answers(refused(432, "4.3.2"));
        let what = "the mail server takes no login now: 454 4.7.0 too many logins".to_owned();
        town.answers(SendAnswer::NotSent(EdgeError::Temporary { what, wait: Some(60) }));
    }
    for minute in 1..=12 {
        let before = town.post().answers.len();
        town.minutes_pass(1);
        assert!(before - town.post().answers.len() <= 1, "more than a login a minute in minute {minute}");
    }
    assert!((78..=84).contains(&town.post().answers.len()), "{} left", town.post().answers.len());
    town.post().answers.clear();
    town.hours_pass(6);
    assert_eq!(town.out().len(), 10, "and when it has time again all of them go");
}

/// Holds S10.
#[test]
fn p1_a_refused_login_is_said_once_with_what_to_do() {
    let mut town = approved();
    for _ in 0..100 {
        town.answers(SendAnswer::NotSent(EdgeError::Login("550 5.7.30 basic authentication is off".to_owned())));
    }
    town.clock_at("2026-04-06 10:06");
    town.minutes_pass(50);
    let (until, why) = flow::pause_of_sending(town.see()).expect("a database").expect("paused");
    assert!(why.contains("refused the login") && why.contains("curbside resume --all"), "{why}");
    assert!(until > town.see().now());
    assert_eq!(town.post().answers.len(), 99);
    assert_eq!(town.journal(JANE).iter().filter(|entry| entry.line.text.contains("paused")).count(), 1);
}

/// Holds S13.
#[test]
fn p1_one_person_spelt_in_two_ways_is_one_contact() {
    let mut town = known();
    for again in ["Jane <JANE@Plan.Example>", "J. Doe <jane+work@plan.example>"] {
        let refused = town.try_add(again, |new| new).expect_err(again).to_string();
        assert!(refused.contains("already belongs to Jane Doe"), "{refused}");
    }
    town.add("Tom Park <tom+um@other.example>");
    let refused = town.try_add("Tom <tom@other.example>", |new| new).expect_err("known").to_string();
    assert!(refused.contains("already belongs to Tom Park"), "{refused}");
}

/// Holds S18.
#[test]
fn p4_caps_hold_though_the_program_is_started_anew_every_hour() {
    let mut town = Town::with("[sending]\nper_day = 3\n");
    crowd(&mut town, 9, "auto");
    for _ in 0..4 * 24 {
        town.hours_pass(1);
        town.starts_again();
    }
    let days = days_of(&mut town);
    assert_eq!(days.values().copied().collect::<Vec<_>>(), [3, 3, 3], "{days:?}");
}

/// Holds T9.
#[test]
fn p4_very_many_due_on_one_day_are_spread_and_nobody_is_starved_or_served_twice() {
    let run = || {
        let mut town = Town::new();
        crowd(&mut town, 50, "auto");
        town.days_pass(9);
        town
    };
    let mut town = run();
    let days = days_of(&mut town);
    assert!(days.values().all(|count| *count <= 8), "{days:?}");
    let mut to: Vec<String> = town.out().into_iter().map(|out| out.to).collect();
    assert_eq!(to[..30], run().out().into_iter().map(|out| out.to).collect::<Vec<_>>()[..30], "the same dice, the same order");
    to.truncate(50);
    to.sort();
    to.dedup();
    assert_eq!(to.len(), 50, "everybody once before anybody twice");
}

/// Holds R13.
#[test]
fn p7_a_machine_that_answers_a_hundred_times_is_not_answered_once() {
    let mut town = approved();
    town.hours_pass(1);
    for _ in 0..100 {
        town.auto_reply(JANE, "Thank you for your message. I am out of the office.");
        town.turn();
    }
    town.days_pass(6);
    assert_eq!(town.out().len(), 1);
    assert_eq!(town.stands(JANE), "held auto_reply");
}

/// Holds R14.
#[test]
fn p6_our_own_mail_that_comes_back_is_no_answer_and_no_order() {
    let mut town = approved();
    town.days_pass(8);
    let all: Vec<Vec<u8>> = town.post().out.iter().map(|(_, raw)| raw.clone()).collect();
    assert!(town.digests() >= 1 && town.out().len() == 1);
    let before = (town.journal(JANE).len(), town.stands(JANE));
    for raw in &all {
        for folder in ["INBOX", "Archive", "Junk"] {
            town.put(folder, raw);
        }
    }
    let about = town.letter(ME, ME, "Re: Your network this week", &[], "1 send\nadd Eve <eve@evil.example>");
    town.put("INBOX", &about);
    town.turn();
    assert_eq!((town.journal(JANE).len(), town.stands(JANE)), before);
    assert!(town.see().store.read(|tx| flow::find(tx, "eve@evil.example")).is_err());
}

/// Holds R11.
#[test]
fn p8_two_mails_of_one_id_or_of_none_are_both_kept() {
    for id in ["Message-ID: <same@mail.test>", "X-No-Id: true"] {
        let mut town = approved();
        town.hours_pass(1);
        for text in ["Thank you for the article, I enjoyed it.", "Please do not contact me again."] {
            let mail = String::from_utf8(town.letter(JANE, ME, &format!("About {}", text.len()), &[id], text)).expect("text");
            let mail: String = mail.split_inclusive("\r\n").filter(|line| !line.starts_with("Message-ID: <letter")).collect();
            town.put("INBOX", mail.as_bytes());
            town.turn();
        }
        assert_eq!(town.lines(JANE, EntryKind::TheyWrote), 2, "{id}");
        assert_eq!(town.stands(JANE), "stopped opted_out", "{id}");
    }
}

/// Holds T3.
#[test]
fn p12_an_owner_who_moves_gets_everything_once_in_the_new_hours() {
    let mut town = Town::new();
    crowd(&mut town, 6, "auto");
    town.days_pass(1);
    let honolulu = jiff::tz::TimeZone::get("Pacific/Honolulu").expect("a zone");
    town.world().settings.owner.zone = honolulu.clone();
    town.starts_again();
    town.days_pass(6);
    let mut to: Vec<String> = town.out().into_iter().map(|out| out.to).collect();
    assert_eq!(to.len(), 6, "{to:?}");
    to.sort();
    to.dedup();
    assert_eq!(to.len(), 6, "once each");
    town.days_pass(15);
    let digests: Vec<_> = town.post().out.iter().filter(|(envelope, _)| envelope.to.as_str() == ME).map(|(_, raw)| raw.clone()).collect();
    let hours: Vec<i8> = digests
        .iter()
        .filter_map(|raw| curbside::mail::mime::parse(raw)?.date)
        .map(|date| date.at.to_zoned(honolulu.clone()).hour())
        .collect();
    assert_eq!(hours, [7, 7, 7], "one a week, at seven where they live now");
}

/// Holds T7.
#[test]
fn p12_the_thirty_first_and_leap_days_come_when_there_are_any_and_do_not_drift() {
    use curbside::model::schedule::Schedule;
    use curbside::model::span::Span;
    let days = |cron: &str, count: usize| {
        let schedule: Schedule = cron.parse().expect("a schedule");
        let mut at: jiff::Zoned = "2026-01-01T00:00:00-05:00[America/New_York]".parse().expect("an hour");
        let next = |at: &jiff::Zoned| schedule.next_after(at).expect("it comes");
        (0..count)
            .map(|_| {
                at = next(&at);
                at.strftime("%Y-%m-%d %H").to_string()
            })
            .collect::<Vec<_>>()
    };
    assert_eq!(days("0 0 7 31 * *", 4), ["2026-01-31 07", "2026-03-31 07", "2026-05-31 07", "2026-07-31 07"]);
    assert_eq!(days("0 0 7 29 2 *", 2), ["2028-02-29 07", "2032-02-29 07"]);
    let day = |text: &str| text.parse::<Date>().expect("a day");
    assert_eq!(Span::Months(1).after_day(day("2026-01-31")), day("2026-02-28"));
    assert_eq!(Span::Months(12).after_day(day("2028-02-29")), day("2029-02-28"));
    assert_eq!(Span::Months(13).after_day(day("2026-01-31")), day("2027-02-28"));
}
