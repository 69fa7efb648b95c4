//! What every command stands on: the places, the settings, the world, and the daemon that may run beside.

use std::time::{Duration, Instant};

use serde_json::Value;

use super::places::Places;
use super::say::Say;
use super::{Failure, Global, Kind};
use crate::checkins::Library;
use crate::clock::{Clock, Dice};
use crate::config;
use crate::daemon::lock::{self, Lock};
use crate::flow::{self, Change, Changed};
use crate::mail::post::{Post, Wake};
use crate::model::settings::{Account, Settings};
use crate::store::Store;
use crate::world::World;

/// How long a running daemon may take to answer a request.
const PATIENCE: Duration = Duration::from_secs(300);
/// How often the answer is looked for.
const LOOK: Duration = Duration::from_millis(30);

/// What every command stands on.
#[derive(Debug)]
pub struct Frame {
    /// The options given to every command.
    pub global: Global,
    /// How answers are printed.
    pub say: Say,
}

impl Frame {
    /// The frame of a command line.
    #[must_use]
    pub fn new(global: Global) -> Self {
        Self { say: Say::new(global.json, global.quiet), global }
    }

    /// Where things lie.
    ///
    /// # Errors
    /// When there is no home folder.
    pub fn places(&self) -> Result<Places, Failure> {
        Places::find(self.global.home.as_deref())
    }

    /// The checked settings.
    ///
    /// # Errors
    /// When there are none or they are wrong.
    pub fn settings(&self) -> Result<Settings, Failure> {
        Ok(config::load(&self.places()?.config_file())?)
    }

    /// The clock; moved only where every mail host is on this machine.
    ///
    /// # Errors
    /// When `--now` is given with a real mail server.
    pub fn clock(&self, account: Option<&Account>) -> Result<Clock, Failure> {
        let Some(now) = self.global.now else { return Ok(Clock::system()) };
        if account.is_some_and(|account| !allows_moved_clock(account)) {
            return Err(Failure::user("--now is only for mail hosts on this machine: a moved clock could send real mail at a wrong hour"));
        }
        Ok(Clock::starting_at(now))
    }

    /// The whole world, nothing connected yet.
    ///
    /// # Errors
    /// When settings or database cannot be used.
    pub fn world(&self) -> Result<World, Failure> {
        self.world_with(Wake::default())
    }

    /// The whole world with a bell of one's own.
    ///
    /// # Errors
    /// When settings or database cannot be used.
    pub fn world_with(&self, wake: Wake) -> Result<World, Failure> {
        let places = self.places()?;
        let settings = config::load(&places.config_file())?;
        let clock = self.clock(Some(&settings.account))?;
        places.make()?;
        let store = Store::open(&places.database(), clock.now())?;
        let (library, errors) = Library::load(&places.templates());
        for error in errors {
            self.say.warn(&error.to_string());
        }
        let post = Post::new(&settings.account, places.config.clone(), wake, clock.hour());
        let world = World { store, post, clock, dice: Dice::System, settings, library, home: places.config, dry_run: false };
        if world.store.read(|tx| tx.value("suppression_key"))?.is_none() {
            world.store.unite_suppressions(world.dice.bytes(), world.now())?;
        }
        flow::restory_all(&world)?;
        Ok(world)
    }

    /// Makes a change and tells a running daemon.
    ///
    /// # Errors
    /// When the change makes no sense or the database fails.
    pub fn change(&self, world: &World, change: Change) -> Result<Changed, Failure> {
        let changed = flow::accept(world, change)?;
        self.nudge(world);
        Ok(changed)
    }

    /// Tells a running daemon that something changed.
    pub fn nudge(&self, world: &World) {
        lock::nudge(world.store.path());
    }

    /// One pass over the mailbox: by the running daemon if there is one, else here.
    ///
    /// # Errors
    /// When the mailbox cannot be read, or the daemon does not answer.
    pub fn look(&self, world: &mut World) -> Result<Value, Failure> {
        let begun = Instant::now();
        let mut asked = None;
        loop {
            if let Some(_lock) = Lock::take(world.store.path())? {
                return here(world);
            }
            let id = match asked {
                Some(id) => id,
                None => {
                    let id = world.store.write(|tx| tx.ask("sync", world.now()))?;
                    self.nudge(world);
                    *asked.insert(id)
                }
            };
            if let Some(answer) = world.store.read(|tx| tx.take_answer(id))? {
                return answered(&answer);
            }
            if begun.elapsed() > PATIENCE {
                return Err(Failure::new(Kind::Network, "another curbside works on the mailbox and did not answer")
                    .hint("curbside status says how it is"));
            }
            std::thread::sleep(LOOK);
        }
    }
}

/// True where all mail stays on this machine: a moved clock could send real mail at a wrong hour.
pub(super) fn allows_moved_clock(account: &Account) -> bool {
    match account {
        Account::Servers(servers) => servers.imap.is_loopback() && servers.smtp.is_loopback(),
        Account::Folder { .. } => true,
    }
}

fn here(world: &mut World) -> Result<Value, Failure> {
    let folders = flow::sync(world)?;
    flow::prepare(world)?;
    Ok(serde_json::json!({ "folders": folders }))
}

fn answered(answer: &str) -> Result<Value, Failure> {
    let value: Value = serde_json::from_str(answer).map_err(|error| Failure::new(Kind::Internal, error.to_string()))?;
    match value.get("error").and_then(Value::as_str) {
        Some(error) => Err(Failure::new(Kind::Network, error.to_owned()).hint("curbside doctor tries every part and says what to do")),
        None => Ok(value),
    }
}
