//! What lies about, who may read it, and what children and dumps get to see.

use std::fs;
use std::io::BufReader;
use std::os::unix::fs::PermissionsExt as _;
use std::process::{Command, Stdio};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use curbside::mail::imap::{Imap, Stop};
use curbside::model::settings::Security;
use secrecy::SecretString;

use crate::support::files::{holds, must_be_private_below, rights};
use crate::support::home::TempHome;
use crate::support::letters::answer;
use crate::support::owner::{AT_ONCE, Owner, the_one_mail, wait_until};
use crate::support::scripted::{read_line, say, serve};
use crate::support::servers::{PASSWORD, deliver};

/// The ways in which a secret may stand somewhere.
fn forms(user: &str, secret: &str) -> Vec<String> {
    let plain = BASE64_STANDARD.encode(format!("\0{user}\0{secret}"));
    let reversed: String = secret.chars().rev().collect();
    vec![
        secret.to_owned(),
        BASE64_STANDARD.encode(secret).trim_end_matches('=').to_owned(),
        plain.trim_end_matches('=').to_owned(),
        reversed,
    ]
}

/// Nothing of the owner's home holds it, nor any of the words said.
fn stands_nowhere(owner: &Owner, secret: &str, said: &[(String, Vec<u8>)]) {
    for form in forms(&owner.user, secret) {
        for (path, bytes) in owner.files() {
            assert!(!holds(&bytes, &form), "{} holds {form}", path.display());
        }
        for (what, bytes) in said {
            assert!(!holds(bytes, &form), "{what} said {form}: {}", String::from_utf8_lossy(bytes));
        }
    }
}

/// Runs a command as loudly as can be and keeps what it said.
fn loudly(owner: &Owner, words: &[&str], said: &mut Vec<(String, Vec<u8>)>) {
    for more in [&["-vv"][..], &["-vv", "--json"]] {
        let ran = owner.command(&[more, words].concat()).env("CURBSIDE_LOG", "trace").output().expect("the binary runs");
        said.push((words.join(" "), [ran.stdout, ran.stderr].concat()));
    }
}

/// Holds P16, X14.
#[test]
fn p16_a_right_password_stands_nowhere_after_a_whole_life() {
    let owner = Owner::unset("leah");
    owner.init(&[]).must(0);
    owner.append(AT_ONCE);
    let (jane, address) = owner.knows("Jane Doe");
    let mut said = Vec::new();
    loudly(&owner, &["sync"], &mut said);
    owner.approves(&jane);
    loudly(&owner, &["run", "--once"], &mut said);
    let got = the_one_mail(&address);
    deliver(&owner.user, &answer(&address, &owner.user, &got, "Let us talk on the phone."));
    for words in
        [&["run", "--once"][..], &["doctor"], &["status"], &["digest", "--send"], &["backup"], &["export"], &["config"], &["show", &jane]]
    {
        loudly(&owner, words, &mut said);
    }
    assert!(said.iter().any(|(_, bytes)| holds(bytes, "send ended")), "the log is loud");
    stands_nowhere(&owner, PASSWORD, &said);
}

/// Holds P16, X14, S10.
#[test]
fn p16_a_wrong_password_stands_in_no_refusal() {
    const WRONG: &str = "canary-wrong-7731";
    let owner = Owner::unset("leah");
    owner.init(&[]).must(0);
    owner.append(AT_ONCE);
    let (jane, _) = owner.knows("Jane Doe");
    owner.json(&["sync"]);
    owner.approves(&jane);
    fs::write(owner.password_file(), format!("{WRONG}\n")).expect("our file");
    let mut said = Vec::new();
    for words in [
        &["sync"][..],
        &["run", "--once"],
        &["doctor"],
        &["status"],
        &["outbox"],
        &["why", &jane],
        &["digest", "--send"],
        &["backup"],
        &["export"],
    ] {
        loudly(&owner, words, &mut said);
    }
    assert!(said.iter().any(|(_, bytes)| holds(bytes, "refused")), "the login was refused");
    stands_nowhere(&owner, WRONG, &said);
    stands_nowhere(&owner, PASSWORD, &said);
}

/// Holds P16, X14.
#[test]
fn p16_a_life_that_ends_by_a_kill_leaves_no_password_and_may_leave_no_core() {
    let owner = Owner::new("leah");
    let (jane, _) = owner.knows("Jane Doe");
    let daemon = owner.run_with(&["-vv"]);
    owner.approves(&jane);
    let limits = fs::read_to_string(format!("/proc/{}/limits", daemon.pid())).expect("our child");
    let core = limits.lines().find(|line| line.starts_with("Max core file size")).expect("Linux tells");
    assert_eq!(core.split_whitespace().skip(4).take(2).collect::<Vec<_>>(), ["0", "0"], "{core}");
    let environment = fs::read(format!("/proc/{}/environ", daemon.pid())).unwrap_or_default();
    assert!(!holds(&environment, PASSWORD));
    let killed = Command::new("kill").args(["-ABRT", &daemon.pid().to_string()]).status().expect("kill runs");
    assert!(killed.success());
    let log = daemon.log().into_bytes();
    drop(daemon);
    stands_nowhere(&owner, PASSWORD, &[("run".to_owned(), log)]);
    let cores =
        owner.files().into_iter().filter(|(path, _)| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("core")));
    assert_eq!(cores.count(), 0);
}

/// Holds P16, X15.
#[test]
fn p16_everything_that_is_made_is_private_under_a_careless_umask() {
    let home = TempHome::new();
    let careless = |words: &[&str]| {
        let mut command = Command::new("sh");
        command.args(["-c", "umask 000; exec \"$0\" \"$@\"", env!("CARGO_BIN_EXE_curbside")]).args(words).stdin(Stdio::null());
        command.env_clear().env("HOME", home.outside()).env("CURBSIDE_HOME", &home.dir).current_dir(home.outside());
        command
    };
    let export = home.outside().join("all.jsonl");
    for words in [
        &["add", "Jane Doe <jane@plan.example>"][..],
        &["sync"],
        &["backup"],
        &["export", "--output", export.to_str().expect("a path")],
        &["stop", "1"],
        &["forget", "1"],
        &["templates", "new", "mine"],
    ] {
        let done = careless(words).output().expect("sh runs");
        assert!(done.status.success(), "{words:?}: {}", String::from_utf8_lossy(&done.stderr));
    }
    let mut daemon = careless(&["run"]).stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("sh runs");
    wait_until("the daemon runs", || home.json(&["status"])["daemon"]["pid"] == daemon.id());
    let wal = home.dir.join("curbside.db-wal");
    assert!(wal.exists(), "the log of the database is there while it is open");
    must_be_private_below(&home.dir, &["Mail", "config.toml"]);
    assert_eq!(rights(&export), 0o600);
    daemon.kill().expect("our child");
    daemon.wait().expect("our child");
}

fn with_account(password: &str) -> TempHome {
    let home = TempHome::bare();
    let text = format!(
        "[owner]\nname = \"Leah Brandt\"\nemail = \"leah@mail.example\"\ntime_zone = \"America/New_York\"\n\n[account]\nimap_host = \"localhost\"\n\
         smtp_host = \"localhost\"\nusername = \"leah\"\n{password}\n"
    );
    fs::write(home.dir.join("config.toml"), text).expect("the settings");
    home
}

fn allow(home: &TempHome, mode: u32) {
    fs::set_permissions(home.dir.join("config.toml"), fs::Permissions::from_mode(mode)).expect("our file");
}

/// Holds P16, X15.
#[test]
fn p16_settings_with_a_password_that_others_can_read_are_refused() {
    let home = with_account("password_command = \"/bin/echo 'canary-in-config-3391'\"");
    for open in [0o644, 0o640, 0o604] {
        allow(&home, open);
        let said = home.refusal(3, &["contacts"]);
        assert!(said.contains("chmod 600") && !said.contains("canary-in-config"), "{said}");
    }
    allow(&home, 0o600);
    assert_eq!(home.run(&["contacts"]).code, 0);
    let home = with_account("password_command = \"pass show mail\"");
    allow(&home, 0o644);
    assert_eq!(home.run(&["contacts"]).code, 0, "there is no password in it");
}

/// Holds P16, X15.
#[test]
fn p16_settings_that_others_can_change_are_refused() {
    let home = TempHome::new();
    allow(&home, 0o666);
    let said = home.refusal(3, &["contacts"]);
    assert!(said.contains("chmod 600") && said.contains("0666"), "{said}");
}

/// Holds P16, O3.
#[test]
fn p16_a_fault_in_the_settings_repeats_no_line_of_them() {
    for line in ["password_command = \"echo canary-5512", "password = \"canary-5512\"", "password_file = [\"canary-5512\"]", "canary-5512"]
    {
        let home = with_account(line);
        allow(&home, 0o600);
        let said = home.run(&["status"]);
        assert_eq!(said.code, 3, "{line}");
        assert!(!said.err.contains("canary-5512") && !said.out.contains("canary-5512"), "{}", said.err);
    }
}

/// Holds P16.
#[test]
fn p16_children_inherit_nothing_of_ours() {
    let home = TempHome::new();
    let seen = home.outside().join("seen");
    let file = home.dir.join("config.toml");
    let text = fs::read_to_string(&file).expect("the settings");
    let command = format!(
        "send_command = \"env > '{}'; cat > /dev/null\"\n\n[sending]\nundo = \"0s\"\nspacing = \"0s\"\nhours = \"00:00-24:00\"\ndays = \"Mon-Sun\"\n",
        seen.display()
    );
    fs::write(&file, format!("{text}{command}")).expect("written");
    home.json(&["add", "Jane Doe <jane@plan.example>", "--zone", "America/New_York", "--met", "we met at a talk"]);
    home.json(&["sync"]);
    let draft = home.lines(&["review"])[0]["id"].as_str().expect("an id").to_owned();
    home.json(&["review", "approve", &draft]);
    let ran =
        home.command(&["run", "--once"]).env("CURBSIDE_CANARY", "canary-8824").env("NOTIFY_SOCKET", "/nowhere").output().expect("it runs");
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
    let seen = fs::read_to_string(seen).expect("the command ran");
    assert!(
        seen.contains("HOME=") && !seen.contains("CURBSIDE_") && !seen.contains("canary-8824") && !seen.contains("NOTIFY_SOCKET"),
        "{seen}"
    );
}

#[test]
#[ignore = "the faulty side of p16_a_fault_of_the_program_quotes_no_mail, in a process of its own"]
fn faulty_program() {
    curbside::telemetry::init(2, false);
    let body = std::env::var("BODY").expect("run by the other test");
    let at = body.len() - 1;
    let _cut_inside_a_letter = body[..at].len();
}

/// Holds P16, P18.
#[test]
fn p16_a_fault_of_the_program_quotes_no_mail() {
    let faulty = Command::new(std::env::current_exe().expect("this binary"))
        .args(["--exact", "hostile::rights::faulty_program", "--ignored", "--nocapture", "--test-threads=1"])
        .env("BODY", "canary-body-6617 é")
        .output()
        .expect("it runs");
    let said = format!("{}{}", String::from_utf8_lossy(&faulty.stdout), String::from_utf8_lossy(&faulty.stderr));
    assert!(said.contains("a fault of the program at ") && said.contains("rights.rs"), "{said}");
    assert!(!said.contains("canary-body-6617"), "{said}");
}

/// Holds P16, X14.
#[test]
fn p16_a_server_that_repeats_the_login_gets_no_password_into_our_words() {
    for password in ["canary-echo-4417", "canary-echo-4417-\u{fc}"] {
        for answer in ["a1 NO [AUTHENTICATIONFAILED] you said SAID\r\n", "* BYE you said SAID\r\n", "a1 BAD SAID\r\n"] {
            let (servers, _) = serve(Security::None, move |mut line| {
                say(&mut line, b"* OK ready\r\n");
                let mut lines = BufReader::new(line.try_clone().expect("a second handle"));
                let mut said = read_line(&mut lines).unwrap_or_default();
                if said.contains("AUTHENTICATE") {
                    say(&mut line, b"+ \r\n");
                    said = read_line(&mut lines).unwrap_or_default();
                }
                say(&mut line, answer.replace("SAID", &said).as_bytes());
            });
            let refused = Imap::connect(&servers, &SecretString::from(password), &Stop::new()).map(drop).expect_err("refused");
            for form in forms("owner@example.test", password) {
                assert!(!refused.to_string().contains(&form), "{refused}");
            }
        }
    }
}
