//! The check-in templates that ship are whole: every reason is served, every sentence has its alternatives, one thing is asked.

use serde::Deserialize;

const REASONS: [&str; 12] = [
    "first_word",
    "follow_up",
    "catching_up",
    "after_conference",
    "after_talk",
    "news",
    "thanks",
    "long_silence",
    "application_sent",
    "opening_seen",
    "seasonal",
    "as_agreed",
];

/// No busy, kind physician writes so.
const NOBODY_WRITES: [&str; 7] =
    ["so much for", "allow myself", "for the record", "my pen", "sign of life", "{{ told }}[[", "the season first"];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Front {
    subject: String,
    reason: String,
    relation: Vec<String>,
    #[serde(default)]
    needs: Vec<String>,
    attach: Option<String>,
}

fn templates() -> Vec<(String, Front, String)> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/templates/checkin");
    let files = std::fs::read_dir(folder).expect("templates/checkin is there").map(|entry| entry.expect("a file").path());
    files.map(|path| (path.display().to_string(), std::fs::read_to_string(&path).expect("text"))).map(opened).collect()
}

fn opened((name, text): (String, String)) -> (String, Front, String) {
    let (front, body) = text.trim_start_matches("+++\n").split_once("+++\n").expect("front matter between +++ lines");
    (name.clone(), toml::from_str(front).unwrap_or_else(|error| panic!("{name}: {error}")), body.to_owned())
}

fn choices(text: &str) -> impl Iterator<Item = Vec<&str>> {
    text.split("[[").skip(1).map(|rest| rest.split("]]").next().unwrap_or_default().split("||").map(str::trim).collect())
}

#[test]
fn every_reason_to_write_has_a_template_and_every_relation_a_first_word() {
    let all = templates();
    for reason in REASONS {
        assert!(all.iter().any(|(_, front, _)| front.reason == reason), "no template for {reason}");
    }
    for relation in ["peer", "recruiter", "hiring_manager", "leader", "any"] {
        let served = |front: &Front| front.reason == "first_word" && front.relation.iter().any(|r| r == relation);
        assert!(all.iter().any(|(_, front, _)| served(front)), "no first word to {relation}");
    }
    for (name, front, _) in &all {
        assert!(REASONS.contains(&front.reason.as_str()), "{name}: {}", front.reason);
        assert!(front.relation.iter().all(|r| ["peer", "recruiter", "hiring_manager", "leader", "other", "any"].contains(&r.as_str())));
        assert!(front.needs.iter().all(|key| ["news", "season", "opening.title", "application.what"].contains(&key.as_str())), "{name}");
        assert!(front.attach.is_none() || front.reason != "first_word", "{name}: never a resume on a first word");
    }
}

#[test]
fn a_template_has_many_ways_to_say_each_thing_and_none_it_should_not() {
    for (name, front, body) in templates() {
        for subject in choices(&front.subject).flatten() {
            assert!((3..=4).contains(&subject.split_whitespace().count()), "{name}: subject {subject}");
        }
        for ways in choices(&body) {
            assert!(ways.len() >= 4 && ways.iter().all(|way| !way.is_empty()), "{name}: {ways:?}");
            let questions = ways.iter().filter(|way| way.contains('?')).count();
            assert!(questions == 0 || questions == ways.len(), "{name}: all alternatives ask or none does: {ways:?}");
        }
        assert_eq!(choices(&body).filter(|ways| ways[0].ends_with('?')).count(), 1, "{name}: exactly one question");
        for phrase in ["checking in", "pick your brain", "third time", "patient ", "contact.note"].iter().chain(&NOBODY_WRITES) {
            assert!(!body.to_lowercase().contains(phrase), "{name}: {phrase}");
        }
    }
}
