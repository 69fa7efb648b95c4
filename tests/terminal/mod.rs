//! The real binary in a home of its own: what people and scripts see.

mod answers;
mod asking;
mod bringing;
mod contacts;
mod keeping;
mod newcomer;
mod readme;
mod refusals;
mod setting_up;
mod telling;
mod words;
