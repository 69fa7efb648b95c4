//! `curbside read`

use std::path::PathBuf;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::{Failure, Frame, Kind};
use crate::config;
use crate::flow::{Sense, Taught, understand};
use crate::mail::mime;
use crate::model::address::Address;
use crate::model::mail::Mail;
use crate::model::reading::Reading;
use crate::model::span::Span;
use crate::store::Store;

mod again;
mod words;

/// Explain how mails would be understood; stores nothing
///
/// Works without init. Give - to read one mail from standard input. With --since it reads the kept mails again and says
/// which of them it would take otherwise today; --apply believes that, and the journal says so.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  curbside read mail.eml\n  curbside read --json --me leah@mail.example *.eml\n  \
    curbside read --since 90d\n  curbside read --since 90d --apply")]
pub struct Args {
    /// Files that hold one mail each
    #[arg(required_unless_present = "since", conflicts_with = "since", value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Read the mails again that were kept within this span, like 90d
    #[arg(long, value_name = "SPAN")]
    since: Option<Span>,
    /// Believe today's reading of them
    #[arg(long, requires = "since", conflicts_with = "files")]
    apply: bool,
    /// Your address, so that your own mail is known as such; may be given several times
    #[arg(long, value_name = "ADDRESS")]
    me: Vec<Address>,
}

pub(super) fn run(args: Args, frame: &Frame) -> Result<(), Failure> {
    if let Some(span) = args.since {
        return again::run(span, args.apply, frame);
    }
    let taught = taught(frame);
    let (me, zone) = owner(&args, frame);
    let arrived = frame.clock(None)?.now();
    let mut bad = false;
    for file in &args.files {
        let object = match explain(file, &me, &zone, arrived, taught.as_ref()) {
            Ok(object) => object,
            Err(why) => {
                bad = true;
                if !frame.say.json {
                    frame.say.warn(&format!("{}: {why}", file.display()));
                    continue;
                }
                json!({ "file": file.display().to_string(), "error": why })
            }
        };
        frame.say.answer(&object, || words::words(&object))?;
    }
    if bad { Err(Failure::silent(Kind::User)) } else { Ok(()) }
}

fn owner(args: &Args, frame: &Frame) -> (Vec<Address>, TimeZone) {
    let settings = frame.places().ok().and_then(|places| config::load(&places.config_file()).ok());
    let zone = settings.as_ref().map_or_else(TimeZone::system, |settings| settings.owner.zone.clone());
    let mut me = args.me.clone();
    me.extend(settings.map(|settings| settings.owner.addresses()).unwrap_or_default());
    (me, zone)
}

/// What the owner corrected, where there is an owner.
fn taught(frame: &Frame) -> Option<Taught> {
    let places = frame.places().ok()?;
    let settings = config::load(&places.config_file()).ok()?;
    let store = Store::open_read_only(&places.database()).ok()?;
    Some(Taught::of(store.read(|tx| tx.corrections()).ok()?, &settings.owner.zone))
}

fn explain(file: &std::path::Path, me: &[Address], zone: &TimeZone, now: Timestamp, taught: Option<&Taught>) -> Result<Value, String> {
    let bytes = bytes(file)?;
    let mail = mime::parse(&bytes).filter(is_mail).ok_or("this is no mail: it has no header")?;
    let from_now = |at: &Timestamp| at.duration_since(now) > SignedDuration::from_hours(25);
    let arrived = mail.date.map(|date| date.at).filter(|at| !from_now(at)).unwrap_or(now);
    let reading = understand(&mail, &Sense { me, arrived, zone: zone.clone(), taught });
    Ok(object(file, &mail, &reading))
}

/// Nearly any bytes hold something like a header line; a mail has one that mails have.
fn is_mail(mail: &Mail) -> bool {
    const USUAL: [&str; 12] = [
        "from",
        "to",
        "cc",
        "subject",
        "date",
        "message-id",
        "received",
        "return-path",
        "delivered-to",
        "mime-version",
        "content-type",
        "sender",
    ];
    USUAL.iter().any(|name| mail.header(name).is_some())
}

fn bytes(file: &std::path::Path) -> Result<Vec<u8>, String> {
    use std::io::Read as _;
    // One byte more than is parsed, so that the reader can tell that it was cut.
    let most = mime::limits::BYTES as u64 + 1;
    let mut bytes = Vec::new();
    let outcome = if file.as_os_str() == "-" {
        std::io::stdin().take(most).read_to_end(&mut bytes)
    } else {
        std::fs::File::open(file).and_then(|open| open.take(most).read_to_end(&mut bytes))
    };
    outcome.map(|_| bytes).map_err(|error| format!("cannot be read: {error}"))
}

fn object(file: &std::path::Path, mail: &Mail, reading: &Reading) -> Value {
    let bounce =
        reading.bounce.as_ref().map(|bounce| json!({ "recipients": bounce.recipients, "original_message_id": bounce.original_message_id }));
    json!({
        "file": file.display().to_string(),
        "kind": reading.kind,
        "message_id": mail.message_id.as_ref().map(|id| format!("<{id}>")),
        "from": mail.sender(),
        "subject": mail.subject,
        "date": mail.date.map(|date| date.at.display_with_offset(date.offset).to_string()),
        "new_text": reading.new_text,
        "signature": reading.signature,
        "outcome": reading.outcome,
        "outcomes": reading.outcomes,
        "confidence": (reading.confidence * 1000.0).round() / 1000.0,
        "facts": reading.facts,
        "bounce": bounce,
        "rules": reading.rules,
    })
}
