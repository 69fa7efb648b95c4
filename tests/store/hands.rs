//! Files that cannot be written, were made by a newer program, are damaged, or were edited by hand.

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, chown};
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::Command;

use super::ready::{LATER, MONDAY, Ready};
use crate::support::said::Said;

/// Nobody's number: rights of files bind nobody who is root.
const NOBODY: u32 = 65_534;

/// The home belongs to somebody whom rights bind.
fn bound(ready: &Ready) {
    let all = Command::new("find").arg(ready.beside(".")).output().expect("find runs");
    for path in String::from_utf8(all.stdout).expect("UTF-8").lines() {
        chown(path, Some(NOBODY), Some(NOBODY)).expect("the tests run as root");
    }
}

fn as_nobody(ready: &Ready, args: &[&str]) -> Said {
    let mut command = ready.command(MONDAY, args);
    command.uid(NOBODY).gid(NOBODY).output().expect("the binary runs").into()
}

fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("our file");
}

/// Holds D10.
#[test]
fn p17_a_read_only_file_or_folder_can_be_looked_at_and_sends_nothing() {
    for (file, folder) in [(0o400, 0o700), (0o600, 0o500), (0o400, 0o500)] {
        let ready = Ready::new();
        bound(&ready);
        set_mode(&ready.database(), file);
        set_mode(&ready.home, folder);
        for args in [&["contacts"][..], &["plan"], &["show", "1"], &["why", "1"], &["review"], &["outbox"], &["status"], &["export"]] {
            let said = as_nobody(&ready, args);
            assert_eq!(said.code, 0, "{file:o} {folder:o} {args:?}: {}", said.err);
        }
        for args in [&["run", "--once"][..], &["add", "Tom Park"], &["sync"], &["outbox", "cancel", "1"]] {
            let said = as_nobody(&ready, args);
            assert_eq!(said.code, 5, "{file:o} {folder:o} {args:?}: {}", said.err);
            assert!(said.err.contains("cannot be written") && said.err.contains("Check the rights"), "{}", said.err);
        }
        assert_eq!(ready.taken(), 0);
        set_mode(&ready.home, 0o700);
        set_mode(&ready.database(), 0o600);
        let said = as_nobody(&ready, &["run", "--once"]);
        assert_eq!(
            (said.code, ready.taken()),
            (0, 1),
            "and with the rights back it goes on: {said:?} {}",
            as_nobody(&ready, &["outbox", "--json"]).out
        );
    }
}

/// Holds D8.
#[test]
fn p17_a_file_of_a_newer_program_is_refused_and_not_touched() {
    let ready = Ready::new();
    by_hand(&ready, "PRAGMA user_version = 9999; PRAGMA journal_mode = DELETE");
    let before = fs::read(ready.database()).expect("read");
    for args in [&["contacts"][..], &["run", "--once"], &["add", "Tom Park"], &["backup"], &["export"]] {
        let said = ready.run(args);
        assert_eq!(said.code, 5, "{args:?}: {}", said.err);
        assert!(said.err.contains("newer curbside") && said.err.contains("install that version"), "{}", said.err);
    }
    assert!(fs::read(ready.database()).expect("read") == before, "not a byte was changed");
    assert_eq!(ready.taken(), 0);
}

fn by_hand(ready: &Ready, sql: &str) {
    let conn = rusqlite::Connection::open(ready.database()).expect("a database");
    conn.execute_batch(&format!("INSERT INTO gate (reason) VALUES ('by hand'); {sql}; DELETE FROM gate;")).expect(sql);
}

/// Holds D6.
#[test]
fn p17_a_damaged_page_sends_nothing_wrong_keeps_the_file_and_names_the_restore() {
    let sound = Ready::new();
    by_hand(&sound, "PRAGMA journal_mode = DELETE");
    let whole = fs::read(sound.database()).expect("read");
    let mut refused = 0;
    for page in 1..whole.len() / 4096 {
        let ready = sound.copy();
        let mut bytes = whole.clone();
        bytes[page * 4096..(page + 1) * 4096].fill(0x5A);
        fs::write(ready.database(), &bytes).expect("damaged");
        let said = ready.run(&["run", "--once"]);
        let again = ready.run_at(LATER, &["run", "--once"]);
        assert!(ready.taken() <= 1, "page {page}");
        assert!(
            said.code != 0 || ready.taken() == 1,
            "page {page}: a turn that says nothing has done its work: {:?} {}",
            said,
            ready.run(&["outbox", "--json"]).out
        );
        for said in [said, again].into_iter().filter(|said| said.code != 0) {
            assert_eq!(said.code, 5, "page {page}: {}", said.err);
            assert!(said.err.contains("damaged") && said.err.contains("curbside restore"), "page {page}: {}", said.err);
            refused += 1;
        }
        assert!(ready.database().exists() && ready.home.join("suppressed").exists(), "page {page}");
    }
    assert!(refused > 10, "{refused} of {} pages", whole.len() / 4096);
}

/// Holds D6.
#[test]
fn p17_rows_edited_by_hand_send_nothing_that_was_not_approved() {
    let edits = [
        ("the words", "UPDATE draft SET content = replace(content, 'Hi Jane', 'Hey Jane')"),
        ("the address", "UPDATE draft SET content = replace(content, 'jane@plan.example', 'eve@evil.example')"),
        ("half a row", "UPDATE draft SET content = substr(content, 1, 40)"),
        ("a state nobody knows", "UPDATE draft SET state = 'sailing'"),
        ("a reason nobody knows", "UPDATE draft SET because = 'whim'"),
        ("a day that is none", "UPDATE draft SET due = 'someday'"),
        ("a yes nobody gave", "UPDATE draft SET approved = NULL"),
        ("another fingerprint", "UPDATE draft SET approved = '000000000000'"),
        ("a yes from long ago", "UPDATE draft SET approved_at = 1"),
        ("an hour beyond the calendar", "UPDATE draft SET send_at = 9223372036854775807"),
        ("a story that is none", "UPDATE contact SET story = '{'"),
        ("a standing that is none", "UPDATE contact SET state = 'fond', story = '[]'"),
        ("a relation nobody knows", "UPDATE contact SET relation = 'cousin'"),
        ("tags that are no list", "UPDATE contact SET tags = 'alumni'"),
        ("an address that is none", "UPDATE address SET address = 'jane at plan', key = 'jane at plan'"),
        ("an address of somebody else", "UPDATE address SET address = 'eve@evil.example', key = 'eve@evil.example'"),
        ("effects nobody knows", "UPDATE journal SET effects = '[\"fly\"]'"),
        ("no journal", "DELETE FROM journal"),
        ("no contact", "PRAGMA foreign_keys = ON; DELETE FROM journal; DELETE FROM contact"),
        ("a cursor beyond all mail", "UPDATE folder SET last = -5, validity = -7"),
        ("settings of its own", "UPDATE meta SET value = 'x' WHERE key <> 'suppression_key'"),
        ("a table too few", "DROP TABLE told"),
    ];
    // What these say of Jane is derived from the journal, or nothing that a mail hangs on.
    let harmless =
        ["an hour beyond the calendar", "no journal", "a cursor beyond all mail", "settings of its own", "a standing that is none"];
    let (mut told, mut held) = (Vec::new(), Vec::new());
    for (what, sql) in edits {
        let ready = Ready::new();
        by_hand(&ready, sql);
        let said = ready.run(&["run", "--once"]);
        ready.run_at(LATER, &["run", "--once"]);
        assert!(!said.err.contains("panicked") && [0, 5].contains(&said.code), "{what}: {} {}", said.code, said.err);
        assert!(ready.taken() == 0 || harmless.contains(&what), "{what}: a mail left");
        if said.code == 5 {
            assert!(said.err.contains("curbside restore") || said.err.contains("curbside doctor"), "{what}: {}", said.err);
            told.push(what);
        } else {
            held.push(what);
        }
    }
    assert!(told.len() >= 8, "told {told:?}; held {held:?}");
}

/// Holds P2, D12.
#[test]
fn p17_a_standing_painted_over_by_hand_does_not_outweigh_the_journal() {
    let ready = Ready::new();
    ready.must(&["news", "add", "I passed the boards."]);
    by_hand(&ready, "UPDATE draft SET state = 'review'");
    ready.must(&["stop", "1"]);
    let painted = "UPDATE draft SET state = 'queued', answer = NULL; \
                   UPDATE contact SET state = 'active', until = NULL, why = NULL, due = '2020-01-01', story = '{}'";
    by_hand(&ready, painted);
    assert_eq!(ready.must(&["show", "1"])[0]["standing"]["state"], "active", "as it was painted");
    assert_eq!(ready.run(&["run", "--once"]).code, 0);
    assert_eq!(ready.taken(), 0);
    let shown = ready.must(&["show", "1"]).remove(0);
    assert_eq!((&shown["standing"]["state"], &shown["standing"]["reason"]), (&"stopped".into(), &"owner".into()), "set right again");
}
