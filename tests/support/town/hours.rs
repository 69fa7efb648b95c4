//! The clock of the town stands until a story moves it.

use curbside::flow;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _, Zoned};

use super::Town;

impl Town {
    pub fn now(&self) -> Zoned {
        self.see().local()
    }

    /// Sets the clock; nothing is done.
    pub fn clock_to(&mut self, at: Timestamp) {
        self.world().clock.set(at);
        self.post().now = at;
    }

    /// Sets the clock to an hour like `2026-04-07 09:00`, on the owner's clock.
    pub fn clock_at(&mut self, civil: &str) {
        let at: jiff::civil::DateTime = civil.parse().expect("an hour");
        self.clock_to(at.to_zoned(TimeZone::get("America/New_York").expect("a zone")).expect("exists").timestamp());
    }

    /// Time passes as it does for the daemon: a turn whenever one is wanted.
    pub fn minutes_pass(&mut self, minutes: i64) {
        let end = self.see().now() + minutes.minutes();
        while self.see().now() < end {
            let least = self.see().now() + 30.seconds();
            let next = flow::next_turn(self.see()).expect("a database").max(least).min(end);
            self.clock_to(next);
            self.turn();
        }
    }

    pub fn hours_pass(&mut self, hours: i64) {
        self.minutes_pass(hours * 60);
    }

    pub fn days_pass(&mut self, days: i64) {
        self.minutes_pass(days * 24 * 60);
    }
}
