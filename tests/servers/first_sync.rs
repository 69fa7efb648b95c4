//! The first reading of a full mailbox, killed on the way.

use std::fs;
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};

use crate::support::letters::{dated, mail, now};
use crate::support::owner::{Owner, wait_until};
use crate::support::proxy::{Proxy, Trap, Way};
use crate::support::servers::{deliver, fresh_user, servers};

/// Mails in the mailbox, and how many of them one of hers is.
const MAILS: usize = 5_200;
const HERS: usize = 650;
/// Headers asked for at once: what a kill can cost.
const BATCH: u64 = 1_000;

/// Fills an inbox from behind, as if the mails had always been there.
fn fill(user: &str, hers: &str) {
    let inbox = servers().maildir(user);
    for part in ["cur", "new", "tmp"] {
        fs::create_dir_all(inbox.join(part)).expect("a folder");
    }
    for number in 0..MAILS {
        let from = if number % HERS == 7 { hers.to_owned() } else { format!("stranger{number}@elsewhere.test") };
        let at = now() - jiff::SignedDuration::from_hours(24 * 30) + jiff::SignedDuration::from_mins(i64::try_from(number).expect("few"));
        let text = dated(&mail(&from, user, "A word", "", "Thanks for the update, Leah. All the best to you."), at);
        fs::write(inbox.join("cur").join(format!("{}.M{number:06}P1.here:2,S", at.as_second())), text).expect("a file");
    }
    assert!(Command::new("chown").args(["-R", "mail:mail"]).arg(inbox).status().expect("it runs").success());
}

/// How many messages a command asks for: `UID FETCH 1:1000,1003 (…)`.
fn asked_for(command: &str) -> u64 {
    let set = command.split("UID FETCH ").nth(1).and_then(|rest| rest.split(' ').next()).unwrap_or_default();
    let number = |text: &str| text.parse::<u64>().expect("a UID");
    set.split(',').map(|part| part.split_once(':').map_or(1, |(first, last)| number(last) - number(first) + 1)).sum()
}

/// Holds P8, R23.
#[test]
fn r23_a_first_reading_that_is_killed_goes_on_where_it_was() {
    let owner = Owner::unset("leah");
    let imap = Proxy::to(servers().imap);
    owner.init(&["--imap-port", &imap.port.to_string(), "--imap-security", "none"]).must(0);
    let hers = fresh_user("doe");
    let jane = owner.adds("Jane Doe", &hers, &[]);
    fill(&owner.user, &hers);
    for _ in 0..3 {
        let child = owner.command(&["run"]).stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("it runs");
        let victim = Arc::new(Mutex::new(Some(child)));
        let shared = Arc::clone(&victim);
        let kill = move || {
            let mut child = shared.lock().expect("no panic").take().expect("killed once");
            child.kill().and_then(|()| child.wait()).expect("our child");
        };
        imap.set_trap(Trap { way: Way::There, words: b"UID FETCH ", spare: 1, passed: true, spring: Box::new(kill) });
        wait_until("it is killed", || victim.lock().expect("no panic").is_none());
    }
    owner.json(&["sync"]);
    let heard = String::from_utf8_lossy(&imap.heard()).into_owned();
    let headers: u64 = heard.lines().filter(|line| line.contains("UID FETCH ") && line.contains("HEADER")).map(asked_for).sum();
    let all = MAILS as u64;
    assert!((all..=all + 3 * BATCH + 100).contains(&headers), "{headers} headers were asked for, of {all}");
    let journal = owner.json(&["show", &jane])["journal"].clone();
    let read = journal.as_array().expect("a list").iter().filter(|entry| entry["outcome"].is_string()).count();
    assert_eq!(read, MAILS.div_ceil(HERS), "each of hers once");
}

/// Holds P8, P13, R24.
#[test]
fn r24_a_server_that_gives_no_more_bodies_today_gives_them_tomorrow() {
    let mut owner = Owner::unset("leah");
    let imap = Proxy::to(servers().imap);
    owner.init(&["--imap-port", &imap.port.to_string(), "--imap-security", "none"]).must(0);
    let (jane, address) = owner.knows("Jane Doe");
    for subject in ["One", "Two"] {
        deliver(&owner.user, &mail(&address, &owner.user, subject, "", "Thanks for the update, Leah. All the best to you."));
    }
    // Headers come, and every word for a body is answered with BAD.
    imap.hide(b"BODY.PEEK[]");
    for _ in 0..2 {
        owner.curbside(&["sync"]).must(4);
    }
    assert_eq!(owner.curbside(&["status"]).code, 4, "it is said");
    let recorded = |owner: &Owner| {
        let journal = owner.json(&["show", &jane])["journal"].clone();
        journal.as_array().expect("a list").iter().filter(|entry| entry["outcome"].is_string()).count()
    };
    assert_eq!(recorded(&owner), 0);
    imap.show_all();
    owner.now = Some((now() + jiff::SignedDuration::from_hours(24)).to_string());
    owner.json(&["sync"]);
    owner.json(&["sync"]);
    assert_eq!(recorded(&owner), 2, "each once");
}
