//! Changes to contacts and to what is known of them.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::{Changed, EditContact, NewContact};
use crate::flow::prepare::counted_since;
use crate::flow::{Trouble, contact};
use crate::model::address::{Address, clean_name};
use crate::model::contact::{Contact, Mode, Relation};
use crate::model::employer::Employer;
use crate::model::id::ContactId;
use crate::model::journal::{Effect, EntryKind, NewEntry, Side};
use crate::model::span::Span;
use crate::model::standing::{HoldReason, StopReason};
use crate::steps::directory::Directory;
use crate::steps::story;
use crate::store::Tx;
use crate::world::World;

/// The longest text taken from the owner for one field, in characters.
const MOST_TEXT: usize = 2_000;

pub(super) fn add(world: &World, tx: &Tx<'_>, new: NewContact) -> Result<Changed, Trouble> {
    refuse_known(world, tx, &new)?;
    let (employer, family) = employer(tx, new.employer.as_deref(), &new.addresses)?;
    let contact = Contact {
        id: ContactId(0),
        name: required("name", &new.name)?,
        addresses: new.addresses,
        employer,
        family,
        title: plain(new.title),
        relation: new.relation.unwrap_or(Relation::Other),
        met: plain(new.met),
        every: checked_every(new.every)?,
        zone: checked_zone(plain(new.zone))?,
        state: plain(new.state).map(|state| state.to_uppercase()),
        tags: new.tags.iter().map(|tag| clean_name(tag)).filter(|tag| !tag.is_empty()).collect(),
        note: plain(new.note),
        mode: new.mode.unwrap_or(Mode::Review),
        added_at: world.now(),
        searched: false,
    };
    let id = tx.add_contact(&contact)?;
    let pen = world.pen();
    let text = match &new.invited {
        Some(invitation) => format!("added again; their invitation: {}", clean_name(invitation)),
        None => "added".to_owned(),
    };
    // The history of before is read again; what they asked then does not outweigh what they asked since.
    let lifted = new.invited.iter().flat_map(|_| [Effect::Lift(StopReason::OptedOut), Effect::Lift(StopReason::Declined)]);
    pen.record(tx, &NewEntry::about(id, world.now(), EntryKind::Added, text).with(lifted))?;
    if let Some(note) = &contact.note {
        pen.record(tx, &NewEntry::about(id, world.now(), EntryKind::Note, note.clone()))?;
    }
    shown(tx, id)
}

pub(super) fn add_all(world: &World, tx: &Tx<'_>, all: Vec<NewContact>) -> Result<Changed, Trouble> {
    let added = all.into_iter().map(|new| match add(world, tx, new)? {
        Changed::Contact(kept) => Ok(*kept),
        _ => Err(Trouble::refused("the contact is gone")),
    });
    Ok(Changed::Contacts(added.collect::<Result<_, Trouble>>()?))
}

/// Someone suppressed comes back only by `--again`, and after an opt-out only with their later invitation (P17).
fn refuse_known(world: &World, tx: &Tx<'_>, new: &NewContact) -> Result<(), Trouble> {
    for address in &new.addresses {
        refuse_own(world, address)?;
        if let Some(other) = tx.contact_of_person(address)? {
            let name = tx.contact(other)?.map_or_else(String::new, |kept| kept.contact.name);
            return Err(Trouble::refused(format!(
                "{address} already belongs to {name} (contact {other}); change them with: curbside edit {other}"
            )));
        }
        let Some(reason) = tx.suppressed(address)? else { continue };
        if !new.again {
            return Err(Trouble::refused(format!(
                "{address} is never to be written to again ({}); if that has changed, add it with --again",
                reason.replace('_', " ")
            )));
        }
        if reason.contains("opted_out") && new.invited.is_none() {
            return Err(Trouble::refused(format!(
                "{address} asked not to be written to; only their own later invitation lifts that: add --invited \"when and how they invited you\""
            )));
        }
        tx.lift_suppression(address)?;
    }
    Ok(())
}

fn refuse_own(world: &World, address: &Address) -> Result<(), Trouble> {
    if world.settings.owner.addresses().iter().any(|own| own.key() == address.key()) {
        return Err(Trouble::refused(format!("{address} is your own address")));
    }
    Ok(())
}

/// The employer by name, else by the domain of the address; a new name becomes one of the owner's own rows.
fn employer(tx: &Tx<'_>, named: Option<&str>, addresses: &[Address]) -> Result<(Option<String>, Option<String>), Trouble> {
    let directory = Directory::new(tx.own_employers()?);
    if let Some(name) = named.map(clean_name).filter(|name| !name.is_empty()) {
        if let Some(row) = directory.by_name(&name) {
            return Ok((Some(row.name.clone()), Some(row.family.clone())));
        }
        // The domain is not taken over: a person's address proves nothing about the whole company.
        tx.put_employer(&Employer::named(name.clone(), name.clone()))?;
        return Ok((Some(name.clone()), Some(name)));
    }
    let found = addresses.iter().find_map(|address| directory.by_domain(address.domain()));
    Ok(found.map_or((None, None), |row| (Some(row.name.clone()), Some(row.family.clone()))))
}

pub(super) fn edit(world: &World, tx: &Tx<'_>, who: &str, edit: EditContact) -> Result<Changed, Trouble> {
    let mut contact = contact::find(tx, who)?.contact;
    let before = contact.clone();
    if let Some(name) = edit.name {
        contact.name = required("name", &name)?;
    }
    if let Some(addresses) = edit.addresses {
        contact.addresses = addresses;
    }
    for address in edit.add_addresses {
        if !contact.addresses.iter().any(|known| known.key() == address.key()) {
            contact.addresses.push(address);
        }
    }
    for address in &contact.addresses {
        refuse_own(world, address)?;
        let is_new = !before.addresses.contains(address);
        if let Some(reason) = tx.suppressed(address)?.filter(|_| is_new) {
            return Err(Trouble::refused(format!("{address} is never to be written to again ({reason})")));
        }
    }
    if let Some(name) = &edit.employer {
        (contact.employer, contact.family) = if name.trim().is_empty() { (None, None) } else { employer(tx, Some(name), &[])? };
    }
    let replace = |field: &mut Option<String>, new: Option<String>| {
        if let Some(new) = new {
            *field = plain(Some(new));
        }
    };
    replace(&mut contact.title, edit.title);
    replace(&mut contact.met, edit.met);
    if let Some(zone) = edit.zone {
        contact.zone = checked_zone(plain(Some(zone)))?;
    }
    replace(&mut contact.state, edit.state);
    contact.relation = edit.relation.unwrap_or(contact.relation);
    contact.every = checked_every(edit.every.unwrap_or(contact.every))?;
    contact.tags = edit.tags.unwrap_or(contact.tags);
    contact.mode = edit.mode.unwrap_or(contact.mode);
    if let Some(note) = plain(edit.note) {
        contact.note = Some(note.clone());
        tx.append(&NewEntry::about(contact.id, world.now(), EntryKind::Note, note), world.now())?;
    }
    tx.update_contact(&contact)?;
    let pen = world.pen();
    pen.withdraw(tx, contact.id, "you changed the contact; a new draft is made from what you said")?;
    let reachable = !contact.addresses.is_empty() && contact.addresses != before.addresses;
    let lifted = reachable.then_some(Effect::Lift(StopReason::Undeliverable));
    pen.record(tx, &NewEntry::about(contact.id, world.now(), EntryKind::Edited, "you changed what is known of them").with(lifted))?;
    shown(tx, contact.id)
}

pub(super) fn pause(world: &World, tx: &Tx<'_>, who: &str, until: Option<Date>) -> Result<Changed, Trouble> {
    if until.is_some_and(|day| day <= world.today()) {
        return Err(Trouble::refused("the day must be after today"));
    }
    let text = until.map_or_else(|| "you paused them until you say".to_owned(), |day| format!("you paused them until {day}"));
    tell(world, tx, who, EntryKind::Paused, text, vec![Effect::Hold(HoldReason::Owner, until)], None)
}

pub(super) fn pause_all(world: &World, tx: &Tx<'_>, until: Option<Date>) -> Result<Changed, Trouble> {
    if until.is_some_and(|day| day <= world.today()) {
        return Err(Trouble::refused("the day must be after today"));
    }
    tx.set_value("paused_all", &until.map_or_else(|| "open".to_owned(), |day| day.to_string()))?;
    Ok(Changed::All { paused: Some(until) })
}

pub(super) fn resume_all(tx: &Tx<'_>) -> Result<Changed, Trouble> {
    tx.clear_value("paused_all")?;
    tx.clear_value("sending_paused_until")?;
    tx.clear_value("sending_paused_why")?;
    Ok(Changed::All { paused: None })
}

pub(super) fn resume(world: &World, tx: &Tx<'_>, who: &str, invited: Option<String>) -> Result<Changed, Trouble> {
    let kept = contact::find(tx, who)?;
    let opted_out = kept.story.stops.iter().any(|(reason, _)| *reason == StopReason::OptedOut);
    if opted_out && invited.is_none() {
        return Err(Trouble::refused(format!(
            "{} asked not to be written to; only their own later invitation lifts that: add --invited \"when and how they invited you\"",
            kept.contact.name
        )));
    }
    for address in kept.contact.addresses.iter().filter(|_| invited.is_some()) {
        tx.lift_suppression(address)?;
    }
    let text = invited
        .as_deref()
        .map_or_else(|| "you resumed them".to_owned(), |text| format!("you resumed them; their invitation: {}", clean_name(text)));
    let effects = story::lifted_by_resume(&kept.story, invited.is_some());
    let silent = effects.iter().any(|effect| matches!(effect, Effect::Lift(StopReason::NoAnswer) | Effect::Release(HoldReason::Silence)));
    let effects = if silent { effects.into_iter().chain([Effect::Forgive]).collect() } else { effects };
    tell(world, tx, who, EntryKind::Resumed, text, effects, None)
}

pub(super) fn answered(world: &World, tx: &Tx<'_>, who: &str) -> Result<Changed, Trouble> {
    tell(
        world,
        tx,
        who,
        EntryKind::Answered,
        "you said the answer is given".to_owned(),
        vec![Effect::Answered, Effect::Release(HoldReason::Doubtful)],
        None,
    )
}

pub(super) fn stop(world: &World, tx: &Tx<'_>, who: &str) -> Result<Changed, Trouble> {
    let kept = contact::find(tx, who)?;
    world.pen().withdraw(tx, kept.contact.id, "you stopped them")?;
    tell(world, tx, who, EntryKind::Stopped, "you stopped them".to_owned(), vec![Effect::Stop(StopReason::Owner)], None)
}

pub(super) fn forget(world: &World, tx: &Tx<'_>, who: &str) -> Result<Changed, Trouble> {
    let kept = contact::find(tx, who)?;
    let opted_out = kept.story.stops.iter().any(|(reason, _)| *reason == StopReason::OptedOut);
    tx.count_forgotten(kept.contact.id, counted_since(world))?;
    let addresses = tx.erase_contact(kept.contact.id)?;
    for address in &addresses {
        tx.suppress(address, if opted_out { "opted_out" } else { "forgotten" }, world.now())?;
    }
    Ok(Changed::Forgotten { name: kept.contact.name, suppressed: addresses.len() })
}

pub(super) fn log(world: &World, tx: &Tx<'_>, who: &str, text: String, kind: EntryKind, on: Option<Timestamp>) -> Result<Changed, Trouble> {
    let text = required("text", &text)?;
    if on.is_some_and(|on| on > world.now()) {
        return Err(Trouble::refused("a day to come cannot be logged; log it when it has happened"));
    }
    let effects = match kind {
        EntryKind::Call | EntryKind::Meeting => vec![Effect::Touch(Side::Both)],
        EntryKind::Mail => vec![Effect::Touch(Side::Owner)],
        _ => Vec::new(),
    };
    let kept = contact::find(tx, who)?;
    if kind == EntryKind::Note {
        let mut contact = kept.contact.clone();
        contact.note = Some(text.clone());
        tx.update_contact(&contact)?;
    } else {
        world.pen().withdraw(tx, kept.contact.id, "you were in touch")?;
    }
    tell(world, tx, who, kind, text, effects, on)
}

fn tell(
    world: &World,
    tx: &Tx<'_>,
    who: &str,
    kind: EntryKind,
    text: String,
    effects: Vec<Effect>,
    on: Option<Timestamp>,
) -> Result<Changed, Trouble> {
    let kept = contact::find(tx, who)?;
    let line = NewEntry::about(kept.contact.id, on.unwrap_or_else(|| world.now()), kind, text).with(effects);
    world.pen().record(tx, &line)?;
    shown(tx, kept.contact.id)
}

pub(super) fn shown(tx: &Tx<'_>, id: ContactId) -> Result<Changed, Trouble> {
    let kept = tx.contact(id)?.ok_or_else(|| Trouble::refused("the contact is gone"))?;
    Ok(Changed::Contact(Box::new(kept)))
}

pub(super) fn required(what: &str, text: &str) -> Result<String, Trouble> {
    let clean = clean_name(text);
    if clean.is_empty() {
        return Err(Trouble::refused(format!("the {what} is empty")));
    }
    if clean.chars().count() > MOST_TEXT {
        return Err(Trouble::refused(format!("the {what} is longer than {MOST_TEXT} characters")));
    }
    Ok(clean)
}

fn plain(text: Option<String>) -> Option<String> {
    text.map(|text| clean_name(&text)).filter(|text| !text.is_empty()).map(|text| text.chars().take(MOST_TEXT).collect())
}

fn checked_every(every: Option<Span>) -> Result<Option<Span>, Trouble> {
    every.map(Span::as_cadence).transpose().map_err(Trouble::refused)
}

fn checked_zone(zone: Option<String>) -> Result<Option<String>, Trouble> {
    match zone {
        Some(name) if TimeZone::get(&name).is_err() => {
            Err(Trouble::refused(format!("“{name}” is no time zone; write one like America/Chicago")))
        }
        other => Ok(other),
    }
}
