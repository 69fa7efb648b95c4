//! Where things lie: all in one folder with `--home`, else in the XDG places.

use std::path::{Path, PathBuf};

use etcetera::BaseStrategy;

use super::Failure;

/// The folders and files of one owner.
#[derive(Debug, Clone)]
pub struct Places {
    /// Where `config.toml` and `templates/` lie.
    pub config: PathBuf,
    /// Where the database, its backups and the lock lie.
    pub data: PathBuf,
}

impl Places {
    /// The places of `--home`, else the XDG ones.
    ///
    /// # Errors
    /// When there is no home folder at all.
    pub fn find(home: Option<&Path>) -> Result<Self, Failure> {
        if let Some(home) = home {
            let home = std::path::absolute(home).map_err(|error| Failure::user(format!("{}: {error}", home.display())))?;
            return Ok(Self { config: home.clone(), data: home });
        }
        let base = etcetera::choose_base_strategy().map_err(|_| Failure::user("there is no home folder; name one with --home DIR"))?;
        Ok(Self { config: base.config_dir().join("curbside"), data: base.data_dir().join("curbside") })
    }

    /// The configuration file.
    #[must_use]
    pub fn config_file(&self) -> PathBuf {
        self.config.join("config.toml")
    }

    /// The database file.
    #[must_use]
    pub fn database(&self) -> PathBuf {
        self.data.join("curbside.db")
    }

    /// The owner's check-in templates.
    #[must_use]
    pub fn templates(&self) -> PathBuf {
        self.config.join("templates").join("checkin")
    }

    /// Makes the folders with mode 0700.
    ///
    /// # Errors
    /// When they cannot be made.
    pub fn make(&self) -> Result<(), Failure> {
        for dir in [&self.config, &self.data] {
            crate::store::backup::make_private_dir(dir)?;
        }
        Ok(())
    }
}
