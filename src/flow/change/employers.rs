//! Changes to the owner's own rows of the directory of employers.

use super::Changed;
use crate::flow::Trouble;
use crate::model::address::{ascii_domain, clean_name};
use crate::model::employer::{Employer, EmployerKind};
use crate::steps::directory::{Directory, is_free_mail};
use crate::store::Tx;

/// What the owner says of an employer; what is `None` or empty stays as the directory has it.
#[derive(Debug, Clone, Default)]
pub struct NewEmployer {
    /// Its name.
    pub name: String,
    /// What sort it is.
    pub kind: Option<EmployerKind>,
    /// The topmost parent.
    pub family: Option<String>,
    /// The direct parent.
    pub parent: Option<String>,
    /// Its mail domains.
    pub domains: Vec<String>,
    /// Other and former names.
    pub aliases: Vec<String>,
}

pub(super) fn put(tx: &Tx<'_>, new: NewEmployer) -> Result<Changed, Trouble> {
    let name = clean_name(&new.name);
    if name.is_empty() {
        return Err(Trouble::refused("the name is empty"));
    }
    let directory = Directory::new(tx.own_employers()?);
    let mut row = own_row(directory.by_name(&name), &name);
    row.kind = new.kind.unwrap_or(row.kind);
    if let Some(parent) = named(new.parent) {
        row.family = directory.by_name(&parent).map_or_else(|| parent.clone(), |known| known.family.clone());
        row.parent = Some(parent);
    }
    if let Some(family) = named(new.family) {
        row.family = directory.by_name(&family).map_or(family, |known| known.family.clone());
    }
    for domain in &new.domains {
        let domain = own_domain(domain)?;
        if !row.domains.contains(&domain) {
            row.domains.push(domain);
        }
    }
    for alias in new.aliases.iter().map(|alias| clean_name(alias)).filter(|alias| !alias.is_empty()) {
        if !row.aliases.contains(&alias) {
            row.aliases.push(alias);
        }
    }
    written(tx, row)
}

pub(super) fn target(tx: &Tx<'_>, name: &str, wanted: bool) -> Result<Changed, Trouble> {
    let directory = Directory::new(tx.own_employers()?);
    let Some(known) = directory.by_name(name) else { return Err(unknown(&directory, name)) };
    let mut row = own_row(Some(known), &known.name);
    row.target = wanted;
    written(tx, row)
}

fn written(tx: &Tx<'_>, row: Employer) -> Result<Changed, Trouble> {
    tx.put_employer(&row)?;
    // Caps are counted by family (P4): those who work there follow.
    tx.set_family(&row.name, &row.family)?;
    Ok(Changed::Employer(Box::new(row)))
}

/// The row as one of the owner's own; a former name of another row makes a row of its own.
fn own_row(known: Option<&Employer>, name: &str) -> Employer {
    use crate::model::fold::folded;
    match known.filter(|row| folded(&row.name) == folded(name)) {
        Some(row) => Employer { own: true, source: String::new(), ..row.clone() },
        None => Employer::named(name.to_owned(), known.map_or_else(|| name.to_owned(), |row| row.family.clone())),
    }
}

fn own_domain(text: &str) -> Result<String, Trouble> {
    let domain = ascii_domain(text.trim().trim_start_matches('@'))
        .ok_or_else(|| Trouble::refused(format!("“{}” is no mail domain; write it like plan.example", clean_name(text))))?;
    if is_free_mail(&domain) {
        return Err(Trouble::refused(format!("anybody may have an address at {domain}; it belongs to no employer")));
    }
    Ok(domain)
}

fn named(text: Option<String>) -> Option<String> {
    text.map(|text| clean_name(&text)).filter(|text| !text.is_empty())
}

fn unknown(directory: &Directory, name: &str) -> Trouble {
    let near: Vec<&str> = directory.search(name, None).into_iter().take(3).map(|row| row.name.as_str()).collect();
    let name = clean_name(name);
    if near.is_empty() {
        return Trouble::refused(format!("the directory has no “{name}”; add it with: curbside employers add \"{name}\""));
    }
    Trouble::refused(format!("the directory has no “{name}”; did you mean {}?", near.join(" or ")))
}
