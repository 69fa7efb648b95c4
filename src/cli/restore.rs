//! `curbside restore`

use std::path::{Path, PathBuf};

use serde_json::json;

use super::{Failure, Frame, Kind};
use crate::clock::Dice;
use crate::daemon::lock::Lock;
use crate::store::backup::Restored;
use crate::store::{Store, StoreError};

/// Put a backup in the place of the database
///
/// The present file is kept beside it under another name. Who is suppressed stays suppressed, Sent is read again,
/// and every check-in that was not sent needs a new yes. Stop curbside first.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  curbside restore --latest\n  curbside restore /media/stick/curbside.db")]
pub struct Args {
    #[command(flatten)]
    which: Which,
}

#[derive(Debug, clap::Args)]
#[group(required = true, multiple = false)]
struct Which {
    /// The backup
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,
    /// The newest backup beside the database
    #[arg(long)]
    latest: bool,
}

pub(super) fn run(args: Args, frame: &Frame) -> Result<(), Failure> {
    let places = frame.places()?;
    let settings = frame.settings()?;
    let now = frame.clock(Some(&settings.account))?.now();
    places.make()?;
    let database = places.database();
    let Some(_lock) = Lock::take(&database)? else {
        return Err(Failure::user("curbside is running and would go on with the old file")
            .hint("stop it first: curbside service uninstall, systemctl --user stop curbside, or Ctrl-C where it runs"));
    };
    let backup = chosen(args.which.file, &places.data)?;
    let existed = database.exists();
    let restored = Store::restore(&backup, &database, Dice::System.bytes(), now).map_err(|error| unusable(error, &backup))?;
    let Restored { aside, unapproved } = restored;
    let aside = existed.then_some(aside);
    let object = json!({ "restored": backup, "replaced": aside, "unapproved": unapproved });
    frame.say.answer(&object, || words(&backup, aside.as_deref(), unapproved))?;
    Ok(())
}

fn chosen(file: Option<PathBuf>, data: &Path) -> Result<PathBuf, Failure> {
    match file {
        Some(file) if file.is_file() => Ok(file),
        Some(file) => Err(Failure::user(format!("there is no backup {}", file.display()))),
        None => Store::backups(data).into_iter().next().ok_or_else(|| {
            Failure::user(format!("there is no backup in {}; name one: curbside restore FILE", data.join("backups").display()))
        }),
    }
}

/// What is wrong is said of the file that was named, not of the database, which stays as it is.
fn unusable(error: StoreError, backup: &Path) -> Failure {
    let others = "curbside restore --latest takes the newest backup; all of them lie in the folder backups beside the database";
    let is_database = || std::fs::File::open(backup).is_ok_and(|file| begins_as_database(file).unwrap_or(false));
    match error {
        StoreError::Corrupt(_) if is_database() => {
            Failure::new(Kind::Data, format!("the backup {} is damaged; nothing was changed", backup.display())).hint(others)
        }
        StoreError::Corrupt(_) | StoreError::Empty(_) => stranger(backup).hint(others),
        StoreError::Place(path, _) if path == backup => stranger(backup).hint(others),
        other => other.into(),
    }
}

fn stranger(file: &Path) -> Failure {
    Failure::user(format!("{} is no backup of Curbside; nothing was changed", file.display()))
}

fn begins_as_database(mut file: std::fs::File) -> std::io::Result<bool> {
    let mut start = [0; 16];
    std::io::Read::read_exact(&mut file, &mut start)?;
    Ok(&start == b"SQLite format 3\0")
}

fn words(backup: &Path, aside: Option<&Path>, unapproved: u32) -> String {
    let replaced = aside.map_or_else(String::new, |aside| format!(" What was there before is kept as {}.", aside.display()));
    let yes = match unapproved {
        0 => String::new(),
        1 => " One check-in needs a new yes.".to_owned(),
        many => format!(" {many} check-ins need a new yes."),
    };
    format!("Restored {}.{replaced}{yes} The mailbox is read again at the next look.", backup.display())
}
