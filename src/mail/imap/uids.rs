//! Sets of UIDs as IMAP writes them (RFC 3501 `sequence-set`), and their division into commands of decent length.

use std::fmt;

/// A set of UIDs, kept as rising ranges.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct UidSet(Vec<(u32, u32)>);

/// Ranges in one command: about 7,000 bytes, within the line every server takes (RFC 7162 section 4).
const MOST_RANGES: usize = 320;

impl UidSet {
    /// All from `first` to `last`, both included; empty when `last` is below `first`.
    #[must_use]
    pub fn range(first: u32, last: u32) -> Self {
        let first = first.max(1);
        Self(if first <= last { vec![(first, last)] } else { Vec::new() })
    }

    /// True when it holds the UID.
    #[must_use]
    pub fn contains(&self, uid: u32) -> bool {
        let after = self.0.partition_point(|(first, _)| *first <= uid);
        after > 0 && uid <= self.0[after - 1].1
    }

    /// True when it holds none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Pieces short enough for one command each.
    pub(super) fn pieces(&self) -> impl Iterator<Item = Self> {
        self.0.chunks(MOST_RANGES).map(|ranges| Self(ranges.to_vec()))
    }

    /// The lower and the upper half; `None` when there is nothing to divide.
    pub(super) fn halves(&self) -> Option<[Self; 2]> {
        if let [(first, last)] = self.0[..] {
            let middle = first + (last - first) / 2;
            return (first < last).then(|| [Self::range(first, middle), Self::range(middle + 1, last)]);
        }
        let (lower, upper) = self.0.split_at_checked(self.0.len() / 2).filter(|(lower, _)| !lower.is_empty())?;
        Some([Self(lower.to_vec()), Self(upper.to_vec())])
    }

    fn push(&mut self, uid: u32) {
        match self.0.last_mut() {
            Some((_, last)) if *last + 1 == uid => *last = uid,
            _ => self.0.push((uid, uid)),
        }
    }
}

impl FromIterator<u32> for UidSet {
    /// In any order, duplicates and 0 ignored.
    fn from_iter<I: IntoIterator<Item = u32>>(uids: I) -> Self {
        let mut uids: Vec<u32> = uids.into_iter().filter(|uid| *uid > 0).collect();
        uids.sort_unstable();
        uids.dedup();
        let mut set = Self::default();
        for uid in uids {
            set.push(uid);
        }
        set
    }
}

impl fmt::Display for UidSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, (first, last)) in self.0.iter().enumerate() {
            let comma = if index > 0 { "," } else { "" };
            if first == last { write!(f, "{comma}{first}")? } else { write!(f, "{comma}{first}:{last}")? }
        }
        Ok(())
    }
}
