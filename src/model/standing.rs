//! May we write? All reasons that hold are kept; the strongest is shown.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::contact::words;

words! {
    /// Why a contact is not to be written to any more.
    StopReason {
        /// They asked not to be written to.
        OptedOut = "opted_out",
        /// They said no, without an invitation to return.
        Declined = "declined",
        /// They no longer work there.
        LeftEmployer = "left_employer",
        /// Not the person meant.
        WrongPerson = "wrong_person",
        /// No address of theirs takes mail.
        Undeliverable = "undeliverable",
        /// Too many check-ins without an answer.
        NoAnswer = "no_answer",
        /// The owner said stop.
        Owner = "owner",
    }
}

words! {
    /// Why a contact is held.
    HoldReason {
        /// They said not now.
        NotNow = "not_now",
        /// They are away.
        AutoReply = "auto_reply",
        /// Silence: held for half a year.
        Silence = "silence",
        /// The owner paused them.
        Owner = "owner",
        /// A mail in their name failed the provider's check; the owner is asked.
        Doubtful = "doubtful_sender",
        /// A delivery whose fate is unknown; the owner is asked.
        Delivery = "doubtful_delivery",
    }
}

words! {
    /// The strongest of what holds.
    State {
        /// Never again, until the owner lifts it.
        Stopped = "stopped",
        /// They wrote; the owner has not answered.
        OwesAnswer = "owes_answer",
        /// Not before a day.
        Held = "held",
        /// May be written to.
        Active = "active",
    }
}

/// What is shown of a contact's standing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standing {
    /// The strongest state.
    pub state: State,
    /// For `held`: the first day they may be written to again; `None` while the owner is asked.
    pub until: Option<Date>,
    /// The word of the reason.
    pub reason: Option<String>,
}

impl Standing {
    /// A standing without reasons.
    pub const ACTIVE: Self = Self { state: State::Active, until: None, reason: None };
}
