//! Stub, written by a colleague.

use crate::model::mail::Mail;

pub struct Cut {
    pub new_text: String,
    pub signature: String,
    pub rules: Vec<String>,
}

pub fn cut(mail: &Mail) -> Cut {
    let text = mail.text.clone().unwrap_or_default();
    let kept: Vec<&str> =
        text.lines().take_while(|line| !line.starts_with('>') && !(line.starts_with("On ") && line.ends_with("wrote:"))).collect();
    Cut { new_text: kept.join("\n").trim().to_owned(), signature: String::new(), rules: Vec::new() }
}
