//! `curbside contacts`

use serde_json::Value;

use super::say::table;
use super::{Failure, Frame, contact_json, days};
use crate::flow::{self, Wanted};
use crate::model::standing::State;
use crate::store::contacts::Kept;
use crate::world::World;

/// List contacts, or find some
///
/// The search looks at name, addresses, employer, title, tags and note, and forgives case, accents and a misspelt letter.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  curbside contacts wexler\n  curbside contacts --due\n  curbside contacts --standing owes_answer")]
pub struct Args {
    /// Words that must all fit
    #[arg(value_name = "QUERY")]
    query: Vec<String>,
    /// Only those who may be written to and are due today
    #[arg(long)]
    due: bool,
    /// Only those in this standing: active, owes_answer, held, stopped
    #[arg(long)]
    standing: Option<State>,
    /// Only those of this employer or its family
    #[arg(long)]
    employer: Option<String>,
}

pub(super) fn run(args: Args, frame: &Frame) -> Result<(), Failure> {
    let world = frame.world()?;
    let query = Some(args.query.join(" ")).filter(|query| !query.trim().is_empty());
    let wanted = Wanted { query, due: args.due, standing: args.standing, employer: args.employer };
    let found = flow::roster(&world, &wanted)?;
    let objects: Vec<Value> = found.iter().map(|kept| contact_json(&world, kept)).collect();
    frame.say.list(&objects, || words(&world, wanted == Wanted::default(), &found, &objects))?;
    Ok(())
}

const NONE_YET: &str = "No contacts yet. Add one with: curbside add \"Jane Doe <jane@plan.example>\"";

fn words(world: &World, all: bool, found: &[Kept], objects: &[Value]) -> String {
    if found.is_empty() {
        return if all { NONE_YET } else { "No contact fits." }.to_owned();
    }
    let rows = found.iter().zip(objects).map(|(kept, object)| row(world, kept, object));
    table(&["id", "name", "employer", "standing", "last touch", "next due"], rows)
}

fn row(world: &World, kept: &Kept, object: &Value) -> Vec<String> {
    let (contact, today) = (&kept.contact, world.today());
    let touched = kept.story.last_touch.map(|at| days::said(at.to_zoned(world.settings.owner.zone.clone()).date(), today));
    let due = object["next_due"].as_str().and_then(|day| day.parse().ok()).map(|day| days::said(day, today));
    vec![
        contact.id.to_string(),
        contact.name.clone(),
        contact.employer.clone().unwrap_or_default(),
        days::standing(&kept.story.standing(today), today),
        touched.unwrap_or_default(),
        due.unwrap_or_default(),
    ]
}
