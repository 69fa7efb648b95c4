//! From text to sentences of plain words: one spelling for what people spell in many ways.

use std::collections::{HashMap, HashSet};

use super::shape::{self, Shape};

/// Longest sentence, in words; a longer one is cut in two. Positions of words fit the bits of one number.
pub const LONGEST: usize = 120;
/// No mail is read beyond this many characters: what matters stands early.
const FARTHEST: usize = 24_000;

/// A sentence as written, and as words.
#[derive(Debug, Clone, Default)]
pub struct Sentence {
    /// As written, white space folded.
    pub text: String,
    /// Lower-case words without punctuation, contractions and short forms written out.
    pub words: Vec<Word>,
    /// Ends in a question mark.
    pub question: bool,
}

/// A word of a sentence.
#[derive(Debug, Clone)]
pub struct Word {
    /// Lower-case, accents and apostrophes gone.
    pub text: String,
    /// What it looks like.
    pub shape: Shape,
    /// Written with a capital.
    pub capital: bool,
    /// A comma, a dash or the like stands before it.
    pub pause: bool,
}

/// Habits of writing that data tells.
#[derive(Debug, Default)]
pub struct Habits {
    /// Short forms and misspellings, each with the words it stands for.
    pub spelling: HashMap<String, Vec<String>>,
    /// Lines that close a letter, lower-case, without punctuation.
    pub closings: HashSet<String>,
}

/// Sentences looked at: no letter has more, and each is held against every pattern.
const MOST_SENTENCES: usize = 500;

/// Splits a text into sentences.
#[must_use]
pub fn sentences(text: &str, habits: &Habits) -> Vec<Sentence> {
    let text: String = text.chars().take(FARTHEST).collect();
    // An apostrophe that some program read in the wrong alphabet.
    let text = if text.contains("â€") { text.replace("â€™", "'").replace("â€˜", "'") } else { text };
    let mut all = Vec::new();
    let blocks = above_signature(blocks(&text, habits), habits);
    for raw in blocks.iter().flat_map(|block| split(block)).take(MOST_SENTENCES) {
        all.extend(read(&raw, habits));
    }
    all
}

/// Lines joined where a mail program wrapped them, parted where the writer began a new one.
fn blocks(text: &str, habits: &Habits) -> Vec<String> {
    let mut blocks: Vec<String> = Vec::new();
    let mut open = false;
    for line in text.lines() {
        let line = line.trim();
        match blocks.last_mut() {
            Some(last) if open && !line.is_empty() && !is_item(line) && !is_closing(line, habits) => {
                last.push(' ');
                last.push_str(line);
            }
            _ if line.is_empty() => {}
            _ => blocks.push(line.to_owned()),
        }
        open = line.chars().count() > 45;
    }
    blocks
}

/// What stands above a closing line ("Best," "Kind regards"), a postscript, and words to the reader that follow all the same:
/// the name and titles below say nothing.
fn above_signature(mut blocks: Vec<String>, habits: &Habits) -> Vec<String> {
    const MOST_LINES: usize = 9;
    let from = blocks.len().saturating_sub(MOST_LINES).max(1);
    if let Some(end) = (from..blocks.len()).find(|at| is_closing(&blocks[*at], habits)) {
        let below = blocks.split_off(end);
        let postscript = below.iter().position(|block| is_postscript(block)).unwrap_or(below.len());
        blocks.extend(
            below.into_iter().enumerate().filter(|(at, block)| *at >= postscript || is_to_the_reader(block)).map(|(_, block)| block),
        );
    }
    blocks
}

/// A sentence with a "me" or "you" in it, in small letters but for its first: no name, no title.
fn is_to_the_reader(block: &str) -> bool {
    const SHORTEST: usize = 4;
    let words: Vec<&str> = block.split_whitespace().collect();
    let small = words.iter().skip(1).filter(|word| word.starts_with(char::is_lowercase)).count();
    let to_the_reader =
        words.iter().any(|word| matches!(word.trim_end_matches(['.', ',', '!', '?']), "me" | "my" | "us" | "our" | "you" | "your"));
    words.len() >= SHORTEST && to_the_reader && small + 2 >= words.len() && block.ends_with(['.', '!', '?'])
}

fn is_closing(line: &str, habits: &Habits) -> bool {
    let bare = line.trim_end_matches([',', '.', '!', '-', '–', '—', ' ']).to_lowercase();
    habits.closings.contains(&bare) || bare.starts_with("sent from my") || line == "--"
}

fn is_postscript(line: &str) -> bool {
    let start = line.chars().take(4).collect::<String>().to_lowercase();
    start.starts_with("ps:") || start.starts_with("p.s") || start.starts_with("ps ") || start.starts_with("ps-")
}

fn is_item(line: &str) -> bool {
    line.starts_with(['-', '*', '•', '–'])
        || line.split_once(['.', ')']).is_some_and(|(n, _)| n.len() <= 2 && n.bytes().all(|b| b.is_ascii_digit()))
}

/// Cuts a block after full stops, question and exclamation marks, semicolons.
fn split(block: &str) -> Vec<String> {
    let mut parts = Vec::new();
    let mut current = String::new();
    let words: Vec<&str> = block.split_whitespace().collect();
    for (at, word) in words.iter().enumerate() {
        if !current.is_empty() {
            current.push(' ');
        }
        current.push_str(word);
        if ends_sentence(word, words.get(at + 1).copied()) {
            parts.push(std::mem::take(&mut current));
        }
    }
    parts.push(current);
    parts.retain(|part| !part.is_empty());
    unhammered(parts)
}

/// "Take. Me. Off." said as if with a hammer: three or more sentences of one word each are one.
fn unhammered(parts: Vec<String>) -> Vec<String> {
    const BLOWS: usize = 3;
    let blow = |part: &String| part.ends_with(['.', '!']) && !part.contains(' ') && part.chars().any(char::is_alphabetic);
    let mut joined: Vec<String> = Vec::new();
    for run in parts.chunk_by(|a, b| blow(a) && blow(b)) {
        let hammered = run.len() >= BLOWS;
        if hammered {
            joined.push(run.iter().map(|word| word.trim_end_matches(['.', '!']).to_lowercase()).collect::<Vec<_>>().join(" "));
        } else {
            joined.extend(run.iter().cloned());
        }
    }
    joined
}

fn ends_sentence(word: &str, next: Option<&str>) -> bool {
    let bare = word.trim_end_matches(['"', '\'', ')', '”', '’', '*', '_']);
    match bare.chars().last() {
        Some('!' | '?' | ';' | '…') => true,
        Some('.') => !is_abbreviation(bare, next),
        _ => false,
    }
}

/// `Dr.`, `a.m.`, an initial: no end, unless what follows cannot be its continuation.
fn is_abbreviation(word: &str, next: Option<&str>) -> bool {
    const TITLES: [&str; 14] = ["dr", "mr", "ms", "mrs", "prof", "st", "e.g", "i.e", "vs", "approx", "attn", "ext", "no", "tel"];
    let stem = word.trim_start_matches(['(', '"', '“']).trim_end_matches('.').to_lowercase();
    let continues = next.is_some_and(|next| next.starts_with(|c: char| c.is_lowercase() || c.is_ascii_digit() || c == '<'));
    let names = next.is_some_and(|next| next.starts_with(char::is_uppercase));
    match stem.as_str() {
        "no" | "ext" | "tel" | "approx" => next.is_some_and(|next| next.starts_with(|c: char| c.is_ascii_digit() || c == '#')),
        "a.m" | "p.m" | "am" | "pm" | "inc" | "corp" | "jr" | "sr" | "etc" | "m.d" | "d.o" => continues,
        one if one.chars().count() == 1 && one != "i" && one.chars().all(char::is_alphabetic) => names || continues,
        _ => TITLES.contains(&stem.as_str()) && (names || continues),
    }
}

fn read(raw: &str, habits: &Habits) -> Vec<Sentence> {
    let question =
        raw.trim_end_matches(['"', ')', '”', ' ']).ends_with('?') || raw.contains("?!") || raw.to_lowercase().contains("question mark");
    let words = words(raw, habits);
    words
        .chunks(LONGEST)
        .map(|part| Sentence { text: raw.to_owned(), words: part.to_vec(), question })
        .filter(|sentence| !sentence.words.is_empty())
        .collect()
}

fn words(raw: &str, habits: &Habits) -> Vec<Word> {
    let mut words = Vec::new();
    let mut pause = false;
    for token in raw.split_whitespace() {
        let inner = token.trim_matches(|c: char| !c.is_alphanumeric() && !shape::is_picture(c) && c != '$' && c != '#');
        let lead = token.len() > inner.len() && token.starts_with(['(', '"', '“', '-', '–', '—', '*']);
        pause |= lead;
        if !inner.is_empty() {
            push_token(inner, pause, habits, &mut words);
            pause = token.ends_with([',', ':', ')', '"', '”', '–', '—', '-', '.', ';', '*']) && token.len() > inner.len();
        }
    }
    words
}

fn push_token(token: &str, pause: bool, habits: &Habits, words: &mut Vec<Word>) {
    let capital = token.starts_with(char::is_uppercase);
    let shape = shape::of(token);
    if shape != Shape::Plain {
        words.push(Word { text: token.to_lowercase(), shape, capital, pause });
        return;
    }
    if let Some(full) = habits.spelling.get(token).filter(|_| capital) {
        words.extend(full.iter().map(|text| Word { text: text.clone(), shape, capital: false, pause }));
        return;
    }
    let mut pause = pause;
    for piece in pieces(token) {
        for text in written_out(&piece, habits) {
            words.push(Word { shape: shape::of(&text), capital: capital && text.starts_with(first_letter(token)), text, pause });
            pause = false;
        }
    }
}

fn first_letter(token: &str) -> char {
    token.chars().next().and_then(|c| c.to_lowercase().next()).unwrap_or(' ')
}

/// The parts of `check-in`, `and/or`, `soon—really`, a picture apart from its word.
fn pieces(token: &str) -> Vec<String> {
    let lower = shape::plain_letters(token);
    let lower = lower.replace("e-mail", "email").replace("w/", "with ").replace("c.v", "cv");
    let mut parts = Vec::new();
    for part in lower.split(['-', '/', '–', '—', '_', '(', ')', '…', ' ', ',', '"', '.']) {
        let mut word = String::new();
        for c in part.chars() {
            if shape::is_picture(c) {
                parts.push(c.to_string());
            } else if c.is_alphanumeric() || matches!(c, '\'' | '$' | '#' | '+' | '&' | '@') {
                word.push(c);
            }
        }
        parts.push(word);
    }
    parts.retain(|part| !part.is_empty());
    parts
}

/// Contractions and short forms in full: `don't` and `dont` both give `do not`.
fn written_out(piece: &str, habits: &Habits) -> Vec<String> {
    let Some((stem, tail)) = piece.rsplit_once('\'') else {
        return habits.spelling.get(piece).cloned().unwrap_or_else(|| vec![piece.to_owned()]);
    };
    let full = match tail {
        "t" if stem.ends_with('n') => return vec![negated(stem), "not".to_owned()],
        "re" => "are",
        "ve" => "have",
        "ll" => "will",
        "m" => "am",
        "d" => "would",
        "s" if stem == "let" => "us",
        "s" if IS_AFTER.contains(&stem) => "is",
        // An elided little word of French or Italian: "m'écrire".
        _ if tail.chars().count() > 2 && ELIDED.contains(&stem) => return vec![stem.to_owned(), tail.to_owned()],
        _ => return vec![stem.replace('\'', "")],
    };
    vec![stem.replace('\'', ""), full.to_owned()]
}

const ELIDED: [&str; 9] = ["c", "d", "j", "l", "m", "n", "qu", "s", "t"];

const IS_AFTER: [&str; 14] =
    ["he", "she", "it", "that", "there", "what", "who", "here", "where", "how", "when", "everything", "everyone", "nothing"];

fn negated(stem: &str) -> String {
    match stem {
        "can" => "can".to_owned(),
        "won" => "will".to_owned(),
        "shan" => "shall".to_owned(),
        _ => stem.strip_suffix('n').unwrap_or(stem).to_owned(),
    }
}
