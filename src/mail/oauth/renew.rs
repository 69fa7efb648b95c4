//! A new access token for a refresh token; the new refresh token, if one comes with it, takes the old one's place.

use jiff::Timestamp;
use oauth2::RefreshToken;
use secrecy::ExposeSecret;

use super::fault::{SignInError, of_token};
use super::{http, provider, tokens};
use crate::model::settings::OAuth;
use crate::secrets::tokens::Tokens;

/// Asks for a new access token.
///
/// # Errors
/// `Ended` when the provider no longer accepts the sign-in, `Network` when it could not be asked.
pub fn renew(oauth: &OAuth, former: &Tokens, now: Timestamp) -> Result<Tokens, SignInError> {
    let client = provider::client(oauth)?;
    let refresh = RefreshToken::new(former.refresh.expose_secret().to_owned());
    let answer = client.exchange_refresh_token(&refresh).request(&http::ask);
    let answer = answer.map_err(|error| of_token(oauth.provider, &error))?;
    tokens(former.of.clone(), &answer, Some(&former.refresh), now).ok_or(SignInError::NotLasting(oauth.provider))
}
