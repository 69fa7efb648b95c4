//! `curbside sync`

use serde_json::Value;

use super::say::table;
use super::{Failure, Frame};

/// Look at the mailbox once: what is new is read, understood and written down
///
/// Asks a running daemon and waits for it. Reading changes nothing in the mailbox.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  curbside sync\n  curbside sync --json")]
pub struct Args {}

pub(super) fn run(_: Args, frame: &Frame) -> Result<(), Failure> {
    let mut world = frame.world()?;
    let answer = frame.look(&mut world)?;
    frame.say.answer(&answer, || words(&answer))?;
    Ok(())
}

fn words(answer: &Value) -> String {
    let folders = answer["folders"].as_array().cloned().unwrap_or_default();
    let text = |row: &Value, key: &str| row[key].as_str().map_or_else(|| row[key].to_string(), str::to_owned);
    table(
        &["folder", "role", "looked at", "kept"],
        folders.iter().map(|row| ["name", "role", "seen", "kept"].map(|key| text(row, key)).to_vec()),
    )
}
