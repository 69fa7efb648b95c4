//! A sign-in in the browser: whoever else speaks with its port holds up nothing, and the wait has an end.

use std::io::Write as _;
use std::net::TcpStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use curbside::mail::oauth::{self, Asking, SignInError, Told};
use curbside::model::settings::{OAuth, OAuthProvider};
use curbside::secrets::tokens::Tokens;
use jiff::Timestamp;
use oauth2::url::Url;

use crate::support::authority::{at, browse, desk, url};

/// Somebody who says a letter now and then, for as long as nobody stops them, and for half a minute at most.
struct Dripping {
    is_over: Arc<AtomicBool>,
    thread: JoinHandle<()>,
}

impl Dripping {
    fn at(port: u16) -> Self {
        let mut line = TcpStream::connect(("127.0.0.1", port)).expect("somebody listens");
        let is_over = Arc::new(AtomicBool::new(false));
        let told = Arc::clone(&is_over);
        let begun = Instant::now();
        let thread = thread::spawn(move || {
            while !told.load(Ordering::SeqCst) && begun.elapsed() < Duration::from_secs(30) {
                let _closed = line.write_all(b"G");
                thread::park_timeout(Duration::from_millis(200));
            }
        });
        Self { is_over, thread }
    }

    /// True when they spoke to the end; then they stop.
    fn still_speaks(self) -> bool {
        let speaks = !self.thread.is_finished();
        self.is_over.store(true, Ordering::SeqCst);
        speaks
    }
}

/// Waits for the browser; `then` is given the address that the owner is to open.
fn signs_in(desk: &str, patience: Duration, mut then: impl FnMut(&str)) -> Result<Tokens, SignInError> {
    let oauth = OAuth {
        provider: OAuthProvider::Google,
        client_id: Some("curbside-tests".to_owned()),
        client_secret: None,
        keyring: None,
        server: Some(url(desk)),
    };
    let hour = Arc::new(|| Timestamp::UNIX_EPOCH);
    let asking = Asking { oauth: &oauth, username: "leah@mail.example", hour, dice: [[1; 32], [2; 32]], patience };
    let mut tell = |told: Told<'_>| {
        if let Told::Open(address) = told {
            then(address);
        }
    };
    oauth::by_browser(&asking, &mut tell, &None)
}

/// The port that the provider sends the browser back to.
fn port_of(address: &str) -> u16 {
    let asked = Url::parse(address).expect("an address");
    let (_, back) = asked.query_pairs().find(|(name, _)| name == "redirect_uri").expect("a way back");
    Url::parse(&back).expect("an address").port().expect("a port of this machine")
}

#[test]
fn lines_that_say_nothing_or_drip_hold_up_no_sign_in() {
    let desk = desk("leah@mail.example");
    let (mut silent, mut dripping) = (Vec::new(), None);
    let tokens = signs_in(&desk, Duration::from_secs(60), |address| {
        let port = port_of(address);
        silent.extend((0..40).map(|_| TcpStream::connect(("127.0.0.1", port)).expect("somebody listens")));
        dripping = Some(Dripping::at(port));
        let address = address.to_owned();
        thread::spawn(move || browse(&address));
    });
    assert!(dripping.expect("the address was told").still_speaks(), "nobody waited for them");
    tokens.expect("a yes");
}

#[test]
fn the_wait_ends_though_somebody_speaks_on_and_says_what_to_do() {
    let desk = desk("leah@mail.example");
    let mut dripping = None;
    let late = signs_in(&desk, Duration::from_secs(1), |address| dripping = Some(Dripping::at(port_of(address))));
    assert!(dripping.expect("the address was told").still_speaks(), "nobody waited for them");
    let said = late.expect_err("nobody said yes").to_string();
    assert!(said.contains("no answer came from Google within a minute; give the same command again"), "{said}");
}

#[test]
fn a_first_answer_that_came_too_late_is_no_sign_in_that_was_ended() {
    let desk = desk("leah@mail.example");
    at(&desk, |desk| desk.is_revoked = true); // invalid_grant, whatever is asked for
    let refused = signs_in(&desk, Duration::from_secs(60), |address| {
        let address = address.to_owned();
        thread::spawn(move || browse(&address));
    });
    let said = refused.expect_err("no tokens").to_string();
    assert!(
        said.contains("Google does not take the answer that came by the browser") && said.contains("give the same command again"),
        "{said}"
    );
    assert!(!said.contains("reauth") && !said.contains("has ended"), "there was no sign-in yet: {said}");
}
