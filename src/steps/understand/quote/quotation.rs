//! Cuts quoted lines, what introduces them, and earlier mails that stand below without a mark.

use std::ops::Range;

use super::attribution::{self, Found};
use super::headers;
use super::page::{Fate, Mark, Page};

/// Lines that introduce a quote, or nearly do, before the search ends; no letter has so many.
const MOST_TRIES: usize = 1_000;

/// Cuts all quotes and forwards.
pub fn cut(page: &mut Page<'_>) {
    let mut walk = Walk::default();
    while walk.at < page.lines.len() {
        let at = walk.at;
        let line = page.lines[at];
        walk.at += 1;
        if line.mark == Mark::Rest {
            page.cut(at..page.lines.len(), Fate::Quote, "html_original_below");
            return;
        }
        if line.quoted {
            page.cut(at..at + 1, Fate::Quote, if line.mark == Mark::Quoted { "html_quote" } else { "quote_mark" });
            walk.floor = at + 1;
        } else if !line.blank && line.fate == Fate::Keep {
            walk.first_words.get_or_insert(at);
            if let Some(end) = introduced(page, at, &mut walk) {
                walk.go_on(end);
            }
        }
    }
}

/// How far the page has been read.
#[derive(Default)]
struct Walk {
    at: usize,
    /// Lines above this one are judged already.
    floor: usize,
    /// The first line that is still the writer's.
    first_words: Option<usize>,
    tries: usize,
    /// No header block begins above this line.
    barren: usize,
    /// Signs other than `>` that were found to mark quotes.
    signs: Vec<char>,
}

impl Walk {
    fn go_on(&mut self, end: usize) {
        (self.at, self.floor) = (end, end);
    }

    /// True when nothing of the writer's stands above a line; what stands below it is not counted either.
    fn nothing_above(&mut self, start: usize) -> bool {
        self.first_words = self.first_words.filter(|words| *words < start);
        self.first_words.is_none()
    }
}

/// Cuts what the line at `at` introduces, and says where reading goes on.
fn introduced(page: &mut Page<'_>, at: usize, walk: &mut Walk) -> Option<usize> {
    if headers::is_separator(page.lines[at].text) {
        walk.nothing_above(at);
        return Some(cut_below(page, at..at + 1, "original_message", &mut walk.signs));
    }
    if walk.tries > MOST_TRIES {
        return None;
    }
    let block = if at < walk.barren { headers::Block::None } else { headers::starting_at(page, at, walk.floor) };
    match block {
        headers::Block::Mail(lines) => {
            walk.nothing_above(lines.start);
            return Some(cut_below(page, lines, "header_block", &mut walk.signs));
        }
        headers::Block::Typed(end) => return Some(end),
        headers::Block::Other(end) => walk.barren = end,
        headers::Block::None => {}
    }
    match attribution::ending_at(page, at, walk.floor) {
        attribution::Answer::Found(found) => {
            walk.tries += 1;
            let alone = walk.nothing_above(found.lines.start);
            Some(cut_attributed(page, &found, alone, &mut walk.signs))
        }
        attribution::Answer::Nearly => {
            walk.tries += 1;
            None
        }
        attribution::Answer::No => None,
    }
}

/// Below an original's header stands the original: to the end, or as far as it is marked.
fn cut_below(page: &mut Page<'_>, head: Range<usize>, rule: &'static str, signs: &mut Vec<char>) -> usize {
    let next = page.next_filled(head.end);
    if let Some(sign) = next.and_then(|next| sign_of(page, next, true)) {
        mark_sign(page, head.end, sign, signs);
    }
    if next.is_some_and(|next| page.lines[next].quoted) {
        page.cut(head.clone(), Fate::Quote, rule);
        return head.end;
    }
    if next.is_some_and(|next| headers::starts_block(page, next)) {
        page.cut(head.clone(), Fate::Quote, rule);
        return head.end;
    }
    let end = indented_end(page, &head).unwrap_or(page.lines.len());
    page.cut(head.start..end, Fate::Quote, rule);
    end
}

/// When header and original are both set in by a tab, the first line at the margin is the writer's again.
fn indented_end(page: &Page<'_>, head: &Range<usize>) -> Option<usize> {
    let set_in = |at: usize| page.lines[at].text.starts_with('\t') || page.lines[at].text.starts_with("    ");
    let filled = |at: &usize| !page.lines[*at].blank;
    if !head.clone().filter(filled).all(set_in) || !page.next_filled(head.end).is_some_and(set_in) {
        return None;
    }
    let margin = (head.end..page.lines.len()).filter(filled).find(|at| !set_in(*at))?;
    page.lines[margin - 1].blank.then_some(margin)
}

/// Below an attribution stands the quote: marked, or to the end unless nothing stands above.
fn cut_attributed(page: &mut Page<'_>, found: &Found, alone: bool, signs: &mut Vec<char>) -> usize {
    let Range { start, end } = found.lines;
    if found.keep > 0 {
        page.lines[start].text = &page.lines[start].text[..found.keep];
        page.rules.push("attribution_on_the_line");
        return end;
    }
    let next = page.next_filled(end);
    let marked = next.is_some_and(|next| page.lines[next].quoted);
    if let Some(rest) = enclosed_end(page, end) {
        page.cut(start..rest, Fate::Quote, "attribution");
        return rest;
    }
    if let Some(sign) = next.filter(|_| !marked).and_then(|next| sign_of(page, next, alone)) {
        mark_sign(page, end, sign, signs);
        page.cut(start..end, Fate::Quote, "attribution");
        return end;
    }
    if marked || alone || quote_is_near(page, end) {
        page.cut(start..end, Fate::Quote, "attribution");
        return end;
    }
    let rest = indented_end(page, &(end..end)).unwrap_or(page.lines.len());
    page.cut(start..rest, Fate::Quote, "attribution");
    rest
}

/// True when a marked quote begins within the next three filled lines: below a second attribution, or "[snip]".
fn quote_is_near(page: &Page<'_>, from: usize) -> bool {
    (from..page.lines.len()).filter(|at| !page.lines[*at].blank).take(3).any(|at| page.lines[at].quoted)
}

/// Another sign than `>` at the beginning of a quote; when nothing stands above, some must stand on two lines to be believed.
fn sign_of(page: &Page<'_>, at: usize, alone: bool) -> Option<char> {
    let first = |at: usize| page.lines.get(at).and_then(|line| line.text.trim_start().chars().next());
    let twice = first(at) == first(at + 1);
    first(at).filter(|c| matches!(c, '|' | '}' | '%') || (twice || !alone) && matches!(c, ':' | '!' | '#' | '+'))
}

/// Marks all lines below that begin with that sign as quoted.
fn mark_sign(page: &mut Page<'_>, from: usize, sign: char, signs: &mut Vec<char>) {
    if signs.contains(&sign) {
        return;
    }
    signs.push(sign);
    for line in page.lines.iter_mut().skip(from) {
        let text = line.text.trim_start();
        line.quoted |= text.starts_with(sign) && !(sign == '|' && text[1..].contains('|'));
    }
}

/// America Online encloses a quote in `<<` and `>>`.
fn enclosed_end(page: &Page<'_>, from: usize) -> Option<usize> {
    let first = page.next_filled(from).filter(|first| page.lines[*first].text.trim_start().starts_with("<<"))?;
    (first..page.lines.len()).find(|at| page.lines[*at].text.trim_end().ends_with(">>")).map(|last| last + 1)
}
