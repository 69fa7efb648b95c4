//! What is kept: through loss of power, full and failing disks, damage, other hands, and time.

mod disks;
mod first_look;
mod hands;
mod kills;
mod plans;
mod ready;
mod released;
mod suppressed;
mod together;
mod torn;
