//! A local Maildir++ as the way in, and a command or its outbox as the way out.

use std::path::PathBuf;
use std::time::Duration;

use jiff::civil::Date;
use jiff::{Timestamp, tz::TimeZone};

use super::{Batch, Waited, Wake};
use crate::mail::maildir::{Maildir, send_by_command, send_to_outbox};
use crate::model::edge::{EdgeError, SendAnswer};
use crate::model::folder::Folder;

/// How often a local folder is looked at.
const FOLDER_POLL: Duration = Duration::from_secs(2);

/// A local folder account.
pub struct FolderPost {
    pub(super) dir: PathBuf,
    pub(super) send_command: Option<String>,
    pub(super) wake: Wake,
}

impl FolderPost {
    pub(super) fn maildir(&self) -> Result<Maildir, EdgeError> {
        Maildir::open(&self.dir)
    }

    /// Hands a mail to the command, or puts it into the outbox.
    pub(super) fn send(&self, bytes: &[u8], before_body: &mut dyn FnMut() -> Result<(), String>) -> SendAnswer {
        match &self.send_command {
            Some(command) => send_by_command(command, bytes, before_body),
            None => send_to_outbox(&self.dir, bytes, before_body),
        }
    }

    /// Puts a mail to the owner into their own inbox.
    #[must_use]
    pub fn deliver_to_owner(&self, bytes: &[u8], at: Timestamp) -> SendAnswer {
        match self.maildir().and_then(|maildir| maildir.deliver("INBOX", bytes, at)) {
            Ok(_) => SendAnswer::Accepted("put into your inbox".to_owned()),
            Err(error) => SendAnswer::NotSent(error),
        }
    }

    pub(super) fn next_rows(&self, folder: &Folder, after: u64, since: Option<Date>) -> Result<Batch, EdgeError> {
        let oldest = since.map(start_of);
        let mut batch = Batch { last: after, ..Batch::default() };
        self.maildir()?.rows_since(&folder.name, after, &mut |row| {
            batch.last = batch.last.max(row.uid);
            if oldest.is_none_or(|oldest| row.arrived.is_none_or(|at| at >= oldest)) {
                batch.rows.push(row);
            }
        })?;
        Ok(batch)
    }

    /// Other tools ring no bell: the folder's own time of change tells.
    pub(super) fn wait(&self, at_most: Duration) -> Waited {
        let changed = |name: &str| std::fs::metadata(self.dir.join(name)).and_then(|meta| meta.modified()).ok();
        let before = [changed("new"), changed("cur")];
        let mut left = at_most;
        while !left.is_zero() {
            let slice = left.min(FOLDER_POLL);
            if self.wake.wait(slice) {
                return Waited::Rung;
            }
            if [changed("new"), changed("cur")] != before {
                return Waited::Mail;
            }
            left -= slice;
        }
        Waited::Time
    }
}

pub(super) fn start_of(day: Date) -> Timestamp {
    day.to_zoned(TimeZone::UTC).map_or(Timestamp::MIN, |start| start.timestamp())
}
