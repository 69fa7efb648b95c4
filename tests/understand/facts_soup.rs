//! Any soup of the words that facts are made of is read without harm, and what it says lies ahead.

use curbside::model::address::{Address, Mailbox};
use curbside::model::reading::Outcome;
use curbside::steps::understand::facts::{Sense, back_on, facts, people};
use jiff::{Timestamp, tz};
use proptest::prelude::*;

const WORDS: &str = "check back after before until through by on in at from since within once when the a an of next this last coming following every \
    january Jan May march feb. September december Monday tues wed. Fri Sundays 1 2 3 5 12 13 29 30 31 32 99 100 2026 2027 10000 0 00 1st 2nd 31st 4th \
    first second fourth last half week weeks day days month months quarter year years fiscal Q1 q2 H1 EOM weekend mid early late end start rest \
    / - . , : ; ( ) ' ’ @ # & + ~ ? ! \n \n\n one two couple few several ago from now later out time today tomorrow yesterday holidays thanksgiving easter \
    open enrollment AEP new summer spring fall is over ends not don't no nothing rather than actually make that then call talk ping me send you \
    3pm 10:30a noon half past quarter to between and or ET CT Pacific time central morning afternoon same mine your my a.m. p m h \
    Tom Wexler Dr. Ana de la Cruz MD Hi Leah contact runs tw@plan.example a@b @ [at] (at) dot com 555-0142 (312) 555-0147 \
    R-10234 req job id # 4471 medical director reviewer opening https://x.example/jobs/1 www.x.example é 日本 ß";

fn soup() -> impl Strategy<Value = String> {
    let words: Vec<&str> = WORDS.split(' ').filter(|word| !word.is_empty()).collect();
    let glue = prop::sample::select(vec![" ", " ", " ", "", "\n", ", "]);
    prop::collection::vec((prop::sample::select(words), glue), 0..60)
        .prop_map(|pairs| pairs.into_iter().flat_map(|(word, glue)| [word, glue]).collect())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn no_soup_of_words_does_harm_or_looks_back(text in soup(), day in 0_i64..3000, hours in -11_i8..13, outcome in 0_usize..11) {
        let at = Timestamp::from_second(1_700_000_000 + day * 86_400).expect("a time of this century");
        let anchor = at.to_zoned(tz::offset(hours).to_time_zone());
        let writer = Mailbox::parse("Tom Wexler <tw@plan.example>").expect("a mailbox");
        let me = [Address::parse("leah.brandt@mail.example").expect("an address")];
        let cc = [Mailbox::parse("Ana Ruiz <ana@plan.example>").expect("a mailbox")];
        let sense = Sense { text: &text, signature: "Tom", subject: "Re: hello", anchor: anchor.clone(), writer: Some(&writer), cc: &cc, me: &me };
        let got = facts(&sense, &[Outcome::ALL[outcome], Outcome::Call]);
        prop_assert!(got.follow_up_on.is_none_or(|date| date > anchor.date()));
        prop_assert!(back_on(&text, &anchor).is_none_or(|date| date > anchor.date()));
        prop_assert!(people(&text).len() <= 40);
        prop_assert!(got.people.iter().all(|person| person.email.as_deref() != Some("tw@plan.example")));
    }

    #[test]
    fn no_text_at_all_does_harm(text in "\\PC{0,300}") {
        let anchor = Timestamp::from_second(1_800_000_000).expect("a time").to_zoned(tz::TimeZone::UTC);
        let sense = Sense { text: &text, signature: "", subject: "", anchor: anchor.clone(), writer: None, cc: &[], me: &[] };
        let got = facts(&sense, &[Outcome::NotNow]);
        prop_assert!(got.follow_up_on.is_none_or(|date| date > anchor.date()));
        let _ = back_on(&text, &anchor);
    }
}
