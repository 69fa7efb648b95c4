//! What `import` and `discover` ask in a terminal, and that Ctrl-C at any question keeps nothing half done.

use std::fmt::Write as _;
use std::fs;

use crate::support::home::TempHome;
use crate::support::terminal::Terminal;

const DOWN: &str = "\x1b[B";

/// A table whose columns no rule knows.
const ODD: &str = "Wer;Wo;Firma\nJane Doe;jane@plan.example;Lakeshore Review\nTom Wexler;tom@plan.example;Lakeshore Review\n";

fn file(home: &TempHome, name: &str, text: &str) -> String {
    let path = home.outside().join(name);
    fs::write(&path, text).expect("a file");
    path.to_str().expect("a path").to_owned()
}

fn asks(home: &TempHome, words: &[&str]) -> Terminal {
    Terminal::of(&home.command(&[&["--now", "2026-11-23T14:00:00Z"], words].concat()))
}

#[test]
fn columns_are_asked_for_and_nothing_is_written_before_a_yes() {
    let home = TempHome::new();
    let mut terminal = asks(&home, &["import", "csv", &file(&home, "odd.csv", ODD)]);
    for (question, downs) in [
        ("Which column holds the names?", 1),
        ("Which one the mail addresses?", 2),
        ("Which one the employers?", 3),
        ("Which one the titles?", 0),
    ] {
        terminal.reads(question);
        terminal.presses(&format!("{}\r", DOWN.repeat(downs)));
    }
    terminal.reads("Nothing is written yet.");
    terminal.reads("Take in 2 people?");
    assert!(home.lines(&["contacts"]).is_empty(), "a look is no yes");
    terminal.types("");
    terminal.reads("2 more people are contacts now; every check-in to them needs your yes.");
    assert_eq!(terminal.ends().0, 0);
    let jane = home.json(&["show", "jane@plan.example"]);
    assert_eq!((jane["name"].as_str(), jane["employer"].as_str()), (Some("Jane Doe"), Some("Lakeshore Review")));
}

#[test]
fn a_no_or_ctrl_c_at_any_question_of_an_import_writes_nothing() {
    let home = TempHome::new();
    let odd = file(&home, "odd.csv", ODD);
    let answers = [
        ("Which column holds the names?", format!("{DOWN}\r")),
        ("Which one the mail addresses?", format!("{DOWN}{DOWN}\r")),
        ("Which one the employers?", "\r".to_owned()),
        ("Which one the titles?", "\r".to_owned()),
        ("Take in 2 people?", "n\r".to_owned()),
    ];
    for stop in 0..=answers.len() {
        let mut terminal = asks(&home, &["import", "csv", &odd]);
        for (question, answer) in &answers[..stop] {
            terminal.reads(question);
            terminal.presses(answer);
        }
        if let Some((question, _)) = answers.get(stop) {
            terminal.reads(question);
            terminal.presses("\x03");
            terminal.reads("stopped; nothing was written");
        }
        let (code, screen) = terminal.ends();
        assert_eq!(code, i32::from(stop < answers.len()), "{screen}");
        assert!(home.lines(&["contacts"]).is_empty(), "after {stop} answers: {screen}");
    }
}

#[test]
fn of_a_whole_network_the_owner_chooses_the_trade_or_everybody_or_nobody() {
    let mut network = "Name,E-Mail,Company\nJane Doe,jane@plan.example,Aetna\n".to_owned();
    for number in 0..40 {
        writeln!(network, "Friend Number{number},f{number}@bakery.example,Corner Bakery").expect("memory");
    }
    for (downs, taken) in [(0, 1), (1, 41), (2, 0)] {
        let home = TempHome::new();
        let mut terminal = asks(&home, &["import", "csv", &file(&home, "network.csv", &network)]);
        terminal.reads("What shall be done?");
        terminal.reads("Take in the other 40 too");
        terminal.presses(&format!("{}\r", DOWN.repeat(downs)));
        let (code, screen) = terminal.ends();
        assert_eq!((code, home.lines(&["contacts"]).len()), (0, taken), "{screen}");
    }
}

const FROM_JANE: &str = "From: Jane Doe <jane.doe@evicore.com>\nTo: leah@mail.example\nSubject: hello\nDate: Mon, 02 Nov 2026 10:00:00 -0500\nMessage-ID: <a1@evicore.com>\n\nHi\n";

#[test]
fn discover_asks_whom_to_keep_and_a_slip_is_said_before_anything_is_kept() {
    let home = TempHome::new();
    home.deliver("", "1", FROM_JANE);
    for (keys, says) in [("\x03", "stopped; nobody was added"), ("\r", "Nobody was added.")] {
        let mut terminal = asks(&home, &["discover"]);
        terminal.reads("Whom do you want to keep?");
        terminal.presses(keys);
        terminal.reads(says);
        terminal.ends();
        assert!(home.lines(&["contacts"]).is_empty(), "{says}");
    }
    let mut terminal = asks(&home, &["discover"]);
    terminal.reads("jane.doe@evicore.com");
    terminal.reads("Whom do you want to keep?");
    terminal.types("7");
    terminal.reads("there is no number 7 in the list");
    terminal.presses("\x7f");
    terminal.types("1");
    terminal.reads("1 person is a contact now; every check-in to them needs your yes.");
    terminal.reads("What comes next: curbside plan");
    assert_eq!(terminal.ends().0, 0);
    assert_eq!(home.json(&["show", "jane.doe@evicore.com"])["searched"], true, "earlier mail was looked for");
}
