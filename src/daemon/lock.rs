//! One instance per home, and the nudge that tells it to look.

use std::fs::{File, OpenOptions};
use std::io::{Read as _, Seek as _, Write as _};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use crate::store::StoreError;

/// Held while this process works on the mailbox; the system releases it when the process ends, however it ends.
#[derive(Debug)]
pub struct Lock {
    file: File,
}

fn beside(database: &Path, name: &str) -> PathBuf {
    database.with_file_name(name)
}

fn open(path: &Path) -> Result<File, StoreError> {
    OpenOptions::new()
        .create(true)
        .truncate(false)
        .read(true)
        .write(true)
        .mode(0o600)
        .open(path)
        .map_err(|error| StoreError::Place(path.to_owned(), error.to_string()))
}

impl Lock {
    /// Takes the lock of a home; `None` when another process holds it.
    ///
    /// # Errors
    /// When the folder cannot be written.
    pub fn take(database: &Path) -> Result<Option<Self>, StoreError> {
        let path = beside(database, "lock");
        let file = open(&path)?;
        match file.try_lock() {
            Ok(()) => Ok(Some(Self { file })),
            Err(std::fs::TryLockError::WouldBlock) => Ok(None),
            Err(std::fs::TryLockError::Error(error)) => Err(StoreError::Place(path, error.to_string())),
        }
    }

    /// Says in the lock file that this process is the daemon.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn sign(&mut self) -> std::io::Result<()> {
        self.file.set_len(0)?;
        self.file.rewind()?;
        write!(self.file, "{}", std::process::id())?;
        self.file.sync_data()
    }

    /// Takes the sign away, before an orderly end.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn unsign(&mut self) -> std::io::Result<()> {
        self.file.set_len(0)
    }
}

/// The process id of the daemon that runs on this home, if one does.
///
/// # Errors
/// When the folder cannot be read.
pub fn daemon(database: &Path) -> Result<Option<u32>, StoreError> {
    let path = beside(database, "lock");
    let Ok(mut file) = File::open(&path) else { return Ok(None) };
    if file.try_lock_shared().is_ok() {
        return Ok(None);
    }
    let mut text = String::new();
    let _ = file.read_to_string(&mut text);
    Ok(text.trim().parse().ok())
}

/// Tells a running daemon that something changed.
pub fn nudge(database: &Path) {
    let path = beside(database, "nudge");
    if let Ok(file) = open(&path) {
        // A write and not only a time: coarse clocks would hide a second nudge.
        let _ = file.set_len(0).and_then(|()| (&file).write_all(b"."));
    }
}

/// When the last nudge came.
#[must_use]
pub fn last_nudge(database: &Path) -> Option<SystemTime> {
    std::fs::metadata(beside(database, "nudge")).and_then(|meta| meta.modified()).ok()
}
