//! How names are compared: without case, accents and superfluous spaces.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Lower case without accents, white space folded.
#[must_use]
pub fn folded(text: &str) -> String {
    let plain: String = if text.is_ascii() { text.to_ascii_lowercase() } else { unaccented(text).to_lowercase() };
    let mut folded = String::with_capacity(plain.len());
    for word in plain.split_whitespace() {
        if !folded.is_empty() {
            folded.push(' ');
        }
        folded.push_str(word);
    }
    folded
}

fn unaccented(text: &str) -> String {
    text.nfd().filter(|c| !is_combining_mark(*c)).collect()
}
