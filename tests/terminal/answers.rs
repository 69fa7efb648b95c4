//! What the terminal answers is true, and said as people say it.

use serde_json::json;

use crate::support::home::TempHome;

/// A Monday.
const NOW: &str = "2026-11-23T14:00:00Z";

fn at<'a>(args: &[&'a str]) -> Vec<&'a str> {
    [&["--now", NOW], args].concat()
}

fn home() -> TempHome {
    let home = TempHome::new();
    home.json(&at(&["add", "Jane Doe <jane@plan.example>", "--relation", "peer", "--met", "we met at the spring conference"]));
    home
}

#[test]
fn a_digest_that_is_only_tried_is_shown_and_not_said_to_be_sent() {
    let home = home();
    let said = home.words(&at(&["digest", "--send", "--dry-run"]));
    assert!(said.starts_with("Nothing was sent. This would go to leah@mail.example:\n\nSubject: "), "{said}");
    assert_eq!(home.json(&at(&["digest", "--send", "--dry-run"]))["sent"], false);
}

#[test]
fn a_turn_that_is_only_tried_says_what_would_be_drafted_and_sent_and_does_neither() {
    let home = home();
    home.json(&at(&["stop", "Jane Doe"]));
    home.json(&at(&["resume", "Jane Doe"]));
    let said = home.words(&at(&["run", "--once", "--dry-run"]));
    assert!(said.contains("Would be drafted:\n  Jane Doe, to go ") && said.contains("Nothing would be sent now."), "{said}");
    let tried = home.json(&at(&["run", "--once", "--dry-run"]));
    assert_eq!((&tried["would_draft"][0]["name"], &tried["would_send"], &tried["sent"]), (&json!("Jane Doe"), &json!([]), &json!(0)));
    let draft = home.json(&at(&["review"]));
    home.json(&at(&["review", "approve", draft["id"].as_str().expect("an id")]));
    let hour = ["--now", "2026-11-23T18:00:00Z"];
    let tried = home.json(&[&hour, &["run", "--once", "--dry-run"][..]].concat());
    assert_eq!((&tried["would_draft"], &tried["would_send"][0]["id"]), (&json!([]), &draft["id"]));
    let said = home.words(&[&hour, &["run", "--once", "--dry-run"][..]].concat());
    assert!(said.contains(&format!("Would be sent now:\n  {}: to Jane Doe, “", draft["id"].as_str().expect("an id"))), "{said}");
    assert_eq!(home.lines(&at(&["outbox"]))[0]["state"], "queued", "it did not go");
}

#[test]
fn several_people_in_one_breath_are_not_made_into_one() {
    let home = TempHome::new();
    for who in ["Jane <jane@plan.example>, Bob <b@x.example>", "jane@plan.example, Bob <b@x.example>"] {
        let said = home.refusal(1, &["add", who]);
        assert!(said.contains("names more than one person") && said.contains("one at a time"), "{said}");
    }
    assert_eq!(home.lines(&["contacts"]), Vec::<serde_json::Value>::new());
    assert_eq!(home.json(&["add", "\"Doe, Jane\" <jane@plan.example>"])["addresses"], json!(["jane@plan.example"]));
}

#[test]
fn status_says_that_everything_is_paused_and_how_that_ends() {
    let home = home();
    home.json(&at(&["pause", "--all", "--until", "2026-12-01"]));
    let said = home.words(&at(&["status"]));
    assert!(said.contains("Everything is paused until 1 Dec; curbside resume --all ends it."), "{said}");
    home.json(&at(&["pause", "--all"]));
    assert!(home.words(&at(&["status"])).contains("Everything is paused until you say: curbside resume --all"));
    home.json(&at(&["resume", "--all"]));
    assert!(!home.words(&at(&["status"])).contains("paused"));
}

#[test]
fn why_speaks_of_days_and_notes_and_not_of_states() {
    let home = home();
    home.json(&at(&["review"]));
    let said = home.words(&at(&["why", "Jane Doe"]));
    assert!(said.contains("Jane Doe may be written to.\nDue today: ") && said.contains("Note 1 to them awaits your yes."), "{said}");
    home.json(&at(&["pause", "Jane Doe", "--until", "2027-01-15"]));
    let said = home.words(&at(&["why", "Jane Doe"]));
    assert!(said.starts_with("Jane Doe is left alone until 15 Jan (you paused them)."), "{said}");
    for internal in ["2027-01-15", "review", "Check-in", "in_hand", "deferred"] {
        assert!(!said.contains(internal), "{internal} in\n{said}");
    }
    home.json(&at(&["stop", "Jane Doe"]));
    assert!(home.words(&at(&["why", "Jane Doe"])).starts_with("Jane Doe is never written to (you said so)."));
}

#[test]
fn a_mail_is_explained_without_the_words_of_the_machine() {
    let home = home();
    let mail = home.outside().join("a.eml");
    let text = "From: Jane Doe <jane@plan.example>\nTo: leah@mail.example\nSubject: Re: hello\nDate: Mon, 30 Nov 2026 10:00:00 -0500\n\
                Message-ID: <a1@plan.example>\n\nHi Leah,\n\nI would be glad to talk. Could you call me on Thursday after 1 pm?\n\nJane\n";
    std::fs::write(&mail, text).expect("the mail");
    let said = home.words(&["--now", "2026-11-30T18:00:00Z", "read", mail.to_str().expect("a path")]);
    assert!(said.contains("times to talk: Thursday, 3 December 2026, 13:00 or later (UTC-05:00)"), "{said}");
    assert!(said.contains("words for “would like to talk”"), "{said}");
    for machine in ["[\"", "{", "|", "call_times", "likely:"] {
        assert!(!said.contains(machine), "{machine} in\n{said}");
    }
}
