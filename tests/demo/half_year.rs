//! One half year is lived once; each test looks at it from another side.

use std::collections::{BTreeMap, HashSet};
use std::path::PathBuf;
use std::sync::LazyLock;

use curbside::checkins::sentences;
use curbside::demo::{self, Script, Summary};
use curbside::flow::{self, Change, NewContact, Trouble};
use curbside::model::draft::{Draft, DraftState};
use curbside::model::journal::{Effect, Entry, EntryKind, Side};
use curbside::model::reading::Outcome;
use curbside::world::World;
use jiff::Timestamp;

use super::world::world;

const TODAY: &str = "2026-11-23T13:30:00Z";

struct Lived {
    _dir: tempfile::TempDir,
    home: PathBuf,
    summary: Summary,
    people: BTreeMap<String, Vec<Entry>>,
    drafts: Vec<Draft>,
}

static LIVED: LazyLock<Lived> = LazyLock::new(|| {
    let dir = tempfile::tempdir().expect("a folder");
    let home = dir.path().to_owned();
    let mut world = world(&home, &home.join("Mail"), now());
    let summary = demo::run(&mut world, &mut |_| {}).expect("a half year");
    Lived { home, summary, people: journals(&world), drafts: drafts(&world), _dir: dir }
});

fn now() -> Timestamp {
    TODAY.parse().expect("an instant")
}

/// The journal of each contact, by name.
fn journals(world: &World) -> BTreeMap<String, Vec<Entry>> {
    let all = world.store.read(|tx| {
        let contacts = tx.contacts()?;
        contacts.into_iter().map(|kept| Ok((kept.contact.name, tx.entries_of(kept.contact.id)?))).collect::<Result<_, Trouble>>()
    });
    all.expect("a readable database")
}

fn drafts(world: &World) -> Vec<Draft> {
    let all = world.store.read(|tx| {
        let contacts = tx.contacts()?;
        let drafts: Result<Vec<_>, Trouble> = contacts.iter().map(|kept| Ok(tx.drafts_of(kept.contact.id)?)).collect();
        drafts
    });
    let mut drafts: Vec<Draft> = all.expect("a readable database").into_iter().flatten().collect();
    drafts.sort_by_key(|draft| draft.id);
    drafts
}

/// The days on which somebody was in touch by mail, and who: a check-in is the owner's mail.
fn touches(entries: &[Entry]) -> Vec<(String, EntryKind)> {
    let by_mail =
        entries.iter().filter(|entry| matches!(entry.line.kind, EntryKind::TheyWrote | EntryKind::OwnerWrote | EntryKind::CheckIn));
    let mut found: Vec<(Timestamp, EntryKind)> = by_mail
        .filter(|entry| entry.line.effects.iter().any(|effect| matches!(effect, Effect::Touch(Side::Theirs | Side::Owner))))
        .map(|entry| (entry.line.on, if entry.line.kind == EntryKind::TheyWrote { EntryKind::TheyWrote } else { EntryKind::OwnerWrote }))
        .collect();
    found.sort_by_key(|(at, _)| *at);
    let zone = jiff::tz::TimeZone::get("America/New_York").expect("a zone");
    found.into_iter().map(|(at, kind)| (at.to_zoned(zone.clone()).date().to_string(), kind)).collect()
}

#[test]
fn p8_a_new_database_reads_the_same_touches_out_of_the_folder() {
    let lived = &*LIVED;
    let dir = tempfile::tempdir().expect("a folder");
    let mut again = world(dir.path(), &lived.home.join("Mail"), now());
    for person in Script::shipped().expect("a sound script").contact {
        let addresses = person.addresses.iter().map(|text| text.parse().expect("an address")).collect();
        let new = NewContact { name: person.name, addresses, ..NewContact::default() };
        flow::accept(&again, Change::Add(Box::new(new))).expect("a new contact");
    }
    flow::sync(&mut again).expect("a readable folder");
    let found = journals(&again);
    for (name, entries) in &lived.people {
        assert_eq!(touches(&found[name]), touches(entries), "{name}");
    }
    assert!(lived.people.values().map(|entries| touches(entries).len()).sum::<usize>() > 100);
}

#[test]
fn what_the_correspondents_mean_is_what_is_understood() {
    let script = Script::shipped().expect("a sound script");
    let zone = jiff::tz::TimeZone::get("America/New_York").expect("a zone");
    let first = now().to_zoned(zone).checked_sub(jiff::Span::new().days(182)).expect("a day").timestamp();
    for person in script.contact {
        let understood: Vec<Outcome> =
            LIVED.people[&person.name].iter().filter(|entry| entry.line.on > first).filter_map(|entry| entry.line.outcome).collect();
        let mut meant: Vec<Outcome> = person.answer.iter().filter_map(|answer| answer.means).collect();
        meant.truncate(understood.len().saturating_sub(person.own.len()));
        meant.extend(person.own.iter().filter_map(|own| own.means));
        assert_eq!(understood, meant, "{}", person.name);
    }
}

#[test]
fn ten_drafts_in_a_row_share_no_sentence_but_the_way_out() {
    let mut recent: Vec<(String, HashSet<String>)> = Vec::new();
    let mut shared = Vec::new();
    for draft in &LIVED.drafts {
        let said = said(draft);
        for (name, before) in recent.iter().rev().take(9) {
            shared.extend(before.intersection(&said).map(|sentence| format!("{name} and {}: {sentence}", draft.name)));
        }
        recent.push((draft.name.clone(), said));
    }
    assert!(LIVED.drafts.len() > 60);
    assert!(shared.is_empty(), "{} shared:\n{}", shared.len(), shared.join("\n"));
}

/// What a draft says, without greeting, the owner's postscript and the way out at its end.
fn said(draft: &Draft) -> HashSet<String> {
    let mut all: Vec<String> = sentences(draft.content.text.split("P.S.").next().unwrap_or_default());
    all.pop();
    all.into_iter().collect()
}

#[test]
fn it_ends_today_with_something_to_look_at() {
    let summary = &LIVED.summary;
    let waiting: Vec<&Draft> = LIVED.drafts.iter().filter(|draft| draft.state == DraftState::Review).collect();
    assert!((7..=11).contains(&waiting.len()), "{} drafts wait", waiting.len());
    assert_eq!(waiting.len(), summary.waiting.len());
    assert!(waiting.iter().all(|draft| draft.blocked.is_none() && draft.send_at >= now()));
    assert!(summary.owed.len() >= 2);
    assert!(summary.check_ins > 50 && summary.answers > 30 && summary.bounced == 1);
    assert_eq!(std::fs::read_dir(LIVED.home.join("digests")).expect("digests").count(), 26);
    let outcomes: HashSet<Outcome> = summary.outcomes.iter().map(|(outcome, _)| *outcome).collect();
    let missing: Vec<&Outcome> = Outcome::ALL.iter().filter(|outcome| !outcomes.contains(outcome)).collect();
    assert_eq!(missing, [&Outcome::Unclear]);
}

#[test]
fn the_same_dice_give_the_same_half_year() {
    let dir = tempfile::tempdir().expect("a folder");
    let mut second = world(dir.path(), &dir.path().join("Mail"), now());
    demo::run(&mut second, &mut |_| {}).expect("a half year");
    let lines = |people: &BTreeMap<String, Vec<Entry>>| -> Vec<(String, Timestamp, String)> {
        people.iter().flat_map(|(name, all)| all.iter().map(move |entry| (name.clone(), entry.line.on, entry.line.text.clone()))).collect()
    };
    assert_eq!(lines(&journals(&second)), lines(&LIVED.people));
}
