//! IMAP (RFC 3501): one blocking session that reads without changing anything, behind the only use of the `imap` crate.

mod append;
mod data;
mod filter;
mod find;
mod greet;
mod idle;
mod names;
mod overheard;
mod read;
mod stop;
mod stream;
#[cfg(test)]
mod tests;
mod trouble;
mod uids;
mod wire;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Duration;

use imap::{Authenticator, Client, Error, Session};
use rustls::ClientConnection;
use secrecy::{ExposeSecret, SecretString};

use self::filter::{Plus, Response, Shared};
pub use self::idle::IdleEnd;
pub use self::names::from_modified_utf7;
pub use self::overheard::{Overheard, overheard};
use self::stop::Reins;
pub use self::stop::Stop;
use self::stream::{Line, Stream};
pub use self::uids::UidSet;
use self::wire::Wire;
use crate::mail::tls;
use crate::model::edge::EdgeError;
use crate::model::folder::{Folder, Opened};
use crate::model::settings::{Security, Servers};
use crate::secrets;

/// How long a server may be silent within a command.
const PATIENCE: Duration = Duration::from_secs(30);
/// How long a goodbye may take.
const LOGOUT: Duration = Duration::from_secs(3);

/// A signed-in session.
///
/// After a failure of the line the session is dead: every call fails with [`EdgeError::Temporary`] until a new one is made.
pub struct Imap {
    session: Session<Stream>,
    filter: Shared,
    reins: Arc<Reins>,
    host: String,
    dead: bool,
    can_idle: bool,
    /// Exchange replaces Message-IDs and keeps ours in a field of its own.
    is_exchange: bool,
}

/// What a command needs of the filter and the clock.
#[derive(Clone, Copy, Default)]
struct Terms {
    /// Literals are cut at so many bytes.
    cut: Option<usize>,
    /// Whether the server's `+` is part of the answer.
    plus: Plus,
    /// Times the ordinary patience; 0 means once.
    patience: u32,
}

impl Imap {
    /// Connects within 15 s, secures the line, and only then signs in; the password is an access token where the settings
    /// say so.
    ///
    /// # Errors
    /// `Temporary` for network trouble and a busy server, `Login` when the password is refused, `Permanent` when the
    /// certificate, the port or the security setting is wrong.
    pub fn connect(servers: &Servers, password: &SecretString, stop: &Stop) -> Result<Self, EdgeError> {
        Self::connect_with_patience(servers, password, stop, PATIENCE)
    }

    /// [`Imap::connect`] to a server that may be silent for at most `patience` within a command.
    ///
    /// # Errors
    /// As [`Imap::connect`].
    pub fn connect_with_patience(servers: &Servers, password: &SecretString, stop: &Stop, patience: Duration) -> Result<Self, EdgeError> {
        let reins = Arc::new(Reins::new(stop.clone(), patience));
        let (line, greeting) = open_line(servers, &reins)?;
        let filter = Shared::default();
        let host = servers.imap.host.clone();
        reins.begin(patience);
        let mut client = Client::new(Stream::new(line, filter.clone(), Arc::clone(&reins)));
        client.greeting_read = true; // by open_line
        let session = sign_in(client, &filter, servers, password)
            .map_err(|error| login_trouble(&host, &filter, &error, &|words| secrets::is_in(words, &servers.username, password)))?;
        let is_exchange = greeting.contains("Microsoft Exchange");
        let mut imap = Self { session, filter, reins, host, dead: false, can_idle: false, is_exchange };
        let told = imap.ask("The server's abilities could not be read", "CAPABILITY", Terms::default())?;
        imap.can_idle = told.iter().any(|response| data::is_capable(response, "IDLE"));
        Ok(imap)
    }

    /// All folders that can be opened, with their roles; of several with one role the server's own comes first.
    ///
    /// # Errors
    /// When the line or the server fails.
    pub fn folders(&mut self) -> Result<Vec<Folder>, EdgeError> {
        let told = self.ask("The folders could not be listed", "LIST \"\" \"*\"", Terms::default())?;
        Ok(names::folders(told.into_iter().filter_map(data::listed).collect()))
    }

    /// Opens a folder for reading only (EXAMINE): nothing done afterwards marks a message as seen.
    ///
    /// # Errors
    /// `Permanent` when there is no such folder.
    pub fn open(&mut self, folder: &str) -> Result<Opened, EdgeError> {
        let what = format!("The folder “{}” could not be opened", from_modified_utf7(folder));
        let mailbox = self.call(&what, Terms { patience: 4, ..Terms::default() }, |session| session.examine(folder))?;
        let mut filter = self.filter.lock();
        filter.take_news();
        Ok(Opened { validity: mailbox.uid_validity.unwrap_or(0), next: mailbox.uid_next.map(u64::from), exists: filter.exists() })
    }

    /// Asks whether anything is new; true when a message was announced since the folder was opened or last asked about.
    ///
    /// # Errors
    /// When the line fails.
    pub fn noop(&mut self) -> Result<bool, EdgeError> {
        self.call("The server could not be asked for news", Terms::default(), Session::noop)?;
        Ok(self.filter.lock().take_news())
    }

    /// Says goodbye; failures do not matter any more.
    pub fn logout(mut self) {
        if !self.dead {
            self.reins.begin(LOGOUT);
            self.filter.lock().begin(None, Plus::None);
            if let Err(error) = self.session.logout() {
                tracing::debug!(%error, "the mail server did not say goodbye");
            }
        }
    }

    /// Sends a command and returns the data responses to it.
    fn ask(&mut self, what: &str, command: &str, terms: Terms) -> Result<Vec<Response>, EdgeError> {
        self.call(what, terms, |session| session.run_command_and_check_ok(command))?;
        Ok(self.filter.lock().take_heard())
    }

    /// The one place where the `imap` crate is let loose: with a deadline, and with its panics caught.
    fn call<T>(&mut self, what: &str, terms: Terms, act: impl FnOnce(&mut Session<Stream>) -> imap::Result<T>) -> Result<T, EdgeError> {
        if self.dead {
            return Err(EdgeError::temporary(format!("The connection to {} is closed.", self.host)));
        }
        self.reins.begin(self.reins.patience * terms.patience.max(1));
        self.filter.lock().begin(terms.cut, terms.plus);
        let outcome = catch_unwind(AssertUnwindSafe(|| act(&mut self.session)));
        match outcome {
            Ok(Ok(value)) => {
                drop(self.session.take_all_unsolicited());
                Ok(value)
            }
            Ok(Err(error)) => Err(self.trouble(what, &error)),
            Err(_) => {
                self.dead = true;
                Err(EdgeError::temporary(format!("{what}: {} sent what could not be understood.", self.host)))
            }
        }
    }

    /// A refusal leaves the session in step; anything else ends it.
    fn trouble(&mut self, what: &str, error: &Error) -> EdgeError {
        let filter = self.filter.lock();
        match (error, filter.tagged(), filter.bye()) {
            (Error::No(_) | Error::Bad(_) | Error::Append, Some(words), _) => return trouble::refused(&self.host, what, words),
            (Error::Validate(_), ..) => return EdgeError::Permanent(format!("{what}: a name holds characters that IMAP cannot carry.")),
            _ => self.dead = true,
        }
        broken_session(&self.host, filter.bye(), error)
    }
}

fn broken_session(host: &str, bye: Option<&str>, error: &Error) -> EdgeError {
    match (bye, error) {
        (Some(words), _) => trouble::goodbye(host, words),
        (None, Error::Io(error)) => trouble::broken(host, error),
        (None, Error::ConnectionLost) => EdgeError::temporary(format!("{host} closed the connection.")),
        (None, other) => EdgeError::temporary(format!("The conversation with {host} went wrong: {other}.")),
    }
}

/// Connects and secures the line as the settings say; returns it with the greeting's words.
fn open_line(servers: &Servers, reins: &Arc<Reins>) -> Result<(Line, String), EdgeError> {
    let server = &servers.imap;
    let host = server.host.as_str();
    if server.security == Security::None && !server.is_loopback() {
        return Err(EdgeError::Permanent(format!("{host} is another machine; without TLS the password would be readable on the way.")));
    }
    let mut wire = Wire::connect(host, server.port, reins).map_err(|error| trouble::broken(host, &error))?;
    reins.begin(reins.patience);
    if server.security == Security::None {
        let words = greet::greeting(&mut wire, host)?;
        return Ok((Line::Plain(wire), words));
    }
    secured(wire, servers)
}

/// Brings TLS onto a line; of what the server says before it only the greeting's wording is kept.
fn secured(mut wire: Wire, servers: &Servers) -> Result<(Line, String), EdgeError> {
    let host = servers.imap.host.as_str();
    let config = tls::client_config(servers.ca_file.as_deref())?;
    let first_words = if servers.imap.security == Security::StartTls { Some(greet::greeting(&mut wire, host)?) } else { None };
    if first_words.is_some() {
        greet::start_tls(&mut wire, host)?;
    }
    let connection =
        ClientConnection::new(config, tls::server_name(host)?).map_err(|error| EdgeError::Permanent(tls::explain(&error, host)))?;
    let mut line = Line::secure(wire, connection).map_err(|error| trouble::no_tls(host, &error))?;
    let words = first_words.map_or_else(|| greet::greeting(&mut line, host), Ok)?;
    Ok((line, words))
}

/// LOGIN for plain ASCII; AUTHENTICATE PLAIN for the rest, which LOGIN cannot quote; XOAUTH2 for an access token.
fn sign_in(client: Client<Stream>, filter: &Shared, servers: &Servers, password: &SecretString) -> imap::Result<Session<Stream>> {
    let (username, password) = (servers.username.as_str(), password.expose_secret());
    let is_plain = |text: &str| text.bytes().all(|byte| matches!(byte, b' '..=b'~'));
    let has_token = servers.secret.oauth().is_some();
    let needs_sasl = has_token || !is_plain(username) || !is_plain(password);
    filter.lock().begin(None, if needs_sasl { Plus::Many } else { Plus::None });
    let signed_in = catch_unwind(AssertUnwindSafe(|| {
        let outcome = match needs_sasl {
            true if has_token => client.authenticate("XOAUTH2", &Bearer { username, token: password }),
            true => client.authenticate("PLAIN", &Plain { username, password }),
            false => client.login(username, password),
        };
        outcome.map_err(|(error, _)| error)
    }));
    signed_in.unwrap_or(Err(Error::ConnectionLost))
}

/// Why a login failed; a server that repeats what it was sent must not get the password into our words.
fn login_trouble(host: &str, filter: &Shared, error: &Error, is_secret: &dyn Fn(&str) -> bool) -> EdgeError {
    let filter = filter.lock();
    let fit = |words| if is_secret(words) { "(the server repeated the login)" } else { words };
    match (error, filter.tagged().map(fit)) {
        (Error::No(_) | Error::Bad(_), Some(words)) => trouble::login_refused(host, words),
        _ => broken_session(host, filter.bye().map(fit), error),
    }
}

/// SASL PLAIN (RFC 4616).
struct Plain<'p> {
    username: &'p str,
    password: &'p str,
}

impl Authenticator for Plain<'_> {
    type Response = String;

    fn process(&self, _challenge: &[u8]) -> String {
        format!("\0{}\0{}", self.username, self.password)
    }
}

/// XOAUTH2, as Google and Microsoft define it.
struct Bearer<'t> {
    username: &'t str,
    token: &'t str,
}

impl Authenticator for Bearer<'_> {
    type Response = String;

    /// A challenge with something in it is the server's reason for its no, which it says once it got an empty answer.
    fn process(&self, challenge: &[u8]) -> String {
        if challenge.is_empty() { format!("user={}\x01auth=Bearer {}\x01\x01", self.username, self.token) } else { String::new() }
    }
}
