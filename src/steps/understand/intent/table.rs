//! The table of cues as data tells it: read once, complaints kept for whoever edits it.

use super::pattern::{Classes, Lexicon, Pattern, View};
use super::words::Habits;
use crate::model::reading::Outcome;

/// What a mail may say, and how sure each way of saying it is.
#[derive(Debug, Default)]
pub struct Table {
    /// Cues of the outcomes, in the order of the file.
    pub cues: Vec<Cue>,
    /// Turns of phrase that look like cues and are none.
    pub idioms: Vec<Pattern>,
    /// What only a machine-made footer or an offer to stop says: a sentence with it is not read.
    pub footers: Vec<Phrase>,
    /// Sentences that speak of a way to write, an address or a channel.
    pub ways: Vec<Phrase>,
    /// Sentences that offer another way to the writer.
    pub elsewhere: Vec<Phrase>,
    /// Sentences that refuse the letters themselves: no other way takes that back.
    pub firm: Vec<Phrase>,
    /// Sentences that tell of a stop which nobody asks for here.
    pub told: Vec<Phrase>,
    /// Sentences in which somebody else than the writer has left.
    pub others: Vec<Phrase>,
    /// Sentences of programs and mass mail that look like a stop and are none.
    pub machines: Vec<Phrase>,
    /// Words that turn a cue into its opposite.
    pub negators: Vec<Pattern>,
    /// Words that mean much the same, under one name.
    pub concepts: Vec<(&'static str, Pattern)>,
    /// Short forms and closing lines.
    pub habits: Habits,
    /// Every word that a cue asks for.
    pub lexicon: Lexicon,
    /// What could not be read, line by line.
    pub complaints: Vec<String>,
}

/// One way to say one thing.
#[derive(Debug)]
pub struct Cue {
    /// What it says.
    pub outcome: Outcome,
    /// How sure it is alone, 0 to 1.
    pub strength: f64,
    /// A negation before it does not matter.
    pub despite_not: bool,
    /// Where it stands, and beside what.
    pub phrase: Phrase,
    /// As the file has it.
    pub words: &'static str,
}

/// Words with what must stand beside them (`&`) and what must not (`!`).
#[derive(Debug)]
pub struct Phrase {
    /// The words themselves.
    pub pattern: Pattern,
    with: Vec<Pattern>,
    unless: Vec<Pattern>,
}

impl Phrase {
    /// True when what must stand in the sentence too does, and what must not does not.
    #[must_use]
    pub fn is_free(&self, view: &View) -> bool {
        self.with.iter().all(|with| with.is_in(view)) && !self.unless.iter().any(|not| not.is_in(view))
    }

    /// True when the sentence says it.
    #[must_use]
    pub fn is_in(&self, view: &View) -> bool {
        self.pattern.is_in(view) && self.is_free(view)
    }
}

impl Cue {
    /// How it is called among the rules of a reading.
    #[must_use]
    pub fn name(&self) -> String {
        format!("{}: {}", self.outcome.word(), self.words)
    }
}

impl Table {
    /// Reads the table. A line that cannot be read is left out and complained of.
    #[must_use]
    pub fn read(phrases: &'static str, concepts: &'static str) -> Self {
        let mut table = Self::default();
        let mut classes = Classes::new();
        table.lines(concepts, "concept", &mut classes);
        table.lines(phrases, "", &mut classes);
        table
    }

    fn lines(&mut self, text: &'static str, section: &'static str, classes: &mut Classes) {
        let mut section = section;
        for (number, line) in text.lines().enumerate() {
            let line = line.split(" #").next().unwrap_or("").trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            if let Some(name) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
                section = name;
            } else if let Err(complaint) = self.line(section, line, classes) {
                self.complaints.push(format!("line {}: {complaint}", number + 1));
            }
        }
    }

    fn line(&mut self, section: &str, line: &'static str, classes: &mut Classes) -> Result<(), String> {
        match section {
            "class" => define(line, classes),
            "spelling" => self.spell(line),
            "closing" => {
                self.habits.closings.insert(line.to_owned());
                Ok(())
            }
            "concept" => self.gather(line, classes),
            "idiom" => self.lexicon.compile(line, classes).map(|idiom| self.idioms.push(idiom)),
            "footer" => self.phrase(line, classes).map(|phrase| self.footers.push(phrase)),
            "way" => self.phrase(line, classes).map(|phrase| self.ways.push(phrase)),
            "elsewhere" => self.phrase(line, classes).map(|phrase| self.elsewhere.push(phrase)),
            "firm" => self.phrase(line, classes).map(|phrase| self.firm.push(phrase)),
            "told" => self.phrase(line, classes).map(|phrase| self.told.push(phrase)),
            "other" => self.phrase(line, classes).map(|phrase| self.others.push(phrase)),
            "machine" => self.phrase(line, classes).map(|phrase| self.machines.push(phrase)),
            "not" => self.lexicon.compile(line, classes).map(|word| self.negators.push(word)),
            outcome => {
                let outcome = Outcome::of_word(outcome).ok_or_else(|| format!("[{outcome}] is no outcome"))?;
                let cue = self.cue(outcome, line, classes)?;
                self.cues.push(cue);
                Ok(())
            }
        }
    }

    fn spell(&mut self, line: &str) -> Result<(), String> {
        let (short, full) = line.split_once('=').ok_or("a spelling is written “short = full words”")?;
        for short in short.split_whitespace() {
            self.habits.spelling.insert(short.to_owned(), full.split_whitespace().map(str::to_owned).collect());
        }
        Ok(())
    }

    fn gather(&mut self, line: &'static str, classes: &mut Classes) -> Result<(), String> {
        let (name, _) = line.split_once('=').ok_or("a concept is written “name = word | two words”")?;
        define(line, classes)?;
        let pattern = self.lexicon.member(name.trim(), classes)?;
        self.concepts.push((name.trim(), pattern));
        Ok(())
    }

    fn cue(&mut self, outcome: Outcome, line: &'static str, classes: &Classes) -> Result<Cue, String> {
        let (percent, words) = line.split_once(char::is_whitespace).ok_or("a cue is written “strength words”")?;
        let bare = percent.trim_end_matches('~');
        let strength: f64 = bare.parse().map_err(|_| format!("“{bare}” is no strength from 1 to 99"))?;
        let phrase = self.phrase(words, classes)?;
        Ok(Cue { outcome, strength: strength / 100.0, despite_not: percent.ends_with('~'), phrase, words: words.trim() })
    }

    fn phrase(&mut self, words: &'static str, classes: &Classes) -> Result<Phrase, String> {
        let parts = Parts::of(words);
        let mut compile = |words: &&'static str| self.lexicon.compile(words, classes);
        Ok(Phrase {
            pattern: compile(&parts.cue)?,
            with: parts.with.iter().map(&mut compile).collect::<Result<_, _>>()?,
            unless: parts.unless.iter().map(&mut compile).collect::<Result<_, _>>()?,
        })
    }
}

/// A cue, what must stand beside it (`&`) and what must not (`!`).
#[derive(Debug, Default)]
struct Parts {
    cue: &'static str,
    with: Vec<&'static str>,
    unless: Vec<&'static str>,
}

impl Parts {
    fn of(words: &'static str) -> Self {
        let mut parts = Self::default();
        let mut mark = "";
        let mut rest = words;
        loop {
            let next = [" & ", " ! "].iter().filter_map(|mark| rest.find(mark)).min();
            let (part, left) = next.map_or((rest, ""), |at| rest.split_at(at));
            match mark {
                "&" => parts.with.push(part.trim()),
                "!" => parts.unless.push(part.trim()),
                _ => parts.cue = part.trim(),
            }
            if left.is_empty() {
                return parts;
            }
            (mark, rest) = (&left[1..2], &left[3..]);
        }
    }
}

fn define(line: &'static str, classes: &mut Classes) -> Result<(), String> {
    let (name, members) = line.split_once('=').ok_or("a class is written “name = word | two words”")?;
    let mut list = Vec::new();
    for member in members.split('|').map(str::trim).filter(|member| !member.is_empty()) {
        match member.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')) {
            Some(other) => list.extend(classes.get(other).ok_or_else(|| format!("there is no class {{{other}}}"))?),
            None => list.push(member),
        }
    }
    classes.insert(name.trim(), list);
    Ok(())
}
