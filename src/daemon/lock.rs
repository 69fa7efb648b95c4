//! One instance per home, and the nudge that tells it to look.

use std::fs::{File, OpenOptions};
use std::io::{Read as _, Seek as _, Write as _};
use std::os::fd::OwnedFd;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use rustix::fs::inotify;
use tokio::io::unix::AsyncFd;

use crate::store::StoreError;

/// Held while this process works on the mailbox; the system releases it when the process ends, however it ends.
#[derive(Debug)]
pub struct Lock {
    file: File,
}

/// The file that nudges touch.
const NUDGE: &str = "nudge";

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
        .map_err(|error| StoreError::place(path, &error))
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
            Err(std::fs::TryLockError::Error(error)) => Err(StoreError::place(&path, &error)),
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
    if let Ok(mut file) = open(&beside(database, NUDGE)) {
        let _ = file.write_all(b".").and_then(|()| file.set_len(0));
    }
}

/// The watch on the file that nudges touch: asleep in the kernel until one comes.
#[derive(Debug)]
pub struct Nudges(Option<AsyncFd<OwnedFd>>);

impl Nudges {
    /// Begins to watch. Where that cannot be, changes are seen at the next look at the mailbox.
    #[must_use]
    pub fn open(database: &Path) -> Self {
        match watch(&beside(database, NUDGE)) {
            Ok(watch) => Self(Some(watch)),
            Err(error) => {
                tracing::warn!("changes by other commands are seen late: {error}");
                Self(None)
            }
        }
    }

    /// Waits for a nudge; several at once are one.
    pub async fn next(&self) {
        let Some(watch) = &self.0 else { return std::future::pending().await };
        let Ok(mut ready) = watch.readable().await else { return std::future::pending().await };
        let mut events = [0_u8; 4096];
        while rustix::io::read(watch.get_ref(), &mut events).is_ok_and(|count| count > 0) {}
        ready.clear_ready();
    }
}

#[expect(deprecated, reason = "an `OwnedFd` is owned and never replaced, which is all that the unsafe successor asks for")]
fn watch(file: &Path) -> std::io::Result<AsyncFd<OwnedFd>> {
    open(file).map_err(std::io::Error::other)?;
    let watch = inotify::init(inotify::CreateFlags::NONBLOCK | inotify::CreateFlags::CLOEXEC)?;
    inotify::add_watch(&watch, file, inotify::WatchFlags::MODIFY)?;
    AsyncFd::new(watch)
}
