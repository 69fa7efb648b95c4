//! `curbside run`

use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use super::frame::allows_moved_clock;
use super::places::Places;
use super::{Failure, Frame, Kind};
use crate::checkins::Library;
use crate::config;
use crate::daemon::{self, Ended, Reload, lock::Lock};
use crate::flow;
use crate::mail::post::Wake;
use crate::model::settings::Settings;
use crate::world::{Renewed, World};

mod turn;

/// Run in the foreground: watch the mailbox, draft, send what you approved, mail the digest
///
/// SIGTERM or Ctrl-C stops after the mail in hand; a second one stops at once. With --once the exit code is 4 when the
/// mailbox cannot be read, or the mail server does not take a mail.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  curbside run\n  curbside run --once --dry-run")]
pub struct Args {
    /// Take one turn and end, for people with their own cron
    #[arg(long)]
    once: bool,
    /// With --once: look, and say what would be drafted and sent; do neither
    #[arg(long)]
    dry_run: bool,
}

pub(super) fn run(args: Args, frame: &Frame) -> Result<(), Failure> {
    let wake = Wake::default();
    let reload = reload(frame)?;
    let mut world = frame.world_with(wake.clone())?;
    world.dry_run = args.dry_run;
    let Some(mut lock) = take_lock(&world)? else {
        return Err(Failure::user("another curbside works on this mailbox already").hint("curbside status says which"));
    };
    world.store.unite_suppressions(world.dice.bytes(), world.now())?;
    if args.once {
        return once(&mut world, frame);
    }
    match daemon::run(world, &wake, &mut lock, reload)? {
        Ended::Softly | Ended::Late => Ok(()),
        Ended::Hard => Err(Failure::new(Kind::User, "stopped at once; what was being sent is looked for when curbside runs again")),
    }
}

/// Reads settings and templates again whenever a file of theirs has another time or length.
fn reload(frame: &Frame) -> Result<Reload, Failure> {
    let places = frame.places()?;
    let stamps = move |places: &Places| (stamp(&places.config_file()), stamps_in(&places.templates()));
    let is_moved = frame.global.now.is_some();
    let mut seen = stamps(&places);
    Ok(Box::new(move || {
        let now = stamps(&places);
        if std::mem::replace(&mut seen, now.clone()) == now {
            return None;
        }
        let settings = config::load(&places.config_file()).map_err(|error| error.to_string());
        let is_allowed = |settings: &Settings| !is_moved || allows_moved_clock(&settings.account);
        Some(settings.and_then(|settings| {
            let refused = || "--now is only for mail hosts on this machine".to_owned();
            is_allowed(&settings).then(|| Renewed { settings, library: library(&places) }).ok_or_else(refused)
        }))
    }))
}

/// The templates; what is wrong with one is said, and it is not used.
fn library(places: &Places) -> Library {
    let (library, errors) = Library::load(&places.templates());
    for error in errors {
        tracing::error!("a template is not used: {error}");
    }
    library
}

/// When a file was written last, and how long it is; `None` when there is none.
type Stamp = Option<(SystemTime, u64)>;

fn stamp(file: &Path) -> Stamp {
    std::fs::metadata(file).and_then(|meta| Ok((meta.modified()?, meta.len()))).ok()
}

fn stamps_in(folder: &Path) -> Vec<(PathBuf, Stamp)> {
    let files = std::fs::read_dir(folder).into_iter().flatten().flatten().map(|file| file.path());
    let mut stamps: Vec<_> = files.map(|file| (file.clone(), stamp(&file))).collect();
    stamps.sort();
    stamps
}

/// Other commands hold the lock for moments; only one that holds on is another one at work.
fn take_lock(world: &World) -> Result<Option<Lock>, Failure> {
    for _ in 0..40 {
        if let Some(lock) = Lock::take(world.store.path())? {
            return Ok(Some(lock));
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    Ok(None)
}

fn once(world: &mut World, frame: &Frame) -> Result<(), Failure> {
    let before = turn::Before::of(world)?;
    let mut turn = flow::turn(world)?;
    wait_for_copies(world)?;
    daemon::nightly(world)?;
    if world.dry_run {
        let intent = turn::Intent::of(world, &turn)?;
        frame.say.answer(&intent.object(world, &turn), || intent.words(world))?;
        return turn::ending(turn, &[]);
    }
    let failing = world.store.read(flow::Errands::read)?.all().next().map(|failing| failing.what.clone());
    turn.trouble = turn.trouble.or(failing);
    let not_sent = before.not_sent(world)?;
    frame.say.answer(&turn::object(world, &turn, &not_sent), || turn::words(world, &turn, &not_sent))?;
    turn::ending(turn, &not_sent)
}

/// The copy in Sent is part of the turn: nobody comes back for it.
fn wait_for_copies(world: &mut World) -> Result<(), Failure> {
    for _ in 0..300 {
        if world.dry_run || world.store.read(|tx| tx.copies_wanted())?.is_empty() {
            return Ok(());
        }
        if let Err(trouble) = flow::file_copies(world) {
            tracing::warn!("the copy in Sent waits for the next turn: {trouble}");
            return Ok(());
        }
        if world.store.read(flow::Errands::read)?.all().next().is_some() {
            return Ok(());
        }
        std::thread::sleep(Duration::from_millis(500));
    }
    Ok(())
}
