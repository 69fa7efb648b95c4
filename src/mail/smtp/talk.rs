//! One conversation with a submission server: each stage with its deadline, each answer in the model's words.

use std::cell::Cell;
use std::fmt::Display;
use std::iter;
use std::net::Ipv4Addr;
use std::pin::pin;
use std::sync::PoisonError;
use std::time::Duration;

use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::AsyncSmtpConnection;
use lettre::transport::smtp::commands::{Data, Mail, Rcpt};
use lettre::transport::smtp::extension::{ClientId, Extension, MailBodyParameter, MailParameter};
use secrecy::{ExposeSecret, SecretString};

use super::Deadlines;
use super::answer::{Reply, not_sent, permanent, trouble};
use super::wire::Wire;
use crate::model::address::Address;
use crate::model::edge::{EdgeError, Refusal, SendAnswer, Stage};
use crate::model::settings::{Security, Server, Servers};

/// What we call ourselves in EHLO: the owner's host name is nobody's business and would stand in every mail.
const NAME: ClientId = ClientId::Ipv4(Ipv4Addr::LOCALHOST);
/// Bytes of the body handed over at a time; one second is granted for each.
const CHUNK: usize = 16 * 1024;
/// The logins with a password that the library can do, and the one with an access token.
const MECHANISMS: [Mechanism; 2] = [Mechanism::Plain, Mechanism::Login];
const WITH_TOKEN: [Mechanism; 1] = [Mechanism::Xoauth2];

/// A conversation, greeted and secured.
pub struct Talk {
    connection: AsyncSmtpConnection,
    deadlines: Deadlines,
    /// The largest mail the server takes, in bytes (RFC 1870), if it says so.
    most: Option<usize>,
    /// True when the line does not leave this machine.
    is_local: bool,
}

impl Talk {
    /// Connects, secures the line and says hello.
    ///
    /// # Errors
    /// `Refused` at `Connect` or `Hello`, else `NotSent`.
    pub async fn open(servers: &Servers, deadlines: &Deadlines) -> Result<Self, SendAnswer> {
        forbid_plain(&servers.smtp)?;
        let wire = within(deadlines.connect, "connecting", connect(servers, deadlines.connect)).await?;
        let wire = within(deadlines.hello, "greeting", greet(servers, wire)).await?;
        let (stream, heard) = wire.greeted();
        let hello =
            async { AsyncSmtpConnection::connect_with_transport(stream, &NAME).await.map_err(|error| trouble(Stage::Hello, &error)) };
        let connection = within(deadlines.hello, "EHLO", hello).await?;
        let most = size_limit(&heard.lock().unwrap_or_else(PoisonError::into_inner));
        Ok(Self { connection, deadlines: *deadlines, most, is_local: servers.smtp.security == Security::None })
    }

    /// Logs in. A server on this machine that asks for no login gets none.
    ///
    /// # Errors
    /// `NotSent`: `Login` for a refusal, temporary for 4xx.
    pub async fn login(&mut self, servers: &Servers, password: &SecretString) -> Result<(), SendAnswer> {
        let has_token = servers.secret.oauth().is_some();
        let mechanisms: &[Mechanism] = if has_token { &WITH_TOKEN } else { &MECHANISMS };
        if self.connection.server_info().get_auth_mechanism(mechanisms).is_none() {
            return if self.is_local && !has_token { Ok(()) } else { Err(not_sent(EdgeError::Login(no_way_in(has_token).to_owned()))) };
        }
        let username = &servers.username;
        let credentials = Credentials::new(username.clone(), password.expose_secret().to_owned());
        let login = async {
            let answer = self.connection.auth(mechanisms, &credentials).await;
            // The library does not answer the reason that a server gives before its no to a token.
            let refused = || not_sent(EdgeError::Login("the mail server refused the sign-in".to_owned()));
            answer.map_err(|error| {
                if has_token && error.is_client() { refused() } else { super::answer::login_trouble(&error, username, password) }
            })
        };
        let response = within(self.deadlines.auth, "AUTH", login).await?;
        Reply::from(&response).expect_class(Stage::Auth, 2)
    }

    /// MAIL FROM, with the size where the server knows the word.
    ///
    /// # Errors
    /// `Refused` by the server, or here when the mail is larger than the server says it takes.
    pub async fn mail_from(&mut self, from: &Address, bytes: &[u8]) -> Result<(), SendAnswer> {
        let mut parameters = Vec::new();
        if let Some(most) = self.most {
            check_size(bytes.len(), most)?;
            parameters.push(MailParameter::Size(bytes.len()));
        }
        if !bytes.is_ascii() {
            if !self.connection.server_info().supports_feature(Extension::EightBitMime) {
                return Err(permanent("the mail has 8-bit text and the server takes none (8BITMIME)"));
            }
            parameters.push(MailParameter::Body(MailBodyParameter::EightBitMime));
        }
        self.command(Stage::MailFrom, Mail::new(Some(plain(from)?), parameters)).await?.expect_class(Stage::MailFrom, 2)
    }

    /// RCPT TO.
    ///
    /// # Errors
    /// `Refused` by the server, else `NotSent`.
    pub async fn rcpt_to(&mut self, to: &Address) -> Result<(), SendAnswer> {
        self.command(Stage::RcptTo, Rcpt::new(plain(to)?, Vec::new())).await?.expect_class(Stage::RcptTo, 2)
    }

    /// DATA, up to the server's 354.
    ///
    /// # Errors
    /// `Refused` by the server, else `NotSent`.
    pub async fn data(&mut self) -> Result<(), SendAnswer> {
        self.command(Stage::Data, Data).await?.expect_class(Stage::Data, 3)
    }

    /// Hands over the mail and waits for the answer to the final dot; gives the server's words.
    ///
    /// # Errors
    /// `Refused` on a clean 4xx or 5xx; `Unknown` on anything else, because the mail may have been taken.
    pub async fn body(&mut self, bytes: &[u8]) -> Result<String, SendAnswer> {
        // The library ends the body with CRLF dot CRLF: with our own last CRLF the mail would grow by an empty line.
        let body = bytes.strip_suffix(b"\r\n").unwrap_or(bytes);
        let handed_over = Cell::new(false);
        let end = iter::once_with(|| {
            handed_over.set(true);
            [].as_slice()
        });
        let mut talk = pin!(self.connection.message_iter(body.chunks(CHUNK).chain(end)));
        let limit = self.deadlines.body + Duration::from_secs(u64::try_from(bytes.len() / CHUNK).unwrap_or(u64::MAX));
        let mut answer = tokio::time::timeout(limit, &mut talk).await;
        if answer.is_err() && handed_over.get() {
            answer = tokio::time::timeout(self.deadlines.reply, &mut talk).await;
        }
        match answer {
            Ok(Ok(response)) if response.code().severity as u8 == 2 => Ok(Reply::from(&response).text),
            Ok(Ok(response)) => Err(SendAnswer::Unknown(format!("the server answered the mail with {}", response.code()))),
            Ok(Err(error)) if error.status().is_some() => Err(trouble(Stage::Body, &error)),
            Ok(Err(_)) => Err(SendAnswer::Unknown("the connection broke after the mail had begun to leave".to_owned())),
            Err(_) => Err(SendAnswer::Unknown("no answer came after the mail had begun to leave".to_owned())),
        }
    }

    /// QUIT; nothing depends on the answer, so it is not waited for long.
    pub async fn goodbye(&mut self) {
        let _ = tokio::time::timeout(self.deadlines.quit, self.connection.quit()).await;
    }

    async fn command(&mut self, stage: Stage, command: impl Display) -> Result<Reply, SendAnswer> {
        let at = command.to_string();
        let at = at.split([' ', '\r']).next().unwrap_or_default().to_owned();
        let talk = async { self.connection.command(command).await.map_err(|error| trouble(stage, &error)) };
        within(self.deadlines.command, &at, talk).await.map(|response| Reply::from(&response))
    }
}

const fn no_way_in(has_token: bool) -> &'static str {
    if has_token {
        "the mail server offers no sign-in with the provider (AUTH XOAUTH2) on this port"
    } else {
        "the mail server offers no login with a password (AUTH PLAIN or LOGIN) on this port"
    }
}

fn forbid_plain(server: &Server) -> Result<(), SendAnswer> {
    if server.security != Security::None || server.is_loopback() {
        return Ok(());
    }
    Err(permanent(&format!("mail would go to {} unsecured; security “none” is for this machine only", server.host)))
}

async fn connect(servers: &Servers, limit: Duration) -> Result<Wire, SendAnswer> {
    let wire = Wire::connect(&servers.smtp, limit).await.map_err(not_sent)?;
    if servers.smtp.security == Security::Tls { secured(servers, wire).await } else { Ok(wire) }
}

async fn secured(servers: &Servers, wire: Wire) -> Result<Wire, SendAnswer> {
    wire.secured(&servers.smtp.host, servers.ca_file.as_deref()).await.map_err(not_sent)
}

/// Reads the greeting and, where the settings say so, does STARTTLS (RFC 3207): without it nothing goes on.
async fn greet(servers: &Servers, mut wire: Wire) -> Result<Wire, SendAnswer> {
    Reply::read(&mut wire).await?.expect_class(Stage::Connect, 2)?;
    if servers.smtp.security != Security::StartTls {
        return Ok(wire);
    }
    let hello = ask(&mut wire, &format!("EHLO {NAME}")).await?;
    hello.expect_class(Stage::Hello, 2)?;
    if !hello.lines().any(|line| line.eq_ignore_ascii_case("STARTTLS")) {
        return Err(permanent(&format!("{} offers no STARTTLS on this port, and a password is not sent without", servers.smtp.host)));
    }
    let answer = ask(&mut wire, "STARTTLS").await?;
    answer.expect_class(Stage::Hello, 2).map_err(|_| refused_tls(&servers.smtp.host, &answer))?;
    secured(servers, wire).await
}

/// A line that stays in the clear is no refusal of the mail: somebody on the way may want it so.
fn refused_tls(host: &str, answer: &Reply) -> SendAnswer {
    not_sent(EdgeError::temporary(format!("{host} refused STARTTLS ({}), and a password is not sent without", answer.text)))
}

async fn ask(wire: &mut Wire, command: &str) -> Result<Reply, SendAnswer> {
    wire.say(command).await.map_err(|error| not_sent(EdgeError::temporary(format!("the mail server hung up ({error})"))))?;
    Reply::read(wire).await
}

/// The SIZE line of the EHLO reply (RFC 1870); 0 means no fixed limit.
pub(super) fn size_limit(hello: &[u8]) -> Option<usize> {
    let hello = String::from_utf8_lossy(hello);
    let size = hello.lines().find_map(|line| line.get(4..)?.strip_prefix("SIZE "))?.trim().parse().ok()?;
    (size > 0).then_some(size)
}

fn check_size(size: usize, most: usize) -> Result<(), SendAnswer> {
    if size <= most {
        return Ok(());
    }
    let text = format!("the mail has {size} bytes and the server takes at most {most}; a smaller attachment would do");
    Err(SendAnswer::Refused(Refusal { stage: Stage::MailFrom, code: 552, status: Some("5.3.4".to_owned()), text }))
}

fn plain(address: &Address) -> Result<lettre::Address, SendAnswer> {
    address.as_str().parse().map_err(|_| permanent(&format!("{} cannot be written to by SMTP", address.masked())))
}

/// `stage` within `limit`; late is a temporary failure that says at what.
async fn within<T>(limit: Duration, at: &str, stage: impl Future<Output = Result<T, SendAnswer>>) -> Result<T, SendAnswer> {
    let late = |_| not_sent(EdgeError::temporary(format!("the mail server did not answer in time ({at})")));
    tokio::time::timeout(limit, stage).await.map_err(late)?
}
