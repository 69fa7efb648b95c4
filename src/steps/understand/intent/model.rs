//! The statistical reader: weights learnt from the labelled mails, for what no cue foresaw.
//!
//! A multinomial logistic regression over the features of [`super::features`]; `data/intent-model.txt` is written by
//! `cargo test --test intent -- --ignored train`, always the same bytes from the same mails.

use crate::model::reading::Outcome;

/// One number an outcome, in the order of [`Outcome::ALL`].
pub type Scores = [f64; Outcome::ALL.len()];

/// Weights of the features, kept small: a daemon rests with them in memory.
#[derive(Debug, Default)]
pub struct Model {
    /// Sorted by feature.
    weights: Vec<Weights>,
    /// Where in `weights` the features with each beginning stand; features are hashes, so the shelves are much alike.
    shelves: Vec<u32>,
    bias: Scores,
    /// Lines that could not be read.
    pub complaints: Vec<String>,
}

#[derive(Debug, Clone, Copy)]
struct Weights {
    feature: u64,
    cue: bool,
    /// Hundredths, as in [`SHARES`].
    share: u8,
    hundredths: [i16; Outcome::ALL.len()],
}

impl Weights {
    fn value(&self) -> f64 {
        f64::from(self.share) / 100.0
    }

    fn of(&self, outcome: usize) -> f64 {
        f64::from(self.hundredths[outcome]) / 100.0
    }
}

/// Features that begin with the same bits stand on one shelf.
const SHELF_BITS: u32 = 12;

fn shelf(feature: u64) -> usize {
    usize::try_from(feature >> (u64::BITS - SHELF_BITS)).unwrap_or_default()
}

/// The share of a feature's kind in a mail, in hundredths; cues stand outside the common measure.
const SHARES: [(&str, u8); 1] = [("b", 50)];
/// Length of the vector of all features but the cues.
const SCALE: f64 = 3.0;

/// How much a feature counts before the measure of the mail: `(value, is a cue)`.
#[must_use]
pub fn value_of(feature: &str) -> (f64, bool) {
    let (share, cue) = share_of(feature);
    (f64::from(share) / 100.0, cue)
}

fn share_of(feature: &str) -> (u8, bool) {
    let kind = feature.split(' ').next().unwrap_or_default();
    let share = SHARES.iter().find(|(name, _)| *name == kind).map_or(100, |(_, share)| *share);
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
                model.bias = scores.map(|weight| f64::from(weight) / 100.0);
            } else {
                let (share, cue) = share_of(feature);
                model.weights.push(Weights { feature: hash([feature, "", ""]), cue, share, hundredths: scores });
            }
        }
        model.arrange();
        model
    }

    fn arrange(&mut self) {
        self.weights.sort_by_key(|weights| weights.feature);
        self.weights.dedup_by_key(|weights| weights.feature);
        self.weights.shrink_to_fit();
        let first = |number: usize| self.weights.partition_point(|weights| shelf(weights.feature) < number);
        self.shelves = (0..=1 << SHELF_BITS).map(|number| u32::try_from(first(number)).unwrap_or(u32::MAX)).collect();
    }

    fn get(&self, feature: u64) -> Option<&Weights> {
        let at = |number: usize| self.shelves.get(number).and_then(|at| usize::try_from(*at).ok());
        let alike = at(shelf(feature))?..at(shelf(feature) + 1)?;
        self.weights.get(alike)?.iter().find(|weights| weights.feature == feature)
    }

    /// How likely each outcome is, given the features of a mail (sorted, each once).
    #[must_use]
    pub fn likely(&self, features: &[u64]) -> Scores {
        let known = || features.iter().filter_map(|feature| self.get(*feature));
        let measure = measure(known().filter(|weights| !weights.cue).map(Weights::value));
        let mut scores = self.bias;
        for weights in known() {
            let value = if weights.cue { weights.value() } else { weights.value() * measure };
            for (outcome, score) in scores.iter_mut().enumerate() {
                *score += value * weights.of(outcome);
            }
        }
        softmax(&mut scores);
        scores
    }

    /// How much a sentence speaks for an outcome, on no common scale.
    #[must_use]
    pub fn speaks_for(&self, outcome: usize, features: &[u64]) -> f64 {
        features.iter().filter_map(|feature| self.get(*feature)).map(|weights| weights.value() * weights.of(outcome)).sum()
    }
}

fn scores(text: &str) -> Option<[i16; Outcome::ALL.len()]> {
    let mut scores = [0; Outcome::ALL.len()];
    for pair in text.split_whitespace() {
        let (outcome, weight) = pair.split_once(':')?;
        *scores.get_mut(outcome.parse::<usize>().ok()?)? = weight.parse().ok()?;
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
