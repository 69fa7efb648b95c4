//! The keyring of the desktop (Secret Service, Keychain); it may wait for a person, but not for ever.

use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use secrecy::{ExposeSecret, SecretString};

use super::SecretError;

/// What a password is called there.
pub const PASSWORD: &str = "curbside password";
/// What the tokens of a sign-in are called there.
pub const SIGN_IN: &str = "curbside sign-in";

/// What is put there only to see whether it opens.
const PROBE: &str = "curbside probe";

/// How long it may take; whoever is there may be asked to unlock it.
const PATIENCE: Duration = Duration::from_secs(30);
/// How often a waiting program looks whether it is to end.
const LOOK_UP: Duration = Duration::from_millis(100);

/// What an entry holds; `None` when there is none.
///
/// # Errors
/// When there is no keyring, or nobody unlocks it.
pub fn read(what: &'static str, username: &str) -> Result<Option<SecretString>, SecretError> {
    read_unless(&|| false, what, username)
}

/// [`read`], given up once `is_stopped` says so.
///
/// # Errors
/// As [`read`].
pub fn read_unless(is_stopped: &dyn Fn() -> bool, what: &'static str, username: &str) -> Result<Option<SecretString>, SecretError> {
    let username = username.to_owned();
    within(is_stopped, move || entry::read(what, &username))
}

/// Puts a secret into an entry, in place of the former one. `held` is let go once that is over, however late: what is not
/// waited for any more could else take the place of something newer.
///
/// # Errors
/// As [`read`].
pub fn write<H: Send + 'static>(what: &'static str, username: &str, secret: &SecretString, held: H) -> Result<(), SecretError> {
    let (username, secret) = (username.to_owned(), secret.clone());
    holding(&|| false, held, move || entry::write(what, &username, &secret))
}

/// Takes an entry out; true when there was one.
///
/// # Errors
/// As [`read`].
pub fn remove(what: &'static str, username: &str) -> Result<bool, SecretError> {
    let username = username.to_owned();
    within(&|| false, move || entry::remove(what, &username))
}

/// True when something can be put into the keyring and found there again: one that is locked says of everything that it is
/// not there.
#[must_use]
pub fn is_there() -> bool {
    within(&|| false, probe).inspect_err(|error| tracing::debug!(%error, "the keyring is not used")).is_ok_and(|is_open| is_open)
}

fn probe() -> Result<bool, SecretError> {
    let word = SecretString::from("nothing secret; it can be taken out");
    entry::write(PROBE, PROBE, &word)?;
    let found = entry::read(PROBE, PROBE)?;
    entry::remove(PROBE, PROBE)?;
    Ok(found.is_some_and(|found| found.expose_secret() == word.expose_secret()))
}

/// Does it, and lets go of `held` only when it is done.
fn holding<T: Send + 'static, H: Send + 'static>(
    is_stopped: &dyn Fn() -> bool,
    held: H,
    act: impl FnOnce() -> Result<T, SecretError> + Send + 'static,
) -> Result<T, SecretError> {
    within(is_stopped, move || {
        let done = act();
        drop(held);
        done
    })
}

/// Does it on a thread of its own, which is left behind when it does not come back.
fn within<T: Send + 'static>(
    is_stopped: &dyn Fn() -> bool,
    act: impl FnOnce() -> Result<T, SecretError> + Send + 'static,
) -> Result<T, SecretError> {
    let (tell, told) = mpsc::channel();
    let begun = Instant::now();
    thread::spawn(move || tell.send(act()));
    loop {
        match told.recv_timeout(LOOK_UP) {
            Ok(answer) => return answer,
            Err(RecvTimeoutError::Timeout) if !is_stopped() && begun.elapsed() < PATIENCE => {}
            Err(RecvTimeoutError::Timeout) => return Err(SecretError::Keyring("it did not open in time; is it locked?")),
            Err(RecvTimeoutError::Disconnected) => return Err(SecretError::Keyring("it gave up")),
        }
    }
}

#[cfg(feature = "keyring")]
mod entry {
    //! With the library.

    use keyring::{Entry, Error};
    use secrecy::{ExposeSecret, SecretString};

    use super::SecretError;

    pub(super) fn read(what: &str, username: &str) -> Result<Option<SecretString>, SecretError> {
        match Entry::new(what, username).and_then(|entry| entry.get_password()) {
            Ok(secret) => Ok(Some(SecretString::from(secret))),
            Err(Error::NoEntry) => Ok(None),
            Err(error) => Err(fault(&error)),
        }
    }

    pub(super) fn write(what: &str, username: &str, secret: &SecretString) -> Result<(), SecretError> {
        Entry::new(what, username).and_then(|entry| entry.set_password(secret.expose_secret())).map_err(|error| fault(&error))
    }

    pub(super) fn remove(what: &str, username: &str) -> Result<bool, SecretError> {
        match Entry::new(what, username).and_then(|entry| entry.delete_credential()) {
            Ok(()) => Ok(true),
            Err(Error::NoEntry) => Ok(false),
            Err(error) => Err(fault(&error)),
        }
    }

    /// Not the library's own words: some of its errors carry what an entry holds.
    fn fault(error: &Error) -> SecretError {
        SecretError::Keyring(match error {
            Error::NoStorageAccess(_) => "it is locked",
            Error::Ambiguous(_) => "it holds several entries for this login",
            Error::TooLong(..) | Error::Invalid(..) | Error::BadEncoding(_) => "it cannot hold this",
            _ => "none runs here (over SSH and on servers there is none); a password_file works everywhere",
        })
    }
}

#[cfg(not(feature = "keyring"))]
mod entry {
    //! Without the library.

    use secrecy::SecretString;

    use super::SecretError;

    const NONE: SecretError = SecretError::Keyring("this build of curbside has none (cargo feature keyring)");

    pub(super) fn read(_: &str, _: &str) -> Result<Option<SecretString>, SecretError> {
        Err(NONE)
    }

    pub(super) fn write(_: &str, _: &str, _: &SecretString) -> Result<(), SecretError> {
        Err(NONE)
    }

    pub(super) fn remove(_: &str, _: &str) -> Result<bool, SecretError> {
        Err(NONE)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::settings::{OAuth, OAuthProvider};
    use crate::secrets::tokens::Shelf;

    #[test]
    fn a_write_that_comes_late_lets_nobody_write_something_newer_before_it() {
        let dir = tempfile::tempdir().expect("a folder");
        let oauth = OAuth { provider: OAuthProvider::Google, client_id: None, client_secret: None, keyring: None, server: None };
        let shelf = Shelf::of(&oauth, dir.path());
        let held = shelf.hold(&|| false).expect("nobody else holds it");
        let (unlock, locked) = mpsc::channel::<()>();
        let late = holding(&|| true, held, move || locked.recv().map_err(|_| SecretError::NoTokens));
        assert!(matches!(late, Err(SecretError::Keyring(_))), "it was not waited for");
        assert!(matches!(shelf.hold(&|| true), Err(SecretError::Held)), "it may still be written");
        unlock.send(()).expect("it waits");
        shelf.hold(&|| false).expect("it is done");
    }
}
