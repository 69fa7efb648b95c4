//! What hostile mails are made of, over and over: shared by the tests of what they cost and the bench that times them.

/// Pieces of plain text.
pub const TEXT: &[&str] = &[
    "a",
    "a\n",
    "> ",
    ">\n",
    "😀\n",
    "( ",
    "\"",
    "-- \n",
    "@",
    "a@b.test ",
    "1",
    "5/5/26 ",
    "next Tuesday or ",
    "not ",
    "Jane Doe, ",
    "https://a.test/b ",
    "On Mon, Jane Doe <j@p.test> wrote:\n",
    "From: a\nSent: b\nTo: c\nSubject: d\n",
    "Best,\nJane\n",
    "-----Original Message-----\n",
    "Sent from my iPhone\n",
    "REQ-1 ",
    "at 3pm ET ",
    "\u{200b}",
    "\u{301}",
    "We have no openings. ",
    "call me at 312-555-0148 or 9:30 am ET on 3/9 ",
    "Dr. Jane Doe <jane.doe@payer.test> and ",
    "second week of January, ",
    "|",
    "no longer with ",
    "&nbsp;=20\n",
    "Am Montag schrieb Jane:\n",
    "________________________________\n",
    "unsubscribe\n",
    "550 5.1.1 <a@b.test> user unknown\n",
    "Stop. ",
    "req 26-A/",
    "A-1/",
    "half past ",
    "seven-thirty (CT) or ",
    "fiscal year ends in June ",
    "Best,\nplease write to me. \n",
];

/// Pieces of HTML.
pub const MARKUP: &[&str] = &[
    "<div>",
    "<b>",
    "<blockquote>",
    "<blockquote type=cite>",
    "<table><tr><td>",
    "<a href=x>",
    "<",
    "&",
    "&amp;",
    "<!--",
    "</div>",
    "<a b",
    "<span style='display:none'>",
    "<br>",
    "<div class=gmail_quote>",
    "<p>a",
    "<x_x_x>",
    "<div id=appendonsend></div>",
    "<p style='color:#fff'>",
    "<!DOCTYPE a>",
    "<style>a{}</style>",
];

/// Header fields or the beginnings of parts, and what goes on in them.
pub const HEADERS: &[(&str, &str)] = &[
    ("", "X: y\r\n"),
    ("Subject: ", "=?utf-8?Q?a?= "),
    ("Subject: ", "=?"),
    ("Subject:", " a\r\n"),
    ("From: ", "a@b.test, "),
    ("From: ", "("),
    ("From: ", "\""),
    ("From: ", "a:;"),
    ("References: ", "<a@b.test> "),
    ("References: ", "<"),
    ("Subject: ", "@"),
    ("Content-Type: text/plain;", " a=b;"),
    ("Content-Type: multipart/mixed; boundary=b\r\n\r\n", "--b\r\n\r\nx\r\n"),
    ("Content-Type: multipart/mixed; boundary=b\r\n\r\n", "--b\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"),
    ("", "Content-Type: message/rfc822\r\n\r\n"),
    ("Authentication-Results: x; ", "dmarc=pass "),
    (
        "Content-Type: multipart/report; boundary=b\r\n\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\n",
        "Final-Recipient: rfc822; a@b.test\r\nAction: failed\r\n\r\n",
    ),
    ("Content-Type: text/calendar; method=REQUEST\r\n\r\n", "BEGIN:VEVENT\r\nRRULE:FREQ=SECONDLY\r\nEND:VEVENT\r\n"),
    ("Content-Transfer-Encoding: quoted-printable\r\n\r\n", "a=\r\n"),
    ("Content-Transfer-Encoding: base64\r\n\r\n", "QUFB\r\n"),
    ("Content-Type: text/plain; format=flowed; delsp=yes\r\n\r\n", "> a \r\n"),
    ("Return-Path: <>\r\nSubject: Undelivered Mail Returned to Sender\r\n\r\n", "<a@b.test>: 550 5.1.1 user unknown\r\n"),
    ("Auto-Submitted: auto-replied\r\nSubject: Automatic reply\r\n\r\n", "I am back on March 9, please contact Ann Lee <ann@b.test>. "),
    ("List-Id: <x.test>\r\n\r\n", "Please stop. "),
];

/// The header of each.
pub const HEAD: &str =
    "From: Jane Doe <jane@payer.test>\r\nTo: leah@home.test\r\nDate: Mon, 2 Mar 2026 09:00:00 -0500\r\nMessage-ID: <a@b.test>\r\n";

/// A mail of about so many bytes, of one piece of plain text.
pub fn text(unit: &str) -> impl Fn(usize) -> String {
    move |length| format!("{HEAD}Subject: Re: hello\r\nIn-Reply-To: <x@y.test>\r\n\r\nHi Leah,\r\n{}", unit.repeat(length / unit.len()))
}

/// The same of HTML.
pub fn html(unit: &str) -> impl Fn(usize) -> String {
    move |length| format!("{HEAD}Subject: Re: hello\r\nContent-Type: text/html\r\n\r\n<p>Hi Leah,{}", unit.repeat(length / unit.len()))
}

/// The same of a header field or of parts.
pub fn header(field: &str, unit: &str) -> impl Fn(usize) -> String {
    move |length| format!("{HEAD}{field}{}\r\n\r\nHi", unit.repeat(length / unit.len()))
}
