//! Writing a `config.toml` for the first time: whole or not at all.

use std::fmt::Write as _;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use super::ConfigError;

/// What `init` writes: pairs of key and TOML value, by section.
#[derive(Debug, Clone, Default)]
pub struct Draft {
    sections: Vec<(&'static str, Vec<(&'static str, toml::Value)>)>,
}

impl Draft {
    /// Adds a key, if it has a value.
    pub fn set(&mut self, section: &'static str, key: &'static str, value: Option<impl Into<toml::Value>>) {
        let Some(value) = value else { return };
        let index = self.sections.iter().position(|(name, _)| *name == section).unwrap_or_else(|| {
            self.sections.push((section, Vec::new()));
            self.sections.len() - 1
        });
        self.sections[index].1.push((key, value.into()));
    }

    /// The text of the file.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = String::from("# Curbside. All keys with their defaults: curbside config\n");
        for (section, keys) in &self.sections {
            let _ = write!(text, "\n[{section}]\n");
            for (key, value) in keys {
                let _ = writeln!(text, "{key} = {value}");
            }
        }
        text
    }
}

/// A file that lies beside its place, whole and with mode 0600, and is still to take it.
#[derive(Debug)]
pub struct Staged {
    file: tempfile::NamedTempFile,
    path: PathBuf,
}

/// Writes a file beside its place.
///
/// # Errors
/// When the folder cannot be written.
pub fn stage(path: &Path, text: &str) -> Result<Staged, ConfigError> {
    let dir = path.parent().unwrap_or(Path::new("."));
    let mut file = tempfile::NamedTempFile::new_in(dir).map_err(|error| failed(path, &error))?;
    file.write_all(text.as_bytes()).and_then(|()| file.as_file().sync_all()).map_err(|error| failed(path, &error))?;
    Ok(Staged { file, path: path.to_owned() })
}

impl Staged {
    /// Takes its place.
    ///
    /// # Errors
    /// When it cannot; then what was there still is.
    pub fn persist(self) -> Result<(), ConfigError> {
        self.file.persist(&self.path).map(|_| ()).map_err(|error| failed(&self.path, &error.error))
    }
}

fn failed(path: &Path, error: &io::Error) -> ConfigError {
    ConfigError::File { path: path.to_owned(), what: format!("it cannot be written: {error}") }
}
