//! `curbside backup`

use std::path::{Path, PathBuf};

use serde_json::json;

use super::{Failure, Frame};
use crate::store::StoreError;

/// Copy the database, also while curbside runs
///
/// Without a file the copy goes beside the database, where curbside keeps its own for 14 days.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  curbside backup\n  curbside backup /media/stick/curbside.db")]
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
            world.store.back_up_to(&file).map_err(|error| unwritable(error, &file))?;
            file
        }
        None => world.store.back_up("asked-for", world.now())?,
    };
    frame.say.answer(&json!({ "file": path }), || format!("The database is copied to {}.", path.display()))?;
    Ok(())
}

/// A place that was named and cannot be used is the request's fault, not the database's.
fn unwritable(error: StoreError, file: &Path) -> Failure {
    let folder = file.parent().filter(|dir| !dir.as_os_str().is_empty()).unwrap_or(Path::new("."));
    match error {
        StoreError::Place(..) if !folder.is_dir() => {
            Failure::user(format!("cannot write {}: there is no folder {}", file.display(), folder.display()))
        }
        StoreError::Place(_, why) => Failure::user(format!("cannot write {}: {why}", file.display())),
        StoreError::ReadOnly => Failure::user(format!("cannot write {}: you may not write there", file.display())),
        StoreError::Full => Failure::user(format!("cannot write {}: the disk is full", file.display())),
        other => other.into(),
    }
}
