//! Files of every released version of the schema: upgraded, they tell the same rows, due days and mails on their way.
//!
//! A release that adds an upgrade first writes the file of the version before it:
//! `RELEASED=write cargo test --test all store::released`.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use curbside::flow::{Change, fingerprint};
use curbside::store::Store;
use rusqlite::Connection;

use super::ready::Ready;
use crate::support::disk::Trouble;
use crate::support::files::folder_in_memory;
use crate::support::town::Town;

const TABLES: [&str; 9] = ["employer", "contact", "address", "news", "told", "message", "draft", "journal", "suppression"];
/// When the story below ends: a Friday evening.
const FRIDAY: &str = "2026-04-10 18:00";

/// To whom a check-in is approved then.
const ON_THEIR_WAY: [&str; 3] = ["jane@jane.example", "cal@cal.example", "fay@fay.example"];

/// People of every standing, and three check-ins that go in the next week.
fn story() -> Town {
    let mut town = Town::new();
    for (name, address) in [("Jane Doe", "jane"), ("Tom Park", "tom"), ("Ann Lee", "ann"), ("Bob Ray", "bob"), ("Eve Fox", "eve")] {
        town.add(&format!("{name} <{address}@{address}.example>"));
    }
    town.writes_to_all();
    town.they_write("tom@tom.example", "Please do not contact me again.");
    town.they_write("ann@ann.example", "Could we have a call on Thursday at 3 pm?");
    town.they_write("bob@bob.example", "Not hiring at the moment. Please check back with me on June 15.");
    town.does(Change::Forget("eve@eve.example".to_owned()));
    town.news("I passed the board examination.");
    town.clock_at(FRIDAY);
    town.turn();
    for (name, address) in [("Cal Orr", "cal"), ("Fay Kim", "fay")] {
        town.add(&format!("{name} <{address}@{address}.example>"));
    }
    town.turn();
    town.approve_all();
    town
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/store/released")
}

/// The released files: version, statements, and what they tell.
fn released() -> Vec<(i64, String, String)> {
    let read = |version: i64, kind: &str| fs::read_to_string(folder().join(format!("{version}.{kind}"))).expect("a released file");
    let found = (1..).take_while(|version| folder().join(format!("{version}.dump")).exists());
    let found: Vec<_> = found.map(|version| (version, read(version, "dump"), read(version, "txt"))).collect();
    assert!(!found.is_empty(), "there is a released file");
    found
}

/// A database as SQL statements.
fn dumped(conn: &Connection) -> String {
    let list = |sql: &str| -> Vec<String> {
        let mut statement = conn.prepare(sql).expect("a statement");
        let rows = statement.query_map([], |row| row.get(0)).expect("rows");
        rows.collect::<Result<_, _>>().expect("text")
    };
    let version: i64 = conn.query_row("PRAGMA user_version", [], |row| row.get(0)).expect("a version");
    let mut text = format!("PRAGMA foreign_keys = OFF;\nPRAGMA user_version = {version};\n");
    for sql in list("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%' ORDER BY rowid") {
        let _ = writeln!(text, "{sql};");
    }
    for table in list("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY rowid") {
        let quoted = list(&format!("SELECT 'quote(' || name || ')' FROM pragma_table_info('{table}')")).join(" || ', ' || ");
        for row in list(&format!("SELECT {quoted} FROM {table}")) {
            let _ = writeln!(text, "INSERT INTO {table} VALUES ({row});");
        }
    }
    for row in list("SELECT 'UPDATE sqlite_sequence SET seq = ' || seq || ' WHERE name = ' || quote(name) FROM sqlite_sequence") {
        let _ = writeln!(text, "{row};");
    }
    text
}

/// What must be the same after an upgrade: how many rows, who stands how and is due when, and what is on its way.
fn told(path: &Path) -> String {
    let store = Store::open_read_only(path).expect("readable");
    let conn = Connection::open(path).expect("a database");
    let mut text = String::new();
    for table in TABLES {
        let count: u32 = conn.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get(0)).expect("a count");
        let _ = writeln!(text, "{table}: {count}");
    }
    let today = FRIDAY[..10].parse().expect("a day");
    store
        .read(|tx| {
            for kept in tx.contacts()? {
                let standing = kept.story.standing(today);
                let (reason, until) = (standing.reason.unwrap_or_default(), standing.until.map(|day| day.to_string()).unwrap_or_default());
                let _ = writeln!(text, "{}: {} {reason} {until}, due {}", kept.contact.name, standing.state, kept.due);
                for draft in tx.drafts_of(kept.contact.id)? {
                    let _ = writeln!(text, "  {} {} {}", draft.id, draft.state.word(), fingerprint(&draft.content));
                }
            }
            Ok::<_, curbside::store::StoreError>(())
        })
        .expect("readable");
    text
}

/// Tables, indexes and triggers, by name.
fn shape(path: &Path) -> Vec<String> {
    let conn = Connection::open(path).expect("a database");
    let sql = "SELECT type || ' ' || name || ': ' || coalesce(sql, '') FROM sqlite_master ORDER BY type, name";
    let mut statement = conn.prepare(sql).expect("a statement");
    let rows = statement.query_map([], |row| row.get(0)).expect("rows");
    rows.collect::<Result<_, _>>().expect("text")
}

/// The file of a released version in a folder.
fn laid(sql: &str, path: &Path) {
    for suffix in ["", "-wal", "-shm"] {
        let _absent = fs::remove_file(path.with_file_name(format!("curbside.db{suffix}")));
    }
    Connection::open(path).and_then(|conn| conn.execute_batch(sql)).expect("the released file");
}

/// Holds D9.
#[test]
fn p17_a_file_of_every_release_tells_the_same_after_the_upgrade() {
    if std::env::var_os("RELEASED").is_some_and(|word| word == "write") {
        let mut town = story();
        town.see().store.settle_log().expect("settled");
        let conn = Connection::open(town.database()).expect("a database");
        let version: i64 = conn.query_row("PRAGMA user_version", [], |row| row.get(0)).expect("a version");
        fs::write(folder().join(format!("{version}.dump")), dumped(&conn)).expect("written");
        fs::write(folder().join(format!("{version}.txt")), told(&town.database())).expect("written");
        town.starts_again();
    }
    for (version, sql, expected) in released() {
        let dir = folder_in_memory();
        let path = dir.path().join("curbside.db");
        laid(&sql, &path);
        let now = "2026-04-10T22:00:00Z".parse().expect("an hour");
        let store = Store::open(&path, now).expect("upgraded");
        store.check().expect("sound");
        assert_eq!(told(&path), expected, "version {version}");
        let new = folder_in_memory();
        let fresh = new.path().join("curbside.db");
        Store::open(&fresh, now).expect("made");
        assert_eq!(shape(&path), shape(&fresh), "an old file and the upgrades make what a new one is");
        let newest: i64 =
            Connection::open(&path).and_then(|conn| conn.query_row("PRAGMA user_version", [], |row| row.get(0))).expect("a version");
        assert_eq!(Store::backups(dir.path()).len(), usize::from(version < newest), "an upgrade backs up first");
    }
}

/// Holds P1, O8.
#[test]
fn p17_what_was_on_its_way_in_a_released_file_goes_once_after_the_upgrade() {
    for (version, sql, _) in released() {
        let mut town = story();
        let away = tempfile::tempdir().expect("a folder");
        let (now, path) = (town.see().now(), town.database());
        town.world().store = Store::open(&away.path().join("away.db"), now).expect("a database");
        laid(&sql, &path);
        town.starts_again();
        let before = town.out().len();
        let approved = ON_THEIR_WAY.map(|who| town.draft(who).content.text);
        town.days_pass(6);
        let went: Vec<_> = town.out().split_off(before);
        assert_eq!(went.len(), 3, "version {version}");
        for (who, text) in ON_THEIR_WAY.into_iter().zip(approved) {
            let mine: Vec<_> = went.iter().filter(|out| out.to == who).collect();
            assert_eq!(mine.len(), 1, "{who}");
            assert_eq!(mine[0].mail.text.as_deref().map(|said| said.replace("\r\n", "\n").trim().to_owned()), Some(text.trim().to_owned()));
        }
    }
}

/// Holds D7.
#[test]
fn p17_an_upgrade_killed_at_any_write_is_completed_by_the_next_start() {
    for (version, sql, expected) in released() {
        let first = Ready::bare();
        laid(&sql, &first.database());
        for n in 0.. {
            let ready = first.copy();
            let dies: [Trouble<'_>; 1] = [("DISK_DIES_AT", n.to_string())];
            let said = ready.troubled(&["contacts"], &dies);
            ready.must(&["contacts"]);
            assert_eq!(told(&ready.database()), expected, "version {version}, killed at write {n}");
            if said.code == 0 {
                break;
            }
        }
    }
}

#[test]
fn p17_commands_that_are_the_first_on_an_old_file_at_the_same_moment_upgrade_it_once() {
    for (version, sql, expected) in released() {
        let ready = Ready::bare();
        laid(&sql, &ready.database());
        let started: Vec<_> =
            (0..6).map(|_| ready.command("2026-04-10T22:00:00Z", &["contacts"]).stdout(Stdio::null()).spawn().expect("started")).collect();
        for mut command in started {
            assert!(command.wait().expect("ended").success(), "version {version}");
        }
        assert_eq!(told(&ready.database()), expected, "version {version}");
    }
}
