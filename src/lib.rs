//! Curbside keeps a physician's network at utilization-management employers warm by e-mail, and never embarrasses its
//! owner. This page is the map of the house.
//!
//! # The river
//!
//! ```text
//! mail in → understand → decide → journal → plan → draft → review → deliver → mail out
//!                                    ↑                       ↑
//!                               owner (terminal) says yes, edits, skips, adds
//! ```
//!
//! One **turn** ([`flow::turn`]) walks that line. The daemon takes a turn when nudged (new mail by IDLE, an hour, a
//! change by another process) and sleeps otherwise. A nudge says only “look”: the truth is in the tables.
//! The terminal is one door; every change goes through [`flow::accept`].
//!
//! # The rooms, by what a line may touch
//!
//! | room | what it is |
//! |---|---|
//! | [`model`] | nouns; parsed once, then trusted; no I/O, no clock |
//! | [`steps`] | verbs; pure and total: understand, decide, story, due, plan, window |
//! | [`letters`] | what the program itself writes (askama) |
//! | [`checkins`] | the owner's templates (minijinja, strict) |
//! | [`store`] | the only SQL |
//! | [`mail`] | the only protocols: IMAP, SMTP, Maildir, MIME; and the scripted post office of the stories |
//! | [`clock`], [`config`], [`secrets`], [`telemetry`] | the hour and the dice, settings, passwords, the log |
//! | [`world`] | everything the program touches, in one hand |
//! | [`flow`] | one turn, and the one door for changes: reads the tables, asks the steps, does what they say |
//! | [`daemon`] | when: loop, lock, two-step stop, service manager |
//! | [`cli`] | how a person says it: one file a command |
//!
//! `tests/house/walls.rs` reads the sources and fails when a room touches what it may not.
//! `flow` holds store and mail by the hand that `world` gives it; it was first meant to reach them only through
//! `world`, but a second set of names for the same calls would explain nothing.
//!
//! Where does a line belong? Ask in order: prose for an inbox → `templates/`; an arguable number or list → `data/`; a
//! noun or its promise → `model`; same answer tomorrow, offline → `steps`; SQL → `store`; protocol words → `mail`; order
//! → `flow`; when → `daemon`; how a person says it → `cli`.
//!
//! # Invariants, and what is deliberately absent
//!
//! - No step reads the clock, rolls dice or touches the network; the hour is an argument (kept by `.clippy.toml`).
//! - Nothing leaves without a yes to exactly that text, or the owner's standing yes to that contact (P5).
//! - The whole mail is rendered and stored before the first connection; `body_begun` is committed before the first byte
//!   of the body; what was begun is looked for and never repeated blindly (P1).
//! - The mailbox is read again immediately before each send; if that fails, nothing is sent (P3).
//! - A folder's cursor moves in the transaction that writes what was learnt (P8). Folders are opened read-only (P9).
//! - The journal is append-only (a trigger keeps it), and a standing is nothing but the fold over it ([`steps::story`]).
//! - Understanding never fails: it returns meaning, doubt and why.
//! - There is no second connection to anybody but the owner's mail servers; no telemetry leaves; no pixel, no rewritten
//!   link; no order by mail is obeyed yet.
#![forbid(unsafe_code)]

pub mod checkins;
pub mod cli;
pub mod clock;
pub mod config;
pub mod daemon;
pub mod demo;
pub mod flow;
pub mod letters;
pub mod mail;
pub mod model;
pub mod secrets;
pub mod steps;
pub mod store;
pub mod telemetry;
pub mod world;
