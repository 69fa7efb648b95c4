//! What is asked before anything is written.

use inquire::{Confirm, InquireError, Select};

use super::show::Counts;
use crate::cli::Failure;
use crate::cli::say::{grouped, people};
use crate::flow::Import;
use crate::model::import::{Field, Judged};

/// What the owner says to the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wanted {
    /// Nobody.
    Nobody,
    /// Those shown.
    Shown,
    /// The others too.
    Everybody,
}

/// Whom the owner wants after a look at the table.
pub(super) fn whom(judged: &[Judged], import: &Import) -> Result<Wanted, Failure> {
    let counts = Counts::of(judged);
    let shown = counts.offer();
    if counts.others == 0 || import.choice.all.is_some() {
        let Some(shown) = shown else { return Ok(Wanted::Nobody) };
        let yes = Confirm::new(&format!("Take in {shown}?")).with_default(true).prompt().map_err(stopped)?;
        return Ok(if yes { Wanted::Shown } else { Wanted::Nobody });
    }
    let offers = [
        (Wanted::Shown, shown.map(|shown| format!("Take in {shown}"))),
        (Wanted::Everybody, Some(format!("Take in the other {} too", grouped(counts.others)))),
        (Wanted::Nobody, Some("Leave everything as it is".to_owned())),
    ];
    let (wanted, words): (Vec<Wanted>, Vec<String>) = offers.into_iter().filter_map(|(wanted, words)| Some((wanted, words?))).unzip();
    let answer = Select::new("What shall be done?", words).raw_prompt().map_err(stopped)?;
    Ok(wanted.get(answer.index).copied().unwrap_or(Wanted::Nobody))
}

/// Which columns hold names and addresses, when none is known to.
pub(super) fn columns(names: &[String], map: &[(Field, String)]) -> Result<Vec<(Field, String)>, Failure> {
    const NONE: &str = "(none)";
    let mut map = map.to_vec();
    let questions = [
        (Field::Name, "Which column holds the names?"),
        (Field::Address, "Which one the mail addresses?"),
        (Field::Employer, "Which one the employers?"),
        (Field::Title, "Which one the titles?"),
    ];
    for (field, question) in questions {
        let all: Vec<&str> = std::iter::once(NONE).chain(names.iter().map(String::as_str)).collect();
        let answer = Select::new(question, all).prompt().map_err(stopped)?;
        if answer != NONE {
            map.push((field, answer.to_owned()));
        }
    }
    Ok(map)
}

fn stopped(error: InquireError) -> Failure {
    match error {
        InquireError::OperationCanceled | InquireError::OperationInterrupted => Failure::user("stopped; nothing was written"),
        other => Failure::user(other.to_string()),
    }
}

impl Counts {
    /// `37 people and what is new of 3`; `None` when there is nothing to take in.
    pub(super) fn offer(&self) -> Option<String> {
        match (self.new, self.changed) {
            (0, 0) => None,
            (new, 0) => Some(people(new)),
            (0, changed) => Some(format!("what is new of {}", people(changed))),
            (new, changed) => Some(format!("{} and what is new of {}", people(new), grouped(changed))),
        }
    }
}
