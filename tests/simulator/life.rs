//! A life: the people, the hours, and all that is still to happen.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap, HashSet};

use curbside::clock::Clock;
use curbside::world::World;
use jiff::civil::date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};

use super::dice::Dice;
use super::facts::{Came, Fact, What, Wish};
use super::fault::{Counts, Fault, Switches};
use super::observer::{Observer, Rules};
use super::people::{self, HOME, ME, Person};

/// One run: everything follows from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Plan {
    /// The seed.
    pub seed: u64,
    /// How many people there are; 0 lets the seed say.
    pub contacts: usize,
    /// How many weeks it lasts before it settles.
    pub weeks: i64,
    /// What may go wrong.
    pub switches: Switches,
}

/// Something that is to happen.
#[derive(Debug, Clone)]
pub enum Event {
    /// A week begins: what goes wrong in it is rolled.
    Week,
    /// The owner sits down to it.
    Sits,
    /// A person, or a machine for them, writes.
    Writes { who: usize, says: super::facts::Says, second: bool },
    /// A mail reaches the mailbox.
    Arrives { folder: &'static str, raw: Vec<u8>, came: Came, again: bool },
    /// The provider's own copy of a sent mail appears.
    Copy { raw: Vec<u8>, id: String },
    /// The owner writes by hand from another client.
    ByHand { who: usize },
    /// The machine's clock is set to a distance from the true hour, in seconds.
    Clock(i64),
    /// The machine sleeps so many hours.
    Sleeps(i64),
    /// The mailbox is out of reach for so many hours; true when the login is refused.
    Out(i64, bool),
    /// UIDVALIDITY changes.
    Renumber,
    /// The owner moves mail.
    Moves,
    /// The disk is full for so many hours.
    Full(i64),
    /// A backup is made.
    Backup,
    /// The last backup is restored.
    Restore,
    /// The program is replaced.
    Upgrade,
    /// Another daemon is started beside.
    Second,
}

/// What a provider does with sent mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Saves {
    /// A copy appears in Sent.
    Copy,
    /// A copy appears under another `Message-ID`.
    Renamed,
    /// None does.
    Nothing,
}

/// The trouble rolled for one turn: what, and at which moment from now.
#[derive(Debug, Clone, Copy)]
pub struct Armed {
    pub fault: Fault,
    pub after: u64,
}

/// A life.
#[derive(Debug)]
pub struct Life {
    pub plan: Plan,
    pub dice: Dice,
    pub trouble: Dice,
    pub clock: Clock,
    /// The true hour.
    pub now: Timestamp,
    /// What the machine's clock shows beyond it.
    pub skew: SignedDuration,
    pub step: u64,
    pub people: Vec<Person>,
    queue: BinaryHeap<Reverse<(Timestamp, u64)>>,
    events: BTreeMap<u64, Event>,
    pub observer: Observer,
    pub counts: Counts,
    pub saves: Saves,
    pub patience: i64,
    pub armed: Option<Armed>,
    /// When something went wrong last.
    pub troubled_at: Timestamp,
    /// Backups made so far.
    pub backups: u64,
    pub out_until: Option<(Timestamp, bool)>,
    /// The process at which the owner works.
    pub desk: Option<DeskWorld>,
    pub letters: u64,
    /// The owner leaves everything alone, and nothing goes wrong any more.
    pub calm: bool,
    /// Ids of the check-ins that arrived, as the people know.
    pub arrived: HashSet<String>,
    /// The daemon is to look soon.
    pub nudged: Option<Timestamp>,
    pub end: Timestamp,
    /// The steps at which wishes about people were made, to be forgotten with a restored database.
    pub known_at: BTreeMap<usize, u64>,
    pub story: Option<Vec<String>>,
}

/// A world that can stand in a `Debug` struct.
pub struct DeskWorld(pub World);

impl std::fmt::Debug for DeskWorld {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("desk")
    }
}

impl Life {
    /// A life as its plan says, before anything has happened.
    pub fn new(plan: Plan, rules: Rules, tells: bool) -> Self {
        let mut dice = Dice::new(plan.seed, "life");
        let count = usize::try_from(dice.between(10, 40)).unwrap_or(10);
        let count = if plan.contacts == 0 { count } else { plan.contacts };
        let begin = begin(&mut dice);
        let people = people::people(&mut Dice::new(plan.seed, "people"), count);
        let saves = *dice.pick(&[Saves::Copy, Saves::Renamed, Saves::Nothing]);
        let mut life = Self {
            plan,
            trouble: Dice::new(plan.seed, "trouble"),
            clock: Clock::frozen(begin),
            now: begin,
            skew: SignedDuration::ZERO,
            step: 0,
            people,
            queue: BinaryHeap::new(),
            events: BTreeMap::new(),
            observer: Observer::new(rules),
            counts: Counts::default(),
            saves,
            patience: if saves == Saves::Nothing { 5 } else { 60 },
            armed: None,
            troubled_at: begin,
            backups: 0,
            out_until: None,
            desk: None,
            letters: 0,
            calm: false,
            arrived: HashSet::new(),
            nudged: None,
            end: begin.checked_add((plan.weeks * 7 * 24).hours()).expect("an end"),
            known_at: BTreeMap::new(),
            story: tells.then(Vec::new),
            dice,
        };
        life.then(SignedDuration::ZERO, Event::Sits);
        life.then(SignedDuration::from_mins(1), Event::Week);
        life
    }

    /// Something happens after a while.
    pub fn then(&mut self, after: SignedDuration, event: Event) {
        let key = self.events.last_key_value().map_or(0, |(key, _)| key + 1).max(self.letters + self.step);
        let at = self.now.checked_add(after).expect("an hour");
        self.queue.push(Reverse((at, key)));
        self.events.insert(key, event);
    }

    /// When the next thing happens.
    pub fn next_at(&self) -> Option<Timestamp> {
        self.queue.peek().map(|Reverse((at, _))| *at)
    }

    /// Takes the next thing that happens.
    pub fn next(&mut self) -> Option<Event> {
        let Reverse((_, key)) = self.queue.pop()?;
        self.events.remove(&key)
    }

    /// What the provider and other clients do goes on while a turn is taken, or the machine sleeps.
    pub fn next_beside(&mut self) -> Option<Event> {
        let mut put_back = Vec::new();
        let mut found = None;
        while found.is_none() && self.next_at().is_some_and(|at| at <= self.now) {
            let Some(entry) = self.queue.pop() else { break };
            match self.events.get(&entry.0.1) {
                Some(Event::Arrives { .. } | Event::Copy { .. }) => found = self.events.remove(&entry.0.1),
                _ => put_back.push(entry),
            }
        }
        self.queue.extend(put_back);
        found
    }

    /// The true hour moves on, and the machine's clock with it.
    pub fn reaches(&mut self, at: Timestamp) {
        self.now = self.now.max(at);
        self.set_clock();
    }

    /// The machine's clock shows the true hour and what it is wrong by.
    pub fn set_clock(&self) {
        self.clock.set(self.shown());
    }

    /// What the machine's clock shows.
    pub fn shown(&self) -> Timestamp {
        self.now.checked_add(self.skew).unwrap_or(self.now)
    }

    /// Tells the observer what happened.
    pub fn note(&mut self, what: What) {
        self.step += 1;
        let fact = Fact { step: self.step, at: self.now, shown: self.shown(), what };
        if let Some(story) = &mut self.story {
            story.push(told(&fact));
        }
        self.observer.sees(&fact);
    }

    /// Tells the story something.
    pub fn tell(&mut self, text: impl FnOnce() -> String) {
        if self.story.is_some() {
            self.note(What::Told(text()));
        }
    }

    /// Tells the observer what the owner wishes.
    pub fn wish(&mut self, wish: Wish) {
        self.note(What::Wish(wish));
    }

    /// True when this may go wrong now; it is counted when it does.
    pub fn may(&self, fault: Fault) -> bool {
        !self.calm && self.plan.switches.has(fault)
    }

    /// It went wrong.
    pub fn went_wrong(&mut self, fault: Fault) {
        self.counts.add(fault);
        self.troubled_at = self.now;
        self.tell(|| format!("fault: {}", fault.word()));
    }

    /// A new `Message-ID`.
    pub fn new_id(&mut self) -> String {
        self.letters += 1;
        format!("letter-{}@mail.test", self.letters)
    }

    /// The daemon hears of something within seconds, mostly.
    pub fn nudge(&mut self) {
        let after = self.dice.between(1, 20);
        let soon = self.now.checked_add(after.seconds()).unwrap_or(self.now);
        self.nudged = Some(self.nudged.map_or(soon, |other| other.min(soon)));
    }

    /// The day on the owner's wall, by the machine's clock.
    pub fn today(&self) -> jiff::civil::Date {
        self.shown().to_zoned(TimeZone::get(HOME).expect("a zone")).date()
    }
}

/// The settings of the owner, as the configuration says them and as the observer knows them.
pub fn rules() -> (String, Rules) {
    let config = format!(
        "[owner]\nname = \"Sam Rivers\"\nemail = \"{ME}\"\naliases = [\"{}\"]\ntime_zone = \"{HOME}\"\n[account]\nfolder = \"/nowhere\"\n\
         [reading]\npoll = \"24h\"\n[sending]\nper_day = 3\n[cadence]\ndefault = \"6w\"\n",
        people::ALIAS
    );
    let rules = Rules {
        me: ME.to_owned(),
        zone: TimeZone::get(HOME).expect("a zone"),
        per_day: 3,
        per_family: 2,
        hours: (9 * 60, 16 * 60 + 30),
        digest_hour: 7,
        since_days: 180,
    };
    (config, rules)
}

fn begin(dice: &mut Dice) -> Timestamp {
    let day = date(2026, 1, 5).checked_add(dice.between(0, 700).days()).expect("a day");
    let hour = i8::try_from(dice.between(8, 17)).unwrap_or(9);
    day.at(hour, 0, 0, 0).to_zoned(TimeZone::get(HOME).expect("a zone")).expect("an hour").timestamp()
}

fn told(fact: &Fact) -> String {
    let zone = TimeZone::get(HOME).expect("a zone");
    let at = fact.at.to_zoned(zone).strftime("%a %Y-%m-%d %H:%M:%S");
    let off = fact.shown.duration_since(fact.at);
    let shown = if off.abs() > SignedDuration::from_secs(1) { format!(" (clock {off:#})") } else { String::new() };
    let what = match &fact.what {
        What::Delivered { to, raw } => {
            let (id, subject) = people::id_of(raw);
            format!("DELIVERED to {to} <{id}> “{subject}”")
        }
        other => format!("{other:?}"),
    };
    format!("{:>6} {at}{shown} {what}", fact.step)
}
