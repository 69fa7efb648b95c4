//! Signing in with the mail provider (OAuth 2.0, RFC 6749): consent in the browser or by a code, and tokens renewed in time.

mod browser;
mod consent;
mod device;
mod fault;
mod pages;
mod provider;
mod renew;

use jiff::{SignedDuration, Timestamp};
use oauth2::basic::BasicTokenResponse;
use oauth2::{RefreshToken, TokenResponse};
use secrecy::SecretString;

pub use self::consent::{Asking, Pasting, Told, by_browser};
pub use self::device::by_device;
pub use self::fault::SignInError;
pub use self::provider::{device_refusal, has_client, how_to_register, name, when_it_ended, when_refused, with_registration};
pub(super) use self::renew::renew;
use super::http;
use crate::model::settings::OAuth;
use crate::secrets::tokens::Tokens;

/// What an access token lasts when nobody says.
const USUAL: std::time::Duration = std::time::Duration::from_secs(3600);

/// Whose tokens these are: with another provider, client or login they are worth nothing.
///
/// # Errors
/// When there is no client id.
pub fn whose(oauth: &OAuth, username: &str) -> Result<String, SignInError> {
    let client = provider::client_id(oauth)?;
    Ok(format!("{} {client} {username}", oauth.provider.key()))
}

/// The answer of the token endpoint as tokens; a refresh token that is not renewed stays as it was.
fn tokens(of: String, answer: &BasicTokenResponse, former: Option<&SecretString>, now: Timestamp) -> Option<Tokens> {
    let new = answer.refresh_token().map(RefreshToken::secret).filter(|secret| !secret.is_empty());
    let refresh = new.map(|secret| SecretString::from(secret.clone())).or_else(|| former.cloned())?;
    let lasts = SignedDuration::try_from(answer.expires_in().unwrap_or(USUAL)).unwrap_or(SignedDuration::MAX);
    let ends = now.checked_add(lasts).unwrap_or(Timestamp::MAX);
    Some(Tokens { of, access: SecretString::from(answer.access_token().secret().clone()), refresh, ends })
}
