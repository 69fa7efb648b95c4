//! What a human mail means: sentence by sentence, by cues with their scope, from the new text only.

mod features;
mod judge;
pub mod model;
mod pattern;
mod scope;
mod shape;
mod table;
mod weigh;
mod words;

use std::cell::OnceCell;
use std::ops::Range;
use std::sync::LazyLock;

use crate::model::reading::Finding;
use model::{Model, Scores};
use scope::Scope;
use table::Table;
use weigh::{Heard, Hit};
use words::Sentence;

static TABLE: LazyLock<Table> =
    LazyLock::new(|| Table::read(include_str!("../../../../data/phrases.txt"), include_str!("../../../../data/concepts.txt")));

static MODEL: LazyLock<Model> = LazyLock::new(|| Model::open(include_bytes!("../../../../data/intent-model.bin")));

/// What a human mail was taken to mean.
#[derive(Debug, Clone, PartialEq)]
pub struct Intent {
    /// The outcomes in force, most binding first; never empty. In doubt, `unclear` alone.
    pub findings: Vec<Finding>,
    /// 0 to 1, of the first finding.
    pub confidence: f64,
    /// The cues that hit, as the table has them.
    pub rules: Vec<String>,
    /// The sentences that say somebody has left, where none of them speaks of the writer in the first person.
    pub others_who_left: Vec<String>,
}

/// Says what the writer wants. `new_text` is what the mail adds: quotes, signature and footers are cut.
#[must_use]
pub fn intend(new_text: &str, subject: &str) -> Intent {
    let read = Read::of(new_text, subject);
    let alone: Vec<Alone> = (0..read.sentences.len().min(MOST_ALONE)).map(|at| read.alone(at)).collect();
    judge::judge(&read, &read.likely(0..read.sentences.len(), &read.heard), &alone)
}

/// The sentence of a program's or mass mail that clearly asks the owner to stop; offers to stop are none.
#[must_use]
pub fn clear_stop(new_text: &str) -> Option<Finding> {
    scope::clear_stop(&Read::of(new_text, ""))
}

/// The sentences of a text in plain words: one spelling for what people spell in many ways, nothing below the closing.
#[must_use]
pub fn plain(text: &str) -> Vec<String> {
    words::sentences(text, &TABLE.habits).iter().map(|sentence| joined(&sentence.words)).collect()
}

/// The first of the sentences of [`plain`] without a greeting: up to five words that begin as one, and a pause.
#[must_use]
pub fn ungreeted(text: &str, first: &str) -> String {
    const GREETINGS: [&str; 8] = ["hi", "hello", "hey", "dear", "greetings", "good morning", "good afternoon", "good evening"];
    let sentences = words::sentences(text, &TABLE.habits);
    let greets = |sentence: &&Sentence| {
        let start = joined(&sentence.words[..sentence.words.len().min(2)]);
        GREETINGS.iter().any(|greeting| start == *greeting || start.split(' ').next() == Some(greeting))
    };
    let Some(sentence) = sentences.first().filter(greets) else { return first.to_owned() };
    let titled = |at: usize| matches!(sentence.words[at - 1].text.as_str(), "dr" | "mr" | "ms" | "mrs" | "prof");
    let pause = (1..sentence.words.len().min(6)).find(|at| sentence.words[*at].pause && !titled(*at));
    match pause {
        Some(at) => joined(&sentence.words[at..]),
        None if sentence.words.len() <= 5 && sentences.len() > 1 => String::new(),
        None => first.to_owned(),
    }
}

fn joined(words: &[words::Word]) -> String {
    words.iter().map(|word| word.text.as_str()).collect::<Vec<_>>().join(" ")
}

/// So many sentences are also judged each by itself.
const MOST_ALONE: usize = 12;

/// What a sentence would mean if it were the whole mail.
struct Alone {
    heard: Vec<Heard>,
    likely: Scores,
}

/// A mail as cues and features see it.
struct Read<'a> {
    sentences: Vec<Sentence>,
    hits: Vec<Hit<'a>>,
    heard: Vec<Heard>,
    by_sentence: Vec<Vec<u64>>,
    scopes: OnceCell<Vec<Scope>>,
}

impl Read<'_> {
    fn of(new_text: &str, subject: &str) -> Self {
        let mut sentences = words::sentences(new_text, &TABLE.habits);
        if !is_answer(subject) {
            sentences.extend(words::sentences(subject, &TABLE.habits));
        }
        sentences.retain(|sentence| !is_footer(sentence));
        let mut read = Self { sentences, hits: Vec::new(), heard: Vec::new(), by_sentence: Vec::new(), scopes: OnceCell::new() };
        for (at, sentence) in read.sentences.iter().enumerate() {
            let view = TABLE.lexicon.view(sentence);
            let mut features = Vec::new();
            let idioms = weigh::idioms(&view, &TABLE);
            read.hits.extend(weigh::hits(at, sentence, &view, &idioms, &TABLE));
            features::of_sentence(sentence, &view, &idioms, &TABLE, &mut |parts| features.push(model::hash(parts)));
            read.by_sentence.push(features);
        }
        read.heard = weigh::heard(&read.hits, read.sentences.len());
        read
    }

    /// What a sentence says besides its cues; looked at in the few mails where it matters.
    fn scope(&self, at: usize) -> Scope {
        let of = |sentence| Scope::of(&TABLE.lexicon.view(sentence), &TABLE);
        self.scopes.get_or_init(|| self.sentences.iter().map(of).collect())[at]
    }

    /// How likely each outcome is if these sentences were the mail.
    fn likely(&self, sentences: Range<usize>, heard: &[Heard]) -> Scores {
        let mut features: Vec<u64> = self.by_sentence[sentences.clone()].iter().flatten().copied().collect();
        features::of_mail(&self.sentences[sentences], heard, &mut |parts| features.push(model::hash(parts)));
        features.sort_unstable();
        features.dedup();
        MODEL.likely(&features)
    }

    fn alone(&self, at: usize) -> Alone {
        let hits: Vec<Hit> = self.hits.iter().filter(|hit| hit.sentence == at).copied().collect();
        let heard = weigh::heard(&hits, self.sentences.len());
        Alone { likely: self.likely(at..at + 1, &heard), heard }
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
        let view = TABLE.lexicon.view(sentence);
        features::of_sentence(sentence, &view, &weigh::idioms(&view, &TABLE), &TABLE, &mut |parts| seen.push(name(parts)));
    }
    seen.sort();
    seen.dedup();
    seen
}

/// True for a sentence that a machine put under the mail, "if you received this in error", and for a writer's offer to stop.
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
    TABLE.complaints.clone()
}
