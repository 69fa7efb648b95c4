//! One hostile person goes through the whole program, and everything that is printed, written and sent is looked at.

use std::collections::BTreeSet;
use std::fs;

use curbside::mail::mime;
use serde_json::Value;

use crate::support::files::files_below;
use crate::support::home::TempHome;

/// What a terminal would obey, what is not seen, markup, template marks, and a line of a header.
const EVIL: &str = "x\u{1b}[31m\u{1b}]0;owned\u{7}\u{9b}2J\u{202e}\u{2066}\u{200b}\u{61c}\u{e0041}<script>alert(1)</script><img src=//evil.test/p.png onerror=a()>\"'&{{ 7 * 7 }}{% raw %}[[a|b]]";
/// A line break and what would follow it in a header.
const BREAK: &str = "\r\nBcc: victim@evil.test\r\n\r\n";
const NOW: &str = "2026-11-23T15:00:00Z";

fn at(now: &str, args: &[&str]) -> Vec<String> {
    ["--now", now].into_iter().chain(args.iter().copied()).map(str::to_owned).collect()
}

fn say(home: &TempHome, now: &str, args: &[&str]) -> String {
    let args = at(now, args);
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let said = home.run(&args);
    look_at(&said.out);
    look_at(&said.err);
    assert!(matches!(said.code, 0 | 1 | 4), "{args:?}: {} {}", said.code, said.err);
    assert!(!said.err.contains("fault of the program"), "{args:?}: {}", said.err);
    said.out
}

/// Nothing in it that a terminal would obey or hide.
fn look_at(text: &str) {
    let bad =
        text.char_indices().find(|(_, c)| !matches!(c, '\n' | '\t') && (c.is_control() || curbside::model::address::is_invisible(*c)));
    assert!(bad.is_none(), "{bad:?} in {text}");
}

fn evil_home() -> TempHome {
    let home = TempHome::new();
    let file = home.dir.join("config.toml");
    let text = fs::read_to_string(&file).expect("the settings");
    fs::write(&file, format!("{text}\n[sending]\nundo = \"0s\"\nspacing = \"0s\"\nhours = \"00:00-24:00\"\ndays = \"Mon-Sun\"\n"))
        .expect("written");
    let words = format!("{EVIL}{BREAK}");
    let add = |who: &str, more: &[&str]| {
        say(&home, NOW, &[&["add", who, "--zone", "America/New_York"], more].concat());
    };
    let about = ["--employer", &words, "--title", &words, "--met", &words, "--note", &words, "--tag", &words, "--relation", "peer"];
    add(&format!("Mallory {words} <mallory@evil.test>"), &about);
    add("=cmd() Doe <jane@plan.example>", &["--met", "we met at a talk", "--title", "\u{200b}=1+1", "--tag", "@SUM(A1)"]);
    add("Tom Wexler <tom@review.example>", &["--met", &words]);
    say(&home, NOW, &["news", "add", &format!("I passed {words} in October.")]);
    say(&home, NOW, &["employers", "add", &words, "--alias", &words]);
    say(&home, NOW, &["log", "jane@plan.example", &words, "--kind", "note"]);
    home
}

fn mail_of_theirs(from: &str, answers: &str) -> String {
    let name = EVIL.replace(['"', '\u{7}'], "");
    format!(
        "From: \"{name}\" <{from}>\nTo: leah@mail.example\nSubject: {EVIL}\nMessage-ID: <\"<script>\u{1b}[2J\"@evil.test>\n\
         In-Reply-To: {answers}\nReferences: <a\u{1b}[2J\"@evil.test> {answers}\nDate: Mon, 23 Nov 2026 12:00:00 -0500\n\
         MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n\
         --b\nContent-Type: text/plain; charset=utf-8\n\nHi Leah,\n\nplease call {EVIL} on Tuesday at 3pm ET. Write to Eve {EVIL} (eve@evil.test).\n\
         The role is {EVIL} REQ-1234 at https://evil.test/\u{1b}[2J<script>. =cmd()\n\n\
         --b\nContent-Type: application/pdf; name=\"../../.ssh/authorized_keys\"\nContent-Disposition: attachment; filename=\"../../.ssh/authorized_keys\"\n\nssh-rsa AAAA\n\
         --b\nContent-Type: text/x-sh; name=\"/etc/cron.d/{EVIL}\"\n\n#!/bin/sh\n--b--\n"
    )
}

/// The whole way: known, proposed, approved, sent, answered, told.
fn lived_through() -> TempHome {
    let home = evil_home();
    let later = "2026-11-23T18:00:00Z";
    say(&home, NOW, &["sync"]);
    for draft in say(&home, NOW, &["--json", "review"]).lines() {
        let draft: Value = serde_json::from_str(draft).expect("JSON");
        say(&home, NOW, &["review", "approve", draft["id"].as_str().expect("an id")]);
    }
    say(&home, NOW, &["-vv", "run", "--once"]);
    let sent = outgoing(&home);
    assert!(!sent.is_empty(), "somebody was written to");
    for (index, from) in ["mallory@evil.test", "jane@plan.example", "tom@review.example", "third@evil.test"].iter().enumerate() {
        let ours = mime::parse(&sent[0]).and_then(|mail| mail.message_id).expect("an id");
        home.deliver("", &format!("evil{index}\u{1b}[2J"), &mail_of_theirs(from, &format!("<{ours}>")));
    }
    say(&home, later, &["-vv", "sync"]);
    say(&home, later, &["-vv", "run", "--once"]);
    say(&home, later, &["digest", "--send"]);
    home
}

fn outgoing(home: &TempHome) -> Vec<Vec<u8>> {
    let dir = home.dir.join("Mail/.Outbox/new");
    fs::read_dir(dir).into_iter().flatten().flatten().map(|entry| fs::read(entry.path()).expect("a mail")).collect()
}

const ALL_THAT_SHOWS: [&[&str]; 21] = [
    &["contacts"],
    &["contacts", "mallory"],
    &["show", "mallory@evil.test"],
    &["show", "jane@plan.example"],
    &["show", "tom@review.example"],
    &["why", "mallory@evil.test"],
    &["why", "jane@plan.example"],
    &["plan"],
    &["review"],
    &["outbox"],
    &["news", "list"],
    &["status"],
    &["employers", "--kind", "other"],
    &["employers"],
    &["digest", "--preview", "text"],
    &["digest", "--preview", "html"],
    &["export"],
    &["doctor"],
    &["templates"],
    &["show", "nobody\u{1b}[31m\u{202e}"],
    &["outcome", "<\u{1b}[31m@evil.test>", "call"],
];

/// Holds P18, X5, X8, X10, X13, X19, X22.
#[test]
fn p18_a_hostile_person_reaches_nothing_raw() {
    let home = lived_through();
    let later = "2026-11-23T19:00:00Z";
    for words in ALL_THAT_SHOWS {
        say(&home, later, words);
        for line in say(&home, later, &[&["--json"], words].concat()).lines() {
            let value: Value = serde_json::from_str(line).unwrap_or_else(|error| panic!("{words:?}: {error}: {line}"));
            assert!(value.is_object(), "{words:?}");
        }
    }
    let owed: Value = serde_json::from_str(&say(&home, later, &["--json", "status"])).expect("JSON");
    assert!(owed["owed_answers"].as_u64() > Some(0), "their words were heard: {owed}");
    html_is_inert(&say(&home, later, &["digest", "--preview", "html"]));
    cells_are_no_formulas(&say(&home, later, &["export", "--format", "csv"]));
    mails_have_only_our_fields(&home);
    nothing_was_written_beside(&home);
}

fn html_is_inert(html: &str) {
    assert!(html.contains("&lt;script") || html.contains("&#60;script"), "their words are shown, as words");
    let tags: BTreeSet<String> =
        html.split('<').skip(1).map(|tag| tag.chars().take_while(char::is_ascii_alphanumeric).collect::<String>()).collect();
    for tag in ["script", "img", "iframe", "object", "link", "form", "svg"] {
        assert!(!tags.contains(tag), "<{tag}> stands in the digest");
    }
    assert!(!html.contains("evil.test/p.png\""), "nothing is fetched");
}

fn cells_are_no_formulas(csv: &str) {
    let mut reader = csv::Reader::from_reader(csv.as_bytes());
    let rows: Vec<csv::StringRecord> = reader.records().collect::<Result<_, _>>().expect("sound CSV");
    assert_eq!(rows.len(), 3);
    let mut quoted = 0;
    for cell in rows.iter().flatten() {
        assert!(!cell.trim_start().starts_with(['=', '+', '-', '@']), "{cell}");
        quoted += usize::from(cell.starts_with('\''));
    }
    assert!(quoted >= 3, "name, title and tag of Jane");
}

fn mails_have_only_our_fields(home: &TempHome) {
    let ours = "date from to subject message-id in-reply-to references mime-version content-type content-transfer-encoding auto-submitted";
    let ours: BTreeSet<&str> = ours.split(' ').collect();
    let mails = outgoing(home);
    assert!(mails.len() >= 2, "a check-in and the digest");
    for bytes in mails {
        let mail = mime::parse(&bytes).expect("a mail");
        let unknown: Vec<&String> = mail.headers.iter().map(|(name, _)| name).filter(|name| !ours.contains(name.as_str())).collect();
        assert!(unknown.is_empty(), "{unknown:?}");
        assert_eq!(mail.to.len(), 1);
        assert!(mail.subject.len() < 400, "{}", mail.subject);
        let text = mail.text.unwrap_or_default();
        look_at(&text.replace("\r\n", "\n"));
        assert!(!text.contains("49"), "their words are never run");
    }
}

/// The home, the account, and nothing of theirs.
fn nothing_was_written_beside(home: &TempHome) {
    for file in files_below(home.outside()) {
        let name = file.strip_prefix(home.outside()).expect("below").to_string_lossy().into_owned();
        let known = name.starts_with("home/Mail/")
            || name.starts_with("home/backups/")
            || name.starts_with("home/curbside.")
            || matches!(name.as_str(), "home/config.toml" | "home/suppressed" | "home/nudge" | "home/lock");
        assert!(known && !name.contains("authorized_keys") && !name.contains("cron.d"), "{name}");
    }
}

/// Holds P18, P16.
#[test]
fn the_log_at_its_loudest_holds_no_word_of_theirs() {
    let home = evil_home();
    home.deliver("", "evil", &mail_of_theirs("jane@plan.example", "<x@y.test>"));
    let mut command = home.command(&["--now", NOW, "-vv", "run", "--once"]);
    let ran = command.env("CURBSIDE_LOG", "trace").output().expect("the binary runs");
    let log = String::from_utf8_lossy(&ran.stderr);
    look_at(&log);
    for private in ["script", "jane@plan.example", "mallory@", "REQ-1234", "Tuesday"] {
        assert!(!log.contains(private), "{private} in {log}");
    }
}

/// Holds X19.
#[test]
fn a_mail_given_to_read_is_shown_harmless() {
    let home = TempHome::bare();
    let file = home.outside().join("evil.eml");
    fs::write(&file, mail_of_theirs("jane@plan.example", "<x@y.test>")).expect("a file");
    let path = file.to_str().expect("a path");
    for args in [&["read", path][..], &["--json", "read", path], &["read", path, "--json", "--me", "leah@mail.example"]] {
        let said = home.run(args);
        look_at(&said.out);
        look_at(&said.err);
        assert_eq!(said.code, 0, "{}", said.err);
    }
    let read = home.json(&["read", path]);
    assert!(read["new_text"].as_str().is_some_and(|text| text.contains("<script>")), "in JSON the value is whole: {read}");
}
