//! How a mail was understood, as people say it.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde_json::Value;

use crate::flow::outcome_in_words;
use crate::model::reading::{CallTime, Outcome};

/// The whole explanation of one mail.
pub(super) fn words(object: &Value) -> String {
    let head = format!("{}: {} from {}: {}", text(&object["file"]), text(&object["kind"]), text(&object["from"]), text(&object["subject"]));
    let mut lines = vec![head];
    lines.extend(items(&object["outcomes"]).map(finding));
    lines.extend(facts(&object["facts"]));
    lines.extend(items(&object["bounce"]["recipients"]).map(recipient));
    lines.extend(rules(&object["rules"]));
    let new_text = text(&object["new_text"]);
    lines.push(format!("  new text:\n{}", new_text.lines().map(|line| format!("    {line}\n")).collect::<String>().trim_end()));
    lines.join("\n")
}

fn items(list: &Value) -> impl Iterator<Item = &Value> {
    list.as_array().into_iter().flatten()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn finding(finding: &Value) -> String {
    let outcome = finding["outcome"].as_str().and_then(Outcome::of_word).map(outcome_in_words).unwrap_or_default();
    format!("  {outcome} ({:.0} %): “{}”", finding["confidence"].as_f64().unwrap_or(0.0) * 100.0, text(&finding["evidence"]))
}

fn recipient(recipient: &Value) -> String {
    let fate = match (recipient["hard"].as_bool(), recipient["delayed"].as_bool()) {
        (Some(true), _) => "the address is dead",
        (_, Some(true)) => "late so far",
        _ => "this mail was given up",
    };
    let status = text(&recipient["status"]);
    let status = if status.is_empty() { status } else { format!(", status {status}") };
    format!("  {}: {}; {fate}{status}", text(&recipient["address"]), text(&recipient["reason"]).replace('_', " "))
}

fn facts(facts: &Value) -> Vec<String> {
    let list = |title: &str, values: Vec<String>| (!values.is_empty()).then(|| format!("  {title}: {}", values.join("; ")));
    let strings = |key: &str, say: fn(&str) -> String| items(&facts[key]).filter_map(Value::as_str).map(say).collect::<Vec<_>>();
    let one = |key: &str, say: fn(&str) -> String| facts[key].as_str().map(say).into_iter().collect::<Vec<_>>();
    let parts = |key: &str, keys: [&str; 3]| items(&facts[key]).map(|item| joined(item, keys)).collect::<Vec<_>>();
    [
        list("act next on", one("follow_up_on", day)),
        list("back on", one("back_on", day)),
        list("times to talk", strings("call_times", time)),
        list("people", parts("people", ["name", "email", "phone"])),
        list("openings", parts("openings", ["title", "number", "link"])),
        list("links", strings("links", str::to_owned)),
        list("new address", one("new_address", str::to_owned)),
        (facts["resume_requested"] == true).then(|| "  asks for your résumé".to_owned()),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn joined(item: &Value, keys: [&str; 3]) -> String {
    keys.iter().filter_map(|key| item[*key].as_str()).collect::<Vec<_>>().join(", ")
}

fn day(text: &str) -> String {
    text.parse::<Date>().map_or_else(|_| text.to_owned(), |day| day.strftime("%A, %-d %B %Y").to_string())
}

/// `Thursday, 3 December 2026, from 13:00 (UTC-05:00)`.
fn time(text: &str) -> String {
    let said = |zoned: &jiff::Zoned| zoned.strftime("%A, %-d %B %Y, %H:%M").to_string();
    let zone = |zoned: &jiff::Zoned| zoned.strftime("(UTC%:z)").to_string();
    match CallTime::try_from(text.to_owned()) {
        Ok(CallTime::Day(day)) => day.strftime("%A, %-d %B %Y").to_string(),
        Ok(CallTime::At(start, None)) => format!("{} {}", said(&start), zone(&start)),
        Ok(CallTime::At(start, Some(end))) if start.date() == end.date() => {
            format!("{} to {} {}", said(&start), end.strftime("%H:%M"), zone(&start))
        }
        Ok(CallTime::At(start, Some(end))) => format!("{} to {} {}", said(&start), said(&end), zone(&start)),
        Ok(CallTime::From(start)) => format!("{} or later {}", said(&start), zone(&start)),
        Err(_) => text.to_owned(),
    }
}

/// By what it was understood: names of rules, and of which outcomes there were words, the clearest number first.
fn rules(rules: &Value) -> Option<String> {
    let mut named = Vec::new();
    let mut heard: BTreeMap<Outcome, usize> = BTreeMap::new();
    for rule in items(rules).filter_map(Value::as_str) {
        match rule.split_once(": ").map(|(outcome, _)| Outcome::of_word(outcome)) {
            Some(Some(outcome)) => *heard.entry(outcome).or_default() += 1,
            Some(None) => {}
            None => named.push(rule.replace('_', " ")),
        }
    }
    let times = |(outcome, count): (&Outcome, &usize)| match count {
        1 => format!("words for “{}”", outcome_in_words(*outcome)),
        many => format!("words for “{}” ({many} times)", outcome_in_words(*outcome)),
    };
    named.extend(heard.iter().map(times));
    (!named.is_empty()).then(|| format!("  understood by: {}", named.join(", ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_said_as_people_say_them() {
        assert_eq!(time("2026-12-03T13:00:00-05:00/.."), "Thursday, 3 December 2026, 13:00 or later (UTC-05:00)");
        assert_eq!(time("2026-12-03T13:00:00-05:00/2026-12-03T14:30:00-05:00"), "Thursday, 3 December 2026, 13:00 to 14:30 (UTC-05:00)");
        assert_eq!(time("2026-12-03T13:00:00-05:00"), "Thursday, 3 December 2026, 13:00 (UTC-05:00)");
        assert_eq!(time("2026-12-03"), "Thursday, 3 December 2026");
    }
}
