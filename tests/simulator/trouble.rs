//! What goes wrong in a week and in a turn, as the dice say.

use curbside::flow;
use jiff::{SignedDuration, Timestamp};

use super::facts::What;
use super::fates::MIDWAY;
use super::fault::Fault;
use super::life::{Armed, Event, Life};

impl Life {
    /// A week begins: what goes wrong in it.
    pub fn week(&mut self) {
        if self.calm {
            return;
        }
        let week = SignedDuration::from_hours(7 * 24);
        self.then(week, Event::Week);
        self.then(SignedDuration::from_hours(3), Event::Backup);
        let rare: [(Fault, u64); 14] = [
            (Fault::ClockAhead, 40),
            (Fault::ClockBehind, 40),
            (Fault::ClockWild, 8),
            (Fault::Asleep, 80),
            (Fault::ImapDown, 60),
            (Fault::ImapLogin, 20),
            (Fault::Renumbered, 60),
            (Fault::Moved, 150),
            (Fault::DiskFull, 25),
            (Fault::Restored, 15),
            (Fault::Upgraded, 15),
            (Fault::SecondDaemon, 40),
            (Fault::ByHand, 150),
            (Fault::Spoofed, 15),
        ];
        // A short life has its share of trouble, too.
        let crowded = u64::try_from(26 / self.plan.weeks.max(1)).unwrap_or(1).clamp(1, 6);
        for (fault, often) in rare {
            if self.trouble.per_mille(often * crowded) && self.may(fault) {
                let after = SignedDuration::from_mins(self.trouble.between(0, 7 * 24 * 60));
                self.rare(fault, after);
            }
        }
    }

    fn rare(&mut self, fault: Fault, after: SignedDuration) {
        let lasts = SignedDuration::from_hours(self.trouble.between(1, 60));
        let event = match fault {
            Fault::ClockAhead | Fault::ClockBehind | Fault::ClockWild => {
                self.then(after + lasts, Event::Clock(0));
                let seconds = match fault {
                    Fault::ClockAhead => self.trouble.between(600, 99_000),
                    Fault::ClockBehind => -self.trouble.between(600, 99_000),
                    _ => *self.trouble.pick(&[-1_600_000_000, 315_000_000, 40_000_000]),
                };
                Event::Clock(seconds)
            }
            Fault::Asleep => Event::Sleeps(self.trouble.between(12, 24 * 20)),
            Fault::ImapDown | Fault::ImapLogin => Event::Out(self.trouble.between(1, 90), fault == Fault::ImapLogin),
            Fault::Renumbered => Event::Renumber,
            Fault::Moved => Event::Moves,
            Fault::DiskFull => Event::Full(self.trouble.between(1, 90)),
            Fault::Restored => Event::Restore,
            Fault::Upgraded => Event::Upgrade,
            Fault::SecondDaemon => Event::Second,
            _ => {
                let who = self.trouble.index(self.people.len());
                if !self.people[who].known {
                    return;
                }
                match fault {
                    Fault::ByHand => Event::ByHand { who },
                    _ => Event::Writes { who, says: super::facts::Says::Spoof, second: false },
                }
            }
        };
        self.then(after, event);
    }

    /// A turn begins: what goes wrong in it.
    pub fn begins_turn(&mut self) -> Timestamp {
        self.armed = None;
        if !self.calm && self.trouble.per_mille(60) {
            let fault = *self.trouble.pick(&MIDWAY);
            let after = match fault {
                Fault::KilledBeforeCommit | Fault::KilledAfterCommit => self.trouble.below(4),
                Fault::DroppedInFetch => 0,
                _ => self.trouble.below(14),
            };
            self.armed = self.may(fault).then_some(Armed { fault, after });
        }
        self.now
    }

    /// A turn ended, with trouble, with errands that wait, or calmly.
    pub fn ends_turn(&mut self, turn: &flow::Turn, waits: bool) {
        self.armed = None;
        if let Some(trouble) = &turn.trouble {
            self.troubled_at = self.now;
            self.tell(|| format!("trouble: {trouble}"));
        } else if waits {
            self.troubled_at = self.now;
        } else if self.now.duration_since(self.troubled_at) > SignedDuration::from_mins(15) && self.skew.is_zero() {
            self.note(What::CalmTurn);
        }
    }
}
