//! From likelihoods to the outcomes in force.

use super::model::Scores;
use super::weigh::Heard;
use super::{Intent, Read};
use crate::model::reading::{Finding, Outcome};

/// Below this nothing is believed.
const BELIEVED: f64 = 0.3;
/// What would end a conversation needs more.
const END_BELIEVED: f64 = 0.36;
/// A stop is believed sooner: missing one costs more than asking.
const STOP_BELIEVED: f64 = 0.25;
/// A further outcome beside the first.
const BESIDE: f64 = 0.2;

/// Judges a mail.
pub fn judge(read: &Read<'_>, likely: &Scores) -> Intent {
    let chosen = chosen(likely);
    let mut findings = vec![finding(chosen, confidence(likely[chosen]), read)];
    if Outcome::ALL[chosen] != Outcome::Unclear {
        findings.extend((chosen + 1..Outcome::ALL.len()).filter_map(|other| beside(other, likely, read)));
    }
    let mut rules: Vec<String> = read.hits.iter().map(|hit| hit.cue.name.clone()).collect();
    rules.dedup();
    rules.push(format!("likely: {} {:.2}", Outcome::ALL[chosen].word(), likely[chosen]));
    Intent { confidence: findings[0].confidence, findings, rules }
}

/// Index of the outcome that is believed.
fn chosen(likely: &Scores) -> usize {
    if likely[index(Outcome::OptedOut)] >= STOP_BELIEVED {
        return index(Outcome::OptedOut);
    }
    let best = (0..likely.len()).max_by(|a, b| likely[*a].total_cmp(&likely[*b])).unwrap_or_default();
    let ends = matches!(Outcome::ALL[best], Outcome::LeftEmployer | Outcome::WrongPerson | Outcome::Declined);
    if likely[best] >= if ends { END_BELIEVED } else { BELIEVED } { best } else { index(Outcome::Unclear) }
}

fn index(outcome: Outcome) -> usize {
    Outcome::ALL.iter().position(|other| *other == outcome).unwrap_or_default()
}

/// A less binding outcome that is in force too.
fn beside(other: usize, likely: &Scores, read: &Read<'_>) -> Option<Finding> {
    let outcome = Outcome::ALL[other];
    let cue = read.heard.iter().find(|one| one.outcome == outcome).map_or(0.0, |one: &Heard| one.strength);
    let trifle = matches!(outcome, Outcome::Acknowledged | Outcome::Unclear | Outcome::Declined);
    let sure = likely[other].max(if cue >= 0.84 && likely[other] >= 0.02 { cue - 0.1 } else { 0.0 });
    (!trifle && sure >= BESIDE).then(|| finding(other, sure, read))
}

fn finding(chosen: usize, confidence: f64, read: &Read<'_>) -> Finding {
    let outcome = Outcome::ALL[chosen];
    let cue = read.heard.iter().find(|one| one.outcome == outcome && one.strength >= 0.8).map(|one| one.sentence);
    let at = cue.unwrap_or_else(|| read.speaker_for(chosen));
    let evidence = read.sentences.get(at).map(|sentence| sentence.text.clone()).unwrap_or_default();
    Finding { outcome, confidence, evidence }
}

/// Likelihoods are timid where the reader was seen to be right.
fn confidence(likely: f64) -> f64 {
    likely.min(0.99)
}
