//! The questions of set-up, each with its default; Ctrl-C ends them and leaves nothing.

use inquire::validator::Validation;
use inquire::{Confirm, InquireError, Password, PasswordDisplayMode, Select, Text};
use secrecy::SecretString;

use crate::cli::Failure;
use crate::model::address::Address;

/// Asks for a line; an empty one is the default.
///
/// # Errors
/// When the owner stops.
pub(super) fn line(question: &str, default: &str) -> Result<String, Failure> {
    let prompt = Text::new(question);
    let prompt = if default.is_empty() { prompt } else { prompt.with_default(default) };
    prompt.prompt().map(|text| text.trim().to_owned()).map_err(stopped)
}

/// Asks for a line that must say something.
///
/// # Errors
/// When the owner stops.
pub(super) fn something(question: &str, default: &str) -> Result<String, Failure> {
    let check = |text: &str| {
        Ok(if text.trim().is_empty() { Validation::Invalid("this one is needed; Ctrl-C stops".into()) } else { Validation::Valid })
    };
    let prompt = Text::new(question).with_validator(check);
    let prompt = if default.is_empty() { prompt } else { prompt.with_default(default) };
    prompt.prompt().map(|text| text.trim().to_owned()).map_err(stopped)
}

/// Asks for an address.
///
/// # Errors
/// When the owner stops.
pub(super) fn address(question: &str) -> Result<String, Failure> {
    let check = |text: &str| match Address::parse(text) {
        Ok(_) => Ok(Validation::Valid),
        Err(error) => Ok(Validation::Invalid(error.to_string().into())),
    };
    Text::new(question).with_validator(check).prompt().map(|text| text.trim().to_owned()).map_err(stopped)
}

/// Asks for a secret, of which nothing is shown.
///
/// # Errors
/// When the owner stops.
pub(super) fn secret(question: &str) -> Result<SecretString, Failure> {
    let check = |text: &str| {
        let is_text = !text.trim().is_empty() && !text.contains(char::is_control);
        Ok(if is_text { Validation::Valid } else { Validation::Invalid("type or paste it; Ctrl-C stops".into()) })
    };
    let prompt = Password::new(question).with_display_mode(PasswordDisplayMode::Hidden).without_confirmation().with_validator(check);
    prompt.prompt().map(SecretString::from).map_err(stopped)
}

/// Asks for a yes; an empty answer is one.
///
/// # Errors
/// When the owner stops.
pub(super) fn yes(question: &str) -> Result<bool, Failure> {
    Confirm::new(question).with_default(true).prompt().map_err(stopped)
}

/// Asks which; the first is the default. The number of the answer.
///
/// # Errors
/// When the owner stops.
pub(super) fn which(question: &str, answers: Vec<String>) -> Result<usize, Failure> {
    Select::new(question, answers).without_help_message().raw_prompt().map(|chosen| chosen.index).map_err(stopped)
}

fn stopped(error: InquireError) -> Failure {
    match error {
        InquireError::OperationCanceled | InquireError::OperationInterrupted => Failure::user("stopped; nothing was written"),
        other => Failure::user(other.to_string()),
    }
}
