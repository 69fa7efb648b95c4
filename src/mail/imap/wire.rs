//! A TCP line whose every wait sleeps in the kernel until data, a deadline, a stop or a wake.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, ToSocketAddrs};
use std::sync::Arc;
use std::time::{Duration, Instant};

use mio::net::TcpStream;
use mio::{Events, Interest, Poll, Token, Waker};
use socket2::{SockRef, TcpKeepalive};

use super::stop::Reins;

/// Limit for all addresses of a host together.
const CONNECT: Duration = Duration::from_secs(15);
/// Limit for one address when there are several: a black hole must not eat the time of the others.
const CONNECT_ONE: Duration = Duration::from_secs(5);
/// A silent line is probed after this long; four unanswered probes end it within four minutes.
const KEEPALIVE: TcpKeepalive =
    TcpKeepalive::new().with_time(Duration::from_mins(2)).with_interval(Duration::from_secs(30)).with_retries(4);

const LINE: Token = Token(0);
const WAKE: Token = Token(1);

/// A connected line.
pub(super) struct Wire {
    socket: TcpStream,
    poll: Poll,
    events: Events,
    reins: Arc<Reins>,
    /// Kept alive here; the stop handle knows it weakly.
    _waker: Arc<Waker>,
}

impl Wire {
    /// Connects to the first address of the host that answers.
    pub(super) fn connect(host: &str, port: u16, reins: &Arc<Reins>) -> io::Result<Self> {
        let unknown = |error: io::Error| io::Error::new(io::ErrorKind::NotFound, error);
        let addresses: Vec<SocketAddr> = (host, port).to_socket_addrs().map_err(unknown)?.collect();
        let until = Instant::now() + CONNECT;
        let mut last = io::Error::new(io::ErrorKind::NotFound, "the host name has no address");
        for (index, address) in addresses.iter().enumerate() {
            let left = until.saturating_duration_since(Instant::now());
            let limit = if index + 1 == addresses.len() { left } else { left.min(CONNECT_ONE) };
            match Self::connect_one(*address, limit, reins) {
                Ok(wire) => return Ok(wire),
                Err(error) if reins.stop.is_set() => return Err(error),
                Err(error) => last = error,
            }
        }
        Err(last)
    }

    fn connect_one(address: SocketAddr, limit: Duration, reins: &Arc<Reins>) -> io::Result<Self> {
        let mut socket = TcpStream::connect(address)?;
        let poll = Poll::new()?;
        poll.registry().register(&mut socket, LINE, Interest::READABLE | Interest::WRITABLE)?;
        let waker = Arc::new(Waker::new(poll.registry(), WAKE)?);
        reins.stop.register(&waker);
        let mut wire = Self { socket, poll, events: Events::with_capacity(4), reins: Arc::clone(reins), _waker: waker };
        reins.begin(limit);
        wire.wait_until_connected()?;
        wire.socket.set_nodelay(true)?;
        SockRef::from(&wire.socket).set_tcp_keepalive(&KEEPALIVE)?;
        Ok(wire)
    }

    fn wait_until_connected(&mut self) -> io::Result<()> {
        loop {
            if let Some(error) = self.socket.take_error()? {
                return Err(error);
            }
            match self.socket.peer_addr() {
                Ok(_) => return Ok(()),
                Err(error) if error.kind() == io::ErrorKind::NotConnected => self.wait()?,
                Err(error) => return Err(error),
            }
        }
    }

    /// True when bytes have arrived that nobody has read; waits for nothing.
    pub(super) fn has_unread(&self) -> bool {
        self.socket.peek(&mut [0]).is_ok_and(|count| count > 0)
    }

    fn wait(&mut self) -> io::Result<()> {
        loop {
            let left = self.reins.left()?;
            match self.poll.poll(&mut self.events, Some(left)) {
                Err(error) if error.kind() != io::ErrorKind::Interrupted => return Err(error),
                _ if self.events.iter().any(|event| event.token() == LINE) => return Ok(()),
                _ => {}
            }
        }
    }

    fn when_ready(&mut self, mut act: impl FnMut(&mut TcpStream) -> io::Result<usize>) -> io::Result<usize> {
        loop {
            self.reins.left()?; // a line that is never silent must end too
            match act(&mut self.socket) {
                Ok(count) => {
                    self.reins.moved(count);
                    return Ok(count);
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => self.wait()?,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }
}

impl Read for Wire {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        self.when_ready(|socket| socket.read(into))
    }
}

impl Write for Wire {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.when_ready(|socket| socket.write(bytes))
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
