//! Addresses never to be written to again: keyed hashes that outlive the contact, export, import and restore (P2, P17).
//!
//! Each is also appended to the file `suppressed` beside the database, which a restore does not touch. Backups of
//! another machine were made under another key; every key ever used is kept, or their hashes would say nothing.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use rusqlite::{OptionalExtension, params};

use super::{Store, StoreError, Tx, json, micros};
use crate::model::address::Address;

/// Every key ever used, with blanks between; the first one makes new hashes.
const KEYS: &str = "suppression_key";

impl Store {
    /// Makes the key of the hashes where there is none, and unites table and file.
    ///
    /// # Errors
    /// When the database or the file cannot be written, or there are hashes and no key that explains them.
    pub fn unite_suppressions(&self, fresh_key: [u8; 32], now: Timestamp) -> Result<(), StoreError> {
        let file = read_file(&file_beside(self.dir()))?;
        self.write(|tx| {
            let keys = tx.united_keys(&file)?.unwrap_or_else(|| hex(&fresh_key));
            tx.set_value(KEYS, &keys)?;
            for (hash, reason) in &file.lines {
                tx.insert_suppression(hash, reason, now)?;
            }
            tx.rewrite_suppression_file()
        })
    }
}

impl Tx<'_> {
    /// Never write to this address again.
    ///
    /// # Errors
    /// When the database or the file cannot be written.
    pub fn suppress(&self, address: &Address, reason: &str, now: Timestamp) -> Result<(), StoreError> {
        let hash = self.hashes_of(address)?.remove(0);
        self.insert_suppression(&hash, reason, now)?;
        append_line(&file_beside(self.dir), &format!("{hash} {reason}\n"))
    }

    /// Why an address is suppressed, if it is.
    ///
    /// # Errors
    /// When the database fails.
    pub fn suppressed(&self, address: &Address) -> Result<Option<String>, StoreError> {
        // An opt-out binds most; the other reasons are as good as each other.
        let sql = "SELECT reason FROM suppression WHERE hash IN (SELECT value FROM json_each(?1)) ORDER BY reason <> 'opted_out' LIMIT 1";
        let mut statement = self.conn.prepare_cached(sql)?;
        Ok(statement.query_row([json(&self.hashes_of(address)?)?], |row| row.get(0)).optional()?)
    }

    /// True when any address is suppressed at all.
    ///
    /// # Errors
    /// When the database fails.
    pub fn has_suppressions(&self) -> Result<bool, StoreError> {
        Ok(self.conn.prepare_cached("SELECT 1 FROM suppression LIMIT 1")?.exists([])?)
    }

    /// Lifts a suppression; only `add --again` and `resume` with their later invitation do.
    ///
    /// # Errors
    /// When the database or the file cannot be written.
    pub fn lift_suppression(&self, address: &Address) -> Result<(), StoreError> {
        let hashes = json(&self.hashes_of(address)?)?;
        self.conn.execute("DELETE FROM suppression WHERE hash IN (SELECT value FROM json_each(?1))", [hashes])?;
        self.rewrite_suppression_file()
    }

    /// The keys of table and file; `None` where nothing was ever suppressed.
    fn united_keys(&self, file: &SuppressionFile) -> Result<Option<String>, StoreError> {
        let mut keys = self.keys()?;
        for key in &file.keys {
            if !keys.contains(key) {
                keys.push(key.clone());
            }
        }
        let is_used = !file.lines.is_empty() || self.conn.prepare("SELECT 1 FROM suppression")?.exists([])?;
        match keys.is_empty() {
            true if is_used => Err(no_key()),
            true => Ok(None),
            false => Ok(Some(keys.join(" "))),
        }
    }

    fn keys(&self) -> Result<Vec<String>, StoreError> {
        Ok(self.value(KEYS)?.unwrap_or_default().split_whitespace().map(str::to_owned).collect())
    }

    fn insert_suppression(&self, hash: &str, reason: &str, now: Timestamp) -> Result<(), StoreError> {
        self.conn
            .execute("INSERT OR IGNORE INTO suppression (hash, reason, at) VALUES (?1, ?2, ?3)", params![hash, reason, micros(now)])?;
        Ok(())
    }

    /// The hashes of an address under every key, the one for new rows first; at least one.
    fn hashes_of(&self, address: &Address) -> Result<Vec<String>, StoreError> {
        let person = person(&address.key());
        let hash = |key: &String| {
            hex(ring::hmac::sign(&ring::hmac::Key::new(ring::hmac::HMAC_SHA256, key.as_bytes()), person.as_bytes()).as_ref())
        };
        let hashes: Vec<String> = self.keys()?.iter().map(hash).collect();
        if hashes.is_empty() { Err(no_key()) } else { Ok(hashes) }
    }

    fn rewrite_suppression_file(&self) -> Result<(), StoreError> {
        let mut text: String = self.keys()?.iter().map(|key| format!("key {key}\n")).collect();
        let mut statement = self.conn.prepare("SELECT hash, reason FROM suppression ORDER BY at, hash")?;
        let rows = statement.query_map([], |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?)))?;
        for row in rows {
            let (hash, reason) = row?;
            let _ = writeln!(text, "{hash} {reason}");
        }
        let path = file_beside(self.dir);
        let place = |error: std::io::Error| StoreError::place(&path, &error);
        if std::fs::read_to_string(&path).is_ok_and(|old| old == text) {
            return Ok(());
        }
        let mut file = tempfile::NamedTempFile::new_in(self.dir).map_err(place)?;
        file.write_all(text.as_bytes()).and_then(|()| file.as_file().sync_all()).map_err(place)?;
        file.persist(&path).map_err(|error| place(error.error))?;
        Ok(())
    }
}

fn no_key() -> StoreError {
    StoreError::Row("the key of the suppressions is missing".to_owned())
}

/// The address without a `+tag`: it is the same person's.
fn person(key: &str) -> String {
    match key.split_once('@') {
        Some((local, domain)) => format!("{}@{domain}", local.split('+').next().unwrap_or(local)),
        None => key.to_owned(),
    }
}

/// The file of suppressions beside the database.
#[must_use]
pub fn file_beside(dir: &Path) -> PathBuf {
    dir.join("suppressed")
}

#[derive(Default)]
struct SuppressionFile {
    keys: Vec<String>,
    lines: Vec<(String, String)>,
}

fn read_file(path: &Path) -> Result<SuppressionFile, StoreError> {
    let text = match std::fs::read(path) {
        Ok(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(SuppressionFile::default()),
        Err(error) => return Err(StoreError::place(path, &error)),
    };
    let mut file = SuppressionFile::default();
    for line in text.lines() {
        match line.split_once(' ') {
            Some(("key", key)) if is_hex(key.trim()) => file.keys.push(key.trim().to_owned()),
            Some((hash, reason)) if is_hex(hash) => file.lines.push((hash.to_owned(), reason.trim().to_owned())),
            _ => {}
        }
    }
    Ok(file)
}

fn append_line(path: &Path, line: &str) -> Result<(), StoreError> {
    use std::os::unix::fs::OpenOptionsExt;
    let place = |error: std::io::Error| StoreError::place(path, &error);
    let mut file = std::fs::OpenOptions::new().create(true).append(true).mode(0o600).open(path).map_err(place)?;
    file.write_all(line.as_bytes()).and_then(|()| file.sync_all()).map_err(place)
}

/// True for 32 bytes written as hex: a key or a hash.
fn is_hex(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
