//! A sign-in by a code typed elsewhere: asked for as slowly as the provider says, and not for ever.

use std::cell::RefCell;
use std::sync::Arc;
use std::time::Duration;

use curbside::mail::oauth::{self, Asking, SignInError, Told};
use curbside::model::settings::{OAuth, OAuthProvider};
use curbside::secrets::tokens::Tokens;
use jiff::Timestamp;

use crate::support::authority::{at, desk, url};

/// Signs in by a code; how long was rested each time, and what came of it.
fn typed(desk: &str) -> (Vec<u64>, Result<Tokens, SignInError>) {
    let oauth = OAuth {
        provider: OAuthProvider::Microsoft,
        client_id: Some("curbside-tests".to_owned()),
        client_secret: None,
        keyring: None,
        server: Some(url(desk)),
    };
    let hour = Arc::new(|| Timestamp::UNIX_EPOCH);
    let asking =
        Asking { oauth: &oauth, username: "leah@mail.example", hour, dice: [[1; 32], [2; 32]], patience: Duration::from_secs(600) };
    let rests = RefCell::new(Vec::new());
    let mut shown = false;
    let tokens = oauth::by_device(&asking, &mut |told| shown |= matches!(told, Told::Type { code: "WDJB-MJHT", .. }), &|rest| {
        rests.borrow_mut().push(rest.as_secs());
    });
    assert!(shown, "the owner is told the code first");
    (rests.into_inner(), tokens)
}

#[test]
fn a_provider_that_says_slower_is_asked_slower() {
    let desk = desk("leah@mail.example");
    at(&desk, |desk| desk.not_yet.extend(["authorization_pending", "slow_down", "authorization_pending"]));
    let (rests, tokens) = typed(&desk);
    assert_eq!(rests, [1, 6, 6]);
    assert_eq!(tokens.expect("a yes in the end").ends, Timestamp::UNIX_EPOCH + jiff::SignedDuration::from_hours(1));
}

#[test]
fn a_code_that_ran_out_or_was_refused_is_said_to_be() {
    for (error, words) in [
        ("expired_token", "no answer came from Microsoft within 10 minutes; give the same command again"),
        ("access_denied", "Microsoft was told no"),
    ] {
        let desk = desk("leah@mail.example");
        at(&desk, |desk| desk.not_yet.extend(["authorization_pending", error]));
        let why = typed(&desk).1.expect_err("no tokens").to_string();
        assert!(why.contains(words), "{why}");
    }
}

#[test]
fn what_the_provider_says_is_told_without_addresses_and_numbers_of_its_own() {
    let desk = desk("leah@mail.example");
    at(&desk, |desk| desk.not_yet.extend(["invalid_scope"]));
    let why = typed(&desk).1.expect_err("no tokens").to_string();
    assert!(why.starts_with("Microsoft refused: AADSTS1: for …") && why.contains("(invalid_scope)") && !why.contains('@'), "{why}");
}

#[test]
fn google_hands_mail_to_no_code_and_nobody_is_asked() {
    let oauth =
        OAuth { provider: OAuthProvider::Google, client_id: Some("x".to_owned()), client_secret: None, keyring: None, server: None };
    assert!(oauth::device_refusal(&oauth).is_some_and(|why| why.contains("paste the address")));
    assert!(oauth::device_refusal(&OAuth { provider: OAuthProvider::Microsoft, ..oauth }).is_none());
}
