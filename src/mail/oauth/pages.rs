//! The few pages that the owner's browser is shown when it comes back.

const PAGE: &str = include_str!("../../../templates/sign-in/page.html");

/// What a browser is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Page {
    /// The yes arrived.
    Done,
    /// The owner said no.
    Denied,
    /// The provider said something else.
    Refused,
    /// An answer nobody here asked for.
    Strange,
    /// Something a browser asks for by itself.
    Nothing,
}

impl Page {
    /// The whole answer (RFC 9112), after which the line is closed.
    pub(super) fn answer(self) -> String {
        let (status, title, text) = match self {
            Self::Done => ("200 OK", "You are signed in.", "Curbside has what it needs. Close this page and go back to the terminal."),
            Self::Denied => ("200 OK", "You said no.", "Nothing was changed. Close this page and go back to the terminal."),
            Self::Refused => ("200 OK", "That did not work.", "The terminal says why. You can close this page."),
            Self::Strange => ("400 Bad Request", "This was not asked for.", "Curbside did not use it. Sign in by the page it opened."),
            Self::Nothing => ("404 Not Found", "There is nothing here.", "Curbside waits for the page that signs you in."),
        };
        let page = PAGE.replace("{title}", title).replace("{text}", text);
        format!(
            "HTTP/1.1 {status}\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {}\r\nConnection: close\r\n\
             Cache-Control: no-store\r\nReferrer-Policy: no-referrer\r\n\
             Content-Security-Policy: default-src 'none'; style-src 'unsafe-inline'\r\n\r\n{page}",
            page.len()
        )
    }
}
