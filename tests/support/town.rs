//! A town to tell stories in: the owner, a mailbox that plays along, a clock that stands, and a real database.

use std::fmt::Write as _;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;

use curbside::checkins::Library;
use curbside::clock::{Clock, Dice};
use curbside::config;
use curbside::flow::{self, Change, Changed, NewContact, Trouble, Turn, Why};
use curbside::mail::mime;
use curbside::mail::post::Post;
use curbside::mail::scripted::{Moment, Scripted};
use curbside::model::draft::{Draft, DraftState};
use curbside::model::edge::SendAnswer;
use curbside::model::id::DraftId;
use curbside::model::journal::{Entry, EntryKind};
use curbside::model::mail::Mail;
use curbside::model::plan::Plan;
use curbside::model::standing::Standing;
use curbside::store::Store;
use curbside::store::contacts::Kept;
use curbside::world::World;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan, Zoned};
use tempfile::TempDir;

/// The owner's address.
pub const ME: &str = "sam@owner.example";
/// Monday, 6 April 2026, 10:00 in New York: no holiday near.
pub const MONDAY: &str = "2026-04-06T10:00:00-04:00[America/New_York]";

/// What stands in every `config.toml` of the town.
const CONFIG: &str = r#"
[owner]
name = "Sam Rivers"
email = "sam@owner.example"
aliases = ["sam.rivers@clinic.example"]
time_zone = "America/New_York"
[account]
folder = "/nowhere"
[reading]
poll = "12h"
"#;

/// The town.
pub struct Town {
    dir: TempDir,
    world: Option<World>,
    lives: u64,
    letters: u32,
}

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
    /// A town on a Monday morning, nobody known yet.
    pub fn new() -> Self {
        Self::with("")
    }

    /// The same with more lines in `config.toml`.
    pub fn with(more: &str) -> Self {
        Self::at(MONDAY, more)
    }

    /// The same at another hour.
    pub fn at(hour: &str, more: &str) -> Self {
        let start: Zoned = hour.parse().expect("an hour");
        let dir = TempDir::new_in(if std::path::Path::new("/dev/shm").is_dir() { "/dev/shm".into() } else { std::env::temp_dir() })
            .expect("a folder");
        let settings = config::parse(&format!("{CONFIG}{more}"), &dir.path().join("config.toml")).expect("sound settings");
        let store = Store::open(&dir.path().join("curbside.db"), start.timestamp()).expect("a database");
        let world = World {
            store,
            post: Post::Scripted(Scripted::new(start.timestamp())),
            clock: Clock::frozen(start.timestamp()),
            dice: Dice::seeded(1),
            settings,
            library: Library::built_in(),
            home: dir.path().to_owned(),
            dry_run: false,
        };
        world.store.unite_suppressions(world.dice.bytes(), world.now()).expect("a key");
        Self { dir, world: Some(world), lives: 1, letters: 0 }
    }

    pub fn world(&mut self) -> &mut World {
        self.world.as_mut().expect("alive")
    }

    pub fn see(&self) -> &World {
        self.world.as_ref().expect("alive")
    }

    pub fn post(&mut self) -> &mut Scripted {
        match &mut self.world().post {
            Post::Scripted(post) => post,
            _ => unreachable!("the town has no servers"),
        }
    }

    pub fn database(&self) -> PathBuf {
        self.dir.path().join("curbside.db")
    }

    pub fn dir(&self) -> &std::path::Path {
        self.dir.path()
    }

    // --- the clock

    pub fn now(&self) -> Zoned {
        self.see().local()
    }

    /// Sets the clock; nothing is done.
    pub fn clock_to(&mut self, at: Timestamp) {
        self.world().clock.set(at);
        self.post().now = at;
    }

    /// Sets the clock to an hour like `2026-04-07 09:00`, on the owner's clock.
    pub fn clock_at(&mut self, civil: &str) {
        let at: jiff::civil::DateTime = civil.parse().expect("an hour");
        self.clock_to(at.to_zoned(TimeZone::get("America/New_York").expect("a zone")).expect("exists").timestamp());
    }

    /// Time passes as it does for the daemon: a turn whenever one is wanted.
    pub fn minutes_pass(&mut self, minutes: i64) {
        let end = self.see().now() + minutes.minutes();
        while self.see().now() < end {
            let least = self.see().now() + 30.seconds();
            let next = flow::next_turn(self.see()).expect("a database").max(least).min(end);
            self.clock_to(next);
            self.turn();
        }
    }

    pub fn hours_pass(&mut self, hours: i64) {
        self.minutes_pass(hours * 60);
    }

    pub fn days_pass(&mut self, days: i64) {
        self.minutes_pass(days * 24 * 60);
    }

    // --- the program

    pub fn turn(&mut self) -> Turn {
        flow::turn(self.world()).expect("a turn")
    }

    pub fn try_turn(&mut self) -> Result<Turn, Trouble> {
        flow::turn(self.world())
    }

    /// The machine dies at a moment of the next turn; the program is started again.
    pub fn dies(&mut self, moment: Moment) {
        self.post().dies = Some(moment);
        let fell = catch_unwind(AssertUnwindSafe(|| self.turn())).is_err();
        assert!(fell, "the turn did not come to {moment:?}");
        self.post().dies = None;
        self.starts_again();
    }

    /// The program ends and is started again on the same file.
    pub fn starts_again(&mut self) {
        let World { store, post, clock, settings, library, home, .. } = self.world.take().expect("alive");
        drop(store);
        self.lives += 1;
        let store = Store::open(&self.dir.path().join("curbside.db"), clock.now()).expect("the same database");
        self.world = Some(World { store, post, clock, dice: Dice::seeded(self.lives), settings, library, home, dry_run: false });
    }

    pub fn change(&mut self, change: Change) -> Result<Changed, Trouble> {
        flow::accept(self.see(), change)
    }

    pub fn does(&mut self, change: Change) {
        self.change(change).expect("makes sense");
    }

    // --- the people

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

    // --- drafts and deliveries

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

    // --- mail

    /// A mail as a person's program writes it. `about` are header lines without their ends.
    pub fn letter(&mut self, from: &str, to: &str, subject: &str, about: &[&str], text: &str) -> Vec<u8> {
        self.letters += 1;
        let date = self.now().strftime("%a, %d %b %Y %H:%M:%S %z").to_string();
        let mut mail = format!("From: {from}\r\nTo: {to}\r\nSubject: {subject}\r\nDate: {date}\r\n");
        if !about.iter().any(|line| line.to_lowercase().starts_with("message-id:")) {
            let _ = write!(mail, "Message-ID: <letter-{}@mail.test>\r\n", self.letters);
        }
        for line in about {
            let _ = write!(mail, "{line}\r\n");
        }
        let _ = write!(mail, "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{}\r\n", text.replace('\n', "\r\n"));
        mail.into_bytes()
    }

    pub fn put(&mut self, folder: &str, mail: &[u8]) {
        let now = self.see().now();
        self.post().put(folder, mail, now);
    }

    /// Header lines that answer the last check-in to an address.
    fn answering(&mut self, address: &str) -> Vec<String> {
        let last = self.out().into_iter().rfind(|out| out.to == address);
        let Some(id) = last.and_then(|out| out.mail.message_id) else { return Vec::new() };
        vec![format!("In-Reply-To: <{id}>"), format!("References: <{id}>")]
    }

    /// They answer the last check-in, from their address.
    pub fn they_write(&mut self, address: &str, text: &str) {
        self.they_write_to("INBOX", address, address, text);
    }

    /// Somebody answers what was written to an address, and it arrives in a folder.
    pub fn they_write_to(&mut self, folder: &str, from: &str, about: &str, text: &str) {
        let about = self.answering(about);
        let about: Vec<&str> = about.iter().map(String::as_str).collect();
        let mail = self.letter(from, ME, "Re: hello", &about, text);
        self.put(folder, &mail);
    }

    /// The owner writes by hand; the copy lies in Sent.
    pub fn owner_writes(&mut self, address: &str, text: &str) {
        let mail = self.letter(ME, address, "A word by hand", &[], text);
        self.put("Sent", &mail);
    }

    /// A machine answers for them.
    pub fn auto_reply(&mut self, address: &str, text: &str) {
        let mut about = self.answering(address);
        about.push("Auto-Submitted: auto-replied".to_owned());
        let about: Vec<&str> = about.iter().map(String::as_str).collect();
        let mail = self.letter(address, ME, "Automatic reply: hello", &about, text);
        self.put("INBOX", &mail);
    }

    /// The last check-in comes back.
    pub fn bounce(&mut self, address: &str, status: &str, words: &str) {
        let id = self.out().into_iter().rfind(|out| out.to == address).and_then(|out| out.mail.message_id).unwrap_or_default();
        let report = report(&[address], status, words, &id);
        let mail = self.report_mail(&report);
        self.put("INBOX", &mail);
    }

    /// A delivery report with the parts of RFC 3464.
    pub fn report_mail(&mut self, parts: &str) -> Vec<u8> {
        self.letters += 1;
        let date = self.now().strftime("%a, %d %b %Y %H:%M:%S %z").to_string();
        format!(
            "From: Mail Delivery System <MAILER-DAEMON@mx.test>\r\nTo: {ME}\r\nSubject: Undelivered Mail Returned to Sender\r\n\
             Date: {date}\r\nMessage-ID: <report-{}@mx.test>\r\nAuto-Submitted: auto-replied\r\nMIME-Version: 1.0\r\n\
             Content-Type: multipart/report; report-type=delivery-status; boundary=\"b\"\r\n\r\n{parts}",
            self.letters
        )
        .into_bytes()
    }

    /// True when a text stands anywhere in the database or its log.
    pub fn stores(&self, text: &str) -> bool {
        let files = [self.database(), self.dir.path().join("curbside.db-wal")];
        files.iter().filter_map(|path| std::fs::read(path).ok()).any(|bytes| memchr::memmem::find(&bytes, text.as_bytes()).is_some())
    }

    pub fn news(&mut self, text: &str) {
        self.does(Change::AddNews(text.to_owned(), None));
    }
}

/// The parts of a delivery report about some addresses.
pub fn report(addresses: &[&str], status: &str, words: &str, id: &str) -> String {
    let mut fields = String::new();
    for address in addresses {
        let _ = write!(
            fields,
            "\r\nFinal-Recipient: rfc822; {address}\r\nAction: failed\r\nStatus: {status}\r\nDiagnostic-Code: smtp; 550 {status} {words}\r\n"
        );
    }
    format!(
        "--b\r\nContent-Type: text/plain\r\n\r\nYour mail could not be delivered: {words}\r\n\
         --b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.test\r\n{fields}\r\n\
         --b\r\nContent-Type: text/rfc822-headers\r\n\r\nFrom: {ME}\r\nMessage-ID: <{id}>\r\nSubject: hello\r\n\r\n--b--\r\n"
    )
}

impl Drop for Town {
    fn drop(&mut self) {
        let Some(world) = self.world.as_ref().filter(|_| !std::thread::panicking()) else { return };
        let sending = world.store.read(|tx| tx.drafts_in(DraftState::Sending)).unwrap_or_default();
        assert!(sending.is_empty(), "a delivery was left in sending");
    }
}
