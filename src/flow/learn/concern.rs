//! Whom a mail concerns, found out from its header alone; what concerns nobody is forgotten (P11).

use std::collections::BTreeSet;
use std::ops::Range;

use super::guard;
use crate::flow::sync::Known;
use crate::mail::mime;
use crate::model::address::Address;
use crate::model::folder::{HeaderRow, Role};
use crate::model::id::ContactId;
use crate::model::mail::Mail;
use crate::model::message::Message;
use crate::steps::decide::Writer;
use crate::store::{StoreError, Tx};

/// Why a mail is read whole, found out from its header alone.
#[derive(Debug, Clone)]
pub struct Concern {
    /// The same for all copies of one mail.
    pub event: String,
    pub(super) why: Why,
    /// The addresses by which contacts were known.
    people: Vec<Address>,
}

#[derive(Debug, Clone)]
pub(super) enum Why {
    /// A contact wrote.
    Contact(ContactId, Writer),
    /// The owner wrote to contacts.
    Owner(Vec<ContactId>),
    /// Somebody else refers to a kept mail.
    Thread,
    /// It may be a delivery report about a contact.
    Report,
}

impl Concern {
    /// Looks at a header; `None` when the mail concerns nobody and is forgotten.
    #[must_use]
    pub fn of(row: &HeaderRow, role: Role, known: &Known) -> Option<Self> {
        if !may_concern(&row.header, known) {
            return None;
        }
        let mail = guard::or_nothing(|| mime::parse_headers(&row.header))?;
        let why = why(&mail, role, known)?;
        let people = match &why {
            Why::Contact(..) => mail.sender().into_iter().cloned().collect(),
            Why::Owner(_) => mail.recipients().map(|person| person.address.clone()).collect(),
            Why::Thread | Why::Report => Vec::new(),
        };
        Some(Self { event: event(&mail, row), why, people })
    }

    /// The same for the contacts as they are now; `None` when those whom it concerned were forgotten meanwhile.
    ///
    /// # Errors
    /// When the database fails.
    pub(super) fn now(&self, tx: &Tx<'_>) -> Result<Option<Self>, StoreError> {
        let mut contacts = BTreeSet::new();
        for address in &self.people {
            contacts.extend(Known::contact_now(tx, address)?);
        }
        let why = match &self.why {
            Why::Contact(_, writer) => contacts.first().map(|contact| Why::Contact(*contact, *writer)),
            Why::Owner(_) => (!contacts.is_empty()).then(|| Why::Owner(contacts.into_iter().collect())),
            other => Some(other.clone()),
        };
        Ok(why.map(|why| Self { why, ..self.clone() }))
    }

    /// True when this mail is kept already, from this folder or another.
    ///
    /// # Errors
    /// When the database fails.
    pub fn is_known(&self, tx: &Tx<'_>) -> Result<bool, StoreError> {
        match &self.why {
            // A mail kept for one contact may concern another who was added later (P8).
            // One read as somebody else's, from an address given for the contact since, is read anew as theirs.
            Why::Contact(contact, _) => Ok(tx.message_of(&self.event, *contact)?.is_some_and(|message| !is_strangers(&message))),
            Why::Owner(contacts) => Ok(contacts
                .iter()
                .map(|contact| tx.is_kept_for(&self.event, *contact))
                .collect::<Result<Vec<_>, _>>()?
                .into_iter()
                .all(|kept| kept)),
            Why::Thread | Why::Report => tx.is_kept(&self.event),
        }
    }

    /// The contacts whose mail it is, or to whom the owner wrote.
    pub(in crate::flow) fn contacts(&self) -> Vec<ContactId> {
        match &self.why {
            Why::Contact(contact, _) => vec![*contact],
            Why::Owner(contacts) => contacts.clone(),
            Why::Thread | Why::Report => Vec::new(),
        }
    }
}

/// True for mail that was kept as somebody else's within the conversation.
pub(super) fn is_strangers(message: &Message) -> bool {
    message.reading.as_ref().is_some_and(|reading| reading.rules.iter().any(|rule| rule == STRANGER))
}

/// Marks the reading of a mail from an address that was not known to be the contact's.
pub(in crate::flow) const STRANGER: &str = "unknown_sender";

/// A cheap look at the raw header before it is parsed: most mail names nobody the owner keeps.
fn may_concern(header: &[u8], known: &Known) -> bool {
    let lower = || header.iter().map(u8::to_ascii_lowercase);
    let text: Vec<u8> = lower().collect();
    if memchr::memmem::find(&text, b"multipart/report").is_some()
        || memchr::memmem::find(&text, b"mailer-daemon").is_some()
        || memchr::memmem::find(&text, b"postmaster").is_some()
        || memchr::memmem::find(&text, b"x-failed-recipients").is_some()
        || memchr::memmem::find(&text, b"=?").is_some()
    {
        return true;
    }
    tokens(&text).filter(|token| text[token.clone()].contains(&b'@')).any(|token| names_known(&text[token.clone()], &header[token], known))
}

/// The words of a header between white space and the marks that part addresses and ids; each is looked at once.
fn tokens(text: &[u8]) -> impl Iterator<Item = Range<usize>> {
    let parts =
        |byte: &u8| byte.is_ascii_whitespace() || matches!(byte, b'<' | b'>' | b',' | b';' | b'"' | b'(' | b')' | b':' | b'[' | b']');
    let mut start = 0;
    text.split(parts).map(move |token| {
        let range = start..start + token.len();
        start = range.end + 1;
        range
    })
}

/// True when an address or id is known.
fn names_known(lower: &[u8], header: &[u8], known: &Known) -> bool {
    let Ok(token) = std::str::from_utf8(lower) else { return true };
    let token = token.trim_matches('\'');
    // A domain in letters beyond ASCII has another form among the known ones.
    !token.is_ascii()
        || known.contacts.contains_key(token)
        || token.contains('+')
        || std::str::from_utf8(header).is_ok_and(|id| known.refers(id))
        || token.contains('=') && token.len() > 60
}

fn why(mail: &Mail, role: Role, known: &Known) -> Option<Why> {
    let from_me = mail.sender().is_some_and(|sender| known.is_me(sender));
    let from_contact = mail.sender().and_then(|sender| known.contact_of(sender)).filter(|_| !from_me);
    if role == Role::Sent && from_contact.is_none() {
        // Lying in Sent makes a mail the owner's, from whatever alias; a From line alone proves nothing (P6).
        let contacts: BTreeSet<ContactId> = mail.recipients().filter_map(|person| known.contact_of(&person.address)).collect();
        return (!contacts.is_empty()).then(|| Why::Owner(contacts.into_iter().collect()));
    }
    // Of what was thrown away only a contact's own word counts.
    if from_me || role == Role::Trash && from_contact.is_none() {
        return None;
    }
    if let Some(contact) = from_contact {
        let writer = if fails_dmarc(mail) || has_two_writers(mail) { Writer::Unverified } else { Writer::Contact };
        return Some(Why::Contact(contact, writer));
    }
    if looks_like_report(mail) {
        return Some(Why::Report);
    }
    mail.refers_to().any(|id| known.refers(id)).then_some(Why::Thread)
}

fn looks_like_report(mail: &Mail) -> bool {
    let sender = mail.sender().map_or("", Address::local).to_ascii_lowercase();
    let content = mail.header("content-type").unwrap_or_default().to_ascii_lowercase();
    content.contains("multipart/report")
        || mail.header("x-failed-recipients").is_some()
        || ["mailer-daemon", "postmaster"].contains(&sender.as_str())
        || mail.from.is_empty()
}

/// The provider's own verdict: the topmost `Authentication-Results` (RFC 8601), and those right below it from the same
/// provider: some write a field for each method, each in the name of another host. Lower ones may be forged.
fn fails_dmarc(mail: &Mail) -> bool {
    let mut results = mail.headers.iter().filter(|(name, _)| name == "authentication-results").map(|(_, text)| text.to_ascii_lowercase());
    let Some(first) = results.next() else { return false };
    let provider = provider(&first).map(str::to_owned);
    let run = results.take_while(|text| provider.is_some() && self::provider(text) == provider.as_deref());
    std::iter::once(first.clone()).chain(run).any(|text| text.split_whitespace().collect::<String>().contains("dmarc=fail"))
}

/// The last two labels of the host in whose name a result is given; `None` when it names none, as Outlook's do.
fn provider(result: &str) -> Option<&str> {
    let host = result.split([';', ' ', '\t']).find(|word| !word.is_empty())?;
    let mut dots = host.rmatch_indices('.').map(|(at, _)| at);
    dots.next().filter(|_| !host.contains('='))?;
    Some(dots.next().map_or(host, |at| &host[at + 1..]))
}

/// Several writers, or From twice: the provider may have checked another than the one we see (RFC 7489, 6.6.1).
fn has_two_writers(mail: &Mail) -> bool {
    let people: BTreeSet<String> = mail.from.iter().map(|person| person.address.key()).collect();
    people.len() > 1 || mail.headers.iter().filter(|(name, _)| name == "from").count() > 1
}

/// What tells a mail from all others and is the same in every folder.
fn event(mail: &Mail, row: &HeaderRow) -> String {
    let id = mail.message_id.as_deref().unwrap_or("");
    let from = mail.sender().map(Address::key).unwrap_or_default();
    let date = mail.header("date").unwrap_or_default();
    let size = if id.is_empty() { row.size.to_string() } else { String::new() };
    digest(&[id, &from, date, &mail.subject, &size])
}

/// The event of a mail of our own making, as its copy in Sent will show it.
#[must_use]
pub fn event_of(mail: &Mail) -> String {
    let from = mail.sender().map(Address::key).unwrap_or_default();
    digest(&[mail.message_id.as_deref().unwrap_or(""), &from, mail.header("date").unwrap_or_default(), &mail.subject, ""])
}

fn digest(parts: &[&str]) -> String {
    use std::fmt::Write as _;
    let mut context = ring::digest::Context::new(&ring::digest::SHA256);
    for part in parts {
        context.update(part.as_bytes());
        context.update(&[0]);
    }
    context.finish().as_ref()[..16].iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
