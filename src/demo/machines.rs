//! What machines answer: an absence, and a delivery report as Postfix writes it (RFC 3464).

use super::mailers::{Sheet, crlf, head, rfc2822};

/// An automatic answer (RFC 3834).
#[must_use]
pub fn away(sheet: &Sheet) -> Vec<u8> {
    let body = sheet.text.trim_end();
    crlf(&format!(
        "{}Auto-Submitted: auto-replied\nX-Auto-Response-Suppress: All\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n{body}\n",
        head(sheet)
    ))
}

/// A mail that could not be delivered.
#[derive(Debug, Clone)]
pub struct Returned<'a> {
    /// To whom it should have gone.
    pub to: &'a str,
    /// Its header block.
    pub header: &'a str,
}

/// A delivery report: the address is unknown.
#[must_use]
pub fn bounce(sheet: &Sheet, returned: &Returned<'_>) -> Vec<u8> {
    let Returned { to, header } = returned;
    let boundary = format!("report-{}/mail.example", sheet.id.split('@').next().unwrap_or_default());
    let domain = to.rsplit('@').next().unwrap_or_default();
    let date = rfc2822(&sheet.date);
    let said = format!("550 5.1.1 <{to}>: Recipient address rejected: User unknown in virtual mailbox table");
    let human = format!(
        "This is the mail system at host mail.example.\n\nI'm sorry to have to inform you that your message could not\nbe delivered to one or more recipients. It's attached below.\n\nFor further assistance, please send mail to postmaster.\n\nIf you do so, please include this problem report. You can\ndelete your own text from the attached returned message.\n\n                   The mail system\n\n<{to}>: host mx.{domain}[192.0.2.26] said: {said}\n    (in reply to RCPT TO command)\n"
    );
    let status = format!(
        "Reporting-MTA: dns; mail.example\nArrival-Date: {date}\n\nFinal-Recipient: rfc822; {to}\nOriginal-Recipient: rfc822;{to}\nAction: failed\nStatus: 5.1.1\nRemote-MTA: dns; mx.{domain}\nDiagnostic-Code: smtp; {said}\n"
    );
    let part = |kind: &str, body: &str| format!("--{boundary}\n{kind}\n\n{body}\n");
    crlf(&format!(
        "{}Auto-Submitted: auto-replied\nContent-Type: multipart/report; report-type=delivery-status;\n boundary=\"{boundary}\"\n\nThis is a MIME-encapsulated message.\n\n{}{}{}--{boundary}--\n",
        head(sheet),
        part("Content-Description: Notification\nContent-Type: text/plain; charset=us-ascii", &human),
        part("Content-Description: Delivery report\nContent-Type: message/delivery-status", &status),
        part("Content-Description: Undelivered Message Headers\nContent-Type: text/rfc822-headers", header),
    ))
}
