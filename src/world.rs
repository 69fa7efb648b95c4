//! Everything the program touches, in one hand: store, mail, clock, dice, settings.

use std::path::PathBuf;

use jiff::civil::Date;
use jiff::{Timestamp, Zoned};

use crate::checkins::Library;
use crate::clock::{Clock, Dice};
use crate::mail::post::Post;
use crate::model::settings::Settings;
use crate::store::Store;

/// Everything the program touches.
pub struct World {
    /// The database.
    pub store: Store,
    /// The mailbox and the way out.
    pub post: Post,
    /// The hour.
    pub clock: Clock,
    /// Randomness.
    pub dice: Dice,
    /// What the owner wants.
    pub settings: Settings,
    /// The check-in templates.
    pub library: Library,
    /// The folder of the configuration, where relative paths begin.
    pub home: PathBuf,
    /// Look and say, send nothing.
    pub dry_run: bool,
}

/// What the owner's files say, read again.
#[derive(Debug)]
pub struct Renewed {
    /// What the owner wants.
    pub settings: Settings,
    /// The check-in templates.
    pub library: Library,
}

impl World {
    /// The hour.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// The hour on the owner's clock.
    #[must_use]
    pub fn local(&self) -> Zoned {
        self.now().to_zoned(self.settings.owner.zone.clone())
    }

    /// Today, where the owner is.
    #[must_use]
    pub fn today(&self) -> Date {
        self.local().date()
    }
}
