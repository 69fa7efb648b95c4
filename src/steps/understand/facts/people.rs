//! People a mail names: with an address or a number, referred to by name, or in copy.

use std::collections::HashSet;
use std::sync::LazyLock;

use super::super::super::book::Book;
use super::addresses::{self, Reach};
use super::cues::ends;
use super::named::{Phrases, add_phrase};
use super::names::{self, Name};
use super::words::Page;
use crate::model::address::{Address, Mailbox};
use crate::model::reading::Person;

mod small;
mod spelling;

use spelling::{fits, key, plain_name, same_name, whole_name};

/// Words between a name and what belongs to it, at most.
const NEAR: usize = 14;

/// Nobody names more people in a mail.
const MOST: usize = 40;

#[derive(Debug)]
struct Signs {
    before: Phrases,
    behind: Phrases,
    new: Phrases,
    offices: HashSet<String>,
}

static SIGNS: LazyLock<Signs> = LazyLock::new(|| {
    let mut people = Book::section("facts.toml", super::FACTS, "people");
    let mut address = Book::section("facts.toml", super::FACTS, "address");
    let table = |list: Vec<String>| {
        let mut phrases = Phrases::new();
        for phrase in list {
            add_phrase(&mut phrases, &phrase, 0);
        }
        phrases
    };
    let (before, behind) = (table(people.texts("before")), table(people.texts("behind")));
    let signs = Signs { before, behind, new: table(address.texts("new")), offices: people.set("offices") };
    people.close();
    address.close();
    signs
});

/// Who is who in a mail.
#[derive(Debug, Default)]
pub struct Cast<'a> {
    /// Who wrote it.
    pub writer: Option<&'a Mailbox>,
    /// Who got a copy.
    pub cc: &'a [Mailbox],
    /// The owner's addresses.
    pub me: &'a [Address],
    /// The signature.
    pub signature: &'a str,
}

/// The people a text names, and the writer's new address if it gives one.
pub fn people(page: &Page<'_>, cast: &Cast<'_>) -> (Vec<Person>, Option<String>) {
    let cut = Cut { page, cast, names: names::names(page), mails: addresses::addresses(page), phones: addresses::phones(page) };
    let new = cut.new_address();
    let mut all: Vec<Person> = Vec::new();
    for n in 0..cut.mails.len().min(MOST) {
        if Some(n) != new && !cut.is_known(&cut.mails[n].text) {
            join(&mut all, cut.person_of(n));
        }
    }
    for name in cut.names.iter().take(MOST * 4) {
        if !cut.is_known_name(name) && cut.is_referred(name) {
            join(&mut all, Person { name: Some(cut.text_of(name)), ..Person::default() });
        }
    }
    cut.add_phones(&mut all);
    cut.add_copied(&mut all);
    all.truncate(MOST);
    (all, new.map(|n| cut.mails[n].text.clone()))
}

struct Cut<'p> {
    page: &'p Page<'p>,
    cast: &'p Cast<'p>,
    names: Vec<Name>,
    mails: Vec<Reach>,
    phones: Vec<Reach>,
}

/// Adds a person, or what is new about one who is already there.
fn join(all: &mut Vec<Person>, person: Person) {
    let same = |known: &&mut Person| {
        let by_mail = known.email.is_some() && key(known.email.as_deref()) == key(person.email.as_deref());
        let clash = known.email.is_some() && person.email.is_some() && !by_mail;
        by_mail || (!clash && same_name(known.name.as_deref(), person.name.as_deref()))
    };
    let Some(known) = all.iter_mut().find(same) else {
        all.push(person);
        return;
    };
    let longer = person.name.as_deref().map_or(0, str::len) > known.name.as_deref().map_or(0, str::len);
    known.name = if longer { person.name } else { known.name.take() };
    known.email = known.email.take().or(person.email);
    known.phone = known.phone.take().or(person.phone);
}

impl Cut<'_> {
    fn text_of(&self, name: &Name) -> String {
        let (start, end) = (self.page.words[name.from].start, self.page.words[name.to - 1].end);
        self.page.text[start..end].split_whitespace().collect::<Vec<_>>().join(" ").trim_end_matches("'s").to_owned()
    }

    fn is_known(&self, mail: &str) -> bool {
        let mail = mail.to_lowercase();
        self.cast.me.iter().any(|me| me.key() == mail) || self.cast.writer.is_some_and(|writer| writer.address.key() == mail)
    }

    /// The writer, the owner, or whoever signs.
    fn is_known_name(&self, name: &Name) -> bool {
        let text = self.text_of(name).to_lowercase();
        let first = text.split(' ').next().unwrap_or_default();
        let local = |address: &Address| address.local().to_lowercase();
        let owner = self.cast.me.iter().any(|me| local(me).split(['.', '_', '-']).any(|part| part == first));
        let writer = self.cast.writer.is_some_and(|writer| {
            let whole = writer.name.to_lowercase();
            whole.split([' ', ',']).any(|part| part == first)
                || (whole.is_empty() && local(&writer.address).split(['.', '_']).any(|part| part == first))
        });
        let begin = if name.titled { name.from - 1 - usize::from(self.page.low(name.from - 1) == ".") } else { name.from };
        let low = |back: usize| self.page.low(begin.wrapping_sub(back));
        let own = low(1) == "i'm" || (low(2) == "i" && low(1) == "am") || (low(2) == "name" && low(1) == "is" && low(3) == "my");
        owner || own || writer || (text.contains(' ') && self.cast.signature.to_lowercase().contains(&text))
    }

    /// The person an address belongs to.
    fn person_of(&self, n: usize) -> Person {
        let mail = &self.mails[n];
        let local = mail.text.split('@').next().unwrap_or_default().to_lowercase();
        let office = is_office(&local);
        let near = self.names.iter().filter(|name| !self.is_known_name(name));
        let named = near.filter_map(|name| self.closeness(name, n, &local).map(|cost| (cost, name))).min_by_key(|(cost, _)| *cost);
        let name = named.filter(|(cost, _)| !office || *cost < 47).map(|(_, name)| self.text_of(name));
        let name = name.map(|name| whole_name(name, &local)).or_else(|| if office { None } else { self.small_name(mail.from, &local) });
        Person { name, email: Some(mail.text.clone()), phone: None }
    }

    /// How far-fetched it is that a name belongs to an address.
    fn closeness(&self, name: &Name, n: usize, local: &str) -> Option<usize> {
        let mail = &self.mails[n];
        let before = name.end <= mail.from;
        let gap = if before { mail.from - name.end } else { name.from.checked_sub(mail.to)? };
        let fits = fits(&self.text_of(name).to_lowercase(), local);
        let (from, to) = if before { (name.end, mail.from) } else { (mail.to, name.from) };
        let between = self.mails.iter().any(|other| other.from >= from && other.to <= to && other != mail);
        let apart = self.page.sentence(name.from).abs_diff(self.page.sentence(mail.from));
        let limit = if fits { 60 } else { NEAR };
        let far = gap > limit || apart > if fits { 3 } else { 1 } || (!fits && between) || (!before && !fits && gap > 3);
        (!far).then_some(gap + if fits { 0 } else { 40 } + if before { 0 } else { 3 })
    }

    /// Words that refer to somebody stand before or behind the name.
    fn is_referred(&self, name: &Name) -> bool {
        let text = self.text_of(name).to_lowercase();
        let sure = name.titled || names::is_given(text.split(' ').next().unwrap_or_default());
        let begin = name.from - if name.titled { 1 + usize::from(self.page.low(name.from - 1) == ".") } else { 0 };
        let before = self.is_cued(begin);
        let behind = SIGNS
            .behind
            .get(self.page.low(name.end))
            .is_some_and(|list| list.iter().any(|(rest, _)| ends(self.page, name.end + 1, rest).is_some()));
        if name.parts == 1 {
            return (name.titled && self.is_present(name, begin))
                || (before && (sure || names::is_given(&text)))
                || (name.titled && behind)
                || (sure && behind && !matches!(self.page.low(name.end), "in" | "at" | "from" | "just" | "will" | "does" | "'" | "("))
                || (before && name.end > name.to);
        }
        let led = begin > 0
            && (!names::starts_sentence(self.page, begin) || self.page.low(begin - 1) == ":")
            && !matches!(self.page.low(begin - 1), "at" | "in" | "from" | "the" | "our" | "near" | "to" | "a" | "of" | "for");
        sure || before || led || (behind && !matches!(self.page.low(name.end), "in"))
    }

    /// A titled name that is neither gone nor somebody else's.
    fn is_present(&self, name: &Name, begin: usize) -> bool {
        let gone = matches!(
            self.page.low(name.end),
            "has"
                | "is"
                | "died"
                | "retired"
                | "left"
                | "passed"
                | "was"
                | "transferred"
                | "took"
                | "accepted"
                | "resigned"
                | "no"
                | "you"
                | "unfortunately"
                | "departed"
                | "stepped"
        );
        let other = matches!(
            self.page.low(begin.wrapping_sub(1)),
            "not" | "different" | "other" | "a" | "this" | "be" | "the" | "or" | "which" | "is"
        );
        !gone && !other && !self.text_of(name).ends_with("'s") && begin > 0
    }

    /// A cue ends right before a word, small words let through.
    fn is_cued(&self, at: usize) -> bool {
        (at.saturating_sub(10)..at).any(|k| {
            let Some(list) = SIGNS.before.get(self.page.low(k)) else { return false };
            list.iter().filter_map(|(rest, _)| ends(self.page, k + 1, rest)).any(|end| end <= at && self.is_thin(end, at))
        })
    }

    /// Only words that introduce a person stand between.
    fn is_thin(&self, from: usize, to: usize) -> bool {
        let mut marks = 0;
        (from..to).all(|k| {
            let word = self.page.low(k);
            marks += usize::from(matches!(word, "," | ":" | "-"));
            marks <= 2
                && (names::is_no_name(word) || self.page.words[k].means != super::lexicon::Lex::None)
                && !matches!(word, "." | "?" | "!" | ";" | "i" | "you" | "he" | "she" | "they" | "we")
        })
    }

    /// Gives each telephone number to the person named before it in its sentence.
    fn add_phones(&self, all: &mut Vec<Person>) {
        for phone in self.phones.iter().take(MOST) {
            let here = |name: &&Name| {
                name.end <= phone.from && phone.from - name.end <= 20 && self.page.sentence(name.from) + 1 >= self.page.sentence(phone.from)
            };
            let Some(name) = self.names.iter().rfind(here) else { continue };
            let own = (phone.from.saturating_sub(6)..phone.from).any(|k| matches!(self.page.low(k), "my" | "me" | "mine" | "i'm"));
            if own
                || self.is_known_name(name)
                || (name.parts == 1
                    && !self.is_referred(name)
                    && !all.iter().any(|known| same_name(known.name.as_deref(), Some(&self.text_of(name)))))
            {
                continue;
            }
            join(all, Person { name: Some(self.text_of(name)), email: None, phone: Some(phone.text.clone()) });
        }
    }

    /// People in copy whom the text introduces.
    fn add_copied(&self, all: &mut Vec<Person>) {
        let words: HashSet<&str> = self.page.words.iter().map(|word| word.low).collect();
        let introduces = [
            "cc",
            "cc'd",
            "cc'ing",
            "ccing",
            "ccd",
            "copied",
            "copying",
            "looping",
            "looped",
            "adding",
            "added",
            "introduce",
            "introducing",
            "introduction",
            "intro",
            "connect",
            "connecting",
            "meet",
            "include",
            "including",
            "loop",
        ]
        .iter()
        .any(|word| words.contains(word));
        for mailbox in self.cast.cc.iter().take(MOST) {
            let name = mailbox.name.to_lowercase();
            let spoken = name
                .split([' ', ','])
                .chain(mailbox.address.local().split(['.', '_']))
                .any(|part| part.len() > 2 && words.contains(part.to_lowercase().as_str()));
            if (introduces || spoken) && !self.is_known(mailbox.address.as_str()) {
                let person = plain_name(&mailbox.name);
                let told = all.iter().find(|known| known.email.is_none() && same_name(known.name.as_deref(), person.as_deref())).is_some();
                let name = if person.is_none() && !told { self.fitting_name(mailbox.address.local()) } else { person };
                join(all, Person { name, email: Some(mailbox.address.as_str().to_owned()), phone: None });
            }
        }
    }

    fn fitting_name(&self, local: &str) -> Option<String> {
        let local = local.to_lowercase();
        self.names.iter().map(|name| self.text_of(name)).find(|name| fits(&name.to_lowercase(), &local))
    }

    /// The address the writer wants to be written to from now on.
    fn new_address(&self) -> Option<usize> {
        let mails = self.mails.iter().enumerate().filter(|(_, mail)| !self.is_known(&mail.text));
        mails.filter(|(_, mail)| self.is_own(mail)).map(|(n, _)| n).next()
    }

    /// The words around an address say that it is the writer's.
    fn is_own(&self, mail: &Reach) -> bool {
        let sentence = self.page.sentence(mail.from);
        let here = |k: &usize| self.page.sentence(*k) + 1 >= sentence && self.page.sentence(*k) <= sentence;
        let from = (mail.from.saturating_sub(16)..mail.from).find(here).unwrap_or(mail.from);
        let to = (mail.to + 12).min(self.page.words.len());
        let cue = (from..to).filter(here).any(|k| {
            let list = SIGNS.new.get(self.page.low(k));
            list.is_some_and(|list| list.iter().any(|(rest, _)| ends(self.page, k + 1, rest).is_some()))
        });
        let mine = (from..to).filter(here).any(|k| matches!(self.page.low(k), "my" | "me" | "i" | "i'm" | "i've" | "i'll" | "mine"));
        let theirs = (from..mail.from).any(|k| {
            matches!(
                self.page.low(k),
                "his" | "her" | "their" | "our" | "colleague" | "him" | "she" | "he" | "them" | "boss" | "recruiter" | "assistant" | "copy"
            )
        });
        let local = mail.text.split('@').next().unwrap_or_default().to_lowercase();
        let writer = self.cast.writer.is_some_and(|writer| fits(&writer.name.to_lowercase(), &local));
        let other = self.names.iter().any(|name| {
            name.end <= mail.from
                && mail.from - name.end < 8
                && !self.is_known_name(name)
                && fits(&self.text_of(name).to_lowercase(), &local)
        });
        let told = (mail.from.saturating_sub(3)..mail.from).filter(here).any(|k| matches!(self.page.low(k), "use" | "using"));
        !other && ((cue && mine && !theirs) || (writer && (cue || mine || told)))
    }
}

/// The address of a department, not of a person.
fn is_office(local: &str) -> bool {
    const PARTS: [&str; 10] =
        ["recruit", "career", "intake", "management", "office", "inquir", "general", "medicalaffairs", "mailbox", "staffing"];
    SIGNS.offices.contains(local) || PARTS.iter().any(|part| local.contains(part))
}
