//! The statistical reader: weights learnt from the labelled mails, for what no cue foresaw.
//!
//! A multinomial logistic regression over the features of [`super::features`]; `data/intent-model.txt` is written by
//! `cargo test --test intent -- --ignored train`, always the same bytes from the same mails.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use crate::model::reading::Outcome;

/// One number an outcome, in the order of [`Outcome::ALL`].
pub type Scores = [f64; Outcome::ALL.len()];

/// Weights of the features.
#[derive(Debug, Default)]
pub struct Model {
    weights: HashMap<u64, Weights, BuildHasherDefault<AlreadyHashed>>,
    bias: Scores,
    /// Lines that could not be read.
    pub complaints: Vec<String>,
}

#[derive(Debug, Clone, Copy, Default)]
struct Weights {
    value: f64,
    cue: bool,
    by_outcome: Scores,
}

/// The share of a feature's kind in a mail; cues stand outside the common measure.
const SHARES: [(&str, f64); 1] = [("b", 0.5)];
/// Length of the vector of all features but the cues.
const SCALE: f64 = 3.0;

/// How much a feature counts before the measure of the mail: `(value, is a cue)`.
#[must_use]
pub fn value_of(feature: &str) -> (f64, bool) {
    let kind = feature.split(' ').next().unwrap_or_default();
    let share = SHARES.iter().find(|(name, _)| *name == kind).map_or(1.0, |(_, share)| *share);
    (share, matches!(kind, "k" | "kk"))
}

/// The measure of a mail: what every feature but the cues is multiplied by.
#[must_use]
pub fn measure(values: impl Iterator<Item = f64>) -> f64 {
    SCALE / values.map(|value| value * value).sum::<f64>().max(1.0).sqrt()
}

/// The number a feature goes by (FNV-1a of its parts).
#[must_use]
pub fn hash(parts: [&str; 3]) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    let mut eat = |byte: u8| hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    for (n, part) in parts.into_iter().filter(|part| !part.is_empty()).enumerate() {
        if n > 0 {
            eat(b' ');
        }
        part.bytes().for_each(&mut eat);
    }
    hash
}

impl Model {
    /// Reads the weights: a line a feature, `feature TAB outcome:hundredths …`.
    #[must_use]
    pub fn read(text: &str) -> Self {
        let mut model = Self::default();
        for (number, line) in text.lines().enumerate().filter(|(_, line)| !line.is_empty() && !line.starts_with('#')) {
            let Some((feature, scores)) = line.split_once('\t').and_then(|(feature, rest)| Some((feature, scores(rest)?))) else {
                model.complaints.push(format!("model line {}: no weights", number + 1));
                continue;
            };
            if feature == "bias" {
                model.bias = scores;
            } else {
                let (value, cue) = value_of(feature);
                model.weights.insert(hash([feature, "", ""]), Weights { value, cue, by_outcome: scores });
            }
        }
        model
    }

    /// How likely each outcome is, given the features of a mail (sorted, each once).
    #[must_use]
    pub fn likely(&self, features: &[u64]) -> Scores {
        let known = || features.iter().filter_map(|feature| self.weights.get(feature));
        let measure = measure(known().filter(|weights| !weights.cue).map(|weights| weights.value));
        let mut scores = self.bias;
        for weights in known() {
            let value = if weights.cue { weights.value } else { weights.value * measure };
            for (score, weight) in scores.iter_mut().zip(weights.by_outcome) {
                *score += value * weight;
            }
        }
        softmax(&mut scores);
        scores
    }

    /// How much a sentence speaks for an outcome, on no common scale.
    #[must_use]
    pub fn speaks_for(&self, outcome: usize, features: &[u64]) -> f64 {
        features.iter().filter_map(|feature| self.weights.get(feature)).map(|weights| weights.value * weights.by_outcome[outcome]).sum()
    }
}

fn scores(text: &str) -> Option<Scores> {
    let mut scores = Scores::default();
    for pair in text.split_whitespace() {
        let (outcome, weight) = pair.split_once(':')?;
        *scores.get_mut(outcome.parse::<usize>().ok()?)? = f64::from(weight.parse::<i16>().ok()?) / 100.0;
    }
    Some(scores)
}

/// Turns scores into shares of one.
pub fn softmax(scores: &mut Scores) {
    let top = scores.iter().copied().fold(f64::MIN, f64::max);
    let mut sum = 0.0;
    for score in scores.iter_mut() {
        *score = (*score - top).exp();
        sum += *score;
    }
    *scores = scores.map(|score| score / sum);
}

/// The keys are hashes already.
#[derive(Debug, Default)]
struct AlreadyHashed(u64);

impl Hasher for AlreadyHashed {
    fn finish(&self) -> u64 {
        self.0
    }
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }
    fn write_u64(&mut self, key: u64) {
        self.0 = key;
    }
}
