//! The owner's check-in templates: loaded, checked, and rendered so that nothing unfilled ever goes out.

mod built_in;
mod check;
mod context;
mod fault;
mod front;
mod library;
mod render;
mod sentences;
mod vary;

pub use check::check;
pub use context::{Application, Context, Last, Meeting, Opening, Owner, Person, Today, fields};
pub use fault::{Level, TemplateError};
pub use library::{Library, STARTER};
pub use render::{Draft, render};
pub use sentences::sentences;

use crate::model::contact::Relation;
use crate::model::plan::Reason;

/// A template of a check-in: front matter and a body, as parsed from one `.md` file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template {
    /// The file's stem, unique in a library.
    pub name: String,
    /// The file as errors show it.
    pub file: String,
    /// The subject line; fields and variations are allowed.
    pub subject: String,
    /// The text below the front matter.
    pub body: String,
    /// The reason it is written for.
    pub reason: Reason,
    /// Whom it suits; all of them for `any`.
    pub relations: Vec<Relation>,
    /// Fields or groups that must be filled, such as `meeting` or `opening.title`.
    pub needs: Vec<String>,
    /// True when the résumé goes with it.
    pub attach_resume: bool,
    /// The whole file, as it is shown and copied.
    pub source: String,
    /// True when it is the owner's file, false when it comes with the program.
    pub own: bool,
    /// The line of the file the body begins on, counted from 1.
    body_line: usize,
    /// The line of the file the subject stands on, counted from 1.
    subject_line: usize,
    /// The line of the file the needs stand on, counted from 1.
    needs_line: usize,
}

impl Template {
    /// Parses the text of one template file.
    ///
    /// # Errors
    /// All that is wrong with the front matter: no `+++` lines, no TOML, keys that are missing or unknown.
    pub fn parse(name: &str, file: &str, source: &str) -> Result<Self, Vec<TemplateError>> {
        front::parse(name, file, source)
    }

    /// The first field it needs that the context does not have.
    #[must_use]
    pub fn lacks(&self, context: &Context) -> Option<String> {
        let value = context.value();
        self.needs.iter().find(|path| !context::is_filled(&value, path)).cloned()
    }
}
