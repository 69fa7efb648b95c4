//! `curbside demo`

use std::fmt::Write as _;
use std::io::IsTerminal as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::places::Places;
use super::{Failure, Frame};
use crate::checkins::Library;
use crate::clock::{Clock, Dice};
use crate::config;
use crate::demo::{self, Person, Summary};
use crate::mail::post::{Post, Wake};
use crate::model::reading::Outcome;
use crate::store::Store;
use crate::world::World;

/// See it work: half a year of an invented network, in seconds, on a local folder
///
/// Nothing leaves this machine. Thirty invented people answer, forget to, go on leave, change jobs and ask for calls;
/// what comes of it stands in a folder that every other command can look at.
#[derive(Debug, Clone, Copy, clap::Args)]
#[command(after_help = "Examples:\n  curbside demo\n  curbside demo --home /tmp/look --seed 7")]
pub struct Args {
    /// The dice: the same number gives the same half year
    #[arg(long, default_value_t = 1, value_name = "NUMBER")]
    seed: u64,
}

pub(super) fn run(args: Args, frame: &Frame) -> Result<(), Failure> {
    let begun = Instant::now();
    let home = home(frame)?;
    let now = frame.clock(None)?.now();
    let mut world = world(&home, now, args.seed)?;
    let bar = bar(frame.say.json);
    let summary = demo::run(&mut world, &mut |progress| {
        bar.set_position(progress.day);
        bar.set_message(progress.date.strftime("%-d %B %Y").to_string());
    })?;
    bar.finish_and_clear();
    let seconds = begun.elapsed();
    frame.say.answer(&object(&summary, &home, seconds), || words(&summary, &home, seconds))?;
    Ok(())
}

/// The folder of the demo: the one asked for, if it is empty, else a new one.
fn home(frame: &Frame) -> Result<PathBuf, Failure> {
    let Some(home) = &frame.global.home else {
        let dir = tempfile::Builder::new().prefix("curbside-demo-").tempdir()?;
        return Ok(dir.keep());
    };
    let home = std::path::absolute(home)?;
    match std::fs::read_dir(&home).map(|mut entries| entries.next().is_some()) {
        Ok(true) => Err(Failure::user(format!("{} is not empty", home.display()))
            .hint("the demo fills a folder of its own: name a new one with --home, or none at all")),
        Ok(false) => Ok(home),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(home),
        Err(error) => Err(Failure::user(format!("{}: {error}", home.display()))),
    }
}

/// The world of the demo: a folder account, a clock that stands, dice that are known.
fn world(home: &Path, now: Timestamp, seed: u64) -> Result<World, Failure> {
    let places = Places::find(Some(home))?;
    places.make()?;
    let text = CONFIG.replace("{mail}", &toml_text(&home.join("Mail")));
    config::stage(&places.config_file(), &text)?.persist()?;
    let settings = config::parse(&text, &places.config_file())?;
    let store = Store::open(&places.database(), now)?.for_play()?;
    let dice = Dice::seeded(seed);
    store.unite_suppressions(dice.bytes(), now)?;
    let (library, _) = Library::load(&places.templates());
    let post = Post::new(&settings.account, home.to_owned(), Wake::default(), Clock::frozen(now).hour());
    Ok(World { store, post, clock: Clock::frozen(now), dice, settings, library, home: home.to_owned(), dry_run: false })
}

const CONFIG: &str = include_str!("../../data/demo/config.toml");

/// A path as a TOML string.
fn toml_text(path: &Path) -> String {
    toml::Value::String(path.display().to_string()).to_string()
}

fn bar(json: bool) -> ProgressBar {
    let shown = !json && std::io::stderr().is_terminal();
    let target = if shown { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
    let bar = ProgressBar::with_draw_target(Some(demo::DAYS), target);
    if let Ok(style) = ProgressStyle::with_template("  half a year  {bar:32.cyan/dim}  {msg}") {
        bar.set_style(style.progress_chars("━━─"));
    }
    bar
}

fn object(summary: &Summary, home: &Path, took: Duration) -> Value {
    let outcomes: serde_json::Map<String, Value> =
        summary.outcomes.iter().map(|(outcome, count)| (outcome.word().to_owned(), json!(count))).collect();
    json!({
        "home": home,
        "contacts": summary.contacts,
        "check_ins": summary.check_ins,
        "answers": summary.answers,
        "outcomes": outcomes,
        "bounced": summary.bounced,
        "talks": summary.talks,
        "owed": summary.owed,
        "waiting": summary.waiting,
        "digests": summary.digests,
        "newest_digest": newest_digest(home),
        "seconds": took.as_secs_f64(),
    })
}

/// The digest file with the latest day in its name.
fn newest_digest(home: &Path) -> Option<PathBuf> {
    let files = std::fs::read_dir(home.join("digests")).ok()?;
    files.filter_map(Result::ok).map(|entry| entry.path()).max()
}

fn words(summary: &Summary, home: &Path, took: Duration) -> String {
    let mut text = format!(
        "Half a year of Leah Brandt's network, in {:.1} seconds. All of it is invented; nothing left this machine.\n\n",
        took.as_secs_f64()
    );
    let mut line = |label: &str, what: String| {
        let _ = writeln!(text, "  {label:<14}{what}");
    };
    line("people", format!("{}, at health plans, UM companies, review organizations and hospitals", summary.contacts));
    line("check-ins", format!("{} sent · {} answers · {} returned by a mail server", summary.check_ins, summary.answers, summary.bounced));
    for (index, row) in outcome_rows(&summary.outcomes).into_iter().enumerate() {
        line(if index == 0 { "what came" } else { "" }, row);
    }
    line("talks", format!("{} calls and meetings", summary.talks));
    line("owed", names(&summary.owed));
    line("for your yes", names(&summary.waiting));
    line("digests", format!("{}, the newest: {}", summary.digests, newest_digest(home).unwrap_or_default().display()));
    let home = home.display();
    let _ = write!(
        text,
        "\nLook around:\n  curbside --home {home} contacts\n  curbside --home {home} why {}\n  curbside --home {home} plan\n  curbside --home {home} review\n  curbside --home {home} digest --preview text",
        summary.owed.first().map_or("1", |person| person.id.as_str())
    );
    text
}

/// Outcomes in rows of three.
fn outcome_rows(outcomes: &[(Outcome, u32)]) -> Vec<String> {
    let cells: Vec<String> = outcomes.iter().map(|(outcome, count)| format!("{count} {}", noun(*outcome, *count))).collect();
    cells.chunks(4).map(|row| row.join(" · ")).collect()
}

fn noun(outcome: Outcome, count: u32) -> &'static str {
    let (one, many) = match outcome {
        Outcome::Call => ("wants to talk", "want to talk"),
        Outcome::ResumeRequested => ("asked for the résumé", "asked for the résumé"),
        Outcome::Opening => ("told of an opening", "told of an opening"),
        Outcome::Referral => ("named somebody", "named somebody"),
        Outcome::NotNow => ("not now", "not now"),
        Outcome::Acknowledged => ("kind word", "kind words"),
        Outcome::Declined => ("no", "noes"),
        Outcome::LeftEmployer => ("changed jobs", "changed jobs"),
        Outcome::WrongPerson => ("wrong person", "wrong persons"),
        Outcome::OptedOut => ("stop", "stops"),
        Outcome::Unclear => ("to read yourself", "to read yourself"),
    };
    if count == 1 { one } else { many }
}

fn names(people: &[Person]) -> String {
    match people {
        [] => "nobody".to_owned(),
        [one, two, three, rest @ ..] if rest.len() > 1 => {
            format!("{}: {}, {}, {} and {} more", people.len(), one.name, two.name, three.name, rest.len())
        }
        all => format!("{}: {}", all.len(), all.iter().map(|person| person.name.as_str()).collect::<Vec<_>>().join(", ")),
    }
}
