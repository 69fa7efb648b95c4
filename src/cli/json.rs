//! The JSON shapes that scripts rely on (the contract), in one place.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use crate::flow;
use crate::model::draft::Draft;
use crate::model::journal::Entry;
use crate::model::plan::Plan;
use crate::store::contacts::Kept;
use crate::world::World;

/// An instant as RFC 3339 with the owner's offset, whole seconds.
pub(super) fn at(instant: Timestamp, zone: &TimeZone) -> String {
    let zoned = instant.to_zoned(zone.clone());
    zoned.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
}

/// A contact, as `contacts` and `show` print it.
pub(super) fn contact_json(world: &World, kept: &Kept) -> Value {
    let zone = &world.settings.owner.zone;
    let (contact, story) = (&kept.contact, &kept.story);
    json!({
        "id": contact.id,
        "name": contact.name,
        "addresses": contact.addresses,
        "employer": contact.employer,
        "family": contact.family,
        "title": contact.title,
        "relation": contact.relation,
        "met": contact.met,
        "every": contact.every,
        "zone": contact.zone,
        "state": contact.state,
        "tags": contact.tags,
        "note": contact.note,
        "mode": contact.mode,
        "added_at": at(contact.added_at, zone),
        "searched": contact.searched,
        "standing": story.standing(world.today()),
        "last_touch": story.last_touch.map(|instant| at(instant, zone)),
        "next_due": flow::next_due(world, kept),
        "unanswered": story.unanswered,
    })
}

/// A plan, as `plan` prints it.
pub(super) fn plan_json(world: &World, plan: &Plan) -> Value {
    let zone = &world.settings.owner.zone;
    let touches: Vec<Value> = plan
        .touches
        .iter()
        .map(|touch| {
            json!({
                "contact": touch.contact, "name": touch.name, "reason": touch.reason, "kind": touch.because, "template": touch.template,
                "due": touch.due, "send_at": at(touch.send_at, zone),
            })
        })
        .collect();
    let skips: Vec<Value> = plan
        .skips
        .iter()
        .map(|skip| json!({ "contact": skip.contact, "name": skip.name, "because": skip.because, "text": skip.text }))
        .collect();
    json!({ "touches": touches, "skips": skips })
}

/// A draft, as `review` and `outbox` print it.
pub(super) fn draft_json(world: &World, draft: &Draft) -> Value {
    let zone = &world.settings.owner.zone;
    let content = &draft.content;
    json!({
        "id": draft.id,
        "contact": draft.contact,
        "name": draft.name,
        "state": draft.state,
        "from": content.from.to_string(),
        "to": content.to.address,
        "subject": content.subject,
        "text": content.text,
        "in_reply_to": content.in_reply_to,
        "attachment": content.attachment.as_ref().map(|file| file.name.clone()),
        "reason": draft.reason,
        "kind": draft.because,
        "template": draft.template,
        "due": draft.due,
        "send_at": at(draft.send_at, zone),
        "revision": draft.revision,
        "fingerprint": flow::fingerprint(&content.clone()),
        "blocked": draft.blocked,
        "message_id": draft.message_id.as_ref().map(|id| format!("<{id}>")),
        "attempts": draft.attempts,
        "answer": draft.answer,
    })
}

/// A line of the journal, as `show` prints it.
pub(super) fn entry_json(world: &World, entry: &Entry) -> Value {
    json!({
        "at": at(entry.line.on, &world.settings.owner.zone),
        "kind": entry.line.kind,
        "text": entry.line.text,
        "message_id": entry.message_id.as_ref().map(|id| format!("<{id}>")),
        "outcome": entry.line.outcome,
    })
}
