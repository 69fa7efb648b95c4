//! Servers that refuse, bounce, vanish and come back; power cuts; two of us at once.

use std::time::Duration;

use crate::support::letters::now;
use crate::support::owner::{Owner, the_one_mail, wait_at_most, wait_until};
use crate::support::proxy::Proxy;
use crate::support::servers::{folder, fresh_user, servers};

/// Holds R15.
#[test]
fn p2_a_bounce_after_the_yes_of_the_server_stops_that_address() {
    let owner = Owner::new("leah");
    let address = fresh_user("jane").replace("example.test", "gone.test");
    let jane = owner.adds("Jane Doe", &address, &[]);
    let id = owner.approves(&jane);
    owner.curbside(&["run", "--once"]).must(0);
    assert_eq!(owner.state(&id), "sent");
    wait_until("the bounce", || !folder(&owner.user, "").is_empty());
    owner.json(&["sync"]);
    assert_eq!(owner.standing(&jane), ("stopped".to_owned(), "undeliverable".to_owned()), "{}", folder(&owner.user, "")[0].text);
    let mut later = owner;
    later.now = Some((now() + jiff::SignedDuration::from_hours(24 * 60)).to_string());
    assert!(later.drafts(&jane).is_empty());
}

/// Holds S7.
#[test]
fn p2_a_refused_recipient_stops_and_a_busy_server_is_tried_later() {
    let owner = Owner::new("leah");
    let gone = owner.adds("Jane Doe", "refused@example.test", &[]);
    let later = owner.adds("Tom Wexler", "later@example.test", &[]);
    let (first, second) = (owner.approves(&gone), owner.approves(&later));
    let said = owner.curbside(&["run", "--once"]).must(4);
    assert!(said.out.contains("the note to Jane Doe was refused: 5"), "{}", said.out);
    assert!(said.out.contains("the note to Tom Wexler was not taken and is tried again"), "{}", said.out);
    assert!(said.err.contains("2 notes did not go"), "{}", said.err);
    assert_eq!(owner.state(&first), "refused");
    assert_eq!(owner.standing(&gone), ("stopped".to_owned(), "undeliverable".to_owned()));
    let waiting = owner.delivery(&second);
    assert!(["queued", "deferred"].contains(&waiting["state"].as_str().expect("a state")), "{waiting}");
    assert_eq!(waiting["attempts"], 1);
    assert!(waiting["send_at"].as_str().expect("an hour").parse::<jiff::Timestamp>().expect("RFC 3339") > now());
    assert_eq!(owner.standing(&later).0, "active");
}

/// Holds S11.
#[test]
fn p5_an_edit_after_a_busy_server_sends_the_new_text() {
    let owner = Owner::unset("leah");
    let smtp = Proxy::to(servers().submissions);
    owner.init(&["--smtp-port", &smtp.port.to_string()]).must(0);
    owner.append(crate::support::owner::AT_ONCE);
    let (jane, address) = owner.knows("Jane Doe");
    let id = owner.approves(&jane);
    smtp.cut();
    owner.curbside(&["run", "--once"]);
    assert_eq!(owner.delivery(&id)["attempts"], 1);
    smtp.mend();
    let file = owner.home.with_file_name("text");
    std::fs::write(&file, "Dear Jane,\n\nthe new text.\n\nLeah\n").expect("our file");
    owner.json(&["review", "edit", &id, "--file", file.to_str().expect("a path")]);
    owner.approves(&jane);
    owner.curbside(&["run", "--once"]).must(0);
    assert!(the_one_mail(&address).body().contains("the new text."));
}

/// Holds S8.
#[test]
fn p2_a_quota_of_the_provider_blames_nobody() {
    let owner = Owner::new("leah");
    let jane = owner.adds("Jane Doe", "quota@example.test", &[]);
    let id = owner.approves(&jane);
    owner.curbside(&["run", "--once"]);
    assert_ne!(owner.state(&id), "refused");
    assert_eq!(owner.standing(&jane).0, "active");
}

/// Holds P3.
#[test]
fn p13_a_server_that_vanishes_is_said_and_survived() {
    let owner = Owner::unset("leah");
    let (imap, smtp) = (Proxy::to(servers().imaps), Proxy::to(servers().submissions));
    owner.init(&["--imap-port", &imap.port.to_string(), "--smtp-port", &smtp.port.to_string()]).must(0);
    owner.append(crate::support::owner::AT_ONCE);
    let (jane, address) = owner.knows("Jane Doe");
    let mut daemon = owner.run();
    assert_eq!(owner.curbside(&["status"]).code, 0);
    imap.cut();
    smtp.cut();
    wait_until("status says so", || owner.curbside(&["status"]).code == 4);
    assert!(owner.status()["sync_error"].is_string());
    let id = owner.approves(&jane);
    owner.curbside(&["sync"]).complains(4);
    assert_eq!(owner.state(&id), "queued", "P3: nothing is sent when the mailbox cannot be read");
    imap.mend();
    smtp.mend();
    assert!(daemon.lives());
    owner.curbside(&["sync"]).must(0);
    assert_eq!(owner.curbside(&["status"]).code, 0);
    the_one_mail(&address);
    wait_until("sent", || owner.state(&id) == "sent");
    let added = owner.knows("Tom Wexler").0;
    smtp.cut();
    let id = owner.approves(&added);
    wait_until("tried", || owner.delivery(&id)["attempts"] == 1 && owner.state(&id) != "sending");
    assert_eq!(owner.state(&id), "queued");
    assert_eq!(daemon.terminate().0, Some(0));
}

#[test]
fn p1_power_cuts_at_any_moment_make_no_second_mail() {
    let owner = Owner::new("leah");
    owner.append("per_day = 0\nper_family_per_week = 0\n");
    let people: Vec<_> = ["Ada One", "Bea Two", "Cleo Three", "Dora Four"].iter().map(|name| owner.knows(name)).collect();
    let ids: Vec<String> = people.iter().map(|(contact, _)| owner.approves(contact)).collect();
    for cut in [30, 90, 160, 230, 300, 380, 460, 600, 900] {
        let mut child =
            owner.command(&["run"]).stdout(std::process::Stdio::null()).stderr(std::process::Stdio::null()).spawn().expect("it runs");
        let since = now();
        wait_at_most(Duration::from_secs(9), "the cut", || now().duration_since(since).as_millis() >= cut);
        child.kill().expect("our child");
        child.wait().expect("our child");
    }
    let _daemon = owner.run();
    let settled = |id: &String| ["sent", "sending"].contains(&owner.state(id).as_str());
    wait_until("all are settled", || ids.iter().all(settled));
    let sent: Vec<bool> = ids.iter().map(|id| owner.state(id) == "sent").collect();
    for ((_, address), sent) in people.iter().zip(sent) {
        if sent {
            the_one_mail(address);
        }
    }
    wait_until("copies", || folder(&owner.user, "Sent").len() >= ids.iter().filter(|id| owner.state(id) == "sent").count());
    let ids: Vec<String> = folder(&owner.user, "Sent").iter().map(|mail| mail.header("message-id")).collect();
    let unique: std::collections::BTreeSet<_> = ids.iter().collect();
    assert_eq!(ids.len(), unique.len(), "one copy each");
    for (_, address) in &people {
        assert!(folder(address, "").len() <= 1, "{address}");
    }
}

/// Holds O2.
#[test]
fn p1_two_of_us_at_once_send_one_mail() {
    let owner = Owner::new("leah");
    let (jane, address) = owner.knows("Jane Doe");
    let mut daemon = owner.run();
    let said = owner.curbside(&["run"]).complains(1);
    assert!(said.contains("already"), "{said}");
    owner.curbside(&["run", "--once"]).complains(1);
    owner.approves(&jane);
    let answers: Vec<_> = std::thread::scope(|scope| {
        let asked: Vec<_> = (0..4).map(|_| scope.spawn(|| owner.curbside(&["--json", "sync"]))).collect();
        asked.into_iter().map(|thread| thread.join().expect("no panic")).collect()
    });
    for ran in answers {
        assert_eq!(ran.code, 0, "{}", ran.err);
        let report: serde_json::Value = serde_json::from_str(&ran.out).expect("JSON");
        let inbox = report["folders"].as_array().expect("folders").iter().find(|folder| folder["role"] == "inbox").cloned();
        assert!(inbox.is_some_and(|inbox| inbox["name"] == "INBOX" && inbox["seen"].is_u64() && inbox["kept"].is_u64()), "{report}");
    }
    the_one_mail(&address);
    assert!(daemon.lives());
    assert_eq!(owner.status()["daemon"]["pid"], daemon.pid());
}

/// Holds P1, O2.
#[test]
fn many_orderly_turns_beside_each_other_send_each_mail_once() {
    let owner = Owner::new("leah");
    owner.append("per_day = 0\nper_family_per_week = 0\n");
    let people: Vec<_> = ["Ada One", "Bea Two", "Cleo Three"].iter().map(|name| owner.knows(name)).collect();
    for (contact, _) in &people {
        owner.approves(contact);
    }
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| owner.curbside(&["run", "--once"]));
        }
    });
    owner.curbside(&["run", "--once"]).must(0);
    for (_, address) in &people {
        the_one_mail(address);
    }
    assert_eq!(folder(&owner.user, "Sent").len(), 3);
}
