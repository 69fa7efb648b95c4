//! Certificates that must be refused, and the sentences that say why.

use std::path::PathBuf;
use std::sync::{Arc, mpsc};
use std::time::{Duration, Instant};

use curbside::mail::imap::{Imap, Stop};
use curbside::model::edge::EdgeError;
use curbside::model::settings::Security;
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair, date_time_ymd};
use rustls::ServerConfig;
use rustls::crypto::ring;
use rustls_pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use secrecy::SecretString;

use crate::support::scripted::{greet_over_tls, serve};

/// Far above what anything here takes, far below the patience with a silent server.
const SOON: Duration = Duration::from_secs(20);

/// A certificate authority of our own, with its PEM file.
struct Authority {
    issuer: Issuer<'static, KeyPair>,
    file: tempfile::NamedTempFile,
}

impl Authority {
    fn new() -> Self {
        let key = KeyPair::generate().expect("a key");
        let mut params = CertificateParams::new(Vec::new()).expect("parameters");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let certificate = params.self_signed(&key).expect("a certificate");
        let file = tempfile::NamedTempFile::new().expect("a file");
        std::fs::write(file.path(), certificate.pem()).expect("written");
        Self { issuer: Issuer::new(params, key), file }
    }

    fn sign(&self, params: &CertificateParams) -> Arc<ServerConfig> {
        let key = KeyPair::generate().expect("a key");
        let certificate = params.signed_by(&key, &self.issuer).expect("a certificate");
        server_config(certificate.der().clone(), &key)
    }
}

fn server_config(certificate: CertificateDer<'static>, key: &KeyPair) -> Arc<ServerConfig> {
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
        .expect("a usable certificate");
    Arc::new(config)
}

fn for_host(name: &str) -> CertificateParams {
    CertificateParams::new(vec![name.to_owned()]).expect("parameters")
}

/// Connects to a server with this certificate and returns why it was refused.
fn refusal(config: Arc<ServerConfig>, ca_file: Option<PathBuf>) -> String {
    let (mut servers, thread) = serve(Security::Tls, move |line| greet_over_tls(line, config));
    servers.ca_file = ca_file;
    let outcome = Imap::connect(&servers, &SecretString::from("canary-right-5520"), &Stop::new());
    thread.join().expect("the server ends");
    match outcome.map(drop) {
        Err(EdgeError::Permanent(why)) => why,
        other => panic!("the certificate should be refused for good, not {other:?}"),
    }
}

#[test]
fn x17_an_expired_certificate_is_refused_with_its_date() {
    let authority = Authority::new();
    let mut params = for_host("localhost");
    params.not_before = date_time_ymd(2024, 1, 1);
    params.not_after = date_time_ymd(2025, 2, 3);
    let why = refusal(authority.sign(&params), Some(authority.file.path().to_owned()));
    assert_eq!(why, "The certificate of localhost expired on 2025-02-03.");
}

#[test]
fn x17_a_certificate_for_another_host_is_refused_with_its_name() {
    let authority = Authority::new();
    let why = refusal(authority.sign(&for_host("mail.other.test")), Some(authority.file.path().to_owned()));
    assert_eq!(why, "The certificate shown is not for localhost but for mail.other.test; the host name may be wrong.");
}

#[test]
fn x17_a_self_signed_certificate_is_refused_with_the_way_out() {
    let key = KeyPair::generate().expect("a key");
    let certificate = for_host("localhost").self_signed(&key).expect("a certificate");
    let why = refusal(server_config(certificate.der().clone(), &key), None);
    assert!(why.contains("signed by nobody this machine trusts") && why.contains("ca_file"), "{why}");
}

#[test]
fn x17_a_certificate_of_another_authority_is_refused() {
    let (theirs, ours) = (Authority::new(), Authority::new());
    let why = refusal(theirs.sign(&for_host("localhost")), Some(ours.file.path().to_owned()));
    assert!(why.contains("signed by nobody this machine trusts"), "{why}");
}

#[test]
fn a_port_that_does_not_speak_tls_is_named_as_such() {
    let (servers, _) = serve(Security::Tls, |mut line| crate::support::scripted::say(&mut line, b"* OK plain IMAP here\r\n"));
    let outcome = Imap::connect(&servers, &SecretString::from("canary-right-5520"), &Stop::new());
    assert!(matches!(outcome.map(drop), Err(EdgeError::Permanent(why)) if why.contains("did not speak TLS")));
}

#[test]
fn a_ca_file_that_is_missing_or_empty_is_named() {
    let (mut servers, _) = serve(Security::Tls, drop);
    servers.ca_file = Some(PathBuf::from("/nonexistent/ca.pem"));
    let missing = Imap::connect(&servers, &SecretString::from("canary-right-5520"), &Stop::new());
    assert!(matches!(missing.map(drop), Err(EdgeError::Permanent(why)) if why.contains("/nonexistent/ca.pem")));
    let empty = tempfile::NamedTempFile::new().expect("a file");
    let (mut servers, _) = serve(Security::Tls, drop); // it takes one connection
    servers.ca_file = Some(empty.path().to_owned());
    let refused = Imap::connect(&servers, &SecretString::from("canary-right-5520"), &Stop::new());
    assert!(matches!(refused.map(drop), Err(EdgeError::Permanent(why)) if why.contains("no certificate")));
}

#[test]
fn a_server_that_never_finishes_its_handshake_is_given_up_in_time() {
    let (_hold, until_the_test_ends) = mpsc::channel::<()>();
    let (servers, _) = serve(Security::Tls, move |_line| {
        let _ended = until_the_test_ends.recv();
    });
    let begun = Instant::now();
    let outcome = Imap::connect_with_patience(&servers, &SecretString::from("canary-right-5520"), &Stop::new(), Duration::from_millis(300));
    assert!(matches!(outcome.map(drop), Err(EdgeError::Temporary { what, .. }) if what.contains("in time")));
    assert!(begun.elapsed() < SOON);
}

#[test]
fn a_connection_being_made_is_stopped_at_once() {
    let (accepted, connecting) = mpsc::channel();
    let (_hold, until_the_test_ends) = mpsc::channel::<()>();
    let (servers, _) = serve(Security::Tls, move |_line| {
        accepted.send(()).expect("the test listens");
        let _ended = until_the_test_ends.recv();
    });
    let stop = Stop::new();
    let stopper = stop.clone();
    let thread = std::thread::spawn(move || Imap::connect(&servers, &SecretString::from("canary-right-5520"), &stop).map(drop));
    connecting.recv_timeout(SOON).expect("it connects");
    let since = Instant::now();
    stopper.set();
    assert!(thread.join().expect("no panic").is_err());
    assert!(since.elapsed() < SOON);
}

#[test]
fn an_unknown_host_is_named() {
    let (mut servers, _) = serve(Security::Tls, drop);
    servers.imap.host = "no-such-host.invalid".to_owned();
    let outcome = Imap::connect(&servers, &SecretString::from("canary-right-5520"), &Stop::new());
    assert!(matches!(outcome.map(drop), Err(EdgeError::Temporary { what, .. }) if what.contains("no-such-host.invalid is not known")));
}
