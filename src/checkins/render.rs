//! Rendering: variation first, fields once, nothing unfilled, nothing left over.

use std::sync::LazyLock;

use minijinja::value::ValueKind;
use minijinja::{AutoEscape, Environment, ErrorKind, UndefinedBehavior, Value};

use super::context::{FIELDS, is_filled, texts};
use super::fault::{Fault, TemplateError, did_you_mean};
use super::vary::{Pick, Varied, vary};
use super::{Context, Template};
use crate::model::address::{clean_name, is_invisible};

/// Enough for any letter; a template that loops over millions is stopped within milliseconds.
const FUEL: u64 = 200_000;

/// The subject and text a template makes of a context.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// One line.
    pub subject: String,
    /// Tidy plain text without a line break at its end.
    pub text: String,
}

/// Renders a template; the same seed gives the same words.
///
/// # Errors
/// When a field it prints is not known for this contact, or the template itself is wrong; the error names the field.
pub fn render(template: &Template, context: &Context, seed: u64) -> Result<Draft, TemplateError> {
    render_value(template, &context.value(), Pick::Seed(seed))
}

pub(super) fn render_value(template: &Template, value: &Value, pick: Pick) -> Result<Draft, TemplateError> {
    if let Some(need) = template.needs.iter().find(|need| !is_filled(value, need)) {
        let hint = "this template is only for check-ins that have it";
        let error = TemplateError::new(&template.file, template.needs_line, &format!("`{need}` is not known"), hint);
        return Err(error.of_field(need));
    }
    let subject = Part::subject(template).render(value, pick.apart())?;
    let text = Part::body(template).render(value, pick)?;
    Ok(Draft { subject: clean_name(&subject), text: tidy(&text) })
}

/// One of the two texts of a template, with its place in the file.
#[derive(Clone, Copy)]
pub(super) struct Part<'a> {
    file: &'a str,
    pub(super) source: &'a str,
    first_line: usize,
    /// Where on that line it begins is only known for the body.
    has_columns: bool,
}

impl<'a> Part<'a> {
    pub(super) fn subject(template: &'a Template) -> Self {
        Self { file: &template.file, source: &template.subject, first_line: template.subject_line, has_columns: false }
    }

    pub(super) fn body(template: &'a Template) -> Self {
        Self { file: &template.file, source: &template.body, first_line: template.body_line, has_columns: true }
    }

    /// The error of a fault, with file and line.
    pub(super) fn error(self, fault: &Fault) -> TemplateError {
        let before = self.source.get(..fault.offset.min(self.source.len())).unwrap_or_default();
        let line = self.first_line + before.matches('\n').count();
        let column = before.chars().rev().take_while(|c| *c != '\n').count() + 1;
        let mut error = TemplateError::new(self.file, line, &fault.what, &fault.hint);
        error.field.clone_from(&fault.field);
        if self.has_columns { error.at_column(column) } else { error }
    }

    fn render(self, value: &Value, pick: Pick) -> Result<String, TemplateError> {
        let varied = vary(self.source, pick).map_err(|fault| self.error(&fault))?;
        let rendered = fill(&varied, value).map_err(|mut fault| {
            fault.offset = varied.source_offset(fault.offset);
            self.error(&fault)
        })?;
        match leftover(&rendered, value) {
            Some(marker) => Err(self.error(&left_over(self.source, marker))),
            None => Ok(rendered),
        }
    }
}

static ENGINE: LazyLock<Environment<'static>> = LazyLock::new(|| {
    let mut engine = Environment::new();
    engine.set_undefined_behavior(UndefinedBehavior::SemiStrict);
    engine.set_auto_escape_callback(|_| AutoEscape::None);
    engine.set_fuel(Some(FUEL));
    engine.set_recursion_limit(32);
    engine.set_debug(true);
    engine.add_filter("join", join);
    engine.set_formatter(|out, state, value| match value.kind() {
        ValueKind::String | ValueKind::Number => minijinja::escape_formatter(out, state, value),
        ValueKind::Undefined | ValueKind::None => Err(ErrorKind::UndefinedError.into()),
        other => Err(minijinja::Error::new(ErrorKind::InvalidOperation, format!("a {other} cannot be printed"))),
    });
    engine
});

/// The engine's own `join` prints a list with an unfilled field as if nothing were missing.
fn join(list: &Value, between: Option<String>) -> Result<String, minijinja::Error> {
    let parts: Vec<Value> = list.try_iter()?.collect();
    if parts.iter().any(|part| part.is_undefined() || part.is_none()) {
        return Err(ErrorKind::UndefinedError.into());
    }
    Ok(parts.iter().map(Value::to_string).collect::<Vec<_>>().join(&between.unwrap_or_default()))
}

/// Fills the fields in; a fault's offset is that of the varied text.
fn fill(varied: &Varied, value: &Value) -> Result<String, Fault> {
    let text = varied.text.as_str();
    let template = ENGINE.template_from_named_str("template", text).map_err(|error| explain(&error, text))?;
    if let Some(unknown) = unknown_field(&template.undeclared_variables(true)) {
        let offset = text.find(unknown.as_str()).unwrap_or(0);
        let known = FIELDS.iter().map(String::as_str).filter(|field| unknown.contains('.') == field.contains('.'));
        return Err(Fault::new(offset, &format!("unknown field `{unknown}`"), &did_you_mean(&unknown, known)));
    }
    template.render(value.clone()).map_err(|error| explain(&error, text))
}

/// The first name, in order, that is neither a field nor a function of the engine.
fn unknown_field(names: &std::collections::HashSet<String>) -> Option<String> {
    let known = |name: &str| FIELDS.iter().any(|field| field == name) || ENGINE.globals().any(|(global, _)| name == global);
    names.iter().filter(|name| !known(name)).min().cloned()
}

/// What went wrong, in words for the person who wrote the template.
fn explain(error: &minijinja::Error, text: &str) -> Fault {
    let range = error.range().filter(|range| text.get(range.clone()).is_some());
    let spot = range.clone().and_then(|range| text.get(range)).unwrap_or_default().trim();
    let offset = range.map_or_else(|| line_start(text, error.line().unwrap_or(1)), |range| range.start);
    let detail = error.detail().unwrap_or_default();
    match error.kind() {
        ErrorKind::UndefinedError => {
            let field = FIELDS.iter().find(|field| *field == spot).map_or_else(|| named_in(spot), Clone::clone);
            let hint = format!("fill it in for this contact, or write {{% if {field} %}} … {{% endif %}} around it");
            Fault { field: Some(field.clone()), ..Fault::new(offset, &format!("`{field}` is not known"), &hint) }
        }
        ErrorKind::OutOfFuel => Fault::new(offset, "the template takes too many steps", "take out the loop"),
        ErrorKind::SyntaxError => Fault::new(offset, &format!("syntax: {detail}"), ""),
        kind if detail.is_empty() => Fault::new(offset, &kind.to_string(), ""),
        kind => Fault::new(offset, &format!("{kind}: {detail}"), ""),
    }
}

/// The field that an expression is about: the longest one that stands in it.
fn named_in(expression: &str) -> String {
    let inside = FIELDS.iter().filter(|field| expression.contains(field.as_str()));
    inside.max_by_key(|field| field.len()).cloned().unwrap_or_else(|| expression.to_owned())
}

fn line_start(text: &str, line: usize) -> usize {
    text.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum()
}

/// A marker in the result that no value brought along.
fn leftover(rendered: &str, value: &Value) -> Option<&'static str> {
    let values = LazyLock::new(|| texts(value));
    ["{{", "{%", "{#", "[["].into_iter().find(|marker| rendered.contains(marker) && !values.contains(marker))
}

fn left_over(source: &str, marker: &str) -> Fault {
    let offset = source.find(marker).unwrap_or(0);
    Fault::new(offset, &format!("`{marker}` would stand in the mail"), "a mail has no use for template marks")
}

/// No control or invisible characters, no trailing or doubled spaces, at most one blank line in a row.
fn tidy(text: &str) -> String {
    let visible: String = text.chars().filter(|c| *c == '\n' || !(c.is_control() || is_invisible(*c))).collect();
    let mut tidied: Vec<String> = Vec::new();
    for line in visible.lines() {
        let line = fold_spaces(line);
        if !(line.is_empty() && tidied.last().is_none_or(String::is_empty)) {
            tidied.push(line);
        }
    }
    tidied.join("\n").trim_end().to_owned()
}

fn fold_spaces(line: &str) -> String {
    line.split(' ').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}
