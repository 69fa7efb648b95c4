//! The small language of cues, and how a cue is found in a sentence.
//!
//! A sentence is at most 120 words, so a set of positions is one number of 128 bits; a cue is followed
//! element by element over all positions at once, in time linear in its length whatever the sentence says.

use std::collections::HashMap;

use super::shape::Shape;
use super::words::Sentence;

/// Named lists of words and phrases that cues refer to as `{name}`.
pub type Classes = HashMap<&'static str, Vec<&'static str>>;

/// Number of one distinct word, beginning of a word, or shape that some cue asks for.
type Atom = u16;
/// Stands between the choices of an element.
const BETWEEN: Atom = Atom::MAX;

/// No cue asks for a longer beginning of a word.
const LONGEST_BEGINNING: usize = 20;

/// All atoms of a table. Their words stand in the table's own text: there are thousands.
#[derive(Debug, Default)]
pub struct Lexicon {
    exact: HashMap<&'static str, Atom>,
    beginning: HashMap<&'static str, Atom>,
    count: Atom,
}

/// A compiled cue.
#[derive(Debug, Clone, Default)]
pub struct Pattern {
    elements: Box<[Element]>,
    question: bool,
}

#[derive(Debug, Clone)]
enum Element {
    /// Any of these sequences of atoms, with [`BETWEEN`] between them; may be left out.
    Words {
        any: Box<[Atom]>,
        optional: bool,
        /// May be left out where a clause ends.
        or_end: bool,
    },
    /// Up to so many words.
    Gap(usize),
    ClauseStart,
    ClauseEnd,
}

/// Where in a sentence each atom stands.
#[derive(Debug)]
pub struct View {
    at: Vec<u128>,
    starts: u128,
    ends: u128,
    inside: u128,
    question: bool,
}

/// First word of a match, and the word after its last.
pub type Span = (usize, usize);

impl Lexicon {
    /// Compiles a cue.
    ///
    /// # Errors
    /// A sentence naming what is not understood, for whoever edits the table.
    pub fn compile(&mut self, text: &'static str, classes: &Classes) -> Result<Pattern, String> {
        let (mut elements, mut question) = (Vec::new(), false);
        for token in text.split_whitespace() {
            match token {
                ".." => elements.push(Element::Gap(4)),
                "..." => elements.push(Element::Gap(9)),
                "^" => elements.push(Element::ClauseStart),
                "$" => elements.push(Element::ClauseEnd),
                "?" => question = true,
                _ => elements.push(self.element(token, classes)?),
            }
        }
        if elements.is_empty() && !question {
            return Err(format!("“{text}” is no cue: it has no words"));
        }
        Ok(Pattern { elements: elements.into(), question })
    }

    /// A cue of one class alone: any of its members.
    ///
    /// # Errors
    /// When there is no such class.
    pub fn member(&mut self, class: &str, classes: &Classes) -> Result<Pattern, String> {
        let mut any = Vec::new();
        self.members(class, classes, &mut any)?;
        Ok(Pattern { elements: [Element::Words { any: any.into(), optional: false, or_end: false }].into(), question: false })
    }

    fn element(&mut self, token: &'static str, classes: &Classes) -> Result<Element, String> {
        let (token, optional) = token.strip_suffix('?').map_or((token, false), |bare| (bare, true));
        let mut any = Vec::new();
        let or_end = token.split('|').any(|choice| choice == "$");
        for choice in token.split('|').filter(|choice| *choice != "$") {
            if let Some(name) = choice.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')) {
                self.members(name, classes, &mut any)?;
            } else if choice == "_" {
                self.choice([choice].into_iter(), &mut any);
            } else {
                self.choice(choice.split('_'), &mut any);
            }
        }
        Ok(Element::Words { any: any.into(), optional, or_end })
    }

    fn members(&mut self, class: &str, classes: &Classes, any: &mut Vec<Atom>) -> Result<(), String> {
        let members = classes.get(class).ok_or_else(|| format!("there is no class {{{class}}}"))?;
        for member in members {
            self.choice(member.split_whitespace(), any);
        }
        Ok(())
    }

    fn choice(&mut self, words: impl Iterator<Item = &'static str>, any: &mut Vec<Atom>) {
        if !any.is_empty() {
            any.push(BETWEEN);
        }
        any.extend(words.map(|word| self.atom(word)));
    }

    fn atom(&mut self, word: &'static str) -> Atom {
        let (map, key) = match word.strip_suffix('*') {
            Some(beginning) => (&mut self.beginning, beginning),
            None => (&mut self.exact, word),
        };
        *map.entry(key).or_insert_with(|| {
            self.count += 1;
            self.count - 1
        })
    }

    /// True when some cue or concept asks for just this word.
    #[must_use]
    pub fn knows(&self, word: &str) -> bool {
        self.exact.contains_key(word)
    }

    /// Looks up every word of a sentence.
    #[must_use]
    pub fn view(&self, sentence: &Sentence) -> View {
        let words = &sentence.words;
        let mut view = View {
            at: vec![0; usize::from(self.count)],
            starts: 1,
            ends: 1 << words.len(),
            inside: mask(words.len()),
            question: sentence.question,
        };
        for (position, word) in words.iter().enumerate() {
            let bit = 1_u128 << position;
            if word.pause || (position > 0 && joins_clauses(&words[position - 1].text)) {
                view.starts |= bit;
            }
            if word.pause || joins_clauses(&word.text) {
                view.ends |= bit;
            }
            self.mark(&word.text, bit, &mut view);
            self.mark_exact("_", bit, &mut view);
            if word.shape != Shape::Plain {
                self.mark_exact(&format!("<{}>", word.shape.word()), bit, &mut view);
            }
            if word.capital && (position > 0 || words.get(1).is_some_and(|next| next.capital)) && word.text != "i" {
                self.mark_exact("<name>", bit, &mut view);
            }
        }
        view
    }

    fn mark_exact(&self, key: &str, bit: u128, view: &mut View) {
        if let Some(&atom) = self.exact.get(key) {
            view.at[usize::from(atom)] |= bit;
        }
    }

    fn mark(&self, word: &str, bit: u128, view: &mut View) {
        self.mark_exact(word, bit, view);
        for (end, _) in word.char_indices().skip(2).take(LONGEST_BEGINNING).chain([(word.len(), ' ')]) {
            if let Some(&atom) = self.beginning.get(&word[..end]) {
                view.at[usize::from(atom)] |= bit;
            }
        }
    }
}

fn joins_clauses(word: &str) -> bool {
    matches!(word, "but" | "and" | "so" | "because" | "although" | "though" | "however" | "then")
}

/// The lowest `length` bits.
fn mask(length: usize) -> u128 {
    if length >= 128 { u128::MAX } else { (1 << length) - 1 }
}

impl Pattern {
    /// All places where the cue stands, from the left.
    pub fn spans<'a>(&'a self, view: &'a View) -> impl Iterator<Item = Span> + 'a {
        let mut left = self.possible_starts(view);
        std::iter::from_fn(move || {
            while left != 0 {
                let start = left.trailing_zeros() as usize;
                left &= left - 1;
                let ends = self.follow(view, 1 << start);
                if ends != 0 {
                    return Some((start, ends.trailing_zeros() as usize));
                }
            }
            None
        })
    }

    /// True when the cue stands anywhere in the sentence.
    #[must_use]
    pub fn is_in(&self, view: &View) -> bool {
        self.spans(view).next().is_some()
    }

    fn possible_starts(&self, view: &View) -> u128 {
        if self.question && !view.question {
            return 0;
        }
        match self.elements.first() {
            Some(Element::Words { any, optional: false, .. }) => choices(any).fold(0, |set, words| set | view.of(words[0])),
            Some(Element::ClauseStart) => view.starts & view.inside,
            _ => view.inside,
        }
    }

    fn follow(&self, view: &View, start: u128) -> u128 {
        let mut set = start;
        for element in &self.elements {
            set = element.follow(view, set);
            if set == 0 {
                break;
            }
        }
        set
    }
}

impl View {
    fn of(&self, atom: Atom) -> u128 {
        self.at[usize::from(atom)]
    }
}

/// The choices of an element, none of them empty.
fn choices(any: &[Atom]) -> impl Iterator<Item = &[Atom]> {
    any.split(|atom| *atom == BETWEEN).filter(|words| !words.is_empty())
}

impl Element {
    fn follow(&self, view: &View, set: u128) -> u128 {
        match self {
            Self::Words { any, optional, or_end } => {
                let kept = if *optional { set } else { 0 } | if *or_end { set & view.ends } else { 0 };
                choices(any).fold(kept, |sum, words| sum | words.iter().fold(set, |at, &atom| (at & view.of(atom)) << 1))
            }
            Self::Gap(words) => (0..*words).fold(set, |sum, _| sum | ((sum & view.inside) << 1)),
            Self::ClauseStart => set & view.starts,
            Self::ClauseEnd => set & view.ends,
        }
    }
}
