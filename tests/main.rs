//! One test binary; each folder tells its stories.

mod letters;
mod support;
mod terminal;
