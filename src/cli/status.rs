//! `curbside status`

use serde_json::{Value, json};

use super::json::at;
use super::{Failure, Frame, Kind, days};
use crate::daemon::lock;
use crate::flow;
use crate::model::draft::DraftState;
use crate::model::standing::State;
use crate::world::World;

/// How things are: the daemon, the mailbox, what waits for you
///
/// Ends with exit code 4 while the mailbox cannot be read.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  curbside status\n  curbside status --json")]
pub struct Args {}

pub(super) fn run(_: Args, frame: &Frame) -> Result<(), Failure> {
    let world = frame.world()?;
    let object = object(&world)?;
    frame.say.answer(&object, || words(&object, world.today()))?;
    if object["sync_error"].is_null() { Ok(()) } else { Err(Failure::silent(Kind::Network)) }
}

fn object(world: &World) -> Result<Value, Failure> {
    let zone = &world.settings.owner.zone;
    let daemon = lock::daemon(world.store.path())?;
    let paused = flow::pause_of_sending(world)?;
    let object = world.store.read(|tx| {
        Ok::<_, flow::Trouble>(json!({
            "daemon": { "running": daemon.is_some(), "pid": daemon },
            "last_sync": tx.instant("last_sync")?.map(|instant| at(instant, zone)),
            "sync_error": tx.value("sync_error")?,
            "sync_error_since": tx.instant("sync_error_since")?.map(|instant| at(instant, zone)),
            "login_refused": tx.value("login_refused")?.is_some(),
            "config_error": tx.value("config_error")?,
            "failing": flow::Errands::read(tx)?.all().map(|failing| json!({
                "what": failing.what, "since": at(failing.since, zone), "again": at(failing.again, zone)
            })).collect::<Vec<_>>(),
            "waiting_for_yes": tx.count_drafts(DraftState::Review)?,
            "owed_answers": tx.count_in(State::OwesAnswer)?,
            "queued": tx.count_drafts(DraftState::Queued)? + tx.count_drafts(DraftState::Deferred)?,
            "sending": tx.count_drafts(DraftState::Sending)?,
            "doubtful": tx.count_drafts(DraftState::Doubtful)?,
            "corrections": tx.count_corrections()?,
            "contacts": tx.count_contacts()?,
            "paused": tx.value("paused_all")?,
            "sending_paused": paused.as_ref().map(|(until, why)| json!({ "until": at(*until, zone), "why": why })),
        }))
    })?;
    Ok(object)
}

fn words(object: &Value, today: jiff::civil::Date) -> String {
    let number = |key: &str| object[key].as_u64().unwrap_or(0);
    let mut lines = vec![match object["daemon"]["pid"].as_u64() {
        Some(pid) => format!("The daemon runs (process {pid})."),
        None => "The daemon does not run; start it with curbside run, or curbside service install.".to_owned(),
    }];
    lines.push(match (object["last_sync"].as_str(), object["sync_error"].as_str()) {
        (last, Some(error)) => {
            format!(
                "The mailbox cannot be read: {}. Last read: {}. Nothing is sent meanwhile.",
                error.trim_end_matches('.'),
                last.unwrap_or("never")
            )
        }
        (Some(last), None) => format!("The mailbox was last read {last}."),
        (None, None) => "The mailbox was never read yet; curbside sync reads it.".to_owned(),
    });
    lines.extend(not_working(object));
    lines.extend(object["paused"].as_str().and_then(|until| paused(until, today)));
    if let Some(why) = object["sending_paused"]["why"].as_str() {
        lines.push(format!("All sending is paused until {}: {why}.", object["sending_paused"]["until"].as_str().unwrap_or_default()));
    }
    lines.push(format!(
        "Awaiting your yes: {}. On their way: {}. Answers you owe: {}. In doubt: {}.",
        number("waiting_for_yes"),
        number("queued"),
        number("owed_answers"),
        number("doubtful")
    ));
    match number("corrections") {
        0 => {}
        1 => lines.push("You corrected what one mail means; the same wording is read so.".to_owned()),
        many => lines.push(format!("You corrected what {many} mails mean; the same wording is read so.")),
    }
    lines.join("\n")
}

/// The owner's pause of everything, unless its day has come.
fn paused(until: &str, today: jiff::civil::Date) -> Option<String> {
    match until.parse::<jiff::civil::Date>() {
        Ok(day) if day <= today => None,
        Ok(day) => Some(format!("Everything is paused until {}; curbside resume --all ends it.", days::said(day, today))),
        Err(_) => Some("Everything is paused until you say: curbside resume --all".to_owned()),
    }
}

/// What does not work besides, and when it is tried again.
fn not_working(object: &Value) -> Vec<String> {
    let mut lines = Vec::new();
    if object["login_refused"].as_bool() == Some(true) {
        lines.push("A refused login is tried again once an hour, or when you ask with curbside sync, at most once a minute.".to_owned());
    }
    if let Some(error) = object["config_error"].as_str() {
        lines.push(format!("The daemon cannot use the changed config.toml: {error}. Nothing is sent until it is right."));
    }
    for failing in object["failing"].as_array().into_iter().flatten() {
        let text = |key: &str| failing[key].as_str().unwrap_or_default();
        lines.push(format!("{}. It is tried again {}.", text("what"), text("again")));
    }
    lines
}
