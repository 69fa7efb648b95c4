//! What follows from a check-in having left: the touch, the news told, the mail kept, the copy wanted in Sent.

use jiff::Timestamp;

use super::learn::event_of;
use super::record::Pen;
use crate::mail::mime;
use crate::model::draft::{Draft, DraftState};
use crate::model::id::MessageId;
use crate::model::journal::{Effect, EntryKind, NewEntry, Side};
use crate::model::message::{Direction, Message};
use crate::store::messages::Arrival;
use crate::store::{StoreError, Tx};

/// When and how a check-in left.
#[derive(Debug, Clone, Copy)]
pub struct Departure<'a> {
    /// When.
    pub at: Timestamp,
    /// The server's words, or how it is known.
    pub answer: &'a str,
    /// Until when the provider's own copy in Sent may still appear.
    pub copy_until: Timestamp,
}

/// Writes down that the server has it: the check-in, the touch, the news told, and the copy wanted in Sent.
///
/// # Errors
/// When it was never rendered, or the database fails.
pub fn departed(pen: &Pen<'_>, tx: &Tx<'_>, draft: &mut Draft, departure: &Departure<'_>) -> Result<(), StoreError> {
    let rendered = tx.rendered(draft.id)?.ok_or_else(|| StoreError::Rule("the mail was never rendered".to_owned()))?;
    draft.state = DraftState::Sent;
    draft.answer = Some(departure.answer.to_owned());
    tx.update_draft(draft, pen.now)?;
    tx.set_sent(draft.id, departure.at, Some(departure.copy_until))?;
    let message = keep_own(tx, draft, &rendered.raw, departure.at)?;
    if let Some(news) = draft.news {
        tx.set_told(news, draft.contact)?;
    }
    let mut line = NewEntry::about(draft.contact, departure.at, EntryKind::CheckIn, format!("check-in sent: {}", draft.content.subject))
        .draft(draft.id)
        .with([Effect::Touch(Side::Owner), Effect::CheckIn]);
    line.message = message;
    pen.record(tx, &line)?;
    Ok(())
}

/// Our own mail is kept like the copy in Sent would be, so that the copy is known when it is seen.
fn keep_own(tx: &Tx<'_>, draft: &Draft, raw: &[u8], at: Timestamp) -> Result<Option<MessageId>, StoreError> {
    let Some(mail) = mime::parse(raw) else { return Ok(None) };
    let event = event_of(&mail);
    if tx.is_kept_for(&event, draft.contact)? {
        return Ok(None);
    }
    let parent = match &draft.content.in_reply_to {
        Some(id) => tx.message_by_rfc_id(id)?,
        None => None,
    };
    let message = Message {
        id: MessageId(0),
        thread: parent.map_or(MessageId(0), |parent| parent.thread),
        rfc_id: mail.message_id.clone(),
        contact: draft.contact,
        direction: Direction::Out,
        peer: Some(draft.content.to.address.clone()),
        mine: Some(draft.content.from.address.clone()),
        subject: mail.subject.clone(),
        chain: mail.chain(),
        at,
        offset: None,
        reading: None,
    };
    tx.keep_message(&message, &Arrival { event: &event, folder: "", arrived: None, raw }).map(Some)
}
