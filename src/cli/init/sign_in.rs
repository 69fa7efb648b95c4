//! The sign-in with Google or Microsoft at the terminal: what is printed, what is opened, what is kept.

use std::io::IsTerminal as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use serde::Deserialize;
use serde_json::json;

use super::{attempt, wizard};
use crate::cli::say::can_ask;
use crate::cli::{Failure, Frame, Kind};
use crate::clock::Dice;
use crate::flow;
use crate::mail::oauth::{self, Asking, Pasting, SignInError, Told};
use crate::model::settings::{Account, OAuth, OAuthProvider, SecretSource, Servers};
use crate::secrets::SecretError;
use crate::secrets::kept::Place;
use crate::secrets::keyring;
use crate::secrets::tokens::{Shelf, Tokens};

/// Minutes the owner may take at the provider's page.
const WAIT: u64 = 15;

/// How to sign in without a password in sight.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct How {
    /// The password, or what --oauth gives, is kept in the keyring of your desktop
    #[arg(long, conflicts_with_all = ["password_command", "password_file"])]
    pub keyring: bool,
    /// Sign in with google or microsoft instead, in your browser
    #[arg(long, value_name = "WHO", value_parser = ["google", "microsoft"])]
    pub oauth: Option<String>,
    /// With --oauth: the client id of your own registration there
    #[arg(long, value_name = "ID", requires = "oauth", conflicts_with = "oauth_client_file")]
    pub oauth_client_id: Option<String>,
    /// With --oauth: the JSON file that Google gives for your own registration
    #[arg(long, value_name = "FILE", requires = "oauth")]
    pub oauth_client_file: Option<PathBuf>,
    /// Sign in by a code that you type on another machine, where the provider allows it
    #[arg(long)]
    pub device: bool,
    /// Sign in again, for the account that is set up
    #[arg(long, conflicts_with_all = ["email", "folder", "force", "imap_host", "name", "oauth", "smtp_host"])]
    pub reauth: bool,
    /// For tests: an authorization server on this machine
    #[arg(long, value_name = "URL", requires = "oauth", hide = true)]
    pub oauth_server: Option<String>,
}

/// A new sign-in that is tried and not kept yet.
pub(super) struct SignedIn {
    /// What it gave.
    pub tokens: Tokens,
    /// Where they are to be kept.
    pub shelf: Shelf,
    /// What was tried.
    pub tried: Vec<String>,
}

impl SignedIn {
    /// Keeps it, in place of a former one.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(super) fn keep(&self) -> Result<(), SecretError> {
        self.shelf.hold(&|| false).and_then(|held| self.shelf.write(&self.tokens, held))
    }
}

/// Asks for the owner's consent and tries both servers with what it gave.
///
/// # Errors
/// When there is no consent, or the servers do not take it.
pub(super) fn consent(frame: &Frame, servers: &Servers, oauth: &OAuth, dir: &Path, by_device: bool) -> Result<SignedIn, Failure> {
    let hour = frame.clock(Some(&Account::Servers(servers.clone())))?.hour();
    let dice = [Dice::System.bytes(), Dice::System.bytes()];
    let asking = Asking { oauth, username: &servers.username, hour, dice, patience: Duration::from_secs(WAIT * 60) };
    let pasting: Pasting = std::io::stdin().is_terminal().then(std::io::stdin);
    let can_paste = pasting.is_some();
    let mut tell = |told: Told<'_>| said(frame, oauth.provider, can_paste, &told);
    let tokens =
        if by_device { oauth::by_device(&asking, &mut tell, &std::thread::sleep) } else { oauth::by_browser(&asking, &mut tell, &pasting) };
    let tokens = tokens.map_err(failed)?;
    let tried = attempt::both(servers, &tokens.access).map_err(|obstacle| {
        let message = wizard::sign_in_refused(&obstacle, servers, oauth.provider);
        Failure { message, ..obstacle.failure }.hint("nothing was written")
    })?;
    Ok(SignedIn { tokens, shelf: Shelf::of(oauth, dir), tried })
}

/// `curbside init --reauth`: a new sign-in for the account there is.
///
/// # Errors
/// As [`consent`]; when the account has no sign-in.
pub(super) fn again(frame: &Frame, how: &How) -> Result<(), Failure> {
    let (settings, places) = (frame.settings()?, frame.places()?);
    let Account::Servers(servers) = &settings.account else {
        return Err(Failure::user("a local folder needs no sign-in"));
    };
    let (tried, what) = match &servers.secret {
        SecretSource::OAuth(oauth) => {
            let signed_in = consent(frame, servers, oauth, &places.config, how.device)?;
            signed_in.keep().map_err(unkept)?;
            (signed_in.tried, format!("You are signed in with {} again", oauth::name(oauth.provider)))
        }
        SecretSource::Command(_) => {
            return Err(Failure::user("your password comes from a command; change it there, and curbside asks the command anew"));
        }
        // A file of the owner's own may hold more than this password, or be made anew by another tool.
        SecretSource::File(path) if *path != places.config.join(wizard::FILE) => {
            let what = format!("your password is in {}; change its first line there", path.display());
            return Err(Failure::user(what).hint("then curbside doctor tries it"));
        }
        SecretSource::File(path) => password_again(servers, &Place::File(path.clone()))?,
        SecretSource::Keyring(username) => {
            password_again(servers, &Place::Keyring { what: keyring::PASSWORD, username: username.clone() })?
        }
    };
    let world = frame.world()?;
    flow::login_mended(&world)?;
    frame.nudge(&world);
    let object = json!({ "email": settings.owner.mailbox.address, "tried": tried });
    frame.say.answer(&object, || {
        let tried: String = tried.iter().map(|line| format!("  ✓ {line}\n")).collect();
        format!("{tried}{what}; whatever waited goes on.")
    })?;
    Ok(())
}

/// A new password in the former one's place.
fn password_again(servers: &Servers, place: &Place) -> Result<(Vec<String>, String), Failure> {
    if !can_ask() {
        return Err(Failure::user("a new password is asked for in a terminal").hint("run curbside init --reauth in one"));
    }
    let (tried, secret) = wizard::new_password(servers)?;
    place.write(&secret).map_err(unkept)?;
    Ok((tried, "The new password is kept".to_owned()))
}

fn unkept(error: SecretError) -> Failure {
    Failure::new(Kind::Config, error.to_string()).hint("the former one is kept; mend this and give the same command again")
}

fn failed(error: SignInError) -> Failure {
    match &error {
        SignInError::NoClient(provider) => {
            Failure::new(Kind::Config, format!("signing in with {} needs a client id", oauth::name(*provider)))
                .hint(oauth::how_to_register(*provider))
        }
        SignInError::Denied(_) => Failure::user(format!("{error}; nothing was changed")),
        SignInError::NoDevice(_) | SignInError::Odd(_) => Failure::user(error.to_string()),
        SignInError::Kept(_) => Failure::new(Kind::Config, error.to_string()),
        _ => Failure::new(Kind::Network, error.to_string()),
    }
}

/// Refuses before anything is asked when there is no client id.
///
/// # Errors
/// With how to get one.
pub(super) fn check_client(oauth: &OAuth) -> Result<(), Failure> {
    if oauth::has_client(oauth) { Ok(()) } else { Err(failed(SignInError::NoClient(oauth.provider))) }
}

fn said(frame: &Frame, provider: OAuthProvider, can_paste: bool, told: &Told<'_>) {
    let name = oauth::name(provider);
    match told {
        Told::Open(address) => {
            let first = if open(address) {
                format!("Your browser asks whether Curbside may use your mail at {name}. If it shows nothing, open:")
            } else {
                format!("To sign in with {name}, open this address in your browser:")
            };
            frame.say.tell(&format!("{first}\n\n  {address}\n"));
            if can_paste {
                frame.say.tell("If that browser is on another machine, it ends at a page that does not load: paste its address here.");
            }
            frame.say.tell(&format!("Waiting {WAIT} minutes at most for your yes there …"));
        }
        Told::Type { address, code } => {
            frame.say.tell(&format!(
                "To sign in with {name}, on any machine:\n\n  open  {address}\n  type  {code}\n\nWaiting {WAIT} minutes at most for your yes there …"
            ));
        }
        Told::Strange => frame.say.warn("an answer came that this sign-in did not ask for; it was not used"),
    }
}

/// Opens an address in the owner's browser; true when something could be started.
fn open(address: &str) -> bool {
    let named = std::env::var_os("BROWSER").filter(|name| !name.is_empty());
    let has_screen = cfg!(target_os = "macos") || ["DISPLAY", "WAYLAND_DISPLAY"].iter().any(|name| std::env::var_os(name).is_some());
    let usual = if cfg!(target_os = "macos") { "open" } else { "xdg-open" };
    let program = match named {
        Some(name) => name,
        None if has_screen => usual.into(),
        None => return false,
    };
    Command::new(program).arg(address).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().is_ok()
}

#[derive(Deserialize)]
struct Downloaded {
    installed: Client,
}

#[derive(Deserialize)]
struct Client {
    client_id: String,
    client_secret: Option<String>,
}

/// Reads the file that Google gives for a registration; the client id and its secret.
///
/// # Errors
/// When it is not such a file.
pub(super) fn downloaded(file: &Path) -> Result<(String, Option<String>), Failure> {
    let text = std::fs::read_to_string(file).map_err(|error| Failure::user(format!("{}: {error}", file.display())))?;
    let read: Downloaded = serde_json::from_str(&text).map_err(|_| {
        Failure::user(format!("{} is not what Google gives for a desktop app", file.display()))
            .hint("choose the type “Desktop app” for the client there, and download its JSON file")
    })?;
    Ok((read.installed.client_id, read.installed.client_secret))
}
