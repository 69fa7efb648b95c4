//! News the owner has to tell; each item goes to a person at most once.

use jiff::Timestamp;
use jiff::civil::Date;
use rusqlite::params;
use serde::Serialize;

use super::{StoreError, Tx, micros, parsed};
use crate::model::id::{ContactId, NewsId};

/// Something true and new.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct News {
    /// Never reused.
    pub id: NewsId,
    /// The owner's words.
    pub text: String,
    /// The last day it is news.
    pub until: Option<Date>,
    /// How many people were told.
    pub told: u32,
}

impl Tx<'_> {
    /// Adds an item.
    ///
    /// # Errors
    /// When the database fails.
    pub fn add_news(&self, text: &str, until: Option<Date>, at: Timestamp) -> Result<NewsId, StoreError> {
        self.conn.execute(
            "INSERT INTO news (text, until, added_at) VALUES (?1, ?2, ?3)",
            params![text, until.map(|day| day.to_string()), micros(at)],
        )?;
        Ok(NewsId(self.conn.last_insert_rowid()))
    }

    /// Items that are news on a day, newest first.
    ///
    /// # Errors
    /// When the database fails.
    pub fn news(&self, today: Date) -> Result<Vec<News>, StoreError> {
        let mut statement = self.conn.prepare_cached(
            "SELECT id, text, until, (SELECT count(*) FROM told t WHERE t.news = n.id) FROM news n
             WHERE dropped = 0 AND (until IS NULL OR until >= ?1) ORDER BY id DESC",
        )?;
        let rows = statement.query_map([today.to_string()], |row| {
            let until: Option<String> = row.get(2)?;
            Ok(News { id: NewsId(row.get(0)?), text: row.get(1)?, until: until.map(|day| parsed(&day)).transpose()?, told: row.get(3)? })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Withdraws an item; `false` when there is none with this id.
    ///
    /// # Errors
    /// When the database fails.
    pub fn drop_news(&self, id: NewsId) -> Result<bool, StoreError> {
        Ok(self.conn.execute("UPDATE news SET dropped = 1 WHERE id = ?1 AND dropped = 0", [id.0])? > 0)
    }

    /// True when a contact was told an item.
    ///
    /// # Errors
    /// When the database fails.
    pub fn was_told(&self, news: NewsId, contact: ContactId) -> Result<bool, StoreError> {
        Ok(self.conn.prepare_cached("SELECT 1 FROM told WHERE news = ?1 AND contact = ?2")?.exists(params![news.0, contact.0])?)
    }

    /// Says that a contact was told an item.
    ///
    /// # Errors
    /// When the database fails.
    pub fn set_told(&self, news: NewsId, contact: ContactId) -> Result<(), StoreError> {
        self.conn.execute("INSERT OR IGNORE INTO told (news, contact) VALUES (?1, ?2)", params![news.0, contact.0])?;
        Ok(())
    }
}
