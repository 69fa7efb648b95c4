//! Every way to say a day, an hour or a name, woven into every sentence that may carry it: the sentence changes nothing.

use std::collections::BTreeMap;

use curbside::model::address::Mailbox;
use curbside::model::reading::{Facts, Outcome};
use curbside::steps::understand::facts::{Sense, back_on, facts};
use jiff::civil::Date;
use jiff::{Timestamp, tz};
use serde::Deserialize;

#[derive(Debug, Deserialize)]
struct Woven {
    on: Timestamp,
    follow: Follow,
    calls: Calls,
    people: People,
    back: Back,
}

#[derive(Debug, Deserialize)]
struct Follow {
    phrases: BTreeMap<String, Date>,
    sentences: Vec<String>,
}

#[derive(Debug, Deserialize)]
struct Calls {
    days: BTreeMap<String, Date>,
    hours: BTreeMap<String, Vec<String>>,
    sentences: Vec<String>,
}

#[derive(Debug, Deserialize)]
struct People {
    names: Vec<Named>,
    with_address: Vec<String>,
    without: Vec<String>,
}

#[derive(Debug, Deserialize)]
struct Named {
    #[serde(rename = "as")]
    written: String,
    name: String,
    local: String,
}

/// Each day with the working day after it; sentences that name the day back, and ones that name the last day away.
#[derive(Debug, Deserialize)]
struct Back {
    days: BTreeMap<String, (Date, Date)>,
    #[serde(rename = "back")]
    returning: Vec<String>,
    away: Vec<String>,
}

fn woven() -> Woven {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/mail/facts/woven.json");
    serde_json::from_str(&std::fs::read_to_string(path).expect("the threads lie beside the tests")).expect("threads")
}

fn read(on: Timestamp, text: &str, outcome: Outcome) -> Facts {
    let writer = Mailbox::parse("Priya Nair <priya.nair@plan.example>").expect("a writer");
    let anchor = on.to_zoned(tz::offset(-5).to_time_zone());
    let sense = Sense { text, signature: "", subject: "Re: hello", anchor, writer: Some(&writer), cc: &[], me: &[] };
    facts(&sense, &[outcome])
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}

fn none(misread: &[String]) {
    assert!(misread.is_empty(), "{} misread\n{}", misread.len(), misread.join("\n"));
}

#[test]
fn a_day_means_the_same_in_every_sentence() {
    let Woven { on, follow, .. } = woven();
    let mut misread = Vec::new();
    for (phrase, want) in &follow.phrases {
        for sentence in &follow.sentences {
            let text = sentence.replace("{p}", phrase).replace("{P}", &capital(phrase));
            let got = read(on, &text, Outcome::NotNow).follow_up_on;
            if got != Some(*want) {
                misread.push(format!("{got:?} instead of {want}: {text}"));
            }
        }
    }
    none(&misread);
}

#[test]
fn an_hour_means_the_same_in_every_sentence() {
    let Woven { on, calls, .. } = woven();
    let mut misread = Vec::new();
    for ((day, date), (hour, times)) in calls.days.iter().flat_map(|day| calls.hours.iter().map(move |hour| (day, hour))) {
        let whole = |time: &String| if time == ".." { time.clone() } else { format!("{date}T{time}") };
        let want = times.iter().map(whole).collect::<Vec<_>>().join("/");
        for sentence in &calls.sentences {
            let text = sentence.replace("{d}", day).replace("{D}", &capital(day)).replace("{t}", hour);
            let got: Vec<String> = read(on, &text, Outcome::Call).call_times.into_iter().map(String::from).collect();
            if got != [want.as_str()] {
                misread.push(format!("{got:?} instead of {want}: {text}"));
            }
        }
    }
    none(&misread);
}

#[test]
fn a_name_is_the_same_in_every_sentence() {
    let Woven { on, people, .. } = woven();
    let mut misread = Vec::new();
    for name in &people.names {
        let address = format!("{}@plan.example", name.local);
        let with = people.with_address.iter().map(|sentence| (sentence.replace("{e}", &address), Some(address.clone())));
        for (sentence, email) in with.chain(people.without.iter().map(|sentence| (sentence.clone(), None))) {
            let text = sentence.replace("{n}", &name.written);
            let got: Vec<_> = read(on, &text, Outcome::Referral).people.into_iter().map(|person| (person.name, person.email)).collect();
            if got != [(Some(name.name.clone()), email)] {
                misread.push(format!("{got:?}: {text}"));
            }
        }
    }
    none(&misread);
}

#[test]
fn a_day_back_is_the_same_in_every_sentence() {
    let Woven { on, back, .. } = woven();
    let anchor = on.to_zoned(tz::offset(-5).to_time_zone());
    let mut misread = Vec::new();
    for (phrase, (day, after)) in &back.days {
        let sentences = back.returning.iter().map(|sentence| (sentence, day)).chain(back.away.iter().map(|sentence| (sentence, after)));
        for (sentence, want) in sentences {
            let text = sentence.replace("{d}", phrase);
            let got = back_on(&text, &anchor);
            if got != Some(*want) {
                misread.push(format!("{got:?} instead of {want}: {text}"));
            }
        }
    }
    none(&misread);
}
