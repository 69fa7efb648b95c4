//! A local folder account (Maildir++) kept by another tool: read without touching, written only whole.

mod post;
mod scan;

use std::fs::{self, DirBuilder, File};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use ring::digest;

use crate::mail::mime::{self, limits};
use crate::model::address::{Address, clean_name};
use crate::model::edge::EdgeError;
use crate::model::folder::{Folder, HeaderRow, Opened, Role};
use crate::model::mail::Mail;
pub use post::{send_by_command, send_by_command_within, send_to_outbox};
use scan::Entry;

/// How far before the cursor a look begins, in microseconds: change times of one clock tick, and tools that set up a
/// mail over several calls, must not slip through. Rows seen before come again; the caller knows them.
const OVERLAP: u64 = 2_000_000;
/// Where mail waits that nobody sends yet; not a folder anybody reads.
const OUTBOX: &str = "Outbox";
/// The name by which the account's own top folder goes.
const INBOX: &str = "INBOX";

/// A Maildir++ account.
#[derive(Debug, Clone)]
pub struct Maildir {
    dir: PathBuf,
}

impl Maildir {
    /// Opens the account in `dir`; makes nothing.
    ///
    /// # Errors
    /// Permanent when it is no Maildir, temporary when the disk fails (it may not be mounted yet).
    pub fn open(dir: &Path) -> Result<Self, EdgeError> {
        match fs::metadata(dir.join("cur")) {
            Ok(found) if found.is_dir() => Ok(Self { dir: dir.to_owned() }),
            Ok(_) => Err(no_maildir(dir)),
            Err(error) if error.kind() == io::ErrorKind::NotFound && dir.is_dir() => Err(no_maildir(dir)),
            Err(error) => Err(trouble(dir, &error)),
        }
    }

    /// Makes the account's folders where they are missing (mode 0700) and opens it.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn create(dir: &Path) -> Result<Self, EdgeError> {
        make_folder(dir).map_err(|error| trouble(dir, &error))?;
        Self::open(dir)
    }

    /// All folders with what they are for, the inbox first, then by name.
    ///
    /// # Errors
    /// When the account's folder cannot be read.
    pub fn folders(&self) -> Result<Vec<Folder>, EdgeError> {
        let mut names: Vec<String> = Vec::new();
        for entry in fs::read_dir(&self.dir).map_err(|error| trouble(&self.dir, &error))? {
            let file_name = entry.map_err(|error| trouble(&self.dir, &error))?.file_name();
            let name = file_name.to_str().and_then(|name| name.strip_prefix('.')).filter(|name| is_folder_name(name) && *name != OUTBOX);
            names.extend(name.filter(|name| self.folder_dir(name).join("cur").is_dir()).map(str::to_owned));
        }
        names.sort_unstable();
        let all = std::iter::once(INBOX.to_owned()).chain(names);
        Ok(all.map(|name| Folder { role: role(&name), name }).collect())
    }

    /// Counts a folder and tells its newest key. The validity is always 0: a folder made anew has new change times.
    ///
    /// # Errors
    /// Permanent when there is no such folder.
    pub fn open_folder(&self, folder: &str) -> Result<Opened, EdgeError> {
        let entries = self.entries(folder)?;
        let newest = entries.iter().map(|entry| entry.changed).max();
        Ok(Opened { validity: 0, next: newest.map(|newest| newest + 1), exists: u32::try_from(entries.len()).unwrap_or(u32::MAX) })
    }

    /// Gives the header blocks of all messages changed since `last` (microseconds), less two seconds, oldest first.
    /// A file that goes away meanwhile is left out.
    ///
    /// # Errors
    /// When the folder cannot be listed.
    pub fn rows_since(&self, folder: &str, last: u64, row: &mut dyn FnMut(HeaderRow)) -> Result<(), EdgeError> {
        let from = last.saturating_sub(OVERLAP);
        let mut entries = self.entries(folder)?;
        entries.retain(|entry| entry.changed >= from);
        entries.sort_unstable_by(|a, b| (a.changed, &a.file).cmp(&(b.changed, &b.file)));
        entries.into_iter().filter_map(|entry| self.row(&entry)).for_each(row);
        Ok(())
    }

    /// Gives the header blocks of all messages that arrived since then, in no order. A file that goes away meanwhile is
    /// left out.
    ///
    /// # Errors
    /// When the folder cannot be listed.
    pub fn rows_arrived_since(&self, folder: &str, since: Timestamp, row: &mut dyn FnMut(HeaderRow)) -> Result<(), EdgeError> {
        let entries = self.entries(folder)?.into_iter().filter(|entry| entry.arrived.is_none_or(|arrived| arrived >= since));
        entries.filter_map(|entry| self.row(&entry)).for_each(row);
        Ok(())
    }

    /// The message in `file` (as a row named it), up to the size that is parsed; found again when its flags changed or
    /// it went from `new` to `cur`. `None` when it is gone.
    #[must_use]
    pub fn whole(&self, file: &str) -> Option<Vec<u8>> {
        let path = self.path_of(file)?;
        // One byte more than is parsed, so that the reader can tell that it was cut.
        let most = limits::BYTES + 1;
        scan::start_of(&path, most).or_else(|| scan::start_of(&scan::renamed(&path)?, most))
    }

    /// The message with this id (without brackets), ours or the one Outlook kept for us.
    ///
    /// # Errors
    /// When the folder cannot be listed.
    pub fn find_message_id(&self, folder: &str, id: &str) -> Result<Option<HeaderRow>, EdgeError> {
        let has_id = |row: &HeaderRow| {
            memchr::memmem::find(&row.header, id.as_bytes()).is_some()
                && mime::parse_headers(&row.header)
                    .is_some_and(|mail| [mail.message_id, mail.original_message_id].into_iter().flatten().any(|found| found == id))
        };
        Ok(self.entries(folder)?.into_iter().filter_map(|entry| self.row(&entry)).find(has_id))
    }

    /// Gives the rows of all messages that arrived since then and name one of the addresses in From, Reply-To, To or Cc.
    ///
    /// # Errors
    /// When the folder cannot be listed.
    pub fn find_addresses(
        &self,
        folder: &str,
        addresses: &[Address],
        since: Timestamp,
        row: &mut dyn FnMut(HeaderRow),
    ) -> Result<(), EdgeError> {
        let keys: Vec<String> = addresses.iter().map(Address::key).collect();
        self.rows_arrived_since(folder, since, &mut |found| {
            if names_one_of(&keys, &found.header) {
                row(found);
            }
        })
    }

    /// Files a mail in a folder, which is made if missing; seen mail goes to `cur`, other to `new`. The same bytes at
    /// the same moment are one file, so that filing again after a crash changes nothing. Gives the file's name.
    ///
    /// # Errors
    /// When the disk refuses; then nothing is there.
    pub fn append(&self, folder: &str, bytes: &[u8], at: Timestamp, is_seen: bool) -> Result<String, EdgeError> {
        let dir = self.checked_dir(folder)?;
        make_folder(&dir).map_err(|error| trouble(&dir, &error))?;
        let base = format!("{}.{}.curbside", at.as_second(), fingerprint(bytes));
        let target = if is_seen { format!("cur/{base}:2,S") } else { format!("new/{base}") };
        let path = dir.join(&target);
        if let Some(there) = Some(path.clone()).filter(|path| path.exists()).or_else(|| scan::renamed(&path)) {
            return Ok(self.file_of(&there));
        }
        write_whole(&dir, &base, &path, bytes, Some(at)).map_err(|error| trouble(&dir, &error))?;
        Ok(self.file_of(&path))
    }

    /// Delivers a mail into a folder as new mail, as a mail server would.
    ///
    /// # Errors
    /// When the disk refuses; then nothing is there.
    pub fn deliver(&self, folder: &str, bytes: &[u8], at: Timestamp) -> Result<String, EdgeError> {
        self.append(folder, bytes, at, false)
    }

    fn entries(&self, folder: &str) -> Result<Vec<Entry>, EdgeError> {
        let dir = self.checked_dir(folder)?;
        scan::entries(&dir).map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => EdgeError::Permanent(format!("there is no folder {} in {}", clean_name(folder), self.dir.display())),
            _ => trouble(&dir, &error),
        })
    }

    fn row(&self, entry: &Entry) -> Option<HeaderRow> {
        let header = scan::header_of(&entry.file, limits::HEADER_BLOCK)?;
        let file = Some(self.file_of(&entry.file));
        Some(HeaderRow { uid: entry.changed, arrived: entry.arrived, size: entry.size, header, file })
    }

    fn folder_dir(&self, folder: &str) -> PathBuf {
        if folder == INBOX { self.dir.clone() } else { self.dir.join(format!(".{folder}")) }
    }

    fn checked_dir(&self, folder: &str) -> Result<PathBuf, EdgeError> {
        if is_folder_name(folder) {
            return Ok(self.folder_dir(folder));
        }
        Err(EdgeError::Permanent(format!("“{}” is no folder name", clean_name(folder))))
    }

    /// The file's name relative to the account.
    fn file_of(&self, path: &Path) -> String {
        path.strip_prefix(&self.dir).unwrap_or(path).to_string_lossy().into_owned()
    }

    /// The path of a relative name, if it stays inside the account.
    fn path_of(&self, file: &str) -> Option<PathBuf> {
        let inside = Path::new(file).components().all(|part| matches!(part, std::path::Component::Normal(_)));
        (inside && !file.is_empty()).then(|| self.dir.join(file))
    }
}

/// True when From, Reply-To, To or Cc has one of the addresses. A header block without the letters of any is not parsed:
/// that is nearly all of them. (A domain outside ASCII is written in more ways than one.)
fn names_one_of(keys: &[String], header: &[u8]) -> bool {
    let letters = header.to_ascii_lowercase();
    let may_name = |key: &String| key.contains("xn--") || memchr::memmem::find(&letters, key.as_bytes()).is_some();
    let people = |mail: Mail| mail.from.into_iter().chain(mail.reply_to).chain(mail.to).chain(mail.cc);
    keys.iter().any(may_name)
        && mime::parse_headers(header).is_some_and(|mail| people(mail).any(|person| keys.contains(&person.address.key())))
}

/// True for a name that is one folder below the account and nothing else.
fn is_folder_name(name: &str) -> bool {
    !name.is_empty() && !name.starts_with('.') && !name.contains(['/', '\0']) && !name.ends_with('.')
}

/// What a folder is for, by its name.
fn role(name: &str) -> Role {
    match name.to_lowercase().as_str() {
        "inbox" => Role::Inbox,
        "sent" | "sent items" | "sent messages" | "sent mail" => Role::Sent,
        "archive" | "archives" | "all mail" => Role::Archive,
        "junk" | "spam" | "junk e-mail" | "bulk mail" => Role::Junk,
        "drafts" => Role::Drafts,
        "trash" | "deleted items" | "deleted messages" => Role::Trash,
        _ => Role::Other,
    }
}

fn make_folder(dir: &Path) -> io::Result<()> {
    for part in ["tmp", "new", "cur"] {
        DirBuilder::new().recursive(true).mode(0o700).create(dir.join(part))?;
    }
    Ok(())
}

/// Writes to `tmp`, then renames: a reader sees the whole mail or none, and so does a machine after a power cut.
fn write_whole(dir: &Path, base: &str, target: &Path, bytes: &[u8], at: Option<Timestamp>) -> io::Result<()> {
    let draft = dir.join("tmp").join(base);
    let mut file = fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&draft)?;
    let written = file.write_all(bytes).and_then(|()| at.map_or(Ok(()), |at| file.set_modified(at.into()))).and_then(|()| file.sync_all());
    if let Err(error) = written.and_then(|()| fs::rename(&draft, target)) {
        let _ = fs::remove_file(&draft);
        return Err(error);
    }
    target.parent().map_or(Ok(()), |parent| File::open(parent)?.sync_all())
}

/// A name for these bytes.
fn fingerprint(bytes: &[u8]) -> String {
    let digest = digest::digest(&digest::SHA256, bytes);
    let first = digest.as_ref().first_chunk().map_or(0, |first| u128::from_be_bytes(*first));
    format!("{first:032x}")
}

fn no_maildir(dir: &Path) -> EdgeError {
    EdgeError::Permanent(format!("{} is no Maildir: it has no folder “cur”", dir.display()))
}

fn trouble(dir: &Path, error: &io::Error) -> EdgeError {
    let what = format!("the mail folder {} cannot be used ({error})", dir.display());
    match error.kind() {
        io::ErrorKind::PermissionDenied | io::ErrorKind::NotADirectory | io::ErrorKind::ReadOnlyFilesystem => EdgeError::Permanent(what),
        _ => EdgeError::temporary(what),
    }
}
