//! The provider's side of every command: time goes by, trouble strikes, and the observer is told.

use std::panic::resume_unwind;
use std::sync::{Arc, Mutex, MutexGuard};

use curbside::mail::scripted::{Fates, Moment, Scripted};
use curbside::model::edge::{EdgeError, Refusal, SendAnswer, Stage};
use curbside::store::Boundary;
use jiff::{SignedDuration, ToSpan};

use super::facts::What;
use super::fault::Fault;
use super::life::{Armed, Event, Life};
use super::people::{self, ME};

/// How a killed program ends: nobody catches it but the simulator.
#[derive(Debug)]
pub struct Killed;

/// The life, shared between the loop and the program's commands.
#[derive(Debug, Clone)]
pub struct Shared(Arc<Mutex<Life>>);

impl Shared {
    pub fn new(life: Life) -> Self {
        Self(Arc::new(Mutex::new(life)))
    }

    pub fn life(&self) -> MutexGuard<'_, Life> {
        self.0.lock().expect("nobody dies while holding it")
    }

    /// A transaction comes to a boundary.
    pub fn passes(&self, boundary: Boundary) {
        let dies = self.life().commits(boundary);
        if dies {
            resume_unwind(Box::new(Killed));
        }
    }
}

enum Fate {
    Goes,
    Breaks(EdgeError),
    Dies,
}

impl Fates for Shared {
    fn at(&mut self, office: &mut Scripted, moment: Moment) -> Result<(), EdgeError> {
        let fate = self.life().fate(office, moment);
        match fate {
            Fate::Goes => Ok(()),
            Fate::Breaks(error) => Err(error),
            Fate::Dies => resume_unwind(Box::new(Killed)),
        }
    }
}

/// Trouble at the mailbox that a turn may be armed with.
pub const MIDWAY: [Fault; 9] = [
    Fault::KilledBeforeCommit,
    Fault::KilledAfterCommit,
    Fault::KilledAtImap,
    Fault::ImapDropped,
    Fault::DroppedInFetch,
    Fault::RenumberedMidway,
    Fault::MailMidway,
    Fault::OwnerMidway,
    Fault::AsleepMidway,
];

/// Trouble at a send.
const SENDING: [Fault; 14] = [
    Fault::KilledBeforeSend,
    Fault::KilledInBody,
    Fault::KilledWhenTaken,
    Fault::AnswerLost,
    Fault::BodyLost,
    Fault::RefusedForNow,
    Fault::RefusedForGood,
    Fault::RefusedByPolicy,
    Fault::Quota,
    Fault::SmtpLogin,
    Fault::KilledBeforeCommit,
    Fault::KilledAfterCommit,
    Fault::AsleepMidway,
    Fault::OwnerMidway,
];

impl Life {
    fn commits(&mut self, boundary: Boundary) -> bool {
        let wanted = match boundary {
            Boundary::BeforeCommit => Fault::KilledBeforeCommit,
            Boundary::AfterCommit => Fault::KilledAfterCommit,
        };
        let hit = self.strikes(wanted);
        if hit {
            self.went_wrong(wanted);
        }
        hit
    }

    /// True when the armed trouble is this one, and its moment has come.
    fn strikes(&mut self, fault: Fault) -> bool {
        let Some(armed) = self.armed.as_mut().filter(|armed| armed.fault == fault) else { return false };
        if armed.after > 0 {
            armed.after -= 1;
            return false;
        }
        self.armed = None;
        true
    }

    fn fate(&mut self, office: &mut Scripted, moment: Moment) -> Fate {
        let took = self.dice.between(20, 400);
        self.reaches(self.now.checked_add(SignedDuration::from_millis(took)).expect("an hour"));
        office.now = self.now;
        self.goes_on_beside(office);
        match moment {
            Moment::Folders | Moment::Open | Moment::Rows | Moment::Whole | Moment::Search | Moment::Find => {
                self.at_mailbox(office, moment)
            }
            Moment::BeforeSend => self.before_send(office),
            Moment::BodyBegun => self.in_body(),
            Moment::Taken => self.taken(office),
            Moment::BeforeCopy => self.dies_at(Fault::KilledBeforeCopy),
            Moment::AfterCopy => {
                let raw = office.boxes.iter().find(|found| found.folder.name == "Sent").and_then(|found| found.mails.last());
                if let Some(id) = raw.map(|mail| people::id_of(&mail.bytes).0) {
                    self.counts.add(Fault::CopyByProgram);
                    self.note(What::Filed { id });
                }
                self.dies_at(Fault::KilledAfterCopy)
            }
        }
    }

    fn goes_on_beside(&mut self, office: &mut Scripted) {
        while let Some(event) = self.next_beside() {
            match event {
                Event::Arrives { folder, raw, came, again } => self.arrives(office, folder, &raw, came, again),
                Event::Copy { raw, id } => self.copied(office, &raw, id),
                _ => {}
            }
        }
    }

    fn dies_at(&mut self, fault: Fault) -> Fate {
        if !self.may(fault) || !self.trouble.per_mille(60) {
            return Fate::Goes;
        }
        self.went_wrong(fault);
        Fate::Dies
    }

    fn at_mailbox(&mut self, office: &mut Scripted, moment: Moment) -> Fate {
        if let Some((_, login)) = self.out_until.filter(|(until, _)| self.now < *until) {
            self.note(What::ReadFailed);
            let error =
                if login { EdgeError::Login("the login was refused".to_owned()) } else { EdgeError::temporary("no way to the mailbox") };
            return Fate::Breaks(error);
        }
        if moment == Moment::Folders {
            self.note(What::Listed);
        }
        if self.strikes(Fault::KilledAtImap) {
            self.went_wrong(Fault::KilledAtImap);
            return Fate::Dies;
        }
        let drops = if moment == Moment::Whole { self.strikes(Fault::DroppedInFetch) } else { false };
        if drops || self.strikes(Fault::ImapDropped) {
            self.went_wrong(if drops { Fault::DroppedInFetch } else { Fault::ImapDropped });
            self.note(What::ReadFailed);
            return Fate::Breaks(EdgeError::temporary("the line broke"));
        }
        self.midway(office, moment);
        Fate::Goes
    }

    /// Things that happen beside a turn while it is taken.
    fn midway(&mut self, office: &mut Scripted, moment: Moment) {
        if moment != Moment::Folders && self.strikes(Fault::RenumberedMidway) {
            self.went_wrong(Fault::RenumberedMidway);
            self.renumber(office);
        }
        if self.strikes(Fault::MailMidway) {
            self.went_wrong(Fault::MailMidway);
            self.somebody_writes_now(office);
        }
        if self.strikes(Fault::OwnerMidway) {
            self.went_wrong(Fault::OwnerMidway);
            self.owner_meddles(office);
        }
        if self.strikes(Fault::AsleepMidway) {
            self.sleeps_midway(office);
        }
    }

    fn sleeps_midway(&mut self, office: &mut Scripted) {
        self.went_wrong(Fault::AsleepMidway);
        let hours = self.trouble.between(1, 90);
        self.reaches(self.now.checked_add(hours.hours()).expect("an hour"));
        self.goes_on_beside(office);
    }

    fn before_send(&mut self, office: &mut Scripted) -> Fate {
        if self.out_until.is_some_and(|(until, login)| !login && self.now < until) {
            return Fate::Breaks(EdgeError::temporary("no way to the server"));
        }
        if self.strikes(Fault::OwnerMidway) {
            self.went_wrong(Fault::OwnerMidway);
            self.owner_meddles(office);
        }
        if self.calm || !self.trouble.per_mille(200) {
            return Fate::Goes;
        }
        let fault = *self.trouble.pick(&SENDING);
        if !self.may(fault) {
            return Fate::Goes;
        }
        self.send_trouble(office, fault)
    }

    fn send_trouble(&mut self, office: &mut Scripted, fault: Fault) -> Fate {
        let refused = |stage, code, status: &str| {
            SendAnswer::Refused(Refusal { stage, code, status: Some(status.to_owned()), text: "no".to_owned() })
        };
        let answer = match fault {
            Fault::KilledBeforeSend => {
                self.went_wrong(fault);
                return Fate::Dies;
            }
            Fault::RefusedForNow => {
                let stage = *self.trouble.pick(&[Stage::RcptTo, Stage::Data, Stage::Body]);
                refused(stage, 451, "4.3.0")
            }
            Fault::RefusedForGood => refused(Stage::RcptTo, 550, "5.1.1"),
            Fault::RefusedByPolicy => refused(Stage::Body, 554, "5.7.1"),
            Fault::Quota => refused(Stage::RcptTo, 550, "5.4.5"),
            Fault::SmtpLogin => SendAnswer::NotSent(EdgeError::Login("535 no".to_owned())),
            Fault::AsleepMidway => {
                self.sleeps_midway(office);
                return Fate::Goes;
            }
            Fault::OwnerMidway => {
                self.went_wrong(fault);
                self.owner_meddles(office);
                return Fate::Goes;
            }
            later => {
                let after = self.trouble.below(3);
                self.armed = Some(Armed {
                    fault: later,
                    after: if matches!(later, Fault::KilledBeforeCommit | Fault::KilledAfterCommit) { after } else { 0 },
                });
                return Fate::Goes;
            }
        };
        self.went_wrong(fault);
        office.answers.push_back(answer);
        Fate::Goes
    }

    fn in_body(&mut self) -> Fate {
        if self.strikes(Fault::KilledInBody) {
            self.went_wrong(Fault::KilledInBody);
            return Fate::Dies;
        }
        if self.strikes(Fault::BodyLost) {
            self.went_wrong(Fault::BodyLost);
            return Fate::Breaks(EdgeError::temporary("the line broke"));
        }
        Fate::Goes
    }

    fn taken(&mut self, office: &mut Scripted) -> Fate {
        let Some((envelope, raw)) = office.out.pop() else { return Fate::Goes };
        let to = envelope.to.as_str().to_owned();
        self.note(What::Delivered { to: to.clone(), raw: raw.clone() });
        if to == ME {
            let id = people::id_of(&raw).0;
            office.put("INBOX", &raw, self.now);
            self.tell(|| format!("the digest {id} is there"));
        } else {
            self.reaches_them(&to, raw);
        }
        if self.strikes(Fault::KilledWhenTaken) {
            self.went_wrong(Fault::KilledWhenTaken);
            return Fate::Dies;
        }
        if self.strikes(Fault::AnswerLost) {
            self.went_wrong(Fault::AnswerLost);
            self.note(What::AnswerLost);
            return Fate::Breaks(EdgeError::temporary("no answer came"));
        }
        Fate::Goes
    }
}
