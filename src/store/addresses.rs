//! The addresses of contacts: whose they are, which take mail, and where they last wrote from.

use jiff::Timestamp;
use rusqlite::{OptionalExtension, params};

use super::{StoreError, Tx, json, micros};
use crate::model::address::Address;
use crate::model::id::ContactId;

impl Tx<'_> {
    /// Whose address it is, dead addresses included.
    ///
    /// # Errors
    /// When the database fails.
    pub fn contact_of(&self, address: &Address) -> Result<Option<ContactId>, StoreError> {
        let mut statement = self.conn.prepare_cached("SELECT contact FROM address WHERE key = ?1")?;
        Ok(statement.query_row([address.key()], |row| row.get(0).map(ContactId)).optional()?)
    }

    /// Whose address it is when a `+tag` in the local part hides nobody: a tagged address and the plain one are one
    /// person's.
    ///
    /// # Errors
    /// When the database fails.
    pub fn contact_of_person(&self, address: &Address) -> Result<Option<ContactId>, StoreError> {
        let key = address.key();
        let (local, domain) = key.split_once('@').unwrap_or((&key, ""));
        let plain = local.split('+').next().unwrap_or(local);
        // A comma is the sign after the plus: one range of the index holds every tag.
        let mut statement = self.conn.prepare_cached(
            "SELECT contact FROM address WHERE key = ?1 || '@' || ?2
             OR key > ?1 || '+' AND key < ?1 || ',' AND substr(key, -length(?2) - 1) = '@' || ?2 LIMIT 1",
        )?;
        Ok(statement.query_row([plain, domain], |row| row.get(0).map(ContactId)).optional()?)
    }

    /// All addresses that belong to a contact, dead ones included: what inbound mail is matched with.
    ///
    /// # Errors
    /// When the database fails.
    pub fn known_addresses(&self) -> Result<Vec<(String, ContactId)>, StoreError> {
        let mut statement = self.conn.prepare_cached("SELECT key, contact FROM address")?;
        let rows = statement.query_map([], |row| Ok((row.get(0)?, ContactId(row.get(1)?))))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Addresses the mailbox was not yet searched for (P8).
    ///
    /// # Errors
    /// When the database fails.
    pub fn unsearched(&self) -> Result<Vec<Address>, StoreError> {
        let mut statement = self
            .conn
            .prepare_cached("SELECT address FROM address WHERE searched_at IS NULL AND dead IS NULL ORDER BY contact, position")?;
        let rows = statement.query_map([], |row| row.get::<_, String>(0))?;
        Ok(rows.collect::<Result<Vec<_>, _>>()?.iter().filter_map(|address| Address::parse(address).ok()).collect())
    }

    /// Says that all folders were searched for these addresses.
    ///
    /// # Errors
    /// When the database fails.
    pub fn set_searched(&self, addresses: &[Address], at: Timestamp) -> Result<(), StoreError> {
        let mut statement = self.conn.prepare_cached("UPDATE address SET searched_at = ?2 WHERE key = ?1")?;
        for address in addresses {
            statement.execute(params![address.key(), micros(at)])?;
        }
        Ok(())
    }

    /// Says that they wrote from an address, which is where they are written to from now on.
    ///
    /// # Errors
    /// When the database fails.
    pub fn wrote_from(&self, address: &Address, at: Timestamp) -> Result<(), StoreError> {
        self.conn.execute(
            // A mail older than the report that killed the address does not revive it (P2).
            "UPDATE address SET wrote_at = max(coalesce(wrote_at, 0), ?2),
             dead = CASE WHEN EXISTS (SELECT 1 FROM journal j WHERE j.contact = address.contact AND j.kind = 'bounced' AND j.happened >= ?2)
                    THEN dead END
             WHERE key = ?1",
            params![address.key(), micros(at)],
        )?;
        Ok(())
    }

    /// The living address they last wrote from.
    ///
    /// # Errors
    /// When the database fails.
    pub fn last_written_from(&self, id: ContactId) -> Result<Option<Address>, StoreError> {
        let mut statement = self.conn.prepare_cached(
            "SELECT address FROM address WHERE contact = ?1 AND dead IS NULL AND wrote_at IS NOT NULL ORDER BY wrote_at DESC LIMIT 1",
        )?;
        let found: Option<String> = statement.query_row([id.0], |row| row.get(0)).optional()?;
        Ok(found.and_then(|address| Address::parse(&address).ok()))
    }

    /// Says that an address takes no mail.
    ///
    /// # Errors
    /// When the database fails.
    pub fn set_dead(&self, address: &Address, why: &str) -> Result<(), StoreError> {
        self.conn.execute("UPDATE address SET dead = ?2 WHERE key = ?1", params![address.key(), why])?;
        Ok(())
    }

    /// All addresses of a contact, dead ones included.
    ///
    /// # Errors
    /// When the database fails.
    pub fn all_addresses_of(&self, id: ContactId) -> Result<Vec<Address>, StoreError> {
        let mut statement = self.conn.prepare_cached("SELECT address FROM address WHERE contact = ?1 ORDER BY position")?;
        let addresses: Vec<String> = statement.query_map([id.0], |row| row.get(0))?.collect::<Result<_, _>>()?;
        Ok(addresses.iter().filter_map(|address| Address::parse(address).ok()).collect())
    }

    pub(super) fn set_addresses(&self, id: ContactId, addresses: &[Address]) -> Result<(), StoreError> {
        let keys: Vec<String> = addresses.iter().map(Address::key).collect();
        self.conn
            .prepare_cached("DELETE FROM address WHERE contact = ?1 AND dead IS NULL AND key NOT IN (SELECT value FROM json_each(?2))")?
            .execute(params![id.0, json(&keys)?])?;
        for (position, address) in addresses.iter().enumerate() {
            self.set_address(id, address, i64::try_from(position).unwrap_or(0))?;
        }
        Ok(())
    }

    fn set_address(&self, id: ContactId, address: &Address, position: i64) -> Result<(), StoreError> {
        let owner = match self.contact_of(address)? {
            Some(owner) => Some(owner),
            None => self.contact_of_person(address)?,
        };
        if let Some(other) = owner.filter(|other| *other != id) {
            let name = self.contact(other)?.map_or_else(String::new, |kept| kept.contact.name);
            return Err(StoreError::Rule(format!("{address} already belongs to {name} (contact {other})")));
        }
        let mut statement = self.conn.prepare_cached(
            "INSERT INTO address (key, address, contact, position) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT (key) DO UPDATE SET position = ?4, dead = NULL",
        )?;
        statement.execute(params![address.key(), address.as_str(), id.0, position])?;
        Ok(())
    }
}
