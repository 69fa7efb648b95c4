//! Set-up as a short dialogue: the address first, then what opens the mailbox there, tried at once; then who you are.

use secrecy::{ExposeSecret, SecretString};

use super::attempt::{self, Obstacle};
use super::{Args, Ready, ask, by_flag, config_text};
use crate::cli::places::Places;
use crate::cli::{Failure, Frame};
use crate::config;
use crate::mail::discovery::{self, Found, Provider, Way};
use crate::mail::oauth;
use crate::model::address::Address;
use crate::model::settings::{Account, OAuth, OAuthProvider, Security, Server, Servers, Settings};
use crate::secrets::kept::Place;
use crate::secrets::keyring;

/// How often a refused password is asked for anew: providers lock accounts.
const TRIES: usize = 3;
/// The file of a password typed here, beside the settings.
pub(super) const FILE: &str = "password";

/// Asks for what no flag said, and tries it.
///
/// # Errors
/// When the owner stops, or the servers let nobody in.
pub(super) fn run(mut args: Args, frame: &Frame, places: &Places) -> Result<Ready, Failure> {
    frame.say.tell("A few questions. Ctrl-C at any of them leaves nothing behind, until it says what was written.\n");
    let address = asked_address(&mut args)?;
    let provider = if args.folder.is_none() { servers(&mut args, frame, &address)? } else { None };
    let (had_name, had_keyring) = (args.name.is_some(), args.how.keyring);
    args.name.get_or_insert_with(|| name_of(&address));
    let mut ready = open(&mut args, frame, places, provider)?;
    for line in ready.tried.drain(..) {
        frame.say.tell(&format!("  ✓ {line}"));
    }
    frame.say.tell("");
    if !had_name {
        args.name = Some(ask::something("Your name, as it stands below a mail:", args.name.as_deref().unwrap_or_default())?);
    }
    if args.never.is_empty() {
        args.never = employer()?;
    }
    ready.text = config_text(&args)?;
    ready.instead = (args.how.keyring && !had_keyring).then(|| config_text(&by_file(&args, places))).transpose()?;
    ready.settings = parse(&args, places)?;
    Ok(ready)
}

fn asked_address(args: &mut Args) -> Result<Address, Failure> {
    let text = match args.email.take() {
        Some(email) => email,
        None => ask::address("Your e-mail address:")?,
    };
    let address = Address::parse(&text).map_err(|error| Failure::usage(format!("--email: {error}")))?;
    args.email = Some(text);
    Ok(address)
}

fn employer() -> Result<Vec<String>, Failure> {
    let said = ask::line("Your present employer's mail domain, never to be written to (empty: none):", "")?;
    Ok(said.split([',', ' ']).filter(|domain| !domain.is_empty()).map(str::to_owned).collect())
}

/// `leah.brandt@…` is Leah Brandt, most likely.
fn name_of(address: &Address) -> String {
    let local = address.as_str().rsplit_once('@').map_or("", |(local, _)| local);
    let letters = |part: &&str| part.len() > 1 && part.chars().all(char::is_alphabetic);
    let parts: Vec<&str> = local.split(['.', '_', '-']).collect();
    if parts.len() < 2 || !parts.iter().all(letters) {
        return String::new();
    }
    let capital = |part: &str| part[..1].to_uppercase() + &part[1..];
    parts.iter().filter(|part| part.is_ascii()).map(|part| capital(part)).collect::<Vec<_>>().join(" ")
}

/// Finds the servers, or asks for them; what is known of the provider.
fn servers(args: &mut Args, frame: &Frame, address: &Address) -> Result<Option<&'static Provider>, Failure> {
    if let (Some(host), Some(_)) = (&args.imap_host, &args.smtp_host) {
        return Ok(discovery::of_host(host));
    }
    let found = discovery::known(address).or_else(|| {
        frame.say.tell(&format!("Looking for the mail servers of {} …", address.domain()));
        discovery::ask_around(address)
    });
    match found {
        Some(found) if confirmed(frame, &found)? => Ok(take(args, &found)),
        _ => by_hand(args, address),
    }
}

/// A provider we know needs no question; servers that somebody else names do: they are told the password.
fn confirmed(frame: &Frame, found: &Found) -> Result<bool, Failure> {
    frame.say.tell(&format!("\n{}: {} to read, {} to send.", found.name, shown(&found.imap), shown(&found.smtp)));
    match &found.source {
        None => Ok(true),
        Some(source) => ask::yes(&format!("{}. Are these yours?", capital(source))),
    }
}

pub(super) fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

fn shown(server: &Server) -> String {
    format!("{} port {}", server.host, server.port)
}

fn take(args: &mut Args, found: &Found) -> Option<&'static Provider> {
    let how = |security| match security {
        Security::Tls => "tls".to_owned(),
        Security::StartTls => "starttls".to_owned(),
        Security::None => "none".to_owned(),
    };
    args.imap_host.get_or_insert_with(|| found.imap.host.clone());
    args.imap_port.get_or_insert(found.imap.port);
    args.imap_security.get_or_insert_with(|| how(found.imap.security));
    args.smtp_host.get_or_insert_with(|| found.smtp.host.clone());
    args.smtp_port.get_or_insert(found.smtp.port);
    args.smtp_security.get_or_insert_with(|| how(found.smtp.security));
    args.username.get_or_insert_with(|| found.username.clone());
    found.provider
}

/// The servers of a provider we know, where no flag names others.
pub(super) fn with_known_servers(mut args: Args) -> Args {
    let is_open = args.folder.is_none() && args.imap_host.is_none() && args.smtp_host.is_none();
    let address = args.email.as_deref().filter(|_| is_open).and_then(|email| Address::parse(email).ok());
    if let Some(found) = address.and_then(|address| discovery::known(&address)) {
        take(&mut args, &found);
    }
    args
}

fn by_hand(args: &mut Args, address: &Address) -> Result<Option<&'static Provider>, Failure> {
    let domain = address.domain();
    for (host, what) in [(&mut args.imap_host, "imap"), (&mut args.smtp_host, "smtp")] {
        if host.is_none() {
            let question = format!("{} server (your provider's help page names it):", what.to_uppercase());
            *host = Some(ask::something(&question, &format!("{what}.{domain}"))?);
        }
    }
    if args.username.is_none() {
        args.username = Some(ask::something("Login name:", address.as_str())?);
    }
    Ok(args.imap_host.as_deref().and_then(discovery::of_host))
}

/// Gets what opens the mailbox and tries it.
fn open(args: &mut Args, frame: &Frame, places: &Places, provider: Option<&'static Provider>) -> Result<Ready, Failure> {
    if args.how.oauth.is_none() && args.has_no_secret() {
        args.how.oauth = choice(frame, provider)?.map(|oauth| oauth.key().to_owned());
    }
    if args.how.oauth.is_none() && args.has_no_secret() {
        return by_password(args, frame, places, provider);
    }
    if let Some(whom) = args.how.oauth.as_deref().and_then(OAuthProvider::of) {
        client_id(args, frame, places, whom)?;
        args.how.keyring |= keyring::is_there();
    }
    super::ready(&named(args), frame, places)
}

/// Whether to sign in with the provider; the app password comes first where there is one.
fn choice(frame: &Frame, provider: Option<&Provider>) -> Result<Option<OAuthProvider>, Failure> {
    let Some((provider, oauth)) = provider.and_then(|provider| Some((provider, provider.oauth()?))) else { return Ok(None) };
    let name = oauth::name(oauth);
    if provider.way == Way::SignIn {
        frame.say.tell(&format!("{name} takes no passwords from programs: you sign in with {name} in your browser.\n"));
        return Ok(Some(oauth));
    }
    let bare = OAuth { provider: oauth, client_id: None, client_secret: None, keyring: None, server: None };
    if !oauth::has_client(&bare) {
        return Ok(None);
    }
    let answers = vec!["an app password".to_owned(), format!("a sign-in with {name} in the browser")];
    Ok((ask::which("How shall Curbside come to your mail?", answers)? == 1).then_some(oauth))
}

/// Asks for the owner's own client id where this build has none.
fn client_id(args: &mut Args, frame: &Frame, places: &Places, whom: OAuthProvider) -> Result<(), Failure> {
    let settings = parse(args, places)?;
    let Account::Servers(Servers { secret, .. }) = &settings.account else { return Ok(()) };
    if secret.oauth().is_some_and(oauth::has_client) {
        return Ok(());
    }
    frame.say.tell(&format!("{}\n", oauth::how_to_register(whom)));
    match whom {
        OAuthProvider::Google => args.how.oauth_client_file = Some(ask::something("The JSON file you downloaded there:", "")?.into()),
        OAuthProvider::Microsoft => args.how.oauth_client_id = Some(ask::something("The client ID you got there:", "")?),
    }
    Ok(())
}

fn by_password(args: &mut Args, frame: &Frame, places: &Places, provider: Option<&Provider>) -> Result<Ready, Failure> {
    let is_app = provider.is_some_and(|provider| provider.way == Way::AppPassword);
    if let Some(provider) = provider.filter(|_| is_app) {
        frame.say.tell(&app_password(provider));
    }
    let place = place(args, places);
    let settings = parse(args, places)?;
    let Account::Servers(servers) = &settings.account else { return Err(Failure::user("a folder needs no password")) };
    let question = if is_app { "The app password (nothing is shown):" } else { "Your password there (nothing is shown):" };
    for left in (0..TRIES).rev() {
        let secret = plain(&ask::secret(question)?, is_app);
        match attempt::both(servers, &secret) {
            Ok(tried) => return Ok(Ready::with_password(settings, tried, place, secret)),
            Err(obstacle) if obstacle.is_login && left > 0 => frame.say.tell(&format!("  ✗ {}\n", refused(&obstacle, provider))),
            Err(obstacle) => return Err(Failure { message: refused(&obstacle, provider), ..obstacle.failure }.hint("nothing was written")),
        }
    }
    Err(Failure::user("stopped; nothing was written"))
}

/// App passwords are shown in groups, which are no part of them.
fn plain(secret: &SecretString, is_app: bool) -> SecretString {
    let text = secret.expose_secret().trim();
    SecretString::from(if is_app { text.replace(' ', "") } else { text.to_owned() })
}

fn app_password(provider: &Provider) -> String {
    let steps: String = provider.steps.iter().enumerate().map(|(at, step)| format!("  {}. {step}\n", at + 1)).collect();
    format!("\n{} wants an app password: one for this program alone, which you can take back any day.\n{steps}", provider.name)
}

fn refused(obstacle: &Obstacle, provider: Option<&Provider>) -> String {
    let message = obstacle.failure.message.trim_end_matches('.');
    match provider.filter(|_| obstacle.is_login) {
        Some(provider) => format!("{message}. {}", provider.refused),
        None => format!("{message}."),
    }
}

/// Where a password typed here is kept, as the settings will say.
fn place(args: &mut Args, places: &Places) -> Place {
    args.how.keyring = keyring::is_there();
    if args.how.keyring {
        let username = args.username.clone().or_else(|| args.email.clone()).unwrap_or_default();
        return Place::Keyring { what: keyring::PASSWORD, username };
    }
    let file = places.config.join(FILE);
    args.password_file = Some(file.clone());
    Place::File(file)
}

/// The same with a file where the keyring was to be.
fn by_file(args: &Args, places: &Places) -> Args {
    let mut args = args.clone();
    args.how.keyring = false;
    if args.how.oauth.is_none() {
        args.password_file = Some(places.config.join(FILE));
    }
    args
}

fn parse(args: &Args, places: &Places) -> Result<Settings, Failure> {
    config::parse(&config_text(&named(args))?, &places.config_file()).map_err(by_flag)
}

/// The same with some name: the owner's is asked for once the mailbox is open.
fn named(args: &Args) -> Args {
    let name = args.name.clone().filter(|name| !name.is_empty()).unwrap_or_else(|| "?".to_owned());
    Args { name: Some(name), ..args.clone() }
}

/// A new password for an account that has one of ours, tried.
///
/// # Errors
/// When the owner stops, or the servers refuse it.
pub(super) fn new_password(servers: &Servers) -> Result<(Vec<String>, SecretString), Failure> {
    let provider = discovery::of_host(&servers.imap.host);
    let is_app = provider.is_some_and(|provider| provider.way == Way::AppPassword);
    let secret = plain(&ask::secret("The new password (nothing is shown):")?, is_app);
    let tried = attempt::both(servers, &secret)
        .map_err(|obstacle| Failure { message: refused(&obstacle, provider), ..obstacle.failure }.hint("the former password is kept"))?;
    Ok((tried, secret))
}

/// Whether anything has to be asked at all.
pub(super) fn is_wanted(args: &Args) -> bool {
    let has_servers = args.folder.is_some() || (args.imap_host.is_some() && args.smtp_host.is_some() && !args.has_no_secret());
    args.name.is_none() || args.email.is_none() || !has_servers
}

/// Why the servers do not take a sign-in, in the provider's terms: the browser may have been signed in as somebody else.
pub(super) fn sign_in_refused(obstacle: &Obstacle, servers: &Servers, whom: OAuthProvider) -> String {
    if !obstacle.is_login {
        return refused(obstacle, None);
    }
    let known = discovery::of_host(&servers.imap.host).filter(|provider| provider.way == Way::SignIn);
    let why = known.map_or_else(|| oauth::when_refused(whom), |provider| provider.refused.as_str());
    format!("{} Did you choose {} in the browser? {why}", refused(obstacle, None), servers.username)
}
