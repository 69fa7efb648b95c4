//! The plan: who is due, why, and when it would go; and who is not, and why.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

use crate::model::contact::{Contact, greeting_name};
use crate::model::plan::{Because, Card, Occasions, Plan, Reason, Skip, Touch};
use crate::model::settings::{CadenceRules, SendingRules};
use crate::model::standing::State;
use crate::model::story::Story;
use crate::steps::due::{self, LEAST_DAYS};
use crate::steps::occasions::{Occasion, choose, occasions};
use crate::steps::window::{Wanted, Window, slot};

/// All that planning asks of one contact.
#[derive(Debug, Clone)]
pub struct Candidate {
    /// Who.
    pub contact: Contact,
    /// Their story.
    pub story: Story,
    /// When they may be written to.
    pub window: Window,
    /// What is true and new.
    pub occasions: Occasions,
    /// Templates they had, newest first.
    pub used: Vec<String>,
    /// Their address is suppressed.
    pub suppressed: bool,
    /// Their domain is one the owner never writes to.
    pub never: bool,
    /// A draft or an approved check-in to them is on its way: what it is, in words.
    pub in_hand: Option<String>,
}

/// What holds for all of them.
#[derive(Debug, Clone)]
pub struct Rules<'a> {
    /// The hour.
    pub now: Timestamp,
    /// The owner's zone.
    pub zone: &'a TimeZone,
    /// The last day planned.
    pub until: Date,
    /// How often.
    pub cadence: &'a CadenceRules,
    /// When and how much.
    pub sending: &'a SendingRules,
    /// The templates there are.
    pub cards: &'a [Card],
    /// Everything is paused until a day, or until the owner says.
    pub paused: Option<String>,
}

/// Plans a period. `booked` holds what left in the last week and what is queued.
#[must_use]
pub fn plan(candidates: &[Candidate], rules: &Rules<'_>, booked: &[(Timestamp, Option<String>)]) -> Plan {
    let mut booked = booked.to_vec();
    let mut plan = Plan::default();
    for candidate in candidates {
        let Some(verdict) = judge(candidate, rules, &booked) else { continue };
        match verdict {
            Ok(touch) => {
                booked.push((touch.send_at, candidate.contact.family.clone()));
                plan.touches.push(touch);
            }
            Err((because, text)) => {
                plan.skips.push(Skip { contact: candidate.contact.id, name: candidate.contact.name.clone(), because, text });
            }
        }
    }
    plan.touches.sort_by_key(|touch| (touch.send_at, touch.contact));
    plan
}

/// Why not: a word and a sentence.
pub type Refusal = (Because, String);

/// Whether a contact is proposed; the questions are asked in this order, the first that refuses is the answer.
/// `None` when they are not due within the period at all.
#[must_use]
pub fn judge(candidate: &Candidate, rules: &Rules<'_>, booked: &[(Timestamp, Option<String>)]) -> Option<Result<Touch, Refusal>> {
    let due = due_of(candidate, rules);
    if due.day > rules.until {
        return None;
    }
    let refused = QUESTIONS.iter().find_map(|question| question(candidate, rules));
    Some(refused.map_or_else(|| propose(candidate, rules, due, booked), Err))
}

fn propose(candidate: &Candidate, rules: &Rules<'_>, due: due::Due, booked: &[(Timestamp, Option<String>)]) -> Result<Touch, Refusal> {
    let day = due::next_due(&candidate.story, due).ok_or((Because::Held, "held until you say otherwise".to_owned()))?;
    let due = due::Due { day, ..due };
    let (occasion, card) = occasion_of(candidate, rules, due)?;
    let send_at = send_at(candidate, rules, due, occasion.reason, booked)?;
    Ok(Touch {
        contact: candidate.contact.id,
        name: candidate.contact.name.clone(),
        reason: in_words(&occasion, candidate, due),
        because: occasion.reason,
        template: card,
        due: due.day,
        send_at,
    })
}

type Question = fn(&Candidate, &Rules<'_>) -> Option<Refusal>;

/// Read from the top: the first refusal is the reason that is told.
const QUESTIONS: [Question; 9] =
    [paused, suppressed, never_domain, stopped, owes_answer, held, no_address, not_searched, in_hand_or_unclear];

fn paused(_: &Candidate, rules: &Rules<'_>) -> Option<Refusal> {
    rules.paused.clone().map(|text| (Because::Paused, text))
}

fn suppressed(candidate: &Candidate, _: &Rules<'_>) -> Option<Refusal> {
    candidate.suppressed.then(|| (Because::Suppressed, "their address is never to be written to again".to_owned()))
}

fn never_domain(candidate: &Candidate, _: &Rules<'_>) -> Option<Refusal> {
    candidate.never.then(|| (Because::NeverDomain, "their address is at a domain you never write to ([sending] never)".to_owned()))
}

fn stopped(candidate: &Candidate, rules: &Rules<'_>) -> Option<Refusal> {
    let standing = candidate.story.standing(today(rules));
    let reason = standing.reason.unwrap_or_default().replace('_', " ");
    (standing.state == State::Stopped).then(|| (Because::Stopped, format!("stopped: {reason}")))
}

fn owes_answer(candidate: &Candidate, _: &Rules<'_>) -> Option<Refusal> {
    candidate.story.owes.map(|_| (Because::OwesAnswer, "they wrote and you have not answered yet".to_owned()))
}

fn held(candidate: &Candidate, rules: &Rules<'_>) -> Option<Refusal> {
    let (reason, until) = candidate.story.hold(today(rules)).filter(|(_, until)| until.is_none_or(|day| day > rules.until))?;
    let reason = reason.word().replace('_', " ");
    let text = until.map_or_else(|| format!("held until you say: {reason}"), |day| format!("held until {day}: {reason}"));
    Some((Because::Held, text))
}

fn no_address(candidate: &Candidate, _: &Rules<'_>) -> Option<Refusal> {
    candidate.contact.addresses.is_empty().then(|| (Because::NoAddress, "no address to write to; add one with curbside edit".to_owned()))
}

fn not_searched(candidate: &Candidate, _: &Rules<'_>) -> Option<Refusal> {
    (!candidate.contact.searched)
        .then(|| (Because::NotSearched, "your mailbox was not yet searched for earlier mail with them; curbside sync does it".to_owned()))
}

fn in_hand_or_unclear(candidate: &Candidate, _: &Rules<'_>) -> Option<Refusal> {
    if let Some(text) = &candidate.in_hand {
        return Some((Because::InHand, text.clone()));
    }
    let text = "no decent greeting can be made of the name; give a first and a last name with curbside edit";
    greeting_name(&candidate.contact.name).is_none().then(|| (Because::NameUnclear, text.to_owned()))
}

fn due_of(candidate: &Candidate, rules: &Rules<'_>) -> due::Due {
    due::due(&candidate.story, candidate.contact.every, candidate.contact.added_at, rules.cadence, rules.zone, today(rules))
}

fn occasion_of(candidate: &Candidate, rules: &Rules<'_>, due: due::Due) -> Result<(Occasion, String), Refusal> {
    let known = &candidate.occasions;
    let found = occasions(&candidate.contact, &candidate.story, due, known, today(rules).max(due.day), rules.zone);
    if found.is_empty() {
        return Err((Because::NothingNew, "nothing true and new to tell: add news, a note or a talk, and they are proposed".to_owned()));
    }
    let (occasion, card) = choose(&found, rules.cards, &candidate.contact, known, &candidate.used)
        .ok_or_else(|| (Because::NoTemplate, format!("no template fits ({})", found[0].reason.word())))?;
    Ok((occasion.clone(), card.name.clone()))
}

fn send_at(
    candidate: &Candidate,
    rules: &Rules<'_>,
    due: due::Due,
    reason: Reason,
    booked: &[(Timestamp, Option<String>)],
) -> Result<Timestamp, Refusal> {
    let undo = rules.sending.undo.seconds();
    let soonest = rules.now.checked_add(undo.seconds()).unwrap_or(rules.now);
    let due_at = due.day.to_zoned(rules.zone.clone()).map_or(soonest, |start| start.timestamp());
    let soonest = soonest.max(week_after_mail(&candidate.story, reason).unwrap_or(soonest));
    let family = candidate.contact.family.as_deref();
    let wanted = Wanted { earliest: soonest.max(due_at), window: &candidate.window, family, jitter: 0, zone: rules.zone };
    let at = slot(&wanted, booked, rules.sending).ok_or((Because::DayCap, "no free hour in the next weeks".to_owned()))?;
    let end = rules.until.tomorrow().unwrap_or(rules.until).to_zoned(rules.zone.clone()).map_or(at, |end| end.timestamp());
    if at < end {
        return Ok(at);
    }
    let alone = slot(&Wanted { family: None, ..wanted }, booked, rules.sending).is_some_and(|other| other < end);
    if alone {
        return Err((Because::FamilyCap, format!("enough mail to {} for this week", family.unwrap_or("their employer"))));
    }
    Err((Because::DayCap, "the days of this period are full".to_owned()))
}

fn in_words(occasion: &Occasion, candidate: &Candidate, due: due::Due) -> String {
    let gap = match due.rule {
        due::Rule::Cadence if occasion.reason != Reason::FirstWord => {
            let last = candidate.story.last_touch.map(|at| at.strftime("%-d %B").to_string()).unwrap_or_default();
            format!("last in touch on {last}; ")
        }
        _ => String::new(),
    };
    format!("{gap}{}", occasion.text)
}

/// Never within 7 days of mail either way, but for thanks or a word after a talk (P3).
#[must_use]
pub fn week_after_mail(story: &Story, reason: Reason) -> Option<Timestamp> {
    let last = story.last_mail.filter(|_| story.talk.is_none() || !matches!(reason, Reason::Thanks | Reason::AfterTalk))?;
    last.checked_add((i64::from(LEAST_DAYS) * 24).hours()).ok()
}

fn today(rules: &Rules<'_>) -> Date {
    rules.now.to_zoned(rules.zone.clone()).date()
}

/// The last question, asked in the transaction that marks `sending`: may this mail still go? (P2, P3)
///
/// # Errors
/// Why not, in words.
pub fn may_still_go(story: &Story, suppressed: bool, never: bool, reason: Reason, now: Timestamp, zone: &TimeZone) -> Result<(), String> {
    let today = now.to_zoned(zone.clone()).date();
    if suppressed {
        return Err("their address was suppressed".to_owned());
    }
    if never {
        return Err("their domain is one you never write to".to_owned());
    }
    let standing = story.standing(today);
    if standing.state != State::Active {
        return Err(format!("they are {} now", standing.state.word().replace('_', " ")));
    }
    if week_after_mail(story, reason).is_some_and(|free| now < free) {
        return Err("there was mail between you in the last 7 days".to_owned());
    }
    Ok(())
}
