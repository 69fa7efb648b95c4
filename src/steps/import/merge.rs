//! What an import may change of a contact: what nobody said yet, and what an earlier import said; never what the owner typed.

use std::collections::HashMap;

use super::judge::person_key;
use crate::model::id::ContactId;
use crate::model::import::{Learnt, Person, Row};

/// What becomes of one field.
enum Settled {
    /// It says so already.
    Same,
    /// The file's word is taken.
    Taken,
    /// The owner said otherwise.
    Kept,
}

/// Takes what is new in a row; gives what changed, and what was left alone although the file says otherwise.
pub(super) fn learn(
    person: &mut Person,
    row: &Row,
    family: Option<&str>,
    owners: &HashMap<String, ContactId>,
) -> (Vec<Learnt>, Vec<String>) {
    let (mut news, mut remarks) = (Vec::new(), Vec::new());
    let fields = [
        ("name", Some(&row.name)),
        ("employer", row.employer.as_ref()),
        ("title", row.title.as_ref()),
        ("met", row.met.as_ref()),
        ("note", row.note.as_ref()),
    ];
    for (field, said) in fields {
        let own = value(person, field);
        let is_no_name = field == "name" && own.is_some() && said.is_some_and(|said| said.contains('@'));
        let Some(said) = said.filter(|_| !is_no_name) else { continue };
        if !person.said.insert(field) {
            continue;
        }
        match settled(own.as_deref(), learnt(person, field), said) {
            Settled::Taken => {
                put(person, field, said, family);
                news.push(Learnt { field, from: own, to: said.clone() });
            }
            // How a name is written, how they met and a note are the owner's to say: no word about that.
            Settled::Kept if matches!(field, "employer" | "title") => {
                let own = own.map_or_else(|| format!("you took the {field} out"), |own| format!("you say “{own}”"));
                remarks.push(format!("{own}, the file “{said}”"));
            }
            Settled::Same | Settled::Kept => {}
        }
    }
    addresses(person, row, owners, &mut news, &mut remarks);
    if let Some(profile) = row.profile.as_ref().filter(|profile| learnt(person, "profile") != Some(profile.as_str())) {
        person.learns.insert("profile".to_owned(), profile.clone());
    }
    person.changed |= !news.is_empty() || !person.learns.is_empty();
    (news, remarks)
}

fn settled(own: Option<&str>, learnt: Option<&str>, said: &str) -> Settled {
    match own {
        Some(own) if own == said => Settled::Same,
        // The owner took it out, and the file says what it said before.
        None if learnt == Some(said) => Settled::Kept,
        None => Settled::Taken,
        // An address stood in for the name.
        Some(own) if learnt == Some(own) || own.contains('@') => Settled::Taken,
        Some(_) => Settled::Kept,
    }
}

fn learnt<'p>(person: &'p Person, field: &str) -> Option<&'p str> {
    person.learns.get(field).or_else(|| person.learnt.get(field)).map(String::as_str)
}

fn value(person: &Person, field: &str) -> Option<String> {
    let contact = &person.contact;
    match field {
        "name" => Some(contact.name.clone()).filter(|name| !name.is_empty()),
        "employer" => contact.employer.clone(),
        "title" => contact.title.clone(),
        "met" => contact.met.clone(),
        _ => contact.note.clone(),
    }
}

fn put(person: &mut Person, field: &str, said: &str, family: Option<&str>) {
    let contact = &mut person.contact;
    let text = Some(said.to_owned());
    match field {
        "name" => said.clone_into(&mut contact.name),
        "employer" => (contact.employer, contact.family) = (text, family.map(str::to_owned)),
        "title" => contact.title = text,
        "met" => contact.met = text,
        _ => contact.note = text,
    }
    person.learns.insert(field.to_owned(), said.to_owned());
}

/// Addresses that nobody has yet are added behind the others; one that the owner took out, or that took no mail, stays out.
fn addresses(person: &mut Person, row: &Row, owners: &HashMap<String, ContactId>, news: &mut Vec<Learnt>, remarks: &mut Vec<String>) {
    for address in &row.addresses {
        let key = person_key(address);
        let field = format!("address {key}");
        let is_own = |person: &Person| person.contact.addresses.iter().any(|own| person_key(own) == key);
        if is_own(person) {
            continue;
        }
        if owners.contains_key(&key) {
            remarks.push(format!("{address} takes no mail"));
        } else if learnt(person, &field).is_some() {
            remarks.push(format!("you took {address} out"));
        } else {
            person.contact.addresses.push(address.clone());
            person.learns.insert(field, address.to_string());
            news.push(Learnt { field: "address", from: None, to: address.to_string() });
        }
    }
}
