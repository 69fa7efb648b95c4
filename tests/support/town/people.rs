//! The people of the town: who is added, how they stand, and what the journal tells of them.

use curbside::flow::{self, Change, Changed, EditContact, NewContact, Trouble, Why};
use curbside::model::journal::{Entry, EntryKind};
use curbside::model::standing::Standing;
use curbside::store::contacts::Kept;
use jiff::civil::Date;

use super::Town;

impl Town {
    /// Adds a contact in New York, as `Jane Doe <jane@plan.example>`, and searches the mailbox for them.
    pub fn add(&mut self, who: &str) -> Kept {
        self.add_with(who, |new| new)
    }

    pub fn add_with(&mut self, who: &str, more: impl FnOnce(NewContact) -> NewContact) -> Kept {
        let kept = self.try_add(who, more).expect("added");
        flow::sync(self.world()).expect("searched");
        self.kept(&kept.contact.id.to_string())
    }

    pub fn try_add(&mut self, who: &str, more: impl FnOnce(NewContact) -> NewContact) -> Result<Kept, Trouble> {
        let (name, addresses) = match who.split_once('<') {
            Some((name, address)) => (name.trim(), vec![address.trim_end_matches('>').parse().expect("an address")]),
            None => (who, Vec::new()),
        };
        let new = NewContact { name: name.to_owned(), addresses, zone: Some("America/New_York".to_owned()), ..NewContact::default() };
        match self.change(Change::Add(Box::new(more(new))))? {
            Changed::Contact(kept) => Ok(*kept),
            other => panic!("{other:?}"),
        }
    }

    /// The owner learns of a further address of theirs.
    pub fn learns_address(&mut self, who: &str, address: &str) {
        let add_addresses = vec![address.parse().expect("an address")];
        self.does(Change::Edit(who.to_owned(), Box::new(EditContact { add_addresses, ..EditContact::default() })));
    }

    pub fn kept(&self, who: &str) -> Kept {
        self.see().store.read(|tx| flow::find(tx, who)).expect("known")
    }

    pub fn standing(&self, who: &str) -> Standing {
        self.kept(who).story.standing(self.see().today())
    }

    /// `active`, `held`, `owes_answer` or `stopped opted_out`.
    pub fn stands(&self, who: &str) -> String {
        let standing = self.standing(who);
        match standing.reason {
            Some(reason) => format!("{} {reason}", standing.state),
            None => standing.state.to_string(),
        }
    }

    pub fn until(&self, who: &str) -> Option<Date> {
        self.standing(who).until
    }

    pub fn why(&self, who: &str) -> Why {
        flow::why(self.see(), who).expect("explained")
    }

    pub fn journal(&self, who: &str) -> Vec<Entry> {
        let id = self.kept(who).contact.id;
        self.see().store.read(|tx| tx.entries_of(id)).expect("a database")
    }

    pub fn lines(&self, who: &str, kind: EntryKind) -> usize {
        self.journal(who).iter().filter(|entry| entry.line.kind == kind).count()
    }

    pub fn tells(&self, who: &str, words: &str) -> bool {
        self.journal(who).iter().any(|entry| entry.line.text.contains(words))
    }

    pub fn news(&mut self, text: &str) {
        self.does(Change::AddNews(text.to_owned(), None));
    }
}
