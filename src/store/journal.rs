//! The journal: lines are added, never changed.

use std::collections::HashSet;

use jiff::Timestamp;
use rusqlite::{Row, params};

use super::{StoreError, Tx, from_json, instant, json, micros, parsed};
use crate::model::address::Address;
use crate::model::id::{ContactId, DraftId, EntryId, MessageId};
use crate::model::journal::{Entry, NewEntry};
use crate::model::reading::{Correction, Outcome, Reading};

const COLUMNS: &str = "j.id, j.recorded, j.happened, j.contact, j.kind, j.text, j.message, j.draft, j.outcome, j.effects, j.voids, \
     coalesce((SELECT rfc_id FROM message m WHERE m.id = j.message), (SELECT message_id FROM draft d WHERE d.id = j.draft))";

/// Microseconds by which the clocks of two commands may differ.
const MOMENT: i64 = 5_000_000;
/// Microseconds by which a clock may have been ahead that nobody doubted.
const UNDOUBTED: i64 = 48 * 3_600_000_000;

fn entry(row: &Row<'_>) -> rusqlite::Result<Entry> {
    let outcome: Option<String> = row.get(8)?;
    Ok(Entry {
        id: EntryId(row.get(0)?),
        recorded: instant(row.get(1)?),
        message_id: row.get(11)?,
        line: NewEntry {
            on: instant(row.get(2)?),
            contact: row.get::<_, Option<i64>>(3)?.map(ContactId),
            kind: parsed(&row.get::<_, String>(4)?)?,
            text: row.get(5)?,
            message: row.get::<_, Option<i64>>(6)?.map(MessageId),
            draft: row.get::<_, Option<i64>>(7)?.map(DraftId),
            outcome: outcome.as_deref().and_then(Outcome::of_word),
            effects: from_json(&row.get::<_, String>(9)?)?,
            voids: row.get::<_, Option<i64>>(10)?.map(EntryId),
        },
    })
}

fn correction(row: &Row<'_>) -> rusqlite::Result<Option<Correction>> {
    let Some(outcome) = Outcome::of_word(&row.get::<_, String>(2)?) else { return Ok(None) };
    let Some(reading) = row.get::<_, Option<String>>(5)? else { return Ok(None) };
    let reading: Reading = from_json(&reading)?;
    Ok(Some(Correction {
        at: instant(row.get(1)?),
        // A lesson is about mails as they are before any lesson.
        kind: reading.untaught.unwrap_or(reading.kind),
        writer: row.get::<_, Option<String>>(3)?.and_then(|text| Address::parse(&text).ok()),
        name: row.get(4)?,
        text: reading.new_text,
        outcome,
    }))
}

impl Tx<'_> {
    /// Adds a line. What the owner or this program does at this moment comes after all that was written of the contact
    /// before, even when the clock was some hours ahead then. Mails keep their own order.
    ///
    /// # Errors
    /// When the database fails.
    pub fn append(&self, line: &NewEntry, recorded: Timestamp) -> Result<EntryId, StoreError> {
        let happened = self.in_order(line, recorded)?;
        self.conn
            .prepare_cached(
                "INSERT INTO journal (recorded, happened, contact, kind, text, message, draft, outcome, effects, voids)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
            )?
            .execute(params![
                micros(recorded),
                happened,
                line.contact.map(|id| id.0),
                line.kind.word(),
                line.text,
                line.message.map(|id| id.0),
                line.draft.map(|id| id.0),
                line.outcome.map(Outcome::word),
                json(&line.effects)?,
                line.voids.map(|id| id.0),
            ])?;
        Ok(EntryId(self.conn.last_insert_rowid()))
    }

    fn in_order(&self, line: &NewEntry, recorded: Timestamp) -> Result<i64, StoreError> {
        let (on, recorded) = (micros(line.on), micros(recorded));
        if line.message.is_some() || (recorded - on).abs() > MOMENT {
            return Ok(on);
        }
        let mut last = self.conn.prepare_cached("SELECT max(happened) FROM journal WHERE contact = ?1")?;
        let last: Option<i64> = last.query_row([line.contact.map(|id| id.0)], |row| row.get(0))?;
        Ok(last.filter(|last| (on..on + UNDOUBTED).contains(last)).unwrap_or(on))
    }

    /// When the last thing about a contact happened.
    ///
    /// # Errors
    /// When the database fails.
    pub fn last_happened(&self, contact: ContactId) -> Result<Option<Timestamp>, StoreError> {
        let mut last = self.conn.prepare_cached("SELECT max(happened) FROM journal WHERE contact = ?1")?;
        Ok(last.query_row([contact.0], |row| row.get::<_, Option<i64>>(0))?.map(instant))
    }

    /// All lines about a contact, in the order things happened.
    ///
    /// # Errors
    /// When the database fails.
    pub fn entries_of(&self, contact: ContactId) -> Result<Vec<Entry>, StoreError> {
        self.entries_where("j.contact = ?1 ORDER BY j.happened, j.id", [contact.0])
    }

    /// Lines about a contact of what happened from an instant on, in that order.
    ///
    /// # Errors
    /// When the database fails.
    pub fn entries_of_since(&self, contact: ContactId, since: Timestamp) -> Result<Vec<Entry>, StoreError> {
        self.entries_where("j.contact = ?1 AND j.happened >= ?2 ORDER BY j.happened, j.id", params![contact.0, micros(since)])
    }

    /// Contacts of whom something was written after an instant that is still to come, and nobody has said since that the
    /// clock was mended.
    ///
    /// # Errors
    /// When the database fails.
    pub fn written_ahead(&self, of: Timestamp) -> Result<Vec<ContactId>, StoreError> {
        let mut statement = self.conn.prepare_cached(
            "SELECT DISTINCT j.contact FROM journal j WHERE j.recorded > ?1 AND j.contact IS NOT NULL AND NOT EXISTS
             (SELECT 1 FROM journal later WHERE later.contact = j.contact AND later.id > j.id AND later.kind = 'clock_mended')",
        )?;
        let rows = statement.query_map([micros(of)], |row| Ok(ContactId(row.get(0)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The last lines about a contact, newest first.
    ///
    /// # Errors
    /// When the database fails.
    pub fn last_entries_of(&self, contact: ContactId, most: u32) -> Result<Vec<Entry>, StoreError> {
        self.entries_where("j.contact = ?1 ORDER BY j.happened DESC, j.id DESC LIMIT ?2", params![contact.0, most])
    }

    /// What the owner noted about a contact after an instant, calls and meetings too, newest first.
    ///
    /// # Errors
    /// When the database fails.
    pub fn noted_after(&self, contact: ContactId, after: Timestamp, most: u32) -> Result<Vec<Entry>, StoreError> {
        let condition = "j.contact = ?1 AND j.happened > ?2 AND j.kind IN ('note', 'call', 'meeting')
             ORDER BY j.happened DESC, j.id DESC LIMIT ?3";
        self.entries_where(condition, params![contact.0, micros(after), most])
    }

    /// Lines about a kept mail, oldest first.
    ///
    /// # Errors
    /// When the database fails.
    pub fn entries_about(&self, message: MessageId) -> Result<Vec<Entry>, StoreError> {
        self.entries_where("j.message = ?1 ORDER BY j.id", [message.0])
    }

    /// Lines written from an instant on, in the order of writing.
    ///
    /// # Errors
    /// When the database fails.
    pub fn entries_since(&self, since: Timestamp) -> Result<Vec<Entry>, StoreError> {
        // The plus keeps it from walking the whole journal in the order that is wanted: what is new is found and sorted.
        self.entries_where("j.recorded >= ?1 ORDER BY +j.id", [micros(since)])
    }

    /// One line by id.
    ///
    /// # Errors
    /// When the database fails.
    pub fn entry(&self, id: EntryId) -> Result<Option<Entry>, StoreError> {
        Ok(self.entries_where("j.id = ?1", [id.0])?.into_iter().next())
    }

    /// How many mails the owner corrected the reading of.
    ///
    /// # Errors
    /// When the database fails.
    pub fn count_corrections(&self) -> Result<u32, StoreError> {
        let mut count = self.conn.prepare_cached("SELECT count(DISTINCT message) FROM journal WHERE kind = 'corrected'")?;
        Ok(count.query_row([], |row| row.get(0))?)
    }

    /// What the owner corrected, the newest first; of each mail the last word.
    ///
    /// # Errors
    /// When the database fails.
    pub fn corrections(&self) -> Result<Vec<Correction>, StoreError> {
        let mut statement = self.conn.prepare_cached(
            "SELECT j.message, j.recorded, j.outcome, m.peer, c.name, m.reading FROM journal j JOIN message m ON m.id = j.message
             JOIN contact c ON c.id = m.contact WHERE j.kind = 'corrected' AND j.outcome IS NOT NULL ORDER BY j.id DESC",
        )?;
        let mut rows = statement.query([])?;
        let (mut seen, mut found) = (HashSet::new(), Vec::new());
        while let Some(row) = rows.next()? {
            if seen.insert(row.get::<_, i64>(0)?) {
                found.extend(correction(row)?);
            }
        }
        Ok(found)
    }

    fn entries_where(&self, condition: &str, parameters: impl rusqlite::Params) -> Result<Vec<Entry>, StoreError> {
        let mut statement = self.conn.prepare_cached(&format!("SELECT {COLUMNS} FROM journal j WHERE {condition}"))?;
        let rows = statement.query_map(parameters, entry)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}
