//! Contacts.

use jiff::civil::Date;
use rusqlite::{OptionalExtension, Row, params};

use super::{StoreError, Tx, folded, from_json, instant, json, micros, parsed};
use crate::model::address::Address;
use crate::model::contact::Contact;
use crate::model::id::ContactId;
use crate::model::standing::{Standing, State};
use crate::model::story::Story;

/// A contact with what the journal derived for them.
#[derive(Debug, Clone)]
pub struct Kept {
    /// The person.
    pub contact: Contact,
    /// What the journal adds up to.
    pub story: Story,
    /// The day they are otherwise due, by the gap in force alone.
    pub due: Date,
}

const COLUMNS: &str = "c.id, c.name, c.employer, c.family, c.title, c.relation, c.met, c.every, c.zone, c.us_state, c.tags, c.note, c.mode, c.added_at, \
     c.story, c.due, (SELECT json_group_array(address) FROM (SELECT address FROM address a WHERE a.contact = c.id AND a.dead IS NULL ORDER BY a.position)), \
     NOT EXISTS (SELECT 1 FROM address a WHERE a.contact = c.id AND a.searched_at IS NULL AND a.dead IS NULL)";

/// True for contacts with an address that takes mail.
const HAS_ADDRESS: &str = "EXISTS (SELECT 1 FROM address a WHERE a.contact = c.id AND a.dead IS NULL)";

fn rows(most: usize) -> i64 {
    i64::try_from(most).unwrap_or(i64::MAX)
}

fn kept(row: &Row<'_>) -> rusqlite::Result<Kept> {
    let text = |index: usize| row.get::<_, String>(index);
    let optional = |index: usize| row.get::<_, Option<String>>(index);
    let addresses: Vec<String> = from_json(&text(16)?)?;
    Ok(Kept {
        contact: Contact {
            id: ContactId(row.get(0)?),
            name: text(1)?,
            addresses: addresses.iter().filter_map(|address| Address::parse(address).ok()).collect(),
            employer: optional(2)?,
            family: optional(3)?,
            title: optional(4)?,
            relation: parsed(&text(5)?)?,
            met: optional(6)?,
            every: optional(7)?.map(|every| parsed(&every)).transpose()?,
            zone: optional(8)?,
            state: optional(9)?,
            tags: from_json(&text(10)?)?,
            note: optional(11)?,
            mode: parsed(&text(12)?)?,
            added_at: instant(row.get(13)?),
            searched: row.get(17)?,
        },
        story: from_json(&text(14)?)?,
        due: parsed(&text(15)?)?,
    })
}

impl Tx<'_> {
    /// Writes a new contact; its `id` is ignored and the new one returned.
    ///
    /// # Errors
    /// When one of the addresses belongs to somebody already.
    pub fn add_contact(&self, contact: &Contact) -> Result<ContactId, StoreError> {
        self.conn.prepare_cached("INSERT INTO contact (name, folded, relation, mode, added_at) VALUES (?1, ?2, ?3, ?4, ?5)")?.execute(
            params![contact.name, folded(&contact.name), contact.relation.word(), contact.mode.word(), micros(contact.added_at)],
        )?;
        let id = ContactId(self.conn.last_insert_rowid());
        self.update_contact(&Contact { id, ..contact.clone() })?;
        Ok(id)
    }

    /// Writes all that the owner may change about a contact. New addresses count as not yet searched for.
    ///
    /// # Errors
    /// When an address belongs to somebody else.
    pub fn update_contact(&self, contact: &Contact) -> Result<(), StoreError> {
        let mut statement = self.conn.prepare_cached(
            "UPDATE contact SET name = ?2, folded = ?3, employer = ?4, family = ?5, title = ?6, relation = ?7, met = ?8, every = ?9, zone = ?10,
             us_state = ?11, tags = ?12, note = ?13, mode = ?14 WHERE id = ?1",
        )?;
        statement.execute(params![
            contact.id.0,
            contact.name,
            folded(&contact.name),
            contact.employer,
            contact.family,
            contact.title,
            contact.relation.word(),
            contact.met,
            contact.every.map(|every| every.to_string()),
            contact.zone,
            contact.state,
            json(&contact.tags)?,
            contact.note,
            contact.mode.word(),
        ])?;
        self.set_addresses(contact.id, &contact.addresses)
    }

    /// The contact with an id.
    ///
    /// # Errors
    /// When the database fails.
    pub fn contact(&self, id: ContactId) -> Result<Option<Kept>, StoreError> {
        let sql = format!("SELECT {COLUMNS} FROM contact c WHERE c.id = ?1");
        Ok(self.conn.prepare_cached(&sql)?.query_row([id.0], kept).optional()?)
    }

    /// Contacts whose name is exactly this one, but for case, accents and spaces.
    ///
    /// # Errors
    /// When the database fails.
    pub fn contacts_named(&self, name: &str) -> Result<Vec<Kept>, StoreError> {
        self.contacts_where("c.folded = ?1 ORDER BY c.id", [folded(name)])
    }

    /// All contacts in the order they were added.
    ///
    /// # Errors
    /// When the database fails.
    pub fn contacts(&self) -> Result<Vec<Kept>, StoreError> {
        self.contacts_where("1 ORDER BY c.id", [])
    }

    /// Contacts otherwise due on or before a day who may be written to by then, the longest due first; from behind the
    /// last one of an earlier page on.
    ///
    /// # Errors
    /// When the database fails.
    pub fn reachable_due(&self, by: Date, after: Option<(Date, ContactId)>, most: usize) -> Result<Vec<Kept>, StoreError> {
        let (due, id) = after.map_or((String::new(), 0), |(due, id)| (due.to_string(), id.0));
        let mut found = Vec::new();
        // One range of the index each, so that the cost is that of what is found.
        for state in ["c.state = 'active'", "c.state = 'held' AND c.until <= ?1"] {
            found.extend(self.contacts_where(
                &format!("{state} AND c.due <= ?1 AND (c.due, c.id) > (?2, ?3) AND {HAS_ADDRESS} ORDER BY c.due, c.id LIMIT ?4"),
                params![by.to_string(), due, id, rows(most)],
            )?);
        }
        found.sort_by_key(|kept| (kept.due, kept.contact.id));
        found.truncate(most);
        Ok(found)
    }

    /// Contacts otherwise due on or before a day who cannot be written to by then, up to so many of each sort.
    ///
    /// # Errors
    /// When the database fails.
    pub fn unreachable_due(&self, by: Date, most: usize) -> Result<Vec<Kept>, StoreError> {
        let sorts = [
            "c.state = 'stopped'".to_owned(),
            "c.state = 'owes_answer'".to_owned(),
            "c.state = 'held' AND (c.until IS NULL OR c.until > ?1)".to_owned(),
            format!("c.state = 'held' AND c.until <= ?1 AND NOT {HAS_ADDRESS}"),
            format!("c.state = 'active' AND NOT {HAS_ADDRESS}"),
        ];
        let mut found = Vec::new();
        for sort in sorts {
            let condition = format!("{sort} AND c.due <= ?1 ORDER BY c.due, c.id LIMIT ?2");
            found.extend(self.contacts_where(&condition, params![by.to_string(), rows(most)])?);
        }
        Ok(found)
    }

    /// Contacts in a state, at most so many.
    ///
    /// # Errors
    /// When the database fails.
    pub fn contacts_in(&self, state: State, most: usize) -> Result<Vec<Kept>, StoreError> {
        self.contacts_where("c.state = ?1 ORDER BY c.due, c.id LIMIT ?2", params![state.word(), rows(most)])
    }

    /// Contacts held on a day for another reason than silence, at most so many.
    ///
    /// # Errors
    /// When the database fails.
    pub fn held(&self, today: Date, most: usize) -> Result<Vec<Kept>, StoreError> {
        let condition = "c.state = 'held' AND c.why <> 'silence' AND (c.until IS NULL OR c.until > ?1) ORDER BY c.due, c.id LIMIT ?2";
        self.contacts_where(condition, params![today.to_string(), rows(most)])
    }

    /// Contacts held for silence on a day, or stopped for it, at most so many of both.
    ///
    /// # Errors
    /// When the database fails.
    pub fn quiet(&self, today: Date, most: usize) -> Result<Vec<Kept>, StoreError> {
        let silent = "c.state = 'held' AND c.why = 'silence' AND c.until > ?1 ORDER BY c.due, c.id LIMIT ?2";
        let mut found = self.contacts_where(silent, params![today.to_string(), rows(most)])?;
        let stopped = "c.state = 'stopped' AND c.why = 'no_answer' ORDER BY c.due, c.id LIMIT ?1";
        found.extend(self.contacts_where(stopped, [rows(most.saturating_sub(found.len()))])?);
        Ok(found)
    }

    fn contacts_where(&self, condition: &str, parameters: impl rusqlite::Params) -> Result<Vec<Kept>, StoreError> {
        let mut statement = self.conn.prepare_cached(&format!("SELECT {COLUMNS} FROM contact c WHERE {condition}"))?;
        let rows = statement.query_map(parameters, kept)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// How many contacts are in a state.
    ///
    /// # Errors
    /// When the database fails.
    pub fn count_in(&self, state: State) -> Result<u32, StoreError> {
        Ok(self.conn.prepare_cached("SELECT count(*) FROM contact WHERE state = ?1")?.query_row([state.word()], |row| row.get(0))?)
    }

    /// How many contacts there are.
    ///
    /// # Errors
    /// When the database fails.
    pub fn count_contacts(&self) -> Result<u32, StoreError> {
        Ok(self.conn.query_row("SELECT count(*) FROM contact", [], |row| row.get(0))?)
    }

    /// Writes what the journal derived for a contact.
    ///
    /// # Errors
    /// When the database fails.
    pub fn set_story(&self, id: ContactId, story: &Story, shown: &Standing, due: Date) -> Result<(), StoreError> {
        self.conn
            .prepare_cached("UPDATE contact SET state = ?2, until = ?3, why = ?4, last_touch = ?5, due = ?6, story = ?7 WHERE id = ?1")?
            .execute(params![
                id.0,
                shown.state.word(),
                shown.until.map(|day| day.to_string()),
                shown.reason,
                story.last_touch.map(micros),
                due.to_string(),
                json(story)?,
            ])?;
        Ok(())
    }

    /// Erases a contact, their mails and their journal rows (`forget`); returns all their addresses.
    ///
    /// # Errors
    /// When the database fails.
    pub fn erase_contact(&self, id: ContactId) -> Result<Vec<Address>, StoreError> {
        let addresses = self.all_addresses_of(id)?;
        self.with_gate("forget", || {
            self.conn.execute("DELETE FROM journal WHERE contact = ?1", [id.0])?;
            self.conn.execute("DELETE FROM contact WHERE id = ?1", [id.0])?;
            Ok(())
        })?;
        Ok(addresses)
    }

    /// Makes one contact of two: everything of `from` becomes `into`'s.
    ///
    /// # Errors
    /// When both have an open draft, or the database fails.
    pub fn merge_contacts(&self, into: ContactId, from: ContactId) -> Result<(), StoreError> {
        let last: i64 =
            self.conn.query_row("SELECT coalesce(max(position), 0) FROM address WHERE contact = ?1", [into.0], |row| row.get(0))?;
        self.conn
            .execute("UPDATE address SET contact = ?1, position = position + ?3 + 1 WHERE contact = ?2", params![into.0, from.0, last])?;
        // A mail to both of them is kept once.
        self.conn.execute("UPDATE OR IGNORE message SET contact = ?1 WHERE contact = ?2", params![into.0, from.0])?;
        self.conn.execute("UPDATE draft SET contact = ?1 WHERE contact = ?2", params![into.0, from.0])?;
        self.conn.execute("UPDATE OR IGNORE imported SET contact = ?1 WHERE contact = ?2", params![into.0, from.0])?;
        self.conn.execute("UPDATE OR IGNORE told SET contact = ?1 WHERE contact = ?2", params![into.0, from.0])?;
        self.with_gate("merge", || {
            // What both had of one mail is told once, or it would count as two words.
            self.conn.execute(
                "DELETE FROM journal WHERE contact = ?2 AND message IN
                 (SELECT m.id FROM message m JOIN message o ON o.event = m.event WHERE m.contact = ?2 AND o.contact = ?1)",
                params![into.0, from.0],
            )?;
            self.conn.execute("UPDATE journal SET contact = ?1 WHERE contact = ?2", params![into.0, from.0])?;
            self.conn.execute("DELETE FROM contact WHERE id = ?1", [from.0])?;
            Ok(())
        })
    }

    fn with_gate(&self, reason: &str, work: impl FnOnce() -> Result<(), StoreError>) -> Result<(), StoreError> {
        self.conn.execute("INSERT INTO gate (reason) VALUES (?1)", [reason])?;
        work()?;
        self.conn.execute("DELETE FROM gate", [])?;
        Ok(())
    }
}
