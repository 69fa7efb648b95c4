//! Defaults → file → environment, checked; unknown keys are errors.

use std::path::{Path, PathBuf};

use jiff::tz::TimeZone;
use serde::Deserialize;

use crate::model::address::{Address, Mailbox, ascii_domain, clean_name};
use crate::model::settings::{
    Account, CadenceRules, DigestRules, Hours, Owner, ReadingRules, SendingRules, Server, Servers, Settings, Weekdays,
};
use crate::model::span::Span;

mod fault;
mod file;
mod private;
mod secret;

pub use crate::model::settings::Security;
pub use fault::ConfigError;
pub use file::{Draft, Staged, stage};

/// The commented defaults, as the program prints them (`curbside config`).
pub const DEFAULTS: &str = include_str!("config/defaults.toml");

/// Reads and checks `config.toml`.
///
/// # Errors
/// When it is missing, malformed, has unknown keys or senseless values, or others may change it.
pub fn load(path: &Path) -> Result<Settings, ConfigError> {
    let text = std::fs::read_to_string(path).map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => ConfigError::Missing(path.to_owned()),
        _ => ConfigError::File { path: path.to_owned(), what: fault::unreadable(&error) },
    })?;
    let settings = parse(&text, path)?;
    private::check(path, &settings.account)?;
    Ok(settings)
}

/// Checks the text of a `config.toml`; paths in it are relative to its folder.
///
/// # Errors
/// When it is malformed, has unknown keys or senseless values.
pub fn parse(text: &str, path: &Path) -> Result<Settings, ConfigError> {
    let raw: Raw = toml::from_str(text).map_err(|error| ConfigError::File { path: path.to_owned(), what: fault::plain(&error, text) })?;
    checked(raw, path.parent().unwrap_or(Path::new("."))).map_err(|error| error.within(path, text))
}

fn checked(raw: Raw, dir: &Path) -> Result<Settings, ConfigError> {
    Ok(Settings {
        owner: owner(raw.owner, dir)?,
        account: account(raw.account, dir)?,
        cadence: cadence(&raw.cadence)?,
        sending: sending(raw.sending)?,
        reading: reading(&raw.reading)?,
        digest: digest(&raw.digest)?,
    })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    owner: RawOwner,
    account: RawAccount,
    #[serde(default)]
    cadence: RawCadence,
    #[serde(default)]
    sending: RawSending,
    #[serde(default)]
    reading: RawReading,
    #[serde(default)]
    digest: RawDigest,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawOwner {
    name: String,
    email: String,
    #[serde(default)]
    aliases: Vec<String>,
    time_zone: Option<String>,
    signature: Option<String>,
    resume: Option<PathBuf>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
struct RawAccount {
    imap_host: Option<String>,
    imap_port: Option<u16>,
    imap_security: Option<String>,
    smtp_host: Option<String>,
    smtp_port: Option<u16>,
    smtp_security: Option<String>,
    username: Option<String>,
    password_command: Option<String>,
    password_file: Option<PathBuf>,
    oauth: Option<String>,
    oauth_client_id: Option<String>,
    oauth_client_secret: Option<String>,
    oauth_server: Option<String>,
    #[serde(default)]
    keyring: bool,
    ca_file: Option<PathBuf>,
    folder: Option<PathBuf>,
    send_command: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, default)]
struct RawCadence {
    default: String,
    follow_up: String,
    pause_after: u32,
    stop_after: u32,
}

impl Default for RawCadence {
    fn default() -> Self {
        Self { default: "8w".into(), follow_up: "7 working days".into(), pause_after: 2, stop_after: 3 }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, default)]
struct RawSending {
    undo: String,
    per_day: u32,
    per_family_per_week: u32,
    spacing: String,
    hours: String,
    days: String,
    never: Vec<String>,
}

impl Default for RawSending {
    fn default() -> Self {
        Self {
            undo: "5m".into(),
            per_day: 8,
            per_family_per_week: 2,
            spacing: "4m".into(),
            hours: "09:00-16:30".into(),
            days: "Mon-Fri".into(),
            never: Vec::new(),
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, default)]
struct RawReading {
    since: String,
    poll: String,
    longest_mail: String,
}

impl Default for RawReading {
    fn default() -> Self {
        Self { since: "180d".into(), poll: "10m".into(), longest_mail: "2MB".into() }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, default)]
struct RawDigest {
    cron: String,
}

impl Default for RawDigest {
    fn default() -> Self {
        Self { cron: "0 0 7 * * Mon".into() }
    }
}

fn value(section: &'static str, key: &'static str, what: impl std::fmt::Display) -> ConfigError {
    ConfigError::Value { place: String::new(), section, key, what: what.to_string() }
}

fn owner(raw: RawOwner, dir: &Path) -> Result<Owner, ConfigError> {
    let address = Address::parse(&raw.email).map_err(|error| value("owner", "email", error))?;
    let name = clean_name(&raw.name);
    if name.is_empty() {
        return Err(value("owner", "name", "give your name as it should stand below a mail"));
    }
    let aliases = raw
        .aliases
        .iter()
        .map(|alias| Address::parse(alias).map_err(|error| value("owner", "aliases", error)))
        .collect::<Result<_, _>>()?;
    Ok(Owner {
        mailbox: Mailbox { name, address },
        aliases,
        zone: zone(raw.time_zone.as_deref())?,
        signature: raw.signature.map(|text| text.replace('\r', "").trim_end().to_owned()).filter(|text| !text.is_empty()),
        resume: raw.resume.map(|path| below(dir, path)),
    })
}

/// The owner's zone. Nothing goes on in a zone that is only a guess: the hours at which mail may leave hang on it.
fn zone(name: Option<&str>) -> Result<TimeZone, ConfigError> {
    if TimeZone::get("America/New_York").is_err() {
        let missing = "this machine has no time-zone database, and without it no hour is known to be decent; install the package tzdata";
        return Err(value("owner", "time_zone", missing));
    }
    match name {
        None => TimeZone::try_system().map_err(|_| {
            value("owner", "time_zone", "is missing, and this machine does not tell its own; write one like America/New_York".to_owned())
        }),
        Some(name) => TimeZone::get(name)
            .map_err(|_| value("owner", "time_zone", format!("“{}” is no time zone; write one like America/New_York", clean_name(name)))),
    }
}

fn account(raw: RawAccount, dir: &Path) -> Result<Account, ConfigError> {
    if let Some(folder) = raw.folder {
        if raw.imap_host.is_some() || raw.smtp_host.is_some() {
            return Err(value("account", "folder", "give either a folder or servers, not both"));
        }
        return Ok(Account::Folder { dir: below(dir, folder), send_command: raw.send_command });
    }
    let username = raw.username.clone().filter(|name| !name.trim().is_empty()).ok_or_else(|| value("account", "username", "is missing"))?;
    Ok(Account::Servers(Servers {
        imap: server(IMAP, raw.imap_host.as_deref(), raw.imap_port, raw.imap_security.as_deref())?,
        smtp: server(SMTP, raw.smtp_host.as_deref(), raw.smtp_port, raw.smtp_security.as_deref())?,
        secret: secret::source(&raw, &username, dir)?,
        username,
        ca_file: raw.ca_file.map(|path| below(dir, path)),
    }))
}

/// The keys of host, port and security, and the ports of TLS and STARTTLS (RFC 8314).
type Edge = ([&'static str; 3], (u16, u16));
const IMAP: Edge = (["imap_host", "imap_port", "imap_security"], (993, 143));
const SMTP: Edge = (["smtp_host", "smtp_port", "smtp_security"], (465, 587));

fn server(edge: Edge, host: Option<&str>, port: Option<u16>, security: Option<&str>) -> Result<Server, ConfigError> {
    let ([host_key, port_key, security_key], ports) = edge;
    let host = host.map(str::trim).filter(|host| !host.is_empty()).ok_or_else(|| value("account", host_key, "is missing"))?;
    if port == Some(0) {
        return Err(value("account", port_key, "0 is no port; write one from 1 to 65535"));
    }
    let security = match (security, port) {
        (Some("tls"), _) => Security::Tls,
        (Some("starttls"), _) => Security::StartTls,
        (Some("none"), _) => Security::None,
        (Some(other), _) => return Err(value("account", security_key, format!("“{}” is none of tls, starttls, none", clean_name(other)))),
        (None, Some(port)) if port == ports.1 => Security::StartTls,
        (None, _) => Security::Tls,
    };
    let server =
        Server { host: host.to_owned(), port: port.unwrap_or(if security == Security::Tls { ports.0 } else { ports.1 }), security };
    if security == Security::None && !server.is_loopback() {
        return Err(value(
            "account",
            security_key,
            format!("none is only for servers on this machine, and {} is not; write tls or starttls", server.host),
        ));
    }
    Ok(server)
}

fn below(dir: &Path, path: PathBuf) -> PathBuf {
    if let (Ok(rest), Some(home)) = (path.strip_prefix("~"), std::env::home_dir()) {
        return home.join(rest);
    }
    if path.is_absolute() { path } else { dir.join(path) }
}

fn cadence(raw: &RawCadence) -> Result<CadenceRules, ConfigError> {
    let default: Span = raw.default.parse().map_err(|error| value("cadence", "default", error))?;
    if default.seconds() < Span::Days(7).seconds() {
        return Err(value("cadence", "default", "nobody is written to twice within 7 days; write 1w or more"));
    }
    let follow_up = raw.follow_up.parse().map_err(|error| value("cadence", "follow_up", error))?;
    Ok(CadenceRules { default, follow_up, pause_after: raw.pause_after, stop_after: raw.stop_after })
}

fn sending(raw: RawSending) -> Result<SendingRules, ConfigError> {
    let short = |key: &'static str, text: &str| {
        Span::parse_short(text)
            .map_err(|_| value("sending", key, format!("“{}” is not a time; write it like 5m, 90s or 0s", clean_name(text))))
    };
    let never = raw.never.iter().map(|domain| {
        let plain = domain.trim().trim_start_matches('@');
        ascii_domain(plain)
            .ok_or_else(|| value("sending", "never", format!("“{}” is not a domain such as myhospital.org", clean_name(domain))))
    });
    Ok(SendingRules {
        undo: short("undo", &raw.undo)?,
        per_day: raw.per_day,
        per_family_per_week: raw.per_family_per_week,
        spacing: short("spacing", &raw.spacing)?,
        hours: hours(&raw.hours)
            .ok_or_else(|| value("sending", "hours", format!("“{}” is not a window such as 09:00-16:30", clean_name(&raw.hours))))?,
        days: weekdays(&raw.days)
            .ok_or_else(|| value("sending", "days", format!("“{}” are not days such as Mon-Fri or Mon,Wed,Fri", clean_name(&raw.days))))?,
        never: never.collect::<Result<_, _>>()?,
    })
}

/// `09:00-16:30`, `00:00-24:00`.
fn hours(text: &str) -> Option<Hours> {
    let minute = |text: &str| {
        let (hour, minute) = text.trim().split_once(':')?;
        let (hour, minute): (u16, u16) = (hour.parse().ok()?, minute.parse().ok()?);
        (minute < 60 && hour * 60 + minute <= 1440).then_some(hour * 60 + minute)
    };
    let (from, to) = text.split_once('-')?;
    let hours = Hours { from: minute(from)?, to: minute(to)? };
    (hours.from < hours.to).then_some(hours)
}

/// `Mon-Fri`, `Tue,Thu`, `Mon-Sun`.
fn weekdays(text: &str) -> Option<Weekdays> {
    const NAMES: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
    let index = |text: &str| {
        let text = text.trim().to_ascii_lowercase();
        NAMES.iter().position(|name| text.starts_with(name) && text.is_ascii())
    };
    let mut days = [false; 7];
    for part in text.split(',') {
        let (from, to) = part.split_once('-').unwrap_or((part, part));
        let (mut day, last) = (index(from)?, index(to)?);
        days[day] = true;
        while day != last {
            day = (day + 1) % 7;
            days[day] = true;
        }
    }
    days.contains(&true).then_some(Weekdays(days))
}

fn reading(raw: &RawReading) -> Result<ReadingRules, ConfigError> {
    let since: Span = raw.since.parse().map_err(|error| value("reading", "since", error))?;
    let poll = Span::parse_short(&raw.poll).map_err(|error| value("reading", "poll", error))?;
    if poll.seconds() < 1 {
        return Err(value("reading", "poll", "must be at least 1s"));
    }
    let longest_mail = size(&raw.longest_mail).filter(|bytes| (64 * 1024..=2 * 1024 * 1024).contains(bytes));
    let longest_mail = longest_mail.ok_or_else(|| value("reading", "longest_mail", "must be from 64KB to 2MB"))?;
    Ok(ReadingRules { longest_mail, since, poll })
}

/// `512KB`, `2MB`.
fn size(text: &str) -> Option<usize> {
    let text = text.trim();
    let (digits, unit) = text.split_at(text.find(|c: char| !c.is_ascii_digit())?);
    let unit = match unit.trim() {
        "KB" => 1024,
        "MB" => 1024 * 1024,
        _ => return None,
    };
    digits.parse::<usize>().ok()?.checked_mul(unit)
}

fn digest(raw: &RawDigest) -> Result<DigestRules, ConfigError> {
    Ok(DigestRules { cron: raw.cron.parse().map_err(|error| value("digest", "cron", error))? })
}
