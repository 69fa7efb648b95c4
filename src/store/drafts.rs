//! Drafts and the deliveries they become.

use jiff::Timestamp;
use rusqlite::{OptionalExtension, Row, params};

use super::{StoreError, Tx, from_json, instant, json, micros, parsed};
use crate::model::draft::{Draft, DraftState};
use crate::model::id::{ContactId, DraftId, NewsId};
use crate::model::plan::Reason;

const COLUMNS: &str = "d.id, d.contact, c.name, c.family, d.revision, d.state, d.because, d.reason, d.template, d.news, d.content, d.approved, d.approved_at, \
     d.due, d.send_at, d.blocked, d.attempts, d.answer, d.message_id, d.created_at, d.changed_at";

/// The open states in the words of the index over them: only so is it used, and a decade of sent mail not read.
pub(super) const OPEN: &str = "d.state IN ('review', 'queued', 'deferred', 'sending', 'doubtful')";

fn draft(row: &Row<'_>) -> rusqlite::Result<Draft> {
    let text = |index: usize| row.get::<_, String>(index);
    Ok(Draft {
        id: DraftId(row.get(0)?),
        contact: ContactId(row.get(1)?),
        name: text(2)?,
        family: row.get(3)?,
        revision: row.get(4)?,
        state: parsed(&text(5)?)?,
        because: parsed(&text(6)?)?,
        reason: text(7)?,
        template: text(8)?,
        news: row.get::<_, Option<i64>>(9)?.map(NewsId),
        content: from_json(&text(10)?)?,
        approved: row.get(11)?,
        approved_at: row.get::<_, Option<i64>>(12)?.map(instant),
        due: parsed(&text(13)?)?,
        send_at: instant(row.get(14)?),
        blocked: row.get(15)?,
        attempts: row.get(16)?,
        answer: row.get(17)?,
        message_id: row.get(18)?,
        created_at: instant(row.get(19)?),
        changed_at: instant(row.get(20)?),
    })
}

/// The rendered mail of a delivery, as stored before the first attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rendered {
    /// The whole mail.
    pub raw: Vec<u8>,
    /// Its `Message-ID`, without brackets.
    pub message_id: String,
    /// When the first byte of the body may have left, if it may.
    pub body_begun: Option<Timestamp>,
}

/// What a check-in that was sent was made from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// The template's name.
    pub template: String,
    /// Why it was proposed.
    pub because: Reason,
    /// When it was drafted.
    pub created_at: Timestamp,
}

/// A check-in whose copy in Sent is still to be found or filed.
#[derive(Debug, Clone)]
pub struct CopyWanted {
    /// The delivery.
    pub id: DraftId,
    /// The mail.
    pub raw: Vec<u8>,
    /// Its `Message-ID`.
    pub message_id: String,
    /// Until when the provider may still file a copy itself.
    pub until: Timestamp,
    /// When it was sent.
    pub sent_at: Timestamp,
}

impl Tx<'_> {
    /// The lines about a draft, found by those of its contact: the journal has no index of drafts.
    const ABOUT_DRAFT: &'static str = "j.contact = (SELECT contact FROM draft WHERE id = ?1) AND j.draft = ?1";

    /// Writes a new draft; its `id` is ignored.
    ///
    /// # Errors
    /// When the contact has an open draft already (P1), or the database fails.
    pub fn add_draft(&self, draft: &Draft) -> Result<DraftId, StoreError> {
        self.conn
            .prepare_cached(
                "INSERT INTO draft (contact, revision, state, because, reason, template, news, content, due, send_at, blocked, created_at, changed_at)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?12)",
            )?
            .execute(params![
                draft.contact.0,
                draft.revision,
                draft.state.word(),
                draft.because.word(),
                draft.reason,
                draft.template,
                draft.news.map(|news| news.0),
                json(&draft.content)?,
                draft.due.to_string(),
                micros(draft.send_at),
                draft.blocked,
                micros(draft.created_at),
            ])?;
        Ok(DraftId(self.conn.last_insert_rowid()))
    }

    /// Writes what may change of a draft: revision, state, content, yes, times, answer.
    ///
    /// # Errors
    /// When the database fails.
    pub fn update_draft(&self, draft: &Draft, now: Timestamp) -> Result<(), StoreError> {
        self.conn
            .prepare_cached(
                "UPDATE draft SET revision = ?2, state = ?3, content = ?4, approved = ?5, approved_at = ?6, send_at = ?7, blocked = ?8, attempts = ?9,
                 answer = ?10, changed_at = ?11 WHERE id = ?1",
            )?
            .execute(params![
                draft.id.0,
                draft.revision,
                draft.state.word(),
                json(&draft.content)?,
                draft.approved,
                draft.approved_at.map(micros),
                micros(draft.send_at),
                draft.blocked,
                draft.attempts,
                draft.answer,
                micros(now),
            ])?;
        Ok(())
    }

    /// A draft by id.
    ///
    /// # Errors
    /// When the database fails.
    pub fn draft(&self, id: DraftId) -> Result<Option<Draft>, StoreError> {
        let mut statement =
            self.conn.prepare_cached(&format!("SELECT {COLUMNS} FROM draft d JOIN contact c ON c.id = d.contact WHERE d.id = ?1"))?;
        Ok(statement.query_row([id.0], draft).optional()?)
    }

    /// The open draft or delivery of a contact; there is at most one.
    ///
    /// # Errors
    /// When the database fails.
    pub fn open_draft_of(&self, contact: ContactId) -> Result<Option<Draft>, StoreError> {
        Ok(self
            .drafts_where("d.contact = ?1 AND d.state IN ('review', 'queued', 'deferred', 'sending', 'doubtful') LIMIT 1", [contact.0])?
            .into_iter()
            .next())
    }

    /// Drafts in an open state, in the order they go; in a closed one none are looked for.
    ///
    /// # Errors
    /// When the database fails.
    pub fn drafts_in(&self, state: DraftState) -> Result<Vec<Draft>, StoreError> {
        self.drafts_where(&format!("d.state = ?1 AND {OPEN} ORDER BY d.send_at, d.id"), [state.word()])
    }

    /// All open drafts and deliveries.
    ///
    /// # Errors
    /// When the database fails.
    pub fn open_drafts(&self) -> Result<Vec<Draft>, StoreError> {
        self.drafts_where(&format!("{OPEN} ORDER BY d.send_at, d.id"), [])
    }

    /// All that a yes was ever given to, newest first.
    ///
    /// # Errors
    /// When the database fails.
    pub fn deliveries(&self, most: u32) -> Result<Vec<Draft>, StoreError> {
        self.drafts_where(
            "d.state IN ('queued', 'deferred', 'sending', 'sent', 'refused', 'stopped', 'doubtful') ORDER BY d.id DESC LIMIT ?1",
            [most],
        )
    }

    /// All drafts of a contact, newest first.
    ///
    /// # Errors
    /// When the database fails.
    pub fn drafts_of(&self, contact: ContactId) -> Result<Vec<Draft>, StoreError> {
        self.drafts_where("d.contact = ?1 ORDER BY d.id DESC", [contact.0])
    }

    /// What the check-ins that a contact was sent were made from, newest first; their texts stay on the disk.
    ///
    /// # Errors
    /// When the database fails.
    pub fn sent_to(&self, contact: ContactId) -> Result<Vec<Origin>, StoreError> {
        let mut statement = self
            .conn
            .prepare_cached("SELECT template, because, created_at FROM draft WHERE contact = ?1 AND state = 'sent' ORDER BY id DESC")?;
        let rows = statement.query_and_then([contact.0], |row| {
            let because = parsed(&row.get::<_, String>(1)?)?;
            Ok(Origin { template: row.get(0)?, because, created_at: instant(row.get(2)?) })
        })?;
        rows.collect()
    }

    /// The newest drafts of anybody, newest first: their sentences are not to be repeated.
    ///
    /// # Errors
    /// When the database fails.
    pub fn recent_drafts(&self, most: u32) -> Result<Vec<Draft>, StoreError> {
        self.drafts_where("1 ORDER BY d.id DESC LIMIT ?1", [most])
    }

    /// Whose check-in a `Message-ID` is.
    ///
    /// # Errors
    /// When the database fails.
    pub fn draft_by_rfc_id(&self, rfc_id: &str) -> Result<Option<Draft>, StoreError> {
        Ok(self.drafts_where("d.message_id = ?1 LIMIT 1", [rfc_id])?.into_iter().next())
    }

    fn drafts_where(&self, condition: &str, parameters: impl rusqlite::Params) -> Result<Vec<Draft>, StoreError> {
        let mut statement =
            self.conn.prepare_cached(&format!("SELECT {COLUMNS} FROM draft d JOIN contact c ON c.id = d.contact WHERE {condition}"))?;
        let rows = statement.query_map(parameters, draft)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Stores the whole mail of a delivery, once: later attempts send these bytes (P1).
    ///
    /// # Errors
    /// When the database fails.
    pub fn set_rendered(&self, id: DraftId, raw: &[u8], message_id: &str) -> Result<(), StoreError> {
        self.conn.execute("UPDATE draft SET raw = ?2, message_id = ?3 WHERE id = ?1 AND raw IS NULL", params![id.0, raw, message_id])?;
        Ok(())
    }

    /// Drops the rendered mail of a draft whose words changed before any of it left.
    ///
    /// # Errors
    /// When the database fails.
    pub fn unrender(&self, id: DraftId) -> Result<(), StoreError> {
        self.conn.execute("UPDATE draft SET raw = NULL, message_id = NULL WHERE id = ?1 AND body_begun IS NULL", [id.0])?;
        Ok(())
    }

    /// True when the owner was once asked whether this delivery arrived.
    ///
    /// # Errors
    /// When the database fails.
    pub fn was_doubted(&self, id: DraftId) -> Result<bool, StoreError> {
        let sql = format!("SELECT 1 FROM journal j WHERE {} AND kind = 'asked'", Self::ABOUT_DRAFT);
        Ok(self.conn.prepare_cached(&sql)?.exists([id.0])?)
    }

    /// Since when a delivery meets trouble, from an instant on.
    ///
    /// # Errors
    /// When the database fails.
    pub fn troubled_since(&self, id: DraftId, from: Timestamp) -> Result<Option<Timestamp>, StoreError> {
        let sql = format!("SELECT min(recorded) FROM journal j WHERE {} AND kind = 'delivery' AND recorded >= ?2", Self::ABOUT_DRAFT);
        let mut statement = self.conn.prepare_cached(&sql)?;
        Ok(statement.query_row(params![id.0, micros(from)], |row| row.get::<_, Option<i64>>(0))?.map(instant))
    }

    /// The rendered mail of a delivery.
    ///
    /// # Errors
    /// When the database fails.
    pub fn rendered(&self, id: DraftId) -> Result<Option<Rendered>, StoreError> {
        let mut statement = self.conn.prepare_cached("SELECT raw, message_id, body_begun FROM draft WHERE id = ?1 AND raw IS NOT NULL")?;
        let found = statement.query_row([id.0], |row| {
            Ok(Rendered { raw: row.get(0)?, message_id: row.get(1)?, body_begun: row.get::<_, Option<i64>>(2)?.map(instant) })
        });
        Ok(found.optional()?)
    }

    /// Says that the first byte of the body may leave from now on (or that it surely did not).
    ///
    /// # Errors
    /// When the database fails.
    pub fn set_body_begun(&self, id: DraftId, at: Option<Timestamp>) -> Result<(), StoreError> {
        self.conn.execute("UPDATE draft SET body_begun = ?2 WHERE id = ?1", params![id.0, at.map(micros)])?;
        Ok(())
    }

    /// Says that the first byte of the body may leave from now on; false when the delivery was withdrawn meanwhile.
    ///
    /// # Errors
    /// When the database fails.
    pub fn begin_body(&self, id: DraftId, at: Timestamp) -> Result<bool, StoreError> {
        let changed =
            self.conn.execute("UPDATE draft SET body_begun = ?2 WHERE id = ?1 AND state = 'sending'", params![id.0, micros(at)])?;
        Ok(changed == 1)
    }

    /// Says that the server has it, and until when its own copy in Sent may still appear.
    ///
    /// # Errors
    /// When the database fails.
    pub fn set_sent(&self, id: DraftId, at: Timestamp, copy_until: Option<Timestamp>) -> Result<(), StoreError> {
        self.conn.execute(
            "UPDATE draft SET sent_at = ?2, copy = CASE WHEN ?3 IS NULL THEN NULL ELSE 'wanted' END, copy_until = ?3 WHERE id = ?1",
            params![id.0, micros(at), copy_until.map(micros)],
        )?;
        Ok(())
    }

    /// Check-ins whose copy in Sent is still to be found or filed.
    ///
    /// # Errors
    /// When the database fails.
    pub fn copies_wanted(&self) -> Result<Vec<CopyWanted>, StoreError> {
        let mut statement =
            self.conn.prepare_cached("SELECT id, raw, message_id, copy_until, sent_at FROM draft WHERE copy = 'wanted' ORDER BY id")?;
        let rows = statement.query_map([], |row| {
            Ok(CopyWanted {
                id: DraftId(row.get(0)?),
                raw: row.get(1)?,
                message_id: row.get(2)?,
                until: instant(row.get(3)?),
                sent_at: instant(row.get::<_, Option<i64>>(4)?.unwrap_or(0)),
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Says that the copy in Sent is there.
    ///
    /// # Errors
    /// When the database fails.
    pub fn set_copy_filed(&self, id: DraftId) -> Result<(), StoreError> {
        self.conn.execute("UPDATE draft SET copy = 'filed' WHERE id = ?1", [id.0])?;
        Ok(())
    }

    /// How many drafts stand in an open state.
    ///
    /// # Errors
    /// When the database fails.
    pub fn count_drafts(&self, state: DraftState) -> Result<u32, StoreError> {
        let count = format!("SELECT count(*) FROM draft d WHERE d.state = ?1 AND {OPEN}");
        Ok(self.conn.prepare_cached(&count)?.query_row([state.word()], |row| row.get(0))?)
    }

    /// Every unsent yes is taken back (after a restore).
    ///
    /// # Errors
    /// When the database fails.
    pub fn unapprove_all(&self, now: Timestamp) -> Result<u32, StoreError> {
        let changed = self.conn.execute(
            "UPDATE draft SET state = 'review', approved = NULL, approved_at = NULL, answer = 'restored from a backup, and it may have gone since that was made: a new yes is needed', changed_at = ?1
             WHERE state IN ('queued', 'deferred') OR (state = 'sending' AND body_begun IS NULL)",
            [micros(now)],
        )?;
        Ok(u32::try_from(changed).unwrap_or(u32::MAX))
    }
}
