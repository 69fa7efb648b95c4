//! How the database answers what every turn asks: by an index, not by reading all that was ever written.

use std::cell::RefCell;
use std::collections::BTreeSet;

use curbside::flow::{self, Change};
use curbside::model::edge::SendAnswer;
use curbside::model::reading::Outcome;
use rusqlite::Connection;
use rusqlite::trace::TraceEvent;

use crate::support::town::Town;

thread_local! {
    static ASKED: RefCell<BTreeSet<String>> = const { RefCell::new(BTreeSet::new()) };
}

fn overhear(event: TraceEvent<'_>) {
    if let TraceEvent::Stmt(statement, _) = event {
        ASKED.with_borrow_mut(|asked| asked.insert(statement.sql().into_owned()));
    }
}

/// Half a year of everything: check-ins, answers, bounces, doubt, an edit, corrections, news, digests.
fn half_a_year() -> Town {
    let mut town = Town::new();
    town.see().store.overheard(overhear);
    for name in ["jane", "tom", "ann", "bob", "eve", "fay"] {
        town.add(&format!("Jane Doe <{name}@{name}.example>"));
    }
    town.news("I passed the board examination.");
    town.turn();
    let first = town.drafts()[0].clone();
    town.does(Change::Revise(first.id, None, "Dear Jane, quite other words.".to_owned()));
    town.answers(SendAnswer::Unknown("the line broke".to_owned()));
    town.writes_to_all();
    town.hours_pass(24);
    let doubtful = town.see().store.read(|tx| tx.drafts_in(curbside::model::draft::DraftState::Doubtful)).expect("a database");
    town.does(Change::ResolveResend(doubtful[0].id));
    town.they_write("ann@ann.example", "Could we have a call on Thursday at 3 pm?");
    town.bounce("bob@bob.example", "5.1.1", "no such user");
    town.auto_reply("tom@tom.example", "I am out of the office.");
    town.turn();
    let mail = town.journal("ann@ann.example").into_iter().rev().find_map(|entry| entry.message_id);
    town.does(Change::Correct(mail.expect("kept"), Outcome::Acknowledged));
    for _ in 0..9 {
        town.days_pass(20);
        town.approve_all();
    }
    town
}

/// What is scanned of the tables that grow with the years.
fn scans(conn: &Connection, sql: &str) -> Vec<String> {
    let mut plan = conn.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).expect("a statement");
    let blanks = vec![rusqlite::types::Null; plan.parameter_count()];
    let rows = plan.query_map(rusqlite::params_from_iter(blanks), |row| row.get::<_, String>(3)).expect("a plan");
    let grows = |detail: &String| {
        let table = detail.strip_prefix("SCAN ").and_then(|rest| rest.split(' ').next());
        table.is_some_and(|table| ["message", "m", "journal", "j", "draft", "d", "told", "t"].contains(&table))
            || detail.starts_with("USE TEMP B-TREE FOR UNION")
    };
    rows.map(|row| row.expect("a row")).filter(grows).collect()
}

#[test]
fn no_turn_reads_all_that_was_ever_written() {
    let town = half_a_year();
    flow::weekly_digest(town.see()).expect("a digest");
    let conn = Connection::open(town.database()).expect("a database");
    let asked = ASKED.with_borrow(BTreeSet::clone);
    let asked = asked.iter().filter(|sql| ["SELECT", "INSERT", "UPDATE", "DELETE"].iter().any(|verb| sql.starts_with(verb)));
    // The newest twenty from the end on are no scan of all.
    let asked: Vec<&String> = asked.filter(|sql| !sql.contains("WHERE 1 ORDER BY d.id DESC LIMIT")).collect();
    assert!(asked.len() > 60 && asked.iter().any(|sql| sql.contains("'asked'")), "{} statements are asked", asked.len());
    let found: Vec<String> = asked
        .iter()
        .map(|sql| (sql, scans(&conn, sql)))
        .filter(|(_, scans)| !scans.is_empty())
        .map(|(sql, scans)| format!("{sql}\n  {scans:?}"))
        .collect();
    assert!(found.is_empty(), "{}", found.join("\n"));
}
