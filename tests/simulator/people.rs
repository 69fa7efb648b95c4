//! The people: contacts with habits, and what they write.

use curbside::mail::mime;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan, Zoned};

use super::dice::Dice;
use super::facts::Says;

/// The owner.
pub const ME: &str = "sam@owner.example";
/// The owner's other address.
pub const ALIAS: &str = "sam.rivers@clinic.example";
/// The owner's zone.
pub const HOME: &str = "America/New_York";

const FIRST: [&str; 20] = [
    "Jane", "Omar", "Priya", "Luis", "Grace", "Noah", "Mei", "Tara", "Ivan", "Ruth", "Paul", "Nina", "Hugo", "Sara", "Amir", "Lena",
    "Cole", "Vera", "Dana", "Eric",
];
const LAST: [&str; 13] =
    ["Doe", "Reyes", "Patel", "Stone", "Novak", "Brandt", "Okafor", "Lindt", "Meyer", "Shaw", "Quinn", "Ferro", "Hale"];
const EMPLOYERS: [&str; 8] = ["Plan One", "Plan Two", "Reviewers", "Lakeside", "Northgate", "Medrev", "Harbor", "Summit"];
/// Zones of people who say where they are.
const TOLD: [&str; 8] = [
    "America/New_York",
    "America/Chicago",
    "America/Denver",
    "America/Los_Angeles",
    "America/Phoenix",
    "Pacific/Honolulu",
    "Europe/London",
    "Asia/Kolkata",
];

/// How somebody answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Habit {
    /// Answers mostly.
    Answers,
    /// Ignores mostly.
    Ignores,
    /// A machine answers first.
    Away,
    /// Their address is dead.
    Dead,
    /// Answers from another address.
    Elsewhere,
    /// Says no, or stop.
    Refuses,
    /// Writes unasked.
    Talks,
}

const HABITS: [Habit; 10] = [
    Habit::Answers,
    Habit::Answers,
    Habit::Answers,
    Habit::Ignores,
    Habit::Ignores,
    Habit::Away,
    Habit::Dead,
    Habit::Elsewhere,
    Habit::Refuses,
    Habit::Talks,
];

/// A person.
#[derive(Debug, Clone)]
#[expect(clippy::struct_excessive_bools, reason = "they are plain facts, each true or not by itself")]
pub struct Person {
    /// Their name.
    pub name: String,
    /// The address the owner has, then the one only they know.
    pub addresses: [String; 2],
    /// Where they live.
    pub zone: String,
    /// The owner told the program so.
    pub zone_told: bool,
    /// Where they work.
    pub employer: String,
    /// How they answer.
    pub habit: Habit,
    /// The owner gave a standing yes.
    pub auto: bool,
    /// The owner knows them.
    pub known: bool,
    /// The owner gave their second address, too.
    pub second_known: bool,
    /// When they were given it.
    pub second_at: u64,
    /// The owner had them erased.
    pub forgotten: bool,
    /// They do not work there any more.
    pub gone: bool,
    /// The ids of the last mail they got, and its subject.
    pub thread: Option<(Vec<String>, String)>,
}

/// All the people of a town.
pub fn people(dice: &mut Dice, count: usize) -> Vec<Person> {
    (0..count).map(|index| person(dice, index)).collect()
}

fn person(dice: &mut Dice, index: usize) -> Person {
    let (first, last) = (FIRST[index % FIRST.len()], LAST[index % LAST.len()]);
    let employer = *dice.pick(&EMPLOYERS);
    let zone_told = !dice.per_mille(250);
    let zone = if zone_told { *dice.pick(&TOLD) } else { TOLD[dice.index(4)] };
    let domain = format!("{}.example", employer.to_lowercase().replace(' ', ""));
    Person {
        name: format!("{first} {last}"),
        addresses: [format!("p{index}@{domain}"), format!("{}{index}@home.example", first.to_lowercase())],
        zone: zone.to_owned(),
        zone_told,
        employer: employer.to_owned(),
        habit: *dice.pick(&HABITS),
        auto: dice.per_mille(60),
        known: false,
        second_known: false,
        second_at: 0,
        forgotten: false,
        gone: false,
        thread: None,
    }
}

/// Another employer than this one.
pub fn other_employer(dice: &mut Dice, than: &str) -> String {
    loop {
        let employer = *dice.pick(&EMPLOYERS);
        if employer != than {
            return employer.to_owned();
        }
    }
}

/// Sentences that say one thing plainly: the simulator tries the river, not the reading.
pub fn sentences(says: Says) -> &'static [&'static str] {
    match says {
        Says::OptOut => &["Please stop emailing me.", "Please do not contact me again.", "Please remove me from your list."],
        Says::No => &["Thank you, but I am not interested.", "I am not interested, thanks."],
        Says::Left => &["I no longer work there.", "I retired last month."],
        Says::WrongPerson => &["I think you have the wrong person."],
        Says::Asks => &[
            "Can we talk on the phone next week?",
            "Could you send me your resume?",
            "We have an opening for a physician reviewer, you can apply on our site.",
            "I can introduce you to our medical director.",
        ],
        Says::Thanks => &["Thanks for the note, all is well here.", "Thank you, that is good to know."],
        _ => &[""],
    }
}

/// A mail as bytes; `about` are further header lines.
#[derive(Debug)]
pub struct Sheet<'a> {
    pub from: &'a str,
    pub to: &'a str,
    pub subject: &'a str,
    pub id: &'a str,
    pub date: Zoned,
    pub about: String,
    pub text: String,
}

/// The bytes of a mail.
pub fn write(sheet: &Sheet<'_>) -> Vec<u8> {
    let date = sheet.date.strftime("%a, %d %b %Y %H:%M:%S %z");
    format!(
        "From: {}\r\nTo: {}\r\nSubject: {}\r\nDate: {date}\r\nMessage-ID: <{}>\r\n{}MIME-Version: 1.0\r\n\
         Content-Type: text/plain; charset=utf-8\r\n\r\n{}\r\n",
        sheet.from,
        sheet.to,
        sheet.subject,
        sheet.id,
        sheet.about,
        sheet.text.replace('\n', "\r\n")
    )
    .into_bytes()
}

/// Header lines that answer a mail.
pub fn answering(thread: &[String]) -> String {
    let ids: Vec<String> = thread.iter().map(|id| format!("<{id}>")).collect();
    match ids.last() {
        Some(last) => format!("In-Reply-To: {last}\r\nReferences: {}\r\n", ids.join("\r\n ")),
        None => String::new(),
    }
}

/// What a person, or a machine for them, writes. `at` is the hour they write.
pub fn letter(dice: &mut Dice, person: &Person, from: &str, says: Says, id: &str, at: Timestamp) -> (String, Vec<u8>) {
    let zone = TimeZone::get(&person.zone).expect("a zone");
    let date = at.to_zoned(zone);
    let (thread, subject) = person.thread.clone().unwrap_or_default();
    let reply = if subject.is_empty() { "A word".to_owned() } else { format!("Re: {subject}") };
    let (about, subject, text) = match says {
        Says::Away(back) => automatic(&thread, format!("I am out of the office and back on {}.", back.strftime("%A, %B %-d, %Y"))),
        Says::AwayForGood => automatic(&thread, "I am no longer with the company.".to_owned()),
        Says::NotNow(day) => {
            (answering(&thread), reply, format!("Nothing right now. Please write to me again on {}.", day.strftime("%B %-d, %Y")))
        }
        Says::Spoof => {
            ("Authentication-Results: mx.owner.example; dmarc=fail\r\n".to_owned(), reply, "Please wire me the money.".to_owned())
        }
        Says::Bulk => (
            "List-Unsubscribe: <https://list.example/u>\r\nPrecedence: bulk\r\n".to_owned(),
            "Our newsletter".to_owned(),
            "The news of this month.\nUnsubscribe at any time.".to_owned(),
        ),
        says => (answering(&thread), reply, (*dice.pick(sentences(says))).to_owned()),
    };
    let first = person.name.split(' ').next().unwrap_or_default();
    let text = format!("Hi Sam,\n\n{text}\n\nBest,\n{first}");
    let to = if dice.per_mille(100) { ALIAS } else { ME };
    let from = format!("{} <{from}>", person.name);
    (subject.clone(), write(&Sheet { from: &from, to, subject: &subject, id, date, about, text }))
}

fn automatic(thread: &[String], text: String) -> (String, String, String) {
    (format!("Auto-Submitted: auto-replied\r\n{}", answering(thread)), "Automatic reply: away".to_owned(), text)
}

/// A delivery report (RFC 3464) about an address.
pub fn report(address: &str, status: &str, words: &str, original: &str, id: &str, at: Timestamp) -> Vec<u8> {
    let date = at.strftime("%a, %d %b %Y %H:%M:%S +0000");
    format!(
        "From: Mail Delivery System <MAILER-DAEMON@mx.test>\r\nTo: {ME}\r\nSubject: Undelivered Mail Returned to Sender\r\n\
         Date: {date}\r\nMessage-ID: <{id}>\r\nAuto-Submitted: auto-replied\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/report; report-type=delivery-status; boundary=\"b\"\r\n\r\n\
         --b\r\nContent-Type: text/plain\r\n\r\nYour mail could not be delivered: {words}\r\n\
         --b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.test\r\n\r\n\
         Final-Recipient: rfc822; {address}\r\nAction: failed\r\nStatus: {status}\r\nDiagnostic-Code: smtp; 550 {status} {words}\r\n\r\n\
         --b\r\nContent-Type: text/rfc822-headers\r\n\r\nFrom: {ME}\r\nMessage-ID: <{original}>\r\nSubject: hello\r\n\r\n--b--\r\n"
    )
    .into_bytes()
}

/// The copy a provider files that gives our mail another `Message-ID`.
pub fn renamed(raw: &[u8], id: &str, new: &str) -> Vec<u8> {
    let text = String::from_utf8_lossy(raw);
    text.replacen(&format!("Message-ID: <{id}>"), &format!("Message-ID: <{new}>\r\nX-Microsoft-Original-Message-ID: <{id}>"), 1)
        .into_bytes()
}

/// `Message-ID` and subject of a mail.
pub fn id_of(raw: &[u8]) -> (String, String) {
    let mail = mime::parse_headers(raw).unwrap_or_default();
    (mail.message_id.unwrap_or_default(), mail.subject)
}

/// The first of a month some months after a day.
pub fn later_day(from: Date, days: i64) -> Date {
    from.checked_add(days.days()).unwrap_or(from)
}
