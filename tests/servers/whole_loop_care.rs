//! What the owner may still change after a draft was made: cancel, edit, skip, later, pause, stop, forget.

use std::fs;

use crate::support::letters::{answer, mail, now};
use crate::support::owner::{Owner, the_one_mail, wait_until};
use crate::support::servers::{deliver, folder};

/// Holds P5.
#[test]
fn a_yes_taken_back_in_time_sends_nothing() {
    let owner = Owner::new("leah");
    owner.undoes_within("3s");
    let (jane, address) = owner.knows("Jane Doe");
    let _daemon = owner.run();
    let id = owner.approves(&jane);
    let cancelled = owner.json(&["outbox", "cancel", &id]);
    assert_eq!(cancelled["id"], id.as_str());
    let since = now();
    wait_until("the time to undo passes", || now().duration_since(since).as_secs() >= 5);
    assert!(folder(&address, "").is_empty());
    owner.curbside(&["outbox", "cancel", &id]).complains(1);
    let sent = owner.knows("Tom Wexler");
    let id = owner.approves(&sent.0);
    the_one_mail(&sent.1);
    wait_until("sent", || owner.state(&id) == "sent");
    owner.curbside(&["outbox", "cancel", &id]).complains(1);
}

/// Holds S11.
#[test]
fn p5_an_edit_needs_a_new_yes() {
    let owner = Owner::new("leah");
    let (jane, address) = owner.knows("Jane Doe");
    let draft = owner.draft(&jane);
    let (id, old) = (draft["id"].as_str().expect("an id"), draft["fingerprint"].as_str().expect("a fingerprint"));
    let file = owner.home.with_file_name("text");
    fs::write(&file, "Dear Jane,\n\nonly this.\n\nLeah\n").expect("our file");
    let edited = owner.json(&["review", "edit", id, "--file", file.to_str().expect("a path")]);
    assert_ne!(edited["fingerprint"], old);
    owner.curbside(&["review", "approve", &format!("{id}@{old}")]).complains(1);
    owner.curbside(&["run", "--once"]).must(0);
    assert!(folder(&address, "").is_empty());
    let new = format!("{id}@{}", edited["fingerprint"].as_str().expect("text"));
    owner.json(&["review", "approve", &new]);
    owner.curbside(&["review", "approve", &new]);
    owner.curbside(&["run", "--once"]).must(0);
    assert!(the_one_mail(&address).body().contains("only this."));
    owner.curbside(&["review", "approve", &new]).complains(1);
    owner.curbside(&["review", "edit", id, "--file", file.to_str().expect("a path")]).complains(1);
    owner.curbside(&["run", "--once"]).must(0);
    the_one_mail(&address);
}

#[test]
fn skip_and_later_put_a_check_in_off() {
    let mut owner = Owner::new("leah");
    let (jane, _) = owner.knows("Jane Doe");
    let (tom, _) = owner.knows("Tom Wexler");
    let id = |draft: serde_json::Value| draft["id"].as_str().expect("an id").to_owned();
    owner.json(&["review", "skip", &id(owner.draft(&jane))]);
    owner.json(&["review", "later", &id(owner.draft(&tom)), "2w"]);
    owner.curbside(&["run", "--once"]).must(0);
    assert!(owner.list(&["review"]).is_empty());
    owner.now = Some((now() + jiff::SignedDuration::from_hours(24 * 16)).to_string());
    assert!(owner.drafts(&jane).is_empty(), "skipped until the cadence is over");
    assert_eq!(owner.drafts(&tom).len(), 1, "later is now");
}

/// Holds P5.
#[test]
fn a_pause_holds_what_was_approved_and_resume_lets_it_go() {
    let owner = Owner::new("leah");
    let (jane, janes) = owner.knows("Jane Doe");
    let (tom, toms) = owner.knows("Tom Wexler");
    owner.undoes_within("1s");
    let (first, second) = (owner.approves(&jane), owner.approves(&tom));
    owner.json(&["pause", &jane]);
    assert_eq!(owner.standing(&jane).0, "held");
    let _daemon = owner.run();
    the_one_mail(&toms);
    wait_until("deferred", || owner.state(&first) == "deferred");
    assert!(folder(&janes, "").is_empty());
    owner.json(&["resume", &jane]);
    the_one_mail(&janes);
    wait_until("both sent", || owner.state(&first) == "sent" && owner.state(&second) == "sent");
    owner.json(&["pause", "--all"]);
    let (ada, adas) = owner.knows("Ada One");
    assert!(owner.drafts(&ada).is_empty(), "nothing is proposed while everything is paused");
    owner.json(&["resume", "--all"]);
    owner.approves(&ada);
    the_one_mail(&adas);
}

/// Holds P2, P17.
#[test]
fn stop_and_forget_keep_their_word() {
    let owner = Owner::new("leah");
    let (jane, janes) = owner.knows("Jane Doe");
    let (tom, toms) = owner.knows("Tom Wexler");
    owner.undoes_within("1h");
    let id = owner.approves(&jane);
    owner.json(&["stop", &jane]);
    assert_eq!(owner.state(&id), "stopped");
    assert_eq!(owner.standing(&jane), ("stopped".to_owned(), "owner".to_owned()));
    deliver(&owner.user, &mail(&toms, &owner.user, "canary-forget-5512", "", "Thanks for the update!"));
    owner.json(&["sync"]);
    owner.curbside(&["forget", &tom]).must(0);
    owner.curbside(&["show", &tom]).complains(1);
    owner.curbside(&["add", &format!("Tom Wexler <{toms}>")]).complains(1);
    owner.json(&["sync"]);
    for (path, bytes) in owner.files().iter().filter(|(path, _)| !path.components().any(|part| part.as_os_str() == "backups")) {
        let text = String::from_utf8_lossy(bytes);
        assert!(!text.contains("canary-forget-5512"), "{}", path.display());
        assert!(!text.contains(&toms), "{}", path.display());
    }
    owner.curbside(&["add", &format!("Tom Wexler <{toms}>"), "--again"]).must(0);
    assert!(folder(&janes, "").is_empty());
}

#[test]
fn the_owners_correction_is_believed() {
    let owner = Owner::new("leah");
    let (jane, address) = owner.knows("Jane Doe");
    let got = owner.writes_to(&jane, &address);
    let text = answer(&address, &owner.user, &got, "The heron flies at midnight; blue is the colour of Tuesdays.");
    deliver(&owner.user, &text);
    owner.json(&["sync"]);
    assert_eq!(owner.standing(&jane).0, "owes_answer");
    let journal = owner.json(&["show", &jane])["journal"].clone();
    let entry = journal.as_array().expect("a list").iter().find(|entry| entry["outcome"] == "unclear").cloned().expect("understood");
    owner.curbside(&["outcome", entry["message_id"].as_str().expect("an id"), "declined"]).must(0);
    assert_eq!(owner.standing(&jane), ("stopped".to_owned(), "declined".to_owned()));
    owner.curbside(&["outcome", entry["message_id"].as_str().expect("an id"), "acknowledged"]).must(0);
    assert_eq!(owner.standing(&jane).0, "active");
}

#[test]
fn a_logged_call_is_a_touch_and_news_are_told_once() {
    let mut owner = Owner::new("leah");
    let (jane, address) = owner.knows("Jane Doe");
    owner.json(&["news", "add", "I passed the UM physician boards in October"]);
    owner.writes_to(&jane, &address);
    owner.json(&["log", &jane, "we talked about her team", "--kind", "call"]);
    assert!(owner.json(&["show", &jane])["last_touch"].is_string());
    owner.now = Some((now() + jiff::SignedDuration::from_hours(24 * 100)).to_string());
    let second = owner.draft(&jane);
    let told = folder(&address, "").iter().filter(|mail| mail.body().contains("boards")).count();
    let again = second["text"].as_str().expect("text").contains("boards");
    assert!(told + usize::from(again) <= 1, "news go to a person at most once: {second}");
    assert_eq!(owner.list(&["news", "list"]).len(), 1);
}
