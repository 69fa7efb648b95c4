//! Looking at a Maildir's files without touching them, while another tool moves them about.

use std::ffi::OsStr;
use std::fs::{self, DirEntry, File, Metadata};
use std::io::{self, Read};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use jiff::Timestamp;

/// Bytes read at a time in search of a header block's end.
const CHUNK: u64 = 4096;

/// A message file.
pub struct Entry {
    /// Where it is.
    pub file: PathBuf,
    /// Its change time (ctime) in microseconds since 1970: set by the system at delivery, rename and flag change, and
    /// by nobody else, so nothing can arrive with an old one.
    pub changed: u64,
    /// Its modification time: by custom the time of arrival.
    pub arrived: Option<Timestamp>,
    /// Bytes.
    pub size: u64,
}

/// The messages in `cur` and `new` of one folder, in no order.
///
/// All names are taken before the first file is looked at: a look at each may last seconds, and what comes or moves
/// meanwhile must be newer than everything that was seen. `new` goes first, so that a mail on its way to `cur` is seen
/// twice rather than never.
///
/// # Errors
/// When a folder cannot be listed. A file that goes away meanwhile is left out: it is elsewhere now, with a new change time.
pub fn entries(dir: &Path) -> io::Result<Vec<Entry>> {
    let mut files = match names(&dir.join("new")) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        found => found.unwrap_or_default(),
    };
    files.extend(names(&dir.join("cur"))?);
    Ok(files.into_iter().filter_map(about).collect())
}

fn names(dir: &Path) -> io::Result<Vec<PathBuf>> {
    let is_shown = |name: &OsStr| !name.as_encoded_bytes().starts_with(b".");
    let entries: io::Result<Vec<DirEntry>> = fs::read_dir(dir)?.collect();
    Ok(entries?.into_iter().filter(|entry| is_shown(&entry.file_name())).map(|entry| entry.path()).collect())
}

fn about(file: PathBuf) -> Option<Entry> {
    let metadata = fs::metadata(&file).ok().filter(Metadata::is_file)?;
    let micros = metadata.ctime().saturating_mul(1_000_000).saturating_add(metadata.ctime_nsec() / 1000);
    let nanos = i32::try_from(metadata.mtime_nsec()).unwrap_or_default();
    Some(Entry {
        file,
        changed: u64::try_from(micros).unwrap_or_default(),
        arrived: Timestamp::new(metadata.mtime(), nanos).ok(),
        size: metadata.len(),
    })
}

/// The header block of a file, up to and with the empty line, or what `most` bytes hold of it.
pub fn header_of(path: &Path, most: usize) -> Option<Vec<u8>> {
    let mut file = open(path)?;
    let mut header = Vec::new();
    loop {
        let seen = header.len();
        let read = file.by_ref().take(CHUNK).read_to_end(&mut header).ok()?;
        if let Some(end) = header_end(&header, seen) {
            header.truncate(end);
            return Some(header);
        }
        if read == 0 || header.len() >= most {
            header.truncate(most);
            return Some(header);
        }
    }
}

/// Where the header block ends, looking only at what came after `seen` bytes.
fn header_end(bytes: &[u8], seen: usize) -> Option<usize> {
    if bytes.starts_with(b"\n") || bytes.starts_with(b"\r\n") {
        return Some(0);
    }
    memchr::memchr_iter(b'\n', &bytes[seen.saturating_sub(2)..]).map(|at| at + seen.saturating_sub(2)).find_map(|at| {
        match &bytes[at + 1..] {
            [b'\n', ..] => Some(at + 2),
            [b'\r', b'\n', ..] => Some(at + 3),
            _ => None,
        }
    })
}

/// The first `most` bytes of a file; `None` when it is gone.
pub fn start_of(path: &Path, most: usize) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    open(path)?.take(u64::try_from(most).ok()?).read_to_end(&mut bytes).ok()?;
    Some(bytes)
}

/// Only ordinary files: opening a pipe would wait for ever.
fn open(path: &Path) -> Option<File> {
    fs::metadata(path).ok().filter(Metadata::is_file)?;
    File::open(path).ok()
}

/// Where a message went whose flags or folder (`new`, `cur`) have changed.
pub fn renamed(path: &Path) -> Option<PathBuf> {
    let wanted = base(path.file_name()?.to_str()?);
    let folder = path.parent()?.parent()?;
    ["cur", "new"].iter().filter_map(|part| fs::read_dir(folder.join(part)).ok()).flatten().find_map(|entry| {
        let entry = entry.ok()?;
        (base(entry.file_name().to_str()?) == wanted).then(|| entry.path())
    })
}

/// The part of a message's name that stays: other tools add a UID or a size after a comma and flags after a colon.
fn base(name: &str) -> &str {
    name.split([',', ':']).next().unwrap_or(name)
}
