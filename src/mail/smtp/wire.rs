//! The line to the SMTP server: TCP, then TLS, and what the library above it cannot know about the bytes.

use std::io;
use std::net::SocketAddr;
use std::path::Path;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use lettre::transport::smtp::client::AsyncTokioStream;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, ReadBuf};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use crate::mail::tls;
use crate::model::edge::EdgeError;
use crate::model::settings::Server;

/// Bytes a server may say to one command; a line without end would otherwise be kept until the deadline.
const MOST_REPLY: usize = 128 * 1024;
/// What the library is shown in place of the greeting, which was read here.
const GREETING: &[u8] = b"220 ready\r\n";

/// What the server said since the last byte we wrote.
pub type Heard = Arc<Mutex<Vec<u8>>>;

/// A stream below or above TLS.
trait Duplex: AsyncRead + AsyncWrite + Send + Sync + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Sync + Unpin> Duplex for T {}

/// The line to the server.
///
/// Reads are capped and made ASCII (a reply with a Latin-1 letter would else be lost whole), and remembered for
/// those who want the reply itself. STARTTLS is done here, byte by byte, so that nothing said in the clear is ever
/// taken for an answer under TLS.
pub struct Wire {
    inner: Box<dyn Duplex>,
    peer: SocketAddr,
    heard: Heard,
    unread: &'static [u8],
}

impl Wire {
    /// Connects by TCP, trying each address of the host for a part of `limit`, so that one dead route does not eat it all.
    ///
    /// # Errors
    /// Temporary ones: no such host, nobody listens, no answer.
    pub async fn connect(server: &Server, limit: Duration) -> Result<Self, EdgeError> {
        let name = &server.host;
        let found = tokio::net::lookup_host((name.as_str(), server.port)).await;
        let addresses = found.map_err(|error| EdgeError::temporary(format!("the host {name} was not found ({error})")))?;
        let mut last = EdgeError::temporary(format!("the host {name} has no address"));
        for address in addresses {
            match tokio::time::timeout(limit / 2, TcpStream::connect(address)).await {
                Ok(Ok(stream)) => return Ok(Self::over(Box::new(stream), address)),
                Ok(Err(error)) => last = EdgeError::temporary(format!("{name} port {} cannot be reached ({error})", server.port)),
                Err(_) => last = EdgeError::temporary(format!("{name} port {} does not answer", server.port)),
            }
        }
        Err(last)
    }

    /// A line that is no socket.
    pub(super) fn of(inner: impl AsyncRead + AsyncWrite + Send + Sync + Unpin + 'static) -> Self {
        Self::over(Box::new(inner), SocketAddr::from(([127, 0, 0, 1], 0)))
    }

    fn over(inner: Box<dyn Duplex>, peer: SocketAddr) -> Self {
        Self { inner, peer, heard: Heard::default(), unread: b"" }
    }

    /// The same line under TLS, the certificate checked for `host`.
    ///
    /// # Errors
    /// Permanent when the certificate is not to be trusted, else temporary.
    pub async fn secured(self, host: &str, ca_file: Option<&Path>) -> Result<Self, EdgeError> {
        let config = tls::client_config(ca_file)?;
        let stream = TlsConnector::from(config).connect(tls::server_name(host)?, self.inner).await;
        Ok(Self::over(Box::new(stream.map_err(|error| tls_trouble(host, &error))?), self.peer))
    }

    /// Writes one command line.
    ///
    /// # Errors
    /// When the connection is gone.
    pub async fn say(&mut self, command: &str) -> io::Result<()> {
        self.write_all(format!("{command}\r\n").as_bytes()).await?;
        self.flush().await
    }

    /// Reads one reply, however many lines, and not a byte more.
    ///
    /// # Errors
    /// When the connection ends first, or the server talks without end.
    pub async fn reply(&mut self) -> io::Result<String> {
        let mut reply = String::new();
        let mut line_start = 0;
        loop {
            reply.push(char::from(self.read_u8().await?));
            if reply.ends_with('\n') {
                if reply.as_bytes().get(line_start + 3) != Some(&b'-') {
                    return Ok(reply);
                }
                line_start = reply.len();
            }
        }
    }

    /// Hands the line to the library, which expects a greeting first.
    #[must_use]
    pub fn greeted(mut self) -> (Box<dyn AsyncTokioStream>, Heard) {
        self.unread = GREETING;
        let heard = Arc::clone(&self.heard);
        (Box::new(self), heard)
    }
}

fn tls_trouble(host: &str, error: &io::Error) -> EdgeError {
    let what = tls::explain_io(error, host).unwrap_or_else(|| format!("No secure line to {host} ({error})."));
    let inner = error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>());
    match inner {
        Some(rustls::Error::InvalidCertificate(_)) => EdgeError::Permanent(what),
        _ => EdgeError::temporary(what),
    }
}

impl std::fmt::Debug for Wire {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Never what was heard or said: a login may be in it.
        f.debug_struct("Wire").field("peer", &self.peer).finish_non_exhaustive()
    }
}

impl AsyncTokioStream for Wire {
    fn peer_addr(&self) -> io::Result<SocketAddr> {
        Ok(self.peer)
    }
}

impl AsyncRead for Wire {
    fn poll_read(mut self: Pin<&mut Self>, context: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        if !self.unread.is_empty() {
            let (now, later) = self.unread.split_at(self.unread.len().min(buf.remaining()));
            buf.put_slice(now);
            self.unread = later;
            return Poll::Ready(Ok(()));
        }
        let before = buf.filled().len();
        std::task::ready!(Pin::new(&mut self.inner).poll_read(context, buf))?;
        Poll::Ready(listen(&self.heard, &mut buf.filled_mut()[before..]))
    }
}

fn listen(heard: &Heard, bytes: &mut [u8]) -> io::Result<()> {
    for byte in bytes.iter_mut().filter(|byte| !byte.is_ascii()) {
        *byte = b'?';
    }
    let mut heard = heard.lock().unwrap_or_else(PoisonError::into_inner);
    heard.extend_from_slice(bytes);
    if heard.len() > MOST_REPLY {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "the server talks without end"));
    }
    Ok(())
}

impl AsyncWrite for Wire {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        self.heard.lock().unwrap_or_else(PoisonError::into_inner).clear();
        Pin::new(&mut self.inner).poll_write(context, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_shutdown(context)
    }
}
