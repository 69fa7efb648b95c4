//! Whom the owner knows already: the headers of the mailbox are looked at and nothing of them is kept (P9, P11).

use jiff::Timestamp;
use jiff::civil::Date;

use super::Trouble;
use super::learn::guard::or_nothing;
use crate::mail::mime;
use crate::model::acquaintance::Acquaintance;
use crate::model::contact::Contact;
use crate::model::edge::EdgeError;
use crate::model::folder::{Folder, HeaderRow, Role};
use crate::steps::acquaintance::Ledger;
use crate::steps::directory::Directory;
use crate::steps::import::name_key;
use crate::store::Tx;
use crate::world::World;

/// What a look through the mailbox found.
#[derive(Debug, Default)]
pub struct Discovered {
    /// Whom the owner knows at employers of the directory, the warmest first.
    pub people: Vec<Acquaintance>,
    /// Messages looked at.
    pub seen: u64,
    /// Folders looked at.
    pub folders: usize,
    /// Folders that the server would not open.
    pub unread: Vec<String>,
    /// Left out: contacts already.
    pub contacts: usize,
    /// Left out: never to be written to again.
    pub suppressed: usize,
    /// Left out: desks, lists and machines.
    pub desks: usize,
    /// Left out: people at the owner's own employer, or at domains never written to.
    pub colleagues: usize,
}

/// Looks through the headers back to a day. `progress` is told the folder, how many messages were looked at, and how many
/// of it are left.
///
/// # Errors
/// When the mailbox cannot be reached or the database fails.
pub fn discover(world: &mut World, since: Date, progress: &mut dyn FnMut(&str, u64, usize)) -> Result<Discovered, Trouble> {
    let now = world.now();
    let directory = Directory::new(world.store.read(|tx| tx.own_employers())?);
    let mut ledger = Ledger::new(&directory, &world.settings.owner.addresses(), &world.settings.sending.never, now);
    let mut found = Discovered::default();
    let folders: Vec<Folder> = world.post.folders()?.into_iter().filter(|folder| shows_people(folder.role)).collect();
    for folder in &folders {
        let name = crate::mail::imap::from_modified_utf7(&folder.name);
        let looked = world.post.glimpses(folder, since, &mut |row, left| {
            found.seen += 1;
            progress(&name, found.seen, left);
            note(&mut ledger, &row, folder.role, since);
        });
        match looked {
            Ok(()) => found.folders += 1,
            Err(EdgeError::Permanent(_)) if folders.len() > 1 => found.unread.push(name),
            Err(error) => return Err(error.into()),
        }
    }
    let all = ledger.finish();
    (found.desks, found.colleagues) = (all.desks, all.colleagues);
    world.store.read(|tx| sift(tx, all.people, &mut found))?;
    Ok(found)
}

/// Spam, drafts and what was thrown away say nothing of whom the owner knows.
const fn shows_people(role: Role) -> bool {
    !matches!(role, Role::Junk | Role::Drafts | Role::Trash)
}

fn note(ledger: &mut Ledger<'_>, row: &HeaderRow, role: Role, since: Date) {
    let since = since.to_zoned(jiff::tz::TimeZone::UTC).map_or(Timestamp::MIN, |start| start.timestamp());
    let read = or_nothing(|| mime::parse_headers(&row.header));
    if let Some(mail) = read.filter(|mail| mail.date.is_none_or(|date| date.at >= since)) {
        ledger.note(&mail, role == Role::Sent, row.arrived);
    }
}

/// Leaves out whoever is a contact, or is never to be written to again.
fn sift(tx: &Tx<'_>, people: Vec<Acquaintance>, found: &mut Discovered) -> Result<(), Trouble> {
    let contacts = tx.contacts()?;
    for person in people {
        let mut is_contact = false;
        let mut is_suppressed = false;
        for address in &person.addresses {
            is_contact |= tx.contact_of_person(address)?.is_some();
            is_suppressed |= tx.suppressed(address)?.is_some();
        }
        // The same name within the family is the same person at another address, whatever they said there (P2).
        is_contact |= contacts.iter().any(|kept| is_them(&kept.contact, &person));
        found.contacts += usize::from(is_contact);
        found.suppressed += usize::from(is_suppressed && !is_contact);
        if !is_contact && !is_suppressed {
            found.people.push(person);
        }
    }
    Ok(())
}

fn is_them(contact: &Contact, person: &Acquaintance) -> bool {
    contact.family.as_deref() == Some(person.family.as_str()) && name_key(&contact.name) == name_key(&person.name)
}
