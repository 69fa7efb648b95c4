//! Who is meant: an id, an address, or a name that fits exactly one contact.

use super::Trouble;
use crate::model::address::{Address, clean_name};
use crate::model::fold::folded;
use crate::model::id::ContactId;
use crate::steps::search;
use crate::store::Tx;
use crate::store::contacts::Kept;

/// A contact as the owner names them.
pub type Who = str;

/// Finds who is meant.
///
/// # Errors
/// When nobody or several fit; the error names them.
pub fn find(tx: &Tx<'_>, who: &Who) -> Result<Kept, Trouble> {
    let who = who.trim();
    if who.is_empty() {
        return Err(Trouble::refused("say who: an id, an address or a name"));
    }
    if let Ok(id) = who.parse::<ContactId>()
        && let Some(kept) = tx.contact(id)?
    {
        return Ok(kept);
    }
    if let Ok(address) = Address::parse(who)
        && let Some(id) = tx.contact_of(&address)?
        && let Some(kept) = tx.contact(id)?
    {
        return Ok(kept);
    }
    let mut named = tx.contacts_named(who)?;
    match named.len() {
        1 => Ok(named.remove(0)),
        0 => part_of_a_name(tx, who),
        _ => Err(Trouble::Ambiguous { name: clean_name(who), candidates: named.iter().map(label).collect() }),
    }
}

/// `Jane` is Jane Doe as long as there is no other Jane; a misspelt name is only asked about.
fn part_of_a_name(tx: &Tx<'_>, who: &str) -> Result<Kept, Trouble> {
    let all = tx.contacts()?;
    let wanted = folded(who);
    let has_all = |kept: &&Kept| {
        let name = folded(&kept.contact.name);
        let parts: Vec<&str> = name.split(|c: char| !c.is_alphanumeric() && c != '\'').collect();
        !wanted.is_empty() && wanted.split(' ').all(|word| parts.contains(&word))
    };
    let fitting: Vec<&Kept> = all.iter().filter(has_all).collect();
    match fitting.as_slice() {
        [] => Err(nobody(&all, who)),
        [only] => Ok((*only).clone()),
        many => Err(Trouble::Ambiguous { name: clean_name(who), candidates: many.iter().take(10).copied().map(label).collect() }),
    }
}

/// `3 Jane Doe <jane@plan.example>`
fn label(kept: &Kept) -> String {
    let address = kept.contact.primary().map_or_else(String::new, |address| format!(" <{address}>"));
    format!("{} {}{address}", kept.contact.id, kept.contact.name)
}

fn nobody(all: &[Kept], who: &str) -> Trouble {
    let mut near: Vec<(u32, &Kept)> = all
        .iter()
        .filter_map(|kept| {
            let addresses = kept.contact.addresses.iter().map(Address::as_str);
            search::score(who, std::iter::once(kept.contact.name.as_str()).chain(addresses)).map(|score| (score, kept))
        })
        .collect();
    near.sort_by_key(|(score, kept)| (std::cmp::Reverse(*score), kept.contact.id));
    let names: Vec<String> = near.iter().take(5).map(|(_, kept)| label(kept)).collect();
    if near.len() > 1 {
        return Trouble::Ambiguous { name: clean_name(who), candidates: names };
    }
    let hint = names.first().map_or_else(String::new, |name| format!("; did you mean {name}?"));
    Trouble::NoSuchContact { name: clean_name(who), hint }
}
