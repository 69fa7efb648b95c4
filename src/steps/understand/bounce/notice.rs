//! What a report says to people: the notice before the returned mail, and which words concern which recipient.

use std::sync::LazyLock;

use regex::Regex;

use super::super::auto_reply::head;
use super::super::signs::{REPORTS, fold};
use super::address;
use super::returned;
use crate::model::mail::Mail;

/// Bytes of a notice that are read.
const MOST: usize = 16 * 1024;
/// Bytes of the words about one recipient.
const MOST_ABOUT: usize = 2_400;

/// A report's own words, without the mail it returns.
pub(super) struct Notice {
    pub(super) text: String,
    /// Header and beginning of the returned mail, when it stands in the same text.
    pub(super) returned: Option<String>,
}

impl Notice {
    /// Cuts the returned mail from the report's text.
    pub(super) fn of(mail: &Mail) -> Self {
        let whole = plain(mail);
        let cut = returned_from(&whole);
        let text = head(&whole[..cut], MOST).to_owned();
        let returned = (cut < whole.len()).then(|| head(&whole[cut..], MOST * 2).to_owned());
        Self { text, returned }
    }

    /// The words that stand by an address: its own line and what follows, up to the next recipient.
    pub(super) fn about(&self, address: &str) -> String {
        let wanted = address.to_ascii_lowercase();
        let mut words = String::new();
        let mut ours = false;
        for line in self.text.lines() {
            if let Some(found) = leading(line) {
                ours = found.to_ascii_lowercase() == wanted;
            } else if !ours && line.to_ascii_lowercase().contains(&wanted) {
                append(&mut words, line);
            }
            if ours {
                append(&mut words, line);
            }
        }
        words
    }

    /// The words from the line of the only recipient to the end.
    fn since(&self, address: &str) -> String {
        let wanted = address.to_ascii_lowercase();
        let mut words = String::new();
        for line in self.text.lines().skip_while(|line| !line.to_ascii_lowercase().contains(&wanted)) {
            append(&mut words, line);
        }
        words
    }
}

fn append(words: &mut String, line: &str) {
    if words.len() + line.len() < MOST_ABOUT {
        words.push_str(line);
        words.push('\n');
    }
}

/// The report's text; of HTML alone, its text without tags.
pub(super) fn plain(mail: &Mail) -> String {
    match (mail.text.as_deref(), mail.html.as_deref()) {
        (Some(text), _) if !text.trim().is_empty() => head(text, MOST * 4).to_owned(),
        (_, Some(html)) => without_tags(head(html, MOST * 8)),
        _ => String::new(),
    }
}

/// Text of simple HTML: enough for reports, which have no art in them.
fn without_tags(html: &str) -> String {
    let mut text = String::with_capacity(html.len() / 2);
    let mut rest = html;
    while let Some(open) = rest.find('<') {
        text.push_str(&rest[..open]);
        let Some(close) = rest[open..].find('>') else { return text };
        let tag = rest[open + 1..open + close].trim_start_matches('/').to_ascii_lowercase();
        let name = tag.split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or_default();
        let line_ends = matches!(name, "p" | "br" | "div" | "tr" | "li" | "h1" | "h2" | "h3" | "table");
        text.push(if line_ends { '\n' } else { ' ' });
        rest = &rest[open + close + 1..];
    }
    text.push_str(rest);
    text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&nbsp;", " ")
        .replace("&quot;", "\"")
        .replace("&#64;", "@")
        .replace("&amp;", "&")
}

/// Where the returned mail begins: at a line that announces it, or at a header block that no notice has.
fn returned_from(text: &str) -> usize {
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let bare = line.trim();
        if bare.len() < 160 && !bare.is_empty() && at > 0 && (begins_header(bare) || REPORTS.returned.hit(&fold(bare))) {
            return at;
        }
        at += line.len();
    }
    text.len()
}

fn begins_header(line: &str) -> bool {
    ["Received: ", "Received:from", "Return-Path: ", "Return-path: ", "DKIM-Signature: ", "X-Envelope-From: "]
        .iter()
        .any(|name| line.starts_with(name))
}

static LEADING: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let before = r#"^[\s>*|•·<"'(\[-]*(?:(?i:to|recipient|address|user|rcpt to|e-?mail address|unknown user|invalid address|the following recipients?|message to|error sending to|delivery to|failed recipient)(?:\s*[:=]|\s)\s*)?[<"'(\[]*"#;
    let address = r"(?P<a>[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9][A-Za-z0-9.-]*)";
    let after =
        r#"[>"')\]]*\s*(?:$|[:;,.(\[<\-]|(?i:on |said|invalid|unknown|does|is |was |could|failed|user|mailbox|not |no |has )|\d{3})"#;
    Regex::new(&format!("{before}{address}{after}")).ok()
});

/// The address a line is about, when it stands where reports put recipients.
fn leading(line: &str) -> Option<String> {
    if !line.contains('@') || line.len() > 2_000 {
        return None;
    }
    let found = LEADING.as_ref()?.captures(line)?.name("a")?.as_str();
    address::all(found).next().map(|hit| hit.address.to_owned())
}

/// Recipients of a report of free form with the words about each, from the surest place to the least.
pub(super) fn recipients(mail: &Mail, notice: &Notice) -> Vec<(String, String)> {
    let found = whom(mail, notice);
    let alone = found.len() == 1;
    let words = |address: &str| if alone { notice.since(address) } else { notice.about(address) };
    let told = |words: String, address: &str| if words.len() < address.len() + 16 { notice.text.clone() } else { words };
    found.into_iter().map(|address| (told(words(&address), &address), address)).map(|(words, address)| (address, words)).collect()
}

fn whom(mail: &Mail, notice: &Notice) -> Vec<String> {
    let lines: Vec<&str> = notice.text.lines().collect();
    let listed = lines.iter().position(|line| line.len() < 400 && REPORTS.lists.hit(&fold(line))).map_or(&lines[..0], |at| &lines[at..]);
    let places: [&dyn Fn() -> Vec<String>; 8] = [
        &|| named_in_header(mail),
        &|| without(mail, led(listed)),
        &|| without(mail, told(listed)),
        &|| without(mail, in_transcript(&lines)),
        &|| without(mail, led(&lines)),
        &|| without(mail, told(&lines)),
        &|| returned::written_to(mail, notice),
        &|| in_subject(mail),
    ];
    places.iter().map(|place| place()).find(|found| !found.is_empty()).unwrap_or_else(|| led(&lines))
}

/// `X-Failed-Recipients`, which Exim and Gmail write.
fn named_in_header(mail: &Mail) -> Vec<String> {
    let values = mail.headers.iter().filter(|(name, _)| name == "x-failed-recipients");
    unique(values.flat_map(|(_, value)| address::all(value).map(|hit| hit.address.to_owned())))
}

fn led(lines: &[&str]) -> Vec<String> {
    unique(lines.iter().filter_map(|line| leading(line)))
}

/// `550 <jane@example.com>... User unknown`, as old sendmails answer.
fn in_transcript(lines: &[&str]) -> Vec<String> {
    let answers = lines.iter().filter(|line| line.contains(">...") && line.trim_start_matches(['<', '>', ' ']).starts_with(['4', '5']));
    unique(answers.filter_map(|line| address::all(line).next().map(|hit| hit.address.to_owned())))
}

/// Addresses named within a sentence, unless the words before say that they are somebody else's.
fn told(lines: &[&str]) -> Vec<String> {
    unique(lines.iter().flat_map(|line| {
        address::all(line).filter(|hit| !is_else(&line[..hit.start])).map(|hit| hit.address.to_owned()).collect::<Vec<_>>()
    }))
}

/// The word before tells: a sender, a helper and an id are no recipients.
fn is_else(before: &str) -> bool {
    let words = fold(before);
    let mut near = words.trim_end_matches(['<', '"', '\'', '(', '[', ' ', ':', '=', '-']).rsplit([' ', '(', '<', '>', ',', ';']);
    let (last, before) = (near.next().unwrap_or_default(), near.next().unwrap_or_default());
    if last == "from" && before == "generated" || last == "to" && !matches!(before, "mail" | "write" | "reply" | "e-mail") {
        return false;
    }
    [
        "from",
        "sender",
        "by",
        "contact",
        "to",
        "mailto",
        "postmaster",
        "support",
        "message-id",
        "id",
        "reply-to",
        "envelope-from",
        "return-path",
        "at",
    ]
    .contains(&last)
}

fn in_subject(mail: &Mail) -> Vec<String> {
    unique(address::all(&mail.subject).map(|hit| hit.address.to_owned()))
}

/// Leaves out the one the report was sent to: they wrote the mail that came back.
fn without(mail: &Mail, found: Vec<String>) -> Vec<String> {
    let is_writer = |address: &String| {
        mail.recipients().any(|mailbox| mailbox.address.key() == address.to_ascii_lowercase())
            || mail.sender().is_some_and(|sender| sender.key() == address.to_ascii_lowercase())
    };
    found.into_iter().filter(|address| !is_writer(address)).collect()
}

fn unique(addresses: impl Iterator<Item = String>) -> Vec<String> {
    let mut seen: Vec<String> = Vec::new();
    for address in addresses {
        if seen.len() < super::MOST_RECIPIENTS && !seen.iter().any(|other| other.eq_ignore_ascii_case(&address)) {
            seen.push(address);
        }
    }
    seen
}
