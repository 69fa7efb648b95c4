//! Exactly one copy in Sent: the provider's where it saves one, else ours (P10).

use jiff::{SignedDuration, Timestamp};

use crate::flow::{Trouble, errand, wrong_clock};
use crate::mail::post::folder_of;
use crate::model::edge::EdgeError;
use crate::model::folder::{Folder, Role};
use crate::steps::lists;
use crate::store::drafts::CopyWanted;
use crate::world::World;

/// How long the provider's own copy is waited for; nothing where no server takes the mail.
pub(super) fn patience(world: &World) -> SignedDuration {
    let patience = world.post.smtp_host().map_or(std::time::Duration::ZERO, lists::copy_patience);
    SignedDuration::try_from(patience).unwrap_or(SignedDuration::ZERO)
}

/// Looks for the copies that are wanted, and files those that did not appear in time.
///
/// # Errors
/// When the mailbox cannot be reached, or the database fails; the next turn goes on.
pub fn file_copies(world: &mut World) -> Result<(), Trouble> {
    let wanted = world.store.read(|tx| tx.copies_wanted())?;
    let keys: Vec<String> = wanted.iter().map(|copy| errand::copy(copy.id)).collect();
    errand::forget(world, |key| key.starts_with("copy ") && !keys.iter().any(|wanted| wanted == key))?;
    if wanted.is_empty() {
        return Ok(());
    }
    let folders = world.post.folders()?;
    // A mailbox without a Sent folder gets one: the append makes it.
    let sent = folder_of(&folders, Role::Sent).cloned().unwrap_or(Folder { name: "Sent".to_owned(), role: Role::Sent });
    let exists = folder_of(&folders, Role::Sent).is_some();
    for copy in wanted {
        // One that the server refuses holds up none behind it; a broken line does.
        let mut broken: Option<EdgeError> = None;
        errand::run(world, &errand::copy(copy.id), |world| match file(world, &sent, exists, &copy) {
            Err(Trouble::Edge(error)) if error.is_temporary() => {
                broken = Some(error);
                Ok(())
            }
            other => other,
        })?;
        if let Some(error) = broken {
            return Err(error.into());
        }
    }
    Ok(())
}

fn file(world: &mut World, sent: &Folder, exists: bool, copy: &CopyWanted) -> Result<(), Trouble> {
    let found = exists && world.post.has_message_id(sent, &copy.message_id)?;
    if let Some(until) = wrong_clock::sane_end(copy.until, world.now(), patience(world)).filter(|_| !found) {
        world.store.write(|tx| tx.set_sent(copy.id, copy.sent_at, Some(until)))?;
        return Ok(());
    }
    if !found && world.now() < copy.until {
        return Ok(());
    }
    if let Some(until) = longer(copy, world.now(), patience(world)).filter(|_| !found) {
        world.store.write(|tx| tx.set_sent(copy.id, copy.sent_at, Some(until)))?;
        return Ok(());
    }
    if !found {
        let at = copy.sent_at.to_zoned(world.settings.owner.zone.clone());
        world.post.file_sent(sent, &copy.raw, &at)?;
    }
    world.store.write(|tx| tx.set_copy_filed(copy.id))?;
    Ok(())
}

/// The provider's time ran out long ago, or the clock was set forward meanwhile and it had none: it gets it from now on,
/// once. A time that was made longer is known by its length.
fn longer(copy: &CopyWanted, now: Timestamp, patience: SignedDuration) -> Option<Timestamp> {
    let is_long_over = now.duration_since(copy.until) > patience;
    let was_made_longer = copy.until.duration_since(copy.sent_at) > patience + SignedDuration::from_secs(1);
    now.checked_add(patience).ok().filter(|_| is_long_over && !was_made_longer && !patience.is_zero())
}
