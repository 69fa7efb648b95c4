//! Filing a copy of a sent mail (APPEND).

use chrono::{DateTime, FixedOffset};
use imap::types::Flag;
use jiff::Zoned;

use super::filter::Plus;
use super::names::guess;
use super::{Imap, Terms, from_modified_utf7};
use crate::model::edge::EdgeError;
use crate::model::folder::Role;

impl Imap {
    /// Files the bytes (CRLF lines) in a folder as having arrived at that hour; a missing Sent folder is made.
    ///
    /// # Errors
    /// `Permanent` when the server refuses, for instance for want of space; `Temporary` when it may have been filed: look
    /// for the Message-ID before trying again.
    pub fn append(&mut self, folder: &str, bytes: &[u8], at: &Zoned, seen: bool) -> Result<(), EdgeError> {
        match self.append_once(folder, bytes, at, seen) {
            Err(_) if self.was_asked_to_create() && guess(folder, None) == Role::Sent => {
                self.create(folder)?;
                self.append_once(folder, bytes, at, seen)
            }
            outcome => outcome,
        }
    }

    fn append_once(&mut self, folder: &str, bytes: &[u8], at: &Zoned, seen: bool) -> Result<(), EdgeError> {
        let what = format!("The copy could not be filed in “{}”", from_modified_utf7(folder));
        let name = escaped(folder).ok_or_else(|| EdgeError::Permanent(format!("{what}: its name cannot be written in IMAP.")))?;
        let flags: &[Flag<'_>] = if seen { &[Flag::Seen] } else { &[] };
        let date = chrono_date(at);
        self.call(&what, Terms { plus: Plus::Once, patience: 2, ..Terms::default() }, |session| {
            let mut command = session.append(&name, bytes);
            command.flags(flags.iter().cloned());
            if let Some(date) = date {
                command.internal_date(date);
            }
            command.finish().map(drop)
        })
    }

    fn was_asked_to_create(&self) -> bool {
        !self.dead && self.filter.lock().tagged().is_some_and(|words| words.to_ascii_uppercase().contains("[TRYCREATE]"))
    }

    fn create(&mut self, folder: &str) -> Result<(), EdgeError> {
        let what = format!("The folder “{}” could not be made", from_modified_utf7(folder));
        self.call(&what, Terms::default(), |session| session.create(folder))?;
        // Some programs show subscribed folders only; the mail is filed either way.
        let subscribed = self.call(&what, Terms::default(), |session| session.subscribe(folder));
        if subscribed.is_err() {
            tracing::debug!("the new folder is not subscribed to");
        }
        Ok(())
    }
}

/// The name for a quoted string: the crate quotes it but does not escape it.
fn escaped(folder: &str) -> Option<String> {
    let is_plain = !folder.is_empty() && !folder.contains(char::is_control);
    is_plain.then(|| folder.replace('\\', "\\\\").replace('"', "\\\""))
}

fn chrono_date(at: &Zoned) -> Option<DateTime<FixedOffset>> {
    let offset = FixedOffset::east_opt(at.offset().seconds())?;
    DateTime::from_timestamp(at.timestamp().as_second(), 0).map(|utc| utc.with_timezone(&offset))
}
