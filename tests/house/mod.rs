//! The house: its walls, its lists, its templates.

mod data;
mod templates;
mod walls;
