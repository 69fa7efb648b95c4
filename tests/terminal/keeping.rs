//! Export, backup and restore at the terminal.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use serde_json::{Value, json};

use crate::support::home::TempHome;

#[test]
fn an_export_holds_every_table_one_object_a_line() {
    let home = TempHome::new();
    home.json(&["add", "Jane Doe <jane@plan.example>", "--employer", "Lakeshore Health"]);
    home.json(&["news", "add", "I passed the boards."]);
    let rows = home.lines(&["export"]);
    let tables: Vec<&str> = rows.iter().filter_map(|row| row["table"].as_str()).collect();
    for table in ["employer", "contact", "address", "news", "journal"] {
        assert!(tables.contains(&table), "{table} in {tables:?}");
    }
    let file = home.outside().join("all.jsonl");
    home.json(&["export", "--output", file.to_str().expect("a path")]);
    assert_eq!(fs::read_to_string(&file).expect("the file").lines().count(), rows.len());
    assert_eq!(fs::metadata(&file).expect("the file").permissions().mode() & 0o777, 0o600, "P16");
}

#[test]
fn x22_no_cell_of_the_csv_is_a_formula() {
    let home = TempHome::new();
    home.json(&["add", "=HYPERLINK(\"http://evil.test\") <jane@plan.example>", "--title", "+1 @ work", "--note=-x", "--met", "@a, \"b\""]);
    home.json(&["stop", "1"]);
    let csv = home.words(&["export", "--format", "csv"]);
    let mut reader = csv::Reader::from_reader(csv.as_bytes());
    let head = reader.headers().expect("a head").clone();
    let row = reader.records().next().expect("a row").expect("sound");
    let cell = |name: &str| &row[head.iter().position(|column| column == name).expect("a column")];
    assert_eq!(cell("name"), "'=HYPERLINK(\"http://evil.test\")");
    assert_eq!((cell("title"), cell("note"), cell("met")), ("'+1 @ work", "'-x", "'@a, \"b\""));
    assert_eq!((cell("standing"), cell("reason"), cell("addresses")), ("stopped", "owner", "jane@plan.example"));
}

#[test]
fn p17_a_restore_brings_back_the_backup_and_keeps_what_was_there() {
    let home = TempHome::new();
    home.json(&["add", "Jane Doe <jane@plan.example>"]);
    let backup = home.json(&["backup"]);
    assert!(backup["file"].as_str().is_some_and(|file| fs::metadata(file).expect("a file").permissions().mode() & 0o777 == 0o600));
    home.json(&["add", "Tom Wexler <tom@review.example>"]);
    let restored = home.json(&["restore", "--latest"]);
    assert_eq!(restored["restored"], backup["file"]);
    let aside = restored["replaced"].as_str().expect("where the old file went");
    assert!(fs::metadata(aside).is_ok());
    let names: Vec<Value> = home.lines(&["contacts"]).iter().map(|contact| contact["name"].clone()).collect();
    assert_eq!(names, [json!("Jane Doe")]);
}

/// Holds P2.
#[test]
fn p17_who_was_forgotten_after_the_backup_stays_suppressed_after_the_restore() {
    let home = TempHome::new();
    home.json(&["add", "Jane Doe <jane@plan.example>"]);
    let file = home.outside().join("kept.db");
    let file = file.to_str().expect("a path");
    home.json(&["backup", file]);
    home.json(&["forget", "Jane Doe"]);
    home.json(&["restore", file]);
    assert_eq!(home.lines(&["contacts"]).len(), 1, "the backup still holds them");
    home.json(&["edit", "Jane Doe", "--address", "jane@other.example"]);
    assert!(home.refusal(1, &["edit", "Jane Doe", "--add-address", "jane@plan.example"]).contains("never to be written to"));
}

/// Holds D6.
#[test]
fn p17_a_damaged_database_is_named_kept_and_replaced_only_by_command() {
    let home = TempHome::new();
    home.json(&["add", "Jane Doe <jane@plan.example>"]);
    home.json(&["backup"]);
    let database = home.dir.join("curbside.db");
    for suffix in ["-wal", "-shm"] {
        let _ = fs::remove_file(home.dir.join(format!("curbside.db{suffix}")));
    }
    let damaged = vec![b'x'; 8192];
    fs::write(&database, &damaged).expect("damaged");
    let said = home.refusal(5, &["contacts"]);
    assert!(said.contains("damaged") && said.contains("curbside restore --latest"), "{said}");
    assert_eq!(fs::read(&database).expect("kept"), damaged);
    let restored = home.json(&["restore", "--latest"]);
    assert_eq!(fs::read(restored["replaced"].as_str().expect("aside")).expect("kept aside"), damaged);
    assert_eq!(home.lines(&["contacts"]).len(), 1);
}

/// Holds P17.
#[test]
fn a_restore_is_refused_while_the_daemon_runs() {
    let home = TempHome::new();
    home.json(&["add", "Jane Doe"]);
    home.json(&["backup"]);
    let lock = fs::OpenOptions::new().create(true).truncate(false).write(true).open(home.dir.join("lock")).expect("the lock");
    lock.lock().expect("held as the daemon holds it");
    assert!(home.refusal(1, &["restore", "--latest"]).contains("running"));
    drop(lock);
    home.json(&["restore", "--latest"]);
}

#[test]
fn p17_after_a_restore_the_mailbox_is_read_back_to_a_week_before_the_backup_however_short_the_first_look() {
    let home = TempHome::new();
    let config = home.dir.join("config.toml");
    let settings = fs::read_to_string(&config).expect("settings") + "\n[reading]\nsince = \"3d\"\n";
    fs::write(&config, settings).expect("written");
    home.json(&["--now", "2026-10-01T14:00:00Z", "add", "Jane Doe <jane@plan.example>"]);
    home.json(&["--now", "2026-10-01T14:00:01Z", "backup"]);
    home.deliver(
        ".Sent",
        "1",
        "From: leah@mail.example\nTo: jane@plan.example\nSubject: hello\nDate: Mon, 05 Oct 2026 10:00:00 -0500\nMessage-ID: <s1@mail.example>\n\nHi Jane.\n",
    );
    home.json(&["--now", "2026-11-23T14:00:00Z", "restore", "--latest"]);
    home.json(&["--now", "2026-11-23T14:00:10Z", "sync"]);
    assert_eq!(home.json(&["--now", "2026-11-23T14:00:20Z", "show", "1"])["last_words"]["yours"]["subject"], "hello");
}

#[test]
fn p17_who_forgets_somebody_is_told_where_old_files_still_hold_them() {
    let home = TempHome::new();
    home.json(&["add", "Jane Doe <jane@plan.example>"]);
    home.json(&["add", "Tom Park <tom@other.example>"]);
    assert_eq!(home.json(&["forget", "Tom Park"])["put_aside"], json!([]));
    home.json(&["backup"]);
    let aside = home.json(&["restore", "--latest"])["replaced"].clone();
    let said = home.words(&["forget", "Jane Doe"]);
    assert!(said.contains("14 days") && said.contains(aside.as_str().expect("a path")), "{said}");
}

/// Holds P17.
#[test]
fn p17_a_database_that_is_gone_or_empty_is_never_made_anew_over_what_was_lost() {
    let home = TempHome::new();
    home.json(&["add", "Jane Doe <jane@plan.example>"]);
    home.json(&["backup"]);
    let database = home.dir.join("curbside.db");
    let lose = || {
        for suffix in ["", "-wal", "-shm"] {
            let _ = fs::remove_file(home.dir.join(format!("curbside.db{suffix}")));
        }
    };
    lose();
    let said = home.refusal(5, &["contacts"]);
    assert!(said.contains("gone") && said.contains("curbside restore --latest"), "{said}");
    assert!(!database.exists(), "nothing was made");
    fs::write(&database, "").expect("an empty file");
    let said = home.refusal(5, &["contacts"]);
    assert!(said.contains("empty") && said.contains("curbside restore --latest"), "{said}");
    assert_eq!(fs::metadata(&database).expect("kept").len(), 0);
    home.json(&["restore", "--latest"]);
    assert_eq!(home.lines(&["contacts"])[0]["name"], "Jane Doe");
}

/// Holds P17.
#[test]
fn an_empty_database_is_refused_also_where_there_is_no_backup() {
    let home = TempHome::new();
    fs::write(home.dir.join("curbside.db"), "").expect("an empty file");
    assert!(home.refusal(5, &["contacts"]).contains("is empty"));
    fs::remove_file(home.dir.join("curbside.db")).expect("moved away");
    assert_eq!(home.lines(&["contacts"]), Vec::<Value>::new(), "a new home begins by itself");
    let left: Vec<_> = fs::read_dir(&home.dir).expect("the home").flatten().map(|entry| entry.file_name()).collect();
    assert!(left.iter().all(|name| !name.to_string_lossy().starts_with(".new")), "{left:?}");
}

#[test]
fn what_is_no_backup_is_said_of_the_file_that_was_named() {
    let home = TempHome::new();
    home.json(&["add", "Jane Doe <jane@plan.example>"]);
    let other = home.outside().join("letter.txt");
    fs::write(&other, "Dear Jane, this is a letter and no database at all.\n".repeat(40)).expect("a letter");
    let empty = home.outside().join("empty.db");
    fs::write(&empty, "").expect("an empty file");
    for file in [&other, &empty] {
        let said = home.refusal(1, &["restore", file.to_str().expect("a path")]);
        assert!(said.contains("is no backup of Curbside; nothing was changed") && said.contains("restore --latest"), "{said}");
    }
    assert_eq!(home.lines(&["contacts"]).len(), 1);
}
