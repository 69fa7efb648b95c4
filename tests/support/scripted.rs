//! A server that says what a test tells it to say, over TCP or TLS.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use curbside::mail::imap::{Imap, Stop, UidSet};
use curbside::model::edge::EdgeError;
use curbside::model::settings::{SecretSource, Security, Server, Servers};
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use secrecy::SecretString;

/// Starts a server for one connection and returns settings that lead to it.
pub fn serve(security: Security, conversation: impl FnOnce(TcpStream) + Send + 'static) -> (Servers, JoinHandle<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("loopback has free ports");
    let port = listener.local_addr().expect("bound").port();
    let thread = thread::spawn(move || {
        let (line, _) = listener.accept().expect("somebody connects");
        conversation(line);
    });
    let server = Server { host: "localhost".to_owned(), port, security };
    let secret = SecretSource::Command("echo secret".to_owned());
    (Servers { imap: server.clone(), smtp: server, username: "owner@example.test".to_owned(), secret, ca_file: None }, thread)
}

/// An IMAP server that lets anybody in and then answers each command as the test says.
///
/// The answer is what `answer` returns for the command without its tag; `TAG` in it becomes the command's tag.
pub fn imap(answer: impl Fn(&str) -> Vec<u8> + Send + 'static) -> Servers {
    let (servers, _) = serve(Security::None, move |line| converse(line, &answer));
    servers
}

/// The same for every connection that comes; the port it listens on.
pub fn imap_for_all(answer: impl Fn(&str) -> Vec<u8> + Send + Sync + 'static) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("loopback has free ports");
    let port = listener.local_addr().expect("bound").port();
    let answer = Arc::new(answer);
    thread::spawn(move || {
        for line in listener.incoming().flatten() {
            let answer = Arc::clone(&answer);
            thread::spawn(move || converse(line, &*answer));
        }
    });
    port
}

fn converse(mut line: TcpStream, answer: &dyn Fn(&str) -> Vec<u8>) {
    say(&mut line, b"* OK ready\r\n");
    let mut commands = BufReader::new(line.try_clone().expect("a second handle"));
    while let Some(command) = read_line(&mut commands) {
        let (tag, words) = command.split_once(' ').unwrap_or((&command, ""));
        let usual = match words {
            "CAPABILITY" => Some(b"* CAPABILITY IMAP4rev1 IDLE\r\nTAG OK done\r\n".to_vec()),
            words if words.starts_with("LOGIN ") => Some(b"TAG OK welcome\r\n".to_vec()),
            _ => None,
        };
        let bytes = usual.unwrap_or_else(|| answer(words));
        if bytes.is_empty() {
            return; // hang up
        }
        say(&mut line, &tagged(&bytes, tag));
    }
}

/// The answer ends with its one tagged line, so the tag is looked for from behind.
fn tagged(bytes: &[u8], tag: &str) -> Vec<u8> {
    match bytes.windows(4).rposition(|window| window == b"TAG ") {
        Some(at) => [&bytes[..at], tag.as_bytes(), &bytes[at + 3..]].concat(),
        None => bytes.to_vec(),
    }
}

/// Says something; that the other side has hung up already is no failure of the test.
pub fn say(line: &mut impl Write, bytes: &[u8]) {
    let _hung_up = line.write_all(bytes).and_then(|()| line.flush());
}

/// The next line without its end; `None` when the other side has hung up.
pub fn read_line(lines: &mut impl BufRead) -> Option<String> {
    let mut line = String::new();
    lines.read_line(&mut line).ok().filter(|count| *count > 0)?;
    Some(line.trim_end().to_owned())
}

/// Speaks TLS with this certificate and greets; the handshake may fail.
pub fn greet_over_tls(line: TcpStream, config: Arc<ServerConfig>) {
    let connection = ServerConnection::new(config).expect("a usable certificate");
    let mut stream = StreamOwned::new(connection, line);
    say(&mut stream, b"* OK ready\r\n");
    let _until_they_leave = stream.read(&mut [0; 1024]);
}

/// The patience of the sessions below.
const SHORT: Duration = Duration::from_millis(300);

/// Signs in with little patience.
pub fn connect(servers: &Servers) -> Result<Imap, EdgeError> {
    Imap::connect_with_patience(servers, &SecretString::from("canary-right-5520"), &Stop::new(), SHORT)
}

/// A session with a server that answers every command after the login as told.
pub fn session(answer: impl Fn(&str) -> Vec<u8> + Send + 'static) -> Imap {
    connect(&imap(answer)).expect("the scripted server lets anybody in")
}

/// A session with a server that answers one command and everything else with OK.
pub fn session_where(command: &'static str, answer: &'static str) -> Imap {
    session(move |words| if words.starts_with(command) { answer.into() } else { "TAG OK done\r\n".into() })
}

/// The uids of the header rows a server's answer amounts to.
pub fn rows_of(imap: &mut Imap) -> Result<Vec<u64>, EdgeError> {
    let mut uids = Vec::new();
    imap.headers(&UidSet::range(1, 10), &mut |row| uids.push(row.uid)).map(|()| uids)
}

pub fn is_closed(imap: &mut Imap) -> bool {
    matches!(imap.noop(), Err(EdgeError::Temporary { what, .. }) if what.contains("is closed"))
}

/// Answers LOGIN and CAPABILITY.
pub fn log_in(line: &mut TcpStream) {
    say(line, b"* OK ready\r\n");
    let mut lines = BufReader::new(line.try_clone().expect("a second handle"));
    for _ in 0..2 {
        let command = read_line(&mut lines).expect("a command");
        let tag = command.split(' ').next().expect("a tag");
        say(line, format!("{tag} OK done\r\n").as_bytes());
    }
}
