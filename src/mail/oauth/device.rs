//! The device flow (RFC 8628): the owner types a short code at the provider, on any machine; meanwhile we ask, slowly.

use std::time::Duration;

use oauth2::{DeviceCodeErrorResponseType, RequestTokenError, StandardDeviceAuthorizationResponse};

use super::consent::{Asking, Told};
use super::fault::{SignInError, of_answer, of_first};
use super::{http, provider, tokens, whose};
use crate::secrets::tokens::Tokens;

/// Gets tokens by a code; `rest` waits as long as the provider says between two questions.
///
/// # Errors
/// When the owner says no, lets the code run out, or the provider hands mail to no device code.
pub fn by_device(asking: &Asking<'_>, tell: &mut dyn FnMut(Told<'_>), rest: &dyn Fn(Duration)) -> Result<Tokens, SignInError> {
    let (oauth, whom) = (asking.oauth, asking.oauth.provider);
    if let Some(why) = provider::device_refusal(oauth) {
        return Err(SignInError::NoDevice(why));
    }
    let client = provider::client(oauth)?;
    let code: StandardDeviceAuthorizationResponse =
        client.exchange_device_code().add_scopes(provider::scopes(oauth)).request(&http::ask).map_err(|error| of_first(whom, &error))?;
    let patience = asking.patience.min(code.expires_in());
    tell(Told::Type { address: code.verification_uri(), code: code.user_code().secret() });
    let answer = client.exchange_device_access_token(&code).request(&http::ask, rest, Some(patience));
    let answer = answer.map_err(|error| match &error {
        RequestTokenError::ServerResponse(said) if *said.error() == DeviceCodeErrorResponseType::ExpiredToken => {
            SignInError::Late(whom, patience)
        }
        other => of_answer(whom, other),
    })?;
    tokens(whose(oauth, asking.username)?, &answer, None, (asking.hour)()).ok_or(SignInError::NotLasting(whom))
}
