//! A contact's story so far: what the journal adds up to. Derived, never edited.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::standing::{HoldReason, Standing, State, StopReason};

/// What the journal of one contact adds up to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Story {
    /// Stops in force, with when each began.
    pub stops: Vec<(StopReason, Timestamp)>,
    /// Since when the owner owes an answer.
    pub owes: Option<Timestamp>,
    /// Holds in force: reason and first free day (`None` until the owner says).
    pub holds: Vec<(HoldReason, Option<Date>)>,
    /// The last time either was in touch.
    pub last_touch: Option<Timestamp>,
    /// The last human mail, call or meeting of theirs.
    pub last_theirs: Option<Timestamp>,
    /// The last mail of the owner to them.
    pub last_ours: Option<Timestamp>,
    /// The last mail either way.
    pub last_mail: Option<Timestamp>,
    /// The last check-in.
    pub last_check_in: Option<Timestamp>,
    /// Mails of the owner to them.
    pub our_mails: u32,
    /// They were in touch at least once.
    pub ever_theirs: bool,
    /// Check-ins since they were last in touch.
    pub unanswered: u32,
    /// Their last answer was warm.
    pub warm: bool,
    /// The day they asked to be written to, not yet acted on.
    pub follow_up: Option<Date>,
    /// The owner put the next check-in off until this day.
    pub put_off: Option<Date>,
    /// A logged call or meeting, after which no mail went to them.
    pub talk: Option<Timestamp>,
}

impl Story {
    /// The strongest of what holds on a day: stopped, then owes_answer, then held, then active.
    #[must_use]
    pub fn standing(&self, today: Date) -> Standing {
        if let Some((reason, _)) = self.stops.first() {
            return Standing { state: State::Stopped, until: None, reason: Some(reason.word().to_owned()) };
        }
        if self.owes.is_some() {
            return Standing { state: State::OwesAnswer, until: None, reason: None };
        }
        match self.hold(today) {
            Some((reason, until)) => Standing { state: State::Held, until, reason: Some(reason.word().to_owned()) },
            None => Standing::ACTIVE,
        }
    }

    /// The hold that lasts longest on a day, if any is in force.
    #[must_use]
    pub fn hold(&self, today: Date) -> Option<(HoldReason, Option<Date>)> {
        let in_force = self.holds.iter().filter(|(_, until)| until.is_none_or(|day| today < day));
        in_force.max_by_key(|(_, until)| until.unwrap_or(Date::MAX)).copied()
    }
}
