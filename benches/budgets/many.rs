//! A hundred thousand contacts: what a person types must answer at once.

use std::time::Duration;

use crate::home;
use crate::median;

const CONTACTS: usize = 100_000;

/// Times the commands that must stay quick, against starting the program alone.
pub fn run(runs: usize) {
    let home = home::local("many");
    fill(&home);
    home::timed(&home, &["status"]);
    let time = |args: &[&str]| median((0..runs.max(5)).map(|_| home::timed(&home, args).took).collect());
    let start = time(&["config"]);
    println!("start-up (curbside config): {start:.1?} (budget 10 ms)");
    for args in [&["contacts", "--due"][..], &["plan"], &["status"], &["why", "contact77777@many.example"]] {
        let took: Duration = time(args);
        println!("{}: {took:.1?}, {:.1} times a bare start (budget 50 ms)", args.join(" "), took.as_secs_f64() / start.as_secs_f64());
    }
}

/// Contacts in one transaction; twenty of them are due.
fn fill(home: &std::path::Path) {
    use curbside::model::journal::{Effect, EntryKind, NewEntry, Side};
    use jiff::ToSpan;
    let world = home::world(home);
    let now = world.now();
    let recent = now.checked_sub((24 * 3).hours()).expect("a date");
    let long_ago = now.checked_sub((24 * 70).hours()).expect("a date");
    let model = {
        home::add(&world, "Model Contact", "model@many.example");
        world.store.read(|tx| tx.contacts()).expect("contacts").remove(0).contact
    };
    let pen = world.pen();
    world
        .store
        .write(|tx| {
            for n in 0..CONTACTS {
                let mut contact = model.clone();
                contact.name = format!("Contact Number{n}");
                contact.addresses = vec![format!("contact{n}@many.example").parse().expect("an address")];
                let id = tx.add_contact(&contact)?;
                let on = if n % (CONTACTS / 20) == 3 { long_ago } else { recent };
                pen.record(
                    tx,
                    &NewEntry::about(id, on, EntryKind::Call, "we talked").with([Effect::Touch(Side::Both), Effect::PutOff(world.today())]),
                )?;
                tx.set_searched(&contact.addresses, now)?;
            }
            Ok::<_, curbside::store::StoreError>(())
        })
        .expect("contacts are written");
}
