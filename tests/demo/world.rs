//! Worlds on a local folder, as the demo's command makes them.

use std::path::Path;

use curbside::checkins::Library;
use curbside::clock::{Clock, Dice};
use curbside::config;
use curbside::mail::post::{Post, Wake};
use curbside::store::Store;
use curbside::world::World;
use jiff::Timestamp;

/// A world in `home` whose mail is in `mail`, with a clock that stands at `now`.
pub fn world(home: &Path, mail: &Path, now: Timestamp) -> World {
    let file = home.join("config.toml");
    let text = include_str!("../../data/demo/config.toml").replace("{mail}", &format!("{:?}", mail.display().to_string()));
    let settings = config::parse(&text, &file).expect("the demo's settings are sound");
    let store = Store::open(&home.join("curbside.db"), now).and_then(Store::for_play).expect("a new database");
    let dice = Dice::seeded(1);
    store.unite_suppressions(dice.bytes(), now).expect("a new key");
    let (library, errors) = Library::load(&home.join("templates"));
    assert!(errors.is_empty());
    let post = Post::new(&settings.account, home.to_owned(), Wake::default(), Clock::frozen(now).hour());
    World { store, post, clock: Clock::frozen(now), dice, settings, library, home: home.to_owned(), dry_run: false }
}
