//! `curbside read --since`: kept mails read again with today's reader.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::cli::json::at;
use crate::cli::{Failure, Frame};
use crate::flow::{self, Change, Changed, Rereading, outcome_in_words};
use crate::model::id::ContactId;
use crate::model::reading::{Kind, Reading};
use crate::model::span::Span;
use crate::world::World;

/// Reads again, says what is read otherwise, and believes it if asked to.
pub(super) fn run(span: Span, apply: bool, frame: &Frame) -> Result<(), Failure> {
    let world = frame.world()?;
    let since = world.now().checked_sub(SignedDuration::from_secs(span.seconds())).unwrap_or(Timestamp::MIN);
    let found = flow::reread(&world, since)?;
    let mut objects = Vec::new();
    for new in &found.otherwise {
        let applied = apply && matches!(frame.change(&world, Change::Reread(Box::new(new.clone())))?, Changed::Reread(Some(_)));
        objects.push(object(&world, new, applied)?);
    }
    frame.say.list(&objects, || words(&objects, found.read, apply))?;
    Ok(())
}

fn object(world: &World, new: &Rereading, applied: bool) -> Result<Value, Failure> {
    let message = &new.message;
    Ok(json!({
        "message_id": message.rfc_id.as_ref().map(|id| format!("<{id}>")),
        "contact": message.contact,
        "name": name(world, message.contact)?,
        "subject": message.subject,
        "at": at(message.at, &world.settings.owner.zone),
        "before": reading(&new.before),
        "after": reading(&new.after),
        "applied": applied,
        "stays": new.stays,
    }))
}

fn name(world: &World, contact: ContactId) -> Result<Option<String>, Failure> {
    Ok(world.store.read(|tx| tx.contact(contact))?.map(|kept| kept.contact.name))
}

fn reading(reading: &Reading) -> Value {
    json!({
        "kind": reading.kind,
        "outcome": reading.outcome,
        "outcomes": reading.outcomes,
        "confidence": (reading.confidence * 1000.0).round() / 1000.0,
        "facts": reading.facts,
        "bounce": reading.bounce,
        "rules": reading.rules,
        "in_words": in_words(reading),
    })
}

fn in_words(reading: &Reading) -> String {
    let what = match (reading.kind, reading.outcome) {
        (Kind::Reply, Some(outcome)) => outcome_in_words(outcome).to_owned(),
        (Kind::AutoReply, Some(outcome)) => format!("an automatic answer: {}", outcome_in_words(outcome)),
        (Kind::AutoReply, None) => "an automatic answer".to_owned(),
        (Kind::Bounce, _) => "a delivery report".to_owned(),
        (Kind::Invite, _) => "an invitation".to_owned(),
        (Kind::Bulk, _) => "mass mail".to_owned(),
        _ => "a mail that is no answer".to_owned(),
    };
    let day = reading.facts.follow_up_on.or(reading.facts.back_on);
    day.map_or_else(|| what.clone(), |day| format!("{what} ({})", day.strftime("%-d %B %Y")))
}

fn words(objects: &[Value], read: usize, apply: bool) -> String {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let mut lines = Vec::new();
    for object in objects {
        lines.push(format!("{}, {}: {}", text(&object["name"]), &text(&object["at"])[..10], text(&object["subject"])));
        let (before, after) = (text(&object["before"]["in_words"]), text(&object["after"]["in_words"]));
        let else_facts = if before == after { "; other facts" } else { "" };
        lines.push(format!("  was: {before}\n  is:  {after}{else_facts}"));
        if let Some(why) = object["stays"].as_str() {
            lines.push(format!("  stays as it was: {why}"));
        }
    }
    let count =
        |key: &str| objects.iter().filter(|object| if key == "stays" { !object[key].is_null() } else { object[key] == true }).count();
    let (changes, applied) = (objects.len() - count("stays"), count("applied"));
    lines.push(match (changes, apply) {
        (0, _) => format!("{} read; none of them would be changed.", mails(read)),
        (_, true) => format!("{} read; {applied} changed, and the journal says so.", mails(read)),
        (some, false) => format!("{} read; {some} would be changed. Nothing was; --apply does it.", mails(read)),
    });
    lines.join("\n")
}

fn mails(number: usize) -> String {
    if number == 1 { "1 kept mail was".to_owned() } else { format!("{number} kept mails were") }
}
