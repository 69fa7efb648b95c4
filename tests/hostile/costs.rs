//! Reading costs what a mail is long, whatever is in it: four times the length never costs like its square.

use curbside::mail::mime;
use curbside::model::address::Address;
use curbside::steps::understand::{Known, understand};
use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::units;
use crate::support::town::{ME, Town};

/// The shorter of the two lengths; the longer one is four times it.
const SHORT: usize = 30_000;
/// What may be paid once, such as the first use of a list, in nanoseconds.
const ONCE: u64 = 60_000_000;

/// Time this thread spent on a processor: what else the machine does is not in it.
fn spent() -> u64 {
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").expect("Linux tells");
    told.split(' ').next().and_then(|nanos| nanos.parse().ok()).expect("a number")
}

fn cost(mail: &str) -> u64 {
    let me = [Address::parse("leah@home.test").expect("an address")];
    let begun = spent();
    if let Some(mail) = mime::parse(mail.as_bytes()) {
        let _ = understand(&mail, &Known { me: &me, arrived: Timestamp::UNIX_EPOCH, zone: TimeZone::UTC, taught: None });
    }
    spent() - begun
}

fn grows_gently(name: &str, mail: impl Fn(usize) -> String) {
    let short = mail(SHORT);
    cost(&short);
    let (once, four_times) = (cost(&short), cost(&mail(4 * SHORT)));
    assert!(four_times < 8 * once + ONCE, "{name}: {once} ns for {SHORT} bytes, {four_times} ns for four times that");
}

/// Holds P18, X11.
#[test]
#[cfg(target_os = "linux")]
fn p18_text_of_any_kind_costs_its_length() {
    for unit in units::TEXT {
        grows_gently(unit, units::text(unit));
    }
}

/// Holds P18, X12.
#[test]
#[cfg(target_os = "linux")]
fn p18_markup_of_any_kind_costs_its_length() {
    for unit in units::MARKUP {
        grows_gently(unit, units::html(unit));
    }
}

/// Holds P18, X11.
#[test]
#[cfg(target_os = "linux")]
fn p18_headers_and_parts_of_any_kind_cost_their_length() {
    for (field, unit) in units::HEADERS {
        grows_gently(&format!("{field}{unit}"), units::header(field, unit));
    }
}

/// What a look at five mails with such a subject costs; they concern nobody.
fn look_at(subject: &str) -> u64 {
    let mut town = Town::new();
    town.add("Jane Doe <jane@plan.example>");
    for _ in 0..5 {
        let mail = town.letter("shop@noise.example", ME, subject, &[], "Buy.");
        town.put("INBOX", &mail);
    }
    let begun = spent();
    town.turn();
    spent() - begun
}

/// Holds P18, X11.
#[test]
#[cfg(target_os = "linux")]
fn p18_a_look_at_a_header_costs_its_length() {
    for unit in ["@", "a@", "<a@b.test>", "=?"] {
        let (once, four_times) = (look_at(&unit.repeat(15_000 / unit.len())), look_at(&unit.repeat(60_000 / unit.len())));
        assert!(four_times < 8 * once + ONCE, "{unit}: {once} ns and {four_times} ns");
    }
}
