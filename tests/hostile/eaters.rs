//! One function for each door through which strangers' bytes come in: the fuzzer feeds them, and so does a test.
//!
//! Each says what must hold for any bytes at all; what it does not say is only that it returns.

use curbside::checkins::{self, Context, Template};
use curbside::letters;
use curbside::mail::compose::{self, Attachment, Letter};
use curbside::mail::maildir::Maildir;
use curbside::mail::{imap, mime, smtp};
use curbside::model::address::{self, Address, Mailbox, clean_name, is_invisible};
use curbside::model::digest::{Came, Digest, Owed, Waiting};
use curbside::model::import::Source;
use curbside::model::mail::{Mail, Part};
use curbside::model::reading::{CallTime, Correction, Outcome, Reading};
use curbside::model::schedule::Schedule;
use curbside::model::span::Span;
use curbside::steps::import;
use curbside::steps::understand::{Known, Taught, facts, intent, understand};
use jiff::Timestamp;
use jiff::civil::date;
use jiff::tz::TimeZone;

/// A function that eats bytes.
pub type Eater = fn(&[u8]);

/// All of them, by the name of their folder in `tests/fuzz/inputs`.
pub const ALL: [(&str, Eater); 15] = [
    ("mail", mail),
    ("letter", letter),
    ("html", html),
    ("report", report),
    ("intent", intent),
    ("facts", facts),
    ("taught", taught),
    ("imap", imap),
    ("smtp", smtp),
    ("settings", settings),
    ("template", template),
    ("words", words),
    ("outgoing", outgoing),
    ("maildir", maildir),
    ("people", people),
];

/// Bytes of text a reading may carry.
const MOST_TEXT: usize = 1 << 20;

/// The bytes of a whole mail, read and understood.
pub fn mail(bytes: &[u8]) {
    let block = mime::parse_headers(bytes);
    let Some(mail) = mime::parse(bytes) else { return };
    for mail in block.iter().chain([&mail]) {
        assert!(mail.subject == clean_name(&mail.subject), "a subject is one clean line");
        assert!(mail.from.iter().chain(&mail.cc).all(|person| person.name == clean_name(&person.name)), "names are clean");
        assert!(mail.headers.iter().all(|(_, value)| !value.contains(char::is_control)), "header values are clean");
    }
    assert!(mail.parts.iter().filter_map(|part| part.name.as_deref()).all(|name| name == clean_name(name)), "file names are clean");
    look_at(&understood(&mail));
}

/// The plain text of a mail, in a conversation.
pub fn letter(bytes: &[u8]) {
    let (subject, text) = halves(bytes);
    look_at(&understood(&Mail {
        subject: clean_name(&subject),
        text: Some(text),
        in_reply_to: vec!["a@b.test".to_owned()],
        ..from_jane()
    }));
}

/// The HTML of a mail.
pub fn html(bytes: &[u8]) {
    look_at(&understood(&Mail { html: Some(lossy(bytes)), in_reply_to: vec!["a@b.test".to_owned()], ..from_jane() }));
}

/// The parts of a delivery report and of an invitation, below the words of a mail server.
pub fn report(bytes: &[u8]) {
    let (status, rest) = halves(bytes);
    let (returned, notice) = halves(rest.as_bytes());
    let part = |content_type: &str, text: &str| Part {
        content_type: content_type.to_owned(),
        name: None,
        size: text.len(),
        text: Some(text.to_owned()),
    };
    let parts = vec![part("message/delivery-status", &status), part("text/rfc822-headers", &returned), part("text/calendar", &status)];
    let headers = vec![
        ("return-path".to_owned(), "<>".to_owned()),
        ("content-type".to_owned(), "multipart/report; report-type=delivery-status".to_owned()),
    ];
    let daemon = vec![Mailbox { name: "Mail Delivery System".to_owned(), address: address("mailer-daemon@mx.test") }];
    look_at(&understood(&Mail { from: daemon, headers, text: Some(notice.clone()), parts: parts.clone(), ..Mail::default() }));
    look_at(&understood(&Mail { text: Some(notice), parts: parts[2..].to_vec(), ..from_jane() }));
}

/// New text and a subject, for what they mean.
pub fn intent(bytes: &[u8]) {
    let (subject, text) = halves(bytes);
    let meant = intent::intend(&text, &subject);
    assert!(!meant.findings.is_empty(), "something is always meant, if only that it is unclear");
    assert!(meant.findings.windows(2).all(|two| two[0].outcome < two[1].outcome), "the most binding comes first, each once");
    assert!(meant.findings.iter().all(|finding| (0.0..=1.0).contains(&finding.confidence)));
    assert!(meant.findings.len() == 1 || meant.findings[0].outcome != Outcome::Unclear, "unclear stands alone");
    let folded = |text: &str| text.split_whitespace().collect::<String>();
    let whole = folded(&text) + &folded(&subject);
    let hammered = |evidence: &str| evidence.split_whitespace().all(|word| whole.to_lowercase().contains(word));
    let stands = |evidence: &str| whole.contains(&folded(evidence)) || text.contains("â€") || hammered(evidence);
    assert!(meant.findings.iter().all(|finding| stands(&finding.evidence)), "evidence stands in the mail: {meant:?}");
    assert_eq!(meant, intent::intend(&text, &subject), "twice is once");
    if let Some(stop) = intent::clear_stop(&text) {
        assert!(stop.outcome == Outcome::OptedOut && !stop.evidence.is_empty());
    }
}

/// New text, for its days, people and postings, whatever it was taken to mean.
pub fn facts(bytes: &[u8]) {
    let (subject, text) = halves(bytes);
    let jane = from_jane();
    let me = [address("leah@home.test")];
    let anchor = date(2026, 3, 3).at(9, 42, 0, 0).to_zoned(TimeZone::UTC).expect("a day");
    let sense = facts::Sense {
        text: &text,
        signature: &subject,
        subject: &subject,
        anchor: anchor.clone(),
        writer: jane.from.first(),
        cc: &[],
        me: &me,
    };
    for outcomes in [&[][..], &[Outcome::Call], &[Outcome::Opening, Outcome::Referral], &[Outcome::NotNow], &[Outcome::OptedOut]] {
        let facts = facts::facts(&sense, outcomes);
        assert!(facts.follow_up_on.is_none_or(|day| day > anchor.date()), "a day to act on is to come");
        assert!(facts.call_times.len() <= 12 && facts.openings.len() <= 20, "nobody offers more");
        let starts = facts.call_times.iter().filter_map(|time| if let CallTime::At(start, _) = time { Some(start) } else { None });
        assert!(starts.into_iter().all(|start| *start > anchor), "an hour to talk is to come");
        let numbers = facts.openings.iter().filter_map(|opening| opening.number.as_deref());
        assert!(numbers.into_iter().all(|number| !number.is_empty() && number.len() <= 64), "{:?}", facts.openings);
    }
}

/// Two mails of one writer, the first of them corrected.
pub fn taught(bytes: &[u8]) {
    let (before, now) = halves(bytes);
    let mail = |text: &str| Mail { text: Some(text.to_owned()), in_reply_to: vec!["a@b.test".to_owned()], ..from_jane() };
    let (first, second) = (mail(&before), mail(&now));
    let read = understood(&first);
    let correction = Correction {
        at: Timestamp::UNIX_EPOCH,
        kind: read.kind,
        writer: first.sender().cloned(),
        name: "Jane Doe".to_owned(),
        text: read.new_text.clone(),
        outcome: Outcome::NotNow,
    };
    let lessons = Taught::of([correction], &TimeZone::UTC);
    let known = Known { me: &[], arrived: Timestamp::UNIX_EPOCH, zone: TimeZone::UTC, taught: Some(&lessons) };
    look_at(&understand(&first, &known));
    let (untaught, reading) = (understood(&second), understand(&second, &known));
    look_at(&reading);
    let stop = |reading: &Reading| reading.outcomes.iter().any(|finding| finding.outcome == Outcome::OptedOut);
    assert!(!stop(&untaught) || stop(&reading) || untaught.new_text == read.new_text, "no lesson unsays another mail's stop");
}

/// A file of people, as each sort that it may be.
pub fn people(bytes: &[u8]) {
    let cards = [b"BEGIN:VCARD\n".as_slice(), bytes].concat();
    for (source, bytes) in [(Source::LinkedIn, bytes), (Source::Csv, bytes), (Source::VCard, &cards)] {
        let Ok(sheet) = import::read(source, bytes, &[]) else { continue };
        for row in &sheet.rows {
            assert!(row.line > 0 && row.name == clean_name(&row.name), "a row has a line, and a clean name");
            assert!(row.fault.is_none() || row.addresses.is_empty(), "a row that cannot be read brings nobody");
        }
        assert!(sheet.rows.windows(2).all(|two| two[0].line <= two[1].line), "rows come in the order of the file");
    }
}

/// What an IMAP server says.
pub fn imap(bytes: &[u8]) {
    if let Ok(heard) = imap::overheard(bytes) {
        let lines = heard.passed.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
        let ours =
            |line: &[u8]| [&b"* OK [UID"[..], b"+", b"a"].iter().any(|start| line.starts_with(start)) || line.ends_with(b" EXISTS\r");
        assert!(lines.into_iter().all(ours), "the crate is given only words of ours");
        assert!(heard.kept <= bytes.len());
    }
    let name = imap::from_modified_utf7(&lossy(bytes));
    assert!(name.len() <= bytes.len() * 4);
}

/// What an SMTP server answers.
pub fn smtp(bytes: &[u8]) {
    for words in smtp::overheard(bytes) {
        assert!(words == clean_name(&words), "what a server says is one clean line");
    }
}

/// A `config.toml`.
pub fn settings(bytes: &[u8]) {
    if let Err(error) = curbside::config::parse(&lossy(bytes), std::path::Path::new("/nowhere/config.toml")) {
        assert!(!error.to_string().is_empty());
    }
}

/// The owner's template, filled for somebody, and somebody's words in a template.
pub fn template(bytes: &[u8]) {
    let text = lossy(bytes);
    let whole = Template::parse("theirs", "theirs.md", &text);
    let body =
        Template::parse("ours", "ours.md", &format!("+++\nsubject = \"A word\"\nreason = \"news\"\nrelation = \"any\"\n+++\n{text}"));
    for template in [whole, body].into_iter().flatten() {
        assert!(checkins::check(&template).iter().all(|error| !error.to_string().is_empty()));
        for seed in 0..3 {
            let _unfilled = checkins::render(&template, &Context::sample_full(), seed);
        }
    }
    let Ok(plain) = Template::parse("plain", "plain.md", PLAIN) else { panic!("a template of ours") };
    let hers = Context { greeting: Some(text.clone()), ..Context::sample_full() };
    if let Ok(draft) = checkins::render(&plain, &hers, 1) {
        assert!(!draft.subject.contains(char::is_control));
        assert!(draft.text.len() <= PLAIN.len() + text.len() * 3 + 64, "words of theirs are never run");
    }
}

const PLAIN: &str =
    "+++\nsubject = \"{{ greeting }}\"\nreason = \"catching_up\"\nrelation = \"any\"\n+++\nHi {{ greeting }},\n\nall well?\n";

/// Addresses, spans, hours and the other small words of the model.
pub fn words(bytes: &[u8]) {
    let text = lossy(bytes);
    if let Ok(address) = Address::parse(&text) {
        assert_eq!(Address::parse(address.as_str()).as_ref(), Ok(&address), "an address stays itself");
        assert!(address.as_str().bytes().all(|byte| byte.is_ascii_graphic()) && address.as_str().len() <= 512);
    }
    if let Ok(mailbox) = Mailbox::parse(&text) {
        assert!(mailbox.name == clean_name(&mailbox.name));
    }
    if let Ok(span) = text.parse::<Span>().or_else(|_| Span::parse_short(&text)) {
        let start = date(2026, 3, 2);
        assert!(span.after_day(start) >= start && span.days() >= 1);
        let now = start.at(9, 0, 0, 0).to_zoned(TimeZone::UTC).expect("a day");
        assert!(span.after(&now) >= now);
    }
    if let Ok(schedule) = text.parse::<Schedule>() {
        let now = date(2026, 3, 2).at(9, 0, 0, 0).to_zoned(TimeZone::UTC).expect("a day");
        assert!(schedule.next_after(&now).is_none_or(|next| next > now));
    }
    if let Ok(time) = CallTime::try_from(text.clone()) {
        assert!(CallTime::try_from(String::from(time)).is_ok());
    }
    let _none = (address::ascii_domain(&text), curbside::model::contact::greeting_name(&text));
    let _ = curbside::checkins::sentences(&text);
}

/// Somebody's words in a mail of ours, and in the digest.
pub fn outgoing(bytes: &[u8]) {
    let (subject, text) = halves(bytes);
    let seen = parts_of_a_letter(&subject, &text);
    let Ok(written) = compose::compose(&seen) else { return };
    let head = written.windows(4).position(|end| end == b"\r\n\r\n").expect("a header block");
    assert!(written[..head].is_ascii(), "headers are ASCII");
    let lines: Vec<&[u8]> = written.split(|byte| *byte == b'\n').collect();
    assert!(lines[..lines.len() - 1].iter().all(|line| line.ends_with(b"\r") && line.len() <= 999), "CRLF, and lines of RFC 5322");
    assert!(!written.windows(2).any(|pair| pair[0] == b'\r' && pair[1] != b'\n'), "no CR alone");
    let names = lines.iter().take_while(|line| line.len() > 1).filter(|line| !line.starts_with(b" ") && !line.starts_with(b"\t"));
    assert!(names.count() <= 12, "no header field of theirs");
    let read = mime::parse(&written).expect("a mail of ours");
    assert_eq!(read.to, vec![Mailbox { name: clean_name(&seen.to.name), ..seen.to.clone() }]);
    assert_eq!(read.subject, clean_name(&seen.subject));
    in_a_digest(&subject, &text);
}

fn in_a_digest(words: &str, text: &str) {
    let (name, evidence) = (words.to_owned(), text.to_owned());
    let digest = Digest {
        owner: name.clone(),
        from: date(2026, 3, 2),
        to: date(2026, 3, 9),
        waiting: vec![Waiting { name: name.clone(), subject: name.clone(), text: evidence.clone(), ..Waiting::default() }],
        owed: vec![Owed { name: name.clone(), evidence: evidence.clone(), facts: vec![evidence.clone()], ..Owed::default() }],
        came: vec![Came { name, evidence, ..Came::default() }],
        ..Digest::default()
    };
    let rendered = letters::digest(&digest);
    let shown = |text: &str| !text.chars().any(|c| c != '\n' && (c.is_control() || is_invisible(c)));
    assert!(shown(&rendered.text) && shown(&rendered.html) && shown(&rendered.subject));
    let empty = letters::digest(&Digest {
        waiting: vec![Waiting::default()],
        owed: vec![Owed { facts: vec![String::new()], ..Owed::default() }],
        came: vec![Came::default()],
        ..digest
    });
    let tags = |html: &str| html.matches("<script").count() + html.matches("<img").count() + html.matches("<a ").count();
    assert!(tags(&rendered.html) <= tags(&empty.html), "no element of theirs");
}

fn parts_of_a_letter(subject: &str, text: &str) -> Letter {
    let jane = Mailbox { name: subject.to_owned(), address: address("jane@payer.test") };
    Letter {
        from: Mailbox { name: "Leah Brandt".to_owned(), address: address("leah@home.test") },
        to: jane,
        subject: subject.to_owned(),
        text: text.to_owned(),
        html: None,
        in_reply_to: Some(text.to_owned()),
        references: text.lines().map(str::to_owned).collect(),
        message_id: "1@home.test".to_owned(),
        date: date(2026, 3, 2).at(9, 0, 0, 0).to_zoned(TimeZone::UTC).expect("a day"),
        attachment: Some(Attachment {
            name: subject.to_owned(),
            content_type: "application/pdf".to_owned(),
            bytes: text.as_bytes().to_vec(),
        }),
        headers: Vec::new(),
    }
}

/// Names of files in a mail folder, one a line, and what is asked of it.
pub fn maildir(bytes: &[u8]) {
    let keep = tempfile::tempdir().expect("a folder");
    let outside = keep.path().join("outside");
    std::fs::write(&outside, "private").expect("a file");
    let account = keep.path().join("Mail");
    let maildir = Maildir::create(&account).expect("an account");
    for name in bytes.split(|byte| *byte == b'\n').take(8) {
        let name = std::ffi::OsStr::new(std::str::from_utf8(name).unwrap_or("x"));
        let is_one_name = std::path::Path::new(name).file_name() == Some(name);
        if is_one_name {
            let _too_long = std::fs::write(account.join("cur").join(name), bytes);
            let _too_long = std::fs::create_dir_all(account.join(name).join("cur"));
        }
    }
    look_through(&maildir, &lossy(bytes));
    assert_eq!(std::fs::read(&outside).ok().as_deref(), Some(&b"private"[..]));
    assert_eq!(std::fs::read_dir(keep.path()).map(Iterator::count).ok(), Some(2), "nothing beside the account");
}

fn look_through(maildir: &Maildir, asked: &str) {
    let mut names = Vec::new();
    for folder in maildir.folders().expect("the folders") {
        let _gone = maildir.rows_since(&folder.name, 0, &mut |row| names.extend(row.file));
    }
    for name in names.iter().map(String::as_str).chain(asked.lines().take(8)) {
        assert_ne!(maildir.whole(name).as_deref(), Some(&b"private"[..]), "{name} leads outside");
        let _no_folder = maildir.append(name, b"Subject: hello\r\n\r\n", Timestamp::UNIX_EPOCH, true);
        let _no_folder = maildir.find_message_id(name, name);
    }
}

fn understood(mail: &Mail) -> Reading {
    let me = [address("leah@home.test")];
    understand(mail, &Known { me: &me, arrived: Timestamp::UNIX_EPOCH, zone: TimeZone::UTC, taught: None })
}

/// What must hold of any reading: it is bounded, it can be stored and read back, and its doubt is a share.
fn look_at(reading: &Reading) {
    assert!((0.0..=1.0).contains(&reading.confidence), "{}", reading.confidence);
    assert!(reading.new_text.len() + reading.signature.len() <= MOST_TEXT);
    assert!(reading.outcomes.iter().all(|finding| finding.evidence.len() <= MOST_TEXT && (0.0..=1.0).contains(&finding.confidence)));
    let stored = serde_json::to_string(reading).expect("a reading can be stored");
    assert!(stored.len() <= 16 * MOST_TEXT);
    assert!(serde_json::from_str::<Reading>(&stored).is_ok(), "what was stored can be read: {stored}");
}

fn from_jane() -> Mail {
    Mail { from: vec![Mailbox { name: "Jane Doe".to_owned(), address: address("jane@payer.test") }], ..Mail::default() }
}

fn address(text: &str) -> Address {
    Address::parse(text).expect("an address of ours")
}

/// What stands before the first NUL, and what stands behind it.
fn halves(bytes: &[u8]) -> (String, String) {
    let at = bytes.iter().position(|byte| *byte == 0).unwrap_or(bytes.len());
    (lossy(&bytes[..at]), lossy(bytes.get(at + 1..).unwrap_or_default()))
}

fn lossy(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
