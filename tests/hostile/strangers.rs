//! Mail in somebody's name changes nothing without the owner, and no mail gives orders.

use curbside::model::draft::DraftState;
use curbside::model::journal::EntryKind;

use crate::support::jane::{JANE, drafted, written_to};
use crate::support::town::{ME, Town};

const STOP: &str = "Please do not contact me again. Remove me from your list.";

fn in_the_thread(town: &mut Town) -> String {
    let id = town.out()[0].mail.message_id.clone().expect("an id");
    format!("In-Reply-To: <{id}>")
}

fn is_not_believed(town: &Town, what: &str) {
    assert!(!town.stands(JANE).starts_with("stopped"), "{what}: {}", town.stands(JANE));
    let jane = JANE.parse().expect("an address");
    assert!(town.see().store.read(|tx| tx.suppressed(&jane)).expect("a database").is_none(), "{what}");
}

/// Holds P6, X1.
#[test]
fn p6_who_only_looks_like_a_contact_is_a_stranger() {
    for from in [
        "\"jane@plan.example\" <eve@evil.test>",
        "Jane Doe <eve@evil.test>",
        "=?utf-8?Q?Jane_Doe_=3Cjane=40plan.example=3E?= <eve@evil.test>",
        "jane@pIan.example.test",
        "jane@plan.example.evil.test",
        "jane@pl\u{430}n.example",
        "jane@xn--pln-7cd.example",
        "jane@plan-example.test",
        "jane.plan.example@evil.test",
        "\"jane@plan.example\"@evil.test",
        "Jane (jane@plan.example) <eve@evil.test>",
        "eve@evil.test (jane@plan.example)",
        "jane@\u{ff50}lan.example.test",
        "friends: eve@evil.test;",
    ] {
        let mut town = written_to();
        let before = town.journal(JANE).len();
        let mail = town.letter(from, ME, "Re: hello", &[], STOP);
        town.put("INBOX", &mail);
        town.turn();
        is_not_believed(&town, from);
        assert_eq!(town.journal(JANE).len(), before, "{from} concerns nobody");
    }
}

/// Holds P6, X1.
#[test]
fn p6_reply_to_and_sender_name_nobody() {
    for about in
        ["Reply-To: jane@plan.example", "Sender: jane@plan.example", "Return-Path: <jane@plan.example>", "Resent-From: jane@plan.example"]
    {
        let mut town = written_to();
        let before = town.journal(JANE).len();
        let mail = town.letter("Eve <eve@evil.test>", ME, "Re: hello", &[about], STOP);
        town.put("INBOX", &mail);
        town.turn();
        is_not_believed(&town, about);
        assert_eq!(town.journal(JANE).len(), before, "{about}");
    }
}

/// Holds P6, X1.
#[test]
fn p6_a_mail_of_two_writers_asks_the_owner() {
    for from in [
        "jane@plan.example, eve@evil.test",
        "eve@evil.test, jane@plan.example",
        "jane@plan.example\r\nFrom: eve@evil.test",
        "eve@evil.test\r\nFrom: jane@plan.example",
    ] {
        let mut town = written_to();
        let mail = town.letter(from, ME, "Re: hello", &[], STOP);
        town.put("INBOX", &mail);
        town.turn();
        is_not_believed(&town, from);
        let mut town = written_to();
        let thread = in_the_thread(&mut town);
        let mail = town.letter(from, ME, "Re: hello", &[&thread], STOP);
        town.put("INBOX", &mail);
        town.turn();
        is_not_believed(&town, from);
        assert_ne!(town.stands(JANE), "active", "{from}: in the conversation the owner is asked");
    }
}

/// Holds P6, X1.
#[test]
fn p6_a_verdict_counts_only_from_the_top_and_in_any_spelling() {
    let forged = "Authentication-Results: mx.evil.test; dmarc=pass";
    for verdict in [
        "Authentication-Results: mx.owner.example; dmarc=fail",
        "AUTHENTICATION-RESULTS: mx.owner.example;\r\n\tspf=pass;\r\n\tDMARC = FAIL (p=none)",
    ] {
        let mut town = written_to();
        let mail = town.letter(JANE, ME, "Re: hello", &[verdict, forged], STOP);
        town.put("INBOX", &mail);
        town.turn();
        assert_eq!(town.stands(JANE), "held doubtful_sender", "{verdict}");
        is_not_believed(&town, verdict);
    }
}

/// Holds P6, R18.
#[test]
fn p6_a_third_person_in_the_conversation_speaks_for_nobody() {
    let mut town = written_to();
    let thread = in_the_thread(&mut town);
    let mail = town.letter("Tom Third <tom@other.test>", ME, "Re: hello", &[&thread, "Cc: jane@plan.example"], STOP);
    town.put("INBOX", &mail);
    town.turn();
    is_not_believed(&town, "a third person");
    assert_eq!(town.stands(JANE), "owes_answer", "the owner is asked");
}

/// Holds P5, P6.
#[test]
fn p6_an_answer_that_asks_for_answers_elsewhere_leads_no_check_in_there() {
    let mut town = written_to();
    let thread = in_the_thread(&mut town);
    let mail =
        town.letter("Jane Doe <jane@plan.example>", ME, "Re: hello", &[&thread, "Reply-To: eve@evil.test"], "Thank you, all is well here.");
    town.put("INBOX", &mail);
    town.turn();
    assert_eq!(town.lines(JANE, EntryKind::TheyWrote), 1);
    if town.stands(JANE) == "owes_answer" {
        town.does(curbside::flow::Change::Answered(JANE.to_owned()));
    }
    town.news("I passed the board examination.");
    for _ in 0..40 {
        town.days_pass(5);
        town.approve_all();
    }
    let out = town.out();
    assert!(out.len() > 1, "{:?}", town.plan());
    assert!(out.iter().all(|out| out.to == JANE));
}

/// Holds P15, X1, X2, X3, X4.
#[test]
fn p15_no_mail_gives_orders_whoever_it_says_it_is_from() {
    let orders = "1 send\n1 approve\nsend all\napprove 1\nadd Eve Evil <eve@evil.test>\nstop jane@plan.example\nforget jane@plan.example\nresume all";
    let html = format!("<div style=\"display:none\">{}</div>", orders.replace('\n', "<br>"));
    let quoted: String = orders.lines().map(|line| format!("> {line}\n")).collect();
    for from in [ME, "sam.rivers@clinic.example", JANE, "curbside@owner.example", "eve@evil.test"] {
        for text in [orders, &html, &quoted] {
            for subject in ["1 send", "Re: Your week in curbside", "[curbside] approve 1"] {
                let mut town = drafted();
                let draft = town.draft(JANE).id;
                for folder in ["INBOX", "Archive"] {
                    let mail = town.letter(from, ME, subject, &["X-Curbside-Token: 1"], text);
                    town.put(folder, &mail);
                }
                town.turn();
                town.hours_pass(8);
                assert_eq!(town.out().len(), 0, "{from} {subject}");
                let known = town.see().store.read(|tx| tx.contacts()).expect("a database").len();
                assert_eq!(known, 1, "{from} {subject}: nobody was added or forgotten");
                let state = town.see().store.read(|tx| tx.draft(draft)).expect("a database").expect("kept").state;
                // A mail of Jane's own withdraws the draft to her; nothing else does anything.
                assert_eq!(state, if from == JANE { DraftState::Withdrawn } else { DraftState::Review }, "{from} {subject} {text}");
            }
        }
    }
}
