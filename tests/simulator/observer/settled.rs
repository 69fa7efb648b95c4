//! What must hold when all has settled: nothing lost, everything explained, one copy, one record.

use std::collections::{HashMap, HashSet};

use jiff::{SignedDuration, Timestamp, ToSpan};

use super::super::facts::{Fact, Reports, Says, What};
use super::{Observer, Sort};

impl Observer {
    pub(super) fn settled(&mut self, reports: &Reports) {
        let end = self.past.values().flatten().map(|fact| fact.at).max().unwrap_or(Timestamp::UNIX_EPOCH);
        let fact = Fact { step: u64::MAX, at: end, shown: end, what: What::Told("the end".to_owned()) };
        self.every_yes_ends(&fact, reports);
        self.every_delivery_is_told(&fact, reports);
        self.one_copy_each(&fact, reports);
        self.each_mail_recorded_once(&fact, reports);
    }

    fn is_erased(&self, to: &str) -> bool {
        self.people.values().any(|person| person.forgotten && person.has(to))
    }

    /// The last yes to each check-in, given since the database was last restored.
    fn last_yeses(&self) -> HashMap<i64, &super::Yes> {
        let counts = |yes: &&super::Yes| !yes.taken_back && self.restored_at.is_none_or(|(_, at)| yes.at > at) && !self.is_erased(&yes.to);
        self.yeses.iter().filter(counts).map(|yes| (yes.check_in, yes)).collect()
    }

    fn every_yes_ends(&mut self, fact: &Fact, reports: &Reports) {
        let states: HashMap<i64, &super::super::facts::CheckIn> = reports.check_ins.iter().map(|line| (line.id, line)).collect();
        let mut broken = Vec::new();
        for (check_in, yes) in self.last_yeses() {
            match states.get(&check_in) {
                None => broken.push((Sort::Lost, format!("check-in {check_in} to {} is listed nowhere", yes.to))),
                // Approved ahead of its time: it is shown for a day to come.
                Some(line) if line.state == "queued" && line.goes > self.last_seen => {}
                Some(line) if ["queued", "deferred", "sending"].contains(&line.state.as_str()) => {
                    broken.push((
                        Sort::Lost,
                        format!("check-in {} to {} still is {} for {}: {}", line.id, line.to, line.state, line.goes, line.answer),
                    ));
                }
                Some(line) if line.state != "sent" && line.answer.is_empty() => {
                    broken.push((Sort::Unexplained, format!("check-in {} to {} is {} without a reason", line.id, line.to, line.state)));
                }
                Some(_) => {}
            }
        }
        broken.sort_by(|one, other| one.1.cmp(&other.1));
        for (sort, what) in broken {
            self.breaks(fact, sort, what);
        }
    }

    /// What the server took is shown as sent, or as doubtful; what is shown as sent was taken.
    fn every_delivery_is_told(&mut self, fact: &Fact, reports: &Reports) {
        let by_id: HashMap<&str, &str> = reports.check_ins.iter().map(|line| (line.message_id.as_str(), line.state.as_str())).collect();
        let mut broken = Vec::new();
        let restored = self.restored_at.map(|(_, at)| at);
        let is_known = |delivery: &&super::Delivery| restored.is_none_or(|at| delivery.at > at) && !self.is_erased(&delivery.to);
        // What the owner said had not arrived may have ended in any way since.
        for delivery in self.deliveries.iter().filter(is_known).filter(|delivery| !delivery.denied) {
            let state = by_id.get(delivery.id.as_str()).copied();
            if !matches!(state, Some("sent" | "doubtful")) {
                broken.push(format!(
                    "the mail {} to {} was delivered and is shown as {}",
                    delivery.id,
                    delivery.to,
                    state.unwrap_or("nothing")
                ));
            }
        }
        let delivered: HashSet<&str> = self.deliveries.iter().map(|delivery| delivery.id.as_str()).collect();
        for line in reports.check_ins.iter().filter(|line| line.state == "sent" && !delivered.contains(line.message_id.as_str())) {
            if !self.said_arrived.contains(&line.id) && restored.is_none() {
                broken.push(format!("check-in {} to {} is shown as sent and never was", line.id, line.to));
            }
        }
        for what in broken {
            self.breaks(fact, Sort::Lost, what);
        }
    }

    fn one_copy_each(&mut self, fact: &Fact, reports: &Reports) {
        let sent: HashSet<&str> =
            reports.check_ins.iter().filter(|line| line.state == "sent").map(|line| line.message_id.as_str()).collect();
        let mut broken = Vec::new();
        let settled = self.last_seen.checked_sub(24.hours()).unwrap_or(self.last_seen);
        for delivery in self.deliveries.iter().filter(|delivery| delivery.at < settled) {
            let copies = self.copies.get(&delivery.id).map_or(0, Vec::len);
            if copies > 1 || copies == 0 && sent.contains(delivery.id.as_str()) {
                broken.push(format!("{copies} copies of the mail {} to {} lie in Sent", delivery.id, delivery.to));
            }
        }
        for what in broken {
            self.breaks(fact, Sort::Copies, what);
        }
    }

    fn each_mail_recorded_once(&mut self, fact: &Fact, reports: &Reports) {
        let mut broken = Vec::new();
        for (who, lines) in &reports.journals {
            let Some(person) = self.people.get(who).filter(|person| !person.forgotten) else { continue };
            for old in self.past.get(who).into_iter().flatten() {
                let What::Came(came) = &old.what else { continue };
                // What came after the last look of all is still to be read.
                if self.listed.is_none_or(|(step, _)| old.step > step) || old.at <= self.searched_from(person, &came.from) {
                    continue;
                }
                let count = lines.iter().filter(|(kind, id)| *id == came.id && is_of(came.says, kind)).count();
                self.courtesy.came += 1;
                let from_known = person.has(&came.from);
                // A stranger's mail that turned out to be theirs is read anew, and said anew.
                if count != 1 && !(count == 2 && came.in_thread && from_known) {
                    broken.push(format!("the mail {} of {} ({:?}) is recorded {count} times", came.id, came.from, came.says));
                }
            }
        }
        for what in broken {
            self.breaks(fact, Sort::Record, what);
        }
    }
}

/// The kinds of journal line that record a mail.
fn is_of(says: Says, kind: &str) -> bool {
    match says {
        Says::Dead | Says::Returned => kind == "bounced",
        Says::Spoof => kind == "asked",
        _ => ["they_wrote", "auto_reply", "other_mail"].contains(&kind),
    }
}

/// How long the owner leaves everything alone at the end.
pub const SETTLING: SignedDuration = SignedDuration::from_hours(22 * 24);
