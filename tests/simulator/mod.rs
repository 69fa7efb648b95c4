//! The simulator: whole years of the real program with a simulated provider, clock, owner and people, from one seed.
//!
//! `life` holds the hours and what is to happen, `machine` the program's processes, `fates` what befalls its commands,
//! `mailroom` and `owner` what people do. All that happens at the provider and all that the owner wishes goes as facts to
//! the `observer`, which alone judges.

mod dice;
pub mod facts;
mod fates;
mod fault;
mod life;
mod machine;
mod mailroom;
mod observer;
mod owner;
pub mod people;
pub mod run;
pub mod trouble;

pub use fault::{Fault, Switches};
pub use life::Plan;
pub use observer::{Breach, Sort};
