//! What was done while the clock of the machine was far ahead, put right when it is right again.

use jiff::{SignedDuration, Timestamp};

use super::Trouble;
use crate::model::draft::Draft;
use crate::model::id::ContactId;
use crate::model::journal::{EntryKind, NewEntry};
use crate::steps::story::DOUBT;
use crate::store::Tx;
use crate::world::World;

/// Since when something stands in the future of the clock.
const DOUBTED: &str = "clock_doubted_since";
/// A clock that is wrong for longer than this is not waited for.
const MENDED: SignedDuration = SignedDuration::from_hours(1);
const WHY: &str = "the clock of this machine was wrong when it was made or approved";

/// What stands at an hour that is still to come.
struct Ahead {
    drafts: Vec<Draft>,
    contacts: Vec<ContactId>,
}

/// A clock that was ahead made drafts, or heard a yes, at an hour that is still to come: they are made anew when they
/// are due. What it wrote into the journal counts from now. But it may be the clock of now that is behind, and most are
/// set right in minutes: nothing is done before it has gone on like this for a while.
///
/// # Errors
/// When the database fails.
pub(super) fn put_right(world: &World) -> Result<(), Trouble> {
    let now = world.now();
    let Ok(soon) = now.checked_add(DOUBT) else { return Ok(()) };
    let (ahead, since) = world.store.read(|tx| Ok::<_, Trouble>((ahead_of(tx, soon)?, tx.instant(DOUBTED)?)))?;
    let since = since.filter(|since| *since <= now);
    let is_none = ahead.drafts.is_empty() && ahead.contacts.is_empty();
    if is_none && since.is_none() || since.is_some_and(|since| !is_none && now.duration_since(since) < MENDED) {
        return Ok(());
    }
    world.store.write(|tx| {
        if since.is_none() {
            return Ok(tx.set_value(DOUBTED, &now.to_string())?);
        }
        tx.clear_value(DOUBTED)?;
        ahead.drafts.iter().try_for_each(|draft| world.pen().withdraw(tx, draft.contact, WHY).map(drop))?;
        ahead.contacts.iter().try_for_each(|contact| counts_from_now(world, tx, *contact))
    })
}

fn ahead_of(tx: &Tx<'_>, soon: Timestamp) -> Result<Ahead, Trouble> {
    let is_ahead = |draft: &Draft| draft.created_at > soon || draft.approved_at.is_some_and(|yes| yes > soon);
    let drafts = tx.open_drafts()?.into_iter().filter(is_ahead).collect();
    Ok(Ahead { drafts, contacts: tx.written_ahead(soon)? })
}

fn counts_from_now(world: &World, tx: &Tx<'_>, contact: ContactId) -> Result<(), Trouble> {
    let text = "the clock of this machine was far ahead; what was written meanwhile counts from now".to_owned();
    world.pen().record(tx, &NewEntry::about(contact, world.now(), EntryKind::ClockMended, text))?;
    Ok(())
}

/// The end of a wait that no wait of this length can have: it was begun while the clock was ahead, and begins now.
pub(super) fn sane_end(until: Timestamp, now: Timestamp, longest: SignedDuration) -> Option<Timestamp> {
    let latest = now.checked_add(longest).ok()?;
    (until > latest).then_some(latest)
}
