//! What is planned, drafted, approved and sent in the town.

use curbside::flow::{self, Change, Trouble};
use curbside::mail::mime;
use curbside::model::draft::{Draft, DraftState};
use curbside::model::edge::SendAnswer;
use curbside::model::id::DraftId;
use curbside::model::mail::Mail;
use curbside::model::plan::Plan;

use super::{ME, Town};

/// A mail that left for somebody else than the owner.
#[derive(Debug, Clone)]
pub struct Out {
    /// To whom.
    pub to: String,
    /// The bytes.
    pub raw: Vec<u8>,
    /// The same, read.
    pub mail: Mail,
}

impl Town {
    pub fn plan(&self) -> Plan {
        flow::plan(self.see(), 14).expect("a plan")
    }

    /// Why somebody is not proposed, as a word.
    pub fn skipped(&self, who: &str) -> Option<String> {
        let id = self.kept(who).contact.id;
        self.plan().skips.iter().find(|skip| skip.contact == id).map(|skip| skip.because.to_string())
    }

    pub fn drafts(&self) -> Vec<Draft> {
        self.see().store.read(|tx| tx.drafts_in(DraftState::Review)).expect("a database")
    }

    /// All drafts and deliveries to somebody, newest first.
    pub fn drafts_to(&self, who: &str) -> Vec<Draft> {
        let id = self.kept(who).contact.id;
        self.see().store.read(|tx| tx.drafts_of(id)).expect("a database")
    }

    /// The first draft or delivery there ever was to somebody.
    pub fn first(&self, who: &str) -> Draft {
        self.drafts_to(who).into_iter().last().expect("a draft")
    }

    /// The newest draft or delivery to somebody.
    pub fn draft(&self, who: &str) -> Draft {
        self.drafts_to(who).into_iter().next().expect("a draft")
    }

    pub fn state(&self, who: &str) -> DraftState {
        self.draft(who).state
    }

    pub fn approve(&mut self, id: DraftId) -> Result<(), Trouble> {
        self.change(Change::Approve(id, None)).map(drop)
    }

    pub fn approve_all(&mut self) -> usize {
        let drafts = self.drafts();
        for draft in &drafts {
            self.approve(draft.id).unwrap_or_else(|error| panic!("{error} {:?}", draft.blocked));
        }
        drafts.len()
    }

    /// Whoever is due is written to: drafts, yes, and the day it takes to send them.
    pub fn writes_to_all(&mut self) {
        self.turn();
        self.approve_all();
        self.hours_pass(8);
    }

    pub fn answers(&mut self, answer: SendAnswer) {
        self.post().answers.push_back(answer);
    }

    /// What left for others than the owner.
    pub fn out(&mut self) -> Vec<Out> {
        let all = self.post().out.clone();
        let others = all.into_iter().filter(|(envelope, _)| envelope.to.as_str() != ME);
        others.map(|(envelope, raw)| Out { to: envelope.to.to_string(), mail: mime::parse(&raw).expect("a mail"), raw }).collect()
    }

    pub fn digests(&mut self) -> usize {
        self.post().out.iter().filter(|(envelope, _)| envelope.to.as_str() == ME).count()
    }

    /// Mails in Sent with this id.
    pub fn copies_in_sent(&mut self, id: &str) -> usize {
        let sent = self.post().boxes.iter().find(|found| found.folder.name == "Sent").expect("Sent");
        sent.mails.iter().filter(|mail| mime::parse(&mail.bytes).is_some_and(|mail| mail.message_id.as_deref() == Some(id))).count()
    }
}
