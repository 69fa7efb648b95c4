//! Changes to what is told: news, and what a mail was taken to mean.

use jiff::civil::Date;

use super::Changed;
use super::contacts::required;
use crate::flow::Trouble;
use crate::model::address::clean_name;
use crate::model::id::{ContactId, NewsId};
use crate::model::journal::{Effect, EntryKind, NewEntry, Side};
use crate::model::reading::Outcome;
use crate::model::standing::{State, StopReason};
use crate::steps::decide;
use crate::store::Tx;
use crate::world::World;

pub(super) fn add_news(world: &World, tx: &Tx<'_>, text: &str, until: Option<Date>) -> Result<Changed, Trouble> {
    let text = required("news", text)?;
    if until.is_some_and(|day| day < world.today()) {
        return Err(Trouble::refused("this day is over; news must be news for some days at least"));
    }
    let id = tx.add_news(&text, until, world.now())?;
    let found = tx.news(world.today())?.into_iter().find(|news| news.id == id);
    found.map(Changed::News).ok_or_else(|| Trouble::refused("the news was not kept"))
}

pub(super) fn drop_news(world: &World, tx: &Tx<'_>, id: NewsId) -> Result<Changed, Trouble> {
    if tx.drop_news(id)? {
        for draft in tx.open_drafts()?.into_iter().filter(|draft| draft.news == Some(id)) {
            world.pen().withdraw(tx, draft.contact, "you withdrew the news it tells")?;
        }
        Ok(Changed::NewsDropped(id))
    } else {
        Err(Trouble::refused(format!("there is no news {id}; curbside news shows them")))
    }
}

/// The owner corrects a reading: a new line voids what the old one did.
pub(super) fn correct(world: &World, tx: &Tx<'_>, message_id: &str, outcome: Outcome) -> Result<Changed, Trouble> {
    let bare = message_id.trim().trim_matches(['<', '>']);
    let by_number = bare.parse().ok().map(crate::model::id::MessageId).map(|id| tx.message(id)).transpose()?.flatten();
    let message = match by_number {
        Some(message) => message,
        None => tx.message_by_rfc_id(bare)?.ok_or_else(|| {
            Trouble::refused(format!("no kept mail has the Message-ID {}; curbside show WHO lists them", clean_name(bare)))
        })?,
    };
    let entry = tx
        .entries_about(message.id)?
        .into_iter()
        .rfind(|entry| entry.line.kind.tells_meaning())
        .ok_or_else(|| Trouble::refused("this mail is not one that was read for its meaning"))?;
    let mut reading = message.reading.clone().ok_or_else(|| Trouble::refused("this mail is not one that was read for its meaning"))?;
    let day = message.at.to_zoned(world.settings.owner.zone.clone()).date();
    let mut effects = vec![Effect::Touch(Side::Theirs), Effect::Warmth(outcome.is_warm())];
    effects.extend(decide::outcome_effects(outcome, &reading, day));
    let mut line = NewEntry::about(
        message.contact,
        message.at,
        EntryKind::Corrected,
        format!("you corrected the reading: {}", decide::outcome_in_words(outcome)),
    )
    .message(message.id)
    .with(effects);
    line.outcome = Some(outcome);
    line.voids = Some(entry.id);
    reading.outcome = Some(outcome);
    tx.set_reading(message.id, &reading)?;
    let id = world.pen().record(tx, &line)?;
    if entry.line.outcome == Some(Outcome::OptedOut) {
        take_back_suppression(tx, message.contact)?;
    }
    let kept = tx.contact(message.contact)?;
    if kept.is_some_and(|kept| kept.story.standing(world.today()).state != State::Active) {
        world.pen().withdraw(tx, message.contact, "you corrected what they said")?;
    }
    Ok(Changed::Entry(id))
}

/// A wrongly read opt-out is taken back, unless another one stands. Suppressions that this mail did not make are left
/// alone: the mail behind one may be known no more, after a restore (P2, P17).
fn take_back_suppression(tx: &Tx<'_>, contact: ContactId) -> Result<(), Trouble> {
    let Some(kept) = tx.contact(contact)? else { return Ok(()) };
    if kept.story.stops.iter().all(|(reason, _)| *reason != StopReason::OptedOut) {
        for address in tx.all_addresses_of(contact)? {
            tx.lift_suppression(&address)?;
        }
    }
    Ok(())
}
