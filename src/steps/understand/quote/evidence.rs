//! How well a text reads as an attribution: its date, its address, its verb, and whether a quote stands below.

use std::sync::LazyLock;

use regex_automata::meta::Regex;

use super::super::patterns::alone;
use super::phrases::PHRASES;

static DATE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"\d{1,2}[:.h]\d{2}(?:\b|[ap]m)|\b(?:19|20)\d\d\b|\d{1,4}[/.-]\d{1,2}[/.-]\d{1,4}|\d{4}[年년]|\d{1,2}月\s?\d{1,2}日|\b(?:mon|tue|wed|thu|fri|sat|sun|yester)[a-z]*day\b|\b\d{1,2} (?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\b|\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.? \d{1,2}\b",
    )
});
static FULL_DATE: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"\d{1,2}[:.h]\d{2}(?:\b|[ap]m)|\b(?:19|20)\d\d\b|\d{1,4}[/.-]\d{1,2}[/.-]\d{1,4}|\d{4}[年년]|\b\d{6} \d\d:"));
static DATE_FIRST: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^(?:\d{1,4}\s?[/.年년-]|\d{1,2}:\d\d|\d{1,2}\.?\s+\p{L}{3,}|\p{L}{2,12}[.,]*\s+\d{1,2}\b|\p{L}{2,12}[.,]\s+(?:den )?\d|\p{L}{2,12}[.,]?\s+\p{L}{2,12}[.,]?\s+\d|\p{L}{3,12}[.,]\s+\p{L}{3,12}\.?\s+\d)",
    )
});
static ADDRESS: LazyLock<Regex> = LazyLock::new(|| pattern(r"[^\s<>@:,]+@[^\s<>@,]+|\[mailto:|<[^<>]*@"));
static ENDS_IN_ADDRESS: LazyLock<Regex> = LazyLock::new(|| pattern(r"@[^\s@]*[>)\]]+[\s:：]*$"));
static NAME_AND_ADDRESS: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"^[\x22'“]?\p{L}[\p{L}\d.'’,-]*(?:\s+[\p{L}\d.'’,()-]+){0,5}[\x22'”]?\s*[<(\[][^\s<>]*@[^\s<>]*[>)\]]\s*:?$")
});
static ISO_GMT: LazyLock<Regex> = LazyLock::new(|| pattern(r"^\d{4}[-/]\d\d?[-/]\d\d? \d\d?:\d\d (?:GMT|UTC)[+-]\d"));
static WROTE_WHEN: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"\b(?:wrote|writes|schrieb|schreef|skrev|a écrit|escribió|escreveu|ha scritto|said|scribbled|spake),?\s+(?:on|in|at|am|le|el|em|il|op|den|the following on)\b[^!?]{0,100}:\s*$|\b(?:írta|wrote|skrev|schrieb|écrit) \([^!?()]{4,80}\):\s*$",
    )
});
static SAME_LINE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"\s*(?:-{2,}\s*)?\bOn (?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*,|\d{1,2}[ /-]|(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]* \d)[^!?]{4,200}\b(?:wrote|writes|said):\s*$",
    )
});
static WROTE_IN: LazyLock<Regex> = LazyLock::new(|| pattern(r"\b(?:wrote|writes|schrieb|said) in (?:message|article|news)"));
static BRACKETED: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"^\[(?-i:\p{Lu})[\p{L} .,'’-]{1,50}\]:?$|^\[[^\]]{0,60}\d\d:\d\d[^\]]{0,30}\]:?$"));
static NAME_AND_DATE: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"^\p{L}[\p{L} .'’-]{2,40} [(\[][^()\[\]]{0,40}\d\d:\d\d[^()\[\]]{0,20}[)\]]:?$"));
static FIELD: LazyLock<Regex> = LazyLock::new(|| pattern(r"^(?:from|von|de|date|datum):\s"));
static GOES_ON: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"\b(?:that|they|this|we|he|she|it|about|because|and|which|dass|que|che|dat)\b"));
static SENTENCES: LazyLock<Regex> = LazyLock::new(|| alone(r"\p{Ll}{3,}[.!?]\s+\p{Lu}"));
static SHORT: LazyLock<Regex> = LazyLock::new(|| pattern(r"^[\p{L}\d.,'’“”\x22()_&/@<>\[\] +-]{1,90}$"));

fn pattern(text: &str) -> Regex {
    alone(&format!("(?i){text}"))
}

/// How well a text reads as an attribution.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weight {
    /// From its first word on.
    Whole,
    /// It may begin further up; true when it is one even without a quote below.
    Tail(bool),
}

/// Weighs a text, its lines joined; `quote_below` says that a marked quote follows.
#[must_use]
pub fn weigh(text: &str, quote_below: bool) -> Option<Weight> {
    let core = text.trim_matches(|c: char| c == '-' || c == '+' || c.is_whitespace());
    let core = core.trim_start_matches(['[', '(', '"', '“', '}', '{', '\u{202b}', ' ']);
    let core = if quote_below { core.trim_end_matches([']', ' ']) } else { core };
    let candidate = Candidate { text, core, quote_below };
    if !quote_below && SENTENCES.is_match(core) {
        return None;
    }
    if candidate.is_whole() {
        return Some(Weight::Whole);
    }
    if candidate.is_sure_tail() {
        return Some(Weight::Tail(core.len() < 240));
    }
    (quote_below && candidate.is_tail_above_quote()).then_some(Weight::Tail(false))
}

/// A text that may be an attribution.
struct Candidate<'t> {
    text: &'t str,
    /// Without the dashes and brackets around it.
    core: &'t str,
    quote_below: bool,
}

impl Candidate<'_> {
    fn is_whole(&self) -> bool {
        let core = self.core;
        self.is_dashed_or_gmt()
            || self.begins()
                && self.is_dated()
                && ends_in_verb(core)
                && (self.has_colon() || self.quote_below || self.addressed() && self.fully_dated())
            || self.has_colon() && ends_in_verb(core) && self.addressed() && (starts_well(core) || self.text.starts_with("--"))
            || self.has_colon() && self.begins() && self.is_dated() && names_follow(core)
            || PHRASES.opener.hit(core) && (self.quote_below || self.addressed())
    }

    fn is_dashed_or_gmt(&self) -> bool {
        let dashed = self.text.starts_with("--") && self.text.ends_with("--");
        dashed && ends_in_verb(self.core) || is_dated_in_gmt(self.core) && self.core.len() < 120
    }

    fn is_sure_tail(&self) -> bool {
        let named = self.addressed() || self.fully_dated();
        self.has_colon() && (named && ends_in_verb(self.core) || self.fully_dated() && wrote_when(self.core))
    }

    /// With a quote right below, less is enough.
    fn is_tail_above_quote(&self) -> bool {
        let core = self.core;
        WROTE_IN.is_match(core)
            || wrote_when(core)
            || NAME_AND_ADDRESS.is_match(core)
            || NAME_AND_DATE.is_match(core)
            || BRACKETED.is_match(self.text)
            || DATE_FIRST.is_match(core) && self.is_dated() && self.addressed()
            || FIELD.is_match(core) && (self.addressed() || self.fully_dated())
            || self.has_colon()
                && (self.fully_dated() && names(core) >= 2 && !begins_own_words(core) || ends_in_verb(core) && is_name_and_verb(core))
    }

    /// A date alone also begins the lines of a log; an address or a quote below tells them apart.
    fn begins(&self) -> bool {
        starts_well(self.core) || DATE_FIRST.is_match(self.core) && (self.quote_below || self.addressed())
    }

    fn has_colon(&self) -> bool {
        self.core.ends_with([':', '：'])
    }

    fn is_dated(&self) -> bool {
        has_date(self.core)
    }

    fn fully_dated(&self) -> bool {
        FULL_DATE.is_match(self.core)
    }

    fn addressed(&self) -> bool {
        has_address(self.core)
    }
}

/// True for "On …", "Le …" and the like.
#[must_use]
pub fn starts_well(text: &str) -> bool {
    PHRASES.starts.is_match(text)
}

/// True when some day or hour is named.
#[must_use]
pub fn has_date(text: &str) -> bool {
    DATE.is_match(text)
}

/// True when an address is named.
#[must_use]
pub fn has_address(text: &str) -> bool {
    text.contains(['@', '[']) && ADDRESS.is_match(text)
}

/// True for "Jane Doe <jane@…>" with no more than the beginning of what follows it.
#[must_use]
pub fn begins_with_name_and_address(text: &str) -> bool {
    let end = text.rfind(['>', ')', ']']).map_or(0, |at| at + 1);
    has_address(text) && text.len() - end <= 40 && NAME_AND_ADDRESS.is_match(&text[..end])
}

/// True for Gmail's "2014-10-17 11:28 GMT+03:00 Jane Doe", which may lack verb and colon.
#[must_use]
pub fn is_dated_in_gmt(text: &str) -> bool {
    ISO_GMT.is_match(text)
}

/// "… wrote on 3/2/2026 at 16:11:", and not "… wrote on 3/2 that they need it:".
fn wrote_when(core: &str) -> bool {
    WROTE_WHEN.find(core).is_some_and(|found| !GOES_ON.is_match(&core[found.range()]))
}

/// True when the verb stands last, but for a colon.
#[must_use]
pub fn ends_in_verb(core: &str) -> bool {
    let mut at = core.len().saturating_sub(48);
    while !core.is_char_boundary(at) {
        at += 1;
    }
    PHRASES.closing_verb.is_match(&core[at..])
}

/// Where an attribution begins that shares its line with the writer's words.
#[must_use]
pub fn shared_from(text: &str) -> Option<usize> {
    SAME_LINE.find(text).map(|found| found.start())
}

/// "… schreef Jane Doe <jane@…>:", or no verb at all: "2014-10-17 11:28 Jane Doe <jane@…>:".
fn names_follow(core: &str) -> bool {
    FULL_DATE.is_match(core) && (ENDS_IN_ADDRESS.is_match(core) || core.len() < 200 && PHRASES.name_follows.is_match(core))
}

/// "Jane Doe wrote:" or "You wrote:", and not "The manual says:".
fn is_name_and_verb(core: &str) -> bool {
    let words = core.split_whitespace().count();
    let large = core.chars().next().is_some_and(|c| !c.is_lowercase());
    (2..=8).contains(&words)
        && SHORT.is_match(core.trim_end_matches([':', '：']))
        && !begins_own_words(core)
        && (large || words == 2 || core.contains('@') || core.to_lowercase().starts_with("you "))
}

fn begins_own_words(core: &str) -> bool {
    let first = core.split_whitespace().next().unwrap_or_default().to_lowercase();
    PHRASES.own_words.contains(&first)
}

/// How many words begin with a capital.
fn names(core: &str) -> usize {
    core.split_whitespace().filter(|word| word.trim_start_matches(|c: char| !c.is_alphanumeric()).starts_with(char::is_uppercase)).count()
}
