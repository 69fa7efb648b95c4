//! What may be said of a contact: the options that adding and changing one share.

use crate::model::contact::{Mode, Relation};

/// What is known of a contact, as options.
#[derive(Debug, clap::Args)]
pub struct About {
    /// Where they work; known employers are recognised by their mail domain
    #[arg(long)]
    pub employer: Option<String>,
    /// Their title
    #[arg(long)]
    pub title: Option<String>,
    /// How they stand to you: peer, recruiter, hiring_manager, leader, other
    #[arg(long)]
    pub relation: Option<Relation>,
    /// How you met, as a sentence: "we met at the spring conference"
    #[arg(long)]
    pub met: Option<String>,
    /// Their time zone, such as America/Chicago
    #[arg(long)]
    pub zone: Option<String>,
    /// Their US state, two letters
    #[arg(long)]
    pub state: Option<String>,
    /// Something to remember, and an occasion to write
    #[arg(long)]
    pub note: Option<String>,
    /// review: each check-in needs your yes; auto: they go without
    #[arg(long)]
    pub mode: Option<Mode>,
}
