//! The house: its walls, its lists, its templates.

mod data;
mod dependencies;
mod templates;
mod walls;
