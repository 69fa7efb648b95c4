//! The new text of a mail: what its writer added, without quotes, forwards, signature and footers.

mod attribution;
mod evidence;
mod footers;
mod headers;
mod marks;
mod page;
mod phrases;
mod quotation;
mod rewritten;

use super::{html, signature};
use crate::model::mail::Mail;

pub use page::{Fate, Mark, Page, is_blank};
pub use phrases::{ELEMENTS, Element, PHRASES, is_disclaimer};

/// Bytes of text looked at; what is longer is no letter.
const MOST_BYTES: usize = 1 << 20;
/// Lines looked at; nobody writes more.
const MOST_LINES: usize = 20_000;
/// Bytes of new text returned.
const MOST_NEW: usize = 128 << 10;
/// Bytes read again in all, so that a long text is not read as often as a short one.
const MOST_READ_AGAIN: usize = 256 << 10;
/// Times a text is read again after something was cut; what is left then is what it is.
const MOST_READINGS: usize = 24;

/// A mail taken apart.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Cut {
    /// The writer's new words, in their order.
    pub new_text: String,
    /// The contact block and what the writer's device added.
    pub signature: String,
    /// Names of the rules that cut something, in order.
    pub rules: Vec<String>,
}

/// Cuts a mail down to the words its writer added. Where unsure, words are kept.
#[must_use]
pub fn cut(mail: &Mail) -> Cut {
    let writer = mail.from.first().map_or("", |from| from.name.as_str());
    let text = mail.text.as_deref().filter(|text| says_something(text, mail.html.as_deref()));
    let mut cut = match (text, mail.html.as_deref()) {
        (Some(text), _) => cut_page(Page::new(beginning(text), &[]), writer),
        (None, Some(html)) => {
            let rendered = html::render(head(html, 2 * MOST_BYTES));
            cut_page(Page::new(beginning(&rendered.text), &rendered.marks), writer)
        }
        (None, None) => Cut::default(),
    };
    bound(&mut cut.new_text);
    let mut left = MOST_READ_AGAIN;
    for _ in 1..MOST_READINGS {
        let Some(less) = left.checked_sub(cut.new_text.len()) else { break };
        left = less;
        let again = cut_page(Page::new(&cut.new_text, &[]), writer);
        if again.new_text == cut.new_text {
            break;
        }
        cut = joined(again, cut);
    }
    bound(&mut cut.signature);
    cut
}

fn bound(text: &mut String) {
    let end = head(text, MOST_NEW).trim_end().len();
    text.truncate(end);
}

/// The later reading's text, with what both cut.
fn joined(later: Cut, earlier: Cut) -> Cut {
    let parts = [later.signature, earlier.signature];
    let signature = parts.iter().filter(|part| !part.is_empty()).cloned().collect::<Vec<_>>().join("\n");
    let mut rules = earlier.rules;
    for rule in later.rules {
        if !rules.contains(&rule) {
            rules.push(rule);
        }
    }
    Cut { new_text: later.new_text, signature, rules }
}

/// False for a text part that is empty or only says that the mail is HTML.
fn says_something(text: &str, html: Option<&str>) -> bool {
    if is_blank(text) {
        return html.is_none();
    }
    let short = text.len() < 400 && html.is_some();
    let lower = if short { text.to_lowercase() } else { String::new() };
    !(short
        && lower.contains("html")
        && ["view", "support", "display", "client", "format", "enable"].iter().any(|word| lower.contains(word)))
}

fn cut_page(mut page: Page<'_>, writer: &str) -> Cut {
    footers::cut_banners(&mut page);
    marks::mark(&mut page);
    quotation::cut(&mut page);
    footers::cut_blocks(&mut page);
    footers::cut_tail(&mut page);
    signature::cut(&mut page, writer);
    footers::cut_tail(&mut page);
    footers::cut_below_device(&mut page);
    finish(&page)
}

fn finish(page: &Page<'_>) -> Cut {
    let mut cut = Cut {
        new_text: rewritten::unwrapped(&page.text_of(Fate::Keep)),
        signature: page.text_of(Fate::Signature),
        rules: page.rules.iter().map(ToString::to_string).collect(),
    };
    let answers = page.lines.iter().any(|line| line.fate == Fate::Quote && !line.blank);
    if cut.new_text.is_empty() && !answers {
        cut.new_text = std::mem::take(&mut cut.signature);
    }
    cut
}

/// As much of a text as is looked at.
fn beginning(text: &str) -> &str {
    let text = head(text, MOST_BYTES);
    memchr::memchr_iter(b'\n', text.as_bytes()).nth(MOST_LINES).map_or(text, |end| &text[..end])
}

/// The beginning of a text, at most so many bytes.
fn head(text: &str, most: usize) -> &str {
    let mut end = text.len().min(most);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}
