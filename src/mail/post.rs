//! The owner's mailbox and the way out, in one hand: servers, a local folder, or a scripted post office.

use std::path::PathBuf;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};

use super::imap::{IdleEnd, Imap, Stop, UidSet};
use super::maildir::{Maildir, send_by_command, send_to_outbox};
use super::scripted::Scripted;
use super::smtp::{self, Envelope};
use crate::model::address::Address;
use crate::model::edge::{EdgeError, SendAnswer};
use crate::model::folder::{Folder, HeaderRow, Opened, Role};
use crate::model::settings::{Account, Servers};
use crate::secrets;

/// Header blocks fetched at a time.
const BATCH: u64 = 1_000;
/// UIDs asked about in one search.
const SEARCHED: u64 = 50_000;
/// How often a local folder is looked at.
const FOLDER_POLL: Duration = Duration::from_secs(2);

/// The owner's mailbox and the way out.
pub enum Post {
    /// IMAP and SMTP servers.
    Servers(Box<ServersPost>),
    /// A Maildir++ kept by another tool.
    Folder(FolderPost),
    /// A post office that plays a script: for stories only.
    Scripted(Scripted),
}

/// One connection to the owner's servers, made when it is needed.
pub struct ServersPost {
    servers: Servers,
    dir: PathBuf,
    wake: Wake,
    session: Option<Imap>,
    folders: Vec<Folder>,
    opened: Option<String>,
    found: Option<Found>,
}

/// UIDs a search found and that were not fetched yet.
struct Found {
    folder: String,
    uids: Vec<u32>,
    upto: u64,
}

/// A local folder account.
pub struct FolderPost {
    dir: PathBuf,
    send_command: Option<String>,
    wake: Wake,
}

/// Ends waits from another thread.
#[derive(Clone, Default)]
pub struct Wake {
    stop: Stop,
    bell: Arc<(Mutex<u64>, Condvar)>,
}

impl Wake {
    /// Ends the wait that runs, or the next one.
    pub fn ring(&self) {
        self.stop.wake();
        *self.bell.0.lock().unwrap_or_else(PoisonError::into_inner) += 1;
        self.bell.1.notify_all();
    }

    /// Ends everything that waits, now and later.
    pub fn end(&self) {
        self.stop.set();
        self.ring();
    }

    /// True once [`Wake::end`] was called.
    #[must_use]
    pub fn is_ended(&self) -> bool {
        self.stop.is_set()
    }

    /// Waits for a ring, at most so long; true when one came.
    #[must_use]
    pub fn wait(&self, at_most: Duration) -> bool {
        let count = self.bell.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (mut count, _) = self.bell.1.wait_timeout_while(count, at_most, |rung| *rung == 0).unwrap_or_else(PoisonError::into_inner);
        std::mem::take(&mut *count) > 0
    }
}

/// Header rows of a folder, and how far they reach.
#[derive(Debug, Default)]
pub struct Batch {
    /// In rising order.
    pub rows: Vec<HeaderRow>,
    /// Everything up to here was looked at.
    pub last: u64,
    /// There is more behind it.
    pub more: bool,
}

/// Why a wait ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Waited {
    /// New mail may be there.
    Mail,
    /// The time is over.
    Time,
    /// Somebody rang.
    Rung,
}

impl Post {
    /// The account of the settings; `dir` is where relative secrets are looked for. Connects to nothing yet.
    #[must_use]
    pub fn new(account: &Account, dir: PathBuf, wake: Wake) -> Self {
        match account {
            Account::Servers(servers) => Self::Servers(Box::new(ServersPost {
                servers: servers.clone(),
                dir,
                wake,
                session: None,
                folders: Vec::new(),
                opened: None,
                found: None,
            })),
            Account::Folder { dir, send_command } => {
                Self::Folder(FolderPost { dir: dir.clone(), send_command: send_command.clone(), wake })
            }
        }
    }

    /// All folders with what they are for.
    ///
    /// # Errors
    /// When the mailbox cannot be reached.
    pub fn folders(&mut self) -> Result<Vec<Folder>, EdgeError> {
        match self {
            Self::Servers(post) => {
                post.folders = post.with(Imap::folders)?;
                Ok(post.folders.clone())
            }
            Self::Folder(post) => post.maildir()?.folders(),
            Self::Scripted(post) => post.folders(),
        }
    }

    /// The folders as they were listed last; asked for when they never were.
    ///
    /// # Errors
    /// When the mailbox cannot be reached.
    pub fn known_folders(&mut self) -> Result<Vec<Folder>, EdgeError> {
        match self {
            Self::Servers(post) if !post.folders.is_empty() => Ok(post.folders.clone()),
            _ => self.folders(),
        }
    }

    /// True when this folder is the one opened last, on a line that lives: what is new can be asked for at once.
    #[must_use]
    pub fn is_open(&self, folder: &Folder) -> bool {
        matches!(self, Self::Servers(post) if post.opened.as_deref() == Some(folder.name.as_str()))
    }

    /// Opens a folder for reading and says how far it reaches.
    ///
    /// # Errors
    /// When it cannot be opened.
    pub fn open(&mut self, folder: &Folder) -> Result<Opened, EdgeError> {
        match self {
            Self::Servers(post) => post.open(&folder.name),
            Self::Folder(post) => post.maildir()?.open_folder(&folder.name),
            Self::Scripted(post) => post.open(&folder.name),
        }
    }

    /// The next header rows after a cursor of the folder opened last, at most about a thousand.
    ///
    /// # Errors
    /// When the line fails; nothing is lost, ask again.
    pub fn next_rows(&mut self, folder: &Folder, opened: &Opened, after: u64, since: Option<Date>) -> Result<Batch, EdgeError> {
        match self {
            Self::Servers(post) => post.next_rows(folder, opened, after, since),
            Self::Folder(post) => post.next_rows(folder, after, since),
            Self::Scripted(post) => post.next_rows(&folder.name, after),
        }
    }

    /// The whole of some messages of the folder opened last, up to 2 MiB each. Those that are gone are left out.
    ///
    /// # Errors
    /// When the line fails.
    pub fn whole(&mut self, rows: &[&HeaderRow], message: &mut dyn FnMut(u64, Vec<u8>)) -> Result<(), EdgeError> {
        match self {
            Self::Servers(post) => {
                let uids: Vec<(u32, u64)> = rows.iter().filter_map(|row| Some((u32::try_from(row.uid).ok()?, row.size))).collect();
                post.with(|imap| imap.whole_many(&uids, &mut |uid, bytes| message(u64::from(uid), bytes)))
            }
            Self::Folder(post) => {
                let maildir = post.maildir()?;
                for row in rows {
                    if let Some(bytes) = row.file.as_deref().and_then(|file| maildir.whole(file)) {
                        message(row.uid, bytes);
                    }
                }
                Ok(())
            }
            Self::Scripted(post) => post.whole(rows, message),
        }
    }

    /// Rows of a folder that name one of these addresses, back to a day. The folder is open afterwards.
    ///
    /// # Errors
    /// When the line fails.
    pub fn find_addresses(&mut self, folder: &Folder, addresses: &[Address], since: Date) -> Result<Vec<HeaderRow>, EdgeError> {
        let mut rows = Vec::new();
        match self {
            Self::Servers(post) => {
                post.open(&folder.name)?;
                let uids: UidSet = post.with(|imap| imap.find_addresses(addresses, since))?.into_iter().collect();
                post.with(|imap| imap.headers(&uids, &mut |row| rows.push(row)))?;
            }
            Self::Folder(post) => post.maildir()?.find_addresses(&folder.name, addresses, start_of(since), &mut |row| rows.push(row))?,
            Self::Scripted(post) => rows = post.find_addresses(&folder.name, addresses)?,
        }
        Ok(rows)
    }

    /// True when a folder holds a message with this id.
    ///
    /// # Errors
    /// When the line fails.
    pub fn has_message_id(&mut self, folder: &Folder, id: &str) -> Result<bool, EdgeError> {
        match self {
            Self::Servers(post) => {
                post.open(&folder.name)?;
                post.with(|imap| imap.find_message_id(id)).map(|uids| !uids.is_empty())
            }
            Self::Folder(post) => post.maildir()?.find_message_id(&folder.name, id).map(|row| row.is_some()),
            Self::Scripted(post) => post.has_message_id(&folder.name, id),
        }
    }

    /// Files a copy of a sent mail.
    ///
    /// # Errors
    /// When the mailbox refuses it.
    pub fn file_sent(&mut self, folder: &Folder, bytes: &[u8], at: &Zoned) -> Result<(), EdgeError> {
        match self {
            Self::Servers(post) => post.with(|imap| imap.append(&folder.name, bytes, at, true)),
            Self::Folder(post) => post.maildir()?.append(&folder.name, bytes, at.timestamp(), true).map(drop),
            Self::Scripted(post) => post.append(&folder.name, bytes, at.timestamp()),
        }
    }

    /// Hands a whole mail to the way out. `before_body` runs before the first byte of the body can leave.
    pub fn send(&mut self, envelope: &Envelope, bytes: &[u8], before_body: &mut dyn FnMut() -> Result<(), String>) -> SendAnswer {
        match self {
            Self::Servers(post) => match secrets::password(&post.servers.secret, &post.dir) {
                Ok(password) => smtp::send(&post.servers, &password, envelope, bytes, before_body),
                Err(error) => SendAnswer::NotSent(EdgeError::Login(error.to_string())),
            },
            Self::Folder(post) => match &post.send_command {
                Some(command) => send_by_command(command, bytes, before_body),
                None => send_to_outbox(&post.dir, bytes, before_body),
            },
            Self::Scripted(post) => post.send(envelope, bytes, before_body),
        }
    }

    /// Waits for new mail in the inbox, at most so long.
    ///
    /// # Errors
    /// When the line fails.
    pub fn wait(&mut self, inbox: Option<&Folder>, at_most: Duration) -> Result<Waited, EdgeError> {
        match self {
            Self::Servers(post) => post.wait(inbox, at_most),
            Self::Folder(post) => Ok(post.wait(at_most)),
            Self::Scripted(_) => Ok(Waited::Time),
        }
    }

    /// Drops the connection; the next call makes a new one.
    pub fn hang_up(&mut self) {
        if let Self::Servers(post) = self {
            post.opened = None;
            post.found = None;
            if let Some(session) = post.session.take() {
                session.logout();
            }
        }
    }

    /// The host that takes outgoing mail, to look up its habits.
    #[must_use]
    pub fn smtp_host(&self) -> Option<&str> {
        if let Self::Servers(post) = self { Some(&post.servers.smtp.host) } else { None }
    }
}

fn start_of(day: Date) -> Timestamp {
    day.to_zoned(TimeZone::UTC).map_or(Timestamp::MIN, |start| start.timestamp())
}

impl ServersPost {
    /// Runs something on the session; after a failure the session is thrown away.
    fn with<T>(&mut self, work: impl FnOnce(&mut Imap) -> Result<T, EdgeError>) -> Result<T, EdgeError> {
        let session = match &mut self.session {
            Some(session) => session,
            empty => empty.insert(connect(&self.servers, &self.dir, &self.wake)?),
        };
        let answer = work(session);
        if matches!(&answer, Err(error) if error.is_temporary()) {
            self.session = None;
            self.opened = None;
            self.found = None;
        }
        answer
    }

    fn open(&mut self, folder: &str) -> Result<Opened, EdgeError> {
        self.opened = None;
        let opened = self.with(|imap| imap.open(folder))?;
        self.opened = Some(folder.to_owned());
        Ok(opened)
    }

    fn next_rows(&mut self, folder: &Folder, opened: &Opened, after: u64, since: Option<Date>) -> Result<Batch, EdgeError> {
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

    fn wait(&mut self, inbox: Option<&Folder>, at_most: Duration) -> Result<Waited, EdgeError> {
        let Some(inbox) = inbox else { return Ok(ring_or_time(&self.wake, at_most)) };
        if self.opened.as_deref() != Some(inbox.name.as_str()) {
            self.open(&inbox.name)?;
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

fn connect(servers: &Servers, dir: &std::path::Path, wake: &Wake) -> Result<Imap, EdgeError> {
    let password = secrets::password(&servers.secret, dir).map_err(|error| EdgeError::Login(error.to_string()))?;
    Imap::connect(servers, &password, &wake.stop)
}

fn range(first: u64, last: u64) -> UidSet {
    UidSet::range(u32::try_from(first).unwrap_or(u32::MAX), u32::try_from(last).unwrap_or(u32::MAX))
}

fn ring_or_time(wake: &Wake, at_most: Duration) -> Waited {
    if wake.wait(at_most) { Waited::Rung } else { Waited::Time }
}

impl FolderPost {
    fn maildir(&self) -> Result<Maildir, EdgeError> {
        Maildir::open(&self.dir)
    }

    /// Puts a mail to the owner into their own inbox.
    #[must_use]
    pub fn deliver_to_owner(&self, bytes: &[u8], at: Timestamp) -> SendAnswer {
        match self.maildir().and_then(|maildir| maildir.deliver("INBOX", bytes, at)) {
            Ok(_) => SendAnswer::Accepted("put into your inbox".to_owned()),
            Err(error) => SendAnswer::NotSent(error),
        }
    }

    fn next_rows(&self, folder: &Folder, after: u64, since: Option<Date>) -> Result<Batch, EdgeError> {
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
    fn wait(&self, at_most: Duration) -> Waited {
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

/// The folder of a role, the server's own first.
#[must_use]
pub fn folder_of(folders: &[Folder], role: Role) -> Option<&Folder> {
    folders.iter().find(|folder| folder.role == role)
}
