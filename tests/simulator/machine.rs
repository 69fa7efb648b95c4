//! The owner's machine: the program's processes, its file, its backups, and the loop that takes turns.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;

use curbside::checkins::Library;
use curbside::clock::{Clock, Dice};
use curbside::config;
use curbside::daemon::lock::Lock;
use curbside::flow::{self, Trouble};
use curbside::mail::post::Post;
use curbside::mail::scripted::{Scripted, ScriptedFolder};
use curbside::model::draft::Draft;
use curbside::model::folder::{Folder, Role};
use curbside::model::settings::Settings;
use curbside::store::Store;
use curbside::world::World;
use jiff::{SignedDuration, Timestamp, ToSpan};
use tempfile::TempDir;

use super::facts::{CheckIn, Reports, What};
use super::fates::{Killed, Shared};
use super::fault::Fault;
use super::life::{DeskWorld, Event, Life, Saves, rules};
use super::observer::{Breach, Sort};

/// Takes every upgrade of the schema back.
const AS_FIRST_RELEASED: &str =
    "DROP TABLE imported; DROP INDEX journal_corrected; ALTER TABLE message DROP COLUMN arrived; PRAGMA user_version = 1;";

/// The machine.
pub struct Machine {
    dir: TempDir,
    pub shared: Shared,
    settings: Settings,
    world: Option<World>,
    /// Held by the daemon that runs.
    lock: Option<Lock>,
    libraries: Vec<Library>,
    office: Option<Scripted>,
    lives: u64,
    wake: Timestamp,
    asleep_until: Timestamp,
    full_until: Option<Timestamp>,
    backups: Vec<(u64, PathBuf)>,
    /// A fault of the program that is no broken promise but a broken program.
    pub broken: Option<Breach>,
}

impl Machine {
    /// A machine with an empty database.
    pub fn new(life: Life) -> Self {
        let (text, _) = rules();
        let dir = TempDir::new_in(if std::path::Path::new("/dev/shm").is_dir() { "/dev/shm".into() } else { std::env::temp_dir() })
            .expect("a folder");
        let settings = config::parse(&text, &dir.path().join("config.toml")).expect("sound settings");
        let office = office(&life);
        let (now, shared) = (life.now, Shared::new(life));
        let mut machine = Self {
            dir,
            shared,
            settings,
            world: None,
            lock: None,
            libraries: vec![Library::built_in(), Library::built_in()],
            office: Some(office),
            lives: 0,
            wake: now,
            asleep_until: now,
            full_until: None,
            backups: Vec::new(),
            broken: None,
        };
        machine.starts();
        machine
    }

    fn database(&self) -> PathBuf {
        self.dir.path().join("curbside.db")
    }

    /// The daemon starts, and the desk where it is closed.
    fn starts(&mut self) {
        self.lives += 1;
        let clock = self.shared.life().clock.clone();
        let mut office = self.office.take().expect("an office");
        office.fates = Some(Box::new(self.shared.clone()));
        let shared = self.shared.clone();
        let store = self.open(&clock).watched(move |boundary| shared.passes(boundary));
        let world = self.world_of(store, Post::Scripted(office), clock.clone());
        if self.lives == 1 {
            world.store.unite_suppressions(world.dice.bytes(), world.now()).expect("a key");
        }
        self.world = Some(world);
        // A child that another test starts at this moment holds every open file until it becomes the program it is to be.
        for _ in 0..100_000 {
            self.lock = Lock::take(&self.database()).expect("a folder");
            if self.lock.is_some() {
                break;
            }
            std::thread::yield_now();
        }
        assert!(self.lock.is_some(), "the lock of a process that ended is free");
        if self.shared.life().desk.is_none() {
            let store = self.open(&clock);
            let desk = self.world_of(store, Post::Scripted(Scripted::new(clock.now())), clock);
            self.shared.life().desk = Some(DeskWorld(desk));
        }
    }

    fn open(&self, clock: &Clock) -> Store {
        Store::open(&self.database(), clock.now()).and_then(Store::for_play).expect("the same database")
    }

    fn world_of(&mut self, store: Store, post: Post, clock: Clock) -> World {
        World {
            store,
            post,
            clock,
            dice: Dice::seeded(self.shared.life().plan.seed.wrapping_mul(1000) + self.lives),
            settings: self.settings.clone(),
            library: self.libraries.pop().expect("two libraries"),
            home: self.dir.path().to_owned(),
            dry_run: false,
        }
    }

    /// The daemon ends, however it ends.
    fn ends(&mut self) {
        let Some(World { store, post, library, .. }) = self.world.take() else { return };
        self.lock = None;
        drop(store);
        self.libraries.push(library);
        if let Post::Scripted(office) = post {
            self.office = Some(office);
        }
    }

    fn closes_desk(&mut self) {
        let desk = self.shared.life().desk.take();
        if let Some(DeskWorld(World { library, .. })) = desk {
            self.libraries.push(library);
        }
    }

    /// Lives on until an hour.
    pub fn lives_until(&mut self, end: Timestamp) {
        while self.broken.is_none() {
            let next = self.shared.life().next_at();
            let wakes = self.wake.max(self.asleep_until);
            let event_first = next.is_some_and(|at| at <= wakes);
            let at = if event_first { next.unwrap_or(wakes) } else { wakes };
            if at > end {
                self.shared.life().reaches(end);
                return;
            }
            self.shared.life().reaches(at);
            if event_first {
                let event = self.shared.life().next();
                if let Some(event) = event {
                    self.happens(event);
                }
            } else {
                self.takes_turn();
            }
            let (nudged, breach) = {
                let mut life = self.shared.life();
                (life.nudged.take(), life.observer.breach().is_some())
            };
            self.wake = nudged.map_or(self.wake, |at| at.min(self.wake));
            if breach {
                return;
            }
        }
    }

    fn office(&mut self) -> &mut Scripted {
        match self.world.as_mut().map(|world| &mut world.post) {
            Some(Post::Scripted(office)) => office,
            _ => self.office.as_mut().expect("an office"),
        }
    }

    fn with_office(&mut self, work: impl FnOnce(&mut Life, &mut Scripted)) {
        let shared = self.shared.clone();
        let mut life = shared.life();
        work(&mut life, self.office());
    }

    fn happens(&mut self, event: Event) {
        match event {
            Event::Week => self.shared.life().week(),
            Event::Sits => self.with_office(Life::sits),
            Event::Writes { who, says, second } => self.shared.life().writes(who, says, second),
            Event::Arrives { folder, raw, came, again } => self.with_office(|life, office| life.arrives(office, folder, &raw, came, again)),
            Event::Copy { raw, id } => self.with_office(|life, office| life.copied(office, &raw, id)),
            Event::ByHand { who } => self.with_office(|life, office| life.by_hand(office, who)),
            Event::Clock(seconds) => self.clock_jumps(seconds),
            Event::Sleeps(hours) => {
                let mut life = self.shared.life();
                life.counts.add(Fault::Asleep);
                life.tell(|| format!("the machine sleeps for {hours} hours"));
                self.asleep_until = life.now.checked_add(hours.hours()).unwrap_or(life.now);
            }
            Event::Out(hours, login) => {
                let mut life = self.shared.life();
                life.counts.add(if login { Fault::ImapLogin } else { Fault::ImapDown });
                life.tell(|| format!("the mailbox is out of reach for {hours} hours"));
                life.out_until = life.now.checked_add(hours.hours()).ok().map(|until| (until, login));
            }
            Event::Renumber => self.with_office(|life, office| {
                life.counts.add(Fault::Renumbered);
                life.tell(|| "UIDVALIDITY changes".to_owned());
                life.renumber(office);
            }),
            Event::Moves => self.with_office(Life::moves),
            Event::Full(hours) => self.fills_disk(hours),
            Event::Backup => self.backs_up(),
            Event::Restore => self.restores(),
            Event::Upgrade => self.upgrades(),
            Event::Second => self.second_daemon(),
        }
    }

    fn clock_jumps(&mut self, seconds: i64) {
        let mut life = self.shared.life();
        if life.skew.is_zero() && seconds != 0 {
            life.counts.add(match seconds {
                -100_000..0 => Fault::ClockBehind,
                0..100_000 => Fault::ClockAhead,
                _ => Fault::ClockWild,
            });
        }
        life.skew = SignedDuration::from_secs(seconds);
        life.set_clock();
        life.tell(|| format!("the clock is off by {seconds} seconds"));
        self.wake = life.now;
    }

    fn fills_disk(&mut self, hours: i64) {
        let mut life = self.shared.life();
        life.counts.add(Fault::DiskFull);
        life.tell(|| format!("the disk is full for {hours} hours"));
        self.full_until = life.now.checked_add(hours.hours()).ok();
        drop(life);
        if let Some(world) = &self.world {
            world.store.let_grow(Some(0)).expect("a database");
        }
    }

    fn backs_up(&mut self) {
        let mut life = self.shared.life();
        let path = self.dir.path().join(format!("backup-{}.db", life.backups));
        let step = life.step;
        life.backups += 1;
        if let Some(DeskWorld(desk)) = &life.desk {
            desk.store.back_up_to(&path).expect("a backup");
        }
        life.tell(|| "a backup is made".to_owned());
        drop(life);
        self.backups.push((step, path));
    }

    /// As `curbside restore` does it: the daemon is stopped, the file replaced, cursors and yeses forgotten.
    fn restores(&mut self) {
        let Some((step, backup)) = self.backups.pop() else { return };
        self.ends();
        self.closes_desk();
        let shown = self.shared.life().shown();
        Store::restore(&backup, &self.database(), [7; 32], shown).expect("restored");
        let mut life = self.shared.life();
        life.counts.add(Fault::Restored);
        life.forgets_back_to(step);
        life.note(What::Restored { to: step });
        self.wake = life.now;
        drop(life);
        self.full_until = None;
        self.starts();
    }

    /// A newer program starts on the file of the first release: it is upgraded, and what is derived from the journal anew.
    fn upgrades(&mut self) {
        self.shared.life().counts.add(Fault::Upgraded);
        self.ends();
        self.closes_desk();
        let file = rusqlite::Connection::open(self.database()).expect("the database");
        file.execute_batch(AS_FIRST_RELEASED).expect("the file as the first release wrote it");
        drop(file);
        self.starts();
        let world = self.world.as_ref().expect("started");
        world.store.write(|tx| tx.set_value("cadence", "as an older version wrote it")).expect("a database");
        let shared = self.shared.clone();
        shared.life().armed = None;
        flow::restory_all(world).expect("added up anew");
    }

    /// A second daemon is refused while the first holds the lock.
    fn second_daemon(&mut self) {
        self.shared.life().counts.add(Fault::SecondDaemon);
        let taken = Lock::take(&self.database()).expect("a folder");
        if taken.is_some() && self.world.is_some() {
            self.breaks("a second daemon may work on the mailbox beside the first");
        }
        drop(taken);
        // The first one ends in order, and the second takes over.
        self.ends();
        self.starts();
    }

    fn breaks(&mut self, what: &str) {
        let life = self.shared.life();
        let breach = Breach { sort: Sort::Broken, at: life.now, step: life.step, what: what.to_owned() };
        drop(life);
        self.broken.get_or_insert(breach);
    }

    fn takes_turn(&mut self) {
        if self.world.is_none() {
            self.starts();
        }
        let now = self.shared.life().begins_turn();
        if self.full_until.is_some_and(|until| now >= until) {
            self.full_until = None;
            self.world.as_ref().expect("started").store.let_grow(None).expect("a database");
        }
        let world = self.world.as_mut().expect("started");
        let taken = catch_unwind(AssertUnwindSafe(|| flow::turn(world)));
        let after = match taken {
            Ok(Ok(turn)) => self.turn_taken(&turn),
            Ok(Err(trouble)) => self.turn_failed(&trouble),
            Err(payload) if payload.is::<Killed>() => self.killed(),
            Err(payload) => {
                let text = payload.downcast_ref::<String>().cloned().unwrap_or_else(|| "a panic".to_owned());
                self.breaks(&format!("the program panicked: {text}"));
                return;
            }
        };
        let life = self.shared.life();
        self.wake = life.now.checked_add(after).unwrap_or(life.now);
    }

    fn turn_taken(&mut self, turn: &flow::Turn) -> SignedDuration {
        let world = self.world.as_ref().expect("started");
        let shown = world.now();
        let next = flow::next_turn(world).unwrap_or(shown).duration_since(shown);
        let fails = world.store.read(flow::Errands::read).is_ok_and(|errands| errands.all().next().is_some());
        let waits = fails || flow::pauses_digest(world).is_ok_and(|pauses| pauses);
        let mut life = self.shared.life();
        life.ends_turn(turn, waits);
        if turn.trouble.is_some() { SignedDuration::from_secs(300) } else { next.max(SignedDuration::from_secs(30)) }
    }

    /// A full disk or a busy file is waited for, as the daemon does.
    fn turn_failed(&mut self, trouble: &Trouble) -> SignedDuration {
        let temporary = matches!(trouble, Trouble::Store(error) if error.is_temporary());
        if !temporary {
            self.breaks(&format!("a turn failed: {trouble}"));
        }
        self.shared.life().tell(|| format!("the turn failed: {trouble}"));
        SignedDuration::from_mins(30)
    }

    fn killed(&mut self) -> SignedDuration {
        self.ends();
        let mut life = self.shared.life();
        life.armed = None;
        let soon = life.trouble.per_mille(700);
        let minutes = if soon { life.trouble.between(0, 9) } else { life.trouble.between(10, 3 * 24 * 60) };
        SignedDuration::from_mins(minutes) + SignedDuration::from_secs(5)
    }

    /// Nothing goes wrong any more, and nobody does anything: what was begun comes to its end.
    pub fn settles(&mut self) {
        {
            let mut life = self.shared.life();
            life.calm = true;
            life.out_until = None;
            life.skew = SignedDuration::ZERO;
            life.set_clock();
            life.tell(|| "all is calm from here".to_owned());
            let now = life.now;
            self.wake = now;
            self.asleep_until = now;
            self.full_until = self.full_until.map(|_| now);
        }
        let end = self.shared.life().now.checked_add(super::observer::SETTLING).expect("an end");
        self.lives_until(end);
    }

    /// What the program says at the end, as its commands print it.
    pub fn reports(&self) -> Reports {
        let life = self.shared.life();
        let Some(DeskWorld(desk)) = &life.desk else { return Reports::default() };
        let mut reports = Reports::default();
        let told = desk.store.read(|tx| {
            for (who, person) in life.people.iter().enumerate().filter(|(_, person)| person.known) {
                let kept = flow::find(tx, &person.name)?;
                reports.check_ins.extend(tx.drafts_of(kept.contact.id)?.into_iter().map(listed));
                let lines = tx.entries_of(kept.contact.id)?.into_iter();
                let lines = lines.filter_map(|entry| Some((entry.line.kind.word().to_owned(), entry.message_id?)));
                reports.journals.push((who, lines.collect()));
            }
            Ok::<_, Trouble>(())
        });
        told.expect("reports");
        reports
    }
}

fn listed(draft: Draft) -> CheckIn {
    CheckIn {
        id: draft.id.0,
        to: draft.content.to.address.as_str().to_owned(),
        state: draft.state.word().to_owned(),
        answer: draft.answer.unwrap_or_default(),
        goes: draft.send_at,
        message_id: draft.message_id.unwrap_or_default(),
    }
}

fn office(life: &Life) -> Scripted {
    let mut office = Scripted::new(life.now);
    office.boxes.push(ScriptedFolder {
        folder: Folder { name: "Other".to_owned(), role: Role::Other },
        validity: 1,
        next: 1,
        mails: Vec::new(),
    });
    office.page = 50;
    office.host = Some(if life.saves == Saves::Nothing { "mail.small.example" } else { "smtp.gmail.com" }.to_owned());
    office
}
