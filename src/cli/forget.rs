//! `curbside forget`

use serde_json::json;

use super::say::{can_ask, safe};
use super::{Failure, Frame};
use crate::flow::{self, Change, Changed};
use crate::store::Store;
use crate::store::backup::KEPT_DAYS;

/// Erase a contact: their mails, journal and drafts
///
/// Their addresses stay suppressed, as keyed hashes, so that nobody is written to again by accident;
/// only `add --again` lifts that. Backups made before still hold the contact for 14 days.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  curbside forget \"Jane Doe\"\n  curbside forget 4 --yes")]
pub struct Args {
    /// Id, address or name
    #[arg(value_name = "WHO")]
    who: String,
    /// Do not ask
    #[arg(long, short)]
    yes: bool,
}

pub(super) fn run(args: Args, frame: &Frame) -> Result<(), Failure> {
    let world = frame.world()?;
    let contact = world.store.read(|tx| flow::find(tx, &args.who))?.contact;
    if !args.yes && can_ask() && !agreed(&contact.name)? {
        return Err(Failure::user(format!("{} was not forgotten", contact.name)));
    }
    let Changed::Forgotten { name, suppressed } = frame.change(&world, Change::Forget(contact.id.to_string()))? else { return Ok(()) };
    let aside = Store::put_aside(&frame.places()?.data);
    let words = || {
        let addresses = if suppressed == 1 { "Their address stays".to_owned() } else { format!("Their {suppressed} addresses stay") };
        let stays = if suppressed == 0 { String::new() } else { format!(" {addresses} suppressed: nobody writes there again.") };
        let aside: String = aside
            .iter()
            .map(|file| {
                format!(" {} was put aside by a restore and may hold them for ever; delete it when you need it no more.", file.display())
            })
            .collect();
        format!("{name} is erased.{stays} Backups made before today live {KEPT_DAYS} days and still hold them until then.{aside}")
    };
    frame.say.answer(
        &json!({ "id": contact.id, "forgotten": name, "suppressed": suppressed, "backup_days": KEPT_DAYS, "put_aside": aside }),
        words,
    )?;
    Ok(())
}

fn agreed(name: &str) -> Result<bool, Failure> {
    let question = format!("Erase {} with all their mails and the journal?", safe(name));
    inquire::Confirm::new(&question).with_default(false).prompt().map_err(|error| Failure::user(format!("nothing was changed: {error}")))
}
