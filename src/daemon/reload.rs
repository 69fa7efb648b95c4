//! Settings and templates that change while the daemon runs: obeyed at its next turn; wrong settings stop all sending until
//! they are right.

use crate::flow::Trouble;
use crate::mail::post::{Post, Wake};
use crate::model::settings::Settings;
use crate::world::{Renewed, World};

/// Tells the settings and templates when a file of theirs has changed since it was asked last, or what is wrong with the
/// settings.
pub type Reload = Box<dyn FnMut() -> Option<Result<Renewed, String>> + Send>;

/// What `status` says of settings that are wrong.
const KEY: &str = "config_error";

/// The settings of a running daemon.
pub(super) struct Reloading {
    reload: Reload,
    /// Nothing was to be sent from the beginning.
    dry_run: bool,
    /// The file as it is now cannot be used.
    pub(super) is_wrong: bool,
}

impl Reloading {
    pub(super) fn new(reload: Reload, world: &World) -> Result<Self, Trouble> {
        world.store.write(|tx| tx.clear_value(KEY))?;
        Ok(Self { reload, dry_run: world.dry_run, is_wrong: false })
    }

    /// Takes over settings that have changed. While they are wrong nothing is sent: a new `never` may stand among them.
    pub(super) fn look(&mut self, world: &mut World, wake: &Wake) -> Result<(), Trouble> {
        match (self.reload)() {
            None => return Ok(()),
            Some(Ok(Renewed { settings, library })) => {
                tracing::info!("the settings or templates have changed");
                self.is_wrong = false;
                take_over(world, settings, wake);
                world.library = library;
                world.store.write(|tx| tx.clear_value(KEY))?;
            }
            Some(Err(what)) => {
                tracing::error!("nothing is sent until config.toml is right: {what}");
                self.is_wrong = true;
                world.store.write(|tx| tx.set_value(KEY, &what))?;
            }
        }
        world.dry_run = self.dry_run || self.is_wrong;
        Ok(())
    }
}

fn take_over(world: &mut World, settings: Settings, wake: &Wake) {
    if settings.account != world.settings.account {
        world.post.hang_up();
        world.post = Post::new(&settings.account, world.home.clone(), wake.clone(), world.clock.hour());
    }
    world.settings = settings;
}
