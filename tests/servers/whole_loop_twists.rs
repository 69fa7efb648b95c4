//! Twists of real mailboxes and clocks: renumbered folders, moved mail, a password that changes, an hour said twice.

use std::fs;

use crate::support::letters::{answer, mail, now};
use crate::support::owner::{Owner, wait_until};
use crate::support::servers::{deliver, folder, servers};

fn outcomes(owner: &Owner, contact: &str) -> Vec<String> {
    let journal = owner.json(&["show", contact])["journal"].clone();
    journal.as_array().expect("a list").iter().filter_map(|entry| entry["outcome"].as_str().map(str::to_owned)).collect()
}

/// Holds R1.
#[test]
fn p8_a_folder_that_is_numbered_anew_and_mail_that_moves_are_survived() {
    let owner = Owner::new("leah");
    let (jane, address) = owner.knows("Jane Doe");
    let got = owner.writes_to(&jane, &address);
    deliver(&owner.user, &answer(&address, &owner.user, &got, "Please send me your CV."));
    owner.json(&["sync"]);
    let dir = servers().maildir(&owner.user);
    for file in fs::read_dir(&dir).expect("a mailbox").flatten() {
        if file.file_name().to_string_lossy().starts_with("dovecot") {
            fs::remove_file(file.path()).expect("our server");
        }
    }
    deliver(&owner.user, &answer(&address, &owner.user, &got, "Could we talk on the phone on Friday at 10?"));
    owner.json(&["sync"]);
    assert_eq!(outcomes(&owner, &jane), ["resume_requested", "call"]);
    for part in ["new", "cur"] {
        for file in fs::read_dir(dir.join(part)).expect("a folder").flatten() {
            fs::rename(file.path(), dir.join(".Archive/cur").join(file.file_name())).expect("our server");
        }
    }
    owner.json(&["sync"]);
    assert_eq!(outcomes(&owner, &jane), ["resume_requested", "call"], "moved mail is no new mail");
}

#[test]
fn p13_a_password_that_changed_is_said_until_it_is_right_again() {
    let owner = Owner::new("leah");
    fs::write(owner.password_file(), "changed\n").expect("our file");
    let said = owner.curbside(&["sync"]).complains(4);
    assert!(!said.contains("changed"), "{said}");
    owner.curbside(&["run", "--once"]).must(4);
    assert_eq!(owner.curbside(&["status"]).code, 4);
    fs::write(owner.password_file(), "canary-right-5520\n").expect("our file");
    owner.json(&["sync"]);
    assert_eq!(owner.curbside(&["status"]).code, 0);
}

#[test]
fn an_hour_said_to_every_command_keeps_question_and_answer_in_order() {
    let mut owner = Owner::new("leah");
    owner.now = Some("2027-01-05T12:00:00-05:00".to_owned());
    let (jane, address) = owner.knows("Jane Doe");
    let (tom, toms) = owner.knows("Tom Wexler");
    let got = owner.writes_to(&jane, &address);
    owner.writes_to(&tom, &toms);
    deliver(&owner.user, &answer(&address, &owner.user, &got, "Please send me your CV."));
    deliver(&owner.user, &mail(&toms, &owner.user, "Hello from Tom", "", "Please send me your CV."));
    owner.json(&["sync"]);
    assert_eq!((owner.standing(&jane).0, owner.standing(&tom).0), ("owes_answer".to_owned(), "owes_answer".to_owned()));
}

#[test]
fn p12_a_digest_whose_sender_died_is_not_sent_twice() {
    let mut owner = Owner::new("leah");
    owner.now = Some("2027-01-08T12:00:00-05:00".to_owned());
    owner.curbside(&["run", "--once"]).must(0);
    owner.now = Some("2027-01-11T07:00:05-05:00".to_owned());
    for patience in [100, 200, 300, 400, 600] {
        let mut child = owner.command(&["run"]).stderr(std::process::Stdio::null()).spawn().expect("it runs");
        let since = now();
        wait_until("the cut", || now().duration_since(since).as_millis() >= patience);
        child.kill().expect("our child");
        child.wait().expect("our child");
    }
    // Whether one left is looked for during ten minutes.
    owner.now = Some("2027-01-11T07:12:00-05:00".to_owned());
    owner.curbside(&["run", "--once"]).must(0);
    wait_until("the digest", || !folder(&owner.user, "").is_empty());
    owner.curbside(&["run", "--once"]).must(0);
    assert_eq!(folder(&owner.user, "").len(), 1);
}

#[test]
fn p6_a_mail_that_fails_the_providers_check_holds_and_does_nothing_else() {
    let owner = Owner::new("leah");
    let (jane, address) = owner.knows("Jane Doe");
    assert_eq!(owner.drafts(&jane).len(), 1);
    let verdict = "Authentication-Results: mx.example.test; spf=fail; dmarc=fail header.from=example.test\n";
    deliver(&owner.user, &mail(&address, &owner.user, "Stop", verdict, "Please never email me again."));
    owner.json(&["sync"]);
    assert_eq!(owner.standing(&jane).0, "held", "not stopped by a forgery");
    let id = owner.approves(&jane);
    owner.curbside(&["run", "--once"]).must(0);
    assert_eq!(owner.state(&id), "deferred", "and not written to meanwhile");
    assert!(folder(&address, "").is_empty());
    owner.json(&["resume", &jane]);
    assert_eq!(owner.standing(&jane).0, "active");
}

#[test]
fn a_run_that_starts_while_another_command_looks_waits_its_turn() {
    let owner = Owner::new("leah");
    owner.knows("Jane Doe");
    std::thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| (0..3).for_each(|_| drop(owner.status())));
        }
        for _ in 0..2 {
            owner.curbside(&["run", "--once"]).must(0);
        }
    });
}

/// Holds P3.
#[test]
fn a_copy_to_others_counts_for_everybody_it_went_to() {
    let owner = Owner::new("leah");
    let (jane, address) = owner.knows("Jane Doe");
    let (tom, toms) = owner.knows("Tom Wexler");
    let own =
        mail(&format!("L. Brandt <alias.of.{}>", owner.user), &toms, "Both of you", &format!("Cc: Jane <{address}>\n"), "Hello both.");
    deliver(&owner.user.replace('@', "+Sent@"), &own);
    owner.json(&["sync"]);
    for contact in [&jane, &tom] {
        assert!(owner.json(&["show", contact])["last_touch"].is_string(), "from whatever alias");
        assert!(owner.drafts(contact).is_empty());
    }
}
