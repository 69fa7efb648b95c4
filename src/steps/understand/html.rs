//! HTML of a mail to lines of text, with what its elements say of them: quoted, signature, hidden.

use std::collections::HashMap;
use std::sync::LazyLock;

use html5gum::{StartTag, Token, Tokenizer};
use regex_automata::meta::Regex;

use super::patterns::alone;
use super::quote::{ELEMENTS, Element, Mark};

/// Text of a mail's HTML, one mark a line.
#[derive(Debug, Default)]
pub struct Rendered {
    /// The lines, joined by `\n`. Hidden text is left out.
    pub text: String,
    /// What the HTML says of each line.
    pub marks: Vec<Mark>,
}

/// Renders HTML as lines. No tree is built; deep or broken nesting costs no more than its length.
#[must_use]
pub fn render(html: &str) -> Rendered {
    let mut writer = Writer::default();
    for token in Tokenizer::new(html) {
        match token {
            Ok(Token::StartTag(tag)) => writer.open(&tag),
            Ok(Token::EndTag(tag)) => writer.close(&tag.name),
            Ok(Token::String(text)) => writer.write(&String::from_utf8_lossy(&text)),
            Ok(_) => {}
            Err(never) => match never {},
        }
    }
    writer.finish()
}

static HIDDEN: LazyLock<Regex> = LazyLock::new(|| {
    alone(
        r"(?i)display:none|visibility:(?:hidden|collapse)|mso-hide:all|font-size:[01](?:px|pt|em|%)?(?:[;!]|$)|opacity:0(?:\.0+)?(?:[;!]|$)|max-height:[01](?:px)?(?:[;!]|$)|color:transparent|text-indent:-\d{3,}|(?:left|top):-\d{4,}",
    )
});

/// Where the text of an element belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Area {
    #[default]
    Plain,
    /// A quote's container: quoted until a quote in it has ended, then perhaps an answer.
    Container,
    Quoted,
    Indented,
    Signature,
}

/// What is in force inside an element.
#[derive(Debug, Clone, Copy, Default)]
struct State {
    area: Area,
    hidden: bool,
    keeps_space: bool,
}

/// What was seen in the current quote's container.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Container {
    #[default]
    Fresh,
    /// The header of a forward: all of it is quoted.
    Forward,
    /// A quote has ended, so what follows may be an answer.
    Answered,
}

#[derive(Default)]
struct Writer {
    done: Rendered,
    line: String,
    line_mark: Mark,
    state: State,
    stack: Vec<(Vec<u8>, State)>,
    open: HashMap<Vec<u8>, usize>,
    container: Container,
    rest: bool,
    gap: bool,
}

impl Writer {
    fn open(&mut self, tag: &StartTag<()>) {
        let name: &[u8] = &tag.name;
        self.close_implied(name);
        self.end_line_at(name);
        let state = self.state_of(tag);
        if is_void(name) {
            return;
        }
        if name == b"body" {
            self.state.hidden = false;
        }
        self.stack.push((name.to_vec(), self.state));
        *self.open.entry(name.to_vec()).or_default() += 1;
        self.state = State { hidden: state.hidden && name != b"body", ..state };
        if name == b"td" || name == b"th" {
            self.push_space();
        }
    }

    /// What an element's name, id, classes and style put in force; also where the original begins.
    fn state_of(&mut self, tag: &StartTag<()>) -> State {
        let name: &[u8] = &tag.name;
        let mut state = self.state;
        let style = attribute(tag, b"style").map(|style| style.split_whitespace().collect::<String>()).unwrap_or_default();
        state.hidden |= is_unseen(name) || tag.attributes.contains_key(&b"hidden"[..]) || HIDDEN.is_match(&style);
        state.keeps_space |= name == b"pre" || style.contains("white-space:pre");
        match element_of(tag) {
            Some(Element::Rest) => self.begin_rest(),
            Some(Element::Added) => state.hidden = true,
            Some(Element::Quoted) => state.area = Area::Quoted,
            Some(Element::Signature) if state.area == Area::Plain => state.area = Area::Signature,
            Some(Element::Container) if name != b"blockquote" && state.area == Area::Plain => {
                state.area = Area::Container;
                self.container = Container::Fresh;
            }
            _ => {}
        }
        if name == b"blockquote" && state.area != Area::Quoted {
            state.area = self.blockquote_area(tag, &style);
        }
        state
    }

    fn blockquote_area(&self, tag: &StartTag<()>, style: &str) -> Area {
        let cited =
            attribute(tag, b"type").is_some_and(|kind| kind.eq_ignore_ascii_case("cite")) || tag.attributes.contains_key(&b"cite"[..]);
        if cited || self.state.area == Area::Container || element_of(tag).is_some() || style.contains("border-left") {
            Area::Quoted
        } else if style.contains("border:none") || style.contains("border:0") || style.contains("margin:00040px") {
            self.state.area
        } else {
            Area::Indented
        }
    }

    fn begin_rest(&mut self) {
        self.end_line();
        self.rest = true;
    }

    /// A new paragraph, item or cell ends the one that is still open.
    fn close_implied(&mut self, name: &[u8]) {
        let Some((top, _)) = self.stack.last() else { return };
        let ends = match top.as_slice() {
            b"p" => is_block(name),
            b"li" | b"td" | b"th" | b"tr" | b"option" => top == name || name == b"tr" && top != b"li",
            _ => false,
        };
        if ends {
            self.pop();
        }
    }

    fn close(&mut self, name: &[u8]) {
        self.end_line_at(name);
        if self.open.get(name).copied().unwrap_or_default() == 0 {
            return;
        }
        while let Some(popped) = self.pop() {
            if popped == name {
                break;
            }
        }
    }

    /// What the beginning and the end of an element do to the line.
    fn end_line_at(&mut self, name: &[u8]) {
        if is_block(name) {
            self.end_line();
            self.gap |= opens_gap(name);
        }
        if name == b"br" {
            self.break_line();
        }
    }

    fn pop(&mut self) -> Option<Vec<u8>> {
        let (name, state) = self.stack.pop()?;
        if let Some(count) = self.open.get_mut(&name) {
            *count = count.saturating_sub(1);
        }
        if name == b"blockquote" && state.area == Area::Container && self.container == Container::Fresh {
            self.container = Container::Answered;
        }
        self.state = state;
        Some(name)
    }

    fn mark(&self) -> Mark {
        match self.state.area {
            _ if self.rest => Mark::Rest,
            Area::Quoted => Mark::Quoted,
            Area::Container if self.container != Container::Answered => Mark::Quoted,
            Area::Indented => Mark::Indented,
            Area::Signature => Mark::Signature,
            Area::Container | Area::Plain => Mark::None,
        }
    }

    fn write(&mut self, text: &str) {
        if self.state.hidden {
            return;
        }
        if matches!(self.state.area, Area::Container | Area::Quoted) && self.container == Container::Fresh && text.contains("-----") {
            self.container = Container::Forward;
        }
        for (at, piece) in text.split('\n').enumerate() {
            if at > 0 && self.state.keeps_space {
                self.break_line();
            } else if at > 0 {
                self.push_space();
            }
            self.write_piece(piece);
        }
    }

    fn write_piece(&mut self, piece: &str) {
        let mark = self.mark();
        if self.line_mark != mark && !piece.trim().is_empty() {
            self.end_line();
            self.line_mark = mark;
        }
        for c in piece.chars() {
            match c {
                ' ' | '\t' | '\r' | '\u{c}' if !self.state.keeps_space => self.push_space(),
                '\r' => {}
                '\u{a0}' => self.line.push(' '),
                c if c.is_control() && c != '\t' => {}
                c => self.line.push(c),
            }
        }
    }

    fn push_space(&mut self) {
        if !self.state.hidden && !self.line.is_empty() && !self.line.ends_with(' ') {
            self.line.push(' ');
        }
    }

    /// A line break that the writer asked for, even if nothing stands on the line.
    fn break_line(&mut self) {
        if self.state.hidden {
            return;
        }
        if self.line.trim().is_empty() {
            self.gap = true;
            self.line.clear();
        } else {
            self.end_line();
        }
    }

    fn end_line(&mut self) {
        if self.line.trim().is_empty() {
            self.line.clear();
            return;
        }
        if self.gap && !self.done.text.is_empty() {
            self.done.text.push('\n');
            self.done.marks.push(Mark::None);
        }
        self.gap = false;
        self.done.text.push_str(self.line.trim_end());
        self.done.text.push('\n');
        self.done.marks.push(if self.rest { Mark::Rest } else { self.line_mark });
        self.line.clear();
        self.line_mark = self.mark();
    }

    fn finish(mut self) -> Rendered {
        self.end_line();
        self.done
    }
}

fn attribute(tag: &StartTag<()>, name: &[u8]) -> Option<String> {
    tag.attributes.get(name).map(|value| String::from_utf8_lossy(&value.value).into_owned())
}

/// What the names of an element say.
fn element_of(tag: &StartTag<()>) -> Option<Element> {
    let keys: [&[u8]; 5] = [b"id", b"class", b"name", b"data-smartmail", b"data-marker"];
    keys.into_iter().filter_map(|key| attribute(tag, key)).find_map(|value| {
        value.split_whitespace().take(20).find_map(|name| {
            let lower = name.to_lowercase();
            let mut plain = lower.as_str();
            while let Some(rest) = plain.strip_prefix("x_") {
                plain = rest;
            }
            ELEMENTS.get(plain).copied()
        })
    })
}

fn is_unseen(name: &[u8]) -> bool {
    matches!(
        name,
        b"head"
            | b"style"
            | b"script"
            | b"title"
            | b"template"
            | b"noscript"
            | b"svg"
            | b"object"
            | b"select"
            | b"textarea"
            | b"iframe"
            | b"xml"
    )
}

fn is_void(name: &[u8]) -> bool {
    matches!(
        name,
        b"br"
            | b"hr"
            | b"img"
            | b"input"
            | b"meta"
            | b"link"
            | b"area"
            | b"base"
            | b"col"
            | b"embed"
            | b"source"
            | b"wbr"
            | b"track"
            | b"param"
    )
}

fn is_block(name: &[u8]) -> bool {
    matches!(
        name,
        b"p" | b"div"
            | b"tr"
            | b"table"
            | b"li"
            | b"ul"
            | b"ol"
            | b"dl"
            | b"dt"
            | b"dd"
            | b"blockquote"
            | b"hr"
            | b"pre"
            | b"h1"
            | b"h2"
            | b"h3"
            | b"h4"
            | b"h5"
            | b"h6"
            | b"section"
            | b"article"
            | b"header"
            | b"footer"
            | b"address"
            | b"center"
            | b"form"
            | b"fieldset"
            | b"body"
            | b"html"
            | b"tbody"
            | b"thead"
            | b"main"
            | b"aside"
            | b"figure"
    )
}

/// Elements that readers see set off by white space.
fn opens_gap(name: &[u8]) -> bool {
    matches!(name, b"p" | b"ul" | b"ol" | b"blockquote" | b"hr" | b"pre" | b"h1" | b"h2" | b"h3" | b"h4" | b"h5" | b"h6" | b"table")
}
