//! `curbside answered`

use super::{Failure, Frame, changed};
use crate::flow::Change;

/// Say that you answered a contact elsewhere: you owe them nothing any more
///
/// An answer from your own mailbox is noticed by itself.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  curbside answered \"Jane Doe\"")]
pub struct Args {
    /// Id, address or name
    #[arg(value_name = "WHO")]
    who: String,
}

pub(super) fn run(args: Args, frame: &Frame) -> Result<(), Failure> {
    let world = frame.world()?;
    changed::contact(frame, &world, Change::Answered(args.who))
}
