//! `curbside discover`

use std::collections::BTreeSet;
use std::fmt::Write as _;

use inquire::validator::Validation;
use inquire::{InquireError, Text};
use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::{Value, json};

use super::picks::picks;
use super::{Failure, Frame, contact_json, days, json, progress, say};
use crate::flow::{self, Change, Changed, Discovered, NewContact};
use crate::model::acquaintance::{Acquaintance, Tally};
use crate::model::address::Address;
use crate::model::span::Span;
use crate::world::World;

/// Months looked back when nobody says how far.
const BACK: i32 = 24;
/// People shown when nobody says how many.
const MOST: usize = 50;

/// Find the people you already know at utilization-management employers
///
/// Looks through the headers of your mailbox (nothing is kept of it, and nothing in it changes) for people at employers of
/// the directory, your own ones included: how often and when they last wrote, and when you last wrote to them. Lists,
/// desks, your own employer, contacts, and whoever is never to be written to again are left out. You tick those to keep.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  curbside discover\n  curbside discover --since 5y\n  curbside discover --keep 1,3-5\n  curbside discover --keep jane@plan.example,tom@review.example\n\nThe numbers are those of the list as it is now; a script does better with addresses.\n\nJSON, one object a person: number, name, addresses[], employer, family, kind, they_wrote, they_last_wrote, you_wrote, you_last_wrote; with --keep the contacts as curbside contacts prints them."
)]
pub struct Args {
    /// How far back: 6m, 2y
    #[arg(long, value_name = "SPAN", default_value = "2y")]
    since: Span,
    /// Make contacts of these without asking: their numbers in the list, their addresses, or all that the list shows
    #[arg(long, value_name = "1,3-5|ADDRESS,…|all")]
    keep: Option<String>,
    /// Show so many at most
    #[arg(long, value_name = "N", default_value_t = MOST)]
    most: usize,
}

pub(super) fn run(args: Args, frame: &Frame) -> Result<(), Failure> {
    let mut world = frame.world()?;
    let from = since(&world, args.since);
    let found = look(frame, &mut world, from)?;
    let shown = found.people.len().min(args.most);
    let asks = say::can_ask() && !frame.say.json && args.keep.is_none();
    let wanted = match &args.keep {
        Some(text) => {
            if is_all(text) && found.people.len() > shown {
                let more = say::grouped(found.people.len() - shown);
                frame.say.warn(&format!("all are the first {shown}, as the list shows them; nobody of the {more} more is taken (--most)"));
            }
            ticked(text, &found.people, shown).map_err(|why| Failure::user(why).hint("curbside discover lists them with their numbers"))?
        }
        None => {
            let objects: Vec<Value> = found.people.iter().enumerate().map(|(index, person)| object(&world, index, person)).collect();
            frame.say.list(&objects, || words(&world, &found, shown, from, asks))?;
            if !asks || found.people.is_empty() {
                return Ok(());
            }
            ask(&found.people[..shown])?.ok_or_else(|| Failure::user("stopped; nobody was added"))?
        }
    };
    if wanted.is_empty() {
        return Ok(frame.say.answer(&Value::Null, || "Nobody was added.".to_owned())?);
    }
    let objects = keep(frame, &mut world, wanted)?;
    frame.say.list(&objects, || format!("{}\n\nWhat comes next: curbside plan", added(&objects)))?;
    Ok(())
}

/// The same at the end of set-up, in a terminal; how many people were kept.
///
/// # Errors
/// When the mailbox or the database cannot be used.
pub(super) fn offer(frame: &Frame, world: &mut World) -> Result<usize, Failure> {
    let from = since(world, Span::Months(BACK));
    let found = look(frame, world, from)?;
    let shown = found.people.len().min(MOST);
    frame.say.answer(&Value::Null, || words(world, &found, shown, from, true))?;
    let wanted = if found.people.is_empty() { None } else { ask(&found.people[..shown])? };
    let Some(wanted) = wanted.filter(|wanted| !wanted.is_empty()) else { return Ok(0) };
    let objects = keep(frame, world, wanted)?;
    frame.say.list(&objects, || added(&objects))?;
    Ok(objects.len())
}

fn since(world: &World, span: Span) -> Date {
    let back = match span {
        Span::Months(months) => world.today().checked_sub(jiff::Span::new().months(months)).ok(),
        other => world
            .now()
            .checked_sub(jiff::SignedDuration::from_secs(other.seconds()))
            .ok()
            .map(|at| at.to_zoned(world.settings.owner.zone.clone()).date()),
    };
    back.unwrap_or(Date::constant(1970, 1, 1))
}

fn look(frame: &Frame, world: &mut World, since: Date) -> Result<Discovered, Failure> {
    let bar = progress::bar(frame, "reading headers");
    let found = flow::discover(world, since, &mut |folder, seen, left| {
        if seen % 256 == 0 {
            bar.set_message(format!("reading headers in {}", say::safe(folder)));
            bar.set_length(seen + left as u64);
            bar.set_position(seen);
        }
    });
    bar.finish_and_clear();
    world.post.hang_up();
    Ok(found?)
}

/// A person, as `discover --json` prints it.
fn object(world: &World, index: usize, person: &Acquaintance) -> Value {
    let zone = &world.settings.owner.zone;
    let last = |tally: Tally| tally.last.map(|at| json::at(at, zone));
    json!({
        "number": index + 1,
        "name": person.name,
        "addresses": person.addresses,
        "employer": person.employer,
        "family": person.family,
        "kind": person.kind,
        "they_wrote": person.theirs.count,
        "they_last_wrote": last(person.theirs),
        "you_wrote": person.yours.count,
        "you_last_wrote": last(person.yours),
    })
}

fn words(world: &World, found: &Discovered, shown: usize, since: Date, asks: bool) -> String {
    let mut text = format!(
        "{} in {} looked at, back to {}.\n",
        if found.seen == 1 {
            "1 mail".to_owned()
        } else {
            format!("{} mails", say::grouped(usize::try_from(found.seen).unwrap_or(usize::MAX)))
        },
        say::counted(found.folders, "folder"),
        days::said(since, world.today())
    );
    if found.people.is_empty() {
        text.push_str("\nNobody at an employer of the directory, who is no contact yet, has written to you or had a mail of yours.\n");
    } else {
        let rows = found.people[..shown].iter().enumerate().map(|(index, person)| row(world, index, person));
        let head = ["#", "name", "employer", "they wrote", "you wrote", "address"];
        let columns = if say::is_wide() { head.len() } else { head.len() - 1 };
        let _ = write!(text, "\n{}\n", say::table(&head[..columns], rows.map(|row| row[..columns].to_vec())));
    }
    if found.people.len() > shown {
        let _ = writeln!(text, "… and {} more; --most {} shows all.", say::grouped(found.people.len() - shown), found.people.len());
    }
    text.push_str(&left_out(found));
    if !asks && !found.people.is_empty() {
        text.push_str("\nMake contacts of those you want to stay in touch with: curbside discover --keep 1,3-5\n");
    }
    text
}

fn left_out(found: &Discovered) -> String {
    let sorts = [
        (found.contacts, "already your contact", "already your contacts"),
        (found.suppressed, "never to be written to again", "never to be written to again"),
        (
            found.colleagues,
            "at your own employer or at a domain you never write to",
            "at your own employer or at domains you never write to",
        ),
        (found.desks, "desk, list or machine", "desks, lists and machines"),
    ];
    let in_words = |(count, one, many): &(usize, &str, &str)| format!("{} {}", say::grouped(*count), if *count == 1 { one } else { many });
    let said: Vec<String> = sorts.iter().filter(|(count, ..)| *count > 0).map(in_words).collect();
    let mut text = if said.is_empty() { String::new() } else { format!("\nLeft out: {}.\n", said.join(" · ")) };
    if !found.unread.is_empty() {
        let _ = writeln!(text, "Not looked at, because the server would not open them: {}.", found.unread.join(", "));
    }
    text
}

fn row(world: &World, index: usize, person: &Acquaintance) -> Vec<String> {
    let (zone, today) = (&world.settings.owner.zone, world.today());
    let day = |at: Timestamp| days::said(at.to_zoned(zone.clone()).date(), today);
    let tally = |tally: Tally| {
        tally
            .last
            .map_or_else(|| "–".to_owned(), |at| format!("{}×, last {}", say::grouped(usize::try_from(tally.count).unwrap_or(0)), day(at)))
    };
    let more = person.addresses.len().saturating_sub(1);
    let address = person.addresses.first().map(ToString::to_string).unwrap_or_default();
    let address = if more == 0 { address } else { format!("{address} (+{more})") };
    vec![(index + 1).to_string(), person.name.clone(), person.employer.clone(), tally(person.theirs), tally(person.yours), address]
}

/// Whom the owner ticks; `None` when they stop.
fn ask(shown: &[Acquaintance]) -> Result<Option<Vec<Acquaintance>>, Failure> {
    let people = shown.to_vec();
    let check = move |text: &str| match ticked(text, &people, people.len()) {
        Ok(_) => Ok(Validation::Valid),
        Err(_) if text.trim().is_empty() => Ok(Validation::Valid),
        Err(why) => Ok(Validation::Invalid(why.into())),
    };
    let prompt =
        Text::new("Whom do you want to keep?").with_help_message("numbers such as 1,3-5 · all · nothing to leave it").with_validator(check);
    match prompt.prompt() {
        Ok(text) if text.trim().is_empty() => Ok(Some(Vec::new())),
        Ok(text) => ticked(&text, shown, shown.len()).map(Some).map_err(Failure::user),
        Err(InquireError::OperationCanceled | InquireError::OperationInterrupted) => Ok(None),
        Err(other) => Err(Failure::user(other.to_string())),
    }
}

fn is_all(text: &str) -> bool {
    text.trim().eq_ignore_ascii_case("all")
}

/// Whom `1,3-5`, addresses or `all` name; all are those whom the list shows, and nobody unseen.
fn ticked(text: &str, people: &[Acquaintance], shown: usize) -> Result<Vec<Acquaintance>, String> {
    if is_all(text) {
        return Ok(people[..shown].to_vec());
    }
    let mut wanted = BTreeSet::new();
    for word in text.split([',', ' ', ';']).filter(|word| !word.is_empty()) {
        if word.contains('@') {
            wanted.insert(with_address(word, people)?);
            continue;
        }
        for number in picks(word)? {
            let index = usize::try_from(number).unwrap_or(usize::MAX) - 1;
            wanted.insert(
                Some(index).filter(|index| *index < people.len()).ok_or_else(|| format!("there is no number {number} in the list"))?,
            );
        }
    }
    if wanted.is_empty() {
        Err("name at least one, like 1,3-5".to_owned())
    } else {
        Ok(wanted.into_iter().map(|index| people[index].clone()).collect())
    }
}

fn with_address(word: &str, people: &[Acquaintance]) -> Result<usize, String> {
    let key = Address::parse(word).map_err(|error| error.to_string())?.key();
    let found = people.iter().position(|person| person.addresses.iter().any(|address| address.key() == key));
    found.ok_or_else(|| format!("{word} is not in the list"))
}

/// Makes contacts of them, and looks for all that was said before; the contacts as they are then.
fn keep(frame: &Frame, world: &mut World, people: Vec<Acquaintance>) -> Result<Vec<Value>, Failure> {
    let new = |person: Acquaintance| NewContact { name: person.name, addresses: person.addresses, ..NewContact::default() };
    let changed = frame.change(world, Change::AddAll(people.into_iter().map(new).collect()))?;
    let Changed::Contacts(kept) = changed else { return Ok(Vec::new()) };
    let spinner = progress::spinner(frame, &format!("looking for all that was said with {}", say::people(kept.len())));
    let looked = frame.look(world);
    spinner.finish_and_clear();
    if let Err(failure) = looked {
        frame.say.warn(&format!("added, but your mailbox could not be searched: {}; until it is, nothing is proposed", failure.message));
    }
    let now = world.store.read(|tx| kept.iter().map(|kept| tx.contact(kept.contact.id)).collect::<Result<Vec<_>, _>>())?;
    Ok(now.iter().flatten().map(|kept| contact_json(world, kept)).collect())
}

fn added(objects: &[Value]) -> String {
    let text = |object: &Value, key: &str| object[key].as_str().unwrap_or_default().to_owned();
    let rows = objects.iter().map(|object| vec![text(object, "id"), text(object, "name"), text(object, "employer")]);
    let count = objects.len();
    let are = if count == 1 { "1 person is a contact now".to_owned() } else { format!("{} people are contacts now", say::grouped(count)) };
    format!("{are}; every check-in to them needs your yes.\n\n{}", say::table(&["id", "name", "employer"], rows))
}
