//! The IMAP session against a real Dovecot.

use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use curbside::mail::imap::{IdleEnd, Imap, Stop, UidSet};
use curbside::model::address::Address;
use curbside::model::edge::EdgeError;
use curbside::model::folder::Role;
use curbside::model::settings::Security;
use jiff::Zoned;
use jiff::civil::{Date, date};
use secrecy::SecretString;

use crate::support::servers::{self, PASSWORD, deliver, fresh_user, servers, session, settings, starttls_settings};

/// Far above what anything here takes, far below what it would take uninterrupted.
const SOON: Duration = Duration::from_secs(20);
const LONG_AGO: Date = date(2020, 1, 1);

fn mail(from: &str, id: &str, text: &str) -> String {
    format!(
        "From: Jane Doe <{from}>\r\nTo: owner@example.test\r\nSubject: Re: hello\r\nDate: Tue, 3 Mar 2026 09:42:00 -0500\r\n\
         Message-ID: <{id}>\r\nIn-Reply-To: <first@owner.test>\r\nReceived: by nobody\r\n\r\n{text}\r\n"
    )
}

fn at(text: &str) -> Zoned {
    text.parse().expect("a zoned time")
}

#[test]
fn folders_come_with_their_roles() {
    let mut imap = session(&fresh_user("roles"), &Stop::new());
    let folders = imap.folders().expect("a list");
    let role = |name: &str| folders.iter().find(|folder| folder.name == name).map(|folder| folder.role);
    assert_eq!(role("INBOX"), Some(Role::Inbox));
    assert_eq!(role("Archive"), Some(Role::Archive));
    assert_eq!(role("Junk"), Some(Role::Junk));
    assert_eq!(role("Drafts"), Some(Role::Drafts));
    assert_eq!(role("Trash"), Some(Role::Trash));
}

#[test]
fn p9_reading_leaves_a_message_unseen() {
    let user = fresh_user("unseen");
    deliver(&user, &mail("jane@payer.test", "unseen@payer.test", "Still unread."));
    let mut imap = session(&user, &Stop::new());
    imap.open("INBOX").expect("the inbox opens");
    imap.headers(&UidSet::range(1, 10), &mut |_| {}).expect("headers");
    imap.whole(1, 500).expect("an answer").expect("the message");
    imap.logout();

    // Dovecot writes flags into the file name after ":2,"; S is \Seen.
    let files: Vec<String> = ["new", "cur"]
        .iter()
        .flat_map(|part| std::fs::read_dir(servers().maildir(&user).join(part)).expect("a maildir"))
        .map(|entry| entry.expect("an entry").file_name().into_string().expect("a plain name"))
        .collect();
    assert_eq!(files.len(), 1);
    assert!(!files[0].rsplit(":2,").next().is_some_and(|flags| files[0].contains(":2,") && flags.contains('S')), "{files:?}");
}

#[test]
fn headers_tell_who_when_and_how_large_and_nothing_else() {
    let user = fresh_user("headers");
    deliver(&user, &mail("jane@payer.test", "one@payer.test", "First."));
    deliver(&user, &mail("tom@payer.test", "two@payer.test", "Second."));
    let mut imap = session(&user, &Stop::new());
    let opened = imap.open("INBOX").expect("the inbox opens");
    assert_eq!(opened.exists, 2);
    assert_eq!(opened.next, Some(3));
    assert_ne!(opened.validity, 0);

    let mut rows = Vec::new();
    imap.headers(&UidSet::range(1, 1000), &mut |row| rows.push(row)).expect("headers");
    assert_eq!(rows.iter().map(|row| row.uid).collect::<Vec<_>>(), [1, 2]);
    let header = String::from_utf8_lossy(&rows[1].header).into_owned();
    assert!(header.contains("From: Jane Doe <tom@payer.test>"), "{header}");
    assert!(header.contains("Message-ID: <two@payer.test>"), "{header}");
    assert!(header.contains("In-Reply-To: <first@owner.test>"), "{header}");
    assert!(!header.contains("Received"), "{header}");
    assert!(!header.contains("Second."), "{header}");
    assert!(rows[1].size > 200);
    assert!(rows[1].arrived.is_some());
}

#[test]
fn a_whole_message_comes_with_every_byte_and_a_missing_one_is_none() {
    let user = fresh_user("whole");
    let mail = mail("jane@payer.test", "whole@payer.test", "Grüße,\r\nJane {12}\r\n");
    deliver(&user, &mail);
    let mut imap = session(&user, &Stop::new());
    imap.open("INBOX").expect("the inbox opens");
    let bytes = imap.whole(1, 400).expect("an answer").expect("the message");
    let text = String::from_utf8(bytes).expect("what was sent");
    assert!(text.ends_with("\r\n\r\nGrüße,\r\nJane {12}\r\n\r\n\r\n"), "{text}");
    assert_eq!(imap.whole(7, 400).expect("an answer"), None);
}

/// Holds P18.
#[test]
fn of_a_huge_message_only_the_first_two_mebibytes_are_read() {
    let user = fresh_user("huge");
    let stop = Stop::new();
    let mut imap = session(&user, &stop);
    let huge = mail("jane@payer.test", "huge@payer.test", &"An attachment's worth of text.\r\n".repeat(100_000));
    imap.append("INBOX", huge.as_bytes(), &at("2026-03-03T09:00:00-05:00[-05:00]"), false).expect("filed");
    imap.open("INBOX").expect("the inbox opens");
    let bytes = imap.whole(1, huge.len() as u64).expect("an answer").expect("the message");
    assert_eq!(bytes.len(), 2 * 1024 * 1024);
    assert_eq!(bytes, huge.as_bytes()[..bytes.len()]);
}

#[test]
fn many_messages_come_in_one_go_each_under_its_own_uid() {
    let user = fresh_user("many");
    for number in 1..=12 {
        deliver(&user, &mail("jane@payer.test", &format!("m{number}@payer.test"), &format!("Number {number}.")));
    }
    let mut imap = session(&user, &Stop::new());
    imap.open("INBOX").expect("the inbox opens");
    let wanted: Vec<(u32, u64)> = [2, 3, 5, 11, 12, 99].map(|uid| (uid, 1_000_000)).to_vec();
    let mut got = Vec::new();
    imap.whole_many(&wanted, &mut |uid, bytes| got.push((uid, String::from_utf8_lossy(&bytes).into_owned()))).expect("messages");
    got.sort();
    assert_eq!(got.iter().map(|(uid, _)| *uid).collect::<Vec<_>>(), [2, 3, 5, 11, 12]);
    assert!(got.iter().all(|(uid, text)| text.contains(&format!("Number {uid}."))));
}

#[test]
fn mail_is_found_by_arrival_by_uid_by_address_and_by_id() {
    let user = fresh_user("find");
    let mut imap = session(&user, &Stop::new());
    for (id, from, arrived) in [
        ("old@payer.test", "jane@payer.test", "2024-01-02T09:00:00+00:00[UTC]"),
        ("new@payer.test", "Jane@Payer.test", "2026-03-03T09:00:00+00:00[UTC]"),
        ("other@iro.test", "tom@iro.test", "2026-03-04T09:00:00+00:00[UTC]"),
    ] {
        imap.append("INBOX", mail(from, id, "Hello.").as_bytes(), &at(arrived), true).expect("filed");
    }
    imap.open("INBOX").expect("the inbox opens");
    let address = |text: &str| Address::parse(text).expect("an address");

    assert_eq!(imap.uids_since(1, 1000, date(2026, 1, 1)), Ok(vec![2, 3]));
    assert_eq!(imap.uids_since(3, 1000, LONG_AGO), Ok(vec![3]));
    assert_eq!(imap.uids_from(2), Ok(vec![2, 3]));
    assert_eq!(imap.uids_from(50), Ok(vec![]), "`50:*` names the last message, whose UID is smaller");
    assert_eq!(imap.find_message_id("new@payer.test"), Ok(vec![2]));
    assert_eq!(imap.find_message_id("<new@payer.test>"), Ok(vec![2]));
    assert_eq!(imap.find_message_id("nobody@payer.test"), Ok(vec![]));
    assert_eq!(imap.find_addresses(&[address("jane@payer.test")], LONG_AGO), Ok(vec![1, 2]));
    assert_eq!(imap.find_addresses(&[address("jane@payer.test")], date(2026, 1, 1)), Ok(vec![2]));
    assert_eq!(imap.find_addresses(&[], LONG_AGO), Ok(vec![]));
    let many: Vec<Address> =
        (0..95).map(|n| address(&format!("{}{n}@payer.test", "x".repeat(55)))).chain([address("tom@iro.test")]).collect();
    assert_eq!(imap.find_addresses(&many, LONG_AGO), Ok(vec![3]));
}

#[test]
fn x18_an_id_that_would_break_out_of_a_command_is_found_nowhere() {
    let user = fresh_user("inject");
    deliver(&user, &mail("jane@payer.test", "plain@payer.test", "Hello."));
    let mut imap = session(&user, &Stop::new());
    imap.open("INBOX").expect("the inbox opens");
    for id in ["x\" ALL \"", "x\r\na9 DELETE INBOX", "é@payer.test", "a\\b@payer.test", ""] {
        assert_eq!(imap.find_message_id(id), Ok(vec![]), "{id:?}");
    }
    assert_eq!(imap.find_message_id("plain@payer.test"), Ok(vec![1]), "the session is still in step");
}

#[test]
fn a_copy_is_filed_in_a_sent_folder_that_did_not_exist() {
    let user = fresh_user("sent");
    let mut imap = session(&user, &Stop::new());
    let copy = mail(&user, "sent@owner.test", "My word.");
    imap.append("Sent", copy.as_bytes(), &at("2026-03-03T09:42:00-05:00[America/New_York]"), true).expect("made and filed");
    imap.open("Sent").expect("it exists now");
    let mut rows = Vec::new();
    imap.headers(&UidSet::range(1, 9), &mut |row| rows.push(row)).expect("headers");
    assert_eq!(rows.len(), 1);
    assert_eq!(rows[0].arrived, Some(at("2026-03-03T09:42:00-05:00[America/New_York]").timestamp()));
    assert_eq!(imap.folders().expect("a list").iter().find(|folder| folder.name == "Sent").map(|folder| folder.role), Some(Role::Sent));
}

#[test]
fn a_folder_that_is_no_sent_folder_is_not_made_and_the_session_goes_on() {
    let mut imap = session(&fresh_user("nofolder"), &Stop::new());
    let refused = imap.append("Misspelt", b"Subject: x\r\n\r\nx\r\n", &at("2026-03-03T09:00:00+00:00[UTC]"), true);
    assert!(matches!(refused, Err(EdgeError::Permanent(_))), "{refused:?}");
    assert!(matches!(imap.open("Misspelt"), Err(EdgeError::Permanent(_))));
    assert!(imap.open("INBOX").is_ok());
}

#[test]
fn noop_reports_new_mail_once() {
    let user = fresh_user("noop");
    let mut imap = session(&user, &Stop::new());
    imap.open("INBOX").expect("the inbox opens");
    assert_eq!(imap.noop(), Ok(false));
    deliver(&user, &mail("jane@payer.test", "news@payer.test", "News."));
    assert_eq!(imap.noop(), Ok(true));
    assert_eq!(imap.noop(), Ok(false));
}

/// Idles for as long as it is let, in a thread of its own, and sends what ended it.
fn idling(mut imap: Imap) -> mpsc::Receiver<(Result<IdleEnd, EdgeError>, Imap)> {
    let (tell, told) = mpsc::channel();
    thread::spawn(move || {
        let end = imap.idle(Duration::from_mins(10));
        let _nobody_listens = tell.send((end, imap));
    });
    told
}

#[test]
fn a_delivery_ends_an_idle() {
    let user = fresh_user("idle");
    let mut imap = session(&user, &Stop::new());
    assert!(imap.can_idle());
    imap.open("INBOX").expect("the inbox opens");
    let ended = idling(imap);
    deliver(&user, &mail("jane@payer.test", "idle@payer.test", "Hello."));
    let (end, mut imap) = ended.recv_timeout(SOON).expect("it ends");
    assert_eq!(end, Ok(IdleEnd::Changed));
    assert_eq!(imap.uids_from(1), Ok(vec![1]), "the session goes on");
}

/// Holds R6.
#[test]
fn mail_that_came_before_the_idle_is_not_slept_over() {
    let user = fresh_user("before");
    let mut imap = session(&user, &Stop::new());
    imap.open("INBOX").expect("the inbox opens");
    deliver(&user, &mail("jane@payer.test", "before@payer.test", "Hello."));
    imap.uids_from(1).expect("a command that swallows the announcement");
    assert_eq!(imap.idle(Duration::from_secs(20)), Ok(IdleEnd::Changed));
}

/// An idle that goes on by itself, until something is done to its handle.
fn idle_until(user: &str, end: fn(&Stop)) -> (Result<IdleEnd, EdgeError>, Imap) {
    let stop = Stop::new();
    let mut imap = session(&fresh_user(user), &stop);
    imap.open("INBOX").expect("the inbox opens");
    let ended = idling(imap);
    assert!(ended.recv_timeout(Duration::from_millis(300)).is_err(), "nothing ends it by itself");
    end(&stop);
    ended.recv_timeout(SOON).expect("it ends")
}

#[test]
fn an_idle_is_woken_at_once_and_the_session_stays_usable() {
    let (end, mut imap) = idle_until("wake", Stop::wake);
    assert_eq!(end, Ok(IdleEnd::Woken));
    assert_eq!(imap.noop(), Ok(false));
    assert_eq!(imap.idle(Duration::from_millis(50)), Ok(IdleEnd::TimedOut), "a wake counts once");
}

#[test]
fn a_wake_before_the_idle_is_not_lost() {
    let stop = Stop::new();
    let mut imap = session(&fresh_user("early"), &stop);
    imap.open("INBOX").expect("the inbox opens");
    stop.wake();
    assert_eq!(imap.idle(Duration::from_secs(20)), Ok(IdleEnd::Woken));
}

#[test]
fn an_idle_is_stopped_at_once() {
    let (end, mut imap) = idle_until("stop", Stop::set);
    assert_eq!(end, Ok(IdleEnd::Stopped));
    assert!(imap.noop().is_err(), "nothing more is done under a stopped handle");
}

#[test]
fn a_wrong_password_is_a_login_failure_in_the_servers_words() {
    let refused = Imap::connect(&settings(&fresh_user("wrong")), &SecretString::from("not it"), &Stop::new());
    let Err(EdgeError::Login(words)) = refused.map(drop) else { panic!("the login should be refused") };
    assert!(words.contains("Authentication failed"), "{words}");
    assert!(!words.contains("not it"), "{words}");
}

#[test]
fn a_password_with_quotes_backslashes_and_accents_reaches_the_server_as_it_is() {
    // Any other password is refused by the server, so a refusal here (and not a broken session) shows it was one argument.
    for password in ["a\"b\\c {5}", "pässwörd", "x y"] {
        let refused = Imap::connect(&settings(&fresh_user("odd")), &SecretString::from(password), &Stop::new());
        assert!(matches!(refused.map(drop), Err(EdgeError::Login(_))), "{password}");
    }
    let user = "späte.lösung@example.test";
    assert!(Imap::connect(&settings(user), &SecretString::from(PASSWORD), &Stop::new()).map(drop).is_ok(), "a user name beyond ASCII");
}

#[test]
fn starttls_secures_the_line_before_the_login() {
    let settings = starttls_settings(&fresh_user("starttls"));
    let mut imap = Imap::connect(&settings, &SecretString::from(PASSWORD), &Stop::new()).expect("signed in");
    assert!(imap.open("INBOX").is_ok());
}

#[test]
fn plain_text_is_for_this_machine_only() {
    let mut settings = settings(&fresh_user("plain"));
    settings.imap.port = servers().imap;
    settings.imap.security = Security::None;
    assert!(Imap::connect(&settings, &SecretString::from(PASSWORD), &Stop::new()).is_ok());
    settings.imap.host = "mail.example.test".to_owned();
    let refused = Imap::connect(&settings, &SecretString::from(PASSWORD), &Stop::new());
    assert!(matches!(refused.map(drop), Err(EdgeError::Permanent(why)) if why.contains("TLS")));
}

#[test]
fn x17_a_server_signed_by_nobody_known_is_refused_in_a_sentence() {
    let mut settings = settings(&fresh_user("unknown"));
    settings.ca_file = None;
    let refused = Imap::connect(&settings, &SecretString::from(PASSWORD), &Stop::new());
    let Err(EdgeError::Permanent(why)) = refused.map(drop) else { panic!("it should be refused") };
    assert!(why.contains("localhost") && why.contains("ca_file"), "{why}");
    assert!(servers::servers().ca_file().exists());
}
