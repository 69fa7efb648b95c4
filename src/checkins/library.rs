//! All templates at hand: the built-in ones, overridden by and added to from the owner's folder.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use super::built_in::BUILT_IN;
use super::{Template, TemplateError};
use crate::model::contact::Relation;
use crate::model::plan::Reason;

/// What a new template of the owner begins as.
pub const STARTER: &str = include_str!("../../templates/new-checkin.md");

/// The templates by name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Library {
    templates: BTreeMap<String, Template>,
}

impl Library {
    /// The templates that come with the program.
    #[must_use]
    pub fn built_in() -> Self {
        let parsed = BUILT_IN.iter().filter_map(|(name, source)| Template::parse(name, &shown(name), source).ok());
        Self { templates: parsed.map(|template| (template.name.clone(), template)).collect() }
    }

    /// The built-in templates and the owner's `*.md` files of a folder; a file of the same name takes a built-in one's place.
    ///
    /// A file with an error is not used, nor the built-in one it was to replace: the owner had a reason to replace it.
    #[must_use]
    pub fn load(dir: &Path) -> (Self, Vec<TemplateError>) {
        let mut library = Self::built_in();
        let mut errors = Vec::new();
        match files(dir) {
            Ok(files) => files.iter().for_each(|file| library.add(file, &mut errors)),
            Err(error) => errors.push(TemplateError::new(&dir.display().to_string(), 1, &format!("cannot be read: {error}"), "")),
        }
        (library, errors)
    }

    /// The template of a name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Template> {
        self.templates.get(name)
    }

    /// All of them, by name.
    pub fn all(&self) -> impl Iterator<Item = &Template> {
        self.templates.values()
    }

    /// Those that suit a reason and a relation, by name.
    pub fn fitting(&self, reason: Reason, relation: Relation) -> impl Iterator<Item = &Template> {
        self.all().filter(move |template| template.reason == reason && template.relations.contains(&relation))
    }

    fn add(&mut self, file: &Path, errors: &mut Vec<TemplateError>) {
        let name = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        self.templates.remove(&name);
        match read(file, &name) {
            Ok(template) => drop(self.templates.insert(name, template)),
            Err(wrong) => errors.extend(wrong),
        }
    }
}

fn read(file: &Path, name: &str) -> Result<Template, Vec<TemplateError>> {
    let file_shown = shown(name);
    let unreadable =
        |error: std::io::Error| vec![TemplateError::new(&file_shown, 1, &format!("cannot be read: {error}"), "save it as UTF-8 text")];
    let source = fs::read_to_string(file).map_err(unreadable)?;
    Template::parse(name, &file_shown, &source).map(|template| Template { own: true, ..template })
}

fn shown(name: &str) -> String {
    format!("templates/checkin/{name}.md")
}

/// The `*.md` files of a folder, sorted; none when there is no such folder.
fn files(dir: &Path) -> std::io::Result<Vec<PathBuf>> {
    if !dir.try_exists()? {
        return Ok(Vec::new());
    }
    let paths = fs::read_dir(dir)?.map(|entry| entry.map(|entry| entry.path()));
    let mut files: Vec<PathBuf> = paths.collect::<Result<_, _>>()?;
    files.retain(|path| path.extension().is_some_and(|end| end == "md") && !is_hidden(path));
    files.sort();
    Ok(files)
}

/// Editors leave `.#name.md` and `._name.md` beside what they write.
fn is_hidden(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'))
}
