//! What one turn did, or would do, as people and scripts are told it.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::cli::json::{at, draft_json, plan_json};
use crate::cli::{Failure, Kind, check_in, days};
use crate::flow::{self, Turn};
use crate::model::draft::{Draft, DraftState};
use crate::model::id::DraftId;
use crate::model::plan::{Plan, Touch};
use crate::world::World;

/// Deliveries that a turn may have touched.
const MOST: u32 = 500;

/// How the approved check-ins stood before the turn.
pub(super) struct Before(BTreeMap<DraftId, Draft>);

impl Before {
    /// How they stand now.
    pub(super) fn of(world: &World) -> Result<Self, Failure> {
        let deliveries = world.store.read(|tx| tx.deliveries(MOST))?;
        Ok(Self(deliveries.into_iter().map(|draft| (draft.id, draft)).collect()))
    }

    /// The check-ins that the turn refused, put off or withdrew, as they stand now.
    pub(super) fn not_sent(&self, world: &World) -> Result<Vec<Draft>, Failure> {
        let now = world.store.read(|tx| {
            let known = self.0.keys().map(|id| tx.draft(*id)).collect::<Result<Vec<_>, _>>()?;
            let new = tx.deliveries(MOST)?.into_iter().filter(|draft| !self.0.contains_key(&draft.id));
            Ok::<_, Failure>(known.into_iter().flatten().chain(new).collect::<Vec<_>>())
        })?;
        Ok(now.into_iter().filter(|draft| self.is_news(draft, world)).collect())
    }

    fn is_news(&self, draft: &Draft, world: &World) -> bool {
        let Some(before) = self.0.get(&draft.id) else { return is_failed(draft) };
        let was_due = before.send_at <= world.now() && before.state.is_open();
        let stands = |draft: &Draft| (draft.state, draft.attempts, draft.answer.clone());
        draft.state != DraftState::Sent && (stands(draft) != stands(before) || was_due && draft.state == DraftState::Queued)
    }
}

/// True when the mail server, not a rule of ours, kept it from going.
fn is_failed(draft: &Draft) -> bool {
    match draft.state {
        DraftState::Refused | DraftState::Sending => true,
        DraftState::Queued => draft.attempts > 0,
        _ => false,
    }
}

/// The answer of a turn, for scripts.
pub(super) fn object(world: &World, turn: &Turn, not_sent: &[Draft]) -> Value {
    let not_sent: Vec<Value> = not_sent.iter().map(|draft| draft_json(world, draft)).collect();
    json!({ "folders": turn.folders, "proposed": turn.proposed, "sent": turn.sent, "trouble": turn.trouble, "not_sent": not_sent })
}

/// The same for people.
pub(super) fn words(world: &World, turn: &Turn, not_sent: &[Draft]) -> String {
    let lines = not_sent.iter().map(|draft| format!("\n  {}", check_in::in_words(world, draft)));
    format!("{} drafted, {} sent.{}", turn.proposed, turn.sent, lines.collect::<String>())
}

/// How the turn ends for a script: a mailbox or a mail server that failed is exit code 4.
pub(super) fn ending(turn: Turn, not_sent: &[Draft]) -> Result<(), Failure> {
    let doctor = "curbside doctor tries every part and says what to do";
    if let Some(what) = turn.trouble {
        return Err(Failure::new(Kind::Network, what).hint(doctor));
    }
    let failed: Vec<&Draft> = not_sent.iter().filter(|draft| is_failed(draft)).collect();
    match failed.as_slice() {
        [] => Ok(()),
        [one] => Err(Failure::new(Kind::Network, format!("the note to {} did not go", one.name)).hint(doctor)),
        many => Err(Failure::new(Kind::Network, format!("{} notes did not go", many.len())).hint(doctor)),
    }
}

/// What a turn would do at this moment.
pub(super) struct Intent {
    draft: Plan,
    send: Vec<Draft>,
    waiting: usize,
    paused: Option<String>,
}

impl Intent {
    /// Looked up in the tables; nothing is changed. Without a mailbox that can be read, nothing would be sent.
    pub(super) fn of(world: &World, turn: &Turn) -> Result<Self, Failure> {
        let mut draft = flow::plan(world, flow::DRAFTED_DAYS)?;
        let (open, queued) = world.store.read(|tx| Ok::<_, Failure>((tx.open_drafts()?, tx.drafts_in(DraftState::Queued)?)))?;
        let waiting = open.iter().filter(|draft| draft.state == DraftState::Review).count();
        draft.touches.retain(|touch| !open.iter().any(|open| open.contact == touch.contact));
        let zone = &world.settings.owner.zone;
        let said = |until| days::said(jiff::Timestamp::to_zoned(until, zone.clone()).date(), world.today());
        let paused = flow::pause_of_sending(world)?.map(|(until, why)| format!("all sending is paused until {}: {why}", said(until)));
        let can_send = turn.trouble.is_none() && paused.is_none();
        let send = queued.into_iter().filter(|draft| can_send && draft.send_at <= world.now()).collect();
        Ok(Self { draft, send, waiting, paused })
    }

    /// For scripts.
    pub(super) fn object(&self, world: &World, turn: &Turn) -> Value {
        let mut object = object(world, turn, &[]);
        object["would_draft"] = plan_json(world, &self.draft)["touches"].clone();
        object["would_send"] = self.send.iter().map(|draft| draft_json(world, draft)).collect();
        object["now"] = json!(at(world.now(), &world.settings.owner.zone));
        object
    }

    /// For people.
    pub(super) fn words(&self, world: &World) -> String {
        let mut lines = vec!["Nothing was drafted and nothing was sent.".to_owned()];
        lines.extend(self.paused.clone());
        let touch = |touch: &Touch| format!("  {}, to go {}: {}", touch.name, check_in::hour(world, touch.send_at), touch.reason);
        let send = |draft: &Draft| format!("  {}: to {}, “{}”", draft.id, draft.name, draft.content.subject);
        lines.push(list("Would be drafted", "Nobody would get a draft.", self.draft.touches.iter().map(touch)));
        if self.waiting > 0 {
            lines.push(format!("Drafted already and awaiting your yes: {} (curbside review).", self.waiting));
        }
        lines.push(list("Would be sent now", "Nothing would be sent now.", self.send.iter().map(send)));
        lines.join("\n")
    }
}

fn list(head: &str, none: &str, rows: impl Iterator<Item = String>) -> String {
    let rows: Vec<String> = rows.collect();
    if rows.is_empty() { none.to_owned() } else { format!("{head}:\n{}", rows.join("\n")) }
}
