//! Where a secret that Curbside itself writes is kept: the keyring of the desktop, or a 0600 file, whole or not at all.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use secrecy::{ExposeSecret, SecretString};

use super::{SecretError, keyring, text_of};

/// A place for one secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// A file that only its owner may read.
    File(PathBuf),
    /// An entry of the keyring.
    Keyring {
        /// What it is: a password, or a sign-in.
        what: &'static str,
        /// The login name.
        username: String,
    },
}

impl Place {
    /// What is kept there; `None` when nothing is.
    ///
    /// # Errors
    /// When it cannot be read, or others may read it too.
    pub fn read(&self) -> Result<Option<SecretString>, SecretError> {
        match self {
            Self::File(path) => match text_of(path) {
                Ok(text) => Ok(Some(text)),
                Err(SecretError::Unreadable { error, .. }) if error.kind() == io::ErrorKind::NotFound => Ok(None),
                Err(error) => Err(error),
            },
            Self::Keyring { what, username } => keyring::read(what, username),
        }
    }

    /// Keeps a secret in place of the former one, which is there until the new one is safe on the disk.
    ///
    /// # Errors
    /// When it cannot be written; the former one is then still there.
    pub fn write(&self, secret: &SecretString) -> Result<(), SecretError> {
        self.write_holding(secret, ())
    }

    /// [`Place::write`]; `held` is held until nothing is written any more, also when that is later than this returns.
    ///
    /// # Errors
    /// As [`Place::write`].
    pub fn write_holding<H: Send + 'static>(&self, secret: &SecretString, held: H) -> Result<(), SecretError> {
        match self {
            Self::File(path) => {
                write_file(path, secret.expose_secret().as_bytes()).map_err(|error| SecretError::Unwritable { path: path.clone(), error })
            }
            Self::Keyring { what, username } => keyring::write(what, username, secret, held),
        }
    }

    /// Takes away what is kept there; true when there was something.
    ///
    /// # Errors
    /// When it cannot be taken away.
    pub fn remove(&self) -> Result<bool, SecretError> {
        match self {
            Self::File(path) => match fs::remove_file(path) {
                Ok(()) => Ok(true),
                Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
                Err(error) => Err(SecretError::Unwritable { path: path.clone(), error }),
            },
            Self::Keyring { what, username } => keyring::remove(what, username),
        }
    }
}

fn write_file(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let dir = path.parent().unwrap_or(Path::new("."));
    let mut file = tempfile::NamedTempFile::new_in(dir)?; // mode 0600
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    file.persist(path).map_err(|error| error.error)?;
    fs::File::open(dir)?.sync_all()
}
