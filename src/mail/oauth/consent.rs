//! Consent in the browser (RFC 8252): the provider asks the owner, and sends the browser back to a port of this machine.

use std::io::{BufRead as _, Stdin};
use std::net::{Ipv4Addr, TcpListener};
use std::os::fd::{AsFd as _, BorrowedFd};
use std::sync::Arc;
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use jiff::Timestamp;
use oauth2::{AuthorizationCode, CsrfToken, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl};
use rustix::event::{PollFd, PollFlags, Timespec, poll};

use super::browser::{self, Brought, Line};
use super::fault::{SignInError, of_first, refusal};
use super::provider::Client;
use super::{http, provider, tokens, whose};
use crate::model::settings::OAuth;
use crate::secrets::tokens::Tokens;

/// Lines that are listened to at once; a browser needs two or three.
const MOST_LINES: usize = 32;

/// What a sign-in needs.
pub struct Asking<'a> {
    /// With whom, by which client.
    pub oauth: &'a OAuth,
    /// The login name: the provider proposes this account.
    pub username: &'a str,
    /// The hour.
    pub hour: Arc<dyn Fn() -> Timestamp + Send + Sync>,
    /// Random bytes, for the state and the proof (RFC 7636).
    pub dice: [[u8; 32]; 2],
    /// How long the owner may take.
    pub patience: Duration,
}

/// What the owner is told meanwhile.
#[derive(Debug)]
pub enum Told<'a> {
    /// Open this address.
    Open(&'a str),
    /// Open this address and type this code.
    Type {
        /// The provider's page.
        address: &'a str,
        /// What to type there.
        code: &'a str,
    },
    /// An answer came that nobody here asked for; it was not used.
    Strange,
}

/// A terminal where the address can be pasted at which a browser on another machine ended.
pub type Pasting = Option<Stdin>;

/// Gets tokens by the owner's consent in a browser.
///
/// # Errors
/// When the owner says no or does not answer, or the provider refuses the program.
pub fn by_browser(asking: &Asking<'_>, tell: &mut dyn FnMut(Told<'_>), pasting: &Pasting) -> Result<Tokens, SignInError> {
    let (oauth, whom) = (asking.oauth, asking.oauth.provider);
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).map_err(no_port)?;
    listener.set_nonblocking(true).map_err(no_port)?;
    let port = listener.local_addr().map_err(no_port)?.port();
    let client = provider::client(oauth)?;
    let [state, proof] = asking.dice.map(|bytes| BASE64_URL_SAFE_NO_PAD.encode(bytes));
    let proof = PkceCodeVerifier::new(proof);
    let back = format!("http://{}:{port}/", provider::row(whom).redirect_host);
    let client = client.set_redirect_uri(RedirectUrl::new(back).map_err(|error| SignInError::Odd(error.to_string()))?);
    tell(Told::Open(&question(asking, &client, &state, &proof)));
    let until = Instant::now() + asking.patience;
    let code = Waiting { asking, listener, lines: Vec::new(), state: &state, pasting, until }.code(tell)?;
    let answer = client.exchange_code(AuthorizationCode::new(code)).set_pkce_verifier(proof).request(&http::ask);
    let answer = answer.map_err(|error| of_first(whom, &error))?;
    tokens(whose(oauth, asking.username)?, &answer, None, (asking.hour)()).ok_or(SignInError::NotLasting(whom))
}

/// The address at which the provider asks the owner.
fn question(asking: &Asking<'_>, client: &Client, state: &str, proof: &PkceCodeVerifier) -> String {
    let mut question = client
        .authorize_url(|| CsrfToken::new(state.to_owned()))
        .add_scopes(provider::scopes(asking.oauth))
        .set_pkce_challenge(PkceCodeChallenge::from_code_verifier_sha256(proof))
        .add_extra_param("login_hint", asking.username);
    for (name, value) in &provider::row(asking.oauth.provider).parameters {
        question = question.add_extra_param(name, value);
    }
    question.url().0.into()
}

fn no_port(error: std::io::Error) -> SignInError {
    SignInError::Odd(format!("no port of this machine could be opened ({})", error.kind()))
}

/// The wait for the browser to come back; whoever opens a line and says nothing, or little, holds up nobody.
struct Waiting<'a> {
    asking: &'a Asking<'a>,
    listener: TcpListener,
    lines: Vec<Line>,
    state: &'a str,
    pasting: &'a Pasting,
    until: Instant,
}

impl Waiting<'_> {
    /// The code. A strange answer ends nothing: whoever sent it could else end every sign-in.
    fn code(mut self, tell: &mut dyn FnMut(Told<'_>)) -> Result<String, SignInError> {
        let whom = self.asking.oauth.provider;
        loop {
            for brought in self.next().ok_or(SignInError::Late(whom, self.asking.patience))? {
                match brought {
                    Brought::Code(code) => return Ok(code),
                    Brought::Refused(code, words) => return Err(refusal(whom, &code, Some(&words))),
                    Brought::Strange => tell(Told::Strange),
                    Brought::Nothing => {}
                }
            }
        }
    }

    /// What comes next, by the browser or pasted; `None` when the time is over.
    fn next(&mut self) -> Option<Vec<Brought>> {
        let now = Instant::now();
        self.lines.retain(|line| line.until > now);
        let first = self.lines.iter().map(|line| line.until).fold(self.until, Instant::min);
        let left = self.until.checked_duration_since(now).filter(|left| !left.is_zero()).map(|_| first.duration_since(now))?;
        let ready = self.ready(&Timespec::try_from(left).ok()?)?;
        let (mut brought, mut spoken) = (Vec::new(), ready[2..].iter());
        self.lines.retain_mut(|line| {
            let heard = spoken.next().filter(|is_ready| **is_ready).and_then(|_| line.heard(self.state));
            let is_open = heard.is_none();
            brought.extend(heard);
            is_open
        });
        if ready[0] {
            self.accept(now);
        }
        if ready[1] {
            brought.push(self.pasted());
        }
        Some(brought)
    }

    /// Who has something to say: the port, the terminal, and each line. `None` when that cannot be found out.
    fn ready(&self, limit: &Timespec) -> Option<Vec<bool>> {
        let terminal = self.pasting.as_ref().map_or(self.listener.as_fd(), |stdin| stdin.as_fd());
        let all: Vec<BorrowedFd<'_>> = [self.listener.as_fd(), terminal].into_iter().chain(self.lines.iter().map(Line::as_fd)).collect();
        let mut waiting: Vec<PollFd<'_>> = all.iter().map(|one| PollFd::from_borrowed_fd(*one, PollFlags::IN)).collect();
        match poll(&mut waiting, Some(limit)) {
            Ok(_) | Err(rustix::io::Errno::INTR) => {}
            Err(_) => return None,
        }
        let mut ready: Vec<bool> = waiting.iter().map(|one| !one.revents().is_empty()).collect();
        ready[1] &= self.pasting.is_some();
        Some(ready)
    }

    fn accept(&mut self, now: Instant) {
        let Ok((line, _)) = self.listener.accept() else { return };
        if self.lines.len() >= MOST_LINES {
            self.lines.remove(0);
        }
        self.lines.extend(Line::new(line, now));
    }

    fn pasted(&self) -> Brought {
        let mut line = String::new();
        let read = self.pasting.as_ref().map(|stdin| stdin.lock().read_line(&mut line));
        match read {
            Some(Ok(count)) if count > 0 => browser::read(&line, self.state),
            // The terminal is gone; nobody will answer.
            _ => Brought::Refused("access_denied".to_owned(), String::new()),
        }
    }
}
