//! All tests, one binary.

mod understand;
