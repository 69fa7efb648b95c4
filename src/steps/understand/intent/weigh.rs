//! From cues that hit to outcomes in force.

use super::Intent;
use super::pattern::Span;
use super::table::{Cue, Table};
use super::words::Sentence;
use crate::model::reading::{Finding, Outcome};

/// Below this nothing is believed.
const BELIEVED: f64 = 0.5;
/// A stop is believed sooner: missing one costs more than asking.
const STOP_BELIEVED: f64 = 0.4;
/// So many words before a cue can hold the negation that turns it.
const REACH: usize = 5;

/// A cue found in a sentence.
struct Hit<'a> {
    cue: &'a Cue,
    sentence: usize,
}

/// Judges the sentences of one mail.
pub fn weigh(sentences: &[Sentence], table: &Table) -> Intent {
    let hits: Vec<Hit> = sentences.iter().enumerate().flat_map(|(at, sentence)| hits(at, sentence, table)).collect();
    let mut findings: Vec<Finding> = Outcome::ALL.iter().filter_map(|outcome| finding(*outcome, &hits, sentences)).collect();
    in_force(&mut findings);
    if findings.is_empty() {
        findings.push(unclear(sentences));
    }
    let mut rules: Vec<String> = hits.iter().map(|hit| hit.cue.name.clone()).collect();
    rules.dedup();
    Intent { confidence: findings[0].confidence, findings, rules }
}

fn unclear(sentences: &[Sentence]) -> Finding {
    let evidence = sentences.first().map(|sentence| sentence.text.clone()).unwrap_or_default();
    Finding { outcome: Outcome::Unclear, confidence: 0.3, evidence }
}

fn hits<'a>(at: usize, sentence: &Sentence, table: &'a Table) -> Vec<Hit<'a>> {
    let view = table.lexicon.view(sentence);
    let idioms: Vec<Span> = table.idioms.iter().flat_map(|idiom| idiom.spans(&view)).collect();
    let negators: Vec<Span> = table.negators.iter().flat_map(|word| word.spans(&view)).filter(|span| !overlaps(*span, &idioms)).collect();
    let stands = |cue: &Cue| {
        let mut spans = cue.pattern.spans(&view);
        spans.any(|span| !overlaps(span, &idioms) && (cue.despite_not || !negated(span, &negators, sentence)))
    };
    let guarded = |cue: &Cue| cue.with.iter().all(|with| with.is_in(&view)) && !cue.unless.iter().any(|not| not.is_in(&view));
    table.cues.iter().filter(|cue| stands(cue) && guarded(cue)).map(|cue| Hit { cue, sentence: at }).collect()
}

fn overlaps(span: Span, others: &[Span]) -> bool {
    others.iter().any(|other| span.0 < other.1 && other.0 < span.1)
}

/// A negation shortly before the cue, no comma or "but" between them.
fn negated(span: Span, negators: &[Span], sentence: &Sentence) -> bool {
    let from = span.0.saturating_sub(REACH);
    let clause = (from..=span.0).rev().find(|at| sentence.words[*at].pause || is_but(&sentence.words[*at].text)).unwrap_or(from);
    negators.iter().any(|negator| negator.0 >= clause && negator.0 < span.0)
}

fn is_but(word: &str) -> bool {
    matches!(word, "but" | "because" | "so" | "however" | "though" | "although" | "except")
}

/// The strongest cue of each sentence, sentences taken together as independent witnesses.
fn finding(outcome: Outcome, hits: &[Hit], sentences: &[Sentence]) -> Option<Finding> {
    let mut doubt = 1.0;
    let mut best: Option<&Hit> = None;
    for at in 0..sentences.len() {
        let here = hits.iter().filter(|hit| hit.sentence == at && hit.cue.outcome == outcome);
        if let Some(hit) = here.max_by(|a, b| a.cue.strength.total_cmp(&b.cue.strength)) {
            doubt *= 1.0 - hit.cue.strength;
            best = best.filter(|best| best.cue.strength >= hit.cue.strength).or(Some(hit));
        }
    }
    let needed = if outcome == Outcome::OptedOut { STOP_BELIEVED } else { BELIEVED };
    let confidence = (1.0_f64 - doubt).min(0.99);
    let evidence = sentences[best?.sentence].text.clone();
    (confidence >= needed).then_some(Finding { outcome, confidence, evidence })
}

/// Drops what a stronger meaning takes along.
fn in_force(findings: &mut Vec<Finding>) {
    let has = |outcome: Outcome| findings.iter().any(|finding| finding.outcome == outcome);
    let open = has(Outcome::NotNow) || findings.iter().any(|finding| finding.outcome.is_warm());
    if open {
        findings.retain(|finding| finding.outcome != Outcome::Declined);
    }
    if findings.len() > 1 {
        findings.retain(|finding| finding.outcome != Outcome::Acknowledged);
    }
}
