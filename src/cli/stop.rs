//! `curbside stop`

use super::{Failure, Frame, changed};
use crate::flow::Change;

/// Never write to a contact again, until you resume them
///
/// A draft or an approved check-in to them is withdrawn at once.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  curbside stop jane@plan.example")]
pub struct Args {
    /// Id, address or name
    #[arg(value_name = "WHO")]
    who: String,
}

pub(super) fn run(args: Args, frame: &Frame) -> Result<(), Failure> {
    let world = frame.world()?;
    changed::contact(frame, &world, Change::Stop(args.who))
}
