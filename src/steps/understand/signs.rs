//! The tables by which automatic mail is told, read once from `data/`.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use super::super::book::Book;
use super::patterns::{Patterns, Script};

/// Characters of a text that are folded and looked at for phrases.
pub(super) const MOST_FOLDED: usize = 6_000;

/// Patterns over folded text. They are of bytes: the tables use bounded gaps freely, and gaps of letters would cost megabytes.
fn phrases(patterns: Vec<String>) -> Patterns {
    Patterns::new(Script::Folded, patterns)
}

/// Signs of automatic mail other than delivery reports.
pub(super) struct Signs {
    pub(super) auto_headers: Vec<String>,
    pub(super) auto_values: Vec<(String, Patterns)>,
    pub(super) weak_headers: Vec<String>,
    pub(super) auto_subjects: Patterns,
    pub(super) free_subjects: Patterns,
    pub(super) absent: Patterns,
    pub(super) declares: Patterns,
    pub(super) formal: Patterns,
    pub(super) back: Patterns,
    pub(super) cover: Patterns,
    pub(super) thanks: Patterns,
    pub(super) receipts: Patterns,
    pub(super) receipt_subjects: Patterns,
    pub(super) challenges: Patterns,
    pub(super) challenge_subjects: Patterns,
    pub(super) left: Patterns,
    pub(super) not_left: Patterns,
    pub(super) human: Patterns,
    pub(super) asks: Patterns,
    pub(super) trade: Patterns,
    pub(super) greeting: Patterns,
    pub(super) nameless: Patterns,
    /// Addresses and domains that send job alerts.
    pub(super) job_alerts: Vec<&'static str>,
    /// Addresses and domains of job boards behind which a person writes.
    pub(super) people_behind: Vec<&'static str>,
    pub(super) job_subjects: Patterns,
    pub(super) bulk_subjects: Patterns,
    pub(super) bulk_headers: Vec<String>,
    pub(super) no_reply: Patterns,
    pub(super) bulk_texts: Patterns,
    pub(super) scams: Patterns,
    pub(super) invite_subjects: Patterns,
}

/// Signs and readings of delivery reports.
pub(super) struct ReportSigns {
    pub(super) subjects: Patterns,
    pub(super) complaints: Patterns,
    pub(super) arrived: Patterns,
    pub(super) read: Patterns,
    pub(super) read_texts: Patterns,
    pub(super) openings: Patterns,
    pub(super) returned: Patterns,
    pub(super) lists: Patterns,
    pub(super) stages: Vec<(String, Vec<String>)>,
    pub(super) temporary: Patterns,
    pub(super) tries_on: Patterns,
    pub(super) gave_up: Patterns,
    pub(super) daemons: Patterns,
    pub(super) daemon_names: Patterns,
    pub(super) reasons: Vec<Reason>,
    /// Word of the reason of each pattern, in the order of `reason_texts`.
    pub(super) reason_of: Vec<usize>,
    pub(super) reason_texts: Patterns,
    pub(super) status: BTreeMap<String, String>,
}

/// One reason a mail does not arrive.
#[derive(Debug, Clone)]
pub(super) struct Reason {
    pub(super) word: String,
    pub(super) hard: bool,
    /// The words name the address itself: they hold at whatever step they were said.
    pub(super) sure: bool,
}

/// The tables of `data/automatic.toml`.
pub(super) static SIGNS: LazyLock<Signs> =
    LazyLock::new(|| Signs::read(Book::open("automatic.toml", include_str!("../../../data/automatic.toml"))));

/// The tables of `data/bounce.toml`.
pub(super) static REPORTS: LazyLock<ReportSigns> =
    LazyLock::new(|| ReportSigns::read(Book::open("bounce.toml", include_str!("../../../data/bounce.toml"))));

/// Lower case, white space squeezed, typographic apostrophes made plain; the first [`MOST_FOLDED`] characters.
pub(super) fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len().min(MOST_FOLDED) + 8);
    let mut gap = false;
    for c in text.chars().take(MOST_FOLDED) {
        if c.is_whitespace() || c.is_control() {
            gap = !folded.is_empty();
            continue;
        }
        if std::mem::take(&mut gap) {
            folded.push(' ');
        }
        match c {
            '’' | '‘' | 'ʼ' | '`' => folded.push('\''),
            _ => folded.extend(c.to_lowercase()),
        }
    }
    folded
}

/// The patterns of some kinds in `data/job-alerts.csv` (board, kind, pattern, source).
fn board_rows(kinds: &[&str]) -> Vec<&'static str> {
    let rows = include_str!("../../../data/job-alerts.csv").lines().skip(1).map(|row| row.splitn(4, ','));
    rows.filter_map(|mut row| row.nth(1).zip(row.next())).filter(|(kind, _)| kinds.contains(kind)).map(|(_, pattern)| pattern).collect()
}

impl Signs {
    fn read(mut book: Book) -> Self {
        let (mut auto, mut bulk, mut invite) = (book.part("auto_reply"), book.part("bulk"), book.part("invite"));
        let no_reply: Vec<String> = bulk.texts("no_reply").iter().map(|word| format!("^({word})$")).collect();
        let values = auto.pairs("header_values").into_iter().map(|(name, values)| (name, phrases(values)));
        let signs = Self {
            auto_values: values.collect(),
            auto_headers: auto.texts("headers"),
            weak_headers: auto.texts("weak_headers"),
            auto_subjects: phrases(auto.texts("subjects")),
            free_subjects: phrases(auto.texts("free_subjects")),
            absent: phrases(auto.texts("absent")),
            declares: phrases(auto.texts("declares")),
            formal: phrases(auto.texts("formal")),
            back: phrases(auto.texts("back")),
            cover: phrases(auto.texts("cover")),
            thanks: phrases(auto.texts("thanks")),
            receipts: phrases(auto.texts("receipts")),
            receipt_subjects: phrases(auto.texts("receipt_subjects")),
            challenges: phrases(auto.texts("challenges")),
            challenge_subjects: phrases(auto.texts("challenge_subjects")),
            left: phrases(auto.texts("left")),
            not_left: phrases(auto.texts("not_left")),
            human: phrases(auto.texts("human")),
            asks: phrases(auto.texts("asks")),
            trade: phrases(auto.texts("trade")),
            greeting: phrases(auto.texts("greeting")),
            nameless: phrases(auto.texts("nameless")),
            job_alerts: board_rows(&["sender", "sender_domain"]),
            people_behind: board_rows(&["person_behind"]),
            job_subjects: phrases(bulk.texts("job_subjects")),
            bulk_subjects: phrases(bulk.texts("subjects")),
            bulk_headers: bulk.texts("headers"),
            no_reply: phrases(no_reply),
            bulk_texts: phrases(bulk.texts("texts")),
            scams: phrases(bulk.texts("scams")),
            invite_subjects: phrases(invite.texts("subjects")),
        };
        [book, auto, bulk, invite].into_iter().for_each(Book::close);
        signs
    }
}

impl ReportSigns {
    fn read(mut book: Book) -> Self {
        let (mut reasons, mut reason_of, mut texts) = (Vec::new(), Vec::new(), Vec::new());
        for mut part in book.parts("reason") {
            let words = part.texts("text");
            reason_of.extend(std::iter::repeat_n(reasons.len(), words.len()));
            texts.extend(words);
            reasons.push(Reason { word: part.text("word").unwrap_or_default(), hard: part.flag("hard"), sure: part.flag("sure") });
            part.close();
        }
        let mut table = |key: &str| phrases(book.texts(key));
        let signs = Self {
            subjects: table("subjects"),
            complaints: table("complaints"),
            arrived: table("arrived"),
            read: table("read"),
            read_texts: table("read_texts"),
            openings: table("openings"),
            returned: table("returned"),
            lists: table("lists"),
            temporary: table("temporary"),
            tries_on: table("tries_on"),
            gave_up: table("gave_up"),
            daemons: table("daemons"),
            daemon_names: table("daemon_names"),
            stages: book.pairs("stages"),
            reasons,
            reason_of,
            reason_texts: phrases(texts),
            status: book.part("status").rest().into_iter().filter_map(|(status, mut word)| Some((status, word.pop()?))).collect(),
        };
        book.close();
        signs
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::book::every_text;
    use super::*;

    #[test]
    fn every_pattern_of_the_tables_is_one() {
        for file in [include_str!("../../../data/automatic.toml"), include_str!("../../../data/bounce.toml")] {
            let found = every_text(file);
            assert!(found.iter().all(|text| !text.contains(char::is_control)), "an escape that the table's quotes took for their own");
            let wrong: Vec<&String> = found
                .iter()
                .filter(|text| !text.starts_with('[') && regex::bytes::RegexBuilder::new(text).unicode(false).build().is_err())
                .collect();
            assert!(wrong.is_empty(), "{wrong:?}");
        }
        assert!(REPORTS.subjects.hit("undeliverable: hello") && REPORTS.reason_texts.hit("user unknown"));
        assert!(
            SIGNS.auto_subjects.hit("automatic reply: hello")
                && SIGNS.scams.hit("next of kin")
                && SIGNS.absent.hit("i am out of the office")
        );
    }

    #[test]
    fn folding_makes_wrapped_lines_one() {
        assert_eq!(fold(" I’m\r\n  OUT of\tthe office "), "i'm out of the office");
    }
}
