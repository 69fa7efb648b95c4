//! The owner's mailbox and the way out, in one hand: servers, a local folder, or a scripted post office.

mod folder;
mod servers;
mod wake;

use std::collections::HashMap;
use std::path::PathBuf;
use std::time::Duration;

use jiff::Zoned;
use jiff::civil::Date;

use super::imap::{Imap, UidSet};
use super::key::Hour;
use super::scripted::Scripted;
use super::smtp::Envelope;
use crate::model::address::Address;
use crate::model::edge::{EdgeError, SendAnswer};
use crate::model::folder::{Folder, HeaderRow, Opened, Role};
use crate::model::settings::Account;

pub use folder::FolderPost;
use folder::start_of;
pub use servers::ServersPost;
pub use wake::Wake;

/// The owner's mailbox and the way out.
pub enum Post {
    /// IMAP and SMTP servers.
    Servers(Box<ServersPost>),
    /// A Maildir++ kept by another tool.
    Folder(FolderPost),
    /// A post office that plays a script: for stories only.
    Scripted(Scripted),
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
    pub fn new(account: &Account, dir: PathBuf, wake: Wake, hour: Hour) -> Self {
        match account {
            Account::Servers(servers) => Self::Servers(Box::new(ServersPost {
                servers: servers.clone(),
                dir,
                hour,
                wake,
                session: None,
                folders: Vec::new(),
                opened: None,
                reached: HashMap::new(),
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
            Self::Scripted(post) => post.next_rows(&folder.name, after, since),
        }
    }

    /// Hands over rows of a folder back to a day, with at least the fields that tell who wrote to whom, and how many more
    /// there are at most. Changes nothing; the folder is open afterwards.
    ///
    /// # Errors
    /// When the line fails.
    pub fn glimpses(&mut self, folder: &Folder, since: Date, row: &mut dyn FnMut(HeaderRow, usize)) -> Result<(), EdgeError> {
        match self {
            Self::Servers(post) => post.glimpses(folder, since, row),
            Self::Folder(post) => post.maildir()?.rows_arrived_since(&folder.name, start_of(since), &mut |found| row(found, 0)),
            Self::Scripted(post) => {
                post.open(&folder.name)?;
                post.next_rows(&folder.name, 0, Some(since))?.rows.into_iter().for_each(|found| row(found, 0));
                Ok(())
            }
        }
    }

    /// The whole of some messages of the folder opened last, up to 2 MiB each. Those that are gone are left out; one
    /// that is there and that the mailbox does not hand over comes without a byte.
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
            Self::Scripted(post) => rows = post.find_addresses(&folder.name, addresses, since)?,
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
            Self::Servers(post) => post.send(envelope, bytes, before_body),
            Self::Folder(post) => post.send(bytes, before_body),
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
        match self {
            Self::Servers(post) => Some(&post.servers.smtp.host),
            Self::Folder(_) => None,
            Self::Scripted(post) => post.host.as_deref(),
        }
    }
}

/// The folder of a role, the server's own first.
#[must_use]
pub fn folder_of(folders: &[Folder], role: Role) -> Option<&Folder> {
    folders.iter().find(|folder| folder.role == role)
}
