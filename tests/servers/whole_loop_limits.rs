//! Caps per day and per employer family, and decent hours, with mails that really leave.

use std::collections::BTreeSet;

use crate::support::letters::now;
use crate::support::owner::{Owner, wait_until};
use crate::support::servers::folder;

const NAMES: [&str; 6] = ["Ada One", "Bea Two", "Cleo Three", "Dora Four", "Eve Five", "Fay Six"];

fn arrived(people: &[(String, String)]) -> usize {
    people.iter().map(|(_, address)| folder(address, "").len()).sum()
}

fn approve_all(owner: &Owner) -> Vec<String> {
    let drafts = owner.list(&["review"]);
    let ids: Vec<String> = drafts
        .iter()
        .map(|draft| format!("{}@{}", draft["id"].as_str().expect("id"), draft["fingerprint"].as_str().expect("text")))
        .collect();
    let words: Vec<&str> = ["review", "approve"].into_iter().chain(ids.iter().map(String::as_str)).collect();
    owner.list(&words);
    ids.iter().map(|id| id.split('@').next().expect("an id").to_owned()).collect()
}

#[test]
fn p4_no_more_than_the_cap_leave_in_a_day() {
    let mut owner = Owner::new("leah");
    owner.append("per_day = 2\n");
    let people: Vec<_> = NAMES.iter().map(|name| owner.knows(name)).collect();
    let ids = approve_all(&owner);
    assert_eq!(ids.len(), NAMES.len());
    owner.curbside(&["run", "--once"]).must(0);
    wait_until("two arrive", || arrived(&people) == 2);
    owner.curbside(&["run", "--once"]).must(0);
    assert_eq!(arrived(&people), 2);
    let days: BTreeSet<String> = ids.iter().map(|id| owner.delivery(id)["send_at"].as_str().expect("an hour")[..10].to_owned()).collect();
    assert!(days.len() >= 3, "spread over days: {days:?}");
    owner.now = Some((now() + jiff::SignedDuration::from_hours(26)).to_string());
    owner.curbside(&["run", "--once"]).must(0);
    wait_until("two more arrive", || arrived(&people) == 4);
    assert_eq!(folder(&owner.user, "Sent").len(), 4);
}

#[test]
fn p4_one_family_gets_two_a_week_and_never_two_queued() {
    let mut owner = Owner::new("leah");
    owner.append("per_day = 0\n");
    let people: Vec<_> = NAMES.iter().map(|name| owner.knows_with(name, &["--employer", "Evernorth"])).collect();
    owner.list(&["review"]);
    for draft in owner.list(&["review"]) {
        owner.curbside(&["review", "approve", draft["id"].as_str().expect("an id")]);
    }
    let queued = owner.list(&["outbox"]).iter().filter(|delivery| delivery["state"] == "queued").count();
    assert!(queued <= 1, "{queued} of one family are queued at once");
    for _ in 0..3 {
        owner.curbside(&["run", "--once"]).must(0);
    }
    wait_until("one arrives", || arrived(&people) >= 1);
    assert!(arrived(&people) <= 2);
    owner.now = Some((now() + jiff::SignedDuration::from_hours(50)).to_string());
    for _ in 0..3 {
        owner.curbside(&["run", "--once"]).must(0);
    }
    assert!(arrived(&people) <= 2, "two in a week at most");
}

#[test]
fn p4_at_night_nothing_goes_and_in_the_morning_it_does() {
    let mut owner = Owner::unset("leah");
    owner.init(&[]).must(0);
    owner.append("[sending]\nundo = \"0s\"\nspacing = \"0s\"\n");
    // A Saturday night.
    owner.now = Some("2027-01-09T23:30:00-05:00".to_owned());
    let (jane, address) = owner.knows_with("Jane Doe", &["--zone", "America/Chicago"]);
    let id = owner.approves(&jane);
    owner.curbside(&["run", "--once"]).must(0);
    assert!(folder(&address, "").is_empty());
    let at = owner.delivery(&id)["send_at"].as_str().expect("an hour").parse::<jiff::Timestamp>().expect("RFC 3339");
    let there = at.to_zoned(jiff::tz::TimeZone::get("America/Chicago").expect("a zone"));
    assert_eq!(there.date().to_string(), "2027-01-11", "Monday: {there}");
    assert!((9..=16).contains(&there.hour()), "{there}");
    owner.now = Some((at + jiff::SignedDuration::from_secs(1)).to_string());
    owner.curbside(&["run", "--once"]).must(0);
    wait_until("it arrives", || folder(&address, "").len() == 1);
}

#[test]
fn many_approved_at_once_leave_without_trouble() {
    let owner = Owner::new("leah");
    owner.append("per_day = 0\nper_family_per_week = 0\n");
    let people: Vec<_> = NAMES.iter().map(|name| owner.knows(name)).collect();
    let _daemon = owner.run();
    approve_all(&owner);
    wait_until("all arrive", || arrived(&people) == NAMES.len());
    wait_until("all are filed", || folder(&owner.user, "Sent").len() == NAMES.len());
}
