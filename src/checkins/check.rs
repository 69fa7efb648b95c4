//! Checking a template before it is used: every alternative, with everything known and with next to nothing.

use super::context::{FIELDS, bare_with};
use super::fault::{Fault, TemplateError, did_you_mean};
use super::render::{Draft, Part, render_value};
use super::vary::{Pick, widest};
use super::{Context, Level, Template};

/// A check-in that is shorter says nothing; a longer one is not read.
const WORDS: std::ops::RangeInclusive<usize> = 50..=110;

/// All that is wrong with a template, in the order of its lines; empty when it is fine.
#[must_use]
pub fn check(template: &Template) -> Vec<TemplateError> {
    let mut found = unknown_needs(template);
    let drafts = if found.is_empty() { drafts(template, &mut found) } else { Vec::new() };
    if found.is_empty() {
        found.extend(length(template, &drafts));
        found.extend(questions(template, &drafts));
    }
    found.sort_by_key(|error| (error.line, error.column));
    found.dedup();
    found
}

impl TemplateError {
    /// True when the template cannot be used; false for a warning.
    #[must_use]
    pub fn is_fatal(&self) -> bool {
        self.level == Level::Error
    }
}

fn unknown_needs(template: &Template) -> Vec<TemplateError> {
    let unknown = template.needs.iter().filter(|need| !FIELDS.contains(need));
    let hint = |need: &str| did_you_mean(need, FIELDS.iter().map(String::as_str));
    unknown.map(|need| TemplateError::new(&template.file, template.needs_line, &format!("unknown field `{need}`"), &hint(need))).collect()
}

/// Every alternative at least once, with the full and the bare sample.
fn drafts(template: &Template, found: &mut Vec<TemplateError>) -> Vec<Draft> {
    let parts = [Part::subject(template), Part::body(template)];
    let mut alternatives = 1;
    for part in parts {
        match widest(part.source) {
            Ok(count) => alternatives = alternatives.max(count),
            Err(fault) => found.push(part.error(&fault)),
        }
    }
    let samples = [Context::sample_full().value(), bare_with(&template.needs)];
    let mut drafts = Vec::new();
    for (nth, sample) in (0..alternatives).flat_map(|nth| samples.iter().map(move |sample| (nth, sample))) {
        match render_value(template, sample, Pick::Nth(nth)) {
            Ok(draft) => drafts.push(draft),
            Err(error) if found.contains(&error) => {}
            Err(error) => found.push(error),
        }
    }
    drafts
}

fn length(template: &Template, drafts: &[Draft]) -> Option<TemplateError> {
    let counts = drafts.iter().map(|draft| draft.text.split_whitespace().count());
    let wrong = counts.filter(|count| !WORDS.contains(count)).max_by_key(|count| count.abs_diff((WORDS.start() + WORDS.end()) / 2))?;
    let hint = format!("a check-in is read when it has {} to {}", WORDS.start(), WORDS.end());
    Some(warn(template, &format!("it comes to {wrong} words"), &hint))
}

fn questions(template: &Template, drafts: &[Draft]) -> Option<TemplateError> {
    let marks = |draft: &Draft| {
        draft.text.split_whitespace().filter(|word| !word.contains("://")).map(|word| word.matches('?').count()).sum::<usize>()
    };
    let wrong = drafts.iter().map(marks).find(|count| *count != 1)?;
    Some(warn(template, &format!("it asks {wrong} questions"), "ask exactly one, easy to answer"))
}

fn warn(template: &Template, what: &str, hint: &str) -> TemplateError {
    Part::body(template).error(&Fault::new(0, what, hint)).warning()
}
