//! Words made fit for a mail: cleaned, cut, counted and wrapped.

use jiff::civil::Date;

use crate::model::address::{clean_name, is_invisible};
use crate::model::digest::Digest;

/// Their sentences are shown whole up to here; the mail itself is a click away.
const LONGEST_QUOTE: usize = 400;
/// A name or title longer than this is an attack on the layout.
const LONGEST_NAME: usize = 120;

/// The digest without control, bidi and invisible characters, and without fields that would flood the mail.
///
/// Drafts are kept whole: the yes is given to exactly what is shown.
pub(super) fn cleaned(digest: &Digest) -> Digest {
    let mut clean = digest.clone();
    let name = |text: &mut String| *text = cut(&line(text), LONGEST_NAME);
    let quote = |text: &mut String| *text = cut(&line(text), LONGEST_QUOTE);
    name(&mut clean.owner);
    clean.trouble.iter_mut().for_each(quote);
    for draft in &mut clean.waiting {
        [&mut draft.id, &mut draft.name, &mut draft.employer].into_iter().for_each(name);
        [&mut draft.reason, &mut draft.send_at].into_iter().for_each(quote);
        draft.subject = line(&draft.subject);
        draft.text = lines(&draft.text);
        draft.blocked.iter_mut().for_each(quote);
    }
    for owed in &mut clean.owed {
        [&mut owed.name, &mut owed.employer, &mut owed.since].into_iter().for_each(name);
        [&mut owed.wants, &mut owed.evidence].into_iter().for_each(quote);
        owed.facts.iter_mut().for_each(quote);
    }
    for came in &mut clean.came {
        [&mut came.day, &mut came.name, &mut came.employer].into_iter().for_each(name);
        [&mut came.what, &mut came.evidence].into_iter().for_each(quote);
    }
    for ahead in &mut clean.ahead {
        [&mut ahead.day, &mut ahead.name, &mut ahead.employer, &mut ahead.reason].into_iter().for_each(name);
    }
    for held in &mut clean.held {
        [&mut held.name, &mut held.employer, &mut held.until].into_iter().for_each(name);
        quote(&mut held.why);
    }
    for quiet in &mut clean.quiet {
        [&mut quiet.name, &mut quiet.employer, &mut quiet.last].into_iter().for_each(name);
    }
    clean.numbers.iter_mut().for_each(|number| name(&mut number.label));
    clean
}

/// One line of visible characters.
pub(super) fn line(text: &str) -> String {
    clean_name(text)
}

/// Lines of visible characters; tabs become spaces, every kind of line break becomes `\n`.
fn lines(text: &str) -> String {
    let broken = text.replace("\r\n", "\n").replace(['\r', '\u{2028}', '\u{2029}', '\u{85}', '\u{b}', '\u{c}'], "\n").replace('\t', "    ");
    let visible: String = broken.chars().filter(|c| *c == '\n' || !(c.is_control() || is_invisible(*c))).collect();
    visible.trim_matches('\n').trim_end().to_owned()
}

/// At most `most` characters, an ellipsis in place of the rest, cut between words where there is one.
pub(super) fn cut(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let kept: String = text.chars().take(most.saturating_sub(1)).collect();
    let whole_words = kept.rfind(' ').filter(|at| *at > kept.len() / 2).map_or(kept.as_str(), |at| &kept[..at]);
    format!("{}…", whole_words.trim_end_matches([' ', ',', ';', ':', '.']))
}

/// Their sentence without quotation marks of its own, for it gets new ones.
pub(super) fn unquoted(text: &str) -> &str {
    text.trim_matches(['“', '”', '"', ' '])
}

/// `Jane Doe (Example Health)` for the middle of a sentence, or the name alone.
pub(super) fn who_of(name: &str, employer: &str) -> String {
    if employer.is_empty() { name.to_owned() } else { format!("{name} ({employer})") }
}

/// `Jane Doe, Example Health`, or the name alone.
pub(super) fn who(name: &str, employer: &str) -> String {
    if employer.is_empty() { name.to_owned() } else { format!("{name}, {employer}") }
}

/// `16 to 23 November 2026`.
pub(super) fn period(from: Date, to: Date) -> String {
    let end = to.strftime("%-d %B %Y");
    match (from.year() == to.year(), from.month() == to.month()) {
        (true, true) if from == to => end.to_string(),
        (true, true) => format!("{} to {end}", from.day()),
        (true, false) => format!("{} to {end}", from.strftime("%-d %B")),
        (false, _) => format!("{} to {end}", from.strftime("%-d %B %Y")),
    }
}

/// The heading of what came: `this week`, or since when.
pub(super) fn came_of_it(digest: &Digest) -> String {
    if is_week(digest) {
        "What came of it this week".to_owned()
    } else {
        format!("What came of it since {}", digest.from.strftime("%-d %B"))
    }
}

/// True when it reports on no more than a week: the last one may have gone out a day late, or this one.
pub(super) fn is_week(digest: &Digest) -> bool {
    digest.from.until(digest.to).is_ok_and(|span| span.get_days() <= 8)
}

/// `1 note`, `2 notes`.
pub(super) fn count(number: usize, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}

/// Text wrapped to `width` columns behind an indent; the first line gets `first` instead. Long words stay whole.
#[must_use]
pub fn wrap(text: &str, first: &str, indent: &str, width: usize) -> String {
    let mut wrapped = String::new();
    let mut column = 0;
    for word in text.split_whitespace() {
        let wide = columns(word);
        if column == 0 || column + 1 + wide > width {
            let lead = if wrapped.is_empty() { first } else { indent };
            wrapped.push_str(if wrapped.is_empty() { "" } else { "\n" });
            wrapped.push_str(lead);
            column = columns(lead);
        } else {
            wrapped.push(' ');
            column += 1;
        }
        wrapped.push_str(word);
        column += wide;
    }
    wrapped
}

/// Columns of a terminal: East Asian wide characters and emoji take two, combining marks none.
pub(super) fn columns(text: &str) -> usize {
    let width = |c: char| match c {
        '\u{300}'..='\u{36f}' | '\u{fe00}'..='\u{fe0f}' => 0,
        '\u{1100}'..='\u{115f}'
        | '\u{2e80}'..='\u{a4cf}'
        | '\u{ac00}'..='\u{d7a3}'
        | '\u{f900}'..='\u{faff}'
        | '\u{fe30}'..='\u{fe6f}'
        | '\u{ff00}'..='\u{ff60}'
        | '\u{ffe0}'..='\u{ffe6}'
        | '\u{1f300}'..='\u{1faff}'
        | '\u{20000}'..='\u{3fffd}' => 2,
        _ => 1,
    };
    text.chars().map(width).sum()
}

/// A list in a mail is read up to here; the terminal has the rest.
const MOST_LISTED: usize = 12;

/// The first items of a list.
pub(super) fn few<T>(items: &[T]) -> &[T] {
    // Twelve and “1 more” would be thirteen lines anyway.
    if items.len() <= MOST_LISTED + 1 { items } else { &items[..MOST_LISTED] }
}

/// `and 30 more: curbside contacts`, when `few` left some out.
pub(super) fn more<T>(items: &[T], command: &str) -> Option<String> {
    let left = items.len() - few(items).len();
    (left > 0).then(|| format!("and {left} more:  {command}"))
}

/// The command that says yes to all drafts that can go, when there are several.
pub(super) fn approve_all(digest: &Digest) -> Option<String> {
    let ids: Vec<&str> = digest.waiting.iter().filter(|draft| draft.blocked.is_none()).map(|draft| draft.id.as_str()).collect();
    (ids.len() > 1).then(|| format!("curbside review approve {}", ids.join(" ")))
}
