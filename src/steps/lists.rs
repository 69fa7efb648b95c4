//! Small shipped lists: seasons of the trade, zones of states, habits of mail providers.

use std::sync::LazyLock;
use std::time::Duration;

use jiff::civil::{Date, date};

use super::book::Book;

static SEASONS: LazyLock<Vec<Season>> = LazyLock::new(|| {
    let mut book = Book::open("seasons.toml", include_str!("../../data/seasons.toml"));
    let read = |mut part: Book| {
        let [key, from, to] = ["key", "from", "to"].map(|key| part.text(key).unwrap_or_default());
        Season { key, from, to, lines: part.texts("lines") }
    };
    book.parts("season").into_iter().map(read).collect()
});

/// A season of the trade: a true sentence to begin with.
#[derive(Debug, Clone)]
pub struct Season {
    /// Its name.
    pub key: String,
    from: String,
    to: String,
    /// Sentences, each true by itself.
    pub lines: Vec<String>,
}

/// The season of a day, if any.
#[must_use]
pub fn season(day: Date) -> Option<&'static Season> {
    let on = |text: &str| {
        let (month, day_of_month) = text.split_once('-')?;
        Date::new(day.year(), month.parse().ok()?, day_of_month.parse().ok()?).ok()
    };
    SEASONS.iter().find(|season| on(&season.from).zip(on(&season.to)).is_some_and(|(from, to)| from <= day && day <= to))
}

/// The zone most people of a US state live in, by its two letters or its name.
#[must_use]
pub fn zone_of_state(state: &str) -> Option<&'static str> {
    let wanted = state.trim();
    let rows = include_str!("../../data/states.csv").lines().skip(1);
    rows.filter_map(|row| row.split(',').collect::<Vec<_>>().try_into().ok())
        .find(|[code, name, _]: &[&str; 3]| code.eq_ignore_ascii_case(wanted) || name.eq_ignore_ascii_case(wanted))
        .map(|[_, _, zone]| zone)
}

/// How long a provider's own copy in Sent may take to appear before one is filed.
///
/// Providers that save a copy are given longer; unknown ones may do so too, so nobody is believed at once.
#[must_use]
pub fn copy_patience(smtp_host: &str) -> Duration {
    let rows = include_str!("../../data/providers.csv").lines().skip(1);
    let host = smtp_host.to_ascii_lowercase();
    let seconds = rows
        .filter_map(|row| row.split(',').collect::<Vec<_>>().try_into().ok())
        .find(|[_, _, smtp, _, _]: &[&str; 5]| {
            !smtp.is_empty() && crate::model::employer::is_or_below(&host, smtp.trim_start_matches("*.").trim_start_matches('.'))
        })
        .and_then(|[_, _, _, _, look]| look.trim().parse().ok());
    Duration::from_secs(seconds.unwrap_or(5))
}

/// The first day of the season a day stands in; tells two years' seasons apart.
#[must_use]
pub fn season_began(day: Date) -> Date {
    let start = season(day).and_then(|season| {
        let (month, first) = season.from.split_once('-')?;
        Date::new(day.year(), month.parse().ok()?, first.parse().ok()?).ok()
    });
    start.unwrap_or(date(day.year(), 1, 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn november_is_open_enrollment_and_states_have_zones() {
        assert_eq!(season(date(2026, 11, 23)).map(|season| season.key.as_str()), Some("open_enrollment"));
        assert_eq!(zone_of_state("tx"), Some("America/Chicago"));
        assert_eq!(zone_of_state("Oregon"), Some("America/Los_Angeles"));
    }

    #[test]
    fn p10_a_provider_that_saves_sent_mail_itself_is_given_its_time() {
        assert!(copy_patience("smtp.gmail.com") >= Duration::from_secs(30));
        assert_eq!(copy_patience("mail.unknown.example"), Duration::from_secs(5));
    }
}
