//! Ten years of keeping in touch: what a person asks must still be answered at once.

use std::time::Duration;

use curbside::model::contact::Contact;
use curbside::model::draft::{Content, Draft, DraftState};
use curbside::model::id::{ContactId, DraftId, MessageId};
use curbside::model::journal::{Effect, EntryKind, NewEntry, Side};
use curbside::model::message::{Direction, Message};
use curbside::model::plan::Reason;
use curbside::store::messages::Arrival;
use curbside::store::{StoreError, Tx};
use curbside::world::World;
use jiff::{Timestamp, ToSpan};

use crate::{home, median};

/// People kept in touch with.
const CONTACTS: usize = 500;
/// Check-ins to each, one every eight weeks.
const ROUNDS: i64 = 65;
const WEEKS: i64 = 8;

/// Times what a person asks after ten years, against starting the program alone.
pub fn run(runs: usize) {
    let home = home::local("decade");
    let world = home::world(&home);
    home::add(&world, "Model Contact", "model@decade.example");
    let model = world.store.read(|tx| tx.contacts()).expect("contacts").remove(0).contact;
    for number in 0..CONTACTS {
        world.store.write(|tx| ten_years(&world, tx, &model, number)).expect("ten years are written");
    }
    let lines = CONTACTS * usize::try_from(ROUNDS).expect("a number") * 3;
    println!("ten years: {CONTACTS} contacts, {lines} lines in the journal, {} check-ins and as many answers", lines / 3);
    let time = |args: &[&str]| median((0..runs.max(5)).map(|_| home::timed(&home, args).took).collect());
    let start = time(&["config"]);
    let someone = "contact77@decade.example";
    let asked = [
        &["why", someone][..],
        &["show", someone],
        &["status"],
        &["plan"],
        &["contacts", "--due"],
        &["review"],
        &["outbox"],
        &["digest", "--preview", "text"],
    ];
    for args in asked {
        let took: Duration = time(args);
        println!("{}: {took:.1?}, {:.1} times a bare start (budget 50 ms)", args.join(" "), took.as_secs_f64() / start.as_secs_f64());
    }
}

fn ten_years(world: &World, tx: &Tx<'_>, model: &Contact, number: usize) -> Result<(), StoreError> {
    let mut contact = model.clone();
    contact.name = format!("Contact Number{number}");
    contact.addresses = vec![format!("contact{number}@decade.example").parse().expect("an address")];
    let id = tx.add_contact(&contact)?;
    tx.set_searched(&contact.addresses, world.now())?;
    for round in 0..ROUNDS {
        // Not all on one day; the last of them between now and two months ago.
        let hours = (ROUNDS - round) * WEEKS * 7 * 24 - i64::try_from(number % 56).expect("a number") * 24;
        let at = world.now().checked_sub(hours.hours()).expect("a date");
        check_in(world, tx, id, &contact, at, round)?;
        answer(tx, id, &contact, at.checked_add(30.hours()).expect("a date"), round, world)?;
    }
    world.pen().restory(tx, id)
}

fn check_in(world: &World, tx: &Tx<'_>, id: ContactId, contact: &Contact, at: Timestamp, round: i64) -> Result<(), StoreError> {
    let mut draft = draft(world, id, contact, at);
    draft.id = tx.add_draft(&draft)?;
    let raw = format!("Subject: A word\r\n\r\n{}", draft.content.text);
    tx.set_rendered(draft.id, raw.as_bytes(), &format!("out.{id}.{round}@mail.example"))?;
    draft.state = DraftState::Sent;
    tx.update_draft(&draft, at)?;
    tx.set_sent(draft.id, at, None)?;
    tx.append(&NewEntry::about(id, at, EntryKind::Approved, "approved: you said yes").draft(draft.id), at)?;
    let touch = [Effect::Touch(Side::Owner), Effect::CheckIn];
    tx.append(&NewEntry::about(id, at, EntryKind::CheckIn, "check-in sent: A word").draft(draft.id).with(touch), at).map(drop)
}

fn draft(world: &World, id: ContactId, contact: &Contact, at: Timestamp) -> Draft {
    let to = curbside::model::address::Mailbox { name: contact.name.clone(), address: contact.addresses[0].clone() };
    let content = Content {
        from: world.settings.owner.mailbox.clone(),
        to,
        subject: "A word".to_owned(),
        text: "It has been a while, and I hope that the review season is kind to you.\n".repeat(8),
        in_reply_to: None,
        references: Vec::new(),
        attachment: None,
    };
    Draft {
        id: DraftId(0),
        contact: id,
        name: contact.name.clone(),
        family: None,
        revision: 1,
        state: DraftState::Review,
        because: Reason::LongSilence,
        reason: "eight weeks have passed".to_owned(),
        template: "checkin".to_owned(),
        news: None,
        content,
        approved: Some("0123456789ab".to_owned()),
        approved_at: Some(at),
        due: at.to_zoned(world.settings.owner.zone.clone()).date(),
        send_at: at,
        blocked: None,
        attempts: 1,
        answer: Some("2.0.0 Ok".to_owned()),
        message_id: None,
        created_at: at,
        changed_at: at,
    }
}

fn answer(tx: &Tx<'_>, id: ContactId, contact: &Contact, at: Timestamp, round: i64, world: &World) -> Result<(), StoreError> {
    let rfc_id = format!("in.{id}.{round}@decade.example");
    let message = Message {
        id: MessageId(0),
        thread: MessageId(0),
        rfc_id: Some(rfc_id.clone()),
        contact: id,
        direction: Direction::In,
        peer: contact.addresses.first().cloned(),
        mine: Some(world.settings.owner.mailbox.address.clone()),
        subject: "Re: A word".to_owned(),
        chain: vec![rfc_id.clone()],
        at,
        offset: Some(-18_000),
        reading: None,
    };
    let raw =
        format!("Subject: Re: A word\r\nMessage-ID: <{rfc_id}>\r\n\r\n{}", "Thanks for the note, and all the best to you.\r\n".repeat(20));
    let kept = tx.keep_message(&message, &Arrival { event: &rfc_id, folder: "INBOX", arrived: None, raw: raw.as_bytes() })?;
    let mut line = NewEntry::about(id, at, EntryKind::TheyWrote, "they wrote: thanks").with([Effect::Touch(Side::Theirs)]);
    line.message = Some(kept);
    tx.append(&line, at).map(drop)
}
