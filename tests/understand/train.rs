//! Learns the weights of the statistical reader from the labelled mails; always the same bytes from the same mails.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use curbside::model::reading::Outcome;
use curbside::steps::understand::intent::{
    self,
    model::{self, Hundredths},
};

use super::{Labelled, labelled};

const OUTCOMES: usize = Outcome::ALL.len();
const EPOCHS: usize = 40;
const RATE: f64 = 0.1;
/// How much weights are drawn to zero.
const DECAY: f64 = 0.003;
/// A feature of fewer mails is not learnt.
const SEEN: usize = 3;
/// A weight smaller than this is not written down.
const SLIGHT: f64 = 0.025;

type Scores = [f64; OUTCOMES];

/// A labelled mail as numbers.
struct Lesson {
    wanted: Scores,
    features: Vec<(usize, f64)>,
}

struct Learner {
    names: Vec<String>,
    weights: Vec<Scores>,
    steps: Vec<Scores>,
    bias: Scores,
}

fn index(outcome: Outcome) -> usize {
    Outcome::ALL.iter().position(|other| *other == outcome).expect("all outcomes are listed")
}

fn wanted(mail: &Labelled) -> Scores {
    let mut wanted = [0.0; OUTCOMES];
    wanted[index(mail.outcome)] = if mail.also.is_some() { 0.7 } else { 1.0 };
    if let Some(also) = mail.also {
        wanted[index(also)] += 0.3;
    }
    wanted
}

fn lessons(mails: &[Labelled]) -> (Vec<String>, Vec<Lesson>) {
    let features: Vec<Vec<String>> = mails.iter().map(|mail| intent::features(&mail.body, &mail.subject)).collect();
    let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
    for feature in features.iter().flatten() {
        *seen.entry(feature).or_default() += 1;
    }
    let names: Vec<String> = seen.iter().filter(|(_, count)| **count >= SEEN).map(|(name, _)| (*name).to_owned()).collect();
    let places: HashMap<&str, usize> = names.iter().enumerate().map(|(at, name)| (name.as_str(), at)).collect();
    let lessons = mails.iter().zip(&features).map(|(mail, features)| lesson(mail, features, &places)).collect();
    (names, lessons)
}

fn lesson(mail: &Labelled, features: &[String], places: &HashMap<&str, usize>) -> Lesson {
    let known: Vec<(usize, (f64, bool))> =
        features.iter().filter_map(|name| Some((*places.get(name.as_str())?, model::value_of(name)))).collect();
    let measure = model::measure(known.iter().filter(|(_, (_, cue))| !cue).map(|(_, (value, _))| *value));
    let features = known.iter().map(|(at, (value, cue))| (*at, if *cue { *value } else { value * measure })).collect();
    Lesson { wanted: wanted(mail), features }
}

impl Learner {
    fn learn(&mut self, lesson: &Lesson) {
        let mut errors = self.bias;
        for (at, value) in &lesson.features {
            (0..OUTCOMES).for_each(|outcome| errors[outcome] += self.weights[*at][outcome] * value);
        }
        model::softmax(&mut errors);
        for (outcome, error) in errors.iter_mut().enumerate() {
            *error -= lesson.wanted[outcome];
            self.bias[outcome] -= 0.02 * *error;
        }
        for (at, value) in &lesson.features {
            for (outcome, error) in errors.iter().enumerate() {
                let slope = error * value + DECAY * self.weights[*at][outcome];
                self.steps[*at][outcome] += slope * slope;
                self.weights[*at][outcome] -= RATE * slope / self.steps[*at][outcome].sqrt();
            }
        }
    }

    fn written(&self) -> Vec<u8> {
        let slight = |scores: &Scores| scores.iter().all(|score| score.abs() < SLIGHT);
        let kept = self.names.iter().zip(&self.weights).filter(|(_, scores)| !slight(scores));
        let features: Vec<(String, Hundredths)> = kept.map(|(name, scores)| (name.clone(), hundredths(scores))).collect();
        model::written(&hundredths(&self.bias), &features)
    }
}

#[expect(clippy::cast_possible_truncation, reason = "weights are drawn to zero: none comes near three hundred")]
fn hundredths(scores: &Scores) -> Hundredths {
    scores.map(|score| if score.abs() < SLIGHT { 0 } else { (score * 100.0).round_ties_even() as i16 })
}

/// Goes through the lessons in a new order each time, the same orders always.
fn orders(count: usize) -> impl Iterator<Item = Vec<usize>> {
    let mut seed = 12_345_u64;
    let mut order: Vec<usize> = (0..count).collect();
    (0..EPOCHS).map(move |_| {
        for at in (1..order.len()).rev() {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            order.swap(at, usize::try_from(seed >> 33).unwrap_or_default() % (at + 1));
        }
        order.clone()
    })
}

fn trained(mails: &[Labelled]) -> Vec<u8> {
    let (names, lessons) = lessons(mails);
    let (weights, steps) = (vec![[0.0; OUTCOMES]; names.len()], vec![[1e-3; OUTCOMES]; names.len()]);
    let mut learner = Learner { names, weights, steps, bias: [0.0; OUTCOMES] };
    for order in orders(lessons.len()) {
        for at in order {
            learner.learn(&lessons[at]);
        }
    }
    learner.written()
}

#[test]
#[ignore = "writes data/intent-model.bin; run it after a change of mails, cues or concepts"]
fn train() {
    let file = trained(&labelled("known"));
    std::fs::write(Path::new(env!("CARGO_MANIFEST_DIR")).join("data/intent-model.bin"), file).expect("the model can be written");
}
