//! The directory laid out for many questions at once: thousands of people are sorted by employer in one go.

use std::collections::{HashMap, HashSet};

use super::{Directory, core_words, free_mail, plain_alias};
use crate::model::employer::{Employer, EmployerKind};
use crate::model::fold::folded;

/// Answers as [`Directory::by_name`] and [`Directory::by_domain`] do, without going through all rows.
#[derive(Debug)]
pub struct Lookup<'d> {
    names: HashMap<String, &'d Employer>,
    /// `None` where several rows are called so.
    short_names: HashMap<Vec<String>, Option<&'d Employer>>,
    own_domains: HashMap<String, &'d Employer>,
    domains: HashMap<String, &'d Employer>,
    free: HashSet<&'static str>,
}

impl Directory {
    /// The directory laid out for many questions.
    #[must_use]
    pub fn lookup(&self) -> Lookup<'_> {
        let mut names = HashMap::new();
        let all: Vec<&Employer> = self.all().collect();
        for row in &all {
            names.entry(folded(&row.name)).or_insert(*row);
        }
        for row in &all {
            for alias in &row.aliases {
                names.entry(folded(plain_alias(alias))).or_insert(*row);
            }
        }
        Lookup {
            names,
            short_names: short_names(&all),
            own_domains: domains(&mut self.own.iter()),
            domains: domains(&mut all.into_iter()),
            free: free_mail().collect(),
        }
    }
}

impl<'d> Lookup<'d> {
    /// Whose mail domain it is, exactly or as a sub-domain.
    #[must_use]
    pub fn by_domain(&self, domain: &str) -> Option<&'d Employer> {
        let domain = domain.to_ascii_lowercase();
        if self.is_free_mail(&domain) {
            return None;
        }
        let find = |rows: &HashMap<String, &'d Employer>| above(&domain).find_map(|domain| rows.get(domain).copied());
        find(&self.own_domains).or_else(|| find(&self.domains))
    }

    /// The employer of a name or a former name, else the only one that people call so.
    #[must_use]
    pub fn by_name(&self, name: &str) -> Option<&'d Employer> {
        let wanted = folded(name);
        let short = || self.short_names.get(&core_words(&wanted, &["legal"])).copied().flatten();
        self.names.get(&wanted).copied().or_else(short)
    }

    /// The employer that a person says they work for: `Aetna, a CVS Health Company`, `eviCore healthcare (Evernorth)`.
    #[must_use]
    pub fn by_company(&self, text: &str) -> Option<&'d Employer> {
        let pieces = [", a ", ", an ", ", part of ", " (", " | ", " - ", " – ", " / ", " by ", " at "];
        let shorter = || pieces.iter().filter_map(|mark| text.split_once(mark)).find_map(|(before, _)| self.by_name(before));
        self.by_name(text).or_else(shorter)
    }

    /// True for domains where anybody may have an address.
    #[must_use]
    pub fn is_free_mail(&self, domain: &str) -> bool {
        above(domain).any(|domain| self.free.contains(domain))
    }
}

/// True for rows that say more than a name: the owner's own that came with a contact name no employer of the trade.
#[must_use]
pub fn is_of_the_trade(row: &Employer) -> bool {
    !row.own || row.target || row.kind != EmployerKind::Other || !row.domains.is_empty()
}

/// A domain and those above it, the longest first.
fn above(domain: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(domain), |domain| domain.split_once('.').map(|(_, parent)| parent))
}

fn domains<'d>(rows: &mut dyn Iterator<Item = &'d Employer>) -> HashMap<String, &'d Employer> {
    rows.flat_map(|row| row.domains.iter().map(move |domain| (domain.to_ascii_lowercase(), row))).collect()
}

fn short_names<'d>(all: &[&'d Employer]) -> HashMap<Vec<String>, Option<&'d Employer>> {
    let mut found: HashMap<Vec<String>, Option<&'d Employer>> = HashMap::new();
    for row in all {
        let name = folded(&row.name);
        let (full, core) = (core_words(&name, &["legal"]), core_words(&name, &["legal", "trade"]));
        let both = [Some(full.clone()), (core != full).then_some(core)];
        for words in both.into_iter().flatten().filter(|words| !words.is_empty()) {
            found.entry(words).and_modify(|other| *other = None).or_insert(Some(*row));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_layout_answers_as_the_directory_does() {
        let mut own = Employer::named("Lakeshore Review".to_owned(), "Lakeshore".to_owned());
        own.domains = vec!["lakeshore.example".to_owned(), "review.evicore.com".to_owned()];
        let directory = Directory::new(vec![own]);
        let lookup = directory.lookup();
        let name = |row: Option<&Employer>| row.map(|row| row.name.clone());
        for row in directory.all() {
            for called in std::iter::once(&row.name).chain(&row.aliases) {
                for text in
                    [called.clone(), format!("{called} Inc."), called.to_uppercase(), called.split(' ').next().unwrap_or("").to_owned()]
                {
                    assert_eq!(name(lookup.by_name(&text)), name(directory.by_name(&text)), "{text}");
                }
            }
            for domain in &row.domains {
                for text in [domain.clone(), format!("mail.{domain}"), format!("not{domain}")] {
                    assert_eq!(name(lookup.by_domain(&text)), name(directory.by_domain(&text)), "{text}");
                }
            }
        }
        assert_eq!(name(lookup.by_domain("mail.gmail.com")), None);
        assert_eq!(name(lookup.by_domain("x.review.evicore.com")).as_deref(), Some("Lakeshore Review"));
    }

    #[test]
    fn what_people_write_of_their_employer_on_linkedin_is_understood() {
        let directory = Directory::default();
        let lookup = directory.lookup();
        let found = |text: &str| lookup.by_company(text).map(|row| row.name.clone());
        assert_eq!(found("Aetna, a CVS Health Company").as_deref(), Some("Aetna"));
        assert_eq!(found("eviCore healthcare (Evernorth)").as_deref(), Some("eviCore healthcare"));
        assert_eq!(found("eviCore by Evernorth").as_deref(), Some("eviCore healthcare"));
        assert_eq!(found("Self-employed"), None);
        assert_eq!(found("Blue Bottle Coffee"), None);
    }

    proptest! {
        #[test]
        fn any_text_is_answered_alike(text in "[a-z., &-]{0,24}") {
            let directory = Directory::default();
            let name = |row: Option<&Employer>| row.map(|row| row.name.clone());
            prop_assert_eq!(name(directory.lookup().by_name(&text)), name(directory.by_name(&text)));
            prop_assert_eq!(name(directory.lookup().by_domain(&text)), name(directory.by_domain(&text)));
        }
    }
}
