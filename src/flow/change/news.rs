//! Changes to the news the owner has to tell.

use jiff::civil::Date;

use super::Changed;
use super::contacts::required;
use crate::flow::Trouble;
use crate::model::id::NewsId;
use crate::store::Tx;
use crate::world::World;

pub(super) fn add(world: &World, tx: &Tx<'_>, text: &str, until: Option<Date>) -> Result<Changed, Trouble> {
    let text = required("news", text)?;
    if until.is_some_and(|day| day < world.today()) {
        return Err(Trouble::refused("this day is over; news must be news for some days at least"));
    }
    let id = tx.add_news(&text, until, world.now())?;
    let found = tx.news(world.today())?.into_iter().find(|news| news.id == id);
    found.map(Changed::News).ok_or_else(|| Trouble::refused("the news was not kept"))
}

pub(super) fn withdraw(world: &World, tx: &Tx<'_>, id: NewsId) -> Result<Changed, Trouble> {
    if tx.drop_news(id)? {
        for draft in tx.open_drafts()?.into_iter().filter(|draft| draft.news == Some(id)) {
            world.pen().withdraw(tx, draft.contact, "you withdrew the news it tells")?;
        }
        Ok(Changed::NewsDropped(id))
    } else {
        Err(Trouble::refused(format!("there is no news {id}; curbside news shows them")))
    }
}
