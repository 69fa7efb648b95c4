//! The digest in one line: what needs the owner first, what is nice to know after.

use super::words::{count, cut, is_week};
use crate::model::digest::Digest;

/// Longer subjects are cut off on a telephone.
const MOST: usize = 70;

/// The subject: as much of what matters as fits, most urgent first.
pub(super) fn essence(digest: &Digest) -> String {
    let clauses: Vec<[String; 2]> = [trouble(digest), waiting(digest), owed(digest)].into_iter().flatten().collect();
    if clauses.is_empty() {
        return quiet_week(digest);
    }
    // The long wording of each; else the short one, beginning with the last; else fewer clauses.
    for shown in (1..=clauses.len()).rev() {
        for long in (0..=shown).rev() {
            let chosen = clauses.iter().take(shown).enumerate().map(|(index, [full, brief])| if index < long { full } else { brief });
            let line = capitalized(&chosen.map(String::as_str).collect::<Vec<_>>().join(", "));
            if line.chars().count() <= MOST {
                return line;
            }
        }
    }
    cut(&capitalized(&clauses[0][1]), MOST)
}

fn quiet_week(digest: &Digest) -> String {
    let good = digest.came.iter().find(|came| came.warm).map(|came| format!("Nothing needs you; {} {}", came.name, came.what));
    let came = match digest.came.len() {
        0 if is_week(digest) => "Quiet week: nothing needs you".to_owned(),
        0 => "Quiet weeks: nothing needs you".to_owned(),
        n => format!("Nothing needs you; {} came in", count(n, "mail", "mails")),
    };
    good.filter(|line| line.chars().count() <= MOST).unwrap_or(came)
}

fn trouble(digest: &Digest) -> Option<[String; 2]> {
    let broken = match digest.trouble.len() {
        0 => return None,
        1 => "something is broken".to_owned(),
        n => format!("{n} things are broken"),
    };
    Some([broken.clone(), broken])
}

fn waiting(digest: &Digest) -> Option<[String; 2]> {
    match digest.waiting.as_slice() {
        [] => None,
        [one] => Some([format!("a note to {} waits for your yes", one.name), "a note waits for your yes".to_owned()]),
        many => Some([format!("{} notes wait for your yes", many.len()), format!("{} notes wait", many.len())]),
    }
}

fn owed(digest: &Digest) -> Option<[String; 2]> {
    match digest.owed.as_slice() {
        [] => None,
        [one] => Some([format!("{} {}", one.name, one.wants), format!("{} waits for you", one.name)]),
        [one, other] => Some([format!("{} and {} wait for an answer", one.name, other.name), "2 people wait for an answer".to_owned()]),
        [first, rest @ ..] => {
            let full = format!("{} and {} others wait for an answer", first.name, rest.len());
            Some([full, format!("{} people wait for an answer", rest.len() + 1)])
        }
    }
}

fn capitalized(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}
