//! What the owner of the demo does: adds people, says yes, edits, skips, answers by hand, logs talks, has news.

use jiff::ToSpan;

use super::calendar::{self, fill};
use super::mailers::{self, Mailer, Sheet};
use super::people::Sent;
use super::script::{Talk, Then};
use super::stage::{Deed, Stage};
use crate::flow::{self, Change, Changed, NewContact, Trouble};
use crate::mail::compose::new_message_id;
use crate::model::address::{Address, Mailbox};
use crate::model::calendar::add_working_days;
use crate::model::draft::{Draft, DraftState};
use crate::model::journal::EntryKind;

/// The minute of the day at which a talk is over and logged.
const TALKED: i16 = 17 * 60 + 30;

/// Adds a person of the script as a contact.
pub(super) fn add(stage: &mut Stage<'_>, person: usize) -> Result<(), Trouble> {
    let row = &stage.script.contact[person];
    let new = NewContact {
        name: row.name.clone(),
        addresses: row.addresses.iter().filter_map(|text| Address::parse(text).ok()).collect(),
        employer: row.employer.clone(),
        title: row.title.clone(),
        relation: Some(row.relation),
        met: row.met.clone(),
        every: row.every,
        state: row.state.clone(),
        tags: row.tags.clone(),
        note: row.note.clone(),
        ..NewContact::default()
    };
    if let Changed::Contact(kept) = flow::accept(stage.world, Change::Add(Box::new(new)))? {
        stage.contacts[person] = Some(kept.contact.id);
    }
    Ok(())
}

/// Adds news.
pub(super) fn tell_news(stage: &mut Stage<'_>, index: usize) -> Result<(), Trouble> {
    let news = &stage.script.news[index];
    let until = stage.world.today().checked_add(news.lasts.days()).ok();
    flow::accept(stage.world, Change::AddNews(news.text.clone(), until)).map(drop)
}

/// Goes through the drafts: yes to most, a word added to some, some done without.
pub(super) fn sit(stage: &mut Stage<'_>) -> Result<(), Trouble> {
    let drafts: Vec<Draft> = stage.world.store.read(|tx| Ok::<_, Trouble>(tx.drafts_in(DraftState::Review)?))?;
    for draft in drafts.into_iter().filter(|draft| draft.blocked.is_none()) {
        stage.seen += 1;
        match judge(stage, &draft) {
            // A yes may come too late: they may have written meanwhile. Then there is nothing to approve.
            Ok(()) | Err(Trouble::Refused(_)) => {}
            Err(other) => return Err(other),
        }
    }
    Ok(())
}

fn judge(stage: &Stage<'_>, draft: &Draft) -> Result<(), Trouble> {
    if stage.script.skip.contains(&stage.seen) {
        return flow::accept(stage.world, Change::Skip(draft.id)).map(drop);
    }
    if let Some(edit) = stage.script.edit.iter().find(|edit| edit.draft == stage.seen) {
        let text = with_postscript(&draft.content.text, &edit.adds);
        flow::accept(stage.world, Change::Revise(draft.id, None, text))?;
    }
    flow::accept(stage.world, Change::Approve(draft.id, None)).map(drop)
}

fn with_postscript(text: &str, adds: &str) -> String {
    format!("{}\n\nP.S. {adds}\n", text.trim_end())
}

/// Answers a mail by hand; the mail stands in Sent, as the owner's own program leaves it.
pub(super) fn answer(stage: &mut Stage<'_>, person: usize, mail: &Sent, then: &Then) -> Result<(), Trouble> {
    let now = stage.world.local();
    let owner = stage.world.settings.owner.mailbox.clone();
    let first = owner.name.split_whitespace().next().unwrap_or_default().to_owned();
    let to = mail.sheet.from.clone();
    let quoted = mailers::Quoted {
        text: mail.sheet.text.clone(),
        subject: mail.sheet.subject.clone(),
        date: mail.sheet.date.with_time_zone(stage.zone()),
        from: to.clone(),
        to: owner.clone(),
    };
    let sheet = Sheet {
        from: owner.clone(),
        subject: reply_subject(&mail.sheet.subject, "Re:"),
        id: new_message_id(&stage.world.dice.bytes(), owner.address.domain()),
        references: mail.chain(),
        text: format!("{}\n\n{first}", fill(then.text.trim_end(), &now)),
        quoted: Some(quoted),
        fields: String::new(),
        to,
        date: now,
    };
    append_sent(stage, &sheet)?;
    if let Some(talk) = &then.talk {
        let day = add_working_days(mail.sheet.date.date(), talk.days);
        stage.agenda.put(calendar::at(day, TALKED, &stage.zone()), Deed::Log(person, talk.clone()));
    }
    Ok(())
}

/// Files a mail of the owner in Sent.
pub(super) fn append_sent(stage: &Stage<'_>, sheet: &Sheet) -> Result<(), Trouble> {
    let bytes = mailers::write(Mailer::Apple, sheet);
    Ok(stage.mailbox.append("Sent", &bytes, sheet.date.timestamp(), true).map(drop)?)
}

/// A subject with the mark of an answer, once.
pub(super) fn reply_subject(subject: &str, mark: &str) -> String {
    let bare = subject.trim_start_matches("Re: ").trim_start_matches("RE: ");
    format!("{mark} {bare}")
}

/// Logs a call or a meeting.
pub(super) fn log(stage: &mut Stage<'_>, person: usize, talk: &Talk) -> Result<(), Trouble> {
    let Some(contact) = stage.contacts[person] else { return Ok(()) };
    let kind = if talk.meeting { EntryKind::Meeting } else { EntryKind::Call };
    let change = Change::Log { who: contact.to_string(), text: talk.about.clone(), kind, on: None };
    flow::accept(stage.world, change).map(drop)
}

/// The owner, as a mail names them.
pub(super) fn owner(stage: &Stage<'_>) -> Mailbox {
    stage.world.settings.owner.mailbox.clone()
}
