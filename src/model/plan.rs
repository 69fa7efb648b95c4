//! A plan: the touches that are due and the skips, each with why. A value; planning twice changes nothing.

use jiff::civil::Date;
use jiff::{Timestamp, Zoned};
use serde::{Deserialize, Serialize};

use super::contact::words;
use super::id::ContactId;

words! {
    /// The reason of a check-in: why now, and which templates fit.
    Reason {
        /// The first word to somebody never written to.
        FirstWord = "first_word",
        /// The first word had no answer.
        FollowUp = "follow_up",
        /// It is time for a word, and a note gives the occasion.
        CatchingUp = "catching_up",
        /// A conference is the occasion.
        AfterConference = "after_conference",
        /// A talk is the occasion.
        AfterTalk = "after_talk",
        /// The owner has news.
        News = "news",
        /// Thanks after a call or a meeting.
        Thanks = "thanks",
        /// A long silence.
        LongSilence = "long_silence",
        /// The owner applied there.
        ApplicationSent = "application_sent",
        /// The owner saw an opening there.
        OpeningSeen = "opening_seen",
        /// A season of the trade.
        Seasonal = "seasonal",
        /// They asked to be written to around now.
        AsAgreed = "as_agreed",
    }
}

words! {
    /// Why a contact who is due is not proposed.
    Because {
        /// No address to write to.
        NoAddress = "no_address",
        /// They are stopped.
        Stopped = "stopped",
        /// The owner owes them an answer.
        OwesAnswer = "owes_answer",
        /// They are held.
        Held = "held",
        /// Written to, or heard from, too recently.
        TooSoon = "too_soon",
        /// Nothing true and new to say.
        NothingNew = "nothing_new",
        /// No template fits that they have not had.
        NoTemplate = "no_template",
        /// The name cannot be made into a decent greeting.
        NameUnclear = "name_unclear",
        /// The mailbox was not searched for them yet.
        NotSearched = "not_searched",
        /// Their domain is one the owner never writes to.
        NeverDomain = "never_domain",
        /// Suppressed: never to be written to again.
        Suppressed = "suppressed",
        /// A draft waits for a yes, or an approved check-in waits to go.
        InHand = "in_hand",
        /// Enough mail to this employer's family this week.
        FamilyCap = "family_cap",
        /// Enough mail on every day of the period.
        DayCap = "day_cap",
        /// Everything is paused.
        Paused = "paused",
    }
}

/// A check-in that is due.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Touch {
    /// To whom.
    pub contact: ContactId,
    /// Their name.
    pub name: String,
    /// Why now, in words.
    pub reason: String,
    /// Why now, as a word.
    pub because: Reason,
    /// The template proposed, by name.
    pub template: String,
    /// The day it falls due.
    pub due: Date,
    /// When it would go if the owner said yes now.
    pub send_at: Timestamp,
}

/// A contact who is due and not proposed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Skip {
    /// Who.
    pub contact: ContactId,
    /// Their name.
    pub name: String,
    /// Why, as a word.
    pub because: Because,
    /// Why, as a sentence.
    pub text: String,
}

/// What is due in a period.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    /// What will be proposed, in the order of sending.
    pub touches: Vec<Touch>,
    /// What is held back, and why.
    pub skips: Vec<Skip>,
}

/// How the zone of a recipient is known; decides how careful the window is (P4).
#[derive(Debug, Clone, PartialEq)]
pub enum ZoneSource {
    /// The owner gave it.
    Given,
    /// Their own recent mails show it.
    Mails,
    /// Guessed from a state or from the owner; a narrow window is used.
    Guessed,
}

/// An instant that a sentence can name.
#[must_use]
pub fn day_in_words(at: &Zoned) -> String {
    at.strftime("%a %-d %b %H:%M").to_string()
}

/// What planning knows of a template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Card {
    /// Its name.
    pub name: String,
    /// Which reason it serves.
    pub reason: Reason,
    /// For whom; empty for anybody.
    pub relations: Vec<super::contact::Relation>,
    /// What must be known for it to fit.
    pub needs: Vec<String>,
}

/// Something the owner wrote down about a contact, or talked about with them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remark {
    /// When.
    pub on: Timestamp,
    /// A logged call or meeting, else a note.
    pub is_talk: bool,
    /// The words.
    pub text: String,
}

/// What is true and new, to choose a reason from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Occasions {
    /// News they were not told: id and words, newest first.
    pub news: Option<(super::id::NewsId, String)>,
    /// A season of the trade they had no word about: key and sentence.
    pub season: Option<(String, String)>,
    /// Notes, calls and meetings since the last mail, newest first.
    pub remarks: Vec<Remark>,
}
