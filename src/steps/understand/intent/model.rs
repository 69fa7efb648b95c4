//! The statistical reader: weights learnt from the labelled mails, for what no cue foresaw.
//!
//! A multinomial logistic regression over the features of [`super::features`]; `data/intent-model.bin` is written by
//! `cargo test --test all train -- --ignored`, always the same bytes from the same mails.
//!
//! The file is searched where it lies, so that a daemon at rest holds no copy of it. It begins with the bias of each
//! outcome and goes on with the features in order: the upper half of the hash, a byte that is one for a cue, the share
//! in hundredths, and the weight for each outcome in hundredths; all numbers little-endian.

use crate::model::reading::Outcome;

/// One number an outcome, in the order of [`Outcome::ALL`].
pub type Scores = [f64; Outcome::ALL.len()];
/// One weight an outcome, in hundredths.
pub type Hundredths = [i16; Outcome::ALL.len()];

/// Weights of the features.
#[derive(Debug, Default)]
pub struct Model {
    features: &'static [u8],
    /// Which record is the first whose hash begins so; hashes are spread evenly, so few begin alike.
    shelves: Vec<usize>,
    bias: Scores,
}

/// Bytes of the weights of one feature.
const WEIGHTS: usize = 2 * Outcome::ALL.len();
/// Bytes of a feature: its hash, its kind, its weights.
const RECORD: usize = 6 + WEIGHTS;
/// Features that begin with the same bits stand on one shelf.
const SHELF_BITS: u32 = 10;

/// A feature as it stands in the file.
#[derive(Clone, Copy)]
struct Record(&'static [u8]);

impl Record {
    fn feature(self) -> u32 {
        self.0.first_chunk().map_or(0, |bytes| u32::from_le_bytes(*bytes))
    }

    fn is_cue(self) -> bool {
        self.0[4] == 1
    }

    fn value(self) -> f64 {
        f64::from(self.0[5]) / 100.0
    }

    fn of(self, outcome: usize) -> f64 {
        weight(&self.0[6..], outcome)
    }
}

fn weight(weights: &[u8], outcome: usize) -> f64 {
    let bytes = weights.get(2 * outcome..).and_then(<[u8]>::first_chunk).copied().unwrap_or_default();
    f64::from(i16::from_le_bytes(bytes)) / 100.0
}

fn upper(feature: u64) -> u32 {
    u32::try_from(feature >> 32).unwrap_or_default()
}

fn shelf(feature: u32) -> usize {
    usize::try_from(feature >> (u32::BITS - SHELF_BITS)).unwrap_or_default()
}

/// The file of a model: the bias and the weights of each feature by name, in hundredths.
#[must_use]
pub fn written(bias: &Hundredths, features: &[(String, Hundredths)]) -> Vec<u8> {
    let bytes = |weights: &Hundredths| weights.iter().flat_map(|weight| weight.to_le_bytes()).collect::<Vec<u8>>();
    let mut records: Vec<(u32, Vec<u8>)> = features
        .iter()
        .map(|(name, weights)| {
            let (feature, (share, cue)) = (upper(hash([name, "", ""])), share_of(name));
            (feature, [&feature.to_le_bytes()[..], &[u8::from(cue), share], &bytes(weights)].concat())
        })
        .collect();
    records.sort();
    records.dedup_by_key(|(feature, _)| *feature);
    std::iter::once(bytes(bias)).chain(records.into_iter().map(|(_, record)| record)).flatten().collect()
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
    /// Opens the file. What stands after its last whole record is not read.
    #[must_use]
    pub fn open(file: &'static [u8]) -> Self {
        let (bias, rest) = file.split_at_checked(WEIGHTS).unwrap_or_default();
        let mut model = Self { features: &rest[..rest.len() / RECORD * RECORD], ..Self::default() };
        (0..Outcome::ALL.len()).for_each(|outcome| model.bias[outcome] = weight(bias, outcome));
        let firsts: Vec<u32> = model.records(0, usize::MAX).map(Record::feature).collect();
        model.shelves = (0..=1 << SHELF_BITS).map(|number| firsts.partition_point(|feature| shelf(*feature) < number)).collect();
        model
    }

    fn records(&self, from: usize, to: usize) -> impl Iterator<Item = Record> + use<> {
        self.features.chunks_exact(RECORD).take(to).skip(from).map(Record)
    }

    fn get(&self, feature: u64) -> Option<Record> {
        let feature = upper(feature);
        let (from, to) = (self.shelves.get(shelf(feature))?, self.shelves.get(shelf(feature) + 1)?);
        self.records(*from, *to).find(|record| record.feature() == feature)
    }

    /// How likely each outcome is, given the features of a mail (sorted, each once).
    #[must_use]
    pub fn likely(&self, features: &[u64]) -> Scores {
        let known = || features.iter().filter_map(|feature| self.get(*feature));
        let measure = measure(known().filter(|weights| !weights.is_cue()).map(|weights| weights.value()));
        let mut scores = self.bias;
        for weights in known() {
            let value = if weights.is_cue() { weights.value() } else { weights.value() * measure };
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

/// Turns scores into shares of one.
pub fn softmax(scores: &mut Scores) {
    let top = scores.iter().copied().fold(f64::MIN, f64::max);
    let mut sum = 0.0;
    for score in scores.iter_mut() {
        *score = libm::exp(*score - top);
        sum += *score;
    }
    *scores = scores.map(|score| score / sum);
}
