//! Sentences of a check-in, made comparable, so that ten drafts do not share one.

/// The sentences of a text, lower-case and without punctuation; greeting, closing and name left out.
#[must_use]
pub fn sentences(text: &str) -> Vec<String> {
    let prose = text.lines().map(str::trim).filter(|line| !is_frame(line)).collect::<Vec<_>>();
    split(&prose.join(" ")).iter().map(|sentence| normal(sentence)).filter(|sentence| !sentence.is_empty()).collect()
}

/// A greeting (“Dear Jane,”), a closing (“With warm regards,”) or a name: short, and no sentence.
fn is_frame(line: &str) -> bool {
    let ends_as_one = line.ends_with(['.', '?', '!', ';', '”', '"', ')']);
    !ends_as_one && line.split_whitespace().count() <= 4
}

fn split(prose: &str) -> Vec<String> {
    let mut found = vec![String::new()];
    for word in prose.split_whitespace() {
        if let Some(sentence) = found.last_mut() {
            sentence.push_str(word);
            sentence.push(' ');
        }
        if ends_a_sentence(word) {
            found.push(String::new());
        }
    }
    found
}

/// A final mark, unless the word looks like an abbreviation (“Dr.”, “M.D.”, “J.”).
fn ends_a_sentence(word: &str) -> bool {
    let bare = word.trim_end_matches(['”', '"', ')', '’', '\'']);
    let Some(stem) = bare.strip_suffix('.') else { return bare.ends_with(['?', '!']) };
    let short_name = stem.chars().count() <= 2 && stem.starts_with(char::is_uppercase);
    !(short_name || stem.contains('.'))
}

fn normal(sentence: &str) -> String {
    let plain: String = sentence.chars().map(|c| if c.is_alphanumeric() { c } else { ' ' }).collect();
    plain.to_lowercase().split_whitespace().collect::<Vec<_>>().join(" ")
}
