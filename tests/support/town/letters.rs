//! The mails that others, machines and the owner put into the mailbox.

use std::fmt::Write as _;

use super::{ME, Town};

impl Town {
    /// A mail as a person's program writes it. `about` are header lines without their ends.
    pub fn letter(&mut self, from: &str, to: &str, subject: &str, about: &[&str], text: &str) -> Vec<u8> {
        self.letters += 1;
        let date = self.now().strftime("%a, %d %b %Y %H:%M:%S %z").to_string();
        let mut mail = format!("From: {from}\r\nTo: {to}\r\nSubject: {subject}\r\nDate: {date}\r\n");
        if !about.iter().any(|line| line.to_lowercase().starts_with("message-id:")) {
            let _ = write!(mail, "Message-ID: <letter-{}@mail.test>\r\n", self.letters);
        }
        for line in about {
            let _ = write!(mail, "{line}\r\n");
        }
        let _ = write!(mail, "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{}\r\n", text.replace('\n', "\r\n"));
        mail.into_bytes()
    }

    pub fn put(&mut self, folder: &str, mail: &[u8]) {
        let now = self.see().now();
        self.post().put(folder, mail, now);
    }

    /// Header lines that answer the last check-in to an address.
    fn answering(&mut self, address: &str) -> Vec<String> {
        let last = self.out().into_iter().rfind(|out| out.to == address);
        let Some(id) = last.and_then(|out| out.mail.message_id) else { return Vec::new() };
        vec![format!("In-Reply-To: <{id}>"), format!("References: <{id}>")]
    }

    /// They answer the last check-in, from their address.
    pub fn they_write(&mut self, address: &str, text: &str) {
        self.they_write_to("INBOX", address, address, text);
    }

    /// Somebody answers what was written to an address, and it arrives in a folder.
    pub fn they_write_to(&mut self, folder: &str, from: &str, about: &str, text: &str) {
        let about = self.answering(about);
        let about: Vec<&str> = about.iter().map(String::as_str).collect();
        let mail = self.letter(from, ME, "Re: hello", &about, text);
        self.put(folder, &mail);
    }

    /// The owner writes by hand; the copy lies in Sent.
    pub fn owner_writes(&mut self, address: &str, text: &str) {
        let mail = self.letter(ME, address, "A word by hand", &[], text);
        self.put("Sent", &mail);
    }

    /// A machine answers for them.
    pub fn auto_reply(&mut self, address: &str, text: &str) {
        let mut about = self.answering(address);
        about.push("Auto-Submitted: auto-replied".to_owned());
        let about: Vec<&str> = about.iter().map(String::as_str).collect();
        let mail = self.letter(address, ME, "Automatic reply: hello", &about, text);
        self.put("INBOX", &mail);
    }

    /// The last check-in comes back.
    pub fn bounce(&mut self, address: &str, status: &str, words: &str) {
        let id = self.out().into_iter().rfind(|out| out.to == address).and_then(|out| out.mail.message_id).unwrap_or_default();
        let report = report(&[address], status, words, &id);
        let mail = self.report_mail(&report);
        self.put("INBOX", &mail);
    }

    /// A delivery report with the parts of RFC 3464.
    pub fn report_mail(&mut self, parts: &str) -> Vec<u8> {
        self.letters += 1;
        let date = self.now().strftime("%a, %d %b %Y %H:%M:%S %z").to_string();
        format!(
            "From: Mail Delivery System <MAILER-DAEMON@mx.test>\r\nTo: {ME}\r\nSubject: Undelivered Mail Returned to Sender\r\n\
             Date: {date}\r\nMessage-ID: <report-{}@mx.test>\r\nAuto-Submitted: auto-replied\r\nMIME-Version: 1.0\r\n\
             Content-Type: multipart/report; report-type=delivery-status; boundary=\"b\"\r\n\r\n{parts}",
            self.letters
        )
        .into_bytes()
    }
}

/// The parts of a delivery report about some addresses.
pub fn report(addresses: &[&str], status: &str, words: &str, id: &str) -> String {
    let mut fields = String::new();
    for address in addresses {
        let _ = write!(
            fields,
            "\r\nFinal-Recipient: rfc822; {address}\r\nAction: failed\r\nStatus: {status}\r\nDiagnostic-Code: smtp; 550 {status} {words}\r\n"
        );
    }
    format!(
        "--b\r\nContent-Type: text/plain\r\n\r\nYour mail could not be delivered: {words}\r\n\
         --b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.test\r\n{fields}\r\n\
         --b\r\nContent-Type: text/rfc822-headers\r\n\r\nFrom: {ME}\r\nMessage-ID: <{id}>\r\nSubject: hello\r\n\r\n--b--\r\n"
    )
}
