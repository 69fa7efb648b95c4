//! A letter is written as it was meant, whatever names and subjects come along.

use curbside::mail::compose::{Attachment, ComposeError, Letter, compose, new_message_id};
use curbside::mail::mime;
use curbside::model::address::{Address, Mailbox, clean_name};
use curbside::model::mail::Mail;
use jiff::Zoned;
use proptest::prelude::*;

fn mailbox(name: &str, address: &str) -> Mailbox {
    Mailbox { name: name.to_owned(), address: Address::parse(address).expect("a sample address") }
}

fn letter() -> Letter {
    Letter {
        from: mailbox("Ann Owner", "ann@owner.example"),
        to: mailbox("Jane Doe", "jane@payer.example"),
        subject: "A word".to_owned(),
        text: "Dear Jane,\n\nHow are you?\n\nAnn".to_owned(),
        html: None,
        in_reply_to: None,
        references: Vec::new(),
        message_id: "6f1d@owner.example".to_owned(),
        date: "2026-03-03T09:42:00-05:00[America/New_York]".parse::<Zoned>().expect("a date"),
        attachment: None,
        headers: Vec::new(),
    }
}

fn bytes_of(letter: &Letter) -> Vec<u8> {
    compose(letter).expect("a letter that can be written")
}

fn written(letter: &Letter) -> Mail {
    mime::parse(&bytes_of(letter)).expect("a mail that can be read")
}

fn field_names(bytes: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(bytes);
    let header = text.split("\r\n\r\n").next().unwrap_or_default();
    let first_lines = header.split("\r\n").filter(|line| !line.starts_with([' ', '\t']));
    first_lines.map(|line| line.split(':').next().unwrap_or_default().to_owned()).collect()
}

fn assert_lines_are_legal(bytes: &[u8]) {
    let text = String::from_utf8(bytes.to_vec()).expect("ASCII");
    assert!(text.is_ascii() && text.ends_with("\r\n"));
    for line in text.split("\r\n") {
        assert!(!line.contains(['\r', '\n', '\0']) && line.len() <= 998, "{line:?}");
        let encoded_words = line.split(' ').filter(|word| word.starts_with("=?utf-8?"));
        assert!(encoded_words.map(str::len).all(|length| length <= 75), "{line:?}");
    }
}

#[test]
fn a_plain_letter_holds_what_was_meant_and_nothing_about_this_machine() {
    let bytes = bytes_of(&letter());
    let names = field_names(&bytes);
    assert_eq!(names, ["Date", "From", "To", "Subject", "Message-ID", "MIME-Version", "Content-Type", "Content-Transfer-Encoding"]);
    let text = String::from_utf8(bytes).expect("ASCII");
    assert!(text.starts_with("Date: Tue, 3 Mar 2026 09:42:00 -0500\r\n"), "{text}");
    assert!(text.contains("\r\nFrom: Ann Owner <ann@owner.example>\r\n"), "{text}");
    assert!(text.contains("\r\nMessage-ID: <6f1d@owner.example>\r\n"), "{text}");
    assert!(text.ends_with("\r\n\r\nDear Jane,\r\n\r\nHow are you?\r\n\r\nAnn\r\n"), "{text}");
}

/// Holds S4.
#[test]
fn p1_the_same_letter_is_the_same_bytes() {
    let mut letter = letter();
    letter.html = Some("<p>Hello</p>".to_owned());
    letter.attachment = Some(Attachment { name: "cv.pdf".to_owned(), content_type: "application/pdf".to_owned(), bytes: vec![1, 2, 3] });
    assert_eq!(bytes_of(&letter), bytes_of(&letter));
}

#[test]
fn names_and_subjects_of_any_alphabet_come_out_as_they_went_in() {
    for name in [
        "Zoë Ångström",
        "李小龍",
        "Doe, Jane \"JD\" (MD)",
        "back\\slash",
        "O'Neil-Smith",
        "=?utf-8?Q?=0D=0ABcc:_x?=",
        "a@b.example",
        "😀 Rosa",
    ] {
        let mut letter = letter();
        letter.to.name = name.to_owned();
        letter.from.name = name.to_owned();
        letter.subject = format!("Re: {name}: grüße — {}", "long ".repeat(60).trim());
        let mail = written(&letter);
        assert_eq!((mail.to[0].name.as_str(), mail.from[0].name.as_str()), (name, name));
        assert_eq!(mail.to[0].address.as_str(), "jane@payer.example");
        assert_eq!(mail.subject, letter.subject);
        assert_lines_are_legal(&bytes_of(&letter));
    }
}

#[test]
fn x5_line_ends_in_names_subjects_and_ids_inject_nothing() {
    let evil = "Jane\r\nBcc: evil@x.example\r\n\r\nbody\0\u{1b}[31m";
    let mut letter = letter();
    letter.to.name = evil.to_owned();
    letter.from.name = evil.to_owned();
    letter.subject = evil.to_owned();
    letter.in_reply_to = Some(evil.to_owned());
    letter.references = vec![evil.to_owned(), "good@x.example".to_owned()];
    letter.headers = vec![("Auto-Submitted", evil.to_owned())];
    let bytes = bytes_of(&letter);
    let names = field_names(&bytes);
    assert!(!names.iter().any(|name| name == "Bcc"), "{names:?}");
    let mail = written(&letter);
    assert_eq!(mail.references, ["good@x.example"]);
    assert_eq!(mail.in_reply_to, Vec::<String>::new());
    assert_eq!(mail.subject, clean_name(evil));
    assert_eq!(mail.text.as_deref().map(str::trim_end), Some("Dear Jane,\r\n\r\nHow are you?\r\n\r\nAnn"));
}

#[test]
fn a_long_conversation_keeps_its_first_and_its_newest_ids() {
    let mut letter = letter();
    letter.references = (0..60).map(|n| format!("{n}.{}@mail.example", "x".repeat(40))).collect();
    letter.in_reply_to = letter.references.last().cloned();
    let mail = written(&letter);
    assert_eq!(mail.references.len(), 20);
    assert!(mail.references[0].starts_with("0."));
    assert_eq!(mail.references[1..], letter.references[41..]);
    assert_eq!(mail.in_reply_to[0], letter.references[59]);
    assert_lines_are_legal(&bytes_of(&letter));
}

#[test]
fn html_and_a_file_go_along() {
    let mut letter = letter();
    letter.html = Some("<p>Grüße</p>".to_owned());
    let file: Vec<u8> = (0..=255).collect();
    letter.attachment = Some(Attachment {
        name: "../../etc/Lebenslauf Müller „neu“.pdf".to_owned(),
        content_type: "application/pdf".to_owned(),
        bytes: file,
    });
    let mail = written(&letter);
    assert!(mail.text.as_deref().is_some_and(|text| text.contains("How are you?")));
    assert_eq!(mail.html.as_deref().map(str::trim), Some("<p>Grüße</p>"));
    let part = &mail.parts[0];
    assert_eq!(
        (part.content_type.as_str(), part.size, part.name.as_deref()),
        ("application/pdf", 256, Some("Lebenslauf Müller „neu“.pdf"))
    );
    assert_lines_are_legal(&bytes_of(&letter));
}

/// Holds X6.
#[test]
fn a_line_of_one_dot_bare_line_feeds_and_a_signature_mark_survive() {
    let mut letter = letter();
    letter.text = "one\r\n.\r\ntwo\rthree\n..\nfour \n-- \nAnn\n\n\n".to_owned();
    let bytes = bytes_of(&letter);
    assert_lines_are_legal(&bytes);
    assert_eq!(written(&letter).text.as_deref(), Some("one\r\n.\r\ntwo\r\nthree\r\n..\r\nfour \r\n-- \r\nAnn\r\n"));
    letter.text = format!("{} grüße \n-- \nAnn", "long ".repeat(40));
    assert_eq!(written(&letter).text, Some(format!("{} grüße \r\n-- \r\nAnn\r\n", "long ".repeat(40))));
}

/// Holds P7.
#[test]
fn the_digest_says_that_a_program_wrote_it() {
    let mut letter = letter();
    letter.headers = vec![("Auto-Submitted", "auto-generated".to_owned())];
    assert_eq!(written(&letter).header("auto-submitted"), Some("auto-generated"));
}

#[test]
fn a_field_that_has_its_own_place_is_refused_among_the_others() {
    for name in ["Bcc", "from", "Message-Id", "X Y", "X:Y", "", "X\r\nY", "Content-Type"] {
        let mut letter = letter();
        letter.headers = vec![(name, "x".to_owned())];
        assert!(matches!(compose(&letter), Err(ComposeError::Header(_))), "{name:?}");
    }
}

#[test]
fn an_attachment_of_no_known_shape_is_refused_not_sent_broken() {
    let mut letter = letter();
    letter.attachment = Some(Attachment { name: "x".to_owned(), content_type: "nonsense\r\nX: y".to_owned(), bytes: Vec::new() });
    assert!(matches!(compose(&letter), Err(ComposeError::ContentType(_))));
}

#[test]
fn a_message_id_names_the_owners_domain_only() {
    assert_eq!(new_message_id(&[0xab; 16], "owner.example"), format!("{}@owner.example", "ab".repeat(16)));
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// Holds X5.
    #[test]
    fn any_name_subject_and_text_make_a_mail_with_exactly_our_fields(
        name in ".{0,120}", subject in "(?s).{0,300}", text in "(?s).{0,600}", id in "(?s).{0,80}", file in "(?s).{1,80}",
    ) {
        let mut letter = letter();
        letter.to.name.clone_from(&name);
        letter.subject.clone_from(&subject);
        letter.text.clone_from(&text);
        letter.references = vec![id];
        letter.attachment = Some(Attachment { name: file, content_type: "application/pdf".to_owned(), bytes: b"%PDF".to_vec() });
        let bytes = bytes_of(&letter);
        assert_lines_are_legal(&bytes);
        let mut names = field_names(&bytes);
        names.retain(|name| name != "References");
        prop_assert_eq!(names, ["Date", "From", "To", "Subject", "Message-ID", "MIME-Version", "Content-Type"]);
        let mail = written(&letter);
        prop_assert_eq!(&mail.to[0].name, &clean_name(&name));
        prop_assert_eq!(&mail.subject, &clean_name(&subject));
        prop_assert_eq!(mail.parts.len(), 1);
        let unix = text.replace("\r\n", "\n").replace('\r', "\n");
        let shown: String = unix.chars().filter(|c| !c.is_control() || matches!(c, '\n' | '\t')).collect();
        prop_assert_eq!(mail.text.unwrap_or_default(), shown.trim_end_matches('\n').replace('\n', "\r\n"));
    }
}
