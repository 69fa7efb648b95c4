//! May this person be written to, as far as could be known? One walk over all that happened with them.

use std::collections::BTreeSet;

use jiff::Timestamp;
use jiff::civil::Date;

use super::super::facts::{Came, Fact, Says, What, Who, Wish};
use super::Observer;

/// What was known of a person.
#[derive(Debug, Default)]
pub struct Standing {
    /// Asked not to be written to, or said no, or is gone.
    pub stopped: Option<&'static str>,
    /// Waits for the owner's answer.
    pub owed: bool,
    /// Not before this day, and why.
    pub not_before: Option<(Date, &'static str)>,
    /// The owner's own pause: the last word counts.
    pub paused: Option<Date>,
    /// Held until the owner looks.
    pub doubted: bool,
    /// The last mail either way: true hour, shown hour, whose.
    pub last_mail: Option<(Timestamp, Timestamp, &'static str)>,
    /// A talk since the last mail of the owner.
    pub talked: bool,
    /// Addresses that are dead.
    pub dead: BTreeSet<String>,
    /// The newest thing after which a yes given earlier is void.
    pub voids: Option<(u64, &'static str)>,
}

impl Observer {
    /// What could be known of somebody before a step.
    pub(super) fn standing(&self, who: Who, before: u64) -> Standing {
        let mut standing = Standing::default();
        for fact in self.past.get(&who).into_iter().flatten().filter(|fact| fact.step < before) {
            match &fact.what {
                What::Came(came) => self.came(&mut standing, fact, who, came),
                What::OwnerWrote(_) => self.owner_wrote(&mut standing, fact),
                What::Wish(wish) => wished(&mut standing, fact, wish),
                _ => {}
            }
        }
        standing
    }

    fn came(&self, standing: &mut Standing, fact: &Fact, who: Who, came: &Came) {
        let Came { from, says, in_thread, .. } = came;
        let (says, in_thread) = (*says, *in_thread);
        let is_theirs =
            self.people.get(&who).is_some_and(|person| person.has(from) && (in_thread || fact.at > self.searched_from(person, from)));
        match says {
            Says::Dead => drop(standing.dead.insert(from.to_owned())),
            Says::Spoof => standing.doubted = true,
            Says::AwayForGood => {
                standing.stopped = Some("no longer there");
                standing.voids = Some((fact.step, "they are gone"));
            }
            Says::Away(until) => standing.not_before = standing.not_before.max(Some((until, "they are away"))),
            Says::Returned | Says::Bulk => {}
            says if !is_theirs => {
                standing.owed = true;
                standing.voids = Some((fact.step, "somebody answered in the conversation"));
                if says == Says::Left {
                    standing.stopped = Some("no longer there");
                }
            }
            says => {
                // Whoever writes from an address shows that it lives.
                standing.dead.remove(from);
                human(standing, fact, says);
            }
        }
    }

    fn owner_wrote(&self, standing: &mut Standing, fact: &Fact) {
        standing.owed = false;
        standing.talked = false;
        standing.last_mail = Some((fact.at, fact.shown, "the owner wrote"));
        standing.voids = Some((fact.step, "the owner wrote by hand"));
        let today = super::day(fact.at, &self.rules.zone);
        standing.not_before = standing.not_before.filter(|(day, why)| *why == "they are away" && *day > today);
    }
}

fn human(standing: &mut Standing, fact: &Fact, says: Says) {
    standing.last_mail = Some((fact.at, fact.shown, "they wrote"));
    standing.voids = Some((fact.step, "they wrote"));
    standing.not_before = None;
    match says {
        Says::OptOut => standing.stopped = Some("asked not to be written to"),
        Says::No => standing.stopped = Some("said no"),
        Says::Left => standing.stopped = Some("no longer there"),
        Says::WrongPerson => standing.stopped = Some("the wrong person"),
        Says::Asks => standing.owed = true,
        Says::NotNow(day) => standing.not_before = Some((day, "they said not now")),
        _ => {}
    }
}

fn wished(standing: &mut Standing, fact: &Fact, wish: &Wish) {
    match wish {
        Wish::Stop(_) => {
            standing.stopped = Some("the owner stopped them");
            standing.voids = Some((fact.step, "the owner stopped them"));
        }
        Wish::Pause(_, until) => standing.paused = Some(*until),
        Wish::Resume(_) => {
            standing.stopped = None;
            standing.not_before = None;
            standing.paused = None;
            standing.doubted = false;
        }
        Wish::Answered(_) => {
            standing.owed = false;
            standing.doubted = false;
        }
        Wish::Talked(_) => {
            standing.owed = false;
            standing.talked = true;
            // Whoever talks is not away.
            standing.not_before = standing.not_before.filter(|(_, why)| *why != "they are away");
            standing.voids = Some((fact.step, "they talked"));
        }
        Wish::WroteElsewhere(_) => {
            standing.owed = false;
            standing.talked = false;
            standing.last_mail = Some((fact.at, fact.shown, "the owner wrote elsewhere"));
            standing.voids = Some((fact.step, "the owner wrote elsewhere"));
        }
        _ => {}
    }
}
