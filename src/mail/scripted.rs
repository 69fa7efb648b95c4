//! A post office that plays a script: stories use it in place of servers. Never part of a real account.

use std::collections::VecDeque;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::mime;
use super::post::Batch;
use super::smtp::Envelope;
use crate::model::address::Address;
use crate::model::edge::{EdgeError, SendAnswer, Stage};
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
    /// Set to hand over its header and refuse the rest.
    pub is_damaged: bool,
    /// Where the header ends.
    head: usize,
    /// `Message-ID`, and the one that was replaced.
    ids: Vec<String>,
    /// Who is named in From, To and Cc.
    named: Vec<String>,
}

impl Stored {
    fn new(uid: u64, at: Timestamp, bytes: &[u8]) -> Self {
        let head = header_end(bytes);
        let mail = mime::parse_headers(&bytes[..head]).unwrap_or_default();
        Self {
            uid,
            at,
            head,
            ids: mail.message_id.iter().chain(&mail.original_message_id).cloned().collect(),
            named: mail.from.iter().chain(mail.recipients()).map(|person| person.address.key()).collect(),
            bytes: bytes.to_vec(),
            is_damaged: false,
        }
    }

    /// True when it has this `Message-ID`, or had it until a provider replaced it.
    #[must_use]
    pub fn has_id(&self, id: &str) -> bool {
        self.ids.iter().any(|own| own == id)
    }

    fn row(&self) -> HeaderRow {
        HeaderRow {
            uid: self.uid,
            arrived: Some(self.at),
            size: self.bytes.len() as u64,
            header: self.bytes[..self.head].to_vec(),
            file: None,
        }
    }
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

/// A moment at which a story lets the machine die, or something else happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moment {
    /// The folders are asked for.
    Folders,
    /// A folder is opened.
    Open,
    /// Header rows are asked for.
    Rows,
    /// One whole mail is about to be handed over.
    Whole,
    /// A folder is searched for addresses.
    Search,
    /// A folder is searched for a `Message-ID`.
    Find,
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

/// What happens to the post office at each moment, where a story says more than `dies` and `answers` can.
pub trait Fates: std::fmt::Debug + Send {
    /// Called at each moment. An error before the body means that nothing left; after it, that no answer came.
    ///
    /// # Errors
    /// When the line is to break there.
    fn at(&mut self, office: &mut Scripted, moment: Moment) -> Result<(), EdgeError>;
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
    /// Set to the name of a folder that cannot be opened.
    pub shut: Option<String>,
    /// Set to let the machine die there.
    pub dies: Option<Moment>,
    /// The hour at which appended and sent mail is filed.
    pub now: Timestamp,
    /// The name of the host that takes mail: it tells how long a copy in Sent is waited for.
    pub host: Option<String>,
    /// Header rows in one answer.
    pub page: usize,
    /// What else happens.
    pub fates: Option<Box<dyn Fates>>,
    /// The folder opened last.
    opened: String,
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
            shut: None,
            dies: None,
            now,
            host: None,
            page: usize::MAX,
            fates: None,
            opened: String::new(),
        }
    }

    /// Puts a mail into a folder; its UID, or `None` where there is no such folder.
    pub fn put(&mut self, folder: &str, bytes: &[u8], at: Timestamp) -> Option<u64> {
        let found = self.boxes.iter_mut().find(|found| found.folder.name == folder)?;
        found.mails.push(Stored::new(found.next, at, bytes));
        found.next += 1;
        Some(found.next - 1)
    }

    pub(super) fn folders(&mut self) -> Result<Vec<Folder>, EdgeError> {
        self.comes_to(Moment::Folders)?;
        Ok(self.boxes.iter().map(|found| found.folder.clone()).collect())
    }

    pub(super) fn open(&mut self, folder: &str) -> Result<Opened, EdgeError> {
        self.comes_to(Moment::Open)?;
        if self.shut.as_deref() == Some(folder) {
            return Err(EdgeError::Permanent(format!(
                "The folder “{folder}” could not be opened; the server says “NO permission denied”."
            )));
        }
        folder.clone_into(&mut self.opened);
        let found = self.find(folder)?;
        Ok(Opened { validity: found.validity, next: Some(found.next), exists: u32::try_from(found.mails.len()).unwrap_or(u32::MAX) })
    }

    pub(super) fn next_rows(&mut self, folder: &str, after: u64, since: Option<Date>) -> Result<Batch, EdgeError> {
        self.comes_to(Moment::Rows)?;
        let page = self.page;
        let found = self.find(folder)?;
        let first = found.mails.partition_point(|mail| mail.uid <= after);
        let fresh = &found.mails[first..];
        let (now, more) = (&fresh[..fresh.len().min(page)], fresh.len() > page);
        let rows = now.iter().filter(|mail| is_since(mail, since)).map(Stored::row).collect();
        let last = if more { now.last().map_or(after, |mail| mail.uid) } else { found.next - 1 };
        Ok(Batch { rows, last, more })
    }

    pub(super) fn whole(&mut self, rows: &[&HeaderRow], message: &mut dyn FnMut(u64, Vec<u8>)) -> Result<(), EdgeError> {
        if self.sated && !rows.is_empty() {
            return Err(EdgeError::temporary("NO [OVERQUOTA] account exceeded its bandwidth limits"));
        }
        for row in rows {
            self.comes_to(Moment::Whole)?;
            let found = self.find(&self.opened)?;
            // What was moved or thrown away since, or has another number now, is left out.
            let place = found.mails.binary_search_by_key(&row.uid, |mail| mail.uid);
            if let Some(mail) = place.ok().map(|place| &found.mails[place]).filter(|mail| mail.bytes[..mail.head] == row.header) {
                message(row.uid, if mail.is_damaged { Vec::new() } else { mail.bytes.clone() });
            }
        }
        Ok(())
    }

    pub(super) fn find_addresses(&mut self, folder: &str, addresses: &[Address], since: Date) -> Result<Vec<HeaderRow>, EdgeError> {
        self.comes_to(Moment::Search)?;
        folder.clone_into(&mut self.opened);
        let wanted: Vec<String> = addresses.iter().map(Address::key).collect();
        let names_one = |mail: &&Stored| is_since(mail, Some(since)) && mail.named.iter().any(|named| wanted.contains(named));
        Ok(self.find(folder)?.mails.iter().filter(names_one).map(Stored::row).collect())
    }

    pub(super) fn has_message_id(&mut self, folder: &str, id: &str) -> Result<bool, EdgeError> {
        self.comes_to(Moment::Find)?;
        Ok(self.find(folder)?.mails.iter().any(|mail| mail.has_id(id)))
    }

    pub(super) fn append(&mut self, folder: &str, bytes: &[u8], at: Timestamp) -> Result<(), EdgeError> {
        self.comes_to(Moment::BeforeCopy)?;
        self.put(folder, bytes, at);
        self.comes_to(Moment::AfterCopy)
    }

    pub(super) fn send(&mut self, envelope: &Envelope, bytes: &[u8], before_body: &mut dyn FnMut() -> Result<(), String>) -> SendAnswer {
        if let Err(error) = self.passes(Moment::BeforeSend) {
            return SendAnswer::NotSent(error);
        }
        let answer = self.answers.pop_front().unwrap_or_else(|| SendAnswer::Accepted("250 2.0.0 taken".to_owned()));
        let reaches_body = match &answer {
            SendAnswer::Accepted(_) | SendAnswer::Unknown(_) => true,
            SendAnswer::Refused(refusal) => refusal.stage == Stage::Body,
            SendAnswer::NotSent(_) => false,
        };
        if reaches_body {
            if let Err(why) = before_body() {
                return SendAnswer::NotSent(EdgeError::Interrupted(why));
            }
            if let Err(error) = self.passes(Moment::BodyBegun) {
                return SendAnswer::Unknown(error.to_string());
            }
        }
        if matches!(answer, SendAnswer::Accepted(_)) {
            self.out.push((envelope.clone(), bytes.to_vec()));
            if self.saves_sent {
                self.put("Sent", bytes, self.now);
            }
            if let Err(error) = self.passes(Moment::Taken) {
                return SendAnswer::Unknown(error.to_string());
            }
        }
        answer
    }

    /// The machine dies here, if the story says so, or whatever else it says happens.
    fn passes(&mut self, moment: Moment) -> Result<(), EdgeError> {
        assert_ne!(self.dies, Some(moment), "the machine dies");
        let Some(mut fates) = self.fates.take() else { return Ok(()) };
        let fate = fates.at(self, moment);
        self.fates = Some(fates);
        fate
    }

    /// The same for a moment at the mailbox, which has to be reachable.
    fn comes_to(&mut self, moment: Moment) -> Result<(), EdgeError> {
        if self.down {
            return Err(EdgeError::temporary("the mailbox cannot be reached"));
        }
        self.passes(moment)
    }

    fn find(&self, folder: &str) -> Result<&ScriptedFolder, EdgeError> {
        self.boxes
            .iter()
            .find(|found| found.folder.name == folder)
            .ok_or_else(|| EdgeError::Permanent(format!("there is no folder {folder}")))
    }
}

/// As an IMAP search for SINCE: the day of arrival, in UTC here.
fn is_since(mail: &Stored, since: Option<Date>) -> bool {
    since.is_none_or(|since| mail.at.to_zoned(TimeZone::UTC).date() >= since)
}

fn header_end(bytes: &[u8]) -> usize {
    let end = memchr::memmem::find(bytes, b"\r\n\r\n").map(|at| at + 2).or_else(|| memchr::memmem::find(bytes, b"\n\n").map(|at| at + 1));
    end.unwrap_or(bytes.len())
}
