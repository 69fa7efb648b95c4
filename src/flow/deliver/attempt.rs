//! One attempt to send, and the four truths it can end in.

use jiff::{SignedDuration, Timestamp, ToSpan};

use super::copies::patience;
use super::{LOOK_MINUTES, QUOTA_UNTIL};
use crate::flow::departed::{Departure, departed};
use crate::flow::{Trouble, change, draft_text, wrong_clock};
use crate::mail::compose::{self, Letter};
use crate::mail::smtp::Envelope;
use crate::model::draft::{Draft, DraftState};
use crate::model::edge::{EdgeError, Refusal, SendAnswer, Stage};
use crate::model::folder::{Folder, Role};
use crate::model::id::DraftId;
use crate::model::journal::{Effect, EntryKind, NewEntry};
use crate::model::span::Span;
use crate::model::standing::StopReason;
use crate::store::{StoreError, Tx};
use crate::world::World;

/// The body leaves within this time after the look at the mailbox, or not at all.
const FRESH: SignedDuration = SignedDuration::from_mins(5);
/// After this many days of temporary refusals the owner is told and it ends.
const GIVE_UP_HOURS: i64 = 5 * 24;
/// A provider's daily quota frees within a day.
const QUOTA_HOURS: i64 = 24;
/// A refused login is tried again after an hour at the earliest: no login loop.
const LOGIN_HOURS: i64 = 1;
/// A person whose check-in was refused is not proposed again before.
const LEAST_DAYS_AFTER_REFUSAL: Span = Span::Weeks(1);

/// Renders the mail once, stores it, and marks the delivery `sending`, all in the caller's transaction.
pub(super) fn mark_sending(world: &World, tx: &Tx<'_>, draft: &mut Draft) -> Result<(), Trouble> {
    if tx.rendered(draft.id)?.is_none() {
        match render(world, draft) {
            Ok((raw, id)) => tx.set_rendered(draft.id, &raw, &id)?,
            Err(why) => {
                draft.state = DraftState::Review;
                draft.approved = None;
                draft.blocked = Some(why);
                tx.update_draft(draft, world.now())?;
                return Ok(());
            }
        }
    }
    draft.state = DraftState::Sending;
    draft.attempts += 1;
    tx.update_draft(draft, world.now())?;
    Ok(())
}

fn render(world: &World, draft: &Draft) -> Result<(Vec<u8>, String), String> {
    let content = &draft.content;
    let attachment = match &content.attachment {
        Some(file) => Some(attached(file)?),
        None => None,
    };
    let message_id = compose::new_message_id(&world.dice.bytes(), content.from.address.domain());
    let letter = Letter {
        from: content.from.clone(),
        to: content.to.clone(),
        subject: content.subject.clone(),
        text: content.text.clone(),
        html: None,
        in_reply_to: content.in_reply_to.clone(),
        references: content.references.clone(),
        message_id: message_id.clone(),
        date: world.local(),
        attachment,
        headers: Vec::new(),
    };
    Ok((compose::compose(&letter).map_err(|error| error.to_string())?, message_id))
}

fn attached(file: &crate::model::draft::Attachment) -> Result<compose::Attachment, String> {
    let (now, bytes) = draft_text::read_attachment(std::path::Path::new(&file.path))?;
    if now.sha256 != file.sha256 {
        return Err(format!("the attachment {} has changed since it was drafted", file.path));
    }
    let content_type = if file.name.to_lowercase().ends_with(".pdf") { "application/pdf" } else { "application/octet-stream" };
    Ok(compose::Attachment { name: file.name.clone(), content_type: content_type.to_owned(), bytes })
}

/// Sends the stored bytes; true when the server took them. `looked` is when the mailbox was looked at last.
pub(super) fn attempt(world: &mut World, id: DraftId, looked: Timestamp) -> Result<bool, Trouble> {
    let (draft, raw) = world.store.read(|tx| Ok::<_, Trouble>((tx.draft(id)?, tx.rendered(id)?)))?;
    let (Some(draft), Some(rendered)) = (draft, raw) else { return Ok(false) };
    let envelope = Envelope { from: draft.content.from.address.clone(), to: draft.content.to.address.clone() };
    let World { store, post, clock, .. } = world;
    let mut begin = || {
        let at = clock.now();
        // A machine may sleep for days between two commands: then the look at the mailbox is old, and the hour another one.
        if at.duration_since(looked).abs() > FRESH {
            return Err("too long after the last look at the mailbox".to_owned());
        }
        let is_wanted = store.write(|tx| tx.begin_body(id, at)).map_err(|error: StoreError| error.to_string())?;
        if is_wanted { Ok(()) } else { Err("it was withdrawn at the last moment".to_owned()) }
    };
    let answer = post.send(&envelope, &rendered.raw, &mut begin);
    tracing::info!(draft = id.0, to = envelope.to.masked(), "send ended");
    conclude(world, id, answer)
}

fn conclude(world: &World, id: DraftId, answer: SendAnswer) -> Result<bool, Trouble> {
    world.store.write(|tx| {
        let Some(mut draft) = tx.draft(id)? else { return Ok(false) };
        if draft.state != DraftState::Sending && !matches!(answer, SendAnswer::Accepted(_)) {
            return Ok(false); // withdrawn while it waited for its body to begin: it did not leave, and does not go again
        }
        match answer {
            SendAnswer::Accepted(text) => {
                record_sent(world, tx, &mut draft, world.now(), &text)?;
                return Ok(true);
            }
            SendAnswer::Refused(refusal) => refused(world, tx, &mut draft, &refusal)?,
            SendAnswer::NotSent(error) => not_sent(world, tx, &mut draft, &error)?,
            SendAnswer::Unknown(text) => {
                draft.answer = Some(format!("no answer after the text had left ({text}); looking for it in Sent"));
                tx.update_draft(&draft, world.now())?;
            }
        }
        Ok(false)
    })
}

/// Writes down that the server has it, and gives the provider's own copy its time to appear.
pub(in crate::flow) fn record_sent(world: &World, tx: &Tx<'_>, draft: &mut Draft, at: Timestamp, answer: &str) -> Result<(), StoreError> {
    let until = world.now().checked_add(patience(world)).unwrap_or(world.now());
    departed(&world.pen(), tx, draft, &Departure { at, answer, copy_until: until })
}

fn refused(world: &World, tx: &Tx<'_>, draft: &mut Draft, refusal: &Refusal) -> Result<(), Trouble> {
    tx.set_body_begun(draft.id, None)?;
    let words = format!("{} {}", refusal.code, refusal.text);
    if is_quota(refusal) {
        tx.set_value(QUOTA_UNTIL, &hence(world, QUOTA_HOURS).to_string())?;
        return pause_queue(world, tx, draft, QUOTA_HOURS, &format!("your provider's daily limit is reached ({words})"));
    }
    if !refusal.is_permanent() {
        if refusal.stage < Stage::RcptTo {
            breathe(world, tx, &words)?;
        }
        return again_later(world, tx, draft, &words);
    }
    if refusal.stage < Stage::RcptTo {
        // The server refuses the owner, not this mail: every other one would fare the same.
        let why = format!("your mail server does not take mail from you ({words}); mend it, then: curbside resume --all");
        return pause_queue(world, tx, draft, LOGIN_HOURS, &why);
    }
    draft.state = DraftState::Refused;
    draft.answer = Some(words.clone());
    tx.update_draft(draft, world.now())?;
    let mut line = NewEntry::about(draft.contact, world.now(), EntryKind::Bounced, format!("the server refused the check-in: {words}"))
        .draft(draft.id)
        .with([put_off(world)]);
    if says_address_is_dead(refusal) {
        tx.set_dead(&draft.content.to.address, &words)?;
        let living = tx.contact(draft.contact)?.is_some_and(|kept| !kept.contact.addresses.is_empty());
        if !living {
            line = line.with([Effect::Stop(StopReason::Undeliverable)]);
        }
    }
    world.pen().record(tx, &line)?;
    Ok(())
}

/// What was refused is not proposed again at once.
fn put_off(world: &World) -> Effect {
    Effect::PutOff(LEAST_DAYS_AFTER_REFUSAL.after_day(world.today()))
}

/// How the reason of a pause begins that ends with a login that works.
pub(in crate::flow) const LOGIN_REFUSED: &str = "your mail server refused the login";

/// True for refusals of the recipient that are about the address, not about policy, size or a full mailbox (RFC 3463).
fn says_address_is_dead(refusal: &Refusal) -> bool {
    let about_address = match refusal.status.as_deref() {
        Some(status) => status.starts_with("5.1.") && status != "5.1.7" && status != "5.1.8" || status == "5.2.1",
        None => matches!(refusal.code, 550 | 551 | 553),
    };
    refusal.stage == Stage::RcptTo && about_address
}

/// A daily limit of the provider, not a fault of this mail: 550 5.4.5 (Gmail), 554 5.2.0 (Exchange Online).
fn is_quota(refusal: &Refusal) -> bool {
    matches!((refusal.code, refusal.status.as_deref()), (550, Some("5.4.5")) | (554, Some("5.2.0")))
}

fn not_sent(world: &World, tx: &Tx<'_>, draft: &mut Draft, error: &EdgeError) -> Result<(), Trouble> {
    tx.set_body_begun(draft.id, None)?;
    match error {
        EdgeError::Login(words) => {
            pause_queue(world, tx, draft, LOGIN_HOURS, &format!("{LOGIN_REFUSED} ({words}); mend it, then: curbside resume --all"))
        }
        other => {
            if matches!(other, EdgeError::Temporary { wait: Some(_), .. }) {
                breathe(world, tx, &other.to_string())?;
            }
            again_later(world, tx, draft, &other.to_string())
        }
    }
}

/// A server that has no time is not asked at once for the next mail: no more than one login a minute.
fn breathe(world: &World, tx: &Tx<'_>, why: &str) -> Result<(), Trouble> {
    let until = world.now().checked_add(1.minute()).unwrap_or(world.now());
    if tx.instant("sending_paused_until")?.is_none_or(|paused| paused < until) {
        tx.set_value("sending_paused_until", &until.to_string())?;
        tx.set_value("sending_paused_why", &format!("your mail server has no time ({why})"))?;
    }
    Ok(())
}

fn hence(world: &World, hours: i64) -> Timestamp {
    world.now().checked_add(hours.hours()).unwrap_or(world.now())
}

fn pause_queue(world: &World, tx: &Tx<'_>, draft: &mut Draft, hours: i64, why: &str) -> Result<(), Trouble> {
    tx.set_value("sending_paused_until", &hence(world, hours).to_string())?;
    tx.set_value("sending_paused_why", why)?;
    draft.state = DraftState::Queued;
    draft.answer = Some(why.to_owned());
    tx.update_draft(draft, world.now())?;
    tx.append(
        &NewEntry::about(draft.contact, world.now(), EntryKind::Delivery, format!("all sending is paused: {why}")).draft(draft.id),
        world.now(),
    )?;
    Ok(())
}

/// Waits grow from five minutes to about an hour; after five days the owner is told.
fn again_later(world: &World, tx: &Tx<'_>, draft: &mut Draft, words: &str) -> Result<(), Trouble> {
    let yes = draft.approved_at.unwrap_or(draft.created_at);
    let first = tx.troubled_since(draft.id, yes)?;
    let give_up = first.and_then(|first| first.checked_add(GIVE_UP_HOURS.hours()).ok()).is_some_and(|end| world.now() > end);
    draft.answer = Some(words.to_owned());
    if give_up {
        draft.state = DraftState::Refused;
        tx.update_draft(draft, world.now())?;
        let text = format!("the check-in could not be sent for five days: {words}");
        let line = NewEntry::about(draft.contact, world.now(), EntryKind::Asked, text).draft(draft.id).with([put_off(world)]);
        world.pen().record(tx, &line)?;
        return Ok(());
    }
    let minutes = (5_i64 << draft.attempts.saturating_sub(1).min(4)).min(60);
    draft.state = DraftState::Queued;
    draft.send_at = world.now().checked_add(minutes.minutes()).unwrap_or(world.now());
    tx.update_draft(draft, world.now())?;
    tx.append(
        &NewEntry::about(draft.contact, world.now(), EntryKind::Delivery, format!("not sent, tried again in {minutes} minutes: {words}"))
            .draft(draft.id),
        world.now(),
    )?;
    Ok(())
}

/// A delivery whose fate the owner was asked: it may still be found in Sent.
pub(super) fn settle_doubtful(world: &mut World, id: DraftId) -> Result<(), Trouble> {
    let Some(rendered) = world.store.read(|tx| tx.rendered(id))? else { return Ok(()) };
    if !is_in_mailbox(world, &rendered.message_id)? {
        return Ok(());
    }
    let begun = rendered.body_begun.unwrap_or_else(|| world.now());
    world.store.write(|tx| {
        let Some(mut draft) = tx.draft(id)?.filter(|draft| draft.state == DraftState::Doubtful) else { return Ok(()) };
        Ok(record_sent(world, tx, &mut draft, begun, "found in your mailbox")?)
    })
}

/// A delivery found in `sending`. Before the body it surely did not leave; after it, only finding it proves it did.
pub(super) fn settle(world: &mut World, id: DraftId) -> Result<(), Trouble> {
    let Some(rendered) = world.store.read(|tx| tx.rendered(id))? else { return back_to_queue(world, id) };
    let Some(begun) = rendered.body_begun else { return back_to_queue(world, id) };
    let found = is_in_mailbox(world, &rendered.message_id)?;
    if wrong_clock::sane_end(begun, world.now(), SignedDuration::from_mins(LOOK_MINUTES)).is_some() && !found {
        // The clock was ahead when it left: it is looked for as long as if it had left now.
        return world.store.write(|tx| Ok(tx.set_body_begun(id, Some(world.now()))?));
    }
    let late = begun.checked_add(LOOK_MINUTES.minutes()).is_ok_and(|end| world.now() >= end);
    world.store.write(|tx| {
        let Some(mut draft) = tx.draft(id)?.filter(|draft| draft.state == DraftState::Sending) else { return Ok(()) };
        if found {
            return Ok(record_sent(world, tx, &mut draft, begun, "found in your mailbox")?);
        }
        if late {
            return doubt(world, tx, &mut draft);
        }
        Ok(())
    })
}

fn back_to_queue(world: &World, id: DraftId) -> Result<(), Trouble> {
    world.store.write(|tx| {
        let Some(mut draft) = tx.draft(id)?.filter(|draft| draft.state == DraftState::Sending) else { return Ok(()) };
        draft.answer = Some("interrupted before it left; it goes again".to_owned());
        change::place(world, tx, &mut draft)?;
        tx.update_draft(&draft, world.now())?;
        Ok(())
    })
}

fn doubt(world: &World, tx: &Tx<'_>, draft: &mut Draft) -> Result<(), Trouble> {
    draft.state = DraftState::Doubtful;
    let why = format!(
        "the line broke while it was sent, and it is not in Sent: did it arrive? curbside outbox resolve {} --sent or --resend",
        draft.id
    );
    draft.answer = Some(why.clone());
    tx.update_draft(draft, world.now())?;
    tx.append(&NewEntry::about(draft.contact, world.now(), EntryKind::Asked, why).draft(draft.id), world.now())?;
    Ok(())
}

/// Sent and All Mail are where a provider files what it took.
fn is_in_mailbox(world: &mut World, message_id: &str) -> Result<bool, Trouble> {
    let folders: Vec<Folder> = world.post.folders()?;
    for folder in folders.iter().filter(|folder| matches!(folder.role, Role::Sent | Role::Archive)) {
        if world.post.has_message_id(folder, message_id)? {
            return Ok(true);
        }
    }
    Ok(false)
}
