//! The owner's own rows of the directory; the shipped ones stay in `data/`.

use rusqlite::{Row, params};

use super::{StoreError, Tx, folded, from_json, json, parsed};
use crate::model::employer::Employer;

fn employer(row: &Row<'_>) -> rusqlite::Result<Employer> {
    Ok(Employer {
        name: row.get(0)?,
        kind: parsed(&row.get::<_, String>(1)?)?,
        family: row.get(2)?,
        parent: row.get(3)?,
        aliases: from_json(&row.get::<_, String>(4)?)?,
        domains: from_json(&row.get::<_, String>(5)?)?,
        state: row.get(6)?,
        careers_url: row.get(7)?,
        source: "your own row".to_owned(),
        own: true,
        target: row.get(8)?,
    })
}

impl Tx<'_> {
    /// The owner's own employers, by name.
    ///
    /// # Errors
    /// When the database fails.
    pub fn own_employers(&self) -> Result<Vec<Employer>, StoreError> {
        let mut statement = self
            .conn
            .prepare_cached("SELECT name, kind, family, parent, aliases, domains, state, careers, target FROM employer ORDER BY folded")?;
        let rows = statement.query_map([], employer)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Writes one of the owner's own employers, over one of the same name.
    ///
    /// # Errors
    /// When the database fails.
    pub fn put_employer(&self, employer: &Employer) -> Result<(), StoreError> {
        self.conn.execute(
            "INSERT INTO employer (name, folded, kind, family, parent, aliases, domains, state, careers, target) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
             ON CONFLICT (folded) DO UPDATE SET name = ?1, kind = ?3, family = ?4, parent = ?5, aliases = ?6, domains = ?7, state = ?8, careers = ?9, target = ?10",
            params![
                employer.name,
                folded(&employer.name),
                employer.kind.word(),
                employer.family,
                employer.parent,
                json(&employer.aliases)?,
                json(&employer.domains)?,
                employer.state,
                employer.careers_url,
                employer.target,
            ],
        )?;
        Ok(())
    }

    /// Those who work at an employer belong to this family.
    ///
    /// # Errors
    /// When the database fails.
    pub fn set_family(&self, employer: &str, family: &str) -> Result<(), StoreError> {
        self.conn.execute("UPDATE contact SET family = ?2 WHERE employer = ?1 AND family IS NOT ?2", params![employer, family])?;
        Ok(())
    }
}
