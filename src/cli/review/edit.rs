//! Editing a draft in the owner's editor.

use std::io::{Read as _, Seek as _, Write as _};
use std::process::Command;

use crate::cli::Failure;
use crate::model::draft::Draft;
use crate::secrets::command::without_ours;

/// Opens the draft in `$VISUAL` or `$EDITOR`; `None` when it was left as it was or emptied.
pub(super) fn in_editor(draft: &Draft) -> Result<Option<String>, Failure> {
    let before = format!("Subject: {}\n\n{}", draft.content.subject, draft.content.text);
    let mut file = tempfile::Builder::new().prefix("curbside-").suffix(".txt").tempfile()?;
    file.write_all(before.as_bytes())?;
    file.flush()?;
    let editor = std::env::var("VISUAL").or_else(|_| std::env::var("EDITOR")).unwrap_or_else(|_| "vi".to_owned());
    let mut command = Command::new("sh");
    command.arg("-c").arg(format!("{editor} \"$1\"")).arg("sh").arg(file.path());
    let done = without_ours(&mut command)
        .status()
        .map_err(|error| Failure::user(format!("the editor {editor} could not be started: {error}")).hint("set EDITOR"))?;
    if !done.success() {
        return Err(Failure::user(format!("the editor {editor} ended with a failure; nothing was changed")));
    }
    let mut after = String::new();
    // The editor may have written a new file in the place of the old one.
    match std::fs::read_to_string(file.path()) {
        Ok(text) => after = text,
        Err(_) => {
            file.rewind()?;
            file.read_to_string(&mut after)?;
        }
    }
    Ok((after.trim() != before.trim() && !after.trim().is_empty()).then_some(after))
}

/// Takes a first line “Subject: …” off a text.
pub(super) fn split(text: &str) -> (Option<String>, String) {
    let Some((head, rest)) = text.split_once('\n') else { return (None, text.to_owned()) };
    match head.trim().strip_prefix("Subject:") {
        Some(subject) => (Some(subject.trim().to_owned()), rest.trim_start_matches(['\r', '\n']).to_owned()),
        None => (None, text.to_owned()),
    }
}
