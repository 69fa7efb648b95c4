//! The simulator as a test: two hundred lives, and what keeps its judge honest.

mod found;
mod later;

use std::fs;
use std::path::Path;
use std::sync::Mutex;

use curbside::flow::{Sense, understand};
use curbside::mail::mime;
use curbside::model::reading::{Kind, Outcome};
use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::simulator::facts::Says;
use crate::simulator::people::sentences;
use crate::simulator::run::{self, Outcome as Lived};
use crate::simulator::{Breach, Fault, Plan, Sort, Switches};

/// Weeks of each of the lives that every run of the tests lives; each settles for three more.
const WEEKS: i64 = 2;
/// How many.
const SEEDS: u64 = 200;

fn plan(seed: u64, weeks: i64) -> Plan {
    Plan { seed, contacts: 0, weeks, switches: Switches::ALL }
}

/// Holds P1, P2, P3, P4, P5, P6, P8, P10, P12, P14, S12, S14, S16, S17, R1, R2, T4, T5, T6, D5, O2, O8.
#[test]
fn two_hundred_lives_break_no_promise_and_meet_every_kind_of_trouble() {
    let broken = Mutex::new(Vec::new());
    let lived =
        run::live_many(&|index| (index < SEEDS).then(|| Plan { contacts: 10, ..plan(index + 1, WEEKS) }), 1, &|plan, lived: &Lived| {
            broken.lock().expect("a list").push((plan, lived.courtesy.breaches[0].clone()));
        });
    if let Some((plan, breach)) = broken.into_inner().expect("a list").first() {
        let plan = run::shrink(*plan);
        let story = run::live(plan, true).story.join("\n");
        panic!("seed {}: {}\n{story}\n\n{}", plan.seed, said(breach), run::command(plan));
    }
    for sort in Sort::ALL {
        assert_eq!(lived.courtesy.of(sort), 0, "{}", sort.word());
    }
    let missing: Vec<&str> = Fault::ALL.iter().filter(|fault| lived.counts.of(**fault) == 0).map(|fault| fault.word()).collect();
    assert!(missing.is_empty(), "these troubles never occurred: {missing:?}");
    assert!(lived.courtesy.sent > SEEDS, "hardly a mail was sent: {}", lived.courtesy.sent);
}

fn said(breach: &Breach) -> String {
    format!("{} on {} (step {}): {}", breach.sort.word(), breach.at, breach.step, breach.what)
}

#[test]
fn the_same_seed_lives_the_same_life() {
    let story = || run::live(plan(7, 3), true).story;
    assert_eq!(story(), story());
}

/// The observer knows the hours, mail as bytes, and plain facts. Neither the database nor any judgement of the program.
#[test]
fn the_observer_opens_no_database_and_asks_nothing_of_the_program() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/simulator");
    let mut files: Vec<_> = fs::read_dir(folder.join("observer")).expect("a folder").flatten().map(|entry| entry.path()).collect();
    assert!(files.len() >= 5, "the observer was not found");
    files.push(folder.join("facts.rs"));
    for file in files {
        let text = fs::read_to_string(&file).expect("a source");
        assert!(breaches(&text).is_empty(), "{}: {:?}", file.display(), breaches(&text));
    }
    assert_eq!(breaches("use curbside::store::Store;\nfn f() { curbside::flow::turn(); }").len(), 2);
    assert_eq!(breaches("use super::super::machine::Machine;\nuse rusqlite::Connection;").len(), 2);
}

fn breaches(text: &str) -> Vec<&str> {
    const MAY: [&str; 7] =
        ["std::collections", "jiff::", "mail_parser::", "super::facts::", "super::super::facts::", "super::{", "super::standing"];
    const OWN: [&str; 3] = ["courtesy::", "settled::", "super::Observer"];
    let is_foreign = |line: &&str| {
        let path = line.trim_start_matches("pub ").strip_prefix("use ");
        let foreign_use = path.is_some_and(|path| !MAY.iter().chain(&OWN).any(|may| path.starts_with(may)));
        foreign_use || ["curbside::", "rusqlite", "std::fs", "machine", "life::"].iter().any(|word| line.contains(word))
    };
    text.lines().filter(|line| !line.trim_start().starts_with("//")).filter(is_foreign).collect()
}

/// The simulator tries the river; what its people write must be read as they mean it.
#[test]
fn the_sentences_of_the_simulated_people_are_read_as_they_are_meant() {
    let meant = [
        (Says::OptOut, &[Outcome::OptedOut][..]),
        (Says::No, &[Outcome::Declined]),
        (Says::Left, &[Outcome::LeftEmployer]),
        (Says::WrongPerson, &[Outcome::WrongPerson]),
        (Says::Thanks, &[Outcome::Acknowledged]),
        (Says::Asks, &[Outcome::Call, Outcome::ResumeRequested, Outcome::Opening, Outcome::Referral, Outcome::Unclear]),
    ];
    let arrived: Timestamp = "2026-04-06T14:00:00Z".parse().expect("an hour");
    for (says, outcomes) in meant {
        for sentence in sentences(says) {
            let raw = format!(
                "From: jane@plan.example\r\nTo: sam@owner.example\r\nSubject: Re: hello\r\n\r\nHi Sam,\r\n\r\n{sentence}\r\n\r\nBest,\r\nJane\r\n"
            );
            let mail = mime::parse(raw.as_bytes()).expect("a mail");
            let reading = understand(&mail, &Sense { me: &[], arrived, zone: TimeZone::UTC, taught: None });
            assert_eq!(reading.kind, Kind::Reply, "{sentence}");
            assert!(reading.outcome.is_some_and(|outcome| outcomes.contains(&outcome)), "“{sentence}” is read as {:?}", reading.outcome);
        }
    }
}
