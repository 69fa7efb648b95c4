//! Kept mails: those that concern a contact.

use jiff::Timestamp;
use rusqlite::{OptionalExtension, Row, params};

use super::{StoreError, Tx, from_json, instant, json, micros};
use crate::model::address::Address;
use crate::model::id::{ContactId, MessageId};
use crate::model::message::{Direction, Message};
use crate::model::reading::Reading;

const COLUMNS: &str = "id, thread, rfc_id, contact, direction, peer, mine, subject, chain, at, zone, reading";

fn message(row: &Row<'_>) -> rusqlite::Result<Message> {
    let address = |index: usize| -> rusqlite::Result<Option<Address>> {
        Ok(row.get::<_, Option<String>>(index)?.and_then(|text| Address::parse(&text).ok()))
    };
    let reading: Option<String> = row.get(11)?;
    Ok(Message {
        id: MessageId(row.get(0)?),
        thread: MessageId(row.get(1)?),
        rfc_id: row.get(2)?,
        contact: ContactId(row.get(3)?),
        direction: if row.get::<_, String>(4)? == "in" { Direction::In } else { Direction::Out },
        peer: address(5)?,
        mine: address(6)?,
        subject: row.get(7)?,
        chain: from_json(&row.get::<_, String>(8)?)?,
        at: instant(row.get(9)?),
        offset: row.get(10)?,
        reading: reading.map(|text| from_json::<Reading>(&text)).transpose()?,
    })
}

/// What makes two copies of a mail one event, and where it was found.
#[derive(Debug, Clone)]
pub struct Arrival<'a> {
    /// The same for all copies of one mail.
    pub event: &'a str,
    /// The folder it was found in.
    pub folder: &'a str,
    /// When the provider took it in, if that is known.
    pub arrived: Option<Timestamp>,
    /// The bytes.
    pub raw: &'a [u8],
}

impl Tx<'_> {
    /// When the first kept mail came from one of these addresses, to whomever it was counted.
    ///
    /// # Errors
    /// When the database fails.
    pub fn first_kept_from(&self, addresses: &[Address]) -> Result<Option<Timestamp>, StoreError> {
        let peers = json(&addresses.iter().map(Address::as_str).collect::<Vec<_>>())?;
        let sql = "SELECT min(at) FROM message WHERE direction = 'in' AND peer COLLATE NOCASE IN (SELECT value FROM json_each(?1))";
        Ok(self.conn.query_row(sql, [peers], |row| row.get::<_, Option<i64>>(0))?.map(instant))
    }

    /// Keeps a mail; its `id` is ignored, and a `thread` of 0 begins a new conversation.
    ///
    /// # Errors
    /// When this event is kept already, or the database fails.
    pub fn keep_message(&self, message: &Message, arrival: &Arrival<'_>) -> Result<MessageId, StoreError> {
        let direction = if message.direction == Direction::In { "in" } else { "out" };
        self.conn
            .prepare_cached(
                "INSERT INTO message (event, thread, rfc_id, contact, direction, peer, mine, subject, chain, at, zone, folder, reading, raw, arrived)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)",
            )?
            .execute(params![
                arrival.event,
                message.thread.0,
                message.rfc_id,
                message.contact.0,
                direction,
                message.peer.as_ref().map(Address::as_str),
                message.mine.as_ref().map(Address::as_str),
                message.subject,
                json(&message.chain)?,
                micros(message.at),
                message.offset,
                arrival.folder,
                message.reading.as_ref().map(json).transpose()?,
                arrival.raw,
                arrival.arrived.map(micros),
            ])?;
        let id = self.conn.last_insert_rowid();
        if message.thread.0 == 0 {
            self.conn.execute("UPDATE message SET thread = id WHERE id = ?1", [id])?;
        }
        Ok(MessageId(id))
    }

    /// True when this event is kept already.
    ///
    /// # Errors
    /// When the database fails.
    pub fn is_kept(&self, event: &str) -> Result<bool, StoreError> {
        Ok(self.conn.prepare_cached("SELECT 1 FROM message WHERE event = ?1")?.exists([event])?)
    }

    /// True when this event is kept for this contact already.
    ///
    /// # Errors
    /// When the database fails.
    pub fn is_kept_for(&self, event: &str, contact: ContactId) -> Result<bool, StoreError> {
        Ok(self.conn.prepare_cached("SELECT 1 FROM message WHERE event = ?1 AND contact = ?2")?.exists(params![event, contact.0])?)
    }

    /// The mail kept of this event for this contact.
    ///
    /// # Errors
    /// When the database fails.
    pub fn message_of(&self, event: &str, contact: ContactId) -> Result<Option<Message>, StoreError> {
        self.one_message("event = ?1 AND contact = ?2", params![event, contact.0])
    }

    /// When an event kept for anybody counts as having happened.
    ///
    /// # Errors
    /// When the database fails.
    pub fn kept_at(&self, event: &str) -> Result<Option<Timestamp>, StoreError> {
        let mut statement = self.conn.prepare_cached("SELECT at FROM message WHERE event = ?1 LIMIT 1")?;
        Ok(statement.query_row([event], |row| row.get(0).map(instant)).optional()?)
    }

    /// A kept mail by id.
    ///
    /// # Errors
    /// When the database fails.
    pub fn message(&self, id: MessageId) -> Result<Option<Message>, StoreError> {
        self.one_message("id = ?1", [id.0])
    }

    /// The newest kept mail with a `Message-ID`.
    ///
    /// # Errors
    /// When the database fails.
    pub fn message_by_rfc_id(&self, rfc_id: &str) -> Result<Option<Message>, StoreError> {
        self.one_message("rfc_id = ?1 ORDER BY id DESC LIMIT 1", [rfc_id])
    }

    /// The newest mail with a contact, in either direction or one.
    ///
    /// # Errors
    /// When the database fails.
    pub fn last_message(&self, contact: ContactId, direction: Option<Direction>) -> Result<Option<Message>, StoreError> {
        let condition = match direction {
            None => "contact = ?1 ORDER BY at DESC, id DESC LIMIT 1",
            Some(Direction::In) => "contact = ?1 AND direction = 'in' ORDER BY at DESC, id DESC LIMIT 1",
            Some(Direction::Out) => "contact = ?1 AND direction = 'out' ORDER BY at DESC, id DESC LIMIT 1",
        };
        self.one_message(condition, [contact.0])
    }

    /// The newest mails of a contact, newest first.
    ///
    /// # Errors
    /// When the database fails.
    pub fn last_messages(&self, contact: ContactId, most: u32) -> Result<Vec<Message>, StoreError> {
        let mut statement =
            self.conn.prepare_cached(&format!("SELECT {COLUMNS} FROM message WHERE contact = ?1 ORDER BY at DESC, id DESC LIMIT ?2"))?;
        let rows = statement.query_map(params![contact.0, most], message)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The newest mails that a person wrote in a conversation with a contact, newest first: no machine's, no list's.
    ///
    /// # Errors
    /// When the database fails.
    pub fn last_written(&self, contact: ContactId, most: u32) -> Result<Vec<Message>, StoreError> {
        let mut statement = self.conn.prepare_cached(&format!(
            "SELECT {COLUMNS} FROM message WHERE contact = ?1 AND direction = 'in' AND json_extract(reading, '$.kind') IN ('reply', 'invite')
             ORDER BY at DESC, id DESC LIMIT ?2"
        ))?;
        let rows = statement.query_map(params![contact.0, most], message)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    fn one_message(&self, condition: &str, parameters: impl rusqlite::Params) -> Result<Option<Message>, StoreError> {
        let mut statement = self.conn.prepare_cached(&format!("SELECT {COLUMNS} FROM message WHERE {condition}"))?;
        Ok(statement.query_row(parameters, message).optional()?)
    }

    /// When and at which offset from UTC (seconds) a contact wrote lately, newest first. Reports, lists and other
    /// people in the conversation say nothing of their clock.
    ///
    /// # Errors
    /// When the database fails.
    pub fn offsets_of(&self, contact: ContactId, most: u32) -> Result<Vec<(Timestamp, i32)>, StoreError> {
        let mut statement = self.conn.prepare_cached(
            "SELECT at, zone FROM message WHERE contact = ?1 AND direction = 'in' AND zone IS NOT NULL
             AND json_extract(reading, '$.kind') IN ('reply', 'auto_reply', 'invite')
             AND lower(peer) IN (SELECT key FROM address WHERE contact = ?1) ORDER BY at DESC LIMIT ?2",
        )?;
        let rows = statement.query_map(params![contact.0, most], |row| Ok((instant(row.get(0)?), row.get(1)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The bytes of a kept mail.
    ///
    /// # Errors
    /// When the database fails.
    pub fn raw_message(&self, id: MessageId) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self.conn.query_row("SELECT raw FROM message WHERE id = ?1", [id.0], |row| row.get(0)).optional()?)
    }

    /// Mails that were read for their meaning and happened from an instant on, oldest first.
    ///
    /// # Errors
    /// When the database fails.
    pub fn read_since(&self, since: Timestamp) -> Result<Vec<MessageId>, StoreError> {
        let mut statement =
            self.conn.prepare("SELECT id FROM message WHERE direction = 'in' AND at >= ?1 AND reading IS NOT NULL ORDER BY at, id")?;
        let rows = statement.query_map([micros(since)], |row| row.get(0).map(MessageId))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// When the provider took a kept mail in, if that is known.
    ///
    /// # Errors
    /// When the database fails.
    pub fn arrived(&self, id: MessageId) -> Result<Option<Timestamp>, StoreError> {
        let arrived = self.conn.query_row("SELECT arrived FROM message WHERE id = ?1", [id.0], |row| row.get::<_, Option<i64>>(0));
        Ok(arrived.optional()?.flatten().map(instant))
    }

    /// Replaces the reading of a kept mail, after it was corrected or read again.
    ///
    /// # Errors
    /// When the database fails.
    pub fn set_reading(&self, id: MessageId, reading: &Reading) -> Result<(), StoreError> {
        self.conn.execute("UPDATE message SET reading = ?2 WHERE id = ?1", params![id.0, json(reading)?])?;
        Ok(())
    }

    /// Every `Message-ID` that an answer or a report may refer to, of kept mails and of check-ins sent; some of them twice.
    ///
    /// # Errors
    /// When the database fails.
    pub fn known_rfc_ids(&self, mut each: impl FnMut(&str)) -> Result<(), StoreError> {
        let mut statement = self.conn.prepare_cached(
            "SELECT rfc_id FROM message WHERE rfc_id IS NOT NULL UNION ALL SELECT message_id FROM draft WHERE message_id IS NOT NULL",
        )?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            each(row.get_ref(0)?.as_str().unwrap_or_default());
        }
        Ok(())
    }

    /// True when the owner wrote to a contact from an instant on.
    ///
    /// # Errors
    /// When the database fails.
    pub fn was_written_since(&self, contact: ContactId, since: Timestamp) -> Result<bool, StoreError> {
        Ok(self
            .conn
            .prepare_cached("SELECT 1 FROM message WHERE contact = ?1 AND direction = 'out' AND at >= ?2")?
            .exists(params![contact.0, micros(since)])?)
    }
}
