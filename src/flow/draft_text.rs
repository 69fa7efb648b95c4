//! The words of a draft: the template's fields filled, the conversation continued, the signature below.

use std::collections::HashSet;
use std::io::Read as _;
use std::path::Path;

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};

use super::Trouble;
use super::learn::UNVERIFIED;
use crate::checkins::{self, Application, Context, Last, Meeting, Opening, Person, Template};
use crate::model::address::{Address, Mailbox};
use crate::model::contact::{Contact, greeting_name};
use crate::model::draft::{Attachment, Content, Draft, DraftState};
use crate::model::id::DraftId;
use crate::model::message::Message;
use crate::model::plan::{Reason, Touch};
use crate::steps::directory::Directory;
use crate::steps::occasions::remark_reason;
use crate::steps::plan::Candidate;
use crate::store::{StoreError, Tx};
use crate::world::World;

/// Ways to say the same that are tried, to find one that repeats no sentence of other drafts.
const SEEDS: u64 = 24;
/// Drafts whose sentences are not to be repeated.
const RECENT: u32 = 20;
/// The largest attachment, in bytes; servers take 20 to 25 MB of encoded mail.
const MOST_ATTACHED: u64 = 10 * 1024 * 1024;

/// Where a contact is written to: the address they last wrote from, else the primary one.
///
/// # Errors
/// When the database fails.
pub fn address_of(tx: &Tx<'_>, contact: &Contact) -> Result<Option<Address>, StoreError> {
    Ok(tx.last_written_from(contact.id)?.or_else(|| contact.primary().cloned()))
}

/// Makes the draft of a touch. A field that cannot be filled blocks it and is named (P5).
///
/// # Errors
/// When the database fails, or the template is gone.
pub fn draft(world: &World, tx: &Tx<'_>, touch: &Touch, candidate: &Candidate) -> Result<Draft, Trouble> {
    let template =
        world.library.get(&touch.template).ok_or_else(|| Trouble::refused(format!("there is no template {}", touch.template)))?;
    // What came back, or was never said, is no conversation.
    let is_first = candidate.story.our_mails == 0 && !candidate.story.ever_theirs;
    let thread = if is_first { None } else { thread(world, tx, &candidate.contact)? };
    let context = context(world, tx, touch, candidate)?;
    let (words, mut blocked) = match words(tx, template, &context, &candidate.contact)? {
        Ok(words) => (words, None),
        Err(why) => (checkins::Draft { subject: String::new(), text: String::new() }, Some(why)),
    };
    let attachment = match attachment(world, template, touch.because) {
        Ok(attachment) => attachment,
        Err(why) => {
            blocked.get_or_insert(why);
            None
        }
    };
    Ok(Draft {
        id: DraftId(0),
        contact: touch.contact,
        name: touch.name.clone(),
        family: candidate.contact.family.clone(),
        revision: 1,
        state: DraftState::Review,
        because: touch.because,
        reason: touch.reason.clone(),
        template: template.name.clone(),
        news: candidate.occasions.news.as_ref().filter(|(_, news)| tells(&words.text, news)).map(|(id, _)| *id),
        content: content(world, tx, candidate, thread.as_ref(), words, attachment)?,
        approved: None,
        approved_at: None,
        due: touch.due,
        send_at: touch.send_at,
        blocked,
        attempts: 0,
        answer: None,
        message_id: None,
        created_at: world.now(),
        changed_at: world.now(),
    })
}

fn content(
    world: &World,
    tx: &Tx<'_>,
    candidate: &Candidate,
    thread: Option<&Message>,
    words: checkins::Draft,
    attachment: Option<Attachment>,
) -> Result<Content, Trouble> {
    let contact = &candidate.contact;
    let to = address_of(tx, contact)?.ok_or_else(|| Trouble::refused("no address to write to"))?;
    let subject = thread.map_or(words.subject, |message| answer_subject(&message.subject));
    Ok(Content {
        from: from(world, tx, contact)?,
        to: Mailbox { name: contact.name.clone(), address: to },
        subject,
        text: signed(world, &words.text),
        in_reply_to: thread.and_then(|message| message.rfc_id.clone()),
        references: thread.map(|message| message.chain.clone()).unwrap_or_default(),
        attachment,
    })
}

/// The owner, by the alias the contact last wrote to.
fn from(world: &World, tx: &Tx<'_>, contact: &Contact) -> Result<Mailbox, Trouble> {
    let owner = &world.settings.owner;
    // Neither a machine's answer nor a mail in their name that nobody believes says where they write to.
    let last = tx.last_written(contact.id, 10)?.into_iter().find(|message| !is_doubtful(message));
    let known = last
        .and_then(|message| message.mine)
        .filter(|mine| !super::prepare::is_never(world, mine.domain()))
        .filter(|mine| owner.addresses().iter().any(|address| address.key() == mine.key()));
    Ok(Mailbox { name: owner.mailbox.name.clone(), address: known.unwrap_or_else(|| owner.mailbox.address.clone()) })
}

/// The newest mail with them under six months, if it can be answered.
fn thread(world: &World, tx: &Tx<'_>, contact: &Contact) -> Result<Option<Message>, StoreError> {
    let oldest = world.local().checked_sub(6.months()).map_or(Timestamp::MIN, |at| at.timestamp());
    let found = tx.last_messages(contact.id, 10)?.into_iter().find(is_conversation);
    Ok(found.filter(|message| message.at >= oldest))
}

fn is_conversation(message: &Message) -> bool {
    use crate::model::reading::Kind;
    let human = message.reading.as_ref().is_none_or(|reading| reading.kind == Kind::Reply);
    message.rfc_id.is_some() && human && !is_doubtful(message)
}

fn is_doubtful(message: &Message) -> bool {
    message.reading.as_ref().is_some_and(|reading| reading.rules.iter().any(|rule| rule == UNVERIFIED))
}

/// `Re:` once, whatever stood before.
fn answer_subject(subject: &str) -> String {
    let mut bare = subject.trim();
    while let Some(rest) = bare.get(..3).filter(|head| head.eq_ignore_ascii_case("re:")).map(|_| bare[3..].trim_start()) {
        bare = rest;
    }
    if bare.is_empty() { "Re: our conversation".to_owned() } else { format!("Re: {bare}") }
}

fn signed(world: &World, text: &str) -> String {
    if text.is_empty() {
        return String::new();
    }
    let owner = &world.settings.owner;
    format!("{}\n{}\n", text.trim_end(), owner.signature.as_deref().unwrap_or(&owner.mailbox.name))
}

/// True when the draft tells the news, so that it counts as told.
fn tells(text: &str, news: &str) -> bool {
    let plain = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
    let core = plain(news);
    let core = core.trim_end_matches(['.', '!']);
    !core.is_empty() && plain(text).contains(core.get(1..).unwrap_or(core))
}

type Words = Result<checkins::Draft, String>;

/// Renders with many seeds and keeps the rendering that colleagues who compare their mail would find least alike: no
/// subject that somebody of the employer was shown lately, and fewest sentences of other drafts.
fn words(tx: &Tx<'_>, template: &Template, context: &Context, contact: &Contact) -> Result<Words, StoreError> {
    let recent = tx.recent_drafts(RECENT)?;
    let used: HashSet<String> = recent.iter().flat_map(|draft| checkins::sentences(&draft.content.text)).collect();
    let is_colleague = |draft: &&Draft| contact.family.is_some() && draft.family == contact.family && draft.contact != contact.id;
    let shown: HashSet<&str> = recent.iter().filter(is_colleague).map(|draft| draft.content.subject.as_str()).collect();
    let start = u64::try_from(contact.id.0).unwrap_or(0).wrapping_mul(7_919);
    let mut best: Option<((bool, usize), checkins::Draft)> = None;
    for seed in 0..SEEDS {
        let rendered = match checkins::render(template, context, start.wrapping_add(seed)) {
            Ok(rendered) => rendered,
            Err(error) => return Ok(Err(error.to_string())),
        };
        let shared = checkins::sentences(&rendered.text).iter().filter(|sentence| used.contains(*sentence)).count();
        let alike = (shown.contains(rendered.subject.as_str()), shared);
        if best.as_ref().is_none_or(|(least, _)| alike < *least) {
            best = Some((alike, rendered));
        }
        if alike == (false, 0) {
            break;
        }
    }
    Ok(best.map(|(_, words)| words).ok_or_else(|| "the template could not be rendered".to_owned()))
}

fn context(world: &World, tx: &Tx<'_>, touch: &Touch, candidate: &Candidate) -> Result<Context, StoreError> {
    let contact = &candidate.contact;
    let name = greeting_name(&contact.name);
    let note = candidate.occasions.remarks.iter().find(|remark| !remark.is_talk);
    // Only the note that gives the occasion is told; what else the owner wrote down is nobody's business.
    let about = |reason: Reason| candidate.occasions.remarks.iter().find(|remark| remark_reason(remark) == Some(reason));
    let talk = match touch.because {
        Reason::AfterConference => about(Reason::AfterConference),
        _ => candidate.occasions.remarks.iter().find(|remark| remark.is_talk),
    };
    let today = world.today();
    let day = |at: Timestamp| at.to_zoned(world.settings.owner.zone.clone()).date();
    let last = candidate.story.last_touch.map(day);
    let employer = contact.employer.as_deref();
    let directory = Directory::new(tx.own_employers()?);
    let kind = employer.and_then(|name| directory.by_name(name)).map(|row| row.kind.in_words().to_owned());
    let owner = greeting_name(&world.settings.owner.mailbox.name);
    Ok(Context {
        greeting: name.as_ref().map(|name| name.first.clone()),
        contact: Person {
            name: contact.name.clone(),
            first: name.as_ref().map(|name| name.first.clone()),
            last: name.map(|name| name.last).filter(|last| !last.is_empty()),
            title: contact.title.clone(),
            employer: contact.employer.clone(),
            employer_kind: kind,
            met: contact.met.clone(),
            note: note.map(|note| note.text.clone()),
        },
        owner: checkins::Owner { name: world.settings.owner.mailbox.name.clone(), first: owner.map(|name| name.first) },
        news: candidate.occasions.news.as_ref().map(|(_, text)| text.clone()),
        season: candidate.occasions.season.as_ref().map(|(_, line)| line.clone()),
        meeting: Meeting {
            what: talk.map(|talk| if talk.is_talk { "our conversation".to_owned() } else { talk.text.clone() }),
            when: talk.map(|talk| ago(day(talk.on), today)),
        },
        last: Last {
            when: last.map(|last| in_month(last, today)),
            months: last.and_then(|last| u32::try_from(days(last, today) / 30).ok()),
        },
        opening: Opening { title: about(Reason::OpeningSeen).map(|note| subject_of(&note.text)), number: None, link: None },
        application: Application { what: about(Reason::ApplicationSent).map(|note| subject_of(&note.text)) },
        today: checkins::Today { month: today.strftime("%B").to_string() },
    })
}

/// What a note such as “applied for medical director, R-123” is about: the words after “for” or “:”.
fn subject_of(note: &str) -> String {
    let after = [" for the ", " for a ", " for ", ": "].iter().find_map(|mark| note.split_once(mark).map(|(_, rest)| rest));
    after.unwrap_or(note).trim().trim_end_matches('.').to_owned()
}

fn days(from: Date, to: Date) -> i32 {
    from.until(to).map_or(0, |span| span.get_days())
}

fn ago(day: Date, today: Date) -> String {
    match days(day, today) {
        ..=0 => "today".to_owned(),
        1 => "yesterday".to_owned(),
        2..=6 => format!("on {}", day.strftime("%A")),
        7..=13 => "last week".to_owned(),
        _ => in_month(day, today),
    }
}

fn in_month(day: Date, today: Date) -> String {
    if days(day, today) > 330 { day.strftime("in %B %Y").to_string() } else { day.strftime("in %B").to_string() }
}

/// The résumé, for templates that ask for it; never with a first word.
fn attachment(world: &World, template: &Template, reason: Reason) -> Result<Option<Attachment>, String> {
    if !template.attach_resume || reason == Reason::FirstWord {
        return Ok(None);
    }
    let path = world.settings.owner.resume.as_deref().ok_or("the template attaches your résumé, and [owner] resume names no file")?;
    read_attachment(path).map(|(file, _)| Some(file))
}

/// Reads a file that is to go with a check-in: its size and the hash that the yes is given to, and its bytes.
///
/// # Errors
/// When it cannot be read or is too large.
pub fn read_attachment(path: &Path) -> Result<(Attachment, Vec<u8>), String> {
    let unreadable = |error: std::io::Error| format!("the attachment {} cannot be read: {error}", path.display());
    let mut bytes = Vec::new();
    std::fs::File::open(path).map_err(unreadable)?.take(MOST_ATTACHED + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    let size = bytes.len() as u64;
    if size > MOST_ATTACHED {
        return Err(format!("the attachment {} is larger than the 10 MB that mail servers take", path.display()));
    }
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let file = Attachment { path: path.display().to_string(), name, sha256: super::change::sha256(&bytes), size };
    Ok((file, bytes))
}
