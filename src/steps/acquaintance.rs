//! Whom the owner knows at employers of the directory, told by who wrote to whom; only headers are looked at.

use std::collections::{HashMap, HashSet};

use jiff::Timestamp;

use crate::model::acquaintance::{Acquaintance, Tally};
use crate::model::address::{Address, Mailbox};
use crate::model::contact::greeting_name;
use crate::model::employer::{Employer, is_or_below};
use crate::model::fold::folded;
use crate::model::mail::Mail;
use crate::steps::directory::{Directory, Lookup, is_of_the_trade};
use crate::steps::import::person_key;
use crate::steps::people;

/// A mail to more people is no word to any of them.
const MOST_RECIPIENTS: usize = 12;
/// Seconds after which a mail warms half as much.
const HALF: u64 = 182 * 86_400;
/// What a mail of today warms; the owner's own counts half of theirs.
const WARM: u64 = 1 << 24;

/// Adds up who wrote to whom, mail by mail.
#[derive(Debug)]
pub struct Ledger<'d> {
    lookup: Lookup<'d>,
    me: HashSet<String>,
    own_domains: Vec<String>,
    now: Timestamp,
    seen: HashSet<u64>,
    people: HashMap<String, Entry<'d>>,
    desks: HashSet<String>,
    colleagues: HashSet<String>,
}

#[derive(Debug)]
struct Entry<'d> {
    address: Address,
    name: String,
    /// How good the name is: a mail of theirs says it best, the newest before older ones.
    named: (bool, Option<Timestamp>),
    employer: &'d Employer,
    theirs: Tally,
    yours: Tally,
    warmth: u64,
}

/// Whom the mails show, and who was left out.
#[derive(Debug, Default)]
pub struct Found {
    /// The warmest first.
    pub people: Vec<Acquaintance>,
    /// Desks, lists and machines at employers of the directory.
    pub desks: usize,
    /// People at the owner's own employer, or at domains never written to.
    pub colleagues: usize,
}

impl<'d> Ledger<'d> {
    /// An empty ledger of somebody with these addresses; `never` are domains left out, as is the owner's own.
    #[must_use]
    pub fn new(directory: &'d Directory, me: &[Address], never: &[String], now: Timestamp) -> Self {
        let lookup = directory.lookup();
        let own = me.iter().map(|address| address.domain().to_owned()).filter(|domain| !lookup.is_free_mail(domain));
        Self {
            own_domains: own.chain(never.iter().cloned()).collect(),
            me: me.iter().map(person_key).collect(),
            lookup,
            now,
            seen: HashSet::new(),
            people: HashMap::new(),
            desks: HashSet::new(),
            colleagues: HashSet::new(),
        }
    }

    /// Looks at one mail: its header, whether it lies in Sent, and when it came. A copy in another folder counts once.
    pub fn note(&mut self, mail: &Mail, is_sent: bool, arrived: Option<Timestamp>) {
        let at = mail.date.map(|date| date.at).filter(|at| *at <= self.now).or(arrived).unwrap_or(self.now).min(self.now);
        if !self.seen.insert(fingerprint(mail, at)) {
            return;
        }
        let Some(sender) = mail.from.first() else { return };
        if is_sent || self.me.contains(&person_key(&sender.address)) {
            let all: Vec<&Mailbox> = mail.recipients().collect();
            if all.len() <= MOST_RECIPIENTS {
                for person in all {
                    self.add(person, at, false);
                }
            }
        } else if !is_mass(mail) {
            self.add(sender, at, true);
        }
    }

    fn add(&mut self, person: &Mailbox, at: Timestamp, is_theirs: bool) {
        let address = &person.address;
        let Some(employer) = self.lookup.by_domain(address.domain()).filter(|row| is_of_the_trade(row)) else { return };
        let key = person_key(address);
        if self.me.contains(&key) {
            return;
        }
        if self.own_domains.iter().any(|own| is_or_below(address.domain(), own)) {
            self.colleagues.insert(key);
        } else if people::is_role_address(address) {
            self.desks.insert(key);
        } else {
            let entry = self.people.entry(key).or_insert_with(|| Entry::new(address, employer));
            entry.add(person, at, is_theirs, self.now);
        }
    }

    /// All people, the warmest first.
    #[must_use]
    pub fn finish(self) -> Found {
        let mut one: HashMap<String, Entry<'_>> = HashMap::new();
        let mut entries: Vec<Entry<'_>> = self.people.into_values().collect();
        entries.sort_by_key(|entry| entry.address.key());
        let mut all: HashMap<String, Vec<Address>> = HashMap::new();
        for entry in entries {
            let key = entry.person();
            all.entry(key.clone()).or_default().push(entry.address.clone());
            match one.remove(&key) {
                Some(other) => drop(one.insert(key, other.with(entry))),
                None => drop(one.insert(key, entry)),
            }
        }
        let mut people: Vec<Acquaintance> =
            one.into_iter().map(|(key, entry)| entry.acquaintance(all.remove(&key).unwrap_or_default())).collect();
        people.sort_by(|a, b| b.warmth.cmp(&a.warmth).then_with(|| a.addresses.cmp(&b.addresses)));
        Found { people, desks: self.desks.len(), colleagues: self.colleagues.len() }
    }
}

impl<'d> Entry<'d> {
    fn new(address: &Address, employer: &'d Employer) -> Self {
        Self {
            address: address.clone(),
            name: String::new(),
            named: (false, None),
            employer,
            theirs: Tally::default(),
            yours: Tally::default(),
            warmth: 0,
        }
    }

    fn add(&mut self, person: &Mailbox, at: Timestamp, is_theirs: bool, now: Timestamp) {
        let tally = if is_theirs { &mut self.theirs } else { &mut self.yours };
        tally.add(at);
        self.warmth += warmth(now.duration_since(at).as_secs()) / if is_theirs { 1 } else { 2 };
        let named = (is_theirs, Some(at));
        let name = person.name.trim_matches(['\'', '"', ' ']);
        if !name.is_empty() && !name.contains('@') && (self.name.is_empty() || named >= self.named) {
            name.clone_into(&mut self.name);
            self.named = named;
        }
    }

    /// Two addresses at one family with one full name are one person's.
    fn person(&self) -> String {
        match greeting_name(&self.name).filter(|name| !name.last.is_empty()) {
            Some(name) => format!("{} {} {}", folded(&name.first), folded(&name.last), self.employer.family),
            None => self.address.key(),
        }
    }

    fn last(&self) -> Option<Timestamp> {
        self.theirs.last.max(self.yours.last)
    }

    fn with(self, other: Self) -> Self {
        let (newer, older) = if self.last() >= other.last() { (self, other) } else { (other, self) };
        Self { theirs: newer.theirs.with(older.theirs), yours: newer.yours.with(older.yours), warmth: newer.warmth + older.warmth, ..newer }
    }

    fn acquaintance(self, mut addresses: Vec<Address>) -> Acquaintance {
        addresses.sort_by_key(|address| (*address != self.address, address.key()));
        let both = self.theirs.count > 0 && self.yours.count > 0;
        Acquaintance {
            name: if self.name.is_empty() { self.address.to_string() } else { self.name },
            addresses,
            employer: self.employer.name.clone(),
            family: self.employer.family.clone(),
            kind: self.employer.kind,
            theirs: self.theirs,
            yours: self.yours,
            warmth: if both { self.warmth * 2 } else { self.warmth },
        }
    }
}

/// What a mail of so many seconds ago warms: half as much for each half year, and evenly less in between.
fn warmth(age: i64) -> u64 {
    let age = u64::try_from(age).unwrap_or(0);
    let base = WARM >> (age / HALF).min(63);
    base - base / 2 * (age % HALF) / HALF
}

/// Lists and machines set one of these; people do not.
fn is_mass(mail: &Mail) -> bool {
    let says =
        |name: &str, words: &[&str]| mail.header(name).is_some_and(|value| words.contains(&value.trim().to_ascii_lowercase().as_str()));
    ["list-id", "list-post", "list-unsubscribe"].iter().any(|name| mail.header(name).is_some())
        || says("precedence", &["bulk", "list", "junk", "auto_reply"])
        || mail.header("auto-submitted").is_some_and(|value| !value.trim().eq_ignore_ascii_case("no"))
}

/// The same for all copies of one mail.
fn fingerprint(mail: &Mail, at: Timestamp) -> u64 {
    use std::hash::{DefaultHasher, Hash, Hasher};
    let mut hasher = DefaultHasher::new();
    match &mail.message_id {
        Some(id) => id.hash(&mut hasher),
        None => (mail.sender(), at, mail.to.first()).hash(&mut hasher),
    }
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::mail::MailDate;

    fn now() -> Timestamp {
        "2026-11-23T12:00:00Z".parse().expect("an instant")
    }

    fn person(text: &str) -> Mailbox {
        Mailbox::parse(text).expect("a mailbox")
    }

    fn mail(from: &str, to: &[&str], days_ago: i64) -> Mail {
        let at = now() - jiff::SignedDuration::from_hours(24 * days_ago);
        Mail {
            message_id: Some(format!("{from}{to:?}{days_ago}@x.test")),
            from: vec![person(from)],
            to: to.iter().map(|to| person(to)).collect(),
            date: Some(MailDate { at, offset: jiff::tz::Offset::UTC }),
            ..Mail::default()
        }
    }

    fn found(mails: &[(Mail, bool)]) -> Found {
        let directory = Directory::default();
        let me = [Address::parse("leah@mail.example").expect("mine")];
        let mut ledger = Ledger::new(&directory, &me, &["humana.com".to_owned()], now());
        for (mail, is_sent) in mails {
            ledger.note(mail, *is_sent, None);
        }
        ledger.finish()
    }

    const ME: &str = "Leah <leah@mail.example>";

    #[test]
    fn who_wrote_lately_and_was_answered_is_warmest_and_copies_count_once() {
        let jane = mail("Jane Doe <jane@evicore.com>", &[ME], 3);
        let found = found(&[
            (jane.clone(), false),
            (jane, false),
            (mail(ME, &["jane@evicore.com"], 2), true),
            (mail("Tom Wexler <tom@aetna.com>", &[ME], 1), false),
            (mail("Tom Wexler <tom@aetna.com>", &[ME], 700), false),
            (mail("Stranger <s@bakery.example>", &[ME], 1), false),
        ]);
        let names: Vec<&str> = found.people.iter().map(|person| person.name.as_str()).collect();
        assert_eq!(names, ["Jane Doe", "Tom Wexler"]);
        assert_eq!((found.people[0].theirs.count, found.people[0].yours.count), (1, 1));
        assert_eq!(found.people[1].theirs.count, 2);
    }

    #[test]
    fn lists_desks_machines_colleagues_and_crowds_are_nobody_the_owner_knows() {
        let mut list = mail("News <news.jane@aetna.com>", &[ME], 1);
        list.headers.push(("list-unsubscribe".to_owned(), "<mailto:x@y.test>".to_owned()));
        let mut machine = mail("Out <out.of@aetna.com>", &[ME], 1);
        machine.headers.push(("auto-submitted".to_owned(), "auto-replied".to_owned()));
        let crowd: Vec<String> = (0..20).map(|number| format!("p{number}@aetna.com")).collect();
        let crowd: Vec<&str> = crowd.iter().map(String::as_str).collect();
        let found = found(&[
            (list, false),
            (machine, false),
            (mail("Aetna <no-reply@aetna.com>", &[ME], 1), false),
            (mail("Colleague <c@humana.com>", &[ME], 1), false),
            (mail(ME, &crowd, 1), true),
        ]);
        assert!(found.people.is_empty(), "{:?}", found.people);
        assert_eq!((found.desks, found.colleagues), (1, 1));
    }

    #[test]
    fn two_addresses_of_one_name_in_one_family_are_one_person() {
        let found = found(&[
            (mail("Jane Doe <jane@evicore.com>", &[ME], 90), false),
            (mail("DOE, JANE MD <jdoe@cigna.com>", &[ME], 5), false),
            (mail("Jane Doe <jane@aetna.com>", &[ME], 5), false),
        ]);
        let first = &found.people[0];
        assert_eq!(found.people.len(), 2);
        let addresses: Vec<&str> = first.addresses.iter().map(Address::as_str).collect();
        assert_eq!((addresses, first.theirs.count), (vec!["jdoe@cigna.com", "jane@evicore.com"], 2));
    }

    #[test]
    fn a_name_comes_from_their_own_newest_mail() {
        let found = found(&[
            (mail(ME, &["Dr J <jane@evicore.com>"], 1), true),
            (mail("Jane Roe <jane@evicore.com>", &[ME], 300), false),
            (mail("Jane Doe <jane@evicore.com>", &[ME], 30), false),
        ]);
        assert_eq!(found.people[0].name, "Jane Doe");
    }
}
