//! The requests of a sign-in: over TLS unless they stay on this machine, in bounded time, of bounded size, never redirected.

use std::io::Read as _;
use std::sync::Arc;
use std::time::Duration;

use oauth2::{HttpRequest, HttpResponse};
use rustls::crypto::ring;
use ureq::Agent;
use ureq::tls::{RootCerts, TlsConfig};

/// How long a request may take, name look-up and all.
const PATIENCE: Duration = Duration::from_secs(20);
/// Bytes read of an answer.
const MOST_ANSWER: u64 = 64 * 1024;

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct NoAnswer(String);

/// Asks once; on this machine also without TLS.
///
/// # Errors
/// When no answer comes, in words without the request.
pub(super) fn ask(request: HttpRequest) -> Result<HttpResponse, NoAnswer> {
    let is_local = request.uri().host() == Some("127.0.0.1");
    let answer = agent(is_local).run(request).map_err(|error| NoAnswer(words(&error)))?;
    let (head, body) = answer.into_parts();
    let mut bytes = Vec::new();
    let read = body.into_reader().take(MOST_ANSWER).read_to_end(&mut bytes);
    read.map_err(|error| NoAnswer(format!("its answer broke off ({})", error.kind())))?;
    Ok(HttpResponse::from_parts(head, bytes))
}

fn agent(is_local: bool) -> Agent {
    let tls = TlsConfig::builder()
        .root_certs(RootCerts::PlatformVerifier)
        .unversioned_rustls_crypto_provider(Arc::new(ring::default_provider()))
        .build();
    let config = Agent::config_builder()
        .tls_config(tls)
        .https_only(!is_local)
        .http_status_as_error(false)
        .max_redirects(0)
        .max_redirects_will_error(false)
        .timeout_global(Some(PATIENCE))
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
