//! TLS as Curbside wants it: the platform's roots, the owner's own CA if named, and refusals in plain sentences.

use std::path::Path;
use std::sync::Arc;

use jiff::Timestamp;
use jiff::tz::Offset;
use rustls::crypto::{CryptoProvider, ring};
use rustls::{CertificateError, ClientConfig};
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, ServerName, UnixTime};
use rustls_platform_verifier::Verifier;

use crate::model::edge::EdgeError;

/// A client configuration that trusts the platform's roots and, if given, the certificates in `ca_file` (PEM).
///
/// # Errors
/// `Permanent` when the file cannot be used, or when neither the system nor the file has any root.
pub fn client_config(ca_file: Option<&Path>) -> Result<Arc<ClientConfig>, EdgeError> {
    let provider = Arc::new(ring::default_provider());
    let verifier = verifier(ca_file, &provider)?;
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| EdgeError::Permanent(format!("TLS cannot be set up: {error}")))?
        .dangerous() // rustls' word for any verifier handed in; this one verifies fully
        .with_custom_certificate_verifier(Arc::new(verifier))
        .with_no_client_auth();
    Ok(Arc::new(config))
}

fn verifier(ca_file: Option<&Path>, provider: &Arc<CryptoProvider>) -> Result<Verifier, EdgeError> {
    let Some(file) = ca_file else {
        return Verifier::new(Arc::clone(provider)).map_err(|error| {
            EdgeError::Permanent(format!(
                "This machine's list of trusted certificates cannot be used ({error}); is ca-certificates installed?"
            ))
        });
    };
    Verifier::new_with_extra_roots(read_certificates(file)?, Arc::clone(provider))
        .map_err(|error| EdgeError::Permanent(format!("The CA file {} cannot be used: {error}.", file.display())))
}

fn read_certificates(file: &Path) -> Result<Vec<CertificateDer<'static>>, EdgeError> {
    let unusable = |why: String| EdgeError::Permanent(format!("The CA file {} cannot be used: {why}.", file.display()));
    let found: Result<Vec<_>, _> = CertificateDer::pem_file_iter(file).and_then(Iterator::collect);
    let certificates = found.map_err(|error| unusable(error.to_string()))?;
    if certificates.is_empty() {
        return Err(unusable("it holds no certificate in PEM form".to_owned()));
    }
    Ok(certificates)
}

/// The host as a name a certificate can be checked against.
///
/// # Errors
/// `Permanent` when it is neither a host name nor an IP address.
pub fn server_name(host: &str) -> Result<ServerName<'static>, EdgeError> {
    ServerName::try_from(host.to_owned()).map_err(|_| EdgeError::Permanent(format!("“{host}” is not a host name.")))
}

/// Says in a sentence why a TLS line to `host` was refused, and what helps.
#[must_use]
pub fn explain(error: &rustls::Error, host: &str) -> String {
    match error {
        rustls::Error::InvalidCertificate(why) => explain_certificate(why, host),
        rustls::Error::InvalidMessage(_) | rustls::Error::InappropriateMessage { .. } => {
            format!("{host} did not speak TLS when it should have; the port or the security setting (tls, starttls) may be wrong.")
        }
        other => format!("No secure line to {host}: {other}."),
    }
}

/// [`explain`] for an error that came out of a stream; `None` when TLS was not the trouble.
#[must_use]
pub fn explain_io(error: &std::io::Error, host: &str) -> Option<String> {
    error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>()).map(|error| explain(error, host))
}

fn explain_certificate(why: &CertificateError, host: &str) -> String {
    match why {
        CertificateError::Expired => format!("The certificate of {host} has expired."),
        CertificateError::ExpiredContext { not_after, .. } => format!("The certificate of {host} expired on {}.", day(*not_after)),
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
            format!("The certificate of {host} is not valid yet; is this machine's clock right?")
        }
        CertificateError::NotValidForName => format!("The certificate shown is not for {host}; the host name may be wrong."),
        CertificateError::NotValidForNameContext { presented, .. } => {
            format!("The certificate shown is not for {host} but for {}; the host name may be wrong.", names(presented))
        }
        // A bad signature is what an authority made anew under its old name looks like.
        CertificateError::UnknownIssuer | CertificateError::BadSignature => format!(
            "The certificate of {host} is signed by nobody this machine trusts (self-signed?). If the server is your own, name its CA certificate with ca_file."
        ),
        CertificateError::Revoked => format!("The certificate of {host} has been revoked."),
        // webpki's word for a certificate authority's own certificate shown by the server.
        CertificateError::Other(other) if other.to_string().contains("CaUsedAsEndEntity") => format!(
            "The certificate of {host} is self-signed in a way no client can check. Give the server a certificate signed by a CA and name that CA with ca_file."
        ),
        other => format!("The certificate of {host} cannot be trusted: {other}."),
    }
}

fn names(presented: &[String]) -> String {
    let plain: Vec<&str> = presented.iter().take(4).map(|name| plain_name(name)).collect();
    if plain.is_empty() { "no name at all".to_owned() } else { plain.join(", ") }
}

/// webpki prints `DnsName("mail.example.com")`; people read the name.
fn plain_name(name: &str) -> &str {
    name.split('"').nth(1).unwrap_or(name)
}

fn day(at: UnixTime) -> String {
    let seconds = i64::try_from(at.as_secs()).unwrap_or(i64::MAX);
    Timestamp::from_second(seconds).map_or_else(|_| "a day long past".to_owned(), |at| Offset::UTC.to_datetime(at).date().to_string())
}
