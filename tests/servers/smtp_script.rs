//! An SMTP server that follows a script, for the endings a real server cannot be asked for.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

/// What the server does at one point instead of the ordinary.
#[derive(Clone, Copy)]
pub enum Act {
    /// Says this.
    Say(&'static str),
    /// Says this, whatever bytes it is.
    Raw(&'static [u8]),
    /// Says this and hangs up.
    Last(&'static [u8]),
    /// Talks without ever ending its line, as long as the client listens.
    Flood,
    /// Hangs up.
    HangUp,
    /// Says nothing more until the client goes.
    Stall,
}

/// Where a script may act: at the `greeting`, at a command by its word, at the first byte of the `body`, at the `dot`.
pub type Script = &'static [(&'static str, Act)];

/// What the server saw.
#[derive(Default, Debug)]
pub struct Seen {
    /// Every command line.
    pub commands: Vec<String>,
    /// The mail as a receiver would store it, once its dot was there.
    pub mail: Option<Vec<u8>>,
    /// Bytes of a flood that could be got rid of.
    pub flooded: usize,
}

impl Seen {
    /// True when a command with this word came.
    pub fn command(&self, word: &str) -> bool {
        self.commands.iter().any(|line| line.starts_with(word))
    }
}

/// A server for one client.
pub struct Scripted {
    pub port: u16,
    at: Arc<Mutex<String>>,
    thread: JoinHandle<Seen>,
}

impl Scripted {
    /// Listens on a free port of this machine.
    pub fn start(script: Script) -> Self {
        Self::start_over(Ok, script)
    }

    /// The same with something (TLS) between the line and the conversation.
    pub fn start_over<S: Read + Write>(wrap: impl FnOnce(TcpStream) -> io::Result<S> + Send + 'static, script: Script) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let port = listener.local_addr().expect("an address").port();
        let at = Arc::new(Mutex::new(String::new()));
        let here = Arc::clone(&at);
        let serve = move || {
            let mut seen = Seen::default();
            let stream = listener.accept().and_then(|(stream, _)| wrap(stream));
            // The client going away ends a conversation like any other end.
            let _ = stream.and_then(|stream| converse(&mut BufReader::new(stream), script, &here, &mut seen));
            seen
        };
        Self { port, at, thread: std::thread::spawn(serve) }
    }

    /// Tells whether the conversation stands at a point of the script.
    pub fn reached(&self) -> impl Fn(&str) -> bool + use<> {
        let at = Arc::clone(&self.at);
        move |point| at.lock().is_ok_and(|at| *at == point)
    }

    /// What it saw, when the conversation is over.
    pub fn seen(self) -> Seen {
        self.thread.join().expect("the server ends in peace")
    }
}

fn converse<S: Read + Write>(line: &mut BufReader<S>, script: Script, here: &Mutex<String>, seen: &mut Seen) -> io::Result<()> {
    let mut at = "greeting".to_owned();
    loop {
        at.clone_into(&mut here.lock().expect("nobody fails while holding it"));
        let said = act(line, script, &at, ordinary(&at), seen)?;
        if at == "DATA" && said.starts_with("354") {
            line.fill_buf()?;
            act(line, script, "body", "", seen)?;
            seen.mail = Some(read_mail(line)?);
            "dot".clone_into(&mut at);
            continue;
        }
        let mut command = String::new();
        if line.read_line(&mut command)? == 0 || at == "QUIT" {
            return Ok(());
        }
        at = command.split_whitespace().next().unwrap_or_default().to_owned();
        seen.commands.push(command.trim_end().to_owned());
    }
}

fn ordinary(at: &str) -> &'static str {
    match at {
        "greeting" => "220 mail.test ready",
        "EHLO" => "250-mail.test\r\n250-SIZE 1000000\r\n250-8BITMIME\r\n250 AUTH PLAIN LOGIN",
        "AUTH" => "235 2.7.0 welcome",
        "DATA" => "354 go on",
        "dot" => "250 2.0.0 Ok: queued as ABC123",
        "QUIT" => "221 bye",
        _ => "250 2.0.0 Ok",
    }
}

fn act<S: Read + Write>(
    line: &mut BufReader<S>,
    script: Script,
    at: &str,
    ordinary: &'static str,
    seen: &mut Seen,
) -> io::Result<&'static str> {
    match script.iter().find(|(word, _)| *word == at).map_or(Act::Say(ordinary), |(_, act)| *act) {
        Act::Say("") => Ok(""),
        Act::Say(words) => {
            line.get_mut().write_all(format!("{words}\r\n").as_bytes())?;
            line.get_mut().flush()?;
            Ok(words)
        }
        Act::Raw(bytes) => line.get_mut().write_all(bytes).map(|()| ""),
        Act::Last(bytes) => line.get_mut().write_all(bytes).and(Err(io::ErrorKind::ConnectionAborted.into())),
        Act::Flood => flood(line.get_mut(), &mut seen.flooded).and(Err(io::ErrorKind::ConnectionAborted.into())),
        Act::HangUp => Err(io::ErrorKind::ConnectionAborted.into()),
        Act::Stall => io::copy(line, &mut io::sink()).and(Err(io::ErrorKind::ConnectionAborted.into())),
    }
}

fn flood(line: &mut impl Write, flooded: &mut usize) -> io::Result<()> {
    while *flooded < 64 << 20 {
        *flooded += line.write(&vec![b'x'; 64 * 1024])?;
    }
    Ok(())
}

/// The mail up to the dot, dot-stuffing undone (RFC 5321, 4.5.2).
fn read_mail<S: Read>(line: &mut BufReader<S>) -> io::Result<Vec<u8>> {
    let mut mail = Vec::new();
    loop {
        let mut next = Vec::new();
        if line.read_until(b'\n', &mut next)? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        if next == b".\r\n" {
            return Ok(mail);
        }
        mail.extend_from_slice(next.strip_prefix(b".").unwrap_or(&next));
    }
}
