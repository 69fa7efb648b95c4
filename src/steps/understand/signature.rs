//! Cuts the writer's contact block, below the closing line and the name, which stay.

use std::sync::LazyLock;

use regex_automata::meta::Regex;

use super::patterns::alone as pattern;
use super::quote::{Fate, Mark, PHRASES, Page, is_disclaimer};

/// Filled lines a signature below "-- " may have.
const MOST_DELIMITED: usize = 40;
/// Filled lines a signature below a bare "--" or another rule may have.
const MOST_RULED: usize = 12;
/// Filled lines a contact block may have.
const MOST_BLOCK: usize = 20;

static PHONE: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?:^|[^\d/])\+?\(?\d{2,4}\)?[ ./)–-]{1,3}\d{2,4}[ ./–-]{0,2}\d{2,4}(?:[ .-]?\d{2,4})?\b"));
static REACH: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)[^\s@<]+@[^\s@>]+\.\p{L}{2,}|https?://|\bwww\.|\b\w+\.(?:com|org|net|edu|gov|io|de|uk)\b|\b(?:phone|tel|fax|mobile|cell|office|direct|ph|voice|pager|skype|icq|aim|gpg|pgp|linkedin|twitter|e-?mail|web|blog|url|ext|key|fingerprint)\b\s?[:#]|\b(?:ph|tel|fax|ext|cell|mob)\.|^\s*[tfmcpdeow][.:]?\s?[+(]?\d{3}|^\s*[ew][.:]\s?\S|^\s*@\w{2,}$|\b(?:x|ext\.?)\s?\d[\d-]{2,}|\b(?:suite|street|avenue|ave|blvd|road|p\.?o\.? box|floor)\b|\b[A-Z]{2},? +\d{5}\b",
    )
});
static SENTENCE_END: LazyLock<Regex> = LazyLock::new(|| pattern(r"[\p{Ll}\d)][.?!…]\W{0,2}$|\?$|:$"));
static NAME: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^[\W_]{0,3}(?:Dr\.? |Mr\.? |Ms\.? |Mrs\.? )?\p{Lu}[\p{L}.'’-]*(?:\s+(?:\p{Lu}[\p{L}.'’-]*|[a-z]{2,3}|\(\p{Lu}[\p{L} .]*\)|[“\x22]\p{Lu}\p{L}*[”\x22])){0,4}(?:,\s*(?:[A-Z][\w.-]{0,8})(?:[, ]+[A-Z][\w.-]{0,8})*)?[\W_]{0,3}$",
    )
});
static FIRST_NAME: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"^[\W_]{0,3}\p{L}[\p{L}.'’-]{0,20}(?:\s+(?:and|&|\p{Lu}[\p{L}.'’-]*)){0,4}[\W_]{0,4}$"));

/// Cuts the signature of a writer, whose name may be empty: named by the HTML, below "-- ", or a contact block at the end.
pub fn cut(page: &mut Page<'_>, writer: &str) {
    cut_marked(page);
    cut_delimited(page);
    cut_contact_block(page, writer);
}

/// What the HTML calls a signature, but for the closing and the name at its top; a long text in it is no signature.
fn cut_marked(page: &mut Page<'_>) {
    let Some(first) = (0..page.lines.len()).find(|at| page.speaks(*at) && page.lines[*at].mark == Mark::Signature) else { return };
    if !(0..first).any(|at| page.speaks(at)) {
        return;
    }
    let marked: Vec<usize> = (first..page.lines.len()).filter(|at| page.speaks(*at) && page.lines[*at].mark == Mark::Signature).collect();
    let wordy = marked.iter().filter(|at| page.lines[**at].text.len() > 160 && !is_disclaimer(page.lines[**at].text)).count();
    if marked.len() > MOST_DELIMITED || wordy > 0 {
        return;
    }
    let skip = closing_of(page, &marked);
    for at in &marked[skip..] {
        page.cut(*at..*at + 1, Fate::Signature, "html_signature");
    }
}

/// How many of the lines, from the first, are a closing and the name below it.
fn closing_of(page: &Page<'_>, lines: &[usize]) -> usize {
    let Some(first) = lines.first().map(|at| page.lines[*at].text) else { return 0 };
    if PHRASES.closing_and_name.hit(first) {
        return 1;
    }
    if !is_closing(first) {
        return 0;
    }
    1 + usize::from(lines.get(1).is_some_and(|at| is_name_line(page.lines[*at].text)))
}

/// Cuts from a delimiter line to the end of the kept lines below it.
fn cut_delimited(page: &mut Page<'_>) {
    let delimiters: Vec<usize> =
        (1..page.lines.len()).filter(|at| page.speaks(*at) && delimiter_of(page.lines[*at].text).is_some()).take(20).collect();
    for at in delimiters {
        let range = at..kept_end(page, at);
        let below: Vec<usize> = range.clone().skip(1).filter(|at| page.speaks(*at)).collect();
        let above = (0..at).any(|at| page.speaks(at));
        let fits = match delimiter_of(page.lines[at].text) {
            Some(Delimiter::Standard) => below.len() <= MOST_DELIMITED,
            Some(Delimiter::Dashes) => below.len() <= MOST_RULED && !looks_written(page, &below),
            Some(Delimiter::Rule) => below.len() <= MOST_RULED && is_block(page, &below),
            None => false,
        };
        if above && fits {
            page.cut(range, Fate::Signature, "signature_delimiter");
            return;
        }
    }
}

/// A line that stands above a signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Delimiter {
    /// "-- ", as RFC 3676 has it.
    Standard,
    /// "--" or "—" without the space.
    Dashes,
    /// Any other rule.
    Rule,
}

fn delimiter_of(text: &str) -> Option<Delimiter> {
    let line = text.trim_end_matches('\r');
    if line == "-- " {
        return Some(Delimiter::Standard);
    }
    let line = line.trim();
    match line {
        "--" | "—" | "––" | "- --" | "-- --" => Some(Delimiter::Dashes),
        _ if line.chars().count() >= 2 && line.chars().all(|c| matches!(c, '-' | '_' | '=' | '~' | '*' | '—' | '–' | '―' | '─' | '+')) => {
            Some(Delimiter::Rule)
        }
        _ => None,
    }
}

/// The end of the lines from `at` on that nothing else has been cut from; blank lines do not count.
fn kept_end(page: &Page<'_>, at: usize) -> usize {
    (at..page.lines.len()).find(|at| !page.lines[*at].blank && page.lines[*at].fate == Fate::Quote).unwrap_or(page.lines.len())
}

/// True when the lines read as sentences rather than as a card.
fn looks_written(page: &Page<'_>, lines: &[usize]) -> bool {
    let written = lines.iter().filter(|at| is_sentence(page.lines[**at].text)).count();
    lines.len() > 2 && written * 2 > lines.len() && !lines.iter().any(|at| is_contact(page.lines[*at].text))
}

fn is_block(page: &Page<'_>, lines: &[usize]) -> bool {
    let short = lines.iter().all(|at| page.lines[*at].text.trim().len() <= 90 && !is_sentence(page.lines[*at].text));
    let named = lines.first().is_some_and(|at| is_name(page.lines[*at].text));
    short && !lines.is_empty() && (named && lines.len() <= 3 || lines.iter().any(|at| is_contact(page.lines[*at].text)))
}

/// Below a closing and a name: what remains, if it is a card. Without a closing: a card of two lines or more.
fn cut_contact_block(page: &mut Page<'_>, writer: &str) {
    let tail = tail_lines(page);
    let Some(last) = tail.last().copied() else { return };
    let closing = (0..tail.len()).rev().find(|at| closes(page, &tail[*at..]));
    let from = match closing {
        Some(at) => below_name(page, &tail[at..]).map(|skip| at + skip),
        None => None,
    };
    let from = from
        .filter(|from| is_card(page, &tail[*from..], 1) && tells_more(page, &tail[*from..]))
        .or_else(|| card_start(page, &tail, closing, writer));
    let Some(from) = from else { return };
    let announced = from > 0 && page.lines[tail[from - 1]].text.trim_end().ends_with(':');
    if !announced && (0..tail[from]).any(|at| page.speaks(at)) {
        page.cut(tail[from]..last + 1, Fate::Signature, "contact_block");
    }
}

/// A title alone below the name is part of how people sign; a card has more.
fn tells_more(page: &Page<'_>, lines: &[usize]) -> bool {
    lines.len() >= 2 || lines.iter().any(|at| is_reach(page.lines[*at].text))
}

/// The last kept lines, as far as no quote stands between.
fn tail_lines(page: &Page<'_>) -> Vec<usize> {
    let Some(last) = (0..page.lines.len()).rev().find(|at| page.speaks(*at)) else { return Vec::new() };
    let mut lines: Vec<usize> = (0..=last)
        .rev()
        .take_while(|at| page.lines[*at].blank || page.lines[*at].fate == Fate::Keep)
        .filter(|at| !page.lines[*at].blank)
        .take(MOST_BLOCK)
        .collect();
    lines.reverse();
    lines
}

/// A line below a closing that begins with a name: "Nora Quist, Account Manager".
fn is_name_line(text: &str) -> bool {
    let line = text.trim();
    let name = line.split([',', '|']).next().unwrap_or_default();
    let addressed = line.ends_with(['>', ')']) && line.find(['<', '(']).is_some_and(|open| NAME.is_match(line[..open].trim()));
    addressed || is_name(line) || line.len() <= 70 && name.len() < line.len() && name.len() > 2 && is_name(name) && !is_reach(line)
}

/// True when the first line closes the letter: a known closing, or a few words and a comma above a name.
fn closes(page: &Page<'_>, lines: &[usize]) -> bool {
    let Some(first) = lines.first().map(|at| page.lines[*at].text.trim()) else { return false };
    let few = first.ends_with(',') && first.split_whitespace().count() <= 5;
    let named = lines.get(1).is_some_and(|at| NAME.is_match(page.lines[*at].text.trim()));
    is_closing(first) || PHRASES.closing_and_name.hit(first) || few && named && !is_reach(first)
}

/// How many lines the closing and the name below it take; `None` when nothing is below.
fn below_name(page: &Page<'_>, lines: &[usize]) -> Option<usize> {
    let first = page.lines[lines[0]].text;
    let named = !PHRASES.closing_and_name.hit(first) && lines.get(1).is_some_and(|at| is_name_line(page.lines[*at].text));
    let skip = 1 + usize::from(named);
    (skip < lines.len()).then_some(skip)
}

/// True when all lines could stand on a card and at least so many tell how to reach somebody.
fn is_card(page: &Page<'_>, lines: &[usize], least: usize) -> bool {
    let text = |at: &usize| page.lines[*at].text;
    let contacts = lines.iter().filter(|at| is_contact(text(at))).count();
    contacts >= least
        && !lines.iter().all(|at| is_deep_link(text(at)))
        && lines.iter().enumerate().all(|(row, at)| {
            let line = text(at).trim();
            let motto = row > 0 && line.starts_with(['"', '“', '«', '\'']);
            motto || line.len() <= 110 && (!is_sentence(line) || is_reach(line) && line.len() <= 60)
        })
}

/// A link to something in particular, rather than to its owner's place.
fn is_deep_link(text: &str) -> bool {
    let line = text.trim().trim_matches(['<', '>']);
    let path = line.split_once("://").and_then(|(_, rest)| rest.split_once('/'));
    !line.contains(char::is_whitespace) && path.is_some_and(|(_, path)| path.len() >= 10)
}

/// The line where a card without a closing begins: a name, then mostly ways to reach its owner.
/// A name alone above such a card is how the writer signed, and stays.
fn card_start(page: &Page<'_>, tail: &[usize], closing: Option<usize>, writer: &str) -> Option<usize> {
    let floor = closing.map_or(1, |at| at + 1);
    let mut starts = (floor..tail.len().saturating_sub(1)).filter(|from| {
        let text = page.lines[tail[*from]].text.trim();
        let foreign = closing.is_none() && is_somebody_else(text, writer);
        !foreign && page.lines[tail[*from] - 1].blank && begins_card(page, &tail[*from..])
    });
    let first = starts.next()?;
    let signed = page.lines.get(tail[first] + 1).is_some_and(|below| below.blank);
    starts.next().filter(|_| signed).or(Some(first))
}

/// True when the first line is a name, and those below it are a card.
fn begins_card(page: &Page<'_>, lines: &[usize]) -> bool {
    let (name, rest) = (page.lines[lines[0]].text.trim(), &lines[1..]);
    let text = |at: &usize| page.lines[*at].text;
    let titled = is_name_and_title(name);
    let contacts = rest.iter().filter(|at| is_contact(text(at))).count();
    let enough = rest.len() >= 2 || titled || rest.iter().all(|at| text(at).split_whitespace().count() <= 4);
    let reach = rest.iter().any(|at| is_reach(text(at)));
    (titled || NAME.is_match(name)) && !is_closing(name) && is_card(page, rest, 1) && contacts * 2 >= rest.len() && enough && reach
}

/// "Nora Quist, MD | Medical Director"
fn is_name_and_title(text: &str) -> bool {
    let name = text.split(['|', ',', '/', '–']).next().unwrap_or_default().trim();
    name.len() < text.len() && text.len() <= 90 && name.contains(' ') && NAME.is_match(name) && PHRASES.title.hit(text)
}

/// True when a card names a person whose name has no word in common with the writer's. Initials tell too little.
fn is_somebody_else(card: &str, writer: &str) -> bool {
    let words = |text: &str| -> Vec<String> {
        text.split(|c: char| !c.is_alphabetic()).filter(|word| word.chars().count() >= 2).map(str::to_lowercase).collect()
    };
    let (card, writer) = (words(card), words(writer));
    writer.len() >= 2 && card.len() >= 2 && !card.iter().any(|word| writer.contains(word))
}

fn is_closing(text: &str) -> bool {
    let line = text.trim();
    line.len() <= 90 && PHRASES.closing.hit(line)
}

fn is_name(text: &str) -> bool {
    let line = text.trim();
    line.len() <= 45 && (NAME.is_match(line) || FIRST_NAME.is_match(line)) && !is_reach(line)
}

fn is_contact(text: &str) -> bool {
    is_reach(text) || text.trim().len() <= 70 && PHRASES.title.hit(text)
}

fn is_reach(text: &str) -> bool {
    PHONE.is_match(text) || REACH.is_match(text)
}

/// A line that reads as a sentence or the middle of one.
fn is_sentence(text: &str) -> bool {
    let line = text.trim();
    let words = line.split_whitespace().count();
    words > 14 || words > 4 && SENTENCE_END.is_match(line) || words > 2 && line.ends_with('?')
}
