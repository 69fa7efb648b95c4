//! Half a year of an invented network on a local folder: scripted correspondents, and everything else by turns.
//!
//! Nothing is put into the tables from behind: contacts, news, calls and approvals come through the one door for
//! changes, mail through the folder, and the rest is what a turn makes of it.

mod calendar;
mod machines;
mod mailers;
mod owner;
mod people;
mod script;
mod stage;
mod summary;

use jiff::Timestamp;
use jiff::civil::Date;

pub use script::{Comes, Script};
pub use stage::DAYS;
pub use summary::{Person, Summary};

use crate::flow::Trouble;
use crate::world::World;
use stage::Stage;

/// How far the half year has come.
#[derive(Debug, Clone, Copy)]
pub struct Progress {
    /// Days that have passed, of [`DAYS`].
    pub day: u64,
    /// The day that it is.
    pub date: Date,
}

/// Lives half a year that ends at the hour the world's (frozen) clock shows.
///
/// # Errors
/// When the world has no local folder, or a folder or the database fails.
pub fn run(world: &mut World, progress: &mut dyn FnMut(Progress)) -> Result<Summary, Trouble> {
    let ends: Timestamp = world.now();
    let mut stage = Stage::set(world, ends)?;
    stage.begin()?;
    while let Some(at) = stage.next_moment()? {
        stage.live(at)?;
        progress(stage.progress());
    }
    stage.end()
}
