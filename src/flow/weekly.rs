//! The weekly mail to the owner: gathered from the tables, sent once per period (P12).

mod gather;

use jiff::{SignedDuration, Timestamp, ToSpan, Zoned};

use super::deliver::pauses_digest;
use super::{LOOK_MINUTES, Trouble, prepare, wrong_clock};
use crate::letters;
use crate::mail::compose::{self as composing, Letter};
use crate::mail::post::Post;
use crate::mail::smtp::Envelope;
use crate::model::digest::Digest;
use crate::model::edge::{EdgeError, SendAnswer};
use crate::model::folder::Role;
use crate::store::state::Run;
use crate::store::{StoreError, Tx};
use crate::world::World;

const NAME: &str = "digest";
/// When the digest of the period was handed to the server.
const HANDED_OVER: &str = "digest_handed_over";
/// The periods whose digest was sent, the last few of them.
const SERVED: &str = "digests_served";
const MOST_SERVED: usize = 20;
/// Weeks of a quarter.
const QUARTER: i64 = 13;

/// When the next digest is due.
#[must_use]
pub fn next(world: &World) -> Option<Timestamp> {
    world.settings.digest.cron.next_after(&world.local()).map(|at| at.timestamp())
}

/// The digest as it would be sent now.
///
/// # Errors
/// When the database fails.
pub fn compose(world: &World) -> Result<(Digest, letters::Rendered), Trouble> {
    let digest = gather::gather(world)?;
    let rendered = letters::digest(&digest);
    Ok((digest, rendered))
}

/// Sends the digest if its hour has come and it was not sent for this period.
///
/// # Errors
/// When it cannot be sent (it is tried again on the next turn), or the database fails.
pub fn send_if_due(world: &mut World) -> Result<(), Trouble> {
    let Some(period) = due_period(world)? else { return Ok(()) };
    if !matches!(world.post, Post::Folder(_)) && pauses_digest(world)? {
        return Ok(());
    }
    send(world, period)
}

/// Sends a digest now, outside the schedule.
///
/// # Errors
/// When it cannot be sent, or the database fails.
pub fn digest_now(world: &mut World) -> Result<(), Trouble> {
    let (_, rendered) = compose(world)?;
    let random = composing::new_message_id(&world.dice.bytes(), world.settings.owner.mailbox.address.domain());
    let raw = render(world, &rendered, random)?;
    taken(hand_over(world, &raw, None))
}

/// The period that is due: the last scheduled hour, unless it was served, or lies before Curbside was set up.
fn due_period(world: &World) -> Result<Option<Timestamp>, Trouble> {
    let local: Zoned = world.local();
    let Some(period) = world.settings.digest.cron.last_before(&local).map(|at| at.timestamp()) else { return Ok(None) };
    world.store.write(|tx| {
        let begun = match tx.instant("digest_from")? {
            Some(begun) => begun,
            None => {
                tx.set_value("digest_from", &world.now().to_string())?;
                world.now()
            }
        };
        Ok((period > begun && !is_served(tx, period, next(world))?).then_some(period))
    })
}

/// True when the digest of a period was sent. One that was sent for a period still far ahead was sent while the clock
/// was wrong: it says nothing about this one.
fn is_served(tx: &Tx<'_>, period: Timestamp, next: Option<Timestamp>) -> Result<bool, StoreError> {
    let is_credible = |run: &Run| run.done && run.period >= period && next.is_none_or(|next| run.period <= next);
    Ok(tx.last_run(NAME)?.as_ref().is_some_and(is_credible) || served(tx)?.contains(&period.to_string()))
}

/// The periods last served, oldest first.
fn served(tx: &Tx<'_>) -> Result<Vec<String>, StoreError> {
    Ok(tx.value(SERVED)?.unwrap_or_default().split_whitespace().map(str::to_owned).collect())
}

fn send(world: &mut World, period: Timestamp) -> Result<(), Trouble> {
    let begun = world.store.read(|tx| tx.last_run(NAME))?.filter(|run| run.period == period && !run.done);
    let run = match begun {
        Some(run) if was_delivered(world, &run)? => return done(world, period),
        Some(_) if awaited_until(world)?.is_some() => return Ok(()),
        Some(run) => run,
        // The tables may have forgotten it, with a restored backup or a clock that was wrong; the mailbox has not.
        None => match begin(world, period)? {
            run if was_delivered(world, &run)? => return done(world, period),
            run => run,
        },
    };
    // Written down first: after a crash, or without an answer, it is looked for before it is sent again.
    world.store.write(|tx| tx.set_value(HANDED_OVER, &world.now().to_string()))?;
    let answer = hand_over(world, run.raw.as_deref().unwrap_or_default(), Some(period));
    if matches!(answer, SendAnswer::NotSent(_) | SendAnswer::Refused(_)) {
        world.store.write(|tx| tx.clear_value(HANDED_OVER))?;
    }
    taken(answer)?;
    done(world, period)
}

/// Until when a digest whose fate is unknown may still arrive.
///
/// # Errors
/// When the database fails.
pub(super) fn awaited_until(world: &World) -> Result<Option<Timestamp>, Trouble> {
    let handed_over = world.store.read(|tx| tx.instant(HANDED_OVER))?;
    let looked_for = SignedDuration::from_mins(LOOK_MINUTES);
    // Handed over on a clock that was ahead, it is looked for now, and not waited for until then.
    let ends =
        |at: Timestamp| at.checked_add(looked_for).ok().filter(|end| wrong_clock::sane_end(*end, world.now(), looked_for * 2).is_none());
    Ok(handed_over.and_then(ends).filter(|end| world.now() < *end))
}

/// Renders and stores it first, so that a second attempt sends the same mail.
fn begin(world: &World, period: Timestamp) -> Result<Run, Trouble> {
    let (_, rendered) = compose(world)?;
    let message_id = id_of(world, period);
    let raw = render(world, &rendered, message_id.clone())?;
    let run = Run { period, done: false, message_id: Some(message_id), raw: Some(raw) };
    world.store.write(|tx| {
        tx.forget_old_counts(prepare::counted_since(world))?;
        tx.set_run(NAME, &run, world.now())
    })?;
    Ok(run)
}

/// The digest of a period has one id, whoever makes it and however often: so it is found wherever it went.
fn id_of(world: &World, period: Timestamp) -> String {
    let owner = &world.settings.owner.mailbox.address;
    let digest = super::change::sha256(format!("digest of {period} for {owner}").as_bytes());
    format!("{}@{}", &digest[..32], owner.domain())
}

fn done(world: &World, period: Timestamp) -> Result<(), Trouble> {
    let run = Run { period, done: true, message_id: None, raw: None };
    Ok(world.store.write(|tx| {
        tx.clear_value(HANDED_OVER)?;
        let mut served = served(tx)?;
        served.push(period.to_string());
        tx.set_value(SERVED, &served[served.len().saturating_sub(MOST_SERVED)..].join(" "))?;
        tx.set_run(NAME, &run, world.now())
    })?)
}

fn was_delivered(world: &mut World, run: &Run) -> Result<bool, Trouble> {
    let Some(id) = run.message_id.clone() else { return Ok(false) };
    let folders = world.post.folders()?;
    // The owner may have filed it, or thrown it away; a copy in Sent shows that the server took it.
    for folder in folders.iter().filter(|folder| folder.role != Role::Drafts) {
        if world.post.has_message_id(folder, &id)? {
            return Ok(true);
        }
    }
    Ok(false)
}

fn render(world: &World, rendered: &letters::Rendered, message_id: String) -> Result<Vec<u8>, Trouble> {
    let owner = &world.settings.owner.mailbox;
    let letter = Letter {
        from: crate::model::address::Mailbox { name: "Curbside".to_owned(), address: owner.address.clone() },
        to: owner.clone(),
        subject: rendered.subject.clone(),
        text: rendered.text.clone(),
        html: Some(rendered.html.clone()),
        in_reply_to: None,
        references: Vec::new(),
        message_id,
        date: world.local(),
        attachment: None,
        headers: vec![("Auto-Submitted", "auto-generated".to_owned()), ("X-Auto-Response-Suppress", "All".to_owned())],
    };
    composing::compose(&letter).map_err(|error| Trouble::refused(error.to_string()))
}

/// Hands a digest over, unless the week of its period ends meanwhile: a machine may sleep for days between two commands.
fn hand_over(world: &mut World, raw: &[u8], period: Option<Timestamp>) -> SendAnswer {
    let address = world.settings.owner.mailbox.address.clone();
    let envelope = Envelope { from: address.clone(), to: address };
    let dated = world.now();
    let World { post, clock, settings, .. } = world;
    let mut begin = || {
        let local = clock.now().to_zoned(settings.owner.zone.clone());
        let newest = settings.digest.cron.last_before(&local).map(|at| at.timestamp());
        if period.is_some() && period != newest { Err("its week is over".to_owned()) } else { Ok(()) }
    };
    match post {
        // A local folder has no server to bring the owner's own mail back: it is put into the inbox.
        Post::Folder(folder) => folder.deliver_to_owner(raw, dated),
        post => post.send(&envelope, raw, &mut begin),
    }
}

fn taken(answer: SendAnswer) -> Result<(), Trouble> {
    match answer {
        SendAnswer::Accepted(_) => Ok(()),
        SendAnswer::NotSent(error) => Err(error.into()),
        SendAnswer::Refused(refusal) if refusal.is_permanent() => {
            Err(EdgeError::Permanent(format!("your mail server refused the digest: {} {}", refusal.code, refusal.text)).into())
        }
        SendAnswer::Refused(refusal) => {
            Err(EdgeError::temporary(format!("your mail server put the digest off: {} {}", refusal.code, refusal.text)).into())
        }
        SendAnswer::Unknown(text) => Err(EdgeError::temporary(format!("no answer after the digest had left: {text}")).into()),
    }
}

/// From when on a digest tells: since the last one that was sent, or since Curbside was set up; a week at least and a
/// quarter at most. A machine may have been off for weeks, and not every owner wants a digest each week.
fn reports_from(world: &World, tx: &Tx<'_>) -> Result<Timestamp, StoreError> {
    let now = world.now();
    let earlier = served(tx)?.iter().filter_map(|period| period.parse().ok()).filter(|period: &Timestamp| *period <= now).max();
    let last = match earlier {
        Some(period) => Some(period),
        None => tx.instant("digest_from")?,
    };
    let week = weeks_before(now, 1);
    Ok(last.map_or(week, |last| last.min(week)).max(weeks_before(now, QUARTER)))
}

/// The hour some weeks before another.
fn weeks_before(at: Timestamp, weeks: i64) -> Timestamp {
    at.checked_sub((weeks * 7 * 24).hours()).unwrap_or(Timestamp::MIN)
}
