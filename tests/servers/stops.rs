//! SIGTERM, wherever it comes: an orderly end within ten seconds, and nothing half-done.

use std::fs;
use std::time::{Duration, Instant};

use crate::support::crowd::Crowd;
use crate::support::owner::{AT_ONCE, Daemon, Owner, wait_until};
use crate::support::proxy::{Proxy, Way};

/// What the service manager and the owner are promised.
const SOON: Duration = Duration::from_secs(10);

fn ends_well(daemon: Daemon, when: &str) {
    let (code, took) = daemon.terminate();
    assert_eq!(code, Some(0), "{when}");
    assert!(took < SOON, "{when}: {took:?}");
}

/// Runs until certain words come by on a line, and is told to end while the line stands still.
fn stopped_at(crowd: &Crowd, line: &Proxy, way: Way, words: &'static [u8], passed: bool) {
    let held = line.hold(way, words, passed);
    let daemon = crowd.owner.run();
    held.wait();
    ends_well(daemon, &String::from_utf8_lossy(words));
    drop(held);
    line.drop_lines();
}

/// Holds P1, P10, O1, S2, S14.
#[test]
fn o1_a_stop_while_a_mail_is_under_way_leaves_nothing_half_done() {
    let mut crowd = Crowd::approved("leah", 5);
    stopped_at(&crowd, &crowd.smtp, Way::Back, b"220 ", false);
    crowd.passes(65);
    stopped_at(&crowd, &crowd.smtp, Way::Back, b"354 ", false);
    crowd.passes(65);
    // The server has all of it, and the answer does not come.
    stopped_at(&crowd, &crowd.smtp, Way::Back, b"250 2.0.0 Ok: queued", false);
    crowd.passes(1);
    stopped_at(&crowd, &crowd.imap, Way::Back, b"OK [APPENDUID", false);
    assert_eq!(crowd.settles(), 1, "one is asked about: the one whose answer did not come");
    crowd.must_be_whole();
}

/// Holds O1.
#[test]
fn o1_a_stop_while_nothing_is_sent_comes_at_once() {
    let mut crowd = Crowd::approved("leah", 1);
    for (words, passed) in [(b" LOGIN ".as_slice(), true), (b" LIST ", false), (b" EXAMINE ", true)] {
        stopped_at(&crowd, &crowd.imap, Way::There, words, passed);
    }
    let daemon = crowd.owner.run();
    wait_until("it is sent, and the provider's copy is waited for", || crowd.states().contains_key("sent"));
    ends_well(daemon, "waiting for the copy in Sent");
    crowd.passes(1);
    crowd.settles();
    crowd.must_be_whole();
    stopped_at(&crowd, &crowd.imap, Way::There, b" IDLE\r\n", true);
    crowd.imap.cut();
    let daemon = crowd.owner.run();
    wait_until("it rests after trouble", || crowd.owner.status()["sync_error"].is_string());
    ends_well(daemon, "resting after trouble");
}

/// Holds O1.
#[test]
fn o1_a_second_stop_is_obeyed_at_once_and_what_was_sent_is_found_again() {
    let mut crowd = Crowd::approved("filed", 1);
    let held = crowd.smtp.hold(Way::Back, b"250 2.0.0 Ok: queued", false);
    let daemon = crowd.owner.run_with(&["-v"]);
    held.wait();
    daemon.signal("TERM");
    wait_until("the first is understood", || daemon.log().contains("a second signal stops at once"));
    let begun = Instant::now();
    daemon.signal("TERM");
    assert_eq!(daemon.wait(), Some(1), "a hard end is no good one");
    assert!(begun.elapsed() < Duration::from_secs(4), "{:?}", begun.elapsed());
    drop(held);
    assert_eq!(crowd.settles(), 0, "the provider's copy shows that it left");
    crowd.must_be_whole();
}

/// Holds O1.
#[test]
fn o1_a_stop_while_the_password_is_asked_for_ends_the_asking_too() {
    let owner = Owner::unset("leah");
    let (gate, pid) = (owner.home.with_file_name("gate"), owner.home.with_file_name("pid"));
    let asks = format!(
        "cat {}; [ ! -e {} ] || {{ echo $$ > {}; exec tail -f /dev/null; }}",
        owner.password_file().display(),
        gate.display(),
        pid.display()
    );
    owner.init(&["--password-command", &asks]).must(0);
    owner.append(AT_ONCE);
    fs::write(&gate, "").expect("our file");
    let daemon = owner.run();
    wait_until("the password is asked for", || fs::read_to_string(&pid).is_ok_and(|text| text.ends_with('\n')));
    ends_well(daemon, "asking for the password");
    let asking = format!("/proc/{}", fs::read_to_string(&pid).expect("it was written").trim());
    wait_until("nobody asks any more", || !fs::exists(&asking).expect("Linux tells"));
}
