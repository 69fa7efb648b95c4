//! The weekly mail: once a period, whatever happens.

use crate::support::letters::{answer, now};
use crate::support::owner::{Owner, wait_until};
use crate::support::servers::{Stored, deliver, folder};

fn digests(owner: &Owner) -> Vec<Stored> {
    folder(&owner.user, "").into_iter().filter(|mail| mail.header("auto-submitted") == "auto-generated").collect()
}

#[test]
fn p12_the_digest_arrives_once_a_week_on_monday_at_seven() {
    let mut owner = Owner::new("leah");
    owner.now = Some("2027-01-07T12:00:00-05:00".to_owned());
    let (jane, address) = owner.knows("Jane Doe");
    let got = owner.writes_to(&jane, &address);
    deliver(
        &owner.user,
        &answer(&address, &owner.user, &got, "Happy to talk. Can you call me on Thursday at 2 pm? <script>alert(1)</script>"),
    );
    owner.curbside(&["run", "--once"]).must(0);
    for (hour, wanted) in [
        ("2027-01-11T06:58:30-05:00", 0),
        ("2027-01-11T07:00:01-05:00", 1),
        ("2027-01-11T07:01:00-05:00", 1),
        ("2027-01-12T09:00:00-05:00", 1),
        ("2027-01-27T09:00:00-05:00", 2),
        ("2027-01-27T09:01:00-05:00", 2),
    ] {
        owner.now = Some(hour.to_owned());
        owner.curbside(&["run", "--once"]).must(0);
        wait_until(&format!("digests by {hour}"), || digests(&owner).len() >= wanted);
        assert_eq!(digests(&owner).len(), wanted, "{hour}");
    }
    let digest = digests(&owner).into_iter().find(|mail| mail.header("date").contains("11 Jan")).expect("the first digest");
    let mail = curbside::mail::mime::parse(digest.text.as_bytes()).expect("a mail");
    let (text, html) = (mail.text.clone().expect("a text"), mail.html.clone().expect("html"));
    assert!(text.contains("Jane Doe") && html.contains("Jane Doe"), "{text}");
    assert!(
        !html.contains("<script") && !html.contains("src=") && !html.contains("@import") && !html.contains("url("),
        "nothing is loaded from elsewhere: {html}"
    );
    assert!(!html.contains("http"), "no link leads away: {html}");
    assert_eq!(owner.standing(&jane).0, "owes_answer", "the digest changes nothing");
    assert!(folder(&owner.user, "").iter().all(|mail| !mail.is_seen()));
}

#[test]
fn p12_a_digest_every_minute_comes_once_a_minute_while_run_runs() {
    let mut owner = Owner::new("leah");
    owner.append("[digest]\ncron = \"0 * * * * *\"\n");
    owner.now = Some("2027-01-07T12:00:56-05:00".to_owned());
    let begun = now();
    let _daemon = owner.run();
    wait_until("the digest of 12:01", || !digests(&owner).is_empty());
    wait_until("some seconds", || now().duration_since(begun).as_secs() >= 16);
    assert_eq!(digests(&owner).len(), 1);
}

#[test]
fn the_digest_can_be_looked_at_and_asked_for() {
    let owner = Owner::new("leah");
    let (jane, _) = owner.knows("Jane <b>Doe</b> & Co");
    owner.draft(&jane);
    let html = owner.curbside(&["digest", "--preview", "html"]).must(0).out;
    assert!(html.contains("<html") && !html.contains("<b>Doe</b>"), "{html}");
    assert!(owner.curbside(&["digest", "--preview", "text"]).must(0).out.contains("Jane"));
    assert!(digests(&owner).is_empty());
    owner.curbside(&["digest", "--send"]).must(0);
    wait_until("it arrives", || digests(&owner).len() == 1);
    owner.json(&["sync"]);
    assert_eq!(owner.standing(&jane).0, "active");
}
