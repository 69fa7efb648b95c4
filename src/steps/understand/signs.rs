//! The tables by which automatic mail is told, read once from `data/`.

use std::collections::BTreeMap;
use std::sync::{LazyLock, OnceLock};

use regex::bytes::{RegexSet, RegexSetBuilder};
use serde::Deserialize;

/// Characters of a text that are folded and looked at for phrases.
pub(super) const MOST_FOLDED: usize = 6_000;

/// A list of patterns, matched against folded text; compiled when first asked.
pub(super) struct Phrases {
    patterns: Vec<String>,
    set: OnceLock<RegexSet>,
}

impl Phrases {
    fn new(patterns: &[String]) -> Self {
        Self { patterns: patterns.to_vec(), set: OnceLock::new() }
    }

    /// Byte patterns: the tables use bounded gaps freely, and Unicode gaps would cost megabytes.
    fn set(&self) -> &RegexSet {
        let build = || RegexSetBuilder::new(&self.patterns).unicode(false).size_limit(64 << 20).build();
        self.set.get_or_init(|| build().unwrap_or_else(|_| RegexSet::empty()))
    }

    /// True when any pattern is in the folded text.
    pub(super) fn hit(&self, folded: &str) -> bool {
        self.set().is_match(folded.as_bytes())
    }

    /// How many patterns of the list are in the folded text.
    pub(super) fn count(&self, folded: &str) -> usize {
        self.set().matches(folded.as_bytes()).iter().count()
    }

    /// Index of the first pattern of the list that is in the folded text.
    pub(super) fn first(&self, folded: &str) -> Option<usize> {
        self.set().matches(folded.as_bytes()).iter().next()
    }
}

/// Signs of automatic mail other than delivery reports.
pub(super) struct Signs {
    pub(super) auto_headers: Vec<String>,
    pub(super) auto_values: Vec<(String, Phrases)>,
    pub(super) weak_headers: Vec<String>,
    pub(super) auto_subjects: Phrases,
    pub(super) absent: Phrases,
    pub(super) declares: Phrases,
    pub(super) formal: Phrases,
    pub(super) back: Phrases,
    pub(super) cover: Phrases,
    pub(super) thanks: Phrases,
    pub(super) receipts: Phrases,
    pub(super) receipt_subjects: Phrases,
    pub(super) challenges: Phrases,
    pub(super) challenge_subjects: Phrases,
    pub(super) left: Phrases,
    pub(super) not_left: Phrases,
    pub(super) human: Phrases,
    pub(super) asks: Phrases,
    pub(super) trade: Phrases,
    pub(super) greeting: Phrases,
    pub(super) nameless: Phrases,
    /// Addresses and domains that send job alerts.
    pub(super) job_alerts: Vec<&'static str>,
    /// Addresses and domains of job boards behind which a person writes.
    pub(super) people_behind: Vec<&'static str>,
    pub(super) job_subjects: Phrases,
    pub(super) bulk_subjects: Phrases,
    pub(super) bulk_headers: Vec<String>,
    pub(super) no_reply: Phrases,
    pub(super) bulk_texts: Phrases,
    pub(super) scams: Phrases,
    pub(super) invite_subjects: Phrases,
}

/// Signs and readings of delivery reports.
pub(super) struct ReportSigns {
    pub(super) subjects: Phrases,
    pub(super) complaints: Phrases,
    pub(super) arrived: Phrases,
    pub(super) read: Phrases,
    pub(super) read_texts: Phrases,
    pub(super) openings: Phrases,
    pub(super) returned: Phrases,
    pub(super) lists: Phrases,
    pub(super) stages: Vec<(String, Vec<String>)>,
    pub(super) temporary: Phrases,
    pub(super) tries_on: Phrases,
    pub(super) gave_up: Phrases,
    pub(super) daemons: Phrases,
    pub(super) daemon_names: Phrases,
    pub(super) reasons: Vec<Reason>,
    /// Word of the reason of each pattern, in the order of `reason_texts`.
    pub(super) reason_of: Vec<usize>,
    pub(super) reason_texts: Phrases,
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
pub(super) static SIGNS: LazyLock<Signs> = LazyLock::new(|| {
    let file: AutomaticFile = toml::from_str(include_str!("../../../data/automatic.toml")).unwrap_or_default();
    file.into()
});

/// The tables of `data/bounce.toml`.
pub(super) static REPORTS: LazyLock<ReportSigns> = LazyLock::new(|| {
    let file: BounceFile = toml::from_str(include_str!("../../../data/bounce.toml")).unwrap_or_default();
    file.into()
});

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

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct AutomaticFile {
    auto_reply: AutoReplyTable,
    bulk: BulkTable,
    invite: InviteTable,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct AutoReplyTable {
    headers: Vec<String>,
    header_values: Vec<(String, String)>,
    weak_headers: Vec<String>,
    subjects: Vec<String>,
    absent: Vec<String>,
    declares: Vec<String>,
    formal: String,
    back: Vec<String>,
    cover: Vec<String>,
    thanks: Vec<String>,
    receipts: Vec<String>,
    receipt_subjects: Vec<String>,
    challenges: Vec<String>,
    challenge_subjects: Vec<String>,
    left: Vec<String>,
    not_left: Vec<String>,
    human: Vec<String>,
    asks: String,
    trade: Vec<String>,
    greeting: String,
    nameless: String,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct BulkTable {
    job_subjects: Vec<String>,
    subjects: Vec<String>,
    headers: Vec<String>,
    no_reply: Vec<String>,
    texts: Vec<String>,
    scams: Vec<String>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct InviteTable {
    subjects: Vec<String>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct BounceFile {
    subjects: Vec<String>,
    complaints: Vec<String>,
    arrived: Vec<String>,
    read: Vec<String>,
    read_texts: Vec<String>,
    openings: Vec<String>,
    returned: Vec<String>,
    lists: Vec<String>,
    stages: Vec<(String, Vec<String>)>,
    temporary: Vec<String>,
    tries_on: Vec<String>,
    gave_up: Vec<String>,
    daemons: Vec<String>,
    daemon_names: Vec<String>,
    reason: Vec<ReasonTable>,
    status: BTreeMap<String, String>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct ReasonTable {
    word: String,
    #[serde(default)]
    hard: bool,
    #[serde(default)]
    sure: bool,
    text: Vec<String>,
}

impl From<AutomaticFile> for Signs {
    fn from(file: AutomaticFile) -> Self {
        let AutomaticFile { auto_reply: auto, bulk, invite } = file;
        let whole_word: Vec<String> = bulk.no_reply.iter().map(|word| format!("^({word})$")).collect();
        Self {
            auto_headers: auto.headers,
            auto_values: auto.header_values.into_iter().map(|(name, value)| (name, Phrases::new(&[value]))).collect(),
            weak_headers: auto.weak_headers,
            auto_subjects: Phrases::new(&auto.subjects),
            absent: Phrases::new(&auto.absent),
            declares: Phrases::new(&auto.declares),
            formal: Phrases::new(&[auto.formal]),
            back: Phrases::new(&auto.back),
            cover: Phrases::new(&auto.cover),
            thanks: Phrases::new(&auto.thanks),
            receipts: Phrases::new(&auto.receipts),
            receipt_subjects: Phrases::new(&auto.receipt_subjects),
            challenges: Phrases::new(&auto.challenges),
            challenge_subjects: Phrases::new(&auto.challenge_subjects),
            left: Phrases::new(&auto.left),
            not_left: Phrases::new(&auto.not_left),
            human: Phrases::new(&auto.human),
            asks: Phrases::new(&[auto.asks]),
            trade: Phrases::new(&auto.trade),
            greeting: Phrases::new(&[auto.greeting]),
            nameless: Phrases::new(&[auto.nameless]),
            job_alerts: board_rows(&["sender", "sender_domain"]),
            people_behind: board_rows(&["person_behind"]),
            job_subjects: Phrases::new(&bulk.job_subjects),
            bulk_subjects: Phrases::new(&bulk.subjects),
            bulk_headers: bulk.headers,
            no_reply: Phrases::new(&whole_word),
            bulk_texts: Phrases::new(&bulk.texts),
            scams: Phrases::new(&bulk.scams),
            invite_subjects: Phrases::new(&invite.subjects),
        }
    }
}

impl From<BounceFile> for ReportSigns {
    fn from(file: BounceFile) -> Self {
        let reason_of = file.reason.iter().enumerate().flat_map(|(index, reason)| vec![index; reason.text.len()]).collect();
        let texts: Vec<String> = file.reason.iter().flat_map(|reason| reason.text.clone()).collect();
        Self {
            subjects: Phrases::new(&file.subjects),
            complaints: Phrases::new(&file.complaints),
            arrived: Phrases::new(&file.arrived),
            read: Phrases::new(&file.read),
            read_texts: Phrases::new(&file.read_texts),
            openings: Phrases::new(&file.openings),
            returned: Phrases::new(&file.returned),
            lists: Phrases::new(&file.lists),
            stages: file.stages,
            temporary: Phrases::new(&file.temporary),
            tries_on: Phrases::new(&file.tries_on),
            gave_up: Phrases::new(&file.gave_up),
            daemons: Phrases::new(&file.daemons),
            daemon_names: Phrases::new(&file.daemon_names),
            reasons: file.reason.into_iter().map(|reason| Reason { word: reason.word, hard: reason.hard, sure: reason.sure }).collect(),
            reason_of,
            reason_texts: Phrases::new(&texts),
            status: file.status,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tables_can_be_read() {
        let automatic: Result<AutomaticFile, _> = toml::from_str(include_str!("../../../data/automatic.toml"));
        assert!(automatic.is_ok(), "data/automatic.toml: {:?}", automatic.err());
        let bounce: Result<BounceFile, _> = toml::from_str(include_str!("../../../data/bounce.toml"));
        assert!(bounce.is_ok(), "data/bounce.toml: {:?}", bounce.err());
    }

    /// Every text of a table, however deep.
    fn texts(value: &toml::Value, found: &mut Vec<String>) {
        match value {
            toml::Value::String(text) => found.push(text.clone()),
            toml::Value::Array(list) => list.iter().for_each(|value| texts(value, found)),
            toml::Value::Table(table) => table.values().for_each(|value| texts(value, found)),
            _ => {}
        }
    }

    #[test]
    fn every_pattern_of_the_tables_is_one() {
        for file in [include_str!("../../../data/automatic.toml"), include_str!("../../../data/bounce.toml")] {
            let mut found = Vec::new();
            texts(&toml::from_str(file).expect("a table"), &mut found);
            assert!(found.iter().all(|text| !text.contains(char::is_control)), "an escape that the table's quotes took for their own");
            let wrong: Vec<&String> = found
                .iter()
                .filter(|text| !text.starts_with('[') && RegexSetBuilder::new([text]).unicode(false).build().is_err())
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
