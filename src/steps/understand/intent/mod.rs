//! What a human mail means: sentence by sentence, by cues with their scope, from the new text only.

mod pattern;
mod shape;
mod table;
mod weigh;
mod words;

use std::sync::LazyLock;

use crate::model::reading::Finding;
use table::Table;

static TABLE: LazyLock<Table> = LazyLock::new(|| Table::read(include_str!("../../../../data/phrases.txt")));

/// What a human mail was taken to mean.
#[derive(Debug, Clone, PartialEq)]
pub struct Intent {
    /// The outcomes in force, most binding first; never empty. In doubt, `unclear` alone.
    pub findings: Vec<Finding>,
    /// 0 to 1, of the first finding.
    pub confidence: f64,
    /// The cues that hit, as the table has them.
    pub rules: Vec<String>,
}

/// Says what the writer wants. `new_text` is what the mail adds: quotes, signature and footers are cut.
#[must_use]
pub fn intend(new_text: &str, subject: &str) -> Intent {
    let mut sentences = words::sentences(new_text, &TABLE.spelling);
    let own_subject = !is_answer(subject);
    if own_subject {
        sentences.extend(words::sentences(subject, &TABLE.spelling));
    }
    weigh::weigh(&sentences, &TABLE)
}

/// True when the subject is the owner's, not the writer's own words.
fn is_answer(subject: &str) -> bool {
    subject
        .trim_start()
        .split_once(':')
        .is_some_and(|(mark, _)| matches!(mark.trim().to_lowercase().as_str(), "re" | "aw" | "sv" | "fw" | "fwd" | "antw" | "wg"))
}

/// What in the table of cues could not be read; empty in a sound program.
#[must_use]
pub fn complaints() -> &'static [String] {
    &TABLE.complaints
}
