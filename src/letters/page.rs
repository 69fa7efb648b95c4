//! The HTML part of the digest: one column, nothing to load, legible with and without its style sheet.

use askama::Template;

use super::words::{approve_all, came_of_it, count, few, more, period, unquoted};
use crate::model::digest::{Digest, Number};

/// Height of the tallest bar, pixels.
const TALLEST: u64 = 28;

/// The struct behind `templates/digest/html.html`.
#[derive(Template)]
#[template(path = "digest/html.html")]
pub(super) struct Page<'a> {
    digest: &'a Digest,
    essence: &'a str,
    period: String,
    preheader: String,
}

impl<'a> Page<'a> {
    pub(super) fn new(digest: &'a Digest, essence: &'a str) -> Self {
        Self { digest, essence, period: period(digest.from, digest.to), preheader: preheader(digest) }
    }
}

/// What stands behind the subject in a list of mails: what the subject does not say.
fn preheader(digest: &Digest) -> String {
    let some = |number: usize, one: &str, many: &str| (number > 0).then(|| count(number, one, many));
    let names: Vec<&str> = digest.waiting.iter().take(3).map(|draft| draft.name.as_str()).collect();
    let parts = [
        (!names.is_empty()).then(|| format!("For {}", names.join(", "))),
        some(digest.came.len(), "mail came in", "mails came in"),
        some(digest.ahead.len(), "word in the next two weeks", "words in the next two weeks"),
        some(digest.held.len(), "person held", "people held"),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" · ")
}

/// One week's bar: its height in pixels, 0 for none.
struct Bar {
    height: u64,
}

fn bars(number: &Number) -> Vec<Bar> {
    let most = u64::from(number.weeks.iter().copied().max().unwrap_or(0)).max(1);
    number.weeks.iter().map(|n| Bar { height: (u64::from(*n) * TALLEST).div_ceil(most) }).collect()
}

/// `5 this week`, for those who cannot see the bars.
fn this_week(number: &Number) -> String {
    number.weeks.last().map(|n| format!("{n} this week")).unwrap_or_default()
}

/// A text as paragraphs of lines.
fn paragraphs(text: &str) -> Vec<Vec<&str>> {
    let paragraphs = text.split("\n\n").map(|paragraph| paragraph.lines().collect::<Vec<_>>());
    paragraphs.filter(|lines| lines.iter().any(|line| !line.trim().is_empty())).collect()
}

/// `, Example Health`, or nothing.
fn at(employer: &str) -> String {
    if employer.is_empty() { String::new() } else { format!(", {employer}") }
}

/// The parts that are there, with a dot between them.
fn dotted(parts: &[&str; 2]) -> String {
    parts.iter().filter(|part| !part.is_empty()).copied().collect::<Vec<_>>().join(" · ")
}
