//! How an import is shown: what becomes of every row, the people of the trade first.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use serde_json::{Value, json};

use crate::cli::say::{counted, grouped, people, table};
use crate::model::import::{Judged, Sheet, Source, Verdict};

/// Rows shown of one sort; a script sees all.
const SHOWN: usize = 60;
/// Lines named in a hint.
const HINTED: usize = 8;

/// What an import is shown with.
pub(super) struct View<'a> {
    /// The file.
    pub(super) file: &'a Path,
    /// What sort it is.
    pub(super) source: Source,
    /// What was read of it.
    pub(super) sheet: &'a Sheet,
}

/// How many rows of each sort there are.
pub(super) struct Counts {
    /// New contacts.
    pub(super) new: usize,
    /// Known ones of whom something is new.
    pub(super) changed: usize,
    /// Known ones.
    known: usize,
    doubtful: usize,
    refused: usize,
    unreadable: usize,
    /// Left out because they are not of the trade.
    pub(super) others: usize,
    /// Left out for another reason.
    left: usize,
}

impl Counts {
    /// Counts the rows.
    pub(super) fn of(judged: &[Judged]) -> Self {
        let count = |verdict: Verdict| judged.iter().filter(|row| row.verdict == verdict).count();
        let others = judged.iter().filter(|row| is_other(row)).count();
        Self {
            new: count(Verdict::New),
            changed: judged.iter().filter(|row| is_changed(row)).count(),
            known: count(Verdict::Known),
            doubtful: count(Verdict::Doubtful),
            refused: count(Verdict::Refused),
            unreadable: count(Verdict::Unreadable),
            others,
            left: count(Verdict::LeftOut) - others,
        }
    }
}

fn is_other(row: &Judged) -> bool {
    row.verdict == Verdict::LeftOut && row.because.starts_with("neither")
}

fn is_changed(row: &Judged) -> bool {
    row.verdict == Verdict::Known && !row.learnt.is_empty()
}

/// A row, as `import --json` prints it.
pub(super) fn object(judged: &Judged) -> Value {
    let row = &judged.row;
    json!({
        "line": row.line,
        "verdict": judged.verdict,
        "because": Some(&judged.because).filter(|because| !because.is_empty()),
        "name": Some(&row.name).filter(|name| !name.is_empty()),
        "addresses": row.addresses,
        "employer": row.employer,
        "family": judged.family,
        "title": row.title,
        "met": row.met,
        "um": judged.um,
        "contact": judged.contact,
        "learnt": judged.learnt,
        "remarks": row.remarks,
    })
}

impl View<'_> {
    /// What would become of every row.
    pub(super) fn foreseen(&self, judged: &[Judged]) -> String {
        format!("{}{}{}\nNothing is written yet.", self.head(judged), sections(judged), self.unused())
    }

    /// What became of every row, when nobody was asked.
    pub(super) fn all(&self, judged: &[Judged]) -> String {
        format!("{}{}{}\n{}", self.head(judged), sections(judged), self.unused(), done(judged))
    }

    fn head(&self, judged: &[Judged]) -> String {
        let counts = Counts::of(judged);
        let name = self.file.file_name().map_or_else(|| self.file.display().to_string(), |name| name.to_string_lossy().into_owned());
        let mut text = format!("{name} · {} · {} · {}\n\n", self.source.in_words(), self.sheet.letters, rows(judged.len()));
        let new =
            if counts.changed == 0 { "nothing new of them".to_owned() } else { format!("something new of {}", grouped(counts.changed)) };
        let lines = [
            (counts.new, "new".to_owned()),
            (counts.known, format!("known, {new}")),
            (counts.doubtful, "doubtful: nothing is written of them until you say who they are".to_owned()),
            (counts.refused, "refused".to_owned()),
            (counts.unreadable, "unreadable".to_owned()),
            (
                counts.others,
                "neither at an employer of the directory nor with a title of utilization management; --all takes them".to_owned(),
            ),
            (counts.left, "left out".to_owned()),
        ];
        let wide = lines.iter().map(|(count, _)| grouped(*count).len()).max().unwrap_or(1);
        for (count, what) in lines.iter().filter(|(count, _)| *count > 0) {
            let _ = writeln!(text, "  {:>wide$}  {what}", grouped(*count));
        }
        text
    }

    fn unused(&self) -> String {
        match self.sheet.unused.as_slice() {
            [] => String::new(),
            names => {
                let some: Vec<&str> = names.iter().take(HINTED).map(String::as_str).collect();
                let more = names.len().saturating_sub(HINTED);
                let more = if more == 0 { String::new() } else { format!(" and {more} more") };
                format!("\nColumns not taken: {}{more}.\n", some.join(", "))
            }
        }
    }
}

/// What was done, in a sentence or two.
pub(super) fn done(judged: &[Judged]) -> String {
    let counts = Counts::of(judged);
    let mut text = match counts.offer() {
        None => return "There was nothing new to take in.".to_owned(),
        Some(_) if counts.new == 0 => String::new(),
        Some(_) => format!("{} now; every check-in to them needs your yes.\n", are_contacts(counts.new)),
    };
    if counts.changed > 0 {
        let _ = writeln!(text, "What is new of {} is written down.", people(counts.changed));
    }
    let without = judged.iter().filter(|row| row.verdict == Verdict::New && row.row.addresses.is_empty()).count();
    if without > 0 {
        let _ = writeln!(
            text,
            "{} no address yet: they are kept and never guessed at; curbside edit WHO --add-address gives them one.",
            if without == 1 { "One of them has".to_owned() } else { format!("{} of them have", grouped(without)) }
        );
    }
    text
}

fn are_contacts(count: usize) -> String {
    if count == 1 { "One more person is a contact".to_owned() } else { format!("{} more people are contacts", grouped(count)) }
}

fn rows(count: usize) -> String {
    if count == 1 { "1 row".to_owned() } else { format!("{} rows", grouped(count)) }
}

fn sections(judged: &[Judged]) -> String {
    let of = |verdict: Verdict| judged.iter().filter(move |row| row.verdict == verdict).collect::<Vec<_>>();
    let known: Vec<&Judged> = of(Verdict::Known).into_iter().filter(|row| is_changed(row) || !row.row.remarks.is_empty()).collect();
    let left: Vec<&Judged> = of(Verdict::LeftOut).into_iter().filter(|row| !is_other(row)).collect();
    let doubtful = of(Verdict::Doubtful);
    let hint = same_or_new(&doubtful);
    [new(of(Verdict::New)), known_section(&known), whys("Doubtful", &doubtful), hint]
        .into_iter()
        .chain([whys("Refused", &of(Verdict::Refused)), left_out(&left), whys("Unreadable", &of(Verdict::Unreadable))])
        .collect()
}

/// Many rows are left out for few reasons.
fn left_out(rows: &[&Judged]) -> String {
    let mut reasons: BTreeMap<&str, Vec<u64>> = BTreeMap::new();
    for row in rows {
        reasons.entry(&row.because).or_default().push(row.row.line);
    }
    let reasons: Vec<(&str, Vec<u64>)> = reasons.into_iter().collect();
    let reasons: Vec<&(&str, Vec<u64>)> = reasons.iter().collect();
    section("Left out", &["rows", "why", "lines"], &reasons, |(why, lines)| {
        let some: Vec<String> = lines.iter().take(HINTED).map(u64::to_string).collect();
        let more = if lines.len() > HINTED { ", …" } else { "" };
        vec![grouped(lines.len()), cut(why), format!("{}{more}", some.join(", "))]
    })
}

/// People at employers of the directory first, then those by title, then the others.
fn new(mut rows: Vec<&Judged>) -> String {
    rows.sort_by_key(|row| (rank(row), row.family.clone().unwrap_or_default(), row.row.line));
    let has_remarks = rows.iter().any(|row| !row.row.remarks.is_empty());
    let head: &[&str] = &["line", "name", "employer", "title", "address", "remark"][..if has_remarks { 6 } else { 5 }];
    let cells = |judged: &&Judged| {
        let row = &judged.row;
        let address = row.addresses.first().map_or_else(|| "none".to_owned(), ToString::to_string);
        let more = row.addresses.len().saturating_sub(1);
        let address = if more == 0 { address } else { format!("{address} (+{more})") };
        let text = |field: &Option<String>| field.as_deref().map(cut).unwrap_or_default();
        let mut cells = vec![row.line.to_string(), cut(&row.name), text(&row.employer), text(&row.title), address];
        cells.extend(has_remarks.then(|| cut(&row.remarks.join("; "))));
        cells
    };
    section("New", head, &rows, cells)
}

/// Who does such work there, who hires for it there, who works there, who does it elsewhere; then the others.
fn rank(row: &Judged) -> u8 {
    match (row.um.as_deref(), row.is_um_title) {
        (Some(um), true) if !um.starts_with("title") => 0,
        (Some(um), false) if !um.starts_with("title") => 1,
        (Some(_), _) => 2,
        (None, _) => 3,
    }
}

fn known_section(rows: &[&Judged]) -> String {
    let what = |judged: &Judged| {
        let news = judged.learnt.iter().map(|learnt| match &learnt.from {
            Some(from) => format!("{}: {} → {}", learnt.field, cut(from), cut(&learnt.to)),
            None => format!("{}: {}", learnt.field, cut(&learnt.to)),
        });
        let because = Some(judged.because.clone()).filter(|because| !because.is_empty());
        because.into_iter().chain(news).chain(judged.row.remarks.iter().map(|remark| cut(remark))).collect::<Vec<_>>().join("; ")
    };
    section("Known", &["line", "name", "contact", "what is new"], rows, |row| {
        let id = row.contact.map(|id| id.to_string()).unwrap_or_default();
        vec![row.row.line.to_string(), cut(&row.row.name), id, what(row)]
    })
}

fn whys(title: &str, rows: &[&Judged]) -> String {
    section(title, &["line", "name", "employer", "why"], rows, |row| {
        vec![row.row.line.to_string(), cut(&row.row.name), row.row.employer.as_deref().map(cut).unwrap_or_default(), cut(&row.because)]
    })
}

fn same_or_new(rows: &[&Judged]) -> String {
    if rows.is_empty() {
        return String::new();
    }
    let lines: Vec<String> = rows.iter().take(HINTED).map(|row| row.row.line.to_string()).collect();
    format!("  → those who are whom they seem to be: --same {0}; people of their own: --new {0}\n", lines.join(","))
}

fn section<T>(title: &str, head: &[&str], rows: &[&T], cells: impl Fn(&&T) -> Vec<String>) -> String {
    if rows.is_empty() {
        return String::new();
    }
    let mut text = format!("\n{title}\n{}\n", table(head, rows.iter().take(SHOWN).map(cells)));
    if rows.len() > SHOWN {
        let _ = writeln!(text, "  … and {}; --json lists every row.", counted(rows.len() - SHOWN, "more row"));
    }
    text
}

/// The beginning of a long text: a table is for a look.
fn cut(text: &str) -> String {
    const MOST: usize = 120;
    if text.chars().nth(MOST).is_none() { text.to_owned() } else { text.chars().take(MOST - 1).chain(['…']).collect() }
}
