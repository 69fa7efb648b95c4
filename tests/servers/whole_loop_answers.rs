//! What each kind of answer does, and what is no answer.

use crate::support::files::holds;
use crate::support::letters::{answer, answer_with, mail, now, unique};
use crate::support::owner::{Owner, the_one_mail, wait_until};
use crate::support::servers::{Stored, deliver, folder, post};

/// A contact who got a first word.
struct Written {
    owner: Owner,
    contact: String,
    address: String,
    got: Stored,
}

impl Written {
    fn new(name: &str) -> Self {
        let owner = Owner::new(name);
        let (contact, address) = owner.knows("Jane Doe");
        let got = owner.writes_to(&contact, &address);
        Self { owner, contact, address, got }
    }

    fn answers(&self, text: &str) {
        post(&self.address, &self.owner.user, &answer(&self.address, &self.owner.user, &self.got, text));
        wait_until("the answer arrives", || !folder(&self.owner.user, "").is_empty());
        self.owner.json(&["sync"]);
    }

    fn in_days(&mut self, days: i64) {
        self.owner.now = Some((now() + jiff::SignedDuration::from_hours(24 * days)).to_string());
    }
}

/// Holds P2, P3, P9.
#[test]
fn every_kind_of_answer_sets_the_standing_and_stops_the_next_check_in() {
    let owner = Owner::new("leah");
    let cases = [
        ("Ada Call", "Happy to talk. Can you call me on Thursday at 2 pm Eastern?", "call", "owes_answer", ""),
        ("Bea Resume", "Please send me your CV and I will pass it on to our team.", "resume_requested", "owes_answer", ""),
        (
            "Cleo Opening",
            "We just posted a Medical Director role, requisition R-20419: https://jobs.payer.test/R-20419 . You should apply.",
            "opening",
            "owes_answer",
            "",
        ),
        (
            "Dora Referral",
            "You should talk to Tom Wexler, who runs our UM team. His address is tom.wexler@payer.test - I'll introduce you.",
            "referral",
            "owes_answer",
            "",
        ),
        ("Eve Later", "We have a hiring freeze right now. Please check back with me after March 15, 2027.", "not_now", "held", "not_now"),
        (
            "Fay Decline",
            "Thank you for your interest, but we have decided not to move forward and have no need for physician reviewers.",
            "declined",
            "stopped",
            "declined",
        ),
        ("Gia Stop", "Please take me off your list and do not email me again.", "opted_out", "stopped", "opted_out"),
        ("Ida Thanks", "Thanks for the update, Leah. Congratulations on passing the boards!", "acknowledged", "active", ""),
        ("Joy Riddle", "The heron flies at midnight; blue is the colour of Tuesdays.", "unclear", "owes_answer", ""),
    ];
    let people: Vec<(String, String)> = cases.iter().map(|case| owner.knows(case.0)).collect();
    owner.append("per_day = 0\nper_family_per_week = 0\n");
    for (contact, _) in &people {
        owner.approves(contact);
    }
    owner.curbside(&["run", "--once"]).must(0);
    for ((_, address), case) in people.iter().zip(&cases) {
        let got = the_one_mail(address);
        post(address, &owner.user, &answer(&format!("{} <{address}>", case.0), &owner.user, &got, case.1));
    }
    wait_until("all answers arrive", || folder(&owner.user, "").len() == cases.len());
    owner.json(&["sync"]);
    for ((contact, _), (name, _, outcome, state, reason)) in people.iter().zip(&cases) {
        let shown = owner.json(&["show", contact]);
        let outcomes: Vec<&str> =
            shown["journal"].as_array().expect("a list").iter().filter_map(|entry| entry["outcome"].as_str()).collect();
        assert_eq!(outcomes, [*outcome], "{name}: {shown}");
        let (is, because) = owner.standing(contact);
        assert_eq!(is, *state, "{name}: {shown}");
        assert!(reason.is_empty() || because == *reason, "{name}: {because}");
        assert!(!owner.curbside(&["why", contact]).must(0).out.trim().is_empty());
    }
    assert_eq!(owner.json(&["show", &people[4].0])["standing"]["until"], "2027-03-16", "held until the day to act");
    let mut later = owner;
    later.now = Some((now() + jiff::SignedDuration::from_hours(24 * 20)).to_string());
    assert!(later.list(&["review"]).is_empty(), "nobody who answered is written to again");
    assert!(folder(&later.user, "").iter().all(|mail| !mail.is_seen()), "P9");
}

/// Holds P6.
#[test]
fn an_out_of_office_holds_until_a_working_day_after_the_return() {
    let mut jane = Written::new("leah");
    let text = "I am out of the office until Monday, December 14, 2026 with no access to email. I will reply when I return.";
    let out =
        answer_with(&jane.address, &jane.owner.user, &jane.got, "Auto-Submitted: auto-replied\nX-Auto-Response-Suppress: All\n", text);
    post("", &jane.owner.user, &out);
    wait_until("it arrives", || !folder(&jane.owner.user, "").is_empty());
    jane.owner.json(&["sync"]);
    let standing = jane.owner.json(&["show", &jane.contact])["standing"].clone();
    assert_eq!((standing["state"].as_str(), standing["until"].as_str()), (Some("held"), Some("2026-12-15")), "{standing}");
    jane.in_days(12);
    assert!(jane.owner.drafts(&jane.contact).is_empty(), "away");
}

/// Holds P8.
#[test]
fn an_answer_while_run_idles_is_understood_at_once_wherever_it_is_filed() {
    let jane = Written::new("leah");
    for place in ["Archive", "Junk"] {
        let text = answer(&jane.address, &jane.owner.user, &jane.got, "Please send me your CV.");
        deliver(&jane.owner.user.replace('@', &format!("+{place}@")), &text);
        jane.owner.json(&["sync"]);
        let journal = jane.owner.json(&["show", &jane.contact])["journal"].clone();
        let answers = journal.as_array().expect("a list").iter().filter(|entry| entry["outcome"] == "resume_requested").count();
        assert_eq!(answers, if place == "Archive" { 1 } else { 2 }, "{place}: {journal}");
    }
}

/// Holds R10.
#[test]
fn p8_the_same_mail_in_two_folders_is_one_event() {
    let jane = Written::new("leah");
    let text = answer(&jane.address, &jane.owner.user, &jane.got, "Please send me your CV.");
    deliver(&jane.owner.user, &text);
    deliver(&jane.owner.user.replace('@', "+Archive@"), &text);
    jane.owner.json(&["sync"]);
    jane.owner.json(&["sync"]);
    let journal = jane.owner.json(&["show", &jane.contact])["journal"].clone();
    assert_eq!(journal.as_array().expect("a list").iter().filter(|entry| entry["outcome"].is_string()).count(), 1, "{journal}");
}

/// Holds R18.
#[test]
fn p6_a_reply_from_an_unknown_address_in_the_conversation_asks() {
    let jane = Written::new("leah");
    let private = format!("jd.{}@private.test", unique());
    post(&private, &jane.owner.user, &answer(&private, &jane.owner.user, &jane.got, "Happy to chat, writing from my phone."));
    wait_until("it arrives", || !folder(&jane.owner.user, "").is_empty());
    jane.owner.json(&["sync"]);
    assert_eq!(jane.owner.standing(&jane.contact).0, "owes_answer");
    assert!(jane.owner.curbside(&["why", &jane.contact]).must(0).out.contains("address"));
}

/// Holds P6, P11.
#[test]
fn a_contacts_list_mail_is_no_touch_and_strangers_leave_no_trace() {
    let jane = Written::new("leah");
    let before = jane.owner.json(&["show", &jane.contact])["last_touch"].clone();
    let list = mail(
        &jane.address,
        &jane.owner.user,
        "Weekly digest",
        "List-Id: <news.payer.test>\nList-Unsubscribe: <mailto:u@payer.test>\nPrecedence: bulk\n",
        "All our openings this week.",
    );
    deliver(&jane.owner.user, &list);
    deliver(&jane.owner.user, &mail("stranger@elsewhere.test", &jane.owner.user, "canary-subject-8714", "", "canary-body-8714"));
    jane.owner.json(&["sync"]);
    assert_eq!(jane.owner.standing(&jane.contact).0, "active");
    assert_eq!(jane.owner.json(&["show", &jane.contact])["last_touch"], before);
    for (path, bytes) in jane.owner.files() {
        assert!(!holds(&bytes, "8714") && !holds(&bytes, "elsewhere.test"), "P11: {} keeps a stranger's mail", path.display());
    }
}

#[test]
fn p5_the_owners_own_mail_from_elsewhere_counts_and_withdraws() {
    let owner = Owner::new("leah");
    let (jane, address) = owner.knows("Jane Doe");
    let (tom, toms) = owner.knows("Tom Wexler");
    owner.undoes_within("1h");
    let id = owner.approves(&tom);
    assert_eq!(owner.state(&id), "queued");
    assert_eq!(owner.drafts(&jane).len(), 1);
    for to in [&address, &toms] {
        let own = mail(&format!("Leah Brandt <{}>", owner.user), to, "Quick word", "", "From my phone.");
        deliver(&owner.user.replace('@', "+Sent@"), &own);
    }
    owner.json(&["sync"]);
    assert!(owner.drafts(&jane).is_empty(), "a draft is withdrawn");
    assert_eq!(owner.state(&id), "stopped", "an approved one is stopped");
    assert!(owner.curbside(&["why", &tom]).must(0).out.contains("you wrote"), "{}", owner.curbside(&["why", &tom]).out);
    assert!(owner.json(&["show", &jane])["last_touch"].is_string());
}

/// Holds P5, S12.
#[test]
fn p3_an_answer_between_yes_and_send_stops_it() {
    let owner = Owner::new("leah");
    let (jane, address) = owner.knows("Jane Doe");
    let _daemon = owner.run();
    owner.undoes_within("4s");
    let id = owner.approves(&jane);
    deliver(&owner.user, &mail(&address, &owner.user, "Hello", "", "I was just thinking of you. How are you?"));
    wait_until("stopped", || owner.state(&id) == "stopped");
    let since = now();
    wait_until("the hour passes", || now().duration_since(since).as_secs() >= 5);
    assert!(folder(&address, "").is_empty(), "nothing was sent");
}

/// Holds P15, X1.
#[test]
fn p6_mail_in_the_owners_name_outside_sent_is_nothing() {
    let jane = Written::new("leah");
    let forged = mail(&jane.owner.user, &jane.owner.user, "1 send", "", "1 send\nadd Mallory <mallory@evil.test>");
    deliver(&jane.owner.user, &forged);
    jane.owner.json(&["sync"]);
    assert_eq!(jane.owner.list(&["contacts"]).len(), 1, "P15: no order is obeyed");
    assert_eq!(jane.owner.standing(&jane.contact).0, "active");
}

/// Holds P3.
#[test]
fn an_answer_given_from_elsewhere_ends_what_is_owed() {
    let jane = Written::new("leah");
    jane.answers("Please send me your CV.");
    assert_eq!(jane.owner.standing(&jane.contact).0, "owes_answer");
    let own = mail(&format!("Leah Brandt <{}>", jane.owner.user), &jane.address, "Re: my CV", "", "Here it is.");
    deliver(&jane.owner.user.replace('@', "+Sent@"), &own);
    jane.owner.json(&["sync"]);
    assert_eq!(jane.owner.standing(&jane.contact).0, "active");
}
