//! What strangers may send and do, and what must not come of it.

mod bombs;
mod costs;
mod eaters;
mod fuzzed;
mod person;
mod rights;
mod storm;
mod strangers;
mod units;
