//! A local folder account is read without touching it, beside another tool that moves its files.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::time::Duration;

use curbside::mail::maildir::{Maildir, send_by_command, send_by_command_within, send_to_outbox};
use curbside::model::address::Address;
use curbside::model::edge::{EdgeError, Refusal, SendAnswer, Stage};
use curbside::model::folder::{HeaderRow, Role};
use jiff::Timestamp;
use tempfile::TempDir;

const LETTER: &[u8] =
    b"From: Jane <jane@payer.example>\nTo: ann@owner.example\nMessage-ID: <m1@payer.example>\nSubject: Re: Hello\n\nHi Ann,\n\nyes.\n";

fn at() -> Timestamp {
    "2026-03-03T14:42:00Z".parse().expect("a time")
}

fn account() -> (TempDir, Maildir) {
    let home = TempDir::new().expect("a folder");
    let maildir = Maildir::create(home.path()).expect("an account");
    (home, maildir)
}

fn rows(maildir: &Maildir, folder: &str, last: u64) -> Vec<HeaderRow> {
    let mut rows = Vec::new();
    maildir.rows_since(folder, last, &mut |row| rows.push(row)).expect("a listing");
    rows
}

/// Every file with its size and times.
fn snapshot(dir: &Path) -> BTreeMap<String, (u64, i64, i64, i64, i64)> {
    let mut found = BTreeMap::new();
    let mut folders = vec![dir.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("a listing").map_while(Result::ok) {
            let about = entry.metadata().expect("a file");
            let times = (about.len(), about.mtime(), about.mtime_nsec(), about.ctime(), about.ctime_nsec());
            found.insert(entry.path().display().to_string(), times);
            folders.extend(about.is_dir().then(|| entry.path()));
        }
    }
    found
}

#[test]
fn opening_a_folder_that_is_no_maildir_makes_nothing_and_says_so() {
    let home = TempDir::new().expect("a folder");
    assert!(matches!(Maildir::open(home.path()), Err(EdgeError::Permanent(_))));
    assert!(matches!(Maildir::open(&home.path().join("not-mounted")), Err(EdgeError::Temporary { .. })));
    assert_eq!(fs::read_dir(home.path()).expect("a listing").count(), 0);
}

#[test]
fn folders_are_known_by_their_names_and_the_outbox_is_nobodys() {
    let (home, maildir) = account();
    for name in [".Sent", ".Archive", ".Junk", ".Drafts", ".Trash", ".Work.Payers", ".Outbox"] {
        Maildir::create(&home.path().join(name)).expect("a folder");
    }
    fs::create_dir(home.path().join(".not-a-maildir")).expect("a folder");
    let found: Vec<(String, Role)> = maildir.folders().expect("a listing").into_iter().map(|folder| (folder.name, folder.role)).collect();
    let expected = [
        ("INBOX", Role::Inbox),
        ("Archive", Role::Archive),
        ("Drafts", Role::Drafts),
        ("Junk", Role::Junk),
        ("Sent", Role::Sent),
        ("Trash", Role::Trash),
        ("Work.Payers", Role::Other),
    ];
    assert_eq!(found, expected.map(|(name, role)| (name.to_owned(), role)));
}

#[test]
fn p9_reading_renames_and_touches_nothing() {
    let (home, maildir) = account();
    maildir.deliver("INBOX", LETTER, at()).expect("delivered");
    maildir.append("Sent", LETTER, at(), true).expect("filed");
    let before = snapshot(home.path());
    for folder in maildir.folders().expect("a listing") {
        maildir.open_folder(&folder.name).expect("a folder");
        for row in rows(&maildir, &folder.name, 0) {
            assert_eq!(maildir.whole(&row.file.expect("a file")).as_deref(), Some(LETTER));
        }
        assert!(maildir.find_message_id(&folder.name, "m1@payer.example").expect("a search").is_some());
    }
    assert_eq!(snapshot(home.path()), before);
}

#[test]
fn a_row_is_the_header_block_with_the_time_of_arrival() {
    let (_home, maildir) = account();
    let file = maildir.deliver("INBOX", LETTER, at()).expect("delivered");
    let row = rows(&maildir, "INBOX", 0).remove(0);
    assert!(row.header.ends_with(b"Subject: Re: Hello\n\n"), "{:?}", String::from_utf8_lossy(&row.header));
    assert_eq!((row.arrived, row.size, row.file), (Some(at()), LETTER.len() as u64, Some(file)));
    let opened = maildir.open_folder("INBOX").expect("a folder");
    assert_eq!((opened.validity, opened.next, opened.exists), (0, Some(row.uid + 1), 1));
}

#[test]
fn what_changed_within_two_seconds_of_the_cursor_comes_again() {
    let (_home, maildir) = account();
    maildir.deliver("INBOX", LETTER, at()).expect("delivered");
    let newest = rows(&maildir, "INBOX", 0)[0].uid;
    assert_eq!(rows(&maildir, "INBOX", newest).len(), 1);
    assert_eq!(rows(&maildir, "INBOX", newest + 1_900_000).len(), 1);
    assert_eq!(rows(&maildir, "INBOX", newest + 2_100_000).len(), 0);
}

/// Holds P8.
#[test]
fn a_mail_with_an_old_arrival_time_is_new_all_the_same() {
    let (_home, maildir) = account();
    maildir.deliver("INBOX", LETTER, at()).expect("delivered");
    let cursor = maildir.open_folder("INBOX").expect("a folder").next.expect("a key") - 1;
    maildir.deliver("INBOX", b"Message-ID: <m2@x.example>\n\nlate\n", "2019-01-01T00:00:00Z".parse().expect("a time")).expect("delivered");
    assert!(rows(&maildir, "INBOX", cursor).iter().any(|row| row.header.starts_with(b"Message-ID: <m2@")));
}

/// Holds P8, R21.
#[test]
fn a_mail_that_another_tool_moves_is_found_again() {
    let (home, maildir) = account();
    let file = maildir.deliver("INBOX", LETTER, at()).expect("delivered");
    let base = file.strip_prefix("new/").expect("a new mail");
    fs::rename(home.path().join(&file), home.path().join(format!("cur/{base}:2,"))).expect("seen by a reader");
    assert_eq!(maildir.whole(&file).as_deref(), Some(LETTER));
    fs::rename(home.path().join(format!("cur/{base}:2,")), home.path().join(format!("cur/{base}:2,RS"))).expect("answered");
    assert_eq!(maildir.whole(&file).as_deref(), Some(LETTER));
    assert_eq!(maildir.whole(&format!("cur/{base}:2,")).as_deref(), Some(LETTER));
    fs::rename(home.path().join(format!("cur/{base}:2,RS")), home.path().join(format!("cur/{base},U=7:2,S"))).expect("numbered");
    assert_eq!(maildir.whole(&file).as_deref(), Some(LETTER));
    fs::remove_file(home.path().join(format!("cur/{base},U=7:2,S"))).expect("deleted");
    assert_eq!(maildir.whole(&file), None);
}

/// Holds R21.
#[test]
fn a_mail_that_goes_away_between_list_and_read_is_left_out() {
    let (home, maildir) = account();
    for n in 0..5 {
        maildir.deliver("INBOX", format!("Message-ID: <{n}@x.example>\n\n{n}\n").as_bytes(), at()).expect("delivered");
    }
    let mut seen = 0;
    let take_away_the_rest = &mut |_| {
        seen += 1;
        for entry in fs::read_dir(home.path().join("new")).expect("a listing").map_while(Result::ok) {
            fs::remove_file(entry.path()).expect("deleted");
        }
    };
    maildir.rows_since("INBOX", 0, take_away_the_rest).expect("no failure");
    assert_eq!(seen, 1);
}

/// Holds P18.
#[test]
fn x13_a_name_never_leads_out_of_the_account() {
    let (home, maildir) = account();
    let inner = Maildir::create(&home.path().join("inner")).expect("an account");
    maildir.deliver("INBOX", LETTER, at()).expect("delivered");
    let outside = rows(&maildir, "INBOX", 0)[0].file.clone().expect("a file");
    assert_eq!(inner.whole(&format!("../{outside}")), None);
    assert_eq!(inner.whole(&home.path().join(&outside).display().to_string()), None);
    for folder in ["../new", "/etc", "..", ".", "", "a/b"] {
        assert!(matches!(inner.open_folder(folder), Err(EdgeError::Permanent(_))), "{folder}");
        assert!(inner.append(folder, LETTER, at(), true).is_err(), "{folder}");
    }
}

#[test]
fn pipes_folders_and_hidden_files_are_no_mail() {
    let (home, maildir) = account();
    let made = std::process::Command::new("mkfifo").arg(home.path().join("new/pipe")).status();
    assert!(made.is_ok_and(|status| status.success()), "a pipe is needed for this test");
    fs::create_dir(home.path().join("cur/folder")).expect("a folder");
    fs::write(home.path().join("cur/.hidden"), LETTER).expect("a file");
    assert_eq!(rows(&maildir, "INBOX", 0).len(), 0);
    assert_eq!(maildir.whole("new/pipe"), None);
}

#[test]
fn p18_huge_headers_and_bodies_are_cut() {
    let (_home, maildir) = account();
    let mut huge = b"Subject: x\nX-Long: ".to_vec();
    huge.resize(3 * 1024 * 1024, b'y');
    let file = maildir.deliver("INBOX", &huge, at()).expect("delivered");
    let row = rows(&maildir, "INBOX", 0).remove(0);
    assert_eq!(row.header.len(), 64 * 1024);
    assert_eq!(row.size, huge.len() as u64);
    assert_eq!(maildir.whole(&file).expect("the start").len(), 2 * 1024 * 1024 + 1);
}

/// Holds P10, S14.
#[test]
fn filing_the_same_mail_again_after_a_crash_makes_no_second_copy() {
    let (home, maildir) = account();
    let file = maildir.append("Sent", LETTER, at(), true).expect("filed");
    fs::rename(home.path().join(&file), home.path().join(format!("{file}F"))).expect("flagged");
    assert_eq!(maildir.append("Sent", LETTER, at(), true).expect("filed"), format!("{file}F"));
    assert_eq!(maildir.open_folder("Sent").expect("a folder").exists, 1);
    assert_eq!(fs::read_dir(home.path().join(".Sent/tmp")).expect("a listing").count(), 0);
}

#[test]
fn p16_what_is_written_is_for_the_owner_only() {
    let (home, maildir) = account();
    let file = maildir.append("Sent", LETTER, at(), true).expect("filed");
    let mode = |path: &Path| fs::metadata(path).expect("it is there").mode() & 0o777;
    assert_eq!((mode(&home.path().join(file)), mode(&home.path().join(".Sent/cur"))), (0o600, 0o700));
}

#[test]
fn mail_of_a_person_is_found_by_any_of_their_addresses() {
    let (_home, maildir) = account();
    maildir.deliver("INBOX", LETTER, at()).expect("delivered");
    maildir.deliver("INBOX", b"From: other@x.example\nX-Note: jane@payer.example\n\njane@payer.example\n", at()).expect("delivered");
    let mut found = Vec::new();
    let jane = [Address::parse("JANE@Payer.example").expect("an address"), Address::parse("jd@home.example").expect("an address")];
    maildir.find_addresses("INBOX", &jane, at(), &mut |row| found.push(row)).expect("a search");
    assert_eq!(found.len(), 1);
    let later = at() + Duration::from_secs(1);
    maildir.find_addresses("INBOX", &jane, later, &mut |row| found.push(row)).expect("a search");
    assert_eq!(found.len(), 1, "mail from before is not looked at");
}

/// Holds P10.
#[test]
fn p1_a_mail_is_found_by_our_id_even_when_outlook_replaced_it() {
    let (_home, maildir) = account();
    let replaced = b"Message-ID: <new@outlook.example>\nX-Microsoft-Original-Message-ID: <ours@owner.example>\nSubject: x\n\n";
    maildir.append("Sent", replaced, at(), true).expect("filed");
    assert!(maildir.find_message_id("Sent", "ours@owner.example").expect("a search").is_some());
    assert!(maildir.find_message_id("Sent", "urs@owner.example").expect("a search").is_none());
}

fn by_command(command: &str) -> SendAnswer {
    send_by_command(command, LETTER, &mut || Ok(()))
}

#[test]
fn a_send_command_gets_the_bytes_and_its_exit_says_what_became_of_them() {
    let home = TempDir::new().expect("a folder");
    let sent = home.path().join("sent.eml");
    assert!(matches!(by_command(&format!("cat > '{}'", sent.display())), SendAnswer::Accepted(_)));
    assert_eq!(fs::read(sent).expect("the mail"), LETTER);

    let refusal = |code, text: &str| SendAnswer::Refused(Refusal { stage: Stage::Body, code, status: None, text: text.to_owned() });
    assert_eq!(by_command("cat >/dev/null; printf 'no \\033[31mroute\\nmore\\n' >&2; exit 67"), refusal(554, "no [31mroute"));
    assert_eq!(by_command("exit 75"), refusal(451, "the send command asks to try again later"));
    assert!(matches!(by_command("/no/such/program"), SendAnswer::Refused(refusal) if refusal.code == 554));
}

#[test]
fn p1_a_send_command_that_is_killed_or_hangs_leaves_it_unknown() {
    assert!(matches!(by_command("kill -KILL $$"), SendAnswer::Unknown(_)));
    assert!(matches!(by_command("sh -c 'kill -TERM $$'; exit $?"), SendAnswer::Unknown(_)));
    let answer = send_by_command_within(Duration::from_millis(200), "sleep 600 & wait", LETTER, &mut || Ok(()));
    assert!(matches!(answer, SendAnswer::Unknown(_)), "{answer:?}");
}

#[test]
fn p1_a_send_command_is_not_begun_when_the_note_before_it_fails() {
    let home = TempDir::new().expect("a folder");
    let trace = home.path().join("begun");
    let answer = send_by_command(&format!("touch '{}'", trace.display()), LETTER, &mut || Err("disk full".to_owned()));
    assert_eq!(answer, SendAnswer::NotSent(EdgeError::Interrupted("disk full".to_owned())));
    assert!(!trace.exists());
}

#[test]
fn a_command_that_reads_nothing_does_not_block_a_large_mail() {
    let large = vec![b'x'; 4 * 1024 * 1024];
    assert!(matches!(send_by_command("true", &large, &mut || Ok(())), SendAnswer::Accepted(_)));
}

#[test]
fn p1_the_outbox_holds_a_mail_once_and_whole() {
    let home = TempDir::new().expect("a folder");
    let failed = send_to_outbox(home.path(), LETTER, &mut || Err("disk full".to_owned()));
    assert_eq!(failed, SendAnswer::NotSent(EdgeError::Interrupted("disk full".to_owned())));
    for _ in 0..2 {
        assert!(matches!(send_to_outbox(home.path(), LETTER, &mut || Ok(())), SendAnswer::Accepted(_)));
    }
    let files: Vec<_> = fs::read_dir(home.path().join(".Outbox/new")).expect("a listing").map_while(Result::ok).collect();
    assert_eq!(files.len(), 1);
    assert_eq!(fs::read(files[0].path()).expect("the mail"), LETTER);
}
