//! Days, seasons and zones that have a name: `data/dates.toml`, read once.

use std::collections::HashMap;
use std::sync::LazyLock;

use jiff::civil::{Date, Weekday};

use super::super::super::book::Book;
use super::spans::{Grain, Stretch, ahead, civil};

/// A day or season with a name.
#[derive(Debug)]
pub struct Named {
    from: Option<String>,
    to: Option<String>,
    rule: Option<String>,
    /// "After" it means the first working week after it.
    pub rest: bool,
}

/// Phrases by their first word: the other words with a blank between them, and what they stand for.
pub type Phrases = HashMap<String, Vec<(Box<str>, usize)>>;

/// All that has a name.
#[derive(Debug, Default)]
pub struct Almanac {
    /// Days and seasons.
    pub named: Vec<Named>,
    /// Phrases for an index into `named`.
    pub phrases: Phrases,
    /// Phrases that say that something is over.
    pub over: Phrases,
    /// IANA names.
    pub zones: Vec<String>,
    /// Phrases for an index into `zones`.
    pub zone_phrases: Phrases,
}

/// The almanac that is built in.
pub static ALMANAC: LazyLock<Almanac> = LazyLock::new(|| almanac(Book::open("dates.toml", include_str!("../../../../data/dates.toml"))));

fn almanac(mut book: Book) -> Almanac {
    let mut it = Almanac::default();
    for (n, mut part) in book.parts("named").into_iter().enumerate() {
        add_all(&mut it.phrases, &part.texts("words"), n);
        it.named.push(Named { from: part.text("from"), to: part.text("to"), rule: part.text("rule"), rest: part.flag("rest") });
        part.close();
    }
    add_all(&mut it.over, &book.part("over").texts("words"), 0);
    for (zone, words) in book.part("zones").rest() {
        add_all(&mut it.zone_phrases, &words, it.zones.len());
        it.zones.push(zone);
    }
    book.close();
    it
}

fn add_all(phrases: &mut Phrases, words: &[String], value: usize) {
    for phrase in words {
        add_phrase(phrases, phrase, value);
    }
}

/// Adds a phrase; longer ones are kept before shorter ones. Hyphens and slashes are words of their own.
pub fn add_phrase(phrases: &mut Phrases, phrase: &str, value: usize) {
    let apart = phrase.replace('-', " - ").replace('/', " / ").replace("' ", " ' ");
    let mut parts = apart.split_whitespace();
    let Some(first) = parts.next() else { return };
    let rest = parts.collect::<Vec<_>>().join(" ").into_boxed_str();
    let list = phrases.entry(first.to_owned()).or_default();
    list.push((rest, value));
    list.sort_by_key(|(rest, _)| std::cmp::Reverse(rest.split_whitespace().count()));
}

impl Named {
    /// The running or next time it comes round.
    pub fn next(&self, now: Date) -> Option<Stretch> {
        let year = i32::from(now.year());
        (year - 1..=year + 1).filter_map(|year| self.in_year(year)).find(|found| {
            let whole_year = (found.last - found.first).get_days() > 300;
            if whole_year { found.first > now } else { found.last >= now }
        })
    }

    fn in_year(&self, year: i32) -> Option<Stretch> {
        if let Some(rule) = &self.rule {
            return Some(Stretch::day(moving(rule, year)?));
        }
        let first = month_day(self.from.as_deref()?, year)?;
        let same_year = month_day(self.to.as_deref()?, year)?;
        let last = if same_year < first { month_day(self.to.as_deref()?, year + 1)? } else { same_year };
        let grain = if first == last { Grain::Day } else { Grain::Quarter };
        Some(Stretch::new(first, last, grain))
    }
}

fn month_day(text: &str, year: i32) -> Option<Date> {
    let (month, day) = text.split_once('-')?;
    civil(year, month.parse().ok()?, day.parse().ok()?)
}

fn moving(rule: &str, year: i32) -> Option<Date> {
    let (month, nth, weekday) = match rule {
        "thanksgiving" => (11, 4, Weekday::Thursday),
        "mlk" => (1, 3, Weekday::Monday),
        "presidents" => (2, 3, Weekday::Monday),
        "memorial" => (5, -1, Weekday::Monday),
        "labor" => (9, 1, Weekday::Monday),
        "columbus" => (10, 2, Weekday::Monday),
        "mothers" => (5, 2, Weekday::Sunday),
        "fathers" => (6, 3, Weekday::Sunday),
        "easter" => return easter(year),
        "black_friday" => return Some(ahead(moving("thanksgiving", year)?, 1)),
        "cyber_monday" => return Some(ahead(moving("thanksgiving", year)?, 4)),
        "election" => return Some(ahead(civil(year, 11, 1)?.nth_weekday_of_month(1, Weekday::Monday).ok()?, 1)),
        _ => return None,
    };
    civil(year, month, 1)?.nth_weekday_of_month(nth, weekday).ok()
}

/// Western Easter by the Gregorian computus.
fn easter(year: i32) -> Option<Date> {
    let golden = year % 19;
    let century = year / 100;
    let moon = (century - century / 4 - (8 * century + 13) / 25 + 19 * golden + 15) % 30;
    let full = moon - (moon / 28) * (1 - (moon / 28) * (29 / (moon + 1)) * ((21 - golden) / 11));
    let sunday = (year + year / 4 + full + 2 - century + century / 4) % 7;
    let offset = full - sunday;
    Some(ahead(civil(year, 3, 28)?, offset))
}
