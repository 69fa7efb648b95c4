//! A contact: a person the owner knows or wants to know.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::address::Address;
use super::id::ContactId;
use super::span::Span;

/// A person the owner knows or wants to know.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Contact {
    /// Never reused.
    pub id: ContactId,
    /// As the owner wrote it.
    pub name: String,
    /// The primary one first; dead ones left out.
    pub addresses: Vec<Address>,
    /// Display name of the employer.
    pub employer: Option<String>,
    /// The topmost parent of the employer.
    pub family: Option<String>,
    /// Their title.
    pub title: Option<String>,
    /// How they stand to the owner.
    pub relation: Relation,
    /// How they met.
    pub met: Option<String>,
    /// Their own cadence; the default where none.
    pub every: Option<Span>,
    /// IANA zone the owner gave.
    pub zone: Option<String>,
    /// Two-letter US state.
    pub state: Option<String>,
    /// The owner's words to find them by.
    pub tags: Vec<String>,
    /// The newest note.
    pub note: Option<String>,
    /// Whether check-ins to them need a yes.
    pub mode: Mode,
    /// When they were added.
    pub added_at: Timestamp,
    /// False until the mailbox was searched for all their addresses.
    pub searched: bool,
}

impl Contact {
    /// Where they are written to when nothing else is known.
    #[must_use]
    pub fn primary(&self) -> Option<&Address> {
        self.addresses.first()
    }
}

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $word:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        pub enum $name {
            $($(#[$vdoc])* #[serde(rename = $word)] $variant),+
        }

        impl $name {
            /// All of them, in order.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The word of the contract.
            #[must_use]
            pub const fn word(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }

            /// What a word of the contract names.
            #[must_use]
            pub fn of_word(word: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|value| value.word() == word)
            }
        }

        impl std::str::FromStr for $name {
            type Err = String;
            fn from_str(text: &str) -> Result<Self, String> {
                let word = text.trim().to_ascii_lowercase().replace(['-', ' '], "_");
                Self::of_word(&word).ok_or_else(|| {
                    let all: Vec<&str> = Self::ALL.iter().map(|value| value.word()).collect();
                    format!("“{text}” is none of {}", all.join(", "))
                })
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.word())
            }
        }
    };
}
pub(crate) use words;

words! {
    /// How a contact stands to the owner.
    Relation {
        /// A physician already there.
        Peer = "peer",
        /// A recruiter.
        Recruiter = "recruiter",
        /// Hires for the team.
        HiringManager = "hiring_manager",
        /// A chief or vice president.
        Leader = "leader",
        /// Anybody else.
        Other = "other",
    }
}

words! {
    /// Whether check-ins to a contact need a yes.
    Mode {
        /// Each needs a yes.
        Review = "review",
        /// The owner said yes to all to this contact.
        Auto = "auto",
    }
}

/// The first name by which a careful person would greet, if the name allows.
///
/// Titles and credentials are dropped and case is mended (`DOE, JANE MD` is Jane). `None` when no decent
/// greeting can be made of it (P5).
#[must_use]
pub fn greeting_name(name: &str) -> Option<Name> {
    let plain = without_credentials(name);
    let (first, last) = match plain.split_once(',') {
        // “Doe, Jane” is turned round; “Jane Doe, Medical Director” and “Garcia Lopez, Maria” cannot be told apart.
        Some((last, first)) if is_one_surname(last) => (first.trim().to_owned(), last.trim().to_owned()),
        Some(_) => return None,
        None => split_plain(&plain),
    };
    let first_word = first.split_whitespace().find(|word| word.chars().filter(|c| c.is_alphabetic()).count() > 1)?;
    let is_no_name = first_word.chars().any(|c| c.is_ascii_digit())
        || first_word == first_word.to_uppercase() && CREDENTIALS.contains(&first_word.to_lowercase().as_str());
    if is_no_name {
        return None;
    }
    let first = mend_case(first_word.trim_matches(|c: char| !c.is_alphabetic()));
    let sound = first.chars().count() > 1 && first.chars().all(|c| c.is_alphabetic() || matches!(c, '-' | '\'' | '’'));
    sound.then(|| Name { first, last: mend_case(last.split_whitespace().last().unwrap_or_default()) })
}

/// A name split for a greeting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Name {
    /// First name, case mended.
    pub first: String,
    /// Last name, or empty.
    pub last: String,
}

const TITLES: [&str; 12] = ["dr", "doctor", "mr", "mrs", "ms", "miss", "mx", "prof", "professor", "sir", "col", "capt"];
const PARTICLES: [&str; 19] =
    ["de", "del", "della", "di", "da", "dos", "du", "la", "le", "van", "von", "der", "den", "ter", "el", "al", "bin", "ibn", "st."];
const CREDENTIALS: [&str; 34] = [
    "md", "do", "phd", "mba", "mph", "msc", "ms", "ma", "rn", "bsn", "msn", "facp", "facs", "faap", "faafp", "facep", "facog", "faan",
    "chcqm", "cpe", "mbbs", "mha", "jd", "np", "pa", "pa-c", "dnp", "pharmd", "jr", "sr", "ii", "iii", "iv", "esq",
];

/// One word, or a surname with its particles: “van der Berg”.
fn is_one_surname(text: &str) -> bool {
    let words: Vec<String> = text.split_whitespace().map(str::to_lowercase).collect();
    words.len() < 2 || words.first().is_some_and(|word| PARTICLES.contains(&word.as_str()))
}

fn without_credentials(name: &str) -> String {
    let cut = name.split(['(', '[', '|', '/']).next().unwrap_or_default();
    let shouted = cut == cut.to_uppercase();
    // Behind a comma, capitals are letters after a name (FACHE, CPHQ), unless the whole name is in capitals.
    let is_letters = |piece: &str| !shouted && piece.chars().filter(|c| c.is_alphabetic()).count() > 1 && piece == piece.to_uppercase();
    let pieces: Vec<String> = cut
        .split(',')
        .map(str::trim)
        .enumerate()
        .filter(|(index, piece)| *index == 0 || !is_letters(piece))
        .map(|(_, piece)| strip_words(piece))
        .filter(|piece| !piece.is_empty())
        .collect();
    pieces.join(", ")
}

fn strip_words(piece: &str) -> String {
    let plain = |word: &str| word.replace('.', "").to_lowercase();
    let words: Vec<&str> = piece.split_whitespace().collect();
    let many = words.len() > 1;
    let kept = words.iter().enumerate().filter(|(index, word)| {
        let word = plain(word);
        let is_title = *index == 0 && TITLES.contains(&word.as_str());
        // A lone "Ma" or "Do" may be a name; as the last of several words, or in capitals with dots, it is a degree.
        let is_degree = CREDENTIALS.contains(&word.as_str())
            && (*index > 1 || !many || words[*index].contains('.') || words[*index] == words[*index].to_uppercase() && *index > 0);
        !is_title && !is_degree
    });
    kept.map(|(_, word)| *word).collect::<Vec<_>>().join(" ")
}

fn split_plain(plain: &str) -> (String, String) {
    let words: Vec<&str> = plain.split_whitespace().collect();
    match words.as_slice() {
        [] => (String::new(), String::new()),
        [only] => ((*only).to_owned(), String::new()),
        [first @ .., last] => (first.join(" "), (*last).to_owned()),
    }
}

fn mend_case(word: &str) -> String {
    let letters = || word.chars().filter(|c| c.is_alphabetic());
    let one_case = letters().all(char::is_uppercase) || letters().all(char::is_lowercase);
    if !one_case || (letters().count() == 2 && letters().all(char::is_uppercase)) && word.len() == 2 {
        return word.to_owned();
    }
    let mut start = true;
    word.chars()
        .flat_map(|c| {
            let mended: Vec<char> = if start { c.to_uppercase().collect() } else { c.to_lowercase().collect() };
            start = matches!(c, '-' | '\'' | '’');
            mended
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn p5_a_greeting_is_a_first_name_without_titles_and_credentials() {
        let greet = |name: &str| greeting_name(name).map(|name| name.first);
        assert_eq!(greet("Dr. Jane Doe, MD, FACP").as_deref(), Some("Jane"));
        assert_eq!(greet("DOE, JANE M.D.").as_deref(), Some("Jane"));
        assert_eq!(greet("jane doe").as_deref(), Some("Jane"));
        assert_eq!(greet("MARY-ANN O'NEIL").as_deref(), Some("Mary-Ann"));
        assert_eq!(greet("José Núñez").as_deref(), Some("José"));
        assert_eq!(greet("J. Robert Lee").as_deref(), Some("Robert"));
        assert_eq!(greet("Jane Doe, MD, FACHE, CHCQM-PHYADV").as_deref(), Some("Jane"));
        assert_eq!(greet("van der Berg, Anna").as_deref(), Some("Anna"));
        assert_eq!(greet("A.J. Brown").as_deref(), None);
    }

    #[test]
    fn p5_a_name_that_cannot_be_split_gives_no_greeting() {
        for name in [
            "",
            "Dr.",
            "J. D.",
            "info@plan.example",
            "MD",
            "12345",
            "Jane Doe, Medical Director",
            "Garcia Lopez, Maria",
            "jd1977",
            "MD Rahman",
        ] {
            assert_eq!(greeting_name(name), None, "{name}");
        }
    }
}
