//! Why is or was a contact written to or not? Answered from the tables (P14).

use jiff::ToSpan;
use jiff::civil::Date;

use super::{Trouble, contact, prepare};
use crate::model::draft::Draft;
use crate::model::journal::Entry;
use crate::model::plan::{Skip, Touch};
use crate::model::standing::Standing;
use crate::steps::plan::{Rules, judge};
use crate::steps::{due, window};
use crate::store::contacts::Kept;
use crate::world::World;

/// All that explains what happens with a contact.
#[derive(Debug, Clone)]
pub struct Why {
    /// Who.
    pub kept: Kept,
    /// May we write?
    pub standing: Standing,
    /// The journal lines that made the standing what it is, newest first.
    pub because: Vec<Entry>,
    /// The day they may be proposed again, if there is one.
    pub next_due: Option<Date>,
    /// The rule that makes that day.
    pub rule: String,
    /// What would be proposed if it were that day.
    pub touch: Option<Touch>,
    /// What keeps it from being proposed.
    pub skip: Option<Skip>,
    /// The open draft or delivery.
    pub draft: Option<Draft>,
    /// The zone used and how it is known.
    pub zone: String,
}

/// Explains a contact.
///
/// # Errors
/// When nobody or several fit, or the database fails.
pub fn why(world: &World, who: &str) -> Result<Why, Trouble> {
    world.store.read(|tx| {
        let kept = contact::find(tx, who)?;
        let today = world.today();
        let found =
            due::due(&kept.story, kept.contact.every, kept.contact.added_at, &world.settings.cadence, &world.settings.owner.zone, today);
        let next_due = due::next_due(&kept.story, found);
        let draft = tx.open_draft_of(kept.contact.id)?;
        let window = prepare::window(world, tx, &kept)?;
        let in_hand = draft.as_ref().map(prepare::in_hand_in_words);
        let candidate = prepare::candidate_of(world, tx, kept.clone(), in_hand)?;
        let cards = prepare::cards(world);
        let rules = Rules {
            now: world.now(),
            zone: &world.settings.owner.zone,
            until: found.day.max(next_due.unwrap_or(found.day)).max(today).checked_add(30.days()).unwrap_or(today),
            cadence: &world.settings.cadence,
            sending: &world.settings.sending,
            cards: &cards,
            paused: prepare::paused(world, tx)?,
        };
        let open = tx.open_drafts()?;
        let (touch, skip) = match judge(&candidate, &rules, &prepare::booked(world, tx, &open)?) {
            Some(Ok(touch)) => (Some(touch), None),
            Some(Err((because, text))) => (None, Some(Skip { contact: kept.contact.id, name: kept.contact.name.clone(), because, text })),
            None => (None, None),
        };
        let entries = tx.last_entries_of(kept.contact.id, 200)?;
        Ok(Why {
            standing: kept.story.standing(today),
            because: entries.into_iter().filter(|entry| !entry.line.effects.is_empty()).take(6).collect(),
            next_due,
            rule: rule_in_words(found.rule),
            touch,
            skip,
            draft,
            zone: zone_in_words(&window),
            kept,
        })
    })
}

/// The day a contact may be proposed again, if there is one.
#[must_use]
pub fn next_due(world: &World, kept: &Kept) -> Option<Date> {
    let found = due::due(
        &kept.story,
        kept.contact.every,
        kept.contact.added_at,
        &world.settings.cadence,
        &world.settings.owner.zone,
        world.today(),
    );
    due::next_due(&kept.story, found)
}

fn rule_in_words(rule: due::Rule) -> String {
    match rule {
        due::Rule::New => "never in touch: due at once",
        due::Rule::AsAgreed => "the day they named",
        due::Rule::AfterTalk => "a word on the next working day after you talked",
        due::Rule::FollowUp => "one follow-up after a first word without an answer",
        due::Rule::Cadence => "the cadence since you were last in touch",
    }
    .to_owned()
}

fn zone_in_words(window: &window::Window) -> String {
    use crate::model::plan::ZoneSource;
    let name = window.zone.iana_name().unwrap_or("a fixed offset");
    match window.source {
        ZoneSource::Given => format!("{name}, as you said"),
        ZoneSource::Mails => format!("{name}, as their own mails show"),
        ZoneSource::Guessed => format!("a guess, so only hours that are decent in every mainland zone ({name})"),
    }
}
