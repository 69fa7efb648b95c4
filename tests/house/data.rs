//! The lists in `data/` are sound: they parse, they do not contradict themselves, and their days exist.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use serde::de::DeserializeOwned;

const KINDS: [&str; 7] = ["payer", "um_vendor", "iro", "hospital_system", "physician_advisor_firm", "government_contractor", "other"];
const MONTHS: [&str; 12] =
    ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];
const WEEKDAYS: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Employer {
    name: String,
    kind: String,
    family: String,
    parent: String,
    aliases: String,
    domains: String,
    hq_state: String,
    careers_url: String,
    source: String,
    confidence: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct State {
    code: String,
    name: String,
    zone: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Provider {
    name: String,
    imap_host: String,
    smtp_host: String,
    saves_sent: String,
    look_seconds: u32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Association {
    name: String,
    short: String,
    domain: String,
    event: String,
    usually: String,
    source: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct JobAlert {
    board: String,
    kind: String,
    pattern: String,
    source: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Title {
    term: String,
    kind: String,
    source: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Seasons {
    season: Vec<Season>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Season {
    key: String,
    from: String,
    to: String,
    lines: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Holidays {
    saturday_moves_to: String,
    sunday_moves_to: String,
    holiday: Vec<Holiday>,
}

#[derive(Deserialize)]
#[serde(tag = "rule", rename_all = "snake_case", deny_unknown_fields)]
enum Holiday {
    Fixed { name: String, month: i8, day: i8, since: Option<i16> },
    NthWeekday { name: String, month: i8, weekday: String, nth: i8 },
}

fn rows<T: DeserializeOwned>(text: &str) -> Vec<T> {
    csv::Reader::from_reader(text.as_bytes()).deserialize().map(|row| row.expect("every row parses")).collect()
}

fn employers() -> Vec<Employer> {
    rows(include_str!("../../data/employers.csv"))
}

fn seasons() -> Vec<Season> {
    toml::from_str::<Seasons>(include_str!("../../data/seasons.toml")).expect("seasons.toml parses").season
}

fn states() -> Vec<State> {
    rows(include_str!("../../data/states.csv"))
}

fn free_mail() -> BTreeSet<&'static str> {
    include_str!("../../data/free-mail.txt").lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')).collect()
}

fn listed(cell: &str) -> impl Iterator<Item = &str> {
    cell.split(';').filter(|part| !part.is_empty())
}

/// An alias without the bracket that tells since or until when it was used.
fn plain(alias: &str) -> &str {
    alias.split(" (").next().unwrap_or(alias)
}

fn is_domain(text: &str) -> bool {
    text.contains('.')
        && text.split('.').all(|label| !label.is_empty())
        && text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || ".-".contains(c))
}

fn day_of(month_day: &str) -> jiff::civil::Date {
    format!("2026-{month_day}").parse().unwrap_or_else(|_| panic!("{month_day} is no day of the year"))
}

#[test]
fn every_employer_says_who_it_is_and_how_we_know() {
    let codes: BTreeSet<String> = states().into_iter().map(|state| state.code).collect();
    for employer in employers() {
        let name = &employer.name;
        assert!(!name.is_empty() && name.trim() == name);
        assert!(KINDS.contains(&employer.kind.as_str()), "{name}: kind {}", employer.kind);
        assert!(["high", "medium"].contains(&employer.confidence.as_str()), "{name}: confidence {}", employer.confidence);
        assert!(codes.contains(&employer.hq_state), "{name}: state {}", employer.hq_state);
        assert!(employer.careers_url.is_empty() || employer.careers_url.starts_with("https://"), "{name}: {}", employer.careers_url);
        assert!(!employer.source.is_empty() && !employer.source.contains("index id"), "{name}: {}", employer.source);
    }
}

#[test]
fn no_domain_belongs_to_two_employers_or_to_everybody() {
    let free = free_mail();
    let mut owner_of = BTreeMap::new();
    for employer in employers() {
        assert!(!employer.domains.is_empty(), "{} has no domain", employer.name);
        for domain in listed(&employer.domains) {
            assert!(is_domain(domain), "{}: {domain}", employer.name);
            assert!(!free.contains(domain), "{domain} is a free-mail domain");
            if let Some(other) = owner_of.insert(domain.to_owned(), employer.name.clone()) {
                panic!("{domain} is on {other} and on {}", employer.name);
            }
        }
    }
}

#[test]
fn a_name_or_a_former_name_means_one_employer_only() {
    let mut meaning = BTreeMap::new();
    for employer in employers() {
        for name in std::iter::once(employer.name.as_str()).chain(listed(&employer.aliases).map(plain)) {
            assert!(name.trim() == name && name.len() > 1, "{}: alias {name:?}", employer.name);
            if let Some(other) = meaning.insert(name.to_lowercase(), employer.name.clone()) {
                panic!("{name} is {other} and {}", employer.name);
            }
        }
    }
}

#[test]
fn every_family_is_the_topmost_parent() {
    let all = employers();
    let by_name: BTreeMap<&str, &Employer> = all.iter().map(|employer| (employer.name.as_str(), employer)).collect();
    for employer in &all {
        let expected = match (employer.parent.as_str(), by_name.get(employer.parent.as_str())) {
            ("", _) => employer.name.as_str(),
            (_, Some(parent)) => parent.family.as_str(),
            (outside, None) => outside,
        };
        assert_eq!(employer.family, expected, "{}", employer.name);
        assert_ne!(employer.parent, employer.name);
        if let Some(top) = by_name.get(employer.family.as_str()) {
            assert_eq!(top.parent, "", "{} heads a family and has a parent", top.name);
        }
    }
}

#[test]
fn no_parent_goes_by_another_companys_former_name() {
    let all = employers();
    let aliases: BTreeSet<String> = all.iter().flat_map(|employer| listed(&employer.aliases).map(|a| plain(a).to_lowercase())).collect();
    for employer in &all {
        assert!(!aliases.contains(&employer.parent.to_lowercase()), "{}: spell the parent {} by its name", employer.name, employer.parent);
    }
}

#[test]
fn evicore_evernorth_and_cigna_are_one_family_and_so_are_their_peers() {
    let family_of: BTreeMap<String, String> = employers().into_iter().map(|employer| (employer.name, employer.family)).collect();
    for (name, family) in [
        ("eviCore healthcare", "The Cigna Group"),
        ("Evernorth", "The Cigna Group"),
        ("Cigna Healthcare", "The Cigna Group"),
        ("Optum", "UnitedHealth Group"),
        ("UnitedHealthcare", "UnitedHealth Group"),
        ("Optum Physician Advisor Solutions", "UnitedHealth Group"),
        ("Carelon Medical Benefits Management", "Elevance Health"),
        ("Aetna", "CVS Health"),
        ("American Health Holding", "CVS Health"),
        ("Magellan Health", "Centene"),
        ("Dane Street", "Dane Street"),
    ] {
        assert_eq!(family_of.get(name).map(String::as_str), Some(family), "{name}");
    }
}

#[test]
fn every_state_has_a_zone_that_exists() {
    let all = states();
    let codes: BTreeSet<&str> = all.iter().map(|state| state.code.as_str()).collect();
    assert_eq!(codes.len(), 52, "fifty states, the District of Columbia and Puerto Rico, each once");
    for state in &all {
        assert!(state.code.len() == 2 && !state.name.is_empty());
        assert!(jiff::tz::TimeZone::get(&state.zone).is_ok(), "{}: {}", state.code, state.zone);
    }
}

#[test]
fn free_mail_domains_are_domains() {
    let all = free_mail();
    assert!(all.contains("gmail.com") && all.contains("comcast.net"));
    assert!(all.iter().all(|domain| is_domain(domain)));
}

#[test]
fn a_mail_host_has_one_provider_and_a_time_to_look_for_the_sent_copy() {
    let mut hosts = BTreeSet::new();
    for provider in rows::<Provider>(include_str!("../../data/providers.csv")) {
        assert!(!provider.name.is_empty() && is_domain(&provider.imap_host) && is_domain(&provider.smtp_host), "{}", provider.name);
        assert!(["yes", "no"].contains(&provider.saves_sent.as_str()), "{}", provider.name);
        assert!((1..=120).contains(&provider.look_seconds), "{}", provider.name);
        assert!(hosts.insert(provider.imap_host.clone()), "{} stands twice", provider.imap_host);
    }
}

#[test]
fn a_season_begins_before_it_ends_and_meets_no_other() {
    let mut spans: Vec<_> = seasons().into_iter().map(|season| (day_of(&season.from), day_of(&season.to), season.key)).collect();
    spans.sort();
    for (from, to, key) in &spans {
        assert!(from < to, "{key}");
    }
    for pair in spans.windows(2) {
        assert!(pair[0].1 < pair[1].0, "{} runs into {}", pair[0].2, pair[1].2);
    }
    let covered: i32 = spans.iter().map(|(from, to, _)| (*to - *from).get_days() + 1).sum();
    assert!(covered < 220, "a season every day is no season: {covered} days");
}

#[test]
fn a_season_has_six_different_sentences_and_asks_nothing() {
    let mut told = BTreeSet::new();
    for season in seasons() {
        assert_eq!(season.lines.len(), 6, "{}", season.key);
        for line in season.lines {
            assert!(line.ends_with('.') && line.matches(['.', '!', '?']).count() == 1, "one plain sentence: {line}");
            assert!(line.split_whitespace().count() <= 20, "too long: {line}");
            assert!(told.insert(line.clone()), "told twice: {line}");
        }
    }
}

#[test]
fn every_holiday_rule_names_a_day_that_exists() {
    let holidays: Holidays = toml::from_str(include_str!("../../data/holidays.toml")).expect("holidays.toml parses");
    assert_eq!((holidays.saturday_moves_to.as_str(), holidays.sunday_moves_to.as_str()), ("friday", "monday"));
    assert_eq!(holidays.holiday.len(), 11, "the federal holidays of 5 U.S.C. 6103");
    for holiday in &holidays.holiday {
        match holiday {
            Holiday::Fixed { name, month, day, since } => {
                assert!(jiff::civil::Date::new(2026, *month, *day).is_ok(), "{name}");
                assert!(since.is_none_or(|year| (1870..=2026).contains(&year)), "{name}");
            }
            Holiday::NthWeekday { name, month, weekday, nth } => {
                assert!((1..=12).contains(month) && WEEKDAYS.contains(&weekday.as_str()), "{name}");
                assert!(matches!(nth, -1 | 1..=4), "{name}: every year has this day");
            }
        }
    }
}

#[test]
fn a_conference_is_usually_in_a_month_or_we_do_not_say() {
    for association in rows::<Association>(include_str!("../../data/associations.csv")) {
        assert!(!association.name.is_empty() && !association.short.is_empty() && !association.event.is_empty());
        assert!(is_domain(&association.domain) && !association.source.is_empty(), "{}", association.name);
        assert!(listed(&association.usually).all(|month| MONTHS.contains(&month)), "{}: {}", association.name, association.usually);
    }
}

#[test]
fn a_job_alert_row_is_an_address_a_domain_a_link_or_a_phrase() {
    let mut seen = BTreeSet::new();
    for row in rows::<JobAlert>(include_str!("../../data/job-alerts.csv")) {
        let pattern = row.pattern.as_str();
        let good = match row.kind.as_str() {
            "sender" => pattern.split_once('@').is_some_and(|(_, domain)| is_domain(domain)),
            "sender_domain" => is_domain(pattern),
            "person_behind" => is_domain(pattern.rsplit('@').next().unwrap_or_default()),
            "link" => pattern.split_once('/').is_some_and(|(host, _)| is_domain(host)),
            "subject" | "not_alert_subject" => !pattern.is_empty() && pattern == pattern.to_lowercase(),
            _ => false,
        };
        assert!(good, "{}: {} {pattern}", row.board, row.kind);
        assert!(!row.source.is_empty(), "{pattern} has no source");
        assert!(seen.insert(row.pattern.clone()), "{pattern} stands twice");
    }
}

#[test]
fn a_title_is_wanted_or_noise_never_both() {
    let mut seen = BTreeSet::new();
    for title in rows::<Title>(include_str!("../../data/titles.csv")) {
        assert!(["match", "noise"].contains(&title.kind.as_str()), "{}", title.term);
        assert!(!title.source.is_empty(), "{} has no source", title.term);
        assert!(seen.insert(title.term.to_lowercase()), "{} stands twice", title.term);
    }
    assert!(["medical director", "utilization management", "physician advisor"].iter().all(|term| seen.contains(*term)));
}

#[test]
fn a_column_has_one_meaning_and_a_desk_is_written_in_small_letters() {
    let columns: toml::Table = toml::from_str(include_str!("../../data/columns.toml")).expect("columns.toml parses");
    let mut seen = BTreeSet::new();
    for (field, names) in columns["columns"].as_table().expect("a table") {
        for name in names.as_array().expect("a list") {
            let name = name.as_str().expect("a name");
            assert_eq!(name, name.to_lowercase(), "{field}: {name}");
            assert!(!name.contains(|c: char| c.is_ascii_digit()), "{field}: # stands for a number in {name}");
            assert!(seen.insert(name.to_owned()), "{name} stands twice");
        }
    }
    let desks = include_str!("../../data/role-addresses.txt").lines().filter(|line| !line.trim().is_empty() && !line.starts_with('#'));
    for desk in desks {
        let plain = desk.trim_end_matches('*');
        assert!(plain.len() > 1 && plain.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit()), "{desk}");
        assert!(seen.insert(format!("{desk}@")), "{desk} stands twice");
    }
}
