//! What is known of the providers: where they are asked, for what, and by which client.

use std::sync::LazyLock;

use oauth2::basic::BasicClient;
use oauth2::{AuthType, AuthUrl, ClientId, ClientSecret, DeviceAuthorizationUrl, EndpointNotSet, EndpointSet, Scope, TokenUrl};
use serde::Deserialize;

use super::fault::SignInError;
use crate::model::settings::{OAuth, OAuthProvider};

/// A client that knows its three endpoints.
pub(super) type Client = BasicClient<EndpointSet, EndpointSet, EndpointNotSet, EndpointNotSet, EndpointSet>;

/// The client ids this program was built with; nothing stands there unless whoever built it has registered it.
const GOOGLE: (Option<&str>, Option<&str>) = (option_env!("CURBSIDE_GOOGLE_CLIENT_ID"), option_env!("CURBSIDE_GOOGLE_CLIENT_SECRET"));
const MICROSOFT: (Option<&str>, Option<&str>) = (option_env!("CURBSIDE_MICROSOFT_CLIENT_ID"), None);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    google: Row,
    microsoft: Row,
}

/// What is known of one provider.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Row {
    pub name: String,
    authorize: String,
    token: String,
    #[serde(default)]
    device: String,
    scopes: Vec<String>,
    /// How it wants this machine called in the address it comes back to.
    pub redirect_host: String,
    pub parameters: Vec<(String, String)>,
    no_device: String,
    register: String,
    refused: String,
    then: String,
    ended: String,
}

static TABLE: LazyLock<Table> =
    LazyLock::new(|| toml::from_str(include_str!("../../../data/sign-in.toml")).expect("a table of ours, read by a test"));

pub(super) fn row(provider: OAuthProvider) -> &'static Row {
    match provider {
        OAuthProvider::Google => &TABLE.google,
        OAuthProvider::Microsoft => &TABLE.microsoft,
    }
}

/// The provider's name for people.
#[must_use]
pub fn name(provider: OAuthProvider) -> &'static str {
    &row(provider).name
}

/// How one gets a client id of one's own.
#[must_use]
pub fn how_to_register(provider: OAuthProvider) -> &'static str {
    row(provider).register.trim()
}

/// The command that uses it.
#[must_use]
pub fn with_registration(provider: OAuthProvider) -> &'static str {
    &row(provider).then
}

/// Why the mail servers may refuse what the sign-in gave, other than the wrong account.
#[must_use]
pub fn when_refused(provider: OAuthProvider) -> &'static str {
    &row(provider).refused
}

/// Why the provider may have ended a sign-in by itself.
#[must_use]
pub fn when_it_ended(provider: OAuthProvider) -> &'static str {
    &row(provider).ended
}

/// Why a device code is of no use there, if so.
#[must_use]
pub fn device_refusal(oauth: &OAuth) -> Option<&'static str> {
    let row = row(oauth.provider);
    (oauth.server.is_none() && row.device.is_empty()).then_some(row.no_device.as_str())
}

/// True when there is a client id, by the settings or from the build.
#[must_use]
pub fn has_client(oauth: &OAuth) -> bool {
    client_id(oauth).is_ok()
}

/// The client id: the owner's own, else the one this program was built with.
pub(super) fn client_id(oauth: &OAuth) -> Result<&str, SignInError> {
    let built_in = built_in(oauth.provider).0.filter(|id| !id.is_empty());
    oauth.client_id.as_deref().or(built_in).ok_or(SignInError::NoClient(oauth.provider))
}

const fn built_in(provider: OAuthProvider) -> (Option<&'static str>, Option<&'static str>) {
    match provider {
        OAuthProvider::Google => GOOGLE,
        OAuthProvider::Microsoft => MICROSOFT,
    }
}

/// The scopes that mail needs.
pub(super) fn scopes(oauth: &OAuth) -> impl Iterator<Item = Scope> {
    row(oauth.provider).scopes.iter().cloned().map(Scope::new)
}

/// The client that speaks with the provider, or with the server of this machine that stands in for it.
///
/// # Errors
/// When there is no client id.
pub(super) fn client(oauth: &OAuth) -> Result<Client, SignInError> {
    let row = row(oauth.provider);
    let at = |path: &str, usual: &str| oauth.server.as_ref().map_or_else(|| usual.to_owned(), |server| format!("{server}/{path}"));
    let broken = |error: oauth2::url::ParseError| SignInError::Odd(error.to_string());
    let device = if row.device.is_empty() { &row.token } else { &row.device };
    let client = BasicClient::new(ClientId::new(client_id(oauth)?.to_owned()))
        .set_auth_uri(AuthUrl::new(at("authorize", &row.authorize)).map_err(broken)?)
        .set_token_uri(TokenUrl::new(at("token", &row.token)).map_err(broken)?)
        .set_device_authorization_url(DeviceAuthorizationUrl::new(at("device", device)).map_err(broken)?)
        .set_auth_type(AuthType::RequestBody);
    Ok(match secret(oauth) {
        Some(secret) => client.set_client_secret(ClientSecret::new(secret.to_owned())),
        None => client,
    })
}

/// The secret belongs to the client id: the build's never goes with the owner's own.
fn secret(oauth: &OAuth) -> Option<&str> {
    match &oauth.client_id {
        Some(_) => oauth.client_secret.as_ref().map(|secret| secret.0.as_str()),
        None => built_in(oauth.provider).1.filter(|secret| !secret.is_empty()),
    }
}
