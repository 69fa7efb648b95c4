//! P6 and P7: what counts as an answer, and what is never answered.

use curbside::flow::Change;
use curbside::model::journal::EntryKind;

use crate::support::jane::{JANE, known, written_to};
use crate::support::town::{ME, Town};

/// Holds R19.
#[test]
fn p6_a_fresh_mail_outside_the_thread_counts() {
    let mut town = written_to();
    let mail = town.letter("Jane Doe <Jane@Plan.Example>", ME, "A question", &[], "Could we have a call on Thursday at 3 pm?");
    town.put("INBOX", &mail);
    town.turn();
    assert_eq!(town.stands(JANE), "owes_answer");
}

#[test]
fn p6_a_tagged_address_is_the_same_person() {
    let mut town = written_to();
    town.they_write_to("INBOX", "jane+work@plan.example", JANE, "Please do not contact me again.");
    town.turn();
    assert_eq!(town.stands(JANE), "stopped opted_out");
}

/// Holds R18.
#[test]
fn p6_an_unknown_address_in_the_thread_stops_the_check_in_and_asks() {
    let mut town = written_to();
    town.days_pass(8);
    town.approve_all();
    town.they_write_to("INBOX", "jd77@home.example", JANE, "Hi, Jane here from my other address. Please do not contact me again.");
    town.days_pass(4);
    assert_eq!(town.out().len(), 1);
    assert_eq!(town.stands(JANE), "owes_answer");
    assert!(town.tells(JANE, "is it theirs?"));
    town.learns_address(JANE, "jd77@home.example");
    town.turn();
    assert_eq!(town.stands(JANE), "stopped opted_out", "given the address, what was said there counts");
}

/// Holds R18, P2.
#[test]
fn p2_a_no_from_an_address_that_is_given_half_a_year_later_counts_after_all() {
    let mut town = written_to();
    town.they_write_to("INBOX", "jd77@home.example", JANE, "Hi, Jane here from my other address. Please do not contact me again.");
    town.turn();
    town.does(Change::Answered(JANE.to_owned()));
    town.days_pass(200);
    town.learns_address(JANE, "jd77@home.example");
    town.turn();
    assert_eq!(town.stands(JANE), "stopped opted_out");
}

#[test]
fn p6_a_colleague_who_says_that_they_left_is_believed() {
    let mut town = written_to();
    town.they_write_to("INBOX", "assistant@plan.example", JANE, "Jane Doe is no longer with the company.");
    town.turn();
    assert_eq!(town.stands(JANE), "stopped left_employer");
}

#[test]
fn p6_the_owners_own_mail_is_no_answer_wherever_it_lies() {
    let mut town = written_to();
    let id = town.out()[0].mail.message_id.clone().expect("an id");
    let about = format!("In-Reply-To: <{id}>");
    for from in [ME, "Sam <sam.rivers@clinic.example>"] {
        let mail = town.letter(from, ME, "Re: hello", &[&about], "Please do not contact me again.");
        town.put("INBOX", &mail);
    }
    town.turn();
    assert_eq!(town.stands(JANE), "active");
    assert_eq!(town.lines(JANE, EntryKind::TheyWrote), 0);
}

#[test]
fn p6_an_automatic_answer_is_no_answer() {
    let mut town = written_to();
    town.auto_reply(JANE, "I am out of the office and will be back on April 14, 2026.");
    town.turn();
    assert_eq!(town.stands(JANE), "held auto_reply");
    assert!(!town.kept(JANE).story.ever_theirs);
    assert_eq!(town.kept(JANE).story.unanswered, 1);
}

#[test]
fn p6_a_second_machine_answer_does_not_shorten_an_absence() {
    let mut town = written_to();
    town.auto_reply(JANE, "I am out of the office and will be back on May 14, 2026.");
    town.hours_pass(20);
    town.auto_reply(JANE, "I am currently out of the office with limited access to email.");
    town.turn();
    assert_eq!(town.until(JANE).map(|day| day.to_string()).as_deref(), Some("2026-05-15"));
}

#[test]
fn p6_a_mail_that_fails_the_senders_check_holds_and_asks_and_does_nothing_else() {
    let mut town = written_to();
    town.days_pass(8);
    town.approve_all();
    let about = ["Authentication-Results: mx.owner.example; spf=fail; dmarc=fail (p=reject) header.from=plan.example".to_owned()];
    let mail = town.letter(JANE, ME, "Re: URGENT wire transfer", &[&about[0]], "Please do not contact me again.");
    town.put("INBOX", &mail);
    town.days_pass(4);
    assert_eq!(town.stands(JANE), "held doubtful_sender");
    assert_eq!(town.out().len(), 1, "nothing goes while it is unclear");
    let address = JANE.parse().expect("an address");
    assert!(town.see().store.read(|tx| tx.suppressed(&address)).expect("a database").is_none(), "a forger suppresses nobody");
    town.does(Change::Resume(JANE.to_owned(), None));
    town.days_pass(3);
    let out = town.out();
    assert_eq!(out.len(), 2, "the yes still stands");
    assert!(!out[1].mail.subject.contains("wire"), "{}", out[1].mail.subject);
}

#[test]
fn p6_a_forged_verdict_further_down_is_not_believed() {
    let mut town = written_to();
    let about = ["Authentication-Results: mx.owner.example; dmarc=pass", "Authentication-Results: evil.example; dmarc=fail"];
    let mail = town.letter(JANE, ME, "Re: hello", &about, "Please do not contact me again.");
    town.put("INBOX", &mail);
    town.turn();
    assert_eq!(town.stands(JANE), "stopped opted_out");
}

/// Holds R15.
#[test]
fn p6_a_forged_report_in_a_contacts_name_kills_no_address() {
    let mut town = written_to();
    let id = town.out()[0].mail.message_id.clone().expect("an id");
    let parts = crate::support::town::report(&[JANE], "5.1.1", "user unknown", &id);
    let mail = String::from_utf8(town.report_mail(&parts)).expect("text");
    let mail = mail.replace("Mail Delivery System <MAILER-DAEMON@mx.test>", JANE);
    let mail = format!("Authentication-Results: mx.owner.example; dmarc=fail\r\n{mail}");
    town.put("INBOX", mail.as_bytes());
    town.turn();
    assert_eq!(town.kept(JANE).contact.addresses.len(), 1);
}

#[test]
fn p6_list_mail_is_no_touch() {
    let mut town = written_to();
    let about = ["List-Id: <news.plan.example>", "List-Unsubscribe: <https://plan.example/u>", "Precedence: bulk"];
    let mail = town.letter(JANE, ME, "Our spring newsletter", &about, "This month at Plan: webinars and more. Unsubscribe here.");
    town.put("INBOX", &mail);
    town.turn();
    assert!(!town.kept(JANE).story.ever_theirs);
    assert_eq!(town.stands(JANE), "active");
}

/// A mail of Jane's that asks nothing, and the check-in that tells her the news two months later; the id of her mail.
fn thanks_and_hears_of_news(town: &mut Town, mail: &[u8]) -> String {
    town.put("INBOX", mail);
    town.turn();
    let theirs = town.journal(JANE).into_iter().rfind(|entry| entry.line.kind == EntryKind::TheyWrote);
    let id = theirs.and_then(|entry| entry.message_id).expect("kept");
    town.does(Change::Correct(id.clone(), curbside::model::reading::Outcome::Acknowledged));
    town.news("I passed the board examination.");
    town.days_pass(57);
    town.approve_all();
    town.days_pass(3);
    id
}

#[test]
fn p6_they_are_written_to_where_they_last_wrote_from_by_the_alias_they_used_in_that_thread() {
    let mut town = Town::new();
    town.add_with("Jane Doe <jane@plan.example>", |mut new| {
        new.addresses.push("jane@home.example".parse().expect("an address"));
        new
    });
    let mail = town.letter("jane@home.example", "sam.rivers@clinic.example", "Your paper", &[], "Thank you for the article, I enjoyed it.");
    let id = thanks_and_hears_of_news(&mut town, &mail);
    let out = town.out();
    assert_eq!(out.len(), 1, "{:?}", town.why(JANE).skip);
    assert_eq!(out[0].to, "jane@home.example");
    assert_eq!(out[0].mail.sender().map(ToString::to_string).as_deref(), Some("sam.rivers@clinic.example"));
    assert_eq!(out[0].mail.subject, "Re: Your paper");
    assert_eq!(out[0].mail.in_reply_to, vec![id]);
    assert!(!out[0].mail.text.as_deref().unwrap_or_default().contains('>'), "no quoted history");
}

/// iCloud writes one field for each method, and the one about DMARC is not the first.
/// Holds P6.
#[test]
fn p6_a_verdict_that_stands_in_the_providers_next_field_counts_and_a_forged_one_below_does_not() {
    let fields = |verdict: &'static str| {
        ["Authentication-Results: bimi.icloud.test; bimi=none", "Authentication-Results: dmarc.icloud.test; dmarc=none", verdict]
    };
    for (verdict, stands) in [
        ("Authentication-Results: spf.icloud.test; dmarc=fail header.from=plan.example", "held doubtful_sender"),
        ("Authentication-Results: mx.evil.test; dmarc=fail header.from=plan.example", "owes_answer"),
    ] {
        let mut town = written_to();
        let mail = town.letter(JANE, ME, "Re: hello", &fields(verdict), "Could we have a call on Thursday at 3 pm?");
        town.put("INBOX", &mail);
        town.turn();
        assert_eq!(town.stands(JANE), stands, "{verdict}");
    }
    let mut town = written_to();
    let below = [
        "Authentication-Results: mx.a.test; spf=pass",
        "Authentication-Results: mx.evil.test; x=y",
        "Authentication-Results: mx.a.test; dmarc=fail",
    ];
    let mail = town.letter(JANE, ME, "Re: hello", &below, "Could we have a call on Thursday at 3 pm?");
    town.put("INBOX", &mail);
    town.turn();
    assert_eq!(town.stands(JANE), "owes_answer", "only the run at the top is the provider's");
}

/// RFC 5322, 3.6.4: some programs write In-Reply-To and no References.
#[test]
fn an_answer_to_a_mail_without_references_keeps_the_conversation_together() {
    let mut town = known();
    let mail =
        town.letter(JANE, ME, "Your paper", &["In-Reply-To: <paper@owner.example>"], "Thank you for the paper, it was a pleasure to read.");
    let parent = curbside::mail::mime::parse(&mail).and_then(|mail| mail.message_id).expect("an id");
    thanks_and_hears_of_news(&mut town, &mail);
    let out = town.out();
    assert_eq!(out.len(), 1, "{:?}", town.why(JANE).skip);
    assert_eq!(out[0].mail.references, ["paper@owner.example".to_owned(), parent]);
}

#[test]
fn p6_a_machine_that_answers_elsewhere_does_not_change_the_alias_they_are_written_from() {
    let mut town = known();
    let mail = town.letter(JANE, "sam.rivers@clinic.example", "Your paper", &[], "Thank you for the article, I enjoyed it.");
    town.put("INBOX", &mail);
    town.turn();
    town.does(Change::Answered(JANE.to_owned()));
    town.hours_pass(1);
    town.auto_reply(JANE, "I am out of the office this week.");
    town.news("I passed the board examination.");
    town.days_pass(60);
    assert_eq!(town.draft(JANE).content.from.address.as_str(), "sam.rivers@clinic.example");
}

#[test]
fn p7_machines_are_never_answered() {
    let mut town = written_to();
    for _ in 0..5 {
        town.auto_reply(JANE, "Thank you for your message. This mailbox is not monitored.");
        town.bounce(JANE, "4.2.2", "mailbox full");
        town.hours_pass(5);
    }
    assert_eq!(town.out().len(), 1);
}

#[test]
fn p7_no_pixel_no_link_and_nothing_of_the_program_in_a_check_in() {
    let mut town = written_to();
    let raw = String::from_utf8_lossy(&town.out()[0].raw).to_lowercase();
    for word in ["http://", "https://", "<img", "<html", "curbside", "x-mailer", "user-agent", "unsubscribe"] {
        assert!(!raw.contains(word), "{word}: {raw}");
    }
}
