//! `curbside why`

use serde_json::{Value, json};

use super::json::{contact_json, draft_json, entry_json};
use super::{Failure, Frame};
use crate::flow::{self, Why};
use crate::model::standing::State;
use crate::world::World;

/// Why somebody is written to or not: their standing, what made it, and when they are due
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Id, address or name
    who: String,
}

pub(super) fn run(args: Args, frame: &Frame) -> Result<(), Failure> {
    let world = frame.world()?;
    let why = flow::why(&world, &args.who)?;
    frame.say.answer(&object(&world, &why), || words(&world, &why))?;
    Ok(())
}

fn object(world: &World, why: &Why) -> Value {
    json!({
        "contact": contact_json(world, &why.kept),
        "standing": why.standing,
        "next_due": why.next_due,
        "rule": why.rule,
        "zone": why.zone,
        "touch": why.touch.as_ref().map(|touch| json!({ "reason": touch.reason, "kind": touch.because, "template": touch.template })),
        "skip": why.skip.as_ref().map(|skip| json!({ "because": skip.because, "text": skip.text })),
        "draft": why.draft.as_ref().map(|draft| draft_json(world, draft)),
        "because": why.because.iter().map(|entry| entry_json(world, entry)).collect::<Vec<_>>(),
    })
}

fn words(world: &World, why: &Why) -> String {
    let mut lines = Vec::new();
    let reason = why.standing.reason.as_deref().map(|reason| format!(" ({})", reason.replace('_', " "))).unwrap_or_default();
    let until = why.standing.until.map(|day| format!(" until {}", day.strftime("%-d %B %Y"))).unwrap_or_default();
    let name = &why.kept.contact.name;
    lines.push(match why.standing.state {
        State::OwesAnswer => format!("You owe {name} an answer."),
        state => format!("{name} is {state}{until}{reason}."),
    });
    match why.next_due {
        Some(day) => lines.push(format!("Due {}: {}.", day.strftime("%A, %-d %B %Y"), why.rule)),
        None => lines.push("Not due at all while that holds.".to_owned()),
    }
    lines.push(format!("Their clock: {}.", why.zone));
    if let Some(draft) = &why.draft {
        let answer = draft.answer.as_deref().map(|text| format!(": {text}")).unwrap_or_default();
        lines.push(format!("Check-in {} is {}{answer}.", draft.id, draft.state));
    }
    match (&why.touch, &why.skip) {
        (Some(touch), _) => lines.push(format!("What would be said: {}.", touch.reason)),
        (_, Some(skip)) => lines.push(format!("Held back: {}.", skip.text)),
        _ => {}
    }
    if !why.because.is_empty() {
        lines.push("\nWhat made it so, newest first:".to_owned());
        let day = |entry: &crate::model::journal::Entry| {
            entry.line.on.to_zoned(world.settings.owner.zone.clone()).strftime("%-d %b %Y").to_string()
        };
        lines.extend(why.because.iter().map(|entry| format!("  {}  {}", day(entry), entry.line.text)));
    }
    lines.join("\n")
}
