//! A scorecard over whole mails written by a hand that had not seen the rules: outcome, facts, and how honest the doubt is.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use curbside::mail::mime;
use curbside::model::address::Address;
use curbside::model::reading::{Kind, Outcome, Reading};
use curbside::steps::understand::{Known, understand};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

/// A figure may fall by so much before the test fails.
const SLACK: f64 = 0.01;

#[derive(serde::Deserialize)]
struct Labelled {
    id: String,
    from: String,
    to: String,
    subject: String,
    received: String,
    body: String,
    cc: Option<String>,
    outcome: Outcome,
    also: Option<Outcome>,
    follow: Option<Date>,
    /// Days by which the day may differ, for words that name none.
    #[serde(default)]
    tolerance: i64,
    people: Option<Vec<(String, Option<String>)>>,
    calls: Option<Vec<String>>,
    /// Their numbers; empty where only the role is named.
    openings: Option<Vec<String>>,
    #[serde(default)]
    resume: bool,
    new_address: Option<String>,
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/mail/intent")
}

fn labelled(name: &str) -> Vec<Labelled> {
    let text = std::fs::read_to_string(folder().join(format!("{name}.jsonl"))).expect("the labelled mails are committed");
    text.lines().map(|line| serde_json::from_str(line).expect("a labelled mail")).collect()
}

impl Labelled {
    fn bytes(&self) -> Vec<u8> {
        let date = jiff::fmt::temporal::Pieces::parse(&self.received).ok().and_then(|pieces| pieces.to_numeric_offset());
        let at: Timestamp = self.received.parse().expect("an instant");
        let date = jiff::fmt::rfc2822::to_string(&at.to_zoned(date.expect("an offset").to_time_zone())).expect("a date");
        let cc = self.cc.as_ref().map(|cc| format!("Cc: {cc}\r\n")).unwrap_or_default();
        format!(
            "From: {}\r\nTo: {}\r\n{cc}Subject: {}\r\nDate: {date}\r\nMessage-ID: <{}@mail.example>\r\nIn-Reply-To: <ours@mail.example>\r\n\
             MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n{}\r\n",
            self.from,
            self.to,
            self.subject,
            self.id,
            self.body.replace('\n', "\r\n")
        )
        .into_bytes()
    }

    fn read(&self) -> Reading {
        let mail = mime::parse(&self.bytes()).expect("a mail");
        let me = [Address::parse("leah.brandt@mail.example").expect("an address")];
        let arrived = mail.date.expect("a date").at;
        understand(&mail, &Known { me: &me, arrived, zone: TimeZone::UTC, taught: None })
    }
}

/// How often something was right, of how many.
#[derive(Default)]
struct Score {
    counts: BTreeMap<&'static str, (usize, usize)>,
    misses: String,
}

impl Score {
    fn of(mails: &[Labelled]) -> Self {
        let mut score = Self::default();
        for mail in mails {
            score.count(mail, &mail.read());
        }
        score
    }

    fn note(&mut self, what: &'static str, mail: &Labelled, right: bool, got: &dyn std::fmt::Debug) {
        let (rights, of) = self.counts.entry(what).or_default();
        *rights += usize::from(right);
        *of += 1;
        if !right {
            let _ = writeln!(self.misses, "  {} {what}: {got:?} | {}", mail.id, mail.body.replace('\n', " "));
        }
    }

    fn count(&mut self, mail: &Labelled, reading: &Reading) {
        let have = reading.outcome.filter(|_| reading.kind == Kind::Reply);
        let right = have == Some(mail.outcome) || have.is_some() && have == mail.also;
        self.note("outcome", mail, right, &(reading.kind, have, reading.confidence));
        let says_stop = reading.outcomes.iter().any(|finding| finding.outcome == Outcome::OptedOut);
        if mail.outcome == Outcome::OptedOut {
            self.note("stop recognised", mail, says_stop, &have);
        } else if mail.also != Some(Outcome::OptedOut) {
            self.note("no stop assumed", mail, !says_stop, &have);
        }
        if reading.confidence >= 0.9 {
            self.note("right when sure", mail, right, &(have, reading.confidence));
        }
        self.count_facts(mail, reading);
    }

    fn count_facts(&mut self, mail: &Labelled, reading: &Reading) {
        let facts = &reading.facts;
        if let Some(want) = mail.follow {
            let days = |got: Date| i64::from(got.since(want).expect("days").get_days()).abs();
            self.note("follow-up day", mail, facts.follow_up_on.is_some_and(|got| days(got) <= mail.tolerance), &facts.follow_up_on);
        }
        if let Some(want) = &mail.people {
            let named = |name: &str, email: Option<&str>| {
                facts.people.iter().any(|person| {
                    person.email.as_deref().map(str::to_lowercase).as_deref() == email
                        && person.name.as_deref().is_some_and(|got| got.contains(name))
                })
            };
            self.note("people", mail, want.iter().all(|(name, email)| named(name, email.as_deref())), &facts.people);
        }
        if let Some(want) = &mail.calls {
            let got: Vec<String> = facts.call_times.iter().cloned().map(String::from).collect();
            let begins = |want: &String| got.iter().any(|got| same_start(got, want));
            self.note("call times", mail, want.iter().all(begins), &got);
        }
        if let Some(want) = &mail.openings {
            let numbers: Vec<&str> = facts.openings.iter().filter_map(|opening| opening.number.as_deref()).collect();
            let found = !facts.openings.is_empty() && want.iter().all(|number| numbers.contains(&number.as_str()));
            self.note("openings", mail, found, &facts.openings);
        }
        if mail.resume {
            self.note("résumé asked for", mail, facts.resume_requested, &facts.resume_requested);
        }
        if mail.new_address.is_some() {
            self.note("new address", mail, facts.new_address == mail.new_address, &facts.new_address);
        }
    }

    #[expect(clippy::cast_precision_loss, reason = "a few hundred mails")]
    fn figures(&self) -> BTreeMap<&'static str, f64> {
        self.counts.iter().map(|(what, (right, of))| (*what, *right as f64 / *of as f64)).collect()
    }
}

/// The same instant or day to begin at, however the offset is written.
fn same_start(got: &str, want: &str) -> bool {
    let start = |text: &str| text.split('/').next().unwrap_or_default().to_owned();
    let (got, want) = (start(got), start(want));
    got == want || got.parse::<Timestamp>().ok().zip(want.parse::<Timestamp>().ok()).is_some_and(|(got, want)| got == want)
}

/// The figures of a set have not fallen by more than the slack below the recorded ones.
fn holds(set: &str, recorded: &str) {
    let recorded = std::fs::read_to_string(folder().join(recorded)).expect("the figures are committed");
    let recorded: BTreeMap<String, f64> = serde_json::from_str(&recorded).expect("figures by name");
    let score = Score::of(&labelled(set));
    let now = score.figures();
    for (what, (right, of)) in &score.counts {
        println!("{what}: {right} of {of}, {:.3}", now[what]);
    }
    println!("{}", score.misses);
    for (what, then) in recorded {
        let now = now.get(what.as_str()).copied().unwrap_or_default();
        assert!(now >= then - SLACK, "{what} fell from {then} to {now:.3}:\n{}", score.misses);
    }
}

#[test]
fn whole_mails_by_another_hand_are_understood() {
    holds("second", "scorecard.json");
}

#[test]
fn hard_mails_that_nobody_had_seen_when_the_rules_were_made_are_understood() {
    holds("third", "scorecard-third.json");
}

#[test]
fn mails_of_one_hard_thing_each_are_understood() {
    holds("fourth", "scorecard-fourth.json");
}
