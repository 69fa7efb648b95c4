//! The plain part of the digest: 72 columns that read well in a terminal.

use askama::Template;

use super::words::{approve_all, came_of_it, columns, count, cut, few, more, period, unquoted, who, who_of, wrap};
use crate::model::digest::{Ahead, Came, Digest, Held, Number, Owed, Quiet, Waiting};

/// RFC 5322 asks for 78 at most; 72 leave room to be quoted.
const WIDTH: usize = 72;

/// The struct behind `templates/digest/text.txt`.
#[derive(Template)]
#[template(path = "digest/text.txt")]
pub(super) struct Plain<'a> {
    digest: &'a Digest,
    essence: &'a str,
    period: String,
}

impl<'a> Plain<'a> {
    pub(super) fn new(digest: &'a Digest, essence: &'a str) -> Self {
        Self { digest, essence, period: period(digest.from, digest.to) }
    }

    fn title(&self) -> String {
        let gap = WIDTH.saturating_sub(columns("Curbside") + columns(&self.period)).max(2);
        format!("Curbside{}{}", " ".repeat(gap), self.period)
    }

    fn greeting(&self) -> String {
        let essence = wrap(&format!("{}.", self.essence), "", "", WIDTH);
        let name = &self.digest.owner;
        if name.is_empty() { essence } else { format!("{}\n\n{essence}", wrap(&format!("{name},"), "", "", WIDTH)) }
    }

    /// The days stand in a column of their own.
    fn ahead(&self, ahead: &Ahead) -> String {
        let widest = self.digest.ahead.iter().map(|item| columns(&item.day)).max().unwrap_or(0).min(16);
        let day = cut(&ahead.day, widest);
        let first = format!("  {day}{}  ", " ".repeat(widest.saturating_sub(columns(&day))));
        let below = " ".repeat(widest + 4);
        let parts = [wrap(&who(&ahead.name, &ahead.employer), &first, &below, WIDTH), wrap(&ahead.reason, &below, &below, WIDTH)];
        parts.join("\n").trim_end().to_owned()
    }

    fn number(&self, number: &Number) -> String {
        let widest = self.digest.numbers.iter().map(|item| columns(&item.label)).max().unwrap_or(0).min(34);
        let label = cut(&number.label, widest);
        format!("  {label}{} {:>5}   {}", " ".repeat(widest.saturating_sub(columns(&label))), number.total, bars(&number.weeks))
    }
}

fn waiting(draft: &Waiting) -> String {
    let mut parts = vec![wrap(&who(&draft.name, &draft.employer), "  ", "  ", WIDTH)];
    let when = if draft.send_at.is_empty() { String::new() } else { format!("would go {}", draft.send_at) };
    let why: Vec<&str> = [draft.reason.as_str(), &when].into_iter().filter(|part| !part.is_empty()).collect();
    parts.push(wrap(&why.join("; "), "  ", "  ", WIDTH));
    parts.push(String::new());
    parts.push(wrap(&format!("Subject: {}", draft.subject), "      ", "      ", WIDTH));
    parts.push(String::new());
    parts.extend(draft.text.lines().map(quoted));
    parts.push(String::new());
    parts.push(match &draft.blocked {
        Some(why) => wrap(&format!("Cannot go yet: {why}"), "  ", "  ", WIDTH),
        None => format!("  To say yes:  curbside review approve {}", draft.id),
    });
    parts.join("\n")
}

fn owed(owed: &Owed) -> String {
    let mut parts = vec![wrap(&format!("{} {}, {}", who_of(&owed.name, &owed.employer), owed.wants, owed.since), "  ", "  ", WIDTH)];
    parts.extend(evidence(&owed.evidence));
    parts.extend(owed.facts.iter().map(|fact| wrap(fact, "    - ", "      ", WIDTH)));
    parts.join("\n")
}

fn came(came: &Came) -> String {
    let mark = if came.warm { "+" } else { "-" };
    let said = wrap(&format!("{}: {} {}", came.day, who_of(&came.name, &came.employer), came.what), &format!("  {mark} "), "    ", WIDTH);
    std::iter::once(said).chain(evidence(&came.evidence)).collect::<Vec<_>>().join("\n")
}

fn held(held: &Held) -> String {
    bullet(&format!("{}, until {}: {}", who(&held.name, &held.employer), held.until, held.why))
}

fn quiet(quiet: &Quiet) -> String {
    let unanswered = count(usize::try_from(quiet.unanswered).unwrap_or(usize::MAX), "check-in", "check-ins");
    bullet(&format!("{}: {unanswered} without an answer; {}", who(&quiet.name, &quiet.employer), quiet.last))
}

fn heading(text: impl AsRef<str>) -> String {
    let text = text.as_ref();
    format!("{}\n{}", text.to_uppercase(), "-".repeat(columns(text)))
}

fn bullet(text: &str) -> String {
    wrap(text, "  * ", "    ", WIDTH)
}

fn quoted(line: &str) -> String {
    // A line that fits keeps its own spacing, for the yes is given to exactly this text.
    if columns(line) + 6 <= WIDTH { format!("      {line}") } else { wrap(line, "      ", "      ", WIDTH) }
}

fn evidence(text: &str) -> Option<String> {
    let bare = unquoted(text);
    (!bare.is_empty()).then(|| wrap(&format!("“{bare}”"), "    ", "    ", WIDTH))
}

/// One block a week, as high as the week compares with the best; a dot for none.
fn bars(weeks: &[u32]) -> String {
    const BLOCKS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
    let most = u64::from(weeks.iter().copied().max().unwrap_or(0)).max(1);
    let height = |n: u32| usize::try_from((u64::from(n) * 8).div_ceil(most).clamp(1, 8) - 1).unwrap_or(0);
    weeks.iter().map(|n| if *n == 0 { '·' } else { BLOCKS[height(*n)] }).collect()
}
