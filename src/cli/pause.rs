//! `curbside pause` and `curbside resume`

use jiff::civil::Date;
use serde_json::json;

use super::{Failure, Frame, changed, days};
use crate::flow::{Change, Changed};
use crate::world::World;

/// Hold a contact, or everything, until a day or until you resume
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  curbside pause \"Jane Doe\" --until 2027-01-15\n  curbside pause --all")]
pub struct Args {
    #[command(flatten)]
    whom: Whom,
    /// The first day on which to write again
    #[arg(long, value_name = "DATE", value_parser = days::day)]
    until: Option<Date>,
}

/// End a hold or a stop of a contact, or the pause of everything
///
/// Somebody who asked not to be written to comes back only with their own later invitation.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  curbside resume \"Jane Doe\"\n  curbside resume 4 --invited \"she asked me on 3 May to write again\"")]
pub struct ResumeArgs {
    #[command(flatten)]
    whom: Held,
    /// When and how they invited you, after they had asked not to be written to
    #[arg(long, value_name = "TEXT", conflicts_with = "all", value_parser = clap::builder::NonEmptyStringValueParser::new())]
    invited: Option<String>,
}

#[derive(Debug, clap::Args)]
#[group(required = true, multiple = false)]
struct Whom {
    /// Id, address or name
    #[arg(value_name = "WHO")]
    who: Option<String>,
    /// Everything: nothing is proposed or sent
    #[arg(long)]
    all: bool,
}

#[derive(Debug, clap::Args)]
#[group(required = true, multiple = false)]
struct Held {
    /// Id, address or name
    #[arg(value_name = "WHO")]
    who: Option<String>,
    /// End the pause of everything, and try a refused login again
    #[arg(long)]
    all: bool,
}

pub(super) fn run(args: Args, frame: &Frame) -> Result<(), Failure> {
    let world = frame.world()?;
    match args.whom.who {
        Some(who) => changed::contact(frame, &world, Change::Pause(who, args.until)),
        None => all(frame, &world, Change::PauseAll(args.until)),
    }
}

pub(super) fn resume(args: ResumeArgs, frame: &Frame) -> Result<(), Failure> {
    let world = frame.world()?;
    match args.whom.who {
        Some(who) => changed::contact(frame, &world, Change::Resume(who, args.invited)),
        None => all(frame, &world, Change::ResumeAll),
    }
}

fn all(frame: &Frame, world: &World, change: Change) -> Result<(), Failure> {
    let Changed::All { paused } = frame.change(world, change)? else { return Ok(()) };
    let words = || match paused {
        None => "Nothing is paused as a whole any more.".to_owned(),
        Some(None) => "Everything is paused until you say: curbside resume --all".to_owned(),
        Some(Some(day)) => format!("Everything is paused until {}.", days::said(day, world.today())),
    };
    frame.say.answer(&json!({ "paused": paused.is_some(), "until": paused.flatten() }), words)?;
    Ok(())
}
