//! Killed under load, again and again: the file stays sound, and journal, outbox and provider tell one story.

use std::collections::BTreeMap;
use std::fs;

use curbside::model::draft::DraftState;
use curbside::model::journal::EntryKind;
use curbside::store::Store;
use jiff::{Timestamp, ToSpan};

use super::ready::{MONDAY, Ready};
use crate::support::disk::troubled;

/// How often the program is killed; `KILLS=1000 cargo test --test all store::kills` does it more often.
fn kills() -> u64 {
    std::env::var("KILLS").ok().and_then(|count| count.parse().ok()).unwrap_or(120)
}

/// Twelve people who are written to without a yes, at as many employers.
fn busy() -> Ready {
    let ready = Ready::bare();
    ready.provider(&format!("printf '%s\\n' \"$letter\" | grep -i '^to:' >>{}", ready.beside("to").display()));
    let config = ready.home.join("config.toml");
    let more = "per_day = 0\nper_family_per_week = 0\n";
    let text = fs::read_to_string(&config).expect("settings").replace("days = \"Mon-Sun\"\n", &format!("days = \"Mon-Sun\"\n{more}"));
    fs::write(&config, text).expect("written");
    for name in ["Ann", "Bea", "Cal", "Dan", "Eve", "Fay", "Gus", "Hal", "Ida", "Joy", "Kim", "Lee"] {
        ready.must(&["add", &format!("{name} Doe <{name}@{name}.example>"), "--relation", "peer", "--mode", "auto"]);
    }
    ready
}

/// How many times each address was written to.
fn taken(ready: &Ready) -> BTreeMap<String, u32> {
    let mut counts = BTreeMap::new();
    for line in fs::read_to_string(ready.beside("to")).unwrap_or_default().lines() {
        *counts.entry(line.to_lowercase()).or_default() += 1;
    }
    counts
}

/// Every delivery has one line of the journal that says what became of it.
fn tells_one_story(ready: &Ready) {
    let store = Store::open_read_only(&ready.database()).expect("readable");
    store.check().expect("sound");
    store
        .read(|tx| {
            for kept in tx.contacts()? {
                let lines = tx.entries_of(kept.contact.id)?;
                let told = lines.iter().filter(|entry| entry.line.kind == EntryKind::CheckIn).count();
                let sent = tx.drafts_of(kept.contact.id)?.iter().filter(|draft| draft.state == DraftState::Sent).count();
                assert_eq!(told, sent, "{}", kept.contact.name);
            }
            Ok::<_, curbside::store::StoreError>(())
        })
        .expect("readable");
}

/// Holds P1, S16, D1.
#[test]
fn p17_killed_under_load_again_and_again_the_file_is_sound_and_nobody_is_written_to_twice() {
    let ready = busy();
    let monday: Timestamp = MONDAY.parse().expect("an hour");
    let mut killed = 0;
    for n in 0..kills() {
        let now = monday.checked_add((i64::try_from(n).expect("few") * 20).seconds()).expect("an hour").to_string();
        let log = format!("I wrote paper {n}.");
        let words: &[&str] = if n % 3 == 1 { &["news", "add", &log] } else { &["run", "--once"] };
        let mut command = ready.command(&now, words);
        let at = (n * 37) % 61;
        let ended = troubled(&mut command, &ready.home, &[("DISK_DIES_AT", at.to_string())]).output().expect("it runs");
        killed += u64::from(ended.status.code().is_none());
        if n % 10 == 0 {
            tells_one_story(&ready);
        }
    }
    assert!(killed > kills() / 3, "{killed} of {}", kills());
    for hours in [12, 13] {
        let later = monday.checked_add(hours.hours()).expect("an hour").to_string();
        assert_eq!(ready.run_at(&later, &["run", "--once"]).code, 0);
    }
    tells_one_story(&ready);
    let counts = taken(&ready);
    assert!(counts.values().all(|count| *count == 1), "{counts:?}");
    let outbox = ready.must(&["outbox"]);
    let doubtful = outbox.iter().filter(|delivery| delivery["state"] == "doubtful").count();
    assert!(counts.len() + doubtful >= 12, "nobody is forgotten: {counts:?}, {doubtful} in doubt; {outbox:?}");
}
