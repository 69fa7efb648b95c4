//! Writing what was asked and tried: the settings and what opens the mailbox, both or neither; then the former secret goes.

use std::path::Path;

use secrecy::SecretString;

use super::sign_in::SignedIn;
use super::{Ready, wizard};
use crate::cli::places::Places;
use crate::cli::{Failure, Kind};
use crate::clock::{Clock, Dice};
use crate::config::{self, Staged};
use crate::model::settings::{Account, OAuth, SecretSource, Settings};
use crate::secrets::SecretError;
use crate::secrets::kept::Place;
use crate::secrets::keyring;
use crate::secrets::tokens::Shelf;
use crate::store::Store;

/// What is to be kept besides the settings.
pub(super) enum Kept {
    Nothing,
    SignIn(SignedIn),
    Password(Place, SecretString),
}

impl Kept {
    fn place(&self) -> Option<&Place> {
        match self {
            Self::Nothing => None,
            Self::SignIn(signed_in) => Some(signed_in.shelf.place()),
            Self::Password(place, _) => Some(place),
        }
    }

    fn write(&self) -> Result<(), SecretError> {
        match self {
            Self::Nothing => Ok(()),
            Self::SignIn(signed_in) => signed_in.keep(),
            Self::Password(place, secret) => place.write(secret),
        }
    }

    /// The same in a file beside the settings.
    fn into_file(self, settings: &Settings, dir: &Path) -> Self {
        match self {
            Self::SignIn(signed_in) => {
                let beside = oauth(settings).map(|oauth| Shelf::of(&OAuth { keyring: None, ..oauth.clone() }, dir));
                Self::SignIn(SignedIn { shelf: beside.unwrap_or_else(|| signed_in.shelf.clone()), ..signed_in })
            }
            Self::Password(_, secret) => Self::Password(Place::File(dir.join(wizard::FILE)), secret),
            Self::Nothing => Self::Nothing,
        }
    }
}

fn oauth(settings: &Settings) -> Option<&OAuth> {
    secret(settings)?.oauth()
}

fn secret(settings: &Settings) -> Option<&SecretSource> {
    match &settings.account {
        Account::Servers(servers) => Some(&servers.secret),
        Account::Folder { .. } => None,
    }
}

/// Writes everything, the settings last: without them nothing else counts, and when they fail the rest is as before. What
/// there is to say about it.
///
/// # Errors
/// When something cannot be written; then all is as it was.
pub(super) fn write(ready: &mut Ready, places: &Places) -> Result<Vec<String>, Failure> {
    let file = places.config_file();
    places.make()?;
    let mut staged = config::stage(&file, &ready.text)?;
    let store = Store::open(&places.database(), Clock::system().now())?;
    store.unite_suppressions(Dice::System.bytes(), Clock::system().now())?;
    let former = former(places);
    let mut said = Vec::new();
    let undo = match (keep(&ready.kept), ready.instead.take()) {
        (Err(why @ SecretError::Keyring(_)), Some(text)) => {
            staged = by_file(ready, places, text)?;
            said.push(format!("{}.", wizard::capital(&why.to_string())));
            keep(&ready.kept).map_err(unkept)?
        }
        (kept, _) => kept.map_err(unkept)?,
    };
    if let Err(error) = staged.persist() {
        undo.iter().for_each(Undo::back);
        return Err(Failure::from(error).hint("nothing was changed"));
    }
    said.extend(swept(former, ready.kept.place(), secret(&ready.settings)));
    Ok(said)
}

fn unkept(error: SecretError) -> Failure {
    Failure::new(Kind::Config, error.to_string()).hint("the settings were not changed")
}

/// The keyring did not take it: what was typed or agreed to is not lost for that.
fn by_file(ready: &mut Ready, places: &Places, text: String) -> Result<Staged, Failure> {
    let file = places.config_file();
    let staged = config::stage(&file, &text)?;
    ready.settings = config::parse(&text, &file)?;
    ready.text = text;
    ready.kept = std::mem::replace(&mut ready.kept, Kept::Nothing).into_file(&ready.settings, &places.config);
    Ok(staged)
}

/// What was there before.
struct Undo {
    place: Place,
    before: Option<SecretString>,
}

impl Undo {
    /// As it was; what fails here was said already by what failed before.
    fn back(&self) {
        let back = self.before.as_ref().map_or_else(|| self.place.remove().map(|_| ()), |secret| self.place.write(secret));
        if let Err(error) = back {
            tracing::warn!(%error, "the former secret could not be put back");
        }
    }
}

fn keep(kept: &Kept) -> Result<Option<Undo>, SecretError> {
    let Some(place) = kept.place().cloned() else { return Ok(None) };
    let before = place.read().ok().flatten();
    kept.write()?;
    Ok(Some(Undo { place, before }))
}

/// Where this program itself put what opened the mailbox until now. A password in a file or from a command of the owner's
/// own is theirs.
fn former(places: &Places) -> Vec<Former> {
    let file = places.config_file();
    let settings = std::fs::read_to_string(&file).ok().and_then(|text| config::parse(&text, &file).ok());
    let named = settings.as_ref().and_then(secret).and_then(|secret| match secret {
        SecretSource::OAuth(oauth) => Some(Former::SignIn(Shelf::of(oauth, &places.config))),
        SecretSource::Keyring(username) => Some(Former::Password(Place::Keyring { what: keyring::PASSWORD, username: username.clone() })),
        SecretSource::File(path) if *path == places.config.join(wizard::FILE) => Some(Former::Password(Place::File(path.clone()))),
        SecretSource::File(_) | SecretSource::Command(_) => None,
    });
    // Tokens that settings of old left behind.
    let tokens = Former::SignIn(Shelf::beside(&places.config));
    let is_other = named.as_ref().is_none_or(|named| named.place() != tokens.place());
    named.into_iter().chain(is_other.then_some(tokens)).collect()
}

/// A secret that the former settings were for.
enum Former {
    SignIn(Shelf),
    Password(Place),
}

impl Former {
    const fn place(&self) -> &Place {
        match self {
            Self::SignIn(tokens) => tokens.place(),
            Self::Password(place) => place,
        }
    }

    fn remove(&self) -> Result<bool, SecretError> {
        match self {
            Self::SignIn(tokens) => tokens.remove(),
            Self::Password(place) => place.remove(),
        }
    }
}

/// Takes away what nothing uses any more, and says so.
fn swept(former: Vec<Former>, kept: Option<&Place>, now: Option<&SecretSource>) -> Vec<String> {
    let is_used = |place: &Place| match (place, now) {
        (place, _) if Some(place) == kept => true,
        (Place::File(path), Some(SecretSource::File(used))) => path == used,
        (Place::Keyring { what, username }, Some(SecretSource::Keyring(used))) => *what == keyring::PASSWORD && username == used,
        _ => false,
    };
    let unused = former.into_iter().filter(|former| !is_used(former.place()));
    unused.filter_map(|former| gone(&former)).collect()
}

fn gone(former: &Former) -> Option<String> {
    let what = if matches!(former, Former::SignIn(_)) { "sign-in" } else { "password" };
    let place = match former.place() {
        Place::File(path) => path.display().to_string(),
        Place::Keyring { .. } => "the keyring".to_owned(),
    };
    match former.remove() {
        Ok(true) => Some(format!("The former {what} is taken out of {place}.")),
        Ok(false) => None,
        Err(error) => Some(format!("The former {what} is still in {place}, and nothing uses it: {error}.")),
    }
}
