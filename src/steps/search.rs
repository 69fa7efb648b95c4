//! A search that forgives case, accents and a misspelt letter.

use crate::model::fold::folded;

/// How well a query matches any of some fields: all its words must, each to the letter, as a beginning, inside, or with
/// one letter wrong. Higher is better; `None` when a word matches nothing. An empty query matches everything.
#[must_use]
pub fn score<'a>(query: &str, fields: impl Iterator<Item = &'a str>) -> Option<u32> {
    let fields: Vec<String> = fields.map(folded).collect();
    folded(query)
        .split(' ')
        .filter(|word| !word.is_empty())
        .map(|word| fields.iter().filter_map(|field| word_score(word, field)).max())
        .try_fold(0, |sum, best| Some(sum + best?))
}

fn word_score(word: &str, field: &str) -> Option<u32> {
    if field == word {
        return Some(100);
    }
    let parts = || field.split(|c: char| !c.is_alphanumeric()).filter(|part| !part.is_empty());
    if parts().any(|part| part == word) {
        return Some(80);
    }
    if field.starts_with(word) || parts().any(|part| part.starts_with(word)) {
        return Some(60);
    }
    if field.contains(word) {
        return Some(40);
    }
    let long_enough = word.chars().count() >= 4;
    (long_enough && parts().any(|part| is_near(word, part))).then_some(20)
}

/// One letter wrong, missing, too many, or two swapped; two for long words.
fn is_near(word: &str, part: &str) -> bool {
    let (long, other) = (word.chars().count(), part.chars().count());
    let allowed = if long >= 8 { 2 } else { 1 };
    long.abs_diff(other) <= allowed && strsim::osa_distance(word, part) <= allowed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_accents_and_a_wrong_letter_are_forgiven() {
        let matches = |query: &str, field: &str| score(query, [field].into_iter()).is_some();
        assert!(matches("nunez", "José Núñez"));
        assert!(matches("JOSE nuñez", "José Núñez"));
        assert!(matches("wexlr", "Tom Wexler"));
        assert!(matches("wxeler", "Tom Wexler"), "two letters swapped");
        assert!(!matches("lee", "Leon Park"), "short words forgive nothing");
        assert!(!matches("tom park", "Tom Wexler"), "every word counts");
    }
}
