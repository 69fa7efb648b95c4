//! `curbside doctor`

use serde_json::json;

use super::init::attempt;
use super::say::counted;
use super::{Failure, Frame, Kind};
use crate::checkins;
use crate::config;
use crate::mail::key::Keys;
use crate::mail::maildir::Maildir;
use crate::model::settings::{Account, Servers, Settings};
use crate::store::Store;
use crate::world::World;

/// Try every part and say in sentences what to do
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  curbside doctor\n  curbside doctor --json")]
pub struct Args {}

/// What one try found.
struct Finding {
    what: &'static str,
    kind: Kind,
    outcome: Result<String, String>,
}

pub(super) fn run(_: Args, frame: &Frame) -> Result<(), Failure> {
    let findings = findings(frame)?;
    let rows: Vec<_> = findings
        .iter()
        .map(|finding| {
            let (ok, text) = match &finding.outcome {
                Ok(text) => (true, text),
                Err(text) => (false, text),
            };
            json!({ "part": finding.what, "ok": ok, "text": text })
        })
        .collect();
    frame.say.list(&rows, || findings.iter().map(in_words).collect::<Vec<_>>().join("\n"))?;
    match findings.iter().find(|finding| finding.outcome.is_err()) {
        Some(finding) => Err(Failure::silent(finding.kind)),
        None => Ok(()),
    }
}

fn in_words(finding: &Finding) -> String {
    match &finding.outcome {
        Ok(text) => format!("✓ {}: {text}", finding.what),
        Err(text) => format!("✗ {}: {text}", finding.what),
    }
}

fn findings(frame: &Frame) -> Result<Vec<Finding>, Failure> {
    let places = frame.places()?;
    let mut found = Vec::new();
    let settings = match config::load(&places.config_file()) {
        Ok(settings) => settings,
        Err(error) => {
            found.push(Finding { what: "configuration", kind: Kind::Config, outcome: Err(error.to_string()) });
            return Ok(found);
        }
    };
    found.push(Finding {
        what: "configuration",
        kind: Kind::Config,
        outcome: Ok(format!("{} reads well", places.config_file().display())),
    });
    found.push(Finding { what: "database", kind: Kind::Data, outcome: database(&places, frame) });
    found.push(Finding { what: "clock", kind: Kind::Config, outcome: Ok(clock(&settings, frame)) });
    found.push(templates(&places));
    found.extend(account(&settings, &places.config, frame));
    if let Ok(world) = frame.world() {
        found.push(daemon(&world));
    }
    Ok(found)
}

fn database(places: &super::places::Places, frame: &Frame) -> Result<String, String> {
    let now = frame.clock(None).map_err(|failure| failure.message)?.now();
    places.make().map_err(|failure| failure.message)?;
    let store = Store::open(&places.database(), now).map_err(|error| error.to_string())?;
    store.check().map_err(|error| error.to_string())?;
    let backups = Store::backups(&places.data).len();
    Ok(format!("{} is sound; {}", places.database().display(), counted(backups, "backup")))
}

fn clock(settings: &Settings, frame: &Frame) -> String {
    let zone = settings.owner.zone.clone();
    let now =
        frame.clock(None).map(|clock| clock.now().to_zoned(zone.clone()).strftime("%A, %-d %B %Y, %H:%M").to_string()).unwrap_or_default();
    format!("it is {now} in {}", zone.iana_name().unwrap_or("your zone"))
}

fn templates(places: &super::places::Places) -> Finding {
    let (library, mut errors) = checkins::Library::load(&places.templates());
    errors.extend(library.all().flat_map(checkins::check).filter(checkins::TemplateError::is_fatal));
    let outcome = match errors.first() {
        None => Ok(format!("{} templates render", library.all().count())),
        Some(error) => Err(error.to_string()),
    };
    Finding { what: "templates", kind: Kind::Config, outcome }
}

fn account(settings: &Settings, dir: &std::path::Path, frame: &Frame) -> Vec<Finding> {
    match &settings.account {
        Account::Folder { dir, send_command } => folder(dir, send_command.as_deref()),
        Account::Servers(servers) => mail(settings, servers, dir, frame),
    }
}

fn mail(settings: &Settings, servers: &Servers, dir: &std::path::Path, frame: &Frame) -> Vec<Finding> {
    let finding = |what, kind, outcome| Finding { what, kind, outcome };
    let hour = match frame.clock(Some(&settings.account)) {
        Ok(clock) => clock.hour(),
        Err(failure) => return vec![finding("clock", failure.kind, Err(failure.message))],
    };
    let keys = Keys::of(servers, dir, &hour);
    if let Err(error) = keys.key() {
        let is_password = servers.secret.oauth().is_none();
        let (what, kind) = if is_password { ("password", Kind::Config) } else { ("sign-in", Kind::Network) };
        return vec![finding(what, kind, Err(error.to_string()))];
    }
    match attempt::both_with(&keys) {
        Ok(lines) => lines.into_iter().map(|line| finding("mail", Kind::Network, Ok(line))).collect(),
        Err(obstacle) => vec![finding("mail", Kind::Network, Err(obstacle.failure.message))],
    }
}

fn folder(dir: &std::path::Path, send_command: Option<&str>) -> Vec<Finding> {
    let folders = Maildir::open(dir).and_then(|maildir| maildir.folders()).map_err(|error| error.to_string());
    let outcome = folders.map(|folders| {
        format!(
            "{} has {}. An answer is seen only when your own tool has fetched it: let it run often, and before mail is sent",
            dir.display(),
            counted(folders.len(), "folder")
        )
    });
    let way_out = match send_command {
        Some(command) => format!("mail goes to “{command}”"),
        None => "mail is put into .Outbox for another tool to send".to_owned(),
    };
    vec![Finding { what: "folder", kind: Kind::Network, outcome }, Finding { what: "way out", kind: Kind::Network, outcome: Ok(way_out) }]
}

fn daemon(world: &World) -> Finding {
    let running = crate::daemon::lock::daemon(world.store.path()).ok().flatten();
    let text = running.map_or_else(|| "does not run; curbside run starts it".to_owned(), |pid| format!("runs as process {pid}"));
    let error = world.store.read(|tx| tx.value("sync_error")).ok().flatten();
    let outcome = match error {
        Some(error) => Err(format!("{text}; the last look at the mailbox failed: {}", error.trim_end_matches('.'))),
        None => Ok(text),
    };
    Finding { what: "daemon", kind: Kind::Network, outcome }
}
