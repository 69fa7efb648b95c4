//! `curbside news`

use jiff::civil::Date;
use serde_json::{Value, json};

use super::say::table;
use super::{Failure, Frame, days};
use crate::flow::{Change, Changed};
use crate::model::id::NewsId;
use crate::store::news::News;
use crate::world::World;

/// What is true and new with you: each item goes to a person at most once
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  curbside news add \"I passed the CHCQM boards in October.\" --until 2027-03-31\n  curbside news drop 2"
)]
pub struct Args {
    #[command(subcommand)]
    what: Option<What>,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    /// Add an item, as a whole sentence that can stand in a mail
    Add {
        /// The sentence
        text: String,
        /// The last day it is news
        #[arg(long, value_name = "DATE", value_parser = days::day)]
        until: Option<Date>,
    },
    /// List what is news today
    List,
    /// Withdraw an item
    Drop {
        /// Its id
        #[arg(value_name = "ID", value_parser = id)]
        id: NewsId,
    },
}

fn id(text: &str) -> Result<NewsId, String> {
    text.parse().map_err(|_| "write the number that curbside news shows".to_owned())
}

pub(super) fn run(args: Args, frame: &Frame) -> Result<(), Failure> {
    let world = frame.world()?;
    match args.what.unwrap_or(What::List) {
        What::Add { text, until } => add(frame, &world, text, until),
        What::List => list(frame, &world),
        What::Drop { id } => drop_item(frame, &world, id),
    }
}

fn add(frame: &Frame, world: &World, text: String, until: Option<Date>) -> Result<(), Failure> {
    let Changed::News(news) = frame.change(world, Change::AddNews(text, until))? else { return Ok(()) };
    frame.say.answer(&object(&news), || {
        let until = news.until.map_or_else(String::new, |day| format!(" until {}", days::said(day, world.today())));
        format!("News {}{until}: {}", news.id, news.text)
    })?;
    Ok(())
}

fn list(frame: &Frame, world: &World) -> Result<(), Failure> {
    let found = world.store.read(|tx| tx.news(world.today()))?;
    let objects: Vec<Value> = found.iter().map(object).collect();
    frame.say.list(&objects, || words(&found, world.today()))?;
    Ok(())
}

fn drop_item(frame: &Frame, world: &World, id: NewsId) -> Result<(), Failure> {
    frame.change(world, Change::DropNews(id))?;
    frame.say.answer(&json!({ "id": id, "dropped": true }), || format!("News {id} is withdrawn."))?;
    Ok(())
}

fn object(news: &News) -> Value {
    json!({ "id": news.id, "text": news.text, "until": news.until, "told": news.told })
}

fn words(found: &[News], today: Date) -> String {
    if found.is_empty() {
        return "No news. Add some with: curbside news add \"I passed the boards in October.\"".to_owned();
    }
    let row = |news: &News| {
        let until = news.until.map_or_else(String::new, |day| days::said(day, today));
        vec![news.id.to_string(), news.text.clone(), until, news.told.to_string()]
    };
    table(&["id", "news", "until", "told"], found.iter().map(row))
}
