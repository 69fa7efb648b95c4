//! The front matter of a template: TOML between two `+++` lines.

use toml::{Table, Value};

use super::Template;
use super::fault::{TemplateError, did_you_mean};
use crate::model::contact::Relation;
use crate::model::plan::Reason;

const KEYS: [&str; 5] = ["subject", "reason", "relation", "needs", "attach"];

/// A template longer than this is no mail anybody would want to get.
const MOST_BYTES: usize = 32 * 1024;

/// Parses a whole template file.
pub(super) fn parse(name: &str, file: &str, source: &str) -> Result<Template, Vec<TemplateError>> {
    let source = source.strip_prefix('\u{feff}').unwrap_or(source).replace("\r\n", "\n");
    let parts = split(file, &source).map_err(|error| vec![error])?;
    let table = parts.front.parse::<Table>().map_err(|error| vec![no_toml(file, &parts, &error)])?;
    let mut front = Front { file, text: parts.front, table, errors: Vec::new() };
    front.refuse_unknown_keys();
    let template = Template {
        name: name.to_owned(),
        file: file.to_owned(),
        subject: front.subject(),
        reason: front.reason(),
        relations: front.relations(),
        needs: front.texts("needs"),
        attach_resume: front.attach_resume(),
        source: source.clone(),
        own: false,
        subject_line: front.line_of("subject"),
        needs_line: front.line_of("needs"),
        body: parts.body.to_owned(),
        body_line: parts.body_line,
    };
    if front.errors.is_empty() { Ok(template) } else { Err(front.errors) }
}

struct Parts<'a> {
    front: &'a str,
    body: &'a str,
    body_line: usize,
}

fn split<'a>(file: &str, source: &'a str) -> Result<Parts<'a>, TemplateError> {
    if source.len() > MOST_BYTES {
        return Err(TemplateError::new(file, 1, "the file is too long", "a template has at most 32 KB"));
    }
    let hint = "begin with a line +++, then subject, reason and relation, then a line +++, then the text";
    let missing = |line, what: &str| TemplateError::new(file, line, what, hint);
    let inside = source.strip_prefix("+++\n").ok_or_else(|| missing(1, "the first line is not `+++`"))?;
    let end = if inside.starts_with("+++\n") { Some(0) } else { inside.find("\n+++\n").map(|at| at + 1) };
    let end = end.ok_or_else(|| missing(1, "the second `+++` line is missing"))?;
    let (front, body) = (&inside[..end], &inside[end + 4..]);
    let body_line = 3 + front.matches('\n').count();
    if body.trim().is_empty() {
        return Err(missing(body_line, "there is no text below the second `+++` line"));
    }
    Ok(Parts { front, body, body_line })
}

fn no_toml(file: &str, parts: &Parts, error: &toml::de::Error) -> TemplateError {
    let at = error.span().map_or(0, |span| span.start.min(parts.front.len()));
    let line = 2 + parts.front.get(..at).unwrap_or_default().matches('\n').count();
    TemplateError::new(file, line, error.message(), "write it like subject = \"A word from Sam\"")
}

struct Front<'a> {
    file: &'a str,
    text: &'a str,
    table: Table,
    errors: Vec<TemplateError>,
}

impl Front<'_> {
    /// The line of the file a key stands on; that of the first `+++` when it is missing.
    fn line_of(&self, key: &str) -> usize {
        let begins = |line: &str| {
            line.trim_start()
                .trim_start_matches(['"', '\''])
                .strip_prefix(key)
                .is_some_and(|rest| rest.trim_start_matches(['"', '\'', ' ', '\t']).starts_with('='))
        };
        self.text.lines().position(begins).map_or(1, |index| index + 2)
    }

    fn refuse(&mut self, key: &str, what: &str, hint: &str) {
        let error = TemplateError::new(self.file, self.line_of(key), what, hint);
        self.errors.push(error);
    }

    fn refuse_unknown_keys(&mut self) {
        let unknown: Vec<String> = self.table.keys().filter(|key| !KEYS.contains(&key.as_str())).cloned().collect();
        for key in unknown {
            self.refuse(&key, &format!("unknown key `{key}`"), &did_you_mean(&key, KEYS));
        }
    }

    fn subject(&mut self) -> String {
        let subject = self.table.get("subject").and_then(Value::as_str).map(str::trim).unwrap_or_default().to_owned();
        if subject.is_empty() || subject.contains('\n') {
            self.refuse("subject", "`subject` must be one line of text", "write it like subject = \"A word from Sam\"");
        }
        subject
    }

    fn reason(&mut self) -> Reason {
        let word = self.table.get("reason").and_then(Value::as_str).unwrap_or_default().to_owned();
        Reason::of_word(&word).unwrap_or_else(|| {
            let all = Reason::ALL.iter().map(|reason| reason.word());
            self.refuse("reason", &format!("`reason` is “{word}”, which is no reason"), &did_you_mean(&word, all));
            Reason::CatchingUp
        })
    }

    fn relations(&mut self) -> Vec<Relation> {
        let words = self.texts("relation");
        if words.is_empty() {
            self.refuse("relation", "`relation` is missing", "write relation = \"any\" or relation = [\"peer\", \"leader\"]");
        }
        if words.iter().any(|word| word == "any") {
            return Relation::ALL.to_vec();
        }
        let all = || Relation::ALL.iter().map(|relation| relation.word()).chain(["any"]);
        for word in words.iter().filter(|word| Relation::of_word(word).is_none()) {
            self.refuse("relation", &format!("“{word}” is no relation"), &did_you_mean(word, all()));
        }
        words.iter().filter_map(|word| Relation::of_word(word)).collect()
    }

    fn attach_resume(&mut self) -> bool {
        let attach = self.table.get("attach").cloned();
        if attach.as_ref().is_some_and(|value| value.as_str() != Some("resume")) {
            self.refuse("attach", "`attach` must be \"resume\"", "leave the line out when nothing is attached");
        }
        if attach.is_some() && self.table.get("reason").and_then(Value::as_str) == Some("first_word") {
            self.refuse("attach", "a first word carries no attachment", "leave the line out; the résumé goes when it is asked for");
        }
        attach.is_some()
    }

    /// A text or a list of texts; empty when the key is missing.
    fn texts(&mut self, key: &str) -> Vec<String> {
        let found = match self.table.get(key) {
            None => Some(Vec::new()),
            Some(Value::String(one)) => Some(vec![one.clone()]),
            Some(Value::Array(many)) => many.iter().map(|value| value.as_str().map(str::to_owned)).collect(),
            Some(_) => None,
        };
        found.unwrap_or_else(|| {
            self.refuse(key, &format!("`{key}` must be a text or a list of texts"), "write it like [\"one\", \"two\"]");
            Vec::new()
        })
    }
}
