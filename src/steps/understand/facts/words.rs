//! The words, numbers and marks of a text, each with what it can mean in a date.

use super::lexicon::{Lex, meaning};

/// More than any mail a person types; facts further down are not looked for.
const LONGEST: usize = 24 * 1024;

/// A sentence that goes on for longer is cut, so that what looks around in one stays cheap.
const LONGEST_SENTENCE: usize = 80;

/// One word, number or mark.
#[derive(Debug, Clone, Copy)]
pub struct Word<'a> {
    /// Lower-case, as it stands in the cleaned text.
    pub low: &'a str,
    /// Byte range in the cleaned text.
    pub start: usize,
    /// End of the byte range.
    pub end: usize,
    /// What it can mean in a date.
    pub means: Lex,
    /// Number of the sentence, from 0.
    pub sentence: u32,
    /// Begins with a capital letter.
    pub capital: bool,
}

/// A text cut into words.
#[derive(Debug)]
pub struct Page<'a> {
    /// The cleaned text.
    pub text: &'a str,
    /// Its words in order.
    pub words: Vec<Word<'a>>,
}

/// The text with typographic quotes, dashes and spaces made plain, and cut at a sensible length.
pub fn clean(text: &str) -> String {
    let mut end = text.len().min(LONGEST);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let mut plain = String::with_capacity(end);
    for c in text[..end].chars() {
        match c {
            '\u{2018}' | '\u{2019}' | '\u{02bc}' | '`' | '´' => plain.push('\''),
            '\u{201c}' | '\u{201d}' | '«' | '»' => plain.push('"'),
            '\u{2010}'..='\u{2015}' | '\u{2212}' => plain.push('-'),
            '\u{a0}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{3000}' => plain.push(' '),
            '\u{200b}'..='\u{200f}' | '\u{feff}' | '\u{ad}' | '\r' => {}
            _ => plain.push(c),
        }
    }
    plain
}

/// The text in lower case, each letter as long as before, so that places in both agree.
pub fn lower(text: &str) -> String {
    let small = |c: char| {
        let mut lower = c.to_lowercase();
        lower.next().filter(|small| lower.next().is_none() && small.len_utf8() == c.len_utf8()).unwrap_or(c)
    };
    text.chars().map(|c| if c.is_ascii() { c.to_ascii_lowercase() } else { small(c) }).collect()
}

impl<'a> Page<'a> {
    /// Cuts a cleaned text; `lower` is what [`lower`] makes of it.
    pub fn cut(text: &'a str, lower: &'a str) -> Self {
        let mut words: Vec<Word<'a>> = Vec::with_capacity(text.len() / 5);
        let (mut at, mut sentence, mut begun) = (0, 0, 0);
        while let Some(c) = text[at..].chars().next() {
            if c.is_whitespace() {
                let end = at + text[at..].len() - text[at..].trim_start().len();
                if words.len() - begun > LONGEST_SENTENCE || ends_sentence(text, at, end, &words) {
                    (sentence, begun) = (sentence + 1, words.len());
                }
                at = end;
                continue;
            }
            let end = at + length(&text[at..], c);
            let low = &lower[at..end];
            words.push(Word { low, start: at, end, means: meaning(low, c), sentence, capital: c.is_uppercase() });
            at = end;
        }
        Self { text, words }
    }

    /// The meaning of the word at an index, `Lex::None` outside.
    pub fn lex(&self, i: usize) -> Lex {
        self.words.get(i).map_or(Lex::None, |word| word.means)
    }

    /// The lower-case word at an index, empty outside.
    pub fn low(&self, i: usize) -> &'a str {
        self.words.get(i).map_or("", |word| word.low)
    }

    /// True when nothing stands between a word and the one before it.
    pub fn glued(&self, i: usize) -> bool {
        i > 0 && i < self.words.len() && self.words[i].start == self.words[i - 1].end
    }

    /// The index after a mark, when that mark stands there.
    pub fn skip(&self, i: usize, mark: char) -> usize {
        i + usize::from(self.lex(i) == Lex::Mark(mark))
    }

    /// The index after the phrase, when its words stand there.
    pub fn phrase(&self, i: usize, words: &[&str]) -> Option<usize> {
        words.iter().enumerate().all(|(n, word)| self.low(i.saturating_add(n)) == *word).then_some(i + words.len())
    }

    /// The sentence of a word; that of the last word beyond the end.
    pub fn sentence(&self, i: usize) -> u32 {
        self.words.get(i).or(self.words.last()).map_or(0, |word| word.sentence)
    }
}

/// Bytes of the word, number or mark that begins here.
fn length(rest: &str, first: char) -> usize {
    if first.is_ascii_digit() {
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let tail = rest.get(digits..digits + 2).unwrap_or("").to_ascii_lowercase();
        let alone = !rest[digits..].chars().nth(2).is_some_and(char::is_alphanumeric);
        return if alone && matches!(tail.as_str(), "st" | "nd" | "rd" | "th") { digits + 2 } else { digits };
    }
    if !first.is_alphabetic() {
        return first.len_utf8();
    }
    let mut end = 0;
    for (at, c) in rest.char_indices() {
        let inside = c.is_alphabetic() || (c == '\'' && rest[at + 1..].chars().next().is_some_and(char::is_alphabetic));
        if !inside {
            break;
        }
        end = at + c.len_utf8();
    }
    end
}

/// Abbreviations whose full stop ends no sentence.
const SHORT: &[&str] = &[
    "dr", "mr", "mrs", "ms", "prof", "st", "jr", "sr", "approx", "jan", "feb", "mar", "apr", "jun", "jul", "aug", "sep", "sept", "oct",
    "nov", "dec", "mon", "tue", "tues", "wed", "thu", "thur", "thurs", "fri", "ext", "no", "vs", "eg", "ie", "a", "p",
];

/// White space from `at` to `end`: does a new sentence begin after it?
fn ends_sentence(text: &str, at: usize, end: usize, words: &[Word<'_>]) -> bool {
    let gap = &text[at..end];
    let breaks = gap.bytes().filter(|b| *b == b'\n').count();
    let next = text[end..].chars().next();
    if breaks > 1 || (breaks == 1 && next.is_some_and(|c| "-*•".contains(c))) {
        return true;
    }
    let Some(last) = words.last() else { return false };
    match last.means {
        Lex::Mark('!' | '?') => true,
        Lex::Mark('.') => {
            !(day_before_month(text, end, words)
                || stop_is_short(words) && next.is_some_and(|c| !c.is_uppercase() || words.len() > 1 && is_title(words)))
        }
        _ => breaks == 1 && line_before(text, at) < 40,
    }
}

fn stop_is_short(words: &[Word<'_>]) -> bool {
    let Some(before) = words.len().checked_sub(2).map(|i| words[i]) else { return false };
    let glued = before.end == words[words.len() - 1].start;
    glued
        && (SHORT.contains(&before.low)
            || (is_letter(before.low) && before.low != "i")
            || is_figure(words)
            || before.low == "m"
            || is_title(words))
}

fn is_letter(word: &str) -> bool {
    word.len() == 1 && word.bytes().all(|b| b.is_ascii_alphabetic())
}

/// `10.08.`
fn is_figure(words: &[Word<'_>]) -> bool {
    let number = |back: usize| words.len().checked_sub(back).is_some_and(|i| matches!(words[i].means, Lex::Number(1..=31, 1..=2, false)));
    number(2) && number(4) && words[words.len() - 3].low == "."
}

/// `10. August`
fn day_before_month(text: &str, end: usize, words: &[Word<'_>]) -> bool {
    let day = words.len().checked_sub(2).is_some_and(|i| matches!(words[i].means, Lex::Number(1..=31, _, false)));
    let next = |text: &str| text.chars().take_while(|c| c.is_alphabetic()).take(12).collect::<String>().to_lowercase();
    day && matches!(meaning(&next(&text[end..]), 'a'), Lex::Month(_))
}

fn is_title(words: &[Word<'_>]) -> bool {
    let before = words.len().checked_sub(2).map_or("", |i| words[i].low);
    matches!(before, "dr" | "mr" | "mrs" | "ms" | "prof" | "st") || (is_letter(before) && !matches!(before, "i" | "m"))
}

/// Length of the line that ends at a byte; bounded look back.
fn line_before(text: &str, at: usize) -> usize {
    text.as_bytes()[..at].iter().rev().take(60).take_while(|b| **b != b'\n').count()
}
