//! `curbside config`

use super::{Failure, Frame, Kind};
use crate::config::DEFAULTS;

/// Print every setting with its default and what it means
///
/// The settings in force stand in config.toml; copy lines from here and change them there.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  curbside config\n  curbside config | less")]
pub struct Args {}

pub(super) fn run(_: Args, frame: &Frame) -> Result<(), Failure> {
    let object = toml::from_str(DEFAULTS).map_err(|error| Failure::new(Kind::Internal, error.to_string()))?;
    frame.say.answer(&object, || DEFAULTS.to_owned())?;
    Ok(())
}
