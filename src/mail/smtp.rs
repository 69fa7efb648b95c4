//! Sending one mail by SMTP submission (RFC 6409), stage by stage, so that the answer is one of four truths.

mod answer;
mod overheard;
mod talk;
mod wire;

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::time::Duration;

use secrecy::SecretString;

use crate::model::address::Address;
use crate::model::edge::{EdgeError, SendAnswer};
use crate::model::settings::Servers;
pub use overheard::overheard;
use talk::Talk;

/// How often a running send looks whether it is to end.
const LOOK_UP: Duration = Duration::from_millis(100);

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
    /// What a send whose body has begun gets to end in, when the program is to end.
    pub grace: Duration,
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
            grace: seconds(5),
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
    let way = Way { servers, password, deadlines: Deadlines::default(), is_stopped: &|| false };
    send_by(&way, envelope, bytes, before_body)
}

/// How to the server, and how long at most.
#[derive(Clone, Copy)]
pub struct Way<'a> {
    /// The owner's servers.
    pub servers: &'a Servers,
    /// The password of the login, or the access token where the settings say so.
    pub password: &'a SecretString,
    /// The limits of the stages.
    pub deadlines: Deadlines,
    /// True once the program is to end: a send that has not begun its body is then given up at once, any other after
    /// a few seconds' grace.
    pub is_stopped: &'a dyn Fn() -> bool,
}

/// [`send`], with deadlines and a way to end it.
pub fn send_by(way: &Way<'_>, envelope: &Envelope, bytes: &[u8], before_body: &mut dyn FnMut() -> Result<(), String>) -> SendAnswer {
    if !has_clean_lines(bytes) {
        return SendAnswer::NotSent(EdgeError::Permanent("the mail has a bare CR or LF, which servers read in two ways".to_owned()));
    }
    let has_begun = Cell::new(false);
    let mut begin = || before_body().inspect(|()| has_begun.set(true));
    let talk = async {
        let mut talk = pin!(converse(way, envelope, bytes, &mut begin));
        tokio::select! {
            answer = &mut talk => return answer,
            () = stopped(way.is_stopped) => (),
        }
        let grace = if has_begun.get() { way.deadlines.grace } else { Duration::ZERO };
        tokio::time::timeout(grace, talk).await.map_err(|_| gone(has_begun.get(), "the program was told to end"))?
    };
    match block_on(talk) {
        Ok(Ok(answer) | Err(answer)) => answer,
        Err(why) => gone(has_begun.get(), &why),
    }
}

/// What is known when a send ends in the middle.
fn gone(has_begun: bool, why: &str) -> SendAnswer {
    if has_begun { SendAnswer::Unknown(why.to_owned()) } else { SendAnswer::NotSent(EdgeError::temporary(why)) }
}

async fn stopped(is_stopped: &dyn Fn() -> bool) {
    while !is_stopped() {
        tokio::time::sleep(LOOK_UP).await;
    }
}

/// Tries the submission server: connect, TLS, login, goodbye. Says what was found.
///
/// # Errors
/// What stood in the way, by who must act.
pub fn check(servers: &Servers, password: &SecretString) -> Result<String, EdgeError> {
    check_by(&Way { servers, password, deadlines: Deadlines::default(), is_stopped: &|| false })
}

/// [`check`], with deadlines.
///
/// # Errors
/// As for [`check`].
pub fn check_by(way: &Way<'_>) -> Result<String, EdgeError> {
    let visit = async {
        let mut talk = Talk::open(way.servers, &way.deadlines).await?;
        let login = talk.login(way.servers, way.password).await;
        talk.goodbye().await;
        login.map(|()| format!("{} port {} takes your mail", way.servers.smtp.host, way.servers.smtp.port))
    };
    block_on(visit).map_err(EdgeError::temporary)?.map_err(answer::as_failure)
}

async fn converse(
    way: &Way<'_>,
    envelope: &Envelope,
    bytes: &[u8],
    before_body: &mut dyn FnMut() -> Result<(), String>,
) -> Result<SendAnswer, SendAnswer> {
    let mut talk = Talk::open(way.servers, &way.deadlines).await?;
    if let Err(answer) = prepare(&mut talk, way, envelope, bytes).await {
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

async fn prepare(talk: &mut Talk, way: &Way<'_>, envelope: &Envelope, bytes: &[u8]) -> Result<(), SendAnswer> {
    talk.login(way.servers, way.password).await?;
    talk.mail_from(&envelope.from, bytes).await?;
    talk.rcpt_to(&envelope.to).await?;
    talk.data().await
}

/// Runs on this thread; `Err` says why nothing came of it. A panic of the library (an EHLO line of spaces makes one) is
/// such a why. The runtime is not waited for at the end: a name look-up that hangs cannot be called back.
fn block_on<T>(future: impl Future<Output = T>) -> Result<T, String> {
    let built = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = built.map_err(|error| format!("no resources to open a connection ({error})"))?;
    let answer = catch_unwind(AssertUnwindSafe(|| runtime.block_on(future)));
    runtime.shutdown_background();
    answer.map_err(|_| "the mail server gave an answer that cannot be read".to_owned())
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
