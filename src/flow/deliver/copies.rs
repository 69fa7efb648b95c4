//! Exactly one copy in Sent: the provider's where it saves one, else ours (P10).

use crate::flow::Trouble;
use crate::mail::post::folder_of;
use crate::model::folder::{Folder, Role};
use crate::world::World;

/// Looks for the copies that are wanted, and files those that did not appear in time.
///
/// # Errors
/// When the mailbox cannot be reached, or the database fails; the next turn goes on.
pub fn file_copies(world: &mut World) -> Result<(), Trouble> {
    let wanted = world.store.read(|tx| tx.copies_wanted())?;
    if wanted.is_empty() {
        return Ok(());
    }
    let folders = world.post.folders()?;
    // A mailbox without a Sent folder gets one: the append makes it.
    let sent = folder_of(&folders, Role::Sent).cloned().unwrap_or(Folder { name: "Sent".to_owned(), role: Role::Sent });
    let exists = folder_of(&folders, Role::Sent).is_some();
    for copy in wanted {
        let found = exists && world.post.has_message_id(&sent, &copy.message_id)?;
        if !found && world.now() < copy.until {
            continue;
        }
        if !found {
            let at = copy.sent_at.to_zoned(world.settings.owner.zone.clone());
            world.post.file_sent(&sent, &copy.raw, &at)?;
        }
        world.store.write(|tx| tx.set_copy_filed(copy.id))?;
    }
    Ok(())
}
