//! The house: its walls, its lists, its templates, and what its tests hold.

mod data;
mod dependencies;
mod packages;
mod promises;
mod templates;
mod walls;
