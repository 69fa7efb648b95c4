//! What left in the last days: what caps and spacing are counted by.

use jiff::{SignedDuration, Timestamp};
use rusqlite::params;

use super::drafts::OPEN;
use super::{RESTORED, StoreError, Tx, from_json, instant, json, micros};
use crate::model::id::ContactId;

/// The hours at which people who were forgotten since had been written to, and the family; nothing else of them.
const FORGOTTEN: &str = "sent_to_forgotten";

/// A copy in Sent of what left before a restore may bear an hour that is so much later.
const COPY: SignedDuration = SignedDuration::from_mins(10);

impl Tx<'_> {
    /// Mails that left from an instant on, or may have: when, and to which family. What caps and spacing are counted by.
    ///
    /// # Errors
    /// When the database fails.
    pub fn sent_since(&self, since: Timestamp) -> Result<Vec<(Timestamp, Option<String>)>, StoreError> {
        // Which of the mails found in Sent after a restore were check-ins is forgotten: each may have been one. CROSS: the
        // contacts are walked, and of each only the mails of these days; without a restore neither.
        let restored = self.instant(RESTORED)?.filter(|at| *at >= since).map_or(i64::MIN, |at| micros(at + COPY));
        let mut statement = self.conn.prepare_cached(&format!(
            "SELECT d.sent_at AS left_at, c.family FROM draft d JOIN contact c ON c.id = d.contact WHERE d.sent_at >= ?1
             UNION ALL
             SELECT d.body_begun, c.family FROM draft d JOIN contact c ON c.id = d.contact
             WHERE d.state = 'doubtful' AND {OPEN} AND d.body_begun >= ?1
             UNION ALL
             SELECT m.at, c.family FROM contact c CROSS JOIN message m ON m.contact = c.id AND m.at BETWEEN ?1 AND ?2
             WHERE ?2 >= ?1 AND m.direction = 'out' AND NOT EXISTS (SELECT 1 FROM draft d WHERE d.message_id = m.rfc_id)
             ORDER BY left_at"
        ))?;
        let rows = statement.query_map([micros(since), restored], |row| Ok((instant(row.get(0)?), row.get(1)?)))?;
        let mut sent = rows.collect::<Result<Vec<_>, _>>()?;
        sent.extend(self.to_forgotten(since)?);
        sent.sort();
        Ok(sent)
    }

    /// Somebody is about to be forgotten: that a mail left at its hour still counts for the caps of these days.
    ///
    /// # Errors
    /// When the database fails.
    pub fn count_forgotten(&self, who: ContactId, since: Timestamp) -> Result<(), StoreError> {
        let mut statement = self.conn.prepare(
            "SELECT coalesce(d.sent_at, d.body_begun), c.family FROM draft d JOIN contact c ON c.id = d.contact
             WHERE d.contact = ?1 AND (d.sent_at >= ?2 OR d.state = 'doubtful' AND d.body_begun >= ?2)",
        )?;
        let rows = statement.query_map(params![who.0, micros(since)], |row| Ok((instant(row.get(0)?), row.get(1)?)))?;
        let mut sent = rows.collect::<Result<Vec<_>, _>>()?;
        sent.extend(self.to_forgotten(since)?);
        if sent.is_empty() { self.clear_value(FORGOTTEN) } else { self.set_value(FORGOTTEN, &json(&sent)?) }
    }

    /// Drops what no cap counts any more of those who were forgotten.
    ///
    /// # Errors
    /// When the database fails.
    pub fn forget_old_counts(&self, since: Timestamp) -> Result<(), StoreError> {
        if self.value(FORGOTTEN)?.is_some() && self.to_forgotten(since)?.is_empty() {
            self.clear_value(FORGOTTEN)?;
        }
        Ok(())
    }

    fn to_forgotten(&self, since: Timestamp) -> Result<Vec<(Timestamp, Option<String>)>, StoreError> {
        let Some(text) = self.value(FORGOTTEN)? else { return Ok(Vec::new()) };
        let all: Vec<(Timestamp, Option<String>)> = from_json(&text)?;
        Ok(all.into_iter().filter(|(at, _)| *at >= since).collect())
    }
}
