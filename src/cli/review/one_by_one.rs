//! One draft at a time, with all that helps to judge it, and a key for each answer.

use std::io::Write as _;

use crossterm::event::{Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers, read};
use crossterm::terminal::{disable_raw_mode, enable_raw_mode};

use super::{edit, in_words, waiting};
use crate::cli::say::{fit, safe};
use crate::cli::{Failure, Frame};
use crate::flow::{self, Change};
use crate::model::draft::Draft;
use crate::model::message::{Direction, Message};
use crate::model::span::Span;
use crate::world::World;

/// What the owner answers.
enum Answer {
    Yes,
    Edit,
    Skip,
    Later,
    Stop,
    Next,
    Quit,
}

pub(super) fn run(world: &World, frame: &Frame) -> Result<(), Failure> {
    let drafts = waiting(world)?;
    if drafts.is_empty() {
        println!("Nothing awaits your yes.");
        return Ok(());
    }
    let count = drafts.len();
    for (index, draft) in drafts.into_iter().enumerate() {
        if !one(world, frame, draft, index + 1, count)? {
            println!("The others wait.");
            return Ok(());
        }
    }
    println!("That was all.");
    Ok(())
}

/// Shows one draft until it has an answer; false to quit.
fn one(world: &World, frame: &Frame, mut draft: Draft, number: usize, count: usize) -> Result<bool, Failure> {
    loop {
        println!("\n─── {number} of {count} {}", "─".repeat(50));
        println!("{}", fit(&safe(&about(world, &draft)?)));
        println!("{}", fit(&safe(&in_words(world, &draft))));
        print!("\n[y]es  [e]dit  [s]kip  [l]ater  s[t]op writing to them  [n]ext  [q]uit  ");
        std::io::stdout().flush()?;
        let answer = key()?;
        println!();
        match answer {
            Answer::Quit => return Ok(false),
            Answer::Next => return Ok(true),
            Answer::Edit => {
                if let Some(text) = edit::in_editor(&draft)? {
                    let (subject, text) = edit::split(&text);
                    act(world, frame, Change::Revise(draft.id, subject, text));
                }
            }
            Answer::Yes if act(world, frame, Change::Approve(draft.id, Some(flow::fingerprint(&draft.content)))) => return Ok(true),
            Answer::Skip if act(world, frame, Change::Skip(draft.id)) => return Ok(true),
            Answer::Stop if act(world, frame, Change::Stop(draft.contact.to_string())) => return Ok(true),
            Answer::Later if later(world, frame, &draft)? => return Ok(true),
            _ => {}
        }
        draft = world.store.read(|tx| tx.draft(draft.id))?.unwrap_or(draft);
    }
}

/// Makes a change and says what came of it; false when it was refused.
fn act(world: &World, frame: &Frame, change: Change) -> bool {
    match frame.change(world, change) {
        Ok(flow::Changed::Draft(draft)) => {
            println!("  {}", safe(&crate::cli::check_in::in_words(world, &draft)));
            true
        }
        Ok(_) => {
            println!("  Done.");
            true
        }
        Err(failure) => {
            println!("  {}", safe(&failure.message));
            false
        }
    }
}

fn later(world: &World, frame: &Frame, draft: &Draft) -> Result<bool, Failure> {
    let answer =
        inquire::Text::new("For how long?").with_default("2w").prompt_skippable().map_err(|error| Failure::user(error.to_string()))?;
    match answer.map(|text| text.parse::<Span>()) {
        Some(Ok(span)) => Ok(act(world, frame, Change::Later(draft.id, span))),
        Some(Err(error)) => {
            println!("  {error}");
            Ok(false)
        }
        None => Ok(false),
    }
}

/// Who it is, how they stand, and the last words both ways.
fn about(world: &World, draft: &Draft) -> Result<String, Failure> {
    world.store.read(|tx| {
        let Some(kept) = tx.contact(draft.contact)? else { return Ok(String::new()) };
        let contact = &kept.contact;
        let parts = [contact.title.as_deref(), contact.employer.as_deref(), Some(contact.relation.word())];
        let mut text = format!("{}\n{}\n", contact.name, parts.into_iter().flatten().collect::<Vec<_>>().join(" · "));
        if let Some(met) = &contact.met {
            text += &format!("{met}\n");
        }
        for (direction, whose) in [(Direction::In, "They wrote"), (Direction::Out, "You wrote")] {
            if let Some(message) = tx.last_message(contact.id, Some(direction))? {
                text += &last_words(world, whose, &message);
            }
        }
        Ok(text)
    })
}

fn last_words(world: &World, whose: &str, message: &Message) -> String {
    let day = message.at.to_zoned(world.settings.owner.zone.clone()).strftime("%-d %B %Y");
    let said = message
        .reading
        .as_ref()
        .map(|reading| reading.new_text.as_str())
        .filter(|text| !text.trim().is_empty())
        .unwrap_or(&message.subject);
    let short: String = said.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(280).collect();
    format!("{whose} on {day}: {short}\n")
}

/// Waits for one of the keys.
fn key() -> Result<Answer, Failure> {
    enable_raw_mode()?;
    let answer = wait_for_key();
    disable_raw_mode()?;
    answer
}

fn wait_for_key() -> Result<Answer, Failure> {
    loop {
        let Event::Key(KeyEvent { code, modifiers, kind, .. }) = read()? else { continue };
        if kind == KeyEventKind::Release {
            continue;
        }
        if modifiers.contains(KeyModifiers::CONTROL) && matches!(code, KeyCode::Char('c' | 'd')) {
            return Ok(Answer::Quit);
        }
        match code {
            KeyCode::Char('y') => return Ok(Answer::Yes),
            KeyCode::Char('e') => return Ok(Answer::Edit),
            KeyCode::Char('s') => return Ok(Answer::Skip),
            KeyCode::Char('l') => return Ok(Answer::Later),
            KeyCode::Char('t') => return Ok(Answer::Stop),
            KeyCode::Char('n') | KeyCode::Enter => return Ok(Answer::Next),
            KeyCode::Char('q') | KeyCode::Esc => return Ok(Answer::Quit),
            _ => {}
        }
    }
}
