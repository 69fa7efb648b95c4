//! Reading costs what a mail is long, whatever is in it: four times the length never costs like its square.

use curbside::mail::mime;
use curbside::model::address::Address;
use curbside::steps::understand::{Known, understand};
use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::support::town::{ME, Town};

/// The shorter of the two lengths; the longer one is four times it.
const SHORT: usize = 30_000;
/// What may be paid once, such as the first use of a list, in nanoseconds.
const ONCE: u64 = 60_000_000;

const HEAD: &str =
    "From: Jane Doe <jane@payer.test>\r\nTo: leah@home.test\r\nDate: Mon, 2 Mar 2026 09:00:00 -0500\r\nMessage-ID: <a@b.test>\r\n";

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

fn text(unit: &str) -> impl Fn(usize) -> String {
    move |length| format!("{HEAD}Subject: Re: hello\r\nIn-Reply-To: <x@y.test>\r\n\r\nHi Leah,\r\n{}", unit.repeat(length / unit.len()))
}

fn html(unit: &str) -> impl Fn(usize) -> String {
    move |length| format!("{HEAD}Subject: Re: hello\r\nContent-Type: text/html\r\n\r\n<p>Hi Leah,{}", unit.repeat(length / unit.len()))
}

fn header(field: &str, unit: &str) -> impl Fn(usize) -> String {
    move |length| format!("{HEAD}{field}{}\r\n\r\nHi", unit.repeat(length / unit.len()))
}

/// Holds P18, X11.
#[test]
#[cfg(target_os = "linux")]
fn p18_text_of_any_kind_costs_its_length() {
    for unit in [
        "a",
        "a\n",
        "> ",
        ">\n",
        "😀\n",
        "( ",
        "\"",
        "-- \n",
        "@",
        "a@b.test ",
        "1",
        "5/5/26 ",
        "next Tuesday or ",
        "not ",
        "Jane Doe, ",
        "https://a.test/b ",
        "On Mon, Jane Doe <j@p.test> wrote:\n",
        "From: a\nSent: b\nTo: c\nSubject: d\n",
        "Best,\nJane\n",
        "-----Original Message-----\n",
        "Sent from my iPhone\n",
        "REQ-1 ",
        "at 3pm ET ",
        "\u{200b}",
        "\u{301}",
    ] {
        grows_gently(unit, text(unit));
    }
}

/// Holds P18, X12.
#[test]
#[cfg(target_os = "linux")]
fn p18_markup_of_any_kind_costs_its_length() {
    for unit in [
        "<div>",
        "<b>",
        "<blockquote>",
        "<blockquote type=cite>",
        "<table><tr><td>",
        "<a href=x>",
        "<",
        "&",
        "&amp;",
        "<!--",
        "</div>",
        "<a b",
        "<span style='display:none'>",
        "<br>",
        "<div class=gmail_quote>",
        "<p>a",
        "<x_x_x>",
    ] {
        grows_gently(unit, html(unit));
    }
}

/// Holds P18, X11.
#[test]
#[cfg(target_os = "linux")]
fn p18_headers_and_parts_of_any_kind_cost_their_length() {
    for (field, unit) in [
        ("", "X: y\r\n"),
        ("Subject: ", "=?utf-8?Q?a?= "),
        ("Subject: ", "=?"),
        ("Subject:", " a\r\n"),
        ("From: ", "a@b.test, "),
        ("From: ", "("),
        ("From: ", "\""),
        ("From: ", "a:;"),
        ("References: ", "<a@b.test> "),
        ("References: ", "<"),
        ("Subject: ", "@"),
        ("Content-Type: text/plain;", " a=b;"),
        ("Content-Type: multipart/mixed; boundary=b\r\n\r\n", "--b\r\n\r\nx\r\n"),
        ("Content-Type: multipart/mixed; boundary=b\r\n\r\n", "--b\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"),
        ("", "Content-Type: message/rfc822\r\n\r\n"),
        ("Authentication-Results: x; ", "dmarc=pass "),
        (
            "Content-Type: multipart/report; boundary=b\r\n\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\n",
            "Final-Recipient: rfc822; a@b.test\r\nAction: failed\r\n\r\n",
        ),
        ("Content-Type: text/calendar; method=REQUEST\r\n\r\n", "BEGIN:VEVENT\r\nRRULE:FREQ=SECONDLY\r\nEND:VEVENT\r\n"),
    ] {
        grows_gently(&format!("{field}{unit}"), header(field, unit));
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
