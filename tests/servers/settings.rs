//! Settings that break, and passwords that are changed, while there is work to do.

use std::fs;
use std::time::{Duration, Instant};

use crate::support::owner::{Owner, the_one_mail, wait_until};
use crate::support::servers::{PASSWORD, folder};

/// Holds O3, P13.
#[test]
fn o3_broken_settings_are_named_by_their_line_and_a_daemon_sends_nothing_until_they_are_right() {
    let owner = Owner::new("leah");
    let (jane, address) = owner.knows("Jane Doe");
    owner.undoes_within("4s");
    let daemon = owner.run();
    let id = owner.approves(&jane);
    let due = Instant::now();
    let file = owner.home.join("config.toml");
    let text = fs::read_to_string(&file).expect("init wrote it");
    for broken in [format!("{}\nundo = \"", &text[..text.len() / 2]), text.replace("undo =", "undoo ="), "\u{0}\u{1}".to_owned()] {
        fs::write(&file, &broken).expect("our file");
        for words in [["run", "--once"].as_slice(), &["sync"], &["review"]] {
            let said = owner.curbside(words).complains(3);
            assert!(said.contains("config.toml") && said.contains("line "), "{said}");
        }
    }
    wait_until("the daemon has seen it", || daemon.log().contains("nothing is sent until config.toml is right"));
    wait_until("its hour has come", || due.elapsed() > Duration::from_secs(6));
    assert!(folder(&address, "").is_empty());
    fs::write(&file, text).expect("our file");
    owner.json(&["sync"]);
    the_one_mail(&address);
    wait_until("it is written down", || owner.state(&id) == "sent");
    assert!(owner.status()["config_error"].is_null());
    assert_eq!(daemon.terminate().0, Some(0));
}

/// Holds P2, O3.
#[test]
fn o3_a_running_daemon_obeys_a_new_never() {
    let owner = Owner::new("leah");
    let (jane, address) = owner.knows("Jane Doe");
    let daemon = owner.run();
    owner.undoes_within("3s");
    let id = owner.approves(&jane);
    let domain = address.rsplit('@').next().expect("an address");
    let file = owner.home.join("config.toml");
    let text = fs::read_to_string(&file).expect("init wrote it");
    fs::write(&file, text.replace("[sending]", &format!("[sending]\nnever = [\"{domain}\"]"))).expect("our file");
    wait_until("it is not sent", || owner.state(&id) == "stopped");
    assert!(folder(&address, "").is_empty());
    assert_eq!(daemon.terminate().0, Some(0));
}

#[test]
fn a_running_daemon_writes_with_the_template_that_the_owner_has_just_made() {
    let owner = Owner::new("leah");
    let daemon = owner.run();
    let (before, _) = owner.knows("Jane Doe");
    wait_until("she has a draft", || owner.drafts(&before).len() == 1);
    let folder = owner.home.join("templates/checkin");
    fs::create_dir_all(&folder).expect("our folder");
    let front = "+++\nsubject = \"A hello of my own\"\nreason = \"first_word\"\nrelation = [\"any\"]\n+++\n";
    fs::write(folder.join("first-word-any.md"), format!("{front}Hi {{{{ greeting }}}},\n\nIn my own words.\n\nBest,\n")).expect("our file");
    let (after, _) = owner.knows("Omar Reyes");
    wait_until("he has a draft", || owner.drafts(&after).len() == 1);
    assert_eq!(owner.draft(&after)["subject"], "A hello of my own");
    assert_ne!(owner.draft(&before)["subject"], "A hello of my own", "what waits for a yes stays as it was shown");
    assert_eq!(daemon.terminate().0, Some(0));
}

/// Holds P1, P13, O4, S10.
#[test]
fn o4_a_password_that_is_no_longer_right_pauses_all_and_nothing_is_lost() {
    let owner = Owner::new("leah");
    let (jane, address) = owner.knows("Jane Doe");
    let daemon = owner.run();
    fs::write(owner.password_file(), "changed\n").expect("our file");
    // The line it has is still signed in; a new one is not.
    assert_eq!(daemon.terminate().0, Some(0));
    let daemon = owner.run();
    let id = owner.approves(&jane);
    wait_until("status says so", || owner.curbside(&["status"]).code == 4);
    for word in ["one", "two", "three", "four", "five"] {
        owner.json(&["news", "add", word]);
    }
    let said = owner.curbside(&["sync"]).complains(4);
    assert!(said.contains("login was refused"), "{said}");
    assert_eq!(owner.status()["login_refused"], true);
    let tries = daemon.log().matches("login was refused").count();
    assert!(tries <= 3, "at most once a minute, or the provider locks the account: {tries}");
    assert_eq!(owner.state(&id), "queued");
    fs::write(owner.password_file(), format!("{PASSWORD}\n")).expect("our file");
    owner.json(&["sync"]);
    the_one_mail(&address);
    wait_until("sent", || owner.state(&id) == "sent");
    wait_until("one copy", || folder(&owner.user, "Sent").len() == 1);
    assert_eq!(owner.curbside(&["status"]).code, 0);
    assert_eq!(daemon.terminate().0, Some(0));
}
