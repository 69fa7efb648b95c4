//! P8, P9, P11: what comes is neither lost nor handled twice, the mailbox is not changed, and strangers are forgotten.

use curbside::flow::{Change, NewContact};
use curbside::mail::scripted::ScriptedFolder;
use curbside::model::folder::{Folder, Role};
use curbside::model::journal::EntryKind;

use crate::support::jane::{JANE, known, written_to};
use crate::support::town::{ME, Town};

fn answers_kept(town: &Town) -> usize {
    town.lines(JANE, EntryKind::TheyWrote)
}

#[test]
fn p8_an_answer_is_found_in_every_folder_a_rule_may_file_it_in() {
    for folder in ["INBOX", "Archive", "Junk"] {
        let mut town = written_to();
        town.they_write_to(folder, JANE, JANE, "Please do not contact me again.");
        town.turn();
        assert_eq!(town.stands(JANE), "stopped opted_out", "{folder}");
    }
}

fn folder(town: &mut Town, name: &str, role: Role) {
    let folder = Folder { name: name.to_owned(), role };
    town.post().boxes.push(ScriptedFolder { folder, validity: 1, next: 1, mails: Vec::new() });
}

/// Holds P2, P8.
#[test]
fn p8_an_answer_read_and_deleted_on_the_phone_while_the_machine_slept_counts() {
    let mut town = written_to();
    folder(&mut town, "Trash", Role::Trash);
    town.turn();
    town.they_write_to("Trash", JANE, JANE, "Please do not contact me again.");
    town.turn();
    assert_eq!(town.stands(JANE), "stopped opted_out");
}

/// Holds P8, P11.
#[test]
fn p8_of_what_was_thrown_away_only_a_contacts_word_counts_and_counts_once() {
    let mut town = written_to();
    folder(&mut town, "Trash", Role::Trash);
    let own = town.letter(ME, JANE, "A word by hand", &[], "I never sent this.");
    town.put("Trash", &own);
    town.they_write_to("Trash", "stranger@other.example", JANE, "zebra");
    town.they_write(JANE, "Thank you for the article, I enjoyed it.");
    town.turn();
    let before = town.journal(JANE).len();
    let again = town.post().boxes[0].mails.last().expect("hers").bytes.clone();
    town.put("Trash", &again);
    town.turn();
    assert_eq!(town.journal(JANE).len(), before);
    assert!(!town.stores("zebra"));
    assert_eq!(town.kept(JANE).story.our_mails, 1, "our check-in and nothing else");
}

/// Holds R10.
#[test]
fn p8_a_mail_moved_or_copied_is_one_mail() {
    let mut town = written_to();
    let mail = town.letter(JANE, ME, "Re: hello", &[], "Could we have a call on Thursday at 3 pm?");
    town.put("INBOX", &mail);
    town.turn();
    town.does(Change::Answered(JANE.to_owned()));
    for folder in ["Archive", "INBOX", "Junk"] {
        town.put(folder, &mail);
        town.turn();
    }
    assert_eq!(answers_kept(&town), 1);
    assert_eq!(town.stands(JANE), "active", "nothing is owed anew");
}

/// Holds R1.
#[test]
fn p8_a_new_uidvalidity_loses_nothing_and_repeats_nothing() {
    let mut town = written_to();
    town.they_write(JANE, "Thank you for the article, I enjoyed it.");
    town.turn();
    let before = town.journal(JANE).len();
    town.they_write(JANE, "And one more thing: could we have a call on Thursday at 3 pm?");
    let inbox = &mut town.post().boxes[0];
    inbox.validity = 99;
    inbox.mails.reverse();
    for (uid, mail) in (1..).zip(&mut inbox.mails) {
        mail.uid = uid;
    }
    inbox.next = 3;
    town.turn();
    assert_eq!(answers_kept(&town), 2);
    assert!(town.journal(JANE).len() <= before + 2);
    assert_eq!(town.stands(JANE), "owes_answer");
}

/// Holds R3.
#[test]
fn p8_numbers_that_went_down_are_not_trusted() {
    let mut town = written_to();
    for _ in 0..3 {
        let noise = town.letter("shop@noise.example", ME, "Sale", &[], "Buy.");
        town.put("INBOX", &noise);
    }
    town.turn();
    let inbox = &mut town.post().boxes[0];
    inbox.mails.clear();
    inbox.next = 1;
    town.they_write(JANE, "Please do not contact me again.");
    town.turn();
    assert_eq!(town.stands(JANE), "stopped opted_out");
}

#[test]
fn p8_a_new_folder_is_read() {
    let mut town = written_to();
    town.turn();
    folder(&mut town, "Networking", Role::Other);
    town.they_write_to("Networking", JANE, JANE, "Please do not contact me again.");
    town.turn();
    assert_eq!(town.stands(JANE), "stopped opted_out");
}

#[test]
fn p8_a_restart_between_two_looks_loses_and_repeats_nothing() {
    let mut town = written_to();
    for n in 0..5 {
        town.they_write(JANE, &format!("Thank you for the article number {n}, I enjoyed it."));
        if n % 2 == 0 {
            town.turn();
        }
        town.starts_again();
    }
    town.turn();
    town.turn();
    assert_eq!(answers_kept(&town), 5);
}

#[test]
fn p8_a_mail_without_an_id_is_kept_once() {
    let mut town = written_to();
    let mail = String::from_utf8(town.letter(JANE, ME, "Re: hello", &[], "Could we have a call on Thursday at 3 pm?")).expect("text");
    let mail: String = mail.split_inclusive("\r\n").filter(|line| !line.starts_with("Message-ID")).collect();
    town.put("INBOX", mail.as_bytes());
    town.turn();
    town.put("Archive", mail.as_bytes());
    town.turn();
    assert_eq!(answers_kept(&town), 1);
}

/// Holds T10.
#[test]
fn p8_mail_dated_in_the_past_or_in_2099_counts_when_it_came() {
    let mut town = written_to();
    for date in ["Mon, 01 Jan 2001 00:00:00 +0000", "Thu, 01 Jan 2099 00:00:00 +0000", "yesterday"] {
        let mail = String::from_utf8(town.letter(JANE, ME, "Re: hello", &[], "Could we have a call on Thursday at 3 pm?")).expect("text");
        let lines = mail.split("\r\n").map(|line| if line.starts_with("Date:") { format!("Date: {date}") } else { line.to_owned() });
        let mail = lines.collect::<Vec<_>>().join("\r\n");
        town.put("INBOX", mail.as_bytes());
        town.turn();
        let on = town.journal(JANE).into_iter().rfind(|entry| entry.line.kind == EntryKind::TheyWrote).expect("kept").line.on;
        assert!((town.see().now().as_second() - on.as_second()).abs() < 86_400, "{date}: {on}");
        assert_eq!(town.stands(JANE), "owes_answer");
        town.minutes_pass(10);
        town.does(Change::Answered(JANE.to_owned()));
        town.minutes_pass(10);
    }
}

#[test]
fn p8_adding_a_contact_reads_what_was_said_before() {
    let mut town = Town::new();
    town.they_write(JANE, "Please do not contact me again.");
    let mail = town.letter("tom@other.example", ME, "Your question", &[], "Could we have a call on Thursday at 3 pm?");
    town.put("Archive", &mail);
    town.days_pass(2);
    assert!(!town.stores("contact me again"));
    town.add("Jane Doe <jane@plan.example>");
    town.add("Tom Park <tom@other.example>");
    assert_eq!(town.stands(JANE), "stopped opted_out");
    assert_eq!(town.stands("tom@other.example"), "owes_answer");
}

#[test]
fn p8_until_the_search_succeeded_nothing_is_proposed() {
    let mut town = Town::new();
    town.turn();
    town.post().down = true;
    town.try_add("Jane Doe <jane@plan.example>", |new| NewContact { mode: Some("auto".parse().expect("a mode")), ..new }).expect("added");
    town.days_pass(3);
    assert!(town.drafts_to(JANE).is_empty());
    assert_eq!(town.skipped(JANE).as_deref(), Some("not_searched"));
    town.they_write(JANE, "Please do not contact me again.");
    town.post().down = false;
    town.days_pass(3);
    assert!(town.drafts_to(JANE).is_empty());
    assert_eq!(town.stands(JANE), "stopped opted_out");
}

#[test]
fn p8_an_address_added_later_is_searched_for_too() {
    let mut town = Town::new();
    let mail = town.letter("jane@home.example", ME, "Please stop", &[], "Please do not contact me again.");
    town.put("Archive", &mail);
    town.add("Jane Doe <jane@plan.example>");
    town.turn();
    assert_eq!(town.drafts().len(), 1);
    town.approve_all();
    town.learns_address(JANE, "jane@home.example");
    town.days_pass(3);
    assert_eq!(town.out().len(), 0);
    assert_eq!(town.stands(JANE), "stopped opted_out");
}

#[test]
fn p8_a_mail_to_two_people_concerns_the_one_added_later_too() {
    let mut town = known();
    let mail = town.letter(ME, "jane@plan.example, tom@other.example", "Both of you", &[], "Hello both");
    town.put("Sent", &mail);
    town.turn();
    town.add("Tom Park <tom@other.example>");
    assert_eq!(town.kept("tom@other.example").story.our_mails, 1, "Tom was written to this morning");
    town.turn();
    assert!(town.drafts().is_empty());
}

#[test]
fn p8_what_the_owner_sent_from_any_alias_counts_when_it_lies_in_sent() {
    let mut town = known();
    let mail = town.letter("sam@old-alias.example", "Someone <x@y.example>", "Hello", &["Cc: Jane <jane@plan.example>"], "Hello");
    town.put("Sent", &mail);
    town.turn();
    assert_eq!(town.kept(JANE).story.our_mails, 1);
}

#[test]
fn p11_nothing_of_strangers_is_stored() {
    let mut town = written_to();
    let texts = ["zebra-in-the-inbox", "zebra-in-sent", "zebra-in-junk", "zebra-in-a-report"];
    let inbox = town.letter("mum@family.example", ME, "zebra-subject", &[], texts[0]);
    town.put("INBOX", &inbox);
    let sent = town.letter(ME, "mum@family.example", "zebra-subject", &[], texts[1]);
    town.put("Sent", &sent);
    let junk = town.letter("spam@noise.example", ME, "=?utf-8?Q?zebra-subject?=", &[], texts[2]);
    town.put("Junk", &junk);
    let parts = crate::support::town::report(&["mum@family.example"], "5.1.1", texts[3], "unknown@elsewhere.example");
    let report = town.report_mail(&parts);
    town.put("INBOX", &report);
    town.turn();
    town.turn();
    for text in texts.into_iter().chain(["zebra-subject", "mum@family", "spam@noise"]) {
        assert!(!town.stores(text), "{text}");
    }
}

#[test]
fn p9_reading_leaves_the_mailbox_as_it_was() {
    let mut town = written_to();
    town.they_write(JANE, "Could we have a call on Thursday at 3 pm?");
    let before: Vec<usize> = town.post().boxes.iter().map(|folder| folder.mails.len()).collect();
    town.days_pass(3);
    let after: Vec<usize> = town.post().boxes.iter().map(|folder| folder.mails.len()).collect();
    assert_eq!(before, after);
}

/// Holds R9.
#[test]
fn p18_a_hostile_mail_does_not_block_those_behind_it() {
    let mut town = written_to();
    let bombs: [Vec<u8>; 5] = [
        format!("From: {JANE}\r\nMessage-ID: <a@b>\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n{}", "--x\r\n\r\n".repeat(50_000))
            .into_bytes(),
        format!("From: {JANE}\r\nSubject: \u{0}\u{1b}[2J\r\nDate: never\r\n\r\n{}", "\u{0}".repeat(1000)).into_bytes(),
        [format!("From: {JANE}\r\nMessage-ID: <x@y>\r\nContent-Type: text/plain; charset=utf-7\r\n\r\n").into_bytes(), vec![0xff; 100_000]]
            .concat(),
        format!("From: {JANE}\r\n{}\r\n\r\nhello", "X-A: b\r\n".repeat(20_000).trim_end()).into_bytes(),
        format!("From: {JANE}\r\nMessage-ID: <deep@y>\r\nContent-Type: text/html\r\n\r\n{}", "<div><blockquote>".repeat(30_000))
            .into_bytes(),
    ];
    for bomb in &bombs {
        town.put("INBOX", bomb);
    }
    town.they_write(JANE, "Please do not contact me again.");
    assert_eq!(town.turn().trouble, None);
    assert_eq!(town.stands(JANE), "stopped opted_out");
}

/// Holds X5, X10.
#[test]
fn p18_hostile_names_and_subjects_stay_words() {
    let mut town = Town::new();
    let name = "Jane {{ owner.email }} [[ a || b ]] Doe\r\nBcc: all@world.example";
    town.add_with("x <jane@plan.example>", |new| NewContact {
        name: name.to_owned(),
        met: Some("{% for a in b %} [[ x || y ]]".to_owned()),
        ..new
    });
    let mail = town.letter(
        JANE,
        ME,
        "Hi =?utf-8?Q?=0D=0ABcc:_all@world.example?= {{ contact.name }}",
        &[],
        "Thank you for the article, I enjoyed it.",
    );
    town.put("INBOX", &mail);
    town.turn();
    let id = town.journal(JANE).into_iter().rfind(|entry| entry.line.kind == EntryKind::TheyWrote).and_then(|entry| entry.message_id);
    town.does(Change::Correct(id.expect("kept"), curbside::model::reading::Outcome::Acknowledged));
    town.news("{{ owner.email }} <b>bold</b>");
    town.days_pass(57);
    let ready: Vec<_> = town.drafts().into_iter().filter(|draft| draft.blocked.is_none()).collect();
    assert_eq!(ready.len(), 1, "{:?}", town.draft(JANE).blocked);
    town.approve_all();
    town.days_pass(3);
    let out = town.out();
    assert_eq!(out.len(), 1);
    assert!(out[0].mail.header("bcc").is_none());
    assert_eq!(out[0].mail.recipients().count(), 1);
    assert!(out[0].mail.subject.contains("{{ contact.name }}"), "printed as it is: {}", out[0].mail.subject);
    assert!(!out[0].mail.text.as_deref().unwrap_or_default().contains("sam@owner.example"));
}
