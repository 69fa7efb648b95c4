//! What stands only in the quote never changes what a mail means, whichever program quoted it.

use curbside::mail::mime;
use curbside::model::address::Address;
use curbside::model::reading::Reading;
use curbside::steps::understand::{Known, understand};
use jiff::tz::TimeZone;

/// What an owner, or somebody further down, may have written: each would end or start something if it were the answer.
const DANGEROUS: [&str; 4] = [
    "Please stop emailing me and take me off your list.",
    "I have left the company, Friday was my last day. Write to Tom Wexler, twexler@elsewhere.example, instead.",
    "We are not hiring. Check back on August 17.",
    "Can you do Thursday at 2 ET? The reviewer opening is req 40417.",
];

/// How a program quotes: the whole body around the new words and the old ones.
type Quoting = fn(&str, &str) -> String;

const TEXT: [(&str, Quoting); 7] = [
    ("Gmail", |new, old| {
        format!("{new}\n\nOn Mon, Mar 2, 2026 at 9:12 AM Leah Brandt <leah.brandt@mail.example> wrote:\n\n{}", marked(old))
    }),
    ("Gmail, wrapped", |new, old| {
        format!("{new}\n\nOn Mon, Mar 2, 2026 at 9:12 AM Leah Brandt <\nleah.brandt@mail.example> wrote:\n\n{}", marked(old))
    }),
    ("Apple Mail", |new, old| {
        format!("{new}\n\n> On Mar 2, 2026, at 9:12 AM, Leah Brandt <leah.brandt@mail.example> wrote:\n> \n{}", marked(old))
    }),
    ("Thunderbird", |new, old| format!("{new}\n\nOn 3/2/26 9:12 AM, Leah Brandt wrote:\n{}", marked(old))),
    ("Outlook", |new, old| {
        format!(
            "{new}\n\n________________________________\nFrom: Leah Brandt <leah.brandt@mail.example>\nSent: Monday, March 2, 2026 9:12 AM\n\
             To: Jane Doe <jane.doe@northplan.example>\nSubject: Checking in\n\n{old}"
        )
    }),
    ("Outlook, old", |new, old| {
        format!(
            "{new}\n\n-----Original Message-----\nFrom: Leah Brandt [mailto:leah.brandt@mail.example]\nSent: Monday, March 2, 2026 9:12 AM\n\
             To: Jane Doe\nSubject: Checking in\n\n{old}"
        )
    }),
    ("Yahoo", |new, old| {
        format!("{new}\n\n    On Monday, March 2, 2026 at 09:12:00 AM EST, Leah Brandt <leah.brandt@mail.example> wrote:\n\n{old}")
    }),
];

const HTML: [(&str, Quoting); 3] = [
    ("Gmail", |new, old| {
        format!(
            "<div dir=\"ltr\">{new}</div><br><div class=\"gmail_quote\"><div dir=\"ltr\" class=\"gmail_attr\">On Mon, Mar 2, 2026 at 9:12 AM \
             Leah Brandt &lt;leah.brandt@mail.example&gt; wrote:<br></div><blockquote class=\"gmail_quote\">{old}</blockquote></div>"
        )
    }),
    ("Outlook", |new, old| {
        format!(
            "<div class=\"WordSection1\"><p class=\"MsoNormal\">{new}</p><div style=\"border:none;border-top:solid #E1E1E1 1.0pt\">\
             <p class=\"MsoNormal\"><b>From:</b> Leah Brandt &lt;leah.brandt@mail.example&gt;<br><b>Sent:</b> Monday, March 2, 2026 9:12 AM<br>\
             <b>To:</b> Jane Doe<br><b>Subject:</b> Checking in</p></div><p class=\"MsoNormal\">{old}</p></div>"
        )
    }),
    ("Apple Mail", |new, old| {
        format!(
            "<html><body>{new}<br><div><br><blockquote type=\"cite\"><div>On Mar 2, 2026, at 9:12 AM, Leah Brandt \
             &lt;leah.brandt@mail.example&gt; wrote:</div><br><div>{old}</div></blockquote></div></body></html>"
        )
    }),
];

#[derive(serde::Deserialize)]
struct Labelled {
    id: String,
    body: String,
}

fn marked(text: &str) -> String {
    text.lines().map(|line| format!("> {line}\n")).collect()
}

fn labelled() -> Vec<Labelled> {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/mail/intent");
    let text = |set: &str| std::fs::read_to_string(folder.join(format!("{set}.jsonl"))).expect("the labelled mails are committed");
    let sets = ["second", "third", "fourth", "known", "aside"].map(text);
    sets.iter().flat_map(|set| set.lines()).map(|line| serde_json::from_str(line).expect("a labelled mail")).collect()
}

fn read(kind: &str, body: &str) -> Reading {
    let mail = format!(
        "From: Jane Doe <jane.doe@northplan.example>\r\nTo: leah.brandt@mail.example\r\nSubject: Re: Checking in\r\n\
         Date: Tue, 3 Mar 2026 09:42:00 -0500\r\nIn-Reply-To: <ours@mail.example>\r\nMIME-Version: 1.0\r\n\
         Content-Type: text/{kind}; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n{}\r\n",
        body.replace('\n', "\r\n")
    );
    let mail = mime::parse(mail.as_bytes()).expect("a mail");
    let me = [Address::parse("leah.brandt@mail.example").expect("an address")];
    let arrived = mail.date.expect("a date").at;
    understand(&mail, &Known { me: &me, arrived, zone: TimeZone::UTC, taught: None })
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('\n', "<br>")
}

/// Each mail meets one dangerous quote in one program's way, another one with each mail; all pairs come round.
fn differences(kind: &str, styles: &[(&str, Quoting)], words: fn(&str) -> String) -> Vec<String> {
    let mut found = Vec::new();
    for (n, mail) in labelled().iter().enumerate() {
        let (program, quoting) = styles[n % styles.len()];
        let old = DANGEROUS[n / styles.len() % DANGEROUS.len()];
        let new = words(&mail.body);
        let (alone, quoted) = (read(kind, &new), read(kind, &quoting(&new, old)));
        if (alone.kind, alone.outcome, &alone.facts) != (quoted.kind, quoted.outcome, &quoted.facts) {
            found.push(format!("{} {program}: {:?} became {:?} by “{old}”\n{}", mail.id, alone.outcome, quoted.outcome, quoted.new_text));
        }
    }
    found
}

#[test]
fn what_stands_only_in_the_quote_changes_nothing() {
    let found = differences("plain", &TEXT, str::to_owned);
    assert!(found.is_empty(), "{} mails\n{}", found.len(), found.join("\n\n"));
}

#[test]
fn what_stands_only_in_the_quote_of_a_page_changes_nothing() {
    let found = differences("html", &HTML, escaped);
    assert!(found.is_empty(), "{} mails\n{}", found.len(), found.join("\n\n"));
}

#[test]
fn the_same_words_outside_a_quote_change_much() {
    let unquoted: [(&str, Quoting); 1] = [("nobody", |new, old| format!("{new}\n\n{old}"))];
    let found = differences("plain", &unquoted, str::to_owned);
    assert!(found.len() * 2 > labelled().len(), "only {} mails", found.len());
}

#[test]
fn reading_a_mail_twice_is_reading_it_once() {
    for mail in labelled().iter().step_by(3) {
        let quoted = TEXT[0].1(&mail.body, DANGEROUS[0]);
        assert_eq!(read("plain", &quoted), read("plain", &quoted), "{}", mail.id);
    }
}
