//! Who is of utilization management, told by employer and title; and which addresses are nobody's own.

use std::collections::HashSet;
use std::sync::LazyLock;

use crate::model::address::Address;
use crate::model::contact::Relation;
use crate::model::employer::{Employer, EmployerKind};
use crate::model::fold::folded;
use crate::steps::directory::is_of_the_trade;

static TITLES: LazyLock<Vec<(Vec<String>, bool)>> = LazyLock::new(|| {
    let rows = pairs(include_str!("../../data/titles.csv"));
    rows.into_iter().map(|(term, kind)| (words(&term), kind == "match")).collect()
});
static RELATIONS: LazyLock<Vec<(Vec<String>, Relation)>> = LazyLock::new(|| {
    let rows = pairs(include_str!("../../data/relation-words.csv"));
    rows.into_iter().filter_map(|(term, relation)| Some((words(&term), relation.parse().ok()?))).collect()
});
static ROLES: LazyLock<(HashSet<&str>, Vec<&str>)> = LazyLock::new(|| {
    let lines = include_str!("../../data/role-addresses.txt").lines().map(str::trim);
    let lines = lines.filter(|line| !line.is_empty() && !line.starts_with('#'));
    let (open, whole): (Vec<&str>, Vec<&str>) = lines.partition(|line| line.ends_with('*'));
    (whole.into_iter().collect(), open.into_iter().map(|word| word.trim_end_matches('*')).collect())
});

/// Why somebody is of utilization management: their employer's trade, else their title. At a hospital the title decides:
/// most who work there do something else.
#[must_use]
pub fn of_the_trade(employer: Option<&Employer>, title: Option<&str>) -> Option<String> {
    let employer = employer.filter(|row| is_of_the_trade(row));
    let by_title = || title.filter(|title| is_um_title(title)).map(|title| format!("title: {title}"));
    match employer {
        Some(row) if row.kind != EmployerKind::HospitalSystem || row.target => {
            let kind = if row.kind == EmployerKind::Other { "an employer of yours" } else { row.kind.in_words() };
            Some(format!("{}: {kind}", row.name))
        }
        _ => by_title(),
    }
}

/// True for titles of physicians in utilization management, as far as `data/titles.csv` knows them.
#[must_use]
pub fn is_um_title(title: &str) -> bool {
    let title = words(title);
    let has = |wanted: bool| TITLES.iter().any(|(term, is_match)| *is_match == wanted && contains(&title, term));
    has(true) && !has(false)
}

/// How somebody of this title stands to a physician who looks for such work.
#[must_use]
pub fn relation_of_title(title: &str) -> Option<Relation> {
    let title = words(title);
    RELATIONS.iter().find(|(term, _)| contains(&title, term)).map(|(_, relation)| *relation)
}

/// True for addresses of desks, lists and machines: `info@`, `no-reply@`.
#[must_use]
pub fn is_role_address(address: &Address) -> bool {
    let local: String = address.local().to_ascii_lowercase().chars().filter(char::is_ascii_alphanumeric).collect();
    let (whole, open) = &*ROLES;
    whole.contains(local.as_str()) || open.iter().any(|word| local.starts_with(word))
}

fn words(text: &str) -> Vec<String> {
    folded(text).split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

fn contains(text: &[String], term: &[String]) -> bool {
    !term.is_empty() && text.windows(term.len()).any(|window| window == term)
}

/// The first two cells of each row of a shipped table.
fn pairs(text: &str) -> Vec<(String, String)> {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    reader.records().flatten().filter_map(|row| Some((row.get(0)?.to_owned(), row.get(1)?.to_owned()))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_of_the_trade_is_known_and_a_nurse_or_a_spa_is_not() {
        for title in ["Medical Director, Utilization Management", "Physician Advisor", "Sr. Medical Director", "Peer Reviewer (Cardiology)"]
        {
            assert!(is_um_title(title), "{title}");
        }
        for title in
            ["Utilization Review Nurse", "Med Spa Medical Director", "Hospitalist", "Software Engineer", "RN, Utilization Review", ""]
        {
            assert!(!is_um_title(title), "{title}");
        }
    }

    #[test]
    fn every_relation_of_the_list_is_one_and_the_first_that_fits_counts() {
        assert_eq!(RELATIONS.len(), include_str!("../../data/relation-words.csv").lines().count() - 1);
        assert_eq!(relation_of_title("Vice President, Talent Acquisition"), Some(Relation::Recruiter));
        assert_eq!(relation_of_title("Chief Medical Officer"), Some(Relation::Leader));
        assert_eq!(relation_of_title("Medical Director"), Some(Relation::Peer));
        assert_eq!(relation_of_title("Florist"), None);
    }

    #[test]
    fn desks_lists_and_machines_are_nobody() {
        let is_role = |text: &str| is_role_address(&Address::parse(text).expect("an address"));
        for desk in
            ["no-reply@x.example", "noreply-jobs@x.example", "INFO@x.example", "prior.auth@x.example", "Talent-Acquisition@x.example"]
        {
            assert!(is_role(desk), "{desk}");
        }
        for person in ["jane.doe@x.example", "infante@x.example", "alln@x.example", "legalle@x.example"] {
            assert!(!is_role(person), "{person}");
        }
    }
}
