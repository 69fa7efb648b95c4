//! The first minutes: setting up, history that was there before, and what the terminal says to nonsense.

use std::fs;
use std::path::Path;

use crate::support::files::files_below;
use crate::support::letters::mail;
use crate::support::owner::Owner;
use crate::support::servers::{deliver, servers};

#[test]
fn init_refuses_what_does_not_work_and_writes_nothing() {
    let owner = Owner::unset("leah");
    let wrong = owner.home.with_file_name("password");
    fs::write(&wrong, "canary-wrong-password\n").expect("our file");
    let said = owner.init(&[]).complains(4);
    assert!(!said.contains("canary"), "{said}");
    fs::write(&wrong, "canary-right-5520\n").expect("our file");
    owner.init(&["--imap-host", "no-such-host.invalid"]).complains(4);
    owner.init(&["--smtp-host", "no-such-host.invalid"]).complains(4);
    owner.init(&["--imap-port", "1"]).complains(4);
    owner.init(&["--smtp-port", "1"]).complains(4);
    let other = owner.home.with_file_name("other.pem");
    let certificate = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).expect("a certificate").cert.pem();
    fs::write(&other, certificate).expect("our file");
    let said = owner.init(&["--ca-file", other.to_str().expect("a path")]).complains(4);
    assert!(said.to_lowercase().contains("certificate"), "{said}");
    owner.init(&["--email", "not an address"]).complains(2);
    owner.init(&["--time-zone", "Mars/Olympus"]).complains(2);
    assert!(!owner.home.join("config.toml").exists() && !owner.home.join("curbside.db").exists(), "nothing was written");
    let listed: Vec<_> = owner.files();
    assert!(listed.is_empty(), "{:?}", listed.iter().map(|(path, _)| path).collect::<Vec<_>>());
}

#[test]
fn init_takes_a_command_for_the_password_and_starttls() {
    let owner = Owner::unset("leah");
    let (imap, smtp) = (servers().imap.to_string(), servers().smtp.to_string());
    let flags = [
        "--password-command",
        "echo canary-right-5520",
        "--imap-port",
        &imap,
        "--imap-security",
        "starttls",
        "--smtp-port",
        &smtp,
        "--smtp-security",
        "starttls",
    ];
    let done = owner.init(&flags).must(0);
    assert!(!done.out.is_empty());
    owner.init(&flags).complains(1);
    owner.json(&["sync"]);
    assert!(owner.list(&["doctor"]).iter().all(|part| part["ok"] == true));
}

#[test]
fn p16_plain_connections_are_for_this_machine_only() {
    let owner = Owner::unset("leah");
    let said = owner.init(&["--imap-host", "imap.example.test", "--imap-security", "none"]);
    assert!(said.code == 3 || said.code == 1 || said.code == 2, "{}: {}", said.code, said.err);
    assert!(!owner.home.join("config.toml").exists());
}

#[test]
fn p8_history_before_the_first_day_counts_and_a_later_contact_is_searched_for() {
    let owner = Owner::unset("leah");
    let (jane, tom) = (crate::support::servers::fresh_user("jane"), crate::support::servers::fresh_user("tom"));
    let old = |from: &str, to: &str, day: &str, text: &str| {
        mail(from, to, "Old times", "", text)
            .lines()
            .map(|line| if line.starts_with("Date: ") { format!("Date: {day}") } else { line.to_owned() })
            .collect::<Vec<_>>()
            .join("\r\n")
    };
    deliver(&owner.user, &old(&jane, &owner.user, "Wed, 12 Aug 2026 10:00:00 -0400", "Thanks for the update, congratulations!"));
    deliver(&owner.user.replace('@', "+Sent@"), &old(&owner.user, &jane, "Mon, 14 Sep 2026 10:00:00 -0400", "All well here."));
    deliver(
        &owner.user.replace('@', "+Archive@"),
        &old(&tom, &owner.user, "Thu, 20 Aug 2026 10:00:00 -0400", "Please do not email me again."),
    );
    owner.init(&[]).must(0);
    owner.append(crate::support::owner::AT_ONCE);
    let first = owner.adds("Jane Doe", &jane, &[]);
    let shown = owner.json(&["show", &first]);
    assert!(shown["last_touch"].as_str().is_some_and(|day| day.starts_with("2026-09-14")), "{shown}");
    owner.json(&["sync"]);
    let second = owner.adds("Tom Wexler", &tom, &[]);
    assert_eq!(owner.standing(&second), ("stopped".to_owned(), "opted_out".to_owned()));
    assert!(owner.drafts(&second).is_empty());
    assert_eq!(owner.drafts(&first).len(), 1, "ten weeks of silence: due again");
}

#[test]
fn nonsense_gets_one_clear_sentence_and_the_right_code() {
    let owner = Owner::new("leah");
    let (jane, _) = owner.knows("Jane Doe");
    owner.knows("Jane Dorn");
    for (words, code) in [
        (vec!["show", "Jane"], 1),
        (vec!["show", "nobody@payer.test"], 1),
        (vec!["show", "99999"], 1),
        (vec!["add", "Jane <jane at payer.test>"], 1),
        (vec!["add", "<@>"], 1),
        (vec!["add", ""], 1),
        (vec!["add", "X <x@payer.test>", "--every", "soon"], 2),
        (vec!["add", "X <x@payer.test>", "--relation", "cousin"], 2),
        (vec!["add", "X <x@payer.test>", "--zone", "Mars/Olympus"], 1),
        (vec!["review", "approve", "999"], 1),
        (vec!["review", "approve", "abc"], 1),
        (vec!["review", "approve", "1@"], 1),
        (vec!["review", "approve", "1@beef"], 1),
        (vec!["review", "skip", "999"], 1),
        (vec!["review", "later", "1", "sometime"], 2),
        (vec!["review", "edit", "999", "--file", "/nonexistent"], 1),
        (vec!["outbox", "cancel", "999"], 1),
        (vec!["outbox", "resolve", "999", "--sent"], 1),
        (vec!["outbox", "resolve", "1"], 2),
        (vec!["plan", "--days", "-3"], 2),
        (vec!["plan", "--days", "99999999"], 2),
        (vec!["log", "Nobody", "we talked"], 1),
        (vec!["log", jane.as_str(), "we talked", "--on", "2026-02-30"], 2),
        (vec!["pause", jane.as_str(), "--until", "yesterday"], 2),
        (vec!["outcome", "<nothing@payer.test>", "call"], 1),
        (vec!["outcome", "<nothing@payer.test>", "marvellous"], 2),
        (vec!["news", "drop", "77"], 1),
        (vec!["merge", jane.as_str(), jane.as_str()], 1),
        (vec!["frobnicate"], 2),
        (vec!["--now", "tomorrow", "plan"], 2),
        (vec!["read", "/nonexistent.eml"], 1),
    ] {
        let ran = owner.curbside(&words);
        assert_eq!(ran.code, code, "{words:?}: {}{}", ran.out, ran.err);
        ran.complains(code);
    }
    let file = owner.home.join("config.toml");
    let good = fs::read_to_string(&file).expect("init wrote it");
    for wrong in
        ["[sending]\nundo = \"0s\"\nfrequency = 3\n", "[owner\n", "[digest]\ncron = \"0 7 * * 1\"\n", "[cadence]\ndefault = \"often\"\n"]
    {
        fs::write(&file, good.replace(crate::support::owner::AT_ONCE, wrong)).expect("our file");
        let said = owner.curbside(&["plan"]).complains(3);
        assert!(said.contains("config.toml") || said.contains('['), "it names the place: {said}");
    }
    fs::write(&file, good).expect("our file");
    owner.json(&["plan"]);
    let far = Owner::unset("leah");
    far.curbside(&["plan"]).complains(3);
    fs::create_dir_all(&far.home).expect("our folder");
    fs::write(far.home.join("config.toml"), fs::read_to_string(&file).expect("config").replace("\"localhost\"", "\"imap.example.test\""))
        .expect("our file");
    far.curbside(&["--now", "2026-12-01T10:00:00Z", "plan"]).complains(1);
}

/// Holds D6.
#[test]
fn p17_a_corrupt_database_is_kept_and_said() {
    let owner = Owner::new("leah");
    owner.knows("Jane Doe");
    let file = owner.home.join("curbside.db");
    for name in ["curbside.db-wal", "curbside.db-shm"] {
        let _absent = fs::remove_file(owner.home.join(name));
    }
    let mut bytes = fs::read(&file).expect("the database");
    bytes[..2048].fill(0x55);
    fs::write(&file, &bytes).expect("our file");
    for words in [&["plan"][..], &["run", "--once"], &["status"], &["review"]] {
        let said = owner.curbside(words).complains(5);
        assert!(said.contains("restore"), "{said}");
    }
    assert_eq!(fs::read(&file).expect("still there"), bytes, "never deleted or changed");
}

#[test]
fn every_sample_mail_is_read() {
    let owner = Owner::unset("leah");
    let mut files = files_below(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/mail"));
    files.retain(|file| file.extension().is_some_and(|extension| extension == "eml"));
    let files: Vec<String> = files.iter().map(|file| file.display().to_string()).collect();
    assert!(files.len() > 20);
    let words: Vec<&str> = ["--json", "read"].into_iter().chain(files.iter().map(String::as_str)).collect();
    let ran = owner.curbside(&words).must(0);
    assert_eq!(ran.lines().len(), files.len());
    for line in ran.lines() {
        for key in [
            "file",
            "kind",
            "message_id",
            "from",
            "subject",
            "date",
            "new_text",
            "outcome",
            "outcomes",
            "confidence",
            "facts",
            "bounce",
            "rules",
        ] {
            assert!(line.get(key).is_some(), "{key}: {line}");
        }
    }
    let nonsense = owner.password_file();
    fs::write(&nonsense, [0_u8, 159, 146, 150].repeat(99)).expect("our file");
    let ran = owner.curbside(&["--json", "read", nonsense.to_str().expect("a path"), &files[0]]).must(1);
    assert_eq!(ran.lines().len(), 2);
    assert!(ran.lines()[0]["error"].is_string() && ran.lines()[1]["kind"].is_string());
}
