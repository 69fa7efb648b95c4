//! `curbside edit`

use super::{Failure, Frame, changed};
use crate::flow::{Change, Changed, EditContact};
use crate::model::address::Address;
use crate::model::contact::{Mode, Relation};
use crate::model::span::Span;

/// Change what is known of a contact
///
/// What you do not name stays; an empty text clears. A draft that awaits your yes is made anew.
///
/// Examples:
///   curbside edit "Jane Doe" --title "Chief Medical Officer" --every 12w
///   curbside edit 3 --add-address jane@new.example
///   curbside edit jane@plan.example --employer "" --tag alumni --tag texas
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
pub struct Args {
    /// Id, address or name
    #[arg(value_name = "WHO")]
    who: String,
    #[command(flatten)]
    what: Option<What>,
}

#[derive(Debug, clap::Args)]
#[group(id = "what", multiple = true)]
struct What {
    /// Their name
    #[arg(long)]
    name: Option<String>,
    /// A further address of theirs; may be given several times
    #[arg(long = "add-address", value_name = "ADDRESS")]
    add_addresses: Vec<Address>,
    /// All their addresses, the primary one first; may be given several times
    #[arg(long = "address", value_name = "ADDRESS")]
    addresses: Vec<Address>,
    /// Where they work
    #[arg(long)]
    employer: Option<String>,
    /// Their title
    #[arg(long)]
    title: Option<String>,
    /// How they stand to you: peer, recruiter, hiring_manager, leader, other
    #[arg(long)]
    relation: Option<Relation>,
    /// How you met, as a sentence
    #[arg(long)]
    met: Option<String>,
    /// How often they want a word: 8w, 2m; "default" goes back to the default
    #[arg(long, value_name = "SPAN", value_parser = every)]
    every: Option<Every>,
    /// Their time zone, such as America/Chicago
    #[arg(long)]
    zone: Option<String>,
    /// Their US state, two letters
    #[arg(long)]
    state: Option<String>,
    /// All words to find them by; may be given several times, an empty one clears them
    #[arg(long = "tag")]
    tags: Vec<String>,
    /// Something to remember, and an occasion to write
    #[arg(long)]
    note: Option<String>,
    /// review: each check-in needs your yes; auto: they go without
    #[arg(long)]
    mode: Option<Mode>,
}

/// A cadence of their own, or none.
#[derive(Debug, Clone, Copy)]
struct Every(Option<Span>);

fn every(text: &str) -> Result<Every, String> {
    if matches!(text.trim(), "" | "default") {
        return Ok(Every(None));
    }
    text.parse().map(|span| Every(Some(span))).map_err(|error: crate::model::span::SpanError| error.to_string())
}

pub(super) fn run(args: Args, frame: &Frame) -> Result<(), Failure> {
    let what = args
        .what
        .ok_or_else(|| Failure::usage("say what to change, such as --title \"Medical Director\"").hint("curbside edit --help lists it"))?;
    let mut world = frame.world()?;
    let Changed::Contact(kept) = frame.change(&world, Change::Edit(args.who, Box::new(edit(what))))? else { return Ok(()) };
    let kept = changed::searched(frame, &mut world, *kept)?;
    changed::print(frame, &world, &kept)
}

fn edit(what: What) -> EditContact {
    EditContact {
        name: what.name,
        addresses: Some(what.addresses).filter(|addresses| !addresses.is_empty()),
        add_addresses: what.add_addresses,
        employer: what.employer,
        title: what.title,
        relation: what.relation,
        met: what.met,
        every: what.every.map(|Every(span)| span),
        zone: what.zone,
        state: what.state,
        tags: Some(what.tags)
            .filter(|tags| !tags.is_empty())
            .map(|tags| tags.into_iter().map(|tag| tag.trim().to_owned()).filter(|tag| !tag.is_empty()).collect()),
        note: what.note,
        mode: what.mode,
    }
}
