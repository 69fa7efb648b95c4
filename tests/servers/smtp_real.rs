//! Mail through a real Postfix into a real mailbox.

use std::fs;

use curbside::mail::compose::{Letter, compose};
use curbside::mail::maildir::Maildir;
use curbside::mail::mime;
use curbside::mail::smtp::{Envelope, check, send};
use curbside::model::address::{Address, Mailbox};
use curbside::model::edge::{EdgeError, SendAnswer, Stage};
use curbside::model::settings::Security;
use secrecy::SecretString;

use crate::support::servers::{PASSWORD, fresh_user, settings};

fn person(address: &str) -> Mailbox {
    Mailbox { name: "Zoë Ångström".to_owned(), address: Address::parse(address).expect("a sample address") }
}

fn letter(from: &str, to: &str, text: &str) -> Vec<u8> {
    let letter = Letter {
        from: person(from),
        to: person(to),
        subject: "Ein Wort — grüße".to_owned(),
        text: text.to_owned(),
        html: None,
        in_reply_to: Some("before@payer.example".to_owned()),
        references: vec!["before@payer.example".to_owned()],
        message_id: format!("id-{to}"),
        date: "2026-03-03T09:42:00-05:00[America/New_York]".parse().expect("a date"),
        attachment: None,
        headers: Vec::new(),
    };
    compose(&letter).expect("a letter that can be written")
}

fn send_to(from: &str, to: &str, security: Security, bytes: &[u8]) -> SendAnswer {
    let mut servers = settings(from);
    if security == Security::StartTls {
        servers.smtp.port = crate::support::servers::servers().smtp;
        servers.smtp.security = security;
    }
    let envelope = Envelope { from: person(from).address, to: person(to).address };
    send(&servers, &SecretString::from(PASSWORD), &envelope, bytes, &mut || Ok(()))
}

/// The one mail of a user; Postfix hands it over within moments of having said yes.
fn received(user: &str) -> Vec<u8> {
    let until = std::time::Instant::now() + std::time::Duration::from_secs(30);
    loop {
        let account = Maildir::open(&crate::support::servers::servers().maildir(user));
        let mut files = Vec::new();
        if let Ok(account) = &account {
            account.rows_since("INBOX", 0, &mut |row| files.extend(row.file)).expect("a listing");
        }
        if let (Ok(account), Some(file)) = (&account, files.first()) {
            return account.whole(file).expect("the mail");
        }
        assert!(std::time::Instant::now() < until, "no mail came for {user}");
        std::thread::yield_now();
    }
}

#[test]
fn a_letter_arrives_as_it_was_written_over_tls_and_starttls() {
    for security in [Security::Tls, Security::StartTls] {
        let (ann, jane) = (fresh_user("ann"), fresh_user("jane"));
        let text = "Dear Zoë,\n.\n..two dots\nFrom here on: a line that is rather longer than the seventy-eight characters of old, and ends with a blank \n-- \nAnn";
        let bytes = letter(&ann, &jane, text);
        let answer = send_to(&ann, &jane, security, &bytes);
        assert!(matches!(&answer, SendAnswer::Accepted(words) if words.contains("queued")), "{answer:?}");
        let stored = String::from_utf8(received(&jane)).expect("ASCII").replace("\r\n", "\n");
        let sent = String::from_utf8(bytes).expect("ASCII").replace("\r\n", "\n");
        assert!(stored.ends_with(&sent), "below what servers add, it is the same to the byte:\n{stored}");
        let mail = mime::parse(stored.as_bytes()).expect("a mail");
        assert_eq!((mail.from[0].name.as_str(), mail.subject.as_str()), ("Zoë Ångström", "Ein Wort — grüße"));
        assert_eq!(mail.text.as_deref().map(str::trim_end), Some(text));
    }
}

#[test]
fn p16_no_server_on_the_way_writes_down_this_machines_name() {
    let (ann, jane) = (fresh_user("ann"), fresh_user("jane"));
    send_to(&ann, &jane, Security::Tls, &letter(&ann, &jane, "Hello"));
    let stored = String::from_utf8(received(&jane)).expect("ASCII");
    let name = fs::read_to_string("/proc/sys/kernel/hostname").expect("a host name");
    assert!(stored.contains("from [127.0.0.1]") && !stored.contains(&format!("from {} ", name.trim())), "{stored}");
}

#[test]
fn a_real_server_refuses_a_person_for_now_or_for_good() {
    let ann = fresh_user("ann");
    for (to, code, status) in
        [("refused@example.test", 550, "5.1.1"), ("quota@example.test", 550, "5.4.5"), ("later@example.test", 451, "4.3.0")]
    {
        let SendAnswer::Refused(refusal) = send_to(&ann, to, Security::Tls, &letter(&ann, to, "Hello")) else { panic!("{to} was taken") };
        assert_eq!((refusal.stage, refusal.code, refusal.status.as_deref()), (Stage::RcptTo, code, Some(status)), "{}", refusal.text);
    }
}

#[test]
fn a_real_server_tells_a_wrong_password_from_a_right_one() {
    let servers = settings(&fresh_user("ann"));
    assert!(check(&servers, &SecretString::from(PASSWORD)).is_ok());
    let refused = check(&servers, &SecretString::from("canary-wrong"));
    assert!(matches!(&refused, Err(EdgeError::Login(words)) if words.contains("535") && !words.contains("canary")), "{refused:?}");
}

/// Holds S20.
#[test]
fn a_mail_larger_than_a_real_server_takes_stays_here() {
    let ann = fresh_user("ann");
    let bytes = [b"Subject: large\r\n\r\n".as_slice(), &b"0123456789\r\n".repeat(2_300_000)].concat();
    let SendAnswer::Refused(refusal) = send_to(&ann, &ann, Security::Tls, &bytes) else { panic!("it was taken") };
    assert_eq!((refusal.stage, refusal.code), (Stage::MailFrom, 552), "{}", refusal.text);
}
