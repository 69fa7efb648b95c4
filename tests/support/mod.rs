//! What several stories stand on.

pub mod home;
