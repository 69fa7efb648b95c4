//! Sending one mail by SMTP submission (RFC 6409), stage by stage, so that the answer is one of four truths.

mod answer;
mod talk;
mod wire;

use std::time::Duration;

use secrecy::SecretString;

use crate::model::address::Address;
use crate::model::edge::{EdgeError, SendAnswer};
use crate::model::settings::Servers;
use talk::Talk;

/// Who sends and who receives: one person each, because a half-accepted mail has no name among the four truths.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Envelope {
    /// MAIL FROM.
    pub from: Address,
    /// RCPT TO.
    pub to: Address,
}

/// How long each stage may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Deadlines {
    /// TCP and TLS.
    pub connect: Duration,
    /// The greeting, EHLO and STARTTLS.
    pub hello: Duration,
    /// AUTH.
    pub auth: Duration,
    /// MAIL, RCPT and DATA, each.
    pub command: Duration,
    /// Handing over the body; one second more for each 16 KiB.
    pub body: Duration,
    /// The reply to the final dot (RFC 5321, 4.5.3.2.6).
    pub reply: Duration,
    /// QUIT; nothing depends on it.
    pub quit: Duration,
}

impl Default for Deadlines {
    fn default() -> Self {
        let seconds = Duration::from_secs;
        Self {
            connect: seconds(20),
            hello: seconds(30),
            auth: seconds(60),
            command: seconds(60),
            body: seconds(60),
            reply: seconds(600),
            quit: seconds(2),
        }
    }
}

/// Sends `bytes`, a whole mail with CRLF line ends, to one person.
///
/// `before_body` is called after the server's 354 and before the first byte of the body; if it fails, nothing of the
/// body leaves and the connection is dropped.
pub fn send(
    servers: &Servers,
    password: &SecretString,
    envelope: &Envelope,
    bytes: &[u8],
    before_body: &mut dyn FnMut() -> Result<(), String>,
) -> SendAnswer {
    send_within(&Deadlines::default(), servers, password, envelope, bytes, before_body)
}

/// [`send`] with other deadlines.
pub fn send_within(
    deadlines: &Deadlines,
    servers: &Servers,
    password: &SecretString,
    envelope: &Envelope,
    bytes: &[u8],
    before_body: &mut dyn FnMut() -> Result<(), String>,
) -> SendAnswer {
    if !has_clean_lines(bytes) {
        return SendAnswer::NotSent(EdgeError::Permanent("the mail has a bare CR or LF, which servers read in two ways".to_owned()));
    }
    let talk = converse(deadlines, servers, password, envelope, bytes, before_body);
    block_on(talk).unwrap_or_else(|error| Err(SendAnswer::NotSent(error))).unwrap_or_else(|answer| answer)
}

/// Tries the submission server: connect, TLS, login, goodbye. Says what was found.
///
/// # Errors
/// What stood in the way, by who must act.
pub fn check(servers: &Servers, password: &SecretString) -> Result<String, EdgeError> {
    check_within(&Deadlines::default(), servers, password)
}

/// [`check`] with other deadlines.
///
/// # Errors
/// As for [`check`].
pub fn check_within(deadlines: &Deadlines, servers: &Servers, password: &SecretString) -> Result<String, EdgeError> {
    let visit = async {
        let mut talk = Talk::open(servers, deadlines).await?;
        let login = talk.login(&servers.username, password).await;
        talk.goodbye().await;
        login.map(|()| format!("{} port {} takes your mail", servers.smtp.host, servers.smtp.port))
    };
    block_on(visit)?.map_err(answer::as_failure)
}

async fn converse(
    deadlines: &Deadlines,
    servers: &Servers,
    password: &SecretString,
    envelope: &Envelope,
    bytes: &[u8],
    before_body: &mut dyn FnMut() -> Result<(), String>,
) -> Result<SendAnswer, SendAnswer> {
    let mut talk = Talk::open(servers, deadlines).await?;
    if let Err(answer) = prepare(&mut talk, servers, password, envelope, bytes).await {
        if matches!(answer, SendAnswer::Refused(_)) {
            talk.goodbye().await;
        }
        return Err(answer);
    }
    before_body().map_err(|why| SendAnswer::NotSent(EdgeError::Interrupted(why)))?;
    let accepted = talk.body(bytes).await?;
    talk.goodbye().await;
    Ok(SendAnswer::Accepted(accepted))
}

async fn prepare(talk: &mut Talk, servers: &Servers, password: &SecretString, envelope: &Envelope, bytes: &[u8]) -> Result<(), SendAnswer> {
    talk.login(&servers.username, password).await?;
    talk.mail_from(&envelope.from, bytes).await?;
    talk.rcpt_to(&envelope.to).await?;
    talk.data().await
}

/// Runs on this thread. The runtime is not waited for at the end: a name look-up that hangs cannot be called back.
fn block_on<T>(future: impl Future<Output = T>) -> Result<T, EdgeError> {
    let built = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = built.map_err(|error| EdgeError::temporary(format!("no resources to open a connection ({error})")))?;
    let answer = runtime.block_on(future);
    runtime.shutdown_background();
    Ok(answer)
}

/// True when every line ends in CRLF and neither CR nor LF stands alone (RFC 5321, 2.3.8): a lone one lets two servers
/// see two different ends of a mail.
fn has_clean_lines(bytes: &[u8]) -> bool {
    let paired = |at: usize| match bytes[at] {
        b'\r' => bytes.get(at + 1) == Some(&b'\n'),
        _ => at > 0 && bytes[at - 1] == b'\r',
    };
    memchr::memchr2_iter(b'\r', b'\n', bytes).all(paired)
}
