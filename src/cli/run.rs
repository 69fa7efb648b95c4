//! `curbside run`

use std::time::Duration;

use super::{Failure, Frame, Kind};
use crate::daemon::{self, Ended, lock::Lock};
use crate::flow;
use crate::mail::post::Wake;
use crate::world::World;

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
    let mut world = frame.world_with(wake.clone())?;
    world.dry_run = args.dry_run;
    let Some(mut lock) = take_lock(&world)? else {
        return Err(Failure::user("another curbside works on this mailbox already").hint("curbside status says which"));
    };
    world.store.unite_suppressions(world.dice.bytes(), world.now())?;
    if args.once {
        return once(&mut world, frame);
    }
    match daemon::run(world, &wake, &mut lock)? {
        Ended::Softly | Ended::Late => Ok(()),
        Ended::Hard => Err(Failure::new(Kind::User, "stopped at once; what was being sent is looked for when curbside runs again")),
    }
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
    let turn = flow::turn(world)?;
    wait_for_copies(world)?;
    daemon::nightly(world)?;
    if world.dry_run {
        let intent = turn::Intent::of(world, &turn)?;
        frame.say.answer(&intent.object(world, &turn), || intent.words(world))?;
        return turn::ending(turn, &[]);
    }
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
        std::thread::sleep(Duration::from_millis(500));
    }
    Ok(())
}
