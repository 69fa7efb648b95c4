//! `curbside templates`

use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use serde_json::{Value, json};

use super::say::table;
use super::{Failure, Frame, Kind};
use crate::checkins::{Level, Library, STARTER, Template, TemplateError, check};
use crate::model::address::clean_name;

/// The check-in templates: the built-in ones, and your own, which take their place
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  curbside templates show catching-up\n  curbside templates new catching-up      (a copy of the built-in one, for you to change)\n  curbside templates check"
)]
pub struct Args {
    #[command(subcommand)]
    what: Option<What>,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    /// Print a template
    Show {
        /// Its name
        name: String,
    },
    /// Begin a template of your own: a copy of the built-in one of this name, else one to start from
    New {
        /// Its name
        name: String,
    },
    /// Try templates with samples; errors name file and line, and the exit code is 1
    Check {
        /// Its name; all of them if not given
        name: Option<String>,
    },
}

pub(super) fn run(args: Args, frame: &Frame) -> Result<(), Failure> {
    let dir = frame.places()?.templates();
    match args.what {
        None => list(frame, &dir),
        Some(What::Show { name }) => show(frame, &dir, &name),
        Some(What::New { name }) => new(frame, &dir, &name),
        Some(What::Check { name }) => try_out(frame, &dir, name.as_deref()),
    }
}

fn list(frame: &Frame, dir: &Path) -> Result<(), Failure> {
    let (library, errors) = Library::load(dir);
    let objects: Vec<Value> = library.all().map(object).collect();
    frame.say.list(&objects, || words(&library))?;
    for error in errors {
        frame.say.warn(&error.to_string());
    }
    Ok(())
}

fn object(template: &Template) -> Value {
    json!({
        "name": template.name,
        "reason": template.reason,
        "relations": template.relations,
        "subject": template.subject,
        "needs": template.needs,
        "own": template.own,
        "file": template.file,
    })
}

fn words(library: &Library) -> String {
    let row = |template: &Template| {
        let whom: Vec<String> = template.relations.iter().map(|relation| relation.word().replace('_', " ")).collect();
        let whom = if whom.len() == crate::model::contact::Relation::ALL.len() { "anybody".to_owned() } else { whom.join(", ") };
        let whose = if template.own { "yours" } else { "built in" };
        vec![template.name.clone(), template.reason.word().replace('_', " "), whom, whose.to_owned()]
    };
    table(&["name", "reason", "for", ""], library.all().map(row))
}

fn show(frame: &Frame, dir: &Path, name: &str) -> Result<(), Failure> {
    let (library, errors) = Library::load(dir);
    let template = library.get(name).ok_or_else(|| missing(&library, &errors, name))?;
    let mut shown = object(template);
    shown["source"] = json!(template.source);
    frame.say.answer(&shown, || template.source.clone())?;
    Ok(())
}

fn new(frame: &Frame, dir: &Path, name: &str) -> Result<(), Failure> {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if name.is_empty() || name.len() > 60 || name.starts_with('-') || !name.chars().all(plain) {
        return Err(Failure::user("name the template with small letters, digits and hyphens, like after-lunch"));
    }
    let built_in = Library::built_in();
    let source = built_in.get(name).map_or(STARTER, |template| template.source.as_str());
    let path = dir.join(format!("{name}.md"));
    let place = |error: std::io::Error| match error.kind() {
        std::io::ErrorKind::AlreadyExists => Failure::user(format!("{} exists already; nothing was changed", path.display())),
        _ => Failure::user(format!("cannot write {}: {error}", path.display())),
    };
    crate::store::backup::make_private_dir(dir)?;
    let mut file = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path).map_err(place)?;
    std::io::Write::write_all(&mut file, source.as_bytes()).map_err(place)?;
    frame.say.answer(&json!({ "name": name, "file": path }), || {
        format!("{} is yours to change. Then: curbside templates check {name}", path.display())
    })?;
    Ok(())
}

fn try_out(frame: &Frame, dir: &Path, name: Option<&str>) -> Result<(), Failure> {
    let (library, broken) = Library::load(dir);
    let concerns = |file: &str| name.is_none_or(|name| file == format!("templates/checkin/{name}.md"));
    let mut problems: Vec<TemplateError> = broken.iter().filter(|error| concerns(&error.file)).cloned().collect();
    let tried: Vec<&Template> = library.all().filter(|template| name.is_none_or(|name| template.name == name)).collect();
    if let (Some(name), true, true) = (name, tried.is_empty(), problems.is_empty()) {
        return Err(missing(&library, &broken, name));
    }
    problems.extend(tried.iter().flat_map(|template| check(template)));
    let fatal = problems.iter().filter(|problem| problem.is_fatal()).count();
    let object = json!({ "checked": tried.len(), "errors": fatal, "problems": problems.iter().map(problem).collect::<Vec<_>>() });
    frame.say.answer(&object, || verdict(&problems, tried.len(), fatal))?;
    if fatal > 0 { Err(Failure::silent(Kind::User)) } else { Ok(()) }
}

fn problem(error: &TemplateError) -> Value {
    let level = if error.level == Level::Error { "error" } else { "warning" };
    json!({ "file": error.file, "line": error.line, "column": error.column, "level": level, "what": error.what, "hint": error.hint })
}

fn verdict(problems: &[TemplateError], tried: usize, fatal: usize) -> String {
    let mut lines: Vec<String> = problems.iter().map(ToString::to_string).collect();
    lines.push(match (tried, fatal) {
        (1, 0) => "It can be used.".to_owned(),
        (_, 0) => format!("All {tried} can be used."),
        (_, 1) => "One error; a template with an error is not used.".to_owned(),
        (_, many) => format!("{many} errors; a template with an error is not used."),
    });
    lines.join("\n")
}

fn missing(library: &Library, errors: &[TemplateError], name: &str) -> Failure {
    if let Some(error) = errors.iter().find(|error| error.file == format!("templates/checkin/{name}.md")) {
        return Failure::user(error.to_string());
    }
    let name = clean_name(name);
    let near = library.all().map(|known| (strsim::osa_distance(&name, &known.name), &known.name)).min();
    let hint = near
        .filter(|(distance, _)| *distance <= 3)
        .map_or_else(|| "curbside templates lists them".to_owned(), |(_, near)| format!("did you mean {near}?"));
    Failure::user(format!("there is no template “{name}”")).hint(hint)
}
