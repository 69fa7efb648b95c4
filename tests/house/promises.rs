//! Which test holds which promise and which scenario: `tests/PROMISES.md` is written from the tests, never by hand.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use super::walls;

/// What is to be held: a name like `P1` and a sentence, in the order of the list.
type Wanted = Vec<(String, String)>;
/// For each name, the tests that hold it.
type Held = BTreeMap<String, BTreeSet<String>>;

const TABLE: &str = "tests/PROMISES.md";
const REMEDY: &str = "PROMISES=write cargo test --test all promises";

#[test]
fn every_promise_and_scenario_has_its_test_or_its_reason() {
    let (wanted, held, reasons) = (wanted(), held_by(&tests_of_the_house()), reasons());
    let known: BTreeSet<&str> = wanted.iter().map(|(name, _)| name.as_str()).collect();
    for name in held.keys().chain(reasons.keys()) {
        assert!(known.contains(name.as_str()), "{name} is no promise and no scenario of tests/promises.txt");
    }
    for (name, sentence) in &wanted {
        let (tested, excused) = (held.contains_key(name), reasons.contains_key(name));
        assert!(tested || !name.starts_with('P'), "no test holds the promise {name}: {sentence}");
        assert!(!(tested && excused), "{name} has a test: take its line out of tests/cannot_occur.md");
        assert!(tested || excused, "{name} has no test and no line in tests/cannot_occur.md: {sentence}");
    }
}

#[test]
fn the_table_of_promises_is_the_one_the_tests_make() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(TABLE);
    let fresh = table(&wanted(), &held_by(&tests_of_the_house()), &reasons());
    if std::env::var_os("PROMISES").is_some_and(|word| word == "write") {
        fs::write(&file, &fresh).expect("the table");
    }
    // Lines are compared as a set: two branches that both added some are merged line by line.
    let committed = fs::read_to_string(&file).unwrap_or_default();
    let (old, new): (BTreeSet<&str>, BTreeSet<&str>) = (committed.lines().collect(), fresh.lines().collect());
    let differences: Vec<String> =
        new.difference(&old).map(|line| format!("+ {line}")).chain(old.difference(&new).map(|line| format!("- {line}"))).collect();
    assert!(differences.is_empty(), "\n{TABLE} is stale; run: {REMEDY}\n{}\n", differences.join("\n"));
}

#[test]
fn a_test_that_holds_something_is_found_and_a_wrong_line_is_seen() {
    let source = "/// A story.\n/// Holds P2, S12.\n#[test]\nfn p1_x5_of_two() {}\n\n/// Holds R1.\nfn no_test() {}\n\n#[test]\nfn plain() {}\n\
                  #[test]\n#[ignore = \"long\"]\nfn d1_long(a in 0..9) {}\n";
    let held = held_by(&[("tests/a.rs".to_owned(), source.to_owned())]);
    let names: Vec<&str> = held.keys().map(String::as_str).collect();
    assert_eq!(names, ["D1", "P1", "P2", "S12", "X5"]);
    assert!(held["D1"].iter().all(|test| test.ends_with("(by hand: it is long)")), "{held:?}");
    for wrong in ["/// Holds P2 and S12.", "/// Holds P2, S12", "/// Holds p2."] {
        assert!(codes_of_line(wrong).is_none_or(|codes| codes.is_err()), "{wrong}");
    }
}

fn wanted() -> Wanted {
    let lines = include_str!("../promises.txt").lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines.map(|line| line.split_once(' ').map(|(name, what)| (name.to_owned(), what.to_owned())).expect("a name and a sentence")).collect()
}

/// Lines like `- X20: why it cannot occur here.`
fn reasons() -> BTreeMap<String, String> {
    let lines = include_str!("../cannot_occur.md").lines().filter_map(|line| line.strip_prefix("- "));
    lines.map(|line| line.split_once(": ").map(|(name, why)| (name.to_owned(), why.to_owned())).expect("`- X20: why`")).collect()
}

fn tests_of_the_house() -> Vec<(String, String)> {
    ["tests", "src"].into_iter().flat_map(walls::sources_below).collect()
}

fn held_by(sources: &[(String, String)]) -> Held {
    let mut held = Held::new();
    for (path, text) in sources {
        for (test, codes) in tests_in(text) {
            for code in codes.unwrap_or_else(|line| panic!("{path}: write it like `/// Holds P1, S4.`, not `{line}`")) {
                held.entry(code).or_default().insert(format!("`{path}` {test}"));
            }
        }
    }
    held
}

type Codes = Result<Vec<String>, String>;

/// The tests of a source with what they hold, by their names and by the comment above them.
fn tests_in(text: &str) -> Vec<(String, Codes)> {
    let (mut found, mut above) = (Vec::new(), Vec::new());
    for line in text.lines().map(str::trim) {
        if let Some(name) = line.strip_prefix("fn ").map(|rest| rest.split(['(', '<']).next().unwrap_or_default()) {
            if above.contains(&"#[test]") {
                found.push((described(name, &above), codes(name, &above)));
            }
            above.clear();
        } else if line.starts_with("///") || line.starts_with("#[") {
            above.push(line);
        } else {
            above.clear();
        }
    }
    found
}

fn described(name: &str, above: &[&str]) -> String {
    let long = if above.iter().any(|line| line.starts_with("#[ignore")) { " (by hand: it is long)" } else { "" };
    format!("{name}{long}")
}

fn codes(name: &str, above: &[&str]) -> Codes {
    let mut codes: Vec<String> = name.split('_').map(str::to_uppercase).take_while(|word| is_code(word)).collect();
    for said in above.iter().filter_map(|line| codes_of_line(line)) {
        codes.extend(said?);
    }
    Ok(codes)
}

/// The names in a line `/// Holds P1, S4.`; the line itself when it is meant so and written otherwise.
fn codes_of_line(line: &str) -> Option<Codes> {
    let list = line.strip_prefix("/// Holds ")?;
    let codes: Option<Vec<String>> = list.strip_suffix('.').map(|list| list.split(", ").map(str::to_owned).collect());
    Some(codes.filter(|codes| codes.iter().all(|code| is_code(code))).ok_or_else(|| line.to_owned()))
}

fn is_code(word: &str) -> bool {
    let mut chars = word.chars();
    chars.next().is_some_and(|first| "PSRTDXO".contains(first)) && !chars.as_str().is_empty() && chars.all(|c| c.is_ascii_digit())
}

/// One line for each test of each name, so that two branches seldom touch the same line.
fn table(wanted: &Wanted, held: &Held, reasons: &BTreeMap<String, String>) -> String {
    let mut text = format!("# What the tests hold\n\nWritten from the tests by `{REMEDY}`; not by hand.\n\n| | |\n|---|---|\n");
    for (name, sentence) in wanted {
        let _ = writeln!(text, "| **{name}** | **{sentence}** |");
        match (held.get(name), reasons.get(name)) {
            (Some(tests), _) => tests.iter().for_each(|test| {
                let _ = writeln!(text, "| {name} | {test} |");
            }),
            (None, Some(why)) => {
                let _ = writeln!(text, "| {name} | no test: {why} |");
            }
            (None, None) => {}
        }
    }
    text
}
