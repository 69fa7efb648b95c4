//! The IMAP session against the oddities of servers people really use.

use std::io::{BufReader, Read};
use std::time::Duration;

use curbside::mail::imap::{IdleEnd, Imap, UidSet};
use curbside::model::edge::EdgeError;
use curbside::model::settings::Security;

use crate::support::scripted::{connect, is_closed, log_in, read_line, rows_of, say, serve, session, session_where};

#[test]
fn a_warning_inside_examine_does_no_harm() {
    let told = "* NO the disk is nearly full\r\n* BAD odd\r\n* PREAUTH odder\r\n* 3 EXISTS\r\n* FLAGS (\\Seen)\r\n* OK [UIDVALIDITY 7] fine\r\n\
                * OK [UIDNEXT 12] fine\r\n* OK [NONSENSE \x01 {3}] grün\r\n* ENABLED CONDSTORE\r\nTAG OK [READ-ONLY] schön\r\n";
    let opened = session_where("EXAMINE", told).open("INBOX").expect("it opens");
    assert_eq!((opened.exists, opened.validity, opened.next), (3, 7, Some(12)));
}

/// Holds R3.
#[test]
fn a_server_that_tells_no_uidnext_can_be_read() {
    let opened = session_where("EXAMINE", "* 3 EXISTS\r\n* OK [UIDVALIDITY 7] fine\r\nTAG OK done\r\n").open("INBOX").expect("it opens");
    assert_eq!(opened.next, None);
}

#[test]
fn r7_a_throttled_server_names_its_wait_and_gives_no_rows() {
    let mut imap = session(|words| match words {
        words if words.starts_with("UID FETCH") => "* 1 FETCH (UID 1 BODY[HEADER] {3}\r\nA: )\r\n\
             TAG BAD Request is throttled. Suggested Backoff Time: 201317 milliseconds\r\n"
            .into(),
        _ => "TAG OK done\r\n".into(),
    });
    let mut rows = 0;
    let refused = imap.headers(&UidSet::range(1, 10), &mut |_| rows += 1);
    assert!(matches!(refused, Err(EdgeError::Temporary { wait: Some(202), .. })), "{refused:?}");
    assert_eq!(rows, 0);
    assert_eq!(imap.noop(), Ok(false), "the session goes on");
}

/// Holds P8.
#[test]
fn a_fetch_answered_no_is_a_failure_and_not_an_empty_folder() {
    let mut imap = session_where("UID FETCH", "TAG NO mailbox is damaged\r\n");
    assert!(matches!(rows_of(&mut imap), Err(EdgeError::Permanent(why)) if why.contains("damaged")));
}

#[test]
fn r5_a_goodbye_is_reported_in_the_servers_words() {
    let (servers, _) = serve(Security::None, |mut line| {
        log_in(&mut line);
        say(&mut line, b"* BYE session expired, sign in again\r\n");
    });
    let mut imap = connect(&servers).expect("signed in");
    let ended = imap.noop();
    assert!(matches!(&ended, Err(EdgeError::Temporary { what, .. }) if what.contains("session expired")), "{ended:?}");
    assert!(is_closed(&mut imap));
}

#[test]
fn a_busy_server_at_the_login_is_no_wrong_password() {
    for words in ["NO [UNAVAILABLE] try again", "NO [ALERT] Too many simultaneous connections. (Failure)", "NO [INUSE] locked"] {
        let (servers, _) = serve(Security::None, move |mut line| {
            say(&mut line, b"* OK ready\r\n");
            let mut lines = BufReader::new(line.try_clone().expect("a second handle"));
            read_line(&mut lines);
            say(&mut line, format!("a1 {words}\r\n").as_bytes());
        });
        assert!(matches!(connect(&servers).map(drop), Err(EdgeError::Temporary { .. })), "{words}");
    }
}

/// A session with a server that says this when it is asked to idle.
fn session_that_idles(words: &'static str) -> Imap {
    session(move |command| match command {
        "IDLE" => words.into(),
        // DONE comes without a tag: "DONE" is taken for the tag and nothing follows it.
        "" => "a4 OK done\r\n".into(),
        _ => "TAG OK done\r\n".into(),
    })
}

#[test]
fn untagged_words_before_the_plus_neither_hang_an_idle_nor_get_lost() {
    let mut imap = session_that_idles("* OK warming up\r\n* 5 EXISTS\r\n* 1 RECENT\r\n+ idling\r\n");
    assert_eq!(imap.idle(Duration::from_secs(20)), Ok(IdleEnd::Changed));
    assert_eq!(imap.noop(), Ok(false));
}

#[test]
fn an_idle_with_a_chatty_server_still_ends_in_time() {
    let mut imap = session_that_idles("+ idling\r\n* OK Still here\r\n* OK Still here\r\n* 0 EXISTS\r\n");
    assert_eq!(imap.idle(Duration::from_millis(100)), Ok(IdleEnd::TimedOut));
    assert_eq!(imap.noop(), Ok(false));
}

#[test]
fn untagged_words_before_the_plus_do_not_stop_an_append() {
    let (servers, _) = serve(Security::None, |mut line| {
        log_in(&mut line);
        let mut lines = BufReader::new(line.try_clone().expect("a second handle"));
        read_line(&mut lines);
        say(&mut line, b"* 9 EXISTS\r\n* OK a moment\r\n+ go ahead\r\n");
        for _ in 0..4 {
            read_line(&mut lines); // the mail's three lines and the command's end
        }
        say(&mut line, b"a3 OK [APPENDUID 1 2] done\r\n");
    });
    let mut imap = connect(&servers).expect("signed in");
    let at = "2026-03-03T09:00:00+00:00[UTC]".parse().expect("a time");
    assert_eq!(imap.append("Sent", b"Subject: x\r\n\r\nx\r\n", &at, true), Ok(()));
}

#[test]
fn r26_a_server_without_idle_says_so() {
    let (servers, _) = serve(Security::None, |mut line| {
        log_in(&mut line);
        let _until_they_leave = line.read(&mut [0; 16]);
    });
    assert!(!connect(&servers).expect("signed in").can_idle());
}

#[test]
fn r26_folders_without_marks_are_known_by_their_names() {
    let told = "* LIST (\\HasChildren) \".\" INBOX\r\n* LIST () \".\" \"INBOX.Sent\"\r\n* LIST () \".\" INBOX.Archive\r\n* LIST () \".\" \"INBOX.Junk E-mail\"\r\n\
                * LIST () \".\" \"INBOX.Entw&APw-rfe\"\r\n* LIST () \".\" {11}\r\nINBOX.Trash\r\n* LIST (\\Noselect) \".\" \"INBOX.Sent Items\"\r\n\
                * LIST () \".\" \"INBOX.Projects.Sent\"\r\n* LIST () NIL \"odd \\\"name\\\"\"\r\n* LIST () \".\" \"evil\x07\"\r\n* LIST broken\r\nTAG OK done\r\n";
    let folders = session_where("LIST", told).folders().expect("a list");
    let told: Vec<(&str, &str)> = folders.iter().map(|folder| (folder.name.as_str(), folder.role.word())).collect();
    assert_eq!(
        told,
        [
            ("INBOX", "inbox"),
            ("INBOX.Sent", "sent"),
            ("INBOX.Archive", "archive"),
            ("INBOX.Junk E-mail", "junk"),
            ("INBOX.Entw&APw-rfe", "drafts"),
            ("INBOX.Trash", "trash"),
            ("INBOX.Projects.Sent", "other"),
            ("odd \"name\"", "other"),
        ]
    );
}

/// Holds R10.
#[test]
fn gmails_folders_have_the_roles_people_mean_and_no_mail_is_looked_at_thrice() {
    let told = "* LIST (\\HasNoChildren) \"/\" \"INBOX\"\r\n* LIST (\\HasChildren \\Noselect) \"/\" \"[Gmail]\"\r\n\
                * LIST (\\All \\HasNoChildren) \"/\" \"[Gmail]/All Mail\"\r\n* LIST (\\Drafts) \"/\" \"[Gmail]/Drafts\"\r\n\
                * LIST (\\Important) \"/\" \"[Gmail]/Important\"\r\n* LIST () \"/\" \"Sent Messages\"\r\n* LIST (\\Sent) \"/\" \"[Gmail]/Gesendet\"\r\n\
                * LIST (\\Junk) \"/\" \"[Gmail]/Spam\"\r\n* LIST (\\Flagged) \"/\" \"[Gmail]/Starred\"\r\n* LIST (\\Trash) \"/\" \"[Gmail]/Trash\"\r\n\
                TAG OK done\r\n";
    let folders = session_where("LIST", told).folders().expect("a list");
    let told: Vec<(&str, &str)> = folders.iter().map(|folder| (folder.name.as_str(), folder.role.word())).collect();
    assert_eq!(
        told,
        [
            ("INBOX", "inbox"),
            ("[Gmail]/Gesendet", "sent"),
            ("Sent Messages", "sent"),
            ("[Gmail]/All Mail", "archive"),
            ("[Gmail]/Spam", "junk"),
            ("[Gmail]/Drafts", "drafts"),
            ("[Gmail]/Trash", "trash"),
        ]
    );
}

/// Holds P10.
#[test]
fn exchange_is_asked_for_the_id_it_replaced() {
    let (servers, _) = serve(Security::None, |mut line| {
        say(&mut line, b"* OK The Microsoft Exchange IMAP4 service is ready.\r\n");
        let mut lines = BufReader::new(line.try_clone().expect("a second handle"));
        while let Some(command) = read_line(&mut lines) {
            let tag = command.split(' ').next().expect("a tag");
            let found = if command.contains("X-Microsoft-Original-Message-ID \"<mine@owner.test>\"") { "* SEARCH 5\r\n" } else { "" };
            say(&mut line, format!("{found}{tag} OK done\r\n").as_bytes());
        }
    });
    assert_eq!(connect(&servers).expect("signed in").find_message_id("mine@owner.test"), Ok(vec![5]));
}

#[test]
fn a_server_that_speaks_no_imap_is_said_to_speak_none() {
    let (servers, _) = serve(Security::None, |mut line| say(&mut line, b"220 smtp.example.test ESMTP\r\n"));
    assert!(matches!(connect(&servers).map(drop), Err(EdgeError::Permanent(why)) if why.contains("does not speak IMAP")));
}

#[test]
fn r9_one_damaged_message_hides_no_other() {
    let mut imap = session(|words| {
        let set = words.strip_prefix("UID FETCH ").and_then(|rest| rest.split(' ').next()).unwrap_or("1");
        let (first, last) = set.split_once(':').unwrap_or((set, set));
        let [first, last] = [first, last].map(|uid| uid.parse::<u32>().expect("a number"));
        if (first..=last).contains(&3) {
            return "TAG NO Some messages could not be FETCHed (Failure)\r\n".into();
        }
        let rows = (first..=last).map(|uid| format!("* {uid} FETCH (UID {uid} BODY[HEADER] {{3}}\r\nA: )\r\n"));
        rows.chain(["TAG OK done\r\n".to_owned()]).collect::<String>().into_bytes()
    });
    let mut uids = rows_of(&mut imap).expect("the others");
    uids.sort_unstable();
    assert_eq!(uids, [1, 2, 4, 5, 6, 7, 8, 9, 10]);
}

/// A server that holds messages 1 to 8 and refuses to hand over number 3 and, alone, number 9, which is gone.
fn with_one_damaged() -> Imap {
    session(|words| {
        if let Some(set) = words.strip_prefix("UID SEARCH UID ") {
            let there = if set == "9" { "" } else { set };
            return format!("* SEARCH {there}\r\nTAG OK done\r\n").into();
        }
        let set = words.strip_prefix("UID FETCH ").and_then(|rest| rest.split(' ').next()).unwrap_or("1");
        let (first, last) = set.split_once(':').unwrap_or((set, set));
        let [first, last] = [first, last].map(|uid| uid.parse::<u32>().expect("a number"));
        if (first..=last).contains(&3) || (first..=last).contains(&9) {
            return "TAG NO Some messages could not be FETCHed (Failure)\r\n".into();
        }
        let rows = (first..=last).map(|uid| format!("* {uid} FETCH (UID {uid} BODY[] {{8}}\r\nA: b\r\n\r\n)\r\n"));
        rows.chain(["TAG OK done\r\n".to_owned()]).collect::<String>().into_bytes()
    })
}

/// Holds P8, R9.
#[test]
fn a_message_that_the_server_does_not_hand_over_comes_empty_and_one_that_is_gone_not_at_all() {
    let mut imap = with_one_damaged();
    let mut got = Vec::new();
    let wanted: Vec<(u32, u64)> = (1..=9).map(|uid| (uid, 8)).collect();
    imap.whole_many(&wanted, &mut |uid, bytes| got.push((uid, bytes.len()))).expect("the others");
    got.sort_unstable();
    assert_eq!(got, [(1, 8), (2, 8), (3, 0), (4, 8), (5, 8), (6, 8), (7, 8), (8, 8)]);
    assert_eq!(imap.whole(3, 8), Ok(Some(Vec::new())), "alone as well: it holds up no sync");
    assert_eq!(imap.whole(9, 8), Ok(None));
}

/// Holds P8.
#[test]
fn a_server_that_hands_over_no_message_at_all_is_in_trouble_itself() {
    let mut imap = session_where("UID FETCH", "TAG NO not today\r\n");
    let wanted: Vec<(u32, u64)> = (1..=300).map(|uid| (uid, 8)).collect();
    let mut got = 0;
    let refused = imap.whole_many(&wanted, &mut |_, _| got += 1);
    assert!(matches!(refused, Err(EdgeError::Permanent(_))), "{refused:?}");
    assert_eq!(got, 0);
}

#[test]
fn a_message_without_any_of_the_fields_is_still_told_of() {
    let mut imap = session_where(
        "UID FETCH",
        "* 1 FETCH (UID 1 RFC822.SIZE 9 INTERNALDATE NIL BODY[HEADER.FIELDS (FROM)] NIL)\r\n* 2 FETCH (BODY[HEADER.FIELDS (FROM)] \"\" UID 2)\r\nTAG OK done\r\n",
    );
    assert_eq!(rows_of(&mut imap), Ok(vec![1, 2]));
}
