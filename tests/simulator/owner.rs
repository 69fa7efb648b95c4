//! The owner: says yes and no, adds and stops, answers or does not, at a desk that is a process of its own.

use curbside::flow::{self, Change, Changed, EditContact, NewContact};
use curbside::mail::scripted::Scripted;
use curbside::model::contact::{Mode, Relation};
use curbside::model::draft::{Draft, DraftState};
use curbside::model::journal::EntryKind;
use curbside::model::span::Span;
use curbside::model::standing::State;
use curbside::world::World;
use jiff::SignedDuration;

use super::facts::{Says, Wish};
use super::fault::Fault;
use super::life::{DeskWorld, Event, Life};
use super::people;

impl Life {
    /// Makes a change at the desk; `None` when the program says no.
    fn asks(&mut self, change: Change) -> Option<Changed> {
        let DeskWorld(desk) = self.desk.take()?;
        let answer = flow::accept(&desk, change);
        self.desk = Some(DeskWorld(desk));
        self.nudge();
        match answer {
            Ok(changed) => Some(changed),
            Err(error) => {
                self.tell(|| format!("the program says no: {error}"));
                None
            }
        }
    }

    fn looks<T>(&mut self, look: impl FnOnce(&World) -> T) -> Option<T> {
        let DeskWorld(desk) = self.desk.take()?;
        let seen = look(&desk);
        self.desk = Some(DeskWorld(desk));
        Some(seen)
    }

    /// The owner sits down to it: the review, the answers owed, whatever else comes to mind.
    pub fn sits(&mut self, office: &mut Scripted) {
        if self.calm {
            return;
        }
        let days = if self.dice.per_mille(80) { self.dice.between(14, 30) } else { self.dice.between(2, 8) };
        let minutes = self.dice.between(-300, 300);
        self.then(SignedDuration::from_hours(24 * days) + SignedDuration::from_mins(minutes), Event::Sits);
        self.adds();
        self.resolves();
        self.reviews();
        self.pays();
        for _ in 0..self.dice.below(3) {
            self.whim(office);
        }
    }

    fn adds(&mut self) {
        let share = if self.known_at.is_empty() { 1000 } else { 150 };
        for who in 0..self.people.len() {
            if !self.people[who].known && !self.people[who].forgotten && self.dice.per_mille(share) && !self.dice.per_mille(300) {
                self.add(who);
            }
        }
        if self.dice.per_mille(250) {
            let days = self.dice.between(10, 60);
            let (until, text) = (people::later_day(self.today(), days), format!("I finished course number {}", self.step));
            self.asks(Change::AddNews(text, Some(until)));
        }
    }

    fn add(&mut self, who: usize) {
        let person = self.people[who].clone();
        let new = NewContact {
            name: person.name.clone(),
            addresses: vec![person.addresses[0].parse().expect("an address")],
            employer: Some(person.employer.clone()),
            relation: Some(*self.dice.pick(Relation::ALL)),
            zone: person.zone_told.then(|| person.zone.clone()),
            note: self.dice.per_mille(300).then(|| "We met at a conference.".to_owned()),
            mode: person.auto.then_some(Mode::Auto),
            ..NewContact::default()
        };
        if self.asks(Change::Add(Box::new(new))).is_some() {
            self.people[who].known = true;
            self.wish(Wish::Knows {
                who,
                addresses: vec![person.addresses[0].clone()],
                zone: person.zone,
                family: person.employer,
                auto: person.auto,
            });
            self.known_at.insert(who, self.step);
        }
    }

    fn reviews(&mut self) {
        let waiting = self.looks(|desk| desk.store.read(|tx| tx.drafts_in(DraftState::Review))).and_then(Result::ok).unwrap_or_default();
        for draft in waiting {
            self.review(&draft);
        }
        let queued = self.looks(|desk| desk.store.read(|tx| tx.drafts_in(DraftState::Queued))).and_then(Result::ok).unwrap_or_default();
        for draft in queued {
            if self.may(Fault::DraftsTouched) && self.dice.per_mille(30) {
                self.cancels(&draft);
            }
        }
    }

    fn review(&mut self, draft: &Draft) {
        if draft.blocked.is_some() {
            self.asks(Change::Skip(draft.id));
            return;
        }
        match self.dice.below(100) {
            0..80 => self.says_yes(draft),
            80..88 if self.may(Fault::DraftsTouched) => {
                self.counts.add(Fault::DraftsTouched);
                let text = format!("{}\nP.S. Number {}.\n", draft.content.text, self.step);
                if let Some(Changed::Draft(edited)) = self.asks(Change::Revise(draft.id, None, text))
                    && self.dice.per_mille(700)
                {
                    self.says_yes(&edited);
                }
            }
            88..93 => drop(self.asks(Change::Skip(draft.id))),
            93..96 => drop(self.asks(Change::Later(draft.id, Span::Weeks(2)))),
            _ => {}
        }
    }

    fn says_yes(&mut self, draft: &Draft) {
        let fingerprint = flow::fingerprint(&draft.content);
        if self.asks(Change::Approve(draft.id, Some(fingerprint))).is_some() {
            self.wish(Wish::Yes {
                check_in: draft.id.0,
                to: draft.content.to.address.as_str().to_owned(),
                subject: draft.content.subject.clone(),
                text: draft.content.text.clone(),
            });
        }
    }

    fn cancels(&mut self, draft: &Draft) {
        let change = if self.dice.per_mille(500) {
            Change::Cancel(draft.id)
        } else {
            Change::Revise(draft.id, None, format!("{}\nAnother thought, number {}.\n", draft.content.text, self.step))
        };
        if self.asks(change).is_some() {
            self.counts.add(Fault::DraftsTouched);
            self.wish(Wish::No(draft.id.0));
        }
    }

    /// The owner asks around whether a doubtful mail arrived; mostly the answer is true.
    fn resolves(&mut self) {
        let doubtful = self.looks(|desk| desk.store.read(|tx| tx.drafts_in(DraftState::Doubtful))).and_then(Result::ok).unwrap_or_default();
        for draft in doubtful {
            if !self.dice.per_mille(600) {
                continue;
            }
            let arrived = draft.message_id.as_ref().is_some_and(|id| self.arrived.contains(id)) != self.dice.per_mille(50);
            let (change, wish) = if arrived {
                (Change::ResolveSent(draft.id), Wish::Arrived(draft.id.0))
            } else {
                (Change::ResolveResend(draft.id), Wish::Resend { check_in: draft.id.0, id: draft.message_id.clone().unwrap_or_default() })
            };
            if self.asks(change).is_some() {
                self.wish(wish);
            }
        }
    }

    /// Answers that are owed are given, mostly.
    fn pays(&mut self) {
        let owed = self.looks(|desk| desk.store.read(|tx| tx.contacts_in(State::OwesAnswer, 100))).and_then(Result::ok).unwrap_or_default();
        for kept in owed {
            let Some(who) = self.who(&kept.contact.name) else { continue };
            match self.dice.below(10) {
                0..5 => {
                    let after = SignedDuration::from_mins(self.dice.between(1, 600));
                    self.then(after, Event::ByHand { who });
                }
                5 => self.logs(who, EntryKind::Call),
                6 => self.logs(who, EntryKind::Mail),
                7 => self.answered(who),
                _ => {}
            }
        }
        let held = self.looks(|desk| desk.store.read(|tx| tx.contacts_in(State::Held, 100))).and_then(Result::ok).unwrap_or_default();
        for kept in held {
            if kept.story.hold(self.today()).is_some_and(|(_, until)| until.is_none())
                && let Some(who) = self.who(&kept.contact.name)
            {
                self.answered(who);
            }
        }
    }

    fn who(&self, name: &str) -> Option<usize> {
        self.people.iter().position(|person| person.name == name)
    }

    fn name(&self, who: usize) -> String {
        self.people[who].name.clone()
    }

    fn answered(&mut self, who: usize) {
        if self.asks(Change::Answered(self.name(who))).is_some() {
            self.wish(Wish::Answered(who));
        }
    }

    fn logs(&mut self, who: usize, kind: EntryKind) {
        let change = Change::Log { who: self.name(who), text: "we talked of this and that".to_owned(), kind, on: None };
        if self.asks(change).is_some() {
            match kind {
                EntryKind::Call | EntryKind::Meeting => self.wish(Wish::Talked(who)),
                EntryKind::Mail => self.wish(Wish::WroteElsewhere(who)),
                _ => {}
            }
        }
    }

    /// Something the owner does in the middle of a turn.
    pub fn owner_meddles(&mut self, office: &mut Scripted) {
        let queued = self.looks(|desk| desk.store.read(|tx| tx.open_drafts())).and_then(Result::ok).unwrap_or_default();
        let on_the_way = queued.iter().filter(|draft| draft.state != DraftState::Review).collect::<Vec<_>>();
        let some = (!on_the_way.is_empty()).then(|| (*self.trouble.pick(&on_the_way)).clone());
        match (some, self.trouble.below(5)) {
            (Some(draft), 0) => self.cancels(&draft),
            (Some(draft), 1) => {
                if let Some(who) = self.who(&draft.name) {
                    self.stops(who);
                }
            }
            (Some(draft), 2) => {
                if let Some(who) = self.who(&draft.name) {
                    self.by_hand(office, who);
                }
            }
            (_, 3) => self.reviews(),
            _ => self.whim(office),
        }
    }

    fn stops(&mut self, who: usize) {
        if self.asks(Change::Stop(self.name(who))).is_some() {
            self.wish(Wish::Stop(who));
        }
    }

    /// One of the many things an owner may do.
    fn whim(&mut self, office: &mut Scripted) {
        let known: Vec<usize> = (0..self.people.len()).filter(|who| self.people[*who].known).collect();
        if known.is_empty() {
            return;
        }
        let who = *self.dice.pick(&known);
        let name = self.name(who);
        match self.dice.below(40) {
            0 => self.stops(who),
            1 | 2 => self.pauses(who, name),
            3..6 => self.tells(Change::Resume(name, None), Wish::Resume(who)),
            6 => {
                let days = self.dice.between(2, 20);
                let until = people::later_day(self.today(), days);
                self.tells(Change::PauseAll(Some(until)), Wish::PauseAll(until));
            }
            7 => self.tells(Change::ResumeAll, Wish::ResumeAll),
            8 if self.dice.per_mille(300) => self.forgets(who, name),
            9 => self.moves_job(who),
            10..14 => self.second_address(who),
            14..17 => self.logs(who, EntryKind::Call),
            17 => self.logs(who, EntryKind::Meeting),
            18..21 => self.logs(who, EntryKind::Note),
            21..24 => self.by_hand(office, who),
            24..31 => self.hears(who),
            _ => {}
        }
    }

    /// Somebody writes unasked, or a machine does.
    fn hears(&mut self, who: usize) {
        let (says, second) = match self.dice.below(7) {
            0 => (Says::Bulk, false),
            1 if self.may(Fault::Spoofed) => (Says::Spoof, false),
            2 => (Says::Thanks, true),
            _ => (Says::Asks, false),
        };
        self.then(SignedDuration::from_hours(20), Event::Writes { who, says, second });
    }

    fn tells(&mut self, change: Change, wish: Wish) {
        if self.asks(change).is_some() {
            self.wish(wish);
        }
    }

    fn pauses(&mut self, who: usize, name: String) {
        let days = self.dice.between(3, 60);
        let until = people::later_day(self.today(), days);
        self.tells(Change::Pause(name, Some(until)), Wish::Pause(who, until));
    }

    fn forgets(&mut self, who: usize, name: String) {
        if self.asks(Change::Forget(name)).is_some() {
            self.wish(Wish::Forget(who));
            self.people[who].known = false;
            self.people[who].forgotten = true;
        }
    }

    fn moves_job(&mut self, who: usize) {
        let employer = people::other_employer(&mut self.dice, &self.people[who].employer);
        let edit = EditContact { employer: Some(employer.clone()), ..EditContact::default() };
        if self.asks(Change::Edit(self.name(who), Box::new(edit))).is_some() {
            self.people[who].gone = self.dice.per_mille(300);
            self.people[who].employer.clone_from(&employer);
            self.wish(Wish::Family(who, employer));
        }
    }

    fn second_address(&mut self, who: usize) {
        let address = self.people[who].addresses[1].clone();
        let edit = EditContact { add_addresses: vec![address.parse().expect("an address")], ..EditContact::default() };
        if !self.people[who].second_known && self.asks(Change::Edit(self.name(who), Box::new(edit))).is_some() {
            self.people[who].second_known = true;
            self.wish(Wish::Address(who, address));
            self.people[who].second_at = self.step;
        }
    }

    /// What a restore takes from the owner: wishes made after the backup.
    pub fn forgets_back_to(&mut self, step: u64) {
        for who in 0..self.people.len() {
            if self.known_at.get(&who).is_some_and(|at| *at > step) {
                self.people[who].known = false;
                self.known_at.remove(&who);
            }
            if self.people[who].second_at > step {
                self.people[who].second_known = false;
            }
        }
    }
}
