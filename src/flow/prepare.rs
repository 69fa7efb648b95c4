//! Who is due, and their drafts: the plan as a value, then one draft for each touch that has none.

use std::collections::HashMap;

use jiff::civil::Date;
use jiff::tz::{Offset, TimeZone};
use jiff::{Timestamp, ToSpan};

use super::{Trouble, draft_text, wrong_clock};
use crate::model::contact::Mode;
use crate::model::draft::{Draft, DraftState};
use crate::model::employer::is_or_below;
use crate::model::id::{ContactId, DraftId, NewsId};
use crate::model::journal::{EntryKind, NewEntry};
use crate::model::plan::{Card, Occasions, Plan, Reason, Remark, Touch, ZoneSource};
use crate::steps::plan::{Candidate, Rules};
use crate::steps::window::{Wanted, Window, slot, zone_of_mails};
use crate::steps::{lists, plan as planning};
use crate::store::contacts::Kept;
use crate::store::drafts::Origin;
use crate::store::{StoreError, Tx};
use crate::world::World;

/// Days ahead for which drafts are made, so that one sitting a week is enough.
pub const DRAFTED_DAYS: i32 = 7;
/// Contacts who cannot be proposed anyway are told of up to so many.
const MOST_SKIPS: usize = 200;
/// Contacts looked at for each plan: the longest due first.
const MOST_LOOKED_AT: usize = 2_000;
/// Contacts read at a time.
const PAGE: usize = 200;

/// What will be proposed, sent, held and why, in the next days. Changes nothing.
///
/// # Errors
/// When the database fails.
pub fn plan(world: &World, days: i32) -> Result<Plan, Trouble> {
    let until = world.today().checked_add(days.days()).unwrap_or(world.today());
    world.store.read(|tx| Ok(planned(world, tx, until)?.0))
}

type Planned = (Plan, HashMap<ContactId, Candidate>);

fn planned(world: &World, tx: &Tx<'_>, until: Date) -> Result<Planned, StoreError> {
    let open = tx.open_drafts()?;
    let cards = cards(world);
    let rules = Rules {
        now: world.now(),
        zone: &world.settings.owner.zone,
        until,
        cadence: &world.settings.cadence,
        sending: &world.settings.sending,
        cards: &cards,
        paused: paused(world, tx)?,
    };
    let candidates = candidates(world, tx, &rules, &open)?;
    let mut plan = planning::plan(&candidates, &rules, &booked(world, tx, &open)?);
    plan.touches.extend(
        open.iter().filter(|draft| matches!(draft.state, DraftState::Review | DraftState::Queued | DraftState::Deferred)).map(touch_of),
    );
    plan.touches.sort_by_key(|touch| (touch.send_at, touch.contact));
    Ok((plan, candidates.into_iter().map(|candidate| (candidate.contact.id, candidate)).collect()))
}

/// What is said of somebody for whom there is a check-in already.
pub(super) fn in_hand_in_words(draft: &Draft) -> String {
    let stands = match draft.state {
        DraftState::Review => "awaits your yes",
        DraftState::Sending => "is on its way",
        DraftState::Doubtful => "may or may not have gone",
        _ => "is approved and waits for its hour",
    };
    format!("note {} to them {stands}", draft.id)
}

/// A draft that exists is the touch that is planned.
fn touch_of(draft: &Draft) -> Touch {
    Touch {
        contact: draft.contact,
        name: draft.name.clone(),
        reason: draft.reason.clone(),
        because: draft.because,
        template: draft.template.clone(),
        due: draft.due,
        send_at: draft.send_at,
    }
}

/// What left in the last days and what is to leave: caps and spacing count both.
pub(super) fn booked(world: &World, tx: &Tx<'_>, open: &[Draft]) -> Result<Vec<(Timestamp, Option<String>)>, StoreError> {
    let mut booked = tx.sent_since(counted_since(world))?;
    // What is on its way leaves at the hour of this attempt, however long ago it was due.
    let leaves = |draft: &Draft| if draft.state == DraftState::Sending { draft.changed_at } else { draft.send_at };
    booked.extend(open.iter().filter(|draft| draft.state != DraftState::Doubtful).map(|draft| (leaves(draft), draft.family.clone())));
    Ok(booked)
}

/// Since when what left counts for the caps: the week before a day, and that day.
pub(super) fn counted_since(world: &World) -> Timestamp {
    world.now().checked_sub((8 * 24).hours()).unwrap_or(Timestamp::MIN)
}

/// Why nothing is proposed at all, if so.
pub(super) fn paused(world: &World, tx: &Tx<'_>) -> Result<Option<String>, StoreError> {
    let Some(until) = tx.value("paused_all")? else { return Ok(None) };
    match until.parse::<Date>() {
        Ok(day) if day <= world.today() => Ok(None),
        Ok(day) => Ok(Some(format!("everything is paused until {day}; curbside resume --all ends it"))),
        Err(_) => Ok(Some("everything is paused; curbside resume --all ends it".to_owned())),
    }
}

pub(super) fn cards(world: &World) -> Vec<Card> {
    let card = |template: &crate::checkins::Template| Card {
        name: template.name.clone(),
        reason: template.reason,
        relations: template.relations.clone(),
        needs: template.needs.clone(),
    };
    world.library.all().map(card).collect()
}

/// The contacts otherwise due within the plan, with all that planning asks of them.
fn candidates(world: &World, tx: &Tx<'_>, rules: &Rules<'_>, open: &[Draft]) -> Result<Vec<Candidate>, StoreError> {
    let in_hand: HashMap<ContactId, &Draft> = open.iter().map(|draft| (draft.contact, draft)).collect();
    let planned = |draft: &&Draft| matches!(draft.state, DraftState::Review | DraftState::Queued | DraftState::Deferred);
    let commons = Commons::new(world, tx)?;
    let candidate = |kept: Kept| {
        let words = in_hand.get(&kept.contact.id).map(|draft| format!("{}; see curbside outbox", in_hand_in_words(draft)));
        candidate(world, tx, kept, words, &commons)
    };
    let is_free = |kept: &Kept| !in_hand.get(&kept.contact.id).is_some_and(planned);
    let mut found: Vec<Candidate> =
        tx.unreachable_due(rules.until, MOST_SKIPS)?.into_iter().filter(is_free).map(candidate).collect::<Result<_, _>>()?;
    // Whoever is due and has nothing new to be told must not stand in the way of those who have.
    let (mut promising, mut looked_at, mut after) = (0, 0, None);
    while promising < enough(rules) && looked_at < MOST_LOOKED_AT {
        let page = tx.reachable_due(rules.until, after, PAGE)?;
        let Some(last) = page.last() else { break };
        after = Some((last.due, last.contact.id));
        looked_at += page.len();
        for kept in page.into_iter().filter(is_free) {
            let candidate = candidate(kept)?;
            promising += usize::from(matches!(planning::judge(&candidate, rules, &[]), Some(Ok(_))));
            found.push(candidate);
        }
    }
    Ok(found)
}

/// More than fit the period need not be found; without a limit, a thousand are plenty.
fn enough(rules: &Rules<'_>) -> usize {
    let today = rules.now.to_zoned(rules.zone.clone()).date();
    let days = usize::try_from(today.until(rules.until).map_or(7, |span| span.get_days())).unwrap_or(7) + 1;
    match usize::try_from(rules.sending.per_day).unwrap_or(usize::MAX) {
        0 => 1_000,
        per_day => (per_day * days * 2).clamp(100, 1_000),
    }
}

/// What is the same for all candidates.
struct Commons {
    news: Vec<crate::store::news::News>,
    today: Date,
}

impl Commons {
    fn new(world: &World, tx: &Tx<'_>) -> Result<Self, StoreError> {
        Ok(Self { news: tx.news(world.today())?, today: world.today() })
    }
}

/// All that planning asks of one contact.
///
/// # Errors
/// When the database fails.
pub(super) fn candidate_of(world: &World, tx: &Tx<'_>, kept: Kept, in_hand: Option<String>) -> Result<Candidate, StoreError> {
    candidate(world, tx, kept, in_hand, &Commons::new(world, tx)?)
}

fn candidate(world: &World, tx: &Tx<'_>, kept: Kept, in_hand: Option<String>, commons: &Commons) -> Result<Candidate, StoreError> {
    let id = kept.contact.id;
    let address = draft_text::address_of(tx, &kept.contact)?;
    let sent = tx.sent_to(id)?;
    let domain = address.as_ref().map(|address| address.domain().to_owned()).unwrap_or_default();
    Ok(Candidate {
        window: window(world, tx, &kept)?,
        occasions: Occasions {
            news: untold(tx, id, commons)?,
            season: season(&sent, id, commons, &world.settings.owner.zone),
            remarks: remarks(tx, &kept)?,
        },
        // A word that came back was not had.
        used: if kept.story.our_mails > 0 { sent.into_iter().map(|origin| origin.template).collect() } else { Vec::new() },
        suppressed: address.as_ref().map(|address| tx.suppressed(address)).transpose()?.flatten().is_some(),
        never: is_never(world, &domain),
        in_hand,
        contact: kept.contact,
        story: kept.story,
    })
}

/// True for domains the owner never writes to.
#[must_use]
pub fn is_never(world: &World, domain: &str) -> bool {
    world.settings.sending.never.iter().any(|never| is_or_below(domain, never))
}

/// Their zone: given; else as their mails show; else guessed, and then the careful hours hold (P4).
pub(super) fn window(world: &World, tx: &Tx<'_>, kept: &Kept) -> Result<Window, StoreError> {
    let rules = &world.settings.sending;
    if let Some(zone) = kept.contact.zone.as_deref().and_then(|name| TimeZone::get(name).ok()) {
        return Ok(Window::new(zone, ZoneSource::Given, rules));
    }
    let mails: Vec<(Timestamp, Offset)> = tx
        .offsets_of(kept.contact.id, 5)?
        .into_iter()
        .filter_map(|(at, seconds)| Some((at, Offset::from_seconds(seconds).ok()?)))
        .collect();
    if let Some(zone) = zone_of_mails(&mails) {
        return Ok(Window::new(zone, ZoneSource::Mails, rules));
    }
    let state = kept.contact.state.as_deref().and_then(lists::zone_of_state).and_then(|name| TimeZone::get(name).ok());
    Ok(Window::new(state.unwrap_or_else(|| world.settings.owner.zone.clone()), ZoneSource::Guessed, rules))
}

fn untold(tx: &Tx<'_>, contact: ContactId, commons: &Commons) -> Result<Option<(NewsId, String)>, StoreError> {
    for item in &commons.news {
        if !tx.was_told(item.id, contact)? {
            return Ok(Some((item.id, item.text.clone())));
        }
    }
    Ok(None)
}

/// The season of the day, unless they had a word about it already.
fn season(sent: &[Origin], contact: ContactId, commons: &Commons, zone: &TimeZone) -> Option<(String, String)> {
    let season = lists::season(commons.today)?;
    let began = lists::season_began(commons.today);
    let had = sent.iter().any(|origin| origin.because == Reason::Seasonal && origin.created_at.to_zoned(zone.clone()).date() >= began);
    let line = usize::try_from(contact.0).unwrap_or(0) % season.lines.len().max(1);
    (!had).then(|| Some((season.key.clone(), season.lines.get(line)?.clone()))).flatten()
}

/// Notes, calls and meetings since the last mail, newest first.
fn remarks(tx: &Tx<'_>, kept: &Kept) -> Result<Vec<Remark>, StoreError> {
    let fresh = tx.noted_after(kept.contact.id, kept.story.last_mail.unwrap_or(Timestamp::MIN), 30)?;
    let is_talk = |kind: EntryKind| matches!(kind, EntryKind::Call | EntryKind::Meeting);
    Ok(fresh.into_iter().map(|entry| Remark { on: entry.line.on, is_talk: is_talk(entry.line.kind), text: entry.line.text }).collect())
}

/// Makes the drafts that are due within a week and do not exist yet; returns how many.
///
/// # Errors
/// When the database fails.
pub fn prepare(world: &World) -> Result<u32, Trouble> {
    if !world.dry_run {
        wrong_clock::put_right(world)?;
        withdraw_outdated(world)?;
        renew_hours(world)?;
    }
    let until = world.today().checked_add(DRAFTED_DAYS.days()).unwrap_or(world.today());
    let due = world.store.read(|tx| {
        Ok::<_, Trouble>({
            let (plan, candidates) = planned(world, tx, until)?;
            plan.touches.iter().any(|touch| candidates.contains_key(&touch.contact))
        })
    })?;
    if !due || world.dry_run {
        return Ok(0);
    }
    world.store.write(|tx| {
        // Planned again inside the transaction: another process may have drafted meanwhile.
        let (plan, candidates) = planned(world, tx, until)?;
        let mut proposed = 0;
        for touch in &plan.touches {
            if let Some(candidate) = candidates.get(&touch.contact) {
                propose(world, tx, touch, candidate)?;
                proposed += 1;
            }
        }
        Ok(proposed)
    })
}

/// Drafts that tell what is over give way to new ones: a yes to them would lapse, or make its giver look late.
fn withdraw_outdated(world: &World) -> Result<(), Trouble> {
    let began = lists::season_began(world.today());
    let made = |draft: &Draft| draft.created_at.to_zoned(world.settings.owner.zone.clone()).date();
    let is_past_season = |draft: &Draft| draft.because == Reason::Seasonal && draft.revision == 1 && made(draft) < began;
    let outdated = world.store.read(|tx| {
        let news: Vec<NewsId> = tx.news(world.today())?.into_iter().map(|item| item.id).collect();
        let is_over = |draft: &Draft| draft.news.is_some_and(|told| !news.contains(&told));
        let waiting = tx.open_drafts()?.into_iter().filter(|draft| draft.state == DraftState::Review);
        let why = |draft: &Draft| match () {
            () if is_over(draft) => Some("the news it tells is over"),
            () if is_past_season(draft) => Some("the season it speaks of is over"),
            () => None,
        };
        Ok::<_, Trouble>(waiting.filter_map(|draft| Some((draft.contact, why(&draft)?))).collect::<Vec<_>>())
    })?;
    if outdated.is_empty() {
        return Ok(());
    }
    world.store.write(|tx| Ok(outdated.iter().try_for_each(|(contact, why)| world.pen().withdraw(tx, *contact, why).map(drop))?))
}

/// Drafts whose hour has passed without a yes get a new one: nobody is told of an hour gone by.
fn renew_hours(world: &World) -> Result<(), Trouble> {
    let now = world.now();
    let late = |draft: &Draft| draft.state == DraftState::Review && draft.send_at < now;
    if !world.store.read(|tx| Ok::<_, Trouble>(tx.open_drafts()?.iter().any(late)))? {
        return Ok(());
    }
    let undo = world.settings.sending.undo.seconds();
    let earliest = now.checked_add(undo.seconds()).unwrap_or(now);
    world.store.write(|tx| {
        let (late, others): (Vec<Draft>, Vec<Draft>) = tx.open_drafts()?.into_iter().partition(late);
        let mut booked = booked(world, tx, &others)?;
        for mut draft in late {
            let Some(kept) = tx.contact(draft.contact)? else { continue };
            let window = window(world, tx, &kept)?;
            let family = draft.family.clone();
            let wanted = Wanted { earliest, window: &window, family: family.as_deref(), jitter: 0, zone: &world.settings.owner.zone };
            draft.send_at = slot(&wanted, &booked, &world.settings.sending).unwrap_or(earliest);
            booked.push((draft.send_at, family));
            tx.update_draft(&draft, draft.changed_at)?;
        }
        Ok(())
    })
}

fn propose(world: &World, tx: &Tx<'_>, touch: &Touch, candidate: &Candidate) -> Result<DraftId, Trouble> {
    let mut draft = draft_text::draft(world, tx, touch, candidate)?;
    draft.id = tx.add_draft(&draft)?;
    let pen = world.pen();
    let line = NewEntry::about(touch.contact, world.now(), EntryKind::Proposed, format!("a check-in was drafted: {}", touch.reason))
        .draft(draft.id);
    tx.append(&line, pen.now)?;
    if candidate.contact.mode == Mode::Auto && draft.blocked.is_none() {
        match super::change::approve_in(world, tx, &mut draft, "by your standing yes (mode auto)") {
            // One that cannot go must not keep the others from being drafted.
            Err(Trouble::Refused(why)) => {
                draft.blocked = Some(why);
                tx.update_draft(&draft, world.now())?;
            }
            other => other?,
        }
    }
    Ok(draft.id)
}
