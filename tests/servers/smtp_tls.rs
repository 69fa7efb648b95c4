//! A password goes over a line that is secured and checked, or not at all.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;
use std::sync::Arc;
use std::time::Duration;

use curbside::mail::smtp::Deadlines;
use curbside::model::edge::{EdgeError, SendAnswer};
use curbside::model::settings::{Security, Servers};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair, date_time_ymd};
use rustls::pki_types::PrivateKeyDer;
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use tempfile::TempDir;

use super::smtp::{send_over, servers};
use super::smtp_script::{Act, Script, Scripted, Seen};

const MAIL: &[u8] = b"Subject: Hello\r\n\r\nHello.\r\n";
/// The greeting was given in the clear before.
const AFTER_STARTTLS: Script = &[("greeting", Act::Say(""))];

/// A certificate authority in a file, and a server's configuration signed by it.
struct Authority {
    home: TempDir,
    config: Arc<ServerConfig>,
}

impl Authority {
    fn for_host(host: &str) -> Self {
        Self::for_certificate(CertificateParams::new([host.to_owned()]).expect("a name"))
    }

    fn for_certificate(certificate: CertificateParams) -> Self {
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let issuer = CertifiedIssuer::self_signed(params, KeyPair::generate().expect("a key")).expect("an authority");
        let key = KeyPair::generate().expect("a key");
        let leaf = certificate.signed_by(&key, &issuer).expect("a certificate");
        let home = TempDir::new().expect("a folder");
        fs::write(home.path().join("ca.pem"), issuer.pem()).expect("a file");
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let builder = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().expect("TLS");
        let key = PrivateKeyDer::try_from(key.serialize_der()).expect("a key");
        let config = builder.with_no_client_auth().with_single_cert(vec![leaf.der().clone()], key).expect("a certificate");
        Self { home, config: Arc::new(config) }
    }

    fn trusted_by(&self, mut servers: Servers) -> Servers {
        servers.ca_file = Some(self.home.path().join("ca.pem"));
        servers
    }

    fn tls(&self, script: Script) -> Scripted {
        let config = Arc::clone(&self.config);
        Scripted::start_over(move |line| Ok(StreamOwned::new(connection(config), line)), script)
    }

    /// STARTTLS with `extra` sneaked in after the go-ahead, as somebody on the way would.
    fn starttls(&self, abilities: &'static str, extra: &'static str) -> Scripted {
        let config = Arc::clone(&self.config);
        let in_the_clear = move |line: TcpStream| {
            let mut commands = BufReader::new(line.try_clone()?).lines();
            let mut line = line;
            line.write_all(b"220 mail.test ready\r\n")?;
            commands.next().transpose()?;
            line.write_all(format!("250-mail.test\r\n{abilities}\r\n").as_bytes())?;
            commands.next().transpose()?;
            line.write_all(format!("220 go ahead\r\n{extra}").as_bytes())?;
            Ok(StreamOwned::new(connection(config), line))
        };
        Scripted::start_over(in_the_clear, AFTER_STARTTLS)
    }
}

fn connection(config: Arc<ServerConfig>) -> ServerConnection {
    ServerConnection::new(config).expect("a usable certificate")
}

fn send(servers: &Servers, server: Scripted) -> (SendAnswer, Seen) {
    let deadlines = Deadlines { quit: Duration::from_millis(300), ..Deadlines::default() };
    let answer = send_over(deadlines, servers, MAIL, &mut || Ok(()));
    (answer, server.seen())
}

#[test]
fn mail_goes_over_tls_from_the_first_byte() {
    let authority = Authority::for_host("localhost");
    let server = authority.tls(&[]);
    let servers = authority.trusted_by(servers("localhost", server.port, Security::Tls));
    let (answer, seen) = send(&servers, server);
    assert!(matches!(answer, SendAnswer::Accepted(_)), "{answer:?}");
    assert_eq!(seen.mail.as_deref(), Some(MAIL));
}

/// Sends over STARTTLS, with these words sneaked in after the go-ahead.
fn send_after_starttls(sneaked: &'static str) -> (SendAnswer, Seen) {
    let authority = Authority::for_host("localhost");
    let server = authority.starttls("250 STARTTLS", sneaked);
    let servers = authority.trusted_by(servers("localhost", server.port, Security::StartTls));
    send(&servers, server)
}

#[test]
fn mail_goes_after_starttls() {
    let (answer, seen) = send_after_starttls("");
    assert!(matches!(answer, SendAnswer::Accepted(_)), "{answer:?}");
    assert!(seen.commands[0].starts_with("EHLO"), "hello is said anew under TLS: {:?}", seen.commands);
}

#[test]
fn x16_no_password_goes_where_starttls_is_missing() {
    let server = Scripted::start(&[]);
    let servers = servers("127.0.0.1", server.port, Security::StartTls);
    let (answer, seen) = send(&servers, server);
    assert!(matches!(answer, SendAnswer::NotSent(EdgeError::Permanent(_))), "{answer:?}");
    assert!(!seen.command("AUTH") && !seen.command("STARTTLS"));
}

#[test]
fn x16_words_sneaked_in_before_tls_are_never_taken_for_answers() {
    let (answer, seen) = send_after_starttls("250-evil.test\r\n250 AUTH PLAIN\r\n");
    assert!(matches!(answer, SendAnswer::NotSent(_)), "{answer:?}");
    assert!(seen.commands.is_empty(), "nothing more is said: {:?}", seen.commands);
}

#[test]
fn x17_a_certificate_nobody_trusts_is_refused_before_the_login() {
    let authority = Authority::for_host("localhost");
    let server = authority.tls(&[]);
    let (answer, seen) = send(&servers("localhost", server.port, Security::Tls), server);
    assert!(matches!(answer, SendAnswer::NotSent(EdgeError::Permanent(_))), "{answer:?}");
    assert!(seen.commands.is_empty());
}

#[test]
fn x17_a_certificate_for_another_host_is_refused_before_the_login() {
    let authority = Authority::for_host("other.test");
    let server = authority.tls(&[]);
    let servers = authority.trusted_by(servers("localhost", server.port, Security::Tls));
    let (answer, seen) = send(&servers, server);
    assert!(matches!(&answer, SendAnswer::NotSent(EdgeError::Permanent(why)) if why.contains("not for localhost")), "{answer:?}");
    assert!(seen.commands.is_empty());
}

#[test]
fn x17_an_expired_certificate_is_refused_before_the_login_with_its_date() {
    let mut certificate = CertificateParams::new(["localhost".to_owned()]).expect("a name");
    certificate.not_before = date_time_ymd(2024, 1, 1);
    certificate.not_after = date_time_ymd(2025, 2, 3);
    let authority = Authority::for_certificate(certificate);
    for security in [Security::Tls, Security::StartTls] {
        let server = if security == Security::Tls { authority.tls(&[]) } else { authority.starttls("250 STARTTLS", "") };
        let servers = authority.trusted_by(servers("localhost", server.port, security));
        let (answer, seen) = send(&servers, server);
        assert!(matches!(&answer, SendAnswer::NotSent(EdgeError::Permanent(why)) if why.contains("expired on 2025-02-03")), "{answer:?}");
        assert!(seen.commands.is_empty());
    }
}

#[test]
fn x16_no_password_goes_where_starttls_is_offered_and_then_refused() {
    let server =
        Scripted::start(&[("EHLO", Act::Say("250-mail.test\r\n250 STARTTLS\r\n")), ("STARTTLS", Act::Say("454 4.7.0 not now\r\n"))]);
    let servers = servers("127.0.0.1", server.port, Security::StartTls);
    let (answer, seen) = send(&servers, server);
    assert!(matches!(&answer, SendAnswer::NotSent(_) | SendAnswer::Refused(_)), "{answer:?}");
    assert!(seen.command("STARTTLS") && !seen.command("AUTH") && !seen.command("MAIL"), "{:?}", seen.commands);
}

#[test]
fn a_plain_port_set_as_tls_is_told_apart_from_a_bad_password() {
    let server = Scripted::start(&[]);
    let (answer, _) = send(&servers("localhost", server.port, Security::Tls), server);
    assert!(matches!(answer, SendAnswer::NotSent(EdgeError::Temporary { .. } | EdgeError::Permanent(_))), "{answer:?}");
}
