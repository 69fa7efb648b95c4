//! `curbside digest`

use super::{Failure, Frame};
use crate::flow;

/// The weekly mail to you: look at it, or have it sent now
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  curbside digest --preview text\n  curbside digest --preview html > digest.html\n  curbside digest --send"
)]
pub struct Args {
    /// Print it as text or html instead of sending it
    #[arg(long, value_name = "FORM", value_parser = ["text", "html"])]
    preview: Option<String>,
    /// Send it to yourself now, besides the weekly one
    #[arg(long, conflicts_with = "preview")]
    send: bool,
    /// With --send: say what would be sent, and send nothing
    #[arg(long)]
    dry_run: bool,
}

pub(super) fn run(args: Args, frame: &Frame) -> Result<(), Failure> {
    let mut world = frame.world()?;
    let (digest, rendered) = flow::weekly_digest(&world)?;
    if args.send && !args.dry_run {
        flow::digest_now(&mut world)?;
    }
    let object = serde_json::json!({ "subject": rendered.subject, "text": rendered.text, "html": rendered.html, "digest": digest, "sent": args.send && !args.dry_run });
    let whole = format!("Subject: {}\n\n{}", rendered.subject, rendered.text);
    frame.say.answer(&object, || match args.preview.as_deref() {
        Some("html") => rendered.html.clone(),
        _ if args.send && args.dry_run => {
            format!("Nothing was sent. This would go to {}:\n\n{whole}", world.settings.owner.mailbox.address)
        }
        _ if args.send => format!("Sent to you: {}", rendered.subject),
        _ => whole,
    })?;
    Ok(())
}
