//! `curbside show`

use serde_json::Value;

use super::json::{at, entry_json};
use super::{Failure, Frame, contact_json, days};
use crate::flow::{self, LastWords};
use crate::model::journal::{Entry, EntryKind};
use crate::store::contacts::Kept;
use crate::world::World;

/// Lines shown of each side's last mail.
const MOST_LINES: usize = 12;

/// Show all that is known of a contact: their standing, the last words both ways, the journal
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  curbside show jane@plan.example\n  curbside show \"Jane Doe\" --json")]
pub struct Args {
    /// Id, address or name
    #[arg(value_name = "WHO")]
    who: String,
}

pub(super) fn run(args: Args, frame: &Frame) -> Result<(), Failure> {
    let world = frame.world()?;
    let (kept, entries, last) = world.store.read(|tx| {
        let kept = flow::find(tx, &args.who)?;
        let id = kept.contact.id;
        Ok::<_, flow::Trouble>((kept, tx.entries_of(id)?, flow::last_words(tx, id)?))
    })?;
    let mut object = contact_json(&world, &kept);
    object["journal"] = entries.iter().map(|entry| entry_json(&world, entry)).collect();
    object["last_words"] = last_json(&world, &last);
    frame.say.answer(&object, || words(&world, &kept, &object, &entries, &last))?;
    Ok(())
}

fn last_json(world: &World, last: &[Option<LastWords>; 2]) -> Value {
    let side = |words: &Option<LastWords>| {
        words
            .as_ref()
            .map(|said| serde_json::json!({ "at": at(said.at, &world.settings.owner.zone), "subject": said.subject, "text": said.text }))
    };
    serde_json::json!({ "theirs": side(&last[0]), "yours": side(&last[1]) })
}

fn words(world: &World, kept: &Kept, object: &Value, entries: &[Entry], last: &[Option<LastWords>; 2]) -> String {
    let mut lines = head(kept);
    lines.push(String::new());
    lines.push(standing(world, kept, object));
    lines.extend(known(kept));
    for (side, said) in ["They wrote", "You wrote"].iter().zip(last) {
        lines.extend(said.iter().flat_map(|said| quoted(world, side, said)));
    }
    lines.push(String::new());
    lines.extend(entries.iter().map(|entry| line(world, entry)));
    lines.join("\n")
}

fn head(kept: &Kept) -> Vec<String> {
    let contact = &kept.contact;
    let place = match (&contact.title, &contact.employer) {
        (Some(title), Some(employer)) => format!(", {title} at {employer}"),
        (Some(one), None) | (None, Some(one)) => format!(", {one}"),
        (None, None) => String::new(),
    };
    let addresses: Vec<&str> = contact.addresses.iter().map(crate::model::address::Address::as_str).collect();
    let reach = if addresses.is_empty() { "no address".to_owned() } else { addresses.join(", ") };
    vec![format!("{}{place} (contact {})", contact.name, contact.id), format!("{reach} · {}", contact.relation.word().replace('_', " "))]
}

fn standing(world: &World, kept: &Kept, object: &Value) -> String {
    let today = world.today();
    let touch = kept.story.last_touch.map_or_else(
        || "never in touch".to_owned(),
        |touch| format!("last in touch {}", days::said(touch.to_zoned(world.settings.owner.zone.clone()).date(), today)),
    );
    let due = object["next_due"].as_str().and_then(|day| day.parse().ok());
    let due = due.map_or_else(String::new, |day| format!("; next due {}", days::said(day, today)));
    let unanswered = match kept.story.unanswered {
        0 => String::new(),
        1 => "; one check-in unanswered".to_owned(),
        many => format!("; {many} check-ins unanswered"),
    };
    format!("Standing: {}; {touch}{due}{unanswered}", days::standing(&kept.story.standing(today), today))
}

fn known(kept: &Kept) -> Vec<String> {
    let contact = &kept.contact;
    let every = contact.every.map(|every| every.to_string());
    let tags = Some(contact.tags.join(", ")).filter(|tags| !tags.is_empty());
    let family = contact.family.clone().filter(|family| contact.employer.as_ref() != Some(family));
    let auto = (contact.mode == crate::model::contact::Mode::Auto).then(|| "check-ins go without a yes".to_owned());
    let searched =
        (!contact.searched && !contact.addresses.is_empty()).then(|| "not yet searched for them; nothing is proposed".to_owned());
    let rows = [
        ("Family", family),
        ("Met", contact.met.clone()),
        ("Every", every),
        ("Zone", contact.zone.clone()),
        ("State", contact.state.clone()),
        ("Tags", tags),
        ("Note", contact.note.clone()),
        ("Mode", auto),
        ("Mailbox", searched),
    ];
    rows.into_iter().filter_map(|(label, value)| Some(format!("{label}: {}", value?))).collect()
}

fn quoted(world: &World, side: &str, said: &LastWords) -> Vec<String> {
    let zone = world.settings.owner.zone.clone();
    let mut lines = vec![String::new(), format!("{side} {}: {}", days::said(said.at.to_zoned(zone).date(), world.today()), said.subject)];
    lines.extend(said.text.lines().take(MOST_LINES).map(|line| format!("  | {line}")));
    if said.text.lines().nth(MOST_LINES).is_some() {
        lines.push("  | …".to_owned());
    }
    lines
}

fn line(world: &World, entry: &Entry) -> String {
    let day = entry.line.on.to_zoned(world.settings.owner.zone.clone()).strftime("%e %b %Y");
    let label = match entry.line.kind {
        kind @ (EntryKind::Call | EntryKind::Meeting | EntryKind::Mail | EntryKind::Note) => format!("{kind}: "),
        _ => String::new(),
    };
    format!("{day}  {label}{}", entry.line.text)
}
