//! P4: only in the recipient's business hours, and never in a burst.

use curbside::flow::NewContact;
use curbside::model::draft::DraftState;
use jiff::Zoned;
use jiff::civil::{Date, date};
use jiff::tz::TimeZone;

use crate::support::jane::approved;
use crate::support::town::Town;

/// When each mail left, on a clock.
fn hours(town: &mut Town, zone: &str) -> Vec<Zoned> {
    let zone = TimeZone::get(zone).expect("a zone");
    town.out().iter().map(|out| out.mail.date.expect("a date").at.to_zoned(zone.clone())).collect()
}

fn zoned(zone: Option<&str>) -> impl FnOnce(NewContact) -> NewContact {
    let zone = zone.map(str::to_owned);
    move |new| NewContact { zone, ..new }
}

#[test]
fn p4_mail_goes_in_the_business_hours_of_their_zone() {
    let mut town = Town::at("2026-04-06T06:00:00-04:00[America/New_York]", "");
    town.add_with("Jane Doe <jane@plan.example>", zoned(Some("America/Los_Angeles")));
    town.writes_to_all();
    let left = hours(&mut town, "America/Los_Angeles");
    assert_eq!(left.len(), 1);
    assert_eq!((left[0].date(), left[0].hour()), (date(2026, 4, 6), 9), "nine in Los Angeles");
}

/// Holds T8.
#[test]
fn p4_a_yes_given_on_friday_evening_goes_on_monday_morning() {
    let mut town = Town::at("2026-04-10T18:00:00-04:00[America/New_York]", "");
    town.add("Jane Doe <jane@plan.example>");
    town.writes_to_all();
    town.days_pass(4);
    let left = hours(&mut town, "America/New_York");
    assert_eq!((left[0].date(), left[0].hour()), (date(2026, 4, 13), 9));
}

/// Holds T8.
#[test]
fn p4_no_mail_on_a_federal_holiday() {
    let mut town = Town::at("2026-05-22T18:00:00-04:00[America/New_York]", "");
    town.add("Jane Doe <jane@plan.example>");
    town.writes_to_all();
    town.days_pass(5);
    let left = hours(&mut town, "America/New_York");
    assert_eq!(left[0].date(), date(2026, 5, 26), "Monday the 25th is Memorial Day");
}

#[test]
fn p4_a_guessed_zone_is_written_to_at_an_hour_decent_everywhere() {
    for state in [None, Some("CA"), Some("HI")] {
        let mut town = Town::new();
        town.add_with("Jane Doe <jane@plan.example>", |new| NewContact { zone: None, state: state.map(str::to_owned), ..new });
        town.writes_to_all();
        let left = hours(&mut town, "America/New_York");
        assert_eq!((left[0].hour(), left[0].minute() < 30), (12, true), "{state:?}: noon in New York is nine in Los Angeles");
    }
}

#[test]
fn p4_the_clock_of_their_own_mails_is_believed_and_no_servers() {
    let mut town = Town::at("2026-04-06T08:00:00-04:00[America/New_York]", "");
    let date = "Date: Thu, 02 Apr 2026 10:00:00 -0500";
    let theirs = format!(
        "From: jane@plan.example\r\nTo: sam@owner.example\r\nSubject: Paper\r\n{date}\r\nMessage-ID: <old@x.test>\r\n\r\nThank you for the article, I enjoyed it.\r\n"
    );
    town.put("INBOX", theirs.as_bytes());
    town.add_with("Jane Doe <jane@plan.example>", zoned(None));
    town.bounce("jane@plan.example", "4.2.2", "mailbox full");
    town.turn();
    assert!(town.why("jane@plan.example").zone.starts_with("America/Chicago"), "{}", town.why("jane@plan.example").zone);
}

#[test]
fn p4_somebody_who_has_moved_is_written_to_where_they_are_now() {
    use curbside::steps::window::zone_of_mails;
    let mail = |at: &str, hours: i8| (at.parse().expect("an hour"), jiff::tz::offset(hours));
    let zone = zone_of_mails(&[mail("2026-04-02T10:00:00Z", 2), mail("2026-01-02T10:00:00Z", -5)]).expect("a zone");
    assert_eq!(zone.to_offset("2026-04-02T10:00:00Z".parse().expect("an hour")), jiff::tz::offset(2));
}

#[test]
fn p4_the_hour_is_theirs_on_both_sides_of_the_change_of_clocks() {
    for (evening, monday) in [("2026-03-06T19:00:00-05:00", date(2026, 3, 9)), ("2026-10-30T19:00:00-04:00", date(2026, 11, 2))] {
        let mut town = Town::at(&format!("{evening}[America/New_York]"), "");
        town.add_with("Jane Doe <jane@plan.example>", zoned(Some("America/Denver")));
        town.writes_to_all();
        town.days_pass(4);
        let left = hours(&mut town, "America/Denver");
        assert_eq!((left[0].date(), left[0].hour()), (monday, 9));
    }
}

/// Twelve people at twelve employers.
fn many(more: &str, family: Option<&str>) -> Town {
    let mut town = Town::with(more);
    for n in 0..12 {
        let name = format!(
            "{} Doe <p{n}@org{n}.example>",
            ["Ann", "Bea", "Cal", "Dan", "Eve", "Fay", "Gus", "Hal", "Ida", "Joy", "Kim", "Lee"][n]
        );
        town.add_with(&name, |new| NewContact { employer: family.map(str::to_owned), ..new });
    }
    town.turn();
    town
}

/// Eight on the first day, the others later, and four minutes between any two.
fn twelve_left_decently(town: &mut Town, first_day: Date) {
    let left = hours(town, "America/New_York");
    assert_eq!(left.len(), 12);
    assert_eq!(left.iter().filter(|at| at.date() == first_day).count(), 8);
    for pair in left.windows(2) {
        assert!(pair[1].timestamp().duration_since(pair[0].timestamp()).as_secs() >= 240, "{pair:?}");
    }
}

#[test]
fn p4_no_more_than_eight_a_day_and_minutes_between_them() {
    let mut town = many("", None);
    assert_eq!(town.approve_all(), 12);
    town.days_pass(4);
    twelve_left_decently(&mut town, date(2026, 4, 6));
}

/// Holds T6.
#[test]
fn p4_after_downtime_there_is_no_burst() {
    let mut town = many("", None);
    town.approve_all();
    town.clock_at("2026-04-10 10:00");
    for _ in 0..10 {
        town.turn();
    }
    assert_eq!(town.out().len(), 1, "one now, the others spaced");
    town.days_pass(6);
    twelve_left_decently(&mut town, date(2026, 4, 10));
}

#[test]
fn p4_two_a_week_to_one_family_and_never_two_queued_at_once() {
    let mut town = many("", Some("Northwind Health"));
    for _ in 0..40 {
        town.approve_all();
        let queued = town.see().store.read(|tx| tx.drafts_in(DraftState::Queued)).expect("a database");
        assert!(queued.len() <= 1, "{}", queued.len());
        town.hours_pass(12);
    }
    let left = hours(&mut town, "America/New_York");
    assert!(left.len() >= 5, "{}", left.len());
    for three in left.windows(3) {
        assert!(three[2].timestamp().duration_since(three[0].timestamp()).as_hours() >= 7 * 24, "{three:?}");
    }
}

#[test]
fn p4_any_hour_means_any_hour_holidays_too() {
    let more =
        "[sending]\nhours = \"00:00-24:00\"\ndays = \"Mon-Sun\"\nundo = \"0s\"\nspacing = \"0s\"\nper_day = 0\nper_family_per_week = 0\n";
    let mut town = Town::at("2026-12-25T03:00:00-05:00[America/New_York]", more);
    for name in ["Ann Doe <a@x.example>", "Bea Doe <b@y.example>", "Cal Doe <c@z.example>"] {
        town.add_with(name, zoned(None));
    }
    town.turn();
    town.approve_all();
    town.turn();
    assert_eq!(town.out().len(), 3);
}

#[test]
fn p4_the_undo_time_is_kept() {
    let mut town = approved();
    town.minutes_pass(4);
    assert_eq!(town.out().len(), 0);
    let id = town.draft("jane@plan.example").id;
    town.does(curbside::flow::Change::Cancel(id));
    town.days_pass(3);
    assert_eq!(town.out().len(), 0);
}

#[test]
fn p4_people_without_an_address_or_news_starve_nobody() {
    let mut town = Town::with("[sending]\nper_day = 2\n");
    let long_ago = "2025-06-02T12:00:00-04:00".parse().expect("an hour");
    for n in 0..300 {
        town.try_add(&format!("Old{} Friend", ["a", "b", "c"][n % 3]), |new| new).expect("added");
    }
    for n in 0..150 {
        let name = format!("Met Person <m{n}@met{n}.example>");
        let kept = town.try_add(&name, |new| new).expect("added");
        let who = kept.contact.id.to_string();
        let kind = curbside::model::journal::EntryKind::Meeting;
        town.does(curbside::flow::Change::Log { who, text: "met".to_owned(), kind, on: Some(long_ago) });
    }
    town.clock_at("2026-05-05 10:00"); // no season gives an occasion
    town.add("Jane Doe <jane@plan.example>");
    town.turn();
    assert_eq!(town.drafts().len(), 1, "Jane can be written to, whoever else cannot");
}
