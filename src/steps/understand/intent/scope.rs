//! What the sentences around a stop or a departure make of it: another way is offered, somebody else left, a program speaks.

use super::pattern::View;
use super::table::{Phrase, Table};
use super::{Alone, Read, judge};
use crate::model::reading::{Finding, Outcome};

/// What a sentence says besides its cues.
#[derive(Debug, Clone, Copy)]
#[expect(clippy::struct_excessive_bools, reason = "six answers that have nothing to do with each other")]
pub struct Scope {
    /// It speaks of a way to write: an address, a channel.
    way: bool,
    /// It offers the owner another way to write or talk.
    elsewhere: bool,
    /// It refuses the letters themselves, not a way to send them.
    firm: bool,
    /// It tells of a stop which nobody asks for here.
    told: bool,
    /// Somebody else than the writer has left.
    other: bool,
    /// Programs and mass mail say so too.
    machine: bool,
}

impl Scope {
    /// What a sentence says besides its cues.
    pub fn of(view: &View, table: &Table) -> Self {
        let says = |phrases: &[Phrase]| phrases.iter().any(|phrase| phrase.is_in(view));
        Self {
            way: says(&table.ways),
            elsewhere: says(&table.elsewhere),
            firm: says(&table.firm),
            told: says(&table.told),
            other: says(&table.others),
            machine: says(&table.machines),
        }
    }
}

/// True when what sounds like a stop asks for none: a way to write is refused and another offered, or it is only told of.
pub fn is_no_stop(read: &Read<'_>, alone: &[Alone]) -> bool {
    turns(read) || is_told(read, alone)
}

/// True when a sentence refuses the letters themselves, as a clear cue says too, and does not only tell of it.
pub fn is_firm(read: &Read<'_>) -> bool {
    let clear = |hit: &super::Hit| hit.cue.outcome == Outcome::OptedOut && hit.cue.strength >= judge::CLEAR_CUE;
    read.hits.iter().filter(|hit| clear(hit)).any(|hit| read.scope(hit.sentence).firm && !read.scope(hit.sentence).told)
}

/// True when all that is refused is a way to write, and another one is offered: "not at this address, use that one".
fn turns(read: &Read<'_>) -> bool {
    let refuses_a_way = |at: usize| read.scope(at).way && !read.scope(at).firm;
    (0..read.sentences.len()).any(|at| read.scope(at).elsewhere) && stops(read).all(refuses_a_way)
}

/// True when all that speaks of a stop is only told of: "I'd hate for you to stop".
fn is_told(read: &Read<'_>, alone: &[Alone]) -> bool {
    let asks = |at: usize| alone.get(at).is_some_and(judge::is_likely_stop);
    let told = |at: usize| read.scope(at).told;
    (0..read.sentences.len()).any(told) && stops(read).all(told) && (0..alone.len()).all(|at| told(at) || !asks(at))
}

/// The sentences that say somebody has left, if it is always somebody else than the writer; else none.
pub fn others_who_left(read: &Read<'_>) -> Vec<String> {
    let told = || read.hits.iter().filter(|hit| hit.cue.outcome == Outcome::LeftEmployer).map(|hit| hit.sentence);
    let others = told().filter(|at| read.scope(*at).other);
    if told().all(|at| read.scope(at).other) { others.map(|at| read.sentences[at].text.clone()).collect() } else { Vec::new() }
}

/// The sentence of a program's or mass mail that clearly asks for a stop, as only a person would.
pub fn clear_stop(read: &Read<'_>) -> Option<Finding> {
    let mut asking = stops(read).filter(|at| !read.scope(*at).machine).take_while(|_| !is_no_stop(read, &[]));
    let at = asking.find(|at| judge::clearly(&read.alone(*at), Outcome::OptedOut) >= judge::CLEAR_STOP)?;
    Some(Finding { outcome: Outcome::OptedOut, confidence: 0.9, evidence: read.sentences[at].text.clone() })
}

/// The sentences in which a cue asks for a stop.
fn stops<'r>(read: &'r Read<'_>) -> impl Iterator<Item = usize> + 'r {
    let asks = |at: &usize| {
        let cue = |hit: &super::Hit| hit.sentence == *at && hit.cue.outcome == Outcome::OptedOut && hit.cue.strength >= judge::STOP_CUE;
        read.hits.iter().any(cue)
    };
    (0..read.sentences.len()).filter(asks)
}
