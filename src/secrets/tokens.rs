//! The tokens of a sign-in with the provider (RFC 6749): kept whole, renewed by one process at a time.

use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};

use super::kept::Place;
use super::{SecretError, keyring};
use crate::model::settings::OAuth;

/// The file of the tokens, beside the settings.
const FILE: &str = "sign-in.json";
/// Held by whoever renews them.
const LOCK: &str = "sign-in.lock";
/// How long another process may take to renew them.
const PATIENCE: Duration = Duration::from_secs(60);
/// How often the lock is tried meanwhile.
const LOOK: Duration = Duration::from_millis(50);

/// What a sign-in gave.
#[derive(Debug, Clone)]
pub struct Tokens {
    /// Whose: provider, client and login name; with others it is worth nothing.
    pub of: String,
    /// Opens the servers.
    pub access: SecretString,
    /// Gives the next access token.
    pub refresh: SecretString,
    /// When the access token ends.
    pub ends: Timestamp,
}

#[derive(Serialize, Deserialize)]
struct Written {
    of: String,
    access_token: String,
    refresh_token: String,
    ends: Timestamp,
}

/// Where the tokens of an account are kept.
#[derive(Debug, Clone)]
pub struct Shelf {
    place: Place,
    lock: PathBuf,
}

/// Held while tokens are renewed: a refresh token that two use at once may be taken for stolen.
#[derive(Debug)]
pub struct Held(#[expect(dead_code, reason = "the lock ends with the file")] File);

impl Shelf {
    /// The shelf of an account whose settings lie in `dir`.
    #[must_use]
    pub fn of(oauth: &OAuth, dir: &Path) -> Self {
        let keyring = |username: &String| Place::Keyring { what: keyring::SIGN_IN, username: username.clone() };
        let file = Self::beside(dir);
        Self { place: oauth.keyring.as_ref().map_or(file.place, keyring), lock: file.lock }
    }

    /// The shelf in a file beside the settings.
    #[must_use]
    pub fn beside(dir: &Path) -> Self {
        Self { place: Place::File(dir.join(FILE)), lock: dir.join(LOCK) }
    }

    /// The tokens, if there are any.
    ///
    /// # Errors
    /// When they cannot be read, or others may read them too.
    pub fn read(&self) -> Result<Option<Tokens>, SecretError> {
        let Some(text) = self.place.read()? else { return Ok(None) };
        let written: Written = serde_json::from_str(text.expose_secret()).map_err(|_| SecretError::NoTokens)?;
        Ok(Some(Tokens {
            of: written.of,
            access: SecretString::from(written.access_token),
            refresh: SecretString::from(written.refresh_token),
            ends: written.ends,
        }))
    }

    /// Where they are.
    #[must_use]
    pub const fn place(&self) -> &Place {
        &self.place
    }

    /// Keeps tokens in place of the former ones; `held` by whoever may, and let go once they are written, however late.
    ///
    /// # Errors
    /// When they cannot be written; the former ones are then still there, or a keyring takes these later.
    pub fn write(&self, tokens: &Tokens, held: Held) -> Result<(), SecretError> {
        let written = Written {
            of: tokens.of.clone(),
            access_token: tokens.access.expose_secret().to_owned(),
            refresh_token: tokens.refresh.expose_secret().to_owned(),
            ends: tokens.ends,
        };
        let text = serde_json::to_string(&written).map_err(|_| SecretError::NoTokens)?;
        self.place.write_holding(&SecretString::from(text), held)
    }

    /// Takes the tokens away, once nobody renews them; true when there were some.
    ///
    /// # Errors
    /// When they cannot be taken away.
    pub fn remove(&self) -> Result<bool, SecretError> {
        // Without tokens there is no lock to be left behind.
        if matches!(&self.place, Place::File(path) if !path.exists()) {
            return Ok(false);
        }
        let _held = self.hold(&|| false)?;
        self.place.remove()
    }

    /// Waits until nobody else renews the tokens, and holds them.
    ///
    /// # Errors
    /// When another process does not let go, or the folder cannot be written.
    pub fn hold(&self, is_stopped: &dyn Fn() -> bool) -> Result<Held, SecretError> {
        let failed = |error| SecretError::Unwritable { path: self.lock.clone(), error };
        let file = File::create(&self.lock).map_err(failed)?;
        let begun = Instant::now();
        loop {
            match file.try_lock() {
                Ok(()) => return Ok(Held(file)),
                Err(TryLockError::Error(error)) => return Err(failed(error)),
                Err(TryLockError::WouldBlock) if is_stopped() || begun.elapsed() > PATIENCE => return Err(SecretError::Held),
                Err(TryLockError::WouldBlock) => thread::sleep(LOOK),
            }
        }
    }
}
