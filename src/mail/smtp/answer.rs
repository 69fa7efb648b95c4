//! What a server's reply means, in the model's words.

use std::error::Error as _;
use std::str::FromStr;

use lettre::transport::smtp::Error;
use lettre::transport::smtp::response::Response;
use secrecy::SecretString;

use super::wire::Wire;
use crate::model::address::clean_name;
use crate::model::edge::{EdgeError, Refusal, SendAnswer, Stage};
use crate::secrets;

/// Characters kept of what a server says.
const MOST_WORDS: usize = 500;
/// Seconds until a server that takes no login now is asked again.
const LEAST_WAIT: u64 = 60;
/// Reply codes and statuses that say the login is at fault, at whatever stage they are said.
const LOGIN_CODES: [u16; 3] = [530, 534, 535];
const LOGIN_STATUSES: [&str; 1] = ["5.7.30"];

/// A reply of the server.
pub struct Reply {
    code: u16,
    /// Its lines without codes, cleaned and joined by spaces.
    pub text: String,
    raw: String,
}

impl From<&Response> for Reply {
    fn from(response: &Response) -> Self {
        let raw = response.message().collect::<Vec<_>>().join("\n");
        Self { code: response.code().into(), text: words(&raw), raw }
    }
}

impl Reply {
    /// Reads one reply from a line that the library does not have yet.
    ///
    /// # Errors
    /// `NotSent` when the line ends, or what came is no SMTP.
    pub async fn read(wire: &mut Wire) -> Result<Self, SendAnswer> {
        let hung_up = |error| not_sent(EdgeError::temporary(format!("the mail server hung up ({error})")));
        let text = wire.reply().await.map_err(hung_up)?;
        Response::from_str(&text).map(|response| Self::from(&response)).map_err(|_| no_smtp())
    }

    /// The lines of the reply, without codes.
    pub fn lines(&self) -> impl Iterator<Item = &str> {
        self.raw.lines()
    }

    /// Ok when the code begins with `class`.
    ///
    /// # Errors
    /// The refusal, or `NotSent` when the server answers something else than was asked.
    pub fn expect_class(&self, stage: Stage, class: u16) -> Result<(), SendAnswer> {
        match self.code / 100 {
            found if found == class => Ok(()),
            4 | 5 => Err(refusal(stage, self.code, &self.raw)),
            _ => Err(not_sent(EdgeError::temporary(format!("the mail server gave an unexpected answer ({})", self.code)))),
        }
    }
}

/// Nothing left this machine.
#[must_use]
pub const fn not_sent(error: EdgeError) -> SendAnswer {
    SendAnswer::NotSent(error)
}

/// Nothing left this machine, and nothing will until something is changed.
#[must_use]
pub fn permanent(why: &str) -> SendAnswer {
    not_sent(EdgeError::Permanent(why.to_owned()))
}

/// An error of the library before the body: a refusal when the server said one.
#[must_use]
pub fn trouble(stage: Stage, error: &Error) -> SendAnswer {
    match error.status() {
        Some(code) => refusal(stage, code.into(), &said(error)),
        None if error.is_response() => no_smtp(),
        None if error.is_client() => permanent("the mail server asked for something Curbside cannot do"),
        None => not_sent(EdgeError::temporary("the connection to the mail server broke")),
    }
}

/// An error while logging in; a server that repeats what it was sent must not get the password into our words.
#[must_use]
pub fn login_trouble(error: &Error, username: &str, password: &SecretString) -> SendAnswer {
    match error.status() {
        Some(code) if secrets::is_in(&said(error), username, password) => {
            refusal(Stage::Auth, code.into(), "(the server repeated the login)")
        }
        _ => trouble(Stage::Auth, error),
    }
}

/// The answer of a visit that sends nothing.
#[must_use]
pub fn as_failure(answer: SendAnswer) -> EdgeError {
    match answer {
        SendAnswer::NotSent(error) => error,
        SendAnswer::Refused(refusal) if refusal.is_permanent() => EdgeError::Permanent(refusal.text),
        SendAnswer::Refused(refusal) => EdgeError::temporary(refusal.text),
        SendAnswer::Accepted(words) | SendAnswer::Unknown(words) => EdgeError::temporary(words),
    }
}

fn refusal(stage: Stage, code: u16, said: &str) -> SendAnswer {
    let (status, text) = (enhanced_status(said), words(said));
    let is_login = LOGIN_CODES.contains(&code) || status.as_deref().is_some_and(|status| LOGIN_STATUSES.contains(&status));
    // A refusal may come without a word.
    let told = format!("{code} {text}");
    let told = told.trim_end();
    if is_login || (stage == Stage::Auth && code >= 500) {
        return not_sent(EdgeError::Login(format!("the mail server refused the login: {told}")));
    }
    if stage == Stage::Auth {
        let what = format!("the mail server takes no login now: {told}");
        return not_sent(EdgeError::Temporary { what, wait: Some(LEAST_WAIT) });
    }
    SendAnswer::Refused(Refusal { stage, code, status, text })
}

fn no_smtp() -> SendAnswer {
    not_sent(EdgeError::temporary("what answers there does not speak SMTP; is the port right?"))
}

/// The server's own words, from the error the library made of them.
fn said(error: &Error) -> String {
    error.source().map(ToString::to_string).unwrap_or_default()
}

fn words(said: &str) -> String {
    clean_name(said).chars().take(MOST_WORDS).collect::<String>().trim_end().to_owned()
}

/// The status at the start of the words (RFC 3463), `5.1.1`; some servers write `#5.1.1` or `5.1.1:`.
fn enhanced_status(said: &str) -> Option<String> {
    let word = said.split_whitespace().next()?.trim_matches(['#', ':']);
    let parts: Vec<&str> = word.split('.').collect();
    let is_number = |part: &&str| (1..=3).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
    (parts.len() == 3 && matches!(parts[0], "2" | "4" | "5") && parts.iter().all(is_number)).then(|| word.to_owned())
}
