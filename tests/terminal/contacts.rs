//! Contacts at the terminal: found, shown, changed, and each change answered with the contact as it now is.

use crate::support::home::TempHome;

const JANE_WROTE: &str = "From: Jane Doe <jane@plan.example>\nTo: leah@mail.example\nSubject: Re: the conference\n\
     Date: Mon, 02 Nov 2026 10:00:00 -0600\nMessage-ID: <a1@plan.example>\n\nHi Leah,\n\nlovely to hear from you.\n\nJane\n";
const LEAH_WROTE: &str = "From: leah@mail.example\nTo: Jane Doe <jane@plan.example>\nSubject: the conference\n\
     Date: Sun, 01 Nov 2026 10:00:00 -0600\nMessage-ID: <a0@mail.example>\n\nHi Jane,\n\nit was good to meet you.\n\nLeah\n";

/// Any test that asks for days stands on this one, a Monday.
const NOW: [&str; 2] = ["--now", "2026-11-23T14:00:00Z"];

fn at(args: &[&'static str]) -> Vec<&'static str> {
    [&NOW, args].concat()
}

fn with_three() -> TempHome {
    let home = TempHome::new();
    home.json(&at(&["add", "Jane Doe <jane@plan.example>", "--employer", "Lakeshore Health", "--title", "Medical Director"]));
    home.json(&at(&["add", "Tom Wexler <tom@review.example>", "--employer", "evicore", "--tag", "texas"]));
    home.json(&at(&["add", "Ana Núñez", "--note", "plays the cello"]));
    home
}

fn names(home: &TempHome, args: &[&'static str]) -> Vec<String> {
    home.lines(&at(args)).iter().map(|contact| contact["name"].as_str().expect("a name").to_owned()).collect()
}

#[test]
fn contacts_are_listed_by_name_with_the_keys_scripts_rely_on() {
    let home = with_three();
    let found = home.lines(&at(&["contacts"]));
    assert_eq!(names(&home, &["contacts"]), ["Ana Núñez", "Jane Doe", "Tom Wexler"]);
    let jane = &found[1];
    assert_eq!(jane["id"], "1");
    assert_eq!(jane["addresses"], serde_json::json!(["jane@plan.example"]));
    assert_eq!(jane["employer"], "Lakeshore Health");
    assert_eq!(jane["standing"], serde_json::json!({ "state": "active", "until": null, "reason": null }));
    assert_eq!(jane["last_touch"], serde_json::Value::Null);
    assert_eq!(jane["next_due"], "2026-11-23");
}

#[test]
fn a_search_forgives_accents_and_a_wrong_letter_and_looks_at_all_that_is_known() {
    let home = with_three();
    for (query, name) in [
        ("nunez", "Ana Núñez"),
        ("wexlr", "Tom Wexler"),
        ("texas", "Tom Wexler"),
        ("cello", "Ana Núñez"),
        ("lakeshore", "Jane Doe"),
        ("director", "Jane Doe"),
        ("review.example", "Tom Wexler"),
    ] {
        assert_eq!(names(&home, &["contacts", query]), [name], "{query}");
    }
    assert_eq!(names(&home, &["contacts", "jane", "wexler"]), [""; 0]);
    assert_eq!(names(&home, &["contacts", "--employer", "evicore"]), ["Tom Wexler"]);
    assert_eq!(names(&home, &["contacts", "--employer", "cigna"]), ["Tom Wexler"], "the family counts");
}

#[test]
fn the_table_says_days_as_people_do_and_fits_the_width() {
    let home = with_three();
    let table = home.words(&at(&["contacts"]));
    assert!(table.contains("Jane Doe    Lakeshore Health    active                today"), "{table}");
    home.json(&at(&[
        "add",
        "Mary Somebody-With-A-Very-Long-Name",
        "--employer",
        "An Association Of Very Many Physicians Who Review Things Together",
    ]));
    let table = home.words(&at(&["contacts"]));
    assert!(table.lines().all(|line| line.chars().count() <= 100), "{table}");
}

#[test]
fn due_are_only_those_who_may_be_written_to_today() {
    let home = with_three();
    home.json(&at(&["pause", "Tom Wexler", "--until", "2026-12-01"]));
    home.json(&at(&["stop", "Ana Núñez"]));
    assert_eq!(names(&home, &["contacts", "--due"]), ["Jane Doe"]);
    assert_eq!(names(&home, &["contacts", "--standing", "held"]), ["Tom Wexler"]);
    assert_eq!(names(&home, &["contacts", "--standing", "stopped"]), ["Ana Núñez"]);
    let later: Vec<String> = home
        .lines(&["--now", "2026-12-01T14:00:00Z", "contacts", "--due"])
        .iter()
        .map(|contact| contact["name"].as_str().expect("a name").to_owned())
        .collect();
    assert_eq!(later, ["Jane Doe", "Tom Wexler"], "a hold that is over holds nobody, though nothing was written since");
}

#[test]
fn show_tells_the_story_with_the_last_words_both_ways() {
    let home = TempHome::new();
    home.deliver("", "1", JANE_WROTE);
    home.deliver(".Sent", "1", LEAH_WROTE);
    home.json(&at(&["add", "Jane Doe <jane@plan.example>", "--met", "we met at the spring conference"]));
    let shown = home.json(&at(&["show", "jane@plan.example"]));
    let kinds: Vec<&str> = shown["journal"].as_array().expect("a journal").iter().filter_map(|line| line["kind"].as_str()).collect();
    assert_eq!(kinds, ["owner_wrote", "they_wrote", "added"], "in the order it happened");
    assert_eq!(shown["journal"][1]["message_id"], "<a1@plan.example>");
    assert_eq!(shown["journal"][1]["at"], "2026-11-02T11:00:00-05:00");
    assert_eq!(shown["last_touch"], "2026-11-02T11:00:00-05:00");
    let words = home.words(&at(&["show", "Jane Doe"]));
    for said in [
        "They wrote 2 Nov: Re: the conference",
        "| lovely to hear from you.",
        "You wrote 1 Nov",
        "| it was good to meet you.",
        "Met: we met at the spring conference",
    ] {
        assert!(words.contains(said), "{said} is missing in\n{words}");
    }
}

/// Holds P18, X19.
#[test]
fn what_a_stranger_put_into_a_mail_never_reaches_the_terminal_raw() {
    let home = TempHome::new();
    home.deliver("", "1", &JANE_WROTE.replace("lovely", "lo\u{1b}[31mvely\u{202e}").replace("Re: the", "Re: \u{9b}31m the"));
    home.json(&at(&["add", "Jane Doe <jane@plan.example>"]));
    let words = home.words(&at(&["show", "1"]));
    assert!(words.contains("lo[31mvely"), "{words}");
    assert!(words.chars().all(|c| c == '\n' || !c.is_control() && c != '\u{202e}'), "{words:?}");
    let json = home.run(&at(&["show", "1", "--json"])).out;
    assert!(json.chars().all(|c| c == '\n' || !c.is_control() && c != '\u{202e}'), "{json:?}");
    assert!(
        home.json(&at(&["show", "1"]))["last_words"]["theirs"]["text"].as_str().is_some_and(|text| text.contains("vely")),
        "the value is whole"
    );
}

#[test]
fn who_is_an_id_an_address_a_name_or_a_part_of_it_that_fits_one() {
    let home = with_three();
    for who in ["1", "jane@plan.example", "JANE@PLAN.EXAMPLE", "jane doe", "Doe", "Jane"] {
        assert_eq!(home.json(&["show", who])["name"], "Jane Doe", "{who}");
    }
    assert_eq!(home.json(&["show", "ana nunez"])["name"], "Ana Núñez");
}

#[test]
fn edit_changes_what_is_named_and_leaves_the_rest() {
    let home = with_three();
    let edited = home.json(&at(&[
        "edit",
        "1",
        "--title",
        "Chief Medical Officer",
        "--every",
        "12w",
        "--add-address",
        "jane@home.example",
        "--tag",
        "a",
        "--tag",
        "b",
    ]));
    assert_eq!(edited["title"], "Chief Medical Officer");
    assert_eq!(edited["every"], "12w");
    assert_eq!(edited["employer"], "Lakeshore Health");
    assert_eq!(edited["addresses"], serde_json::json!(["jane@plan.example", "jane@home.example"]));
    assert_eq!(edited["tags"], serde_json::json!(["a", "b"]));
    assert_eq!(edited["searched"], true, "the mailbox was searched for the new address (P8)");
    let cleared = home.json(&at(&["edit", "1", "--employer", "", "--tag", "", "--every", "default"]));
    assert_eq!((&cleared["employer"], &cleared["every"]), (&serde_json::Value::Null, &serde_json::Value::Null));
    assert_eq!(cleared["tags"], serde_json::json!([]));
    let moved = home.json(&at(&["edit", "1", "--address", "jane@new.example"]));
    assert_eq!(moved["addresses"], serde_json::json!(["jane@new.example"]));
}

#[test]
fn a_pause_ends_on_its_day_and_a_resume_ends_it_at_once() {
    let home = with_three();
    let held = home.json(&at(&["pause", "1", "--until", "2027-01-15"]));
    assert_eq!(held["standing"], serde_json::json!({ "state": "held", "until": "2027-01-15", "reason": "owner" }));
    assert_eq!(home.json(&at(&["pause", "1"]))["standing"]["until"], serde_json::Value::Null);
    assert_eq!(home.json(&at(&["resume", "1"]))["standing"]["state"], "active");
    assert_eq!(home.json(&at(&["stop", "1"]))["standing"]["reason"], "owner");
    assert_eq!(home.json(&at(&["resume", "1"]))["standing"]["state"], "active");
    assert_eq!(home.json(&at(&["pause", "--all", "--until", "2026-12-01"])), serde_json::json!({ "paused": true, "until": "2026-12-01" }));
    assert_eq!(home.json(&at(&["resume", "--all"])), serde_json::json!({ "paused": false, "until": null }));
}

#[test]
fn an_answer_owed_ends_when_the_owner_says_so() {
    let home = TempHome::new();
    home.deliver("", "1", &JANE_WROTE.replace("lovely to hear from you.", "Could you call me on Thursday at 2 pm?"));
    assert_eq!(home.json(&at(&["add", "Jane Doe <jane@plan.example>"]))["standing"]["state"], "owes_answer");
    assert_eq!(home.json(&at(&["answered", "Jane Doe"]))["standing"]["state"], "active");
}

#[test]
fn commands_of_one_moment_keep_their_order_though_each_starts_its_clock_anew() {
    let home = with_three();
    for _ in 0..5 {
        assert_eq!(home.json(&at(&["stop", "1"]))["standing"]["state"], "stopped");
        assert_eq!(home.json(&at(&["resume", "1"]))["standing"]["state"], "active");
    }
}

#[test]
fn a_logged_call_is_a_touch_and_a_note_is_none() {
    let home = with_three();
    let noted = home.json(&at(&["log", "1", "her team hires in January"]));
    assert_eq!((&noted["last_touch"], &noted["note"]), (&serde_json::Value::Null, &serde_json::json!("her team hires in January")));
    let called = home.json(&at(&["log", "1", "we talked", "--kind", "call", "--on", "2026-11-20"]));
    assert_eq!(called["last_touch"], "2026-11-20T12:00:00-05:00", "a day is its noon where the owner is");
    let exact = home.json(&at(&["log", "1", "again", "--kind", "meeting", "--on", "2026-11-21T09:30:00-06:00"]));
    assert_eq!(exact["last_touch"], "2026-11-21T10:30:00-05:00");
    let today = home.json(&at(&["log", "1", "and today", "--kind", "mail", "--on", "2026-11-23"]));
    assert!(today["last_touch"].as_str().is_some_and(|touch| touch.starts_with("2026-11-23T09:00:")), "today is now: {today}");
}

#[test]
fn p8_a_mail_that_was_kept_for_one_contact_also_counts_for_another_who_is_added_later() {
    let home = TempHome::new();
    home.deliver(".Sent", "1", &LEAH_WROTE.replace("plan.example>", "plan.example>, Tom Wexler <tom@review.example>"));
    home.json(&at(&["add", "Jane Doe <jane@plan.example>"]));
    let tom = home.json(&at(&["add", "Tom Wexler <tom@review.example>"]));
    assert_eq!(tom["last_touch"], "2026-11-01T11:00:00-05:00", "no first word to somebody who was written to before");
}

#[test]
fn two_contacts_become_one_also_when_a_mail_concerns_both() {
    let home = TempHome::new();
    home.deliver(".Sent", "1", &LEAH_WROTE.replace("plan.example>", "plan.example>, Jane D <jd@home.example>"));
    home.json(&at(&["add", "Jane Doe <jane@plan.example>"]));
    home.json(&at(&["add", "Jane D <jd@home.example>", "--title", "Medical Director", "--tag", "texas"]));
    let one = home.json(&at(&["merge", "1", "2"]));
    assert_eq!(one["addresses"], serde_json::json!(["jane@plan.example", "jd@home.example"]));
    assert_eq!((&one["title"], &one["tags"]), (&serde_json::json!("Medical Director"), &serde_json::json!(["texas"])));
    assert_eq!(names(&home, &["contacts"]), ["Jane Doe"]);
    let journal = home.json(&["show", "1"])["journal"].clone();
    let wrote: Vec<&serde_json::Value> =
        journal.as_array().expect("a journal").iter().filter(|line| line["kind"] == "owner_wrote").collect();
    assert_eq!(wrote.len(), 1, "one mail is told once: {journal}");
    assert_eq!(wrote[0]["message_id"], "<a0@mail.example>");
}

#[test]
fn p17_forget_erases_them_and_keeps_the_address_suppressed() {
    let home = TempHome::new();
    home.deliver("", "1", JANE_WROTE);
    home.json(&at(&["add", "Jane Doe <jane@plan.example>"]));
    let words = home.words(&at(&["forget", "Jane Doe"]));
    assert!(words.contains("stays suppressed") && words.contains("14 days"), "{words}");
    assert_eq!(names(&home, &["contacts"]), [""; 0]);
    let export = home.words(&["export"]);
    assert!(!export.contains("jane@plan.example") && !export.contains("lovely"), "nothing of them is left");
    assert!(home.refusal(1, &at(&["add", "jane@plan.example"])).contains("--again"));
    assert_eq!(home.json(&at(&["add", "jane@plan.example", "--again"]))["id"], "2", "ids are never reused");
}
