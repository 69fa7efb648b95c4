//! Every way a send can end, and that the answer is never more than what is known.

use std::time::Duration;

use curbside::mail::smtp::{Deadlines, Envelope, Way, check_by, send_by};
use curbside::model::address::Address;
use curbside::model::edge::{EdgeError, Refusal, SendAnswer, Stage};
use curbside::model::settings::{SecretSource, Security, Server, Servers};
use proptest::prelude::*;
use secrecy::SecretString;

use super::smtp_script::{Act, Script, Scripted, Seen};

const CANARY: &str = "canary 4711 pass";
const MAIL: &[u8] = b"Subject: Hello\r\nFrom: ann@owner.example\r\n\r\nHello.\r\n.\r\n..two\r\n.hidden\r\nBye.\r\n";

pub fn servers(host: &str, port: u16, security: Security) -> Servers {
    let server = Server { host: host.to_owned(), port, security };
    Servers { imap: server.clone(), smtp: server, username: "ann".to_owned(), secret: SecretSource::Command(String::new()), ca_file: None }
}

pub fn password() -> SecretString {
    SecretString::from(CANARY)
}

pub fn envelope() -> Envelope {
    let address = |text| Address::parse(text).expect("a sample address");
    Envelope { from: address("ann@owner.example"), to: address("jane@payer.example") }
}

/// Long enough for a busy machine wherever the server answers; short where it is silent on purpose.
fn patient() -> Deadlines {
    Deadlines::default()
}

fn impatient() -> Deadlines {
    let soon = Duration::from_millis(300);
    Deadlines { connect: soon, hello: soon, auth: soon, command: soon, body: soon, reply: soon, quit: soon, grace: soon }
}

/// Sends over a way that nobody ends.
pub fn send_over(deadlines: Deadlines, servers: &Servers, mail: &[u8], before_body: &mut dyn FnMut() -> Result<(), String>) -> SendAnswer {
    let way = Way { servers, password: &password(), deadlines, is_stopped: &|| false };
    send_by(&way, &envelope(), mail, before_body)
}

fn visit(port: u16) -> Result<String, EdgeError> {
    let servers = servers("127.0.0.1", port, Security::None);
    check_by(&Way { servers: &servers, password: &password(), deadlines: patient(), is_stopped: &|| false })
}

/// One send to a server with this script; also tells how often the step before the body was taken.
fn send_with(deadlines: Deadlines, script: Script) -> (SendAnswer, Seen, u32) {
    let server = Scripted::start(script);
    let mut steps = 0;
    let mut before_body = || {
        steps += 1;
        Ok(())
    };
    let servers = servers("127.0.0.1", server.port, Security::None);
    let answer = send_over(deadlines, &servers, MAIL, &mut before_body);
    (answer, server.seen(), steps)
}

fn send(script: Script) -> SendAnswer {
    send_with(patient(), script).0
}

fn refused(answer: SendAnswer) -> Refusal {
    match answer {
        SendAnswer::Refused(refusal) => refusal,
        other => panic!("a refusal was expected, not {other:?}"),
    }
}

#[test]
fn an_accepted_mail_is_stored_byte_for_byte() {
    let (answer, seen, steps) = send_with(patient(), &[]);
    assert_eq!(answer, SendAnswer::Accepted("2.0.0 Ok: queued as ABC123".to_owned()));
    assert_eq!(seen.mail.as_deref(), Some(MAIL), "dots at the start of a line and the last line end arrive as they were");
    assert_eq!(steps, 1);
    assert!(seen.command("QUIT"), "a goodbye is said");
}

#[test]
fn the_server_learns_neither_our_host_name_nor_more_than_one_recipient() {
    let (_, seen, _) = send_with(patient(), &[]);
    let size = MAIL.len();
    let expected =
        ["EHLO [127.0.0.1]".to_owned(), format!("MAIL FROM:<ann@owner.example> SIZE={size}"), "RCPT TO:<jane@payer.example>".to_owned()];
    let told: Vec<&String> = seen.commands.iter().filter(|line| !line.starts_with("AUTH")).take(3).collect();
    assert_eq!(told, expected.iter().collect::<Vec<_>>());
}

#[test]
fn a_refusal_tells_the_stage_the_code_the_status_and_the_words() {
    let cases: [(Script, Stage, u16, Option<&str>); 8] = [
        (&[("greeting", Act::Say("421 4.3.2 too busy"))], Stage::Connect, 421, Some("4.3.2")),
        (&[("greeting", Act::Say("554 go away"))], Stage::Connect, 554, None),
        (&[("EHLO", Act::Say("501 5.5.4 bad name"))], Stage::Hello, 501, Some("5.5.4")),
        (&[("MAIL", Act::Say("451 4.3.0 later"))], Stage::MailFrom, 451, Some("4.3.0")),
        (&[("RCPT", Act::Say("550-5.1.1 no such\r\n550 5.1.1 person"))], Stage::RcptTo, 550, Some("5.1.1")),
        (&[("DATA", Act::Say("554 5.7.1 no"))], Stage::Data, 554, Some("5.7.1")),
        (&[("dot", Act::Say("452 4.2.2 full"))], Stage::Body, 452, Some("4.2.2")),
        (&[("dot", Act::Say("550-5.4.5 Daily limit\r\n550 5.4.5 exceeded"))], Stage::Body, 550, Some("5.4.5")),
    ];
    for (script, stage, code, status) in cases {
        let refusal = refused(send(script));
        assert_eq!((refusal.stage, refusal.code, refusal.status.as_deref()), (stage, code, status), "{}", refusal.text);
        assert_eq!(refusal.is_permanent(), code >= 500);
    }
}

#[test]
fn p1_nothing_is_begun_when_the_server_refuses_before_the_body() {
    for script in [&[("RCPT", Act::Say("550 5.1.1 no"))] as Script, &[("DATA", Act::Say("451 later"))], &[("DATA", Act::Say("250 what?"))]]
    {
        let (answer, seen, steps) = send_with(patient(), script);
        assert!(!matches!(answer, SendAnswer::Accepted(_) | SendAnswer::Unknown(_)), "{answer:?}");
        assert_eq!((steps, seen.mail), (0, None));
    }
}

#[test]
fn p1_a_failed_note_before_the_body_stops_the_mail() {
    let server = Scripted::start(&[]);
    let servers = servers("127.0.0.1", server.port, Security::None);
    let answer = send_over(patient(), &servers, MAIL, &mut || Err("the disk is full".to_owned()));
    assert_eq!(answer, SendAnswer::NotSent(EdgeError::Interrupted("the disk is full".to_owned())));
    let seen = server.seen();
    assert!(seen.command("DATA"), "it is asked after the 354");
    assert_eq!(seen.mail, None);
}

/// Holds S2.
#[test]
fn p1_trouble_after_the_first_byte_is_unknown() {
    let scripts: [Script; 6] = [
        &[("body", Act::HangUp)],
        &[("dot", Act::HangUp)],
        &[("dot", Act::Say("what was that?"))],
        &[("dot", Act::Say("250-2.0.0 half\r\n550 an answer"))],
        &[("dot", Act::Say("354 go on"))],
        &[("dot", Act::Say("999 what"))],
    ];
    for script in scripts {
        let (answer, _, steps) = send_with(patient(), script);
        assert!(matches!(answer, SendAnswer::Unknown(_)), "{answer:?}");
        assert_eq!(steps, 1);
    }
}

/// Holds S2.
#[test]
fn p1_silence_after_the_dot_is_unknown() {
    let (answer, seen, _) = send_with(impatient(), &[("dot", Act::Stall)]);
    assert!(matches!(answer, SendAnswer::Unknown(_)), "{answer:?}");
    assert!(seen.mail.is_some(), "the server has it");
}

#[test]
fn p1_the_answer_to_the_dot_is_waited_for_longer_than_the_body_may_take() {
    let (answer, _, _) = send_with(Deadlines { body: Duration::ZERO, ..patient() }, &[]);
    assert!(matches!(answer, SendAnswer::Accepted(_)), "{answer:?}");
}

#[test]
fn p1_trouble_before_the_body_means_not_sent() {
    for at in ["greeting", "EHLO", "AUTH", "MAIL", "RCPT", "DATA"] {
        for act in [Act::HangUp, Act::Say("hello? who is this?"), Act::Stall] {
            let script: Script = Box::leak(Box::new([(at, act)]));
            let deadlines = if matches!(act, Act::Stall) { impatient() } else { patient() };
            let (answer, seen, steps) = send_with(deadlines, script);
            assert!(matches!(&answer, SendAnswer::NotSent(error) if error.is_temporary()), "at {at}: {answer:?}");
            assert_eq!((steps, seen.mail), (0, None), "at {at}");
        }
    }
}

#[test]
fn p18_a_server_that_never_ends_its_line_is_given_up_before_it_fills_the_memory() {
    for at in ["greeting", "EHLO", "RCPT"] {
        let script: Script = Box::leak(Box::new([(at, Act::Flood)]));
        let (answer, seen, _) = send_with(patient(), script);
        assert!(matches!(&answer, SendAnswer::NotSent(error) if error.is_temporary()), "at {at}: {answer:?}");
        assert!(seen.flooded < 32 << 20, "at {at}: {} bytes were listened to", seen.flooded);
    }
}

#[test]
fn a_status_is_read_however_servers_dress_it() {
    for words in ["550 #5.1.0 Address rejected", "550 5.1.0: rejected", "550-5.1.0 rejected\r\n550 5.1.0 really"] {
        let script: Script = Box::leak(Box::new([("RCPT", Act::Say(words))]));
        assert_eq!(refused(send(script)).status.as_deref(), Some("5.1.0"), "{words}");
    }
    assert_eq!(refused(send(&[("RCPT", Act::Say("550 5.1.0.7 is no status, 5.1.1 is"))])).status, None);
}

#[test]
fn a_server_without_a_size_limit_is_told_none_and_refuses_nothing() {
    for hello in ["250-mail.test\r\n250-SIZE 0\r\n250 AUTH PLAIN", "250-mail.test\r\n250-SIZE\r\n250 AUTH PLAIN", "250 mail.test"] {
        let script: Script = Box::leak(Box::new([("EHLO", Act::Say(hello))]));
        let (answer, seen, _) = send_with(patient(), script);
        assert!(matches!(answer, SendAnswer::Accepted(_)), "{answer:?}");
        assert!(seen.commands.contains(&"MAIL FROM:<ann@owner.example>".to_owned()), "{:?}", seen.commands);
    }
}

#[test]
fn eight_bit_text_goes_only_to_servers_that_take_it() {
    let mail = "Subject: x\r\n\r\ngrüße\r\n".as_bytes();
    let server = Scripted::start(&[]);
    let answer = send_over(patient(), &servers("127.0.0.1", server.port, Security::None), mail, &mut || Ok(()));
    assert!(matches!(answer, SendAnswer::Accepted(_)), "{answer:?}");
    let seen = server.seen();
    assert!(seen.commands.iter().any(|line| line.ends_with(" BODY=8BITMIME")), "{:?}", seen.commands);
    assert_eq!(seen.mail.as_deref(), Some(mail));

    let server = Scripted::start(&[("EHLO", Act::Say("250-mail.test\r\n250 AUTH PLAIN"))]);
    let answer = send_over(patient(), &servers("127.0.0.1", server.port, Security::None), mail, &mut || Ok(()));
    assert!(matches!(answer, SendAnswer::NotSent(EdgeError::Permanent(_))), "{answer:?}");
}

#[test]
fn words_in_another_alphabet_do_not_hide_the_answer() {
    let refusal = refused(send(&[("RCPT", Act::Raw(b"550 5.1.1 Empf\xe4nger unbekannt\r\n"))]));
    assert_eq!((refusal.code, refusal.status.as_deref()), (550, Some("5.1.1")));
}

/// Holds S10.
#[test]
fn a_refused_login_is_for_the_owner_to_mend() {
    let refusals =
        ["535 5.7.8 bad", "534 5.7.9 application password needed", "530 5.7.0 log in", "550 5.7.30 off", "504 5.5.4 not this way"];
    for words in refusals {
        let script: Script = Box::leak(Box::new([("AUTH", Act::Say(words))]));
        let answer = send(script);
        assert!(matches!(answer, SendAnswer::NotSent(EdgeError::Login(_))), "{words}: {answer:?}");
    }
    let answer = send(&[("AUTH", Act::Say("454 4.7.0 too many logins"))]);
    assert!(matches!(&answer, SendAnswer::NotSent(error) if error.is_temporary()), "{answer:?}");
    let answer = send(&[("MAIL", Act::Say("530 5.7.0 Authentication required"))]);
    assert!(matches!(answer, SendAnswer::NotSent(EdgeError::Login(_))), "{answer:?}");
}

#[test]
fn p16_the_password_is_in_no_answer_even_when_the_server_repeats_it() {
    const REPEATED: [&str; 3] = [
        "535 no, not with canary 4711 pass",
        "500 unknown: AUTH PLAIN AGFubgBjYW5hcnkgNDcxMSBwYXNz",
        "535 Y2FuYXJ5IDQ3MTEgcGFzcw== is wrong",
    ];
    for words in REPEATED {
        let script: Script = Box::leak(Box::new([("AUTH", Act::Say(words))]));
        let shown = format!("{:?}", send(script));
        for secret in ["canary", "4711", "AGFubgBjYW5hcnkgNDcxMSBwYXNz", "Y2FuYXJ5IDQ3MTEgcGFzcw"] {
            assert!(!shown.contains(secret), "{shown}");
        }
    }
}

/// Holds S20.
#[test]
fn a_mail_too_large_is_refused_before_it_is_sent() {
    let (answer, seen, steps) = send_with(patient(), &[("EHLO", Act::Say("250-mail.test\r\n250-SIZE 20\r\n250 AUTH PLAIN"))]);
    let refusal = refused(answer);
    assert_eq!((refusal.code, refusal.status.as_deref(), steps), (552, Some("5.3.4"), 0));
    assert!(refusal.text.contains("at most 20"), "{}", refusal.text);
    assert!(!seen.command("MAIL"));
}

#[test]
fn x6_a_bare_line_feed_never_reaches_a_server() {
    let server = Scripted::start(&[]);
    let servers = servers("127.0.0.1", server.port, Security::None);
    for mail in [&b"A: b\r\n\r\nx\n.\nMAIL FROM:<evil@x.example>\r\n"[..], b"A: b\r\n\r\nx\r.\r\n", b"A: b\r\n\r\nx\r", b"\nx"] {
        let answer = send_over(patient(), &servers, mail, &mut || Ok(()));
        assert!(matches!(answer, SendAnswer::NotSent(EdgeError::Permanent(_))), "{answer:?}");
    }
    drop(std::net::TcpStream::connect(("127.0.0.1", server.port)));
    assert!(server.seen().commands.is_empty());
}

#[test]
fn p16_an_unsecured_line_leaves_this_machine_never() {
    let answer = send_over(patient(), &servers("mail.example.test", 25, Security::None), MAIL, &mut || Ok(()));
    assert!(matches!(answer, SendAnswer::NotSent(EdgeError::Permanent(_))), "{answer:?}");
}

#[test]
fn a_server_that_is_not_there_is_tried_again_later() {
    let port = std::net::TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a free port").port();
    let servers = servers("127.0.0.1", port, Security::None);
    let answer = send_over(patient(), &servers, MAIL, &mut || Ok(()));
    assert!(matches!(&answer, SendAnswer::NotSent(error) if error.is_temporary()), "{answer:?}");
}

#[test]
fn a_silent_goodbye_does_not_change_the_answer() {
    let (answer, _, _) = send_with(impatient(), &[("QUIT", Act::Stall)]);
    assert!(matches!(answer, SendAnswer::Accepted(_)), "{answer:?}");
}

#[test]
fn a_visit_tells_whether_mail_would_be_taken() {
    let server = Scripted::start(&[]);
    let found = visit(server.port);
    assert!(found.is_ok(), "{found:?}");
    let seen = server.seen();
    assert!(seen.command("AUTH PLAIN") && !seen.command("MAIL"));

    let server = Scripted::start(&[("AUTH", Act::Say("535 5.7.8 no"))]);
    let found = visit(server.port);
    assert!(matches!(found, Err(EdgeError::Login(_))), "{found:?}");
}

#[test]
fn a_server_with_only_the_old_login_is_served() {
    let script: Script = &[
        ("EHLO", Act::Say("250-mail.test\r\n250 AUTH LOGIN")),
        ("AUTH", Act::Say("334 VXNlcm5hbWU6")),
        ("YW5u", Act::Say("334 UGFzc3dvcmQ6")),
    ];
    let (answer, seen, _) = send_with(patient(), script);
    assert!(matches!(answer, SendAnswer::Accepted(_)), "{answer:?} {:?}", seen.commands);
}

/// A send that is told to end as soon as it says `at` (or, for `dot`, has begun its body).
fn stopped_at(at: &'static str) -> (SendAnswer, Seen) {
    let script: Script = Box::leak(Box::new([(at, Act::Stall)]));
    let server = Scripted::start(script);
    let servers = servers("127.0.0.1", server.port, Security::None);
    let reached = server.reached();
    let is_stopped = || reached(at);
    let deadlines = Deadlines { grace: Duration::from_millis(300), ..patient() };
    let way = Way { servers: &servers, password: &password(), deadlines, is_stopped: &is_stopped };
    let answer = send_by(&way, &envelope(), MAIL, &mut || Ok(()));
    (answer, server.seen())
}

#[test]
fn o1_a_program_that_is_to_end_does_not_wait_for_a_silent_server() {
    for at in ["EHLO", "RCPT", "DATA"] {
        let (answer, seen) = stopped_at(at);
        assert!(matches!(&answer, SendAnswer::NotSent(error) if error.is_temporary()), "at {at}: {answer:?}");
        assert_eq!(seen.mail, None);
    }
    let (answer, _) = stopped_at("dot");
    assert!(matches!(answer, SendAnswer::Unknown(_)), "{answer:?}");
}

#[test]
fn o1_a_send_in_its_body_gets_a_few_seconds_to_end_well() {
    let server = Scripted::start(&[]);
    let servers = servers("127.0.0.1", server.port, Security::None);
    let has_begun = std::cell::Cell::new(false);
    let is_stopped = || has_begun.get();
    let way = Way { servers: &servers, password: &password(), deadlines: patient(), is_stopped: &is_stopped };
    let answer = send_by(&way, &envelope(), MAIL, &mut || {
        has_begun.set(true);
        Ok(())
    });
    assert!(matches!(answer, SendAnswer::Accepted(_)), "{answer:?}");
}

#[test]
fn p18_an_answer_that_trips_the_library_is_a_failed_send_and_no_crash() {
    let (answer, _, steps) = send_with(patient(), &[("EHLO", Act::Say("250-mail.test\r\n250-   \r\n250 AUTH PLAIN"))]);
    assert!(matches!(&answer, SendAnswer::NotSent(error) if error.is_temporary()), "{answer:?}");
    assert_eq!(steps, 0);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn p1_whatever_is_said_after_the_dot_only_a_whole_2xx_is_accepted(said in "([245][0-9][0-9][ -])?[ -~\u{e4}]{0,20}(\r\n)?([0-9]{3}[ -]?.{0,9}\r\n)?") {
        let bytes: &'static [u8] = Vec::leak(said.clone().into_bytes());
        let script: Script = Box::leak(Box::new([("dot", Act::Last(bytes))]));
        let (answer, _, _) = send_with(patient(), script);
        let is_yes = said.starts_with('2') && said.lines().any(|line| line.starts_with('2') && line.as_bytes().get(3) == Some(&b' '));
        match answer {
            SendAnswer::Accepted(_) => prop_assert!(is_yes, "{:?} was taken for a yes", said),
            SendAnswer::Refused(refusal) => prop_assert!(said.starts_with(&refusal.code.to_string()), "{:?}", said),
            SendAnswer::Unknown(_) => {}
            // A clean refusal, too: these codes mean that the owner has to sign in again.
            SendAnswer::NotSent(EdgeError::Login(_)) => prop_assert!(said.starts_with("53"), "{:?}", said),
            SendAnswer::NotSent(error) => prop_assert!(false, "{:?} made {:?}", said, error),
        }
    }
}
