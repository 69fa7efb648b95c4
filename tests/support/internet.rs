//! A small internet for one test: names and records (DNS), pages and mail servers over TLS, all at one address of loopback.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Write};
use std::net::{IpAddr, Ipv4Addr, TcpListener, UdpSocket};
use std::path::PathBuf;
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::crypto::ring;
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use rustls_pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};

use super::owner::Owner;
use super::surroundings::{after, file};

static ADDRESSES: AtomicU8 = AtomicU8::new(1);

/// Types of DNS records (RFC 1035, 2782).
const A: u16 = 1;
const MX: u16 = 15;
const SRV: u16 = 33;

#[derive(Default)]
struct World {
    records: HashMap<(String, u16), Vec<u8>>,
    pages: HashMap<(String, String), String>,
    heard: String,
    silent: bool,
}

/// An internet.
pub struct Internet {
    world: Arc<Mutex<World>>,
    at: Ipv4Addr,
    issuer: CertifiedIssuer<'static, KeyPair>,
}

impl Internet {
    /// One that knows no name.
    pub fn new() -> Self {
        let at = Ipv4Addr::new(127, 0, 53, ADDRESSES.fetch_add(1, Ordering::Relaxed));
        let world = Arc::<Mutex<World>>::default();
        let mut params = CertificateParams::new(Vec::new()).expect("parameters");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let issuer = CertifiedIssuer::self_signed(params, KeyPair::generate().expect("a key")).expect("an authority");
        let socket = UdpSocket::bind((at, 53)).expect("the port of DNS, as root");
        let known = Arc::clone(&world);
        thread::spawn(move || answer_names(&socket, &known));
        Self { world, at, issuer }
    }

    /// The words that put a command into it.
    pub fn around(&self, owner: &Owner) -> Vec<String> {
        let names = file(owner, "resolv.conf", &format!("nameserver {}\noptions timeout:1 attempts:1\n", self.at));
        let roots: PathBuf = file(owner, "roots.pem", &self.issuer.pem());
        after(&format!("export SSL_CERT_FILE={}; mount --bind {} /etc/resolv.conf", roots.display(), names.display()))
    }

    /// Mail for a domain goes to this host.
    pub fn has_mx(&self, domain: &str, host: &str) {
        self.knows(domain, MX, [&10_u16.to_be_bytes()[..], &name(host)].concat());
    }

    /// A service of a domain is at this host.
    pub fn has_srv(&self, service: &str, host: &str, port: u16) {
        self.knows(service, SRV, [&[0, 1, 0, 1][..], &port.to_be_bytes(), &name(host)].concat());
    }

    /// A host has one page, over TLS.
    pub fn has_page(&self, host: &str, path: &str, page: &str) {
        self.lock().pages.insert((host.to_owned(), path.to_owned()), page.to_owned());
        self.serves(host, 443, |line, host, world| {
            let mut asked = String::new();
            while BufReader::with_capacity(1, &mut *line).read_line(&mut asked).unwrap_or(0) > 2 {}
            let path = asked.split(' ').nth(1).unwrap_or_default().to_owned();
            let page = world.lock().unwrap_or_else(PoisonError::into_inner).pages.get(&(host.to_owned(), path)).cloned();
            let answer = match page {
                Some(page) => format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{page}", page.len()),
                None => "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".to_owned(),
            };
            let _hung_up = line.write_all(answer.as_bytes()).and_then(|()| line.flush());
        });
    }

    /// A host has an IMAP server that lets nobody in.
    pub fn refuses_logins_at(&self, host: &str) {
        self.serves(host, 993, |line, _, world| {
            let _hung_up = line.write_all(b"* OK ready\r\n").and_then(|()| line.flush());
            let mut command = String::new();
            while BufReader::with_capacity(1, &mut *line).read_line(&mut command).unwrap_or(0) > 0 {
                world.lock().unwrap_or_else(PoisonError::into_inner).heard.push_str(&command);
                let tag = command.split(' ').next().unwrap_or_default().to_owned();
                let answer = format!("{tag} NO [AUTHENTICATIONFAILED] Invalid credentials (Failure)\r\n");
                let _hung_up = line.write_all(answer.as_bytes()).and_then(|()| line.flush());
                command.clear();
            }
        });
    }

    /// From now on no name is answered.
    pub fn is_silent(&self) {
        self.lock().silent = true;
    }

    /// What was said to the mail servers.
    pub fn heard(&self) -> String {
        self.lock().heard.clone()
    }

    fn knows(&self, of: &str, kind: u16, data: Vec<u8>) {
        self.lock().records.insert((of.to_owned(), kind), data);
    }

    fn lock(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn serves(&self, host: &str, port: u16, talk: fn(&mut StreamOwned<ServerConnection, std::net::TcpStream>, &str, &Mutex<World>)) {
        self.knows(host, A, self.at.octets().to_vec());
        let key = KeyPair::generate().expect("a key");
        let params = CertificateParams::new(vec![host.to_owned()]).expect("parameters");
        let certificate = params.signed_by(&key, &self.issuer).expect("a certificate");
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .expect("versions")
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der())))
            .expect("a usable certificate");
        let (config, host, world) = (Arc::new(config), host.to_owned(), Arc::clone(&self.world));
        let listener = TcpListener::bind((IpAddr::from(self.at), port)).expect("its port, as root");
        thread::spawn(move || {
            for line in listener.incoming().flatten() {
                let connection = ServerConnection::new(Arc::clone(&config)).expect("a usable certificate");
                talk(&mut StreamOwned::new(connection, line), &host, &world);
            }
        });
    }
}

fn name(host: &str) -> Vec<u8> {
    let labels = host.split('.').flat_map(|label| [&[u8::try_from(label.len()).expect("a label")], label.as_bytes()].concat());
    labels.chain([0]).collect()
}

/// Answers questions for ever: with the one record of a name and type, or with none.
fn answer_names(socket: &UdpSocket, world: &Mutex<World>) {
    let mut bytes = [0; 1500];
    while let Ok((count, asker)) = socket.recv_from(&mut bytes) {
        let Some((question, of, kind)) = question(&bytes[..count]) else { continue };
        let world = world.lock().unwrap_or_else(PoisonError::into_inner);
        if world.silent {
            continue;
        }
        let record = world.records.get(&(of.clone(), kind));
        let is_known = world.records.keys().any(|(name, _)| *name == of);
        let flags = if is_known { [0x81, 0x80] } else { [0x81, 0x83] };
        let mut answer = [&bytes[..2], &flags, &[0, 1, 0, u8::from(record.is_some()), 0, 0, 0, 0], question].concat();
        if let Some(data) = record {
            let length = u16::try_from(data.len()).expect("short");
            answer.extend([&[0xc0, 12][..], &kind.to_be_bytes(), &[0, 1, 0, 0, 0, 60], &length.to_be_bytes(), data].concat());
        }
        let _gone = socket.send_to(&answer, asker);
    }
}

/// The question as it stands, its name and its type.
fn question(bytes: &[u8]) -> Option<(&[u8], String, u16)> {
    let (mut at, mut labels) = (12, Vec::new());
    loop {
        let length = usize::from(*bytes.get(at)?);
        at += 1;
        if length == 0 {
            break;
        }
        labels.push(String::from_utf8_lossy(bytes.get(at..at + length)?).to_lowercase());
        at += length;
    }
    let kind = u16::from_be_bytes([*bytes.get(at)?, *bytes.get(at + 1)?]);
    Some((bytes.get(12..at + 4)?, labels.join("."), kind))
}
