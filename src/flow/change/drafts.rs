//! Changes to drafts and deliveries: yes, edit, skip, later, cancel, resolve.

use jiff::{Timestamp, ToSpan};

use super::{Changed, sha256};
use crate::flow::Trouble;
use crate::flow::deliver;
use crate::flow::prepare;
use crate::model::address::clean_name;
use crate::model::draft::{Content, Draft, DraftState};
use crate::model::id::DraftId;
use crate::model::journal::{Effect, EntryKind, NewEntry};
use crate::model::span::Span;
use crate::model::standing::State;
use crate::steps::due;
use crate::steps::plan::week_after_mail;
use crate::steps::window::{Wanted, slot};
use crate::store::{StoreError, Tx};
use crate::world::World;

/// The longest text of a check-in, in characters.
const MOST_TEXT: usize = 20_000;

/// What a yes is given to: recipients, subject, text, conversation and attachment, as twelve hex digits.
#[must_use]
pub fn fingerprint(content: &Content) -> String {
    let whole = serde_json::to_vec(content).unwrap_or_default();
    sha256(&whole)[..12].to_owned()
}

pub(super) fn approve(world: &World, tx: &Tx<'_>, id: DraftId, wanted: Option<&str>) -> Result<Changed, Trouble> {
    let mut draft = load(tx, id)?;
    let now = fingerprint(&draft.content);
    if let Some(wanted) = wanted.filter(|wanted| *wanted != now) {
        return Err(Trouble::refused(format!(
            "draft {id} reads differently now (its fingerprint is {now}, not {}); look at it again",
            clean_name(wanted)
        )));
    }
    if matches!(draft.state, DraftState::Queued | DraftState::Deferred) && draft.approved.as_deref() == Some(now.as_str()) {
        return Ok(Changed::Draft(Box::new(draft)));
    }
    if draft.state != DraftState::Review {
        return Err(Trouble::refused(format!("draft {id} is {} and awaits no yes", draft.state)));
    }
    approve_in(world, tx, &mut draft, "you said yes")?;
    Ok(Changed::Draft(Box::new(draft)))
}

/// Gives the yes to a draft in review, and finds its hour.
pub(in crate::flow) fn approve_in(world: &World, tx: &Tx<'_>, draft: &mut Draft, by: &str) -> Result<(), Trouble> {
    if let Some(why) = &draft.blocked {
        return Err(Trouble::refused(format!("draft {} cannot go: {why}. Edit it, or mend what is missing", draft.id)));
    }
    refuse_blocked_contact(world, tx, draft)?;
    draft.approved = Some(fingerprint(&draft.content));
    draft.approved_at = Some(world.now());
    draft.answer = None;
    place(world, tx, draft)?;
    tx.update_draft(draft, world.now())?;
    let line = NewEntry::about(
        draft.contact,
        world.now(),
        EntryKind::Approved,
        format!("approved: {by}; goes {}", in_words(world, draft.send_at)),
    )
    .draft(draft.id);
    tx.append(&line, world.now())?;
    Ok(())
}

/// Suppression and standing are asked again at the yes (P2, P3).
fn refuse_blocked_contact(world: &World, tx: &Tx<'_>, draft: &Draft) -> Result<(), Trouble> {
    let address = &draft.content.to.address;
    if tx.suppressed(address)?.is_some() {
        return Err(Trouble::refused(format!("{address} is never to be written to again")));
    }
    if prepare::is_never(world, address.domain()) || prepare::is_never(world, draft.content.from.address.domain()) {
        return Err(Trouble::refused(format!("{} is at a domain you never write to or from ([sending] never)", draft.name)));
    }
    let Some(kept) = tx.contact(draft.contact)? else { return Err(Trouble::refused("the contact is gone")) };
    let standing = kept.story.standing(world.today());
    match standing.state {
        State::Active | State::Held => Ok(()),
        State::Stopped => {
            Err(Trouble::refused(format!("{} is stopped ({})", draft.name, standing.reason.unwrap_or_default().replace('_', " "))))
        }
        State::OwesAnswer => {
            Err(Trouble::refused(format!("you owe {} an answer; give it first, then: curbside answered {}", draft.name, draft.contact)))
        }
    }
}

/// What is said of a check-in that waits for its family.
const BEHIND: &str = "waits until another mail to";

/// Finds the hour of an approved check-in, and whether it waits for another one of the same family.
pub(in crate::flow) fn place(world: &World, tx: &Tx<'_>, draft: &mut Draft) -> Result<(), StoreError> {
    let others: Vec<Draft> =
        tx.open_drafts()?.into_iter().filter(|other| other.id != draft.id && other.state != DraftState::Review).collect();
    // Those who wait behind this one take no place before it; else the queue of a family would never move.
    let turn = |draft: &Draft| (draft.approved_at, draft.id);
    let ahead: Vec<Draft> =
        others.iter().filter(|other| other.state != DraftState::Deferred || turn(other) < turn(draft)).cloned().collect();
    let booked = prepare::booked(world, tx, &ahead)?;
    let undo = world.settings.sending.undo.seconds();
    let yes = draft.approved_at.unwrap_or_else(|| world.now());
    let mut earliest = world.now().max(yes.checked_add(undo.seconds()).unwrap_or(yes)).max(start_of_due(world, draft));
    let Some(kept) = tx.contact(draft.contact)? else { return Ok(()) };
    if let Some(until) = kept.story.hold(world.today()).and_then(|(_, until)| until) {
        earliest = earliest.max(start_of(world, until));
    }
    earliest = earliest.max(week_after_mail(&kept.story, draft.because).unwrap_or(earliest));
    let window = prepare::window(world, tx, &kept)?;
    let spacing = u64::try_from(world.settings.sending.spacing.seconds()).unwrap_or(0);
    // Half the spacing again, at most, so that no machine-like rhythm shows.
    let jitter = i64::try_from(u64::try_from(draft.id.0).unwrap_or(0).wrapping_mul(2_654_435_761) % (spacing / 2 + 1)).unwrap_or(0);
    let wanted = Wanted { earliest, window: &window, family: draft.family.as_deref(), jitter, zone: &world.settings.owner.zone };
    draft.send_at = slot(&wanted, &booked, &world.settings.sending).unwrap_or(earliest);
    // Whoever waits longest goes next: a new yes does not overtake them.
    let waits_before = |other: &Draft| {
        other.state == DraftState::Deferred
            && turn(other) < turn(draft)
            && other.answer.as_ref().is_some_and(|answer| answer.starts_with(BEHIND))
    };
    let is_before = |other: &Draft| other.family == draft.family && (other.state == DraftState::Queued || waits_before(other));
    let waits = draft.family.is_some() && others.iter().any(is_before);
    draft.state = if waits { DraftState::Deferred } else { DraftState::Queued };
    if waits {
        draft.answer = Some(format!("{BEHIND} {} has gone", draft.family.as_deref().unwrap_or_default()));
    } else if draft.answer.as_ref().is_some_and(|answer| answer.starts_with(BEHIND)) {
        draft.answer = None;
    }
    Ok(())
}

fn start_of_due(world: &World, draft: &Draft) -> Timestamp {
    start_of(world, draft.due)
}

fn start_of(world: &World, day: jiff::civil::Date) -> Timestamp {
    day.to_zoned(world.settings.owner.zone.clone()).map_or(Timestamp::MIN, |start| start.timestamp())
}

fn in_words(world: &World, at: Timestamp) -> String {
    at.to_zoned(world.settings.owner.zone.clone()).strftime("%A %-d %B %H:%M").to_string()
}

pub(super) fn revise(world: &World, tx: &Tx<'_>, id: DraftId, subject: Option<String>, text: &str) -> Result<Changed, Trouble> {
    let mut draft = load(tx, id)?;
    if !matches!(draft.state, DraftState::Review | DraftState::Queued | DraftState::Deferred) {
        return Err(Trouble::refused(format!("draft {id} is {} and cannot be edited any more", draft.state)));
    }
    let text = plain_text(text);
    if text.trim().is_empty() {
        return Err(Trouble::refused("the text is empty; to do without this check-in: curbside review skip"));
    }
    if text.chars().count() > MOST_TEXT {
        return Err(Trouble::refused(format!("the text is longer than {MOST_TEXT} characters")));
    }
    if let Some(mark) = ["{{", "{%", "[["].into_iter().find(|mark| text.contains(mark)) {
        return Err(Trouble::refused(format!("the text still holds “{mark}”: fill the field in first")));
    }
    if let Some(subject) = subject.map(|subject| clean_name(&subject)).filter(|subject| !subject.is_empty()) {
        draft.content.subject = subject;
    }
    if draft.content.subject.is_empty() {
        return Err(Trouble::refused("the subject is empty; begin the text with a line “Subject: …”"));
    }
    if tx.was_doubted(id)? {
        return Err(Trouble::refused(format!("the very mail goes again; to write another one: curbside outbox cancel {id}")));
    }
    // It surely did not leave: what was rendered of the old words is not what goes.
    tx.unrender(id)?;
    draft.content.text = text;
    draft.blocked = None;
    draft.revision += 1;
    draft.state = DraftState::Review;
    draft.approved = None;
    draft.approved_at = None;
    tx.update_draft(&draft, world.now())?;
    draft.message_id = None;
    tx.append(
        &NewEntry::about(
            draft.contact,
            world.now(),
            EntryKind::Revised,
            format!("you edited the draft; revision {} needs a new yes", draft.revision),
        )
        .draft(id),
        world.now(),
    )?;
    Ok(Changed::Draft(Box::new(draft)))
}

/// The owner's text without control characters but line breaks and tabs.
fn plain_text(text: &str) -> String {
    let unix = text.replace("\r\n", "\n").replace('\r', "\n");
    let kept: String = unix.chars().filter(|c| matches!(c, '\n' | '\t') || !c.is_control()).collect();
    format!("{}\n", kept.trim_end())
}

pub(super) fn skip(world: &World, tx: &Tx<'_>, id: DraftId) -> Result<Changed, Trouble> {
    let mut draft = in_review(tx, id)?;
    let Some(kept) = tx.contact(draft.contact)? else { return Err(Trouble::refused("the contact is gone")) };
    let gap = due::cadence(&kept.story, kept.contact.every.unwrap_or(world.settings.cadence.default));
    let until = gap.after_day(world.today());
    close(
        world,
        tx,
        &mut draft,
        DraftState::Skipped,
        &format!("you did without this check-in; not before {until}"),
        vec![Effect::PutOff(until)],
    )?;
    Ok(Changed::Draft(Box::new(draft)))
}

pub(super) fn later(world: &World, tx: &Tx<'_>, id: DraftId, span: Span) -> Result<Changed, Trouble> {
    let mut draft = in_review(tx, id)?;
    let until = span.after_day(world.today());
    close(world, tx, &mut draft, DraftState::Skipped, &format!("you put it off until {until}"), vec![Effect::PutOff(until)])?;
    Ok(Changed::Draft(Box::new(draft)))
}

pub(super) fn cancel(world: &World, tx: &Tx<'_>, id: DraftId) -> Result<Changed, Trouble> {
    let mut draft = load(tx, id)?;
    if !matches!(draft.state, DraftState::Queued | DraftState::Deferred) {
        return Err(Trouble::refused(format!("delivery {id} is {} and cannot be cancelled", draft.state)));
    }
    let Some(kept) = tx.contact(draft.contact)? else { return Err(Trouble::refused("the contact is gone")) };
    let until = due::cadence(&kept.story, kept.contact.every.unwrap_or(world.settings.cadence.default)).after_day(world.today());
    close(world, tx, &mut draft, DraftState::Stopped, "you cancelled it", vec![Effect::PutOff(until)])?;
    Ok(Changed::Draft(Box::new(draft)))
}

fn close(world: &World, tx: &Tx<'_>, draft: &mut Draft, state: DraftState, why: &str, effects: Vec<Effect>) -> Result<(), Trouble> {
    draft.state = state;
    draft.answer = Some(why.to_owned());
    tx.update_draft(draft, world.now())?;
    world.pen().record(tx, &NewEntry::about(draft.contact, world.now(), EntryKind::Skipped, why).draft(draft.id).with(effects))?;
    Ok(())
}

pub(super) fn resolve_sent(world: &World, tx: &Tx<'_>, id: DraftId) -> Result<Changed, Trouble> {
    let mut draft = doubtful(tx, id)?;
    let begun = tx.rendered(id)?.and_then(|rendered| rendered.body_begun).unwrap_or_else(|| world.now());
    deliver::record_sent(world, tx, &mut draft, begun, "you said it arrived")?;
    Ok(Changed::Draft(Box::new(draft)))
}

/// The one exception to never sending twice: the owner said that it did not arrive (P1). The same bytes go.
pub(super) fn resolve_resend(world: &World, tx: &Tx<'_>, id: DraftId) -> Result<Changed, Trouble> {
    let mut draft = doubtful(tx, id)?;
    tx.set_body_begun(id, None)?;
    draft.approved_at = Some(world.now());
    draft.answer = Some("you said it did not arrive; the same mail goes again".to_owned());
    place(world, tx, &mut draft)?;
    tx.update_draft(&draft, world.now())?;
    tx.append(
        &NewEntry::about(draft.contact, world.now(), EntryKind::Delivery, "you said it did not arrive; the same mail goes again").draft(id),
        world.now(),
    )?;
    Ok(Changed::Draft(Box::new(draft)))
}

fn load(tx: &Tx<'_>, id: DraftId) -> Result<Draft, Trouble> {
    tx.draft(id)?.ok_or_else(|| Trouble::refused(format!("there is no draft {id}; curbside review lists those that await a yes")))
}

fn in_review(tx: &Tx<'_>, id: DraftId) -> Result<Draft, Trouble> {
    let draft = load(tx, id)?;
    if draft.state == DraftState::Review {
        return Ok(draft);
    }
    Err(Trouble::refused(format!("draft {id} is {} and awaits no yes", draft.state)))
}

fn doubtful(tx: &Tx<'_>, id: DraftId) -> Result<Draft, Trouble> {
    let draft = load(tx, id)?;
    if draft.state == DraftState::Doubtful {
        return Ok(draft);
    }
    Err(Trouble::refused(format!("delivery {id} is {}, not doubtful; there is nothing to resolve", draft.state)))
}
