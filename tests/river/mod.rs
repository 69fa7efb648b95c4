//! Stories of the river: what people see of it, told promise by promise.

mod answers;
mod errands;
mod hours;
pub mod keeping;
mod mailbox;
mod midway;
mod never;
mod once;
mod taught;
mod trials;
mod unreadable;
mod weekly;
mod yes;
