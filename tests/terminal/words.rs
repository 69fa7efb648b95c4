//! Words of the terminal: help with examples, refusals that name what to change, exit codes that scripts rely on.

use std::fs;
use std::io::Read as _;
use std::process::Stdio;

use crate::support::home::TempHome;

const COMMANDS: [&str; 34] = [
    "init",
    "doctor",
    "add",
    "plan",
    "why",
    "review",
    "outbox",
    "sync",
    "run",
    "digest",
    "read",
    "outcome",
    "status",
    "demo",
    "contacts",
    "show",
    "edit",
    "log",
    "answered",
    "pause",
    "resume",
    "stop",
    "merge",
    "forget",
    "news",
    "employers",
    "templates",
    "service",
    "export",
    "backup",
    "restore",
    "config",
    "completions",
    "man",
];

#[test]
fn every_command_shows_examples_and_breaks_no_sentence() {
    let home = TempHome::bare();
    for command in COMMANDS {
        let help = home.words(&[command, "--help"]);
        let (before, examples) = help.split_once("Examples:\n").unwrap_or_else(|| panic!("{command} has no examples:\n{help}"));
        assert!(examples.contains(&format!("  curbside {command}")), "{help}");
        let prose: Vec<&str> = before.split("Usage:").next().expect("a beginning").lines().collect();
        let broken = prose.windows(2).find(|two| !two[0].is_empty() && two[0].len() < 70 && two[1].starts_with(char::is_lowercase));
        assert_eq!(broken, None, "{command} breaks a sentence");
    }
    let (pause, resume) = (home.words(&["pause", "--help"]), home.words(&["resume", "--help"]));
    assert!(pause.contains("nothing is proposed or sent") && !resume.contains("nothing is proposed or sent"), "{resume}");
}

fn init<'a>(more: &[&'a str]) -> Vec<&'a str> {
    [&["init", "--name", "Leah Brandt"], more].concat()
}

#[test]
fn init_speaks_of_the_flag_that_is_wrong() {
    let home = TempHome::bare();
    let servers = ["--imap-host", "localhost", "--smtp-host", "localhost", "--password-command", "echo x"];
    let with = |more: &[&'static str]| init(&[more, &servers].concat());
    for (code, args, says) in [
        (2, with(&["--email", "leah at mail"]), "--email: "),
        (2, with(&["--email", "leah@mail.example", "--never", "not a domain"]), "--never: “not a domain” is not a domain"),
        (2, with(&["--email", "leah@mail.example", "--time-zone", "Mars/Base"]), "--time-zone: "),
        (2, with(&["--email", "leah@mail.example", "--imap-port", "0"]), "write a whole number from 1 to 65535"),
        (
            3,
            init(&["--email", "leah@mail.example", "--oauth", "google", "--imap-host", "localhost", "--smtp-host", "localhost"]),
            "An app password is quicker",
        ),
        (1, init(&["--email", "leah@mail.example", "--folder", "/nope/Mail"]), "--folder: "),
        (4, with(&["--email", "leah@mail.example", "--imap-port", "1"]), "port 1"),
    ] {
        let said = home.refusal(code, &args);
        assert!(said.contains(says), "{args:?} says {said}, not {says}");
        assert!(!said.contains("os error") && !said.contains("curbside doctor") && !said.contains("[owner]"), "{said}");
    }
    assert!(!home.dir.join("config.toml").exists());
}

#[test]
fn a_wrong_setting_is_named_with_its_file_and_line_in_people_s_words() {
    let home = TempHome::new();
    let file = home.dir.join("config.toml");
    let sound = fs::read_to_string(&file).expect("settings");
    let with = |more: &str| format!("{sound}\n{more}\n");
    for (text, says) in [
        (with("[sending]\nspacing = \"1m\"\nhours = \"late\""), "line 11: [sending] hours: “late” is not a window"),
        (with("[cadence]\ndefault = 4"), "line 10: the number 4 stands where a text in quotes"),
        (with("[sending]\nper_day = \"many\""), "line 10: the text \"many\" stands where a whole number"),
        (with("[sending]\nundoo = \"1s\""), "line 10: there is no key `undoo`"),
        (String::new(), "the section [owner] is missing"),
        (
            sound.replace("folder = \"Mail\"", "imap_host = \"localhost\"\nimap_port = 0\nusername = \"x\""),
            "line 8: [account] imap_port: 0 is no port",
        ),
    ] {
        fs::write(&file, text).expect("written");
        let said = home.refusal(3, &["contacts"]);
        assert!(said.contains("config.toml: ") && said.contains(says), "{said} lacks {says}");
    }
    fs::write(&file, b"[owner]\nname = \"Le\xffah\"\n").expect("written");
    assert!(home.refusal(3, &["contacts"]).contains("this is no text in UTF-8"));
}

#[test]
fn a_place_that_was_named_and_cannot_be_written_is_the_request_s_fault() {
    let home = TempHome::new();
    for args in [&["backup", "/nope/x.db"][..], &["export", "--output", "/nope/x"]] {
        let said = home.refusal(1, args);
        assert!(said.contains("cannot write /nope/x") && !said.contains(".backup") && !said.contains("os error"), "{said}");
    }
    let full = fs::OpenOptions::new().write(true).open("/dev/full").expect("a full device");
    let said = home.command(&["outbox"]).stdout(full).stderr(Stdio::piped()).spawn().expect("runs").wait_with_output().expect("ends");
    assert_eq!(said.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&said.stderr).contains("no space left"), "{:?}", said.stderr);
}

#[test]
fn a_reader_who_has_seen_enough_is_no_error() {
    let home = TempHome::new();
    for name in ["Jane Doe", "Tom Wexler"] {
        home.json(&["add", name]);
    }
    for words in [&["contacts"][..], &["doctor"], &["employers", "--json"], &["export"]] {
        let mut child = home.command(words).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("runs");
        drop(child.stdout.take());
        let mut err = String::new();
        child.stderr.take().expect("its errors").read_to_string(&mut err).expect("text");
        assert_eq!((child.wait().expect("ends").code(), err.as_str()), (Some(0), ""), "{words:?}");
    }
}

#[test]
fn small_slips_are_refused_in_one_sentence() {
    let home = TempHome::new();
    home.json(&["add", "Jane Doe <jane@plan.example>", "--relation", "peer", "--met", "we met at the spring conference"]);
    for (code, args, says) in [
        (1, &["review", "later", "1", "0d"][..], "at least a day"),
        (2, &["export", "--format", "csv", "--json"], "CSV is no JSON"),
        (1, &["outbox", "cancel", "999"], "curbside outbox lists"),
        (2, &["--now", "2026", "contacts"], "write the instant like 2027-01-31T14:30:00-05:00"),
        (2, &["plan", "--days", "x"], "write a whole number from 0 to 730"),
    ] {
        let said = home.refusal(code, args);
        assert!(said.contains(says), "{args:?}: {said}");
    }
    let doctor = home.words(&["doctor"]);
    assert!(!doctor.contains("1 folders") && doctor.contains("is sound; 0 backups"), "{doctor}");
}
