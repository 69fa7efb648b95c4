//! Every sentence of `tests/mail/facts` with what a careful reader would note down from it.

use std::path::Path;

use curbside::model::address::{Address, Mailbox};
use curbside::model::reading::{Facts, Outcome};
use curbside::steps::understand::facts::{Sense, back_on, facts};
use jiff::civil::Date;
use jiff::{Timestamp, Zoned};
use serde::Deserialize;

/// A sentence and what it says; what is left out is not looked at.
#[derive(Debug, Deserialize)]
#[expect(clippy::option_option, reason = "a key left out, a null and a value are three things")]
struct Case {
    say: String,
    on: String,
    #[serde(default)]
    outcomes: Vec<Outcome>,
    #[serde(default, deserialize_with = "given")]
    follow: Option<Option<Date>>,
    #[serde(default, deserialize_with = "given")]
    back: Option<Option<Date>>,
    people: Option<Vec<(String, Option<String>)>>,
    calls: Option<Vec<String>>,
    numbers: Option<Vec<String>>,
    title: Option<String>,
    links: Option<Vec<String>>,
    #[serde(default, deserialize_with = "given")]
    new_address: Option<Option<String>>,
    #[serde(default)]
    cc: Vec<String>,
    #[serde(default)]
    signature: String,
    from: Option<String>,
}

/// Tells `null` (there is none) from a key that is left out.
#[expect(clippy::option_option, reason = "a key left out, a null and a value are three things")]
fn given<'de, D: serde::Deserializer<'de>, T: Deserialize<'de>>(input: D) -> Result<Option<Option<T>>, D::Error> {
    Option::<T>::deserialize(input).map(Some)
}

fn cases(name: &str) -> Vec<Case> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/mail/facts").join(name);
    let text = std::fs::read_to_string(path).expect("the cases lie beside the tests");
    let lines = text.lines().filter(|line| !line.trim().is_empty());
    lines.map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error} in {line}"))).collect()
}

fn anchor(case: &Case) -> Zoned {
    let at: Timestamp = case.on.parse().expect("an instant with its offset");
    let offset = jiff::fmt::temporal::Pieces::parse(&case.on).ok().and_then(|pieces| pieces.to_numeric_offset()).expect("an offset");
    at.to_zoned(offset.to_time_zone())
}

fn read(case: &Case) -> Facts {
    let me = [Address::parse("leah.brandt@mail.example").expect("an address")];
    let from = case.from.as_deref().unwrap_or("Priya Nair <priya.nair@plan.example>");
    let writer = Mailbox::parse(from).expect("a writer");
    let cc: Vec<Mailbox> = case.cc.iter().map(|text| Mailbox::parse(text).expect("a mailbox")).collect();
    let sense = Sense {
        text: &case.say,
        signature: &case.signature,
        subject: "Re: hello",
        anchor: anchor(case),
        writer: Some(&writer),
        cc: &cc,
        me: &me,
    };
    facts(&sense, &case.outcomes)
}

/// Fails with every sentence that was misread, not only the first.
fn hold(name: &str, wrong: impl Fn(&Case) -> Option<String>) {
    let cases = cases(name);
    assert!(!cases.is_empty(), "{name} has cases");
    let misread: Vec<String> =
        cases.iter().filter_map(|case| wrong(case).map(|what| format!("{what}\n    {} | {}", case.on, case.say))).collect();
    assert!(misread.is_empty(), "{} of {} misread in {name}\n{}", misread.len(), cases.len(), misread.join("\n"));
}

fn differs<T: PartialEq + std::fmt::Debug>(what: &str, got: &T, want: &T) -> Option<String> {
    (got != want).then(|| format!("{what}: {got:?} instead of {want:?}"))
}

#[test]
fn the_day_to_act_next_is_the_one_a_careful_reader_would_note() {
    hold("follow.jsonl", |case| differs("follow_up_on", &read(case).follow_up_on, case.follow.as_ref()?));
}

#[test]
fn the_first_day_back_is_read_in_the_tongue_of_the_absent() {
    for name in ["back.jsonl", "back2.jsonl"] {
        hold(name, |case| differs("back_on", &back_on(&case.say, &anchor(case)), case.back.as_ref()?));
    }
}

#[test]
fn call_times_are_the_instants_that_the_writer_meant() {
    hold("calls.jsonl", |case| {
        let got: Vec<String> = read(case).call_times.into_iter().map(String::from).collect();
        differs("call_times", &got, case.calls.as_ref()?)
    });
}

#[test]
fn people_are_found_with_name_and_address() {
    hold("people.jsonl", |case| {
        let got: Vec<(String, Option<String>)> = read(case).people.into_iter().map(|p| (p.name.unwrap_or_default(), p.email)).collect();
        differs("people", &got, case.people.as_ref()?)
    });
}

#[test]
fn openings_links_and_new_addresses_are_found() {
    hold("openings.jsonl", |case| {
        let got = read(case);
        let numbers: Vec<String> = got.openings.iter().filter_map(|opening| opening.number.clone()).collect();
        let titles: Vec<String> = got.openings.iter().filter_map(|opening| opening.title.clone()).collect();
        let number = case.numbers.as_ref().and_then(|want| differs("numbers", &numbers, want));
        let title = case.title.as_ref().filter(|want| !titles.contains(want)).map(|want| format!("title {want:?} not in {titles:?}"));
        let links = case.links.as_ref().and_then(|want| differs("links", &got.links, want));
        let address = case.new_address.as_ref().and_then(|want| differs("new_address", &got.new_address, want));
        number.or(title).or(links).or(address)
    });
}

#[test]
fn whole_mails_give_up_all_their_facts() {
    for name in ["mails.jsonl", "mails2.jsonl", "mails3.jsonl", "mails4.jsonl", "mails5.jsonl", "mails6.jsonl", "mails7.jsonl"] {
        hold(name, all_facts);
    }
}

fn all_facts(case: &Case) -> Option<String> {
    let got = read(case);
    let follow = case.follow.as_ref().and_then(|want| differs("follow_up_on", &got.follow_up_on, want));
    let times: Vec<String> = got.call_times.into_iter().map(String::from).collect();
    let calls = case.calls.as_ref().and_then(|want| differs("call_times", &times, want));
    let named: Vec<(String, Option<String>)> = got.people.into_iter().map(|p| (p.name.unwrap_or_default(), p.email)).collect();
    let people = case.people.as_ref().and_then(|want| differs("people", &named, want));
    let numbers: Vec<String> = got.openings.into_iter().filter_map(|opening| opening.number).collect();
    let openings = case.numbers.as_ref().and_then(|want| differs("numbers", &numbers, want));
    let wrong: Vec<String> = [follow, calls, people, openings].into_iter().flatten().collect();
    (!wrong.is_empty()).then(|| wrong.join("; "))
}
