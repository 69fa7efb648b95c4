//! `curbside man`

use std::path::{Path, PathBuf};

use clap::{Command, CommandFactory as _};
use clap_mangen::Man;
use clap_mangen::roff::{Roff, roman};
use serde_json::json;

use super::{Cli, Failure, Frame};

/// Print the manual page, or write one for every command
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  curbside man | man -l -\n  curbside man --dir ~/.local/share/man/man1")]
pub struct Args {
    /// Write the pages of all commands to this folder
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,
}

/// The exit codes scripts rely on; the same on every page.
const EXIT_CODES: [(&str, &str); 7] = [
    ("0", "Done."),
    ("1", "What was asked for makes no sense, or an answer is bad news; the message says what to do."),
    ("2", "The command line is wrong."),
    ("3", "The configuration is missing or wrong."),
    ("4", "The network or the login failed."),
    ("5", "The database is damaged, busy, full or cannot be written; nothing was changed."),
    ("70", "A fault of curbside itself."),
];

pub(super) fn run(args: Args, frame: &Frame) -> Result<(), Failure> {
    let mut root = Cli::command().disable_help_subcommand(true);
    root.build();
    match args.dir {
        Some(dir) => write_all(frame, &root, &dir),
        None => {
            let page = String::from_utf8_lossy(&page(&root)?).into_owned();
            frame.say.answer(&json!({ "page": page }), || page.clone())?;
            Ok(())
        }
    }
}

fn write_all(frame: &Frame, root: &Command, dir: &Path) -> Result<(), Failure> {
    let place = |error: std::io::Error| Failure::user(format!("cannot write to {}: {error}", dir.display()));
    std::fs::create_dir_all(dir).map_err(place)?;
    let mut waiting = vec![root.clone()];
    let mut written = Vec::new();
    while let Some(command) = waiting.pop() {
        let path = dir.join(Man::new(command.clone()).get_filename());
        std::fs::write(&path, page(&command)?).map_err(place)?;
        written.push(path);
        waiting.extend(command.get_subcommands().filter(|sub| !sub.is_hide_set() && sub.get_name() != "help").cloned());
    }
    written.sort();
    let words = || format!("{} pages are in {}.", written.len(), dir.display());
    frame.say.answer(&json!({ "files": written }), words)?;
    Ok(())
}

fn page(command: &Command) -> std::io::Result<Vec<u8>> {
    let mut page = Vec::new();
    Man::new(command.clone()).manual("Curbside").render(&mut page)?;
    let mut codes = Roff::new();
    codes.control("SH", ["EXIT STATUS"]);
    for (code, meaning) in EXIT_CODES {
        codes.control("TP", []).text([roman(code)]).text([roman(meaning)]);
    }
    codes.to_writer(&mut page)?;
    Ok(page)
}
