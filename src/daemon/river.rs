//! The loop: a turn, then a wait for new mail, an hour, or a nudge. One thread does the work; this one keeps the hours.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use tokio::signal::unix::{Signal, SignalKind, signal};

use super::lock::{self, Lock};
use super::reload::{Reload, Reloading};
use crate::flow::{self, Trouble, Turn};
use crate::mail::post::{Waited, Wake, folder_of};
use crate::model::edge::EdgeError;
use crate::model::folder::{Folder, Role};
use crate::store::StoreError;
use crate::world::World;

/// An IDLE is renewed so often: a dead line is noticed within ten minutes, and servers hang up after 29.
const RENEW: Duration = Duration::from_secs(8 * 60);
/// Settings that are wrong are looked at so often.
const MENDED: Duration = Duration::from_secs(60);
/// Waits after trouble grow from the first to the second.
const BACK_OFF: (Duration, Duration) = (Duration::from_secs(5), Duration::from_secs(300));
/// The longest wait a server can ask for.
const MOST_ASKED: Duration = Duration::from_secs(60 * 60);
/// A refused login is tried once more after the first, and then each time after the second: providers lock accounts.
const AFTER_REFUSAL: (Duration, Duration) = (Duration::from_secs(5 * 60), Duration::from_secs(60 * 60));
/// Whoever rings meanwhile makes it try again, once in so long.
const RUNG: Duration = Duration::from_secs(60);
/// After the first signal the work in hand may take so long: a mail that has begun to leave gets its 5 seconds.
const SOFT: Duration = Duration::from_secs(8);

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// After the mail in hand.
    Softly,
    /// The work in hand did not end in time (a name is looked up, a disk stands still); the next run goes on from the
    /// tables, as it would after a crash.
    Late,
    /// At once, at the second signal.
    Hard,
}

/// Runs until told to stop, and signs the lock for as long; obeys settings that change meanwhile.
///
/// # Errors
/// When the database fails, or signals cannot be had.
pub fn run(world: World, wake: &Wake, lock: &mut Lock, reload: Reload) -> Result<Ended, Trouble> {
    let refused = |error: std::io::Error| Trouble::refused(error.to_string());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(refused)?;
    // Whoever can see that it runs can also tell it to stop.
    let signals = runtime.block_on(async { Signals::listen() }).map_err(refused)?;
    let database = world.store.path().to_owned();
    let unwritable = |error: std::io::Error| StoreError::Place(database.clone(), error.to_string());
    lock.sign().map_err(unwritable)?;
    let ended = flow_until_told(world, wake, reload, &runtime, signals);
    lock.unsign().map_err(unwritable)?;
    ended
}

fn flow_until_told(
    world: World,
    wake: &Wake,
    reload: Reload,
    runtime: &tokio::runtime::Runtime,
    signals: Signals,
) -> Result<Ended, Trouble> {
    let database = world.store.path().to_owned();
    let (tell, ended) = tokio::sync::oneshot::channel();
    let reloading = Reloading::new(reload, &world)?;
    let river = Flowing { world, reloading, wake: wake.clone(), trouble: 0, refused: 0, rung: None, asked_for: None };
    let thread = std::thread::Builder::new()
        .name("river".to_owned())
        .spawn(move || {
            let outcome = river.flow();
            let _ = tell.send(());
            outcome
        })
        .map_err(|error| Trouble::refused(error.to_string()))?;
    let ended = runtime.block_on(keep_hours(database, wake, ended, signals));
    if ended != Ended::Softly {
        return Ok(ended);
    }
    thread.join().map_err(|_| Trouble::refused("the working thread failed; this is a fault of curbside"))??;
    Ok(ended)
}

/// Passes signals, nudges and the watchdog on until the river has ended.
async fn keep_hours(database: PathBuf, wake: &Wake, mut ended: tokio::sync::oneshot::Receiver<()>, mut signals: Signals) -> Ended {
    let nudges = lock::Nudges::open(&database);
    let mut watchdog = watchdog();
    loop {
        tokio::select! {
            _ = &mut ended => return Ended::Softly,
            () = signals.stop() => break,
            () = nudges.next() => wake.ring(),
            () = next(&mut watchdog) => notify(&[sd_notify::NotifyState::Watchdog]),
        }
    }
    notify(&[sd_notify::NotifyState::Stopping]);
    tracing::info!("stopping after the mail in hand; a second signal stops at once");
    wake.end();
    tokio::select! {
        _ = &mut ended => Ended::Softly,
        () = signals.stop() => Ended::Hard,
        () = tokio::time::sleep(SOFT) => Ended::Late,
    }
}

/// The signals that ask for an end.
struct Signals {
    term: Signal,
    int: Signal,
}

impl Signals {
    fn listen() -> std::io::Result<Self> {
        Ok(Self { term: signal(SignalKind::terminate())?, int: signal(SignalKind::interrupt())? })
    }

    async fn stop(&mut self) {
        tokio::select! {
            _ = self.term.recv() => {}
            _ = self.int.recv() => {}
        }
    }
}

/// Ticks at half the interval the service manager asked for.
fn watchdog() -> Option<tokio::time::Interval> {
    let every = sd_notify::watchdog_enabled()? / 2;
    Some(tokio::time::interval(every.max(Duration::from_millis(100))))
}

async fn next(watchdog: &mut Option<tokio::time::Interval>) {
    match watchdog {
        Some(interval) => drop(interval.tick().await),
        None => std::future::pending().await,
    }
}

fn notify(states: &[sd_notify::NotifyState<'_>]) {
    if let Err(error) = sd_notify::notify(states) {
        tracing::debug!(%error, "the service manager could not be told");
    }
}

struct Flowing {
    world: World,
    wake: Wake,
    reloading: Reloading,
    /// Turns with trouble in a row.
    trouble: u32,
    /// Logins refused in a row.
    refused: u32,
    /// When a ring made it try a refused login again.
    rung: Option<Instant>,
    /// How long the server wants to be left alone, and its words.
    asked_for: Option<(Duration, String)>,
}

impl Flowing {
    fn flow(mut self) -> Result<(), Trouble> {
        let mut ready = false;
        while !self.wake.is_ended() {
            let asked = self.world.store.read(|tx| tx.open_requests())?;
            waited_out(self.reloading.look(&mut self.world, &self.wake))?;
            let turn = self.turn()?;
            waited_out(self.answer(&asked, &turn))?;
            if !ready {
                ready = true;
                notify(&[sd_notify::NotifyState::Ready, sd_notify::NotifyState::Status("watching the mailbox")]);
            }
            waited_out(nightly(&self.world))?;
            self.wait()?;
        }
        self.world.post.hang_up();
        Ok(())
    }

    fn turn(&mut self) -> Result<Turn, Trouble> {
        let turn = match flow::turn(&mut self.world) {
            // A full disk or a busy file is waited for; damage ends the run.
            Err(Trouble::Store(error)) if error.is_temporary() => Turn { trouble: Some(error.to_string()), ..Turn::default() },
            other => other?,
        };
        self.refused = if turn.login { self.refused + 1 } else { 0 };
        match &turn.trouble {
            Some(what) if !self.wake.is_ended() => {
                self.trouble += 1;
                tracing::warn!(in_a_row = self.trouble, "{what}");
                self.asked_for = turn.wait.map(|wait| (wait.min(MOST_ASKED), what.clone()));
            }
            _ => self.trouble = 0,
        }
        Ok(turn)
    }

    fn answer(&self, asked: &[(i64, String)], turn: &Turn) -> Result<(), Trouble> {
        if asked.is_empty() {
            return Ok(());
        }
        let answer = match &turn.trouble {
            Some(what) => refusal(what),
            None => serde_json::json!({ "folders": turn.folders }),
        };
        let told = self.world.store.write(|tx| asked.iter().try_for_each(|(id, _)| tx.answer(*id, &answer.to_string())));
        Ok(told?)
    }

    /// Tells those who ask meanwhile that the server wants to be left alone.
    fn decline(&self, why: &str) -> Result<(), Trouble> {
        let told = self.world.store.write(|tx| {
            let asked = tx.open_requests()?;
            asked.iter().try_for_each(|(id, _)| tx.answer(*id, &refusal(why).to_string()))
        });
        Ok(told?)
    }

    /// Waits for new mail, for the next hour, or for a ring; longer and longer after trouble.
    fn wait(&mut self) -> Result<(), Trouble> {
        if self.trouble > 0 {
            return self.rest();
        }
        let longest = if self.reloading.is_wrong { MENDED } else { RENEW };
        let at_most = until(self.world.now(), flow::next_turn(&self.world)?).min(longest);
        if at_most.is_zero() {
            return Ok(());
        }
        match self.wait_for_mail(at_most) {
            Ok(()) => Ok(()),
            Err(error) => {
                self.trouble += 1;
                self.refused += u32::from(matches!(error, EdgeError::Login(_)));
                tracing::info!("the line to the mailbox broke: {error}");
                self.world.post.hang_up();
                if let EdgeError::Temporary { what, wait: Some(wait) } = error {
                    self.asked_for = Some((Duration::from_secs(wait).min(MOST_ASKED), what));
                }
                self.rest()
            }
        }
    }

    fn wait_for_mail(&mut self, at_most: Duration) -> Result<(), EdgeError> {
        let inbox: Option<Folder> = folder_of(&self.world.post.known_folders()?, Role::Inbox).cloned();
        match self.world.post.wait(inbox.as_ref(), at_most)? {
            Waited::Mail => {
                if let Some(inbox) = &inbox {
                    self.glance(inbox);
                }
                Ok(())
            }
            Waited::Time | Waited::Rung => Ok(()),
        }
    }

    fn glance(&mut self, inbox: &Folder) {
        let begun = Instant::now();
        match flow::glance(&mut self.world, inbox) {
            Ok(()) => tracing::debug!(micros = begun.elapsed().as_micros(), "looked at new mail"),
            Err(trouble) => tracing::info!("a glance at the inbox failed: {trouble}"),
        }
    }

    fn rest(&mut self) -> Result<(), Trouble> {
        let jitter = Duration::from_millis(self.world.dice.below(1_000));
        if let Some((asked_for, why)) = self.asked_for.take() {
            return self.leave_alone(asked_for + jitter, &why);
        }
        if self.refused > 0 {
            self.rest_from_login(jitter);
            return Ok(());
        }
        let doubled = BACK_OFF.0 * 2_u32.pow(self.trouble.saturating_sub(1).min(8));
        // A ring ends the rest: somebody asked.
        let _ = self.wake.wait(doubled.min(BACK_OFF.1) + jitter);
        Ok(())
    }

    /// Waits before a refused login is tried again; rings make it shorter, but not more often than once a minute.
    fn rest_from_login(&mut self, jitter: Duration) {
        let wait = if self.refused == 1 { AFTER_REFUSAL.0 } else { AFTER_REFUSAL.1 };
        let mut end = Instant::now() + wait + jitter;
        let mut is_rung = false;
        while !self.wake.is_ended() && !end.saturating_duration_since(Instant::now()).is_zero() {
            if self.wake.wait(end.saturating_duration_since(Instant::now())) {
                is_rung = true;
                end = end.min(self.rung.map_or_else(Instant::now, |rung| rung + RUNG));
            }
        }
        if is_rung {
            self.rung = Some(Instant::now());
        }
    }

    /// Waits as long as the server asked for; nobody's ring makes it shorter but the end.
    fn leave_alone(&self, asked_for: Duration, why: &str) -> Result<(), Trouble> {
        let end = Instant::now() + asked_for;
        loop {
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() || self.wake.is_ended() {
                return Ok(());
            }
            if self.wake.wait(left) {
                self.decline(why)?;
            }
        }
    }
}

fn refusal(why: &str) -> serde_json::Value {
    serde_json::json!({ "error": why })
}

fn until(now: Timestamp, then: Timestamp) -> Duration {
    Duration::try_from(then.duration_since(now)).unwrap_or(Duration::ZERO)
}

/// A full disk or a busy file is waited for; damage ends the run.
fn waited_out(outcome: Result<(), Trouble>) -> Result<(), Trouble> {
    match outcome {
        Err(Trouble::Store(error)) if error.is_temporary() => {
            tracing::warn!("{error}");
            Ok(())
        }
        other => other,
    }
}

/// A backup a night, kept two weeks.
///
/// # Errors
/// When the database fails; that a backup could not be made is only said.
pub fn nightly(world: &World) -> Result<(), Trouble> {
    let today = world.today().to_string();
    if world.store.read(|tx| tx.value("backed_up_on"))?.as_deref() == Some(today.as_str()) {
        return Ok(());
    }
    if let Err(error) = world.store.back_up("nightly", world.now()) {
        tracing::warn!("the nightly backup failed: {error}");
        return Ok(());
    }
    world.store.sweep_backups(world.now());
    Ok(world.store.write(|tx| tx.set_value("backed_up_on", &today))?)
}
