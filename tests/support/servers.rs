//! Real mail servers on loopback, started once for all tests and stopped when the test process ends.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU32, Ordering};

use curbside::mail::imap::{Imap, Stop};
use curbside::model::settings::{SecretSource, Security, Server, Servers};
use secrecy::SecretString;

use super::authority;

/// The password of every user.
pub const PASSWORD: &str = "canary-right-5520";

/// Dovecot and Postfix, running.
pub struct MailServers {
    dir: PathBuf,
    /// IMAP with STARTTLS.
    pub imap: u16,
    /// IMAP over TLS.
    pub imaps: u16,
    lmtp: u16,
    /// Submission with STARTTLS.
    pub smtp: u16,
    /// Submission over TLS.
    pub submissions: u16,
    /// The script stops the servers when this child's standard input closes with the test process.
    _script: Child,
}

static RUNNING: LazyLock<MailServers> = LazyLock::new(MailServers::start);
static USERS: AtomicU32 = AtomicU32::new(1);

/// The servers, started at the first call.
pub fn servers() -> &'static MailServers {
    &RUNNING
}

/// An address nobody has used yet; its mailbox is empty.
pub fn fresh_user(name: &str) -> String {
    format!("{name}{}@example.test", USERS.fetch_add(1, Ordering::Relaxed))
}

/// Settings for a user of these servers, IMAP and SMTP over TLS.
pub fn settings(user: &str) -> Servers {
    let servers = servers();
    let server = |port| Server { host: "localhost".to_owned(), port, security: Security::Tls };
    Servers {
        imap: server(servers.imaps),
        smtp: server(servers.submissions),
        username: user.to_owned(),
        secret: SecretSource::Command(format!("echo {PASSWORD}")),
        ca_file: Some(servers.ca_file()),
    }
}

/// The same with STARTTLS for both.
pub fn starttls_settings(user: &str) -> Servers {
    let servers = servers();
    let server = |port| Server { host: "localhost".to_owned(), port, security: Security::StartTls };
    Servers { imap: server(servers.imap), smtp: server(servers.smtp), ..settings(user) }
}

/// A signed-in session for a user.
pub fn session(user: &str, stop: &Stop) -> Imap {
    Imap::connect(&settings(user), &SecretString::from(PASSWORD), stop).expect("the test server lets any user in")
}

/// Delivers a mail into a user's INBOX by LMTP; into another folder for `user+Folder@…`.
pub fn deliver(user: &str, mail: &str) {
    hand_in(servers().lmtp, "LHLO", "jane.doe@payer.test", user, mail);
}

/// Sends a mail as somebody outside would: through Postfix.
pub fn post(from: &str, to: &str, mail: &str) {
    hand_in(servers().smtp, "EHLO", from, to, mail);
}

fn hand_in(port: u16, hello: &str, from: &str, to: &str, mail: &str) {
    let line = TcpStream::connect(("127.0.0.1", port)).expect("the server answers");
    let mut answers = BufReader::new(line.try_clone().expect("a second handle"));
    let mut line = line;
    expect(&mut answers, "220");
    for command in [format!("{hello} tests\r\n"), format!("MAIL FROM:<{from}>\r\n"), format!("RCPT TO:<{to}>\r\n")] {
        line.write_all(command.as_bytes()).expect("the server listens");
        expect(&mut answers, "250");
    }
    line.write_all(b"DATA\r\n").expect("the server listens");
    expect(&mut answers, "354");
    line.write_all(format!("{}\r\n.\r\n", mail.replace("\n.", "\n..")).as_bytes()).expect("the server listens");
    expect(&mut answers, "250");
}

/// A mail as it lies in a mailbox.
#[derive(Debug, Clone)]
pub struct Stored {
    /// The file's name; flags stand behind `:2,`.
    pub file: String,
    /// The whole mail, line ends as `\n`.
    pub text: String,
}

impl Stored {
    /// A header, unfolded; empty when it is absent.
    pub fn header(&self, name: &str) -> String {
        let head = self.text.split("\n\n").next().unwrap_or_default().replace("\n ", " ").replace("\n\t", " ");
        let wanted = format!("{}:", name.to_lowercase());
        head.lines().find(|line| line.to_lowercase().starts_with(&wanted)).map_or("", |line| line[wanted.len()..].trim()).to_owned()
    }

    /// What stands below the header.
    pub fn body(&self) -> &str {
        self.text.split_once("\n\n").map_or("", |(_, body)| body)
    }

    /// True when a program marked it as read.
    pub fn is_seen(&self) -> bool {
        self.file.split_once(":2,").is_some_and(|(_, flags)| flags.contains('S'))
    }
}

/// The mails of a user's folder, `""` for the inbox; oldest first.
pub fn folder(user: &str, name: &str) -> Vec<Stored> {
    let mut dir = servers().maildir(user);
    if !name.is_empty() {
        dir.push(format!(".{name}"));
    }
    let mut mails: Vec<Stored> = Vec::new();
    for part in ["new", "cur"] {
        for entry in std::fs::read_dir(dir.join(part)).into_iter().flatten().flatten() {
            // A mail may move from new to cur meanwhile; the next look sees it.
            let Ok(bytes) = std::fs::read(entry.path()) else { continue };
            let file = entry.file_name().to_string_lossy().into_owned();
            let text = String::from_utf8_lossy(&bytes).replace("\r\n", "\n");
            mails.push(Stored { file, text });
        }
    }
    mails.sort_by(|one, other| one.file.cmp(&other.file));
    mails
}

/// True when the SMTP server has nothing left to hand on now.
pub fn queue_is_empty() -> bool {
    let queue = servers().dir.join("queue");
    ["maildrop", "incoming", "active"].iter().all(|part| std::fs::read_dir(queue.join(part)).is_ok_and(|mut files| files.next().is_none()))
}

fn expect(answers: &mut impl BufRead, code: &str) {
    loop {
        let mut line = String::new();
        answers.read_line(&mut line).expect("an answer");
        assert!(line.starts_with(code), "wanted {code}, got {line}");
        if line.as_bytes().get(3) != Some(&b'-') {
            return;
        }
    }
}

impl MailServers {
    /// The certificate authority of these servers.
    pub fn ca_file(&self) -> PathBuf {
        self.dir.join("tls/ca.pem")
    }

    /// The files of a user's mailbox (Maildir++).
    pub fn maildir(&self, user: &str) -> PathBuf {
        self.dir.join("mail").join(user)
    }

    fn start() -> Self {
        let dir = std::env::temp_dir().join(format!("curbside-tests-{}", std::process::id()));
        let [imap, imaps, lmtp, smtp, submissions] = free_ports();
        let mut script = Command::new("bash")
            .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/support/servers.sh"))
            .arg(&dir)
            .args([imap, imaps, lmtp, smtp, submissions, authority::port()].map(|port| port.to_string()))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("bash runs");
        let mut said = String::new();
        BufReader::new(script.stdout.as_mut().expect("piped")).read_line(&mut said).expect("the script says how it went");
        if said.trim() != "ready" {
            let mut trouble = String::new();
            script.stderr.take().expect("piped").read_to_string(&mut trouble).expect("text");
            panic!("The mail servers did not start; run the tests with tests/run, which says what is missing.\n{trouble}");
        }
        Self { dir, imap, imaps, lmtp, smtp, submissions, _script: script }
    }
}

/// Five ports nobody listens on: bound, read and let go, as these servers cannot bind port 0 themselves.
fn free_ports() -> [u16; 5] {
    let listeners = [(); 5].map(|()| TcpListener::bind("127.0.0.1:0").expect("loopback has free ports"));
    listeners.map(|listener| listener.local_addr().expect("bound").port())
}
