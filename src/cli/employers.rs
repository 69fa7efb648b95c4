//! `curbside employers`

use serde_json::{Value, json};

use super::say::table;
use super::{Failure, Frame};
use crate::flow::{self, Change, Changed, NewEmployer};
use crate::model::employer::{Employer, EmployerKind};

/// The directory of employers: who is one family, and where you want to work
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  curbside employers evicore\n  curbside employers --kind iro\n  curbside employers add \"Lakeshore Review\" --kind um_vendor --parent \"Lakeshore Health\"\n  curbside employers target \"Lakeshore Review\"",
    args_conflicts_with_subcommands = true
)]
pub struct Args {
    /// A name, former name or mail domain
    #[arg(value_name = "QUERY")]
    query: Vec<String>,
    /// Only this sort: payer, um_vendor, iro, hospital_system, physician_advisor_firm, government_contractor, other
    #[arg(long)]
    kind: Option<EmployerKind>,
    #[command(subcommand)]
    what: Option<What>,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    /// Add an employer, or add to what the directory says of one
    Add(AddArgs),
    /// Say that you want to work there
    Target {
        /// The employer
        name: String,
        /// Not any more
        #[arg(long)]
        off: bool,
    },
}

#[derive(Debug, clap::Args)]
struct AddArgs {
    /// Its name
    name: String,
    /// What sort: payer, um_vendor, iro, hospital_system, physician_advisor_firm, government_contractor, other
    #[arg(long)]
    kind: Option<EmployerKind>,
    /// The topmost parent: all of one family share the weekly limit
    #[arg(long)]
    family: Option<String>,
    /// The direct parent
    #[arg(long)]
    parent: Option<String>,
    /// A mail domain; may be given several times
    #[arg(long = "domain", value_name = "DOMAIN")]
    domains: Vec<String>,
    /// Another or former name; may be given several times
    #[arg(long = "alias", value_name = "NAME")]
    aliases: Vec<String>,
}

pub(super) fn run(args: Args, frame: &Frame) -> Result<(), Failure> {
    match args.what {
        None => list(frame, &args.query.join(" "), args.kind),
        Some(What::Add(new)) => change(frame, Change::PutEmployer(Box::new(new_employer(new)))),
        Some(What::Target { name, off }) => change(frame, Change::Target(name, !off)),
    }
}

fn new_employer(args: AddArgs) -> NewEmployer {
    let AddArgs { name, kind, family, parent, domains, aliases } = args;
    NewEmployer { name, kind, family, parent, domains, aliases }
}

fn list(frame: &Frame, query: &str, kind: Option<EmployerKind>) -> Result<(), Failure> {
    let world = frame.world()?;
    let found = flow::employers(&world, Some(query), kind)?;
    let objects: Vec<Value> = found.iter().map(object).collect();
    frame.say.list(&objects, || words(&found))?;
    Ok(())
}

fn change(frame: &Frame, change: Change) -> Result<(), Failure> {
    let world = frame.world()?;
    let Changed::Employer(employer) = frame.change(&world, change)? else { return Ok(()) };
    frame.say.answer(&object(&employer), || {
        let family = if employer.family == employer.name { String::new() } else { format!(" of the {} family", employer.family) };
        let target = if employer.target { "; you want to work there" } else { "" };
        format!("{}: {}{family}{target}.", employer.name, employer.kind.in_words())
    })?;
    Ok(())
}

fn object(employer: &Employer) -> Value {
    json!({
        "name": employer.name,
        "kind": employer.kind,
        "family": employer.family,
        "parent": employer.parent,
        "aliases": employer.aliases,
        "domains": employer.domains,
        "state": employer.state,
        "careers_url": employer.careers_url,
        "source": employer.source,
        "own": employer.own,
        "target": employer.target,
    })
}

fn words(found: &[Employer]) -> String {
    if found.is_empty() {
        return "None. Add one with: curbside employers add \"Its Name\" --domain its.example".to_owned();
    }
    let row = |employer: &Employer| {
        let family = if employer.family == employer.name { String::new() } else { employer.family.clone() };
        let mark = if employer.target { "target" } else { "" };
        vec![employer.name.clone(), employer.kind.word().replace('_', " "), family, employer.domains.join(" "), mark.to_owned()]
    };
    table(&["name", "kind", "family", "domains", ""], found.iter().map(row))
}
