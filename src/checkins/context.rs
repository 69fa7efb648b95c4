//! What a template may say: the fields of one check-in, absent where they are not known.

use std::sync::LazyLock;

use minijinja::Value;
use minijinja::value::{Serde, ValueKind};
use serde::Serialize;

/// The fields of one check-in. A field that is `None` is false in `{% if %}` and an error where it is printed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Context {
    /// The name a greeting uses, as in “Hi {{ greeting }},”. `None` when the name cannot be split decently (P5).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub greeting: Option<String>,
    /// To whom.
    pub contact: Person,
    /// From whom.
    pub owner: Owner,
    /// Something true and new that the owner has to tell: one sentence.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub news: Option<String>,
    /// The season of the trade, as a sentence: “Open enrollment is under way”.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub season: Option<String>,
    /// The call, meeting, talk or conference it comes after.
    pub meeting: Meeting,
    /// The last word with them.
    pub last: Last,
    /// A role that was seen.
    pub opening: Opening,
    /// What the owner applied for.
    pub application: Application,
    /// Today.
    pub today: Today,
}

/// The contact.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Person {
    /// The whole name.
    pub name: String,
    /// First name, case mended, no titles.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first: Option<String>,
    /// Last name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last: Option<String>,
    /// Title at work.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Where they work.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub employer: Option<String>,
    /// The employer's kind, `payer`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub employer_kind: Option<String>,
    /// How they met, as a sentence: “We met at the spring meeting”.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub met: Option<String>,
    /// The owner's note about them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// The owner.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Owner {
    /// The whole name.
    pub name: String,
    /// First name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first: Option<String>,
}

/// A call, meeting, talk or conference.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Meeting {
    /// What it was, as words after “at” or “after”.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub what: Option<String>,
    /// When, as words: “yesterday”, “last week”.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub when: Option<String>,
}

/// The last word with a contact.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Last {
    /// When, as words: “in June”.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub when: Option<String>,
    /// How many months ago, rounded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub months: Option<u32>,
}

/// A role that was seen.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Opening {
    /// Its title.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Its requisition number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
    /// Where it stands.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
}

/// What the owner applied for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Application {
    /// The role, as words after “for”.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub what: Option<String>,
}

/// Today, as words.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Today {
    /// “November”.
    pub month: String,
}

impl Context {
    /// A sample with every field filled.
    #[must_use]
    pub fn sample_full() -> Self {
        let known = |text: &str| Some(text.to_owned());
        Self {
            contact: Person {
                title: known("Medical Director"),
                employer: known("Lakeshore Health Plan"),
                employer_kind: known("payer"),
                met: known("We met at the ACPA spring meeting"),
                note: known("moved from cardiology to utilization management in 2021"),
                ..Self::sample_bare().contact
            },
            news: known("I passed the ABQAURP boards in October."),
            season: known("Open enrollment is under way"),
            meeting: Meeting { what: known("your talk on peer-to-peer reviews"), when: known("last week") },
            last: Last { when: known("in August"), months: Some(3) },
            opening: Opening {
                title: known("Physician Reviewer, Inpatient"),
                number: known("R-20417"),
                link: known("https://careers.lakeshore.example/R-20417"),
            },
            application: Application { what: known("the Physician Reviewer role") },
            ..Self::sample_bare()
        }
    }

    /// A sample with nothing but what every check-in has.
    #[must_use]
    pub fn sample_bare() -> Self {
        let known = |text: &str| Some(text.to_owned());
        Self {
            greeting: known("Jane"),
            contact: Person { name: "Jane Doe".to_owned(), first: known("Jane"), last: known("Doe"), ..Person::default() },
            owner: Owner { name: "Sam Rivera".to_owned(), first: known("Sam") },
            today: Today { month: "November".to_owned() },
            ..Self::default()
        }
    }

    pub(super) fn value(&self) -> Value {
        Value::from(Serde(self))
    }
}

/// Every field a template may print (`contact.name`) and every group it may ask for (`contact`), sorted.
pub(super) static FIELDS: LazyLock<Vec<String>> = LazyLock::new(|| {
    let mut fields = Vec::new();
    for (group, inner) in entries(&Context::sample_full().value()) {
        fields.extend(entries(&inner).into_iter().map(|(field, _)| format!("{group}.{field}")));
        fields.push(group);
    }
    fields.sort();
    fields
});

/// Every field and group a template may name, sorted; for help and completion.
#[must_use]
pub fn fields() -> &'static [String] {
    &FIELDS
}

/// True when the context has the field, or at least one field of the group.
pub(super) fn is_filled(value: &Value, path: &str) -> bool {
    at(value, path).is_some_and(|found| found.is_true())
}

/// The bare sample with the fields that a template says it needs.
pub(super) fn bare_with(needs: &[String]) -> Value {
    let bare = Context::sample_bare().value();
    let below = |path: &str, need: &str| path.strip_prefix(need).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'));
    let kept = |path: &str| is_filled(&bare, path) || needs.iter().any(|need| below(path, need));
    let group = |(key, whole): (String, Value)| {
        if whole.kind() != ValueKind::Map {
            return kept(&key).then_some((key, whole));
        }
        let fields = entries(&whole).into_iter().filter(|(field, _)| kept(&format!("{key}.{field}")));
        Some((key.clone(), Value::from_pairs(fields)))
    };
    Value::from_pairs(entries(&Context::sample_full().value()).into_iter().filter_map(group))
}

/// All texts of a context, to tell a marker of the template from one that stands in a value.
pub(super) fn texts(value: &Value) -> String {
    let deep = |(_, inner): (String, Value)| entries(&inner).into_iter().map(|(_, leaf)| leaf).chain([inner.clone()]).collect::<Vec<_>>();
    let leaves = entries(value).into_iter().flat_map(deep);
    leaves.filter_map(|leaf| leaf.as_str().map(str::to_owned)).collect::<Vec<_>>().join("\n")
}

fn at(value: &Value, path: &str) -> Option<Value> {
    path.split('.').try_fold(value.clone(), |value, key| value.get_attr(key).ok()).filter(|found| !found.is_undefined())
}

fn entries(value: &Value) -> Vec<(String, Value)> {
    if value.kind() != ValueKind::Map {
        return Vec::new();
    }
    let keys = value.try_iter().into_iter().flatten();
    keys.filter_map(|key| Some((key.as_str()?.to_owned(), value.get_item(&key).ok()?))).collect()
}
