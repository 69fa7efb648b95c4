//! Looks at a mailbox that are broken off: by a kill in a large first one, and by a provider who has had enough.

use std::fs;

use curbside::model::journal::EntryKind;
use rusqlite::Connection;

use crate::support::letters::mail;
use crate::support::owner::{Owner, wait_until};
use crate::support::servers::{deliver, fresh_user, servers};
use crate::support::town::Town;

/// More than four batches of headers.
const MANY: usize = 4_500;

/// How far the inbox was read, as the database says.
fn cursor(owner: &Owner) -> i64 {
    let conn = Connection::open(owner.home.join("curbside.db")).expect("a database");
    conn.query_row("SELECT last FROM folder WHERE name = 'INBOX'", [], |row| row.get(0)).unwrap_or(0)
}

/// Holds R23.
#[test]
fn p8_a_first_look_at_a_large_mailbox_killed_again_and_again_goes_on_where_it_was() {
    let owner = Owner::new("leah");
    let jane = fresh_user("jane");
    deliver(&owner.user, &mail("shop@noise.test", &owner.user, "The first letter", "", "Buy."));
    let dir = servers().maildir(&owner.user).join("new");
    for n in 0..MANY {
        let (from, text) = if n % 500 == 250 { (jane.as_str(), "Please send me your CV.") } else { ("shop@noise.test", "Buy.") };
        fs::write(dir.join(format!("{n}.many")), mail(from, &owner.user, &format!("Letter {n}"), "", text)).expect("a mail");
    }
    let who = format!("Jane Doe <{jane}>");
    let mut words = vec!["add", who.as_str(), "--relation", "peer"];
    let mut lives = 0;
    while cursor(&owner) < 3_500 {
        let before = cursor(&owner);
        let mut child = owner.command(&words).stdout(std::process::Stdio::null()).spawn().expect("it runs");
        wait_until("a batch is read", || cursor(&owner) > before);
        child.kill().expect("our child");
        child.wait().expect("our child");
        words = vec!["sync"];
        lives += 1;
    }
    assert!(lives >= 2, "{lives}");
    let report = owner.json(&["sync"]);
    let inbox = report["folders"].as_array().expect("a list").iter().find(|folder| folder["name"] == "INBOX").cloned().expect("the inbox");
    assert!(inbox["seen"].as_u64().expect("a number") < 2_000, "what was read is not read again: {inbox}");
    let journal = owner.json(&["show", &jane])["journal"].clone();
    let answers = journal.as_array().expect("a list").iter().filter(|entry| entry["outcome"] == "resume_requested").count();
    assert_eq!(answers, MANY / 500, "each once: {journal}");
}

/// Holds R24.
#[test]
fn p8_a_quota_for_reading_keeps_the_place_and_the_next_day_goes_on_from_there() {
    let mut town = Town::new();
    town.add("Jane Doe <jane@plan.example>");
    town.add("Tom Park <tom@other.example>");
    town.turn();
    town.approve_all();
    town.they_write("jane@plan.example", "Please do not contact me again.");
    town.post().sated = true;
    assert!(town.turn().trouble.is_some_and(|what| what.contains("bandwidth")));
    town.hours_pass(20);
    assert_eq!(town.out().len(), 0, "nobody is written to while an answer may lie unread");
    town.post().sated = false;
    town.days_pass(1);
    assert_eq!(town.stands("jane@plan.example"), "stopped opted_out");
    assert_eq!(town.lines("jane@plan.example", EntryKind::TheyWrote), 1);
    let to: Vec<String> = town.out().into_iter().map(|out| out.to).collect();
    assert_eq!(to, ["tom@other.example"]);
}
