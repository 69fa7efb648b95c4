//! The file itself: made private, opened for writing, or read where it cannot be written.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode, OpenFlags};

use super::{Store, StoreError, schema};

/// Prepared statements kept: a turn asks about so many different questions, and asks them again at the next.
const STATEMENTS: usize = 96;
/// How long another process may hold the file before a write gives up.
const BUSY: Duration = Duration::from_secs(20);

/// How many others may be the first at the same moment.
const FIRSTS: u32 = 100;

/// Settings of every connection. The cache is small: a daemon rests with it, and the system has one of its own.
const ALWAYS: &str = "PRAGMA foreign_keys = ON; PRAGMA secure_delete = ON; PRAGMA trusted_schema = OFF; PRAGMA cache_size = -500;";

/// FULL: a committed `sent` must survive power loss, else a mail could go twice (P1). The log is cut back to 8 MiB when
/// somebody who read for long lets it be emptied at last.
const WRITING: &str =
    "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 500; PRAGMA journal_size_limit = 8388608;";

/// Opens the file for reading and writing and makes it where there never was one. Where neither it nor its folder can be
/// written it is opened for reading, so that lists still work.
///
/// # Errors
/// When it is damaged or lost, or cannot even be read.
pub(super) fn open(path: &Path) -> Result<Connection, StoreError> {
    refuse_empty(path)?;
    make_private(path)?;
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE;
    let opened = connect(path, flags).and_then(|conn| Ok((version(&conn)?, conn)));
    let (version, conn) = match opened {
        Err(error) if is_read_only(&error) && beside(path, "-wal").metadata().map_or(0, |log| log.len()) == 0 => return unchanging(path),
        other => other.map_err(|error| StoreError::opening(path, &error))?,
    };
    if version > schema::VERSION {
        // Not even its log is moved into it.
        conn.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
        return Err(StoreError::Newer(path.to_owned()));
    }
    match write_ahead(&conn) {
        Err(error) if !is_read_only(&error) => Err(StoreError::opening(path, &error)),
        _ => Ok(conn),
    }
}

/// Two who are the first at the same moment are in each other's way, and SQLite tells one of them so without waiting.
/// Whoever is told waits for a turn to write, and tries again.
fn write_ahead(conn: &Connection) -> rusqlite::Result<()> {
    let mut outcome = conn.execute_batch(WRITING);
    for _ in 0..FIRSTS {
        let busy = |error: &rusqlite::Error| error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy);
        if !outcome.as_ref().is_err_and(busy) {
            break;
        }
        outcome = conn.execute_batch("BEGIN IMMEDIATE; COMMIT;").and_then(|()| conn.execute_batch(WRITING));
    }
    outcome
}

/// The number of upgrades that were done to the file.
pub(super) fn version(conn: &Connection) -> rusqlite::Result<i64> {
    conn.query_row("PRAGMA user_version", [], |row| row.get(0))
}

/// Opens an existing file for reading only.
///
/// # Errors
/// When it is missing, damaged, or cannot be read.
pub(super) fn open_read_only(path: &Path) -> Result<Connection, StoreError> {
    refuse_empty(path)?;
    connect(path, OpenFlags::SQLITE_OPEN_READ_ONLY).map_err(|error| StoreError::opening(path, &error))
}

/// A file beside the database, named by what is added to its name.
pub(super) fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

fn connect(path: &Path, flags: OpenFlags) -> rusqlite::Result<Connection> {
    let conn = Connection::open_with_flags(path, flags | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    conn.busy_timeout(BUSY)?;
    // Else every statement with a bound LIMIT is planned anew each time it is asked.
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    conn.set_prepared_statement_cache_capacity(STATEMENTS);
    conn.execute_batch(ALWAYS)?;
    Ok(conn)
}

fn is_read_only(error: &rusqlite::Error) -> bool {
    matches!(error.sqlite_error_code(), Some(ErrorCode::ReadOnly | ErrorCode::CannotOpen))
}

/// SQLite reads a file in a folder that cannot be written only when told that nobody changes it.
fn unchanging(path: &Path) -> Result<Connection, StoreError> {
    let name: String = path.display().to_string().chars().map(escaped).collect();
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI;
    let uri = PathBuf::from(format!("file:{name}?immutable=1"));
    connect(&uri, flags).map_err(|error| StoreError::opening(path, &error))
}

fn escaped(c: char) -> String {
    if matches!(c, '?' | '#' | '%') { format!("%{:02X}", u32::from(c)) } else { c.to_string() }
}

/// The file exists with mode 0600 before SQLite opens it, so that no moment passes with a wider one (P16). Files that
/// SQLite left beside it while it could not be written get the owner's right to write back.
fn make_private(path: &Path) -> Result<(), StoreError> {
    let place = |error: std::io::Error| StoreError::place(path, &error);
    let Ok(database) = path.metadata() else { return make(path) };
    let writable = |mode: u32| mode & 0o200 != 0;
    for file in ["-wal", "-shm"].map(|suffix| beside(path, suffix)) {
        let Ok(found) = file.metadata() else { continue };
        if writable(database.permissions().mode()) && !writable(found.permissions().mode()) {
            fs::set_permissions(&file, Permissions::from_mode(0o600)).map_err(place)?;
        }
    }
    Ok(())
}

/// No program leaves a database without a byte: it was cut off or overwritten, and nothing is made anew over it (P17).
fn refuse_empty(path: &Path) -> Result<(), StoreError> {
    let is_empty = path.metadata().is_ok_and(|found| found.is_file() && found.len() == 0);
    if is_empty { Err(StoreError::Empty(path.to_owned())) } else { Ok(()) }
}

/// Makes the database where there never was one. It gets its name when it is a database already: one who is killed
/// meanwhile leaves no empty file, and of several who are the first one's file stands.
fn make(path: &Path) -> Result<(), StoreError> {
    let place = |error: std::io::Error| StoreError::place(path, &error);
    let dir = path.parent().filter(|dir| !dir.as_os_str().is_empty()).unwrap_or(Path::new("."));
    if !Store::backups(dir).is_empty() {
        return Err(StoreError::Lost(path.to_owned()));
    }
    let fresh = tempfile::Builder::new().prefix(".new").suffix(".db").tempfile_in(dir).map_err(place)?;
    let conn = Connection::open(fresh.path()).map_err(|error| StoreError::opening(path, &error))?;
    conn.execute_batch(WRITING).map_err(|error| StoreError::opening(path, &error))?;
    drop(conn);
    match fresh.persist_noclobber(path) {
        Err(error) if error.error.kind() != std::io::ErrorKind::AlreadyExists => Err(place(error.error)),
        _ => Ok(()),
    }
}
