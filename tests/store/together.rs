//! Several at once on one file: terminal and daemon, a reader who stays, a backup under load.

use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};

use curbside::store::{Store, StoreError, Tx};
use jiff::{Timestamp, ToSpan};

use super::ready::{MONDAY, Ready};
use crate::support::disk::troubled;
use crate::support::files::folder_in_memory;
use crate::support::owner::wait_until;

/// A database alone in its folder.
struct Alone(tempfile::TempDir);

impl Alone {
    fn new() -> Self {
        Self(folder_in_memory())
    }

    fn path(&self) -> PathBuf {
        self.0.path().join("curbside.db")
    }

    fn open(&self) -> Store {
        Store::open(&self.path(), monday()).expect("a database")
    }

    fn log_size(&self) -> u64 {
        fs::metadata(self.0.path().join("curbside.db-wal")).map_or(0, |log| log.len())
    }
}

fn monday() -> Timestamp {
    MONDAY.parse().expect("an hour")
}

fn number(tx: &Tx<'_>, key: &str) -> Result<u32, StoreError> {
    Ok(tx.value(key)?.and_then(|text| text.parse().ok()).unwrap_or(0))
}

/// Holds D3.
#[test]
fn p17_four_who_read_and_write_at_once_lose_no_word_and_are_never_told_that_it_is_locked() {
    let alone = Alone::new();
    alone.open();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                let store = alone.open();
                for _ in 0..150 {
                    store.write(|tx| tx.set_value("count", &(number(tx, "count")? + 1).to_string())).expect("never locked");
                    store.read(|tx| number(tx, "count")).expect("never locked");
                }
            });
        }
    });
    assert_eq!(alone.open().read(|tx| number(tx, "count")).expect("readable"), 600);
}

/// Holds D3, D7.
#[test]
fn p17_commands_that_are_the_first_at_the_same_moment_make_one_database() {
    for _ in 0..20 {
        let alone = Alone::new();
        let both = std::sync::Barrier::new(4);
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    both.wait();
                    alone.open().write(|tx| tx.set_value("key", "value")).expect("written");
                });
            }
        });
    }
}

/// A daemon of a home, ended with the test.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ended_already = self.0.kill();
        let _ = self.0.wait();
    }
}

fn daemon(ready: &Ready, full_while: &Path) -> Running {
    let mut command = ready.command(MONDAY, &["run"]);
    troubled(&mut command, &ready.home, &[("DISK_FULL_WHILE", full_while.display().to_string())]);
    let log = fs::File::create(ready.beside("log")).expect("our file");
    let running = Running(command.stdout(Stdio::null()).stderr(log).spawn().expect("it runs"));
    wait_until("it runs", || ready.must(&["status"])[0]["daemon"]["running"] == true);
    running
}

/// Holds D3.
#[test]
fn p17_the_terminal_writes_beside_a_daemon_and_never_hears_that_it_is_locked() {
    let ready = Ready::bare();
    let mut running = daemon(&ready, &ready.beside("never"));
    std::thread::scope(|scope| {
        for who in ["Ann", "Bea", "Cal"] {
            let ready = &ready;
            scope.spawn(move || {
                for n in 0..5 {
                    let added = ready.must(&["add", &format!("{who} Doe <{who}{n}@org{n}.example>")]).remove(0);
                    let id = added["id"].as_str().expect("ids are strings").to_owned();
                    ready.must(&["log", &id, "we talked", "--kind", "call"]);
                    ready.must(&["news", "add", &format!("{who} and I wrote paper {n}.")]);
                }
            });
        }
    });
    assert!(running.0.try_wait().expect("our child").is_none(), "the daemon lives");
    let contacts = ready.must(&["contacts"]);
    assert_eq!((contacts.len(), ready.must(&["news"]).len()), (15, 15));
    assert!(contacts.iter().all(|contact| contact["last_touch"].is_string()));
}

/// Holds D5, O9.
#[test]
fn p17_a_daemon_waits_out_a_full_disk_and_sends_when_there_is_room() {
    let ready = Ready::new();
    let full = ready.beside("full");
    ready.must(&["pause", "--all"]);
    let mut running = daemon(&ready, &full);
    fs::write(&full, "").expect("written");
    ready.must(&["resume", "--all"]);
    ready.must(&["outbox"]);
    let mut sync = ready.command(MONDAY, &["sync"]).stdout(Stdio::null()).spawn().expect("it runs");
    let log = || fs::read_to_string(ready.beside("log")).unwrap_or_default();
    let complaints = || log().matches("the disk is full").count();
    let asked = || Store::open_read_only(&ready.database()).and_then(|store| store.read(|tx| tx.open_requests()));
    wait_until("it is asked to look", || asked().is_ok_and(|open| !open.is_empty()));
    let before = complaints();
    ready.must(&["news", "add", "Something to look at."]);
    wait_until("it says what is wrong", || complaints() > before);
    assert!(running.0.try_wait().expect("our child").is_none(), "the daemon lives: {}", log());
    assert_eq!(ready.taken(), 0, "nothing is sent that could not be written down");
    fs::remove_file(&full).expect("freed");
    ready.must(&["news", "add", "A nudge."]);
    wait_until("it is sent", || ready.taken() == 1 && ready.look() == "sent");
    assert!(sync.wait().expect("our child").success(), "and who asked meanwhile is answered");
}

/// Holds D4.
#[test]
fn a_reader_who_leaves_at_last_lets_the_log_be_small_again() {
    let alone = Alone::new();
    let store = alone.open();
    let write = |n: usize| {
        for k in 0..n {
            store.write(|tx| tx.set_value(&format!("key {}", k % 40), &"x".repeat(8_000 + k))).expect("written");
        }
    };
    write(2_000);
    let usual = alone.log_size();
    assert!(usual < 4 << 20, "{usual} bytes, and nobody reads");
    let reader = rusqlite::Connection::open(alone.path()).expect("a database");
    reader.execute_batch("BEGIN; SELECT count(*) FROM meta;").expect("reading");
    write(2_000);
    assert!(alone.log_size() > 12 << 20, "as long as somebody reads, the log must grow: {}", alone.log_size());
    reader.execute_batch("COMMIT").expect("left");
    write(1_200);
    assert!(alone.log_size() <= 9 << 20, "{}", alone.log_size());
}

/// Holds D4.
#[test]
fn an_export_that_nobody_reads_to_its_end_keeps_no_reader_in_the_database() {
    let ready = Ready::bare();
    ready.must(&["add", "Jane Doe", "--note", "x"]);
    for _ in 0..60 {
        ready.must(&["log", "1", &"a long talk ".repeat(160)]);
    }
    let mut pager = ready.command(MONDAY, &["export"]).stdout(Stdio::piped()).spawn().expect("it runs");
    // The first word is on the screen; the rest waits for the reader to turn the page.
    pager.stdout.as_mut().expect("piped").read_exact(&mut [0; 16]).expect("it has begun");
    let store = Store::open(&ready.database(), monday()).expect("a database");
    for n in 0..2_000 {
        store.write(|tx| tx.set_value("key", &"x".repeat(8_000 + n))).expect("written");
    }
    let log = fs::metadata(ready.home.join("curbside.db-wal")).expect("a log").len();
    assert!(log < 4 << 20, "{log} bytes");
    pager.kill().expect("our child");
    pager.wait().expect("our child");
}

/// Holds D11.
#[test]
fn p17_a_backup_made_beside_somebody_who_never_stops_writing_is_whole_and_comes_to_an_end() {
    let alone = Alone::new();
    let store = alone.open();
    let filled = |tx: &Tx<'_>| (0..900).try_for_each(|n| tx.set_value(&format!("fill {n}"), &"x".repeat(8_000)));
    store.write(filled).expect("more than seven megabytes");
    let ended = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let writer = alone.open();
            for n in 0_u32.. {
                if ended.load(Ordering::Relaxed) {
                    break;
                }
                let both = |tx: &Tx<'_>| ["left", "right"].iter().try_for_each(|key| tx.set_value(key, &n.to_string()));
                writer.write(both).expect("written");
            }
        });
        for n in 0..8 {
            let file = alone.0.path().join(format!("backup-{n}.db"));
            store.back_up_to(&file).expect("a backup");
            let copy = Store::open_read_only(&file).expect("a database");
            copy.check().expect("sound");
            let (left, right) = copy.read(|tx| Ok::<_, StoreError>((number(tx, "left")?, number(tx, "right")?))).expect("readable");
            assert_eq!(left, right, "of one moment");
        }
        ended.store(true, Ordering::Relaxed);
    });
}

#[test]
fn p17_backups_live_fourteen_days_and_the_newest_outlives_them() {
    let alone = Alone::new();
    let store = alone.open();
    let day = |days: i64| monday() + (days * 24).hours();
    let made: Vec<PathBuf> = [0, 1, 10].map(|days| store.back_up("nightly", day(days)).expect("a backup")).into();
    let dir = alone.0.path();
    let left = |now: Timestamp| {
        store.sweep_backups(now);
        made.iter().map(|file| file.exists()).collect::<Vec<_>>()
    };
    assert_eq!(Store::backups(dir).first(), made.last(), "the newest first");
    assert_eq!(left(day(14)), [true, true, true]);
    assert_eq!(left(day(14) + 1.seconds()), [false, true, true]);
    assert_eq!(left(day(400)), [false, false, true], "the last one is kept until there is another");
    let named = dir.join("backups/by-hand.db");
    fs::copy(&made[2], &named).expect("copied");
    assert!(Store::backups(dir).contains(&named));
}

/// Holds P17.
#[test]
fn who_runs_a_turn_by_a_cron_of_their_own_has_a_backup_a_night_too() {
    let ready = Ready::bare();
    let days = ["2026-04-06T14:00:00Z", "2026-04-06T18:00:00Z", "2026-04-07T14:00:00Z", "2026-04-23T14:00:00Z"];
    let counts = days.map(|now| {
        assert_eq!(ready.run_at(now, &["run", "--once"]).code, 0);
        Store::backups(&ready.home).len()
    });
    assert_eq!(counts, [1, 1, 2, 1], "one a night, and after two weeks only what is newer");
}
