//! The requests of a sign-in and of set-up: over TLS unless they stay on this machine, in bounded time, of bounded size.

use std::io::Read;
use std::sync::Arc;
use std::time::Duration;

use oauth2::{HttpRequest, HttpResponse};
use rustls::crypto::ring;
use ureq::Agent;
use ureq::tls::{RootCerts, TlsConfig};

/// How long a request may take, name look-up and all.
const PATIENCE: Duration = Duration::from_secs(20);
/// Redirects followed for a page, each over TLS.
const REDIRECTS: u32 = 3;
/// Bytes read of an answer.
const MOST_ANSWER: u64 = 64 * 1024;

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct NoAnswer(String);

/// Asks once and follows nobody elsewhere; on this machine also without TLS.
///
/// # Errors
/// When no answer comes, in words without the request.
pub(super) fn ask(request: HttpRequest) -> Result<HttpResponse, NoAnswer> {
    let is_local = request.uri().host() == Some("127.0.0.1");
    let answer = agent(is_local, 0, PATIENCE).run(request).map_err(|error| NoAnswer(words(&error)))?;
    let (head, body) = answer.into_parts();
    let bytes = read(body.into_reader()).map_err(|error| NoAnswer(format!("its answer broke off ({})", error.kind())))?;
    Ok(HttpResponse::from_parts(head, bytes))
}

/// The text of a page, over TLS only; `None` when there is none.
pub(super) fn fetch(page: &str, patience: Duration) -> Option<String> {
    let answer = agent(false, REDIRECTS, patience).get(page).call().ok()?;
    if !answer.status().is_success() {
        return None;
    }
    String::from_utf8(read(answer.into_body().into_reader()).ok()?).ok()
}

fn read(body: impl Read) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    body.take(MOST_ANSWER).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn agent(is_local: bool, redirects: u32, patience: Duration) -> Agent {
    let tls = TlsConfig::builder()
        .root_certs(RootCerts::PlatformVerifier)
        .unversioned_rustls_crypto_provider(Arc::new(ring::default_provider()))
        .build();
    let config = Agent::config_builder()
        .tls_config(tls)
        .https_only(!is_local)
        .http_status_as_error(false)
        .max_redirects(redirects)
        .max_redirects_will_error(false)
        .timeout_global(Some(patience))
        .user_agent(concat!("curbside/", env!("CARGO_PKG_VERSION")));
    // What stays on this machine goes by no proxy.
    let config = if is_local { config.proxy(None) } else { config };
    config.build().new_agent()
}

/// The error in plain words: the library's own may repeat the address asked.
fn words(error: &ureq::Error) -> String {
    match error {
        ureq::Error::HostNotFound => "its host is not known; is this machine offline?".to_owned(),
        ureq::Error::Timeout(_) => "it did not answer in time".to_owned(),
        ureq::Error::Rustls(error) => format!("no secure line ({error})"),
        ureq::Error::Io(error) => format!("the connection failed ({})", error.kind()),
        ureq::Error::ConnectionFailed => "the connection failed".to_owned(),
        _ => "the request went wrong".to_owned(),
    }
}
