//! Backups: made while the file is in use, checked, kept 14 days; restored only by command (P17).

use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan, civil};
use rusqlite::Connection;
use rusqlite::backup::Backup;

use super::file::beside;
use super::{Store, StoreError};

/// How long backups live; `forget` says so.
pub const KEPT_DAYS: i64 = 14;
/// When the hour of a backup stands in its name.
const STAMP: &str = "%Y%m%dT%H%M%SZ";
/// Backups of one second and one label.
const MOST_A_SECOND: u32 = 1_000;
/// How the name of a database begins that a restore put aside.
const ASIDE: &str = "curbside-replaced-";
/// Between two tries to copy a file that is locked at this moment.
const PAUSE: Duration = Duration::from_millis(20);

/// What a restore did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Restored {
    /// Where the database that was there is kept, if there was one.
    pub aside: PathBuf,
    /// How many check-ins need a new yes.
    pub unapproved: u32,
}

impl Store {
    /// Copies the database beside itself into `backups/`; returns where.
    ///
    /// # Errors
    /// When the place cannot be written; a half copy is removed.
    pub fn back_up(&self, label: &str, now: Timestamp) -> Result<PathBuf, StoreError> {
        let dir = self.dir().join("backups");
        make_private_dir(&dir)?;
        let stamp = now.strftime(STAMP);
        // A second one of the same second has a name of its own: another command, or one killed right after the first.
        let more = (2..=MOST_A_SECOND).map(|n| format!("-{n}"));
        for more in std::iter::once(String::new()).chain(more) {
            let path = dir.join(format!("curbside-{stamp}-{label}{more}.db"));
            if path.exists() {
                continue;
            }
            match self.back_up_to(&path) {
                Err(_) if path.exists() => {}
                other => return other.map(|()| path),
            }
        }
        Err(StoreError::Place(dir, "it holds too many backups of one second".to_owned()))
    }

    /// Copies the database to a file that does not exist yet.
    ///
    /// # Errors
    /// When the file exists or cannot be written.
    pub fn back_up_to(&self, path: &Path) -> Result<(), StoreError> {
        let place = |error: std::io::Error| StoreError::place(path, &error);
        if path.exists() {
            return Err(StoreError::Place(path.to_owned(), "it exists already; name another file".to_owned()));
        }
        let dir = path.parent().filter(|dir| !dir.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let whole = tempfile::Builder::new().prefix(".backup").tempfile_in(dir).map_err(place)?;
        let mut copy = Connection::open(whole.path())?;
        // All in one step: a copy in portions begins anew whenever somebody writes.
        Backup::new(&self.conn, &mut copy)?.run_to_completion(i32::MAX, PAUSE, None)?;
        copy.execute_batch("PRAGMA journal_mode = DELETE;")?;
        drop(copy);
        whole.as_file().sync_all().map_err(place)?;
        whole.persist_noclobber(path).map_err(|error| place(error.error))?;
        Ok(())
    }

    /// Backups beside the database, newest first.
    #[must_use]
    pub fn backups(dir: &Path) -> Vec<PathBuf> {
        let Ok(entries) = std::fs::read_dir(dir.join("backups")) else { return Vec::new() };
        let mut found: Vec<PathBuf> =
            entries.flatten().map(|entry| entry.path()).filter(|path| path.extension().is_some_and(|ext| ext == "db")).collect();
        found.sort_by_key(|path| std::cmp::Reverse((made(path), path.clone())));
        found
    }

    /// Databases that a restore put aside, oldest first. They are never removed by the program.
    #[must_use]
    pub fn put_aside(dir: &Path) -> Vec<PathBuf> {
        let Ok(entries) = std::fs::read_dir(dir) else { return Vec::new() };
        let is_aside = |path: &PathBuf| {
            let named = path.file_name().and_then(|name| name.to_str()).is_some_and(|name| name.starts_with(ASIDE));
            named && path.extension().is_some_and(|ext| ext == "db")
        };
        let mut found: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).filter(is_aside).collect();
        found.sort();
        found
    }

    /// Removes backups older than 14 days, never the newest.
    pub fn sweep_backups(&self, now: Timestamp) {
        let Ok(oldest) = now.checked_sub((KEPT_DAYS * 24).hours()) else { return };
        for path in Self::backups(self.dir()).into_iter().skip(1) {
            if made(&path).is_some_and(|made| made < oldest) {
                let _ = std::fs::remove_file(&path);
            }
        }
    }

    /// Puts a backup in the place of the database, its cursors and yeses forgotten and its suppressions united with the
    /// file beside it (`fresh_key` for where there is none); the present file is kept beside it under another name.
    ///
    /// # Errors
    /// When the backup is damaged or newer than this program, or a file cannot be moved; the database is the old one then.
    pub fn restore(backup: &Path, path: &Path, fresh_key: [u8; 32], now: Timestamp) -> Result<Restored, StoreError> {
        let copy = Self::open_for_restore(backup)?;
        let stamp = now.strftime(STAMP);
        let aside = free_name(path, &format!("{ASIDE}{stamp}"));
        let place = |error: std::io::Error| StoreError::place(path, &error);
        let fresh = path.with_file_name(".restoring.db");
        for suffix in ["", "-wal", "-shm", "-journal"] {
            let _left_by_one_that_was_killed = std::fs::remove_file(beside(&fresh, suffix));
        }
        copy.back_up_to(&fresh)?;
        // Before it takes its place: killed at any moment, no yes of the backup is left to be believed (P5, P17).
        let unapproved = Self::make_ready(&fresh, fresh_key, now)?;
        put_aside(path, &aside).map_err(place)?;
        std::fs::rename(&fresh, path).map_err(place)?;
        Ok(Restored { aside, unapproved })
    }

    fn make_ready(fresh: &Path, key: [u8; 32], now: Timestamp) -> Result<u32, StoreError> {
        let store = Self::open(fresh, now)?;
        store.unite_suppressions(key, now)?;
        let unapproved = store.write(|tx| {
            tx.forget_cursors(now)?;
            tx.unapprove_all(now)
        })?;
        // Its log has a name that nobody looks for once the file is renamed: all of it moves into the file.
        let mode: String = store.conn.query_row("PRAGMA journal_mode = DELETE", [], |row| row.get(0))?;
        if mode == "delete" { Ok(unapproved) } else { Err(StoreError::Place(fresh.to_owned(), "its log could not be emptied".to_owned())) }
    }

    fn open_for_restore(backup: &Path) -> Result<Self, StoreError> {
        if !backup.is_file() {
            return Err(StoreError::Place(backup.to_owned(), "there is no such backup".to_owned()));
        }
        let store = Self { conn: super::file::open_read_only(backup)?, path: backup.to_owned(), watch: super::Watch::default() };
        store.check()?;
        if store.version()? > super::schema::VERSION {
            return Err(StoreError::Newer(backup.to_owned()));
        }
        let tables: i64 =
            store.conn.query_row("SELECT count(*) FROM sqlite_master WHERE name IN ('contact', 'journal')", [], |row| row.get(0))?;
        if tables == 2 { Ok(store) } else { Err(StoreError::Place(backup.to_owned(), "it is no curbside database".to_owned())) }
    }
}

/// A name that no file beside the database has yet.
fn free_name(path: &Path, stem: &str) -> PathBuf {
    let names = (1..).map(|n| if n == 1 { format!("{stem}.db") } else { format!("{stem}-{n}.db") });
    names.map(|name| path.with_file_name(name)).find(|file| !file.exists()).unwrap_or_else(|| path.with_extension("replaced"))
}

/// Gives the present file a second name: killed at any moment there is the old database or the new one, never none.
fn put_aside(path: &Path, aside: &Path) -> std::io::Result<()> {
    if !path.exists() {
        return Ok(());
    }
    // What stands in the log moves into the file, if that can be had: the log does not belong to what comes.
    if let Ok(old) = super::file::open(path) {
        let _damaged_or_read = old.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()));
    }
    std::fs::hard_link(path, aside).or_else(|_| std::fs::rename(path, aside))?;
    for suffix in ["-wal", "-shm"] {
        let log = beside(path, suffix);
        if log.exists() {
            std::fs::rename(&log, beside(aside, suffix))?;
        }
    }
    Ok(())
}

/// When a backup was made: its name says so, else its file.
fn made(path: &Path) -> Option<Timestamp> {
    let stamp = path.file_name().and_then(|name| name.to_str()).and_then(|name| name.strip_prefix("curbside-")?.split('-').next());
    let named = stamp.and_then(|stamp| civil::DateTime::strptime(STAMP, stamp).ok()).and_then(|at| at.to_zoned(TimeZone::UTC).ok());
    let changed = || Timestamp::try_from(path.metadata().ok()?.modified().ok()?).ok();
    named.map(|at| at.timestamp()).or_else(changed)
}

/// Makes a folder with mode 0700 (P16).
///
/// # Errors
/// When it cannot be made.
pub fn make_private_dir(dir: &Path) -> Result<(), StoreError> {
    use std::os::unix::fs::DirBuilderExt;
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(dir).map_err(|error| StoreError::place(dir, &error))
}
