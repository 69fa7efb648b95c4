//! What the README and its picture tell a newcomer to type and to open is what there is.

use std::collections::BTreeMap;

use curbside::mail::discovery;
use curbside::model::address::Address;

use crate::support::home::TempHome;

const README: &str = include_str!("../../README.md");
const PICTURE: &str = include_str!("../../data/demo/first-minutes.svg");

/// The words after each `curbside` that is typed: in a code span, or at the beginning of a line of code.
fn commands(text: &str) -> Vec<Vec<String>> {
    let spans = text.split("`curbside ").skip(1).map(|rest| rest.split('`').next().unwrap_or_default());
    let lines = text.lines().filter_map(|line| line.strip_prefix("curbside ")).map(|rest| rest.split('#').next().unwrap_or_default());
    let words = |said: &str| said.split_whitespace().map(str::to_owned).collect();
    spans.chain(lines).map(words).collect()
}

#[test]
fn every_command_and_flag_of_the_readme_exists() {
    let home = TempHome::bare();
    let all = commands(README);
    assert!(all.len() > 25, "they are found: {all:?}");
    let mut helps: BTreeMap<Vec<String>, String> = BTreeMap::new();
    for words in all {
        let plain = |word: &&String| word.chars().all(|c| c.is_ascii_lowercase() || c == '-') && !word.starts_with('-');
        let is_nested = ["employers", "news", "service", "templates", "import", "review", "outbox"].contains(&words[0].as_str());
        let nested = words.get(1).filter(plain).filter(|_| is_nested && words[0] != "import");
        let command: Vec<String> = std::iter::once(&words[0]).chain(nested).cloned().collect();
        let help = helps.entry(command.clone()).or_insert_with(|| {
            let asked: Vec<&str> = command.iter().map(String::as_str).chain(["--help"]).collect();
            home.words(&asked)
        });
        for flag in words.iter().filter(|word| word.starts_with("--")) {
            assert!(help.contains(flag.as_str()), "curbside {} knows no {flag}", command.join(" "));
        }
    }
}

#[test]
fn every_command_of_the_picture_exists() {
    let home = TempHome::bare();
    let typed: Vec<&str> = PICTURE.split(">curbside ").skip(1).filter_map(|rest| rest.split(['<', ' ']).next()).collect();
    assert!(typed.len() >= 4, "they are found: {typed:?}");
    for command in typed {
        home.words(&[command, "--help"]);
    }
}

#[test]
fn the_pages_for_an_app_password_are_those_that_init_names() {
    for at in ["gmail.com", "icloud.com", "yahoo.com", "fastmail.com"] {
        let address = Address::parse(&format!("leah@{at}")).expect("an address");
        let provider = discovery::known(&address).and_then(|found| found.provider).unwrap_or_else(|| panic!("{at} is known"));
        let pages: Vec<&str> = provider
            .steps
            .iter()
            .flat_map(|step| step.split([' ', ',']))
            .filter(|word| word.starts_with("https://"))
            .filter(|page| README.contains(&format!("<{page}>")))
            .collect();
        assert_eq!(pages.len(), 1, "{at}: one of {:?} stands in the README", provider.steps);
    }
}
