//! Who is never to be written to again stays so, whatever happens to the files.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::support::home::TempHome;

const JANE: &str = "Jane Doe <jane@plan.example>";

/// A home in which Jane was forgotten, and so is suppressed.
fn forgotten() -> TempHome {
    let home = TempHome::new();
    home.json(&["add", JANE]);
    home.json(&["forget", "1"]);
    home
}

fn is_suppressed(home: &TempHome, who: &str) {
    let said = home.refusal(1, &["add", who]);
    assert!(said.contains("never to be written to again"), "{said}");
}

fn backed_up(home: &TempHome, name: &str) -> String {
    let file = home.outside().join(name).display().to_string();
    home.json(&["backup", &file]);
    file
}

/// Holds P2.
#[test]
fn p17_a_backup_restored_on_a_new_machine_keeps_who_was_suppressed_on_both() {
    let (old, new) = (forgotten(), TempHome::new());
    new.json(&["add", "Tom Park <tom@other.example>"]);
    new.json(&["forget", "1"]);
    new.json(&["restore", &backed_up(&old, "old.db")]);
    is_suppressed(&new, JANE);
    is_suppressed(&new, "Tom Park <tom@other.example>");
    new.json(&["add", "Ann Lee <ann@third.example>"]);
    new.json(&["forget", "Ann Lee"]);
    new.json(&["restore", &backed_up(&old, "again.db")]);
    for who in [JANE, "Tom Park <tom@other.example>", "Ann Lee <ann@third.example>"] {
        is_suppressed(&new, who);
    }
}

/// Holds P2.
#[test]
fn p17_table_and_file_make_good_for_each_other() {
    let home = forgotten();
    let (file, database) = (home.dir.join("suppressed"), home.dir.join("curbside.db"));
    let text = fs::read_to_string(&file).expect("the file");
    fs::remove_file(&file).expect("gone");
    home.json(&["run", "--once"]);
    assert_eq!(fs::read_to_string(&file).expect("written anew"), text);
    by_hand(&database, "DELETE FROM suppression");
    home.json(&["run", "--once"]);
    is_suppressed(&home, JANE);
    by_hand(&database, "DELETE FROM meta WHERE key = 'suppression_key'");
    is_suppressed(&home, JANE);
    fs::write(&file, [text.as_bytes(), b"\xff\xfe half a li"].concat()).expect("damaged");
    home.json(&["run", "--once"]);
    is_suppressed(&home, JANE);
}

/// Holds P2.
#[test]
fn p17_hashes_without_their_key_are_not_taken_for_nobody() {
    let home = forgotten();
    fs::remove_file(home.dir.join("suppressed")).expect("gone");
    by_hand(&home.dir.join("curbside.db"), "DELETE FROM meta WHERE key = 'suppression_key'");
    for args in [&["add", JANE][..], &["run", "--once"], &["contacts"]] {
        let said = home.refusal(5, args);
        assert!(said.contains("the key of the suppressions is missing") && said.contains("curbside restore"), "{said}");
    }
}

fn by_hand(database: &Path, sql: &str) {
    rusqlite::Connection::open(database).and_then(|conn| conn.execute_batch(sql)).expect("edited");
}

/// Holds P2.
#[test]
fn p17_a_merge_an_export_and_add_again_lift_no_suppression_but_the_one_they_name() {
    let home = forgotten();
    home.json(&["add", "J. Doe <j.doe@home.example>"]);
    home.json(&["add", "Jane D <jd@work.example>"]);
    home.json(&["merge", "2", "3"]);
    assert!(home.refusal(1, &["edit", "2", "--add-address", "jane@plan.example"]).contains("never to be written to again"));
    assert!(home.refusal(1, &["edit", "2", "--address", "Jane+x@PLAN.example"]).contains("never to be written to again"));
    let kept = |home: &TempHome| home.lines(&["export"]).iter().filter(|row| row["table"] == "suppression").count();
    assert_eq!(kept(&home), 1);
    home.json(&["forget", "2"]);
    assert_eq!(kept(&home), 3, "both addresses of the one they became");
    let back = home.json(&["add", JANE, "--again"]);
    assert_eq!(back["addresses"], Value::from(vec!["jane@plan.example"]));
    assert_eq!(kept(&home), 2);
    is_suppressed(&home, "Somebody Else <jd@work.example>");
    for row in home.lines(&["export"]).iter().filter(|row| row["table"] == "suppression") {
        assert!(!row.to_string().contains('@'), "hashes only: {row}");
    }
}
