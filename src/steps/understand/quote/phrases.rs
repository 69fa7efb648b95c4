//! The tables of `data/quotes.toml`, compiled once.

use std::collections::HashMap;
use std::sync::LazyLock;

use regex_automata::meta::Regex;

use super::super::super::book::Book;
use super::super::patterns::{Patterns, Script, alone};

/// All patterns by family.
pub static PHRASES: LazyLock<Phrases> = LazyLock::new(Phrases::load);

/// What an HTML element's id or class says, by name.
pub static ELEMENTS: LazyLock<HashMap<String, Element>> = LazyLock::new(|| {
    let mut html = section("html");
    let named = [
        ("quoted", Element::Quoted),
        ("container", Element::Container),
        ("rest", Element::Rest),
        ("signature", Element::Signature),
        ("added", Element::Added),
    ];
    let all = named.into_iter().flat_map(|(key, element)| html.texts(key).into_iter().map(move |name| (name, element))).collect();
    html.close();
    all
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

const QUOTES: &str = include_str!("../../../../data/quotes.toml");

fn section(name: &str) -> Book {
    Book::section("quotes.toml", QUOTES, name)
}

impl Phrases {
    fn load() -> Self {
        let names = ["attribution", "header", "separator", "device", "banner", "footer", "closing"];
        let [mut attribution, header, mut separator, mut device, mut banner, mut footer, mut closing] = names.map(section);
        let verbs = any_word(&attribution.texts("closing_verbs"));
        let closings = closing.texts("lines");
        let phrases = Self {
            starts: alone(&format!(r"(?i)^(?:{})[\s\d]", any_word(&attribution.texts("starts")))),
            closing_verb: alone(&format!(r"(?i)(?:^|[\s>»”\x22'),:：，、\]\d]|[^\x00-\x{{24f}}]){verbs}\s*[:：.]*[\s*_-]*$")),
            name_follows: alone(&format!(r"(?i)\b(?:{})\s+\S.{{0,160}}[:：]\s*$", any_word(&attribution.texts("name_follows")))),
            opener: each(&attribution.texts("openers"), "^(?:", ")$"),
            own_words: attribution.texts("own_words"),
            fields: fields(header),
            separator: each(&separator.texts("words"), "^(?:", r")[\s:.]*$"),
            bare_separator: each(&separator.texts("bare"), "^(?:", r")[\s:.]*$"),
            device: each(&device.texts("lines"), "^(?:", r")[\s.!,]*$"),
            no_device: each(&device.texts("not_lines"), "^(?:", ")$"),
            banner: each(&banner.texts("starts"), "^(?:", ")"),
            banner_ends: banner.texts("ends"),
            footer: each(&footer.texts("lines"), "", ""),
            weak_footer: each(&footer.texts("weak"), "", ""),
            disclaimer: each(&footer.texts("disclaimers"), "", ""),
            weak_disclaimer: each(&footer.texts("weak_disclaimers"), "", ""),
            legal: footer.texts("legal"),
            footer_headings: footer.texts("headings"),
            closing: each(&closings, r"^[\W_]{0,4}(?:", r")[\W_]{0,6}$"),
            closing_and_name: each(
                &closings,
                r"^[\W_]{0,4}(?:",
                r")[,.!;\s~–-]{1,4}(?-i:\p{Lu})[\p{L}.'’-]*(?:\s+(?-i:\p{Lu})[\p{L}.'’-]*){0,3}[\W_]{0,3}$",
            ),
            title: each(&closing.texts("titles"), "", ""),
        };
        [attribution, separator, device, banner, footer, closing].into_iter().for_each(Book::close);
        phrases
    }
}

/// What each word before a colon means; where two lists have a word, the first holds.
fn fields(mut header: Book) -> HashMap<String, Field> {
    let lists = [("other", Field::Other), ("subject", Field::Subject), ("date", Field::Date), ("to", Field::To), ("from", Field::From)];
    let fields = lists.into_iter().flat_map(|(key, field)| header.texts(key).into_iter().map(move |word| (word, field))).collect();
    header.close();
    fields
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
