//! One pass over the mailbox: what is new in every folder, and what was there before a contact was known (P8).

use std::collections::{BTreeSet, HashMap, HashSet};

use jiff::Timestamp;
use jiff::civil::Date;
use serde::Serialize;

use super::Trouble;
use super::deliver::LOGIN_REFUSED;
use super::learn::{Concern, Learner};
use super::reach;
use crate::model::address::Address;
use crate::model::edge::EdgeError;
use crate::model::folder::{Cursor, Folder, HeaderRow, Opened, Role};
use crate::model::id::ContactId;
use crate::steps::story::DOUBT;
use crate::steps::understand::Taught;
use crate::store::{StoreError, Tx};
use crate::world::World;

/// What a pass saw of one folder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FolderReport {
    /// Its name.
    pub name: String,
    /// What it is for.
    pub role: String,
    /// Messages looked at.
    pub seen: u64,
    /// Messages kept.
    pub kept: u64,
}

/// What inbound mail is matched with, loaded once a pass.
#[derive(Debug, Default)]
pub struct Known {
    /// Whose address is whose.
    pub contacts: HashMap<String, ContactId>,
    /// Hashes of every `Message-ID` that an answer or a report may refer to.
    pub ids: HashSet<u64>,
    /// The owner's own addresses.
    pub me: Vec<Address>,
}

impl Known {
    /// True when a `Message-ID` is one that mail may refer to.
    #[must_use]
    pub fn refers(&self, id: &str) -> bool {
        self.ids.contains(&hash(id))
    }

    /// Remembers a `Message-ID`.
    pub fn learn_id(&mut self, id: &str) {
        self.ids.insert(hash(id));
    }

    /// Whose address it is; a `+tag` in the local part does not hide a person.
    #[must_use]
    pub fn contact_of(&self, address: &Address) -> Option<ContactId> {
        let key = address.key();
        self.contacts.get(&key).or_else(|| self.contacts.get(&untagged(&key)?)).copied()
    }

    /// Whose address it is at this moment: a contact may be forgotten or merged while a pass goes on.
    ///
    /// # Errors
    /// When the database fails.
    pub fn contact_now(tx: &Tx<'_>, address: &Address) -> Result<Option<ContactId>, StoreError> {
        let plain = || Address::parse(&untagged(&address.key())?).ok();
        match (tx.contact_of(address)?, plain()) {
            (None, Some(plain)) => tx.contact_of(&plain),
            (found, _) => Ok(found),
        }
    }

    /// True for the owner's own addresses.
    #[must_use]
    pub fn is_me(&self, address: &Address) -> bool {
        let key = address.key();
        let plain = untagged(&key);
        self.me.iter().any(|mine| mine.key() == key || plain.as_deref() == Some(mine.key().as_str()))
    }
}

fn untagged(key: &str) -> Option<String> {
    let (local, domain) = key.split_once('@')?;
    let (local, _) = local.split_once('+')?;
    Some(format!("{local}@{domain}"))
}

/// FNV-1a: ids need no protection against collisions that cost one more look at a mail.
fn hash(id: &str) -> u64 {
    id.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

/// Reads what is new in every folder, writes down what concerns a contact, and moves the cursors.
///
/// # Errors
/// When the mailbox cannot be reached or the database fails; everything learnt until then is kept.
pub fn sync(world: &mut World) -> Result<Vec<FolderReport>, Trouble> {
    let begun = world.now();
    let last_look = world.store.read(|tx| tx.instant("last_sync"))?;
    let outcome = pass(world);
    let (key, value) = match &outcome {
        Ok(_) => ("last_sync", begun.to_string()),
        Err(Trouble::Edge(error)) => ("sync_error", error.to_string()),
        Err(_) => return outcome,
    };
    world.store.write(|tx| {
        tx.set_value(key, &value)?;
        match &outcome {
            Err(Trouble::Edge(EdgeError::Login(_))) => tx.set_value("login_refused", "yes")?,
            _ => tx.clear_value("login_refused")?,
        }
        if key == "last_sync" {
            tx.clear_value("reread_from")?;
            tx.clear_value("sync_error")?;
            tx.clear_value("sync_error_since")
        } else if tx.value("sync_error_since")?.is_none() {
            tx.set_value("sync_error_since", &begun.to_string())
        } else {
            Ok(())
        }
    })?;
    // Which hours are still to come, and so not believed, is another question for a clock that was set.
    if last_look.is_some_and(|last| begun.duration_since(last).abs() > DOUBT) {
        super::record::restory_everybody(world)?;
    }
    outcome
}

/// The owner has mended a login that was refused: what was paused for it goes on.
///
/// # Errors
/// When the database fails.
pub fn login_mended(world: &World) -> Result<(), Trouble> {
    Ok(world.store.write(|tx| {
        tx.clear_value("login_refused")?;
        if tx.value("sending_paused_why")?.is_some_and(|why| why.starts_with(LOGIN_REFUSED)) {
            tx.clear_value("sending_paused_until")?;
            tx.clear_value("sending_paused_why")?;
        }
        Ok::<_, StoreError>(())
    })?)
}

fn pass(world: &mut World) -> Result<Vec<FolderReport>, Trouble> {
    reach::as_far_as_wanted(world)?;
    let (mut known, unsearched) = load_known(world)?;
    let last_sync = world.store.read(|tx| tx.instant("last_sync"))?;
    let mut folders: Vec<Folder> = world.post.folders()?.into_iter().filter(|folder| folder.role.is_read()).collect();
    // The inbox last: it stays open, and the wait for new mail begins in it without another turn.
    folders.sort_by_key(|folder| folder.role == Role::Inbox);
    let mut reports = Vec::new();
    let mut unreadable = None;
    for folder in &folders {
        let mut report = FolderReport {
            name: crate::mail::imap::from_modified_utf7(&folder.name),
            role: folder.role.word().to_owned(),
            seen: 0,
            kept: 0,
        };
        match read_folder(world, folder, &mut known, last_sync, &unsearched, &mut report) {
            // What lies in the others is learnt all the same; that this one was not read is said at the end.
            Err(Trouble::Edge(error @ EdgeError::Permanent(_))) => unreadable = unreadable.or(Some(error)),
            other => other?,
        }
        reports.push(report);
    }
    if let Some(error) = unreadable {
        return Err(error.into());
    }
    if !unsearched.is_empty() {
        world.store.write(|tx| tx.set_searched(&unsearched, world.now()))?;
    }
    Ok(reports)
}

/// Reads what is new in a folder, and what was there before an address was known.
fn read_folder(
    world: &mut World,
    folder: &Folder,
    known: &mut Known,
    last_sync: Option<Timestamp>,
    unsearched: &[Address],
    report: &mut FolderReport,
) -> Result<(), Trouble> {
    let fresh = read_new(world, folder, known, last_sync, report)?;
    if !fresh && !unsearched.is_empty() {
        search(world, folder, unsearched, known, report)?;
    }
    Ok(())
}

/// Reads what was just announced in the inbox, before a whole turn is taken: the line is open and the answer fresh.
///
/// # Errors
/// When the line breaks or the database fails; the next turn reads it again.
pub fn glance(world: &mut World, inbox: &Folder) -> Result<(), Trouble> {
    let Some(cursor) = world.store.read(|tx| tx.cursor(&inbox.name))?.filter(|_| world.post.is_open(inbox)) else { return Ok(()) };
    let (mut known, _) = load_known(world)?;
    let last_sync = world.store.read(|tx| tx.instant("last_sync"))?;
    // The folder is open: UIDNEXT is not asked for, but everything after the cursor.
    let opened = Opened { validity: cursor.validity, next: None, exists: 0 };
    let batch = world.post.next_rows(inbox, &opened, cursor.last, None)?;
    let wanted = wanted(world, inbox, &batch.rows, &known)?;
    if !wanted.is_empty() {
        learn(world, inbox, &wanted, &mut known, last_sync, Some(Cursor { validity: cursor.validity, last: batch.last }))?;
    }
    Ok(())
}

/// What mail is matched with, and the addresses that the mailbox is to be searched for: of one moment, or an address
/// that is added between the two would pass for searched (P8).
fn load_known(world: &World) -> Result<(Known, Vec<Address>), Trouble> {
    let mut known = Known { me: world.settings.owner.addresses(), ..Known::default() };
    let unsearched = world.store.read(|tx| {
        known.contacts = tx.known_addresses()?.into_iter().collect();
        tx.known_rfc_ids(|id| {
            known.ids.insert(hash(id));
        })?;
        tx.unsearched()
    })?;
    Ok((known, unsearched))
}

/// Reads a folder from its cursor on. True when it was read from the beginning, so that no search is needed.
fn read_new(
    world: &mut World,
    folder: &Folder,
    known: &mut Known,
    last_sync: Option<Timestamp>,
    report: &mut FolderReport,
) -> Result<bool, Trouble> {
    let opened = world.post.open(folder)?;
    let cursor =
        world.store.read(|tx| tx.cursor(&folder.name))?.filter(|cursor| cursor.validity == opened.validity && !has_shrunk(cursor, &opened));
    let (mut at, begins, oldest) = match cursor {
        Some(cursor) => (cursor.last, false, None),
        None => (0, true, Some(reach::begin(world)?)),
    };
    let live_from = if begins { None } else { last_sync };
    loop {
        let batch = world.post.next_rows(folder, &opened, at, oldest)?;
        let moved = batch.last != at || begins;
        report.seen += batch.rows.len() as u64;
        let next = Cursor { validity: opened.validity, last: batch.last };
        let wanted = wanted(world, folder, &batch.rows, known)?;
        let portions = portions(&wanted);
        for (index, portion) in portions.iter().enumerate() {
            // The cursor moves with the last portion: what was learnt before it is known by its event.
            let cursor = (index + 1 == portions.len() && (moved || !wanted.is_empty())).then_some(next);
            report.kept += learn(world, folder, portion, known, live_from, cursor)?;
        }
        at = batch.last;
        if !batch.more {
            return Ok(begins);
        }
    }
}

/// Whole mails held in memory at a time, in bytes.
const PORTION: u64 = 8 * 1024 * 1024;

/// Cuts a batch so that its whole mails fit in memory; at least one portion, which may be empty.
fn portions<'w, 'r>(wanted: &'w [(&'r HeaderRow, Concern)]) -> Vec<&'w [(&'r HeaderRow, Concern)]> {
    let (mut found, mut start, mut held) = (Vec::new(), 0, 0);
    for (index, (row, _)) in wanted.iter().enumerate() {
        let size = row.size.min(crate::mail::mime::limits::BYTES as u64);
        if held + size > PORTION && index > start {
            found.push(&wanted[start..index]);
            (start, held) = (index, 0);
        }
        held += size;
    }
    found.push(&wanted[start..]);
    found
}

/// UIDNEXT went down without a new UIDVALIDITY: the numbers cannot be trusted any more.
fn has_shrunk(cursor: &Cursor, opened: &Opened) -> bool {
    opened.validity != 0 && opened.next.is_some_and(|next| next <= cursor.last)
}

/// So many addresses are no longer asked about: the server would look through the whole folder for every twenty of them,
/// and all headers are read sooner.
const MANY: usize = 100;

/// Searches a folder for addresses that were not known when it was read.
fn search(world: &mut World, folder: &Folder, addresses: &[Address], known: &mut Known, report: &mut FolderReport) -> Result<(), Trouble> {
    let since = reach::first_day(world)?;
    // What was kept as a stranger's is read anew as theirs, however long ago it came.
    let first = world.store.read(|tx| tx.first_kept_from(addresses))?.map(|at| at.to_zoned(jiff::tz::TimeZone::UTC).date());
    let oldest = first.and_then(|day| day.yesterday().ok()).map_or(since, |day| day.min(since));
    if addresses.len() > MANY {
        return read_again(world, folder, addresses, known, report, oldest);
    }
    let rows = world.post.find_addresses(folder, addresses, oldest)?;
    found(world, folder, &rows, known, report)
}

/// Reads all headers of a folder again, and keeps to those that name one of the addresses.
fn read_again(
    world: &mut World,
    folder: &Folder,
    addresses: &[Address],
    known: &mut Known,
    report: &mut FolderReport,
    oldest: Date,
) -> Result<(), Trouble> {
    let contacts = addresses.iter().filter_map(|address| Some((address.key(), *known.contacts.get(&address.key())?))).collect();
    let new = Known { contacts, ids: HashSet::new(), me: known.me.clone() };
    let opened = world.post.open(folder)?;
    let mut at = 0;
    loop {
        let mut batch = world.post.next_rows(folder, &opened, at, Some(oldest))?;
        batch.rows.retain(|row| Concern::of(row, folder.role, &new).is_some_and(|concern| !concern.contacts().is_empty()));
        found(world, folder, &batch.rows, known, report)?;
        at = batch.last;
        if !batch.more {
            return Ok(());
        }
    }
}

/// Learns what is new among the rows of a search.
fn found(world: &mut World, folder: &Folder, rows: &[HeaderRow], known: &mut Known, report: &mut FolderReport) -> Result<(), Trouble> {
    report.seen += rows.len() as u64;
    let wanted = wanted(world, folder, rows, known)?;
    for portion in portions(&wanted) {
        report.kept += learn(world, folder, portion, known, None, None)?;
    }
    Ok(())
}

/// The rows whose whole message is wanted, with why; those kept already are left out.
fn wanted<'r>(world: &World, folder: &Folder, rows: &'r [HeaderRow], known: &Known) -> Result<Vec<(&'r HeaderRow, Concern)>, Trouble> {
    let concerning: Vec<_> = rows.iter().filter_map(|row| Some((row, Concern::of(row, folder.role, known)?))).collect();
    if concerning.is_empty() {
        return Ok(concerning);
    }
    world.store.read(|tx| {
        let fresh = concerning.into_iter().filter_map(|(row, concern)| match concern.is_known(tx) {
            Ok(true) => None,
            Ok(false) => Some(Ok((row, concern))),
            Err(error) => Some(Err(Trouble::from(error))),
        });
        fresh.collect()
    })
}

/// Fetches, understands and writes down; the cursor moves in the same transaction (P8).
fn learn(
    world: &mut World,
    folder: &Folder,
    wanted: &[(&HeaderRow, Concern)],
    known: &mut Known,
    live_from: Option<Timestamp>,
    cursor: Option<Cursor>,
) -> Result<u64, Trouble> {
    let mut bodies: HashMap<u64, Vec<u8>> = HashMap::new();
    let rows: Vec<&HeaderRow> = wanted.iter().map(|(row, _)| *row).collect();
    if rows.is_empty() && cursor.is_none() {
        return Ok(0);
    }
    if !rows.is_empty() {
        let longest = world.settings.reading.longest_mail;
        world.post.whole(&rows, &mut |uid, mut bytes| {
            bytes.truncate(longest);
            bodies.insert(uid, bytes);
        })?;
    }
    let World { store, settings, clock, .. } = world;
    let now = clock.now();
    let (kept, ids) = store.write(|tx| {
        let taught = if wanted.is_empty() { Taught::default() } else { Taught::of(tx.corrections()?, &settings.owner.zone) };
        let mut learner =
            Learner { tx, settings, known, taught: &taught, now, live_from, folder, touched: BTreeSet::new(), ids: Vec::new() };
        let mut kept = 0;
        for (row, concern) in wanted {
            let Some(bytes) = bodies.get(&row.uid) else { continue };
            kept += u64::from(learner.learn(row, concern, bytes)?);
        }
        learner.finish()?;
        if let Some(cursor) = cursor {
            tx.set_cursor(&folder.name, folder.role, cursor, now)?;
        }
        Ok::<_, StoreError>((kept, learner.ids))
    })?;
    for id in ids {
        known.learn_id(&id);
    }
    Ok(kept)
}
