//! The weekly digest as the owner gets it: what it says, in which order, and that nothing hostile gets through.

use curbside::letters::{digest, sample, sample_quiet_week};
use curbside::model::digest::{Ahead, Came, Digest, Held, Number, Owed, Quiet, Waiting};

/// Tag by tag, so that a test reads what a mail program would show.
fn seen(html: &str) -> String {
    let body = html.split("<body").nth(1).unwrap_or_default();
    let pieces = body.split('<').skip(1).filter_map(|piece| piece.split_once('>')).map(|(_, text)| text.trim());
    let text = pieces.filter(|text| !text.is_empty() && *text != "&nbsp;").collect::<Vec<_>>().join(" ");
    text.replace("&#60;", "<").replace("&#62;", ">").replace("&#34;", "\"").replace("&#39;", "'").replace("&#38;", "&")
}

fn subject(digest_of: impl FnOnce(&mut Digest)) -> String {
    let mut quiet = sample_quiet_week();
    digest_of(&mut quiet);
    digest(&quiet).subject
}

fn draft_to(name: &str) -> Waiting {
    Waiting { id: "7".to_owned(), name: name.to_owned(), text: "Hi".to_owned(), ..Waiting::default() }
}

fn owed_to(name: &str) -> Owed {
    Owed { name: name.to_owned(), wants: "would like a call".to_owned(), ..Owed::default() }
}

#[test]
fn a_full_week_reads_like_this_in_a_terminal() {
    let mail = digest(&sample());
    insta::assert_snapshot!("week_text", format!("Subject: {}\n\n{}", mail.subject, mail.text));
}

#[test]
fn a_quiet_week_reads_like_this_in_a_terminal() {
    let mail = digest(&sample_quiet_week());
    insta::assert_snapshot!("quiet_week_text", format!("Subject: {}\n\n{}", mail.subject, mail.text));
}

#[test]
fn the_page_looks_like_this() {
    insta::assert_snapshot!("week_html", digest(&sample()).html);
}

#[test]
fn the_subject_says_what_needs_the_owner() {
    assert_eq!(subject(|_| {}), "Quiet week: nothing needs you");
    assert_eq!(subject(|d| d.waiting = vec![draft_to("Priya Raman")]), "A note to Priya Raman waits for your yes");
    assert_eq!(
        subject(|d| (d.waiting, d.owed) = (vec![draft_to("A"), draft_to("B")], vec![owed_to("Jane Doe")])),
        "2 notes wait for your yes, Jane Doe would like a call"
    );
    assert_eq!(subject(|d| d.owed = ["Jane", "Tom", "Ann"].map(owed_to).to_vec()), "Jane and 2 others wait for an answer");
    assert_eq!(subject(|d| d.came = sample().came), "Nothing needs you; Tom Wexler offers to introduce you");
}

#[test]
fn a_digest_of_several_weeks_says_since_when() {
    let weeks = |digest: Digest| Digest { from: jiff::civil::date(2026, 10, 26), ..digest };
    let mail = digest(&weeks(sample()));
    assert!(mail.text.contains("WHAT CAME OF IT SINCE 26 OCTOBER"), "{}", mail.text);
    assert!(seen(&mail.html).contains("What came of it since 26 October"));
    assert_eq!(digest(&weeks(sample_quiet_week())).subject, "Quiet weeks: nothing needs you");
}

#[test]
fn p13_trouble_comes_first_in_subject_text_and_page() {
    let trouble = "Your mailbox has not been read since Friday: the server refuses the login. Run curbside doctor.";
    let mail = digest(&Digest { trouble: vec![trouble.to_owned()], ..sample() });
    assert!(mail.subject.starts_with("Something is broken, 3 notes wait"), "{}", mail.subject);
    let flat = mail.text.split_whitespace().collect::<Vec<_>>().join(" ");
    let shown = seen(&mail.html);
    for text in [&flat, &shown] {
        let place = text.find(trouble).expect("the trouble is told");
        assert!(place < text.to_lowercase().find("waiting for your yes").expect("the drafts"), "{text}");
    }
}

#[test]
fn the_subject_stays_short_however_long_the_names() {
    let long = "Maximiliane Konstantinopolskaya-Featherstonehaugh von und zu Hohenlohe-Waldenburg";
    for count in 1..4 {
        let names = vec![long; count];
        let subject = subject(|d| {
            d.trouble = vec!["x".to_owned()];
            d.waiting = names.iter().map(|name| draft_to(name)).collect();
            d.owed = names.iter().map(|name| owed_to(name)).collect();
        });
        assert!(subject.chars().count() <= 70, "{subject}");
    }
}

#[test]
fn both_parts_show_the_whole_draft_and_how_to_say_yes() {
    let week = sample();
    let mail = digest(&week);
    let flat = mail.text.split_whitespace().collect::<Vec<_>>().join(" ");
    let shown = seen(&mail.html);
    for draft in &week.waiting {
        for sentence in draft.text.lines().filter(|line| !line.is_empty()).chain([draft.subject.as_str()]) {
            assert!(flat.contains(sentence) && shown.contains(sentence), "{sentence}");
        }
        let command = format!("curbside review approve {}", draft.id);
        let may_go = draft.blocked.is_none();
        assert_eq!((flat.contains(&command), shown.contains(&command)), (may_go, may_go), "{}", draft.name);
    }
}

#[test]
fn a_section_without_anything_in_it_is_not_there() {
    let mail = digest(&Digest { owner: "Sam".to_owned(), ..Digest::default() });
    for heading in ["does not work", "waiting", "answer", "came of it", "next two weeks", "held", "gone quiet", "quarter"] {
        assert!(!mail.text.to_lowercase().contains(heading), "{}", mail.text);
        assert!(!seen(&mail.html).to_lowercase().contains(heading));
    }
    assert!(mail.text.lines().count() < 12, "{}", mail.text);
}

#[test]
fn the_plain_part_keeps_to_72_columns() {
    for digest_of in [sample(), sample_quiet_week(), hostile()] {
        let text = digest(&digest_of).text;
        for line in text.lines().filter(|line| !line.contains("curbside ")) {
            assert!(line.chars().count() <= 72, "{line}");
        }
        assert!(!text.contains("\n\n\n\n") && !text.contains(" \n") && text.ends_with('\n'));
    }
}

#[test]
fn a_long_list_is_cut_and_says_how_to_see_the_rest() {
    let held = Held { name: "Grace Kim".to_owned(), ..Held::default() };
    let mail = digest(&Digest { held: vec![held; 500], ..sample() });
    assert!(mail.text.contains("and 488 more:  curbside contacts --standing held"));
    assert!(seen(&mail.html).contains("and 488 more:  curbside contacts --standing held"));
}

#[test]
fn a_busy_week_stays_below_the_size_at_which_gmail_cuts_mail_off() {
    let week = sample();
    let twice = |n: usize| week.waiting.iter().cycle().take(n).cloned().collect();
    assert!(digest(&Digest { waiting: twice(12), ..week.clone() }).html.len() < 102 * 1024);
}

#[test]
fn the_page_asks_nothing_of_the_network_and_runs_nothing() {
    for digest_of in [sample(), hostile()] {
        let html = digest(&digest_of).html;
        for banned in
            ["<script", "<img", "<link", "<a ", "<iframe", "<form", "<input", "<object", "<svg", "url(", "@import", "src=", "href="]
        {
            assert!(!html.to_lowercase().contains(banned), "{banned}");
        }
    }
}

#[test]
fn the_page_can_be_read_aloud() {
    let html = digest(&sample()).html;
    assert!(html.starts_with("<!DOCTYPE html>\n<html lang=\"en\" dir=\"ltr\">"));
    assert!(html.contains("<title>3 notes wait for your yes"));
    assert_eq!(html.matches("<h1").count(), 1);
    assert_eq!(html.matches("<h2").count(), 7);
    assert_eq!(html.matches("<h3").count(), 5, "one for each draft and each answer owed");
    let tables = html.matches("<table").count();
    let layout = html.matches("<table role=\"presentation\"").count();
    assert_eq!(tables - layout, 1, "only the numbers are a table of data");
    assert_eq!(html.matches("<th scope=\"row\"").count(), 4);
    assert_eq!(html.matches("aria-hidden=\"true\"").count(), 4, "the bars repeat what the numbers say");
}

#[test]
fn the_page_is_well_formed() {
    for digest_of in [sample(), sample_quiet_week(), hostile()] {
        let html = digest(&digest_of).html;
        let mut open: Vec<&str> = Vec::new();
        for tag in html.split('<').skip(1).filter_map(|piece| piece.split('>').next()).filter(|tag| !tag.starts_with('!')) {
            let name = tag.trim_start_matches('/').split([' ', '\n']).next().unwrap_or_default();
            match tag.starts_with('/') {
                true => assert_eq!(open.pop(), Some(name)),
                false if ["meta", "br"].contains(&name) => {}
                false => open.push(name),
            }
        }
        assert_eq!(open, Vec::<&str>::new());
    }
}

/// Every field of every section holds this.
const EVIL: &str =
    "<script>alert(1)</script>\u{202e}\u{1b}[31m\r\nBcc: x@y.test\u{200b}\" onload='x' &amp; {{ 7*7 }}</style></title>\u{e0041}\0";

fn hostile() -> Digest {
    let s = || EVIL.to_owned();
    Digest {
        owner: s(),
        trouble: vec![s()],
        waiting: vec![
            Waiting { id: s(), name: s(), employer: s(), subject: s(), text: s(), reason: s(), send_at: s(), blocked: Some(s()) },
            Waiting { id: s(), name: s(), employer: s(), subject: s(), text: s(), reason: s(), send_at: s(), blocked: None },
        ],
        owed: vec![Owed { name: s(), employer: s(), since: s(), wants: s(), evidence: s(), facts: vec![s()] }],
        came: vec![Came { day: s(), name: s(), employer: s(), what: s(), evidence: s(), warm: true }],
        ahead: vec![Ahead { day: s(), name: s(), employer: s(), reason: s() }],
        held: vec![Held { name: s(), employer: s(), until: s(), why: s() }],
        quiet: vec![Quiet { name: s(), employer: s(), unanswered: u32::MAX, last: s() }],
        numbers: vec![Number { label: s(), total: u32::MAX, weeks: vec![0, u32::MAX, 1] }],
        ..sample()
    }
}

#[test]
fn x8_a_contact_named_script_is_inert_and_still_legible() {
    let mail = digest(&hostile());
    assert!(!mail.html.contains("<script") && !mail.html.contains("onload='"), "escaped");
    assert_eq!(mail.html.matches("</style>").count(), 1);
    assert_eq!(mail.html.matches("</title>").count(), 1);
    assert!(seen(&mail.html).contains("<script>alert(1)</script>"), "the owner still sees what the name is");
    assert!(mail.html.contains("{{ 7*7 }}"), "a value is no template");
}

#[test]
fn p18_no_control_bidi_or_invisible_character_reaches_the_mail() {
    let mail = digest(&hostile());
    assert!(!mail.subject.chars().any(char::is_control), "{:?}", mail.subject);
    for part in [&mail.subject, &mail.text, &mail.html] {
        let bad = part.chars().find(|c| (c.is_control() && *c != '\n') || "\u{202e}\u{200b}\u{e0041}".contains(*c));
        assert_eq!(bad, None);
    }
}

#[test]
fn p18_a_flood_of_words_from_a_stranger_is_cut() {
    let mut week = sample();
    week.came[0].evidence = "word ".repeat(200_000);
    week.came[0].name = "x".repeat(200_000);
    let mail = digest(&week);
    assert!(mail.html.len() < 60_000 && mail.text.len() < 10_000);
}
