//! `curbside log`

use super::{Failure, Frame, changed, days};
use crate::flow::Change;
use crate::model::journal::EntryKind;

/// Log a call, a meeting, a mail elsewhere, or a note
///
/// A call, a meeting or a mail is a touch: it ends an answer owed and moves the next check-in. A note is not.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  curbside log \"Jane Doe\" \"we talked at the spring conference\" --kind meeting --on 2026-04-12\n  curbside log 3 \"her team hires in January\""
)]
pub struct Args {
    /// Id, address or name
    #[arg(value_name = "WHO")]
    who: String,
    /// What to remember
    text: String,
    /// What it was
    #[arg(long, value_enum, default_value_t = Kind::Note)]
    kind: Kind,
    /// When: a day, or an RFC 3339 instant
    #[arg(long, value_name = "DATE", value_parser = days::when)]
    on: Option<days::When>,
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum Kind {
    /// You talked on the telephone
    Call,
    /// You met
    Meeting,
    /// Something to remember
    Note,
    /// You wrote from elsewhere
    Mail,
}

pub(super) fn run(args: Args, frame: &Frame) -> Result<(), Failure> {
    let world = frame.world()?;
    let kind = match args.kind {
        Kind::Call => EntryKind::Call,
        Kind::Meeting => EntryKind::Meeting,
        Kind::Note => EntryKind::Note,
        Kind::Mail => EntryKind::Mail,
    };
    let on = args.on.and_then(|on| on.instant(&world.settings.owner.zone, world.now()));
    changed::contact(frame, &world, Change::Log { who: args.who, text: args.text, kind, on })
}
