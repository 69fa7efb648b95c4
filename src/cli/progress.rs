//! How far something is, on standard error, where somebody looks; gone when it is done.

use std::io::IsTerminal as _;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::Frame;

/// How often a moving sign moves.
const TICK: Duration = Duration::from_millis(120);

/// A bar that fills up; hidden where nobody looks.
pub(super) fn bar(frame: &Frame, what: &str) -> ProgressBar {
    styled(frame, "  {msg}  {bar:32.cyan/dim}  {human_pos} of {human_len}", what)
}

/// A sign that something goes on of which nobody knows how long it takes.
pub(super) fn spinner(frame: &Frame, what: &str) -> ProgressBar {
    let spinner = styled(frame, "  {spinner:.cyan} {msg}", what);
    spinner.enable_steady_tick(TICK);
    spinner
}

fn styled(frame: &Frame, template: &str, what: &str) -> ProgressBar {
    let shown = !frame.say.json && !frame.global.quiet && std::io::stderr().is_terminal();
    let target = if shown { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
    let bar = ProgressBar::with_draw_target(None, target);
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style.progress_chars("━━─"));
    }
    bar.set_message(what.to_owned());
    bar
}
