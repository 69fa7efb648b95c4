//! One instance per home, and the nudge that tells it to look.

use std::fs::{File, OpenOptions};
use std::io::{Read as _, Seek as _, Write as _};
use std::os::unix::fs::{FileTypeExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use tokio::net::unix::pipe::{self, Receiver};

use crate::store::StoreError;

/// Held while this process works on the mailbox; the system releases it when the process ends, however it ends.
#[derive(Debug)]
pub struct Lock {
    file: File,
}

/// The named pipe that nudges go through.
const PIPE: &str = "nudge";

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

/// Tells a running daemon that something changed. Without one, nothing reads the pipe and nothing happens.
pub fn nudge(database: &Path) {
    let nonblocking = i32::try_from(rustix::fs::OFlags::NONBLOCK.bits()).unwrap_or(0);
    if let Ok(mut pipe) = OpenOptions::new().write(true).custom_flags(nonblocking).open(beside(database, PIPE)) {
        // A full pipe is a daemon that will look anyway.
        let _ = pipe.write(b".");
    }
}

/// The pipe in which nudges arrive: asleep in the kernel until one comes.
#[derive(Debug)]
pub struct Nudges(Option<Receiver>);

impl Nudges {
    /// Makes the pipe beside the database where it is missing. Without one (a disk that knows no pipes) changes are
    /// seen at the next look at the mailbox.
    #[must_use]
    pub fn open(database: &Path) -> Self {
        let path = beside(database, PIPE);
        let is_pipe = std::fs::symlink_metadata(&path).is_ok_and(|meta| meta.file_type().is_fifo());
        if !is_pipe {
            let _ = std::fs::remove_file(&path);
            let _ = rustix::fs::mknodat(rustix::fs::CWD, &path, rustix::fs::FileType::Fifo, rustix::fs::Mode::from_raw_mode(0o600), 0);
        }
        match pipe::OpenOptions::new().read_write(true).open_receiver(&path) {
            Ok(receiver) => Self(Some(receiver)),
            Err(error) => {
                tracing::warn!("changes by other commands are seen late: {}: {error}", path.display());
                Self(None)
            }
        }
    }

    /// Waits for a nudge; several at once are one.
    pub async fn next(&self) {
        let Some(receiver) = &self.0 else { return std::future::pending().await };
        let mut bytes = [0_u8; 64];
        loop {
            if receiver.readable().await.is_err() {
                return std::future::pending().await;
            }
            if receiver.try_read(&mut bytes).is_ok() {
                return;
            }
        }
    }
}
