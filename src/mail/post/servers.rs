//! IMAP and SMTP servers as the way in and out: one connection, made when it is needed, thrown away when it fails.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::civil::Date;

use super::{Batch, Waited, Wake};
use crate::mail::imap::{IdleEnd, Imap, UidSet};
use crate::mail::key::{Hour, Key, Keys};
use crate::mail::smtp::{self, Deadlines, Envelope, Way};
use crate::model::edge::{EdgeError, SendAnswer};
use crate::model::folder::{Folder, HeaderRow, Opened};
use crate::model::settings::Servers;

/// Header blocks fetched at a time.
const BATCH: u64 = 1_000;
/// UIDs asked about in one search.
const SEARCHED: u64 = 50_000;

/// One connection to the owner's servers, made when it is needed.
pub struct ServersPost {
    pub(super) servers: Servers,
    pub(super) dir: PathBuf,
    pub(super) hour: Hour,
    pub(super) wake: Wake,
    pub(super) session: Option<Imap>,
    pub(super) folders: Vec<Folder>,
    pub(super) opened: Option<String>,
    /// How far each folder reached when it was opened last.
    pub(super) reached: HashMap<String, Opened>,
    pub(super) found: Option<Found>,
}

/// UIDs a search found and that were not fetched yet.
pub(super) struct Found {
    folder: String,
    uids: Vec<u32>,
    upto: u64,
}

impl ServersPost {
    /// Hands a whole mail to the SMTP server; a stop of the program ends a send that has not begun its body.
    pub(super) fn send(&self, envelope: &Envelope, bytes: &[u8], before_body: &mut dyn FnMut() -> Result<(), String>) -> SendAnswer {
        let is_stopped = || self.wake.is_ended();
        let keys = Keys { servers: &self.servers, dir: &self.dir, hour: &self.hour, is_stopped: &is_stopped };
        let mut attempt = |key: &Key| {
            let way = Way { servers: &self.servers, password: &key.secret, deadlines: Deadlines::default(), is_stopped: &is_stopped };
            smtp::send_by(&way, envelope, bytes, before_body)
        };
        let answer = keys.key().map(|key| (attempt(&key), key));
        let renewed = match &answer {
            // A refused login comes before the first byte of the mail.
            Ok((SendAnswer::NotSent(EdgeError::Login(_)), key)) => keys.instead_of(key),
            _ => Ok(None),
        };
        match (answer, renewed) {
            (_, Ok(Some(key))) => attempt(&key),
            (Err(error), _) | (_, Err(error)) => SendAnswer::NotSent(error),
            (Ok((answer, _)), Ok(None)) => answer,
        }
    }

    /// Runs something on the session; after a failure the session is thrown away.
    pub(super) fn with<T>(&mut self, work: impl FnOnce(&mut Imap) -> Result<T, EdgeError>) -> Result<T, EdgeError> {
        let session = match &mut self.session {
            Some(session) => session,
            empty => empty.insert(connect(&self.servers, &self.dir, &self.hour, &self.wake)?),
        };
        let answer = work(session);
        if matches!(&answer, Err(error) if error.is_temporary()) {
            self.session = None;
            self.opened = None;
            self.found = None;
        }
        answer
    }

    pub(super) fn open(&mut self, folder: &str) -> Result<Opened, EdgeError> {
        self.opened = None;
        let opened = self.with(|imap| imap.open(folder))?;
        self.opened = Some(folder.to_owned());
        self.reached.insert(folder.to_owned(), opened);
        Ok(opened)
    }

    /// Opens a folder again after another one; true when it may hold something new since.
    fn reopen(&mut self, folder: &str) -> Result<bool, EdgeError> {
        let before = self.reached.get(folder).copied();
        let opened = self.open(folder)?;
        Ok(opened.next.is_none() || before != Some(opened))
    }

    pub(super) fn next_rows(&mut self, folder: &Folder, opened: &Opened, after: u64, since: Option<Date>) -> Result<Batch, EdgeError> {
        let Some(next) = opened.next else { return self.rows_without_next(after) };
        let end = next.saturating_sub(1);
        if after >= end {
            return Ok(Batch { last: after, ..Batch::default() });
        }
        if since.is_none() && end - after <= BATCH {
            let rows = self.rows(&range(after + 1, end))?;
            return Ok(Batch { rows, last: end, more: false });
        }
        self.searched_rows(folder, after, end, since)
    }

    /// A server that tells no UIDNEXT is asked for all UIDs from the cursor on.
    fn rows_without_next(&mut self, after: u64) -> Result<Batch, EdgeError> {
        let first = u32::try_from(after + 1).unwrap_or(u32::MAX);
        let uids: Vec<u32> = self.with(|imap| imap.uids_from(first))?.into_iter().filter(|uid| u64::from(*uid) > after).collect();
        let taken: Vec<u32> = uids.iter().copied().take(usize::try_from(BATCH).unwrap_or(1_000)).collect();
        let last = taken.last().map_or(after, |uid| u64::from(*uid));
        let more = taken.len() < uids.len();
        Ok(Batch { rows: self.rows(&taken.into_iter().collect())?, last, more })
    }

    /// Large stretches are searched first, so that neither gaps nor mail older than `since` are fetched.
    fn searched_rows(&mut self, folder: &Folder, after: u64, end: u64, since: Option<Date>) -> Result<Batch, EdgeError> {
        let mut found = match self.found.take().filter(|found| found.folder == folder.name && found.upto > after) {
            Some(found) => found,
            None => self.search(folder, after, end, since)?,
        };
        let count = found.uids.len().min(usize::try_from(BATCH).unwrap_or(1_000));
        let taken: Vec<u32> = found.uids.drain(..count).collect();
        let exhausted = found.uids.is_empty();
        let last = if exhausted { found.upto } else { taken.last().map_or(after, |uid| u64::from(*uid)) };
        let rows = self.rows(&taken.into_iter().collect())?;
        if !exhausted {
            self.found = Some(found);
        }
        Ok(Batch { rows, last, more: last < end })
    }

    /// Goes through a folder from its newest mails back.
    pub(super) fn glimpses(&mut self, folder: &Folder, since: Date, row: &mut dyn FnMut(HeaderRow, usize)) -> Result<(), EdgeError> {
        let opened = self.open(&folder.name)?;
        if opened.exists == 0 && opened.next.is_some() {
            return Ok(());
        }
        let mut uids: Vec<u32> = Vec::new();
        match opened.next.map(|next| next.saturating_sub(1)) {
            None => uids = self.with(|imap| imap.uids_from(1))?,
            Some(end) => {
                let mut after = 0;
                while after < end {
                    let found = self.search(folder, after, end, Some(since))?;
                    (after, uids) = (found.upto, [uids, found.uids].concat());
                }
            }
        }
        let mut left = uids.len();
        for some in uids.rchunks(usize::try_from(BATCH).unwrap_or(1_000)) {
            let set: UidSet = some.iter().copied().collect();
            left -= some.len();
            self.with(|imap| imap.glimpses(&set, &mut |found| row(found, left)))?;
        }
        Ok(())
    }

    fn search(&mut self, folder: &Folder, after: u64, end: u64, since: Option<Date>) -> Result<Found, EdgeError> {
        let upto = end.min(after + SEARCHED);
        let since = since.unwrap_or(Date::constant(1970, 1, 1));
        let (first, last) = (u32::try_from(after + 1).unwrap_or(u32::MAX), u32::try_from(upto).unwrap_or(u32::MAX));
        let uids = self.with(|imap| imap.uids_since(first, last, since))?;
        Ok(Found { folder: folder.name.clone(), uids, upto })
    }

    fn rows(&mut self, uids: &UidSet) -> Result<Vec<HeaderRow>, EdgeError> {
        let mut rows = Vec::new();
        if !uids.is_empty() {
            self.with(|imap| imap.headers(uids, &mut |row| rows.push(row)))?;
        }
        rows.sort_by_key(|row| row.uid);
        Ok(rows)
    }

    pub(super) fn wait(&mut self, inbox: Option<&Folder>, at_most: Duration) -> Result<Waited, EdgeError> {
        let Some(inbox) = inbox else { return Ok(ring_or_time(&self.wake, at_most)) };
        // Another folder was searched meanwhile: that is no news in this one.
        if self.opened.as_deref() != Some(inbox.name.as_str()) && self.reopen(&inbox.name)? {
            return Ok(Waited::Mail);
        }
        if !self.session.as_ref().is_some_and(Imap::can_idle) {
            return Ok(ring_or_time(&self.wake, at_most));
        }
        let end = self.with(|imap| imap.idle(at_most))?;
        Ok(match end {
            IdleEnd::Changed => Waited::Mail,
            IdleEnd::TimedOut => Waited::Time,
            IdleEnd::Woken | IdleEnd::Stopped => Waited::Rung,
        })
    }
}

fn connect(servers: &Servers, dir: &Path, hour: &Hour, wake: &Wake) -> Result<Imap, EdgeError> {
    let is_stopped = || wake.is_ended();
    Keys { servers, dir, hour, is_stopped: &is_stopped }.open(|secret| Imap::connect(servers, secret, &wake.stop))
}

fn range(first: u64, last: u64) -> UidSet {
    UidSet::range(u32::try_from(first).unwrap_or(u32::MAX), u32::try_from(last).unwrap_or(u32::MAX))
}

fn ring_or_time(wake: &Wake, at_most: Duration) -> Waited {
    if wake.wait(at_most) { Waited::Rung } else { Waited::Time }
}
