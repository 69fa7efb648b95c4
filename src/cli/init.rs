//! `curbside init`

use std::path::{Path, PathBuf};

use secrecy::SecretString;
use serde_json::json;

use self::keep::Kept;
use super::places::Places;
use super::say::{can_ask, counted, fit};
use super::{Failure, Frame, Kind, days};
use crate::config::{self, ConfigError};
use crate::mail::maildir::Maildir;
use crate::model::address::clean_name;
use crate::model::settings::{Account, Settings};
use crate::secrets;
use crate::secrets::kept::Place;

mod ask;
pub(super) mod attempt;
mod first_plan;
mod keep;
mod sign_in;
mod wizard;

/// Set up: who you are and where your mail is; the logins are tried before anything is written
///
/// In a terminal, what is not given by a flag is asked for: your address first, and from it follow the servers.
/// A password that you type is kept in the keyring of your desktop, or in a file that only you can read; or name a
/// command that prints it. Or sign in with Google or Microsoft: then only tokens are kept, in the same places.
#[derive(Debug, Clone, Default, clap::Args)]
#[command(
    after_help = "Examples:\n  curbside init\n  curbside init --name \"Leah Brandt\" --email leah@mail.example \\\n      --imap-host imap.mail.example --smtp-host smtp.mail.example \\\n      --password-command \"pass show mail\"\n  curbside init --name \"Leah Brandt\" --email leah@mail.example \\\n      --folder ~/Mail --send-command \"msmtp -t\"\n  curbside init --reauth"
)]
pub struct Args {
    /// Your name, as it stands below a mail
    #[arg(long)]
    name: Option<String>,
    /// Your address
    #[arg(long, value_name = "ADDRESS")]
    email: Option<String>,
    /// Your time zone, such as America/New_York; this machine's by default
    #[arg(long, value_name = "ZONE")]
    time_zone: Option<String>,
    /// IMAP server
    #[arg(long, value_name = "HOST")]
    imap_host: Option<String>,
    /// IMAP port: 993, or 143 with starttls
    #[arg(long, value_name = "PORT", value_parser = |text: &str| days::whole::<u16>(text, 1, 65535))]
    imap_port: Option<u16>,
    /// tls, starttls, or none (this machine only)
    #[arg(long, value_name = "HOW", value_parser = ["tls", "starttls", "none"])]
    imap_security: Option<String>,
    /// SMTP server
    #[arg(long, value_name = "HOST")]
    smtp_host: Option<String>,
    /// SMTP port: 465, or 587 with starttls
    #[arg(long, value_name = "PORT", value_parser = |text: &str| days::whole::<u16>(text, 1, 65535))]
    smtp_port: Option<u16>,
    /// tls, starttls, or none (this machine only)
    #[arg(long, value_name = "HOW", value_parser = ["tls", "starttls", "none"])]
    smtp_security: Option<String>,
    /// Login name; your address by default
    #[arg(long, value_name = "NAME")]
    username: Option<String>,
    /// A command whose first line of output is the password
    #[arg(long, value_name = "CMD", conflicts_with_all = ["password_file", "oauth"])]
    password_command: Option<String>,
    /// A file, mode 0600, whose first line is the password
    #[arg(long, value_name = "FILE", conflicts_with = "oauth")]
    password_file: Option<PathBuf>,
    #[command(flatten)]
    how: sign_in::How,
    /// A certificate authority of your own, PEM
    #[arg(long, value_name = "PEM")]
    ca_file: Option<PathBuf>,
    /// Instead of servers: a Maildir++ folder that another tool keeps
    #[arg(long, value_name = "DIR", conflicts_with_all = ["imap_host", "smtp_host"])]
    folder: Option<PathBuf>,
    /// With a folder: a command that takes outgoing mail on standard input
    #[arg(long, value_name = "CMD", requires = "folder")]
    send_command: Option<String>,
    /// Domains never written to or from, such as your present employer's; may be given several times
    #[arg(long, value_name = "DOMAIN")]
    never: Vec<String>,
    /// Replace a configuration that is there
    #[arg(long)]
    force: bool,
}

impl Args {
    /// True when no flag says what opens the mailbox.
    fn has_no_secret(&self) -> bool {
        self.password_command.is_none() && self.password_file.is_none() && self.how.oauth.is_none() && !self.how.keyring
    }
}

pub(super) fn run(args: Args, frame: &Frame) -> Result<(), Failure> {
    if args.how.reauth {
        return sign_in::again(frame, &args.how);
    }
    let places = frame.places()?;
    let file = places.config_file();
    if file.exists() && !args.force {
        return Err(
            Failure::user(format!("{} is there already", file.display())).hint("change it in an editor, or replace it with --force")
        );
    }
    if can_ask() && wizard::is_wanted(&args) {
        let mut ready = wizard::run(args, frame, &places)?;
        let goes_on = !frame.say.json;
        write(&mut ready, frame, &places, if goes_on { "" } else { NEXT })?;
        return if goes_on { first_plan::show(frame) } else { Ok(()) };
    }
    let mut ready = ready(&wizard::with_known_servers(args), frame, &places)?;
    write(&mut ready, frame, &places, NEXT)
}

/// Everything that was asked and tried, and is still to be written.
struct Ready {
    text: String,
    /// The same with a file in the place of the keyring, where nobody asked for the keyring.
    instead: Option<String>,
    settings: Settings,
    tried: Vec<String>,
    kept: Kept,
}

impl Ready {
    fn with_password(settings: Settings, tried: Vec<String>, place: Place, secret: SecretString) -> Self {
        Self { text: String::new(), instead: None, settings, tried, kept: Kept::Password(place, secret) }
    }
}

/// What the flags say, tried.
fn ready(args: &Args, frame: &Frame, places: &Places) -> Result<Ready, Failure> {
    let text = config_text(args)?;
    let settings = config::parse(&text, &places.config_file()).map_err(by_flag)?;
    frame.clock(Some(&settings.account))?;
    let (tried, kept) = try_account(frame, &settings, &places.config, args.how.device)?;
    Ok(Ready { text, instead: None, settings, tried, kept })
}

fn write(ready: &mut Ready, frame: &Frame, places: &Places, next: &str) -> Result<(), Failure> {
    let remarks = keep::write(ready, places)?;
    let (file, email, database) = (places.config_file(), &ready.settings.owner.mailbox.address, places.database());
    let object = json!({ "config": file, "database": database, "email": email, "tried": ready.tried, "remarks": remarks });
    frame.say.answer(&object, || fit(&words(&file, ready, &remarks, next)))?;
    Ok(())
}

const NEXT: &str = "
Next, the people:
  curbside discover                  those you know already, from your own mailbox
  curbside import linkedin FILE      your connections at LinkedIn
  curbside add \"Jane Doe <jane@plan.example>\" --relation peer --met \"how you met\"
and then the first plan:
  curbside plan";

fn words(file: &Path, ready: &Ready, remarks: &[String], next: &str) -> String {
    let tried: String = ready.tried.iter().map(|line| format!("  ✓ {line}\n")).collect();
    let remarks: String = remarks.iter().map(|line| format!("{line}\n")).collect();
    let secret = match &ready.kept {
        Kept::Password(Place::Keyring { .. }, _) => "Your password is in the keyring of your desktop.\n".to_owned(),
        Kept::Password(Place::File(path), _) => {
            format!("No keyring is open here, so your password is in {}, which only you can read.\n", path.display())
        }
        Kept::SignIn(_) | Kept::Nothing => String::new(),
    };
    let zone = ready.settings.owner.zone.iana_name().unwrap_or("of this machine");
    format!("{tried}{remarks}{secret}Wrote {}; your time zone is {zone}.\n{next}", file.display())
}

fn config_text(args: &Args) -> Result<String, Failure> {
    let required = |value: &Option<String>, flag: &str| {
        value
            .clone()
            .map(|text| clean_name(&text))
            .filter(|text| !text.is_empty())
            .ok_or_else(|| Failure::usage(format!("{flag} is missing")).hint("curbside init in a terminal asks for what is missing"))
    };
    let path =
        |path: &Option<PathBuf>| path.as_ref().map(|path| std::path::absolute(path).unwrap_or_else(|_| path.clone()).display().to_string());
    let email = required(&args.email, "--email")?;
    let mut draft = config::Draft::default();
    draft.set("owner", "name", Some(required(&args.name, "--name")?));
    draft.set("owner", "email", Some(email.clone()));
    draft.set("owner", "time_zone", args.time_zone.clone().or_else(|| jiff::tz::TimeZone::system().iana_name().map(str::to_owned)));
    if args.folder.is_some() {
        draft.set("account", "folder", path(&args.folder));
        draft.set("account", "send_command", args.send_command.clone());
    } else {
        draft.set("account", "imap_host", Some(required(&args.imap_host, "--imap-host")?));
        draft.set("account", "imap_port", args.imap_port.map(i64::from));
        draft.set("account", "imap_security", args.imap_security.clone());
        draft.set("account", "smtp_host", Some(required(&args.smtp_host, "--smtp-host")?));
        draft.set("account", "smtp_port", args.smtp_port.map(i64::from));
        draft.set("account", "smtp_security", args.smtp_security.clone());
        draft.set("account", "username", Some(args.username.clone().unwrap_or(email)));
        draft.set("account", "password_command", args.password_command.clone());
        draft.set("account", "password_file", path(&args.password_file));
        sign_in_text(args, &mut draft)?;
        draft.set("account", "ca_file", path(&args.ca_file));
    }
    if !args.never.is_empty() {
        draft.set("sending", "never", Some(toml::Value::Array(args.never.iter().cloned().map(toml::Value::String).collect())));
    }
    Ok(draft.text())
}

fn sign_in_text(args: &Args, draft: &mut config::Draft) -> Result<(), Failure> {
    let (id, secret) = match &args.how.oauth_client_file {
        Some(file) => sign_in::downloaded(file).map(|(id, secret)| (Some(id), secret))?,
        None => (args.how.oauth_client_id.clone(), None),
    };
    draft.set("account", "oauth", args.how.oauth.clone());
    draft.set("account", "oauth_client_id", id);
    draft.set("account", "oauth_client_secret", secret);
    draft.set("account", "oauth_server", args.how.oauth_server.clone());
    draft.set("account", "keyring", args.how.keyring.then_some(true));
    Ok(())
}

/// Tries every edge before anything is written.
fn try_account(frame: &Frame, settings: &Settings, dir: &Path, by_device: bool) -> Result<(Vec<String>, Kept), Failure> {
    let servers = match &settings.account {
        Account::Folder { dir, .. } => {
            let folders = Maildir::open(dir).and_then(|maildir| maildir.folders()).map_err(|error| {
                Failure::user(format!("--folder: {error}")).hint("name the Maildir++ that mbsync or another tool keeps, or give servers")
            })?;
            return Ok((vec![format!("{} is a Maildir with {}", dir.display(), counted(folders.len(), "folder"))], Kept::Nothing));
        }
        Account::Servers(servers) => servers,
    };
    if let Some(oauth) = servers.secret.oauth() {
        sign_in::check_client(oauth)?;
        let signed_in = sign_in::consent(frame, servers, oauth, dir, by_device)?;
        return Ok((signed_in.tried.clone(), Kept::SignIn(signed_in)));
    }
    let password = secrets::password(&servers.secret, dir).map_err(|error| Failure::new(Kind::Config, error.to_string()))?;
    let tried = attempt::both(servers, &password).map_err(Failure::from);
    Ok((tried.map_err(|failure| failure.hint("nothing was written; give the flags again with what is right"))?, Kept::Nothing))
}

/// There is no file yet: what makes no sense was said by a flag.
fn by_flag(error: ConfigError) -> Failure {
    match error {
        ConfigError::Value { key, what, .. } => Failure::usage(format!("--{}: {what}", key.replace('_', "-"))),
        other => other.into(),
    }
}
