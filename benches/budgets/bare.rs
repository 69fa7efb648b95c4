//! The bare fetch: the same header fields and the same bodies through the `imap` crate, nothing else. Same batches.

use std::net::TcpStream;
use std::sync::Arc;
use std::time::{Duration, Instant};

use curbside::mail::tls;
use rustls::{ClientConnection, StreamOwned};

use crate::generator::Town;
use crate::servers;

const FIELDS: &str = "(UID INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (FROM SENDER REPLY-TO TO CC DATE MESSAGE-ID IN-REPLY-TO REFERENCES X-MICROSOFT-ORIGINAL-MESSAGE-ID SUBJECT AUTO-SUBMITTED CONTENT-TYPE AUTHENTICATION-RESULTS LIST-ID X-FAILED-RECIPIENTS)])";

/// Fetches all headers and the contacts' mails, and says how long it took.
pub fn fetch(town: &Town) -> Duration {
    let settings = servers::settings(&town.user);
    let line = TcpStream::connect(("127.0.0.1", settings.imap.port)).expect("IMAP answers");
    line.set_nodelay(true).expect("a socket");
    let begun = Instant::now();
    let config = tls::client_config(settings.ca_file.as_deref()).expect("TLS");
    let name = tls::server_name("localhost").expect("a name");
    let stream = StreamOwned::new(ClientConnection::new(Arc::clone(&config), name).expect("TLS"), line);
    let mut client = imap::Client::new(Plain(stream));
    client.read_greeting().expect("a greeting");
    let mut session = client.login(&town.user, servers::PASSWORD).map_err(|(error, _)| error).expect("signed in");
    session.examine("INBOX").expect("an inbox");
    let mut seen = 0;
    for first in (1..=town.messages).step_by(1_000) {
        let last = (first + 999).min(town.messages);
        seen += session.uid_fetch(format!("{first}:{last}"), FIELDS).expect("headers").iter().count();
        let here: Vec<String> = town.uids.iter().filter(|uid| (first..=last).contains(&(**uid as usize))).map(u32::to_string).collect();
        if !here.is_empty() {
            seen += session.uid_fetch(here.join(","), "(UID BODY.PEEK[])").expect("bodies").iter().count();
        }
    }
    assert_eq!(seen, town.messages + town.uids.len());
    begun.elapsed()
}

/// The crate wants to set time-outs; the bare fetch has none.
#[derive(Debug)]
struct Plain(StreamOwned<ClientConnection, TcpStream>);

impl std::io::Read for Plain {
    fn read(&mut self, bytes: &mut [u8]) -> std::io::Result<usize> {
        self.0.read(bytes)
    }
}

impl std::io::Write for Plain {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.0.flush()
    }
}
