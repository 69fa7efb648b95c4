//! A post office that plays a script: stories use it in place of servers. Never part of a real account.

use std::collections::VecDeque;

use jiff::Timestamp;

use super::mime;
use super::post::Batch;
use super::smtp::Envelope;
use crate::model::address::Address;
use crate::model::edge::{EdgeError, SendAnswer};
use crate::model::folder::{Folder, HeaderRow, Opened, Role};

/// A mail in a scripted folder.
#[derive(Debug, Clone)]
pub struct Stored {
    /// Its UID.
    pub uid: u64,
    /// When it arrived.
    pub at: Timestamp,
    /// The bytes.
    pub bytes: Vec<u8>,
}

/// A scripted folder.
#[derive(Debug, Clone)]
pub struct ScriptedFolder {
    /// Name and role.
    pub folder: Folder,
    /// UIDVALIDITY.
    pub validity: u32,
    /// The next UID.
    pub next: u64,
    /// What it holds.
    pub mails: Vec<Stored>,
}

/// A moment at which a story lets the machine die.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moment {
    /// A mail is handed over; nothing was said to the server yet.
    BeforeSend,
    /// The body may leave from now on, and did not.
    BodyBegun,
    /// The server has the mail, and nobody wrote that down.
    Taken,
    /// The copy is about to be filed.
    BeforeCopy,
    /// The copy is filed, and nobody wrote that down.
    AfterCopy,
}

/// The post office.
#[derive(Debug)]
pub struct Scripted {
    /// Its folders.
    pub boxes: Vec<ScriptedFolder>,
    /// What left: envelope and bytes, in order.
    pub out: Vec<(Envelope, Vec<u8>)>,
    /// What is answered to the next sends; `Accepted` when empty.
    pub answers: VecDeque<SendAnswer>,
    /// The provider files its own copy in Sent.
    pub saves_sent: bool,
    /// Set to make the mailbox unreachable.
    pub down: bool,
    /// Set to refuse whole mails: the provider's quota for a day of reading is used up.
    pub sated: bool,
    /// Set to let the machine die there.
    pub dies: Option<Moment>,
    /// The hour at which appended and sent mail is filed.
    pub now: Timestamp,
}

impl Scripted {
    /// An empty mailbox with the usual folders.
    #[must_use]
    pub fn new(now: Timestamp) -> Self {
        let named = [("INBOX", Role::Inbox), ("Sent", Role::Sent), ("Archive", Role::Archive), ("Junk", Role::Junk)];
        let boxes = named.map(|(name, role)| ScriptedFolder {
            folder: Folder { name: name.to_owned(), role },
            validity: 1,
            next: 1,
            mails: Vec::new(),
        });
        Self {
            boxes: boxes.into(),
            out: Vec::new(),
            answers: VecDeque::new(),
            saves_sent: false,
            down: false,
            sated: false,
            dies: None,
            now,
        }
    }

    /// Puts a mail into a folder.
    pub fn put(&mut self, folder: &str, bytes: &[u8], at: Timestamp) {
        if let Some(found) = self.boxes.iter_mut().find(|found| found.folder.name == folder) {
            found.mails.push(Stored { uid: found.next, at, bytes: bytes.to_vec() });
            found.next += 1;
        }
    }

    pub(super) fn folders(&self) -> Result<Vec<Folder>, EdgeError> {
        self.reachable()?;
        Ok(self.boxes.iter().map(|found| found.folder.clone()).collect())
    }

    pub(super) fn open(&self, folder: &str) -> Result<Opened, EdgeError> {
        let found = self.find(folder)?;
        Ok(Opened { validity: found.validity, next: Some(found.next), exists: u32::try_from(found.mails.len()).unwrap_or(u32::MAX) })
    }

    pub(super) fn next_rows(&self, folder: &str, after: u64) -> Result<Batch, EdgeError> {
        let found = self.find(folder)?;
        let rows = found.mails.iter().filter(|mail| mail.uid > after).map(row).collect();
        Ok(Batch { rows, last: found.next - 1, more: false })
    }

    pub(super) fn whole(&self, rows: &[&HeaderRow], message: &mut dyn FnMut(u64, Vec<u8>)) -> Result<(), EdgeError> {
        self.reachable()?;
        if self.sated && !rows.is_empty() {
            return Err(EdgeError::temporary("NO [OVERQUOTA] account exceeded its bandwidth limits"));
        }
        for row in rows {
            let folder = row.file.as_deref().unwrap_or_default();
            let found = self.boxes.iter().filter(|found| folder.is_empty() || found.folder.name == folder);
            if let Some(mail) =
                found.flat_map(|found| &found.mails).find(|mail| mail.uid == row.uid && header_of(&mail.bytes) == row.header)
            {
                message(row.uid, mail.bytes.clone());
            }
        }
        Ok(())
    }

    pub(super) fn find_addresses(&self, folder: &str, addresses: &[Address]) -> Result<Vec<HeaderRow>, EdgeError> {
        let names_one = |mail: &&Stored| {
            mime::parse(&mail.bytes).is_some_and(|mail| {
                mail.from
                    .iter()
                    .chain(mail.recipients())
                    .any(|person| addresses.iter().any(|address| address.key() == person.address.key()))
            })
        };
        Ok(self.find(folder)?.mails.iter().filter(names_one).map(row).collect())
    }

    pub(super) fn has_message_id(&self, folder: &str, id: &str) -> Result<bool, EdgeError> {
        let has = |mail: &Stored| mime::parse(&mail.bytes).is_some_and(|mail| mail.message_id.as_deref() == Some(id));
        Ok(self.find(folder)?.mails.iter().any(has))
    }

    pub(super) fn append(&mut self, folder: &str, bytes: &[u8], at: Timestamp) -> Result<(), EdgeError> {
        self.reachable()?;
        self.passes(Moment::BeforeCopy);
        self.put(folder, bytes, at);
        self.passes(Moment::AfterCopy);
        Ok(())
    }

    pub(super) fn send(&mut self, envelope: &Envelope, bytes: &[u8], before_body: &mut dyn FnMut() -> Result<(), String>) -> SendAnswer {
        self.passes(Moment::BeforeSend);
        let answer = self.answers.pop_front().unwrap_or_else(|| SendAnswer::Accepted("250 2.0.0 taken".to_owned()));
        let reaches_body = matches!(answer, SendAnswer::Accepted(_) | SendAnswer::Unknown(_));
        if reaches_body && let Err(why) = before_body() {
            return SendAnswer::NotSent(EdgeError::Interrupted(why));
        }
        self.passes(Moment::BodyBegun);
        if matches!(answer, SendAnswer::Accepted(_)) {
            self.out.push((envelope.clone(), bytes.to_vec()));
            if self.saves_sent {
                self.put("Sent", bytes, self.now);
            }
            self.passes(Moment::Taken);
        }
        answer
    }

    /// The machine dies here, if the story says so.
    fn passes(&self, moment: Moment) {
        assert_ne!(self.dies, Some(moment), "the machine dies");
    }

    fn find(&self, folder: &str) -> Result<&ScriptedFolder, EdgeError> {
        self.reachable()?;
        self.boxes
            .iter()
            .find(|found| found.folder.name == folder)
            .ok_or_else(|| EdgeError::Permanent(format!("there is no folder {folder}")))
    }

    fn reachable(&self) -> Result<(), EdgeError> {
        if self.down { Err(EdgeError::temporary("the mailbox cannot be reached")) } else { Ok(()) }
    }
}

fn row(mail: &Stored) -> HeaderRow {
    HeaderRow { uid: mail.uid, arrived: Some(mail.at), size: mail.bytes.len() as u64, header: header_of(&mail.bytes), file: None }
}

fn header_of(bytes: &[u8]) -> Vec<u8> {
    let end = memchr::memmem::find(bytes, b"\r\n\r\n").map(|at| at + 2).or_else(|| memchr::memmem::find(bytes, b"\n\n").map(|at| at + 1));
    bytes[..end.unwrap_or(bytes.len())].to_vec()
}
