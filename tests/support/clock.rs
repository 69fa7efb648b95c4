//! A wall clock that a test sets while the real binary runs: a small library of C, preloaded.

use std::fs;
use std::path::PathBuf;
use std::sync::OnceLock;

use super::disk::compiled;
use super::owner::Owner;

/// The clock of one owner's machine.
pub struct WallClock {
    file: PathBuf,
    seconds: i64,
}

impl WallClock {
    /// From now on all commands of this owner look at this clock, which is right as yet.
    pub fn of(owner: &mut Owner) -> Self {
        static LIBRARY: OnceLock<PathBuf> = OnceLock::new();
        let library = LIBRARY.get_or_init(|| compiled("clock"));
        let clock = Self { file: owner.home.with_file_name("clock"), seconds: 0 };
        fs::write(&clock.file, clock.seconds.to_ne_bytes()).expect("our file");
        let words = ["env".to_owned(), format!("LD_PRELOAD={}", library.display()), format!("CLOCK_FILE={}", clock.file.display())];
        owner.through.splice(0..0, words);
        clock
    }

    /// Sets it forward, or back, for those that run too.
    pub fn moves(&mut self, seconds: i64) {
        self.seconds += seconds;
        // In place: those that run see the very bytes.
        let file = fs::OpenOptions::new().write(true).open(&self.file).expect("our file");
        std::os::unix::fs::FileExt::write_all_at(&file, &self.seconds.to_ne_bytes(), 0).expect("eight bytes");
    }

    /// What it shows.
    pub fn now(&self) -> jiff::Timestamp {
        super::letters::now() + jiff::SignedDuration::from_secs(self.seconds)
    }
}
