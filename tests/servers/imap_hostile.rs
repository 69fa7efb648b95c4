//! The IMAP session against servers that lie, stall, drip and babble.

use std::io::{BufRead as _, BufReader, Read};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use curbside::mail::imap::{Imap, Stop, UidSet};
use curbside::model::edge::EdgeError;
use curbside::model::settings::Security;
use secrecy::SecretString;

use crate::support::alone::{peak_of, tell_peak};
use crate::support::scripted::{connect, is_closed, log_in, read_line, rows_of, say, serve, session, session_where};

/// Far above what anything here takes.
const SOON: Duration = Duration::from_secs(20);

/// What a server hears that says these words, the second after the first command, and listens until the line is closed;
/// and why it was refused.
fn heard_by_a_liar(security: Security, greeting: &'static str, then: Option<&'static str>) -> (String, String) {
    let (heard, hear) = mpsc::channel();
    let (servers, _) = serve(security, move |mut line| {
        say(&mut line, greeting.as_bytes());
        let mut lines = BufReader::new(line.try_clone().expect("a second handle"));
        let mut said = String::new();
        if let Some(words) = then {
            lines.read_line(&mut said).expect("STARTTLS");
            say(&mut line, words.as_bytes());
        }
        let mut rest = Vec::new();
        let _until_they_leave = lines.read_to_end(&mut rest);
        heard.send(said + &String::from_utf8_lossy(&rest)).expect("the test listens");
    });
    let Err(EdgeError::Permanent(why)) = connect(&servers).map(drop) else { panic!("it should be refused") };
    (hear.recv_timeout(SOON).expect("the line is closed"), why)
}

#[test]
fn x16_a_server_that_claims_to_be_signed_in_gets_no_password() {
    for security in [Security::None, Security::StartTls] {
        let (heard, why) = heard_by_a_liar(security, "* PREAUTH welcome, whoever you are\r\n", None);
        assert!(why.contains("PREAUTH"), "{why}");
        assert_eq!(heard, "");
    }
}

#[test]
fn x16_words_slipped_in_after_starttls_are_refused_before_the_login() {
    let slipped = "s1 OK go ahead\r\na1 OK you are signed in\r\n* CAPABILITY IMAP4rev1\r\n";
    let (heard, why) = heard_by_a_liar(Security::StartTls, "* OK ready\r\n", Some(slipped));
    assert!(why.contains("TLS"), "{why}");
    assert!(heard.starts_with("s1 STARTTLS\r\n"), "{heard}");
    assert!(!heard.contains("canary-right-5520"));
}

#[test]
fn x16_a_server_without_starttls_gets_no_password() {
    let (heard, why) = heard_by_a_liar(Security::StartTls, "* OK ready\r\n", Some("s1 BAD unknown command\r\n"));
    assert!(why.contains("STARTTLS was refused"), "{why}");
    assert_eq!(heard, "s1 STARTTLS\r\n");
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
    let mut imap = Imap::connect(&servers, &SecretString::from("canary-right-5520"), &Stop::new()).expect("signed in");
    assert!(matches!(rows_of(&mut imap), Err(EdgeError::Temporary { .. })));
    assert!(is_closed(&mut imap));
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
    assert!(begun.elapsed() < SOON);
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
    assert!(begun.elapsed() < SOON);
}

/// A line that is dead is told by this: an IDLE ends after eight minutes at the latest.
/// Holds R4.
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
fn r22_a_flood_of_announcements_is_neither_kept_nor_fatal() {
    let mut imap = session(|_| {
        let mut told = "* 1 FETCH (FLAGS ())\r\n* 5 EXISTS\r\n* 4 EXISTS\r\n".repeat(50_000).into_bytes();
        told.extend_from_slice(b"TAG OK done\r\n");
        told
    });
    assert_eq!(imap.open("INBOX").map(|opened| opened.exists), Ok(4));
}

#[test]
fn a_server_that_stops_listening_in_the_middle_of_an_append_is_given_up_in_time() {
    let (_hold, until_the_test_ends) = mpsc::channel::<()>();
    let (servers, _) = serve(Security::None, move |mut line| {
        log_in(&mut line);
        let mut lines = BufReader::new(line.try_clone().expect("a second handle"));
        read_line(&mut lines);
        say(&mut line, b"+ go ahead\r\n");
        let _ended = until_the_test_ends.recv();
    });
    let mut imap = connect(&servers).expect("signed in");
    let at = "2026-03-03T09:00:00+00:00[UTC]".parse().expect("a time");
    let begun = Instant::now();
    let ended = imap.append("Sent", &vec![b'x'; 64 << 20], &at, true);
    assert!(matches!(ended, Err(EdgeError::Temporary { .. })), "{ended:?}");
    assert!(begun.elapsed() < SOON);
    assert!(is_closed(&mut imap));
}

/// A server that answers the first command with these bytes again and again until nobody listens.
fn flood(start: &'static [u8], again: &'static [u8]) -> u16 {
    let (servers, _) = serve(Security::None, move |mut line| {
        log_in(&mut line);
        let _command = line.read(&mut [0; 1024]);
        let many = again.repeat((1 << 16) / again.len() + 1);
        let mut sent = std::io::Write::write_all(&mut line, start);
        while sent.is_ok() {
            sent = std::io::Write::write_all(&mut line, &many);
        }
    });
    servers.imap.port
}

#[test]
#[ignore = "the client's side of r22_no_flood_takes_more_than_64_mebibytes, in a process of its own"]
fn flooded_client() {
    let ports = std::env::var("FLOOD_PORTS").expect("run by the other test");
    for port in ports.split(',') {
        let (mut servers, _) = serve(Security::None, drop);
        servers.imap.port = port.parse().expect("a port");
        let mut imap = Imap::connect(&servers, &SecretString::from("canary-right-5520"), &Stop::new()).expect("signed in");
        assert!(matches!(imap.whole(1, 1_000_000), Err(EdgeError::Temporary { .. })));
    }
    tell_peak();
}

#[test]
#[cfg(target_os = "linux")]
fn r22_no_flood_takes_more_than_64_mebibytes() {
    let ports = [
        flood(b"* 1 FETCH (UID 1 BODY[] {4294967295}\r\n", b"x"),
        flood(b"", b"* 1 FETCH (UID 1 BODY[] {4000}\r\n"),
        flood(b"", b"* 1 FETCH (UID 1)\r\n"),
        flood(b"", b"* LIST () NIL x\r\n"),
        flood(b"", b"* 9 EXISTS and now\r\n* 8 EXISTS, I am sure of it this time, or nearly so, give or take a few\r\n"),
        flood(b"* SEARCH", b" 1"),
        flood(b"* 1 FETCH (", b"x"),
    ];
    let ports = ports.map(|port| port.to_string()).join(",");
    let peak = peak_of("servers::imap_hostile::flooded_client", "FLOOD_PORTS", &ports);
    assert!(peak < 64 * 1024, "{peak} KiB");
}
