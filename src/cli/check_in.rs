//! Where a check-in stands, as people say it.

use jiff::Timestamp;

use super::days;
use crate::model::draft::{Draft, DraftState};
use crate::world::World;

/// `58: the note to Jane Doe goes Thursday, 26 November, 10:10.`
pub(super) fn in_words(world: &World, draft: &Draft) -> String {
    format!("{}: the note to {} {}.", draft.id, draft.name, stands(world, draft).trim_end_matches('.'))
}

/// `goes Thursday, 26 November, 10:10`: what follows the name of a note.
pub(super) fn stands(world: &World, draft: &Draft) -> String {
    let answer = draft.answer.as_deref().map(|text| days::in_sentence(text, world.today()));
    let why = answer.as_deref().map(|text| format!(": {text}")).unwrap_or_default();
    match draft.state {
        DraftState::Review => format!("awaits your yes{why}"),
        DraftState::Queued if draft.attempts > 0 => format!("was not taken and is tried again {}{why}", hour(world, draft.send_at)),
        DraftState::Queued => format!("goes {}{why}", hour(world, draft.send_at)),
        DraftState::Deferred => format!("waits{why}"),
        DraftState::Sending => format!("is on its way{why}"),
        DraftState::Sent => format!("was sent{why}"),
        DraftState::Refused => format!("was refused{why}"),
        DraftState::Doubtful => format!("may or may not have gone{why}"),
        DraftState::Skipped => format!("is left out{why}"),
        DraftState::Stopped | DraftState::Withdrawn => format!("was taken back{why}"),
    }
}

/// One word or two for a table.
pub(super) const fn word(state: DraftState) -> &'static str {
    match state {
        DraftState::Review => "awaits yes",
        DraftState::Queued => "approved",
        DraftState::Deferred => "waits",
        DraftState::Sending => "on its way",
        DraftState::Sent => "sent",
        DraftState::Refused => "refused",
        DraftState::Doubtful => "in doubt",
        DraftState::Skipped => "left out",
        DraftState::Stopped | DraftState::Withdrawn => "taken back",
    }
}

/// `Thursday, 26 November, 10:10`, where the owner is.
pub(super) fn hour(world: &World, at: Timestamp) -> String {
    at.to_zoned(world.settings.owner.zone.clone()).strftime("%A, %-d %B, %H:%M").to_string()
}
