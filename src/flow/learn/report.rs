//! Delivery reports: which mail came back, whose address is dead, and what follows.

use std::collections::BTreeMap;

use jiff::{Timestamp, ToSpan};

use super::{Found, Learner};
use crate::flow::sync::Known;
use crate::model::address::Address;
use crate::model::id::{ContactId, MessageId};
use crate::model::journal::{Effect, EntryKind, NewEntry};
use crate::model::mail::Mail;
use crate::model::message::Direction;
use crate::model::reading::BouncedRecipient;
use crate::model::standing::StopReason;
use crate::store::StoreError;

impl Learner<'_> {
    /// A delivery report: ties to our mail by its id, or by a recipient we wrote to lately when it carries none.
    pub(super) fn report(&mut self, found: &Found<'_>) -> Result<bool, StoreError> {
        let reading = self.read(found);
        let Some(bounce) = reading.bounce.clone() else { return self.in_thread_if_any(found, reading) };
        let left = |begun: Option<Timestamp>| begun.unwrap_or(found.at).min(found.at);
        self.was_sent(bounce.original_message_id.as_deref().into_iter(), left, "it was sent and came back")?;
        let written_to = self.written_to(found.mail, bounce.original_message_id.as_deref())?;
        let mut kept: BTreeMap<ContactId, MessageId> = BTreeMap::new();
        for recipient in &bounce.recipients {
            let Ok(address) = Address::parse(&recipient.address) else { continue };
            let Some(contact) = self.concerned(found, bounce.original_message_id.as_deref(), &address)? else { continue };
            // A report may name several addresses of one person, or one twice.
            let first = !kept.contains_key(&contact);
            let message = match kept.get(&contact) {
                Some(message) => *message,
                None => self.keep(found, contact, Direction::In, Some(reading.clone()))?,
            };
            kept.insert(contact, message);
            let words = in_words(&address, written_to.as_ref(), recipient);
            let line = NewEntry::about(contact, found.at, EntryKind::Bounced, words).message(message);
            let returned = (first && !recipient.delayed).then_some(Effect::Returned);
            self.bounced(contact, &[Some(address), written_to.clone()], recipient, line.with(returned))?;
        }
        Ok(!kept.is_empty())
    }

    fn concerned(&self, found: &Found<'_>, original: Option<&str>, address: &Address) -> Result<Option<ContactId>, StoreError> {
        for id in original.into_iter().chain(found.mail.refers_to()) {
            if let Some(contact) = self.contact_of_id(id)? {
                return Ok(Some(contact));
            }
        }
        // Reports come within days; a machine that slept reads them later.
        let recent = found.at.min(self.now).checked_sub((6 * 24).hours()).unwrap_or(self.now);
        if let Some(id) = original {
            // A mail that left after the backup was made may have come back before its copy is found, or has none.
            let may_be_forgotten = self.is_ours(id) && self.tx.was_restored_since(recent)?;
            return if may_be_forgotten { Known::contact_now(self.tx, address) } else { Ok(None) };
        }
        let Some(contact) = Known::contact_now(self.tx, address)? else { return Ok(None) };
        Ok(self.tx.was_written_since(contact, recent)?.then_some(contact))
    }

    /// True when an id was made at the owner's own domain.
    fn is_ours(&self, id: &str) -> bool {
        let domain = id.rsplit_once('@').map_or("", |(_, domain)| domain.trim_end_matches('>'));
        self.known.me.iter().any(|mine| mine.domain().eq_ignore_ascii_case(domain))
    }

    /// The one address that the check-in which came back was written to. It may pass its mail on to the one that the
    /// report names, and then nothing reaches them through it either.
    fn written_to(&self, mail: &Mail, original: Option<&str>) -> Result<Option<Address>, StoreError> {
        for id in original.into_iter().chain(mail.refers_to()) {
            if let Some(draft) = self.tx.draft_by_rfc_id(id)? {
                return Ok(Some(draft.content.to.address));
            }
        }
        Ok(None)
    }

    fn bounced(
        &mut self,
        contact: ContactId,
        addresses: &[Option<Address>],
        recipient: &BouncedRecipient,
        line: NewEntry,
    ) -> Result<(), StoreError> {
        let mut line = line;
        let mut dead = Vec::new();
        for address in addresses.iter().flatten().filter(|_| recipient.hard && !recipient.delayed) {
            // Only an address of theirs dies: a report proves nothing about anybody else's.
            if self.tx.contact_of(address)? == Some(contact) {
                dead.push(address);
            }
        }
        if !dead.is_empty() {
            let why = recipient.reason.replace('_', " ");
            dead.iter().try_for_each(|address| self.tx.set_dead(address, &why))?;
            let living = self.tx.contact(contact)?.is_some_and(|kept| !kept.contact.addresses.is_empty());
            if !living {
                line = line.with([Effect::Stop(StopReason::Undeliverable)]);
            }
            self.pen().withdraw(self.tx, contact, "a mail to them came back")?;
        }
        self.tell(&line)
    }
}

fn in_words(address: &Address, written_to: Option<&Address>, recipient: &BouncedRecipient) -> String {
    let reason = recipient.reason.replace('_', " ");
    let to = match written_to.filter(|other| other.key() != address.key()) {
        Some(other) => format!("{other}, which is passed on to {address},"),
        None => address.to_string(),
    };
    match (recipient.delayed, recipient.hard) {
        (true, _) => format!("mail to {to} is late; the server goes on trying ({reason})"),
        (false, true) => format!("mail to {to} came back: {reason}; this address is not written to again"),
        (false, false) => format!("mail to {to} came back: {reason}"),
    }
}
