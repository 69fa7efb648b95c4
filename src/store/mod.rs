//! The only SQL: one SQLite file in WAL mode, synchronous FULL, written in immediate transactions.

pub mod addresses;
pub mod backup;
pub mod contacts;
pub mod drafts;
pub mod employers;
mod error;
pub mod export;
mod file;
pub mod folders;
pub mod imported;
pub mod journal;
pub mod messages;
pub mod news;
mod schema;
pub mod state;
pub mod suppressions;
pub mod tally;

use std::path::{Path, PathBuf};

use jiff::Timestamp;
use rusqlite::{Connection, Transaction, TransactionBehavior};

use crate::model::fold::folded;
pub use error::StoreError;

/// The database file and the one connection to it.
#[derive(Debug)]
pub struct Store {
    conn: Connection,
    path: PathBuf,
    watch: Watch,
}

/// A moment of a write transaction at which a story may let the machine die.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Boundary {
    /// All was said; none of it is kept yet.
    BeforeCommit,
    /// It is kept, and nobody knows it yet.
    AfterCommit,
}

/// Who is told of the boundaries: nobody, but in stories.
#[derive(Default)]
struct Watch(Option<Box<dyn Fn(Boundary) + Send>>);

impl std::fmt::Debug for Watch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(if self.0.is_some() { "watched" } else { "unwatched" })
    }
}

impl Watch {
    fn passes(&self, boundary: Boundary) {
        if let Some(watch) = &self.0 {
            watch(boundary);
        }
    }
}

/// What can be asked and said inside one transaction.
#[derive(Debug)]
pub struct Tx<'a> {
    conn: &'a Connection,
    /// The folder of the database; suppressions are also appended to a file there.
    dir: &'a Path,
}

impl Store {
    /// Opens the file, makes it where it is missing, and brings it up to date after a backup.
    ///
    /// # Errors
    /// When it is damaged, newer than this program, or cannot be written. It is never deleted (P17).
    pub fn open(path: &Path, now: Timestamp) -> Result<Self, StoreError> {
        let mut store = Self { conn: file::open(path)?, path: path.to_owned(), watch: Watch::default() };
        store.upgrade(now)?;
        Ok(store)
    }

    /// Opens an existing file for reading only, upgraded or not at all.
    ///
    /// # Errors
    /// When it is missing, damaged, or of another version.
    pub fn open_read_only(path: &Path) -> Result<Self, StoreError> {
        let store = Self { conn: file::open_read_only(path)?, path: path.to_owned(), watch: Watch::default() };
        match store.version()? {
            schema::VERSION => Ok(store),
            newer if newer > schema::VERSION => Err(StoreError::Newer(path.to_owned())),
            _ => Err(StoreError::Old(path.to_owned())),
        }
    }

    /// Gives up safety against power loss for this connection: only for a file that can be made again at will.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn for_play(self) -> Result<Self, StoreError> {
        self.conn.execute_batch("PRAGMA synchronous = OFF;")?;
        Ok(self)
    }

    /// Tells somebody of every commit: for stories, in which the machine dies at one.
    #[must_use]
    pub fn watched(mut self, watch: impl Fn(Boundary) + Send + 'static) -> Self {
        self.watch = Watch(Some(Box::new(watch)));
        self
    }

    /// Tells somebody of every statement as it is run: for stories, which ask how each is answered.
    pub fn overheard(&self, by: fn(rusqlite::trace::TraceEvent<'_>)) {
        self.conn.trace_v2(rusqlite::trace::TraceEventCodes::SQLITE_TRACE_STMT, Some(by));
    }

    /// Where the file is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Runs a closure in one read transaction.
    ///
    /// # Errors
    /// The closure's, or the database's.
    pub fn read<T, E: From<StoreError>>(&self, work: impl FnOnce(&Tx<'_>) -> Result<T, E>) -> Result<T, E> {
        let tx = self.begin(TransactionBehavior::Deferred)?;
        let answer = work(&Tx { conn: &tx, dir: self.dir() })?;
        tx.commit().map_err(StoreError::from)?;
        Ok(answer)
    }

    /// Runs a closure in one write transaction: all of it happens, or none.
    ///
    /// # Errors
    /// The closure's, or the database's; nothing is changed then.
    pub fn write<T, E: From<StoreError>>(&self, work: impl FnOnce(&Tx<'_>) -> Result<T, E>) -> Result<T, E> {
        let tx = self.begin(TransactionBehavior::Immediate)?;
        let answer = work(&Tx { conn: &tx, dir: self.dir() })?;
        self.watch.passes(Boundary::BeforeCommit);
        tx.commit().map_err(StoreError::from)?;
        self.watch.passes(Boundary::AfterCommit);
        Ok(answer)
    }

    /// Moves all that was written from the log into the file, and empties the log: what was erased is gone from both.
    ///
    /// # Errors
    /// When the file cannot be written. That another process reads at this moment is no error.
    pub fn settle_log(&self) -> Result<(), StoreError> {
        Ok(self.conn.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?)
    }

    /// Keeps the file from growing by more than so many pages; `None` lets it. A full disk looks the same: for stories.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn let_grow(&self, pages: Option<i64>) -> Result<(), StoreError> {
        let held: i64 = self.conn.query_row("PRAGMA page_count", [], |row| row.get(0))?;
        let most = pages.map_or(1_073_741_823, |pages| held + pages);
        Ok(self.conn.query_row(&format!("PRAGMA max_page_count = {most}"), [], |_| Ok(()))?)
    }

    /// A number that changes whenever another connection changed the file; cheap to ask.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn changes_by_others(&self) -> Result<i64, StoreError> {
        Ok(self.conn.query_row("PRAGMA data_version", [], |row| row.get(0))?)
    }

    /// Looks through the whole file for damage.
    ///
    /// # Errors
    /// When there is any.
    pub fn check(&self) -> Result<(), StoreError> {
        let answer: String = self.conn.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
        if answer == "ok" { Ok(()) } else { Err(StoreError::Corrupt(self.path.clone())) }
    }

    fn dir(&self) -> &Path {
        self.path.parent().unwrap_or(Path::new("."))
    }

    fn begin(&self, behavior: TransactionBehavior) -> Result<Transaction<'_>, StoreError> {
        Ok(Transaction::new_unchecked(&self.conn, behavior)?)
    }

    fn version(&self) -> Result<i64, StoreError> {
        Ok(file::version(&self.conn)?)
    }

    fn upgrade(&mut self, now: Timestamp) -> Result<(), StoreError> {
        let version = self.version()?;
        if version == schema::VERSION {
            return Ok(());
        }
        if self.conn.is_readonly("main")? {
            return Err(StoreError::Old(self.path.clone()));
        }
        if version > 0 {
            self.back_up("before-upgrade", now)?;
        }
        match schema::upgrades().to_latest(&mut self.conn) {
            // Another command was started in the same moment and was first.
            Err(_) if self.version()? == schema::VERSION => Ok(()),
            other => other.map_err(|error| StoreError::upgrading(&error)),
        }
    }
}

/// When a backup was restored last.
const RESTORED: &str = "restored_at";

fn micros(at: Timestamp) -> i64 {
    at.as_microsecond()
}

fn instant(micros: i64) -> Timestamp {
    Timestamp::from_microsecond(micros).unwrap_or(Timestamp::UNIX_EPOCH)
}

fn json<T: serde::Serialize>(value: &T) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|error| StoreError::Row(error.to_string()))
}

fn from_json<T: serde::de::DeserializeOwned>(text: &str) -> rusqlite::Result<T> {
    serde_json::from_str(text).map_err(|error| rusqlite::Error::FromSqlConversionFailure(0, rusqlite::types::Type::Text, Box::new(error)))
}

fn parsed<T: std::str::FromStr>(text: &str) -> rusqlite::Result<T> {
    text.parse().map_err(|_| {
        let said =
            std::io::Error::new(std::io::ErrorKind::InvalidData, format!("unknown value “{}”", crate::model::address::clean_name(text)));
        rusqlite::Error::FromSqlConversionFailure(0, rusqlite::types::Type::Text, Box::new(said))
    })
}
