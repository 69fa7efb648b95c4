//! `curbside outcome`

use super::json::entry_json;
use super::{Failure, Frame};
use crate::flow::{Change, Changed};
use crate::model::reading::Outcome;

/// Correct what a mail was taken to mean
///
/// Outcomes: opted_out, left_employer, wrong_person, call, resume_requested, opening, referral, not_now, declined,
/// acknowledged, unclear.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  curbside outcome '<id@plan.example>' not_now")]
pub struct Args {
    /// The Message-ID, as curbside show prints it
    message_id: String,
    /// What it means
    outcome: String,
}

pub(super) fn run(args: Args, frame: &Frame) -> Result<(), Failure> {
    let world = frame.world()?;
    let all = || Outcome::ALL.map(Outcome::word).join(", ");
    let outcome =
        Outcome::of_word(&args.outcome).ok_or_else(|| Failure::usage(format!("“{}” is no outcome; they are {}", args.outcome, all())))?;
    let Changed::Entry(id) = frame.change(&world, Change::Correct(args.message_id, outcome))? else { return Ok(()) };
    let entry = world.store.read(|tx| tx.entry(id))?.ok_or_else(|| Failure::user("the correction was not kept"))?;
    frame.say.answer(&entry_json(&world, &entry), || format!("Noted: {}.", entry.line.text))?;
    Ok(())
}
