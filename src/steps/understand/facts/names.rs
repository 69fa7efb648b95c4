//! Names of people in a text: capitals, particles and initials, told from titles, firms and months by lists.

use std::collections::HashSet;
use std::sync::LazyLock;

use super::super::super::book::Book;
use super::lexicon::Lex;
use super::words::Page;

/// A name in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Name {
    /// First word of the name, titles left out.
    pub from: usize,
    /// First word after the name.
    pub to: usize,
    /// First word after its degrees (`, MD`).
    pub end: usize,
    /// A title stands before it.
    pub titled: bool,
    /// How many words of it are names or initials.
    pub parts: usize,
}

#[derive(Debug)]
struct Lists {
    not: HashSet<String>,
    second: HashSet<String>,
    given: HashSet<String>,
    degrees: HashSet<String>,
    firms: HashSet<String>,
}

static LISTS: LazyLock<Lists> = LazyLock::new(|| {
    let mut book = Book::section("names.toml", include_str!("../../../../data/names.toml"), "names");
    let [not, second, given, degrees, firms] = ["not", "second", "given", "degrees", "firms"].map(|key| book.set(key));
    book.close();
    Lists { not, second, given, degrees, firms }
});

/// All names of a text in order.
pub fn names(page: &Page<'_>) -> Vec<Name> {
    let mut all = Vec::new();
    let mut i = 0;
    while i < page.words.len() {
        match name_at(page, i) {
            Some(name) => {
                i = name.end.max(i + 1);
                all.push(name);
            }
            None => i += 1,
        }
    }
    all
}

/// True for a given name that many people bear.
pub fn is_given(low: &str) -> bool {
    LISTS.given.contains(low)
}

/// True for degrees and suffixes (`MD`, `Jr`).
pub fn is_degree(low: &str) -> bool {
    LISTS.degrees.contains(low)
}

/// True for words that are in no one's name: months, roles, greetings.
pub fn is_no_name(low: &str) -> bool {
    LISTS.not.contains(low)
}

fn name_at(page: &Page<'_>, i: usize) -> Option<Name> {
    let titled = is_title(page, i);
    let from = if titled { page.skip(i + 1, '.') } else { i };
    let mut to = from;
    let mut parts = 0;
    while parts < 5 {
        let Some(next) = part(page, to, parts) else { break };
        parts += 1;
        to = next;
        if page.low(to) == "-" && page.glued(to) && page.glued(to + 1) && is_capital(page, to + 1) {
            to += 2;
        }
    }
    if parts >= 2
        && LISTS.firms.contains(page.low(to - 1))
        && !LISTS.second.contains(page.low(to - 1))
        && !is_given(page.low(from))
        && !titled
    {
        return None;
    }
    let given = page.low(from);
    let known = is_given(given) || titled;
    if parts == 0 || (parts == 1 && !known && !may_stand_alone(page, from)) || is_firm(page, to) || is_greeted(page, i) {
        return None;
    }
    if parts >= 2 && !known && starts_sentence(page, from) && is_common(page, from) {
        return None;
    }
    Some(Name { from, to, end: degrees(page, to), titled, parts })
}

/// The word after one part of a name.
fn part(page: &Page<'_>, i: usize, parts: usize) -> Option<usize> {
    if parts > 0 {
        let behind = particles(page, i);
        if behind > i && behind < page.words.len() && !page.words[i].capital {
            return (is_capital(page, behind) && !is_no_name(page.low(behind))).then_some(behind + 1);
        }
        if i > 0 && page.words.get(i).is_some_and(|word| page.text[page.words[i - 1].end..word.start].contains('\n')) {
            return None;
        }
    }
    let word = page.words.get(i)?;
    if !is_capital(page, i) {
        return None;
    }
    let initial = word.low.len() == 1;
    if word.low == "i" && page.low(i + 1) != "." {
        return None;
    }
    if initial {
        return (parts > 0 || is_capital(page, i + 2)).then(|| page.skip(i + 1, '.'));
    }
    let odd = is_no_name(word.low) || LISTS.degrees.contains(word.low) || (word.low.len() <= 4 && shouts(page, i) && !is_given(word.low));
    let first = is_given(word.low) && parts == 0 && is_capital(page, i + 1) && !is_no_name(page.low(i + 1));
    let second = parts > 0 && LISTS.second.contains(word.low) && is_given(page.low(i - 1));
    (!odd || first || second).then_some(i + 1)
}

/// Past `de la`, `van der`, `Al-` and their like.
fn particles(page: &Page<'_>, i: usize) -> usize {
    const PARTICLES: [&str; 18] =
        ["de", "da", "del", "della", "di", "van", "von", "der", "den", "la", "le", "bin", "al", "el", "ter", "dos", "du", "st"];
    let mut j = i;
    while j < i + 3 && PARTICLES.contains(&page.low(j)) {
        j += 1 + usize::from(page.low(j + 1) == "." || page.low(j + 1) == "-");
    }
    j
}

fn is_capital(page: &Page<'_>, i: usize) -> bool {
    page.words.get(i).is_some_and(|word| word.capital && !matches!(word.means, Lex::Number(..)) && !is_contracted(word.low))
}

/// `I've`, `CC'ing`
fn is_contracted(low: &str) -> bool {
    ["'m", "'ll", "'ve", "'d", "'re", "'ing", "n't"].iter().any(|tail| low.ends_with(tail))
}

/// All capitals: an abbreviation.
fn shouts(page: &Page<'_>, i: usize) -> bool {
    let word = page.words[i];
    page.text[word.start..word.end].chars().all(|c| !c.is_lowercase())
}

fn is_title(page: &Page<'_>, i: usize) -> bool {
    let word = page.low(i);
    matches!(word, "dr" | "mr" | "mrs" | "ms" | "mx" | "prof" | "professor" | "doctor")
        && page.words[i].capital
        && is_capital(page, page.skip(i + 1, '.'))
}

/// One capital word in the middle of a sentence, known to no list.
fn may_stand_alone(page: &Page<'_>, i: usize) -> bool {
    !starts_sentence(page, i) && page.low(i).len() > 2
}

/// True for the first word of a sentence or line.
pub fn starts_sentence(page: &Page<'_>, i: usize) -> bool {
    i == 0 || page.sentence(i) != page.sentence(i - 1) || matches!(page.lex(i - 1), Lex::Mark('.' | ':' | '-' | '"' | '*' | '•'))
}

/// A word that begins many sentences.
fn is_common(page: &Page<'_>, i: usize) -> bool {
    !matches!(page.lex(i), Lex::None)
}

fn is_firm(page: &Page<'_>, to: usize) -> bool {
    LISTS.firms.contains(page.low(to)) && is_capital(page, to) && !is_given(page.low(to.wrapping_sub(1)))
}

/// "Hi Leah", "Dear Dr. Brandt": the reader.
fn is_greeted(page: &Page<'_>, i: usize) -> bool {
    let before = page.low(i.wrapping_sub(1));
    let words = if matches!(before, "dr" | ".") { page.low(i.wrapping_sub(2)) } else { before };
    matches!(
        words,
        "hi" | "hello"
            | "hey"
            | "dear"
            | "hiya"
            | "thanks"
            | "you"
            | "morning"
            | "afternoon"
            | "greetings"
            | "regards"
            | "best"
            | "cheers"
            | "sincerely"
            | "hallo"
    ) && !matches!(page.low(i.wrapping_sub(1)), "you" if page.low(i.wrapping_sub(2)) != "thank")
        || (matches!(page.low(i.wrapping_sub(2)), "thanks" | "regards" | "best" | "cheers" | "sincerely" | "you" | "warmly" | "wishes")
            && page.low(i.wrapping_sub(1)) == ","
            && page.text[page.words[i - 1].end..page.words[i].start].contains('\n'))
}

fn degrees(page: &Page<'_>, to: usize) -> usize {
    let mut end = to;
    loop {
        let next = page.skip(end, ',');
        if !LISTS.degrees.contains(page.low(next)) {
            return end;
        }
        end = next + 1;
    }
}
