//! Why there is no sign-in, by who must act, without a token in any word.

use std::error::Error as StdError;
use std::time::Duration;

use oauth2::basic::BasicErrorResponse;
use oauth2::{RequestTokenError, StandardErrorResponse};

use super::provider::name;
use crate::model::address::clean_name;
use crate::model::edge::EdgeError;
use crate::model::settings::OAuthProvider;
use crate::secrets::SecretError;

/// Characters kept of what a provider says.
const MOST_WORDS: usize = 200;
/// What a server calls its own trouble (RFC 6749, 4.1.2.1).
const BUSY: [&str; 2] = ["temporarily_unavailable", "server_error"];

/// Why there is no sign-in.
#[derive(Debug, thiserror::Error)]
pub enum SignInError {
    /// Neither the settings nor the build name a client id.
    #[error("there is no client id for {}, and without one it lets no program at your mail; curbside init --oauth {} says how to get one", name(*.0), .0.key())]
    NoClient(OAuthProvider),
    /// The owner said no there.
    #[error("{} was told no, so nothing was signed in", name(*.0))]
    Denied(OAuthProvider),
    /// Nobody answered in so long.
    #[error("no answer came from {} within {}; give the same command again, and say yes on the page it names", name(*.0), minutes(*.1))]
    Late(OAuthProvider, Duration),
    /// The first answer is worth nothing any more.
    #[error("{} does not take the answer that came by the browser: it holds for a few minutes, and once; give the same command again", name(*.0))]
    Spent(OAuthProvider),
    /// The provider gave a token that cannot be renewed.
    #[error("{} gave a sign-in that ends within the hour, not a lasting one; take Curbside off the list of programs there and sign in again", name(*.0))]
    NotLasting(OAuthProvider),
    /// Device codes are of no use there.
    #[error("{0}")]
    NoDevice(&'static str),
    /// The provider said no to the program.
    #[error("{} refused: {}", name(*.0), .1)]
    Refused(OAuthProvider, String),
    /// The grant ended: withdrawn, expired, or the password changed.
    #[error("{} has ended this sign-in; sign in again: curbside init --reauth. {}", name(*.0), super::when_it_ended(*.0))]
    Ended(OAuthProvider),
    /// There was none yet, or it is for another account.
    #[error("you are not signed in with {} yet: curbside init --reauth", name(*.0))]
    Never(OAuthProvider),
    /// The network, or a server that is unwell.
    #[error("{} could not be asked: {}", name(*.0), .1)]
    Network(OAuthProvider, String),
    /// What is kept cannot be read or written.
    #[error(transparent)]
    Kept(#[from] SecretError),
    /// An address of ours is none.
    #[error("the sign-in cannot be begun: {0}")]
    Odd(String),
}

impl From<SignInError> for EdgeError {
    fn from(error: SignInError) -> Self {
        match error {
            SignInError::Network(..) | SignInError::Kept(SecretError::Held | SecretError::Keyring(_)) => {
                Self::temporary(format!("{error}."))
            }
            other => Self::Login(other.to_string()),
        }
    }
}

/// What an answer of the token endpoint means; `Ended` for a grant that is over.
pub(super) fn of_token<E: StdError>(provider: OAuthProvider, error: &RequestTokenError<E, BasicErrorResponse>) -> SignInError {
    match error {
        RequestTokenError::ServerResponse(answer) if answer.error().as_ref() == "invalid_grant" => SignInError::Ended(provider),
        other => of_answer(provider, other),
    }
}

/// The same at the first sign-in: there is none yet that could be over.
pub(super) fn of_first<E: StdError>(provider: OAuthProvider, error: &RequestTokenError<E, BasicErrorResponse>) -> SignInError {
    match of_token(provider, error) {
        SignInError::Ended(_) => SignInError::Spent(provider),
        other => other,
    }
}

/// The same for an answer that can say anything.
pub(super) fn of_answer<E, T>(provider: OAuthProvider, error: &RequestTokenError<E, StandardErrorResponse<T>>) -> SignInError
where
    E: StdError,
    T: oauth2::ErrorResponseType + std::fmt::Display,
{
    match error {
        RequestTokenError::ServerResponse(answer) => refusal(provider, &answer.error().to_string(), answer.error_description()),
        RequestTokenError::Request(error) => SignInError::Network(provider, error.to_string()),
        // Neither the parser's words nor the answer itself are shown: a token may stand there.
        RequestTokenError::Parse(..) | RequestTokenError::Other(_) => {
            SignInError::Network(provider, "it gave an answer that cannot be read".to_owned())
        }
    }
}

/// A refusal in the provider's words: its code, and the first sentence of what it says about it.
pub(super) fn refusal(provider: OAuthProvider, code: &str, description: Option<&String>) -> SignInError {
    if code == "access_denied" {
        return SignInError::Denied(provider);
    }
    let words = said(code, description.map_or("", String::as_str));
    if BUSY.contains(&code) { SignInError::Network(provider, words) } else { SignInError::Refused(provider, words) }
}

/// `15 minutes`, rounded up.
fn minutes(time: Duration) -> String {
    match time.as_secs().div_ceil(60) {
        0 | 1 => "a minute".to_owned(),
        more => format!("{more} minutes"),
    }
}

fn said(code: &str, description: &str) -> String {
    let sentence = clean_name(description.lines().next().unwrap_or_default());
    let hidden = |word| if str::contains(word, '@') || word.len() > 40 { "…" } else { word };
    let sentence: Vec<&str> = sentence.split_whitespace().map(hidden).collect();
    let words = format!("{} ({})", sentence.join(" ").trim_end_matches('.'), clean_name(code));
    words.trim_start().chars().take(MOST_WORDS).collect()
}
