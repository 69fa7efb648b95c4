//! Which cues stand in a sentence, negation and idioms considered, and what they say together.

use super::pattern::{Span, View};
use super::table::{Cue, Table};
use super::words::Sentence;
use crate::model::reading::Outcome;

/// So many words before a cue can hold the negation that turns it.
const REACH: usize = 5;

/// A cue found in a sentence.
#[derive(Debug, Clone, Copy)]
pub struct Hit<'a> {
    pub cue: &'a Cue,
    pub sentence: usize,
}

/// What the cues of one outcome say together.
#[derive(Debug, Clone, Copy)]
pub struct Heard {
    /// The outcome.
    pub outcome: Outcome,
    /// 0 to 1.
    pub strength: f64,
    /// The sentence that says it best.
    pub sentence: usize,
}

/// The turns of phrase of a sentence that look like cues and are none.
pub fn idioms(view: &View, table: &Table) -> Vec<Span> {
    table.idioms.iter().flat_map(|idiom| idiom.spans(view)).collect()
}

/// The cues that stand in one sentence, outside its idioms.
pub fn hits<'a>(at: usize, sentence: &Sentence, view: &View, idioms: &[Span], table: &'a Table) -> Vec<Hit<'a>> {
    let negators: Vec<Span> = table.negators.iter().flat_map(|word| word.spans(view)).filter(|span| !overlaps(*span, idioms)).collect();
    let stands = |cue: &Cue| {
        let mut spans = cue.phrase.pattern.spans(view);
        spans.any(|span| !overlaps(span, idioms) && (cue.despite_not || !negated(span, &negators, sentence)))
    };
    table.cues.iter().filter(|cue| stands(cue) && cue.phrase.is_free(view)).map(|cue| Hit { cue, sentence: at }).collect()
}

/// The outcomes that the cues speak for, most binding first.
pub fn heard(hits: &[Hit], sentences: usize) -> Vec<Heard> {
    Outcome::ALL.iter().filter_map(|outcome| together(*outcome, hits, sentences)).collect()
}

/// The strongest cue of each sentence, sentences taken together as independent witnesses.
fn together(outcome: Outcome, hits: &[Hit], sentences: usize) -> Option<Heard> {
    let mut doubt = 1.0;
    let mut best: Option<&Hit> = None;
    for at in 0..sentences {
        let here = hits.iter().filter(|hit| hit.sentence == at && hit.cue.outcome == outcome);
        if let Some(hit) = here.max_by(|a, b| a.cue.strength.total_cmp(&b.cue.strength)) {
            doubt *= 1.0 - hit.cue.strength;
            best = best.filter(|best| best.cue.strength >= hit.cue.strength).or(Some(hit));
        }
    }
    Some(Heard { outcome, strength: (1.0_f64 - doubt).min(0.99), sentence: best?.sentence })
}

pub fn overlaps(span: Span, others: &[Span]) -> bool {
    others.iter().any(|other| span.0 < other.1 && other.0 < span.1)
}

/// A negation shortly before the cue, no comma or "but" between them.
fn negated(span: Span, negators: &[Span], sentence: &Sentence) -> bool {
    let from = span.0.saturating_sub(REACH);
    let clause = (from..=span.0).rev().find(|at| begins_clause(sentence, *at)).unwrap_or(from);
    negators.iter().any(|negator| negator.0 >= clause && negator.0 < span.0)
}

fn begins_clause(sentence: &Sentence, at: usize) -> bool {
    let word = |at: usize| sentence.words.get(at).map_or("", |word| word.text.as_str());
    let subject = matches!(word(at + 1), "i" | "we" | "you" | "he" | "she" | "they" | "please" | "it" | "my" | "our" | "do");
    sentence.words[at].pause
        || matches!(word(at), "but" | "because" | "so" | "however" | "though" | "although" | "except")
        || (matches!(word(at), "and" | "or") && subject)
}
