//! `curbside review`

use std::io::{IsTerminal as _, Read as _};
use std::path::PathBuf;

use clap::Subcommand;
use serde_json::Value;

use super::json::draft_json;
use super::say::can_ask;
use super::{Failure, Frame, check_in};
use crate::flow::{self, Change, Changed};
use crate::model::draft::{Draft, DraftState};
use crate::model::id::DraftId;
use crate::model::span::Span;
use crate::world::World;

mod edit;
mod one_by_one;

/// Look at the drafts that await your yes
///
/// In a terminal: one draft at a time. A yes is to exactly the text shown; an edit needs a new yes.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  curbside review\n  curbside review approve 3 4@1f2e3d4c5b6a\n  curbside review later 5 2w")]
pub struct Args {
    #[command(subcommand)]
    verb: Option<Verb>,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Print the drafts that await a yes
    List,
    /// Say yes: to the text as it is, or only if it still has this fingerprint
    Approve {
        /// ID or ID@FINGERPRINT
        #[arg(required = true, value_name = "ID[@FINGERPRINT]")]
        ids: Vec<String>,
        /// Say what would go, and give no yes
        #[arg(long)]
        dry_run: bool,
    },
    /// Change the text: in $EDITOR, or from a file (- for standard input); a first line “Subject: …” changes the subject
    Edit {
        /// The draft
        id: DraftId,
        /// Take the text from here
        #[arg(long)]
        file: Option<PathBuf>,
    },
    /// Do without this check-in; the cadence goes on
    Skip {
        /// The draft
        id: DraftId,
    },
    /// Put it off for a while: 2w, 3d
    Later {
        /// The draft
        id: DraftId,
        /// For how long
        span: Span,
    },
}

pub(super) fn run(args: Args, frame: &Frame) -> Result<(), Failure> {
    let world = frame.world()?;
    match args.verb {
        None if can_ask() && !frame.say.json => one_by_one::run(&world, frame),
        None | Some(Verb::List) => list(&world, frame),
        Some(Verb::Approve { ids, dry_run }) => approve(&world, frame, &ids, dry_run),
        Some(Verb::Edit { id, file }) => edit(&world, frame, id, file),
        Some(Verb::Skip { id }) => changed(&world, frame, Change::Skip(id)),
        Some(Verb::Later { span, .. }) if span.seconds() < Span::Days(1).seconds() => {
            Err(Failure::user("put it off by at least a day, like 3d or 2w"))
        }
        Some(Verb::Later { id, span }) => changed(&world, frame, Change::Later(id, span)),
    }
}

/// The drafts that await a yes; those due are drafted first, so that nothing is missing.
fn waiting(world: &World) -> Result<Vec<Draft>, Failure> {
    flow::prepare(world)?;
    Ok(world.store.read(|tx| tx.drafts_in(DraftState::Review))?)
}

fn list(world: &World, frame: &Frame) -> Result<(), Failure> {
    let drafts = waiting(world)?;
    let objects: Vec<Value> = drafts.iter().map(|draft| draft_json(world, draft)).collect();
    frame.say.list(&objects, || {
        if drafts.is_empty() {
            return "Nothing awaits your yes.".to_owned();
        }
        drafts.iter().map(|draft| in_words(world, draft)).collect::<Vec<_>>().join("\n\n")
    })?;
    Ok(())
}

/// A draft as a person reads it.
fn in_words(world: &World, draft: &Draft) -> String {
    let content = &draft.content;
    let at = draft.send_at.to_zoned(world.settings.owner.zone.clone()).strftime("%A, %-d %B, %H:%M");
    let body: String = content.text.lines().map(|line| format!("  │ {line}\n")).collect();
    let attached =
        content.attachment.as_ref().map(|file| format!("\n  with    {} ({} KB)", file.name, file.size / 1024)).unwrap_or_default();
    let blocked = draft.blocked.as_ref().map(|why| format!("\n  cannot go yet: {why}")).unwrap_or_default();
    format!(
        "{}  {}\n  why     {}\n  goes    {at} your time\n  to      {}\n  subject {}{attached}{blocked}\n\n{}\n  yes: curbside review approve {}@{}",
        draft.id,
        draft.name,
        draft.reason,
        content.to,
        content.subject,
        body.trim_end(),
        draft.id,
        flow::fingerprint(content)
    )
}

fn approve(world: &World, frame: &Frame, ids: &[String], dry_run: bool) -> Result<(), Failure> {
    let wanted: Vec<(DraftId, Option<String>)> = ids.iter().map(|text| parse_id(text)).collect::<Result<_, _>>()?;
    let mut drafts = Vec::new();
    let mut refused = None;
    for (id, fingerprint) in wanted {
        if dry_run {
            drafts.extend(world.store.read(|tx| tx.draft(id))?);
            continue;
        }
        match frame.change(world, Change::Approve(id, fingerprint)) {
            Ok(Changed::Draft(draft)) => drafts.push(*draft),
            Ok(_) => {}
            Err(failure) => {
                refused = Some(failure);
                break;
            }
        }
    }
    tell(world, frame, &drafts)?;
    refused.map_or(Ok(()), Err)
}

fn parse_id(text: &str) -> Result<(DraftId, Option<String>), Failure> {
    let (id, fingerprint) = match text.split_once('@') {
        Some((id, fingerprint)) => (id, Some(fingerprint.to_owned())),
        None => (text, None),
    };
    let id = id.parse().map_err(|_| Failure::user(format!("“{text}” is no draft id; curbside review shows them")))?;
    Ok((id, fingerprint))
}

fn edit(world: &World, frame: &Frame, id: DraftId, file: Option<PathBuf>) -> Result<(), Failure> {
    let draft =
        world.store.read(|tx| tx.draft(id))?.ok_or_else(|| Failure::user(format!("there is no draft {id}; curbside review shows them")))?;
    let text = match file {
        Some(file) => read(&file)?,
        None if can_ask() => edit::in_editor(&draft)?.ok_or_else(|| Failure::user("nothing was changed"))?,
        None if !std::io::stdin().is_terminal() => read(&PathBuf::from("-"))?,
        None => return Err(Failure::usage("give the new text with --file FILE (- for standard input)")),
    };
    let (subject, text) = edit::split(&text);
    changed(world, frame, Change::Revise(id, subject, text))
}

fn read(file: &std::path::Path) -> Result<String, Failure> {
    if file.as_os_str() == "-" {
        let mut text = String::new();
        std::io::stdin().read_to_string(&mut text).map_err(|error| Failure::user(format!("standard input cannot be read: {error}")))?;
        return Ok(text);
    }
    std::fs::read_to_string(file).map_err(|error| Failure::user(format!("{} cannot be read: {error}", file.display())))
}

fn changed(world: &World, frame: &Frame, change: Change) -> Result<(), Failure> {
    let Changed::Draft(draft) = frame.change(world, change)? else { return Ok(()) };
    tell(world, frame, &[*draft])
}

/// Prints drafts after a change, one object or line each.
pub(super) fn tell(world: &World, frame: &Frame, drafts: &[Draft]) -> Result<(), Failure> {
    let objects: Vec<Value> = drafts.iter().map(|draft| draft_json(world, draft)).collect();
    frame.say.list(&objects, || drafts.iter().map(|draft| check_in::in_words(world, draft)).collect::<Vec<_>>().join("\n"))?;
    Ok(())
}
