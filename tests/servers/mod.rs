//! Real servers, and servers that misbehave.

mod cuts;
mod downgraded;
mod imap;
mod imap_hostile;
mod imap_quirks;
mod imap_tls;
mod kills;
mod long_life;
mod operations;
mod rest;
mod service;
mod smtp;
mod smtp_real;
mod smtp_script;
mod smtp_tls;
mod stops;
mod surroundings;
mod whole_loop;
mod whole_loop_answers;
mod whole_loop_care;
mod whole_loop_faults;
mod whole_loop_limits;
mod whole_loop_secrets;
mod whole_loop_start;
mod whole_loop_twists;
mod whole_loop_weekly;
