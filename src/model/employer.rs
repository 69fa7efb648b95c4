//! An employer: an organization of utilization management, and the family it belongs to.

use serde::{Deserialize, Serialize};

use super::contact::words;

words! {
    /// What sort of organization it is.
    EmployerKind {
        /// A health plan.
        Payer = "payer",
        /// A utilization-management vendor.
        UmVendor = "um_vendor",
        /// An independent review organization.
        Iro = "iro",
        /// A hospital system.
        HospitalSystem = "hospital_system",
        /// A physician-advisor firm.
        PhysicianAdvisorFirm = "physician_advisor_firm",
        /// A government contractor.
        GovernmentContractor = "government_contractor",
        /// Anything else.
        Other = "other",
    }
}

impl EmployerKind {
    /// How a letter would call it.
    #[must_use]
    pub const fn in_words(self) -> &'static str {
        match self {
            Self::Payer => "health plan",
            Self::UmVendor => "utilization management company",
            Self::Iro => "review organization",
            Self::HospitalSystem => "hospital system",
            Self::PhysicianAdvisorFirm => "physician advisor firm",
            Self::GovernmentContractor => "contractor",
            Self::Other => "organization",
        }
    }
}

/// An organization.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Employer {
    /// Its name.
    pub name: String,
    /// What sort it is.
    pub kind: EmployerKind,
    /// The topmost parent's name; its own where it has none.
    pub family: String,
    /// The direct parent.
    pub parent: Option<String>,
    /// Other and former names.
    pub aliases: Vec<String>,
    /// Mail domains; matched whole or as a parent domain, never as a part of a word.
    pub domains: Vec<String>,
    /// Two-letter state of its head office.
    pub state: Option<String>,
    /// Where it lists its openings.
    pub careers_url: Option<String>,
    /// Where the facts come from.
    pub source: String,
    /// True for the owner's own rows.
    pub own: bool,
    /// True when the owner wants to work there.
    pub target: bool,
}

impl Employer {
    /// A row of the owner's own that says no more than a name and a family.
    #[must_use]
    pub const fn named(name: String, family: String) -> Self {
        Self {
            name,
            kind: EmployerKind::Other,
            family,
            parent: None,
            aliases: Vec::new(),
            domains: Vec::new(),
            state: None,
            careers_url: None,
            source: String::new(),
            own: true,
            target: false,
        }
    }

    /// True when a mail domain is one of its domains or below one.
    #[must_use]
    pub fn has_domain(&self, domain: &str) -> bool {
        self.domains.iter().any(|own| is_or_below(domain, own))
    }
}

/// True when `domain` is `parent` or a sub-domain of it: `mail.evicore.com` is, `notevicore.com` is not.
#[must_use]
pub fn is_or_below(domain: &str, parent: &str) -> bool {
    let (domain, parent) = (domain.to_ascii_lowercase(), parent.to_ascii_lowercase());
    domain == parent || domain.strip_suffix(parent.as_str()).is_some_and(|head| head.ends_with('.'))
}
