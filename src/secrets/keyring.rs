//! The keyring of the desktop (Secret Service, Keychain); it may wait for a person, but not for ever.

use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use secrecy::SecretString;

use super::SecretError;

/// What a password is called there.
pub const PASSWORD: &str = "curbside password";
/// What the tokens of a sign-in are called there.
pub const SIGN_IN: &str = "curbside sign-in";

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

/// Puts a secret into an entry, in place of the former one.
///
/// # Errors
/// As [`read`].
pub fn write(what: &'static str, username: &str, secret: &SecretString) -> Result<(), SecretError> {
    let (username, secret) = (username.to_owned(), secret.clone());
    within(&|| false, move || entry::write(what, &username, &secret))
}

/// True when a secret can be put into the keyring and found there again, now and without asking anybody for long.
#[must_use]
pub fn is_there() -> bool {
    within(&|| false, || entry::read("curbside", "probe")).is_ok()
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
}
