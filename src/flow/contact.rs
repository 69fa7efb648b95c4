//! Who is meant: an id, an address, or a name that fits exactly one contact.

use super::Trouble;
use crate::model::address::Address;
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
        0 => Err(nobody(tx, who)?),
        _ => Err(Trouble::Ambiguous { name: who.to_owned(), candidates: named.iter().map(label).collect() }),
    }
}

/// `3 Jane Doe <jane@plan.example>`
fn label(kept: &Kept) -> String {
    let address = kept.contact.primary().map_or_else(String::new, |address| format!(" <{address}>"));
    format!("{} {}{address}", kept.contact.id, kept.contact.name)
}

fn nobody(tx: &Tx<'_>, who: &str) -> Result<Trouble, Trouble> {
    let all = tx.contacts()?;
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
        return Ok(Trouble::Ambiguous { name: who.to_owned(), candidates: names });
    }
    let hint = names.first().map_or_else(String::new, |name| format!("; did you mean {name}?"));
    Ok(Trouble::NoSuchContact { name: who.to_owned(), hint })
}
