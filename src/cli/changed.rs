//! What a change of a contact left behind, printed; and the look into the mailbox that a new address asks for.

use super::{Failure, Frame, contact_json, days};
use crate::flow::{Change, Changed};
use crate::store::contacts::Kept;
use crate::world::World;

/// Makes a change and prints the contact it left.
pub(super) fn contact(frame: &Frame, world: &World, change: Change) -> Result<(), Failure> {
    match frame.change(world, change)? {
        Changed::Contact(kept) => print(frame, world, &kept),
        _ => Ok(()),
    }
}

/// Prints a contact after a change.
pub(super) fn print(frame: &Frame, world: &World, kept: &Kept) -> Result<(), Failure> {
    let object = contact_json(world, kept);
    frame.say.answer(&object, || sentence(world, kept, object["next_due"].as_str()))?;
    Ok(())
}

/// Searches the mailbox for addresses that are new (P8) and gives the contact as it is then.
pub(super) fn searched(frame: &Frame, world: &mut World, kept: Kept) -> Result<Kept, Failure> {
    if kept.contact.searched || kept.contact.addresses.is_empty() {
        return Ok(kept);
    }
    if let Err(failure) = frame.look(world) {
        let why = failure.message;
        frame.say.warn(&format!("kept, but your mailbox could not be searched for earlier mail: {why}; until it is, nothing is proposed"));
    }
    Ok(world.store.read(|tx| tx.contact(kept.contact.id))?.unwrap_or(kept))
}

/// `Jane Doe (contact 3): held until 12 Mar, next due 12 Mar.`
fn sentence(world: &World, kept: &Kept, next_due: Option<&str>) -> String {
    let today = world.today();
    let due = next_due.and_then(|day| day.parse().ok()).map_or_else(String::new, |day| format!(", next due {}", days::said(day, today)));
    format!("{} (contact {}): {}{due}.", kept.contact.name, kept.contact.id, days::standing(&kept.story.standing(today), today))
}
