//! Many people who are all written to at once, and the count of what became of it, taken from their mailboxes.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::fs;
use std::time::Duration;

use curbside::clock::Dice;
use serde_json::Value;

use super::letters::{answer, dated, now};
use super::owner::{AT_ONCE, Owner, wait_at_most, wait_until};
use super::proxy::Proxy;
use super::servers::{folder, post, queue_is_empty, servers};

/// What those say who answer, one after the other.
const ANSWERS: [&str; 4] = [
    "Happy to talk. Can you call me on Thursday at 2 pm Eastern?",
    "Please send me your CV and I will pass it on to our team.",
    "Thanks for the update, Leah. Congratulations on passing the boards!",
    "Please take me off your list and do not email me again.",
];
/// One of so many answers.
const ANSWERING: usize = 4;

/// An owner who said yes to many check-ins at once, behind lines that a test can watch and spoil.
pub struct Crowd {
    /// The owner; everything may go at once.
    pub owner: Owner,
    /// The line to the IMAP server.
    pub imap: Proxy,
    /// The line to the SMTP server.
    pub smtp: Proxy,
    people: Vec<Person>,
    secured: bool,
    /// By how many minutes the clock was moved.
    minutes: i64,
}

struct Person {
    contact: String,
    address: String,
    answered: bool,
}

/// What became of it all.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Count {
    /// Mails in the mailboxes of those written to.
    pub arrived: usize,
    /// People with more than one.
    pub twice: usize,
    /// People with none.
    pub without: usize,
    /// Copies in Sent.
    pub copies: usize,
    /// Mails with more than one copy there, or none.
    pub copied_wrongly: usize,
    /// People who answered.
    pub answers: usize,
    /// Answers that were not written down exactly once.
    pub recorded_wrongly: usize,
    /// Check-ins that were not.
    pub journaled_wrongly: usize,
}

impl fmt::Display for Count {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} arrived, {} twice, {} never; {} copies in Sent, {} too many or few; {} answers, {} not recorded once; {} check-ins not in the journal once",
            self.arrived,
            self.twice,
            self.without,
            self.copies,
            self.copied_wrongly,
            self.answers,
            self.recorded_wrongly,
            self.journaled_wrongly
        )
    }
}

impl Crowd {
    /// So many check-ins with a yes, to be sent at once.
    pub fn approved(name: &str, count: usize) -> Self {
        Self::of(Owner::unset(name), count)
    }

    /// The same for an owner who is not set up yet.
    pub fn of(owner: Owner, count: usize) -> Self {
        let (imap, smtp) = (Proxy::to(servers().imap), Proxy::to(servers().smtp));
        let ports = [imap.port.to_string(), smtp.port.to_string()];
        let plain = ["--imap-security", "none", "--smtp-security", "none"];
        owner.init(&[&["--imap-port", &ports[0], "--smtp-port", &ports[1]], &plain[..]].concat()).must(0);
        owner.append(&format!("{AT_ONCE}per_day = 0\nper_family_per_week = 0\n"));
        let known = (0..count).map(|number| owner.knows(&format!("Ada Number{}", letters(number))));
        let people = known.map(|(contact, address)| Person { contact, address, answered: false }).collect();
        let crowd = Self { owner, imap, smtp, people, secured: false, minutes: 0 };
        crowd.approve_all();
        crowd
    }

    fn approve_all(&self) {
        let drafts = self.owner.list(&["review"]);
        let ids: Vec<String> = drafts.iter().map(|draft| format!("{}@{}", word(draft, "id"), word(draft, "fingerprint"))).collect();
        assert_eq!(ids.len(), self.people.len());
        let words: Vec<&str> = ["review", "approve"].into_iter().chain(ids.iter().map(String::as_str)).collect();
        self.owner.list(&words);
    }

    /// With TLS from now on, or without, so that words on the lines can be seen.
    pub fn secures(&mut self, secured: bool) {
        let servers = servers();
        self.imap.leads_to(if secured { servers.imaps } else { servers.imap });
        self.smtp.leads_to(if secured { servers.submissions } else { servers.smtp });
        let security = |secured| if secured { "security = \"tls\"" } else { "security = \"none\"" };
        let file = self.owner.seen.join("config.toml");
        let text = fs::read_to_string(&file).expect("init wrote it");
        assert_eq!(text.matches(security(self.secured)).count(), 2, "{text}");
        fs::write(&file, text.replace(security(self.secured), security(secured))).expect("our file");
        self.secured = secured;
    }

    /// Those of them who answer at all and have got their mail now do so.
    pub fn answers(&mut self) {
        let at = now() + jiff::SignedDuration::from_mins(self.minutes);
        for (number, person) in self.people.iter_mut().enumerate().filter(|(number, _)| number % ANSWERING == 0) {
            let got = if person.answered { None } else { folder(&person.address, "").into_iter().next() };
            if let Some(got) = got {
                let text = ANSWERS[number / ANSWERING % ANSWERS.len()];
                let mail = answer(&person.address, &self.owner.user, &got, text);
                post(&person.address, &self.owner.user, &dated(&mail, at));
                person.answered = true;
            }
        }
    }

    /// How many deliveries are in each state, as the outbox shows.
    pub fn states(&self) -> BTreeMap<String, usize> {
        let mut states = BTreeMap::new();
        for delivery in self.owner.list(&["outbox"]) {
            *states.entry(word(&delivery, "state").to_owned()).or_default() += 1;
        }
        states
    }

    /// Does what an owner does who is asked: looks whether each doubtful mail arrived, and says so. How many there were.
    pub fn settle_doubts(&mut self) -> usize {
        wait_until("the mail server has delivered what it took", queue_is_empty);
        let outbox = self.owner.list(&["outbox"]);
        let doubtful: Vec<&Value> = outbox.iter().filter(|delivery| delivery["state"] == "doubtful").collect();
        assert_eq!(self.owner.status()["doubtful"], doubtful.len(), "status shows what is doubtful");
        for delivery in &doubtful {
            assert!(word(delivery, "answer").contains("did it arrive?"), "the owner is asked: {delivery}");
            let person = self.people.iter().find(|person| delivery["contact"] == person.contact.as_str()).expect("one of them");
            let arrived = folder(&person.address, "").iter().any(|mail| mail.header("message-id") == word(delivery, "message_id"));
            self.owner.json(&["outbox", "resolve", word(delivery, "id"), if arrived { "--sent" } else { "--resend" }]);
        }
        doubtful.len()
    }

    /// Counts what lies in the mailboxes, by Message-ID and recipient, and what is written down of the answers.
    pub fn count(&self) -> Count {
        let mut count = Count::default();
        let mut ids = BTreeSet::new();
        for person in &self.people {
            let mails = folder(&person.address, "");
            count.arrived += mails.len();
            count.twice += usize::from(mails.len() > 1);
            count.without += usize::from(mails.is_empty());
            ids.extend(mails.iter().map(|mail| mail.header("message-id")));
            count.answers += usize::from(person.answered);
            let journal = self.owner.json(&["show", &person.contact])["journal"].as_array().expect("a list").clone();
            let recorded = journal.iter().filter(|entry| entry["outcome"].is_string()).count();
            count.recorded_wrongly += usize::from(recorded != usize::from(person.answered));
            let sent = journal.iter().filter(|entry| entry["kind"] == "check_in").count();
            count.journaled_wrongly += usize::from(sent != mails.len());
        }
        let copies: Vec<String> = folder(&self.owner.user, "Sent").iter().map(|mail| mail.header("message-id")).collect();
        count.copies = copies.len();
        let with_one = ids.iter().filter(|id| copies.iter().filter(|copy| copy == id).count() == 1).count();
        count.copied_wrongly = ids.len() - with_one + copies.iter().filter(|copy| !ids.contains(*copy)).count();
        count
    }

    /// Fails unless everybody got exactly one mail, each with one copy in Sent, and it and each answer are written down
    /// once in a database that is sound.
    pub fn must_be_whole(&self) -> Count {
        assert_eq!(self.soundness(), "ok");
        let count = self.count();
        let answers = self.people.iter().filter(|person| person.answered).count();
        let all = self.people.len();
        assert_eq!(count, Count { arrived: all, copies: all, answers, ..Count::default() }, "{}", self.owner.curbside(&["outbox"]).out);
        count
    }

    /// What SQLite says of a copy of the database, whatever disk it lies on.
    fn soundness(&self) -> String {
        let copy = tempfile::tempdir().expect("a folder");
        for name in ["curbside.db", "curbside.db-wal"] {
            let _not_there = fs::copy(self.owner.seen.join(name), copy.path().join(name));
        }
        let flags = rusqlite::OpenFlags::SQLITE_OPEN_READ_WRITE;
        let database = rusqlite::Connection::open_with_flags(copy.path().join("curbside.db"), flags).expect("a database");
        database.query_row("PRAGMA integrity_check", [], |row| row.get(0)).expect("it can be asked")
    }

    /// Moves the clock of the next commands on.
    pub fn passes(&mut self, minutes: i64) {
        self.minutes += minutes;
        self.owner.now = Some((now() + jiff::SignedDuration::from_mins(self.minutes)).to_string());
    }

    /// Lets the daemon end its work undisturbed, and answers what the owner is asked. How often that was.
    pub fn settles(&mut self) -> usize {
        self.passes(65); // every wait after a refusal is over
        self.works_until("nothing waits to be sent", |crowd| !crowd.states().contains_key("queued"));
        // Whether what was under way left is looked for during ten minutes; then the owner is asked.
        self.passes(11);
        self.works_until("nothing is being looked for", |crowd| !crowd.states().contains_key("sending"));
        let doubts = self.settle_doubts();
        self.works_until("all are sent", |crowd| crowd.states().keys().all(|state| state == "sent"));
        self.passes(1); // the time for the provider's own copies is over
        self.works_until("all arrived, the copies and answers too", |crowd| {
            let count = crowd.count();
            count.without == 0 && count.copied_wrongly == 0 && count.recorded_wrongly == 0 && count.journaled_wrongly == 0
        });
        doubts
    }

    fn works_until(&mut self, what: &str, mut is_so: impl FnMut(&Self) -> bool) {
        let daemon = self.owner.run();
        wait_at_most(Duration::from_secs(300), what, || {
            self.answers();
            is_so(self)
        });
        assert_eq!(daemon.terminate().0, Some(0));
    }
}

fn word<'v>(value: &'v Value, key: &str) -> &'v str {
    value[key].as_str().unwrap_or_else(|| panic!("{key}: {value}"))
}

/// A number in letters: names have no digits.
fn letters(number: usize) -> String {
    number.to_string().bytes().map(|digit| char::from(digit - b'0' + b'a')).collect()
}

/// How many, as the environment says, or else for an everyday run.
pub fn size(name: &str, everyday: usize) -> usize {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(everyday)
}

/// Dice from `CURBSIDE_SEED`, which is printed, so that a failure can be seen again.
pub fn dice(everyday: u64) -> Dice {
    let seed = std::env::var("CURBSIDE_SEED").ok().and_then(|text| text.parse().ok()).unwrap_or(everyday);
    println!("CURBSIDE_SEED={seed}");
    Dice::seeded(seed)
}

/// One of several, by the dice.
pub fn pick<'t, T>(dice: &Dice, from: &'t [T]) -> &'t T {
    &from[below(dice, from.len())]
}

/// A number below `end`, by the dice.
pub fn below(dice: &Dice, end: usize) -> usize {
    usize::try_from(dice.below(end as u64)).expect("below a usize")
}
