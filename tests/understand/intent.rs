//! How well the meaning of mails is understood: figures over labelled mails, and the traps by name.

#[path = "train.rs"]
mod train;
#[path = "intent_traps.rs"]
mod traps;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use curbside::model::reading::Outcome;
use curbside::steps::understand::intent::{self, Intent};

/// A figure may fall by so much before the test fails.
const SLACK: f64 = 0.01;

#[derive(serde::Deserialize)]
struct Labelled {
    id: String,
    subject: String,
    body: String,
    outcome: Outcome,
    also: Option<Outcome>,
}

#[derive(serde::Deserialize)]
struct Figures {
    right: f64,
    stops_recognised: f64,
    stops_assumed: f64,
    sure_and_right: f64,
}

#[derive(Default)]
struct Score {
    mails: usize,
    right: usize,
    stops: usize,
    stops_recognised: usize,
    stops_assumed: usize,
    sure: usize,
    sure_and_right: usize,
    misses: String,
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/mail/intent")
}

fn labelled(name: &str) -> Vec<Labelled> {
    let text = std::fs::read_to_string(folder().join(format!("{name}.jsonl"))).expect("the labelled mails are committed");
    text.lines().map(|line| serde_json::from_str(line).expect("a labelled mail")).collect()
}

impl Score {
    fn of(mails: &[Labelled]) -> Self {
        let mut score = Self::default();
        for mail in mails {
            score.count(mail, &intent::intend(&mail.body, &mail.subject));
        }
        score
    }

    fn count(&mut self, mail: &Labelled, intent: &Intent) {
        let have = intent.findings[0].outcome;
        let right = have == mail.outcome || Some(have) == mail.also;
        let said_stop = intent.findings.iter().any(|finding| finding.outcome == Outcome::OptedOut);
        let is_stop = mail.outcome == Outcome::OptedOut;
        self.mails += 1;
        self.right += usize::from(right);
        self.stops += usize::from(is_stop);
        self.stops_recognised += usize::from(is_stop && said_stop);
        self.stops_assumed += usize::from(said_stop && !is_stop && mail.also != Some(Outcome::OptedOut));
        if intent.confidence >= 0.9 {
            self.sure += 1;
            self.sure_and_right += usize::from(right);
        }
        if !right {
            let _ = writeln!(self.misses, "  {}: {} taken for {}", mail.id, mail.outcome.word(), have.word());
        }
    }

    #[expect(clippy::cast_precision_loss, reason = "a few thousand mails")]
    fn figures(&self) -> Figures {
        let share = |part: usize, whole: usize| part as f64 / whole.max(1) as f64;
        Figures {
            right: share(self.right, self.mails),
            stops_recognised: share(self.stops_recognised, self.stops),
            stops_assumed: share(self.stops_assumed, self.mails - self.stops),
            sure_and_right: share(self.sure_and_right, self.sure),
        }
    }
}

fn holds(name: &str) {
    let recorded = std::fs::read_to_string(folder().join("figures.json")).expect("the figures are committed");
    let recorded: BTreeMap<String, Figures> = serde_json::from_str(&recorded).expect("figures by file");
    let (recorded, score) = (&recorded[name], Score::of(&labelled(name)));
    let now = score.figures();
    println!(
        "{name}: {} mails, outcome right {:.3}, stops recognised {:.3}, wrongly assumed {:.4}, of {} sure {:.3} right\n{}",
        score.mails, now.right, now.stops_recognised, now.stops_assumed, score.sure, now.sure_and_right, score.misses
    );
    assert!(now.right >= recorded.right - SLACK, "fewer mails of {name} are understood than recorded:\n{}", score.misses);
    assert!(now.stops_recognised >= recorded.stops_recognised - SLACK, "a stop of {name} is missed:\n{}", score.misses);
    assert!(now.stops_assumed <= recorded.stops_assumed, "a stop is assumed in {name}:\n{}", score.misses);
    assert!(now.sure_and_right >= recorded.sure_and_right - SLACK, "what is sure in {name} is wrong:\n{}", score.misses);
}

#[test]
fn the_mails_the_cues_were_made_for_are_understood() {
    holds("known");
}

#[test]
fn mails_set_aside_before_any_cue_was_written_are_understood() {
    holds("aside");
}

#[test]
fn every_line_of_the_table_of_cues_can_be_read() {
    assert_eq!(intent::complaints(), Vec::<String>::new());
}
