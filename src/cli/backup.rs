//! `curbside backup`

use std::path::PathBuf;

use serde_json::json;

use super::{Failure, Frame};

/// Copy the database, also while curbside runs
///
/// Without a file the copy goes beside the database, where curbside keeps its own for 14 days.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// A file that does not exist yet
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,
}

pub(super) fn run(args: Args, frame: &Frame) -> Result<(), Failure> {
    let world = frame.world()?;
    let path = match args.file {
        Some(file) if file.exists() => return Err(Failure::user(format!("{} exists already; name another file", file.display()))),
        Some(file) => {
            world.store.back_up_to(&file)?;
            file
        }
        None => world.store.back_up("asked-for", world.now())?,
    };
    frame.say.answer(&json!({ "file": path }), || format!("The database is copied to {}.", path.display()))?;
    Ok(())
}
