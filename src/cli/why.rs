//! `curbside why`

use serde_json::{Value, json};

use super::json::{contact_json, draft_json, entry_json};
use super::{Failure, Frame, check_in, days};
use crate::flow::{self, Why};
use crate::model::journal::Entry;
use crate::model::plan::Because;
use crate::model::standing::State;
use crate::world::World;

/// Why somebody is written to or not: their standing, what made it, and when they are due
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  curbside why \"Jane Doe\"")]
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
    let today = world.today();
    let mut lines = vec![standing(world, why)];
    match why.next_due {
        Some(day) => lines.push(format!("Due {}: {}.", days::said(day, today), why.rule)),
        None => lines.push("Not due at all while that holds.".to_owned()),
    }
    lines.push(format!("Their clock: {}.", why.zone));
    match (&why.draft, &why.touch, &why.skip) {
        (Some(draft), ..) => lines.push(sentence(&format!("Note {} to them {}", draft.id, check_in::stands(world, draft)))),
        (_, Some(touch), _) => lines.push(sentence(&format!("What would be said: {}", touch.reason))),
        (_, _, Some(skip)) if !matches!(skip.because, Because::Held | Because::Stopped | Because::OwesAnswer) => {
            lines.push(sentence(&format!("Held back: {}", days::in_sentence(&skip.text, today))));
        }
        _ => {} // their standing has said it
    }
    if !why.because.is_empty() {
        lines.push("\nWhat made it so, newest first:".to_owned());
        let day = |entry: &Entry| entry.line.on.to_zoned(world.settings.owner.zone.clone()).strftime("%-d %b %Y").to_string();
        lines.extend(why.because.iter().map(|entry| format!("  {}  {}", day(entry), days::in_sentence(&entry.line.text, today))));
    }
    lines.join("\n")
}

/// May we write, and why not, in one sentence.
fn standing(world: &World, why: &Why) -> String {
    let (name, today, story) = (&why.kept.contact.name, world.today(), &why.kept.story);
    let held = || story.hold(today).map(|(reason, _)| format!(" ({})", days::hold(reason))).unwrap_or_default();
    let stopped = || story.stops.first().map(|(reason, _)| format!(" ({})", days::stop(*reason))).unwrap_or_default();
    match (why.standing.state, why.standing.until) {
        (State::OwesAnswer, _) => format!("You owe {name} an answer."),
        (State::Active, _) => format!("{name} may be written to."),
        (State::Stopped, _) => format!("{name} is never written to{}.", stopped()),
        (State::Held, Some(until)) => format!("{name} is left alone until {}{}.", days::said(until, today), held()),
        (State::Held, None) => format!("{name} is left alone until you say otherwise{}.", held()),
    }
}

/// With a full stop, unless the quotation at its end has one.
fn sentence(text: &str) -> String {
    if text.ends_with(".”") { text.to_owned() } else { format!("{}.", text.trim_end_matches('.')) }
}
