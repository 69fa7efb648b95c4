//! Automatic mail: delivery reports, machines that answer for people, calendars, mass mail, and people who look like them.

use curbside::mail::mime;
use curbside::model::address::Address;
use curbside::model::reading::{BouncedRecipient, Kind, Outcome, Reading};
use curbside::steps::understand::{Known, understand};
use jiff::Timestamp;
use jiff::civil::date;
use jiff::tz::TimeZone;
use proptest::prelude::*;

const US: &str = "tom.weiss@northplan.example";

fn read_bytes(bytes: &[u8]) -> Reading {
    let me = [Address::parse("leah.brandt@mail.example").expect("what the mail was written to hold")];
    let mail = mime::parse(bytes).unwrap_or_default();
    let arrived = mail.date.map_or(Timestamp::UNIX_EPOCH, |date| date.at);
    understand(&mail, &Known { me: &me, arrived, zone: TimeZone::UTC, taught: None })
}

/// A mail of `tests/mail/auto`, by its name.
fn read(name: &str) -> Reading {
    let path = format!("{}/tests/mail/auto/{name}.eml", env!("CARGO_MANIFEST_DIR"));
    read_bytes(&std::fs::read(&path).unwrap_or_else(|error| panic!("{path}: {error}")))
}

/// A mail in the conversation, with some header lines of its own.
fn mail(subject: &str, headers: &str, body: &str) -> Reading {
    from("Dana Okafor <dana.okafor@northplan.example>", subject, headers, body)
}

fn from(sender: &str, subject: &str, headers: &str, body: &str) -> Reading {
    let to = "To: leah.brandt@mail.example\r\nDate: Tue, 3 Mar 2026 09:42:00 -0500\r\nContent-Type: text/plain; charset=utf-8";
    read_bytes(format!("From: {sender}\r\nSubject: {subject}\r\n{headers}{to}\r\n\r\n{body}\r\n").as_bytes())
}

/// The one recipient a report is about.
fn only(reading: &Reading) -> BouncedRecipient {
    assert_eq!(reading.kind, Kind::Bounce, "{:?}", reading.rules);
    let recipients = reading.bounce.clone().unwrap_or_default().recipients;
    assert_eq!(recipients.len(), 1, "{recipients:?}");
    recipients[0].clone()
}

/// Holds R15, R16.
#[test]
fn p2_an_unknown_user_is_a_dead_address_whoever_says_so() {
    for (name, status) in [
        ("postfix-user-unknown", "5.1.1"),
        ("qmail-no-mailbox", "5.1.1"),
        ("gmail-address-not-found", "5.1.1"),
        ("office365-not-found", "5.1.10"),
        ("amazon-ses-fields-in-one-block", "5.1.1"),
        ("boundary-lost", "5.1.1"),
    ] {
        let recipient = only(&read(name));
        assert_eq!((recipient.address.as_str(), recipient.status.as_deref()), (US, Some(status)), "{name}");
        assert!(recipient.hard && !recipient.delayed && recipient.reason == "user_unknown", "{name}: {recipient:?}");
    }
}

#[test]
fn p2_a_domain_that_is_gone_or_takes_no_mail_is_a_dead_address() {
    let gone = only(&read("sendmail-host-unknown"));
    assert!(gone.hard && gone.reason == "host_unknown" && gone.status.as_deref() == Some("5.1.2"), "{gone:?}");
    let closed = only(&read("null-mx"));
    assert!(closed.hard && closed.reason == "no_mail_accepted", "{closed:?}");
}

/// Holds R15.
#[test]
fn a_message_given_up_on_is_not_a_dead_address() {
    for (name, class, reason) in [
        ("exim-mailbox-full", "5", "mailbox_full"),
        ("outlook-html-only", "5", "mailbox_full"),
        ("over-quota-as-disposition", "5", "mailbox_full"),
        ("postfix-policy-after-data", "5", "policy"),
        ("postfix-user-unknown-after-data", "5", "refused"),
        ("mimecast-policy", "5", "policy"),
        ("sender-server-blocked", "5", "blocked"),
        ("given-up-after-five-days", "4", "expired"),
        ("group-closed-to-strangers", "5", "sender_refused"),
    ] {
        let recipient = only(&read(name));
        assert!(!recipient.hard && !recipient.delayed, "{name}: {recipient:?}");
        assert!(recipient.status.as_deref().is_some_and(|status| status.starts_with(class)), "{name}: {recipient:?}");
        assert_eq!(recipient.reason, reason, "{name}");
    }
}

#[test]
fn a_delay_is_a_delay_and_the_server_goes_on_trying() {
    for name in ["postfix-delay", "exim-delay"] {
        let recipient = only(&read(name));
        assert!(recipient.delayed && !recipient.hard && recipient.address == US, "{name}: {recipient:?}");
        assert!(recipient.status.as_deref().is_some_and(|status| status.starts_with('4')), "{name}: {recipient:?}");
    }
}

#[test]
fn a_report_names_the_mail_that_came_back() {
    for name in
        ["postfix-user-unknown", "qmail-no-mailbox", "exim-mailbox-full", "postfix-delay", "boundary-lost", "over-quota-as-disposition"]
    {
        let bounce = read(name).bounce.expect("what the mail was written to hold");
        assert_eq!(bounce.original_message_id.as_deref(), Some("checkin-17@mail.example"), "{name}");
    }
}

#[test]
fn two_recipients_of_one_report_have_their_own_fates() {
    let recipients = read("two-recipients-two-fates").bounce.expect("what the mail was written to hold").recipients;
    let fates: Vec<(&str, bool)> = recipients.iter().map(|recipient| (recipient.address.as_str(), recipient.hard)).collect();
    assert_eq!(fates, [(US, true), ("ana.ruiz@northplan.example", false)]);
}

#[test]
fn a_dead_forwarding_address_counts_against_the_one_we_wrote_to() {
    let recipient = only(&read("forwarded-to-a-dead-address"));
    assert!(recipient.address == US && recipient.hard, "{recipient:?}");
}

#[test]
fn receipts_and_complaints_are_no_bounces() {
    for name in ["delivered-receipt", "read-receipt", "complaint"] {
        let reading = read(name);
        assert_eq!((reading.kind, reading.outcome, reading.bounce), (Kind::Bulk, None, None), "{name}");
    }
}

#[test]
fn receipts_in_plain_words_are_known_too() {
    let delivered = "Your message has been delivered to the following recipients: tom.weiss@northplan.example";
    let reading = from("postmaster@northplan.example", "Delivered: hello", "Return-Path: <>\r\n", delivered);
    assert_eq!((reading.kind, reading.bounce), (Kind::Bulk, None));
    let unread = mail("Not read: hello", "", "Your message was deleted without being read on Tuesday.");
    assert_eq!((unread.kind, unread.outcome), (Kind::Bulk, None));
}

#[test]
fn an_absence_that_speaks_of_failed_deliveries_is_an_absence() {
    let body = "I am out of the office. Mail to my phone could not be delivered.";
    assert_eq!(mail("Automatic reply: delivery failure", "Return-Path: <>\r\n", body).kind, Kind::AutoReply);
}

#[test]
fn a_report_that_a_person_passes_on_is_that_persons_mail() {
    assert_eq!(read("report-forwarded-by-a-person").kind, Kind::Reply);
    let told = mail("mail trouble", "", "My mail to you bounced: 550 5.1.1 user unknown. Did you get it now?");
    assert_eq!(told.kind, Kind::Reply);
}

#[test]
fn a_word_in_the_address_is_no_reason() {
    let report = "<spam.virus@northplan.example>: host mx1.northplan.example said: 550 5.1.1 User unknown (in reply to RCPT TO command)";
    let recipient = only(&from("MAILER-DAEMON@mx.mail.example", "Undelivered Mail Returned to Sender", "", report));
    assert!(recipient.hard && recipient.reason == "user_unknown", "{recipient:?}");
}

/// Holds R12.
#[test]
fn p6_machines_that_answer_for_absent_people_are_known_in_many_languages() {
    for (subject, body) in [
        ("Automatic reply: hello", "I am out of the office."),
        ("Abwesenheitsnotiz: hello", "Ich bin nicht im Büro."),
        ("Réponse automatique : hello", "Je suis absent."),
        ("Respuesta automática: hello", "Estoy de vacaciones."),
        ("Risposta automatica: hello", "Sono in ferie."),
        ("Resposta automática: hello", "Estou de férias."),
        ("Automatisch antwoord: hello", "Ik ben afwezig."),
        ("Automatiskt svar: hello", "Jag är på semester."),
        ("Autosvar: hello", "Jeg er på ferie."),
        ("Automaattinen vastaus: hello", "Olen lomalla."),
        ("Odpowiedź automatyczna: hello", "Jestem na urlopie."),
        ("Automatikus válasz: hello", "Szabadságon vagyok."),
        ("Автоматический ответ: hello", "Я в отпуске."),
        ("自動応答: hello", "不在にしております。"),
        ("自动回复: hello", "我正在休假。"),
        ("자동 회신: hello", "부재중입니다."),
    ] {
        let reading = mail(subject, "", body);
        assert_eq!((reading.kind, reading.outcome), (Kind::AutoReply, None), "{subject}");
    }
}

#[test]
fn p6_a_machine_without_any_header_is_known_by_what_it_says_together() {
    for body in [
        "Thank you for your email. I am out of the office on annual leave, returning Monday, March 9. If you need immediate assistance please contact Tom.",
        "I am on PTO through Friday with limited access to email and will respond upon my return.",
        "Hello,\n\nI am currently on leave and will be back in the office on March 9. During my absence, please contact our front desk.",
        "Vielen Dank für Ihre Nachricht. Ich bin derzeit abwesend und ab dem 9.3. wieder im Büro. In dringenden Fällen wenden Sie sich an Frau Klein.",
        "Je suis en congés jusqu'au 9 mars. Pour toute urgence, contactez Luc.",
    ] {
        assert_eq!(mail("Re: hello", "In-Reply-To: <a@mail.example>\r\n", body).kind, Kind::AutoReply, "{body}");
    }
}

#[test]
fn a_person_who_speaks_of_an_absence_is_no_machine() {
    for body in [
        "I was out of the office last week, sorry for the slow reply. Happy to chat.",
        "I am out of the office this week but would love to talk when I'm back on Monday. Can you do 3pm?",
        "I'm on vacation until the 9th, let's talk after. Dana",
        "Hi Leah, I'm on maternity leave through June, but do reach out to Tom, he is hiring. Congrats!",
        "Please don't mind my auto-reply, I'm around. Call me tomorrow?",
        "Traveling this week with spotty email. Send me your CV and I'll pass it to our CMO.",
        "Dana will be out of office until Monday, but I can answer for her: we have nothing open. Kim",
        "I'm no longer with Northplan, I moved to Evergreen in January.",
    ] {
        let headers = "In-Reply-To: <a@mail.example>\r\n";
        assert_eq!(mail("Re: hello", headers, body).kind, Kind::Reply, "{body}");
    }
    assert_eq!(mail("Re: Automatic reply: hello", "", "I'm back now. Let's set up a call.").kind, Kind::Reply);
    assert_eq!(mail("Out of office?", "", "I got your out of office. Are you back?").kind, Kind::Reply);
}

#[test]
fn contested_header_fields_prove_nothing_alone() {
    for headers in
        ["X-Auto-Response-Suppress: All\r\n", "Precedence: bulk\r\n", "X-Auto-Response-Suppress: DR, OOF\r\nPrecedence: list\r\n"]
    {
        assert_eq!(mail("Re: hello", headers, "Happy to help. I forwarded your note to Tom.").kind, Kind::Reply, "{headers}");
    }
}

/// Holds P6, R12.
#[test]
fn rfc_3834_is_believed_whatever_the_text_says() {
    let reading = mail("Re: hello", "Auto-Submitted: auto-replied\r\n", "Hi Leah, great to hear from you! Let's talk soon?");
    assert_eq!((reading.kind, reading.outcome), (Kind::AutoReply, None));
    assert_eq!(mail("Re: hello", "Auto-Submitted: no\r\n", "Great to hear from you!").kind, Kind::Reply);
}

#[test]
fn an_absence_tells_the_first_day_back_and_who_helps() {
    let body = "I am out of the office through March 6. For urgent matters contact Priya Raman at praman@northplan.example.";
    let facts = mail("Automatic reply: hello", "", body).facts;
    assert_eq!(facts.back_on, Some(date(2026, 3, 9)));
    assert_eq!(facts.people.iter().filter_map(|person| person.email.as_deref()).collect::<Vec<_>>(), ["praman@northplan.example"]);
}

#[test]
fn a_machine_that_says_the_person_left_ends_the_matter_and_names_the_successor() {
    let body = "Thank you for your email. Dr. Okafor is no longer with Northplan. Please contact Ruth Klein at rklein@northplan.example.";
    let reading = mail("Automatic reply: hello", "", body);
    assert_eq!((reading.kind, reading.outcome), (Kind::AutoReply, Some(Outcome::LeftEmployer)));
    assert_eq!(reading.outcomes[0].evidence, "Dr. Okafor is no longer with Northplan.");
    assert_eq!(reading.facts.people.first().and_then(|person| person.email.as_deref()), Some("rklein@northplan.example"));
}

#[test]
fn one_who_has_left_for_the_day_has_not_left_the_employer() {
    let reading = mail("Automatic reply: hello", "", "I have left for the day and will be back tomorrow.");
    assert_eq!((reading.kind, reading.outcome), (Kind::AutoReply, None));
}

#[test]
fn receipts_of_desks_and_of_applications_are_automatic() {
    let desk =
        "Thank you for contacting Northplan Support. Your request has been received and a ticket has been opened. Please do not reply.";
    assert_eq!(from("Northplan Support <support@northplan.example>", "[Ticket #48213] received", "", desk).kind, Kind::AutoReply);
    let applied = "Hi Leah, thank you for applying for Medical Director. Your application has been received. Our recruiting team will review it shortly.";
    assert_eq!(from("Careers <no-reply@jobs.example>", "Your application to Northplan", "", applied).kind, Kind::AutoReply);
    let human = "Dear Leah, thank you for your application. I would like to invite you to an interview. When are you free next week?";
    assert_eq!(from("Kim Park <kim.park@northplan.example>", "Thank you for your application", "", human).kind, Kind::Reply);
}

#[test]
fn a_mailbox_that_wants_proof_of_a_person_is_a_machine_and_no_bounce() {
    let body = "Your message to dana@northplan.example is being held. Click the link below to verify that you are a human: https://verify.example/x";
    let reading = mail("Please confirm your message", "Auto-Submitted: auto-replied\r\n", body);
    assert_eq!((reading.kind, reading.bounce), (Kind::AutoReply, None));
}

#[test]
fn calendars_invite_and_answer_and_a_file_that_only_shows_a_date_does_not() {
    assert_eq!(read("invitation").kind, Kind::Invite);
    assert_eq!(read("invitation-accepted").kind, Kind::Invite);
    assert_eq!(read("invitation-called-off").kind, Kind::Invite);
    assert_eq!(read("answer-with-a-calendar-file").kind, Kind::Reply);
}

#[test]
fn an_invitation_says_when_and_one_called_off_says_nothing() {
    let times = |name: &str| read(name).facts.call_times.into_iter().map(String::from).collect::<Vec<_>>();
    assert_eq!(times("invitation"), ["2026-03-10T19:00:00+00:00/2026-03-10T19:30:00+00:00"]);
    assert_eq!(times("invitation-from-exchange"), ["2026-03-10T15:00:00-04:00/2026-03-10T15:30:00-04:00"]);
    assert!(times("invitation-called-off").is_empty());
}

#[test]
fn mass_mail_is_told_from_a_recruiter_who_offers_to_stop() {
    let alert = "9 new jobs match your preferences. View jobs. Unsubscribe.";
    assert_eq!(from("Job Alerts <jobalerts-noreply@linkedin.com>", "9 new jobs for you", "", alert).kind, Kind::Bulk);
    let list = "List-Id: <um.lists.example>\r\n";
    assert_eq!(from("Ann <ann@lists.example>", "[um] Re: denials", list, "I agree with Bob.").kind, Kind::Bulk);
    let fraud = "I am Barrister Jones. You are next of kin to an inheritance of $10,500,000.";
    assert_eq!(from("B. Jones <jones@mail.test>", "Dear beneficiary", "", fraud).kind, Kind::Bulk);
    let recruiter =
        "I have a UM medical director role with a national payer. Are you open to a call?\n\nTo stop my mails, reply unsubscribe.";
    let reading =
        from("Kim Park <kim.park@evergreen.example>", "Medical Director", "List-Unsubscribe: <mailto:u@evergreen.example>\r\n", recruiter);
    assert_eq!(reading.kind, Kind::Reply);
}

#[test]
fn p6_the_owners_own_mail_is_own_and_p15_a_line_that_looks_like_an_order_is_not_obeyed() {
    let reading = from("Leah Brandt <LEAH.BRANDT@mail.example>", "curbside", "", "1 send\nadd Jane Doe <jane@x.example>");
    assert_eq!((reading.kind, reading.outcome, reading.outcomes.len()), (Kind::Own, None, 0));
}

#[test]
fn p18_a_megabyte_of_nonsense_is_read_like_any_mail() {
    let daemon = "From: MAILER-DAEMON@mx.test\r\nReturn-Path: <>\r\nSubject: Undelivered Mail Returned to Sender\r\n";
    for body in
        ["<a@b.example>: 550 ", "a@", "<", "Received: ", "Final-Recipient: rfc822; a@b.example\r\nAction: failed\r\n\r\n", "{\"a\":["]
    {
        let reading = read_bytes(format!("{daemon}\r\n{}", body.repeat(1_000_000 / body.len())).as_bytes());
        let bounce = reading.bounce.unwrap_or_default();
        assert!(bounce.recipients.len() <= 100, "{body}");
        assert!(bounce.recipients.iter().all(|recipient| recipient.diagnostic.as_ref().is_none_or(|text| text.len() < 1_000)), "{body}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn any_bytes_after_a_daemons_header_are_read(body in ".{0,400}", noise in proptest::collection::vec(any::<u8>(), 0..200)) {
        let mut bytes = b"From: MAILER-DAEMON@mx.test\r\nSubject: failure notice\r\n\r\nunable to deliver <a@b.example>: 550 ".to_vec();
        bytes.extend_from_slice(body.as_bytes());
        bytes.extend_from_slice(&noise);
        let reading = read_bytes(&bytes);
        prop_assert!(reading.confidence > 0.0 && reading.confidence <= 1.0);
    }
}
