//! Disks that fill, fail, or lose their power under the real binary, at every write in turn.

use std::fs;

use super::ready::{LATER, MONDAY, Ready};
use crate::support::disk::Trouble;

const TURN: &[&str] = &["run", "--once"];

/// How many writes and syncs a command makes on a sound disk.
fn counted(ready: &Ready, args: &[&str]) -> (u64, u64) {
    let file = ready.beside("count");
    let said = ready.troubled(args, &[("DISK_COUNT", file.display().to_string())]);
    assert_eq!(said.code, 0, "{}", said.err);
    let text = fs::read_to_string(file).expect("counted");
    let (writes, syncs) = text.trim().split_once(' ').expect("two numbers");
    (writes.parse().expect("a number"), syncs.parse().expect("a number"))
}

fn at(name: &'static str, n: u64) -> [Trouble<'static>; 1] {
    [(name, n.to_string())]
}

/// The disk is well again: whatever happened before, the check-in leaves once, or the owner is asked about it.
fn ends_well(ready: &Ready, n: u64, story: &str) {
    if n.is_multiple_of(2) {
        ready.run_at(MONDAY, TURN);
    }
    ready.run_at(LATER, TURN);
    let (state, taken) = (ready.look(), ready.taken());
    assert!(taken <= 1, "{story}: the provider took it {taken} times");
    assert!(state == "sent" && taken == 1 || state == "doubtful", "{story}: {state}, taken {taken} times");
}

/// Holds S1, D2.
#[test]
fn p1_whatever_survives_a_loss_of_power_when_the_provider_takes_a_mail_knows_that_it_may_have_left() {
    let ready = Ready::new();
    let synced = ready.beside("synced");
    fs::create_dir(&synced).expect("a folder");
    fs::copy(ready.database(), synced.join("curbside.db")).expect("what lay on the disk before");
    let then = ready.beside("then");
    ready.provider(&format!("cp -r {} {}", synced.display(), then.display()));
    let said = ready.troubled(TURN, &[("DISK_SYNCED", synced.display().to_string())]);
    assert_eq!((said.code, ready.taken()), (0, 1), "{}", said.err);

    let states = [then, synced].map(|survivor| {
        let woken = Ready::new();
        for name in ["curbside.db", "curbside.db-wal"] {
            fs::copy(survivor.join(name), woken.home.join(name)).expect("survived");
        }
        let at_once = woken.state();
        woken.run_at(MONDAY, TURN);
        woken.run_at(LATER, TURN);
        assert_eq!(woken.taken(), 0, "it is not sent again");
        (at_once, woken.state())
    });
    let words = states.map(|(at_once, later)| format!("{at_once}, then {later}"));
    assert_eq!(words, ["sending, then doubtful", "sent, then sent"]);
}

/// Holds S1.
#[test]
fn p1_a_machine_that_dies_at_any_write_sends_at_most_once_and_loses_nothing() {
    let (writes, _) = counted(&Ready::new(), TURN);
    assert!(writes > 40, "{writes}");
    for n in 0..writes {
        let ready = Ready::new();
        let said = ready.troubled(TURN, &at("DISK_DIES_AT", n));
        assert_eq!(said.code, -1, "it is killed at write {n}: {}", said.err);
        ends_well(&ready, n, &format!("killed at write {n}"));
    }
}

/// Holds P1, S3, D5, O9.
#[test]
fn p17_a_disk_that_is_full_from_any_write_on_is_said_and_nothing_is_lost() {
    let (writes, _) = counted(&Ready::new(), TURN);
    for n in 0..writes {
        is_said_and_ends_well("DISK_FULL_AT", n, &["the disk is full", "Free some space"]);
    }
}

/// Holds P1, S3.
#[test]
fn p17_a_disk_that_fails_at_any_sync_is_said_and_nothing_is_lost() {
    let (_, syncs) = counted(&Ready::new(), TURN);
    assert!(syncs > 5, "{syncs}");
    for n in 0..syncs {
        is_said_and_ends_well("DISK_BAD_AT", n, &["Check the disk"]);
    }
}

/// The turn says what ails the disk, or has done its work in spite of it.
fn is_said_and_ends_well(trouble: &'static str, n: u64, words: &[&str]) {
    let ready = Ready::new();
    let said = ready.troubled(TURN, &at(trouble, n));
    assert!(said.code == 5 || said.code == 0 && ready.taken() == 1, "{trouble} {n}: {} {}", said.code, said.err);
    assert!(said.code == 0 || words.iter().all(|words| said.err.contains(words)), "{trouble} {n}: {}", said.err);
    ends_well(&ready, n, &format!("{trouble} {n}"));
}

/// Holds P17, D7.
#[test]
fn p17_a_first_start_killed_at_any_write_is_completed_by_the_next() {
    let (writes, _) = counted(&Ready::bare(), &["contacts"]);
    assert!(writes > 20, "{writes}");
    for n in 0..writes {
        let bare = Ready::bare();
        bare.troubled(&["contacts"], &at("DISK_DIES_AT", n));
        bare.must(&["add", "Jane Doe <jane@plan.example>"]);
        assert_eq!(bare.must(&["contacts"]).len(), 1, "killed at write {n}");
    }
}

/// Two people: Jane in the backup, with a yes that was taken back after it, and Tom who came later.
fn with_backup() -> Ready {
    let ready = Ready::new();
    ready.must(&["backup"]);
    ready.must(&["outbox", "cancel", "1"]);
    ready.must(&["add", "Tom Park <tom@other.example>"]);
    ready
}

/// Holds P5, P17, S17.
#[test]
fn p17_a_restore_killed_at_any_write_leaves_the_old_database_or_the_new_one_and_no_yes_of_the_backup() {
    let first = with_backup();
    let (writes, _) = counted(&first.copy(), &["restore", "--latest"]);
    let mut seen = [0; 2];
    // The change of places is the last of them: only the one that nobody kills is seen to be through.
    for n in 0..=writes {
        let ready = first.copy();
        ready.troubled(&["restore", "--latest"], &at("DISK_DIES_AT", n));
        let names: Vec<_> = ready.must(&["contacts"]).iter().map(|contact| contact["name"].clone()).collect();
        assert!(names == ["Jane Doe"] || names == ["Jane Doe", "Tom Park"], "killed at write {n}: {names:?}");
        seen[names.len() - 1] += 1;
        assert_eq!(ready.state(), ["review", "stopped"][names.len() - 1], "killed at write {n}");
        ready.must(&["restore", "--latest"]);
        assert_eq!(ready.must(&["contacts"]).len(), 1, "and the next one is completed");
        assert_eq!(ready.look(), "review");
    }
    assert!(seen.iter().all(|count| *count > 0), "{seen:?}");
}

/// Holds P2, D5.
#[test]
fn p17_somebody_forgotten_on_a_full_disk_is_forgotten_wholly_or_not_at_all() {
    let first = with_backup();
    let (writes, _) = counted(&first.copy(), &["forget", "Tom Park"]);
    for n in 0..writes {
        let ready = first.copy();
        let said = ready.troubled(&["forget", "Tom Park"], &at("DISK_FULL_AT", n));
        assert!(said.code == 0 || said.code == 5 && said.err.contains("the disk is full"), "{n}: {} {}", said.code, said.err);
        let known = ready.must(&["contacts"]).len() == 2;
        let again = ready.run(&["add", "Tom Park <tom@other.example>"]);
        assert!(known && again.err.contains("already belongs") || !known && again.err.contains("never to be written to again"), "{n}");
    }
}
