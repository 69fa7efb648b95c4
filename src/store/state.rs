//! Small facts the program remembers of itself: values, schedules, requests between its processes.

use jiff::Timestamp;
use rusqlite::{OptionalExtension, params};

use super::{StoreError, Tx, instant, micros};

/// A run of something that recurs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    /// The period it was for: the instant it was scheduled at.
    pub period: Timestamp,
    /// True once it is done for that period.
    pub done: bool,
    /// The `Message-ID` of what it sends.
    pub message_id: Option<String>,
    /// The bytes of what it sends, until it is done.
    pub raw: Option<Vec<u8>>,
}

impl Tx<'_> {
    /// A remembered value.
    ///
    /// # Errors
    /// When the database fails.
    pub fn value(&self, key: &str) -> Result<Option<String>, StoreError> {
        Ok(self.conn.prepare_cached("SELECT value FROM meta WHERE key = ?1")?.query_row([key], |row| row.get(0)).optional()?)
    }

    /// Remembers a value.
    ///
    /// # Errors
    /// When the database fails.
    pub fn set_value(&self, key: &str, value: &str) -> Result<(), StoreError> {
        self.conn
            .prepare_cached("INSERT INTO meta (key, value) VALUES (?1, ?2) ON CONFLICT (key) DO UPDATE SET value = ?2 WHERE value <> ?2")?
            .execute([key, value])?;
        Ok(())
    }

    /// Forgets a value.
    ///
    /// # Errors
    /// When the database fails.
    pub fn clear_value(&self, key: &str) -> Result<(), StoreError> {
        self.conn.execute("DELETE FROM meta WHERE key = ?1", [key])?;
        Ok(())
    }

    /// A remembered instant.
    ///
    /// # Errors
    /// When the database fails.
    pub fn instant(&self, key: &str) -> Result<Option<Timestamp>, StoreError> {
        Ok(self.value(key)?.and_then(|text| text.parse().ok()))
    }

    /// The last run of something that recurs.
    ///
    /// # Errors
    /// When the database fails.
    pub fn last_run(&self, name: &str) -> Result<Option<Run>, StoreError> {
        let mut statement = self.conn.prepare_cached("SELECT period, state, message_id, raw FROM schedule WHERE name = ?1")?;
        let found = statement.query_row([name], |row| {
            let state: String = row.get(1)?;
            Ok(Run { period: instant(row.get(0)?), done: state == "done", message_id: row.get(2)?, raw: row.get(3)? })
        });
        Ok(found.optional()?)
    }

    /// Writes the run of something that recurs.
    ///
    /// # Errors
    /// When the database fails.
    pub fn set_run(&self, name: &str, run: &Run, now: Timestamp) -> Result<(), StoreError> {
        let state = if run.done { "done" } else { "sending" };
        self.conn.execute(
            "INSERT INTO schedule (name, period, state, at, message_id, raw) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
             ON CONFLICT (name) DO UPDATE SET period = ?2, state = ?3, at = ?4, message_id = ?5, raw = ?6",
            params![name, micros(run.period), state, micros(now), run.message_id, run.raw],
        )?;
        Ok(())
    }

    /// Asks the running daemon for something; the id tells the answer apart.
    ///
    /// # Errors
    /// When the database fails.
    pub fn ask(&self, kind: &str, now: Timestamp) -> Result<i64, StoreError> {
        self.conn.execute("INSERT INTO request (kind, asked) VALUES (?1, ?2)", params![kind, micros(now)])?;
        Ok(self.conn.last_insert_rowid())
    }

    /// Requests without an answer.
    ///
    /// # Errors
    /// When the database fails.
    pub fn open_requests(&self) -> Result<Vec<(i64, String)>, StoreError> {
        let mut statement = self.conn.prepare_cached("SELECT id, kind FROM request WHERE answer IS NULL ORDER BY id")?;
        let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Answers a request; old answered ones are swept away.
    ///
    /// # Errors
    /// When the database fails.
    pub fn answer(&self, id: i64, answer: &str) -> Result<(), StoreError> {
        self.conn.execute("DELETE FROM request WHERE answer IS NOT NULL AND id < ?1 - 20", [id])?;
        self.conn.execute("UPDATE request SET answer = ?2 WHERE id = ?1", params![id, answer])?;
        Ok(())
    }

    /// The answer to a request, once there is one; it is taken away.
    ///
    /// # Errors
    /// When the database fails.
    pub fn take_answer(&self, id: i64) -> Result<Option<String>, StoreError> {
        let found: Option<Option<String>> =
            self.conn.query_row("SELECT answer FROM request WHERE id = ?1", [id], |row| row.get(0)).optional()?;
        Ok(found.flatten())
    }
}
