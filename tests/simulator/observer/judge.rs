//! Each delivery is judged when it happens: the promises to the people written to, each in a few lines.

use jiff::{SignedDuration, Timestamp, ToSpan};
use mail_parser::MessageParser;

use super::super::facts::{Fact, What, Who, Wish};
use super::standing::Standing;
use super::{Delivery, Observer, Person, Sort, day, hours, plain};

/// Between the last look at the mailbox and a send.
const FRESH: SignedDuration = SignedDuration::from_mins(6);
/// A yes lives so long.
const YES: SignedDuration = SignedDuration::from_hours(14 * 24 + 1);
/// Between two mails.
const WEEK: SignedDuration = SignedDuration::from_hours(7 * 24);

impl Observer {
    pub(super) fn delivered(&mut self, fact: &Fact, to: &str, raw: &[u8]) {
        let Some(mail) = MessageParser::default().parse(raw) else {
            return self.breaks(fact, Sort::Unapproved, format!("bytes that are no mail went to {to}"));
        };
        let id = mail.message_id().unwrap_or_default().to_owned();
        if to == self.rules.me {
            self.digest(fact);
            return;
        }
        let (subject, text) = (mail.subject().unwrap_or_default().to_owned(), plain(&mail.body_text(0).unwrap_or_default()));
        self.courtesy.sent += 1;
        let person = self.people.values().find(|person| person.has(to)).cloned();
        let before = self.listed.map_or(0, |(step, _)| step);
        let again = self.again(fact, &id, to);
        let check_in = again.or_else(|| self.approved(fact, person.as_ref(), (to, &subject, &text), before));
        let delivery = Delivery {
            step: fact.step,
            at: fact.at,
            shown: fact.shown,
            who: person.as_ref().map(|person| person.who),
            to: to.to_owned(),
            id,
            check_in,
            denied: false,
        };
        if let Some(person) = &person {
            self.judge(fact, person, to, before, again.is_some());
        }
        self.fresh(fact, to);
        self.deliveries.push(delivery);
    }

    /// The same mail once more: only when the owner said that it did not arrive, or when of the first nothing is left: it left
    /// after the backup was made, and no copy of it lies in Sent.
    fn again(&mut self, fact: &Fact, id: &str, to: &str) -> Option<i64> {
        let earlier = self.deliveries.iter().rfind(|delivery| delivery.id == id)?.clone();
        let is_known = self.is_remembered(&earlier);
        if !self.takes_resend(|(_, other)| other == id) && is_known {
            self.breaks(fact, Sort::Duplicate, format!("the mail {id} went to {to} again, first on {}", earlier.at));
        }
        earlier.check_in.or(Some(-1))
    }

    /// True when the owner wanted it sent once more, which they want once.
    fn takes_resend(&mut self, is_it: impl Fn(&(i64, String)) -> bool) -> bool {
        let wanted = self.resends.iter().find(|resend| is_it(resend)).cloned();
        wanted.is_some_and(|resend| self.resends.remove(&resend))
    }

    fn approved(&mut self, fact: &Fact, person: Option<&Person>, (to, subject, text): (&str, &str, &str), before: u64) -> Option<i64> {
        let Some(person) = person.filter(|person| !person.forgotten) else {
            self.breaks(fact, Sort::Unapproved, format!("{to} is nobody the owner knows"));
            return None;
        };
        let fits = |yes: &&mut super::Yes| yes.to == to && yes.subject == subject && yes.text == text;
        let Some(yes) = self.yeses.iter_mut().filter(|yes| !yes.over).rfind(fits) else {
            if !person.auto {
                let said = format!("nobody said yes to “{subject}” to {to} (or the yes was taken back): {text}");
                self.breaks(fact, Sort::Unapproved, said);
            }
            return None;
        };
        yes.over = true;
        let yes = yes.clone();
        let aged = |now: Timestamp, then: Timestamp| now.duration_since(then).abs() > YES;
        let resent = self.takes_resend(|(check_in, _)| *check_in == yes.check_in);
        if person.auto {
            return Some(yes.check_in); // theirs is a standing yes; whether they may be written to is judged all the same
        }
        if !resent && aged(fact.at, yes.at) && aged(fact.shown, yes.shown) {
            self.breaks(fact, Sort::Unapproved, format!("the yes to {to} is older than 14 days"));
        }
        let voids = self.standing(person.who, before).voids.filter(|(step, _)| *step > yes.step);
        if let Some((_, why)) = voids {
            self.breaks(fact, Sort::Unapproved, format!("after the yes to the mail to {to}, {why}"));
        }
        Some(yes.check_in)
    }

    fn judge(&mut self, fact: &Fact, person: &Person, to: &str, before: u64, again: bool) {
        let standing = self.standing(person.who, before);
        let today = day(fact.shown, &self.rules.zone);
        if let Some(why) = standing.stopped {
            self.breaks(fact, Sort::AfterStop, format!("a mail went to {to}: {why}"));
        }
        if standing.dead.contains(to) {
            self.breaks(fact, Sort::AfterStop, format!("a mail went to {to}, which is dead"));
        }
        if standing.owed || standing.doubted {
            let why = if standing.owed { "an answer is owed" } else { "a mail in their name is in doubt" };
            self.breaks(fact, Sort::WhileOwed, format!("a mail went to {to}: {why}"));
        }
        let pause = standing.paused.map(|until| (until, "the owner paused them"));
        for (until, why) in standing.not_before.into_iter().chain(pause).filter(|(until, _)| today < *until) {
            self.breaks(fact, Sort::TooSoon, format!("a mail went to {to}: {why} until {until}"));
        }
        if let Some(until) = self.paused(before).filter(|until| today < *until) {
            self.breaks(fact, Sort::TooSoon, format!("a mail went to {to}: everything is paused until {until}"));
        }
        if !again {
            self.not_too_soon(fact, person.who, to, &standing);
        }
        if !hours::is_decent(fact.shown, &person.zone, self.rules.hours) {
            let local = fact.shown.to_zoned(person.zone.clone());
            self.breaks(fact, Sort::OutOfHours, format!("a mail went to {to} on {}", local.strftime("%A %-d %B %Y %H:%M %Z")));
        }
        self.caps(fact, person, to, before);
    }

    fn paused(&self, before: u64) -> Option<jiff::civil::Date> {
        match &self.general.iter().rfind(|fact| fact.step < before)?.what {
            What::Wish(Wish::PauseAll(until)) => Some(*until),
            _ => None,
        }
    }

    fn not_too_soon(&mut self, fact: &Fact, who: Who, to: &str, standing: &Standing) {
        if standing.talked {
            return;
        }
        let ours = self.deliveries.iter().rfind(|delivery| delivery.who == Some(who) && self.is_remembered(delivery));
        let ours = ours.map(|delivery| (delivery.at, delivery.shown, "a check-in went to them"));
        for (at, shown, what) in standing.last_mail.into_iter().chain(ours) {
            // A clock that was wrong meanwhile excuses what it could not know.
            if is_within(fact.at, at, WEEK) && is_within(fact.shown, shown, WEEK) {
                self.breaks(fact, Sort::TooSoon, format!("a mail went to {to}; {what} on {at}"));
            }
        }
    }

    /// A delivery between a backup and its restore is forgotten, unless its copy lies in Sent.
    pub(super) fn is_remembered(&self, delivery: &Delivery) -> bool {
        if delivery.denied {
            return false;
        }
        let Some((to, restored)) = self.restored_at else { return true };
        // The copy of the same mail, sent once more, tells nothing of the first.
        let again = self.deliveries.iter().find(|other| other.id == delivery.id && other.step > delivery.step);
        let is_filed =
            self.copies.get(&delivery.id).is_some_and(|filed| filed.iter().any(|step| again.is_none_or(|again| *step < again.step)));
        delivery.step <= to || delivery.at > restored || is_filed
    }

    fn caps(&mut self, fact: &Fact, person: &Person, to: &str, before: u64) {
        let zone = self.rules.zone.clone();
        let today = (day(fact.at, &zone), day(fact.shown, &zone));
        let known: Vec<&Delivery> = self.deliveries.iter().filter(|delivery| self.is_remembered(delivery)).collect();
        let same_day = known.iter().filter(|delivery| (day(delivery.at, &zone), day(delivery.shown, &zone)) == today).count();
        let family = |delivery: &Delivery, step: u64| {
            delivery.who.and_then(|who| self.people.get(&who)).is_some_and(|other| other.family(step) == person.family(step))
        };
        let near = |delivery: &&&Delivery| is_within(fact.at, delivery.at, WEEK) && is_within(fact.shown, delivery.shown, WEEK);
        // An employer that is changed in the very moment of a send may be counted either way.
        let as_of = |step: u64| known.iter().filter(near).filter(|delivery| family(delivery, step)).count();
        let of_family = as_of(before).min(as_of(u64::MAX));
        if same_day >= self.rules.per_day {
            self.breaks(fact, Sort::OverCap, format!("the mail to {to} is number {} of the day", same_day + 1));
        }
        if of_family >= self.rules.per_family {
            self.breaks(
                fact,
                Sort::OverCap,
                format!("the mail to {to} is number {} of the week to {}", of_family + 1, person.family(before)),
            );
        }
    }

    fn fresh(&mut self, fact: &Fact, to: &str) {
        let stale = self.listed.is_none_or(|(_, at)| fact.at.duration_since(at) > FRESH);
        if stale || self.read_failed {
            self.breaks(fact, Sort::Unread, format!("a mail went to {to} without a fresh look at the mailbox"));
        }
        // The next mail needs a look of its own.
        self.listed = self.listed.map(|(step, _)| (step, Timestamp::MIN));
    }

    fn period(&self, at: Timestamp) -> Timestamp {
        let local = at.to_zoned(self.rules.zone.clone());
        let back = i64::from(local.weekday().to_monday_zero_offset());
        let monday = local.date().checked_sub(back.days()).expect("a Monday");
        let due = monday.at(self.rules.digest_hour, 0, 0, 0).to_zoned(self.rules.zone.clone()).expect("an hour").timestamp();
        let week_before = || monday.checked_sub(7.days()).expect("a Monday").at(self.rules.digest_hour, 0, 0, 0);
        if due <= at { due } else { week_before().to_zoned(self.rules.zone.clone()).expect("an hour").timestamp() }
    }

    fn was_clock_wrong(&self, since: Timestamp) -> bool {
        self.clock_wrong_at.is_some_and(|at| at >= since)
    }

    fn digest(&mut self, fact: &Fact) {
        self.courtesy.digests += 1;
        let period = self.period(fact.at);
        let same = self.digests.iter().rfind(|(other, _)| *other == period).copied();
        if let Some((_, first)) = same.filter(|_| !self.was_clock_wrong(period)) {
            self.breaks(fact, Sort::Digest, format!("a second digest in the week from {period}; the first went on {first}"));
        }
        self.digests.push((period, fact.at));
    }

    /// After a turn without any trouble the digest of the week has come.
    pub(super) fn calm(&mut self, fact: &Fact) {
        self.began.get_or_insert(fact.at);
        let period = self.period(fact.at);
        let wrong = self.was_clock_wrong(period.checked_sub((21 * 24).hours()).unwrap_or(period));
        // A turn in which the machine slept over the hour is not the one that writes the digest.
        let was_before = self.listed.is_none_or(|(_, at)| at < period);
        if was_before || wrong || self.began.is_none_or(|began| began >= period) || self.digests.iter().any(|(other, _)| *other == period) {
            return;
        }
        self.breaks(fact, Sort::Digest, format!("no digest came in the week from {period}"));
        self.digests.push((period, fact.at));
    }
}

fn is_within(one: Timestamp, other: Timestamp, span: SignedDuration) -> bool {
    one.duration_since(other).abs() < span
}
