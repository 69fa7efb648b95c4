//! `curbside import`

mod ask;
mod show;

use std::collections::BTreeSet;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::builder::{PossibleValuesParser, TypedValueParser as _};
use serde_json::Value;

use self::ask::Wanted;
use super::picks::picks;
use super::{Failure, Frame, Kind, progress, say};
use crate::flow::{self, Change, Changed, Import, Ticker, Unreadable};
use crate::model::import::{Choice, Field, Judged, Sheet, Source, Verdict};
use crate::world::World;

/// Bytes of the largest file taken for a list of people.
const MOST_BYTES: u64 = 200 * 1024 * 1024;

/// Bring people from LinkedIn, an address book or a table
///
/// Shows first what would become of every row: new, known, doubtful, refused, unreadable. In a terminal it asks before it
/// writes anything, unless --yes or --json is given; elsewhere it goes ahead, unless --dry-run is given. Nothing you typed
/// is overwritten, and no address that asked not to be written to, or was forgotten, comes back; a row without an address
/// may name the person again. Each check-in to those who come in needs your yes.
///
/// A file of up to 25 people is taken whole. Of a longer one, those who work at an employer of the directory or whose
/// title is of utilization management; --all takes everybody.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  curbside import linkedin Connections.csv --dry-run\n  curbside import vcard contacts.vcf --all\n  curbside import csv people.csv --map name=\"Full Name\" --map address=Mail\n  curbside import linkedin Connections.csv --same 14,20-22 --new 31\n\nLinkedIn: Settings → Data privacy → Get a copy of your data → Connections. The file comes in a ZIP.\nGoogle: contacts.google.com → Export → Google CSV or vCard. Outlook: People → Manage → Export.\n\nJSON, one object a row: line, verdict (new, known, doubtful, left_out, refused, unreadable), because, name, addresses[], employer, family, title, met, um (why they are of utilization management), contact, learnt[{field, from, to}], remarks[]. Exit 1 when a row could not be read."
)]
pub struct Args {
    /// What sort of file it is
    #[arg(value_name = "linkedin|vcard|csv", hide_possible_values = true, value_parser = PossibleValuesParser::new(Source::ALL.iter().map(|source| source.word())).try_map(|word| word.parse::<Source>()))]
    source: Source,
    /// The file; - for standard input
    file: PathBuf,
    /// Show what would become of every row, and write nothing
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    whom: Whom,
    /// Which column holds what, by its name or as #3: name, first, last, address, employer, title, met, note, tags, …
    #[arg(long = "map", value_name = "WHAT=COLUMN", value_parser = mapping)]
    map: Vec<(Field, String)>,
    /// Doubtful rows, by line, that are the contacts they seem to be
    #[arg(long, value_name = "LINES", value_parser = picks)]
    same: Option<BTreeSet<u64>>,
    /// Doubtful rows, by line, that are people of their own
    #[arg(long, value_name = "LINES", value_parser = picks)]
    new: Option<BTreeSet<u64>>,
    /// Do not ask
    #[arg(long, short)]
    yes: bool,
}

/// Whom the owner wants of the file.
#[derive(Debug, clap::Args)]
struct Whom {
    /// Everybody, whatever they do
    #[arg(long, conflicts_with = "um_only")]
    all: bool,
    /// Only people of utilization management, also of a short file
    #[arg(long)]
    um_only: bool,
}

fn mapping(text: &str) -> Result<(Field, String), String> {
    let (field, column) = text.split_once('=').ok_or("write it like name=\"Full Name\"")?;
    Ok((field.parse()?, column.trim().to_owned()))
}

pub(super) fn run(args: Args, frame: &Frame) -> Result<(), Failure> {
    let asks = say::can_ask() && !frame.say.json && !args.yes && !args.dry_run;
    let sheet = sheet(&args, asks)?;
    let mut world = frame.world()?;
    let all = if args.whom.all { Some(true) } else { args.whom.um_only.then_some(false) };
    let choice = Choice { all, same: args.same.unwrap_or_default(), new: args.new.unwrap_or_default() };
    let mut import = Import { source: args.source, rows: sheet.rows.clone(), choice, ticker: None };
    let view = show::View { file: &args.file, source: args.source, sheet: &sheet };
    if args.dry_run || asks {
        let judged = flow::judged(&world, &import)?;
        print(frame, &judged, || view.foreseen(&judged))?;
        match if args.dry_run { Wanted::Nobody } else { ask::whom(&judged, &import)? } {
            Wanted::Nobody => return outcome(&judged),
            Wanted::Everybody => import.choice.all = Some(true),
            Wanted::Shown => {}
        }
    }
    let judged = written(frame, &world, import)?;
    let failed = search(frame, &mut world, &judged);
    print(frame, &judged, || if asks { show::done(&judged) } else { view.all(&judged) })?;
    if let Some(warning) = failed {
        frame.say.warn(&warning);
    }
    outcome(&judged)
}

fn print(frame: &Frame, judged: &[Judged], words: impl FnOnce() -> String) -> Result<(), Failure> {
    let objects: Vec<Value> = if frame.say.json { judged.iter().map(show::object).collect() } else { Vec::new() };
    Ok(frame.say.list(&objects, words)?)
}

/// Rows that could not be read are bad news; the others were dealt with all the same.
fn outcome(judged: &[Judged]) -> Result<(), Failure> {
    let is_fine = judged.iter().all(|row| row.verdict != Verdict::Unreadable);
    if is_fine { Ok(()) } else { Err(Failure::silent(Kind::User)) }
}

fn sheet(args: &Args, asks: bool) -> Result<Sheet, Failure> {
    let bytes = bytes(&args.file)?;
    let read = flow::read_export(args.source, &bytes, &args.map);
    match read {
        Err(Unreadable::NoNames { columns }) if asks => {
            let map = ask::columns(&columns, &args.map)?;
            flow::read_export(args.source, &bytes, &map).map_err(|error| refused(&args.file, &error))
        }
        read => read.map_err(|error| refused(&args.file, &error)),
    }
}

fn bytes(file: &Path) -> Result<Vec<u8>, Failure> {
    let place = |error: std::io::Error| Failure::user(format!("{} cannot be read: {error}", file.display()));
    let mut bytes = Vec::new();
    if file == Path::new("-") {
        std::io::stdin().lock().take(MOST_BYTES + 1).read_to_end(&mut bytes).map_err(place)?;
    } else {
        std::fs::File::open(file).and_then(|open| open.take(MOST_BYTES + 1).read_to_end(&mut bytes)).map_err(place)?;
    }
    if bytes.len() as u64 > MOST_BYTES {
        return Err(Failure::user(format!("{} is larger than 200 MB: that is no list of people", file.display())));
    }
    Ok(bytes)
}

fn refused(file: &Path, error: &Unreadable) -> Failure {
    let failure = Failure::user(format!("{}: {error}", file.display()));
    match error {
        Unreadable::Other(_) => failure,
        _ => failure.hint("say which column holds what: --map name=\"Full Name\" --map address=Mail, or by number: --map name=#1"),
    }
}

fn written(frame: &Frame, world: &World, mut import: Import) -> Result<Vec<Judged>, Failure> {
    let bar = progress::bar(frame, "writing");
    let shown = bar.clone();
    import.ticker = Some(Ticker(Arc::new(move |done, of| {
        // A few are written before anybody could read a bar.
        if done.is_multiple_of(64) {
            shown.set_length(of as u64);
            shown.set_position(done as u64);
        }
    })));
    let changed = frame.change(world, Change::Import(Box::new(import)));
    bar.finish_and_clear();
    match changed? {
        Changed::Imported(judged) => Ok(judged),
        _ => Ok(Vec::new()),
    }
}

/// What was said before counts from the first day; a warning when the mailbox cannot be searched now.
fn search(frame: &Frame, world: &mut World, judged: &[Judged]) -> Option<String> {
    let has_new_address = |row: &Judged| match row.verdict {
        Verdict::New => !row.row.addresses.is_empty(),
        _ => row.learnt.iter().any(|learnt| learnt.field == "address"),
    };
    let people = judged.iter().filter(|row| has_new_address(row)).count();
    if people == 0 {
        return None;
    }
    let spinner = progress::spinner(frame, &format!("looking for earlier mail with {}", say::people(people)));
    let looked = frame.look(world);
    spinner.finish_and_clear();
    looked.err().map(|failure| {
        format!("your mailbox could not be searched for earlier mail: {}; until it is, nothing is proposed to them", failure.message)
    })
}
