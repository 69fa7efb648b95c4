//! The correspondents: they read what was sent to them and do what the script says.

use std::path::Path;

use jiff::{Timestamp, ToSpan, Zoned};

use super::calendar::{self, at_desk, fill};
use super::machines::{self, Returned};
use super::mailers::{self, Mailer, Quoted, Sheet};
use super::owner::{append_sent, owner, reply_subject};
use super::script::{Answer, Comes, Then};
use super::stage::{Deed, Stage, zone_of};
use crate::flow::Trouble;
use crate::mail::compose::new_message_id;
use crate::mail::mime;
use crate::model::address::{Address, Mailbox};
use crate::model::mail::Mail;

/// A mail of a correspondent, as it will arrive.
#[derive(Debug, Clone)]
pub struct Sent {
    /// What it says; its date is filled in when it is written.
    pub sheet: Sheet,
    /// What comes.
    pub comes: Comes,
    /// Where our mail had gone.
    pub went_to: String,
    /// The header block of our mail, for a delivery report.
    pub header: String,
}

impl Sent {
    /// The conversation with this mail at its end.
    pub(super) fn chain(&self) -> Vec<String> {
        self.sheet.references.iter().chain([&self.sheet.id]).cloned().collect()
    }
}

/// Reads what Curbside has put into the outbox, moves it on, and lets each recipient decide what to do.
pub(super) fn read_outbox(stage: &mut Stage<'_>) -> Result<(), Trouble> {
    let dir = stage.dir.join(".Outbox");
    let Ok(files) = std::fs::read_dir(dir.join("new")) else { return Ok(()) };
    let mut files: Vec<_> = files.filter_map(Result::ok).map(|entry| entry.path()).collect();
    files.sort();
    for file in files {
        let bytes = std::fs::read(&file).map_err(|error| trouble(&file, &error))?;
        let taken = dir.join("cur").join(format!("{}:2,S", file.file_name().unwrap_or_default().to_string_lossy()));
        std::fs::rename(&file, taken).map_err(|error| trouble(&file, &error))?;
        if let Some(mail) = mime::parse(&bytes) {
            read(stage, &mail, &bytes);
        }
    }
    Ok(())
}

fn trouble(path: &Path, error: &std::io::Error) -> Trouble {
    Trouble::refused(format!("{}: {error}", path.display()))
}

fn read(stage: &mut Stage<'_>, mail: &Mail, bytes: &[u8]) {
    let Some(to) = mail.to.first() else { return };
    let Some(person) = stage.readers.get(&to.address.key()).copied() else { return };
    let which = stage.had[person];
    stage.had[person] += 1;
    let Some(answer) = stage.script.contact[person].answer.get(which) else { return };
    if answer.comes == Comes::Silence {
        return;
    }
    let at = when(stage, person, answer);
    let then = answer.then.clone();
    let sent = Sent {
        sheet: sheet_for(stage, person, answer, mail, at),
        comes: answer.comes,
        went_to: to.address.to_string(),
        header: header_of(bytes),
    };
    stage.agenda.put(at, Deed::Arrive(person, Box::new(sent), then));
}

/// Machines answer at once, people when they are at their desk.
fn when(stage: &Stage<'_>, person: usize, answer: &Answer) -> Timestamp {
    let now = stage.world.now();
    let after = match answer.comes {
        Comes::Reply => (answer.hours * 60 + i64::from(now.to_zoned(stage.zone()).minute()) % 47).minutes(),
        Comes::Away | Comes::Bounce | Comes::Silence => 2.minutes(),
    };
    let at = now.checked_add(after).unwrap_or(now);
    if answer.comes == Comes::Reply { at_desk(at, &zone_of(&stage.script.contact[person].clock)) } else { at }
}

fn sheet_for(stage: &Stage<'_>, person: usize, answer: &Answer, mail: &Mail, at: Timestamp) -> Sheet {
    let row = &stage.script.contact[person];
    let date = at.to_zoned(zone_of(&row.clock));
    let me = owner(stage);
    let from = mail.to.first().cloned().map_or_else(|| me.clone(), |to| Mailbox { name: row.name.clone(), address: to.address });
    let (from, subject) = match answer.comes {
        Comes::Bounce => (daemon(&me), "Undelivered Mail Returned to Sender".to_owned()),
        Comes::Away => (from, format!("Automatic reply: {}", mail.subject)),
        _ => (from, reply_subject(&mail.subject, if row.mailer == Mailer::Outlook { "RE:" } else { "Re:" })),
    };
    let references = match answer.comes {
        Comes::Bounce => Vec::new(),
        _ => mail.references.iter().chain(&mail.message_id).cloned().collect(),
    };
    let quoted = (answer.comes == Comes::Reply).then(|| Quoted {
        text: mail.text.clone().unwrap_or_default().replace("\r\n", "\n"),
        subject: mail.subject.clone(),
        date: mail.date.map_or_else(|| date.clone(), |sent| sent.at.to_zoned(date.time_zone().clone())),
        from: me.clone(),
        to: from.clone(),
    });
    let text = if answer.comes == Comes::Reply { signed(&answer.text, &row.signature, &date) } else { fill(&answer.text, &date) };
    let id = new_message_id(&stage.world.dice.bytes(), from.address.domain());
    Sheet { from, to: me, subject, id, references, text, quoted, fields: String::new(), date }
}

/// Where delivery reports come from.
fn daemon(me: &Mailbox) -> Mailbox {
    let address = Address::parse(&format!("MAILER-DAEMON@{}", me.address.domain())).unwrap_or_else(|_| me.address.clone());
    Mailbox { name: "Mail Delivery System".to_owned(), address }
}

fn signed(text: &str, signature: &str, date: &Zoned) -> String {
    let text = fill(text.trim(), date);
    if signature.is_empty() { text } else { format!("{text}\n\n{}", signature.trim()) }
}

fn header_of(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes).replace("\r\n", "\n");
    text.split("\n\n").next().unwrap_or_default().to_owned()
}

/// A mail comes in.
pub(super) fn arrive(stage: &mut Stage<'_>, person: usize, mail: Sent, then: Option<Then>) -> Result<(), Trouble> {
    let bytes = match mail.comes {
        Comes::Bounce => machines::bounce(&mail.sheet, &Returned { to: &mail.went_to, header: &mail.header }),
        Comes::Away => machines::away(&mail.sheet),
        Comes::Reply | Comes::Silence => mailers::write(stage.script.contact[person].mailer, &mail.sheet),
    };
    stage.mailbox.deliver("INBOX", &bytes, stage.world.now())?;
    if let Some(then) = then {
        let at = stage.world.now().checked_add(then.hours.hours()).unwrap_or(stage.ends);
        stage.agenda.put(at_desk(at, &stage.zone()), Deed::Write(person, Box::new(mail), then));
    }
    Ok(())
}

/// Somebody writes without being asked.
pub(super) fn write_unasked(stage: &mut Stage<'_>, person: usize, index: usize) -> Result<(), Trouble> {
    let row = &stage.script.contact[person];
    let own = &row.own[index];
    let date = stage.world.now().to_zoned(zone_of(&row.clock));
    let Some(from) = mailbox_of(stage, person) else { return Ok(()) };
    let sheet = Sheet {
        id: new_message_id(&stage.world.dice.bytes(), from.address.domain()),
        from,
        to: owner(stage),
        subject: own.subject.clone(),
        references: Vec::new(),
        text: signed(&own.text, &row.signature, &date),
        quoted: None,
        fields: String::new(),
        date,
    };
    let then = own.then.clone();
    arrive(stage, person, Sent { sheet, comes: Comes::Reply, went_to: String::new(), header: String::new() }, then)
}

fn mailbox_of(stage: &Stage<'_>, person: usize) -> Option<Mailbox> {
    let row = &stage.script.contact[person];
    let address = Address::parse(row.addresses.first()?).ok()?;
    Some(Mailbox { name: row.name.clone(), address })
}

/// Puts the mails from before the first day into the mailbox, as one conversation.
pub(super) fn write_history(stage: &Stage<'_>, person: usize) -> Result<(), Trouble> {
    let row = &stage.script.contact[person];
    let Some(them) = mailbox_of(stage, person) else { return Ok(()) };
    let me = owner(stage);
    let mut references: Vec<String> = Vec::new();
    let mut subject = String::new();
    for (index, mail) in row.before.iter().enumerate() {
        let day = calendar::working_day_before(stage.begins.checked_sub(mail.days.days()).unwrap_or(stage.begins));
        let minute = 10 * 60 + i16::try_from((person * 17 + index * 83) % 300).unwrap_or(0);
        let (from, to, zone) = if mail.mine { (&me, &them, stage.zone()) } else { (&them, &me, zone_of(&row.clock)) };
        let date = calendar::at(day, minute, &zone).to_zoned(zone);
        subject = mail.subject.clone().unwrap_or_else(|| reply_subject(&subject, "Re:"));
        let text = if mail.mine { format!("{}\n\nLeah", mail.text.trim()) } else { signed(&mail.text, &row.signature, &date) };
        let sheet = Sheet {
            id: new_message_id(&stage.world.dice.bytes(), from.address.domain()),
            from: from.clone(),
            to: to.clone(),
            subject: subject.clone(),
            references: references.clone(),
            text,
            quoted: None,
            fields: String::new(),
            date,
        };
        references.push(sheet.id.clone());
        if mail.mine {
            append_sent(stage, &sheet)?;
        } else {
            stage.mailbox.deliver("INBOX", &mailers::write(row.mailer, &sheet), sheet.date.timestamp())?;
        }
    }
    Ok(())
}
