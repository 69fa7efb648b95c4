//! What a token looks like before it is read as a word: a link, an address, a phone number, a time.

/// The look of a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Shape {
    /// An ordinary word.
    Plain,
    /// `https://…`, `www.…`, `jobs.example/12`.
    Link,
    /// `jane@example.com`.
    Mail,
    /// `312-555-0188`.
    Phone,
    /// `2pm`, `4:30`.
    Time,
    /// `12/4`, `9th`.
    Day,
    /// `R-20418`, `JR10092`.
    Code,
    /// `$130/hr`.
    Money,
    /// `250`.
    Number,
}

impl Shape {
    /// The name that stands for it in a cue, without its angle brackets.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Plain => "word",
            Self::Link => "link",
            Self::Mail => "mail",
            Self::Phone => "phone",
            Self::Time => "time",
            Self::Day => "day",
            Self::Code => "code",
            Self::Money => "money",
            Self::Number => "number",
        }
    }
}

/// The shape of a token without surrounding punctuation.
#[must_use]
pub fn of(token: &str) -> Shape {
    let digits = token.bytes().filter(u8::is_ascii_digit).count();
    let letters = token.chars().filter(|c| c.is_alphabetic()).count();
    if is_link(token) {
        Shape::Link
    } else if is_mail(token) {
        Shape::Mail
    } else if digits == 0 {
        Shape::Plain
    } else if token.starts_with('$') {
        Shape::Money
    } else if is_time(token) {
        Shape::Time
    } else if is_day(token) {
        Shape::Day
    } else if letters == 0 && (7..=15).contains(&digits) && (token.contains(['-', '.', ')', '+']) || digits == 10) {
        Shape::Phone
    } else if letters == 0 {
        Shape::Number
    } else if digits >= 3 && token.len() >= 4 {
        Shape::Code
    } else {
        Shape::Plain
    }
}

fn is_link(token: &str) -> bool {
    let lower = token.to_ascii_lowercase();
    lower.starts_with("http://")
        || lower.starts_with("https://")
        || lower.starts_with("www.")
        || lower.split_once('/').is_some_and(|(host, path)| {
            host.len() > 5 && host.contains('.') && !path.is_empty() && !host.contains('@') && host.chars().any(char::is_alphabetic)
        })
}

fn is_mail(token: &str) -> bool {
    token.split_once('@').is_some_and(|(local, domain)| !local.is_empty() && domain.contains('.'))
}

fn is_time(token: &str) -> bool {
    let lower = token.to_ascii_lowercase();
    let stem = lower.trim_end_matches(['m', '.', 'a', 'p']);
    let clock = stem.split_once(':').is_some_and(|(h, m)| {
        h.len() <= 2 && m.len() >= 2 && h.bytes().all(|b| b.is_ascii_digit()) && m.as_bytes()[..2].iter().all(u8::is_ascii_digit)
    });
    clock || (lower.len() > stem.len() && !stem.is_empty() && stem.len() <= 5 && stem.bytes().all(|b| b.is_ascii_digit() || b == b'-'))
}

fn is_day(token: &str) -> bool {
    let lower = token.to_ascii_lowercase();
    let ordinal = ["st", "nd", "rd", "th"].iter().find_map(|end| lower.strip_suffix(end));
    let slashed = lower.split('/').count();
    ordinal.is_some_and(|n| !n.is_empty() && n.len() <= 2 && n.bytes().all(|b| b.is_ascii_digit()))
        || ((2..=3).contains(&slashed) && lower.split('/').all(|n| (1..=4).contains(&n.len()) && n.bytes().all(|b| b.is_ascii_digit())))
}

/// Emoji and other pictures, which people use as words.
#[must_use]
pub fn is_picture(c: char) -> bool {
    matches!(c, '\u{1f300}'..='\u{1faff}' | '\u{2600}'..='\u{27bf}')
}

/// Lower-case, with curly apostrophes straight and accented letters plain.
#[must_use]
pub fn plain_letters(text: &str) -> String {
    let lower = text.chars().flat_map(char::to_lowercase).filter_map(plain_letter);
    // A word of two alphabets is a disguise: "stор" with letters of Cyrillic.
    let one_alphabet = text.is_ascii() || !text.bytes().any(|byte| byte.is_ascii_alphabetic());
    if one_alphabet { lower.collect() } else { lower.map(undisguised).collect() }
}

/// The Latin letter that a letter of another alphabet looks like.
const fn undisguised(c: char) -> char {
    match c {
        'а' | 'α' => 'a',
        'в' => 'b',
        'с' | 'ϲ' => 'c',
        'ԁ' => 'd',
        'е' | 'є' | 'ε' => 'e',
        'һ' => 'h',
        'і' | 'ι' | 'ı' => 'i',
        'ј' => 'j',
        'к' | 'κ' => 'k',
        'м' => 'm',
        'п' | 'η' => 'n',
        'о' | 'ο' | 'ө' => 'o',
        'р' | 'ρ' => 'p',
        'ѕ' => 's',
        'т' | 'τ' => 't',
        'υ' => 'u',
        'ν' | 'ѵ' => 'v',
        'х' | 'χ' => 'x',
        'у' | 'γ' => 'y',
        other => other,
    }
}

fn plain_letter(c: char) -> Option<char> {
    Some(match c {
        '\u{2018}' | '\u{2019}' | '\u{02bc}' | '`' | '´' => '\'',
        '\u{0300}'..='\u{036f}' | '\u{200b}'..='\u{200f}' | '\u{fe0f}' | '\u{feff}' => return None,
        // Full-width forms of a keyboard for Chinese or Japanese.
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0)?,
        'à' | 'á' | 'â' | 'ä' | 'ã' | 'å' => 'a',
        'è' | 'é' | 'ê' | 'ë' => 'e',
        'ì' | 'í' | 'î' | 'ï' => 'i',
        'ò' | 'ó' | 'ô' | 'ö' | 'õ' => 'o',
        'ù' | 'ú' | 'û' | 'ü' => 'u',
        'ç' => 'c',
        'ñ' => 'n',
        other => other,
    })
}
