//! Who else may read or change `config.toml`: it names commands that run with the owner's rights, and may hold a secret.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use super::ConfigError;
use crate::model::settings::{Account, SecretSource};

/// Commands that only repeat what stands beside them: then the password itself stands in the file.
const REPEATERS: [&str; 2] = ["echo", "printf"];

/// Refuses a file that others may change, or one with a password in it that others may read (P16).
///
/// # Errors
/// With the command that mends it.
pub(super) fn check(path: &Path, account: &Account) -> Result<(), ConfigError> {
    let Ok(mode) = fs::metadata(path).map(|metadata| metadata.mode() & 0o7777) else { return Ok(()) };
    let why = match mode {
        mode if mode & 0o002 != 0 => "can be changed by others, and it names commands that run with your rights",
        mode if mode & 0o077 != 0 && holds_password(account) => "can be read by others, and there is a password in it",
        _ => return Ok(()),
    };
    let what = format!("the file {why} (mode {mode:04o}); run: chmod 600 '{}'", path.display());
    Err(ConfigError::File { path: path.to_owned(), what })
}

fn holds_password(account: &Account) -> bool {
    let Account::Servers(servers) = account else { return false };
    let line = match &servers.secret {
        SecretSource::Command(line) => line,
        SecretSource::OAuth(oauth) => return oauth.client_secret.is_some(),
        SecretSource::File(_) | SecretSource::Keyring(_) => return false,
    };
    line.split_whitespace().next().is_some_and(|word| REPEATERS.contains(&word.rsplit('/').next().unwrap_or(word)))
}
