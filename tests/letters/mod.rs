//! What the program and the owner's templates write: digest, notices, check-ins.

mod checkins;
mod digest;
mod notices;
