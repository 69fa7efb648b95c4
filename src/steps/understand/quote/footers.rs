//! Cuts what gateways, lists, lawyers and devices add above and below a person's words.

use std::ops::Range;
use std::sync::LazyLock;

use regex_automata::meta::Regex;

use super::super::patterns::alone;
use super::headers::is_rule;
use super::page::{Fate, Page};
use super::phrases::{PHRASES, is_disclaimer};

/// Times something is cut from the bottom.
const MOST_STEPS: usize = 400;
/// Bytes of a paragraph that are read.
const MOST_READ: usize = 3_000;
/// Lines a banner may have.
const BANNER_LINES: usize = 12;

static BANNER_GOES_ON: LazyLock<Regex> = LazyLock::new(|| {
    alone(
        r"(?i)\b(?:click\w*|links?|attachments?|recogni[sz]e|suspicious|phish\w*|external|outside|caution|trust\w*|verify|originat\w*|know the content|content is safe|report|sender|learn why)\b|https?://aka\.ms/\S*$",
    )
});

/// Cuts warnings above the text: "[EXTERNAL]", "CAUTION: This email originated from outside …".
pub fn cut_banners(page: &mut Page<'_>) {
    for _ in 0..4 {
        let Some(first) = (0..page.lines.len()).find(|at| page.speaks(*at)) else { return };
        let start = page.lines[first].text.trim_start_matches(|c: char| c.is_whitespace() || c == '*' || c == '_' || c == '|');
        if first > 40 || start.len() > 1_000 || !PHRASES.banner.hit(start) {
            return;
        }
        let end = banner_end(page, first);
        page.cut(first..end, Fate::Footer, "banner");
        cut_rules_on_top(page, end);
    }
}

fn banner_end(page: &Page<'_>, first: usize) -> usize {
    let long = (first..page.lines.len().min(first + 40))
        .find(|at| PHRASES.banner_ends.iter().any(|end| page.lines[*at].text.contains(end.as_str())));
    if let (Some(end), true) = (long, page.lines[first].text.contains("BannerStart")) {
        return end + 1;
    }
    let lines = first + 1..page.lines.len().min(first + BANNER_LINES);
    lines.clone().find(|at| page.lines[*at].blank || !BANNER_GOES_ON.is_match(page.lines[*at].text)).unwrap_or(lines.end)
}

fn cut_rules_on_top(page: &mut Page<'_>, from: usize) {
    if let Some(next) = page.next_filled(from).filter(|next| is_rule(page.lines[*next].text)) {
        page.cut(next..next + 1, Fate::Footer, "banner");
    }
}

/// Cuts what programs put between a person's lines: armour of signed mail, notes of scrubbed attachments.
pub fn cut_blocks(page: &mut Page<'_>) {
    let mut at = 0;
    while at < page.lines.len() {
        let text = page.lines[at].text.trim();
        let end = match text {
            "-----BEGIN PGP SIGNED MESSAGE-----"
            | "-------------- next part --------------"
            | "- -------------- next part --------------" => blank_after(page, at),
            "-----BEGIN PGP SIGNATURE-----" | "-----BEGIN PGP PUBLIC KEY BLOCK-----" => line_after(page, at, "-----END PGP"),
            _ => {
                at += 1;
                continue;
            }
        };
        page.cut(at..end, Fate::Footer, "added_block");
        at = end;
    }
}

fn blank_after(page: &Page<'_>, at: usize) -> usize {
    (at..page.lines.len().min(at + 12)).find(|at| page.lines[*at].blank).unwrap_or(at + 1)
}

fn line_after(page: &Page<'_>, at: usize, start: &str) -> usize {
    (at..page.lines.len().min(at + 200)).find(|at| page.lines[*at].text.starts_with(start)).unwrap_or(at) + 1
}

/// Cuts paragraph after paragraph from the bottom, as long as none is a person's.
pub fn cut_tail(page: &mut Page<'_>) {
    let mut end = page.lines.len();
    let first = (0..end).find(|at| !page.lines[*at].blank).unwrap_or(end);
    let first_words = (first..end).find(|at| page.speaks(*at)).unwrap_or(end);
    for _ in 0..MOST_STEPS {
        let Some(paragraph) = last_paragraph(page, end) else { return };
        let Some((from, fate, rule)) = judge(page, &paragraph).or_else(|| judge_legal(page, &paragraph)) else { return };
        let alone = from <= first_words;
        if fate == Fate::Footer && alone && (from <= first || !begins_like_rule(page.lines[from].text)) {
            return;
        }
        page.cut(from..paragraph.end, fate, rule);
        end = from;
    }
}

/// The last kept paragraph that ends before `end`.
fn last_paragraph(page: &Page<'_>, end: usize) -> Option<Range<usize>> {
    let last = (0..end).rev().find(|at| page.speaks(*at))?;
    let first = (0..=last).rev().take(80).take_while(|at| page.speaks(*at)).last()?;
    Some(first..last + 1)
}

type Verdict = (usize, Fate, &'static str);

fn judge(page: &Page<'_>, paragraph: &Range<usize>) -> Option<Verdict> {
    let last = paragraph.end - 1;
    let text = page.lines[last].text;
    if is_rule(text) && text.trim() != "--" {
        return Some((last, Fate::Footer, "rule_at_the_end"));
    }
    if is_device(text) {
        return Some((last, Fate::Signature, "device"));
    }
    list_footer(page, paragraph)
        .map(|from| (from, Fate::Footer, "list_footer"))
        .or_else(|| disclaimer(page, paragraph).map(|from| (from, Fate::Footer, "disclaimer")))
}

/// True for "Sent from my iPhone" and its kin.
pub fn is_device(text: &str) -> bool {
    let line = text
        .trim()
        .trim_start_matches(['-', '~', '*', '_', '—', '–', '[', '(', '<', '•', ' '])
        .trim_end_matches(['*', '_', '~', ']', ')', '-']);
    (6..=200).contains(&line.len()) && PHRASES.device.hit(line) && !PHRASES.no_device.hit(line)
}

/// Where the footer of a list or a provider begins in the last paragraph.
fn list_footer(page: &Page<'_>, paragraph: &Range<usize>) -> Option<usize> {
    let line = |at: usize| start_of(page.lines[at].text, 400);
    let hits: Vec<usize> =
        paragraph.clone().take(40).filter(|at| PHRASES.footer.hit(line(*at)) || PHRASES.weak_footer.hit(line(*at))).collect();
    let first = *hits.first()?;
    let is_line = |at: usize| begins_like_rule(page.lines[at].text);
    if let Some(rule) = (paragraph.start..first).rev().take(8).find(|at| is_line(*at)) {
        return Some(rule);
    }
    let below_rule = last_paragraph(page, paragraph.start).is_some_and(|above| is_line(above.end - 1));
    let above_footer = page.next_filled(paragraph.end).is_some_and(|next| page.lines[next].fate == Fate::Footer);
    let strong = hits.iter().any(|at| PHRASES.footer.hit(line(*at)));
    if !(strong || below_rule || above_footer || hits.len() >= 3) {
        return None;
    }
    let whole = (first == paragraph.start || below_rule && first - paragraph.start <= 4) && paragraph.len() <= 14;
    if whole { Some(paragraph.start) } else { (paragraph.end - first <= 8).then_some(first) }
}

/// A rule, or one with a word in it: "-------- Sponsor --------".
fn begins_like_rule(text: &str) -> bool {
    let line = text.trim();
    line == "-" || is_rule(line) || line.starts_with("--------") || line.starts_with("________") || line.starts_with("========")
}

/// Where a lawyer's words begin in the last paragraph.
fn disclaimer(page: &Page<'_>, paragraph: &Range<usize>) -> Option<usize> {
    if paragraph.len() == 1
        && is_heading(page.lines[paragraph.start].text)
        && (paragraph.end..page.lines.len()).any(|at| page.lines[at].fate == Fate::Footer)
    {
        return Some(paragraph.start);
    }
    if !is_disclaimer(&joined(page, paragraph)) {
        return None;
    }
    if let Some(rule) = paragraph.clone().find(|at| is_rule(page.lines[*at].text) && at + 1 < paragraph.end) {
        return Some(rule);
    }
    paragraph.clone().find(|at| page.lines[*at].text.trim().len() >= 45 || is_disclaimer(page.lines[*at].text)).or(Some(paragraph.start))
}

/// "Disclaimer" and the like, alone on a line.
fn is_heading(text: &str) -> bool {
    let word: String = text.chars().filter(|c| c.is_alphabetic() || *c == ' ').collect();
    PHRASES.footer_headings.iter().any(|heading| word.trim().eq_ignore_ascii_case(heading))
}

/// A paragraph that only goes on where a disclaimer above it began.
fn judge_legal(page: &Page<'_>, paragraph: &Range<usize>) -> Option<Verdict> {
    let mut below = paragraph.clone();
    for _ in 0..5 {
        let lower = joined(page, &below).to_lowercase();
        if !PHRASES.legal.iter().any(|word| lower.contains(word.as_str())) {
            return None;
        }
        let above = last_paragraph(page, below.start)?;
        if let Some(from) = disclaimer(page, &above) {
            return Some((from, Fate::Footer, "disclaimer"));
        }
        below = above;
    }
    None
}

fn joined(page: &Page<'_>, paragraph: &Range<usize>) -> String {
    let mut text = String::new();
    for at in paragraph.clone() {
        text.push_str(page.lines[at].text.trim());
        text.push(' ');
        if text.len() > MOST_READ {
            break;
        }
    }
    text.truncate(start_of(&text, MOST_READ).len());
    text
}

fn start_of(text: &str, most: usize) -> &str {
    super::head(text, most)
}

/// Below a device's line, in a new paragraph and with the writer's words above, stands what was answered.
pub fn cut_below_device(page: &mut Page<'_>) {
    let Some(device) = (0..page.lines.len()).find(|at| page.speaks(*at) && is_device(page.lines[*at].text)) else { return };
    page.cut(device..device + 1, Fate::Signature, "device");
    let above = (0..device).any(|at| page.speaks(at));
    let Some(next) = (device + 1..page.lines.len()).find(|at| !page.lines[*at].blank) else { return };
    let apart = page.lines[device + 1].blank;
    let unbroken = (next..page.lines.len()).all(|at| page.lines[at].fate == Fate::Keep);
    if above && apart && unbroken && !is_postscript(page.lines[next].text) {
        page.cut(next..page.lines.len(), Fate::Quote, "below_device");
    }
}

fn is_postscript(text: &str) -> bool {
    let start: String = text.trim_start().chars().take(5).filter(|c| c.is_alphabetic()).collect();
    start.to_lowercase().starts_with("ps")
}
