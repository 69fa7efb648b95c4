//! `curbside export`

use std::io::{Seek as _, Write};
use std::path::{Path, PathBuf};

use serde_json::json;

use super::say::{json as json_line, safe};
use super::{Failure, Frame, contact_json};
use crate::flow::{self, Wanted};
use crate::world::World;

/// Write out everything as JSON lines, or the contacts as CSV
///
/// JSON lines hold every row of every table, mails included; CSV opens in a spreadsheet.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  curbside export --output everything.jsonl\n  curbside export --format csv > contacts.csv")]
pub struct Args {
    /// What to write
    #[arg(long, value_enum, default_value_t = Format::Jsonl)]
    format: Format,
    /// Where to, readable by you alone; standard output if not given
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// Everything, one object a line
    Jsonl,
    /// Contacts with their standing
    Csv,
}

pub(super) fn run(args: Args, frame: &Frame) -> Result<(), Failure> {
    let world = frame.world()?;
    let Some(path) = args.output else {
        if frame.say.json && args.format == Format::Csv {
            return Err(Failure::usage("CSV is no JSON").hint("leave out --json, or leave out --format csv for JSON lines"));
        }
        return to_output(&world, args.format);
    };
    to_file(&world, args.format, &path)?;
    frame.say.answer(&json!({ "file": path }), || format!("Written to {}.", path.display()))?;
    Ok(())
}

/// Written out first and shown then: a pager may stay open for days, and as long as somebody reads the database its log
/// cannot be emptied.
fn to_output(world: &World, format: Format) -> Result<(), Failure> {
    let mut spool = std::io::BufWriter::new(tempfile::tempfile()?);
    write(world, format, &mut spool)?;
    let mut spool = spool.into_inner().map_err(std::io::IntoInnerError::into_error)?;
    spool.rewind()?;
    let mut out = std::io::stdout().lock();
    match std::io::copy(&mut spool, &mut out).and_then(|_| out.flush()) {
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()), // a pager that was left
        other => Ok(other?),
    }
}

/// The file is there whole or not at all, and readable by the owner alone (P16).
fn to_file(world: &World, format: Format, path: &Path) -> Result<(), Failure> {
    let place = |error: std::io::Error| Failure::user(format!("cannot write {}: {error}", path.display()));
    let dir = path.parent().filter(|dir| !dir.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let file = tempfile::NamedTempFile::new_in(dir).map_err(place)?;
    let mut out = std::io::BufWriter::new(file);
    write(world, format, &mut out)?;
    let file = out.into_inner().map_err(|error| place(error.into_error()))?;
    file.as_file().sync_all().map_err(place)?;
    file.persist(path).map_err(|error| place(error.error))?;
    Ok(())
}

fn write(world: &World, format: Format, out: &mut dyn Write) -> Result<(), Failure> {
    match format {
        Format::Csv => csv(world, out),
        Format::Jsonl => jsonl(world, out),
    }
}

fn jsonl(world: &World, out: &mut dyn Write) -> Result<(), Failure> {
    Ok(world.store.read(|tx| tx.export(&mut |row| writeln!(out, "{}", json_line(row))))?)
}

const COLUMNS: [&str; 17] = [
    "id",
    "name",
    "addresses",
    "employer",
    "family",
    "title",
    "relation",
    "met",
    "every",
    "zone",
    "state",
    "tags",
    "note",
    "standing",
    "until",
    "reason",
    "next_due",
];

fn csv(world: &World, out: &mut dyn Write) -> Result<(), Failure> {
    let mut writer = csv::Writer::from_writer(out);
    let head = COLUMNS.into_iter().chain(["last_touch"]);
    writer.write_record(head).map_err(failed)?;
    for kept in flow::roster(world, &Wanted::default())? {
        let object = contact_json(world, &kept);
        let cell = |key: &str| match key {
            "standing" => text(&object["standing"]["state"]),
            "until" | "reason" => text(&object["standing"][key]),
            _ => text(&object[key]),
        };
        writer.write_record(COLUMNS.into_iter().chain(["last_touch"]).map(|key| plain(&cell(key)))).map_err(failed)?;
    }
    Ok(writer.flush()?)
}

fn failed(error: csv::Error) -> Failure {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => error.into(),
        other => Failure::new(super::Kind::Internal, format!("the CSV could not be written: {other:?}")),
    }
}

fn text(value: &serde_json::Value) -> String {
    match value {
        serde_json::Value::Null => String::new(),
        serde_json::Value::String(text) => text.clone(),
        serde_json::Value::Array(list) => list.iter().map(text).collect::<Vec<_>>().join("; "),
        other => other.to_string(),
    }
}

/// A cell that no spreadsheet takes for a formula (X22).
fn plain(cell: &str) -> String {
    let begins = |text: &str| text.starts_with(['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠']);
    let shown = safe(cell);
    // What is taken out or blank may hide what a spreadsheet sees first.
    if begins(cell) || begins(shown.trim_start()) { format!("'{shown}") } else { shown }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn x22_a_cell_that_a_spreadsheet_would_obey_is_quoted() {
        for formula in ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\u{200b}=1+1", "\u{202e}@x", " =1+1", "\n=1+1", "＝1+1"] {
            assert!(plain(formula).starts_with('\''), "{formula}");
        }
        assert_eq!(plain("\r=1"), "'=1");
        assert_eq!(plain("Jane = Doe"), "Jane = Doe");
    }
}
