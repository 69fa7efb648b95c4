//! What of a mail is its writer's: every mail of `tests/mail/quote`, against the words written beside it.

use std::fs;
use std::path::{Path, PathBuf};

use curbside::mail::mime;
use curbside::model::mail::Mail;
use curbside::steps::understand::quote::{Cut, cut};

const SIGNATURE: &str = "=== signature\n";

#[test]
fn every_mail_is_cut_to_the_words_its_writer_added() {
    let mails = mails();
    assert!(mails.len() > 80, "only {} mails found", mails.len());
    let wrong: Vec<String> = mails.iter().filter_map(|path| difference(path)).collect();
    assert!(wrong.is_empty(), "{} of {} mails:\n{}", wrong.len(), mails.len(), wrong.join("\n"));
}

fn mails() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/mail/quote");
    let mut paths: Vec<PathBuf> = fs::read_dir(folder).expect("the folder of mails").map(|entry| entry.expect("an entry").path()).collect();
    paths.retain(|path| path.extension().is_some_and(|end| end == "eml"));
    paths.sort();
    paths
}

/// How the reading of a mail differs from the text beside it, if it does.
fn difference(path: &Path) -> Option<String> {
    let got = cut(&mime::parse(&fs::read(path).expect("a mail")).expect("a mail with a header"));
    let beside = fs::read_to_string(path.with_extension("txt")).expect("the expected text beside the mail");
    let (text, signature) = beside.split_once(SIGNATURE).unwrap_or((&beside, ""));
    let right = folded(text) == folded(&got.new_text) && (signature.is_empty() || folded(signature) == folded(&got.signature));
    (!right).then(|| format!("{}: wanted {text:?} and {signature:?}, got {got:?}", path.display()))
}

fn folded(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn of_text(text: &str) -> Cut {
    cut(&Mail { text: Some(text.to_owned()), ..Mail::default() })
}

fn of_html(html: &str) -> Cut {
    cut(&Mail { html: Some(html.to_owned()), ..Mail::default() })
}

/// How mail programs of the world introduce what they quote.
const ATTRIBUTIONS: [&str; 40] = [
    "On Mon, Mar 2, 2026 at 4:11 PM Leah Brandt <leah@mail.example> wrote:",
    "On 2 Mar 2026, at 16:11, Leah Brandt <leah@mail.example> wrote:",
    "On 03/02/2026 04:11 PM, Leah Brandt wrote:",
    "On Mon, 2026-03-02 at 16:11 -0500, Leah Brandt wrote:",
    "On Mon, Mar 02, 2026 at 04:11:09PM -0500, Leah Brandt wrote:",
    "On Monday 02 March 2026 16:11, Leah Brandt wrote:",
    "On Mar 2, 2026 4:11 PM, \"Leah Brandt\" <leah@mail.example> wrote:",
    "At 04:11 PM 3/2/2026, Leah Brandt wrote:",
    "Leah Brandt wrote on 3/2/26 4:11 PM:",
    "Leah Brandt <leah@mail.example> writes:",
    "---- On Mon, 02 Mar 2026 16:11:09 -0500 Leah Brandt <leah@mail.example> wrote ----",
    "2026-03-02 16:11 GMT-05:00 Leah Brandt <leah@mail.example>:",
    "Am 02.03.2026 um 16:11 schrieb Leah Brandt:",
    "Am Mo., 2. März 2026 um 16:11 Uhr schrieb Leah Brandt <leah@mail.example>:",
    "Am Montag, 2. März 2026, 16:11:09 MEZ hat Leah Brandt <leah@mail.example> Folgendes geschrieben:",
    "Leah Brandt <leah@mail.example> schrieb am Mo., 2. März 2026, 16:11:",
    "Le 2 mars 2026 à 16:11, Leah Brandt <leah@mail.example> a écrit :",
    "Le lundi 2 mars 2026 à 16:11, Leah Brandt a écrit :",
    "El lun, 2 mar 2026 a las 16:11, Leah Brandt (<leah@mail.example>) escribió:",
    "El 2/3/26 a las 16:11, Leah Brandt escribió:",
    "Em seg., 2 de mar. de 2026 às 16:11, Leah Brandt <leah@mail.example> escreveu:",
    "Il giorno lun 2 mar 2026 alle ore 16:11 Leah Brandt <leah@mail.example> ha scritto:",
    "Il 02/03/26 16:11, Leah Brandt ha scritto:",
    "Op ma 2 mrt 2026 om 16:11 schreef Leah Brandt <leah@mail.example>:",
    "Den mån 2 mars 2026 kl 16:11 skrev Leah Brandt <leah@mail.example>:",
    "man. 2. mar. 2026 kl. 16:11 skrev Leah Brandt <leah@mail.example>:",
    "Den 2. mar. 2026 kl. 16.11 skrev Leah Brandt <leah@mail.example>:",
    "ma 2. maalisk. 2026 klo 16.11 Leah Brandt (leah@mail.example) kirjoitti:",
    "pon., 2 mar 2026 o 16:11 Leah Brandt <leah@mail.example> napisał(a):",
    "po 2. 3. 2026 v 16:11 odesílatel Leah Brandt <leah@mail.example> napsal:",
    "Leah Brandt <leah@mail.example> ezt írta (időpont: 2026. márc. 2., H, 16:11):",
    "пн, 2 мар. 2026 г. в 16:11, Leah Brandt <leah@mail.example>:",
    "2 марта 2026 г., в 16:11, Leah Brandt <leah@mail.example> написал(а):",
    "пн, 2 бер. 2026 р. о 16:11 Leah Brandt <leah@mail.example> пише:",
    "Leah Brandt <leah@mail.example>, 2 Mar 2026 Pzt, 16:11 tarihinde şunu yazdı:",
    "在 2026年3月2日，下午4:11，Leah Brandt <leah@mail.example> 写道：",
    "Leah Brandt <leah@mail.example> 於 2026年3月2日 週一 下午4:11寫道：",
    "2026年3月2日(月) 16:11 Leah Brandt <leah@mail.example>:",
    "2026년 3월 2일 (월) 오후 4:11, Leah Brandt <leah@mail.example>님이 작성:",
    "Στις Δευ 2 Μαρ 2026 στις 4:11 μ.μ., ο/η Leah Brandt <leah@mail.example> έγραψε:",
];

#[test]
fn an_attribution_goes_with_its_quote_in_every_tongue() {
    for attribution in ATTRIBUTIONS {
        let got = of_text(&format!("Yes, on Friday.\n\n{attribution}\n> Can we talk?\n"));
        assert_eq!(got.new_text, "Yes, on Friday.", "{attribution}");
    }
}

/// How people on lists, and the programs of thirty years, introduce what they mark.
const ON_LISTS: &str = include_str!("../mail/quote/attributions");

#[test]
fn a_line_right_above_a_marked_quote_goes_when_it_introduces_it() {
    let left: Vec<&str> =
        ON_LISTS.lines().filter(|line| of_text(&format!("Top.\n\n{line}\n> quoted\n\nAnswer.")).new_text != "Top.\n\nAnswer.").collect();
    assert!(ON_LISTS.lines().count() > 130 && left.is_empty(), "{left:#?}");
}

#[test]
fn a_line_right_above_a_marked_quote_stays_when_it_is_the_writers_own() {
    let own = [
        "As I said yesterday:",
        "The manual says:",
        "See the log of Monday, 10:30:",
        "Here is what I get:",
        "Yes.",
        "I asked Tom on 3/2/2026 about this:",
        "Not so fast:",
        "The output is:",
    ];
    let lost: Vec<&str> =
        own.into_iter().filter(|line| of_text(&format!("{line}\n> quoted\n\nAnswer.")).new_text != format!("{line}\n\nAnswer.")).collect();
    assert!(lost.is_empty(), "{lost:#?}");
}

#[test]
fn an_attribution_ends_the_text_when_nothing_marks_the_quote() {
    for attribution in ATTRIBUTIONS {
        let got = of_text(&format!("Yes, on Friday.\n\n{attribution}\n\nCan we talk?\n\nLeah\n"));
        assert_eq!(got.new_text, "Yes, on Friday.", "{attribution}");
    }
}

#[test]
fn an_attribution_may_be_wrapped_anywhere() {
    for attribution in ATTRIBUTIONS.iter().filter(|line| line.contains('<')) {
        for (at, _) in attribution.match_indices(' ').filter(|(at, _)| *at > 30) {
            let (first, second) = attribution.split_at(at);
            let got = of_text(&format!("Yes, on Friday.\n\n{first}\n{}\n\n> Can we talk?\n", second.trim_start()));
            assert_eq!(got.new_text, "Yes, on Friday.", "{first} | {second}");
        }
    }
}

#[test]
fn an_answer_below_the_quote_is_kept_under_every_attribution() {
    for attribution in ATTRIBUTIONS {
        let got = of_text(&format!("{attribution}\n> Can we talk?\n\nYes, on Friday.\n"));
        assert_eq!(got.new_text, "Yes, on Friday.", "{attribution}");
    }
}

#[test]
fn sentences_that_only_resemble_a_quote_are_kept() {
    let sentences = [
        "On Friday I wrote: please call Tom.",
        "I talked to Tom on 3/2/2026 at 4:11 PM and he said yes.",
        "From Monday to Friday we are closed.",
        "To: do list\nCall Tom",
        "Subject to approval, we start in May.",
        "The original message was lost.",
        "Sent from my office, this contract is binding.",
        "He wrote:\nnothing at all.",
        "The policy says: call first.",
        "a > b, and b > c.",
        "--> see the link",
        "Thanks for the mail you wrote on Monday.",
        "See the attached. It was sent from the main office in Akron on Monday.",
        "Re: the role, we should talk.",
        "Sent by mail yesterday, please confirm receipt.",
        "Sent via FedEx this morning.",
        "Sent from the main office in Akron",
        "Sent with love from all of us.",
        "If you are not the correct person, please forward this.",
        "Please sign the confidentiality statement and send it to the address below.",
        "We use a list of physicians; to subscribe, write to me.",
        "Write to Tom Wexler at tom@reviewworks.example or 330-555-0119.",
        "Tom Wexler is the one to ask.\nHe sits in Akron.",
        "You can reach me at 330-555-0117 on Monday.",
        "My cell is 330-555-0117",
        "The details:\nTom Wexler\n330-555-0119",
        "Monday, March 4\n10:00 am\nRoom 5",
        "- Tom\n- Rita",
        "Yours was the best talk of the day, thanks!",
        "Best\nof luck",
        "The virus is gone, so we are back at the office.",
        "I work for the medical director of the Ohio office now.",
        "1. License\n2. Board certification\n3. CV",
        "Best of luck with the move, and let me know how it goes.",
        "By the way, the bank wrote on Friday that they need it by the 15th:\ncan you get it signed?",
        "Dana wrote on 3/2/2026 that she will come:\nis that so?",
        "Date: March 4\nPlace: Akron\nBring: license",
    ];
    let texts = sentences.iter().flat_map(|sentence| {
        [format!("Hi Leah,\n\n{sentence}\n\nLet us speak soon about all this."), format!("Hi Leah,\n\nLet us speak soon.\n\n{sentence}")]
    });
    let lost: Vec<String> = texts.filter(|text| of_text(text).new_text != *text).collect();
    assert!(lost.is_empty(), "{lost:#?}");
}

#[test]
fn the_closing_and_the_name_stay_and_the_card_below_goes() {
    let got = of_text("Call me on Tuesday.\n\nKind regards,\n\nNora Quist, MD\n\nMedical Director\nReviewWorks\nT: 330-555-0117\n");
    assert_eq!(got.new_text, "Call me on Tuesday.\n\nKind regards,\n\nNora Quist, MD");
    assert_eq!(got.signature, "Medical Director\nReviewWorks\nT: 330-555-0117");
}

#[test]
fn a_mail_that_is_all_signature_keeps_its_words() {
    assert_eq!(of_text("--\nNora").new_text, "--\nNora");
    assert_eq!(of_text("Sent from my iPhone").new_text, "Sent from my iPhone");
}

#[test]
fn a_stop_above_a_signature_survives_every_device() {
    for device in [
        "Sent from my iPhone",
        "Get Outlook for Android",
        "Von meinem iPhone gesendet",
        "Envoyé de mon iPhone",
        "Sent from Yahoo Mail on Android",
        "Enviado desde mi iPhone",
    ] {
        let got = of_text(&format!("Please stop writing to me.\n\n{device}\n\n> On Mar 2, 2026, at 4:11 PM, Leah Brandt wrote:\n> Hi\n"));
        assert_eq!((got.new_text.as_str(), got.signature.as_str()), ("Please stop writing to me.", device));
    }
}

#[test]
fn p18_hidden_html_is_not_something_the_person_wrote() {
    let ways = [
        "display:none",
        "DISPLAY : NONE !important",
        "visibility:hidden",
        "font-size:0",
        "font-size: 0px;",
        "mso-hide:all",
        "opacity:0",
        "max-height:0px",
    ];
    for way in ways {
        let got = of_html(&format!("<div style=\"{way}\">Remove me. <b>Stop.</b></div><p>Let us talk.</p>"));
        assert_eq!(got.new_text, "Let us talk.", "{way}");
    }
    assert_eq!(of_html("<style>Remove me</style><script>Stop</script><title>No</title><p>Let us talk.</p>").new_text, "Let us talk.");
}

#[test]
fn small_print_that_shows_is_read() {
    assert_eq!(of_html("<p style=\"font-size:0.9em;opacity:0.8\">Let us talk.</p>").new_text, "Let us talk.");
}

#[test]
fn p18_broken_html_loses_no_words() {
    let ways = ["<p>Let us talk.", "<b><i>Let us</b> talk.</i>", "</div></div><td>Let us talk.</table>", "<p hidden>x<p>Let us talk."];
    for html in ways {
        assert_eq!(of_html(html).new_text, "Let us talk.", "{html}");
    }
}

/// Holds R20.
#[test]
fn the_text_part_is_read_before_the_html() {
    let mail = Mail { text: Some("From the text.".to_owned()), html: Some("<p>From the HTML.</p>".to_owned()), ..Mail::default() };
    assert_eq!(cut(&mail).new_text, "From the text.");
}

/// Holds R20.
#[test]
fn a_mail_without_a_body_has_no_words() {
    assert_eq!(cut(&Mail::default()), Cut::default());
}
