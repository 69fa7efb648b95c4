//! What imports wrote of a contact, so that the next one knows what the owner typed since.

use std::collections::{BTreeMap, HashMap};

use rusqlite::params;

use super::{StoreError, Tx};
use crate::model::id::ContactId;

impl Tx<'_> {
    /// What imports wrote, by contact and field.
    ///
    /// # Errors
    /// When the database fails.
    pub fn imported(&self) -> Result<HashMap<ContactId, BTreeMap<String, String>>, StoreError> {
        let mut statement = self.conn.prepare_cached("SELECT contact, field, value FROM imported")?;
        let mut rows = statement.query([])?;
        let mut found: HashMap<ContactId, BTreeMap<String, String>> = HashMap::new();
        while let Some(row) = rows.next()? {
            found.entry(ContactId(row.get(0)?)).or_default().insert(row.get(1)?, row.get(2)?);
        }
        Ok(found)
    }

    /// Remembers what an import wrote of a contact.
    ///
    /// # Errors
    /// When the database fails.
    pub fn set_imported(&self, contact: ContactId, fields: &BTreeMap<String, String>) -> Result<(), StoreError> {
        let mut statement = self.conn.prepare_cached("INSERT OR REPLACE INTO imported (contact, field, value) VALUES (?1, ?2, ?3)")?;
        for (field, value) in fields {
            statement.execute(params![contact.0, field, value])?;
        }
        Ok(())
    }
}
