//! The directory of employers: who works where, and which companies are one family.

mod lookup;

use std::sync::LazyLock;

use crate::model::employer::{Employer, EmployerKind, is_or_below};
use crate::model::fold::folded;
use crate::steps::search;
pub use lookup::{Lookup, is_of_the_trade};

const CSV: &str = include_str!("../../data/employers.csv");
const COMPANY_WORDS: &str = include_str!("../../data/company-words.txt");
const FREE_MAIL: &str = include_str!("../../data/free-mail.txt");

static SHIPPED: LazyLock<Vec<Employer>> = LazyLock::new(|| read(CSV));

/// The shipped rows under the owner's own ones.
#[derive(Debug, Clone, Default)]
pub struct Directory {
    own: Vec<Employer>,
}

impl Directory {
    /// A directory in which the owner's own rows win.
    #[must_use]
    pub const fn new(own: Vec<Employer>) -> Self {
        Self { own }
    }

    /// The owner's own rows, then the shipped ones that are not overridden.
    pub fn all(&self) -> impl Iterator<Item = &Employer> {
        let own_names: Vec<String> = self.own.iter().map(|row| folded(&row.name)).collect();
        self.own.iter().chain(SHIPPED.iter().filter(move |row| !own_names.contains(&folded(&row.name))))
    }

    /// Whose mail domain it is, exactly or as a sub-domain; the longest match wins, and the owner's own rows before all.
    #[must_use]
    pub fn by_domain(&self, domain: &str) -> Option<&Employer> {
        if is_free_mail(domain) {
            return None;
        }
        let length = |row: &Employer| row.domains.iter().filter(|own| is_or_below(domain, own)).map(String::len).max().unwrap_or(0);
        let best = |rows: &mut dyn Iterator<Item = &'_ Employer>| -> Option<String> {
            rows.filter(|row| row.has_domain(domain)).max_by_key(|row| length(row)).map(|row| row.name.clone())
        };
        let name = best(&mut self.own.iter()).or_else(|| best(&mut self.all()))?;
        self.all().find(|row| row.name == name)
    }

    /// The employer of a name or a former name, whatever its case and accents; else the only one that people call so.
    #[must_use]
    pub fn by_name(&self, name: &str) -> Option<&Employer> {
        let wanted = folded(name);
        self.all()
            .find(|row| folded(&row.name) == wanted)
            .or_else(|| self.all().find(|row| row.aliases.iter().any(|alias| folded(plain_alias(alias)) == wanted)))
            .or_else(|| self.by_short_name(&core_words(&wanted, &["legal"])))
    }

    /// `evicore` is eviCore healthcare, as long as no other row begins like that.
    fn by_short_name(&self, wanted: &[String]) -> Option<&Employer> {
        let is_meant = |row: &&Employer| {
            let full = core_words(&folded(&row.name), &["legal"]);
            full == wanted || full.starts_with(wanted) && core_words(&folded(&row.name), &["legal", "trade"]) == wanted
        };
        let mut found = self.all().filter(|row| !wanted.is_empty() && is_meant(row));
        found.next().filter(|_| found.next().is_none())
    }

    /// Rows that match a query by name, alias, domain or family, the best first.
    #[must_use]
    pub fn search(&self, query: &str, kind: Option<EmployerKind>) -> Vec<&Employer> {
        let mut found: Vec<(u32, &Employer)> = self
            .all()
            .filter(|row| kind.is_none_or(|kind| row.kind == kind))
            .filter_map(|row| {
                search::score(
                    query,
                    std::iter::once(row.name.as_str())
                        .chain(row.aliases.iter().map(String::as_str))
                        .chain(row.domains.iter().map(String::as_str))
                        .chain(std::iter::once(row.family.as_str())),
                )
                .map(|score| (score, row))
            })
            .collect();
        found.sort_by(|(a, left), (b, right)| b.cmp(a).then_with(|| left.name.cmp(&right.name)));
        found.into_iter().map(|(_, row)| row).collect()
    }
}

/// True for domains where anybody may have an address.
#[must_use]
pub fn is_free_mail(domain: &str) -> bool {
    free_mail().any(|free| is_or_below(domain, free))
}

fn free_mail() -> impl Iterator<Item = &'static str> {
    FREE_MAIL.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'))
}

/// A former name without its year: `Anthem, Inc. (until 2022)` is `Anthem, Inc.`.
fn plain_alias(alias: &str) -> &str {
    alias.split_once(" (").map_or(alias, |(name, _)| name).trim()
}

/// The words of a folded company name without those of some sorts at its end.
fn core_words(name: &str, sorts: &[&str]) -> Vec<String> {
    let is_left_out = |word: &String| {
        COMPANY_WORDS.lines().filter_map(|line| line.split_once(' ')).any(|(sort, listed)| sorts.contains(&sort) && listed == word)
    };
    let words = name.split(|c: char| !c.is_alphanumeric() && c != '&').filter(|word| !word.is_empty());
    let mut words: Vec<String> = words.map(str::to_owned).collect();
    while words.last().is_some_and(is_left_out) {
        words.pop();
    }
    words
}

fn read(text: &str) -> Vec<Employer> {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    reader.records().flatten().filter_map(|record| row(&record)).collect()
}

fn row(record: &csv::StringRecord) -> Option<Employer> {
    let field = |index: usize| record.get(index).map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned);
    let list = |index: usize| {
        field(index)
            .map(|text| text.split(';').map(|part| part.trim().to_owned()).filter(|part| !part.is_empty()).collect())
            .unwrap_or_default()
    };
    Some(Employer {
        name: field(0)?,
        kind: EmployerKind::of_word(&field(1)?)?,
        family: field(2).or_else(|| field(0))?,
        parent: field(3),
        aliases: list(4),
        domains: list(5),
        state: field(6),
        careers_url: field(7),
        source: field(8).unwrap_or_default(),
        own: false,
        target: false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_evicore_address_is_recognised_as_a_vendor_of_the_cigna_family() {
        let directory = Directory::default();
        let found = directory.by_domain("mail.evicore.com").expect("known");
        assert!(found.name.to_lowercase().contains("evicore"));
        assert_eq!(found.kind, EmployerKind::UmVendor);
        assert!(found.family.contains("Cigna"));
    }

    #[test]
    fn a_domain_that_merely_contains_another_is_nobody() {
        let directory = Directory::default();
        assert!(directory.by_domain("notevicore.com").is_none());
        assert!(directory.by_domain("gmail.com").is_none());
    }

    #[test]
    fn a_misspelt_employer_is_still_found() {
        let directory = Directory::default();
        let found = directory.search("evicroe", None);
        assert!(found.first().is_some_and(|row| row.name.to_lowercase().contains("evicore")), "{:?}", found.first());
    }

    #[test]
    fn an_employer_is_known_by_what_people_call_it() {
        let directory = Directory::default();
        let named = |name: &str| directory.by_name(name).map(|row| row.name.as_str());
        assert_eq!(named("evicore"), Some("eviCore healthcare"));
        assert_eq!(named("Aetna, Inc."), Some("Aetna"));
        assert_eq!(named("Blue"), None, "many begin like that");
        assert_eq!(named("Health"), None);
        assert_eq!(named("Lakeshore Health Plan"), None);
    }
}
