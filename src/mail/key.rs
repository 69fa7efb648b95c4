//! What opens the servers: a password, or an access token that is renewed in time.

use std::path::Path;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use secrecy::{ExposeSecret, SecretString};

use super::oauth::{self, SignInError};
use crate::model::edge::EdgeError;
use crate::model::settings::{OAuth, Servers};
use crate::secrets::command::CommandError;
use crate::secrets::tokens::{Shelf, Tokens};
use crate::secrets::{self, SecretError};

/// The hour, for those who ask again and again.
pub type Hour = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// An access token with less left is renewed first, so that it does not end in the middle of what it is for.
const LEAST: SignedDuration = SignedDuration::from_mins(5);

/// Whoever fetches the keys of an account.
#[derive(Clone, Copy)]
pub struct Keys<'a> {
    /// The account.
    pub servers: &'a Servers,
    /// Where relative paths begin, and tokens lie.
    pub dir: &'a Path,
    /// The hour.
    pub hour: &'a Hour,
    /// True once the program is to end.
    pub is_stopped: &'a dyn Fn() -> bool,
}

/// What opens the servers now.
pub struct Key {
    /// The password, or the access token.
    pub secret: SecretString,
    /// It was kept since an earlier time, and a new one may be had if it is refused.
    is_old: bool,
}

impl<'a> Keys<'a> {
    /// The keys of an account, fetched to the end.
    #[must_use]
    pub fn of(servers: &'a Servers, dir: &'a Path, hour: &'a Hour) -> Self {
        Self { servers, dir, hour, is_stopped: &|| false }
    }

    /// The key.
    ///
    /// # Errors
    /// `Login` when there is none and the owner must act; `Temporary` when the provider could not be asked for one.
    pub fn key(&self) -> Result<Key, EdgeError> {
        let Some(oauth) = self.servers.secret.oauth() else { return self.password() };
        let place = Shelf::of(oauth, self.dir);
        let tokens = self.kept(oauth, &place)?;
        if tokens.ends.duration_since((self.hour)()) > LEAST {
            return Ok(Key { secret: tokens.access, is_old: true });
        }
        self.renewed(oauth, &tokens.access)
    }

    /// Does something with the key; when a key kept from earlier is refused, once more with a new one.
    ///
    /// # Errors
    /// What the attempt says, or why there is no key.
    pub fn open<T>(&self, mut attempt: impl FnMut(&SecretString) -> Result<T, EdgeError>) -> Result<T, EdgeError> {
        let key = self.key()?;
        match attempt(&key.secret) {
            Err(EdgeError::Login(why)) => match self.instead_of(&key)? {
                Some(key) => attempt(&key.secret),
                None => Err(EdgeError::Login(why)),
            },
            answer => answer,
        }
    }

    /// A new key for one that was refused; `None` when that one was new already, or is no token.
    ///
    /// # Errors
    /// As [`Keys::key`].
    pub fn instead_of(&self, refused: &Key) -> Result<Option<Key>, EdgeError> {
        match self.servers.secret.oauth() {
            Some(oauth) if refused.is_old => self.renewed(oauth, &refused.secret).map(Some),
            _ => Ok(None),
        }
    }

    fn password(&self) -> Result<Key, EdgeError> {
        match secrets::password_unless(self.is_stopped, &self.servers.secret, self.dir) {
            Ok(secret) => Ok(Key { secret, is_old: false }),
            // One that was not waited for is no trouble of the owner's.
            // Nor is a keyring that waits to be unlocked.
            Err(error @ (SecretError::Command(CommandError::Stopped) | SecretError::Keyring(_))) => {
                Err(EdgeError::temporary(error.to_string()))
            }
            Err(error) => Err(EdgeError::Login(error.to_string())),
        }
    }

    fn kept(&self, oauth: &OAuth, place: &Shelf) -> Result<Tokens, SignInError> {
        let of = oauth::whose(oauth, &self.servers.username)?;
        place.read()?.filter(|tokens| tokens.of == of).ok_or(SignInError::Never(oauth.provider))
    }

    /// A new access token, from the one process that holds the place; another one's is as good.
    fn renewed(&self, oauth: &OAuth, stale: &SecretString) -> Result<Key, EdgeError> {
        let place = Shelf::of(oauth, self.dir);
        let held = place.hold(self.is_stopped).map_err(SignInError::from)?;
        let tokens = self.kept(oauth, &place)?;
        if tokens.access.expose_secret() != stale.expose_secret() {
            return Ok(Key { secret: tokens.access, is_old: false });
        }
        let tokens = oauth::renew(oauth, &tokens, (self.hour)())?;
        // On the disk before it is used: the provider may have forgotten the old refresh token.
        place.write(&tokens, held).map_err(SignInError::from)?;
        tracing::debug!("the access token was renewed");
        Ok(Key { secret: tokens.access, is_old: false })
    }
}
