//! Why write now? The reasons that are true for a contact, the best first.

use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::model::contact::Contact;
use crate::model::plan::{Card, Occasions, Reason, Remark};
use crate::model::story::Story;
use crate::steps::due::{Due, Rule, THANKS_DAYS};

/// Days without a touch that make a silence long.
const LONG_SILENCE: i32 = 240;

/// A reason to write, and the words that say so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Occasion {
    /// The reason as a word.
    pub reason: Reason,
    /// The reason in words.
    pub text: String,
}

/// The reasons that are true for a contact today, the best first; none when there is nothing true and new to say.
#[must_use]
pub fn occasions(contact: &Contact, story: &Story, due: Due, known: &Occasions, today: Date, zone: &TimeZone) -> Vec<Occasion> {
    let mut found = Vec::new();
    let mut add = |reason: Reason, text: String| found.push(Occasion { reason, text });
    let first = first_name(&contact.name);
    if due.rule == Rule::AfterTalk
        && let Some(talk) = known.remarks.iter().find(|remark| remark.is_talk)
    {
        let fresh = days_between(day(talk, zone), today) <= THANKS_DAYS;
        let reason = if fresh { Reason::Thanks } else { Reason::AfterTalk };
        add(reason, format!("you talked on {}: “{}”", in_words(day(talk, zone)), talk.text));
        add(Reason::AfterTalk, format!("you talked on {}: “{}”", in_words(day(talk, zone)), talk.text));
    }
    if due.rule == Rule::AsAgreed {
        add(Reason::AsAgreed, format!("{first} asked to hear from you around {}", in_words(due.day)));
    }
    // Nobody who has written or talked to the owner is introduced to them.
    if story.our_mails == 0 && !story.ever_theirs {
        add(Reason::FirstWord, format!("you have never written to {first}"));
    }
    if due.rule == Rule::FollowUp && story.our_mails > 0 {
        add(
            Reason::FollowUp,
            format!(
                "your first word had no answer since {}",
                story.last_ours.map_or_else(String::new, |at| in_words(at.to_zoned(zone.clone()).date()))
            ),
        );
    }
    add_remarks(&mut add, known, zone);
    add_new(&mut add, story, known, today, zone);
    found
}

fn add_remarks(add: &mut dyn FnMut(Reason, String), known: &Occasions, zone: &TimeZone) {
    for remark in &known.remarks {
        let text = format!("your note of {}: “{}”", in_words(day(remark, zone)), remark.text);
        match remark_reason(remark) {
            Some(reason) => add(reason, text),
            None if !remark.is_talk => add(Reason::CatchingUp, text),
            None => {}
        }
    }
}

/// The occasion that the words of a note give, if they give one.
#[must_use]
pub fn remark_reason(remark: &Remark) -> Option<Reason> {
    let text = remark.text.to_lowercase();
    let says = |words: &[&str]| words.iter().any(|word| text.contains(word));
    if says(&["applied", "application"]) {
        Some(Reason::ApplicationSent)
    } else if says(&["opening", "posting", "posted", "vacancy", "requisition"]) {
        Some(Reason::OpeningSeen)
    } else if says(&["conference", "congress", "meeting in", "acpa", "ahip", "amcp", "summit"]) {
        Some(Reason::AfterConference)
    } else {
        None
    }
}

fn add_new(add: &mut dyn FnMut(Reason, String), story: &Story, known: &Occasions, today: Date, zone: &TimeZone) {
    let since = story.last_touch.map(|at| days_between(at.to_zoned(zone.clone()).date(), today));
    let silence = since.filter(|days| *days >= LONG_SILENCE && story.our_mails > 0);
    let something_new = known.news.is_some() || known.season.is_some();
    if let Some(days) = silence.filter(|_| something_new) {
        add(Reason::LongSilence, format!("no word for {} months", days / 30));
    }
    if let Some((_, text)) = &known.news {
        add(Reason::News, format!("you have news: “{text}”"));
    }
    if let Some((_, sentence)) = &known.season {
        add(Reason::Seasonal, format!("the season gives the occasion: “{sentence}”"));
    }
}

/// The template for the best reason that has one: fitting the relation, its needs met, not had by them before.
///
/// `used` are the templates they had, newest first. One they had is taken again only when nothing else fits.
#[must_use]
pub fn choose<'a>(
    occasions: &'a [Occasion],
    cards: &'a [Card],
    contact: &Contact,
    known: &Occasions,
    used: &[String],
) -> Option<(&'a Occasion, &'a Card)> {
    let fitting = |occasion: &'a Occasion| {
        cards.iter().filter(move |card| card.reason == occasion.reason && fits(card, contact, known)).map(move |card| (occasion, card))
    };
    let all = || occasions.iter().flat_map(fitting);
    let fresh = all().find(|(_, card)| !used.contains(&card.name));
    fresh.or_else(|| all().max_by_key(|(_, card)| used.iter().position(|name| *name == card.name)))
}

fn fits(card: &Card, contact: &Contact, known: &Occasions) -> bool {
    let relation = card.relations.is_empty() || card.relations.contains(&contact.relation);
    relation && card.needs.iter().all(|need| has(need, contact, known))
}

fn has(need: &str, contact: &Contact, known: &Occasions) -> bool {
    match need {
        "contact.employer" | "employer" => contact.employer.is_some(),
        "contact.title" | "title" => contact.title.is_some(),
        "contact.met" | "met" => contact.met.is_some(),
        "contact.note" | "note" => known.remarks.iter().any(|remark| !remark.is_talk),
        "news" => known.news.is_some(),
        "season" => known.season.is_some(),
        _ if need.starts_with("meeting") => {
            known.remarks.iter().any(|remark| remark.is_talk || remark_reason(remark) == Some(Reason::AfterConference))
        }
        _ if need.starts_with("application") => known.remarks.iter().any(|remark| remark_reason(remark) == Some(Reason::ApplicationSent)),
        _ if need.starts_with("opening") => known.remarks.iter().any(|remark| remark_reason(remark) == Some(Reason::OpeningSeen)),
        _ => true,
    }
}

fn first_name(name: &str) -> String {
    crate::model::contact::greeting_name(name).map_or_else(|| name.to_owned(), |name| name.first)
}

fn day(remark: &Remark, zone: &TimeZone) -> Date {
    remark.on.to_zoned(zone.clone()).date()
}

fn days_between(from: Date, to: Date) -> i32 {
    from.until(to).map_or(0, |span| span.get_days())
}

fn in_words(day: Date) -> String {
    day.strftime("%-d %B").to_string()
}
