//! The walls: who may import whom, which library belongs to which room, and how a file looks.

use std::fs;
use std::path::Path;

use crate::support::files::files_below;

/// What each room may touch of ours, besides itself. `cli` may touch everything but `steps` and `web`.
const MAY: &[(&str, &[&str])] = &[
    ("model", &[]),
    ("steps", &["model"]),
    ("letters", &["model"]),
    ("checkins", &["model"]),
    ("store", &["model"]),
    ("config", &["model"]),
    ("secrets", &["model"]),
    ("mail", &["model", "secrets"]),
    ("clock", &[]),
    ("telemetry", &[]),
    ("world", &["model", "clock", "store", "mail", "checkins"]),
    ("flow", &["model", "steps", "letters", "checkins", "store", "mail", "world"]),
    ("daemon", &["model", "store", "mail", "world", "flow"]),
    ("demo", &["model", "world", "flow", "mail", "store", "clock", "config", "checkins"]),
    (
        "cli",
        &["model", "letters", "checkins", "store", "config", "secrets", "mail", "clock", "telemetry", "world", "flow", "daemon", "demo"],
    ),
    ("main", &["cli"]),
    ("lib", &[]),
];

/// Libraries that only some rooms or files may name.
const ONLY: &[(&str, &[&str])] = &[
    ("rusqlite", &["store/"]),
    ("rusqlite_migration", &["store/"]),
    ("imap_proto", &["mail/imap/"]),
    ("lettre", &["mail/"]),
    ("mail_parser", &["mail/"]),
    ("askama", &["letters/", "letters.rs"]),
    ("minijinja", &["checkins/"]),
    ("clap", &["cli/"]),
    ("clap_complete", &["cli/"]),
    ("clap_mangen", &["cli/"]),
    ("inquire", &["cli/"]),
    ("crossterm", &["cli/"]),
    ("indicatif", &["cli/"]),
    ("comfy_table", &["cli/"]),
    ("cron", &["model/schedule.rs"]),
    ("chrono", &["model/schedule.rs", "mail/imap/"]),
    ("tokio", &["daemon/", "mail/discovery/dns.rs", "mail/smtp.rs", "mail/smtp/"]),
    ("oauth2", &["mail/http.rs", "mail/oauth/"]),
    ("ureq", &["mail/http.rs"]),
    ("hickory_resolver", &["mail/discovery/dns.rs"]),
    ("roxmltree", &["mail/discovery/autoconfig.rs"]),
];

const MOST_LINES: usize = 400;
const NO_NAMES: [&str; 5] = ["utils", "helpers", "common", "misc", "manager"];

#[test]
fn every_room_keeps_its_walls() {
    let breaches: Vec<String> = sources().iter().flat_map(|(path, text)| breaches(path, text)).collect();
    assert!(breaches.is_empty(), "\n{}\n", breaches.join("\n"));
}

#[test]
fn the_wall_test_sees_a_breach() {
    let planted = [
        ("model/x.rs", "//! X.\nuse crate::store::Store;"),
        ("steps/x.rs", "//! X.\nuse crate::{model, mail::mime};"),
        ("flow/x.rs", "//! X.\nuse rusqlite::Connection;"),
        ("cli/x.rs", "//! X.\nfn f() { crate::steps::plan::plan(); }"),
        ("steps/x.rs", "//! X.\nfn f() { tokio::spawn(async {}); }"),
        ("mail/x.rs", "use std::fs;"),
        ("flow/helpers.rs", "//! X."),
        ("flow/x.rs", "//! X.\n#[allow(dead_code)]\nfn f() {}"),
    ];
    for (path, text) in planted {
        assert!(!breaches(path, text).is_empty(), "a breach in {path} was not seen: {text}");
    }
    assert!(breaches("flow/x.rs", "//! X.\nuse crate::store::Store;\nuse crate::model::mail::Mail;").is_empty());
}

fn breaches(path: &str, text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let room = path.split(['/', '.']).next().unwrap_or_default();
    let may = MAY.iter().find(|(name, _)| *name == room).map_or(&[][..], |(_, may)| may);
    let code: String = text.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n");
    for other in ours(&code).into_iter().filter(|other| other != room && !may.contains(&other.as_str()) && room != "lib") {
        found.push(format!("src/{path}: the room {room} may not touch {other}"));
    }
    for (library, places) in ONLY {
        if names(&code, library) && !places.iter().any(|place| path.starts_with(place)) {
            found.push(format!("src/{path}: {library} belongs only into {}", places.join(", ")));
        }
    }
    found.extend(looks(path, text));
    found
}

fn looks(path: &str, text: &str) -> Vec<String> {
    let mut found = Vec::new();
    if !text.starts_with("//!") {
        found.push(format!("src/{path}: opens without a //! sentence"));
    }
    if text.lines().count() > MOST_LINES {
        found.push(format!("src/{path}: {} lines, more than {MOST_LINES}", text.lines().count()));
    }
    if path.split(['/', '.']).any(|part| NO_NAMES.contains(&part)) {
        found.push(format!("src/{path}: a name that says nothing"));
    }
    for bad in ["#[allow(", "#![allow(", "todo!(", "unimplemented!(", "dbg!("] {
        if text.contains(bad) {
            found.push(format!("src/{path}: {bad}…"));
        }
    }
    found
}

/// Rooms of ours that a text names: `crate::x` and `use crate::{x, y::z}`.
fn ours(code: &str) -> Vec<String> {
    let mut rooms = Vec::new();
    for (at, _) in code.match_indices("crate::") {
        let rest = &code[at + "crate::".len()..];
        match rest.strip_prefix('{') {
            Some(list) => rooms.extend(top_level(list)),
            None => rooms.push(word(rest)),
        }
    }
    rooms.retain(|room| MAY.iter().any(|(name, _)| name == room));
    rooms
}

fn top_level(list: &str) -> Vec<String> {
    let (mut depth, mut names, mut start) = (0, Vec::new(), true);
    for (at, c) in list.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => start = true,
            c if start && c.is_alphabetic() => {
                names.push(word(&list[at..]));
                start = false;
            }
            _ => {}
        }
    }
    names
}

fn word(text: &str) -> String {
    text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()
}

/// True when a text names a library as a path: `lettre::`, `use lettre;`.
fn names(code: &str, library: &str) -> bool {
    code.match_indices(library).any(|(at, _)| {
        let before = code[..at].chars().next_back();
        let after = &code[at + library.len()..];
        let own = before.is_none_or(|c| !(c.is_alphanumeric() || c == '_' || c == ':' || c == '.' || c == '"' || c == '/'));
        own && after.starts_with("::")
    })
}

fn sources() -> Vec<(String, String)> {
    let named = |(path, text): (String, String)| (path.trim_start_matches("src/").to_owned(), text);
    sources_below("src").into_iter().map(named).collect()
}

/// Every Rust source below a folder of the package, in order, named from the package on.
pub(super) fn sources_below(folder: &str) -> Vec<(String, String)> {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = files_below(&package.join(folder));
    files.retain(|file| file.extension().is_some_and(|extension| extension == "rs"));
    assert!(files.len() > 50, "the sources were not found");
    let name = |file: &Path| file.strip_prefix(package).expect("of the package").display().to_string();
    files.iter().map(|file| (name(file), fs::read_to_string(file).expect("a source"))).collect()
}
