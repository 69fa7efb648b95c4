//! Tables of patterns of which only those are compiled that a mail gives cause to.
//!
//! A compiled pattern costs kilobytes and its compilation a fraction of a millisecond, and there are more than a
//! thousand of them in `data/`. So each table knows a few words of which a text must have one before a pattern can be
//! in it; a mail is searched for all these words at once, and a pattern is compiled when its word is there. The
//! compiled ones stand on one shelf, and those not asked for lately make room: memory is bounded whatever the mails say.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, LazyLock, Mutex, OnceLock, PoisonError};

use aho_corasick::{AhoCorasick, AhoCorasickKind};
use regex_automata::meta::{Config, Regex};
use regex_automata::nfa::thompson::WhichCaptures;
use regex_automata::util::syntax;
use regex_syntax::hir::literal::{Extractor, Seq};
use regex_syntax::hir::{Hir, HirKind};

/// Bytes of compiled patterns that are kept.
const SHELF: usize = 3 << 19;
/// What a compiled pattern needs to run, besides itself, by a cautious guess.
const TO_RUN: usize = 4 << 10;
/// Bytes of the automaton that a search may build as it goes.
const AS_IT_GOES: usize = 48 << 10;
/// A word that must be there is cut to this length: enough to tell, and cheap to keep.
const WORD: usize = 8;
/// A pattern that stands for no more than so many texts is looked for as these.
const MOST_PLAIN: usize = 24;
/// A shorter word tells nothing.
const SHORTEST: usize = 2;

/// How the text of a table is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Script {
    /// Folded to lower case beforehand; the patterns are of bytes.
    Folded,
    /// As people write it; case does not matter, letters of any language count.
    AnyCase,
}

/// A table of patterns.
#[derive(Debug)]
pub struct Patterns {
    number: u32,
    script: Script,
    sources: Vec<String>,
    words: OnceLock<Words>,
}

/// The words by which a table's patterns are told.
#[derive(Debug)]
struct Words {
    search: Option<AhoCorasick>,
    /// The pattern of each word, and whether the word is all of it.
    owner: Vec<(u16, bool)>,
    /// Patterns that have no such word: they are always tried.
    wordless: Vec<u16>,
}

/// Whether a pattern is in a text, as far as words tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Chance {
    None,
    Some,
    Sure,
}

impl Patterns {
    /// A table; nothing is compiled yet. A pattern that is none matches nothing.
    #[must_use]
    pub fn new(script: Script, sources: impl IntoIterator<Item = String>) -> Self {
        let sources = sources.into_iter();
        let sources = if script == Script::Folded { sources.collect() } else { sources.map(|source| slimmed(&source)).collect() };
        let number = TABLES.fetch_add(1, Ordering::Relaxed);
        Self { number, script, sources, words: OnceLock::new() }
    }

    /// True when any pattern is in the text.
    #[must_use]
    pub fn hit(&self, text: &str) -> bool {
        self.found(text).next().is_some()
    }

    /// How many of the patterns are in the text.
    #[must_use]
    pub fn count(&self, text: &str) -> usize {
        self.found(text).count()
    }

    /// The first pattern of the table that is in the text.
    #[must_use]
    pub fn first(&self, text: &str) -> Option<usize> {
        self.found(text).next()
    }

    fn found<'a>(&'a self, text: &'a str) -> impl Iterator<Item = usize> + 'a {
        let chances = (0..).zip(self.chances(text));
        chances
            .filter(move |(index, chance)| *chance == Chance::Sure || *chance == Chance::Some && self.matches(*index, text))
            .map(|(index, _)| index)
    }

    /// What the words in the text say of each pattern.
    fn chances(&self, text: &str) -> Vec<Chance> {
        let words = self.words.get_or_init(|| self.words());
        let mut chances = vec![Chance::None; self.sources.len()];
        words.wordless.iter().for_each(|index| chances[usize::from(*index)] = Chance::Some);
        for found in words.search.iter().flat_map(|search| search.find_overlapping_iter(text)) {
            let (index, whole) = words.owner[found.pattern().as_usize()];
            let chance = &mut chances[usize::from(index)];
            *chance = (*chance).max(if whole { Chance::Sure } else { Chance::Some });
        }
        chances
    }

    fn words(&self) -> Words {
        let (mut all, mut owner, mut wordless) = (Vec::new(), Vec::new(), Vec::new());
        for (index, source) in (0_u16..).zip(&self.sources) {
            match required(source, self.script) {
                Some((words, whole)) => {
                    owner.extend(std::iter::repeat_n((index, whole), words.len()));
                    all.extend(words);
                }
                None => wordless.push(index),
            }
        }
        let build = || {
            AhoCorasick::builder()
                .kind(Some(AhoCorasickKind::ContiguousNFA))
                .dense_depth(1)
                .prefilter(false)
                .ascii_case_insensitive(self.script == Script::AnyCase)
                .build(&all)
        };
        let search = if all.is_empty() { None } else { build().ok() };
        if search.is_none() {
            wordless = (0..).take(self.sources.len()).collect();
        }
        Words { search, owner, wordless }
    }
}

/// The words of which a match must hold one, and whether that is all there is to the pattern; none when there is no
/// such small set.
fn required(source: &str, script: Script) -> Option<(Vec<String>, bool)> {
    let hir = regex_syntax::ParserBuilder::new().unicode(script == Script::AnyCase).utf8(false).build().parse(source).ok()?;
    let all = plain(&hir);
    let whole = all.is_some();
    let words = all.or_else(|| choices(&hir).iter().map(best).collect::<Option<Vec<_>>>().map(|sets| sets.concat()))?;
    if words.iter().any(|word| word.len() < SHORTEST) {
        return None;
    }
    let mut words = if script == Script::AnyCase { words.iter().flat_map(|word| spellings(word)).collect() } else { words };
    words.sort_unstable();
    words.dedup();
    Some((words, whole))
}

/// All texts that the pattern stands for, when they are few and it does not ask what is around them.
fn plain(hir: &Hir) -> Option<Vec<String>> {
    let mut extractor = Extractor::new();
    let seq = extractor.limit_total(MOST_PLAIN).limit_class(4).extract(hir);
    let exact = hir.properties().look_set().is_empty() && seq.is_exact();
    exact.then(|| words_of(&seq)).flatten()
}

fn words_of(seq: &Seq) -> Option<Vec<String>> {
    seq.literals().map(|literals| literals.iter().map(|literal| whole_letters(literal.as_bytes())).collect())
}

/// A word that was cut in the middle of a letter would never be found.
fn whole_letters(word: &[u8]) -> String {
    word.utf8_chunks().next().map(|chunk| chunk.valid().to_owned()).unwrap_or_default()
}

/// The search itself forgives case in ASCII only.
fn spellings(word: &str) -> Vec<String> {
    let lower = word.to_lowercase();
    if lower.is_ascii() {
        return vec![lower];
    }
    let mut letters = lower.chars();
    let capital = letters.next().map(|first| first.to_uppercase().chain(letters).collect::<String>());
    [Some(lower.to_uppercase()), capital, Some(lower)].into_iter().flatten().collect()
}

fn choices(hir: &Hir) -> &[Hir] {
    match hir.kind() {
        HirKind::Capture(capture) => choices(&capture.sub),
        HirKind::Alternation(choices) => choices,
        _ => std::slice::from_ref(hir),
    }
}

/// The set with the longest words among those that stand at one place of the pattern.
fn best(hir: &Hir) -> Option<Vec<String>> {
    let parts = match hir.kind() {
        HirKind::Capture(capture) => return best(&capture.sub),
        HirKind::Concat(parts) => parts.as_slice(),
        _ => std::slice::from_ref(hir),
    };
    let mut extractor = Extractor::new();
    extractor.limit_total(250).limit_literal_len(WORD).limit_class(4);
    let at = |from: usize| {
        let mut seq = extractor.extract(&Hir::concat(parts[from..].to_vec()));
        seq.keep_first_bytes(WORD);
        seq.sort();
        seq.dedup();
        seq.min_literal_len().filter(|shortest| *shortest >= SHORTEST).map(|shortest| (shortest, seq))
    };
    let found = (0..parts.len()).filter_map(at);
    found.max_by_key(|(shortest, seq)| (*shortest, std::cmp::Reverse(seq.len()))).and_then(|(_, seq)| words_of(&seq))
}

/// The compiled patterns of all tables: those asked for lately, and those from before that were not asked for since.
#[derive(Debug, Default)]
struct Shelf {
    lately: Board,
    before: Board,
}

/// Half of the shelf.
#[derive(Debug, Default)]
struct Board {
    patterns: HashMap<(u32, usize), Arc<Regex>>,
    bytes: usize,
}

static COMPILED: LazyLock<Mutex<Shelf>> = LazyLock::new(Mutex::default);
/// The number of the next table.
static TABLES: AtomicU32 = AtomicU32::new(0);

impl Patterns {
    fn matches(&self, index: usize, text: &str) -> bool {
        let key = (self.number, index);
        let known = COMPILED.lock().unwrap_or_else(PoisonError::into_inner).get(key);
        let pattern = known.or_else(|| {
            let fresh = Arc::new(compile(self.script, &self.sources[index])?);
            COMPILED.lock().unwrap_or_else(PoisonError::into_inner).keep(key, &fresh);
            Some(fresh)
        });
        pattern.is_some_and(|pattern| pattern.is_match(text))
    }
}

impl Shelf {
    fn get(&mut self, key: (u32, usize)) -> Option<Arc<Regex>> {
        if let Some(pattern) = self.lately.patterns.get(&key) {
            return Some(Arc::clone(pattern));
        }
        let pattern = self.before.patterns.remove(&key)?;
        self.before.bytes = self.before.bytes.saturating_sub(size(&pattern));
        self.keep(key, &pattern);
        Some(pattern)
    }

    /// When half of the shelf is full, what nobody asked for meanwhile makes room.
    fn keep(&mut self, key: (u32, usize), pattern: &Arc<Regex>) {
        if self.lately.bytes > SHELF / 2 {
            self.before = std::mem::take(&mut self.lately);
        }
        if self.lately.patterns.insert(key, Arc::clone(pattern)).is_none() {
            self.lately.bytes += size(pattern);
        }
    }
}

fn size(pattern: &Regex) -> usize {
    pattern.memory_usage() + TO_RUN
}

/// Unicode's classes make automata a hundred times larger than the letters and signs that mails have there.
const SLIMMER: [(&str, &str); 7] = [
    (r"[\W_]", r"\W"),
    (r"\W", r"[\s\x21-\x2f\x3a-\x40\x5b-\x5e\x60\x7b-\x7f§«»°·‐-‧‹›•…–—―─！：，。]"),
    (r"\w", "[0-9A-Za-z_À-ɏ]"),
    (r"\d", "[0-9]"),
    (r"\p{Lu}", "[A-ZÀ-ÖØ-ÞĀ-ɏΑ-ΩЀ-Я]"),
    (r"\p{Ll}", "[a-zß-öø-ÿĀ-ɏά-ώа-џ]"),
    (r"\p{L}", "[A-Za-zÀ-ɏͰ-ϿЀ-ӿ֐-ۿ฀-๿぀-ヿ㐀-鿿가-힣]"),
];

fn slimmed(source: &str) -> String {
    let slim = SLIMMER.iter().fold(source.to_owned(), |source, (wide, narrow)| source.replace(wide, narrow));
    // A gap counts bytes; where all letters are plain ones, so do the ends of words.
    let slim = slim.replace(".{0,", "(?-u:.){0,").replace("[^.!?]{", "(?-u:[^.!?]){");
    if source.is_ascii() { slim.replace(r"\b", r"(?-u:\b)") } else { slim }
}

/// A fixed pattern that stands by itself, compiled once and for all.
///
/// # Panics
/// When it is none, which a test of its owner shows.
#[must_use]
pub fn alone(source: &str) -> Regex {
    let config = lean().which_captures(WhichCaptures::Implicit);
    Regex::builder().syntax(syntax::Config::new().utf8(false)).configure(config).build(&slimmed(source)).expect("a fixed pattern")
}

fn lean() -> Config {
    Config::new().onepass(false).dfa(false).hybrid_cache_capacity(AS_IT_GOES)
}

/// Only whether it matches is ever asked, so neither groups nor the larger automata are built.
fn compile(script: Script, source: &str) -> Option<Regex> {
    let any_case = script == Script::AnyCase;
    let syntax = syntax::Config::new().unicode(any_case).case_insensitive(any_case).utf8(false);
    let config = lean().which_captures(WhichCaptures::None);
    Regex::builder().syntax(syntax).configure(config).build(source).ok()
}

#[cfg(test)]
mod tests {
    use proptest::strategy::{Strategy, ValueTree};
    use proptest::test_runner::TestRunner;

    use super::super::super::book::every_text;
    use super::*;

    const TABLES: [(&str, Script); 3] = [
        (include_str!("../../../data/automatic.toml"), Script::Folded),
        (include_str!("../../../data/bounce.toml"), Script::Folded),
        (include_str!("../../../data/quotes.toml"), Script::AnyCase),
    ];

    /// A text that the pattern may be in; the generator knows no beginnings and ends.
    fn example(source: &str, runner: &mut TestRunner) -> Option<String> {
        let bare = source.replace(r"\b", "").replace("(?-i:", "(").replace("(^|", "(").replace("|$)", ")");
        let bare = bare.trim_start_matches('^').trim_end_matches('$');
        proptest::string::string_regex(bare).ok()?.new_tree(runner).ok().map(|tree| tree.current())
    }

    #[test]
    fn no_pattern_of_the_data_is_missed_for_want_of_its_word() {
        let mut runner = TestRunner::deterministic();
        let (mut tried, mut missed) = (0, Vec::new());
        for (table, script) in TABLES {
            for source in every_text(table) {
                let table = Patterns::new(script, [source.clone()]);
                let Some(whole) = compile(script, &table.sources[0]) else { continue };
                let texts = (0..2).filter_map(|_| example(&source, &mut runner));
                for text in texts.flat_map(|text| [text.to_lowercase(), text.to_uppercase(), text]).filter(|text| whole.is_match(text)) {
                    tried += 1;
                    if !table.hit(&text) {
                        missed.push((source.clone(), text));
                    }
                }
            }
        }
        assert!(missed.is_empty(), "{missed:#?}");
        assert!(tried > 2_000, "only {tried} texts were made");
    }

    #[test]
    fn the_shelf_stays_small_whatever_is_asked() {
        let table = Patterns::new(Script::AnyCase, (0..300).map(|n| format!(r"word{n} (?:\w+ ){{0,90}}end")));
        let all: String = (0..300).map(|n| format!("word{n}; ")).collect();
        assert_eq!(table.count(&all), 0);
        assert_eq!(table.first("word299 and so to the END"), Some(299));
        let shelf = COMPILED.lock().unwrap_or_else(PoisonError::into_inner);
        let (bytes, patterns) = (shelf.lately.bytes + shelf.before.bytes, shelf.lately.patterns.len() + shelf.before.patterns.len());
        assert!(bytes <= SHELF + (64 << 10), "{bytes} bytes");
        assert!(patterns < 200, "{patterns} patterns");
    }

    #[test]
    fn a_table_counts_its_patterns_and_names_the_first() {
        let table = Patterns::new(Script::AnyCase, ["on leave", r"back (on|by)", "начало"].map(str::to_owned));
        assert_eq!((table.count("Back by Monday, on LEAVE now"), table.first("BACK ON Monday")), (2, Some(1)));
        assert!(table.hit("Начало") && !table.hit("nothing"));
    }
}
