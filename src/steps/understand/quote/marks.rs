//! Finds the lines that carry a quote mark of their own: `>`, initials, a bar.

use std::collections::HashMap;

use super::headers::is_separator;
use super::page::{Mark, Page};

/// White space a quote mark may stand behind.
const MOST_INDENT: usize = 4;
/// From this length on, a quoted line may have been wrapped by a program on the way.
const WRAPS_FROM: usize = 72;

/// Sets `quoted` on every line that carries a quote mark.
pub fn mark(page: &mut Page<'_>) {
    let initials = common_initials(page);
    for at in 0..page.lines.len() {
        let text = page.lines[at].text;
        let marked = page.lines[at].mark == Mark::Indented
            || starts_with_mark(text)
                && !is_escaped_from(page, at)
                && !closes_address(page, at)
                && !is_diff(page, at)
                && !is_prompt(page, at)
            || initials_of(text).is_some_and(|name| initials.contains(&name));
        page.lines[at].quoted |= marked;
    }
    mark_overflow(page);
}

/// `> text`, ` >text`; not `>>> link <<<`, `->` or an arrow in a sentence.
fn starts_with_mark(text: &str) -> bool {
    let rest = text.trim_start();
    text.len() - rest.len() <= MOST_INDENT
        && rest.starts_with(['>', '＞'])
        && !(rest.starts_with(">>>") && rest.contains("<<<"))
        && !is_separator(rest)
        || text.starts_with("&gt;")
}

/// mbox escapes a sentence that begins with "From " by a `>`.
fn is_escaped_from(page: &Page<'_>, at: usize) -> bool {
    let marked = |at: Option<usize>| at.and_then(|at| page.lines.get(at)).is_some_and(|line| line.text.starts_with('>'));
    page.lines[at].text.starts_with(">From ") && !marked(at.checked_sub(1)) && !marked(Some(at + 1))
}

/// The `> wrote:` that is the rest of a wrapped `<address>`.
fn closes_address(page: &Page<'_>, at: usize) -> bool {
    let rest = page.lines[at].text.trim_start().trim_start_matches('>').trim();
    let short = rest.len() <= 30 && rest.ends_with([':', '：']);
    let count = |sign: char| {
        page.lines[..at].iter().rev().take(6).filter(|line| !line.blank).take(3).map(|line| line.text.matches(sign).count()).sum::<usize>()
    };
    let plain_above = page.lines[..at].iter().rev().take(6).find(|line| !line.blank).is_some_and(|line| !line.quoted);
    short && plain_above && count('<') > count('>')
}

/// The output of `diff`, where `>` is no quote: a `<` or `---` line right above.
fn is_diff(page: &Page<'_>, at: usize) -> bool {
    let mut above = page.lines[..at].iter().rev().take(40).skip_while(|line| line.text.starts_with("> ") && !line.quoted);
    above.next().is_some_and(|line| {
        let text = line.text.trim_end();
        text == "---" && page.lines[..at].iter().rev().take(40).any(|line| line.text.starts_with("< ")) || is_hunk(text)
    })
}

/// A Python session, whose prompt is `>>>`: code behind it, and no other depth of quote beside it.
fn is_prompt(page: &Page<'_>, at: usize) -> bool {
    let Some(code) = page.lines[at].text.strip_prefix(">>> ") else { return false };
    let beside = |at: Option<usize>| {
        at.and_then(|at| page.lines.get(at)).is_some_and(|line| line.text.starts_with('>') && !line.text.starts_with(">>> "))
    };
    let coded = code.contains(['=', '(']) || code.starts_with("import ") || code.starts_with("from ") || code.starts_with("print ");
    coded && !beside(at.checked_sub(1)) && !beside(Some(at + 1))
}

/// `12,14c12,15`
fn is_hunk(text: &str) -> bool {
    let letters = text.bytes().filter(|b| matches!(b, b'a' | b'c' | b'd')).count();
    letters == 1
        && text.len() >= 3
        && text.bytes().all(|b| b.is_ascii_digit() || matches!(b, b',' | b'a' | b'c' | b'd'))
        && text.starts_with(|c: char| c.is_ascii_digit())
        && text.ends_with(|c: char| c.is_ascii_digit())
}

/// Initials that stand before `>` on two lines or more, or once below a line that ends in a colon: `JD> text`.
fn common_initials(page: &Page<'_>) -> Vec<String> {
    let mut seen: HashMap<String, usize> = HashMap::new();
    let mut introduced = false;
    for line in page.lines.iter().filter(|line| !line.blank) {
        if let Some(name) = initials_of(line.text) {
            *seen.entry(name).or_default() += if introduced { 2 } else { 1 };
        }
        introduced = line.text.trim_end().ends_with(':');
    }
    seen.into_iter().filter(|(_, times)| *times >= 2).map(|(name, _)| name).collect()
}

fn initials_of(text: &str) -> Option<String> {
    let rest = text.trim_start();
    let end = rest.as_bytes().iter().take(6).position(|b| *b == b'>')?;
    let name = rest.get(..end)?;
    let plain = (1..=5).contains(&name.len()) && name.chars().all(char::is_alphabetic) && name.starts_with(char::is_uppercase);
    let apart = rest.len() == end + 1 || rest[end + 1..].starts_with([' ', '>']);
    (plain && apart).then(|| name.to_owned())
}

/// Marks the stray ends of quoted lines that a program wrapped: each stands below a full quoted line that breaks off.
fn mark_overflow(page: &mut Page<'_>) {
    let strays: Vec<usize> = (1..page.lines.len()).filter(|at| is_below_broken_quote(page, *at)).collect();
    let sure = strays.iter().filter(|at| goes_on(page.lines[**at].text)).count();
    for at in strays {
        let text = page.lines[at].text;
        let between = is_above_quote(page, at);
        let short = page.lines.get(at + 1).is_none_or(|below| below.blank) && text.trim().len() <= 40;
        // One such line is believed when it goes on in the middle of a sentence; among several, all are.
        page.lines[at].quoted = between && (sure >= 2 || goes_on(text)) || short && goes_on(text);
    }
    for at in 1..page.lines.len() {
        let link = !page.lines[at].blank && page.lines[at - 1].quoted && is_above_quote(page, at) && is_link_rest(page.lines[at].text);
        page.lines[at].quoted |= link;
    }
}

fn is_above_quote(page: &Page<'_>, at: usize) -> bool {
    page.lines.get(at + 1).is_some_and(|below| below.quoted)
}

/// Below a quoted line that is as long as lines get and ends in the middle of a sentence.
fn is_below_broken_quote(page: &Page<'_>, at: usize) -> bool {
    let (above, line) = (page.lines[at - 1], page.lines[at]);
    if line.blank || line.quoted || !above.quoted || above.mark != Mark::None {
        return false;
    }
    let first = line.text.split_whitespace().next().unwrap_or_default();
    let end = above.text.trim_end();
    let full = end.chars().count() + 1 + first.chars().count() > WRAPS_FROM;
    full && !end.ends_with(['.', '?', '!', ':', ';', '>', ')'])
}

fn goes_on(text: &str) -> bool {
    text.trim_start().starts_with(|c: char| c.is_lowercase() || c == '(' || c == ',')
}

/// The rest of a link that was wrapped: no words, only its signs.
fn is_link_rest(text: &str) -> bool {
    let line = text.trim().trim_end_matches('>').trim_end();
    let signs = line.contains(['=', '/', '%', '&']) || line.contains("://");
    !line.is_empty() && !line.contains(char::is_whitespace) && signs && line.len() > 5
}
