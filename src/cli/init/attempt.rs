//! Trying an account: signs in at both servers, sends nothing, and says what was found.

use secrecy::SecretString;

use crate::cli::Failure;
use crate::mail::imap::{self, Imap, Stop};
use crate::mail::key::Keys;
use crate::mail::smtp;
use crate::model::edge::EdgeError;
use crate::model::settings::{Server, Servers};

/// What stood in the way.
pub(in crate::cli) struct Obstacle {
    /// In words.
    pub failure: Failure,
    /// The login itself was refused: another password, or a word with the provider, may help.
    pub is_login: bool,
}

impl From<Obstacle> for Failure {
    fn from(obstacle: Obstacle) -> Self {
        obstacle.failure
    }
}

/// Signs in at both servers with a password or an access token that is not kept yet.
///
/// # Errors
/// What stood in the way, and at which port.
pub(in crate::cli) fn both(servers: &Servers, secret: &SecretString) -> Result<Vec<String>, Obstacle> {
    let read = reading(servers, secret).map_err(|error| at(&servers.imap, error))?;
    let sent = sending(servers, secret).map_err(|error| at(&servers.smtp, error))?;
    Ok(vec![read, sent])
}

/// The same with what is kept, which may be renewed meanwhile.
///
/// # Errors
/// As [`both`].
pub(in crate::cli) fn both_with(keys: &Keys<'_>) -> Result<Vec<String>, Obstacle> {
    let servers = keys.servers;
    let read = keys.open(|secret| reading(servers, secret)).map_err(|error| at(&servers.imap, error))?;
    let sent = keys.open(|secret| sending(servers, secret)).map_err(|error| at(&servers.smtp, error))?;
    Ok(vec![read, sent])
}

fn reading(servers: &Servers, secret: &SecretString) -> Result<String, EdgeError> {
    let mut session = Imap::connect(servers, secret, &Stop::new())?;
    let folders = session.folders()?;
    session.logout();
    let names: Vec<String> =
        folders.iter().filter(|folder| folder.role.is_read()).take(6).map(|folder| imap::from_modified_utf7(&folder.name)).collect();
    Ok(format!("signed in at {}: {}", servers.imap.host, names.join(", ")))
}

fn sending(servers: &Servers, secret: &SecretString) -> Result<String, EdgeError> {
    smtp::check(servers, secret)?;
    Ok(format!("signed in at {} to send", servers.smtp.host))
}

/// The sentence of a server with its port: a wrong port is half of what goes wrong here.
fn at(server: &Server, error: EdgeError) -> Obstacle {
    let is_login = matches!(error, EdgeError::Login(_));
    let mut failure = Failure::from(error);
    let port = format!("port {}", server.port);
    failure.message = failure.message.replace("this port", &port);
    let is_ours = failure.message.contains("curbside init");
    if !is_ours && !failure.message.contains(&port) {
        failure.message = format!("{} ({} {port})", failure.message.trim_end_matches('.'), server.host);
    }
    Obstacle { failure, is_login }
}
