//! How far back the mailbox is read, and that every folder is read so far (P8).

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::Trouble;
use crate::store::StoreError;
use crate::world::World;

/// The first day that is looked at: as the owner wants, and after a restore a week before the backup at least (P17).
///
/// # Errors
/// When the database fails.
pub fn first_day(world: &World) -> Result<Date, Trouble> {
    let span = world.settings.reading.since;
    let (restored, synced) = world.store.read(|tx| Ok::<_, StoreError>((tx.instant("reread_from")?, tx.instant("last_sync")?)))?;
    // Counted from the last look: to a clock that is years ahead all mail would be too old.
    let from = synced.map_or(world.now(), |at| at.min(world.now()));
    let wanted = from.checked_sub(SignedDuration::from_secs(span.seconds())).unwrap_or(Timestamp::UNIX_EPOCH);
    Ok(restored.map_or(wanted, |from| from.min(wanted)).to_zoned(TimeZone::UTC).date())
}

/// The first day of a folder that is now read from its beginning.
///
/// # Errors
/// When the database fails.
pub fn begin(world: &World) -> Result<Date, Trouble> {
    let first = first_day(world)?;
    world.store.write(|tx| tx.reads_back_to(first))?;
    Ok(first)
}

/// When a folder was read less far back than is wanted now, all are read from the beginning once more: the clock was
/// ahead when its first day was chosen, or the owner wants to see more of it.
///
/// # Errors
/// When the database fails.
pub fn as_far_as_wanted(world: &World) -> Result<(), Trouble> {
    let first = first_day(world)?;
    // A clock that is set back by some hours hides nothing that a look before midnight had not seen.
    let enough = first.tomorrow().unwrap_or(first);
    if world.store.read(|tx| tx.read_back_to())?.is_some_and(|reached| reached > enough) {
        world.store.write(|tx| tx.read_again_from(first))?;
    }
    Ok(())
}
