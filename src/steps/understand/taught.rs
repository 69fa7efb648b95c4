//! What the owner corrected: the same wording is read as corrected the next time, and the rules say so.
//!
//! The same wording is the new text with greeting, closing and the writer's name aside, however it is spelt and wrapped.
//! One or two words mean what was asked before them, so they teach only of the same writer. A sentence teaches beyond its
//! mail when it alone decided there. A stop is doubted only where the same writer wrote the very same mail (P2).

use jiff::tz::TimeZone;

use super::{LEFT_ANOTHER, intent};
use crate::model::address::{Address, Mailbox};
use crate::model::mail::Mail;
use crate::model::reading::{Correction, Finding, Kind, Outcome, Reading};

/// How the rule of a reading begins that the owner taught; the day follows.
pub const TAUGHT: &str = "as you corrected on ";

/// The owner's word is not certain of another mail, but nearly.
const CONFIDENCE: f64 = 0.97;

/// So few words mean nothing without the question before them.
const FEW: usize = 2;

/// All that the owner corrected, as the reader looks it up.
#[derive(Debug, Default)]
pub struct Taught(Vec<Lesson>);

#[derive(Debug)]
struct Lesson {
    of: Correction,
    rule: String,
    verbatim: String,
    wording: Vec<String>,
}

impl Taught {
    /// The lessons of corrections, the newest of them first.
    #[must_use]
    pub fn of(corrections: impl IntoIterator<Item = Correction>, zone: &TimeZone) -> Self {
        Self(corrections.into_iter().map(|correction| Lesson::of(correction, zone)).collect())
    }

    /// Reads a mail as the owner taught it, if they did.
    pub(super) fn teach(&self, reading: &mut Reading, mail: &Mail) {
        let Some((lesson, whole)) = self.lesson(reading, mail) else { return };
        let outcome = lesson.of.outcome;
        let before = reading.outcome;
        let evidence = reading.outcomes.first().map_or_else(|| lesson.of.text.clone(), |finding| finding.evidence.clone());
        let others = std::mem::take(&mut reading.outcomes).into_iter();
        // What else stands in a longer mail is in force beside it.
        reading.outcomes = others.filter(|other| !whole && other.outcome != outcome && Some(other.outcome) != before).collect();
        reading.outcomes.push(Finding { outcome, confidence: CONFIDENCE, evidence });
        reading.outcomes.sort_by_key(|finding| finding.outcome);
        reading.outcome = reading.outcomes.first().map(|finding| finding.outcome);
        reading.confidence = CONFIDENCE;
        reading.rules.retain(|rule| rule != LEFT_ANOTHER);
        reading.rules.push(lesson.rule.clone());
        let of_machines = matches!(outcome, Outcome::OptedOut | Outcome::LeftEmployer);
        if !(reading.kind == Kind::AutoReply && of_machines) {
            // The owner takes it for a person's word.
            reading.untaught = Some(reading.kind).filter(|kind| *kind != Kind::Reply);
            reading.kind = Kind::Reply;
        }
    }

    /// The lesson that fits, and whether it is about the whole mail.
    fn lesson(&self, reading: &Reading, mail: &Mail) -> Option<(&Lesson, bool)> {
        let taught = matches!(reading.kind, Kind::Reply | Kind::AutoReply | Kind::Bulk);
        if self.0.is_empty() || !taught || reading.new_text.trim().is_empty() {
            return None;
        }
        let said = Said::of(reading, mail);
        let alike = || self.0.iter().filter(|lesson| lesson.of.kind == reading.kind);
        let stop = reading.outcomes.iter().any(|finding| finding.outcome == Outcome::OptedOut);
        // A stop yields only where the owner saw it: what the subject asks for was not in a body that was corrected.
        let same = alike().find(|lesson| lesson.is_very_same(&said) && (!stop || lesson.held_a_stop()));
        let whole = || same.or_else(|| alike().find(|lesson| !stop && lesson.is_same(&said)));
        let sentence = || alike().find(|lesson| !stop && lesson.decided_by(reading));
        whole().map(|lesson| (lesson, true)).or_else(|| sentence().map(|lesson| (lesson, false)))
    }
}

/// A mail as lessons are held against it.
struct Said {
    writer: Option<String>,
    verbatim: String,
    wording: Vec<String>,
}

impl Said {
    fn of(reading: &Reading, mail: &Mail) -> Self {
        Self {
            writer: mail.sender().map(Address::key),
            verbatim: verbatim(&reading.new_text),
            wording: wording(&reading.new_text, mail.from.first().map_or("", |from: &Mailbox| from.name.as_str()), mail.sender()),
        }
    }
}

impl Lesson {
    fn of(correction: Correction, zone: &TimeZone) -> Self {
        Self {
            rule: format!("{TAUGHT}{}", correction.at.to_zoned(zone.clone()).date()),
            verbatim: verbatim(&correction.text),
            wording: wording(&correction.text, &correction.name, correction.writer.as_ref()),
            of: correction,
        }
    }

    fn is_by(&self, said: &Said) -> bool {
        self.of.writer.as_ref().map(Address::key) == said.writer && said.writer.is_some()
    }

    /// The same writer wrote the very same mail.
    fn is_very_same(&self, said: &Said) -> bool {
        // Signs and pictures alone leave no letter to compare.
        self.is_by(said) && !said.verbatim.is_empty() && self.verbatim == said.verbatim
    }

    /// The mail that was corrected asked, as it was read, not to be written to.
    fn held_a_stop(&self) -> bool {
        intent::intend(&self.of.text, ANSWER).findings.iter().any(|finding| finding.outcome == Outcome::OptedOut)
    }

    /// Somebody said the same.
    fn is_same(&self, said: &Said) -> bool {
        // Where a line is broken says nothing of where a sentence ends.
        let (ours, theirs) = (self.wording.join(" "), said.wording.join(" "));
        !ours.is_empty() && ours == theirs && (ours.split(' ').count() > FEW || self.is_by(said))
    }

    /// What was believed rests on the sentence that alone decided in the mail that was corrected: there the rest says nothing.
    fn decided_by(&self, reading: &Reading) -> bool {
        let decides = |reading: &Finding| intent::plain(&reading.evidence).join(" ");
        let Some(sentence) = reading.outcomes.first().map(decides).filter(|sentence| sentence.split(' ').count() > FEW) else {
            return false;
        };
        if reading.kind != Kind::Reply || !self.wording.contains(&sentence) {
            return false;
        }
        let theirs = intent::intend(&self.of.text, ANSWER);
        let rest: Vec<&str> = self.wording.iter().filter(|other| **other != sentence).map(String::as_str).collect();
        let says_nothing = || intent::intend(&format!("{}.", rest.join(". ")), ANSWER).findings[0].outcome == Outcome::Acknowledged;
        theirs.findings.first().map(decides) == Some(sentence) && (rest.is_empty() || says_nothing())
    }
}

/// A subject that is none of the writer's own words.
const ANSWER: &str = "Re:";

/// Letters and figures only, in lower case.
fn verbatim(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// The sentences of a text in plain words, without greeting, closing and the writer's name.
fn wording(text: &str, name: &str, address: Option<&Address>) -> Vec<String> {
    let local = address.map_or("", Address::local);
    let names: Vec<String> = [name, local].iter().flat_map(|text| intent::plain(text)).flat_map(|name| words(&name)).collect();
    let mut sentences = intent::plain(text);
    if let Some(first) = sentences.first_mut() {
        *first = intent::ungreeted(text, first);
    }
    let is_name = |sentence: &String| words(sentence).iter().all(|word| names.contains(word) || CLOSING.contains(&word.as_str()));
    while sentences.len() > 1 && sentences.last().is_some_and(is_name) {
        sentences.pop();
    }
    sentences.retain(|sentence| !sentence.is_empty());
    sentences
}

/// Words that only close a letter.
const CLOSING: [&str; 9] = ["thanks", "thank", "you", "best", "regards", "cheers", "warmly", "sincerely", "kind"];

fn words(text: &str) -> Vec<String> {
    text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wording_is_the_same_however_it_is_greeted_signed_and_wrapped() {
        let tom = Address::parse("tom.park@tom.example").ok();
        let of = |text: &str| wording(text, "Tom Park", tom.as_ref()).join(" ");
        for text in [
            "Hello Dr. Brandt, the WELL is dry here,\nand the rain comes in autumn. Tom",
            "Hi Leah,\n\nThe well is dry here, and the rain comes in autumn.\n\nBest,\nTom",
            "The well is dry here — and the rain comes in autumn!\nThanks,\nTom Park",
        ] {
            assert_eq!(of(text), "the well is dry here and the rain comes in autumn", "{text}");
        }
        assert_eq!(of("Hi!"), "hi");
        assert_eq!(of("Good idea. Tom"), "good idea");
    }
}
