//! A machine's answer for a person or a desk (RFC 3834 and the many that ignore it): absences, receipts, challenges.

use jiff::Zoned;

use super::automatic::{Judged, Seen, Sign, sum};
use super::facts;
use super::intent;
use super::signs::{SIGNS, fold};
use crate::model::mail::Mail;
use crate::model::reading::{Finding, Kind, Outcome, Reading};

/// Bytes of the folded text in which an absence must be told: people's machines say it first.
const OPENING: usize = 600;
/// Points that make a machine's answer.
const ENOUGH: u32 = 4;

/// A header of RFC 3834 or a subject only programs write is enough; all else needs each other, and no mark of a person.
pub(super) fn judge(mail: &Mail, seen: &Seen) -> Option<Judged> {
    if let Some(judged) = challenge(mail, seen) {
        return Some(judged);
    }
    let (certain, mut rules) = sum(&certainly(mail, seen));
    let (absence, told) = sum(&absence(seen));
    let (receipt, confirmed) = sum(&receipt(seen));
    let words = absence.max(receipt);
    let (loose, hints) = sum(&loosely(mail, seen, words));
    rules.extend(hints.into_iter().chain(if absence >= receipt { told } else { confirmed }));
    let sure = certain + loose;
    let by_machine = certain >= ENOUGH || sure + words >= ENOUGH && !by_a_person(seen, sure, words, absence >= receipt);
    if by_machine && !passes_as_mass_mail(mail, seen, &rules) {
        let confidence = [0.82, 0.9, 0.93, 0.97][usize::from(sure >= ENOUGH) * 2 + usize::from(sure + words > ENOUGH)];
        return Some(Judged::new(Kind::AutoReply, confidence, rules));
    }
    None
}

/// Signs that need no words, and that no person sets.
fn certainly(mail: &Mail, seen: &Seen) -> [Sign; 3] {
    [
        (answered_by_header(mail), 5, "auto_header"),
        (SIGNS.auto_subjects.hit(&seen.subject), 4, "auto_subject"),
        (SIGNS.declares.hit(&seen.text), 4, "says_automatic"),
    ]
}

/// Signs that tools set for people too (a ticket's or recruiter's system sends what they type), and subjects that people write.
/// A machine that tells of an absence in its subject tells of it in its text.
fn loosely(mail: &Mail, seen: &Seen, words: u32) -> [Sign; 5] {
    let titled = SIGNS.free_subjects.hit(&seen.subject);
    [
        (titled && (words > 0 || seen.text.is_empty()), 4, "absent_subject"),
        (seen.auto_submitted, 2, "auto_submitted"),
        (seen.auto_submitted && seen.answers, 2, "auto_answer"),
        (weakly(mail), 1, "weak_auto_header"),
        (seen.null_path, 1, "null_return_path"),
    ]
}

/// What an absent person's machine says.
fn absence(seen: &Seen) -> [Sign; 6] {
    let opening = head(&seen.text, OPENING);
    let absent = SIGNS.absent.count(opening);
    [
        (absent > 0, 2, "absent"),
        (absent > 1, 1, "absent_twice"),
        (absent > 0 && SIGNS.back.hit(&seen.text), 1, "back"),
        (absent > 0 && SIGNS.cover.hit(&seen.text), 1, "cover"),
        (absent > 0 && SIGNS.thanks.hit(opening), 1, "thanks"),
        (absent > 0 && SIGNS.formal.hit(opening), 1, "formal"),
    ]
}

/// What a desk's machine says when it has taken something in.
fn receipt(seen: &Seen) -> [Sign; 5] {
    let receipts = SIGNS.receipts.count(&seen.text);
    [
        (receipts > 0, 2, "receipt"),
        (receipts > 1, 1, "receipt_twice"),
        (receipts > 2, 1, "receipt_thrice"),
        (receipts > 0 && SIGNS.receipt_subjects.hit(&seen.subject), 2, "receipt_subject"),
        (receipts > 0 && SIGNS.no_reply.hit(&seen.sender), 1, "no_reply_sender"),
    ]
}

/// A question, or words that take up what was written. Beside a sign of a machine the more a text speaks of an absence the less
/// these prove; without one a greeting by name proves it too, which only desks know otherwise.
fn by_a_person(seen: &Seen, sure: u32, words: u32, absent: bool) -> bool {
    let text = head(&seen.text, OPENING);
    let (asks, takes_up) = (SIGNS.asks.hit(text), SIGNS.human.hit(text));
    if sure >= 2 {
        return asks && words < 4 || takes_up && words < 3;
    }
    let named = SIGNS.greeting.hit(text) && !SIGNS.nameless.hit(text);
    asks || takes_up || absent && (named || SIGNS.trade.hit(text))
}

/// True when a text says what only a person does: it asks, or takes up what was written.
pub(super) fn speaks(text: &str) -> bool {
    let text = head(text, OPENING);
    SIGNS.asks.hit(text) || SIGNS.human.hit(text)
}

fn answered_by_header(mail: &Mail) -> bool {
    mail.headers.iter().any(|(name, value)| {
        SIGNS.auto_headers.iter().any(|known| known == name) && !value.trim().eq_ignore_ascii_case("no")
            || SIGNS.auto_values.iter().any(|(known, phrases)| known == name && phrases.hit(&value.to_lowercase()))
    })
}

fn weakly(mail: &Mail) -> bool {
    mail.headers.iter().any(|(name, _)| SIGNS.weak_headers.iter().any(|known| known == name))
}

/// Newsletters set `Auto-Submitted` too; a list header without an absence is theirs.
fn passes_as_mass_mail(mail: &Mail, seen: &Seen, rules: &[&str]) -> bool {
    let sure = rules.iter().any(|rule| matches!(*rule, "auto_header" | "auto_subject" | "absent_subject" | "absent" | "receipt_subject"));
    !sure && (mail.header("list-unsubscribe").is_some() || mail.header("list-id").is_some() || SIGNS.job_subjects.hit(&seen.subject))
}

fn challenge(mail: &Mail, seen: &Seen) -> Option<Judged> {
    let titled = SIGNS.challenge_subjects.hit(&seen.subject);
    let machine = seen.auto_submitted || seen.null_path || SIGNS.no_reply.hit(&seen.sender) || weakly(mail) || answered_by_header(mail);
    let sure = (titled || machine) && SIGNS.challenges.hit(&seen.text);
    sure.then(|| Judged::new(Kind::AutoReply, 0.9, vec!["challenge"]))
}

/// Fills in what a machine's answer says: a stop, that the person has left, back when, who helps.
pub(super) fn read(reading: &mut Reading, mail: &Mail, anchor: &Zoned) {
    let text = head(&reading.new_text, 20_000);
    let whole = format!("{}\n{text}", mail.subject);
    reading.facts.people = facts::people(text);
    let left = left(text).map(|evidence| Finding { outcome: Outcome::LeftEmployer, confidence: 0.93, evidence });
    if left.is_none() {
        reading.facts.back_on = facts::back_on(text, anchor).or_else(|| facts::back_on(&whole, anchor));
    }
    let found: Vec<Finding> = intent::clear_stop(text).into_iter().chain(left).collect();
    reading.rules.extend(found.iter().map(|finding| format!("{}_by_machine", finding.outcome.word())));
    reading.outcome = found.first().map(|finding| finding.outcome);
    reading.outcomes = found;
}

/// The sentence that says the person is gone for good.
fn left(text: &str) -> Option<String> {
    let flat = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let says = |sentence: &str| SIGNS.left.hit(sentence) && !SIGNS.not_left.hit(sentence);
    sentences(&flat).find(|sentence| says(&fold(sentence))).map(|sentence| sentence.trim().to_owned())
}

/// Sentences of a text on one line; a title's full stop ends none.
fn sentences(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let end = rest
            .match_indices(['.', '!', '?', '。', '！'])
            .find(|(at, mark)| ends(rest, *at, mark))
            .map_or(rest.len(), |(at, mark)| at + mark.len());
        let (sentence, after) = rest.split_at(end);
        rest = after;
        (!sentence.is_empty()).then_some(sentence)
    })
}

fn ends(text: &str, at: usize, mark: &str) -> bool {
    let word = text[..at].rsplit(' ').next().unwrap_or_default();
    let is_title = ["Dr", "Mr", "Mrs", "Ms", "Prof", "St", "Inc", "Jr", "Sr"].contains(&word) || word.len() == 1;
    !(mark == "." && is_title) && (!mark.is_ascii() || text[at + mark.len()..].chars().next().is_none_or(char::is_whitespace))
}

/// At most so many bytes of a text, cut between characters.
pub(super) fn head(text: &str, most: usize) -> &str {
    let mut end = most.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}
