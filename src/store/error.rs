//! What can go wrong with the file, each with what to do.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use rusqlite::ErrorCode;

/// A failure of the database. It is never deleted, whatever it is (P17).
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Another process held it too long.
    #[error("the database is busy with another curbside command; try again in a moment")]
    Busy,
    /// Pages are damaged, or it is no database.
    #[error("the database {0} is damaged; nothing is sent and the file is kept as it is. Restore a backup with: curbside restore --latest")]
    Corrupt(PathBuf),
    /// Not one byte is in it.
    #[error(
        "the database {0} is empty: what was in it is lost, and nothing is made anew over it. Restore a backup with: curbside restore --latest. If there is none, move the empty file away to begin anew"
    )]
    Empty(PathBuf),
    /// It is not there, and backups of it are.
    #[error(
        "the database {0} is gone, but there are backups of it: nothing is made anew over what is lost. Restore the newest with: curbside restore --latest. To begin anew, move the folder backups away"
    )]
    Lost(PathBuf),
    /// Made by a newer program.
    #[error("the database {0} was made by a newer curbside; install that version again. Nothing was changed")]
    Newer(PathBuf),
    /// Not yet upgraded, and opened for reading only.
    #[error("the database {0} is of an older version and cannot be upgraded here; run any curbside command as its owner")]
    Old(PathBuf),
    /// The disk is full.
    #[error("the disk is full: this was not written down, what was before is safe. Free some space; curbside goes on by itself")]
    Full,
    /// The disk gave an error.
    #[error(
        "the disk failed ({0}): this was not written down, nothing more is sent, and the file is kept. Check the disk, then: curbside doctor"
    )]
    Disk(String),
    /// The file or its folder cannot be written.
    #[error(
        "the database cannot be written (read-only file, folder or disk): nothing was changed. Check the rights of the file and its folder"
    )]
    ReadOnly,
    /// The place cannot be used.
    #[error("cannot use {0}: {1}")]
    Place(PathBuf, String),
    /// An upgrade failed; the backup made before it is kept.
    #[error("the upgrade of the database failed and was undone ({0}); a backup stands in the folder backups")]
    Upgrade(String),
    /// A row says something no version of this program writes.
    #[error("a row of the database makes no sense ({0}); if it was edited by hand, undo that, else: curbside restore --latest")]
    Row(String),
    /// A rule of the tables was broken.
    #[error("{0}")]
    Rule(String),
    /// Anything else.
    #[error("the database failed ({0}): this was not written down. curbside doctor says whether the file is sound")]
    Other(String),
}

impl StoreError {
    /// Sorts a failure to open a file.
    pub(super) fn opening(path: &Path, error: &rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(ErrorCode::CannotOpen) if !path.exists() => {
                Self::Place(path.to_owned(), "it does not exist; run curbside init first".to_owned())
            }
            Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt) => Self::Corrupt(path.to_owned()),
            _ => sorted(error),
        }
    }

    /// A file or folder beside the database that cannot be used. A full or read-only disk is the same wherever it is met.
    #[must_use]
    pub fn place(path: &Path, error: &std::io::Error) -> Self {
        match error.kind() {
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded => Self::Full,
            ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => Self::ReadOnly,
            _ => Self::Place(path.to_owned(), error.to_string()),
        }
    }

    /// An upgrade that failed, without the words of the whole schema.
    pub(super) fn upgrading(error: &rusqlite_migration::Error) -> Self {
        match error {
            rusqlite_migration::Error::RusqliteError { err, .. } => match sorted(err) {
                Self::Rule(why) | Self::Other(why) => Self::Upgrade(why),
                known => known,
            },
            other => Self::Upgrade(other.to_string()),
        }
    }

    /// True when waiting may help.
    #[must_use]
    pub const fn is_temporary(&self) -> bool {
        matches!(self, Self::Busy | Self::Full | Self::ReadOnly)
    }
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        sorted(&error)
    }
}

fn sorted(error: &rusqlite::Error) -> StoreError {
    match error {
        rusqlite::Error::FromSqlConversionFailure(_, _, why) => return StoreError::Row(why.to_string()),
        rusqlite::Error::InvalidColumnType(_, name, _) => return StoreError::Row(format!("column {name}")),
        rusqlite::Error::IntegralValueOutOfRange(_, number) => return StoreError::Row(format!("the number {number}")),
        _ => {}
    }
    match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => StoreError::Busy,
        Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt) => StoreError::Corrupt(PathBuf::from("curbside.db")),
        Some(ErrorCode::DiskFull) => StoreError::Full,
        // SQLite has no other word for a full disk there.
        Some(ErrorCode::SystemIoFailure) if is_index_of_log(error) => StoreError::Full,
        Some(ErrorCode::SystemIoFailure) => StoreError::Disk(error.to_string()),
        Some(ErrorCode::ReadOnly) => StoreError::ReadOnly,
        Some(ErrorCode::ConstraintViolation) => StoreError::Rule(error.to_string()),
        _ => StoreError::Other(error.to_string()),
    }
}

/// True when the index of the log could not be made or grow.
fn is_index_of_log(error: &rusqlite::Error) -> bool {
    use rusqlite::ffi::{SQLITE_IOERR_SHMMAP, SQLITE_IOERR_SHMOPEN, SQLITE_IOERR_SHMSIZE};
    let codes = [SQLITE_IOERR_SHMOPEN, SQLITE_IOERR_SHMSIZE, SQLITE_IOERR_SHMMAP];
    error.sqlite_error().is_some_and(|error| codes.contains(&error.extended_code))
}
