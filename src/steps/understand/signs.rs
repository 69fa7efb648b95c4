//! The tables by which automatic mail is told, read once from `data/`.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

use super::patterns::{Patterns, Script};

/// Characters of a text that are folded and looked at for phrases.
pub(super) const MOST_FOLDED: usize = 6_000;

/// Patterns over folded text. They are of bytes: the tables use bounded gaps freely, and gaps of letters would cost megabytes.
fn phrases(patterns: &[String]) -> Patterns {
    Patterns::new(Script::Folded, patterns.iter().cloned())
}

/// Signs of automatic mail other than delivery reports.
pub(super) struct Signs {
    pub(super) auto_headers: Vec<String>,
    pub(super) auto_values: Vec<(String, Patterns)>,
    pub(super) weak_headers: Vec<String>,
    pub(super) auto_subjects: Patterns,
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
            auto_values: auto.header_values.into_iter().map(|(name, value)| (name, phrases(&[value]))).collect(),
            weak_headers: auto.weak_headers,
            auto_subjects: phrases(&auto.subjects),
            absent: phrases(&auto.absent),
            declares: phrases(&auto.declares),
            formal: phrases(&[auto.formal]),
            back: phrases(&auto.back),
            cover: phrases(&auto.cover),
            thanks: phrases(&auto.thanks),
            receipts: phrases(&auto.receipts),
            receipt_subjects: phrases(&auto.receipt_subjects),
            challenges: phrases(&auto.challenges),
            challenge_subjects: phrases(&auto.challenge_subjects),
            left: phrases(&auto.left),
            not_left: phrases(&auto.not_left),
            human: phrases(&auto.human),
            asks: phrases(&[auto.asks]),
            trade: phrases(&auto.trade),
            greeting: phrases(&[auto.greeting]),
            nameless: phrases(&[auto.nameless]),
            job_alerts: board_rows(&["sender", "sender_domain"]),
            people_behind: board_rows(&["person_behind"]),
            job_subjects: phrases(&bulk.job_subjects),
            bulk_subjects: phrases(&bulk.subjects),
            bulk_headers: bulk.headers,
            no_reply: phrases(&whole_word),
            bulk_texts: phrases(&bulk.texts),
            scams: phrases(&bulk.scams),
            invite_subjects: phrases(&invite.subjects),
        }
    }
}

impl From<BounceFile> for ReportSigns {
    fn from(file: BounceFile) -> Self {
        let reason_of = file.reason.iter().enumerate().flat_map(|(index, reason)| vec![index; reason.text.len()]).collect();
        let texts: Vec<String> = file.reason.iter().flat_map(|reason| reason.text.clone()).collect();
        Self {
            subjects: phrases(&file.subjects),
            complaints: phrases(&file.complaints),
            arrived: phrases(&file.arrived),
            read: phrases(&file.read),
            read_texts: phrases(&file.read_texts),
            openings: phrases(&file.openings),
            returned: phrases(&file.returned),
            lists: phrases(&file.lists),
            stages: file.stages,
            temporary: phrases(&file.temporary),
            tries_on: phrases(&file.tries_on),
            gave_up: phrases(&file.gave_up),
            daemons: phrases(&file.daemons),
            daemon_names: phrases(&file.daemon_names),
            reasons: file.reason.into_iter().map(|reason| Reason { word: reason.word, hard: reason.hard, sure: reason.sure }).collect(),
            reason_of,
            reason_texts: phrases(&texts),
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
