//! How a person says it: one file per command; its doc comment is its help.

mod changed;
mod check_in;
mod days;
mod failure;
mod frame;
mod json;
mod picks;
mod places;
mod progress;
mod say;

mod about;
mod add;
mod answered;
mod backup;
mod completions;
mod contacts;
mod defaults;
mod demo;
mod digest;
mod discover;
mod doctor;
mod edit;
mod employers;
mod export;
mod forget;
mod import;
mod init;
mod log;
mod man;
mod merge;
mod news;
mod outbox;
mod outcome;
mod pause;
mod plan;
mod read;
mod restore;
mod review;
mod run;
mod service;
mod show;
mod status;
mod stop;
mod sync;
mod templates;
mod why;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};

pub use failure::{Failure, Kind};
pub use frame::Frame;
use json::contact_json;
use places::Places;

/// Keeps a physician's utilization-management network warm by e-mail, and never embarrasses its owner.
///
/// Curbside remembers who you know and where, drafts a check-in when somebody is due a word and there is something true
/// and new to tell, waits for your yes, sends it at a decent hour, reads the answers, and once a week sends you one mail
/// that says what matters.
#[derive(Debug, Parser)]
#[command(name = "curbside", version, max_term_width = 100, propagate_version = true)]
pub struct Cli {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    command: Command,
}

/// What every command takes.
#[derive(Debug, Clone, Args)]
pub struct Global {
    /// Keep config, database and state in one folder
    #[arg(long, global = true, env = "CURBSIDE_HOME", value_name = "DIR", help_heading = "Everywhere")]
    pub home: Option<PathBuf>,
    /// Print JSON: one object, or one a line for lists
    #[arg(long, global = true, help_heading = "Everywhere")]
    pub json: bool,
    /// Say only what was asked for
    #[arg(short, long, global = true, help_heading = "Everywhere")]
    pub quiet: bool,
    /// Say more (-vv: much more), on standard error
    #[arg(short, long, global = true, action = clap::ArgAction::Count, help_heading = "Everywhere")]
    pub verbose: u8,
    /// Start the clock at this RFC 3339 instant; only with mail hosts on this machine
    #[arg(long, global = true, value_name = "RFC3339", help_heading = "Everywhere", value_parser = days::instant)]
    pub now: Option<jiff::Timestamp>,
}

#[derive(Debug, Subcommand)]
enum Command {
    Init(init::Args),
    Doctor(doctor::Args),
    Add(add::Args),
    Import(import::Args),
    Discover(discover::Args),
    Plan(plan::Args),
    Why(why::Args),
    Review(review::Args),
    Outbox(outbox::Args),
    Sync(sync::Args),
    Run(run::Args),
    Digest(digest::Args),
    Read(read::Args),
    Outcome(outcome::Args),
    Status(status::Args),
    Demo(demo::Args),
    Contacts(contacts::Args),
    Show(show::Args),
    Edit(edit::Args),
    Log(log::Args),
    Answered(answered::Args),
    Pause(pause::Args),
    Resume(pause::ResumeArgs),
    Stop(stop::Args),
    Merge(merge::Args),
    Forget(forget::Args),
    News(news::Args),
    Employers(employers::Args),
    Templates(templates::Args),
    Service(service::Args),
    Export(export::Args),
    Backup(backup::Args),
    Restore(restore::Args),
    Config(defaults::Args),
    Completions(completions::Args),
    Man(man::Args),
}

/// Parses the command line, runs the command, and turns the outcome into the exit code.
#[must_use]
pub fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return failure::usage(&error),
    };
    crate::telemetry::init(cli.global.verbose, cli.global.quiet);
    crate::secrets::leave_no_core();
    let frame = Frame::new(cli.global);
    match catch_unwind(AssertUnwindSafe(|| run_command(cli.command, &frame))) {
        Ok(Ok(())) => ExitCode::SUCCESS,
        Ok(Err(failure)) => failure.report(),
        Err(_) => ExitCode::from(Kind::Internal.code()),
    }
}

fn run_command(command: Command, frame: &Frame) -> Result<(), Failure> {
    match command {
        Command::Init(args) => init::run(args, frame),
        Command::Doctor(args) => doctor::run(args, frame),
        Command::Add(args) => add::run(args, frame),
        Command::Import(args) => import::run(args, frame),
        Command::Discover(args) => discover::run(args, frame),
        Command::Plan(args) => plan::run(args, frame),
        Command::Why(args) => why::run(args, frame),
        Command::Review(args) => review::run(args, frame),
        Command::Outbox(args) => outbox::run(args, frame),
        Command::Sync(args) => sync::run(args, frame),
        Command::Run(args) => run::run(args, frame),
        Command::Digest(args) => digest::run(args, frame),
        Command::Read(args) => read::run(args, frame),
        Command::Outcome(args) => outcome::run(args, frame),
        Command::Status(args) => status::run(args, frame),
        Command::Demo(args) => demo::run(args, frame),
        Command::Contacts(args) => contacts::run(args, frame),
        Command::Show(args) => show::run(args, frame),
        Command::Edit(args) => edit::run(args, frame),
        Command::Log(args) => log::run(args, frame),
        Command::Answered(args) => answered::run(args, frame),
        Command::Pause(args) => pause::run(args, frame),
        Command::Resume(args) => pause::resume(args, frame),
        Command::Stop(args) => stop::run(args, frame),
        Command::Merge(args) => merge::run(args, frame),
        Command::Forget(args) => forget::run(args, frame),
        Command::News(args) => news::run(args, frame),
        Command::Employers(args) => employers::run(args, frame),
        Command::Templates(args) => templates::run(args, frame),
        Command::Service(args) => service::run(args, frame),
        Command::Export(args) => export::run(args, frame),
        Command::Backup(args) => backup::run(args, frame),
        Command::Restore(args) => restore::run(args, frame),
        Command::Config(args) => defaults::run(args, frame),
        Command::Completions(args) => completions::run(args, frame),
        Command::Man(args) => man::run(args, frame),
    }
}
