//! The observer: sees what the provider sees and what the owner wished, and says where a promise was broken.
//!
//! It never opens the database and asks nothing of the program's own judgement; its statement of the promises is its own
//! and as simple as can be. A thing counts as visible to the program when it happened before the program last began to
//! read the mailbox: what comes between that reading and the send could not be known.

mod courtesy;
mod hours;
mod judge;
mod settled;
mod standing;

use std::collections::{BTreeMap, HashMap, HashSet};

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};

use super::facts::{Fact, Reports, What, Who, Wish};

pub use courtesy::{Breach, Courtesy, Sort};
pub use settled::SETTLING;

/// The owner's settings, as the owner wrote them.
#[derive(Debug, Clone)]
pub struct Rules {
    /// The owner's address.
    pub me: String,
    /// The owner's zone.
    pub zone: TimeZone,
    /// Mails a day.
    pub per_day: usize,
    /// Mails a week to one family.
    pub per_family: usize,
    /// First and last minute of the business day.
    pub hours: (i32, i32),
    /// Monday's hour of the digest.
    pub digest_hour: i8,
    /// Days back to which the mailbox is searched.
    pub since_days: i64,
}

/// An address that the owner gave.
#[derive(Debug, Clone)]
struct Given {
    step: u64,
    at: Timestamp,
    address: String,
}

impl Given {
    fn new(fact: &Fact, address: &str) -> Self {
        Self { step: fact.step, at: fact.at, address: address.to_owned() }
    }
}

/// A person as the owner's wishes describe them.
#[derive(Debug, Clone)]
struct Person {
    who: Who,
    /// The step at which the owner made them known.
    known: u64,
    addresses: Vec<Given>,
    zone: TimeZone,
    /// Employers' families, each with the step at which the owner gave it.
    families: Vec<(u64, String)>,
    auto: bool,
    forgotten: bool,
}

impl Person {
    fn has(&self, address: &str) -> bool {
        self.addresses.iter().any(|given| given.address == address)
    }

    /// Since when mail from an address could be known to be theirs.
    fn known_since(&self, address: &str) -> Timestamp {
        let given = self.addresses.iter().find(|given| given.address == address).or(self.addresses.first());
        given.map_or(Timestamp::MIN, |given| given.at)
    }

    /// Their family as it was known before a step.
    fn family(&self, before: u64) -> &str {
        let known = self.families.iter().rfind(|(step, _)| *step < before).or(self.families.first());
        known.map_or("", |(_, family)| family)
    }
}

/// Days that a machine may sleep, or a mailbox be out of reach, before an address that was given is searched for.
const LONGEST_SLEEP: i64 = 24;

/// A yes to exactly one text.
#[derive(Debug, Clone)]
struct Yes {
    step: u64,
    at: Timestamp,
    shown: Timestamp,
    check_in: i64,
    to: String,
    subject: String,
    text: String,
    /// Used up, void, or taken back.
    over: bool,
    /// Taken back by the owner.
    taken_back: bool,
}

/// A check-in that the server took.
#[derive(Debug, Clone)]
struct Delivery {
    step: u64,
    at: Timestamp,
    shown: Timestamp,
    who: Option<Who>,
    to: String,
    id: String,
    check_in: Option<i64>,
    /// The owner said that it did not arrive.
    denied: bool,
}

/// The observer.
#[derive(Debug)]
pub struct Observer {
    rules: Rules,
    people: BTreeMap<Who, Person>,
    /// All facts about each person, in order.
    past: HashMap<Who, Vec<Fact>>,
    general: Vec<Fact>,
    /// Mail that concerned nobody when it came.
    strange: Vec<Fact>,
    yeses: Vec<Yes>,
    deliveries: Vec<Delivery>,
    /// What the owner wants sent once more: the check-in, and the `Message-ID` of the mail.
    resends: HashSet<(i64, String)>,
    said_arrived: HashSet<i64>,
    copies: HashMap<String, Vec<u64>>,
    listed: Option<(u64, Timestamp)>,
    read_failed: bool,
    digests: Vec<(Timestamp, Timestamp)>,
    clock_wrong_at: Option<Timestamp>,
    began: Option<Timestamp>,
    last_seen: Timestamp,
    restored_at: Option<(u64, Timestamp)>,
    courtesy: Courtesy,
}

impl Observer {
    /// An observer who has seen nothing yet.
    pub fn new(rules: Rules) -> Self {
        Self {
            rules,
            people: BTreeMap::new(),
            past: HashMap::new(),
            general: Vec::new(),
            strange: Vec::new(),
            yeses: Vec::new(),
            deliveries: Vec::new(),
            resends: HashSet::new(),
            said_arrived: HashSet::new(),
            copies: HashMap::new(),
            listed: None,
            read_failed: false,
            digests: Vec::new(),
            clock_wrong_at: None,
            began: None,
            last_seen: Timestamp::UNIX_EPOCH,
            restored_at: None,
            courtesy: Courtesy::default(),
        }
    }

    /// Sees a fact, and judges it.
    pub fn sees(&mut self, fact: &Fact) {
        self.last_seen = fact.at;
        if fact.shown.duration_since(fact.at).abs() > SignedDuration::from_secs(120) {
            self.clock_wrong_at = Some(fact.at);
        }
        match &fact.what {
            What::Listed => {
                self.listed = Some((fact.step, fact.at));
                self.read_failed = false;
            }
            What::ReadFailed => self.read_failed = true,
            What::Delivered { to, raw } => self.delivered(fact, to, raw),
            What::Came(came) => match self.concerned(came) {
                Some(who) => self.past.entry(who).or_default().push(fact.clone()),
                None => self.strange.push(fact.clone()),
            },
            What::OwnerWrote(who) => self.past.entry(*who).or_default().push(fact.clone()),
            What::Filed { id } => self.copies.entry(id.clone()).or_default().push(fact.step),
            What::Wish(wish) => self.wishes(fact, wish),
            What::Restored { to } => self.restored(fact, *to),
            What::CalmTurn => self.calm(fact),
            What::AnswerLost | What::Told(_) => {}
        }
    }

    /// All that was broken, and the sums.
    pub fn verdict(mut self, reports: &Reports) -> Courtesy {
        self.settled(reports);
        self.courtesy
    }

    /// The sums so far.
    pub fn sums(self) -> Courtesy {
        self.courtesy
    }

    /// The first breach so far.
    pub fn breach(&self) -> Option<&Breach> {
        self.courtesy.breaches.first()
    }

    /// Whom a mail concerns, as the program can know: by a known address, or by the conversation.
    fn concerned(&self, came: &super::facts::Came) -> Option<Who> {
        let owner_of = self.people.values().find(|person| person.has(&came.from)).map(|person| person.who);
        owner_of.or((came.in_thread && self.knows_conversation(came.who)).then_some(came.who)).or(matches!(
            came.says,
            super::facts::Says::Dead | super::facts::Says::Returned
        )
        .then_some(came.who))
    }

    /// Of the conversation with somebody something lies in the database or in Sent.
    fn knows_conversation(&self, who: Who) -> bool {
        let by_hand = || self.past.get(&who).into_iter().flatten().any(|fact| matches!(fact.what, What::OwnerWrote(_)));
        let is_ours = |delivery: &Delivery| delivery.who == Some(who) && self.is_remembered(delivery);
        // Without a check-in it was the owner's own mail that began it.
        self.restored_at.is_none() || self.deliveries.iter().any(is_ours) || by_hand()
    }

    fn wishes(&mut self, fact: &Fact, wish: &Wish) {
        match wish {
            Wish::Knows { who, addresses, zone, family, auto } => self.knows(fact, *who, addresses, zone, family, *auto),
            Wish::Address(who, address) => {
                self.people.entry(*who).and_modify(|person| person.addresses.push(Given::new(fact, address)));
                self.look_back(*who);
            }
            Wish::Family(who, family) => {
                self.people.entry(*who).and_modify(|person| person.families.push((fact.step, family.clone())));
            }
            Wish::Yes { check_in, to, subject, text } => self.says_yes(fact, *check_in, to, subject, text),
            Wish::No(check_in) => self.takes_back(*check_in),
            Wish::Resend { check_in, id } => {
                self.resends.insert((*check_in, id.clone()));
                // As far as anybody can know, what left before did not arrive.
                self.deliveries.iter_mut().filter(|delivery| delivery.id == *id).for_each(|delivery| delivery.denied = true);
                // It is a new yes to the same bytes, also where a restored backup had made the first one void.
                if let Some(yes) = self.yeses.iter_mut().rfind(|yes| yes.check_in == *check_in) {
                    (yes.step, yes.at, yes.shown, yes.over, yes.taken_back) = (fact.step, fact.at, fact.shown, false, false);
                }
            }
            Wish::Arrived(check_in) => drop(self.said_arrived.insert(*check_in)),
            Wish::PauseAll(_) | Wish::ResumeAll => self.general.push(fact.clone()),
            Wish::Forget(who) => {
                self.people.entry(*who).and_modify(|person| person.forgotten = true);
            }
            Wish::Stop(who)
            | Wish::Pause(who, _)
            | Wish::Resume(who)
            | Wish::Answered(who)
            | Wish::Talked(who)
            | Wish::WroteElsewhere(who) => self.past.entry(*who).or_default().push(fact.clone()),
        }
    }

    fn knows(&mut self, fact: &Fact, who: Who, addresses: &[String], zone: &str, family: &str, auto: bool) {
        let zone = TimeZone::get(zone).expect("a zone");
        let person = Person {
            who,
            known: fact.step,
            addresses: addresses.iter().map(|address| Given::new(fact, address)).collect(),
            zone,
            families: vec![(fact.step, family.to_owned())],
            auto,
            forgotten: false,
        };
        self.people.insert(who, person);
        self.look_back(who);
    }

    /// How far back the mailbox is searched for mail from an address.
    fn searched_from(&self, person: &Person, address: &str) -> Timestamp {
        // It is searched when the machine is awake again, so far back from then.
        person.known_since(address).checked_sub(((self.rules.since_days - LONGEST_SLEEP) * 24).hours()).unwrap_or(Timestamp::MIN)
    }

    /// Mail that came before its sender was known is theirs after all.
    fn look_back(&mut self, who: Who) {
        let Some(person) = self.people.get(&who) else { return };
        let is_theirs = |fact: &Fact| matches!(&fact.what, What::Came(came) if person.has(&came.from) && fact.at > self.searched_from(person, &came.from));
        let (theirs, others): (Vec<Fact>, Vec<Fact>) = self.strange.iter().cloned().partition(is_theirs);
        self.strange = others;
        let past = self.past.entry(who).or_default();
        past.extend(theirs);
        past.sort_by_key(|fact| fact.step);
    }

    fn says_yes(&mut self, fact: &Fact, check_in: i64, to: &str, subject: &str, text: &str) {
        // A second yes to the same check-in takes the place of the first.
        self.takes_back(check_in);
        self.yeses.push(Yes {
            step: fact.step,
            at: fact.at,
            shown: fact.shown,
            check_in,
            to: to.to_owned(),
            subject: subject.to_owned(),
            text: plain(text),
            over: false,
            taken_back: false,
        });
    }

    fn takes_back(&mut self, check_in: i64) {
        for yes in self.yeses.iter_mut().filter(|yes| yes.check_in == check_in) {
            (yes.over, yes.taken_back) = (true, true);
        }
    }

    /// What the owner wished after the backup was made is forgotten with the database; every yes before it is void.
    fn restored(&mut self, fact: &Fact, to: u64) {
        let is_lost = |old: &Fact| old.step > to && matches!(old.what, What::Wish(_));
        self.past.values_mut().for_each(|facts| facts.retain(|old| !is_lost(old)));
        self.general.retain(|old| !is_lost(old));
        for person in self.people.values_mut() {
            person.families.retain(|(step, _)| *step <= to);
            person.addresses.retain(|given| given.step <= to || given.step == person.known);
        }
        self.yeses.iter_mut().for_each(|yes| yes.over = true);
        self.resends.clear();
        self.said_arrived.clear();
        self.restored_at = Some((to, fact.at));
        self.nobody_now();
        self.no_report_now(to);
        self.by_the_owner(to);
    }

    /// Mail from an address that the database of then does not know is a stranger's again.
    fn nobody_now(&mut self) {
        for (who, facts) in &mut self.past {
            let Some(person) = self.people.get(who) else { continue };
            let is_strange = |fact: &Fact| {
                matches!(&fact.what, What::Came(came) if !came.in_thread && !person.has(&came.from)
                    && !matches!(came.says, super::facts::Says::Dead | super::facts::Says::Returned))
            };
            let (strange, theirs) = std::mem::take(facts).into_iter().partition(is_strange);
            self.strange.extend::<Vec<Fact>>(strange);
            *facts = theirs;
        }
    }

    /// A report names an address in its text only: of somebody whom the database of then does not know it tells nobody, and
    /// no search for their address finds it later.
    fn no_report_now(&mut self, to: u64) {
        let is_report = |fact: &Fact| matches!(&fact.what, What::Came(came) if matches!(came.says, super::facts::Says::Dead | super::facts::Says::Returned));
        for person in self.people.values().filter(|person| person.known > to) {
            self.past.entry(person.who).or_default().retain(|fact| !is_report(fact));
        }
    }

    /// A check-in of which the database of then knows nothing lies in Sent like a mail by the owner's hand.
    fn by_the_owner(&mut self, to: u64) {
        let unknown: Vec<Delivery> =
            self.deliveries.iter().filter(|delivery| delivery.step > to && self.is_remembered(delivery)).cloned().collect();
        for delivery in unknown {
            let Some(who) = delivery.who else { continue };
            let past = self.past.entry(who).or_default();
            past.push(Fact { step: delivery.step, at: delivery.at, shown: delivery.shown, what: What::OwnerWrote(who) });
            past.sort_by_key(|fact| fact.step);
        }
    }

    fn breaks(&mut self, fact: &Fact, sort: Sort, what: String) {
        self.courtesy.breaches.push(Breach { sort, at: fact.at, step: fact.step, what });
    }
}

/// Text as two programs that wrap and end lines differently agree on it.
fn plain(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The day an instant falls on.
fn day(at: Timestamp, zone: &TimeZone) -> Date {
    at.to_zoned(zone.clone()).date()
}
