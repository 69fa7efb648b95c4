//! Gathers what the digest says.

use std::collections::{HashMap, HashSet};

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan, Zoned};

use super::{QUARTER, reports_from, weeks_before};
use crate::flow::{Errands, Trouble, pause_of_sending, prepare};
use crate::model::contact::greeting_name;
use crate::model::digest::{Ahead, Came, Digest, Held, Number, Owed, Quiet, Waiting};
use crate::model::draft::DraftState;
use crate::model::id::{ContactId, EntryId};
use crate::model::journal::{Effect, Entry, EntryKind, NewEntry, Side};
use crate::model::reading::{CallTime, Outcome, Reading};
use crate::model::standing::{HoldReason, State};
use crate::steps::decide::outcome_in_words;
use crate::store::Tx;
use crate::store::contacts::Kept;
use crate::world::World;

/// The longest section of the digest.
const MOST: usize = 40;
/// What was new when the last look at the mailbox began, and is told only now.
const OVERLAP_HOURS: i64 = 24;

pub(super) fn gather(world: &World) -> Result<Digest, Trouble> {
    let now = world.now();
    let owner = &world.settings.owner.mailbox.name;
    let trouble = trouble(world)?;
    let ahead = ahead(world)?;
    world.store.read(|tx| {
        let gather = Gather { world, tx };
        let from = reports_from(world, tx)?;
        let quarter = tx.entries_since(weeks_before(now, QUARTER))?;
        Ok(Digest {
            owner: greeting_name(owner).map_or_else(|| owner.clone(), |name| name.first),
            from: from.to_zoned(world.settings.owner.zone.clone()).date(),
            to: world.today(),
            trouble,
            waiting: gather.waiting()?,
            owed: gather.owed()?,
            came: gather.came(&quarter, from)?,
            ahead,
            held: gather.held()?,
            quiet: gather.quiet()?,
            numbers: gather.numbers(&quarter),
        })
    })
}

/// What does not work, first of all (P13).
fn trouble(world: &World) -> Result<Vec<String>, Trouble> {
    let mut found = Vec::new();
    let (error, since) = world.store.read(|tx| Ok::<_, Trouble>((tx.value("sync_error")?, tx.instant("sync_error_since")?)))?;
    if let Some(error) = error {
        let since = since.map(|at| format!(" since {}", in_words(world, at))).unwrap_or_default();
        found.push(format!(
            "Your mailbox cannot be read{since}: {}. Nothing is sent meanwhile; curbside doctor helps.",
            error.trim_end_matches('.')
        ));
    }
    if let Some((until, why)) = pause_of_sending(world)? {
        found.push(format!("All sending is paused until {}: {why}.", in_words(world, until)));
    }
    found.extend(world.store.read(Errands::read)?.all().map(|failing| format!("{}. It is tried again.", failing.what)));
    for draft in world.store.read(|tx| tx.drafts_in(DraftState::Doubtful))? {
        found.push(format!(
            "It is not known whether the check-in to {} arrived. Ask yourself, then: curbside outbox resolve {} --sent or --resend.",
            draft.name, draft.id
        ));
    }
    Ok(found)
}

fn in_words(world: &World, at: Timestamp) -> String {
    at.to_zoned(world.settings.owner.zone.clone()).strftime("%A, %-d %B, %H:%M").to_string()
}

fn day_in_words(day: Date) -> String {
    day.strftime("%a %-d %b").to_string()
}

fn ahead(world: &World) -> Result<Vec<Ahead>, Trouble> {
    let plan = prepare::plan(world, 14)?;
    world.store.read(|tx| {
        let rows = plan.touches.iter().take(MOST).map(|touch| {
            let employer = tx.contact(touch.contact)?.and_then(|kept| kept.contact.employer).unwrap_or_default();
            let day = day_in_words(touch.send_at.to_zoned(world.settings.owner.zone.clone()).date());
            Ok(Ahead { day, name: touch.name.clone(), employer, reason: touch.reason.clone() })
        });
        rows.collect()
    })
}

struct Gather<'a> {
    world: &'a World,
    tx: &'a Tx<'a>,
}

impl Gather<'_> {
    fn employer(&self, id: ContactId) -> Result<String, Trouble> {
        Ok(self.tx.contact(id)?.and_then(|kept| kept.contact.employer).unwrap_or_default())
    }

    fn waiting(&self) -> Result<Vec<Waiting>, Trouble> {
        let drafts = self.tx.drafts_in(DraftState::Review)?;
        let rows = drafts.into_iter().take(MOST).map(|draft| {
            Ok(Waiting {
                id: draft.id.to_string(),
                employer: self.employer(draft.contact)?,
                name: draft.name,
                subject: draft.content.subject,
                text: draft.content.text,
                reason: draft.reason,
                send_at: in_words(self.world, draft.send_at),
                blocked: draft.blocked,
            })
        });
        rows.collect()
    }

    fn owed(&self) -> Result<Vec<Owed>, Trouble> {
        let kept = self.tx.contacts_in(State::OwesAnswer, MOST)?;
        kept.into_iter().map(|kept| self.owed_to(kept)).collect()
    }

    fn owed_to(&self, kept: Kept) -> Result<Owed, Trouble> {
        let since = kept.story.owes.unwrap_or(self.world.now());
        let day = since.to_zoned(self.world.settings.owner.zone.clone()).date();
        let days = day.until(self.world.today()).map_or(0, |span| span.get_days());
        let ago = match days {
            0 => "today".to_owned(),
            1 => "yesterday".to_owned(),
            days => format!("{days} days"),
        };
        let asked = self.asked(kept.contact.id, since)?;
        let reading = asked.as_ref().and_then(|line| line.message).map(|id| self.tx.message(id)).transpose()?.flatten();
        let reading = reading.and_then(|message| message.reading);
        let outcome = asked.map_or(Some(Outcome::Unclear), |line| line.outcome);
        Ok(Owed {
            name: kept.contact.name,
            employer: kept.contact.employer.unwrap_or_default(),
            since: if days > 1 { format!("since {}, {ago}", day_in_words(day)) } else { ago },
            wants: outcome.map_or("sent a calendar invitation", outcome_in_words).to_owned(),
            evidence: reading.as_ref().and_then(|reading| evidence(reading, outcome)).unwrap_or_default(),
            facts: reading.map(|reading| facts(&reading, &self.world.settings.owner.zone)).unwrap_or_default(),
        })
    }

    /// The line that says what they wait for: the newest that made the owner owe them an answer, whatever came after it.
    fn asked(&self, contact: ContactId, since: Timestamp) -> Result<Option<NewEntry>, Trouble> {
        let entries = self.tx.entries_of_since(contact, since)?;
        let voided = voided(&entries);
        let asked = entries.into_iter().rfind(|entry| entry.line.effects.contains(&Effect::Owe) && !voided.contains(&entry.id));
        Ok(asked.map(|entry| entry.line))
    }

    fn came(&self, quarter: &[Entry], since: Timestamp) -> Result<Vec<Came>, Trouble> {
        let told = |entry: &Entry| {
            matches!(entry.line.kind, EntryKind::TheyWrote | EntryKind::Bounced | EntryKind::Corrected | EntryKind::Asked)
                || matches!(entry.line.kind, EntryKind::AutoReply | EntryKind::Reread) && entry.line.outcome.is_some()
        };
        let voided = voided(quarter);
        let history = History::before(quarter, since, weeks_before(self.world.now(), 1));
        // What was read again at the owner's word is news, however old the mail.
        let is_old = |entry: &Entry| entry.line.kind != EntryKind::Reread && history.holds(&entry.line);
        let is_new = |entry: &&Entry| entry.recorded >= since && !is_old(entry) && !voided.contains(&entry.id);
        let fresh = quarter.iter().filter(|entry| told(entry)).filter(is_new);
        let mut times: HashMap<String, usize> = HashMap::new();
        fresh.clone().for_each(|entry| *times.entry(sort_of(entry)).or_default() += 1);
        // The newest of each sort stands for all of it: a flood from one person hides nobody else's news.
        let newest = fresh.rev().filter_map(|entry| Some((entry, times.remove(&sort_of(entry))?)));
        newest.take(MOST).filter_map(|(entry, times)| self.came_of(entry, times).transpose()).collect()
    }

    fn came_of(&self, entry: &Entry, times: usize) -> Result<Option<Came>, Trouble> {
        let Some(kept) = entry.line.contact.map(|id| self.tx.contact(id)).transpose()?.flatten() else { return Ok(None) };
        let (what, evidence) = match entry.line.text.split_once(": “") {
            Some((what, sentence)) => (what.to_owned(), sentence.trim_end_matches('”').to_owned()),
            None => (entry.line.text.clone(), String::new()),
        };
        Ok(Some(Came {
            day: day_in_words(entry.line.on.to_zoned(self.world.settings.owner.zone.clone()).date()),
            name: kept.contact.name,
            employer: kept.contact.employer.unwrap_or_default(),
            what: if times > 1 { format!("{what} ({times} mails)") } else { what },
            evidence,
            warm: entry.line.outcome.is_some_and(Outcome::is_warm),
        }))
    }

    fn held(&self) -> Result<Vec<Held>, Trouble> {
        let today = self.world.today();
        let rows = self.tx.held(today, MOST)?.into_iter().filter_map(|kept| {
            let (reason, until) = kept.story.hold(today)?;
            Some(Held {
                name: kept.contact.name,
                employer: kept.contact.employer.unwrap_or_default(),
                until: until.map_or_else(|| "you say".to_owned(), |day| day.strftime("%-d %B").to_string()),
                why: hold_in_words(reason).to_owned(),
            })
        });
        Ok(rows.collect())
    }

    fn quiet(&self) -> Result<Vec<Quiet>, Trouble> {
        let quiet = self.tx.quiet(self.world.today(), MOST)?.into_iter().map(|kept| Quiet {
            last: kept.story.last_theirs.map_or_else(
                || "never wrote".to_owned(),
                |at| format!("last heard from {}", at.to_zoned(self.world.settings.owner.zone.clone()).strftime("%-d %B %Y")),
            ),
            name: kept.contact.name,
            employer: kept.contact.employer.unwrap_or_default(),
            unanswered: kept.story.unanswered,
        });
        Ok(quiet.collect())
    }

    fn numbers(&self, quarter: &[Entry]) -> Vec<Number> {
        let since = weeks_before(self.world.now(), QUARTER);
        let (voided, answers) = (voided(quarter), answers(quarter));
        let count = |label: &str, which: &dyn Fn(&Entry) -> bool| {
            let mut weeks = vec![0_u32; usize::try_from(QUARTER).unwrap_or(13)];
            for entry in quarter.iter().filter(|entry| entry.line.on >= since && which(entry)) {
                let week = usize::try_from(entry.line.on.duration_since(since).as_hours() / (7 * 24)).unwrap_or(0);
                // What came this moment belongs to the last week.
                let last = weeks.len() - 1;
                weeks[week.min(last)] += 1;
            }
            Number { label: label.to_owned(), total: weeks.iter().sum(), weeks }
        };
        let numbers = vec![
            count("check-ins sent", &|entry| entry.line.kind == EntryKind::CheckIn),
            count("answers", &|entry| answers.contains(&entry.id)),
            count("good news", &|entry| {
                let said = matches!(entry.line.kind, EntryKind::TheyWrote | EntryKind::Corrected | EntryKind::Reread)
                    && !voided.contains(&entry.id);
                said && entry.line.outcome.is_some_and(Outcome::is_warm)
            }),
            count("talks", &|entry| matches!(entry.line.kind, EntryKind::Call | EntryKind::Meeting)),
        ];
        numbers.into_iter().filter(|number| number.total > 0).collect()
    }
}

/// The lines that tell of an answer; of each mail one, also of one that was found to be an answer when it was read again.
fn answers(entries: &[Entry]) -> HashSet<EntryId> {
    let is_theirs = |line: &NewEntry| match line.kind {
        EntryKind::TheyWrote => true,
        EntryKind::Reread => line.effects.contains(&Effect::Touch(Side::Theirs)),
        _ => false,
    };
    let mut mails = HashSet::new();
    let theirs = entries.iter().filter(|entry| is_theirs(&entry.line));
    theirs.filter(|entry| entry.line.message.is_none_or(|mail| mails.insert(mail))).map(|entry| entry.id).collect()
}

/// Lines that a later one took the place of.
fn voided(entries: &[Entry]) -> HashSet<EntryId> {
    entries.iter().filter_map(|entry| entry.line.voids).collect()
}

/// What had happened before it could be told: older mail that a first look found.
struct History {
    since: Timestamp,
    week: Timestamp,
    added: HashMap<ContactId, Timestamp>,
}

impl History {
    fn before(quarter: &[Entry], since: Timestamp, week: Timestamp) -> Self {
        let added = quarter.iter().filter(|entry| entry.line.kind == EntryKind::Added);
        let added = added.filter_map(|entry| Some((entry.line.contact?, entry.line.on))).collect();
        Self { since: since.checked_sub(OVERLAP_HOURS.hours()).unwrap_or(since), week, added }
    }

    /// Of the time before somebody was added the last week is told, and no more.
    fn holds(&self, line: &NewEntry) -> bool {
        let known_from = line.contact.and_then(|contact| self.added.get(&contact)).map_or(self.since, |added| self.week.min(*added));
        line.on < self.since || line.on < known_from
    }
}

const fn hold_in_words(reason: HoldReason) -> &'static str {
    match reason {
        HoldReason::NotNow => "they said not now",
        HoldReason::AutoReply => "they are away",
        HoldReason::Silence => "no answer so far",
        HoldReason::Owner => "you paused them",
        HoldReason::Doubtful => "you are to say whether a mail is theirs",
        HoldReason::Delivery => "a check-in may or may not have arrived",
    }
}

/// Their sentence that shows what they want.
fn evidence(reading: &Reading, outcome: Option<Outcome>) -> Option<String> {
    let shows = reading.outcomes.iter().find(|finding| Some(finding.outcome) == outcome);
    shows.or(reading.outcomes.first()).map(|finding| finding.evidence.clone())
}

/// What a mail says besides, as plain lines.
fn facts(reading: &Reading, zone: &TimeZone) -> Vec<String> {
    let facts = &reading.facts;
    let mut lines: Vec<String> = facts.call_times.iter().map(|time| format!("time: {}", time_in_words(time, zone))).collect();
    lines.extend(facts.people.iter().map(|person| {
        let parts = [person.name.as_deref(), person.email.as_deref(), person.phone.as_deref()];
        format!("person: {}", parts.into_iter().flatten().collect::<Vec<_>>().join(", "))
    }));
    lines.extend(facts.openings.iter().map(|opening| {
        let parts = [opening.title.as_deref(), opening.number.as_deref(), opening.link.as_deref()];
        format!("opening: {}", parts.into_iter().flatten().collect::<Vec<_>>().join(", "))
    }));
    lines.extend(facts.follow_up_on.map(|day| format!("act on: {}", day.strftime("%A, %-d %B"))));
    lines
}

/// A time for a talk, on the owner's clock.
fn time_in_words(time: &CallTime, zone: &TimeZone) -> String {
    let hour = |at: &Zoned| at.with_time_zone(zone.clone()).strftime("%A, %-d %B, %H:%M").to_string();
    match time {
        CallTime::Day(day) => day.strftime("%A, %-d %B").to_string(),
        CallTime::At(start, None) => format!("{} your time", hour(start)),
        CallTime::At(start, Some(end)) => {
            format!("{} to {} your time", hour(start), end.with_time_zone(zone.clone()).strftime("%H:%M"))
        }
        CallTime::From(start) => format!("{} your time or later", hour(start)),
    }
}

/// What tells one piece of news from another: for mails whose they are and what came of them, else the words.
fn sort_of(entry: &Entry) -> String {
    let words = if entry.line.kind == EntryKind::TheyWrote { "" } else { entry.line.text.as_str() };
    format!("{:?} {} {:?} {words}", entry.line.contact, entry.line.kind, entry.line.outcome)
}
