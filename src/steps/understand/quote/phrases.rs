//! The tables of `data/quotes.toml`, compiled once.

use std::collections::HashMap;
use std::sync::LazyLock;

use regex_automata::meta::Regex;
use serde::Deserialize;

use super::super::patterns::{Patterns, Script, alone};

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
    pub opener: Patterns,
    /// First words that make a `… wrote:` line the writer's own.
    pub own_words: Vec<String>,
    /// The names of a quoted mail's header fields, in lower case.
    pub fields: HashMap<String, Field>,
    /// A separator between dashes.
    pub separator: Patterns,
    /// A separator without dashes.
    pub bare_separator: Patterns,
    /// What a device adds.
    pub device: Patterns,
    /// What only looks so.
    pub no_device: Patterns,
    /// A banner's beginning.
    pub banner: Patterns,
    /// Words a long banner ends with.
    pub banner_ends: Vec<String>,
    /// A list's or provider's footer line.
    pub footer: Patterns,
    /// A line that may be a list's footer where other signs say so.
    pub weak_footer: Patterns,
    /// A lawyer's or scanner's paragraph.
    pub disclaimer: Patterns,
    /// Phrases of which two make such a paragraph.
    pub weak_disclaimer: Patterns,
    /// Words of the paragraphs after it.
    pub legal: Vec<String>,
    /// Lines that stand alone above a disclaimer.
    pub footer_headings: Vec<String>,
    /// A closing line.
    pub closing: Patterns,
    /// A closing with the name on the same line.
    pub closing_and_name: Patterns,
    /// A line with a title or a place of work.
    pub title: Patterns,
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
        Self {
            starts: alone(&format!(r"(?i)^(?:{})[\s\d]", any_word(&attribution.starts))),
            closing_verb: alone(&format!(r"(?i)(?:^|[\s>»”\x22'),:：，、\]\d]|[^\x00-\x{{24f}}]){verbs}\s*[:：.]*[\s*_-]*$")),
            name_follows: alone(&format!(r"(?i)\b(?:{})\s+\S.{{0,160}}[:：]\s*$", any_word(&attribution.name_follows))),
            opener: each(&attribution.openers, "^(?:", ")$"),
            own_words: attribution.own_words,
            fields: fields(header),
            separator: each(&separator.words, "^(?:", r")[\s:.]*$"),
            bare_separator: each(&separator.bare, "^(?:", r")[\s:.]*$"),
            device: each(&device.lines, "^(?:", r")[\s.!,]*$"),
            no_device: each(&device.not_lines, "^(?:", ")$"),
            banner: each(&banner.starts, "^(?:", ")"),
            banner_ends: banner.ends,
            footer: each(&footer.lines, "", ""),
            weak_footer: each(&footer.weak, "", ""),
            disclaimer: each(&footer.disclaimers, "", ""),
            weak_disclaimer: each(&footer.weak_disclaimers, "", ""),
            legal: footer.legal,
            footer_headings: footer.headings,
            closing: each(&closing.lines, r"^[\W_]{0,4}(?:", r")[\W_]{0,6}$"),
            closing_and_name: each(
                &closing.lines,
                r"^[\W_]{0,4}(?:",
                r")[,.!;\s~–-]{1,4}(?-i:\p{Lu})[\p{L}.'’-]*(?:\s+(?-i:\p{Lu})[\p{L}.'’-]*){0,3}[\W_]{0,3}$",
            ),
            title: each(&closing.titles, "", ""),
        }
    }
}

/// What each word before a colon means; where two lists have a word, the first holds.
fn fields(header: Header) -> HashMap<String, Field> {
    let Header { from, to, date, subject, other } = header;
    let lists = [(Field::Other, other), (Field::Subject, subject), (Field::Date, date), (Field::To, to), (Field::From, from)];
    lists.into_iter().flat_map(|(field, words)| words.into_iter().map(move |word| (word, field))).collect()
}

/// Each pattern with what stands before and after it.
fn each(patterns: &[String], before: &str, after: &str) -> Patterns {
    Patterns::new(Script::AnyCase, patterns.iter().map(|pattern| format!("{before}{pattern}{after}")))
}

/// An alternation of plain words; the longest first, so that `napisał(a)` is not read as `napisał`.
fn any_word(words: &[String]) -> String {
    let mut sorted: Vec<&String> = words.iter().collect();
    sorted.sort_by_key(|word| std::cmp::Reverse(word.len()));
    let escaped: Vec<String> = sorted.iter().map(|word| regex::escape(word)).collect();
    format!("(?:{})", escaped.join("|"))
}

/// True for a paragraph of a lawyer or a scanner.
#[must_use]
pub fn is_disclaimer(text: &str) -> bool {
    PHRASES.disclaimer.hit(text) || PHRASES.weak_disclaimer.count(text) >= 2
}

/// `Some` for a line that is a header field of a quoted mail.
#[must_use]
pub fn field_of(line: &str) -> Option<Field> {
    let colon = line.find([':', '：'])?;
    if colon > 48 {
        return None;
    }
    let name = line[..colon].trim_start_matches(|c: char| c.is_whitespace() || "*_>|•-".contains(c));
    let name = name.trim_end().trim_end_matches(['*', '_']).to_lowercase();
    PHRASES.fields.get(&name).copied()
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
