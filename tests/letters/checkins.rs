//! The owner's templates: what they print, what they refuse, and how an error names the spot.

use std::fs;

use curbside::checkins::{Context, Level, Library, STARTER, Template, TemplateError, check, fields, render, sentences};
use curbside::model::contact::Relation;
use curbside::model::plan::Reason;
use proptest::prelude::*;

fn file(body: &str) -> String {
    format!("+++\nsubject = \"A word from {{{{ owner.first }}}}\"\nreason = \"catching_up\"\nrelation = \"any\"\n+++\n{body}")
}

fn template(body: &str) -> Template {
    Template::parse("x", "templates/checkin/x.md", &file(body)).expect("a sound front matter")
}

fn text(body: &str, context: &Context) -> String {
    render(&template(body), context, 1).expect("a draft").text
}

fn refusal(body: &str, context: &Context) -> TemplateError {
    render(&template(body), context, 1).expect_err("a refusal")
}

fn errors_of(source: &str) -> Vec<String> {
    let errors = Template::parse("x", "templates/checkin/x.md", source).expect_err("errors");
    errors.iter().map(ToString::to_string).collect()
}

#[test]
fn a_template_makes_a_subject_and_a_text_from_what_is_known() {
    let draft = render(&template("Hi {{ greeting }},\n\nHow is {{ contact.employer }}?\n"), &Context::sample_full(), 7).expect("a draft");
    assert_eq!(draft.subject, "A word from Sam");
    assert_eq!(draft.text, "Hi Jane,\n\nHow is Lakeshore Health Plan?");
}

#[test]
fn p5_an_unfilled_field_blocks_the_draft_and_is_named() {
    let error = refusal("Hi {{ greeting }},\n\nHow is {{ contact.employer }}?\n", &Context::sample_bare());
    assert_eq!(
        error.to_string(),
        "templates/checkin/x.md:8: `contact.employer` is not known; \
         fill it in for this contact, or write {% if contact.employer %} … {% endif %} around it"
    );
    assert_eq!((error.column, error.field.as_deref()), (Some(11), Some("contact.employer")));
}

#[test]
fn p5_no_way_of_printing_an_unfilled_field_gets_past() {
    for body in [
        "{{ contact.title }}",
        "{{ contact.title | lower }}",
        "{{ contact.title | trim | title }}",
        "{{ \"as \" ~ contact.title }}",
        "{% set t = contact.title %}{{ t }}",
        "{{ [contact.title] | join(\", \") }}",
        "{{ contact.title | replace(\"a\", \"b\") }}",
        "{{ meeting.what }}",
        "{{ none }}",
        "{{ contact }}",
        "{{ [contact.title] }}",
        "{{ \"%s\" | format(contact.title) }}",
        "{{ contact.title | string }}",
        "{{ contact.title | default(none) }}",
        "{{ contact.title == none }}",
        "{{ news or opening.title }}",
    ] {
        let result = render(&template(body), &Context::sample_bare(), 1);
        assert!(result.is_err(), "{body} printed {:?}", result.map(|draft| draft.text));
    }
}

#[test]
fn p5_a_name_that_cannot_be_greeted_blocks_the_draft() {
    let unclear = Context { greeting: None, ..Context::sample_full() };
    assert!(refusal("Hi {{ greeting }},\n", &unclear).what.contains("`greeting` is not known"));
}

#[test]
fn what_is_not_known_is_simply_left_out_where_the_template_asks_first() {
    let body = "Hello.{% if meeting %} M{% endif %}{% if meeting.what %} W{% endif %}{% if contact.title is defined %} T{% endif %} {{ news or \"No news.\" }}";
    assert_eq!(text(body, &Context::sample_bare()), "Hello. No news.");
}

#[test]
fn the_template_language_s_own_names_are_no_unknown_fields() {
    for (body, printed) in [
        ("{% for word in [\"a\", \"b\"] %}{{ loop.index }}{{ word }}{% endfor %}", "1a2b"),
        ("{% macro hi(name) %}Hi {{ name }}{% endmacro %}{{ hi(contact.first) }}", "Hi Jane"),
        ("{% with where = contact.employer or \"home\" %}{{ where }}{% endwith %}", "home"),
        ("{{ contact[\"name\"] }}{% for n in range(2) %}!{% endfor %}", "Jane Doe!!"),
        ("{{ last.months | default(2) + 1 }}", "3"),
    ] {
        assert_eq!(text(body, &Context::sample_bare()), printed, "{body}");
    }
}

#[test]
fn a_misspelt_field_is_found_even_where_it_is_only_asked_for() {
    let error = refusal("One.\nTwo.\n{% if contact.nmae %}x{% endif %}", &Context::sample_full());
    assert_eq!(error.to_string(), "templates/checkin/x.md:8: unknown field `contact.nmae`; did you mean `contact.name`?");
}

#[test]
fn the_fields_a_template_may_name_are_listed_with_their_groups() {
    assert_eq!(
        fields().join(" "),
        "application application.what contact contact.employer contact.employer_kind contact.first contact.last contact.met \
         contact.name contact.note contact.title greeting last last.months last.when meeting meeting.what meeting.when news \
         opening opening.link opening.number opening.title owner owner.first owner.name season today today.month"
    );
}

#[test]
fn x10_braces_and_brackets_in_a_contact_s_name_print_as_they_are() {
    let mut context = Context::sample_full();
    for name in ["{{ owner.name }}", "[[ Jim || Joe ]]", "{% raw %}", "Bob <script>", "%} }} ]]"] {
        context.greeting = Some(name.to_owned());
        assert_eq!(text("[[ Hi || Hi ]] {{ greeting }},", &context), format!("Hi {name},"));
    }
}

/// Holds P18, X5.
#[test]
fn a_value_brings_no_header_no_escape_and_no_bidi_override_into_the_draft() {
    let mut context = Context::sample_full();
    context.owner.first = Some("Sam\r\nBcc: all@victims.test\u{202e}".to_owned());
    context.greeting = Some("Ja\u{1b}[31mne\u{200b}\u{202e}".to_owned());
    let draft = render(&template("Hi {{ greeting }},"), &context, 1).expect("a draft");
    assert_eq!(draft.subject, "A word from Sam Bcc: all@victims.test");
    assert_eq!(draft.text, "Hi Ja[31mne,");
}

#[test]
fn the_same_seed_gives_the_same_words_and_another_seed_sooner_or_later_others() {
    let varied = template("[[ One || Two || Three ]] [[ red || green ]]");
    let draw = |seed| render(&varied, &Context::sample_bare(), seed).expect("a draft").text;
    assert!((0..50).all(|seed| draw(seed) == draw(seed)));
    let mut seen: Vec<String> = (0..200).map(draw).collect();
    seen.sort();
    seen.dedup();
    assert_eq!(seen.len(), 6, "the groups draw apart from each other: {seen:?}");
}

#[test]
fn an_alternative_may_hold_fields_tags_and_a_space_of_its_own() {
    let body = "A[[ , {% if news %}{{ news }}{% endif %} || , {% if news %}{{ news }}{% endif %} ]][[  and B. ||  and B. ]]";
    assert_eq!(text(body, &Context::sample_full()), "A, I passed the ABQAURP boards in October. and B.");
}

#[test]
fn a_group_inside_a_group_is_refused_at_its_own_place() {
    let error = refusal("One.\n[[ a || [[ b || c ]] ]]", &Context::sample_bare());
    assert_eq!((error.line, error.column), (7, Some(9)));
    assert!(error.what.contains("inside another"));
}

#[test]
fn brackets_that_do_not_match_are_refused() {
    for (body, what) in [("[[ a || b", "never closed"), ("a ]] b", "without a `[[`"), ("a || b", "outside")] {
        assert!(refusal(body, &Context::sample_bare()).what.contains(what), "{body}");
    }
    let indexed = "{{ [[\"a\", \"b\"]][0][1] }} [[ c || c ]]";
    assert_eq!(text(indexed, &Context::sample_bare()), "b c", "inside a field, brackets are the field's own");
}

#[test]
fn template_marks_never_reach_a_mail() {
    for body in ["{{ \"{{\" }} x", "{% raw %}{% x %}{% endraw %}", "{{ \"[\" ~ \"[\" }}"] {
        assert!(refusal(body, &Context::sample_bare()).what.contains("would stand in the mail"), "{body}");
    }
}

#[test]
fn a_template_that_never_ends_is_stopped() {
    for body in [
        "{% for a in range(9999) %}{% for b in range(9999) %}{% endfor %}{% endfor %}",
        "{{ \"x\" * 100000000 }}",
        "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
    ] {
        let _ = refusal(body, &Context::sample_bare());
    }
}

#[test]
fn a_template_reads_no_other_file() {
    for body in ["{% include \"/etc/passwd\" %}", "{% extends \"news\" %}", "{% import \"x\" as y %}"] {
        let _ = refusal(body, &Context::sample_bare());
    }
}

#[test]
fn the_text_comes_out_tidy() {
    let body = "\n\nHi {{ greeting }},   \n\n\n\n{% if news %}\nNews  here.\n{% endif %}\n\n\nBest,\n\n";
    assert_eq!(text(body, &Context::sample_full()), "Hi Jane,\n\nNews here.\n\nBest,");
    assert_eq!(text(body, &Context::sample_bare()), "Hi Jane,\n\nBest,");
}

#[test]
fn a_tag_on_a_line_of_its_own_leaves_no_trace_and_one_at_the_end_of_prose_keeps_the_paragraph() {
    let own_line = "One.\n  {% if news %}  \nTwo.\n{% else %}\nThree.\n{% endif %}{# a remark #}\nFour.";
    assert_eq!(text(own_line, &Context::sample_full()), "One.\nTwo.\nFour.");
    let in_prose = "One.{% if news %} Two.{% endif %}\n\nThree.";
    assert_eq!(text(in_prose, &Context::sample_full()), "One. Two.\n\nThree.");
}

#[test]
fn a_template_that_needs_a_meeting_says_so_when_there_was_none() {
    let source = file("Hello.").replace("relation", "needs = [\"meeting\"]\nrelation");
    let template = Template::parse("x", "templates/checkin/x.md", &source).expect("a template");
    assert_eq!(template.lacks(&Context::sample_bare()).as_deref(), Some("meeting"));
    assert_eq!(template.lacks(&Context::sample_full()), None);
    let error = render(&template, &Context::sample_bare(), 1).expect_err("a refusal");
    assert_eq!((error.line, error.what.as_str()), (4, "`meeting` is not known"));
}

#[test]
fn front_matter_that_is_wrong_is_named_line_by_line() {
    let source = "+++\nsubject = \"Hello\"\nreson = \"news\"\nrelation = [\"peer\", \"recruter\"]\n+++\nHi.\n";
    assert_eq!(
        errors_of(source),
        [
            "templates/checkin/x.md:3: unknown key `reson`; did you mean `reason`?",
            "templates/checkin/x.md:1: `reason` is “”, which is no reason; known are first_word, follow_up, catching_up, \
             after_conference, after_talk, news, thanks, long_silence, application_sent, opening_seen, seasonal, as_agreed",
            "templates/checkin/x.md:4: “recruter” is no relation; did you mean `recruiter`?",
        ]
    );
    assert!(errors_of("+++\nsubject = \"a\"\nreason = oops\n+++\nHi.\n")[0].starts_with("templates/checkin/x.md:3: "));
    assert!(errors_of("Hi there")[0].contains("the first line is not `+++`"));
    assert!(errors_of("+++\nsubject = \"a\"\n")[0].contains("second `+++`"));
    assert!(errors_of(&file("\n \n"))[0].contains("no text"));
}

#[test]
fn a_first_word_never_carries_the_resume() {
    let source = file("Hi.").replace("catching_up\"", "first_word\"\nattach = \"resume\"");
    assert!(errors_of(&source)[0].contains(":4: a first word carries no attachment"));
    let later = file("Hi.").replace("catching_up\"", "thanks\"\nattach = \"resume\"");
    assert!(Template::parse("x", "x", &later).expect("a template").attach_resume);
}

#[test]
fn an_error_names_its_line_however_the_words_before_it_vary() {
    let body = "[[ one\ntwo\nthree || four ]]\n\n{{ contact.title | no_such_filter }}\n";
    for seed in 0..8 {
        let error = render(&template(body), &Context::sample_full(), seed).expect_err("a refusal");
        assert_eq!(error.line, 10, "{error}");
    }
}

#[test]
fn check_looks_into_every_alternative_with_everything_known_and_nothing_known() {
    let long = "Word ".repeat(60);
    let good = template(&format!("{long}?"));
    assert_eq!(check(&good), []);
    let hidden = template(&format!("{long}? [[ a || b || c || {{{{ contact.title }}}} ]]"));
    let found = check(&hidden);
    assert!(found.iter().any(|error| error.is_fatal() && error.what.contains("`contact.title` is not known")), "{found:?}");
    let broken = template(&format!("{long}? [[ a || {{% if x ]]"));
    assert!(check(&broken)[0].is_fatal());
}

#[test]
fn check_warns_of_a_mail_that_is_too_short_or_asks_too_much() {
    let found = check(&template("How are you? And the dog?"));
    let shown: Vec<String> = found.iter().map(ToString::to_string).collect();
    assert_eq!(
        shown,
        [
            "templates/checkin/x.md:6: warning: it comes to 6 words; a check-in is read when it has 50 to 110",
            "templates/checkin/x.md:6: warning: it asks 2 questions; ask exactly one, easy to answer",
        ]
    );
    assert!(found.iter().all(|warning| warning.level == Level::Warning));
}

#[test]
fn the_owner_s_file_takes_the_place_of_the_built_in_one() {
    let dir = tempfile::tempdir().expect("a folder");
    let name = Library::built_in().all().next().expect("a built-in template").name.clone();
    fs::write(dir.path().join(format!("{name}.md")), file("Mine.\n")).expect("written");
    fs::write(dir.path().join("of-my-own.md"), file("Mine too.\n")).expect("written");
    fs::write(dir.path().join(".#of-my-own.md"), "an editor's lock").expect("written");
    let (library, errors) = Library::load(dir.path());
    assert_eq!(errors, []);
    let replaced = library.get(&name).expect("replaced");
    assert_eq!((replaced.body.as_str(), replaced.own), ("Mine.\n", true));
    assert_eq!(library.all().count(), Library::built_in().all().count() + 1);
    assert!(library.fitting(Reason::CatchingUp, Relation::Peer).any(|template| template.name == "of-my-own"));
}

#[test]
fn a_broken_file_of_the_owner_is_not_quietly_replaced_by_the_built_in_one() {
    let dir = tempfile::tempdir().expect("a folder");
    let name = Library::built_in().all().next().expect("a built-in template").name.clone();
    fs::write(dir.path().join(format!("{name}.md")), "no front matter").expect("written");
    fs::write(dir.path().join("latin1.md"), b"+++\xe9").expect("written");
    let (library, errors) = Library::load(dir.path());
    assert_eq!(errors.len(), 2);
    assert!(library.get(&name).is_none());
}

#[test]
fn without_a_folder_there_are_the_built_in_templates() {
    let (library, errors) = Library::load(std::path::Path::new("/nonexistent/templates/checkin"));
    assert_eq!((library, errors), (Library::built_in(), vec![]));
}

#[test]
fn every_built_in_template_is_embedded_and_passes_its_own_check() {
    let library = Library::built_in();
    let dir = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("templates/checkin");
    let files = fs::read_dir(dir).expect("the folder").filter_map(Result::ok);
    let names: Vec<_> = files.map(|file| file.path()).filter(|path| path.extension().is_some_and(|end| end == "md")).collect();
    assert!(!names.is_empty());
    for path in names {
        let name = path.file_stem().expect("a stem").to_string_lossy().into_owned();
        let template = library.get(&name).unwrap_or_else(|| panic!("{name} is not in built_in.rs, or does not parse"));
        let fatal: Vec<String> = check(template).iter().filter(|error| error.is_fatal()).map(ToString::to_string).collect();
        assert!(fatal.is_empty(), "{}", fatal.join("\n"));
    }
}

#[test]
fn a_new_template_begins_as_one_that_could_be_sent() {
    let starter = Template::parse("mine", "templates/checkin/mine.md", STARTER).expect("a template");
    assert_eq!(check(&starter), []);
}

#[test]
fn every_reason_has_a_template_for_every_relation() {
    let library = Library::built_in();
    for (reason, relation) in Reason::ALL.iter().flat_map(|reason| Relation::ALL.iter().map(move |relation| (*reason, *relation))) {
        assert!(library.fitting(reason, relation).next().is_some(), "nothing for {reason} to a {relation}");
    }
}

#[test]
fn sentences_are_compared_without_greeting_closing_and_punctuation() {
    let text = "Hi Jane,\n\nDr. Wexler wrote to me; thank you!  Is J. Smith,\nM.D., still there?\n\nWith warm regards,\nSam Rivera";
    assert_eq!(sentences(text), ["dr wexler wrote to me thank you", "is j smith m d still there"]);
}

proptest! {
    #[test]
    fn no_template_text_and_no_value_makes_it_panic_or_print_a_mark(body in "[a\\[\\]|{}%# \n.\u{e9}\u{4e00}]{0,60}", value in "\\PC{0,20}", seed in any::<u64>()) {
        if let Ok(template) = Template::parse("x", "x.md", &file(&format!("{body}x"))) {
            let context = Context { greeting: Some(value.clone()), ..Context::sample_full() };
            if let Ok(draft) = render(&template, &context, seed) {
                prop_assert!(!draft.text.contains("{{") && !draft.text.contains("[["), "{}", draft.text);
            }
            let _ = check(&template);
        }
    }

    /// Holds X10.
    #[test]
    fn any_name_prints_as_it_is(value in "[a-zA-Z\\[\\]{}%#|<>&'.-]{1,30}", seed in any::<u64>()) {
        let context = Context { greeting: Some(value.clone()), ..Context::sample_full() };
        let draft = render(&template("[[ Hi || Dear ]] {{ greeting }},"), &context, seed).expect("a draft");
        prop_assert!(draft.text.ends_with(&format!(" {value},")), "{}", draft.text);
    }
}
