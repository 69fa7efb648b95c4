//! What happens to a machine: it sleeps, its clock is wrong, two of us are started, the server throws us out.

use std::fs;
use std::process::{Child, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Instant;

use crate::support::crowd::Crowd;
use crate::support::letters::{answer, mail, now};
use crate::support::owner::{Owner, the_one_mail, wait_until};
use crate::support::proxy::{Proxy, Way};
use crate::support::scripted::imap_for_all;
use crate::support::servers::{deliver, folder, post, queue_is_empty, servers};

/// Holds P8, O1.
#[test]
fn after_a_long_sleep_the_mail_of_that_time_is_read() {
    let crowd = Crowd::approved("leah", 1);
    let daemon = crowd.owner.run();
    wait_until("it is sent", || crowd.states().contains_key("sent"));
    wait_until("it lies in their mailbox, to be answered", queue_is_empty);
    let held = crowd.imap.hold(Way::There, b" IDLE\r\n", true);
    held.wait();
    drop(held);
    daemon.signal("STOP");
    // The server, too, gives up a client that sleeps.
    crowd.imap.drop_lines();
    let mut crowd = crowd;
    crowd.answers();
    wait_until("the answer lies in the mailbox", || !folder(&crowd.owner.user, "").is_empty());
    assert_eq!(crowd.count().recorded_wrongly, 1, "it sleeps");
    daemon.signal("CONT");
    wait_until("it is read by itself", || crowd.count().recorded_wrongly == 0);
    wait_until("the copy is filed", || crowd.count().copies == 1);
    assert_eq!(daemon.terminate().0, Some(0));
    crowd.must_be_whole();
}

/// Holds P8, R5.
#[test]
fn r5_a_server_that_says_goodbye_is_called_again_and_nothing_is_missed() {
    let owner = Owner::unset("leah");
    let imap = Proxy::to(servers().imap);
    owner.init(&["--imap-port", &imap.port.to_string(), "--imap-security", "none"]).must(0);
    owner.append(crate::support::owner::AT_ONCE);
    let (jane, address) = owner.knows("Jane Doe");
    let held = imap.hold(Way::There, b" IDLE\r\n", true);
    let daemon = owner.run_with(&["-v"]);
    held.wait();
    imap.say(b"* BYE Session expired, please login again.\r\n");
    deliver(&owner.user, &mail(&address, &owner.user, "Hello", "", "Please send me your CV."));
    drop(held);
    wait_until("it says what the server said", || daemon.log().contains("Session expired"));
    wait_until("the answer is read", || owner.standing(&jane).0 == "owes_answer");
    assert_eq!(owner.curbside(&["status"]).code, 0, "a goodbye is no trouble of the owner's");
}

/// What a server says that has had enough.
const THROTTLED: &[u8] = b"TAG BAD Request is throttled. Suggested Backoff Time: 2500 milliseconds\r\n";

/// Holds P13, R7.
#[test]
fn r7_a_server_that_asks_for_a_pause_gets_it_whoever_rings() {
    let calls = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&calls);
    let port = imap_for_all(move |words| match words.split(' ').next() {
        Some("LIST") => {
            seen.lock().expect("no panic").push(Instant::now());
            THROTTLED.to_vec()
        }
        _ => b"TAG OK done\r\n".to_vec(),
    });
    let owner = Owner::new("leah");
    let file = owner.home.join("config.toml");
    let text = fs::read_to_string(&file).expect("init wrote it");
    let imap = format!("imap_port = {}", servers().imaps);
    fs::write(&file, text.replacen(&imap, &format!("imap_port = {port}\nimap_security = \"none\""), 1)).expect("our file");
    let daemon = owner.run();
    let called = || calls.lock().expect("no panic").clone();
    wait_until("the first look", || called().len() == 1);
    for _ in 0..3 {
        let said = owner.curbside(&["sync"]).complains(4);
        assert!(said.contains("throttled"), "{said}");
    }
    wait_until("the second look", || called().len() > 1);
    let pause = called()[1].duration_since(called()[0]);
    assert!(pause.as_millis() >= 2_500, "asked again after {pause:?}");
    assert_eq!(daemon.terminate().0, Some(0));
}

/// Holds P1, O2.
#[test]
fn o2_of_many_that_are_started_at_once_one_runs_and_the_others_say_so() {
    let crowd = Crowd::approved("leah", 4);
    let start = |_| crowd.owner.command(&["run"]).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().expect("it runs");
    let mut started: Vec<Child> = (0..4).map(start).collect();
    let mut refused = Vec::new();
    wait_until("three have given up", || {
        for index in (0..started.len()).rev() {
            if started[index].try_wait().expect("our child").is_some() {
                refused.push(started.remove(index).wait_with_output().expect("our child"));
            }
        }
        refused.len() == 3
    });
    for output in refused {
        assert_eq!(output.status.code(), Some(1));
        assert!(String::from_utf8_lossy(&output.stderr).contains("already"));
    }
    let mut winner = started.remove(0);
    crowd.owner.curbside(&["run", "--once"]).complains(1);
    crowd.owner.json(&["sync"]);
    wait_until("all are sent and filed", || crowd.count().copies == 4);
    winner.kill().expect("our child");
    winner.wait().expect("our child");
    crowd.owner.curbside(&["run", "--once"]).must(0);
    crowd.must_be_whole();
}

/// Holds P1, P12, T4, T5.
#[test]
fn t4_a_clock_that_was_wrong_by_years_sends_nothing_and_forgets_nothing() {
    let mut owner = Owner::new("leah");
    let (jane, janes) = owner.knows("Jane Doe");
    let first = owner.writes_to(&jane, &janes);
    let (tom, toms) = owner.knows("Tom Wexler");
    owner.undoes_within("1h");
    owner.approves(&tom);
    let in_ten_years = (now() + jiff::SignedDuration::from_hours(24 * 3_653)).to_string();
    for wrong in ["1970-01-02T12:00:00Z".to_owned(), in_ten_years] {
        owner.now = Some(wrong.clone());
        for _ in 0..2 {
            owner.curbside(&["run", "--once"]).must(0);
        }
        assert!(folder(&toms, "").is_empty(), "nothing leaves at a wrong hour: {wrong}");
    }
    owner.now = Some((now() + jiff::SignedDuration::from_hours(2)).to_string());
    owner.curbside(&["run", "--once"]).must(0);
    if folder(&toms, "").is_empty() {
        owner.approves(&tom); // a yes that was ten years old by the clock had to lapse
    }
    owner.now = Some((now() + jiff::SignedDuration::from_hours(4)).to_string());
    owner.curbside(&["run", "--once"]).must(0);
    the_one_mail(&toms);
    if !owner.drafts(&jane).is_empty() {
        owner.approves(&jane); // it was drafted in the wrong year
        owner.curbside(&["run", "--once"]).must(0);
    }
    the_one_mail(&janes);
    post(&janes, &owner.user, &answer(&janes, &owner.user, &first, "Please send me your CV."));
    wait_until("the answer arrives", || folder(&owner.user, "").iter().any(|mail| mail.header("from").contains(&janes)));
    owner.json(&["sync"]);
    assert_eq!(owner.standing(&jane).0, "owes_answer", "{}", owner.curbside(&["why", &jane]).out);
    let digests = |owner: &Owner| folder(&owner.user, "").iter().filter(|mail| mail.header("from").contains("Curbside")).count();
    let before = digests(&owner);
    owner.now = Some(next_digest().to_string());
    owner.curbside(&["run", "--once"]).must(0);
    wait_until("the digest of the real week comes", || digests(&owner) == before + 1);
    owner.curbside(&["run", "--once"]).must(0);
    assert_eq!(digests(&owner), before + 1);
}

/// Five seconds past the owner's next Monday morning.
fn next_digest() -> jiff::Timestamp {
    let here = now().in_tz("America/New_York").expect("a zone");
    let monday = here.nth_weekday(1, jiff::civil::Weekday::Monday).expect("a day");
    monday.with().hour(7).minute(0).second(5).build().expect("an hour").timestamp()
}
