//! What makes no sense is refused: one sentence that says what to do, the documented exit code, and nothing half-done.

use crate::support::home::TempHome;

fn home() -> TempHome {
    let home = TempHome::new();
    home.json(&["add", "Jane Doe <jane@plan.example>"]);
    home.json(&["add", "Jane Roe <roe@plan.example>"]);
    home
}

/// Runs all of it on one home, and nothing may have changed afterwards.
fn refused(code: i32, cases: &[(&[&str], &str)]) {
    let home = home();
    let before = home.words(&["export"]);
    for (args, says) in cases {
        let said = home.refusal(code, args);
        assert!(said.contains(says), "{args:?} says {said:?}, not “{says}”");
        assert!(said.lines().count() <= 8 && !said.contains("panicked"), "{said}");
    }
    assert_eq!(home.words(&["export"]), before, "nothing was changed");
}

#[test]
fn nobody_and_several_are_said_with_whom_it_may_mean() {
    refused(
        1,
        &[
            (&["show", "Nobody Known"], "there is no contact “Nobody Known”"),
            (&["stop", "99"], "there is no contact “99”"),
            (&["pause", "x@nowhere.example"], "there is no contact"),
            (&["forget", "Jane"], "fits several contacts: 1 Jane Doe <jane@plan.example>, 2 Jane Roe <roe@plan.example>"),
            (&["show", "Jane Roee"], "did you mean"),
            (&["answered", ""], "say who"),
            (&["merge", "1", "Nobody"], "there is no contact “Nobody”"),
            (&["merge", "Jane Doe", "1"], "one contact already"),
            (&["log", "Nobody", "text"], "there is no contact"),
            (&["edit", "Nobody", "--title", "x"], "there is no contact"),
        ],
    );
}

#[test]
fn what_makes_no_sense_is_a_user_error() {
    refused(
        1,
        &[
            (&["log", "1", ""], "the text is empty"),
            (&["log", "1", " \t "], "the text is empty"),
            (&["log", "1", "x", "--on", "2199-01-01"], "has happened"),
            (&["pause", "1", "--until", "2020-01-01"], "after today"),
            (&["pause", "--all", "--until", "2020-01-01"], "after today"),
            (&["news", "add", ""], "the news is empty"),
            (&["news", "add", "x", "--until", "2020-01-01"], "this day is over"),
            (&["news", "drop", "7"], "there is no news 7"),
            (&["edit", "1", "--name", " "], "the name is empty"),
            (&["edit", "1", "--zone", "Mars/Base"], "America/Chicago"),
            (&["edit", "1", "--add-address", "roe@plan.example"], "already belongs to Jane Roe"),
            (&["add", "Jane <jane@plan.example>"], "already belongs to Jane Doe"),
            (&["add", "Jane <not an address>"], "Jane Doe <jane@plan.example>"),
            (&["employers", "add", "X", "--domain", "gmail.com"], "no employer"),
            (&["employers", "add", "X", "--domain", "not a domain"], "plan.example"),
            (&["employers", "add", " "], "empty"),
            (&["employers", "target", "Zzyzx Review"], "employers add"),
            (&["templates", "show", "nws"], "did you mean news?"),
            (&["templates", "new", "../evil"], "small letters"),
            (&["templates", "check", "no-such-one"], "no template"),
            (&["restore", "/nonexistent.db"], "there is no backup"),
            (&["restore", "--latest"], "there is no backup"),
            (&["export", "--output", "/nonexistent/x"], "cannot write"),
        ],
    );
}

#[test]
fn what_is_no_command_line_is_a_usage_error_that_shows_how_to_write_it() {
    refused(
        2,
        &[
            (&["pause", "1", "--until", "tomorrow"], "write the day like 2027-01-31"),
            (&["pause", "1", "--until", "2026-02-30"], "write the day like 2027-01-31"),
            (&["pause"], "WHO"),
            (&["pause", "1", "--all"], "cannot be used with"),
            (&["log", "1", "x", "--on", "23.11.2026"], "write the day like 2027-01-31"),
            (&["log", "1", "x", "--kind", "dream"], "meeting"),
            (&["news", "add", "x", "--until", "soon"], "write the day like"),
            (&["news", "drop", "first"], "the number"),
            (&["edit", "1"], "say what to change"),
            (&["edit", "1", "--every", "banana"], "8w"),
            (&["edit", "1", "--relation", "friend"], "recruiter"),
            (&["edit", "1", "--mode", "always"], "auto"),
            (&["edit", "1", "--address", "jane at plan"], "not an e-mail address"),
            (&["add", "X", "--every", "often"], "8w"),
            (&["contacts", "--standing", "sleepy"], "owes_answer"),
            (&["employers", "--kind", "bank"], "um_vendor"),
            (&["restore"], "FILE"),
            (&["resume", "1", "--invited", ""], "invited"),
            (&["frobnicate"], "frobnicate"),
            (&["--now", "yesterday", "contacts"], "now"),
        ],
    );
}

#[test]
fn without_settings_the_answer_is_to_make_some() {
    let home = TempHome::bare();
    for args in [&["contacts"][..], &["add", "Jane"], &["export"], &["service", "install"]] {
        assert!(home.refusal(3, args).contains("curbside init"), "{args:?}");
    }
}

/// Holds P17.
#[test]
fn p2_who_asked_not_to_be_written_to_comes_back_only_by_their_own_invitation() {
    let home = TempHome::new();
    home.json(&["add", "Jane Doe <jane@plan.example>"]);
    home.json(&["forget", "1"]);
    home.refusal(1, &["add", "jane@plan.example"]);
    home.refusal(2, &["add", "jane@plan.example", "--invited", "in May"]);
}

#[test]
fn a_cadence_without_length_is_refused() {
    refused(
        1,
        &[
            (&["add", "Tom Weiss <tom@plan.example>", "--every", "0w"], "at least a day"),
            (&["edit", "jane@plan.example", "--every", "0d"], "at least a day"),
        ],
    );
}

#[test]
fn x7_an_address_that_is_an_option_a_literal_or_a_bare_host_is_refused() {
    refused(
        1,
        &[
            (&["add", "Tom Weiss <-oQ/tmp@plan.example>"], "characters that mail servers do not take"),
            (&["add", "Tom Weiss <tom@[127.0.0.1]>"], "is not a domain name"),
            (&["add", "Tom Weiss <tom@localhost>"], "is not a domain name"),
        ],
    );
}
