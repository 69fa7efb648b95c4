//! `curbside plan`

use super::json::plan_json;
use super::say::table;
use super::{Failure, Frame, days};
use crate::flow;
use crate::model::plan::Plan;
use crate::world::World;

/// What will be proposed, sent and held back, and why
///
/// Changes nothing: planning twice gives the same plan.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  curbside plan\n  curbside plan --days 60")]
pub struct Args {
    /// How many days to look ahead
    #[arg(long, default_value_t = 14, value_parser = |text: &str| days::whole::<i32>(text, 0, 730))]
    days: i32,
}

pub(super) fn run(args: Args, frame: &Frame) -> Result<(), Failure> {
    let world = frame.world()?;
    let plan = flow::plan(&world, args.days)?;
    frame.say.answer(&plan_json(&world, &plan), || words(&world, &plan, args.days))?;
    Ok(())
}

/// The plan for people.
pub(super) fn words(world: &World, plan: &Plan, days: i32) -> String {
    if plan.touches.is_empty() && plan.skips.is_empty() {
        return format!("Nobody is due in the next {days} days.");
    }
    let zone = &world.settings.owner.zone;
    let mut text = String::new();
    if !plan.touches.is_empty() {
        let rows = plan.touches.iter().map(|touch| {
            let at = touch.send_at.to_zoned(zone.clone()).strftime("%a %-d %b %H:%M").to_string();
            vec![at, touch.name.clone(), touch.reason.clone()]
        });
        text += &format!("{}\n", table(&["goes", "to", "why"], rows));
    }
    if !plan.skips.is_empty() {
        let rows = plan.skips.iter().map(|skip| vec![skip.name.clone(), days::in_sentence(&skip.text, world.today())]);
        text += &format!("\nHeld back:\n{}", table(&["who", "why"], rows));
    }
    text
}
