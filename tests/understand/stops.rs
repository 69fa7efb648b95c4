//! A stop counts wherever a person says it, and nowhere else: not an offer, not another way to write, not a courtesy.

use curbside::mail::mime;
use curbside::model::address::Address;
use curbside::model::journal::{Effect, EntryKind};
use curbside::model::reading::{Kind, Outcome, Reading};
use curbside::model::standing::{HoldReason, StopReason};
use curbside::steps::decide::{Decision, Writer, decide};
use curbside::steps::understand::intent::intend;
use curbside::steps::understand::{Known, understand};
use jiff::Timestamp;
use jiff::civil::date;
use jiff::tz::TimeZone;

const ABSENT: &str = "I am out of the office until March 16 with limited access to email.";

fn read(headers: &str, body: &str) -> Reading {
    let mail = format!(
        "From: Jane Doe <jane.doe@northplan.example>\r\nTo: leah.brandt@mail.example\r\nDate: Tue, 3 Mar 2026 09:42:00 -0500\r\n{headers}\r\n\r\n{body}\r\n"
    );
    let me = [Address::parse("leah.brandt@mail.example").expect("an address")];
    let mail = mime::parse(mail.as_bytes()).expect("a mail");
    let arrived = mail.date.map(|date| date.at).expect("a date");
    understand(&mail, &Known { me: &me, arrived, zone: TimeZone::UTC, taught: None })
}

fn outcome(body: &str) -> Option<Outcome> {
    read("Subject: Re: Checking in", body).outcome
}

fn says_stop(body: &str) -> bool {
    intend(body, "Re: Checking in").findings.iter().any(|finding| finding.outcome == Outcome::OptedOut)
}

fn from_contact(reading: &Reading) -> Decision {
    decide(reading, Writer::Contact, date(2026, 3, 3))
}

#[test]
fn a_stop_in_an_automatic_answer_stops() {
    for (headers, body) in [
        ("Subject: Automatic reply: Checking in\r\nAuto-Submitted: auto-replied", format!("{ABSENT} Please take me off your list.")),
        ("Subject: Re: Checking in", format!("{ABSENT} Kindly remove me from your mailings. Thank you for your patience.")),
        ("Subject: Re: Checking in\r\nAuto-Submitted: auto-generated", "Please do not email me anymore.".to_owned()),
    ] {
        let reading = read(headers, &body);
        assert_eq!((reading.kind, reading.outcome), (Kind::AutoReply, Some(Outcome::OptedOut)), "{body}");
        let decision = from_contact(&reading);
        assert_eq!(decision.effects, [Effect::Stop(StopReason::OptedOut)], "{body}");
        assert!(decision.withdraws && decision.text.contains("asks not to be written to"), "{}", decision.text);
    }
}

#[test]
fn what_machines_say_of_answering_is_no_stop() {
    for body in [
        "Please do not reply to this message, this mailbox is not monitored.",
        "Please do not send me protected health information by email.",
        "To unsubscribe from our newsletter click the link below.",
        "You may opt out of our surveys at any time.",
        "My address is changing: please use jane.doe@newplan.example and not this one.",
        "Please do not email me urgent matters, call the desk instead at 555-0100.",
    ] {
        let reading = read("Subject: Automatic reply: Checking in\r\nAuto-Submitted: auto-replied", &format!("{ABSENT} {body}"));
        assert_eq!((reading.kind, reading.outcome), (Kind::AutoReply, None), "{body}");
    }
}

#[test]
fn a_stop_that_came_through_a_list_is_held_for_the_owner() {
    let list = "Subject: your emails\r\nList-Id: <um.northplan.example>\r\nList-Unsubscribe: <mailto:u@northplan.example>";
    let reading = read(list, "Please stop emailing me and take me off your list.");
    assert_eq!((reading.kind, reading.outcome), (Kind::Bulk, Some(Outcome::OptedOut)));
    let decision = from_contact(&reading);
    assert!(decision.effects.contains(&Effect::Hold(HoldReason::Doubtful, None)) && decision.withdraws, "{decision:?}");
    let newsletter = "Our spring webinar is open. Register now.\n\nYou can unsubscribe or stop receiving our emails at any time.";
    let reading = read(list, newsletter);
    assert_eq!((reading.kind, reading.outcome, from_contact(&reading).effects), (Kind::Bulk, None, Vec::new()));
}

#[test]
fn a_person_who_writes_through_a_tool_is_not_overheard() {
    let tool = "Subject: Medical director role\r\nList-Unsubscribe: <mailto:u@search.example>\r\nFeedback-ID: 7:search\r\nPrecedence: bulk";
    let reading = read(tool, "Hi Leah, I have a client in Toledo who needs somebody like you. Could you do Thursday at 2?");
    assert_eq!((reading.kind, reading.outcome), (Kind::Bulk, Some(Outcome::Unclear)));
    assert_eq!(from_contact(&reading).effects, [Effect::Owe]);
}

#[test]
fn a_stop_of_a_stranger_in_the_conversation_waits_for_the_owner() {
    for body in ["Please remove me from your list.", "We went with somebody else. Best of luck."] {
        let decision = decide(&read("Subject: Re: Checking in", body), Writer::Stranger, date(2026, 3, 3));
        assert_eq!(decision.effects, [Effect::Owe, Effect::Hold(HoldReason::Doubtful, None)], "{body}");
        assert!(decision.kind == EntryKind::TheyWrote && decision.withdraws, "{body}");
    }
    let decision = decide(&read("Subject: Re: Checking in", "Please remove me from your list."), Writer::Stranger, date(2026, 3, 3));
    assert!(decision.text.contains("asks not to be written to: “Please remove me from your list.”"), "{}", decision.text);
    let kind = decide(&read("Subject: Re: Checking in", "Thanks for the update!"), Writer::Stranger, date(2026, 3, 3));
    assert_eq!(kind.effects, [Effect::Owe]);
}

#[test]
fn a_stop_is_understood_in_the_languages_of_the_neighbours() {
    for body in [
        "Merci de ne plus m'envoyer de courriels.",
        "Veuillez supprimer mon adresse de vos listes.",
        "Ne nous contactez plus.",
        "Por favor, no me escriba más.",
        "Borre mi correo de su lista, gracias.",
        "Bitte schreiben Sie uns nicht mehr an.",
        "Streichen Sie mich bitte von Ihrer Liste.",
    ] {
        assert_eq!(outcome(body), Some(Outcome::OptedOut), "{body}");
    }
    for body in ["Merci beaucoup pour les nouvelles!", "Gracias, nos alegra saberlo.", "Danke, bei uns ist alles beim Alten."] {
        assert!(!says_stop(body), "{body}");
    }
}

#[test]
fn nothing_to_do_is_not_believed_without_a_word_that_says_so() {
    for body in ["As before.", "Your third this spring.", "I believe that was plain.", "The committee sits in rooms."] {
        assert_ne!(outcome(body), Some(Outcome::Acknowledged), "{body}");
    }
    for body in ["You've been told by this office to stop.", "We do not need your notes."] {
        assert_eq!(outcome(body), Some(Outcome::OptedOut), "{body}");
    }
}

#[test]
fn an_offer_to_stop_asks_for_nothing() {
    for offer in [
        "If you do not want to receive more of these, please reply STOP.",
        "If you'd rather not be contacted about searches, just reply “no thanks”.",
        "If you want to be taken off our roster, kindly tell me.",
        "Should you prefer not to hear from us, let me know and I will delete your details.",
        "Let me know if you would like to be removed.",
        "If at any time you no longer wish to get our listings, write back.",
    ] {
        let body = format!("I have a reviewer opening in Dayton, req 5512.\n\n{offer}");
        assert!(!says_stop(&body), "{offer}");
        assert_eq!(outcome(&body), Some(Outcome::Opening), "{offer}");
    }
    for body in ["If you want to do me a favor, stop emailing me.", "If it's possible I'd like to be removed from your list."] {
        assert!(says_stop(body), "{body}");
    }
}

#[test]
fn another_address_or_way_is_no_stop() {
    for body in [
        "I have moved to a new mailbox, lee@homemail.example. Please do not use this one any more.",
        "Don't write to my hospital account any longer, it is read by others. Use lee@homemail.example.",
        "I left LinkedIn, so please don't message me there. Email is better.",
        "I would rather not write about that. Could we speak on the phone?",
        "Please don't text this number. Call my cell, 555-0163.",
        "We do not contact applicants by phone. Apply at https://jobs.northplan.example/31.",
    ] {
        assert!(!says_stop(body), "{body}");
    }
    for body in [
        "Do not write to this address or any other of mine.",
        "Please don't message me on LinkedIn. Don't email me either. Stop contacting me.",
        "Stop emailing me. My lawyer can be reached at 555-0190.",
        "Please take lee@homemail.example off your list.",
    ] {
        assert!(says_stop(body), "{body}");
    }
}

#[test]
fn a_courtesy_is_no_stop() {
    for body in [
        "Please don't hesitate to email me again next spring.",
        "Never hesitate to contact us again.",
        "Drop in or stop by any time you like.",
        "Please stop in or call when you visit.",
        "We never got your messages. Could you resend?",
        "He opted out of the leadership program, so I run the unit.",
        "Please stop sending resumes as PDF; Word is fine.",
    ] {
        assert!(!says_stop(body), "{body}");
    }
}

#[test]
fn somebody_else_who_left_ends_nothing_with_the_contact() {
    for body in [
        "Carl Weber is no longer with us, so I run his unit. Let's talk.",
        "My predecessor is no longer here and I have her desk now. Happy to connect.",
        "Ana Ruiz retired in May. I took over her reviewers.",
    ] {
        let stops = from_contact(&read("Subject: Re: Checking in", body)).effects;
        assert!(!stops.iter().any(|effect| matches!(effect, Effect::Stop(_))), "{body}: {stops:?}");
    }
    for body in ["Jane Doe is no longer with us. Her mail is read by the front desk.", "Tom and I have both left the company."] {
        let stops = from_contact(&read("Subject: Re: Checking in", body)).effects;
        assert!(stops.contains(&Effect::Stop(StopReason::LeftEmployer)), "{body}: {stops:?}");
    }
    let told = read("Subject: Re: Checking in", "Carl Weber is no longer with us. I took over his desk.");
    let stops = decide(&told, Writer::Stranger, date(2026, 3, 3)).effects;
    assert!(stops.contains(&Effect::Stop(StopReason::LeftEmployer)), "a stranger tells of the contact: {stops:?}");
}

#[test]
fn a_person_behind_a_tool_or_an_odd_subject_is_a_person() {
    for headers in [
        "Subject: Re: Checking in\r\nAuto-Submitted: auto-generated\r\nX-Auto-Response-Suppress: All",
        "Subject: Out of office next week",
        "Subject: Away until Monday, but",
    ] {
        let reading = read(headers, "We'd love to have you in. Could you do Thursday at 2?");
        assert_eq!((reading.kind, reading.outcome), (Kind::Reply, Some(Outcome::Call)), "{headers}");
    }
    let reading = read("Subject: Out of office next week", "I'm out of the office next week. Could we talk the week after?");
    assert_eq!(reading.kind, Kind::Reply);
    for headers in ["Subject: Out of office until March 16", "Subject: OOO", "Subject: Re: Checking in\r\nAuto-Submitted: auto-generated"] {
        assert_eq!(read(headers, ABSENT).kind, Kind::AutoReply, "{headers}");
    }
}

#[test]
fn a_clock_that_is_years_off_sets_no_day() {
    for (written, day) in [
        ("Tue, 3 Mar 2026 09:42:00 -0500", date(2026, 6, 1)),
        ("Mon, 3 Mar 2036 09:42:00 -0500", date(2026, 6, 1)),
        ("Sat, 3 Mar 2001 09:42:00 -0500", date(2026, 6, 1)),
    ] {
        let mail =
            format!("From: jane.doe@northplan.example\r\nSubject: Re: hello\r\nDate: {written}\r\n\r\nCheck back with me in June.\r\n");
        let mail = mime::parse(mail.as_bytes()).expect("a mail");
        let arrived: Timestamp = "2026-03-03T15:00:00Z".parse().expect("an instant");
        let reading = understand(&mail, &Known { me: &[], arrived, zone: TimeZone::UTC, taught: None });
        assert_eq!(reading.facts.follow_up_on, Some(day), "{written}");
    }
}

#[test]
fn a_stop_beside_something_else_wins() {
    for body in [
        "Apply at https://careers.northplan.example/31 like anybody else, and quit e-mailing me.",
        "Write to Priya Anand (panand@northplan.example) about openings. Please don't write to me here or anywhere again.",
        "Req 30417 is open. Please do not mail me about it again.",
        "I retired in June. Delete me please.",
        "Wonderful news about your boards! Now please stop sending me these.",
        "Take. Me. Off. The. List.",
        "Hi Leah,\n\nThanks.\n\nPlease take me off your mailing list.\n\nRon",
    ] {
        assert!(says_stop(body), "{body}");
    }
}

#[test]
fn a_stop_that_is_only_told_of_asks_for_nothing() {
    for body in [
        "I'd hate for you to stop writing, I just can't always answer.",
        "I keep telling recruiters to lose my number, but you I'd talk to.",
        "The last time somebody asked to be removed from my list I cried for a week.",
        "I'm told you'll drop me unless I answer, or you'll take me off your list.",
        "Legal told us to stop using outside reviewers, so nothing until spring.",
        "She said 'never contact me again' to the vendor, not to you!",
    ] {
        assert!(!says_stop(body), "{body}");
    }
    for body in [
        "I keep telling recruiters to lose my number, and that includes you: stop writing to me.",
        "They told me to stop answering candidates. Please take me off your list.",
        "You asked whether I want off your list. Yes, please remove me.",
    ] {
        assert!(says_stop(body), "{body}");
    }
}
