//! How different mail programs write an answer: quotes, attributions, HTML beside the text.

use jiff::Zoned;
use serde::Deserialize;

use crate::model::address::Mailbox;

/// A mail program.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mailer {
    /// Text and HTML, attribution line above the quote.
    Gmail,
    /// Text and HTML, a block of header fields above the quote.
    #[default]
    Outlook,
    /// Plain text, quoted with `>`.
    Apple,
    /// A telephone: short, everything quoted.
    Phone,
    /// Plain text with wrapped lines.
    Thunderbird,
}

/// A mail to be written.
#[derive(Debug, Clone)]
pub struct Sheet {
    /// Who writes.
    pub from: Mailbox,
    /// To whom.
    pub to: Mailbox,
    /// The subject.
    pub subject: String,
    /// The hour on the writer's clock.
    pub date: Zoned,
    /// `Message-ID` without brackets.
    pub id: String,
    /// The conversation's ids, oldest first; the last one is answered.
    pub references: Vec<String>,
    /// What they say.
    pub text: String,
    /// What they answer.
    pub quoted: Option<Quoted>,
    /// More header fields, with their line ends.
    pub fields: String,
}

/// The mail that is answered.
#[derive(Debug, Clone)]
pub struct Quoted {
    /// Its text.
    pub text: String,
    /// Its subject.
    pub subject: String,
    /// Its hour on the clock of the one who quotes.
    pub date: Zoned,
    /// Who wrote it.
    pub from: Mailbox,
    /// To whom.
    pub to: Mailbox,
}

/// The bytes of a mail as this program writes it.
#[must_use]
pub fn write(mailer: Mailer, sheet: &Sheet) -> Vec<u8> {
    let text = plain(mailer, sheet);
    let (kind, body) = match mailer {
        Mailer::Gmail | Mailer::Outlook => alternative(sheet, &text, &html(mailer, sheet)),
        Mailer::Apple | Mailer::Phone | Mailer::Thunderbird => ("text/plain; charset=utf-8".to_owned(), text),
    };
    crlf(&format!("{}Content-Type: {kind}\nContent-Transfer-Encoding: 8bit\n\n{body}", head(sheet)))
}

/// All header fields but those of the body.
#[must_use]
pub fn head(sheet: &Sheet) -> String {
    let ids = |ids: &[String]| ids.iter().map(|id| format!("<{id}>")).collect::<Vec<_>>().join("\n ");
    let thread = match sheet.references.last() {
        Some(last) => format!("In-Reply-To: <{last}>\nReferences: {}\n", ids(&sheet.references)),
        None => String::new(),
    };
    let domain = sheet.from.address.domain();
    let arrived = rfc2822(&sheet.date);
    format!(
        "Return-Path: <{from}>\nReceived: from mx.{domain} (mx.{domain} [192.0.2.25])\n by mail.example (Postfix) with ESMTPS id 4D3M0;\n {arrived}\nFrom: {name} <{from}>\nTo: {} <{}>\nSubject: {}\nDate: {arrived}\nMessage-ID: <{}>\n{thread}{}MIME-Version: 1.0\n",
        sheet.to.name,
        sheet.to.address,
        sheet.subject,
        sheet.id,
        sheet.fields,
        name = sheet.from.name,
        from = sheet.from.address,
    )
}

/// An RFC 5322 date.
#[must_use]
pub fn rfc2822(date: &Zoned) -> String {
    date.strftime("%a, %-d %b %Y %H:%M:%S %z").to_string()
}

/// Lines that end as on the wire.
#[must_use]
pub fn crlf(text: &str) -> Vec<u8> {
    text.replace("\r\n", "\n").replace('\n', "\r\n").into_bytes()
}

fn plain(mailer: Mailer, sheet: &Sheet) -> String {
    let Some(quoted) = &sheet.quoted else { return format!("{}\n", sheet.text.trim_end()) };
    let said = sheet.text.trim_end();
    match mailer {
        Mailer::Outlook => {
            format!("{said}\n\n________________________________\n{}\n\n{}\n", block(quoted, "", ""), quoted.text.trim_end())
        }
        Mailer::Phone => {
            format!("{said}\n\nSent from my iPhone\n\n> {}\n> \n{}\n", attribution(mailer, quoted), marked(&quoted.text, "> "))
        }
        _ => format!("{said}\n\n{}\n{}\n", attribution(mailer, quoted), marked(&quoted.text, "> ")),
    }
}

fn marked(text: &str, mark: &str) -> String {
    text.trim_end().lines().map(|line| format!("{mark}{line}").trim_end().to_owned()).collect::<Vec<_>>().join("\n")
}

/// The line above a quote.
fn attribution(mailer: Mailer, quoted: &Quoted) -> String {
    let (name, address) = (&quoted.from.name, &quoted.from.address);
    match mailer {
        Mailer::Gmail => format!("On {} {name} <{address}> wrote:\n", quoted.date.strftime("%a, %b %-d, %Y at %-I:%M %p")),
        Mailer::Thunderbird => format!("On {}, {name} wrote:", quoted.date.strftime("%-m/%-d/%y %H:%M")),
        _ => format!("On {}, {name} <{address}> wrote:", quoted.date.strftime("%b %-d, %Y, at %-I:%M %p")),
    }
}

/// Outlook's block of header fields.
fn block(quoted: &Quoted, before: &str, after: &str) -> String {
    let line = |key: &str, value: String| format!("{before}{key}:{after} {value}");
    [
        line("From", format!("{} <{}>", quoted.from.name, quoted.from.address)),
        line("Sent", quoted.date.strftime("%A, %B %-d, %Y %-I:%M %p").to_string()),
        line("To", format!("{} <{}>", quoted.to.name, quoted.to.address)),
        line("Subject", quoted.subject.clone()),
    ]
    .join("\n")
}

fn html(mailer: Mailer, sheet: &Sheet) -> String {
    let said = sheet.text.trim_end();
    let Some(quoted) = &sheet.quoted else { return format!("<div>{}</div>", paragraphs(said)) };
    if mailer == Mailer::Gmail {
        return format!(
            "<div dir=\"ltr\">{}</div><br><div class=\"gmail_quote\"><div dir=\"ltr\" class=\"gmail_attr\">{}<br></div><blockquote class=\"gmail_quote\" style=\"margin:0px 0px 0px 0.8ex;border-left:1px solid rgb(204,204,204);padding-left:1ex\">{}</blockquote></div>",
            paragraphs(said),
            escaped(attribution(mailer, quoted).trim_end()),
            paragraphs(&quoted.text),
        );
    }
    let fields = QuotedHtml(quoted).fields();
    format!(
        "<html><body lang=\"EN-US\"><div class=\"WordSection1\">{}<div style=\"border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0in 0in 0in\"><p class=\"MsoNormal\">{fields}</p></div>{}</div></body></html>",
        mso(said),
        mso(&quoted.text),
    )
}

struct QuotedHtml<'a>(&'a Quoted);

impl QuotedHtml<'_> {
    fn fields(&self) -> String {
        let lines = block(self.0, "", "");
        let bold = |line: &str| match line.split_once(": ") {
            Some((key, value)) => format!("<b>{key}:</b> {}", escaped(value)),
            None => escaped(line),
        };
        lines.lines().map(bold).collect::<Vec<_>>().join("<br>\n")
    }
}

fn paragraphs(text: &str) -> String {
    escaped(text.trim_end()).replace('\n', "<br>\n")
}

fn mso(text: &str) -> String {
    let line = |line: &str| format!("<p class=\"MsoNormal\">{}</p>", if line.is_empty() { "&nbsp;".to_owned() } else { escaped(line) });
    text.trim_end().lines().map(line).collect::<Vec<_>>().join("\n")
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

fn alternative(sheet: &Sheet, text: &str, html: &str) -> (String, String) {
    let boundary = format!("part-{}", sheet.id.split('@').next().unwrap_or_default());
    let part = |kind: &str, body: &str| {
        format!("--{boundary}\nContent-Type: text/{kind}; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n{body}\n")
    };
    let body = format!("{}{}--{boundary}--\n", part("plain", text), part("html", html));
    (format!("multipart/alternative; boundary=\"{boundary}\""), body)
}
