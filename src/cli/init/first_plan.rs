//! How set-up ends: with the people the owner knows already, and the first plan. All is written by then.

use inquire::{Confirm, InquireError};

use super::NEXT;
use crate::cli::{Failure, Frame, discover, plan};
use crate::flow;
use crate::world::World;

/// How far ahead the first plan looks, in days: as far as it must to show somebody.
const DAYS: [i32; 3] = [14, 60, 180];

const WHY: &str = "
Whom do you know already? Curbside can look through the headers of your mailbox, two years back, for people at \
utilization-management employers. Nothing of them is kept, and nothing in your mailbox changes. Ctrl-C leaves the set-up \
as it is; curbside discover does the same any day.
";

const AFTER: &str = "
Next:
  curbside review             the drafts, one at a time: yes, edit, skip, later
  curbside run                watches your mailbox and sends what you approved
  curbside service install    the same in the background, whenever you are logged in";

/// Finds the people, if there are none yet, and shows the first plan; else says what to type.
///
/// # Errors
/// When the database fails. A mailbox that cannot be read now is only told of: the set-up stands.
pub(super) fn show(frame: &Frame) -> Result<(), Failure> {
    let mut world = frame.world()?;
    let knows_somebody = world.store.read(|tx| tx.count_contacts())? > 0;
    if !knows_somebody && !finds_people(frame, &mut world) {
        return Ok(frame.say.answer(&serde_json::Value::Null, || NEXT.to_owned())?);
    }
    let (shown, days) = first(&world)?;
    let head = if knows_somebody { "The plan" } else { "Your first plan" };
    frame.say.answer(&serde_json::Value::Null, || format!("\n{head}, for the next {days} days:\n\n{shown}\n{AFTER}"))?;
    Ok(())
}

/// Offers to look for them; true when some were kept.
fn finds_people(frame: &Frame, world: &mut World) -> bool {
    frame.say.tell(WHY);
    let found = match Confirm::new("Look for them now?").with_default(true).prompt() {
        Ok(true) => discover::offer(frame, world),
        Ok(false) | Err(InquireError::OperationCanceled | InquireError::OperationInterrupted) => Ok(0),
        Err(other) => Err(Failure::user(other.to_string())),
    };
    found.unwrap_or_else(|failure| {
        frame.say.warn(&failure.message);
        0
    }) > 0
}

/// The plan of the nearest days in which somebody is due, in words.
fn first(world: &World) -> Result<(String, i32), Failure> {
    let mut shown = (String::new(), 0);
    for days in DAYS {
        let plan = flow::plan(world, days)?;
        shown = (plan::words(world, &plan, days), days);
        if !plan.touches.is_empty() {
            break;
        }
    }
    Ok(shown)
}
