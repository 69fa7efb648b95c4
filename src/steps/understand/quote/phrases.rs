//! The tables of `data/quotes.toml`, compiled once.

use std::collections::HashMap;
use std::sync::LazyLock;

use regex::{Regex, RegexBuilder, RegexSet, RegexSetBuilder};
use serde::Deserialize;

/// All patterns by family.
pub static PHRASES: LazyLock<Phrases> = LazyLock::new(Phrases::load);

/// What an HTML element's id or class says, by name.
pub static ELEMENTS: LazyLock<HashMap<String, Element>> = LazyLock::new(|| {
    let Html { quoted, container, rest, signature, added } = tables().html;
    let named = |names: Vec<String>, element: Element| names.into_iter().map(move |name| (name, element));
    named(quoted, Element::Quoted)
        .chain(named(container, Element::Container))
        .chain(named(rest, Element::Rest))
        .chain(named(signature, Element::Signature))
        .chain(named(added, Element::Added))
        .collect()
});

/// What an HTML element is to a mail program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Element {
    /// It holds a quoted mail.
    Quoted,
    /// It holds an attribution and a quote, perhaps with answers between.
    Container,
    /// The original begins here.
    Rest,
    /// It holds a signature.
    Signature,
    /// A gateway added it.
    Added,
}

/// Compiled patterns. Every one is linear in the length of the text.
#[derive(Debug)]
pub struct Phrases {
    /// A line that begins like an attribution (`On `, `Le `).
    pub starts: Regex,
    /// The end of an attribution: verb, then nothing but a colon.
    pub closing_verb: Regex,
    /// A verb with the name after it.
    pub name_follows: Regex,
    /// A whole attribution line that needs no date.
    pub opener: Regex,
    /// First words that make a `… wrote:` line the writer's own.
    pub own_words: Vec<String>,
    /// A header field of a quoted mail; the group that matched tells which.
    pub field: Regex,
    /// A separator between dashes.
    pub separator: Regex,
    /// A separator without dashes.
    pub bare_separator: Regex,
    /// What a device adds.
    pub device: Regex,
    /// What only looks so.
    pub no_device: Regex,
    /// A banner's beginning.
    pub banner: Regex,
    /// Words a long banner ends with.
    pub banner_ends: Vec<String>,
    /// A list's or provider's footer line.
    pub footer: Regex,
    /// A line that may be a list's footer where other signs say so.
    pub weak_footer: Regex,
    /// A lawyer's or scanner's paragraph.
    pub disclaimer: Regex,
    /// Phrases of which two make such a paragraph.
    pub weak_disclaimer: RegexSet,
    /// Words of the paragraphs after it.
    pub legal: Vec<String>,
    /// Lines that stand alone above a disclaimer.
    pub footer_headings: Vec<String>,
    /// A closing line.
    pub closing: Regex,
    /// A closing with the name on the same line.
    pub closing_and_name: Regex,
    /// A line with a title or a place of work.
    pub title: Regex,
}

#[derive(Deserialize)]
struct Tables {
    attribution: Attribution,
    header: Header,
    separator: Separator,
    device: Device,
    banner: Banner,
    footer: Footer,
    closing: Closing,
    html: Html,
}

#[derive(Deserialize)]
struct Html {
    quoted: Vec<String>,
    container: Vec<String>,
    rest: Vec<String>,
    signature: Vec<String>,
    added: Vec<String>,
}

#[derive(Deserialize)]
struct Attribution {
    starts: Vec<String>,
    closing_verbs: Vec<String>,
    name_follows: Vec<String>,
    openers: Vec<String>,
    own_words: Vec<String>,
}

#[derive(Deserialize)]
struct Header {
    from: Vec<String>,
    to: Vec<String>,
    date: Vec<String>,
    subject: Vec<String>,
    other: Vec<String>,
}

#[derive(Deserialize)]
struct Separator {
    words: Vec<String>,
    bare: Vec<String>,
}

#[derive(Deserialize)]
struct Device {
    lines: Vec<String>,
    not_lines: Vec<String>,
}

#[derive(Deserialize)]
struct Banner {
    starts: Vec<String>,
    ends: Vec<String>,
}

#[derive(Deserialize)]
struct Footer {
    lines: Vec<String>,
    weak: Vec<String>,
    disclaimers: Vec<String>,
    weak_disclaimers: Vec<String>,
    legal: Vec<String>,
    headings: Vec<String>,
}

#[derive(Deserialize)]
struct Closing {
    lines: Vec<String>,
    titles: Vec<String>,
}

fn tables() -> Tables {
    toml::from_str(include_str!("../../../../data/quotes.toml")).expect("data/quotes.toml is checked by a test")
}

impl Phrases {
    fn load() -> Self {
        let Tables { attribution, header, separator, device, banner, footer, closing, .. } = tables();
        let verbs = any_word(&attribution.closing_verbs);
        let closings = any(&closing.lines);
        Self {
            starts: compile(&format!(r"^(?:{})[\s\d]", any_word(&attribution.starts))),
            closing_verb: compile(&format!(r"(?:^|[\s>»”\x22'),:：，、\]\d]|[^\x00-\x{{24f}}]){verbs}\s*[:：.]*[\s*_-]*$")),
            name_follows: compile(&format!(r"\b(?:{})\s+\S.{{0,160}}[:：]\s*$", any_word(&attribution.name_follows))),
            opener: compile(&format!(r"^(?:{})$", any(&attribution.openers))),
            own_words: attribution.own_words,
            field: field(&header),
            separator: compile(&format!(r"^(?:{})[\s:.]*$", any(&separator.words))),
            bare_separator: compile(&format!(r"^(?:{})[\s:.]*$", any(&separator.bare))),
            device: compile(&format!(r"^(?:{})[\s.!,]*$", any(&device.lines))),
            no_device: compile(&format!(r"^(?:{})$", any(&device.not_lines))),
            banner: compile(&format!(r"^(?:{})", any(&banner.starts))),
            banner_ends: banner.ends,
            footer: compile(&any(&footer.lines)),
            weak_footer: compile(&any(&footer.weak)),
            disclaimer: compile(&any(&footer.disclaimers)),
            weak_disclaimer: compile_set(&footer.weak_disclaimers),
            legal: footer.legal,
            footer_headings: footer.headings,
            closing: compile(&format!(r"^[\W_]{{0,4}}(?:{closings})[\W_]{{0,6}}$")),
            closing_and_name: compile(&format!(
                r"^[\W_]{{0,4}}(?:{closings})[,.!;\s~–-]{{1,4}}(?-i:\p{{Lu}})[\p{{L}}.'’-]*(?:\s+(?-i:\p{{Lu}})[\p{{L}}.'’-]*){{0,3}}[\W_]{{0,3}}$"
            )),
            title: compile(&any(&closing.titles)),
        }
    }
}

/// A field at the beginning of a line: groups 1 to 5 are from, to, date, subject, other.
fn field(header: &Header) -> Regex {
    let groups = [&header.from, &header.to, &header.date, &header.subject, &header.other];
    let alternatives: Vec<String> = groups.iter().map(|words| format!("({})", any_word(words))).collect();
    compile(&format!(r"^[\s*_>|•-]{{0,12}}(?:{})[*_]{{0,2}}\s{{0,3}}[:：][*_]{{0,2}}", alternatives.join("|")))
}

fn any(patterns: &[String]) -> String {
    patterns.iter().map(|pattern| format!("(?:{pattern})")).collect::<Vec<_>>().join("|")
}

/// An alternation of plain words; the longest first, so that `napisał(a)` is not read as `napisał`.
fn any_word(words: &[String]) -> String {
    let mut sorted: Vec<&String> = words.iter().collect();
    sorted.sort_by_key(|word| std::cmp::Reverse(word.len()));
    let escaped: Vec<String> = sorted.iter().map(|word| regex::escape(word)).collect();
    format!("(?:{})", escaped.join("|"))
}

/// Unicode's `\W` and `\w` make automata a hundred times larger than the signs and letters that mails have there.
const SIGNS: &str = r"[\s\x21-\x2f\x3a-\x40\x5b-\x5e\x60\x7b-\x7f§«»°·‐-‧‹›•…–—―─！：，。]";
const LETTERS: &str = r"[0-9A-Za-z_À-ɏ]";

fn compile(pattern: &str) -> Regex {
    RegexBuilder::new(&slimmed(pattern))
        .case_insensitive(true)
        .size_limit(64 << 20)
        .dfa_size_limit(32 << 20)
        .build()
        .expect("the patterns of data/quotes.toml are checked by a test")
}

fn compile_set(patterns: &[String]) -> RegexSet {
    RegexSetBuilder::new(patterns.iter().map(|pattern| slimmed(pattern)))
        .case_insensitive(true)
        .size_limit(64 << 20)
        .build()
        .expect("the patterns of data/quotes.toml are checked by a test")
}

fn slimmed(pattern: &str) -> String {
    pattern.replace(r"[\W_]", r"\W").replace(r"\W", SIGNS).replace(r"\w", LETTERS)
}

/// True for a paragraph of a lawyer or a scanner.
#[must_use]
pub fn is_disclaimer(text: &str) -> bool {
    PHRASES.disclaimer.is_match(text) || PHRASES.weak_disclaimer.matches(text).iter().count() >= 2
}

/// `Some` for a line that is a header field of a quoted mail.
#[must_use]
pub fn field_of(line: &str) -> Option<Field> {
    let colon = line.find([':', '：'])?;
    if colon > 48 {
        return None;
    }
    let groups = PHRASES.field.captures(line)?;
    [Field::From, Field::To, Field::Date, Field::Subject, Field::Other]
        .into_iter()
        .enumerate()
        .find(|(at, _)| groups.get(at + 1).is_some())
        .map(|(_, field)| field)
}

/// What a header field of a quoted mail says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Field {
    /// Who wrote.
    From,
    /// To whom.
    To,
    /// When.
    Date,
    /// About what.
    Subject,
    /// Anything else mail programs print there.
    Other,
}
