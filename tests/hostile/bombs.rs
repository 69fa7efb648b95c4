//! Mails built to blow up: deep, wide, packed, endless, broken.

use std::fmt::Write as _;
use std::fs;

use curbside::mail::mime::{self, limits};
use curbside::model::address::Address;
use curbside::model::mail::Mail;
use curbside::model::reading::{Kind, Reading};
use curbside::steps::understand::{Known, understand};
use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::support::alone::{peak_of, tell_peak};
use crate::support::home::TempHome;
use crate::support::scripted::session;

const HEAD: &str = "From: Jane Doe <jane@payer.test>\r\nTo: leah@home.test\r\nSubject: Re: hello\r\nDate: Mon, 2 Mar 2026 09:00:00 -0500\r\n\
                    Message-ID: <a@b.test>\r\nIn-Reply-To: <x@y.test>\r\nMIME-Version: 1.0\r\n";
const MIXED: &str = "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nLet us talk on Tuesday.\r\n";

fn read(bytes: &[u8]) -> Mail {
    mime::parse(bytes).expect("a mail")
}

fn understood(mail: &Mail) -> Reading {
    let me = [Address::parse("leah@home.test").expect("an address")];
    understand(mail, &Known { me: &me, arrived: Timestamp::UNIX_EPOCH, zone: TimeZone::UTC, taught: None })
}

/// 100,000 multiparts, each in the one before.
fn deep() -> String {
    (0..100_000).fold(HEAD.to_owned(), |mut mail, depth| {
        let _ = write!(mail, "Content-Type: multipart/mixed; boundary=b{depth}\r\n\r\n--b{depth}\r\n");
        mail
    })
}

fn parts(count: usize) -> String {
    format!("{HEAD}{MIXED}{}--b--", "--b\r\n\r\nx\r\n".repeat(count))
}

fn headers(count: usize) -> String {
    format!("{HEAD}{}\r\nLet us talk on Tuesday.", "X: y\r\n".repeat(count))
}

/// 10,000 forwarded mails, each in the one before.
fn nested() -> String {
    format!("{HEAD}{}Subject: inmost\r\n\r\nplease do not write to me again", "Content-Type: message/rfc822\r\n\r\n".repeat(10_000))
}

fn wide_attachment() -> String {
    format!(
        "{HEAD}{MIXED}--b\r\nContent-Type: application/pdf; name=cv.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n{}\r\n--b--",
        "QUFB".repeat(13_000_000)
    )
}

fn all() -> Vec<String> {
    vec![deep(), parts(1_000_000), headers(1_000_000), nested(), wide_attachment(), format!("{HEAD}\r\n{}", "x".repeat(50_000_000))]
}

/// Holds P18, X11, X12.
#[test]
fn p18_of_a_bomb_only_so_much_is_kept() {
    for bomb in all() {
        let mail = read(bomb.as_bytes());
        assert!(mail.headers.len() <= limits::HEADERS && mail.parts.len() <= limits::PARTS);
        assert!(mail.headers.iter().all(|(name, value)| name.len() <= 4 * limits::FIELD_NAME && value.len() <= 4 * limits::FIELD_VALUE));
        let text: usize = mail.text.iter().chain(&mail.html).map(String::len).sum();
        let more: usize = mail.parts.iter().filter_map(|part| part.text.as_ref()).map(String::len).sum();
        assert!(text <= 2 * limits::TEXT && more <= 8 * limits::BYTES);
        assert!(understood(&mail).new_text.len() <= 128 * 1024);
    }
}

#[test]
#[ignore = "the reader's side of p18_no_bomb_takes_more_than_256_mebibytes, in a process of its own"]
fn bombed_reader() {
    for file in std::env::var("BOMBS").expect("run by the other test").split(',') {
        let bytes = fs::read(file).expect("a file of the other test");
        understood(&read(&bytes));
    }
    tell_peak();
}

/// Holds P18, X11.
#[test]
#[cfg(target_os = "linux")]
fn p18_no_bomb_takes_more_than_256_mebibytes() {
    let dir = tempfile::tempdir().expect("a folder");
    let files = all().into_iter().enumerate().map(|(index, bomb)| {
        let file = dir.path().join(format!("{index}.eml"));
        // One byte more than is read of any mail, as the doors of the program hand it over.
        fs::write(&file, &bomb.as_bytes()[..bomb.len().min(limits::BYTES + 1)]).expect("a file");
        file.display().to_string()
    });
    let peak = peak_of("hostile::bombs::bombed_reader", "BOMBS", &files.collect::<Vec<_>>().join(","));
    assert!(peak < 256 * 1024, "{peak} KiB");
}

/// Holds P18, X12.
#[test]
fn x12_what_is_packed_is_counted_and_never_opened() {
    let packed = "UEsDBBQAAAAIAAAAIQ".repeat(1000);
    let mail = format!(
        "{HEAD}{MIXED}--b\r\nContent-Type: application/zip; name=a.zip\r\nContent-Transfer-Encoding: base64\r\n\r\n{packed}\r\n\
         --b\r\nContent-Type: application/gzip\r\nContent-Encoding: gzip\r\n\r\n\x1f\u{8b}\x08\r\n\
         --b\r\nContent-Type: text/xml\r\n\r\n<!DOCTYPE l [<!ENTITY a \"lol\"><!ENTITY b \"&a;&a;&a;&a;\">]><l>&b;&b;</l>\r\n--b--"
    );
    let mail = read(mail.as_bytes());
    assert_eq!(
        mail.parts.iter().map(|part| part.content_type.as_str()).collect::<Vec<_>>(),
        ["application/zip", "application/gzip", "text/xml"]
    );
    assert!(mail.parts[..2].iter().all(|part| part.text.is_none()));
    assert!(mail.parts[2].text.as_deref().is_some_and(|text| text.contains("&b;&b;")), "an entity stays what it is");
    assert_eq!(understood(&mail).new_text, "Let us talk on Tuesday.");
}

/// Holds P18, X12.
#[test]
fn x12_the_words_of_a_mail_in_a_mail_are_not_the_writer_s() {
    let reading = understood(&read(nested().as_bytes()));
    assert!(!reading.outcomes.iter().any(|finding| finding.outcome.word() == "opted_out"), "{reading:?}");
}

/// Holds P18, X12.
#[test]
fn x12_an_event_that_recurs_every_second_is_one_event() {
    let event =
        "BEGIN:VEVENT\r\nDTSTART:20260303T140000Z\r\nDTEND:20260303T143000Z\r\nRRULE:FREQ=SECONDLY;COUNT=999999999\r\nEND:VEVENT\r\n"
            .repeat(5000);
    let mail =
        format!("{HEAD}Content-Type: text/calendar; method=REQUEST\r\n\r\nBEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\n{event}END:VCALENDAR\r\n");
    let reading = understood(&read(mail.replace("In-Reply-To: <x@y.test>\r\n", "").replace("Re: hello", "A talk").as_bytes()));
    assert_eq!(reading.kind, Kind::Invite);
    assert_eq!(reading.facts.call_times.len(), 1);
}

/// Holds P18, R20.
#[test]
fn r20_letters_that_no_charset_explains_are_text_or_nothing() {
    let bodies: [&[u8]; 6] =
        [b"\0\0\0hello\0", b"\xff\xfe\xfd\x80", b"\xd8\x00\xdc\x00\xd8", b"+AGE-+////", b"\x1b$B\x7f\x7f\x1b(B", b"=\r\n=4=ZZ=\xe9"];
    for charset in ["utf-8", "utf-7", "utf-16", "iso-2022-jp", "gb18030", "big5", "nonsense", "\"", "us-ascii", "x-mac-roman"] {
        for encoding in ["7bit", "8bit", "base64", "quoted-printable", "x-uuencode", "nonsense", ""] {
            for body in bodies {
                let head = format!("{HEAD}Content-Type: text/plain; charset={charset}\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n");
                let mail = read(&[head.as_bytes(), body].concat());
                let reading = understood(&mail);
                assert!(!reading.new_text.contains('\0'), "{charset} {encoding}");
            }
        }
    }
}

/// Holds P18, X5.
#[test]
fn x5_nul_and_line_ends_in_a_header_are_no_header() {
    let mail = read(b"From: \"Jane\0\x0b Doe\" <jane@payer.test>\r\nSubject: a\0b\x08c =?utf-8?Q?=0D=0ABcc:_x@evil.test?=\r\nReferences: <a\0@b.test> <c\x0b@d.test>\r\n\r\nhi");
    assert_eq!(mail.subject, "a b c Bcc: x@evil.test");
    assert!(mail.header("bcc").is_none());
    assert!(mail.from.iter().all(|person| !person.name.contains(char::is_control)));
    assert!(mail.references.iter().all(|id| !id.contains(char::is_control)));
}

/// Holds P18.
#[test]
fn p18_of_a_mail_of_50_megabytes_the_first_two_are_read() {
    let home = TempHome::new();
    home.json(&["add", "Jane Doe <jane@payer.test>"]);
    home.deliver("", "large", &wide_attachment().replace("\r\n", "\n").replace("leah@home.test", "leah@mail.example"));
    home.json(&["--now", "2026-03-02T20:00:00Z", "sync"]);
    let shown = home.json(&["--now", "2026-03-02T20:00:00Z", "show", "jane@payer.test"]);
    assert_eq!(shown["standing"]["state"], "owes_answer", "what stands before the file is understood: {shown}");
    let database = fs::metadata(home.dir.join("curbside.db")).expect("the database").len()
        + fs::metadata(home.dir.join("curbside.db-wal")).map_or(0, |about| about.len());
    assert!(database < 6 * 1024 * 1024, "{database} bytes");
}

/// Holds P18.
#[test]
fn p18_an_owner_may_have_less_of_each_mail() {
    let home = TempHome::new();
    let file = home.dir.join("config.toml");
    let text = fs::read_to_string(&file).expect("the settings");
    for (wish, is_taken) in [("64KB", true), ("2MB", true), ("3MB", false), ("1KB", false), ("many", false)] {
        fs::write(&file, format!("{text}[reading]\nlongest_mail = \"{wish}\"\n")).expect("written");
        let said = home.run(&["status"]);
        assert_eq!(said.code == 0, is_taken, "{wish}: {}", said.err);
        assert!(is_taken || said.err.contains("from 64KB to 2MB"), "{}", said.err);
    }
}

/// Holds P18, R22.
#[test]
fn p18_a_large_mail_is_asked_for_in_part_only() {
    let mut imap = session(|words| {
        let asked = words.contains(&format!("BODY.PEEK[]<0.{}>", limits::BYTES));
        if asked { b"* 1 FETCH (UID 1 BODY[]<0> {5}\r\nhello)\r\nTAG OK done\r\n".to_vec() } else { b"TAG BAD too much\r\n".to_vec() }
    });
    assert_eq!(imap.whole(1, 50_000_000).ok().flatten().as_deref(), Some(&b"hello"[..]));
    assert_eq!(imap.whole(1, 0).ok().flatten().as_deref(), Some(&b"hello"[..]), "a size that is not told may be any");
}
