//! P5: nothing without a yes to exactly that text, and nothing after the world has changed.

use base64::Engine as _;
use curbside::flow::{Change, EditContact, NewContact, fingerprint};
use curbside::model::draft::DraftState;
use curbside::model::edge::{EdgeError, SendAnswer};
use curbside::model::journal::EntryKind;
use curbside::model::span::Span;

use crate::support::jane::{JANE, approved, drafted, known};
use crate::support::town::Town;

#[test]
fn p5_without_a_yes_nothing_ever_goes() {
    let mut town = drafted();
    town.days_pass(60);
    assert_eq!(town.out().len(), 0);
    assert_eq!(town.drafts_to(JANE).len(), 1, "and it is proposed once");
}

/// Holds S11.
#[test]
fn p5_a_yes_is_to_a_fingerprint() {
    let mut town = drafted();
    let draft = town.draft(JANE);
    let seen = fingerprint(&draft.content);
    town.does(Change::Revise(draft.id, None, "Hi Jane,\n\nother words.\n".to_owned()));
    assert!(town.change(Change::Approve(draft.id, Some(seen))).is_err());
    town.days_pass(2);
    assert_eq!(town.out().len(), 0);
}

#[test]
fn p5_what_was_approved_is_what_leaves() {
    let mut town = approved();
    let draft = town.draft(JANE);
    town.hours_pass(1);
    let out = town.out();
    assert_eq!(out[0].to, JANE);
    assert_eq!(out[0].mail.subject, draft.content.subject);
    assert_eq!(out[0].mail.text.as_deref().map(|text| text.trim().replace("\r\n", "\n")), Some(draft.content.text.trim().to_owned()));
    assert!(out[0].mail.html.is_none(), "plain text, no pixel");
}

/// Holds S11.
#[test]
fn p5_an_edit_after_the_yes_needs_a_new_yes() {
    let mut town = approved();
    let id = town.draft(JANE).id;
    town.does(Change::Revise(id, None, "Hi Jane,\n\nother words.\n".to_owned()));
    town.days_pass(2);
    assert_eq!(town.out().len(), 0);
    assert_eq!(town.state(JANE), DraftState::Review);
}

#[test]
fn p5_a_field_left_in_an_edit_is_refused() {
    let mut town = drafted();
    let id = town.draft(JANE).id;
    for text in ["Hi {{ greeting }},", "Hi [[ a || b ]]", "  \n"] {
        assert!(town.change(Change::Revise(id, None, text.to_owned())).is_err(), "{text}");
    }
}

/// Holds S12.
#[test]
fn p5_their_mail_a_mail_of_the_owner_and_a_stop_withdraw_what_was_approved() {
    type Happens = fn(&mut Town);
    let happenings: [(&str, Happens); 4] = [
        ("they wrote", |town| town.they_write(JANE, "Funny, I was about to write to you. How are you?")),
        ("you wrote", |town| town.owner_writes(JANE, "Hello")),
        ("you stopped", |town| town.does(Change::Stop(JANE.to_owned()))),
        ("you were in touch", |town| {
            town.does(Change::Log { who: JANE.to_owned(), text: "we talked".to_owned(), kind: EntryKind::Call, on: None });
        }),
    ];
    for (why, happens) in happenings {
        let mut town = approved();
        happens(&mut town);
        town.turn();
        let first = town.first(JANE);
        assert_eq!(first.state, DraftState::Stopped, "{why}");
        assert!(first.answer.as_deref().is_some_and(|answer| answer.contains(why)), "{:?}", first.answer);
        assert_eq!(town.lines(JANE, EntryKind::Withdrawn), 1);
        town.hours_pass(4);
        assert_eq!(town.out().len(), 0, "{why}");
    }
}

/// Holds P3, S12.
#[test]
fn p5_an_answer_that_arrives_a_moment_before_the_hour_stops_the_mail() {
    let mut town = approved();
    town.clock_at("2026-04-06 10:06");
    town.they_write(JANE, "Funny, I was about to write to you. How are you?");
    town.turn();
    assert_eq!(town.out().len(), 0);
}

#[test]
fn p5_a_hold_defers_and_the_mail_goes_when_it_is_over() {
    let mut town = approved();
    town.does(Change::Pause(JANE.to_owned(), Some("2026-04-09".parse().expect("a day"))));
    town.hours_pass(2);
    assert_eq!(town.state(JANE), DraftState::Deferred);
    town.days_pass(5);
    assert_eq!(town.out().len(), 1);
}

#[test]
fn p5_an_absence_defers_too() {
    let mut town = approved();
    town.auto_reply(JANE, "I am out of the office and will be back on April 14, 2026.");
    town.hours_pass(4);
    assert_eq!(town.state(JANE), DraftState::Deferred);
    assert_eq!(
        town.until(JANE).map(|day| day.to_string()).as_deref(),
        Some("2026-04-15"),
        "back on the 14th, and a working day to catch up"
    );
    town.days_pass(9);
    assert_eq!(town.out().len(), 1);
}

#[test]
fn p5_a_pause_of_everything_defers_everything() {
    let mut town = approved();
    town.does(Change::PauseAll(None));
    town.days_pass(2);
    assert_eq!(town.out().len(), 0);
    town.does(Change::ResumeAll);
    town.days_pass(1);
    assert_eq!(town.out().len(), 1);
}

#[test]
fn p5_a_yes_lapses_after_fourteen_days() {
    let mut town = approved();
    town.does(Change::PauseAll(None));
    town.days_pass(15);
    town.does(Change::ResumeAll);
    town.days_pass(3);
    assert_eq!(town.out().len(), 0);
    assert_eq!(town.first(JANE).state, DraftState::Review);
    assert!(town.tells(JANE, "older than 14 days"));
}

#[test]
fn p5_a_yes_that_slept_through_downtime_lapses_too() {
    let mut town = approved();
    town.clock_at("2026-04-24 10:00");
    town.turn();
    assert_eq!(town.out().len(), 0);
    assert_eq!(town.first(JANE).state, DraftState::Review);
}

#[test]
fn p5_later_and_skip_put_it_off() {
    let mut town = drafted();
    let id = town.draft(JANE).id;
    town.does(Change::Later(id, Span::Weeks(2)));
    assert_eq!(town.why(JANE).next_due.map(|day| day.to_string()).as_deref(), Some("2026-04-20"));
    town.days_pass(8);
    let id = town.draft(JANE).id;
    town.does(Change::Skip(id));
    let day = town.why(JANE).next_due.expect("a day");
    assert!(day > town.now().date() + jiff::Span::new().weeks(7), "{day}");
}

#[test]
fn p5_a_name_without_a_decent_greeting_is_not_written_to() {
    let mut town = Town::new();
    for name in ["J. D.", "Dr.", "jd1977"] {
        town.add(&format!("{name} <{}@plan.example>", name.replace([' ', '.'], "")));
    }
    town.turn();
    assert!(town.drafts().is_empty());
    assert!(town.plan().skips.iter().all(|skip| skip.because.to_string() == "name_unclear"), "{:?}", town.plan().skips);
}

#[test]
fn p5_greetings_are_first_names_in_decent_case() {
    let mut town = Town::new();
    for (name, address) in [("DOE, JANE MD", "a"), ("dr. tom o'neil", "b"), ("José Núñez, MD, MBA", "c")] {
        town.add(&format!("{name} <{address}@{address}.example>"));
    }
    town.turn();
    let mut greetings: Vec<String> =
        town.drafts().iter().map(|draft| draft.content.text.lines().next().unwrap_or_default().to_owned()).collect();
    greetings.sort();
    assert_eq!(greetings, ["Hi Jane,", "Hi José,", "Hi Tom,"]);
}

#[test]
fn p5_an_unfilled_field_blocks_the_draft_and_names_the_field() {
    let mut town = Town::new();
    let dir = town.dir().join("templates");
    std::fs::create_dir(&dir).expect("a folder");
    let text = "+++\nsubject = \"Hello\"\nreason = \"first_word\"\nrelation = [\"any\"]\n+++\nHi {{ greeting }},\n\nabout {{ contact.title }}: shall we?\n\nBest,\n";
    for template in town.see().library.all().map(|template| template.name.clone()).collect::<Vec<_>>() {
        std::fs::write(dir.join(format!("{template}.md")), text).expect("written");
    }
    let (library, _) = curbside::checkins::Library::load(&dir);
    town.world().library = library;
    town.add("Jane Doe <jane@plan.example>");
    town.turn();
    let draft = town.draft(JANE);
    assert!(draft.blocked.as_deref().is_some_and(|why| why.contains("title")), "{:?}", draft.blocked);
    let refused = town.approve(draft.id).expect_err("refused").to_string();
    assert!(refused.contains("title"), "{refused}");
}

#[test]
fn p5_auto_goes_without_a_yes_and_only_for_whom_it_was_given() {
    let mut town = Town::new();
    town.add_with("Jane Doe <jane@plan.example>", |new| NewContact { mode: Some("auto".parse().expect("a mode")), ..new });
    town.add("Tom Park <tom@other.example>");
    town.days_pass(2);
    let to: Vec<String> = town.out().into_iter().map(|out| out.to).collect();
    assert_eq!(to, [JANE]);
}

#[test]
fn p5_an_auto_check_in_that_may_not_go_does_not_keep_others_from_being_drafted() {
    let mut town = Town::with("[sending]\nnever = [\"owner.example\"]\n");
    town.add_with("Jane Doe <jane@plan.example>", |new| NewContact { mode: Some("auto".parse().expect("a mode")), ..new });
    town.add("Tom Park <tom@other.example>");
    town.turn();
    assert_eq!(town.drafts().len(), 2);
    assert!(town.draft(JANE).blocked.is_some());
}

#[test]
fn p5_nothing_goes_to_or_from_the_employer_one_has() {
    let mut town = Town::with("[sending]\nnever = [\"myhospital.example\"]\n");
    town.add("Jane Doe <jane@mail.myhospital.example>");
    town.turn();
    assert!(town.drafts().is_empty());
    assert_eq!(town.skipped("jane@mail.myhospital.example").as_deref(), Some("never_domain"));
}

#[test]
fn p5_an_edited_contact_gets_a_new_draft() {
    let mut town = approved();
    let edit = EditContact { name: Some("Janet Doe".to_owned()), ..EditContact::default() };
    town.does(Change::Edit(JANE.to_owned(), Box::new(edit)));
    town.turn();
    assert_eq!(town.first(JANE).state, DraftState::Stopped);
    assert!(town.draft(JANE).content.text.starts_with("Hi Janet,"));
}

#[test]
fn p5_news_that_is_over_or_withdrawn_is_not_told() {
    let mut town = known();
    town.owner_writes(JANE, "Hello");
    town.turn();
    town.does(Change::AddNews("I passed the board examination".to_owned(), None));
    town.days_pass(58);
    let draft = town.draft(JANE);
    assert!(draft.news.is_some(), "{draft:?}");
    town.approve_all();
    town.does(Change::DropNews(draft.news.expect("news")));
    town.days_pass(3);
    assert_eq!(town.out().len(), 0);
}

#[test]
fn p5_a_draft_that_tells_news_that_are_over_gives_way_to_a_new_one() {
    let mut town = known();
    town.owner_writes(JANE, "Hello");
    town.turn();
    town.does(Change::AddNews("I speak at the spring meeting".to_owned(), Some(jiff::civil::date(2026, 6, 5))));
    town.days_pass(58);
    let draft = town.draft(JANE);
    assert!(draft.content.text.contains("spring meeting"), "{}", draft.content.text);
    town.days_pass(10);
    assert_eq!(town.first(JANE).state, DraftState::Withdrawn, "nobody is asked for a yes that would lapse");
    assert!(town.drafts().iter().all(|draft| !draft.content.text.contains("spring meeting")));
}

#[test]
fn p5_each_news_goes_to_a_person_at_most_once() {
    let mut town = Town::new();
    town.add_with("Jane Doe <jane@plan.example>", |new| NewContact { every: Some("1w".parse().expect("a span")), ..new });
    town.owner_writes(JANE, "Hello");
    town.turn();
    town.news("I passed the board examination");
    for _ in 0..12 {
        town.days_pass(7);
        let drafts = town.drafts();
        for draft in drafts {
            town.approve(draft.id).expect("a yes");
        }
    }
    let told = town
        .out()
        .iter()
        .filter(|out| out.mail.text.as_deref().unwrap_or_default().replace("\r\n", " ").contains("board examination"))
        .count();
    assert_eq!(told, 1);
}

#[test]
fn p5_private_notes_are_told_to_nobody() {
    let mut town = known();
    town.owner_writes(JANE, "Hello");
    town.turn();
    town.days_pass(1);
    let note = |text: &str| Change::Log { who: JANE.to_owned(), text: text.to_owned(), kind: EntryKind::Note, on: None };
    town.does(note("applied for medical director at Northwind"));
    town.days_pass(1);
    town.does(note("her husband is ill, be careful"));
    town.days_pass(57);
    let draft = town.draft(JANE);
    assert!(draft.blocked.is_none(), "{:?}", draft.blocked);
    assert!(!draft.content.text.contains("husband") && !draft.content.subject.contains("husband"), "{}", draft.content.text);
}

/// Jane's first draft goes with a file, as it was when the draft was made.
fn with_resume(words: &[u8]) -> (Town, std::path::PathBuf) {
    let mut town = drafted();
    let resume = town.dir().join("resume.pdf");
    std::fs::write(&resume, words).expect("written");
    let mut draft = town.draft(JANE);
    let (path, name) = (resume.display().to_string(), "resume.pdf".to_owned());
    // What it held when it was shown first is not to be had any more.
    draft.content.attachment = Some(curbside::model::draft::Attachment { path, name, sha256: "0".repeat(64), size: 5 });
    let now = town.see().now();
    town.see().store.write(|tx| tx.update_draft(&draft, now)).expect("a database");
    let refused = town.approve(draft.id).expect_err("another file was shown").to_string();
    assert!(refused.contains("the attached resume.pdf has changed") && refused.contains("say yes again"), "{refused}");
    let shown = town.draft(JANE);
    assert_eq!((shown.state, shown.revision, shown.approved), (DraftState::Review, 2, None));
    assert!(shown.content.attachment.is_some_and(|file| file.size == words.len() as u64));
    (town, resume)
}

fn holds(raw: &[u8], words: &str) -> bool {
    let encoded = base64::engine::general_purpose::STANDARD.encode(words);
    memchr::memmem::find(raw, encoded.as_bytes()).is_some()
}

/// Holds P5.
#[test]
fn p5_a_changed_attachment_needs_a_new_yes_and_goes_with_it() {
    let (mut town, resume) = with_resume(b"the first words");
    let id = town.draft(JANE).id;
    town.approve(id).expect("a yes to the file as it is");
    std::fs::write(&resume, b"quite other ones").expect("written");
    town.days_pass(1);
    assert_eq!(town.out().len(), 0);
    let lapsed = town.draft(JANE);
    assert_eq!((lapsed.state, lapsed.revision), (DraftState::Review, 3));
    assert!(lapsed.answer.is_some_and(|answer| answer.contains("the attached file has changed since your yes")));
    town.approve(id).expect("the file is the one that is shown");
    town.days_pass(1);
    let out = town.out();
    assert!(out.len() == 1 && holds(&out[0].raw, "quite other ones"), "{:?}", town.draft(JANE));
}

/// Holds P5.
#[test]
fn p5_a_yes_waits_for_an_attachment_that_is_gone() {
    let (mut town, resume) = with_resume(b"the first words");
    let id = town.draft(JANE).id;
    town.approve(id).expect("a yes");
    std::fs::remove_file(&resume).expect("removed");
    town.days_pass(1);
    assert_eq!((town.out().len(), town.state(JANE)), (0, DraftState::Review));
    let refused = town.approve(id).expect_err("nothing to send").to_string();
    assert!(refused.contains("cannot be read") && refused.contains("Put it back"), "{refused}");
    std::fs::write(&resume, b"the first words").expect("written");
    town.approve(id).expect("a yes");
    town.days_pass(1);
    assert_eq!(town.out().len(), 1);
}

/// Holds P1, P5.
#[test]
fn p1_what_was_rendered_goes_with_the_file_that_the_yes_was_given_to() {
    let (mut town, resume) = with_resume(b"the first words");
    let id = town.draft(JANE).id;
    town.approve(id).expect("a yes");
    town.answers(SendAnswer::NotSent(EdgeError::temporary("busy")));
    town.minutes_pass(6);
    assert_eq!((town.out().len(), town.state(JANE)), (0, DraftState::Queued));
    std::fs::write(&resume, b"quite other ones").expect("written");
    town.days_pass(1);
    let out = town.out();
    assert!(out.len() == 1 && holds(&out[0].raw, "the first words"), "{:?}", town.draft(JANE));
}

#[test]
fn colleagues_at_one_employer_who_compare_their_mail_find_no_subject_twice() {
    let mut town = Town::new();
    for name in ["Ann", "Bea", "Cal", "Dan", "Eve", "Fay"] {
        let employer = Some("Plan One".to_owned());
        town.add_with(&format!("{name} Doe <{name}@plan.example>"), |contact| curbside::flow::NewContact { employer, ..contact });
    }
    for _ in 0..40 {
        town.turn();
        town.approve_all();
        town.days_pass(1);
    }
    let mut subjects: Vec<String> = town.out().iter().map(|out| out.mail.subject.clone()).collect();
    assert!(subjects.len() >= 6, "{subjects:?}");
    subjects.truncate(6);
    let said = subjects.len();
    subjects.sort();
    subjects.dedup();
    assert_eq!(subjects.len(), said, "{subjects:?}");
}
