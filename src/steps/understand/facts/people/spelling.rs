//! How names are spelt, and which address looks made from which name.

use super::super::names;

/// `Wexler, Tom` and `Dr. Tom Wexler, MD` as `Tom Wexler`.
pub fn plain_name(name: &str) -> Option<String> {
    let turned = match name.split_once(',') {
        Some((last, first)) if !last.trim().contains(' ') && !names::is_degree(first.trim().to_lowercase().trim_end_matches('.')) => {
            format!("{} {}", first.trim(), last.trim())
        }
        Some((name, _)) => name.trim().to_owned(),
        None => name.trim().to_owned(),
    };
    let turned = name_without_brackets(&turned);
    let plain = turned.trim_start_matches("Dr. ").trim_start_matches("Dr ").to_owned();
    (!plain.is_empty() && !plain.contains('@')).then_some(plain)
}

/// `Lyle (Recruiting)` without what is in brackets.
fn name_without_brackets(name: &str) -> String {
    match (name.find('('), name.rfind(')')) {
        (Some(open), Some(close)) if open < close => {
            format!("{} {}", &name[..open], &name[close + 1..]).split_whitespace().collect::<Vec<_>>().join(" ")
        }
        _ => name.to_owned(),
    }
}

/// Does a local part look made from a name? `tw`, `twexler`, `tom.wexler`, `wexlert`, `tom`.
pub fn fits(name: &str, local: &str) -> bool {
    let letters = |text: &str| text.chars().filter(|c| c.is_alphabetic()).collect::<String>();
    let local = letters(local.split('+').next().unwrap_or(local));
    let parts: Vec<String> = name.split([' ', '-', '.']).map(letters).filter(|part| !part.is_empty()).collect();
    let initials: String = parts.iter().filter_map(|part| part.chars().next()).collect();
    let whole = |part: &&String| part.chars().count() > 2 && local.contains(part.as_str());
    parts.iter().any(|part| whole(&part))
        || (local.len() >= 2 && (local == initials || (local.len() <= 4 && initials.len() >= 2 && local.starts_with(&initials))))
}

/// `Tom` with `tom.wexler@…` is Tom Wexler.
pub fn whole_name(name: String, local: &str) -> String {
    let Some((first, last)) = local.split_once('.') else { return name };
    let plain = last.len() > 1 && last.bytes().all(|b| b.is_ascii_alphabetic());
    if plain && name.to_lowercase() == first { format!("{name} {}", capitals(last)) } else { name }
}

/// `tom wexler` as `Tom Wexler`.
pub fn capitals(name: &str) -> String {
    let word = |word: &str| {
        let mut chars = word.chars();
        chars.next().map(|first| first.to_uppercase().chain(chars).collect::<String>()).unwrap_or_default()
    };
    name.split(' ').map(word).collect::<Vec<_>>().join(" ")
}

/// `Tom` and `Tom Wexler`, `Wexler` and `Tom Wexler` are one.
pub fn same_name(a: Option<&str>, b: Option<&str>) -> bool {
    let (a, b) = (key(a), key(b));
    let (short, long) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    !short.is_empty() && (short == long || (!short.contains(' ') && long.split(' ').any(|word| word == short)))
}

/// The form by which two spellings are the same.
pub fn key(text: Option<&str>) -> String {
    text.unwrap_or_default().to_lowercase()
}
