//! What one mail teaches: what it means, and what that does.

mod concern;
pub(super) mod guard;
mod report;

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp, ToSpan};

pub(super) use concern::STRANGER;
pub use concern::{Concern, event_of};
use concern::{Why, is_strangers};
pub(super) use guard::UNREAD;

use super::departed::{Departure, departed};
use super::record::Pen;
use super::sync::Known;
use crate::mail::mime;
use crate::model::address::Address;
use crate::model::folder::{Folder, HeaderRow};
use crate::model::id::{ContactId, MessageId};
use crate::model::journal::{Effect, EntryKind, NewEntry, Side};
use crate::model::mail::Mail;
use crate::model::message::{Direction, Message};
use crate::model::reading::{Kind, Reading};
use crate::model::settings::Settings;
use crate::steps::decide::{Decision, Writer, decide};
use crate::steps::story::DOUBT;
use crate::steps::understand::{Known as Sense, Taught, understand};
use crate::store::messages::Arrival;
use crate::store::{StoreError, Tx};

/// Marks the reading of a mail in a contact's name that failed the provider's check: no draft answers it.
pub const UNVERIFIED: &str = "sender_check_failed";

/// A mail that was on its way for longer was written at another hour.
const AT_ONCE: SignedDuration = SignedDuration::from_hours(1);

/// Writes down what a batch of mails teaches, inside one transaction.
pub struct Learner<'a> {
    /// The transaction.
    pub tx: &'a Tx<'a>,
    /// The owner's settings.
    pub settings: &'a Settings,
    /// What is known.
    pub known: &'a Known,
    /// What the owner corrected.
    pub taught: &'a Taught,
    /// The hour.
    pub now: Timestamp,
    /// Mail of this pass arrived after this instant; `None` for history.
    pub live_from: Option<Timestamp>,
    /// The folder they are in.
    pub folder: &'a Folder,
    /// Contacts whose story changed.
    pub touched: BTreeSet<ContactId>,
    /// `Message-ID`s newly kept.
    pub ids: Vec<String>,
}

impl Learner<'_> {
    /// Learns one mail; true when it was kept. One that the mailbox does not hand over, so that `bytes` are empty, is
    /// learnt from its header, and the owner is asked (P8).
    ///
    /// # Errors
    /// When the database fails.
    pub fn learn(&mut self, row: &HeaderRow, concern: &Concern, bytes: &[u8]) -> Result<bool, StoreError> {
        let Some(concern) = &concern.now(self.tx)? else { return Ok(false) };
        if concern.is_known(self.tx)? {
            return Ok(false);
        }
        let whole = guard::or_nothing(|| mime::parse(bytes));
        let is_unread = whole.is_none();
        let Some(mail) = whole.or_else(|| guard::or_nothing(|| mime::parse_headers(&row.header))) else { return Ok(false) };
        let bytes = if is_unread { &row.header } else { bytes };
        // One mail happens once, also for somebody who was added after it was kept for another.
        let at = match self.tx.kept_at(&concern.event)? {
            Some(at) => at,
            None => self.after_ours(self.at(row, &mail)?, concern)?,
        };
        let found = Found { mail: &mail, bytes, is_unread, event: &concern.event, at, arrived: row.arrived };
        if !matches!(concern.why, Why::Owner(_) | Why::Contact(_, Writer::Unverified)) {
            self.was_sent(mail.refers_to(), |begun| begun.unwrap_or(at).min(at), "it was answered")?;
        }
        match &concern.why {
            Why::Contact(contact, writer) => self.learn_from_contact(&found, *contact, *writer),
            Why::Owner(contacts) => self.learn_from_owner(&found, contacts),
            Why::Thread => self.in_thread(&found),
            Why::Report => self.report(&found),
        }
    }

    /// Brings the stories of all contacts concerned up to date.
    ///
    /// # Errors
    /// When the database fails.
    pub fn finish(&mut self) -> Result<(), StoreError> {
        self.pen().restory_many(self.tx, &self.touched)
    }

    fn pen(&self) -> Pen<'_> {
        Pen { settings: self.settings, now: self.now }
    }

    /// When a mail counts as having happened. New mail happened since the last look and before now, whatever it says;
    /// old mail when its date says, unless that is senseless. What a restored backup does not know is dated as it was when
    /// it was new: a check-in keeps the Date of its first try, and may have left weeks later (P3, P17). An answer comes
    /// after what it answers.
    fn at(&self, row: &HeaderRow, mail: &Mail) -> Result<Timestamp, StoreError> {
        let written = mail.date.map(|date| date.at);
        let arrived = row.arrived.or(written).unwrap_or(self.now);
        let sane = |at: &Timestamp| arrived.checked_add(25.hours()).is_ok_and(|latest| *at <= latest);
        let reread_from = self.tx.instant("reread_from")?;
        let at = match self.live_from {
            // Stamped before the last look and not seen then: moved here, or stamped by another clock. It is new now.
            Some(last) if arrived < last => self.now,
            Some(_) => arrived,
            // In a folder that is read anew, too, what came since the last look is new.
            None if reread_from.or(self.tx.instant("last_sync")?).is_some_and(|from| from <= arrived) => arrived,
            None => written.filter(sane).unwrap_or(arrived),
        };
        let mut after = None;
        for id in mail.refers_to().take(1) {
            after = self.tx.message_by_rfc_id(id)?.map(|parent| parent.at);
        }
        if self.is_clock_behind(arrived, after)? {
            return Ok(arrived.max(after.unwrap_or(arrived)));
        }
        let at = after.and_then(|parent| parent.checked_add(1.second()).ok()).map_or(at, |parent| at.max(parent));
        // Not even a clock set back a little, as --now may be between two commands, turns question and answer round.
        Ok(at.min(self.now).max(after.unwrap_or(Timestamp::MIN)))
    }

    /// True when the server's stamp and what was done before both are far ahead of this machine's clock: then it is the
    /// clock that is wrong, and the stamp is right.
    fn is_clock_behind(&self, arrived: Timestamp, parent: Option<Timestamp>) -> Result<bool, StoreError> {
        let is_ahead = |at: Timestamp| at.duration_since(self.now) > DOUBT;
        Ok(is_ahead(arrived) && (parent.is_some_and(is_ahead) || self.tx.instant("last_sync")?.is_some_and(is_ahead)))
    }

    /// What is new comes after what was done with these contacts so far, even when the clock was set back since.
    fn after_ours(&self, at: Timestamp, concern: &Concern) -> Result<Timestamp, StoreError> {
        let mut at = at;
        for contact in concern.contacts().iter().filter(|_| self.live_from.is_some()) {
            let last = self.tx.last_happened(*contact)?.filter(|last| *last > self.now && last.duration_since(self.now) < DOUBT);
            at = at.max(last.unwrap_or(at));
        }
        Ok(at)
    }

    fn learn_from_contact(&mut self, found: &Found<'_>, contact: ContactId, writer: Writer) -> Result<bool, StoreError> {
        let mut reading = self.read(found);
        if writer == Writer::Unverified {
            reading.rules.push(UNVERIFIED.to_owned());
        } else if reading.kind == Kind::Bounce {
            return self.report(found);
        }
        let decision = decide(&reading, writer, found.at.to_zoned(self.settings.owner.zone.clone()).date());
        if writer == Writer::Contact
            && reading.kind == Kind::Reply
            && let Some(address) = found.mail.sender()
        {
            self.tx.wrote_from(address, found.at)?;
        }
        self.keep_and_tell(found, contact, reading, &decision)?;
        Ok(true)
    }

    /// Something refers to a mail whose fate was not known, or lies in Sent: it did leave (P1).
    /// `left` says when, knowing when its last body that is known of was begun.
    fn was_sent<'i>(
        &self,
        ids: impl Iterator<Item = &'i str>,
        left: impl Fn(Option<Timestamp>) -> Timestamp,
        how: &str,
    ) -> Result<(), StoreError> {
        for id in ids {
            let Some(mut draft) = self.tx.draft_by_rfc_id(id)?.filter(|draft| draft.state.is_open()) else { continue };
            let begun = self.tx.rendered(draft.id)?.and_then(|rendered| rendered.body_begun);
            // Found on a clock that was set back since, it did not leave before it was begun.
            let begun = begun.filter(|begun| begun.duration_since(self.now) < DOUBT);
            let at = begun.map_or_else(|| left(begun), |begun| left(Some(begun)).max(begun));
            let departure = Departure { at, answer: how, copy_until: self.now };
            departed(&self.pen(), self.tx, &mut draft, &departure)?;
        }
        Ok(())
    }

    fn in_thread(&mut self, found: &Found<'_>) -> Result<bool, StoreError> {
        let Some(contact) = self.contact_of_thread(found.mail)? else { return Ok(false) };
        let mut reading = self.read(found);
        if reading.kind == Kind::Bounce {
            return self.report(found);
        }
        reading.rules.push(STRANGER.to_owned());
        let decision = decide(&reading, Writer::Stranger, found.at.to_zoned(self.settings.owner.zone.clone()).date());
        self.keep_and_tell(found, contact, reading, &decision)?;
        Ok(true)
    }

    fn contact_of_thread(&self, mail: &Mail) -> Result<Option<ContactId>, StoreError> {
        for id in mail.refers_to() {
            if let Some(contact) = self.contact_of_id(id)? {
                return Ok(Some(contact));
            }
        }
        Ok(None)
    }

    fn contact_of_id(&self, id: &str) -> Result<Option<ContactId>, StoreError> {
        if let Some(message) = self.tx.message_by_rfc_id(id)? {
            return Ok(Some(message.contact));
        }
        Ok(self.tx.draft_by_rfc_id(id)?.map(|draft| draft.contact))
    }

    /// The owner's own mail, or the copy of a check-in.
    fn learn_from_owner(&mut self, found: &Found<'_>, contacts: &[ContactId]) -> Result<bool, StoreError> {
        let ids = found.mail.message_id.iter().chain(&found.mail.original_message_id);
        // It may have been sent again after the try that is known of: the copy says when.
        let filed = found.arrived.filter(|at| *at <= self.now);
        let left = |begun: Option<Timestamp>| {
            let begun = begun.filter(|at| *at <= self.now);
            filed.max(begun).unwrap_or(found.at)
        };
        self.was_sent(ids.clone().map(String::as_str), left, "found in Sent")?;
        for id in ids {
            if let Some(draft) = self.tx.draft_by_rfc_id(id)? {
                // Outlook gave our mail another id: answers will refer to that one.
                if found.mail.original_message_id.is_some() {
                    self.keep(found, draft.contact, Direction::Out, None)?;
                }
                return Ok(false);
            }
        }
        for contact in contacts {
            if self.tx.is_kept_for(found.event, *contact)? {
                continue;
            }
            let message = self.keep(found, *contact, Direction::Out, None)?;
            let line = NewEntry::about(*contact, found.at, EntryKind::OwnerWrote, format!("you wrote: {}", found.mail.subject))
                .message(message)
                .with([Effect::Touch(Side::Owner)]);
            self.tell(&line)?;
            self.pen().withdraw(self.tx, *contact, "you wrote to them yourself")?;
        }
        Ok(true)
    }

    fn in_thread_if_any(&mut self, found: &Found<'_>, reading: Reading) -> Result<bool, StoreError> {
        let Some(contact) = self.contact_of_thread(found.mail)? else { return Ok(false) };
        let decision = decide(&reading, Writer::Stranger, found.at.to_zoned(self.settings.owner.zone.clone()).date());
        self.keep_and_tell(found, contact, reading, &decision)?;
        Ok(true)
    }

    fn keep_and_tell(&mut self, found: &Found<'_>, contact: ContactId, reading: Reading, decision: &Decision) -> Result<(), StoreError> {
        let earlier = self.tx.message_of(found.event, contact)?.filter(is_strangers);
        let voids = match &earlier {
            Some(message) => self.tx.entries_about(message.id)?.last().map(|entry| entry.id),
            None => None,
        };
        let message = match earlier {
            Some(message) => {
                self.tx.set_reading(message.id, &reading)?;
                message.id
            }
            None => self.keep(found, contact, Direction::In, Some(reading))?,
        };
        let mut line =
            NewEntry::about(contact, found.at, decision.kind, decision.text.clone()).message(message).with(decision.effects.clone());
        line.outcome = decision.outcome;
        line.voids = voids;
        self.tell(&line)?;
        if decision.withdraws {
            self.pen().withdraw(self.tx, contact, "they wrote meanwhile")?;
        }
        Ok(())
    }

    /// Writes the line; the story is added up once, at the end of the batch.
    fn tell(&mut self, line: &NewEntry) -> Result<(), StoreError> {
        self.tx.append(line, self.now)?;
        self.touched.extend(line.contact);
        Ok(())
    }

    fn read(&self, found: &Found<'_>) -> Reading {
        if found.is_unread {
            return guard::unread();
        }
        // A mail moved here long after it came counts as new, but its "Thursday" does not.
        let arrived = found.arrived.map_or(found.at, |arrived| arrived.min(found.at));
        let sense = Sense { me: &self.known.me, arrived, zone: self.settings.owner.zone.clone(), taught: Some(self.taught) };
        guard::or_ask(|| understand(found.mail, &sense))
    }

    /// The address of a contact that a mail was written to.
    fn recipient<'m>(&self, mail: &'m Mail, contact: ContactId) -> Result<Option<&'m Address>, StoreError> {
        for person in mail.recipients() {
            if Known::contact_now(self.tx, &person.address)? == Some(contact) {
                return Ok(Some(&person.address));
            }
        }
        Ok(None)
    }

    fn keep(
        &mut self,
        found: &Found<'_>,
        contact: ContactId,
        direction: Direction,
        reading: Option<Reading>,
    ) -> Result<MessageId, StoreError> {
        let mail = found.mail;
        let (mine, peer) = match direction {
            Direction::In => (mail.recipients().map(|person| &person.address).find(|address| self.known.is_me(address)), mail.sender()),
            Direction::Out => (mail.sender(), self.recipient(mail, contact)?),
        };
        let mut thread = MessageId(0);
        for id in mail.refers_to() {
            if let Some(parent) = self.tx.message_by_rfc_id(id)? {
                thread = parent.thread;
                break;
            }
        }
        self.ids.extend(mail.message_id.clone());
        let message = Message {
            id: MessageId(0),
            thread,
            rfc_id: mail.message_id.clone(),
            contact,
            direction,
            peer: peer.cloned(),
            mine: mine.cloned(),
            subject: mail.subject.clone(),
            chain: mail.chain(),
            at: found.at,
            // A mail that was long on its way says nothing of their clock at the hour it came: summer time may have ended.
            offset: mail.date.filter(|date| date.at.duration_since(found.at).abs() <= AT_ONCE).map(|date| date.offset.seconds()),
            reading,
        };
        self.tx.keep_message(&message, &Arrival { event: found.event, folder: &self.folder.name, arrived: found.arrived, raw: found.bytes })
    }
}

struct Found<'a> {
    mail: &'a Mail,
    bytes: &'a [u8],
    /// Only its header is known.
    is_unread: bool,
    event: &'a str,
    at: Timestamp,
    /// When the provider took it in.
    arrived: Option<Timestamp>,
}
