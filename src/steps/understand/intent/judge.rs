//! From likelihoods to the outcomes in force.

use super::model::Scores;
use super::weigh::Heard;
use super::{Alone, Intent, Read, scope};
use crate::model::reading::{Finding, Outcome};

/// Below this nothing is believed.
const BELIEVED: f64 = 0.25;
/// What would end a conversation needs more.
const END_BELIEVED: f64 = 0.33;
/// A stop that a cue speaks for is believed sooner: missing one costs more than asking.
const STOP_BELIEVED: f64 = 0.25;
/// A stop that no cue speaks for: below this the owner is asked.
const STOP_UNHEARD: f64 = 0.6;
/// That there is nothing to do is believed on the model's word alone only from here on: else the owner looks (P3).
const NOTHING_UNHEARD: f64 = 0.85;
/// A cue of a stop weaker than this does not count as one.
pub const STOP_CUE: f64 = 0.75;
/// A stop that a cue as sure as this speaks for counts even where the rest of the mail is about other things.
const STOP_SURE: f64 = 0.9;
/// A more binding kindness that a sure cue speaks for is put first if the reader thinks it at least this likely.
const SURE_CUE: f64 = 0.92;
/// See [`SURE_CUE`].
const SURE_LIKELY: f64 = 0.2;
/// A stop that one sentence says clearly by itself, in a mail that is about other things too.
const STOP_AMONG: f64 = 0.05;
/// The same in a mail of many sentences, where one weighs little against the rest.
const STOP_AMONG_MANY: f64 = 0.005;
/// So many sentences are many.
const MANY: usize = 7;
/// A stop in words that leave no doubt, beside whatever else: it wins though the reader thinks of the rest.
const STOP_FIRM: f64 = 0.02;
/// A further outcome beside the first.
const BESIDE: f64 = 0.2;
/// A cue as sure as this speaks clearly.
pub const CLEAR_CUE: f64 = 0.84;
/// A sentence that by itself is a stop this likely is one.
pub const CLEAR_STOP: f64 = 0.85;
/// A sentence that by itself means something else this likely puts that in force too.
const CLEAR_BESIDE: f64 = 0.5;

/// Judges a mail.
pub fn judge(read: &Read<'_>, likely: &Scores, alone: &[Alone]) -> Intent {
    let silent = read.sentences.is_empty();
    let first = match index(Outcome::OptedOut) {
        _ if silent => index(Outcome::Unclear),
        stop if likely[stop] >= STOP_FIRM && scope::is_firm(read) => stop,
        _ => chosen(likely, &read.heard, alone),
    };
    let (chosen, likely) = in_scope(first, read, likely, alone);
    let top = likely.iter().copied().fold(0.0, f64::max);
    let doubt = Outcome::ALL[chosen] == Outcome::Unclear && likely[chosen] < top;
    let mut findings = vec![finding(chosen, if doubt { top.min(0.5) } else { confidence(likely[chosen]) }, read)];
    if Outcome::ALL[chosen] != Outcome::Unclear {
        findings.extend((chosen + 1..Outcome::ALL.len()).filter_map(|other| beside(other, &likely, read, alone)));
    }
    let mut rules: Vec<String> = read.hits.iter().map(|hit| hit.cue.name()).collect();
    rules.dedup();
    let best = likely.iter().position(|one| *one >= top).unwrap_or_default();
    rules.push(format!("likely: {} {top:.2}", Outcome::ALL[best].word()));
    Intent { confidence: findings[0].confidence, findings, rules, others_who_left: scope::others_who_left(read) }
}

/// What only sounds like a stop is none, whatever else it is.
fn in_scope(first: usize, read: &Read<'_>, likely: &Scores, alone: &[Alone]) -> (usize, Scores) {
    let stop = index(Outcome::OptedOut);
    if first != stop || !scope::is_no_stop(read, alone) {
        return (first, *likely);
    }
    let heard: Vec<Heard> = read.heard.iter().filter(|one| one.outcome != Outcome::OptedOut).copied().collect();
    let mut likely = read.likely(0..read.sentences.len(), &heard);
    let rest = (1.0 - likely[stop]).max(0.25);
    likely[stop] = 0.0;
    for one in &mut likely {
        *one /= rest;
    }
    (chosen(&likely, &heard, &[]), likely)
}

/// Index of the outcome that is believed.
fn chosen(likely: &Scores, heard: &[Heard], alone: &[Alone]) -> usize {
    let stop = index(Outcome::OptedOut);
    let stop_cue = heard.iter().find(|one| one.outcome == Outcome::OptedOut).map_or(0.0, |one| one.strength);
    let among = alone.len() > 1 && alone.iter().any(|sentence| clearly(sentence, Outcome::OptedOut) >= CLEAR_STOP);
    let best = (0..likely.len()).max_by(|a, b| likely[*a].total_cmp(&likely[*b])).unwrap_or_default();
    let needed = match Outcome::ALL[best] {
        _ if stop_cue >= STOP_CUE && likely[stop] >= STOP_BELIEVED => return stop,
        _ if stop_cue >= STOP_SURE && likely[stop] >= STOP_AMONG => return stop,
        _ if among && likely[stop] >= if alone.len() >= MANY { STOP_AMONG_MANY } else { STOP_AMONG } => return stop,
        Outcome::OptedOut => STOP_UNHEARD,
        Outcome::LeftEmployer | Outcome::WrongPerson | Outcome::Declined => END_BELIEVED,
        Outcome::Acknowledged if !heard.iter().any(|one| one.outcome == Outcome::Acknowledged) => NOTHING_UNHEARD,
        _ => BELIEVED,
    };
    if likely[best] >= needed { sooner(best, likely, heard) } else { index(Outcome::Unclear) }
}

/// Among good news the act wanted soonest wins, and good news wins over "not now".
fn sooner(best: usize, likely: &Scores, heard: &[Heard]) -> usize {
    let sure = |one: &&Heard| one.outcome.is_warm() && one.strength >= SURE_CUE && likely[index(one.outcome)] >= SURE_LIKELY;
    heard.iter().filter(sure).map(|one| index(one.outcome)).find(|at| *at < best).unwrap_or(best)
}

/// How likely a sentence by itself means an outcome that a clear cue of it speaks for; 0 without such a cue.
pub fn clearly(sentence: &Alone, outcome: Outcome) -> f64 {
    let cue = sentence.heard.iter().any(|one| one.outcome == outcome && one.strength >= CLEAR_CUE);
    if cue { sentence.likely[index(outcome)] } else { 0.0 }
}

/// True when a sentence by itself would be believed to ask for a stop, cue or none.
pub fn is_likely_stop(sentence: &Alone) -> bool {
    sentence.likely[index(Outcome::OptedOut)] >= STOP_UNHEARD
}

fn index(outcome: Outcome) -> usize {
    Outcome::ALL.iter().position(|other| *other == outcome).unwrap_or_default()
}

/// A less binding outcome that is in force too.
fn beside(other: usize, likely: &Scores, read: &Read<'_>, alone: &[Alone]) -> Option<Finding> {
    let outcome = Outcome::ALL[other];
    let trifle = matches!(outcome, Outcome::Acknowledged | Outcome::Unclear | Outcome::Declined);
    let clear = alone.iter().map(|sentence| clearly(sentence, outcome)).filter(|likely| *likely >= CLEAR_BESIDE);
    let sure = clear.fold(likely[other], f64::max).min(0.89);
    (!trifle && sure >= BESIDE).then(|| finding(other, sure, read))
}

fn finding(chosen: usize, confidence: f64, read: &Read<'_>) -> Finding {
    let outcome = Outcome::ALL[chosen];
    let cue = read.heard.iter().find(|one| one.outcome == outcome && one.strength >= 0.8).map(|one| one.sentence);
    let at = cue.unwrap_or_else(|| read.speaker_for(chosen));
    let evidence = read.sentences.get(at).map(|sentence| sentence.text.clone()).unwrap_or_default();
    Finding { outcome, confidence, evidence }
}

/// Likelihoods flatter the reader on mails of a kind it never met: 0.955 is shown as 0.9.
fn confidence(likely: f64) -> f64 {
    match likely {
        p if p < 0.8 => p,
        p if p < 0.955 => 0.8 + (p - 0.8) * 0.645,
        p => 0.9 + (p - 0.955) * 2.0,
    }
    .min(0.99)
}
