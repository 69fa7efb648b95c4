//! What becomes of each row of an import: a new contact, one known already, a doubt for the owner, or nothing, and why.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use jiff::Timestamp;

use super::merge::learn;
use crate::model::address::Address;
use crate::model::contact::{Contact, Mode, Relation, greeting_name};
use crate::model::employer::is_or_below;
use crate::model::fold::folded;
use crate::model::id::ContactId;
use crate::model::import::{Choice, Judged, Person, Row, Verdict};
use crate::steps::directory::{Directory, Lookup};
use crate::steps::people;

/// A file of so many people is one of chosen people; a longer one is an address book or a whole network.
pub const SHORT: usize = 25;

/// What an import goes by.
#[derive(Debug)]
pub struct Rules<'a> {
    /// Who is whose employer.
    pub directory: &'a Directory,
    /// Whom the owner wants.
    pub choice: &'a Choice,
    /// Why an address is never to be written to again, by [`person_key`].
    pub suppressed: &'a HashMap<String, String>,
    /// Whose every known address is, by [`person_key`], dead ones too.
    pub owners: &'a HashMap<String, ContactId>,
    /// The owner's own addresses.
    pub me: &'a [Address],
    /// Domains never written to.
    pub never: &'a [String],
    /// The hour.
    pub now: Timestamp,
}

/// Judges all rows in their order. `people` are the contacts there are; they come back as the file leaves them, and with
/// those whom it brings. Every row gets one verdict.
#[must_use]
pub fn judge(rows: Vec<Row>, people: &mut Vec<Person>, rules: &Rules<'_>) -> Vec<Judged> {
    let wants_all = rules.choice.all.unwrap_or(rows.len() <= SHORT);
    let mut judge = Judge { rules, lookup: rules.directory.lookup(), wants_all, seen: Seen::default(), people };
    for at in 0..judge.people.len() {
        judge.seen.note(at, &judge.people[at]);
    }
    for (key, id) in rules.owners {
        if let Some(at) = judge.seen.ids.get(id) {
            judge.seen.addresses.insert(key.clone(), *at);
        }
    }
    rows.into_iter().map(|row| judge.row(row)).collect()
}

/// An address without case and `+tag`: one person's.
#[must_use]
pub fn person_key(address: &Address) -> String {
    let key = address.key();
    let (local, domain) = key.split_once('@').unwrap_or((&key, ""));
    format!("{}@{domain}", local.split('+').next().unwrap_or(local))
}

/// Who is known by what.
#[derive(Default)]
struct Seen {
    ids: HashMap<ContactId, usize>,
    addresses: HashMap<String, usize>,
    profiles: HashMap<String, usize>,
    names: HashMap<String, BTreeSet<usize>>,
}

impl Seen {
    fn note(&mut self, at: usize, person: &Person) {
        if !person.is_new() {
            self.ids.insert(person.contact.id, at);
        }
        self.addresses.extend(person.contact.addresses.iter().map(|address| (person_key(address), at)));
        self.profiles.extend(profile_of(person).map(|profile| (profile.to_owned(), at)));
        self.names.entry(name_key(&person.contact.name)).or_default().insert(at);
    }
}

fn profile_of(person: &Person) -> Option<&str> {
    person.learns.get("profile").or_else(|| person.learnt.get("profile")).map(String::as_str)
}

/// `Dr. Jane A. Doe, MD` and `DOE, JANE` are one name.
#[must_use]
pub fn name_key(name: &str) -> String {
    match greeting_name(name) {
        Some(name) if !name.last.is_empty() => folded(&format!("{} {}", name.first, name.last)),
        _ => folded(name),
    }
}

/// `J. Doe` may be `Jane Doe`, and `Jane Roe` too; an address that stands for a name may be anybody's.
fn share_a_word(one: &str, other: &str) -> bool {
    let words = |name: &str| -> BTreeSet<String> {
        folded(name).split(|c: char| !c.is_alphanumeric()).filter(|word| word.chars().count() > 1).map(str::to_owned).collect()
    };
    one.contains('@') || other.contains('@') || !words(one).is_disjoint(&words(other))
}

/// Who a row may be.
enum Who {
    Nobody,
    Known(usize),
    Doubtful(Option<usize>, String),
}

struct Judge<'r> {
    rules: &'r Rules<'r>,
    lookup: Lookup<'r>,
    wants_all: bool,
    seen: Seen,
    people: &'r mut Vec<Person>,
}

impl Judge<'_> {
    fn row(&mut self, mut row: Row) -> Judged {
        if let Some(fault) = row.fault.clone() {
            return judged(row, Verdict::Unreadable, fault);
        }
        if let Some((verdict, why)) = self.unwanted(&mut row) {
            return judged(row, verdict, why);
        }
        let (family, um) = self.place(&mut row);
        let mut judged = match self.who(&row) {
            Who::Known(at) => self.known(row, at, family.as_deref()),
            Who::Doubtful(Some(at), _) if um.is_none() && !self.wants_all && self.people[at].is_new() => left_out(row),
            Who::Doubtful(at, why) => Judged { person: at, contact: at.and_then(|at| self.id(at)), ..judged(row, Verdict::Doubtful, why) },
            Who::Nobody if um.is_none() && !self.wants_all => left_out(row),
            Who::Nobody => self.newcomer(row, family.as_deref()),
        };
        judged.is_um_title = judged.row.title.as_deref().is_some_and(people::is_um_title);
        (judged.family, judged.um) = (family, um);
        judged
    }

    /// Why a row is not even looked at, if so. Addresses that are nobody's own are taken out.
    fn unwanted(&self, row: &mut Row) -> Option<(Verdict, String)> {
        let rules = self.rules;
        if let Some(own) = row.addresses.iter().find(|address| rules.me.iter().any(|own| person_key(own) == person_key(address))) {
            return Some((Verdict::Refused, format!("{own} is your own address")));
        }
        let stopped = row.addresses.iter().find_map(|address| Some((address, rules.suppressed.get(&person_key(address))?)));
        if let Some((address, reason)) = stopped {
            return Some((Verdict::Refused, never_again(address, reason)));
        }
        if let Some(address) = row.addresses.iter().find(|address| rules.never.iter().any(|never| is_or_below(address.domain(), never))) {
            return Some((Verdict::LeftOut, format!("{} is among the domains that you never write to", address.domain())));
        }
        let (desks, own): (Vec<Address>, Vec<Address>) = row.addresses.drain(..).partition(people::is_role_address);
        row.addresses = own;
        row.remarks.extend(desks.iter().map(|desk| format!("{desk} is a desk, nobody's own address")));
        if desks.iter().any(|desk| row.name == desk.as_str()) {
            row.name.clear();
        }
        row.name.is_empty().then(|| (Verdict::LeftOut, "the row names nobody".to_owned()))
    }

    /// The employer as the directory has it, the family, and why they are of utilization management.
    fn place(&self, row: &mut Row) -> (Option<String>, Option<String>) {
        let by_name = row.employer.as_deref().and_then(|name| self.lookup.by_company(name));
        let found = by_name.or_else(|| row.addresses.iter().find_map(|address| self.lookup.by_domain(address.domain())));
        let um = people::of_the_trade(found, row.title.as_deref());
        if let Some(employer) = found {
            row.employer = Some(employer.name.clone());
            return (Some(employer.family.clone()), um);
        }
        (row.employer.clone(), um)
    }

    fn id(&self, at: usize) -> Option<ContactId> {
        Some(self.people[at].contact.id).filter(|id| id.0 != 0)
    }

    fn who(&self, row: &Row) -> Who {
        let by_address: BTreeSet<usize> =
            row.addresses.iter().filter_map(|address| self.seen.addresses.get(&person_key(address)).copied()).collect();
        if by_address.len() > 1 {
            let names: Vec<String> = by_address.iter().map(|at| self.label(*at)).collect();
            return Who::Doubtful(by_address.first().copied(), format!("their addresses belong to {}", names.join(" and ")));
        }
        let stranger = by_address
            .first()
            .filter(|at| !self.rules.choice.same.contains(&row.line) && !share_a_word(&self.people[**at].contact.name, &row.name));
        if let Some(at) = stranger {
            let shared = row.addresses.iter().find(|address| self.seen.addresses.get(&person_key(address)) == Some(at));
            let shared = shared.map_or_else(String::new, ToString::to_string);
            return Who::Doubtful(Some(*at), format!("{shared} is the address of {}", self.label(*at)));
        }
        let by_profile = || row.profile.as_ref().and_then(|profile| self.seen.profiles.get(profile).copied());
        match by_address.first().copied().or_else(by_profile) {
            Some(at) => Who::Known(at),
            None => self.by_name(row),
        }
    }

    /// A name alone proves little: the same employer must be said of both, and no address may speak against it.
    fn by_name(&self, row: &Row) -> Who {
        let choice = self.rules.choice;
        let named = self.seen.names.get(&name_key(&row.name)).into_iter().flatten().copied();
        let is_other =
            |at: &usize| profile_of(&self.people[*at]).is_some_and(|own| row.profile.as_deref().is_some_and(|other| are_two(own, other)));
        let named: Vec<usize> = named.filter(|at| !is_other(at)).collect();
        match named.as_slice() {
            [] => Who::Nobody,
            _ if choice.new.contains(&row.line) => Who::Nobody,
            [at] if choice.same.contains(&row.line) || self.fits(*at, row) => Who::Known(*at),
            [at] => Who::Doubtful(Some(*at), format!("is it {}?", self.label(*at))),
            [at, ..] => Who::Doubtful(Some(*at), format!("there are {} of this name already", named.len())),
        }
    }

    fn fits(&self, at: usize, row: &Row) -> bool {
        let contact = &self.people[at].contact;
        let works_there = contact.employer.as_deref().zip(row.employer.as_deref()).is_some_and(|(one, other)| folded(one) == folded(other));
        works_there && (row.addresses.is_empty() || contact.addresses.is_empty())
    }

    /// `Jane Doe of Cigna (contact 3)`
    fn label(&self, at: usize) -> String {
        let person = &self.people[at];
        let employer = person.contact.employer.as_ref().map_or_else(String::new, |employer| format!(" of {employer}"));
        let place = if person.is_new() { format!("line {}", person.line) } else { format!("contact {}", person.contact.id) };
        format!("{}{employer} ({place})", person.contact.name)
    }

    fn known(&mut self, row: Row, at: usize, family: Option<&str>) -> Judged {
        let (learnt, mut remarks) = learn(&mut self.people[at], &row, family, self.rules.owners);
        self.seen.note(at, &self.people[at]);
        let person = &self.people[at];
        remarks.splice(0..0, person.stopped.clone());
        let because = if person.is_new() { format!("the same person as on line {}", person.line) } else { String::new() };
        let mut judged = Judged { person: Some(at), contact: self.id(at), learnt, ..judged(row, Verdict::Known, because) };
        judged.row.remarks.extend(remarks);
        judged
    }

    fn newcomer(&mut self, row: Row, family: Option<&str>) -> Judged {
        let mut person = Person {
            contact: contact(&row, self.rules.now),
            line: row.line,
            learnt: BTreeMap::new(),
            learns: BTreeMap::new(),
            said: BTreeSet::new(),
            stopped: None,
            changed: true,
        };
        let _ = learn(&mut person, &row, family, self.rules.owners);
        let at = self.people.len();
        self.seen.note(at, &person);
        self.people.push(person);
        Judged { person: Some(at), ..judged(row, Verdict::New, String::new()) }
    }
}

/// Two pages of LinkedIn are two people; a page and the number of a card say nothing of each other.
fn are_two(own: &str, other: &str) -> bool {
    let is_page = |profile: &str| profile.contains("linkedin.com/");
    own != other && is_page(own) == is_page(other)
}

/// What a row says that no later row of another file may change: the owner may.
fn contact(row: &Row, now: Timestamp) -> Contact {
    Contact {
        id: ContactId(0),
        name: String::new(),
        addresses: Vec::new(),
        employer: None,
        family: None,
        title: None,
        relation: row.relation.or_else(|| row.title.as_deref().and_then(people::relation_of_title)).unwrap_or(Relation::Other),
        met: None,
        every: row.every,
        zone: row.zone.clone(),
        state: row.state.clone(),
        tags: row.tags.clone(),
        note: None,
        mode: Mode::Review,
        added_at: now,
        searched: false,
    }
}

fn judged(row: Row, verdict: Verdict, because: String) -> Judged {
    Judged { row, family: None, verdict, because, um: None, is_um_title: false, person: None, contact: None, learnt: Vec::new() }
}

fn left_out(row: Row) -> Judged {
    judged(row, Verdict::LeftOut, "neither at an employer of the directory nor with a title of utilization management".to_owned())
}

fn never_again(address: &Address, reason: &str) -> String {
    match reason {
        "opted_out" => format!("{address} asked not to be written to"),
        "forgotten" => format!("{address} was forgotten at your word; only curbside add --again brings it back"),
        other => format!("{address} is never to be written to again ({})", other.replace('_', " ")),
    }
}

#[cfg(test)]
#[path = "judge_tests.rs"]
mod tests;
