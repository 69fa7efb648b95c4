//! The IMAP session against servers that lie, stall, drip and babble.

use std::io::{BufReader, Read};
use std::net::TcpStream;
use std::sync::mpsc;
use std::time::{Duration, Instant};

use curbside::mail::imap::{IdleEnd, Imap, Stop, UidSet};
use curbside::model::edge::EdgeError;
use curbside::model::settings::{Security, Servers};
use secrecy::SecretString;

use crate::support::scripted::{imap, read_line, say, serve};

const SHORT: Duration = Duration::from_millis(300);

fn connect(servers: &Servers) -> Result<Imap, EdgeError> {
    Imap::connect_with_patience(servers, &SecretString::from("secret"), &Stop::new(), SHORT)
}

/// A session with a server that answers every command after the login as told.
fn session(answer: impl Fn(&str) -> Vec<u8> + Send + 'static) -> Imap {
    connect(&imap(answer)).expect("the scripted server lets anybody in")
}

/// A session with a server that answers one command and everything else with OK.
fn session_where(command: &'static str, answer: &'static str) -> Imap {
    session(move |words| if words.starts_with(command) { answer.into() } else { "TAG OK done\r\n".into() })
}

/// The uids of the header rows a server's answer amounts to.
fn rows_of(imap: &mut Imap) -> Result<Vec<u64>, EdgeError> {
    let mut uids = Vec::new();
    imap.headers(&UidSet::range(1, 10), &mut |row| uids.push(row.uid)).map(|()| uids)
}

fn is_closed(imap: &mut Imap) -> bool {
    matches!(imap.noop(), Err(EdgeError::Temporary { what, .. }) if what.contains("is closed"))
}

#[test]
fn x16_a_server_that_claims_to_be_signed_in_gets_no_password() {
    let (heard, hear) = mpsc::channel();
    let (servers, _) = serve(Security::None, move |mut line| {
        say(&mut line, b"* PREAUTH welcome, whoever you are\r\n");
        let mut said = Vec::new();
        let _until_they_leave = line.read_to_end(&mut said);
        heard.send(said).expect("the test listens");
    });
    assert!(matches!(connect(&servers).map(drop), Err(EdgeError::Permanent(why)) if why.contains("PREAUTH")));
    assert_eq!(hear.recv_timeout(Duration::from_secs(5)).expect("the line is closed"), b"");
}

#[test]
fn x16_words_slipped_in_after_starttls_are_refused_before_the_login() {
    let (heard, hear) = mpsc::channel();
    let (servers, _) = serve(Security::StartTls, move |mut line| {
        say(&mut line, b"* OK ready\r\n");
        let mut lines = BufReader::new(line.try_clone().expect("a second handle"));
        let command = read_line(&mut lines).expect("STARTTLS");
        say(&mut line, b"s1 OK go ahead\r\na1 OK you are signed in\r\n* CAPABILITY IMAP4rev1\r\n");
        let mut said = Vec::new();
        let _until_they_leave = lines.read_to_end(&mut said);
        heard.send((command, said)).expect("the test listens");
    });
    let Err(EdgeError::Permanent(why)) = connect(&servers).map(drop) else { panic!("it should be refused") };
    assert!(why.contains("STARTTLS") || why.contains("TLS"), "{why}");
    let (command, said) = hear.recv_timeout(Duration::from_secs(5)).expect("the line is closed");
    assert_eq!(command, "s1 STARTTLS");
    assert!(!String::from_utf8_lossy(&said).contains("secret"));
}

#[test]
fn x16_a_server_without_starttls_gets_no_password() {
    let (heard, hear) = mpsc::channel();
    let (servers, _) = serve(Security::StartTls, move |mut line| {
        say(&mut line, b"* OK ready\r\n");
        let mut lines = BufReader::new(line.try_clone().expect("a second handle"));
        read_line(&mut lines);
        say(&mut line, b"s1 BAD unknown command\r\n");
        let mut said = Vec::new();
        let _until_they_leave = lines.read_to_end(&mut said);
        heard.send(said).expect("the test listens");
    });
    assert!(matches!(connect(&servers).map(drop), Err(EdgeError::Permanent(why)) if why.contains("STARTTLS was refused")));
    assert_eq!(hear.recv_timeout(Duration::from_secs(5)).expect("the line is closed"), b"");
}

#[test]
fn a_warning_inside_examine_does_no_harm() {
    let told = "* NO the disk is nearly full\r\n* BAD odd\r\n* PREAUTH odder\r\n* 3 EXISTS\r\n* FLAGS (\\Seen)\r\n* OK [UIDVALIDITY 7] fine\r\n\
                * OK [UIDNEXT 12] fine\r\n* OK [NONSENSE \x01 {3}] grün\r\n* ENABLED CONDSTORE\r\nTAG OK [READ-ONLY] schön\r\n";
    let opened = session_where("EXAMINE", told).open("INBOX").expect("it opens");
    assert_eq!((opened.exists, opened.validity, opened.next), (3, 7, Some(12)));
}

#[test]
fn a_server_that_tells_no_uidnext_can_be_read() {
    let opened = session_where("EXAMINE", "* 3 EXISTS\r\n* OK [UIDVALIDITY 7] fine\r\nTAG OK done\r\n").open("INBOX").expect("it opens");
    assert_eq!(opened.next, None);
}

#[test]
fn r22_a_literal_of_four_gigabytes_closes_the_connection_before_it_is_read() {
    let mut imap = session(|_| {
        let mut told = b"* 1 FETCH (UID 1 BODY[] {4294967295}\r\n".to_vec();
        told.resize(1 << 20, b'x');
        told
    });
    let refused = rows_of(&mut imap);
    assert!(matches!(&refused, Err(EdgeError::Temporary { what, .. }) if what.contains("larger than was asked")), "{refused:?}");
    assert!(is_closed(&mut imap));
}

#[test]
fn r22_many_literals_do_not_add_up_without_bound() {
    let mut imap = session(|_| {
        let mut told = Vec::new();
        for uid in 1..=10 {
            told.extend_from_slice(format!("* {uid} FETCH (UID {uid} BODY[] {{4194304}}\r\n").as_bytes());
            told.resize(told.len() + 4_194_304, b'x');
            told.extend_from_slice(b")\r\n");
        }
        told.extend_from_slice(b"TAG OK done\r\n");
        told
    });
    assert!(matches!(imap.whole(1, 100), Err(EdgeError::Temporary { .. })));
    assert!(is_closed(&mut imap));
}

#[test]
fn r22_a_line_without_end_closes_the_connection() {
    let mut imap = session(|_| vec![b'*'; 1 << 20]);
    let refused = rows_of(&mut imap);
    assert!(matches!(&refused, Err(EdgeError::Temporary { what, .. }) if what.contains("line without end")), "{refused:?}");
    assert!(is_closed(&mut imap));
}

#[test]
fn r22_endless_chatter_closes_the_connection() {
    let (servers, _) = serve(Security::None, |mut line| {
        log_in(&mut line);
        let chatter = format!("* OK {}\r\n", "still thinking ".repeat(4096)).into_bytes();
        while std::io::Write::write_all(&mut line, &chatter).is_ok() {}
    });
    let mut imap = Imap::connect(&servers, &SecretString::from("secret"), &Stop::new()).expect("signed in");
    assert!(matches!(rows_of(&mut imap), Err(EdgeError::Temporary { .. })));
    assert!(is_closed(&mut imap));
}

/// Answers LOGIN and CAPABILITY.
fn log_in(line: &mut TcpStream) {
    say(line, b"* OK ready\r\n");
    let mut lines = BufReader::new(line.try_clone().expect("a second handle"));
    for _ in 0..2 {
        let command = read_line(&mut lines).expect("a command");
        let tag = command.split(' ').next().expect("a tag");
        say(line, format!("{tag} OK done\r\n").as_bytes());
    }
}

#[test]
fn r8_a_line_lost_inside_a_literal_leaves_no_half_message() {
    let (servers, _) = serve(Security::None, |mut line| {
        log_in(&mut line);
        say(&mut line, b"* 1 FETCH (UID 1 BODY[] {1000}\r\nSubject: half a mes");
    });
    let mut imap = connect(&servers).expect("signed in");
    let mut got = Vec::new();
    let lost = imap.whole_many(&[(1, 1000), (2, 10)], &mut |uid, _| got.push(uid));
    assert!(matches!(lost, Err(EdgeError::Temporary { .. })), "{lost:?}");
    assert!(got.is_empty());
    assert!(is_closed(&mut imap));
}

#[test]
fn r25_rows_without_uid_or_never_asked_for_belong_to_nobody() {
    let told = "* 4 EXISTS\r\n* 1 FETCH (FLAGS (\\Seen))\r\n* 1 FETCH (BODY[HEADER] {3}\r\nA: )\r\n* 2 FETCH (UID 99 BODY[HEADER] {3}\r\nB: )\r\n\
                * 3 FETCH (UID 3 FLAGS (\\Seen) RFC822.SIZE 10 INTERNALDATE \" 3-Mar-2026 09:00:00 -0500\" BODY[HEADER.FIELDS (\"FROM\" TO)] {3}\r\nC: )\r\n\
                * 3 FETCH (UID 3 FLAGS ())\r\n* 7 EXPUNGE\r\nTAG OK done\r\n";
    let mut imap = session_where("UID FETCH", told);
    let mut rows = Vec::new();
    imap.headers(&UidSet::range(1, 10), &mut |row| rows.push(row)).expect("headers");
    assert_eq!(rows.len(), 1);
    assert_eq!((rows[0].uid, rows[0].size, rows[0].header.as_slice()), (3, 10, &b"C: "[..]));
    assert_eq!(rows[0].arrived, "2026-03-03T14:00:00Z".parse().ok());
    assert_eq!(imap.noop(), Ok(true), "the EXISTS in between is not forgotten");
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

#[test]
fn an_error_repeats_no_address_of_the_servers_words() {
    let (servers, _) = serve(Security::None, |mut line| {
        say(&mut line, b"* OK ready\r\n");
        let mut lines = BufReader::new(line.try_clone().expect("a second handle"));
        read_line(&mut lines);
        say(&mut line, b"a1 NO owner@example.test is not known \x1b[31mhere\r\n");
    });
    let Err(EdgeError::Login(words)) = connect(&servers).map(drop) else { panic!("the login should be refused") };
    assert!(words.contains("is not known") && !words.contains("owner@") && !words.contains('\x1b'), "{words}");
}

#[test]
fn a_silent_server_is_given_up_in_time() {
    let mut imap = session(|_| b"* OK one moment\r\n".to_vec());
    let begun = Instant::now();
    let ended = rows_of(&mut imap);
    assert!(matches!(&ended, Err(EdgeError::Temporary { what, .. }) if what.contains("in time")), "{ended:?}");
    assert!(begun.elapsed() < SHORT * 5);
    assert!(is_closed(&mut imap));
}

#[test]
fn a_server_that_drips_single_bytes_gains_no_time() {
    let (servers, _) = serve(Security::None, |mut line| {
        log_in(&mut line);
        line.set_read_timeout(Some(Duration::from_millis(40))).expect("a time-out");
        say(&mut line, b"* 1 FETCH (UID 1 BODY[] {1000}\r\n");
        // The pause between two bytes is a read that nobody answers; it ends when the client hangs up.
        while !matches!(line.read(&mut [0; 256]), Ok(0)) && std::io::Write::write_all(&mut line, b"x").is_ok() {}
    });
    let mut imap = connect(&servers).expect("signed in");
    let begun = Instant::now();
    assert!(matches!(imap.whole(1, 1000), Err(EdgeError::Temporary { .. })));
    assert!(begun.elapsed() < SHORT * 5);
}

#[test]
fn untagged_words_before_the_plus_neither_hang_an_idle_nor_get_lost() {
    let mut imap = session(|words| match words {
        "IDLE" => "* OK warming up\r\n* 5 EXISTS\r\n* 1 RECENT\r\n+ idling\r\n".into(),
        "" => "a4 OK done\r\n".into(),
        _ => "TAG OK done\r\n".into(),
    });
    // DONE comes without a tag: "DONE" is taken for the tag and the words are empty.
    assert_eq!(imap.idle(Duration::from_secs(20)), Ok(IdleEnd::Changed));
    assert_eq!(imap.noop(), Ok(false));
}

#[test]
fn an_idle_with_a_chatty_server_still_ends_in_time() {
    let mut imap = session(|words| match words {
        "IDLE" => "+ idling\r\n* OK Still here\r\n* OK Still here\r\n* 0 EXISTS\r\n".into(),
        "" => "a4 OK done\r\n".into(),
        _ => "TAG OK done\r\n".into(),
    });
    assert_eq!(imap.idle(Duration::from_millis(100)), Ok(IdleEnd::TimedOut));
    assert_eq!(imap.noop(), Ok(false));
}

#[test]
fn an_idle_whose_end_is_never_answered_ends_the_session() {
    let mut imap = session(|words| match words {
        "IDLE" => "+ idling\r\n".into(),
        "" => "* OK hm\r\n".into(),
        _ => "TAG OK done\r\n".into(),
    });
    let _timed_out = imap.idle(Duration::from_millis(50));
    assert!(is_closed(&mut imap));
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

#[test]
fn a_folder_name_with_quotes_arrives_as_one_name() {
    let mut imap = session(|words| match words {
        "EXAMINE \"a \\\"b\\\" \\\\ c\"" => "* 1 EXISTS\r\nTAG OK done\r\n".into(),
        _ => "TAG NO no such folder\r\n".into(),
    });
    assert!(imap.open("a \"b\" \\ c").is_ok());
    assert!(imap.open("a\r\na9 DELETE INBOX").is_err());
    assert!(imap.open("a \"b\" \\ c").is_ok(), "the session is still in step");
}

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
