//! The stream handed to the `imap` crate: TCP or TLS, seen through the filter.

use std::io::{self, Read, Write};
use std::sync::Arc;
use std::time::Duration;

use imap::extensions::idle::SetReadTimeout;
use rustls::{ClientConnection, StreamOwned};

use super::filter::Shared;
use super::stop::Reins;
use super::wire::Wire;

/// Bytes read from the line at once.
const CHUNK: usize = 64 * 1024;
/// How long an answer to DONE may take.
const DONE: Duration = Duration::from_secs(15);

/// A line, secured or not.
pub(super) enum Line {
    Plain(Wire),
    Tls(Box<StreamOwned<ClientConnection, Wire>>),
}

impl Line {
    /// Secures a wire; returns when the handshake is done and the certificate was found good.
    pub(super) fn secure(mut wire: Wire, mut tls: ClientConnection) -> io::Result<Self> {
        while tls.is_handshaking() {
            if tls.complete_io(&mut wire)? == (0, 0) {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        }
        Ok(Self::Tls(Box::new(StreamOwned::new(tls, wire))))
    }
}

impl Read for Line {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Plain(wire) => wire.read(into),
            Self::Tls(stream) => stream.read(into),
        }
    }
}

/// What the `imap` crate reads from and writes to.
pub(super) struct Stream {
    line: Line,
    filter: Shared,
    reins: Arc<Reins>,
    chunk: Vec<u8>,
}

impl Stream {
    pub(super) fn new(line: Line, filter: Shared, reins: Arc<Reins>) -> Self {
        Self { line, filter, reins, chunk: vec![0; CHUNK] }
    }
}

impl Read for Stream {
    /// Whole lines only; 0 at the end of the line, with whatever was incomplete forgotten.
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        loop {
            let given = self.filter.lock().give(into);
            if given > 0 || into.is_empty() {
                return Ok(given);
            }
            let count = self.line.read(&mut self.chunk)?;
            if count == 0 {
                return Ok(0);
            }
            self.filter.lock().eat(&self.chunk[..count])?;
        }
    }
}

impl Write for Stream {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match &mut self.line {
            Line::Plain(wire) => wire.write(bytes),
            Line::Tls(stream) => stream.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match &mut self.line {
            Line::Plain(wire) => wire.flush(),
            Line::Tls(stream) => stream.flush(),
        }
    }
}

impl SetReadTimeout for Stream {
    /// The crate calls this when an IDLE has begun, and with `None` before it sends DONE.
    fn set_read_timeout(&mut self, timeout: Option<Duration>) -> imap::Result<()> {
        match timeout {
            Some(limit) => self.reins.idle(limit),
            None => self.reins.begin(self.reins.patience.min(DONE)),
        }
        Ok(())
    }
}
