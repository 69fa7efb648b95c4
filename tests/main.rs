//! Stories that the whole house is held to.

mod understand;
