//! Folders and cursors; a cursor moves in the transaction that writes what was learnt (P8).

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use rusqlite::{OptionalExtension, params};

use super::{RESTORED, StoreError, Tx, micros};
use crate::model::folder::{Cursor, Role};

/// From when on unknown mail counts as having happened when it arrived, until all was read again.
const REREAD_FROM: &str = "reread_from";
const READ_BACK_TO: &str = "read_back_to";

impl Tx<'_> {
    /// How far a folder was read; `None` when never.
    ///
    /// # Errors
    /// When the database fails.
    pub fn cursor(&self, folder: &str) -> Result<Option<Cursor>, StoreError> {
        let mut statement = self.conn.prepare_cached("SELECT validity, last FROM folder WHERE name = ?1")?;
        let found = statement.query_row([folder], |row| {
            let last: i64 = row.get(1)?;
            Ok(Cursor { validity: row.get(0)?, last: u64::try_from(last).unwrap_or(0) })
        });
        Ok(found.optional()?)
    }

    /// Moves a folder's cursor.
    ///
    /// # Errors
    /// When the database fails.
    pub fn set_cursor(&self, folder: &str, role: Role, cursor: Cursor, at: Timestamp) -> Result<(), StoreError> {
        self.conn
            .prepare_cached(
                "INSERT INTO folder (name, role, validity, last, looked_at) VALUES (?1, ?2, ?3, ?4, ?5)
                 ON CONFLICT (name) DO UPDATE SET role = ?2, validity = ?3, last = ?4, looked_at = ?5",
            )?
            .execute(params![folder, role.word(), cursor.validity, i64::try_from(cursor.last).unwrap_or(i64::MAX), micros(at)])?;
        Ok(())
    }

    /// Forgets all cursors, so that the next pass looks from the beginning (after a restore), and back to a week before
    /// this file was last written, however short the first look is (P17). `now` is the hour of the restore.
    ///
    /// # Errors
    /// When the database fails.
    pub fn forget_cursors(&self, now: Timestamp) -> Result<(), StoreError> {
        self.forget_folders()?;
        let looked = self.instant("last_sync")?;
        let recorded: Option<i64> = self.conn.query_row("SELECT max(recorded) FROM journal", [], |row| row.get(0))?;
        let newest = looked.max(recorded.map(super::instant));
        if let Some(from) = newest.and_then(|at| at.checked_sub((7 * 24).hours()).ok()) {
            self.set_value(REREAD_FROM, &from.to_string())?;
        }
        self.set_value(RESTORED, &now.to_string())
    }

    /// The latest first day from which any of the folders was read; `None` before the first look.
    ///
    /// # Errors
    /// When the database fails.
    pub fn read_back_to(&self) -> Result<Option<Date>, StoreError> {
        Ok(self.value(READ_BACK_TO)?.and_then(|text| text.parse().ok()))
    }

    /// A folder is read from its beginning, which is this day.
    ///
    /// # Errors
    /// When the database fails.
    pub fn reads_back_to(&self, first: Date) -> Result<(), StoreError> {
        let latest = self.read_back_to()?.map_or(first, |other| other.max(first));
        self.set_value(READ_BACK_TO, &latest.to_string())
    }

    /// All folders are to be read again from this day (UTC). What they hold and nobody knows yet happened when it arrived.
    ///
    /// # Errors
    /// When the database fails.
    pub fn read_again_from(&self, first: Date) -> Result<(), StoreError> {
        self.forget_folders()?;
        let midnight = first.to_zoned(TimeZone::UTC).map_or(Timestamp::UNIX_EPOCH, |day| day.timestamp());
        self.set_value(REREAD_FROM, &midnight.to_string())
    }

    fn forget_folders(&self) -> Result<(), StoreError> {
        self.conn.execute("DELETE FROM folder", [])?;
        self.clear_value(READ_BACK_TO)
    }

    /// True when a backup took the place of this file after an instant.
    ///
    /// # Errors
    /// When the database fails.
    pub fn was_restored_since(&self, since: Timestamp) -> Result<bool, StoreError> {
        Ok(self.instant(RESTORED)?.is_some_and(|at| at >= since))
    }
}
