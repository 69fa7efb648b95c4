//! The short dialogue for what no flag said.

use inquire::validator::Validation;
use inquire::{InquireError, Text};

use super::Args;
use crate::cli::Failure;
use crate::model::address::Address;

/// Asks for what is missing; Ctrl-C leaves nothing half-written.
pub(super) fn missing(mut args: Args) -> Result<Args, Failure> {
    args.name = ask(args.name, "Your name, as it stands below a mail:", None)?;
    args.email = address(args.email)?;
    if args.folder.is_some() {
        return Ok(args);
    }
    let domain = args.email.as_deref().and_then(|email| email.rsplit_once('@')).map(|(_, domain)| domain.to_owned()).unwrap_or_default();
    args.imap_host = ask(args.imap_host, "IMAP server:", Some(&format!("imap.{domain}")))?;
    args.smtp_host = ask(args.smtp_host, "SMTP server:", Some(&format!("smtp.{domain}")))?;
    args.username = ask(args.username, "Login name:", args.email.clone().as_deref())?;
    if args.password_command.is_none() && args.password_file.is_none() && args.how.oauth.is_none() {
        args.password_command = ask(None, "A command that prints the password (such as: pass show mail):", None)?;
    }
    if args.never.is_empty() {
        let never = ask(None, "Your present employer's mail domain, never to be written to (empty: none):", Some(""))?;
        args.never = never
            .into_iter()
            .flat_map(|text| text.split([',', ' ']).map(str::to_owned).collect::<Vec<_>>())
            .filter(|text| !text.is_empty())
            .collect();
    }
    Ok(args)
}

fn ask(given: Option<String>, question: &str, default: Option<&str>) -> Result<Option<String>, Failure> {
    if given.is_some() {
        return Ok(given);
    }
    let prompt = Text::new(question);
    let prompt = match default {
        Some(default) => prompt.with_default(default),
        None => prompt,
    };
    prompt.prompt().map(Some).map_err(stopped)
}

fn address(given: Option<String>) -> Result<Option<String>, Failure> {
    if given.is_some() {
        return Ok(given);
    }
    let check = |text: &str| match Address::parse(text) {
        Ok(_) => Ok(Validation::Valid),
        Err(error) => Ok(Validation::Invalid(error.to_string().into())),
    };
    Text::new("Your address:").with_validator(check).prompt().map(Some).map_err(stopped)
}

fn stopped(error: InquireError) -> Failure {
    match error {
        InquireError::OperationCanceled | InquireError::OperationInterrupted => Failure::user("stopped; nothing was written"),
        other => Failure::user(other.to_string()),
    }
}
