//! The templates that come with the program, embedded.

macro_rules! built_in {
    ($($name:literal),* $(,)?) => {
        &[$(($name, include_str!(concat!("../../templates/checkin/", $name, ".md")))),*]
    };
}

/// Name and source of each file of `templates/checkin`.
pub(super) const BUILT_IN: &[(&str, &str)] = built_in![
    "after-conference",
    "after-talk",
    "application-sent",
    "as-agreed",
    "catching-up",
    "catching-up-brief",
    "catching-up-recruiter",
    "first-word-any",
    "first-word-hiring-manager",
    "first-word-leader",
    "first-word-peer",
    "first-word-recruiter",
    "follow-up",
    "long-silence",
    "news",
    "news-brief",
    "news-recruiter",
    "news-recruiter-brief",
    "opening-seen",
    "seasonal",
    "seasonal-brief",
    "seasonal-recruiter",
    "thanks",
];
