//! `curbside add`

use serde_json::Value;

use super::about::About;
use super::{Failure, Frame};
use crate::flow::{Change, Changed, NewContact};
use crate::model::address::{Mailbox, clean_name};
use crate::model::span::Span;

/// Add a contact: "Jane Doe <jane@plan.example>"
///
/// Your mailbox is searched for earlier mail with them; what was said before counts from the first day.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  curbside add \"Jane Doe <jane@plan.example>\" --relation peer --met \"we met at the spring conference\"\n  curbside add \"Tom Wexler\" --employer \"Acme Review\" --note \"has no address yet\""
)]
pub struct Args {
    /// Name and address; an address alone, or a name alone, will do
    #[arg(value_name = "WHO")]
    who: String,
    #[command(flatten)]
    about: About,
    /// How often they want a word: 8w, 2m
    #[arg(long, value_name = "SPAN")]
    every: Option<Span>,
    /// A word to find them by; may be given several times
    #[arg(long = "tag")]
    tags: Vec<String>,
    /// Another address of theirs; may be given several times
    #[arg(long = "address", value_name = "ADDRESS")]
    addresses: Vec<crate::model::address::Address>,
    /// Add somebody again who was forgotten
    #[arg(long)]
    again: bool,
    /// When and how they invited you, after they had asked not to be written to
    #[arg(long, requires = "again", value_name = "TEXT")]
    invited: Option<String>,
}

pub(super) fn run(args: Args, frame: &Frame) -> Result<(), Failure> {
    let mut world = frame.world()?;
    let changed = frame.change(&world, Change::Add(Box::new(new_contact(args)?)))?;
    let Changed::Contact(kept) = changed else { return Ok(()) };
    let id = kept.contact.id;
    if !kept.contact.addresses.is_empty()
        && let Err(failure) = frame.look(&mut world)
    {
        frame.say.warn(&format!(
            "added, but your mailbox could not be searched for earlier mail: {}; until it is, nothing is proposed",
            failure.message
        ));
    }
    let kept = world.store.read(|tx| tx.contact(id))?.unwrap_or(*kept);
    let object = super::contact_json(&world, &kept);
    frame.say.answer(&object, || words(&object))?;
    Ok(())
}

fn words(object: &Value) -> String {
    let field = |key: &str| object[key].as_str().map_or_else(String::new, |text| format!(", {text}"));
    format!(
        "{} is contact {}{}{}.",
        object["name"].as_str().unwrap_or_default(),
        object["id"].as_str().unwrap_or_default(),
        field("title"),
        field("employer")
    )
}

fn new_contact(args: Args) -> Result<NewContact, Failure> {
    let (name, mut addresses) = name_and_address(&args.who)?;
    addresses.extend(args.addresses);
    Ok(NewContact {
        name,
        addresses,
        employer: args.about.employer,
        title: args.about.title,
        relation: args.about.relation,
        met: args.about.met,
        every: args.every,
        zone: args.about.zone,
        state: args.about.state,
        tags: args.tags,
        note: args.about.note,
        mode: args.about.mode,
        again: args.again,
        invited: args.invited,
    })
}

fn name_and_address(who: &str) -> Result<(String, Vec<crate::model::address::Address>), Failure> {
    if !who.contains(['@', '<']) {
        return Ok((clean_name(who), Vec::new()));
    }
    let mailbox =
        Mailbox::parse(who).map_err(|error| Failure::user(error.to_string()).hint("write it like \"Jane Doe <jane@plan.example>\""))?;
    // An address before a comma is another person's; one that merely stands in a name is a strange name.
    let several = mailbox.name.rsplit([',', ';']).skip(1).any(|part| part.contains('@'));
    if several {
        return Err(Failure::user(format!("“{}” names more than one person", clean_name(who))).hint("add them one at a time"));
    }
    let name = if mailbox.name.is_empty() { mailbox.address.to_string() } else { mailbox.name };
    Ok((name, vec![mailbox.address]))
}
