//! The file that goes with a check-in: a yes is given to the file as it was shown, and to no other (P5).

use std::path::Path;

use crate::flow::{Trouble, draft_text};
use crate::model::draft::{Attachment, Draft, DraftState};
use crate::model::id::DraftId;
use crate::model::journal::{EntryKind, NewEntry};
use crate::store::{StoreError, Tx};
use crate::world::World;

/// How the attached file compares with the one a draft shows.
pub enum Attached {
    /// There is none, it is the same, or it is in the rendered mail already.
    Same,
    /// It is another one now.
    Changed(Attachment),
    /// It cannot be read.
    Gone(String),
}

/// Looks at the attached file of a draft.
///
/// # Errors
/// When the database fails.
pub fn attached(tx: &Tx<'_>, draft: &Draft) -> Result<Attached, StoreError> {
    let Some(shown) = &draft.content.attachment else { return Ok(Attached::Same) };
    // What was rendered holds the file that a yes was given to; every later attempt sends these bytes (P1).
    if tx.rendered(draft.id)?.is_some() {
        return Ok(Attached::Same);
    }
    Ok(match draft_text::read_attachment(Path::new(&shown.path)) {
        Ok((now, _)) if now.sha256 == shown.sha256 => Attached::Same,
        Ok((now, _)) => Attached::Changed(now),
        Err(why) => Attached::Gone(why),
    })
}

/// Before a yes: a draft whose file changed shows the new one from now on, and the yes is refused this once.
pub(super) fn settle(world: &World, id: DraftId) -> Result<(), Trouble> {
    let why = world.store.write(|tx| {
        let Some(mut draft) = tx.draft(id)?.filter(|draft| draft.state == DraftState::Review) else { return Ok::<_, Trouble>(None) };
        match attached(tx, &draft)? {
            Attached::Same => Ok(None),
            Attached::Gone(why) => Ok(Some(format!("{why}. Put it back, or do without this check-in: curbside review skip {id}"))),
            Attached::Changed(now) => {
                let name = now.name.clone();
                show(&mut draft, now);
                tx.update_draft(&draft, world.now())?;
                let text = format!("the attached {name} changed; revision {} needs a yes", draft.revision);
                tx.append(&NewEntry::about(draft.contact, world.now(), EntryKind::Revised, text).draft(id), world.now())?;
                Ok(Some(format!(
                    "the attached {name} has changed since draft {id} showed it. It shows the new one now: look at it (curbside review), then say yes again"
                )))
            }
        }
    })?;
    why.map_or(Ok(()), |why| Err(Trouble::refused(why)))
}

/// Puts the file as it is now into the draft: another revision.
pub fn show(draft: &mut Draft, now: Attachment) {
    draft.content.attachment = Some(now);
    draft.revision += 1;
}
