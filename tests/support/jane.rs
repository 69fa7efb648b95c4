//! Jane Doe, whom most stories are about.

use super::town::Town;

/// Her address.
pub const JANE: &str = "jane@plan.example";

/// A town that knows her and nobody else, on a Monday at 10:00.
pub fn known() -> Town {
    let mut town = Town::new();
    town.add("Jane Doe <jane@plan.example>");
    town
}

/// Her first word is drafted and awaits a yes.
pub fn drafted() -> Town {
    let mut town = known();
    town.turn();
    assert_eq!(town.drafts().len(), 1, "{:?}", town.plan());
    town
}

/// The yes is given; it goes at 10:05.
pub fn approved() -> Town {
    let mut town = drafted();
    town.approve_all();
    town
}

/// She has had her first word, this Monday at 10:05.
pub fn written_to() -> Town {
    let mut town = known();
    town.writes_to_all();
    assert_eq!(town.out().len(), 1);
    town
}
