//! Variation: `[[ one || two ]]` becomes one of its alternatives before any field is filled in.

use std::ops::Range;

use super::fault::Fault;

/// Which alternative of each group is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Pick {
    /// A draw of its own for each group.
    Seed(u64),
    /// The n-th of every group, counted round; so that a check sees each once.
    Nth(usize),
}

impl Pick {
    /// The pick for the subject: its first group shall not follow the first group of the body.
    pub(super) const fn apart(self) -> Self {
        match self {
            Self::Seed(seed) => Self::Seed(!seed),
            nth @ Self::Nth(_) => nth,
        }
    }
}

/// A source with its choices made, and the way back to the places of the original.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Varied {
    /// The text without variation.
    pub text: String,
    /// (offset here, offset in the source), rising; each piece runs to the next.
    pieces: Vec<(usize, usize)>,
}

impl Varied {
    /// Where in the source a place of the text stands.
    pub(super) fn source_offset(&self, offset: usize) -> usize {
        let after = self.pieces.partition_point(|(here, _)| *here <= offset);
        let (here, there) = after.checked_sub(1).and_then(|index| self.pieces.get(index)).copied().unwrap_or((0, 0));
        there + (offset - here)
    }

    /// Takes a range of the source over, without what is cut out of it.
    fn push(&mut self, source: &str, cuts: &[Range<usize>], range: Range<usize>) {
        let mut from = range.start;
        let first = cuts.partition_point(|cut| cut.end <= range.start);
        for cut in cuts[first..].iter().take_while(|cut| cut.start < range.end) {
            self.piece(source, from..cut.start.max(from));
            from = cut.end.min(range.end);
        }
        self.piece(source, from..range.end);
    }

    fn piece(&mut self, source: &str, range: Range<usize>) {
        self.pieces.push((self.text.len(), range.start));
        self.text.push_str(&source[range]);
    }
}

/// One `[[ … || … ]]`: the whole and the trimmed alternatives, as places of the source.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Group {
    whole: Range<usize>,
    alternatives: Vec<Range<usize>>,
}

/// Takes one alternative of each group.
pub(super) fn vary(source: &str, pick: Pick) -> Result<Varied, Fault> {
    let mut varied = Varied { text: String::with_capacity(source.len()), pieces: Vec::new() };
    let cuts = around_lone_tags(source);
    let mut done = 0;
    for (index, group) in groups(source)?.into_iter().enumerate() {
        varied.push(source, &cuts, done..group.whole.start);
        let chosen = choose(pick, index, group.alternatives.len());
        varied.push(source, &cuts, group.alternatives[chosen].clone());
        done = group.whole.end;
    }
    varied.push(source, &cuts, done..source.len());
    Ok(varied)
}

/// The most alternatives any group has; 1 without a group.
pub(super) fn widest(source: &str) -> Result<usize, Fault> {
    Ok(groups(source)?.iter().map(|group| group.alternatives.len()).max().unwrap_or(1))
}

fn choose(pick: Pick, group: usize, count: usize) -> usize {
    match pick {
        Pick::Nth(n) => n % count,
        Pick::Seed(seed) => {
            let draw = mix(seed.wrapping_add(mix(group as u64 + 1)));
            usize::try_from(draw % count as u64).unwrap_or(0)
        }
    }
}

/// The finalizer of `SplitMix64`, written out so that a seed picks the same words in every later version.
const fn mix(seed: u64) -> u64 {
    let mut z = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

fn groups(source: &str) -> Result<Vec<Group>, Fault> {
    let mut groups = Vec::new();
    let mut open: Option<(usize, Vec<usize>)> = None;
    let mut at = 0;
    while let Some((place, mark)) = next_mark(source, at) {
        at = place + 2;
        match (mark, open.take()) {
            ("[[", None) => open = Some((place, vec![at])),
            ("[[", Some(_)) => return Err(Fault::new(place, "`[[` stands inside another `[[ ]]`", "write the alternatives out in full")),
            ("||", Some((start, mut starts))) => {
                starts.push(at);
                open = Some((start, starts));
            }
            ("||", None) => return Err(Fault::new(place, "`||` stands outside of `[[ ]]`", "write [[ one || two ]]")),
            (_, Some((start, starts))) => groups.push(group(source, start, &starts, place)),
            (_, None) => return Err(Fault::new(place, "`]]` without a `[[` before it", "write [[ one || two ]]")),
        }
    }
    match open {
        Some((place, _)) => Err(Fault::new(place, "`[[` is never closed", "close it with `]]`")),
        None => Ok(groups),
    }
}

fn group(source: &str, start: usize, starts: &[usize], close: usize) -> Group {
    let ends = starts.iter().skip(1).map(|next| next - 2).chain([close]);
    let alternatives = starts.iter().zip(ends).map(|(from, to)| trimmed(source, *from..to)).collect();
    Group { whole: start..close + 2, alternatives }
}

/// Without the one space that sets an alternative off, and without a line break at its edge; a second space is meant.
fn trimmed(source: &str, range: Range<usize>) -> Range<usize> {
    let text = &source[range.clone()];
    let (head, tail) = (edge(text.chars()), edge(text.chars().rev()));
    if head + tail >= text.len() { range.start..range.start } else { range.start + head..range.end - tail }
}

/// How many bytes at one edge are layout: white space with a line break in it, or else one space.
fn edge(chars: impl Iterator<Item = char>) -> usize {
    let blank: String = chars.take_while(|c| c.is_whitespace()).collect();
    if blank.contains('\n') { blank.len() } else { usize::from(blank.starts_with(' ')) }
}

/// The next `[[`, `||` or `]]` that is not inside a field, a tag or a comment.
fn next_mark(source: &str, from: usize) -> Option<(usize, &str)> {
    let bytes = source.as_bytes();
    let mut at = from;
    while at + 1 < bytes.len() {
        match &bytes[at..at + 2] {
            b"[[" | b"||" | b"]]" => return Some((at, &source[at..at + 2])),
            b"{{" => at = past(source, at, "}}"),
            b"{%" => at = past(source, at, "%}"),
            b"{#" => at = past(source, at, "#}"),
            _ => at += 1,
        }
    }
    None
}

/// The white space around a tag that has a line to itself: such a line leaves no trace in the text.
///
/// The engine's own `trim_blocks` would also eat the line break after a tag that ends a line of prose, and with it a paragraph.
fn around_lone_tags(source: &str) -> Vec<Range<usize>> {
    let mut cuts = Vec::new();
    let mut start = 0;
    for line in source.split_inclusive('\n') {
        let end = start + line.len();
        let bare = line.trim();
        if !bare.is_empty() && is_only_tags(bare) {
            let indent = line.len() - line.trim_start().len();
            cuts.extend([start..start + indent, start + indent + bare.len()..end]);
        }
        start = end;
    }
    cuts
}

fn is_only_tags(line: &str) -> bool {
    let mut rest = line;
    while !rest.is_empty() {
        let close = if rest.starts_with("{%") { "%}" } else { "#}" };
        if !rest.starts_with("{%") && !rest.starts_with("{#") {
            return false;
        }
        let Some(end) = rest.find(close) else { return false };
        rest = rest[end + 2..].trim_start();
    }
    true
}

/// Past the closing mark; the end when there is none, which the template engine reports better.
fn past(source: &str, open: usize, close: &str) -> usize {
    source[open + 2..].find(close).map_or(source.len(), |found| open + 2 + found + 2)
}
