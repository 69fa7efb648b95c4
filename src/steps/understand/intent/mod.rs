//! What a human mail means: sentence by sentence, by cues with their scope, from the new text only.

mod features;
mod judge;
pub mod model;
mod pattern;
mod shape;
mod table;
mod weigh;
mod words;

use std::sync::LazyLock;

use crate::model::reading::Finding;
use model::Model;
use table::Table;
use weigh::{Heard, Hit};
use words::Sentence;

static TABLE: LazyLock<Table> =
    LazyLock::new(|| Table::read(include_str!("../../../../data/phrases.txt"), include_str!("../../../../data/concepts.txt")));

static MODEL: LazyLock<Model> = LazyLock::new(|| Model::read(include_str!("../../../../data/intent-model.txt")));

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
    let read = Read::of(new_text, subject);
    let mut features: Vec<u64> = read.by_sentence.iter().flatten().copied().collect();
    features::of_mail(&read.sentences, &read.heard, &mut |parts| features.push(model::hash(parts)));
    features.sort_unstable();
    features.dedup();
    judge::judge(&read, &MODEL.likely(&features))
}

/// A mail as cues and features see it.
struct Read<'a> {
    sentences: Vec<Sentence>,
    hits: Vec<Hit<'a>>,
    heard: Vec<Heard>,
    by_sentence: Vec<Vec<u64>>,
}

impl Read<'_> {
    fn of(new_text: &str, subject: &str) -> Self {
        let mut sentences = words::sentences(new_text, &TABLE.habits);
        if !is_answer(subject) {
            sentences.extend(words::sentences(subject, &TABLE.habits));
        }
        sentences.retain(|sentence| !is_footer(sentence));
        let mut read = Self { sentences, hits: Vec::new(), heard: Vec::new(), by_sentence: Vec::new() };
        for (at, sentence) in read.sentences.iter().enumerate() {
            let view = TABLE.lexicon.view(sentence);
            let mut features = Vec::new();
            read.hits.extend(weigh::hits(at, sentence, &view, &TABLE));
            features::of_sentence(sentence, &view, &TABLE, &mut |parts| features.push(model::hash(parts)));
            read.by_sentence.push(features);
        }
        read.heard = weigh::heard(&read.hits, read.sentences.len());
        read
    }

    /// The sentence that speaks for an outcome most.
    fn speaker_for(&self, outcome: usize) -> usize {
        let speaks = |at: &usize| MODEL.speaks_for(outcome, &self.by_sentence[*at]);
        (0..self.by_sentence.len()).max_by(|a, b| speaks(a).total_cmp(&speaks(b))).unwrap_or_default()
    }
}

/// What the statistical reader sees of a mail, by name: its weights are learnt for these.
#[must_use]
pub fn features(new_text: &str, subject: &str) -> Vec<String> {
    let read = Read::of(new_text, subject);
    let name = |parts: [&str; 3]| parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ");
    let mut seen = Vec::new();
    features::of_mail(&read.sentences, &read.heard, &mut |parts| seen.push(name(parts)));
    for sentence in &read.sentences {
        features::of_sentence(sentence, &TABLE.lexicon.view(sentence), &TABLE, &mut |parts| seen.push(name(parts)));
    }
    seen.sort();
    seen.dedup();
    seen
}

/// True for a sentence that a machine put under the mail, "if you received this in error".
fn is_footer(sentence: &Sentence) -> bool {
    let view = TABLE.lexicon.view(sentence);
    TABLE.footers.iter().any(|footer| footer.is_in(&view))
}

/// True when the subject is the owner's, not the writer's own words.
fn is_answer(subject: &str) -> bool {
    subject
        .trim_start()
        .split_once(':')
        .is_some_and(|(mark, _)| matches!(mark.trim().to_lowercase().as_str(), "re" | "aw" | "sv" | "fw" | "fwd" | "antw" | "wg"))
}

/// What in the tables could not be read; empty in a sound program.
#[must_use]
pub fn complaints() -> Vec<String> {
    TABLE.complaints.iter().chain(&MODEL.complaints).cloned().collect()
}
