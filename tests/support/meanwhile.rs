//! Another terminal, in which the owner does something at a certain moment of a turn.

use std::fmt;

use curbside::checkins::Library;
use curbside::clock::Dice;
use curbside::flow::{self, Change};
use curbside::mail::post::Post;
use curbside::mail::scripted::{Fates, Moment, Scripted};
use curbside::model::edge::EdgeError;
use curbside::store::Store;
use curbside::world::World;

use super::town::Town;

struct Terminal {
    world: World,
    at: Moment,
    change: Option<Change>,
}

impl fmt::Debug for Terminal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a terminal at {:?}", self.at)
    }
}

impl Fates for Terminal {
    fn at(&mut self, _: &mut Scripted, moment: Moment) -> Result<(), EdgeError> {
        if moment == self.at
            && let Some(change) = self.change.take()
        {
            flow::accept(&self.world, change).expect("makes sense");
        }
        Ok(())
    }
}

/// The owner makes a change in another process when the next turn comes to a moment.
pub fn changes(town: &mut Town, at: Moment, change: Change) {
    let here = town.see();
    let now = here.now();
    let world = World {
        store: Store::open(here.store.path(), now).expect("the same database"),
        post: Post::Scripted(Scripted::new(now)),
        clock: here.clock.clone(),
        dice: Dice::seeded(99),
        settings: here.settings.clone(),
        library: Library::built_in(),
        home: here.home.clone(),
        dry_run: false,
    };
    town.post().fates = Some(Box::new(Terminal { world, at, change: Some(change) }));
}
