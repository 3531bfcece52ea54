//! `policy { .. }`: rules over every workflow. How many marketing mails anybody gets, when they may leave, and who leaves first.
//!
//! They hold for everybody at once, whatever steps a journey began with: no step depends on them.

use super::Meaning;
use super::area::Area;
use super::fact::{Fact, PatternEvent};
use super::holidays::DaySpan;
use super::split::Split;
use super::workflow::SendWindow;
use crate::id::{FactId, FieldId};
use crate::limits::{MAX_FACT_DEPTH, MAX_HOLD_DAYS, MAX_LATE_BY_DAYS};
use crate::units::{DAY_MS, HOUR_MS};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::fmt;

/// The rules of a project; a project without any lets mail leave whenever its workflows do.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Policy {
    /// Who may be written to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub consent: Option<Consent>,
    /// Whether people confirm that they want mail before they get any, by the workflow [`CONFIRMATION`](super::consent::CONFIRMATION).
    #[serde(default, skip_serializing_if = "super::is_no")]
    pub confirms: bool,
    /// Each of them counts for itself.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub caps: Vec<Cap>,
    /// The hours of the contact's day in which nothing leaves.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quiet: Option<Quiet>,
    /// The days on which nothing leaves.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub blackouts: Vec<DaySpan>,
    /// How long a mail is held at most, in milliseconds; [`HOLD_MS`] where the project says nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hold_ms: Option<i64>,
    /// For how many of a hundred people no workflow does anything.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub holdout: Option<u8>,
    /// What becomes of mails that come late, where a workflow says nothing else; they leave at once where nobody says anything.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub late: Option<Late>,
    /// How long before the event that let somebody in another may have occurred and still count since entry, in milliseconds; [`LATE_BY_MS`]
    /// where the project says nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub late_by_ms: Option<i64>,
    /// The groups of workflows that go first, in order. All others come behind them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub first: Vec<String>,
}

/// How long a mail is held where no policy says otherwise.
pub const HOLD_MS: i64 = 7 * DAY_MS;

/// How long before the event that let somebody in another may have occurred where no policy says otherwise: what one person does in a
/// sitting comes from several machines, and not in order.
pub const LATE_BY_MS: i64 = HOUR_MS;

impl Policy {
    /// Whether it says nothing.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// How long a mail is held at most, in milliseconds.
    pub fn hold_ms(&self) -> i64 {
        self.hold_ms.unwrap_or(HOLD_MS)
    }

    /// How long before the event that let somebody in another may have occurred and still count since entry, in milliseconds.
    pub fn late_by_ms(&self) -> i64 {
        self.late_by_ms.unwrap_or(LATE_BY_MS)
    }

    /// The place of a group among those that go first; that of none of them is behind all.
    pub fn rank(&self, group: Option<&str>) -> usize {
        self.first.iter().position(|first| Some(first.as_str()) == group).unwrap_or(self.first.len())
    }

    /// How many instants at which a mail left have to be known: of all mails, or of those about a topic.
    pub fn depth(&self, topic: Option<FieldId>) -> u32 {
        self.caps.iter().filter(|cap| cap.topic == topic).map(|cap| cap.emails).max().unwrap_or(0)
    }

    /// The topics that a cap names, each once.
    pub fn capped_topics(&self) -> BTreeSet<FieldId> {
        self.caps.iter().filter_map(|cap| cap.topic).collect()
    }

    /// What is wrong with a number in it, if anything is.
    pub fn fault(&self) -> Option<String> {
        let cap = self.caps.iter().find(|cap| !cap.is_sensible()).map(|cap| format!("{cap} is no cap"));
        let quiet = self.quiet.filter(|quiet| !quiet.open().opens() || quiet.is_all_day());
        let blackout = self.blackouts.iter().find(|blackout| blackout.is_backwards());
        let is_held = (1..=i64::from(MAX_HOLD_DAYS) * DAY_MS).contains(&self.hold_ms());
        let is_counted = (1..=i64::from(MAX_LATE_BY_DAYS) * DAY_MS).contains(&self.late_by_ms());
        cap.or_else(|| quiet.map(|quiet| format!("{quiet:?} leaves no hour of the day")))
            .or_else(|| blackout.map(|blackout| format!("{blackout:?} ends before it begins")))
            .or_else(|| {
                self.holdout.filter(|percent| !is_share(*percent)).map(|percent| format!("{percent}% are held out"))
            })
            .or_else(|| (!is_counted).then(|| format!("what occurred {} ms before an entry counts", self.late_by_ms())))
            .or_else(|| (!is_held).then(|| format!("a mail is held for {} ms", self.hold_ms())))
    }
}

/// Whether so many of a hundred leave somebody on either side.
pub(crate) fn is_share(percent: u8) -> bool {
    (1..Split::WHOLE).contains(&i64::from(percent))
}

impl Meaning {
    /// What remembers when marketing mails left; none where nothing counts them.
    pub fn mailed(&self) -> Option<FactId> {
        let is_it = |fact: &Fact| {
            let pattern = self.patterns.get(fact.pattern);
            fact.area == Area::Contact && pattern.is_some_and(|pattern| pattern.event == PatternEvent::Marketed)
        };
        self.facts.find(is_it)
    }

    /// What remembers when marketing mails about a topic left, of each topic that a cap names or named before.
    pub fn mailed_about(&self) -> impl Iterator<Item = (FieldId, FactId)> {
        self.facts.iter().filter(|(_, fact)| fact.area == Area::Contact).filter_map(|(id, fact)| {
            match self.patterns.get(fact.pattern)?.event {
                PatternEvent::MarketedAbout(topic) => Some((topic, id)),
                _ => None,
            }
        })
    }
}

/// What becomes of a marketing mail that comes late: nobody was there when it was due.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Late {
    /// It leaves at once.
    Run,
    /// It is withheld.
    Skip,
    /// It waits for the next window to open.
    NextWindow,
}

impl Late {
    /// How much later than it was due a mail has to come to be late. A restart, or a crowd of others, is no such thing.
    pub const OVERDUE_MS: i64 = HOUR_MS;

    /// As it is written.
    pub fn words(self) -> &'static str {
        match self {
            Self::Run => "run",
            Self::Skip => "skip",
            Self::NextWindow => "next window",
        }
    }
}

/// Who may get marketing mail beside those of whom nothing is known that forbids it. Where a project says nothing, whoever has not refused it does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Consent {
    /// Whoever has said yes, and nobody else.
    OptIn,
    /// Everybody who has neither said no nor still to confirm that they said yes.
    OptOut,
}

/// `cap 2 emails per 7 days then delay`, or `cap 1 email about news per 7 days then delay`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Cap {
    /// At least one.
    pub emails: u32,
    /// The field of the topic that the mails are about; none where all of them count.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub topic: Option<FieldId>,
    /// Elapsed, wherever it begins: exactly so long after a mail its place is free.
    pub per_ms: i64,
    /// What becomes of one more.
    pub then: Over,
}

/// What becomes of a mail beyond a cap.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Over {
    /// It is held until a place is free.
    Delay,
    /// It is withheld at once.
    Drop,
}

impl Cap {
    /// Whether it lets something out, and no more than is remembered.
    pub fn is_sensible(&self) -> bool {
        (1..=MAX_FACT_DEPTH).contains(&self.emails) && self.per_ms > 0
    }
}

impl fmt::Display for Cap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let then = match self.then {
            Over::Delay => "delay",
            Over::Drop => "drop",
        };
        let topic = self.topic.map(|topic| format!(" about {topic}")).unwrap_or_default();
        write!(f, "{}{topic} per {} ms then {then}", self.emails, self.per_ms)
    }
}

/// `quiet from 20:00 to 08:00 in contact timezone`, in minutes of the day. Where it ends mail leaves again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quiet {
    /// When it begins, every day.
    pub from_min: u16,
    /// When it ends, on the next day where that is not behind the beginning.
    pub to_min: u16,
}

impl Quiet {
    /// The end of a day, which is the beginning of the next.
    pub const DAY_MINUTES: u16 = 24 * 60;

    /// The hours that it leaves, as a window of every day.
    pub fn open(self) -> SendWindow {
        SendWindow { days: 0b111_1111, from_min: self.to_min % Self::DAY_MINUTES, to_min: self.from_min }
    }

    /// Whether it leaves none.
    pub fn is_all_day(self) -> bool {
        self.from_min % Self::DAY_MINUTES == self.to_min % Self::DAY_MINUTES
    }
}
