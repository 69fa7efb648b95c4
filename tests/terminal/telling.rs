//! News, employers, templates, settings, manual and completions at the terminal.

use std::fs;

use serde_json::json;

use crate::support::home::TempHome;

#[test]
fn news_is_added_listed_and_withdrawn() {
    let home = TempHome::new();
    let added = home.json(&["--now", "2026-11-23T14:00:00Z", "news", "add", "I passed the boards in October.", "--until", "2027-03-31"]);
    assert_eq!(added, json!({ "id": "1", "text": "I passed the boards in October.", "until": "2027-03-31", "told": 0 }));
    assert_eq!(home.lines(&["--now", "2026-11-23T14:00:00Z", "news"]), std::slice::from_ref(&added));
    assert_eq!(home.lines(&["--now", "2026-11-23T14:00:00Z", "news", "list"]), [added]);
    assert_eq!(home.lines(&["--now", "2027-04-01T14:00:00Z", "news"]), Vec::<serde_json::Value>::new(), "old news is none");
    assert_eq!(home.json(&["news", "drop", "1"]), json!({ "id": "1", "dropped": true }));
    assert_eq!(home.lines(&["news"]), Vec::<serde_json::Value>::new());
}

#[test]
fn the_directory_is_searched_and_the_owner_s_rows_win() {
    let home = TempHome::new();
    let found = home.lines(&["employers", "evicroe"]);
    assert_eq!((&found[0]["kind"], &found[0]["own"]), (&json!("um_vendor"), &json!(false)));
    let iros = home.lines(&["employers", "--kind", "iro"]);
    assert!(iros.len() > 3 && iros.iter().all(|row| row["kind"] == "iro"));
    let added = home.json(&[
        "employers",
        "add",
        "Lakeshore Review",
        "--kind",
        "um_vendor",
        "--parent",
        "evicore",
        "--domain",
        "Lakeshore.example",
        "--alias",
        "LSR",
    ]);
    assert_eq!((&added["domains"], &added["own"]), (&json!(["lakeshore.example"]), &json!(true)));
    assert_eq!(added["family"], found[0]["family"], "the parent's family");
    let jane = home.json(&["add", "Jane Doe <jane@mail.lakeshore.example>"]);
    assert_eq!((&jane["employer"], &jane["family"]), (&json!("Lakeshore Review"), &found[0]["family"]));
    assert_eq!(home.lines(&["employers", "LSR"])[0]["name"], "Lakeshore Review");
}

#[test]
fn a_shipped_employer_becomes_a_target_and_stays_what_it_was() {
    let home = TempHome::new();
    let before = home.lines(&["employers", "evicore"])[0].clone();
    let target = home.json(&["employers", "target", "evicore"]);
    assert_eq!((&target["target"], &target["domains"], &target["kind"]), (&json!(true), &before["domains"], &before["kind"]));
    assert_eq!(home.lines(&["employers", "evicore"]).len(), 1, "it is not there twice");
    assert_eq!(home.json(&["employers", "target", "evicore", "--off"])["target"], false);
}

#[test]
fn those_who_work_there_follow_an_employer_into_its_family() {
    let home = TempHome::new();
    home.json(&["add", "Jane Doe <jane@plan.example>", "--employer", "Lakeshore Review"]);
    home.json(&["employers", "add", "Lakeshore Review", "--family", "Lakeshore Holdings"]);
    assert_eq!(home.json(&["show", "Jane Doe"])["family"], "Lakeshore Holdings", "the weekly limit counts by family (P4)");
}

#[test]
fn a_template_of_one_s_own_is_begun_checked_and_never_overwritten() {
    let home = TempHome::bare();
    let built_in = home.lines(&["templates"]);
    assert!(built_in.len() > 10 && built_in.iter().all(|template| template["own"] == false));
    assert!(home.words(&["templates", "show", "news"]).starts_with("+++\n"));
    home.json(&["templates", "new", "after-lunch"]);
    home.json(&["templates", "new", "news"]);
    let file = home.dir.join("templates/checkin/news.md");
    assert_eq!(fs::read_to_string(&file).expect("a copy of the built-in one"), built_in_source(&home, "news"));
    assert_eq!(home.json(&["templates", "check"])["errors"], 0);
    fs::write(&file, "+++\nsubject = \"x\"\nreason = \"news\"\nrelation = \"any\"\n+++\nHi {{ greting }},\n").expect("written");
    let said = home.run(&["templates", "check", "news"]);
    assert_eq!(said.code, 1);
    assert!(said.out.contains("templates/checkin/news.md:6: unknown field `greting`; did you mean `greeting`?"), "{}", said.out);
    home.refusal(1, &["templates", "new", "news"]);
    assert!(fs::read_to_string(&file).expect("still mine").contains("greting"));
}

fn built_in_source(home: &TempHome, name: &str) -> String {
    let elsewhere = TempHome::bare();
    let _ = home;
    elsewhere.json(&["templates", "show", name])["source"].as_str().expect("a source").to_owned()
}

#[test]
fn a_warning_is_shown_and_is_no_error() {
    let home = TempHome::bare();
    let file = home.dir.join("templates/checkin/short.md");
    fs::create_dir_all(file.parent().expect("a folder")).expect("made");
    fs::write(&file, "+++\nsubject = \"x\"\nreason = \"news\"\nrelation = \"any\"\n+++\nHow are you?\n").expect("written");
    let said = home.words(&["templates", "check", "short"]);
    assert!(said.contains("warning: it comes to 3 words") && said.contains("It can be used."), "{said}");
    let checked = home.json(&["templates", "check", "short"]);
    assert_eq!(
        (&checked["errors"], &checked["problems"][0]["level"], &checked["problems"][0]["line"]),
        (&json!(0), &json!("warning"), &json!(6))
    );
}

#[test]
fn the_settings_printed_are_settings_that_work() {
    let home = TempHome::bare();
    let defaults = home.words(&["config"]);
    for key in ["default = \"8w\"", "per_day = 8", "hours = \"09:00-16:30\"", "cron = \"0 0 7 * * Mon\""] {
        assert!(defaults.contains(key), "{key}");
    }
    assert_eq!(home.json(&["config"])["sending"]["spacing"], "4m");
}

#[test]
fn the_manual_names_every_command_and_the_exit_codes() {
    let home = TempHome::bare();
    let page = home.words(&["man"]);
    assert!(page.contains(".SH \"EXIT STATUS\"") || page.contains(".SH EXIT STATUS"), "{page}");
    for code in ["\n0\n", "\n1\n", "\n2\n", "\n3\n", "\n4\n", "\n5\n", "\n70\n"] {
        assert!(page.contains(code), "{code:?}");
    }
    let dir = home.outside().join("man1");
    home.json(&["man", "--dir", dir.to_str().expect("a path")]);
    for command in ["contacts", "forget", "news-add", "service-install"] {
        let page = fs::read_to_string(dir.join(format!("curbside-{command}.1"))).expect(command);
        assert!(page.contains("EXIT STATUS"), "{command}");
    }
}

#[test]
fn completions_know_the_commands() {
    let home = TempHome::bare();
    for shell in ["bash", "zsh", "fish"] {
        assert!(home.words(&["completions", shell]).contains("answered"), "{shell}");
    }
}

#[test]
fn the_service_is_hardened_and_leaves_the_data_when_it_goes() {
    let home = TempHome::new();
    assert_eq!(home.json(&["service", "status"])["installed"], false);
    let installed = home.json(&["service", "install"]);
    assert_eq!(installed["started"], false, "without systemctl it says so and is no failure");
    let unit = fs::read_to_string(home.outside().join(".config/systemd/user/curbside.service")).expect("the unit file");
    for line in ["Type=notify", "NoNewPrivileges=true", "ProtectSystem=strict", "Restart=on-failure", "WatchdogSec=120", "MemoryMax=256M"] {
        assert!(unit.lines().any(|found| found == line), "{line} in\n{unit}");
    }
    assert!(unit.contains(&format!("--home \"{}\" run", home.dir.display())), "{unit}");
    assert_eq!(home.json(&["service", "status"])["installed"], true);
    home.json(&["add", "Jane Doe"]);
    let gone = home.json(&["service", "uninstall"]);
    assert_eq!((&gone["installed"], &gone["data"]), (&json!(false), &json!(home.dir)));
    assert_eq!(home.lines(&["contacts"]).len(), 1);
}

#[test]
fn kept_mails_are_read_again_only_for_an_owner_who_says_since_when() {
    let home = TempHome::new();
    assert!(home.refusal(2, &["read"]).contains("FILE"));
    assert!(home.refusal(2, &["read", "--apply", "mail.eml"]).contains("cannot be used with"));
    assert!(home.refusal(2, &["read", "--apply"]).contains("--since"));
    assert_eq!(home.lines(&["read", "--since", "90d"]), Vec::<serde_json::Value>::new());
    assert_eq!(home.words(&["read", "--since", "90d", "--apply"]).trim(), "0 kept mails were read; none of them would be changed.");
}
