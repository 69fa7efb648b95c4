//! Places one can apply to: requisition numbers, titles and links, brought together.

use std::collections::HashSet;
use std::ops::Range;
use std::sync::LazyLock;

use linkify::{LinkFinder, LinkKind};
use regex::{Regex, bytes};
use regex_automata::meta;

use super::super::super::book::Book;
use super::super::patterns::alone;
use super::cues::ends;
use super::lexicon::Lex;
use super::named::{Phrases, add_phrase};
use super::words::Page;
use crate::model::reading::{Opening, Outcome};

mod whole;

use whole::whole;

/// No mail offers more.
const MOST: usize = 20;

#[derive(Debug)]
struct Lists {
    nouns: HashSet<String>,
    words: HashSet<String>,
    offers: HashSet<String>,
    places: HashSet<String>,
    alone: HashSet<String>,
    no: Vec<String>,
    boards: Vec<String>,
    never: Vec<String>,
}

static LISTS: LazyLock<Lists> = LazyLock::new(|| {
    let mut book = Book::section("facts.toml", super::FACTS, "openings");
    let [nouns, words, offers, places, alone] = ["nouns", "words", "offers", "places", "alone"].map(|key| book.set(key));
    let [no, boards, never] = ["no", "boards", "never"].map(|key| book.texts(key));
    book.close();
    Lists { nouns, words, offers, places, alone, no, boards, never }
});

static NO: LazyLock<Phrases> = LazyLock::new(|| {
    let mut phrases = Phrases::new();
    for phrase in &LISTS.no {
        add_phrase(&mut phrases, phrase, 0);
    }
    phrases
});

/// `Req # R-10234`, `job ID 55123`, `posting number: ABC-1234`.
static LABELLED: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let label = r"\b(?:req(?:uisition)?s?|jobs?|jd|postings?|positions?|openings?|vacancy|listings?|roles?|announcement|ref(?:erence)?|tracking)\.?";
    let sort = r"(?:[ \t]{0,2}(?:id|no|num|number|code|#|ref|req(?:uisition)?)\b?\.?#?){0,2}";
    let link = r"[ \t]{0,2}(?:is|was|for|:|=|-|#|\()?[ \t]{0,2}[#(]?[ \t]?";
    Regex::new(&format!(
        r"(?i-u){label}{sort}{link}([a-z]{{0,6}}[-_/]?\d[a-z0-9]{{0,12}}(?:[-_]\d[a-z0-9]{{0,10}}){{0,2}}(?-i:-[A-Z]{{1,3}})?)\b(?:[ \t]?(?:,|and|or|&)[ \t]#?(\d{{4,8}})\b)?"
    ))
    .ok()
});

/// `R-10234`, `JR10023`, `REQ-4471`, `2026-1182`, `12345BR`.
static BARE: LazyLock<meta::Regex> = LazyLock::new(|| {
    alone(
        r"(?-u)\b(?:(?i:jr|req|rq|job|hrq|vac|pos)[-_#]{0,2}\d{3,10}(?:-\d{1,4})?|[Rr][-_]?\d{4,10}|[A-Z]{1,5}[-_]\d{4,10}|[A-Z]{2,5}[-_]\d{4}[-_]\d{2,6}|\d{4,8}BR|[A-Z]{2,4}\d{5,9})\b",
    )
});

/// Numbers with a weaker sign, believed where a place is offered: `posted as 5567`, `number 24-1187`, `CR-PHY-208`.
static OFFERED: LazyLock<Option<bytes::Regex>> = LazyLock::new(|| {
    let label = r"\b(?:number|num|id|posted as|listed as|listed under|apply under|under|req\w{0,9})(?:'s)?[^.\n\d$]{0,22}?";
    let code = r"[A-Z]{2,5}[-/][A-Z]{2,5}-\d{2,6}|[A-Z]{2,5}[-/]\d{2,6}|\b\d{2}-\d{3,5}|\b20\d{2}-\d{3,5}|\b\d{5,6}";
    bytes::Regex::new(&format!(r"(?-u)(?:(?i:{label})((?:[A-Z]{{2,5}}-)?[A-Z]{{0,5}}-?\d[\d-]{{2,11}})|(?:^|[ \t\n(#])({code}))\b")).ok()
});

/// All web links of a text, in order, once each.
pub fn links(text: &str) -> Vec<(usize, String)> {
    if !text.contains("://") && !text.contains("www.") && !text.contains('/') {
        return Vec::new();
    }
    let mut finder = LinkFinder::new();
    finder.kinds(&[LinkKind::Url]).url_must_have_scheme(false);
    let mut all: Vec<(usize, String)> = Vec::new();
    for link in finder.links(text) {
        let url = link.as_str();
        if all.len() < 60 && is_web(url) && all.iter().all(|(_, known)| known != url) {
            all.push((link.start(), url.to_owned()));
        }
    }
    all
}

/// A link with a scheme, or a host with a path.
fn is_web(url: &str) -> bool {
    let lower = url.to_ascii_lowercase();
    let host = lower.split('/').next().unwrap_or_default();
    let tail = host.rsplit('.').next().unwrap_or_default();
    let bare = host.contains('.') && tail.len() >= 2 && tail.bytes().all(|b| b.is_ascii_alphabetic());
    lower.starts_with("http://")
        || lower.starts_with("https://")
        || (bare && !host.contains('@') && (host.starts_with("www.") || lower[host.len()..].len() > 1))
}

/// A piece of an opening with the byte it stands at.
enum Piece {
    Title(String),
    Number(String),
    Link(String),
}

/// The places that a text offers.
pub fn openings(page: &Page<'_>, links: &[(usize, String)], outcomes: &[Outcome]) -> Vec<Opening> {
    let offered = outcomes.contains(&Outcome::Opening);
    let mut pieces: Vec<(usize, Piece)> =
        numbers(page, links, offered).into_iter().map(|(at, number)| (at, Piece::Number(number))).collect();
    let postings = links.iter().filter(|(_, url)| is_posting(url, offered));
    pieces.extend(postings.map(|(at, url)| (*at, Piece::Link(url.clone()))));
    let found = !pieces.is_empty();
    pieces.extend(titles(page, links, offered || found, outcomes.is_empty()).into_iter().map(|(at, title)| (at, Piece::Title(title))));
    if offered && pieces.is_empty() {
        pieces.extend(place(page).map(|(at, title)| (at, Piece::Title(title))));
    }
    pieces.sort_by_key(|(at, _)| *at);
    gather(pieces.into_iter().map(|(_, piece)| piece))
}

fn gather(pieces: impl Iterator<Item = Piece>) -> Vec<Opening> {
    let mut all: Vec<Opening> = Vec::new();
    let mut seen: HashSet<String> = HashSet::new();
    for piece in pieces {
        let text = match &piece {
            Piece::Title(text) | Piece::Number(text) | Piece::Link(text) => text.to_lowercase(),
        };
        if !seen.insert(text) || all.len() >= MOST {
            continue;
        }
        let last = all.pop().unwrap_or_default();
        let (last, next) = fill(last, piece);
        all.push(last);
        all.extend(next);
    }
    all
}

/// Puts a piece into an opening, or into a new one when its place is taken.
fn fill(mut last: Opening, piece: Piece) -> (Opening, Option<Opening>) {
    let next = match piece {
        Piece::Title(text) if last.title.is_none() => set(&mut last.title, text),
        Piece::Number(text) if last.number.is_none() => set(&mut last.number, text),
        Piece::Link(text) if last.link.is_none() => set(&mut last.link, text),
        Piece::Title(text) => Some(Opening { title: Some(text), ..Opening::default() }),
        Piece::Number(text) => Some(Opening { number: Some(text), ..Opening::default() }),
        Piece::Link(text) => Some(Opening { link: Some(text), ..Opening::default() }),
    };
    (last, next)
}

fn set(place: &mut Option<String>, text: String) -> Option<Opening> {
    *place = Some(text);
    None
}

fn is_posting(url: &str, offered: bool) -> bool {
    let lower = url.to_ascii_lowercase();
    let has = |list: &[String]| list.iter().any(|part| lower.contains(part.as_str()));
    !has(&LISTS.never) && (has(&LISTS.boards) || offered)
}

/// Requisition numbers with where they stand; those inside links are the links' own.
fn numbers(page: &Page<'_>, links: &[(usize, String)], offered: bool) -> Vec<(usize, String)> {
    if !page.text.bytes().any(|b| b.is_ascii_digit()) {
        return Vec::new();
    }
    let mut all: Vec<Range<usize>> = labelled(page.text);
    let bare = BARE.find_iter(page.text).map(|hit| whole(page.text, hit.range()));
    all.extend(bare.filter(|at| !is_code(&page.text[at.clone()])));
    if offered {
        all.extend(spoken(page.text));
    }
    all.sort_by_key(|at| (at.start, std::cmp::Reverse(at.end)));
    let mut reached = 0;
    let mut kept = Vec::new();
    for at in all {
        let linked = links.iter().any(|(link, url)| *link <= at.start && at.start < link + url.len());
        if at.start >= reached && !linked {
            reached = at.end;
            kept.push((at.start, page.text[at].to_owned()));
        }
    }
    kept
}

/// Numbers behind a word that calls them so, and a second one beside the first.
fn labelled(text: &str) -> Vec<Range<usize>> {
    let Some(regex) = LABELLED.as_ref() else { return Vec::new() };
    let mut all = Vec::new();
    for hit in regex.captures_iter(text) {
        let (Some(found), Some(number)) = (hit.get(0), hit.get(1)) else { continue };
        let at = whole(text, number.range());
        if is_number(&text[at.clone()], &text[found.start()..number.start()]) {
            all.push(at);
            all.extend(hit.get(2).map(|second| second.range()));
        }
    }
    all
}

/// Numbers with a weak sign.
fn spoken(text: &str) -> Vec<Range<usize>> {
    let Some(regex) = OFFERED.as_ref() else { return Vec::new() };
    let hits = regex.captures_iter(text.as_bytes()).filter_map(|hit| hit.get(1).or(hit.get(2)).map(|number| number.range()));
    hits.filter(|at| text.get(at.clone()).is_some_and(is_offered_number)).map(|at| whole(text, at)).collect()
}

/// Neither a year nor a telephone number nor a few cases a week.
fn is_offered_number(number: &str) -> bool {
    let number = number.trim_end_matches('-');
    let years = |part: &str| part.len() == 4 && (part.starts_with("19") || part.starts_with("20"));
    let phone = number.len() == 8 && number.as_bytes()[3] == b'-';
    let digits = number.bytes().filter(u8::is_ascii_digit).count();
    !phone
        && (3..10).contains(&digits)
        && !years(number)
        && !number.split_once('-').is_some_and(|(a, b)| years(a) && years(b))
        && (digits > 3 || number.contains('-'))
}

/// Three figures at least, or a code in capitals that is called one; a bare year, time or count is none.
fn is_number(number: &str, label: &str) -> bool {
    let digits = number.bytes().filter(u8::is_ascii_digit).count();
    let plain = digits == number.len();
    let year = plain && digits == 4 && (number.starts_with("19") || number.starts_with("20"));
    let label = label.to_ascii_lowercase();
    let named = ["id", "#", "no", "num", "code", ":", "req", "is"].iter().any(|word| label.contains(word));
    if plain {
        digits >= if named { 3 } else { 4 } && (!year || label.contains('#') || label.contains("id"))
    } else {
        digits >= 3 || (named && is_capital_code(number))
    }
}

/// `MD4-WEST`
fn is_capital_code(number: &str) -> bool {
    let capitals = number.bytes().filter(u8::is_ascii_uppercase).count();
    number.len() >= 5 && capitals >= 2 && number.contains(['-', '/', '_']) && !number.bytes().any(|b| b.is_ascii_lowercase())
}

/// Things that look like requisitions and are not.
fn is_code(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    ["icd", "cpt", "covid", "hr-", "npi", "tel", "fax", "utc", "gmt", "pmid", "isbn", "zip", "po-", "box", "ein", "level", "hb", "sb"]
        .iter()
        .any(|code| lower.starts_with(code))
}

/// Titles in sentences that offer something, with where they stand.
fn titles(page: &Page<'_>, links: &[(usize, String)], offered: bool, guess: bool) -> Vec<(usize, String)> {
    let mut all = Vec::new();
    let mut i = 0;
    while i < page.words.len() {
        let Some((from, to)) = title_at(page, i) else {
            i += 1;
            continue;
        };
        let start = page.words[from].start;
        let linked = links.iter().any(|(at, url)| *at <= start && start < at + url.len());
        if !linked && !refuses(page, from) && (offered || (guess && offers(page, from))) {
            let text = page.text[start..page.words[to - 1].end].split_whitespace().collect::<Vec<_>>().join(" ");
            all.push((start, text));
        }
        i = to;
    }
    all
}

/// "a spot on the night team": what is offered in a mail that has neither a title nor a number nor a link.
fn place(page: &Page<'_>) -> Option<(usize, String)> {
    const LONGEST: usize = 5;
    let at = (0..page.words.len()).find(|k| LISTS.places.contains(page.low(*k)) && !refuses(page, *k))?;
    let sentence = page.sentence(at);
    let plain = |k: usize| page.sentence(k) == sentence && !matches!(page.lex(k), Lex::Mark(_));
    let article = |k: usize| matches!(page.low(k), "a" | "an" | "one" | "the" | "our" | "another" | "my");
    let from = (at.saturating_sub(LONGEST)..at).rev().take_while(|k| plain(*k)).find(|k| article(*k)).map_or(at, |k| k + 1);
    let led = matches!(page.low(at + 1), "on" | "in" | "for" | "with" | "of");
    let more = if led { (at + 1..page.words.len()).take(LONGEST).take_while(|k| plain(*k)).count() } else { 0 };
    let text = page.text.get(page.words[from].start..page.words[at + more].end)?;
    Some((page.words[from].start, text.split_whitespace().collect::<Vec<_>>().join(" ")))
}

/// A title whose first noun stands at `i`: its first word and the first after it.
fn title_at(page: &Page<'_>, i: usize) -> Option<(usize, usize)> {
    LISTS.nouns.contains(page.low(i)).then_some(())?;
    let mut from = i;
    while from > 0 && i - from < 6 && belongs(page, from - 1, from) {
        from -= 1;
    }
    let mut to = i + 1;
    while to < page.words.len() && to - i < 12 {
        let next = if LISTS.nouns.contains(page.low(to)) { Some(to + 1) } else { tail(page, to) };
        let Some(next) = next else { break };
        to = next;
    }
    let short = to - from < 2 && !LISTS.alone.contains(page.low(i));
    let lone = page.low(i).starts_with("physician") && to == i + 1 && from + 1 >= i;
    (!short && !lone).then_some((from, to))
}

/// Does the word before belong to the title?
fn belongs(page: &Page<'_>, at: usize, next: usize) -> bool {
    let word = page.low(at);
    let hyphen = matches!(word, "-" | "/" | "&") && at > 0 && LISTS.words.contains(page.low(at - 1));
    let of =
        matches!(word, "and") && at > 0 && page.words[next].capital && LISTS.words.contains(page.low(at - 1)) && page.words[at - 1].capital;
    hyphen || of || (LISTS.words.contains(word) && page.sentence(at) == page.sentence(next))
}

/// `, Utilization Management`, `- Appeals`, `of Clinical Policy` behind the noun.
fn tail(page: &Page<'_>, to: usize) -> Option<usize> {
    let lead = matches!(page.low(to), "," | "-" | "of" | "for" | "/" | "(" | "&" | "and" | "in");
    let begin = to + usize::from(lead);
    let capital = |k: usize| page.words.get(k).is_some_and(|word| word.capital);
    if !capital(to.saturating_sub(1)) && !matches!(page.low(to), "of" | "for") {
        return None;
    }
    let mut end = begin;
    while (capital(end) && (LISTS.words.contains(page.low(end)) || page.lex(end) == Lex::None))
        && end - begin < 5
        && page.sentence(end) == page.sentence(to)
    {
        end += 1;
    }
    let known = (begin..end).any(|k| LISTS.words.contains(page.low(k)));
    (end > begin && known && lead).then(|| page.skip(end, ')'))
}

fn offers(page: &Page<'_>, at: usize) -> bool {
    sentence_has(page, at, |k| LISTS.offers.contains(page.low(k)))
}

/// "I'm the medical director here" offers nothing, "I'm filling a medical director role" does; so does "nothing except …".
fn refuses(page: &Page<'_>, at: usize) -> bool {
    /// So many words after "I'm" stands one's own title.
    const OWN: usize = 3;
    let acts =
        |k: usize, end: usize| matches!(page.low(k), "i'm" | "i") && (page.low(end).ends_with("ing") || !(end..=end + OWN).contains(&at));
    let refused = |k: usize| {
        let phrases = NO.get(page.low(k)).into_iter().flatten();
        phrases.filter_map(|(rest, _)| ends(page, k + 1, rest)).any(|end| !acts(k, end))
    };
    let excepted = |k: usize| matches!(page.low(k), "except" | "besides" | "excepting") && k < at;
    sentence_has(page, at, refused) && !sentence_has(page, at, excepted)
}

fn sentence_has(page: &Page<'_>, at: usize, hit: impl Fn(usize) -> bool) -> bool {
    let sentence = page.sentence(at);
    let from = page.words.partition_point(|word| word.sentence < sentence);
    let to = page.words.partition_point(|word| word.sentence <= sentence);
    (from..to).any(hit)
}
