//! `curbside edit`

use super::about::About;
use super::{Failure, Frame, changed};
use crate::flow::{Change, Changed, EditContact};
use crate::model::address::Address;
use crate::model::span::Span;

/// Change what is known of a contact
///
/// What you do not name stays; an empty text clears. A draft that awaits your yes is made anew.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  curbside edit \"Jane Doe\" --title \"Chief Medical Officer\" --every 12w\n  curbside edit 3 --add-address jane@new.example\n  curbside edit jane@plan.example --employer \"\" --tag alumni --tag texas"
)]
pub struct Args {
    /// Id, address or name
    #[arg(value_name = "WHO")]
    who: String,
    /// Their name
    #[arg(long)]
    name: Option<String>,
    /// A further address of theirs; may be given several times
    #[arg(long = "add-address", value_name = "ADDRESS")]
    add_addresses: Vec<Address>,
    /// All their addresses, the primary one first; may be given several times
    #[arg(long = "address", value_name = "ADDRESS")]
    addresses: Vec<Address>,
    #[command(flatten)]
    about: About,
    /// How often they want a word: 8w, 2m; "default" goes back to the default
    #[arg(long, value_name = "SPAN", value_parser = every)]
    every: Option<Every>,
    /// All words to find them by; may be given several times, an empty one clears them
    #[arg(long = "tag")]
    tags: Vec<String>,
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
    let who = args.who.clone();
    let edit = edit(args);
    if edit == EditContact::default() {
        return Err(Failure::usage("say what to change, such as --title \"Medical Director\"").hint("curbside edit --help lists it"));
    }
    let mut world = frame.world()?;
    let Changed::Contact(kept) = frame.change(&world, Change::Edit(who, Box::new(edit)))? else { return Ok(()) };
    let kept = changed::searched(frame, &mut world, *kept)?;
    changed::print(frame, &world, &kept)
}

fn edit(args: Args) -> EditContact {
    let words = |tags: Vec<String>| tags.into_iter().map(|tag| tag.trim().to_owned()).filter(|tag| !tag.is_empty()).collect();
    EditContact {
        name: args.name,
        addresses: Some(args.addresses).filter(|addresses| !addresses.is_empty()),
        add_addresses: args.add_addresses,
        employer: args.about.employer,
        title: args.about.title,
        relation: args.about.relation,
        met: args.about.met,
        every: args.every.map(|Every(span)| span),
        zone: args.about.zone,
        state: args.about.state,
        tags: Some(args.tags).filter(|tags| !tags.is_empty()).map(words),
        note: args.about.note,
        mode: args.about.mode,
    }
}
