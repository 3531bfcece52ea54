//! The rules of a world over all its workflows: how much mail anybody gets, and when.

use std::fmt::Write as _;

use flow_fuzz::Random;
use jiff::ToSpan as _;
use jiff::civil::Date;

use super::program::{GROUPS, Plan};
use super::wider::Rules;

/// The first day of a world, on calendars.
pub const FIRST_DAY: Date = jiff::civil::date(2026, 3, 2);

/// `cap N emails per D`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cap {
    /// So many.
    pub emails: u32,
    /// In so many days, elapsed.
    pub days: u32,
    /// `then drop`, or `then delay`.
    pub drops: bool,
}

/// Days on which nothing leaves, the first and the last included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Blackout {
    /// Days behind the first day of the world.
    pub first: i64,
    /// The same.
    pub last: i64,
}

/// `policy { … }`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Policy {
    /// Each counts.
    pub caps: Vec<Cap>,
    /// The hours at which quiet hours begin and end.
    pub quiet: Option<(u32, u32)>,
    /// No days, or some.
    pub blackout: Option<Blackout>,
    /// `hold at most`, in hours.
    pub hold: Option<u32>,
    /// Groups that go first.
    pub first: Vec<&'static str>,
}

impl Policy {
    /// One of a seed, for a program.
    pub fn some(random: &mut Random, plan: &Plan) -> Policy {
        let blackout = |random: &mut Random| {
            let first = random.below(14) as i64;
            Blackout { first, last: first + random.below(3) as i64 }
        };
        let mut first: Vec<&'static str> =
            GROUPS.into_iter().filter(|group| plan.workflows.iter().any(|one| one.group == Some(group))).collect();
        if random.once_in(2) {
            first.reverse();
        }
        first.truncate(random.below(3));
        Policy {
            caps: (0..random.below(3)).map(|_| Cap::some(random)).collect(),
            quiet: random.once_in(2).then(|| {
                let from = random.below(24) as u32;
                (from, (from + 1 + random.below(14) as u32) % 24)
            }),
            blackout: random.once_in(2).then(|| blackout(random)),
            hold: random.once_in(2).then(|| random.below(60) as u32 + 3),
            first,
        }
    }

    /// The same with less, for programs that cannot be under it; the last says nothing.
    pub fn weaker(&self) -> [Policy; 4] {
        let without_quiet = Policy { quiet: None, ..self.clone() };
        let without_days = Policy { blackout: None, ..without_quiet.clone() };
        [self.clone(), without_quiet, without_days, Policy::default()]
    }

    /// How long a mail is held at most, in milliseconds.
    pub fn longest_hold(&self) -> i64 {
        self.hold.map_or(7 * super::people::DAY, |hours| i64::from(hours) * super::people::HOUR)
    }

    /// Its declaration, with what wider worlds have besides; none where it says nothing.
    pub fn text(&self, wider: Option<&Rules>) -> Option<String> {
        let mut out = wider.map(Rules::lines).unwrap_or_default();
        for Cap { emails, days, drops } in &self.caps {
            let then = if *drops { "drop" } else { "delay" };
            let _ = writeln!(out, "  cap {emails} emails per {days} days then {then}");
        }
        if let Some((from, to)) = self.quiet {
            let _ = writeln!(out, "  quiet from {from:02}:00 to {to:02}:00 in contact timezone");
        }
        if let Some(Blackout { first, last }) = self.blackout {
            let _ = writeln!(out, "  blackout {} to {}", FIRST_DAY + first.days(), FIRST_DAY + last.days());
        }
        if let Some(hours) = self.hold {
            let _ = writeln!(out, "  hold at most {hours} hours");
        }
        if !self.first.is_empty() {
            let _ = writeln!(out, "  first {}", self.first.join(", then "));
        }
        (!out.is_empty()).then(|| format!("policy {{\n{out}}}"))
    }
}

impl Cap {
    fn some(random: &mut Random) -> Cap {
        Cap { emails: random.below(3) as u32 + 1, days: random.below(4) as u32 + 1, drops: random.once_in(3) }
    }
}
