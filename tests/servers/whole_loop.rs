//! From a name to an answer understood: the way a week goes, with the real binary and real servers.

use std::time::Duration;

use crate::support::letters::{answer, now};
use crate::support::owner::{Owner, the_one_mail, wait_at_most, wait_until};
use crate::support::servers::{deliver, folder, post};

#[test]
fn a_name_becomes_one_mail_one_copy_and_an_answer_understood() {
    let owner = Owner::new("leah");
    let (jane, address) = owner.knows("Dr. Jane Doe, MD");
    let plan = owner.json(&["plan"]);
    assert_eq!(plan["touches"][0]["contact"], jane.as_str(), "{plan}");
    for key in ["contact", "name", "reason", "template", "due", "send_at"] {
        assert!(plan["touches"][0][key].is_string(), "{key}: {plan}");
    }
    let draft = owner.draft(&jane);
    for key in ["id", "contact", "to", "subject", "text", "reason", "send_at", "fingerprint"] {
        assert!(draft[key].as_str().is_some_and(|text| !text.is_empty()), "{key}: {draft}");
    }
    assert!(folder(&address, "").is_empty(), "nothing goes without a yes");
    let mut daemon = owner.run();
    let id = owner.approves(&jane);
    let got = the_one_mail(&address);
    assert!(got.text.contains("Jane") && !got.text.contains("Dr. Jane Doe, MD,"), "{}", got.text);
    assert_eq!(got.header("subject"), draft["subject"].as_str().expect("a subject"));
    wait_until("one copy in Sent", || folder(&owner.user, "Sent").len() == 1);
    let delivery = owner.delivery(&id);
    assert_eq!((delivery["state"].as_str(), delivery["message_id"].as_str()), (Some("sent"), Some(got.header("message-id").as_str())));
    assert_eq!(folder(&owner.user, "Sent")[0].header("message-id"), got.header("message-id"));

    post(
        &address,
        &owner.user,
        &answer(
            &address,
            &owner.user,
            &got,
            "Thanks Leah, great to hear from you! Could we talk on the phone next Tuesday at 3 pm Eastern?",
        ),
    );
    wait_until("the answer arrives", || !folder(&owner.user, "").is_empty());
    let took = wait_at_most(Duration::from_secs(20), "the answer is understood", || owner.standing(&jane).0 == "owes_answer");
    assert!(took < Duration::from_secs(6), "understood within moments: {took:?}");
    let journal = owner.json(&["show", &jane])["journal"].clone();
    assert!(journal.as_array().expect("a list").iter().any(|entry| entry["outcome"] == "call"), "{journal}");
    assert!(!folder(&owner.user, "")[0].is_seen(), "P9: reading changes nothing");
    assert!(owner.drafts(&jane).is_empty());
    assert!(owner.curbside(&["why", &jane]).must(0).out.to_lowercase().contains("answer"), "{}", owner.curbside(&["why", &jane]).out);
    assert!(daemon.lives());
    let (code, took) = daemon.terminate();
    assert_eq!(code, Some(0));
    assert!(took < Duration::from_secs(4), "an idle daemon ends at once: {took:?}");
    assert_eq!((folder(&address, "").len(), folder(&owner.user, "Sent").len()), (1, 1));
}

/// Holds S14.
#[test]
fn p10_a_provider_that_files_a_copy_itself_makes_no_second_one() {
    let owner = Owner::new("filed");
    let (jane, address) = owner.knows("Jane Doe");
    let _daemon = owner.run();
    let id = owner.approves(&jane);
    the_one_mail(&address);
    wait_until("the provider's copy", || !folder(&owner.user, "Sent").is_empty());
    wait_until("sent", || owner.state(&id) == "sent");
    wait_past_the_copy(&owner);
    assert_eq!(folder(&owner.user, "Sent").len(), 1);
}

/// Holds S14.
#[test]
fn p10_a_copy_that_the_provider_files_two_seconds_later_stays_the_only_one() {
    let owner = Owner::new("late");
    let (jane, address) = owner.knows("Jane Doe");
    let _daemon = owner.run();
    owner.approves(&jane);
    let got = the_one_mail(&address);
    let since = now();
    wait_until("two seconds", || now().duration_since(since).as_secs() >= 2);
    deliver(&owner.user.replace('@', "+Sent@"), &got.text.replace('\n', "\r\n"));
    wait_past_the_copy(&owner);
    assert_eq!(folder(&owner.user, "Sent").len(), 1);
}

/// Until no copy is looked for any more; the patience for unknown providers is 5 seconds.
fn wait_past_the_copy(owner: &Owner) {
    let since = now();
    wait_until("the copy is settled", || now().duration_since(since).as_secs() >= 7);
    owner.json(&["sync"]);
}

#[test]
fn p1_run_once_sends_and_files_and_a_second_time_does_nothing() {
    let owner = Owner::new("once");
    let (jane, address) = owner.knows("Jane Doe");
    owner.writes_to(&jane, &address);
    assert_eq!(folder(&owner.user, "Sent").len(), 1, "run --once files the copy too");
    owner.curbside(&["run", "--once"]).must(0);
    owner.json(&["sync"]);
    assert_eq!((folder(&address, "").len(), folder(&owner.user, "Sent").len()), (1, 1));
}

/// Holds P3.
#[test]
fn the_follow_up_goes_in_the_same_conversation_and_only_once() {
    let mut owner = Owner::new("leah");
    let (jane, address) = owner.knows("Jane Doe");
    let first = owner.writes_to(&jane, &address);
    assert!(owner.drafts(&jane).is_empty(), "P3: not again now");
    for days in [2, 6] {
        owner.now = Some(format!("{}", now() + jiff::SignedDuration::from_hours(24 * days - 24 * 7 - 2).max(jiff::SignedDuration::ZERO)));
        owner.curbside(&["run", "--once"]).must(0);
        assert!(folder(&address, "").len() == 1);
    }
    owner.now = Some((now() + jiff::SignedDuration::from_hours(24 * 15)).to_string());
    let draft = owner.draft(&jane);
    assert_eq!(draft["subject"], format!("Re: {}", first.header("subject")).as_str());
    owner.approves(&jane);
    owner.curbside(&["run", "--once"]).must(0);
    wait_until("the follow-up", || folder(&address, "").len() == 2);
    let second =
        folder(&address, "").into_iter().find(|mail| mail.header("message-id") != first.header("message-id")).expect("another mail");
    assert_eq!(second.header("in-reply-to"), first.header("message-id"));
    assert!(second.header("references").contains(&first.header("message-id")));
    assert_eq!(second.header("subject"), format!("Re: {}", first.header("subject")));
    assert!(!second.text.contains("\n> "), "no quoted history");
    assert_eq!(folder(&owner.user, "Sent").len(), 2);
}

#[test]
fn a_name_and_a_subject_beyond_ascii_arrive_whole() {
    let owner = Owner::new("leah");
    let (zoe, address) = owner.knows("Zoë Ångström-Nuñez");
    let draft = owner.draft(&zoe);
    let file = owner.home.with_file_name("text");
    std::fs::write(&file, "Subject: Grüße — 日本語 and a naïve résumé that makes this subject rather long, longer than one line\n\nDear Zoë,\n\nÀ bientôt — 👋\n\nLeah\n").expect("our file");
    let id = draft["id"].as_str().expect("an id");
    owner.json(&["review", "edit", id, "--file", file.to_str().expect("a path")]);
    let old = owner.curbside(&["review", "approve", &format!("{id}@{}", draft["fingerprint"].as_str().expect("text"))]);
    old.complains(1);
    let got = owner.writes_to(&zoe, &address);
    let mail = curbside::mail::mime::parse(got.text.as_bytes()).expect("a mail");
    assert_eq!(mail.subject, "Grüße — 日本語 and a naïve résumé that makes this subject rather long, longer than one line");
    assert_eq!(mail.to[0].name, "Zoë Ångström-Nuñez");
    assert!(mail.text.as_deref().is_some_and(|text| text.contains("À bientôt — 👋")), "{:?}", mail.text);
}
