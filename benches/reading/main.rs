//! What it costs to read a mail: short replies against mail-parser alone in the same run, long mails, hostile mails.
//!
//! ```text
//! cargo bench --bench reading
//! cargo bench --bench reading -- hostile
//! ```

#[path = "../../tests/hostile/units.rs"]
mod units;

use std::hint::black_box;
use std::time::{Duration, Instant};

use curbside::mail::mime;
use curbside::model::address::Address;
use curbside::model::reading::Reading;
use curbside::steps::understand::{Known, understand};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::Value;

/// Rounds over all short replies; the fastest of each mail counts, what else the machine does is not in it.
const ROUNDS: usize = 7;
/// Bytes of a hostile mail.
const HOSTILE: usize = 1_000_000;
/// What one may take.
const MOST: Duration = Duration::from_millis(200);

fn main() {
    let words: Vec<String> = std::env::args().skip(1).filter(|word| !word.starts_with("--")).collect();
    let wanted = |part: &str| words.is_empty() || words.iter().any(|word| word == part);
    if wanted("short") {
        short_replies();
    }
    if wanted("long") {
        long_mails();
    }
    if wanted("hostile") {
        hostile_mails();
    }
}

fn read(bytes: &[u8], me: &[Address]) -> Option<Reading> {
    let mail = mime::parse(bytes)?;
    Some(understand(&mail, &Known { me, arrived: Timestamp::UNIX_EPOCH, zone: TimeZone::UTC, taught: None }))
}

fn me() -> [Address; 1] {
    [Address::parse("leah.brandt@mail.example").expect("an address")]
}

fn timed<T>(work: impl FnOnce() -> T) -> Duration {
    let begun = Instant::now();
    black_box(work());
    begun.elapsed()
}

/// The labelled mails as replies with a signature and the quoted check-in below.
fn replies() -> Vec<String> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/mail/intent");
    let lines = ["known.jsonl", "aside.jsonl", "second.jsonl"]
        .map(|name| std::fs::read_to_string(format!("{folder}/{name}")).expect("the labelled mails are committed"));
    let mails: Vec<Value> = lines.iter().flat_map(|text| text.lines()).map(|line| serde_json::from_str(line).expect("a mail")).collect();
    mails.iter().map(reply).collect()
}

fn reply(mail: &Value) -> String {
    let text = |key: &str| mail[key].as_str().unwrap_or_default().replace('\n', "\r\n");
    format!(
        "Return-Path: <x@plan.example>\r\nReceived: from mx.plan.example by mx.mail.example; Tue, 3 Mar 2026 14:42:01 +0000\r\n\
         From: {}\r\nTo: {}\r\nSubject: {}\r\nDate: Tue, 3 Mar 2026 09:42:00 -0500\r\nMessage-ID: <{}@plan.example>\r\n\
         In-Reply-To: <a@mail.example>\r\nReferences: <a@mail.example>\r\nMIME-Version: 1.0\r\n\
         Content-Type: text/plain; charset=utf-8\r\n\r\n{}\r\n\r\nOn Mon, Mar 2, 2026 at 4:11 PM Leah Brandt <leah.brandt@mail.example> wrote:\r\n\
         > Dear colleague,\r\n> I passed the boards in October, and thought of our talk about peer review.\r\n> Best regards, Leah\r\n",
        text("from"),
        text("to"),
        text("subject"),
        text("id"),
        text("body")
    )
}

fn short_replies() {
    let (mails, me) = (replies(), me());
    for mail in &mails {
        black_box(read(mail.as_bytes(), &me));
    }
    let mut best = vec![[Duration::MAX; 2]; mails.len()];
    for _ in 0..ROUNDS {
        for (mail, best) in mails.iter().zip(&mut best) {
            best[0] = best[0].min(timed(|| read(mail.as_bytes(), &me)));
            best[1] = best[1].min(timed(|| mail_parser::MessageParser::default().parse(mail.as_bytes()).map(|mail| mail.parts.len())));
        }
    }
    let bytes: usize = mails.iter().map(String::len).sum();
    let sum = |which: usize| best.iter().map(|times| times[which]).sum::<Duration>();
    let (ours, parser) = (sum(0), sum(1));
    let mut times: Vec<Duration> = best.iter().map(|times| times[0]).collect();
    times.sort();
    println!(
        "short replies: {} of {} bytes in the mean; whole reading {:.0}/s, {:.1} MB/s (bar 5000/s); mail-parser alone {:.0}/s, {:.1} MB/s; ratio {:.1}",
        mails.len(),
        bytes / mails.len(),
        rate(mails.len(), ours),
        rate(bytes, ours) / 1e6,
        rate(mails.len(), parser),
        rate(bytes, parser) / 1e6,
        ours.as_secs_f64() / parser.as_secs_f64()
    );
    println!(
        "one short reply: median {:.0?} (bar 200 µs), 99 of 100 within {:.0?}, slowest {:.0?}",
        times[times.len() / 2],
        times[times.len() * 99 / 100],
        times[times.len() - 1]
    );
}

#[expect(clippy::cast_precision_loss, reason = "counts of a bench")]
fn rate(count: usize, took: Duration) -> f64 {
    count as f64 / took.as_secs_f64()
}

/// A long letter of ordinary sentences, and a short one with a file: to 25 MB.
fn long_mails() {
    let me = me();
    let prose = "Thank you for your note. We talked about the peer review program and the denial rates of the spring.\r\n";
    let file = "JVBERi0xLjQKJcOkw7zDtsOfCjIgMCBvYmoKPDwvTGVuZ3RoIDMgMCBSL0ZpbHRlci9GbGF0\r\n";
    let attached = format!(
        "{}Subject: Re: hello\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\n\
         Can we talk on Thursday at 3 pm ET?\r\n--b\r\nContent-Type: application/pdf; name=a.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n",
        units::HEAD
    );
    for megabytes in [1, 4, 25] {
        let size = megabytes * 1_000_000;
        let letter = units::text(prose)(size);
        let with_file = format!("{attached}{}--b--\r\n", file.repeat(size / file.len()));
        for (name, mail) in [("of prose", letter), ("with a file", with_file)] {
            let ours = (0..3).map(|_| timed(|| read(mail.as_bytes(), &me))).min().unwrap_or_default();
            let parser =
                (0..3).map(|_| timed(|| mail_parser::MessageParser::default().parse(mail.as_bytes()).map(|mail| mail.parts.len())));
            let parser = parser.min().unwrap_or_default();
            println!("{megabytes} MB {name}: {ours:.1?}, {:.0} MB/s; mail-parser alone {parser:.1?}", rate(size, ours) / 1e6);
        }
    }
}

/// Mails of 1 MB of one hostile piece each, the slowest first.
fn hostile_mails() {
    let mut all: Vec<(Duration, String)> = Vec::new();
    let mut note = |name: String, mail: String| {
        let took = (0..2).map(|_| timed(|| read(mail.as_bytes(), &me()))).min().unwrap_or_default();
        all.push((took, name));
    };
    for unit in units::TEXT {
        note(format!("text {unit:?}"), units::text(unit)(HOSTILE));
    }
    for unit in units::MARKUP {
        note(format!("markup {unit:?}"), units::html(unit)(HOSTILE));
    }
    for (field, unit) in units::HEADERS {
        note(format!("header {field:?} {unit:?}"), units::header(field, unit)(HOSTILE));
    }
    all.sort();
    let slow = all.iter().filter(|(took, _)| *took > MOST).count();
    println!("hostile mails of 1 MB: {}, {slow} slower than {MOST:?}; the slowest:", all.len());
    for (took, name) in all.iter().rev().take(12) {
        println!("  {took:.1?} {name}");
    }
    assert_eq!(slow, 0, "a hostile mail of 1 MB takes too long");
}
