//! A daemon with nothing to do does nothing.

use curbside::checkins::Library;
use curbside::clock::{Clock, Dice};
use curbside::config;
use curbside::flow;
use curbside::mail::post::{Post, Wake, folder_of};
use curbside::model::folder::Role;
use curbside::store::Store;
use curbside::world::World;

use crate::support::crowd::Crowd;
use crate::support::letters::mail;
use crate::support::owner::{Owner, wait_until};
use crate::support::servers::deliver;

/// Were another folder left open, the wait would open the inbox, call that news, and take turn after turn.
#[test]
fn after_a_pass_the_inbox_stays_open_so_that_waiting_is_waiting() {
    let owner = Owner::new("leah");
    let settings = config::load(&owner.home.join("config.toml")).expect("what init wrote");
    let clock = Clock::system();
    let store = Store::open(&owner.home.join("curbside.db"), clock.now()).expect("what init made");
    let post = Post::new(&settings.account, owner.home.clone(), Wake::default(), Clock::system().hour());
    let library = Library::built_in();
    let mut world = World { store, post, clock, dice: Dice::System, settings, library, home: owner.home.clone(), dry_run: false };
    flow::turn(&mut world).expect("a turn");
    let folders = world.post.known_folders().expect("folders");
    let inbox = folder_of(&folders, Role::Inbox).expect("an inbox");
    assert!(folders.len() > 1 && world.post.is_open(inbox), "another folder is open");
}

/// The copy is looked for every two seconds for five; were the wait to call its own opening of the inbox news, turn would
/// follow upon turn.
#[test]
fn while_a_copy_in_sent_is_awaited_the_mailbox_is_not_besieged() {
    let crowd = Crowd::approved("leah", 1);
    // A folder Sent that can be opened.
    deliver(&crowd.owner.user.replace('@', "+Sent@"), &mail(&crowd.owner.user, "other@elsewhere.test", "Old", "", "Old."));
    let daemon = crowd.owner.run();
    wait_until("it is sent", || crowd.states().contains_key("sent"));
    let listings = || memchr::memmem::find_iter(&crowd.imap.heard(), b" LIST ").count();
    let before = listings();
    wait_until("the copy is filed", || crowd.count().copies == 2);
    let turns = listings() - before;
    assert!((1..10).contains(&turns), "{turns} looks at all folders");
    assert_eq!(daemon.terminate().0, Some(0));
}
