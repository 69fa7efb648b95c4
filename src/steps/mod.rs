//! Verbs.
pub mod understand;
