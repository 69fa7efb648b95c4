//! `curbside completions`

use clap::CommandFactory as _;
use clap_complete::Shell;
use serde_json::json;

use super::{Cli, Failure, Frame};

/// Print completions for a shell
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  curbside completions bash > ~/.local/share/bash-completion/completions/curbside")]
pub struct Args {
    /// Which shell
    shell: Shell,
}

pub(super) fn run(args: Args, frame: &Frame) -> Result<(), Failure> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "curbside", &mut script);
    let script = String::from_utf8_lossy(&script).into_owned();
    frame.say.answer(&json!({ "shell": args.shell.to_string(), "script": script }), || script.clone())?;
    Ok(())
}
