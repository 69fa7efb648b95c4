//! A daemon with nothing to do does nothing.

use curbside::checkins::Library;
use curbside::clock::{Clock, Dice};
use curbside::config;
use curbside::flow;
use curbside::mail::post::{Post, Wake, folder_of};
use curbside::model::folder::Role;
use curbside::store::Store;
use curbside::world::World;

use crate::support::owner::Owner;

/// Were another folder left open, the wait would open the inbox, call that news, and take turn after turn.
#[test]
fn after_a_pass_the_inbox_stays_open_so_that_waiting_is_waiting() {
    let owner = Owner::new("leah");
    let settings = config::load(&owner.home.join("config.toml")).expect("what init wrote");
    let clock = Clock::system();
    let store = Store::open(&owner.home.join("curbside.db"), clock.now()).expect("what init made");
    let post = Post::new(&settings.account, owner.home.clone(), Wake::default());
    let library = Library::built_in();
    let mut world = World { store, post, clock, dice: Dice::System, settings, library, home: owner.home.clone(), dry_run: false };
    flow::turn(&mut world).expect("a turn");
    let folders = world.post.known_folders().expect("folders");
    let inbox = folder_of(&folders, Role::Inbox).expect("an inbox");
    assert!(folders.len() > 1 && world.post.is_open(inbox), "another folder is open");
}
