//! Numbers as people tick them off a list: `1,3-5`.

use std::collections::BTreeSet;

/// Numbers in one list of ticks, so that a slip of the hand costs nothing.
const MOST: u64 = 100_000;

/// Reads `1,3-5` and `2 7`, for clap too.
pub(super) fn picks(text: &str) -> Result<BTreeSet<u64>, String> {
    let mut found = BTreeSet::new();
    for word in text.split([',', ' ', ';']).filter(|word| !word.is_empty()) {
        let (from, to) = word.split_once(['-', '–']).unwrap_or((word, word));
        let both = from.parse::<u64>().ok().zip(to.parse::<u64>().ok());
        match both.filter(|(from, to)| from <= to && to - from < MOST && *from > 0) {
            Some((from, to)) => found.extend(from..=to),
            None => return Err(format!("“{word}” is no number and no range; write them like 1,3-5")),
        }
    }
    if found.is_empty() { Err("name at least one number, like 1,3-5".to_owned()) } else { Ok(found) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_numbers_and_ranges() {
        let list = |text: &str| picks(text).map(|found| found.into_iter().collect::<Vec<u64>>());
        assert_eq!(list("1,3-5"), Ok(vec![1, 3, 4, 5]));
        assert_eq!(list(" 7 2, 2"), Ok(vec![2, 7]));
        for wrong in ["", "0", "5-3", "a", "1-999999999999", "-1", "1,,x"] {
            assert!(picks(wrong).is_err(), "{wrong}");
        }
    }
}
