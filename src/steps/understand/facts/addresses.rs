//! E-mail addresses and telephone numbers in a text, also those spelt out (`jane at plan dot example`).

use std::sync::LazyLock;

use regex_automata::Match;
use regex_automata::meta::Regex;

use super::super::patterns::alone;
use super::words::Page;

/// Something to reach a person by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reach {
    /// As it is to be used.
    pub text: String,
    /// First word.
    pub from: usize,
    /// First word after it.
    pub to: usize,
}

static ADDRESS: LazyLock<Regex> = LazyLock::new(|| alone(r"(?i-u)[a-z0-9][a-z0-9._%+'-]*@[a-z0-9][a-z0-9-]*(?:\.[a-z0-9-]+)+"));

static PHONE: LazyLock<Regex> = LazyLock::new(|| {
    alone(
        r"(?i-u)(?:\+?1[ .-]?)?(?:\(\d{3}\) ?|\b\d{3}[ .-])\d{3}[ .-]\d{4}\b(?:,? ?(?:x|ext\.?|extension) ?\d{1,6}\b)?|\b\d{3}-\d{4}\b(?:,? ?(?:x|ext\.?) ?\d{1,6}\b)?|\+\d{1,3}(?:[ .-]\d{2,5}){2,5}\b",
    )
});

/// All addresses of a text in order.
pub fn addresses(page: &Page<'_>) -> Vec<Reach> {
    let mut all = if page.text.contains('@') { found(page, &ADDRESS, tidy) } else { Vec::new() };
    if may_be_spelt(page) {
        all.extend((0..page.words.len()).filter_map(|i| spelt_at(page, i)));
        all.sort_by_key(|reach| reach.from);
        all.dedup_by_key(|reach| reach.from);
    }
    all
}

/// All telephone numbers of a text in order.
pub fn phones(page: &Page<'_>) -> Vec<Reach> {
    if page.text.bytes().filter(u8::is_ascii_digit).count() < 7 {
        return Vec::new();
    }
    found(page, &PHONE, |text| text.trim().to_owned())
}

fn found(page: &Page<'_>, regex: &Regex, tidy: fn(&str) -> String) -> Vec<Reach> {
    let place = |start: usize, end: usize| {
        let from = page.words.partition_point(|word| word.end <= start);
        (from, page.words.partition_point(|word| word.start < end))
    };
    let reach = |hit: Match| {
        let (from, to) = place(hit.start(), hit.end());
        Reach { text: tidy(&page.text[hit.range()]), from, to }
    };
    regex.find_iter(page.text).map(reach).collect()
}

fn tidy(text: &str) -> String {
    text.trim_end_matches(['.', '-', '\'']).to_owned()
}

/// Spelt-out addresses need `dot` or a bracketed `at` somewhere.
fn may_be_spelt(page: &Page<'_>) -> bool {
    page.words.iter().enumerate().any(|(i, word)| {
        word.low == "dot"
            || (word.low == "at" && matches!(page.low(i.wrapping_sub(1)), "[" | "(" | "{"))
            || (word.low == "@" && !page.glued(i) && i > 0)
    })
}

/// `jane dot doe at plan dot example` around the `at` that stands here.
fn spelt_at(page: &Page<'_>, i: usize) -> Option<Reach> {
    let bracket = matches!(page.low(i.wrapping_sub(1)), "[" | "(" | "{");
    let at = page.low(i) == "at" || (page.low(i) == "@" && !page.glued(i));
    let (mut from, mut to) = (i.checked_sub(1 + usize::from(bracket))?, i + 1 + usize::from(bracket));
    if !at || !is_piece(page, from) || !is_piece(page, to) {
        return None;
    }
    while let Some(next) = from.checked_sub(1).and_then(|k| dot_before(page, k)).filter(|next| i - next < 12 && is_piece(page, *next)) {
        from = next;
    }
    let local = to;
    let mut dots = 0;
    while let Some(next) = dot_after(page, to + 1).filter(|next| next - local < 16 && is_piece(page, *next)) {
        (to, dots) = (next, dots + 1);
    }
    let spoken = bracket || page.low(i) == "@" || (from..=to).any(|k| page.low(k) == "dot");
    let again = page.low(to + 1) == "at" && page.low(to + 2) != "the";
    (spoken && dots > 0 && !again).then(|| Reach { text: joined(page, from, i, to), from, to: to + 1 })
}

fn is_piece(page: &Page<'_>, i: usize) -> bool {
    page.words.get(i).is_some_and(|word| word.low != "dot" && word.low != "at" && word.low.bytes().all(|b| b.is_ascii_alphanumeric()))
}

/// The word before a `.`, `dot` or `(dot)` that ends at `k`.
fn dot_before(page: &Page<'_>, k: usize) -> Option<usize> {
    match page.low(k) {
        "dot" => k.checked_sub(1),
        "." if page.glued(k) && page.glued(k + 1) => k.checked_sub(1),
        "]" | ")" if page.low(k.wrapping_sub(1)) == "dot" => k.checked_sub(3),
        _ => None,
    }
}

/// The word after a `.`, `dot` or `(dot)` that begins at `k`.
fn dot_after(page: &Page<'_>, k: usize) -> Option<usize> {
    match page.low(k) {
        "dot" => Some(k + 1),
        "." if page.glued(k) && page.glued(k + 1) => Some(k + 1),
        "[" | "(" if page.low(k + 1) == "dot" => Some(k + 3),
        _ => None,
    }
}

fn joined(page: &Page<'_>, from: usize, at: usize, to: usize) -> String {
    let word = |k: usize| match page.low(k) {
        _ if k == at => "@",
        "dot" | "." => ".",
        "[" | "]" | "(" | ")" | "{" | "}" => "",
        word => word,
    };
    (from..=to).map(word).collect()
}
