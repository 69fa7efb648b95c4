//! What holds for every mail, however odd: nothing is invented, and cutting twice is cutting once.

use curbside::model::mail::Mail;
use curbside::steps::understand::quote::{Cut, cut};
use proptest::prelude::*;

fn of_text(text: &str) -> Cut {
    cut(&Mail { text: Some(text.to_owned()), ..Mail::default() })
}

/// Lines that mails are made of, in any order.
fn line() -> impl Strategy<Value = String> {
    let known = prop::sample::select(vec![
        "",
        " ",
        "Hi Leah,",
        "Yes, please call me on Friday.",
        "> Can we talk?",
        ">> Can we?",
        "On Mon, Mar 2, 2026 at 4:11 PM Leah Brandt <leah@mail.example> wrote:",
        "On Mon, Mar 2, 2026 at 4:11 PM Leah Brandt <",
        "leah@mail.example> wrote:",
        "> wrote:",
        "-----Original Message-----",
        "From: Leah Brandt <leah@mail.example>",
        "Sent: Monday, March 2, 2026 4:11 PM",
        "To: Nora Quist",
        "Subject: Call?",
        "\tNora Quist@NORTHPIPE",
        "\t03/02/2001 09:20 AM",
        "-- ",
        "--",
        "---",
        "________________________________",
        "Thanks,",
        "Best regards,",
        "Thanks, Nora",
        "Nora",
        "Nora Quist, MD",
        "Medical Director",
        "330-555-0117",
        "nora@reviewworks.example",
        "-Nora",
        "Sent from my iPhone",
        "Get Outlook for iOS",
        "[EXTERNAL]",
        "CAUTION: This email originated from outside of the organization.",
        "This e-mail may contain confidential information for the sole use of the intended recipient.",
        "list mailing list",
        "To unsubscribe from this list, visit https://lists.example/listinfo",
        "-----BEGIN PGP SIGNATURE-----",
        "-----END PGP SIGNATURE-----",
        "NQ> text",
        "P.S. One more thing.",
        "| bar",
        "<< quoted",
        "quoted >>",
        "Leah wrote:",
    ]);
    prop_oneof![9 => known.prop_map(str::to_owned), 1 => "[ -~äß你\u{200b}]{0,40}"]
}

fn mail() -> impl Strategy<Value = String> {
    prop::collection::vec(line(), 0..24).prop_map(|lines| lines.join("\n"))
}

/// True when all of `part`, white space aside, stands in `whole` in the same order.
fn is_subsequence(part: &str, whole: &str) -> bool {
    let mut whole = whole.chars().filter(|c| !c.is_whitespace());
    part.chars().filter(|c| !c.is_whitespace()).all(|c| whole.any(|other| other == c))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_new_text_stands_in_the_mail_in_the_same_order(text in mail()) {
        let cut = of_text(&text);
        prop_assert!(is_subsequence(&cut.new_text, &text), "{:?}", cut);
    }

    #[test]
    fn cutting_twice_is_cutting_once(text in mail()) {
        let once = of_text(&text);
        let twice = of_text(&once.new_text);
        prop_assert_eq!(&twice.new_text, &once.new_text, "{:?}", once);
    }

    #[test]
    fn any_text_at_all_is_survived(text in "\\PC{0,200}") {
        let once = of_text(&text);
        prop_assert!(is_subsequence(&once.new_text, &text));
        prop_assert_eq!(of_text(&once.new_text).new_text, once.new_text);
    }

    #[test]
    fn any_html_at_all_is_survived(html in "(<(/?(p|div|b|blockquote|span|br|td)|div class=gmail_quote|p hidden)>|[a-z \n]{0,12}){0,40}") {
        let once = cut(&Mail { html: Some(html.clone()), ..Mail::default() });
        prop_assert!(is_subsequence(&once.new_text, &html));
        prop_assert_eq!(of_text(&once.new_text).new_text, once.new_text);
    }

    #[test]
    fn words_above_a_marked_quote_are_never_lost(words in "[A-Z][a-z]{2,8}( [a-z]{2,8}){2,9}\\.") {
        let cut = of_text(&format!("{words}\n\nOn Mon, Mar 2, 2026 at 4:11 PM Leah <leah@mail.example> wrote:\n> Hi\n"));
        prop_assert_eq!(cut.new_text, words);
    }
}
