//! What a single word can mean in a date: months, weekdays, numbers, prepositions, in English and the commonest other tongues.

use std::collections::HashMap;
use std::sync::LazyLock;

use jiff::civil::Weekday;

/// What a word can mean in a date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lex {
    /// Nothing.
    None,
    /// A punctuation mark.
    Mark(char),
    /// Digits: value, how many, and whether `st`, `nd`, `rd`, `th` follows.
    Number(i32, u8, bool),
    /// A number word: `two`, `couple`, `a`.
    Count(i32),
    /// `first` to `thirty-first`; -1 is `last`.
    Ordinal(i32),
    /// A month, from 1.
    Month(i8),
    /// A weekday; true when plural (`Tuesdays`).
    Weekday(Weekday, bool),
    /// A unit of time.
    Unit(Unit),
    /// A season of the year by its first month.
    Season(i8),
    /// A part of a longer span.
    Part(Part),
    /// `next`, `this`, `coming`, …
    Which(Which),
    /// Days from today: `today`, `tomorrow`.
    Ahead(i32),
    /// A preposition that changes which day is meant.
    Prep(Prep),
    /// A word that may stand between a preposition and its date.
    Filler,
}

/// A unit of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// A day.
    Day,
    /// A week.
    Week,
    /// A calendar month.
    Month,
    /// Three months.
    Quarter,
    /// A year.
    Year,
}

/// A part of a longer span.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// From its first day.
    Early,
    /// From its middle.
    Mid,
    /// Its last third.
    Late,
    /// Its last working day.
    End,
}

/// Which one of several.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    /// The running or coming one.
    This,
    /// The one after the running one.
    Next,
    /// The one before.
    Past,
}

/// How a preposition bends a date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Prep {
    /// None, or one that changes nothing: `on`, `in`, `around`.
    On,
    /// `after`, `post`.
    After,
    /// `until`, `till`.
    Until,
    /// `through`: the last day is part of it.
    Through,
    /// `by`: a limit.
    By,
    /// `before`.
    Before,
    /// `from`, `starting`.
    From,
    /// `since`: past.
    Since,
    /// `once`, `when`.
    When,
    /// `within`.
    Within,
}

static WORDS: LazyLock<HashMap<&'static str, Lex>> = LazyLock::new(|| {
    let mut map = HashMap::new();
    months(&mut map);
    weekdays(&mut map);
    counts(&mut map);
    little_words(&mut map);
    map
});

/// The meaning of a lower-case word that begins with `first` in the text.
pub fn meaning(low: &str, first: char) -> Lex {
    if first.is_ascii_digit() {
        let digits = low.bytes().take_while(u8::is_ascii_digit).count();
        let value = if digits > 8 { -1 } else { low[..digits].parse().unwrap_or(-1) };
        return Lex::Number(value, u8::try_from(digits).unwrap_or(u8::MAX), digits < low.len());
    }
    if !first.is_alphabetic() {
        return Lex::Mark(first);
    }
    let plain = low.strip_suffix("'s").filter(|plain| plain.len() > 2).unwrap_or(low);
    WORDS.get(low).or_else(|| WORDS.get(plain)).copied().unwrap_or(Lex::None)
}

type Words = HashMap<&'static str, Lex>;

fn months(map: &mut Words) {
    let names: [&str; 12] = [
        "january jan januar janvier enero gennaio janeiro januari jänner janv ene genn stycznia",
        "february feb februar février fevrier febrero febbraio fevereiro februari févr fev lutego",
        "march mar märz maerz mars marzo março marco maart mrz marca marts",
        "april apr avril abril aprile avr abr kwietnia",
        "may mai mayo maggio maio mei maj maja",
        "june jun juni juin junio giugno junho czerwca",
        "july jul juli juillet julio luglio julho juil lug lipca",
        "august aug août aout agosto augustus augusti ago sierpnia",
        "september sep sept septembre septiembre settembre setembro września",
        "october oct oktober octobre octubre ottobre outubro okt października",
        "november nov novembre noviembre novembro listopada",
        "december dec dezember décembre decembre diciembre dicembre dezembro dez dic déc desember grudnia",
    ];
    for (n, line) in (1..).zip(names) {
        map.extend(line.split(' ').map(|word| (word, Lex::Month(n))));
    }
    map.remove("ago"); // English: past; the Spanish short form is not worth the harm
}

fn weekdays(map: &mut Words) {
    let days = [
        (Weekday::Monday, "monday mon montag lundi lunes lunedì segunda maandag måndag", "mondays"),
        (Weekday::Tuesday, "tuesday tue tues dienstag mardi martes martedì terça dinsdag tisdag", "tuesdays"),
        (Weekday::Wednesday, "wednesday wed weds mittwoch mercredi miércoles miercoles mercoledì quarta woensdag onsdag", "wednesdays"),
        (Weekday::Thursday, "thursday thu thur thurs donnerstag jeudi jueves giovedì quinta donderdag torsdag", "thursdays"),
        (Weekday::Friday, "friday fri freitag vendredi viernes venerdì sexta vrijdag fredag", "fridays"),
        (Weekday::Saturday, "saturday samstag samedi sábado sabado sabato zaterdag lördag", "saturdays"),
        (Weekday::Sunday, "sunday sonntag dimanche domingo domenica zondag söndag", "sundays"),
    ];
    for (day, names, plural) in days {
        map.extend(names.split(' ').map(|word| (word, Lex::Weekday(day, false))));
        map.insert(plural, Lex::Weekday(day, true));
    }
}

fn counts(map: &mut Words) {
    let names = "one two three four five six seven eight nine ten eleven twelve";
    map.extend((1..).zip(names.split(' ')).map(|(n, word)| (word, Lex::Count(n))));
    for (word, n) in [("a", 1), ("an", 1), ("another", 1), ("couple", 2), ("few", 3), ("several", 4), ("half", 0), ("dozen", 12)] {
        map.insert(word, Lex::Count(n));
    }
    for (word, n) in [
        ("fourteen", 14),
        ("fifteen", 15),
        ("twenty", 20),
        ("sixteen", 16),
        ("eighteen", 18),
        ("thirty", 30),
        ("forty", 40),
        ("sixty", 60),
        ("ninety", 90),
    ] {
        map.insert(word, Lex::Count(n));
    }
    let ordinals = "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth \
                    sixteenth seventeenth eighteenth nineteenth twentieth";
    map.extend((1..).zip(ordinals.split_whitespace()).map(|(n, word)| (word, Lex::Ordinal(n))));
    map.insert("thirtieth", Lex::Ordinal(30));
    let units = [
        (Unit::Day, "day days tag tage tagen"),
        (Unit::Week, "week weeks wk wks week's weeks' woche wochen semaine semaines semana semanas"),
        (Unit::Month, "month months mo mos month's monat monate monaten mois meses"),
        (Unit::Quarter, "quarter quarters qtr qtrs"),
        (Unit::Year, "year years yr yrs year's"),
    ];
    for (unit, names) in units {
        map.extend(names.split(' ').map(|word| (word, Lex::Unit(unit))));
    }
}

fn little_words(map: &mut Words) {
    let lists: [(&str, Lex); 25] = [
        ("early beginning start", Lex::Part(Part::Early)),
        ("mid middle", Lex::Part(Part::Mid)),
        ("late latter later", Lex::Part(Part::Late)),
        ("end close ende fin tail", Lex::Part(Part::End)),
        ("next following nächste nächsten nächster próxima próximo proxima", Lex::Which(Which::Next)),
        ("this coming upcoming current diese dieser", Lex::Which(Which::This)),
        ("last previous prior past", Lex::Which(Which::Past)),
        ("spring springtime", Lex::Season(3)),
        ("summer summertime", Lex::Season(6)),
        ("fall autumn", Lex::Season(9)),
        ("winter", Lex::Season(12)),
        ("today tonight heute", Lex::Ahead(0)),
        ("tomorrow tmrw tmw tomorow morgen demain mañana domani amanhã imorgon", Lex::Ahead(1)),
        ("yesterday", Lex::Ahead(-1)),
        ("after post beyond afterward nach après después dopo após na efter", Lex::Prep(Prep::After)),
        ("until till til unless untill", Lex::Prep(Prep::Until)),
        ("through thru throughout ending inclusive bis jusqu'au jusqu'à hasta fino até tot t", Lex::Prep(Prep::Through)),
        ("by", Lex::Prep(Prep::By)),
        ("before vor avant antes", Lex::Prep(Prep::Before)),
        ("from starting commencing effective beginning ab vom von du desde dal vanaf från", Lex::Prep(Prep::From)),
        ("since seit depuis", Lex::Prep(Prep::Since)),
        ("once when", Lex::Prep(Prep::When)),
        ("within", Lex::Prep(Prep::Within)),
        ("on in around during over at for", Lex::Prep(Prep::On)),
        (
            "the of about toward towards roughly approximately approx like maybe say sometime probably perhaps likely least right just shortly soon \
             immediately our your my us their its at very ish say dem zum der den die au al ao à la l' einschließlich einschl inkl met och med en dnia le el il op em",
            Lex::Filler,
        ),
    ];
    for (words, lex) in lists {
        for word in words.split_whitespace() {
            map.entry(word).or_insert(lex);
        }
    }
}
