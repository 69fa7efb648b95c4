//! Export: every row as JSON, one object a line, table by table.

use rusqlite::types::ValueRef;
use serde_json::{Map, Value, json};

use super::{StoreError, Tx};

/// Tables in an export, parents before children. Suppressions are hashes; secrets are not in the database at all.
pub const TABLES: [&str; 9] = ["employer", "contact", "address", "imported", "news", "told", "message", "draft", "journal"];

impl Tx<'_> {
    /// Calls `line` with each row of each table, as an object with the key `table`.
    ///
    /// # Errors
    /// The closure's, or the database's.
    pub fn export(&self, line: &mut dyn FnMut(&Value) -> std::io::Result<()>) -> Result<(), StoreError> {
        for table in TABLES {
            self.export_table(table, line)?;
        }
        self.export_table("suppression", line)
    }

    fn export_table(&self, table: &str, line: &mut dyn FnMut(&Value) -> std::io::Result<()>) -> Result<(), StoreError> {
        let mut statement = self.conn.prepare(&format!("SELECT * FROM {table}"))?;
        let names: Vec<String> = statement.column_names().into_iter().map(str::to_owned).collect();
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let mut object = Map::from_iter([("table".to_owned(), json!(table))]);
            for (index, name) in names.iter().enumerate() {
                object.insert(name.clone(), value(row.get_ref(index)?));
            }
            line(&Value::Object(object)).map_err(|error| StoreError::Other(format!("the export could not be written: {error}")))?;
        }
        Ok(())
    }
}

fn value(cell: ValueRef<'_>) -> Value {
    match cell {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(number) => json!(number),
        ValueRef::Real(number) => json!(number),
        ValueRef::Text(text) => json!(String::from_utf8_lossy(text)),
        ValueRef::Blob(bytes) => {
            use base64::Engine as _;
            json!(base64::engine::general_purpose::STANDARD.encode(bytes))
        }
    }
}
