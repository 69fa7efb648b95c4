//! Names in small letters, believed only beside an address that fits them.

use super::super::names;
use super::Cut;
use super::spelling::{capitals, fits};

impl Cut<'_> {
    /// "talk to tom wexler, tw@…": a name in small letters right before its address.
    pub(super) fn small_name(&self, at: usize, local: &str) -> Option<String> {
        let mut k = at;
        while k > 0 && at - k < 4 && matches!(self.page.low(k - 1), "," | "(" | "-" | ":" | "<" | "at" | "@" | "is" | "email") {
            k -= 1;
        }
        let word = |back: usize| {
            k.checked_sub(back)
                .map(|k| self.page.low(k))
                .filter(|word| word.len() > 1 && word.chars().all(|c| c.is_alphabetic() || c == '\''))
        };
        let (last, first) = (word(1)?, word(2));
        let pair = first
            .map(|first| format!("{first} {last}"))
            .filter(|pair| fits(pair, local) && !names::is_no_name(last) && !names::is_no_name(pair.split(' ').next().unwrap_or_default()));
        pair.or_else(|| self.small_name_before(at, local))
            .or_else(|| self.small_given(at, local))
            .or_else(|| (names::is_given(last) && fits(last, local)).then(|| last.to_owned()))
            .map(|name| capitals(&name))
    }

    /// "my buddy jim kowalski at the plan is hiring, jkowalski@…"
    fn small_name_before(&self, at: usize, local: &str) -> Option<String> {
        let window = at.saturating_sub(20)..at;
        let fitting = window.rev().find(|k| {
            let word = self.page.low(*k);
            *k > 0
                && word.len() > 2
                && !names::is_no_name(word)
                && names::is_given(self.page.low(k - 1))
                && fits(word, local)
                && self.page.sentence(*k) == self.page.sentence(at)
        })?;
        Some(format!("{} {}", self.page.low(fitting - 1), self.page.low(fitting)))
    }

    /// "ask sheila in HR. sheila.m@…"
    fn small_given(&self, at: usize, local: &str) -> Option<String> {
        let fitting = |k: &usize| {
            let word = self.page.low(*k);
            word.len() > 2 && names::is_given(word) && local.starts_with(word) && self.page.sentence(*k) + 1 >= self.page.sentence(at)
        };
        (at.saturating_sub(20)..at).rev().find(fitting).map(|k| self.page.low(k).to_owned())
    }
}
