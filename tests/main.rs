//! One test binary; each folder tells its stories.

mod letters;
mod understand;
