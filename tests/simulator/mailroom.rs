//! Mail on its way: what people do with a check-in, and how their answers reach the mailbox.

use curbside::mail::scripted::Scripted;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, ToSpan};

use super::facts::{Came, Says, What};
use super::fault::Fault;
use super::life::{Event, Life, Saves};
use super::people::{self, HOME, Habit};

const HOUR: SignedDuration = SignedDuration::from_hours(1);

impl Life {
    /// A check-in reaches somebody, and the provider files its copy.
    pub fn reaches_them(&mut self, to: &str, raw: Vec<u8>) {
        let (id, subject) = people::id_of(&raw);
        self.arrived.insert(id.clone());
        let seen = match self.saves {
            Saves::Renamed => format!("renamed-{id}"),
            _ => id.clone(),
        };
        self.count_dst();
        if self.saves != Saves::Nothing {
            let raw = if self.saves == Saves::Renamed { people::renamed(&raw, &id, &seen) } else { raw };
            // Well within what the provider table says.
            let after = SignedDuration::from_secs(self.dice.between(0, self.patience / 2));
            self.then(after, Event::Copy { raw, id });
        }
        if let Some(who) = self.people.iter().position(|person| person.addresses.iter().any(|address| address == to)) {
            let mut thread = self.people[who].thread.take().map(|(ids, _)| ids).unwrap_or_default();
            thread.push(seen);
            let bare = subject.trim_start_matches("Re: ").to_owned();
            self.people[who].thread = Some((thread, bare));
            self.reacts(who);
        }
    }

    fn count_dst(&mut self) {
        let zone = TimeZone::get(HOME).expect("a zone");
        let day = |ago: i64| zone.to_offset(self.now.checked_sub((ago * 24).hours()).unwrap_or(self.now));
        if day(0) != day(4) {
            self.counts.add(Fault::Dst);
        }
    }

    /// What somebody does when a check-in reaches them.
    fn reacts(&mut self, who: usize) {
        if self.calm {
            return;
        }
        let habit = self.people[who].habit;
        let answers = match habit {
            Habit::Answers | Habit::Elsewhere | Habit::Talks => 650,
            Habit::Ignores => 60,
            Habit::Refuses => 800,
            Habit::Away => 400,
            Habit::Dead => 0,
        };
        if habit == Habit::Dead || self.people[who].gone && self.dice.per_mille(500) {
            let after = SignedDuration::from_mins(self.dice.between(1, 3000));
            self.then(after, Event::Writes { who, says: Says::Dead, second: false });
            return;
        }
        if self.dice.per_mille(30) {
            self.then(HOUR * 5, Event::Writes { who, says: Says::Returned, second: false });
        }
        if habit == Habit::Away && self.dice.per_mille(700) || self.dice.per_mille(40) {
            let days = self.dice.between(2, 30);
            let says = if self.people[who].gone { Says::AwayForGood } else { Says::Away(people::later_day(self.wall(), days)) };
            self.then(SignedDuration::from_secs(30), Event::Writes { who, says, second: false });
        }
        if self.dice.per_mille(answers) {
            let says = self.answer_of(habit);
            let after = SignedDuration::from_mins(self.dice.between(5, 12 * 24 * 60));
            self.then(after, Event::Writes { who, says, second: habit == Habit::Elsewhere });
        }
    }

    /// Today, where the owner is, truly.
    fn wall(&self) -> jiff::civil::Date {
        self.now.to_zoned(TimeZone::get(HOME).expect("a zone")).date()
    }

    fn answer_of(&mut self, habit: Habit) -> Says {
        if habit == Habit::Refuses {
            return *self.dice.pick(&[Says::OptOut, Says::No, Says::WrongPerson, Says::Left]);
        }
        let days = self.dice.between(20, 120);
        let later = people::later_day(self.wall(), days);
        *self.dice.pick(&[Says::Asks, Says::Asks, Says::Thanks, Says::Thanks, Says::Thanks, Says::NotNow(later), Says::Asks, Says::No])
    }

    /// Somebody writes: the mail goes on its way.
    pub fn writes(&mut self, who: usize, says: Says, second: bool) {
        let id = self.new_id();
        let person = self.people[who].clone();
        let (from, raw) = match says {
            Says::Dead | Says::Returned => {
                let (status, words) = if says == Says::Dead { ("5.1.1", "user unknown") } else { ("4.4.7", "delivery time expired") };
                let original = person.thread.as_ref().and_then(|(ids, _)| ids.last().cloned()).unwrap_or_default();
                (person.addresses[0].clone(), people::report(&person.addresses[0], status, words, &original, &id, self.now))
            }
            says => {
                let from = person.addresses[usize::from(second)].clone();
                let (_, raw) = people::letter(&mut self.dice, &person, &from, says, &id, self.now);
                (from, raw)
            }
        };
        if says == Says::Spoof {
            self.went_wrong(Fault::Spoofed);
        }
        let answers = person.thread.is_some() && !matches!(says, Says::Spoof | Says::Bulk);
        self.transit(Came { who, from, id, in_thread: answers, says }, raw);
    }

    /// From their provider to the owner's folder, with what may befall a mail.
    fn transit(&mut self, came: Came, raw: Vec<u8>) {
        let mut after = SignedDuration::from_secs(self.dice.between(2, 90));
        if self.may(Fault::Delayed) && self.trouble.per_mille(25) {
            self.counts.add(Fault::Delayed);
            after = HOUR * i32::try_from(self.trouble.between(24, 24 * 28)).unwrap_or(24);
        } else if self.may(Fault::Reordered) && self.trouble.per_mille(40) {
            self.counts.add(Fault::Reordered);
            after = HOUR * i32::try_from(self.trouble.between(2, 40)).unwrap_or(2);
        }
        let mut folder = "INBOX";
        for (fault, place) in [(Fault::Archived, "Archive"), (Fault::Junked, "Junk")] {
            if self.may(fault) && self.trouble.per_mille(70) {
                self.counts.add(fault);
                folder = place;
            }
        }
        if self.may(Fault::Duplicated) && self.trouble.per_mille(50) {
            self.counts.add(Fault::Duplicated);
            let place = *self.trouble.pick(&["INBOX", "Archive"]);
            let later = after + HOUR * i32::try_from(self.trouble.between(0, 90)).unwrap_or(0);
            self.then(later, Event::Arrives { folder: place, raw: raw.clone(), came: came.clone(), again: true });
        }
        self.then(after, Event::Arrives { folder, raw, came, again: false });
    }

    /// A mail is in the mailbox now.
    pub fn arrives(&mut self, office: &mut Scripted, folder: &str, raw: &[u8], came: Came, again: bool) {
        office.put(folder, raw, self.now);
        if !again {
            self.note(What::Came(came));
        }
        // The line is not always there to ring.
        if self.dice.per_mille(900) {
            self.nudge();
        }
    }

    /// In the middle of a turn somebody's mail arrives.
    pub fn somebody_writes_now(&mut self, office: &mut Scripted) {
        let known: Vec<usize> = (0..self.people.len()).filter(|who| self.people[*who].known).collect();
        if known.is_empty() {
            return;
        }
        let who = *self.trouble.pick(&known);
        let (says, id) = (*self.trouble.pick(&[Says::Asks, Says::OptOut, Says::Thanks, Says::No]), self.new_id());
        let person = self.people[who].clone();
        let from = person.addresses[0].clone();
        let (_, raw) = people::letter(&mut self.dice, &person, &from, says, &id, self.now);
        let came = Came { who, from, id, in_thread: person.thread.is_some(), says };
        self.arrives(office, "INBOX", &raw, came, false);
    }

    /// The provider's copy appears in Sent.
    pub fn copied(&mut self, office: &mut Scripted, raw: &[u8], id: String) {
        self.counts.add(if self.saves == Saves::Renamed { Fault::CopyRenamed } else { Fault::CopyByProvider });
        office.put("Sent", raw, self.now);
        self.note(What::Filed { id });
    }

    /// All folders, or one, get new numbers.
    pub fn renumber(&mut self, office: &mut Scripted) {
        let place = self.trouble.index(office.boxes.len());
        let found = &mut office.boxes[place];
        found.validity += 1;
        let gap = self.trouble.below(5);
        for (index, mail) in found.mails.iter_mut().enumerate() {
            mail.uid = index as u64 + 1 + gap;
        }
        found.next = found.mails.last().map_or(1, |mail| mail.uid + 1);
    }

    /// The owner, or a rule, moves some mail from one folder to another.
    pub fn moves(&mut self, office: &mut Scripted) {
        let (from, to) = *self.trouble.pick(&[("INBOX", "Archive"), ("Junk", "INBOX"), ("INBOX", "Other"), ("Archive", "INBOX")]);
        let Some(source) = office.boxes.iter_mut().find(|found| found.folder.name == from) else { return };
        if source.mails.is_empty() {
            return;
        }
        let mail = source.mails.remove(self.trouble.index(source.mails.len()));
        self.counts.add(Fault::Moved);
        office.put(to, &mail.bytes, mail.at);
    }

    /// The owner writes to somebody from another client.
    pub fn by_hand(&mut self, office: &mut Scripted, who: usize) {
        let id = self.new_id();
        let person = self.people[who].clone();
        let (thread, subject) = person.thread.clone().unwrap_or_default();
        let subject = if subject.is_empty() { "A word by hand".to_owned() } else { format!("Re: {subject}") };
        let date = self.now.to_zoned(TimeZone::get(HOME).expect("a zone"));
        let sheet = people::Sheet {
            from: people::ME,
            to: &person.addresses[0],
            subject: &subject,
            id: &id,
            date,
            about: people::answering(&thread),
            text: "A few words by hand.".to_owned(),
        };
        let raw = people::write(&sheet);
        office.put("Sent", &raw, self.now);
        self.counts.add(Fault::ByHand);
        self.note(What::OwnerWrote(who));
        let mut ids = thread;
        ids.push(id);
        self.people[who].thread = Some((ids, subject.trim_start_matches("Re: ").to_owned()));
        if self.dice.per_mille(200) {
            self.nudge();
        }
    }
}
