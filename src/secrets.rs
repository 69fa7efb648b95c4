//! Where passwords come from and tokens are kept: a command's output, the keyring or a 0600 file; never shown (P16).

pub mod command;
pub mod kept;
pub mod keyring;
pub mod tokens;

use std::fs::{self, File, Metadata};
use std::io::{self, Read};
use std::os::unix::fs::MetadataExt;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::ExitStatus;
use std::time::Duration;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use rustix::process::{Resource, Rlimit, setrlimit};
use secrecy::{ExposeSecret, SecretString};

use crate::model::settings::SecretSource;

/// How long a password command may take; it may ask an agent, but not wait for a person for ever.
const COMMAND_DEADLINE: Duration = Duration::from_secs(30);
/// Bytes read of a file with a secret.
const MOST_BYTES: u64 = 64 * 1024;

/// Why there is no password. No variant holds what a command printed or a file contains.
#[derive(Debug, thiserror::Error)]
pub enum SecretError {
    /// The command ended with a failure.
    #[error("the password command failed with exit {0}; run it in a terminal to see what it says")]
    Exit(i32),
    /// The command was ended by a signal.
    #[error("the password command was ended by signal {0}")]
    Signal(i32),
    /// The command could not be run, or ran too long.
    #[error("the password command gave nothing: {0}")]
    Command(#[from] command::CommandError),
    /// The first line is empty.
    #[error("{0} gave an empty first line where the password should be")]
    Empty(&'static str),
    /// The first line is no text a login can hold.
    #[error("{0} gave a first line that is no plain text, so it cannot be a password")]
    NoText(&'static str),
    /// The file cannot be read.
    #[error("the password file {} cannot be read: {error}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system says.
        error: io::Error,
    },
    /// It is a folder, a pipe or a device.
    #[error("the password file {} is not an ordinary file", .0.display())]
    NotAFile(PathBuf),
    /// Somebody else's file.
    #[error("the password file {} belongs to another user; make one of your own", .0.display())]
    NotOurs(PathBuf),
    /// Others may read or write it.
    #[error("the password file {} can be read or changed by others (mode {mode:04o}); run: chmod 600 '{}'", path.display(), path.display())]
    Open {
        /// The file.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// There is no keyring, or it does not open.
    #[error("the keyring cannot be used: {0}")]
    Keyring(&'static str),
    /// The keyring has nothing for this login.
    #[error("the keyring holds no password for this login; give it anew: curbside init --reauth")]
    NotInKeyring,
    /// A secret of ours cannot be kept.
    #[error("{} cannot be written: {error}", path.display())]
    Unwritable {
        /// The file.
        path: PathBuf,
        /// What the system says.
        error: io::Error,
    },
    /// What should hold tokens holds something else.
    #[error("what is kept of the sign-in cannot be read; sign in again: curbside init --reauth")]
    NoTokens,
    /// Somebody else renews them, and does not end.
    #[error("another curbside is renewing the sign-in, or waits for the keyring to be unlocked; curbside status says which runs")]
    Held,
    /// Tokens are no password, and are renewed by those who know the provider.
    #[error("there is no password: you sign in with the provider")]
    SignedIn,
}

/// Forbids core dumps of this process and its children: a password is in its memory while it signs in (P16).
pub fn leave_no_core() {
    let none = Rlimit { current: Some(0), maximum: Some(0) };
    if let Err(error) = setrlimit(Resource::Core, none) {
        tracing::debug!(%error, "core dumps could not be forbidden");
    }
}

/// The password, from where the settings say. Relative paths and commands start in `dir`.
///
/// # Errors
/// When there is none to be had; the error says what to do and never holds the secret.
pub fn password(source: &SecretSource, dir: &Path) -> Result<SecretString, SecretError> {
    password_unless(&|| false, source, dir)
}

/// [`password`]; a command that is still asked once `is_stopped` says so is ended.
///
/// # Errors
/// As [`password`].
pub fn password_unless(is_stopped: &dyn Fn() -> bool, source: &SecretSource, dir: &Path) -> Result<SecretString, SecretError> {
    match source {
        SecretSource::Command(line) => from_command(is_stopped, line, dir, COMMAND_DEADLINE),
        SecretSource::File(path) => from_file(&dir.join(path)),
        SecretSource::Keyring(username) => {
            let found = keyring::read_unless(is_stopped, keyring::PASSWORD, username)?;
            found.ok_or(SecretError::NotInKeyring)
        }
        SecretSource::OAuth(_) => Err(SecretError::SignedIn),
    }
}

/// True when words hold the password or the token, as it is or as a login encodes it (RFC 4616, XOAUTH2).
#[must_use]
pub fn is_in(words: &str, username: &str, password: &SecretString) -> bool {
    let secret = password.expose_secret();
    let encoded = |text: &str| BASE64_STANDARD.encode(text).trim_end_matches('=').to_owned();
    let logins = [encoded(&format!("\0{username}\0{secret}")), encoded(&format!("user={username}\x01auth=Bearer {secret}\x01\x01"))];
    [secret.to_owned(), encoded(secret)].iter().chain(&logins).any(|form| words.contains(form.as_str()))
}

fn from_command(is_stopped: &dyn Fn() -> bool, line: &str, dir: &Path, deadline: Duration) -> Result<SecretString, SecretError> {
    let ended = command::run_unless(is_stopped, line, Some(dir), Vec::new(), deadline)?;
    if !ended.status.success() {
        return Err(failure(ended.status));
    }
    secret("the password command", &ended.stdout)
}

fn failure(status: ExitStatus) -> SecretError {
    status.code().map_or_else(|| SecretError::Signal(status.signal().unwrap_or_default()), SecretError::Exit)
}

fn from_file(path: &Path) -> Result<SecretString, SecretError> {
    secret("the password file", text_of(path)?.expose_secret().as_bytes())
}

/// What a file with a secret holds; only its owner may be able to read it.
fn text_of(path: &Path) -> Result<SecretString, SecretError> {
    let unreadable = |error| SecretError::Unreadable { path: path.to_owned(), error };
    // Looked at before it is opened (opening a pipe waits for a writer) and again once it is open (it may have been swapped).
    check_file(path, &fs::metadata(path).map_err(unreadable)?)?;
    let file = File::open(path).map_err(unreadable)?;
    check_file(path, &file.metadata().map_err(unreadable)?)?;
    let mut bytes = Vec::new();
    file.take(MOST_BYTES).read_to_end(&mut bytes).map_err(unreadable)?;
    String::from_utf8(bytes).map(SecretString::from).map_err(|_| SecretError::NoText("the password file"))
}

fn check_file(path: &Path, metadata: &Metadata) -> Result<(), SecretError> {
    let mode = metadata.mode() & 0o7777;
    if !metadata.is_file() {
        return Err(SecretError::NotAFile(path.to_owned()));
    }
    if metadata.uid() != rustix::process::geteuid().as_raw() {
        return Err(SecretError::NotOurs(path.to_owned()));
    }
    if mode & 0o077 != 0 {
        return Err(SecretError::Open { path: path.to_owned(), mode });
    }
    Ok(())
}

fn secret(source: &'static str, bytes: &[u8]) -> Result<SecretString, SecretError> {
    let line = std::str::from_utf8(command::first_line(bytes)).map_err(|_| SecretError::NoText(source))?;
    if line.is_empty() {
        return Err(SecretError::Empty(source));
    }
    if line.contains(char::is_control) {
        return Err(SecretError::NoText(source));
    }
    Ok(SecretString::from(line.to_owned()))
}
