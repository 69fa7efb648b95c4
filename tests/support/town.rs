//! A town to tell stories in: the owner, a mailbox that plays along, a clock that stands, and a real database.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;

use curbside::checkins::Library;
use curbside::clock::{Clock, Dice};
use curbside::config;
use curbside::flow::{self, Change, Changed, Trouble, Turn};
use curbside::mail::post::Post;
use curbside::mail::scripted::{Moment, Scripted};
use curbside::model::draft::DraftState;
use curbside::store::Store;
use curbside::world::World;
use jiff::Zoned;
use tempfile::TempDir;

use super::files::{folder_in_memory, holds};

mod deliveries;
mod hours;
mod letters;
mod people;

pub use letters::report;

/// The owner's address.
pub const ME: &str = "sam@owner.example";
/// Monday, 6 April 2026, 10:00 in New York: no holiday near.
pub const MONDAY: &str = "2026-04-06T10:00:00-04:00[America/New_York]";

/// What stands in every `config.toml` of the town.
const CONFIG: &str = r#"
[owner]
name = "Sam Rivers"
email = "sam@owner.example"
aliases = ["sam.rivers@clinic.example"]
time_zone = "America/New_York"
[account]
folder = "/nowhere"
[reading]
poll = "12h"
"#;

/// The town.
pub struct Town {
    dir: TempDir,
    world: Option<World>,
    lives: u64,
    letters: u32,
}

impl Town {
    /// A town on a Monday morning, nobody known yet.
    pub fn new() -> Self {
        Self::with("")
    }

    /// The same with more lines in `config.toml`.
    pub fn with(more: &str) -> Self {
        Self::at(MONDAY, more)
    }

    /// The same at another hour.
    pub fn at(hour: &str, more: &str) -> Self {
        let start: Zoned = hour.parse().expect("an hour");
        let dir = folder_in_memory();
        let settings = config::parse(&format!("{CONFIG}{more}"), &dir.path().join("config.toml")).expect("sound settings");
        let store = Store::open(&dir.path().join("curbside.db"), start.timestamp()).expect("a database");
        let world = World {
            store,
            post: Post::Scripted(Scripted::new(start.timestamp())),
            clock: Clock::frozen(start.timestamp()),
            dice: Dice::seeded(1),
            settings,
            library: Library::built_in(),
            home: dir.path().to_owned(),
            dry_run: false,
        };
        world.store.unite_suppressions(world.dice.bytes(), world.now()).expect("a key");
        Self { dir, world: Some(world), lives: 1, letters: 0 }
    }

    pub fn world(&mut self) -> &mut World {
        self.world.as_mut().expect("alive")
    }

    pub fn see(&self) -> &World {
        self.world.as_ref().expect("alive")
    }

    pub fn post(&mut self) -> &mut Scripted {
        match &mut self.world().post {
            Post::Scripted(post) => post,
            _ => unreachable!("the town has no servers"),
        }
    }

    pub fn database(&self) -> PathBuf {
        self.dir.path().join("curbside.db")
    }

    pub fn dir(&self) -> &std::path::Path {
        self.dir.path()
    }

    pub fn turn(&mut self) -> Turn {
        flow::turn(self.world()).expect("a turn")
    }

    /// What does not work beside the reading of the mailbox, in sentences.
    pub fn failing(&self) -> Vec<String> {
        self.see().store.read(flow::Errands::read).expect("a database").all().map(|failing| failing.what.clone()).collect()
    }

    pub fn try_turn(&mut self) -> Result<Turn, Trouble> {
        flow::turn(self.world())
    }

    /// The machine dies at a moment of the next turn; the program is started again.
    pub fn dies(&mut self, moment: Moment) {
        self.post().dies = Some(moment);
        let fell = catch_unwind(AssertUnwindSafe(|| self.turn())).is_err();
        assert!(fell, "the turn did not come to {moment:?}");
        self.post().dies = None;
        self.starts_again();
    }

    /// The program ends and is started again on the same file.
    pub fn starts_again(&mut self) {
        let World { store, post, clock, settings, library, home, .. } = self.world.take().expect("alive");
        drop(store);
        self.lives += 1;
        let store = Store::open(&self.dir.path().join("curbside.db"), clock.now()).expect("the same database");
        self.world = Some(World { store, post, clock, dice: Dice::seeded(self.lives), settings, library, home, dry_run: false });
    }

    pub fn change(&mut self, change: Change) -> Result<Changed, Trouble> {
        flow::accept(self.see(), change)
    }

    pub fn does(&mut self, change: Change) {
        self.change(change).expect("makes sense");
    }

    /// True when a text stands anywhere in the database or its log.
    pub fn stores(&self, text: &str) -> bool {
        let files = [self.database(), self.dir.path().join("curbside.db-wal")];
        files.iter().filter_map(|path| std::fs::read(path).ok()).any(|bytes| holds(&bytes, text))
    }
}

impl Drop for Town {
    fn drop(&mut self) {
        let Some(world) = self.world.as_ref().filter(|_| !std::thread::panicking()) else { return };
        let sending = world.store.read(|tx| tx.drafts_in(DraftState::Sending)).unwrap_or_default();
        assert!(sending.is_empty(), "a delivery was left in sending");
    }
}
