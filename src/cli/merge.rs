//! `curbside merge`

use super::{Failure, Frame, changed};
use crate::flow::Change;

/// Make one contact of two: the second becomes the first
///
/// Addresses, mails and journal come together; where the first has no title, employer and so on, the second's is taken.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  curbside merge \"Jane Doe\" 17")]
pub struct Args {
    /// The one that stays: id, address or name
    #[arg(value_name = "WHO")]
    into: String,
    /// The one that goes: id, address or name
    #[arg(value_name = "WHO")]
    from: String,
}

pub(super) fn run(args: Args, frame: &Frame) -> Result<(), Failure> {
    let world = frame.world()?;
    changed::contact(frame, &world, Change::Merge(args.into, args.from))
}
