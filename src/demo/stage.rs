//! The stage: the world, the script, and what is to happen next.

use std::collections::HashMap;
use std::path::PathBuf;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

use super::calendar::{self, Agenda};
use super::people::Sent;
use super::script::{Script, Talk, Then};
use super::summary::{self, Summary};
use super::{Progress, owner, people};
use crate::flow::{self, Trouble};
use crate::mail::maildir::Maildir;
use crate::model::employer::Employer;
use crate::model::id::ContactId;
use crate::model::settings::Account;
use crate::model::span::Span;
use crate::world::World;

/// How many days are lived: 26 weeks.
pub const DAYS: u64 = 182;
/// Before the last days the owner stops saying yes, so that there is something left to look at.
const LAST_SITTING: i64 = 9;
/// The minute of the day at which the owner goes through the drafts.
const LUNCH: i16 = 12 * 60 + 10;
/// The minute of the day at which the owner adds people, and at which it all begins.
const EVENING: i16 = 18 * 60;

/// Something scripted.
#[derive(Debug)]
pub enum Deed {
    /// The owner adds somebody.
    Add(usize),
    /// The owner has news.
    News(usize),
    /// The owner goes through the drafts.
    Sit,
    /// Somebody writes without being asked.
    Own(usize, usize),
    /// A mail comes in; then the owner may do something.
    Arrive(usize, Box<Sent>, Option<Then>),
    /// The owner answers a mail.
    Write(usize, Box<Sent>, Then),
    /// The owner logs a talk.
    Log(usize, Talk),
}

/// The world and the script.
pub struct Stage<'a> {
    pub(super) world: &'a mut World,
    pub(super) script: Script,
    pub(super) mailbox: Maildir,
    pub(super) dir: PathBuf,
    pub(super) begins: Date,
    pub(super) ends: Timestamp,
    pub(super) agenda: Agenda<Deed>,
    /// Who reads which address.
    pub(super) readers: HashMap<String, usize>,
    /// Check-ins that each has had.
    pub(super) had: Vec<usize>,
    /// The contacts that each has become.
    pub(super) contacts: Vec<Option<ContactId>>,
    /// Drafts that the owner has looked at.
    pub(super) seen: u32,
    pub(super) digests: u32,
    poll: Span,
}

impl<'a> Stage<'a> {
    /// Sets the stage and moves the clock to the first day.
    ///
    /// # Errors
    /// When the world has no local folder.
    pub fn set(world: &'a mut World, ends: Timestamp) -> Result<Self, Trouble> {
        let Account::Folder { dir, .. } = world.settings.account.clone() else {
            return Err(Trouble::refused("the demo needs a local mail folder of its own"));
        };
        let script = Script::shipped().map_err(|error| Trouble::refused(error.to_string()))?;
        let mailbox = Maildir::create(&dir)?;
        let last = ends.to_zoned(world.settings.owner.zone.clone()).date();
        let begins = last.checked_sub(i64::try_from(DAYS).unwrap_or(0).days()).unwrap_or(last);
        world.clock.set(calendar::at(begins, EVENING, &world.settings.owner.zone));
        // Nobody but the script writes here: between its moments there is nothing to look for.
        let poll = std::mem::replace(&mut world.settings.reading.poll, Span::Weeks(2));
        let people = script.contact.len();
        let readers = script
            .contact
            .iter()
            .enumerate()
            .flat_map(|(person, row)| row.addresses.iter().map(move |address| (address.to_lowercase(), person)))
            .collect();
        Ok(Self {
            world,
            script,
            mailbox,
            dir,
            begins,
            ends,
            agenda: Agenda::default(),
            readers,
            had: vec![0; people],
            contacts: vec![None; people],
            seen: 0,
            digests: 0,
            poll,
        })
    }

    /// What is there before the first day, and what is to come.
    ///
    /// # Errors
    /// When a folder or the database fails.
    pub fn begin(&mut self) -> Result<(), Trouble> {
        self.write_employers()?;
        for person in 0..self.script.contact.len() {
            people::write_history(self, person)?;
        }
        self.fill_agenda();
        Ok(())
    }

    fn write_employers(&self) -> Result<(), Trouble> {
        let rows = &self.script.employer;
        let parent = |name: &str| rows.iter().find(|row| row.name == name).and_then(|row| row.parent.as_deref());
        self.world.store.write(|tx| {
            for row in rows {
                let mut family = row.name.as_str();
                while let Some(above) = parent(family) {
                    family = above;
                }
                tx.put_employer(&Employer {
                    name: row.name.clone(),
                    kind: row.kind,
                    family: family.to_owned(),
                    parent: row.parent.clone(),
                    aliases: Vec::new(),
                    domains: vec![row.domain.clone()],
                    state: Some(row.state.clone()),
                    careers_url: None,
                    source: String::new(),
                    own: true,
                    target: row.target,
                })?;
            }
            Ok(())
        })
    }

    fn fill_agenda(&mut self) {
        let zone = self.zone();
        let on = |begins: Date, day: i32| begins.checked_add(day.days()).unwrap_or(begins);
        for (person, row) in self.script.contact.iter().enumerate() {
            self.agenda.put(calendar::at(on(self.begins, row.add), EVENING, &zone), Deed::Add(person));
            let clock = zone_of(&row.clock);
            for (index, own) in row.own.iter().enumerate() {
                let day = calendar::working_day_before(on(self.begins, own.day));
                let minute = 9 * 60 + i16::try_from((person * 37 + index * 61) % 400).unwrap_or(0);
                self.agenda.put(calendar::at(day, minute, &clock), Deed::Own(person, index));
            }
            for talk in &row.talk {
                let day = calendar::working_day_after(on(self.begins, talk.days));
                self.agenda.put(calendar::at(day, 17 * 60 + 30, &zone), Deed::Log(person, talk.clone()));
            }
        }
        for (index, news) in self.script.news.iter().enumerate() {
            self.agenda.put(calendar::at(on(self.begins, news.day), 19 * 60, &zone), Deed::News(index));
        }
        self.fill_sittings(&zone);
    }

    fn fill_sittings(&mut self, zone: &TimeZone) {
        let last = self.ends.to_zoned(zone.clone()).date().checked_sub(LAST_SITTING.days()).unwrap_or(self.begins);
        for week in 0..26_i32 {
            let day = last.checked_sub((week * 7).days()).unwrap_or(self.begins);
            if day > self.begins {
                self.agenda.put(calendar::at(calendar::working_day_before(day), LUNCH, zone), Deed::Sit);
            }
        }
    }

    /// When something happens next; nothing after the end.
    ///
    /// # Errors
    /// When the database fails.
    pub fn next_moment(&self) -> Result<Option<Timestamp>, Trouble> {
        let now = self.world.now();
        if now >= self.ends {
            return Ok(None);
        }
        let turn = flow::next_turn(self.world)?.max(now.checked_add(1.minute()).unwrap_or(now));
        let next = self.agenda.next().map_or(turn, |deed| deed.min(turn));
        Ok(Some(next.clamp(now, self.ends)))
    }

    /// Lives one moment: what the script says, a turn, and the correspondents who read what was sent.
    ///
    /// # Errors
    /// When a folder or the database fails.
    pub fn live(&mut self, at: Timestamp) -> Result<(), Trouble> {
        let before = self.world.now();
        self.world.clock.set(at);
        while let Some(deed) = self.agenda.take(at) {
            self.act(deed)?;
        }
        let turn = flow::turn(self.world)?;
        if let Some(trouble) = turn.trouble {
            return Err(Trouble::refused(trouble));
        }
        self.file_digest(before)?;
        people::read_outbox(self)
    }

    fn act(&mut self, deed: Deed) -> Result<(), Trouble> {
        match deed {
            Deed::Add(person) => owner::add(self, person),
            Deed::News(index) => owner::tell_news(self, index),
            Deed::Sit => owner::sit(self),
            Deed::Own(person, index) => people::write_unasked(self, person, index),
            Deed::Arrive(person, mail, then) => people::arrive(self, person, *mail, then),
            Deed::Write(person, mail, then) => owner::answer(self, person, &mail, &then),
            Deed::Log(person, talk) => owner::log(self, person, &talk),
        }
    }

    /// The weekly mail of this turn, if there was one, also as a file to open.
    fn file_digest(&mut self, before: Timestamp) -> Result<(), Trouble> {
        let zone = self.zone();
        let due = self.world.settings.digest.cron.next_after(&before.to_zoned(zone));
        if due.is_none_or(|due| due.timestamp() > self.world.now()) {
            return Ok(());
        }
        let (_, rendered) = flow::weekly_digest(self.world)?;
        let dir = self.world.home.join("digests");
        let file = dir.join(format!("{}.html", self.world.today()));
        std::fs::create_dir_all(&dir)
            .and_then(|()| std::fs::write(&file, rendered.html))
            .map_err(|error| Trouble::refused(format!("{}: {error}", file.display())))?;
        self.digests += 1;
        Ok(())
    }

    /// What came of the half year.
    ///
    /// # Errors
    /// When the database fails.
    pub fn end(self) -> Result<Summary, Trouble> {
        self.world.settings.reading.poll = self.poll;
        let zone = self.zone();
        let begun = calendar::at(self.begins, EVENING, &zone);
        summary::summary(self.world, begun, self.digests)
    }

    /// How far it has come.
    #[must_use]
    pub fn progress(&self) -> Progress {
        let date = self.world.today();
        let day = self.begins.until(date).map_or(0, |span| span.get_days());
        Progress { day: u64::try_from(day).unwrap_or(0), date }
    }

    /// The owner's zone.
    pub(super) fn zone(&self) -> TimeZone {
        self.world.settings.owner.zone.clone()
    }
}

/// A zone by its name; UTC where the machine does not know it.
pub(super) fn zone_of(name: &str) -> TimeZone {
    TimeZone::get(name).unwrap_or(TimeZone::UTC)
}
