//! People brought in from files, and found in the mailbox: what is shown, what is written, and what never comes back.

use std::fmt::Write as _;
use std::fs;

use serde_json::{Value, json};

use crate::support::home::TempHome;

const NOW: [&str; 2] = ["--now", "2026-11-23T14:00:00Z"];

const LINKEDIN: &str = "\u{feff}Notes:\n\"When exporting your connection data, you may notice that some of the email addresses are missing.\"\n\n\
First Name,Last Name,URL,Email Address,Company,Position,Connected On\n\
Jane,\"Doe, MD\",https://www.linkedin.com/in/jane-doe,jane@plan.example,eviCore healthcare,Medical Director,05 Mar 2024\n\
Tom,Wexler,https://www.linkedin.com/in/tw,,\"Aetna, a CVS Health Company\",Physician Recruiter,17 Dec 2019\n\
Ana,Núñez,https://www.linkedin.com/in/ana,ana@humana.com,Humana,Medical Director,01 Feb 2020\n";

/// A file beside the home; its path.
fn file(home: &TempHome, name: &str, text: impl AsRef<[u8]>) -> String {
    let path = home.outside().join(name);
    fs::write(&path, text).expect("a file");
    path.to_str().expect("a path").to_owned()
}

fn import(home: &TempHome, words: &[&str]) -> Vec<Value> {
    home.lines(&[&NOW, ["import"].as_slice(), words].concat())
}

fn verdicts(rows: &[Value]) -> Vec<&str> {
    rows.iter().filter_map(|row| row["verdict"].as_str()).collect()
}

#[test]
fn a_dry_run_shows_every_row_and_writes_nothing() {
    let home = TempHome::new();
    let connections = file(&home, "Connections.csv", LINKEDIN);
    let said = home.words(&["import", "linkedin", &connections, "--dry-run"]);
    for words in ["Connections.csv · LinkedIn · UTF-8 · 3 rows", "3  new", "Jane Doe, MD", "eviCore healthcare", "Nothing is written yet."]
    {
        assert!(said.contains(words), "{words} is missing in\n{said}");
    }
    assert!(said.lines().all(|line| line.chars().count() <= 100), "it fits the width:\n{said}");
    let rows = import(&home, &["linkedin", &connections, "--dry-run"]);
    assert_eq!((rows.len(), rows[0]["line"].as_u64(), &rows[0]["contact"]), (3, Some(5), &Value::Null));
    assert!(home.lines(&["contacts"]).is_empty());
}

#[test]
fn an_import_brings_people_with_all_that_is_known_and_the_same_file_again_changes_nothing() {
    let home = TempHome::new();
    let connections = file(&home, "Connections.csv", LINKEDIN);
    let rows = import(&home, &["linkedin", &connections]);
    assert_eq!(verdicts(&rows), ["new", "new", "new"]);
    let jane = home.json(&["show", "jane@plan.example"]);
    assert_eq!(jane["id"], rows[0]["contact"]);
    for (key, value) in [
        ("name", "Jane Doe, MD"),
        ("employer", "eviCore healthcare"),
        ("title", "Medical Director"),
        ("relation", "peer"),
        ("mode", "review"),
        ("met", "we connected on LinkedIn in March 2024"),
    ] {
        assert_eq!(jane[key], value, "{key}");
    }
    assert_eq!(jane["searched"], true, "P8: earlier mail was looked for");
    assert_eq!(home.json(&["show", "Tom Wexler"])["relation"], "recruiter");
    let skips = home.json(&[&NOW, ["plan"].as_slice()].concat())["skips"].clone();
    assert!(skips.as_array().expect("skips").iter().any(|skip| skip["because"] == "no_address"), "{skips}");
    let again = import(&home, &["linkedin", &connections]);
    assert_eq!(verdicts(&again), ["known", "known", "known"]);
    assert!(again.iter().all(|row| row["learnt"] == json!([])));
    assert_eq!(home.lines(&["contacts"]).len(), 3);
}

#[test]
fn the_next_export_updates_what_was_imported_and_never_what_the_owner_typed() {
    let home = TempHome::new();
    import(&home, &["linkedin", &file(&home, "one.csv", LINKEDIN)]);
    home.json(&["edit", "jane@plan.example", "--title", "Chief Medical Officer"]);
    let newer = LINKEDIN.replace("Medical Director", "Physician Advisor").replace("Aetna, a CVS Health Company", "Humana");
    let rows = import(&home, &["linkedin", &file(&home, "two.csv", newer)]);
    assert_eq!(home.json(&["show", "jane@plan.example"])["title"], "Chief Medical Officer");
    assert_eq!(rows[0]["remarks"], json!(["you say “Chief Medical Officer”, the file “Physician Advisor”"]));
    assert_eq!(home.json(&["show", "ana@humana.com"])["title"], "Physician Advisor");
    let tom = home.json(&["show", "Tom Wexler"]);
    assert_eq!((tom["employer"].as_str(), tom["family"].as_str()), (Some("Humana"), Some("Humana")));
    let journal = tom["journal"].to_string();
    assert!(journal.contains("LinkedIn says: employer Humana (was Aetna)"), "the journal tells who moved: {journal}");
}

/// Holds P2, P17.
#[test]
fn p17_a_file_brings_back_nobody_who_was_forgotten_or_asked_not_to_be_written_to() {
    let home = TempHome::new();
    let connections = file(&home, "Connections.csv", LINKEDIN);
    import(&home, &["linkedin", &connections]);
    home.json(&["forget", "jane@plan.example"]);
    let rows = import(&home, &["linkedin", &connections]);
    assert_eq!(verdicts(&rows), ["refused", "known", "known"]);
    assert!(rows[0]["because"].as_str().is_some_and(|why| why.contains("was forgotten at your word")), "{}", rows[0]);
    assert_eq!(home.lines(&["contacts"]).len(), 2);
    let said = home.words(&["import", "linkedin", &connections, "--dry-run"]);
    assert!(said.contains("Refused") && said.contains("jane@plan.example was forgotten"), "{said}");
}

#[test]
fn of_a_whole_network_the_people_of_the_trade_come_in_and_the_others_are_counted() {
    let home = TempHome::new();
    let mut network = LINKEDIN.to_owned();
    for number in 0..40 {
        writeln!(network, "Friend,Number{number},,,Corner Bakery,Baker,01 Jan 2020").expect("memory");
    }
    let connections = file(&home, "Connections.csv", network);
    let said = home.words(&["import", "linkedin", &connections, "--dry-run"]);
    assert!(said.contains("40  neither at an employer of the directory nor with a title of utilization management; --all"), "{said}");
    assert!(!said.contains("Number7"), "nobody reads forty bakers:\n{said}");
    let rows = import(&home, &["linkedin", &connections]);
    assert_eq!(rows.len(), 43, "a script is told of every row");
    assert_eq!(rows.iter().filter(|row| row["verdict"] == "left_out").count(), 40);
    assert_eq!(home.lines(&["contacts"]).len(), 3);
    assert_eq!(import(&home, &["linkedin", &connections, "--all"]).iter().filter(|row| row["verdict"] == "new").count(), 40);
}

#[test]
fn a_bad_row_is_named_with_its_line_and_the_others_come_in() {
    let home = TempHome::new();
    let people = file(
        &home,
        "people.csv",
        "Name,E-Mail,Company,Birthday\nJane Doe,jane@plan.example,Lakeshore Health,1970\nTom,Wexler,tom@plan.example,x,y\n\
         =HYPERLINK(1),h@plan.example,x,\nAna \u{1b}[31mNúñez,not an address,Aetna,\n",
    );
    let said = home.run(&["import", "csv", &people]);
    assert_eq!(said.code, 1, "bad rows are bad news: {}", said.err);
    for words in
        ["2  new", "2  unreadable", "it has 5 cells where the head has 4", "“=HYPERLINK(1)” is no name", "Columns not taken: Birthday."]
    {
        assert!(said.out.contains(words), "{words} is missing in\n{}", said.out);
    }
    assert!(said.out.contains("“not an address” is not an") && !said.out.contains('\u{1b}'), "{}", said.out);
    assert_eq!(home.lines(&["contacts"]).len(), 2);
}

#[test]
fn a_file_that_is_no_list_of_people_is_refused_with_what_to_do() {
    let home = TempHome::new();
    let odd = file(&home, "odd.csv", "Wer;Wo\nJane Doe;jane@plan.example\n");
    let why = home.refusal(1, &["import", "csv", &odd]);
    assert!(why.contains("its columns are: Wer · Wo") && why.contains("--map name="), "{why}");
    let rows = import(&home, &["csv", &odd, "--map", "name=Wer", "--map", "address=#2"]);
    assert_eq!((verdicts(&rows), rows[0]["name"].as_str()), (vec!["new"], Some("Jane Doe")));
    assert!(home.refusal(1, &["import", "csv", &odd, "--map", "name=Nobody"]).contains("no column “Nobody”"));
    assert!(home.refusal(1, &["import", "linkedin", &file(&home, "a.zip", b"PK\x03\x04x")]).contains("unpack it first"));
    assert!(home.refusal(1, &["import", "csv", "nowhere.csv"]).contains("nowhere.csv cannot be read"));
    assert!(home.refusal(2, &["import", "csv", &odd, "--map", "nonsense"]).contains("write it like name="));
}

#[test]
fn address_books_come_in_as_vcards_and_our_own_export_as_csv() {
    let home = TempHome::new();
    let cards = file(
        &home,
        "people.vcf",
        "BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Jane Doe\\, MD\r\nORG:eviCore healthcare\r\nEMAIL;TYPE=HOME:jane@home.example\r\nEMAIL;TYPE=PREF:jane@evi\r\n core.com\r\nNOTE:plays the cello\r\nEND:VCARD\r\n\
         BEGIN:VCARD\r\nVERSION:4.0\r\nFN:Tom Wexler\r\nEMAIL;PREF=1:tom@plan.example\r\nEND:VCARD\r\n",
    );
    let rows = import(&home, &["vcard", &cards]);
    assert_eq!((verdicts(&rows), &rows[0]["addresses"]), (vec!["new", "new"], &json!(["jane@evicore.com", "jane@home.example"])));
    let jane = home.json(&["show", "jane@evicore.com"]);
    assert_eq!(jane["note"], "plays the cello");
    assert!(
        jane["journal"].as_array().expect("a journal").iter().all(|line| line["kind"] != "note"),
        "an old note is no occasion to write"
    );
    let export = home.words(&["export", "--format", "csv"]);
    let other = TempHome::new();
    let rows = import(&other, &["csv", &file(&other, "export.csv", export)]);
    assert_eq!(verdicts(&rows), ["new", "new"]);
    assert_eq!(other.json(&["show", "jane@home.example"])["note"], "plays the cello");
}

#[test]
fn a_doubt_is_settled_by_its_line() {
    let home = TempHome::new();
    home.json(&["add", "Jane Doe <jane@old.example>", "--employer", "Aetna"]);
    let people = file(&home, "people.csv", "Name,E-Mail,Company\nJane Doe,jd@humana.com,Humana\n");
    let said = home.words(&["import", "csv", &people]);
    assert!(said.contains("is it Jane Doe of Aetna (contact 1)?") && said.contains("--same 2; people of their own: --new 2"), "{said}");
    assert_eq!(home.lines(&["contacts"]).len(), 1);
    let rows = import(&home, &["csv", &people, "--same", "2"]);
    assert_eq!((verdicts(&rows), rows[0]["contact"].as_str()), (vec!["known"], Some("1")));
    assert_eq!(home.json(&["show", "1"])["addresses"], json!(["jane@old.example", "jd@humana.com"]));
}

/// Holds P4.
#[test]
fn p4_three_hundred_newcomers_make_no_burst_of_first_words() {
    let home = TempHome::new();
    let mut network = "Name,E-Mail,Company,Title\n".to_owned();
    for number in 0..300 {
        writeln!(network, "Person Number{number},p{number}@plan{}.example,Aetna,Medical Director", number % 9).expect("memory");
    }
    let rows = import(&home, &["csv", &file(&home, "network.csv", network)]);
    assert_eq!(rows.iter().filter(|row| row["verdict"] == "new").count(), 300);
    let touches = home.json(&[&NOW, ["plan"].as_slice()].concat())["touches"].clone();
    let touches = touches.as_array().expect("touches");
    assert!((1..=6).contains(&touches.len()), "two of one family in a week: {}", touches.len());
    assert!(home.lines(&["outbox"]).is_empty(), "nothing goes without a yes");
}

const FROM_JANE: &str = "From: Jane Doe <jane.doe@evicore.com>\nTo: leah@mail.example\nSubject: hello\nDate: Mon, 02 Nov 2026 10:00:00 -0500\nMessage-ID: <a1@evicore.com>\n\nHi\n";
const TO_TOM: &str = "From: leah@mail.example\nTo: Tom Wexler <tom@aetna.com>\nSubject: hello\nDate: Mon, 02 Nov 2026 10:00:00 -0500\nMessage-ID: <a2@mail.example>\n\nHi\n";
const FROM_A_DESK: &str = "From: Aetna <no-reply@aetna.com>\nTo: leah@mail.example\nSubject: hello\nDate: Mon, 02 Nov 2026 10:00:00 -0500\nMessage-ID: <a3@aetna.com>\n\nHi\n";

#[test]
fn discover_shows_whom_the_owner_knows_and_keeps_those_who_are_ticked() {
    let home = TempHome::new();
    home.deliver("", "1", FROM_JANE);
    home.deliver(".Sent", "2", TO_TOM);
    home.deliver("", "3", FROM_A_DESK);
    let discover = |words: &[&'static str]| [&NOW, ["discover"].as_slice(), words].concat();
    let said = home.words(&discover(&[]));
    for words in [
        "3 mails in 3 folders looked at, back to 23 Nov 2024.",
        "1×, last 2 Nov",
        "jane.doe@evicore.com",
        "Left out: 1 desk, list or machine.",
    ] {
        assert!(said.contains(words), "{words} is missing in\n{said}");
    }
    let found = home.lines(&discover(&[]));
    assert_eq!(found.len(), 2);
    assert_eq!((&found[0]["name"], &found[0]["employer"]), (&json!("Jane Doe"), &json!("eviCore healthcare")));
    assert_eq!(
        (&found[0]["they_wrote"], &found[0]["they_last_wrote"], &found[0]["you_last_wrote"]),
        (&json!(1), &json!("2026-11-02T10:00:00-05:00"), &Value::Null)
    );
    assert!(home.lines(&["contacts"]).is_empty(), "looking keeps nobody");
    assert!(home.refusal(1, &discover(&["--keep", "7"])).contains("no number 7"));
    let kept = home.lines(&discover(&["--most", "1", "--keep", "all"]));
    assert_eq!(kept.len(), 1, "all are those whom the list shows: {kept:?}");
    assert_eq!((kept[0]["id"].as_str(), kept[0]["searched"].as_bool(), kept[0]["mode"].as_str()), (Some("1"), Some(true), Some("review")));
    assert_eq!(home.lines(&discover(&["--since", "1w"])), Vec::<Value>::new(), "nobody wrote this week");
    home.json(&["forget", "1"]);
    let left = home.lines(&discover(&[]));
    assert_eq!((left.len(), left[0]["name"].as_str()), (1, Some("Tom Wexler")), "whoever was forgotten is not proposed again");
}
