//! From what a mail means to what it does to a standing.

use jiff::civil::Date;

use crate::model::calendar;
use crate::model::journal::{Effect, EntryKind, Side};
use crate::model::reading::{Finding, Kind, Outcome, Reading};
use crate::model::span::Span;
use crate::model::standing::{HoldReason, StopReason};
use crate::steps::story;
use crate::steps::understand::{LEFT_ANOTHER, TAUGHT};

/// "Not now" without a day.
const NOT_NOW: Span = Span::Weeks(13);
/// An absence without a day.
const AWAY: Span = Span::Days(7);
/// From here on “nothing to do” is believed.
const LIKELY: f64 = 0.5;

/// Who wrote a mail, as far as it matters to what it does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Writer {
    /// The contact, from a known address.
    Contact,
    /// The contact's address, but the provider's DMARC check failed.
    Unverified,
    /// Somebody else, inside the thread.
    Stranger,
}

/// What a mail does, and the sentence that says so.
#[derive(Debug, Clone, PartialEq)]
pub struct Decision {
    /// The kind of journal line.
    pub kind: EntryKind,
    /// A sentence for the owner.
    pub text: String,
    /// The outcome it records.
    pub outcome: Option<Outcome>,
    /// What it does.
    pub effects: Vec<Effect>,
    /// True when a draft or an approved check-in to the contact must be withdrawn.
    pub withdraws: bool,
}

/// Decides what an inbound mail does. `today` is the day it arrived, in the owner's zone.
#[must_use]
pub fn decide(reading: &Reading, writer: Writer, today: Date) -> Decision {
    match (writer, reading.kind) {
        (Writer::Unverified, _) => unverified(),
        (Writer::Stranger, Kind::Reply) => stranger(reading),
        (Writer::Contact, Kind::Reply) => human(reading, today),
        (Writer::Stranger, Kind::AutoReply) if reading.outcome == Some(Outcome::OptedOut) => stranger(reading),
        (Writer::Contact | Writer::Stranger, Kind::AutoReply) => away(reading, today),
        (Writer::Contact, Kind::Bulk) if reading.outcome.is_some() => by_a_tool(reading),
        (_, kind) => other(kind),
    }
}

fn human(reading: &Reading, today: Date) -> Decision {
    let outcome = believed(reading);
    let mut effects = vec![Effect::Touch(Side::Theirs), Effect::Warmth(outcome.is_warm())];
    effects.extend(outcome_effects(outcome, reading, today));
    Decision { kind: EntryKind::TheyWrote, text: said(outcome, reading), outcome: Some(outcome), effects, withdraws: true }
}

/// That there is nothing to do is believed only when it is likely: else the owner looks, for an answer may be owed (P3).
fn believed(reading: &Reading) -> Outcome {
    let outcome = their_own(reading);
    let doubtful = |finding: &Finding| finding.outcome == Outcome::Acknowledged && finding.confidence < LIKELY;
    if outcome == Outcome::Acknowledged && reading.outcomes.iter().any(doubtful) { Outcome::Unclear } else { outcome }
}

/// What a contact's own mail means: that somebody else has left ends nothing, whatever else it says counts.
fn their_own(reading: &Reading) -> Outcome {
    let of_another = reading.rules.iter().any(|rule| rule == LEFT_ANOTHER);
    let kept = |outcome: &Outcome| !(of_another && *outcome == Outcome::LeftEmployer);
    let beside = || reading.outcomes.iter().map(|finding| finding.outcome).find(kept);
    reading.outcome.filter(kept).or_else(beside).unwrap_or(Outcome::Unclear)
}

/// What an outcome does besides being a touch; also what the owner's correction does.
#[must_use]
pub fn outcome_effects(outcome: Outcome, reading: &Reading, today: Date) -> Vec<Effect> {
    let follow_up = reading.facts.follow_up_on.filter(|day| *day > today);
    let mut effects = match outcome {
        Outcome::OptedOut => vec![Effect::Stop(StopReason::OptedOut)],
        Outcome::Declined => vec![Effect::Stop(StopReason::Declined)],
        Outcome::LeftEmployer => vec![Effect::Stop(StopReason::LeftEmployer)],
        Outcome::WrongPerson => vec![Effect::Stop(StopReason::WrongPerson)],
        Outcome::Call | Outcome::ResumeRequested | Outcome::Opening | Outcome::Referral | Outcome::Unclear => vec![Effect::Owe],
        Outcome::NotNow => {
            let until = follow_up.unwrap_or_else(|| NOT_NOW.after_day(today));
            vec![Effect::Hold(HoldReason::NotNow, Some(until)), Effect::FollowUp(follow_up)]
        }
        Outcome::Acknowledged => Vec::new(),
    };
    if story::reopens(outcome) {
        effects.push(Effect::Release(HoldReason::NotNow));
        effects.push(Effect::FollowUp(follow_up));
    }
    effects
}

fn away(reading: &Reading, today: Date) -> Decision {
    let over = match reading.outcome {
        Some(Outcome::LeftEmployer) => Some((StopReason::LeftEmployer, "an automatic answer says they no longer work there".to_owned())),
        Some(Outcome::OptedOut) => Some((StopReason::OptedOut, format!("an automatic answer {}", said(Outcome::OptedOut, reading)))),
        _ => None,
    };
    if let Some((reason, text)) = over {
        let effects = vec![Effect::Stop(reason)];
        return Decision { kind: EntryKind::AutoReply, text, outcome: reading.outcome, effects, withdraws: true };
    }
    let back = reading.facts.back_on.filter(|day| *day >= today);
    let until = back.map_or_else(|| AWAY.after_day(today), |day| calendar::add_working_days(day, 1));
    let text = match back {
        Some(day) => format!("is away and back on {}; held until {until}", day.strftime("%A, %-d %B")),
        None => format!("an automatic answer; held until {until}"),
    };
    Decision {
        kind: EntryKind::AutoReply,
        text,
        outcome: None,
        effects: vec![Effect::Hold(HoldReason::AutoReply, Some(until))],
        withdraws: false,
    }
}

fn unverified() -> Decision {
    let text = "a mail in their name failed your provider's check of the sender; nothing was believed. Look at it, then: curbside resume"
        .to_owned();
    Decision { kind: EntryKind::Asked, text, outcome: None, effects: vec![Effect::Hold(HoldReason::Doubtful, None)], withdraws: false }
}

fn stranger(reading: &Reading) -> Decision {
    if reading.outcome == Some(Outcome::LeftEmployer) {
        let text = "somebody else answered in this conversation and says they no longer work there".to_owned();
        let effects = vec![Effect::Stop(StopReason::LeftEmployer), Effect::Owe];
        return Decision { kind: EntryKind::TheyWrote, text, outcome: reading.outcome, effects, withdraws: true };
    }
    let outcome = reading.outcome.filter(|outcome| matches!(outcome, Outcome::OptedOut | Outcome::Declined));
    let said = outcome.map_or_else(String::new, |outcome| format!(" and {}", said(outcome, reading)));
    let text = format!(
        "somebody answered in this conversation from an address you have not given for them{said}; is it theirs? curbside edit can add it"
    );
    let hold = outcome.map(|_| Effect::Hold(HoldReason::Doubtful, None));
    let effects = [Effect::Owe].into_iter().chain(hold).collect();
    Decision { kind: EntryKind::TheyWrote, text, outcome: Some(Outcome::Unclear), effects, withdraws: true }
}

/// Mass mail from a contact's address that speaks like a person: whether it is meant for the owner is the owner's to say.
fn by_a_tool(reading: &Reading) -> Decision {
    let asks = reading.outcome.filter(|outcome| *outcome == Outcome::OptedOut);
    let text = match asks {
        Some(outcome) => format!("a mail of theirs that looks like mass mail {}; is it meant for you?", said(outcome, reading)),
        None => "a mail of theirs that looks like mass mail may be meant for you; please read it yourself".to_owned(),
    };
    let hold = asks.map(|_| Effect::Hold(HoldReason::Doubtful, None));
    let effects = [Effect::Owe].into_iter().chain(hold).collect();
    Decision { kind: EntryKind::Asked, text, outcome: Some(Outcome::Unclear), effects, withdraws: true }
}

fn other(kind: Kind) -> Decision {
    let text = match kind {
        Kind::Invite => "a calendar invitation or answer",
        Kind::Bulk => "a list or marketing mail; no touch",
        _ => "a mail that is no answer",
    };
    // An invitation is an act of a person and wants the owner's eyes.
    let effects = if kind == Kind::Invite { vec![Effect::Touch(Side::Theirs), Effect::Owe] } else { Vec::new() };
    let withdraws = kind == Kind::Invite;
    Decision { kind: EntryKind::OtherMail, text: text.to_owned(), outcome: None, effects, withdraws }
}

/// What a mail said, as the owner would tell it.
#[must_use]
pub fn said(outcome: Outcome, reading: &Reading) -> String {
    let taught = reading.rules.iter().find(|rule| rule.starts_with(TAUGHT)).map_or_else(String::new, |rule| format!(", {rule}"));
    let what = format!("{}{taught}", outcome_in_words(outcome));
    let evidence = reading.outcomes.iter().find(|finding| finding.outcome == outcome).map(|finding| finding.evidence.trim());
    match evidence.filter(|text| !text.is_empty()) {
        Some(sentence) => format!("{what}: “{}”", short(sentence)),
        None => what,
    }
}

/// An outcome as a clause with the contact as its subject.
#[must_use]
pub const fn outcome_in_words(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::OptedOut => "asks not to be written to",
        Outcome::LeftEmployer => "no longer works there",
        Outcome::WrongPerson => "is not the person meant",
        Outcome::Call => "would like to talk",
        Outcome::ResumeRequested => "asks for your résumé",
        Outcome::Opening => "tells of an opening",
        Outcome::Referral => "helps with a name or an introduction",
        Outcome::NotNow => "says not now, the door is open",
        Outcome::Declined => "says no",
        Outcome::Acknowledged => "wrote back, nothing to do",
        Outcome::Unclear => "wrote; please read it yourself",
    }
}

fn short(sentence: &str) -> String {
    const MOST: usize = 160;
    if sentence.chars().count() <= MOST {
        return sentence.to_owned();
    }
    format!("{}…", sentence.chars().take(MOST).collect::<String>().trim_end())
}
