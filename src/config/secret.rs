//! Where the password comes from, or how the owner signs in instead: exactly one of several ways.

use std::path::Path;

use super::{ConfigError, RawAccount, below, value};
use crate::model::address::clean_name;
use crate::model::settings::{OAuth, OAuthProvider, SecretSource, Unshown};

/// The one way that `[account]` names.
///
/// # Errors
/// When it names none or several, or an authorization server that is not on this machine.
pub(super) fn source(raw: &RawAccount, username: &str, dir: &Path) -> Result<SecretSource, ConfigError> {
    let keyring = raw.keyring.then(|| username.to_owned());
    match (&raw.password_command, &raw.password_file, raw.oauth.as_deref(), keyring) {
        (Some(command), None, None, None) => Ok(SecretSource::Command(command.clone())),
        (None, Some(file), None, None) => Ok(SecretSource::File(below(dir, file.clone()))),
        (None, None, Some(provider), keyring) => Ok(SecretSource::OAuth(Box::new(oauth(raw, provider, keyring)?))),
        (None, None, None, Some(username)) => Ok(SecretSource::Keyring(username)),
        (None, None, None, None) => {
            Err(value("account", "password_command", "is missing; give password_command, password_file, keyring or oauth"))
        }
        _ => Err(value("account", "password_command", "give only one of password_command, password_file, keyring and oauth")),
    }
}

fn oauth(raw: &RawAccount, provider: &str, keyring: Option<String>) -> Result<OAuth, ConfigError> {
    let known = OAuthProvider::of(provider);
    let server = raw.oauth_server.as_deref().map(local_server).transpose()?;
    Ok(OAuth {
        provider: known.ok_or_else(|| value("account", "oauth", format!("“{}” is none of google, microsoft", clean_name(provider))))?,
        client_id: raw.oauth_client_id.as_deref().map(clean_name).filter(|id| !id.is_empty()),
        client_secret: raw.oauth_client_secret.as_deref().map(clean_name).filter(|text| !text.is_empty()).map(Unshown),
        keyring,
        server,
    })
}

/// Whoever answers there is told what opens the mailbox: nobody but this machine may stand in for the provider.
fn local_server(url: &str) -> Result<String, ConfigError> {
    let authority = url.strip_prefix("http://").and_then(|rest| rest.split('/').next()).unwrap_or_default();
    let port = authority.strip_prefix("127.0.0.1:").and_then(|port| port.parse::<u16>().ok());
    match port {
        Some(port) if port > 0 => Ok(url.trim_end_matches('/').to_owned()),
        _ => Err(value("account", "oauth_server", "is for tests on this machine only, such as http://127.0.0.1:8080; leave it out")),
    }
}
