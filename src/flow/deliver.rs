//! From a yes to the recipient's mailbox, at most once (P1), and one copy in Sent (P10).

mod attempt;
mod copies;

use jiff::{Timestamp, ToSpan};

pub(in crate::flow) use attempt::LOGIN_REFUSED;
pub(super) use attempt::record_sent;
pub use copies::file_copies;

use super::change::attached::{Attached, attached};
use super::change::fingerprint;
use super::errand::Errands;
use super::{Trouble, change, errand, prepare, sync};
use crate::model::draft::{Draft, DraftState};
use crate::model::id::DraftId;
use crate::model::journal::{EntryKind, NewEntry};
use crate::steps::plan::may_still_go;
use crate::store::Tx;
use crate::store::drafts::CopyWanted;
use crate::world::World;

/// How long Sent and All Mail are searched for a mail whose fate is unknown.
pub const LOOK_MINUTES: i64 = 10;
/// Until when a daily limit holds.
const QUOTA_UNTIL: &str = "quota_until";
/// No pause of the queue lasts longer; the longest is a daily quota's.
const LONGEST_PAUSE_HOURS: i64 = 25;
/// A yes older than this lapses (P5).
const YES_DAYS: i64 = 14;

/// Sends what was approved and is due, one mail at a time; returns how many left.
///
/// # Errors
/// When the mailbox cannot be read before a send (then nothing is sent), or the database fails.
pub fn deliver_due(world: &mut World) -> Result<u32, Trouble> {
    let mut sent = 0;
    loop {
        settle_waiting(world)?;
        let Some(id) = next_due(world)? else { break };
        if is_paused(world)? {
            break;
        }
        // Read again immediately before: an answer that came a moment ago must stop it (P3).
        let looked = world.now();
        sync::sync(world)?;
        match claim(world, id)? {
            Claim::Go => sent += u32::from(attempt::attempt(world, id, looked)?),
            Claim::Moved => {}
        }
    }
    Ok(sent)
}

fn next_due(world: &World) -> Result<Option<DraftId>, Trouble> {
    let now = world.now();
    let queued = world.store.read(|tx| tx.drafts_in(DraftState::Queued))?;
    Ok(queued.iter().find(|draft| draft.send_at <= now).map(|draft| draft.id))
}

enum Claim {
    Go,
    Moved,
}

/// Asks everything once more, in the transaction that marks `sending` (P2, P3, P4, P5).
fn claim(world: &World, id: DraftId) -> Result<Claim, Trouble> {
    world.store.write(|tx| {
        let Some(mut draft) = tx.draft(id)?.filter(|draft| draft.state == DraftState::Queued) else { return Ok(Claim::Moved) };
        // What the tables say of the contact is derived; at this moment only the journal itself is believed.
        world.pen().restory(tx, draft.contact)?;
        let verdict = match last_questions(world, tx, &draft)? {
            Verdict::Go => {
                attempt::mark_sending(world, tx, &mut draft)?;
                return Ok(if draft.state == DraftState::Sending { Claim::Go } else { Claim::Moved });
            }
            other => other,
        };
        turn_away(world, tx, &mut draft, verdict)?;
        Ok(Claim::Moved)
    })
}

enum Verdict {
    Go,
    /// It goes at another hour.
    Move(Timestamp),
    /// It waits for a hold to end.
    Wait(String),
    /// It does not go.
    Stop(String),
    /// It needs a new yes.
    Lapse(String),
}

fn last_questions(world: &World, tx: &Tx<'_>, draft: &Draft) -> Result<Verdict, Trouble> {
    let now = world.now();
    if draft.approved.as_deref() != Some(fingerprint(&draft.content).as_str()) {
        return Ok(Verdict::Lapse("the text is not the one you approved".to_owned()));
    }
    let lapsed = draft.approved_at.and_then(|yes| yes.checked_add((YES_DAYS * 24).hours()).ok()).is_some_and(|end| now > end);
    if lapsed {
        return Ok(Verdict::Lapse(format!("your yes is older than {YES_DAYS} days")));
    }
    match attached(tx, draft)? {
        Attached::Same => {}
        Attached::Changed(_) => return Ok(Verdict::Lapse("the attached file has changed since your yes".to_owned())),
        Attached::Gone(why) => return Ok(Verdict::Lapse(why)),
    }
    if let Some(news) = draft.news
        && !tx.news(world.today())?.iter().any(|item| item.id == news)
    {
        return Ok(Verdict::Lapse("the news it tells is over".to_owned()));
    }
    if prepare::paused(world, tx)?.is_some() {
        return Ok(Verdict::Wait("everything is paused".to_owned()));
    }
    let Some(kept) = tx.contact(draft.contact)? else { return Ok(Verdict::Stop("the contact is gone".to_owned())) };
    if let Some((reason, until)) = kept.story.hold(world.today()) {
        return Ok(Verdict::Wait(
            until.map_or_else(|| format!("held: {}", reason.word()), |day| format!("held until {day}: {}", reason.word())),
        ));
    }
    let to = &draft.content.to.address;
    let suppressed = tx.suppressed(to)?.is_some() || !kept.contact.addresses.iter().any(|known| known.key() == to.key());
    let never = prepare::is_never(world, to.domain()) || prepare::is_never(world, draft.content.from.address.domain());
    if let Err(why) = may_still_go(&kept.story, suppressed, never, draft.because, now, &world.settings.owner.zone) {
        return Ok(Verdict::Stop(why));
    }
    let mut moved = draft.clone();
    change::place(world, tx, &mut moved)?;
    // Asked again: the clock has moved on while the hour was found.
    Ok(if moved.send_at > world.now() { Verdict::Move(moved.send_at) } else { Verdict::Go })
}

fn turn_away(world: &World, tx: &Tx<'_>, draft: &mut Draft, verdict: Verdict) -> Result<(), Trouble> {
    let why = match verdict {
        Verdict::Go => return Ok(()),
        Verdict::Move(at) => {
            draft.send_at = at;
            tx.update_draft(draft, world.now())?;
            return Ok(());
        }
        Verdict::Wait(why) => {
            draft.state = DraftState::Deferred;
            why
        }
        Verdict::Stop(why) => {
            draft.state = DraftState::Stopped;
            why
        }
        Verdict::Lapse(why) => {
            draft.state = DraftState::Review;
            draft.approved = None;
            draft.approved_at = None;
            // The next yes is given to the file as it is now; else it would lapse like this one.
            if let Attached::Changed(now) = attached(tx, draft)? {
                change::attached::show(draft, now);
            }
            format!("{why}; it needs a new yes")
        }
    };
    draft.answer = Some(why.clone());
    tx.update_draft(draft, world.now())?;
    tx.append(&NewEntry::about(draft.contact, world.now(), EntryKind::Delivery, why).draft(draft.id), world.now())?;
    Ok(())
}

/// Deferred check-ins whose reason is over are given an hour again; an old yes lapses.
fn settle_waiting(world: &World) -> Result<(), Trouble> {
    let mut waiting = world.store.read(|tx| tx.drafts_in(DraftState::Deferred))?;
    waiting.sort_by_key(|draft| (draft.approved_at, draft.id));
    for draft in waiting {
        world.store.write(|tx| {
            let Some(mut draft) = tx.draft(draft.id)?.filter(|draft| draft.state == DraftState::Deferred) else {
                return Ok::<_, Trouble>(());
            };
            match last_questions(world, tx, &draft)? {
                Verdict::Go | Verdict::Move(_) => {
                    let before = (draft.state, draft.send_at);
                    change::place(world, tx, &mut draft)?;
                    if (draft.state, draft.send_at) != before {
                        tx.update_draft(&draft, world.now())?;
                    }
                    Ok(())
                }
                // It waits for something else now, and keeps nobody of its family waiting.
                Verdict::Wait(why) if draft.answer.as_deref() != Some(why.as_str()) => {
                    draft.answer = Some(why);
                    Ok(tx.update_draft(&draft, world.now())?)
                }
                Verdict::Wait(_) => Ok(()),
                verdict => turn_away(world, tx, &mut draft, verdict),
            }
        })?;
    }
    Ok(())
}

/// Deliveries found in `sending`: what an earlier run left there, or what is being looked for (P1).
///
/// # Errors
/// When the mailbox cannot be searched, or the database fails.
pub fn settle_interrupted(world: &mut World) -> Result<(), Trouble> {
    for draft in world.store.read(|tx| tx.drafts_in(DraftState::Sending))? {
        attempt::settle(world, draft.id)?;
    }
    for draft in world.store.read(|tx| tx.drafts_in(DraftState::Doubtful))? {
        attempt::settle_doubtful(world, draft.id)?;
    }
    Ok(())
}

/// When the next delivery, copy or search is due.
///
/// # Errors
/// When the database fails.
pub fn next_hour(world: &World) -> Result<Option<Timestamp>, Trouble> {
    let now = world.now();
    let soon = now.checked_add(2.seconds()).unwrap_or(now);
    let paused = pause_of_sending(world)?.map(|(until, _)| until);
    world.store.read(|tx| {
        let queued = tx
            .drafts_in(DraftState::Queued)?
            .first()
            .map(|draft| draft.send_at.max(now))
            .map(|at| paused.map_or(at, |until| at.max(until)));
        let errands = Errands::read(tx)?;
        let must_wait = |errand: &str| errands.must_wait(errand, now);
        let looking = (!must_wait(errand::SEARCH) && !tx.drafts_in(DraftState::Sending)?.is_empty())
            .then_some(soon.checked_add(8.seconds()).unwrap_or(soon));
        let is_wanted = |copy: &CopyWanted| !must_wait(errand::COPIES) && !must_wait(&errand::copy(copy.id));
        let copies = tx.copies_wanted()?.iter().any(is_wanted).then_some(soon);
        Ok([queued, looking, copies].into_iter().flatten().min())
    })
}

/// Until when the whole queue is paused, and why: a daily quota or a refused login.
///
/// # Errors
/// When the database fails.
pub fn pause_of_sending(world: &World) -> Result<Option<(Timestamp, String)>, Trouble> {
    let now = world.now();
    // A longer pause than is ever made was made while the clock was wrong.
    let longest = now.checked_add(LONGEST_PAUSE_HOURS.hours()).unwrap_or(Timestamp::MAX);
    world.store.read(|tx| {
        let until = tx.instant("sending_paused_until")?.filter(|until| *until > now && *until <= longest);
        Ok(until.zip(tx.value("sending_paused_why")?))
    })
}

/// True when the pause is one that the digest keeps, too: the server refuses the owner, or has no time. A daily limit is
/// longer than the digest can wait, and need not hold it up.
///
/// # Errors
/// When the database fails.
pub fn pauses_digest(world: &World) -> Result<bool, Trouble> {
    let Some((until, _)) = pause_of_sending(world)? else { return Ok(false) };
    Ok(world.store.read(|tx| tx.instant(QUOTA_UNTIL))? != Some(until))
}

fn is_paused(world: &World) -> Result<bool, Trouble> {
    Ok(pause_of_sending(world)?.is_some())
}
