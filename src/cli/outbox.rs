//! `curbside outbox`

use clap::Subcommand;
use serde_json::Value;

use super::json::draft_json;
use super::say::table;
use super::{Failure, Frame, check_in, days, review};
use crate::flow::{Change, Changed};
use crate::model::draft::{Draft, DraftState};
use crate::model::id::DraftId;
use crate::world::World;

/// What you approved: waiting, sent, refused, or in doubt
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  curbside outbox\n  curbside outbox cancel 12\n  curbside outbox resolve 12 --sent")]
pub struct Args {
    #[command(subcommand)]
    verb: Option<Verb>,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Stop an approved check-in before it goes
    Cancel {
        /// The delivery
        id: DraftId,
    },
    /// Say what became of a doubtful one
    #[command(group(clap::ArgGroup::new("fate").required(true)))]
    Resolve {
        /// The delivery
        id: DraftId,
        /// It arrived
        #[arg(long, group = "fate")]
        sent: bool,
        /// It did not: send the same mail again
        #[arg(long, group = "fate")]
        resend: bool,
    },
}

pub(super) fn run(args: Args, frame: &Frame) -> Result<(), Failure> {
    let world = frame.world()?;
    let change = match args.verb {
        None => return list(&world, frame),
        Some(Verb::Cancel { id } | Verb::Resolve { id, .. }) if world.store.read(|tx| tx.draft(id))?.is_none() => {
            return Err(Failure::user(format!("there is no note {id} in the outbox; curbside outbox lists what is there")));
        }
        Some(Verb::Cancel { id }) => Change::Cancel(id),
        Some(Verb::Resolve { id, sent: true, .. }) => Change::ResolveSent(id),
        Some(Verb::Resolve { id, .. }) => Change::ResolveResend(id),
    };
    let Changed::Draft(draft) = frame.change(&world, change)? else { return Ok(()) };
    review::tell(&world, frame, &[*draft])
}

fn list(world: &World, frame: &Frame) -> Result<(), Failure> {
    let drafts = world.store.read(|tx| tx.deliveries(500))?;
    let objects: Vec<Value> = drafts.iter().map(|draft| draft_json(world, draft)).collect();
    frame.say.list(&objects, || words(world, &drafts))?;
    Ok(())
}

fn words(world: &World, drafts: &[Draft]) -> String {
    if drafts.is_empty() {
        return "Nothing was approved yet.".to_owned();
    }
    let row = |draft: &Draft| {
        let at = draft.send_at.to_zoned(world.settings.owner.zone.clone()).strftime("%a %-d %b %H:%M").to_string();
        vec![
            draft.id.to_string(),
            check_in::word(draft.state).to_owned(),
            at,
            draft.name.clone(),
            draft.content.subject.clone(),
            answer(world, draft),
        ]
    };
    table(&["id", "state", "goes", "to", "subject", "answer"], drafts.iter().map(row))
}

/// What keeps it, or what the server said to it; of one that is sent nobody needs the server's words.
fn answer(world: &World, draft: &Draft) -> String {
    let said = draft.answer.as_deref().filter(|_| draft.state != DraftState::Sent);
    said.map_or_else(String::new, |text| days::in_sentence(text, world.today()))
}
