//! The templates that come with the program, embedded.

macro_rules! built_in {
    ($($name:literal),* $(,)?) => {
        &[$(($name, include_str!(concat!("../../templates/checkin/", $name, ".md")))),*]
    };
}

/// Name and source of each file of `templates/checkin`.
pub(super) const BUILT_IN: &[(&str, &str)] = built_in![];
