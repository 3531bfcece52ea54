//! A person: everything that ever happened to them and was said of them, in lists.

use std::collections::{BTreeMap, BTreeSet};

use super::journey::{Journey, State};
use crate::world::people::DAY;
use crate::world::program::{Did, STAGES};

/// Something that happened, in the order of the log.
#[derive(Debug, Clone)]
pub(super) struct Happening {
    /// Its place among everything that arrived, of everybody.
    pub(super) seq: u64,
    /// When it occurred, never after it arrived.
    pub(super) occurred: i64,
    /// What it was.
    pub(super) what: What,
    /// Whether it shows that the person is there.
    pub(super) is_activity: bool,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum What {
    /// An event of the program, with the place of its value.
    Did(usize, Option<usize>),
    /// Anything else.
    Other,
}

/// A value of a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Value {
    /// A text or one of several.
    Text(String),
    /// A number.
    Number(i64),
    /// So many more.
    More(i64),
    /// A yes/no.
    Flag(bool),
}

/// Something that was said of the person and counts.
#[derive(Debug, Clone)]
pub(super) struct Said {
    /// By its name.
    pub(super) field: &'static str,
    /// What it is.
    pub(super) value: Value,
    /// Since when.
    pub(super) occurred: i64,
    /// The workflow whose step it was.
    pub(super) by: Option<usize>,
}

/// An entry whose event came before the address.
#[derive(Debug, Clone)]
pub(super) struct HeldEntry {
    /// Of which workflow.
    pub(super) workflow: usize,
    /// The last instant at which the address completes it.
    pub(super) until: i64,
    /// The place of its event in the log, and when that occurred.
    pub(super) since: (u64, i64),
}

/// Somebody who waits for their turn.
#[derive(Debug, Clone)]
pub(super) struct Turn {
    /// In which workflow.
    pub(super) workflow: usize,
    /// When it comes.
    pub(super) at: i64,
    /// What counts since entry.
    pub(super) since: (u64, i64),
    /// Whether a step started it.
    pub(super) is_started: bool,
}

/// A refusal that can be lifted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Refusal {
    /// `unsubscribed`.
    Unsubscribed,
    /// `complained`.
    Complained,
    /// By a step.
    Suppressed,
}

/// A person.
#[derive(Debug, Clone, Default)]
pub(super) struct Person {
    /// The how-manieth of those who became known.
    pub(super) number: usize,
    /// Everything that happened.
    pub(super) history: Vec<Happening>,
    /// When they were first read of.
    pub(super) first_read: i64,
    /// What is said of them.
    pub(super) said: Vec<Said>,
    /// Every journey that they ever began.
    pub(super) journeys: Vec<Journey>,
    /// When marketing mails left, as caps count them.
    pub(super) had: Vec<i64>,
    /// Journeys that let something out at this instant, each once, before anything follows from it.
    pub(super) round: Vec<usize>,
    /// Refusals in force, with when they occurred.
    pub(super) refused: Vec<(Refusal, i64)>,
    /// The latest instant at which somebody refused mail for them: what they said before it lifts nothing.
    pub(super) refused_at: i64,
    /// Whether the company says that nobody may write to them.
    pub(super) do_not_contact: bool,
    /// Their address refused mail.
    pub(super) bounced: bool,
    /// Whether they have an address.
    pub(super) has_address: bool,
    /// Of which workflows what their entry waits for is true.
    pub(super) was: BTreeMap<usize, bool>,
    /// Became true and was refused for a reason that can end.
    pub(super) remembered: BTreeSet<usize>,
    /// Triggers that came during a journey and begin the next one, with their place in the log and when they occurred.
    pub(super) again: BTreeMap<usize, (u64, i64)>,
    /// Who has had them since their turn came, by team.
    pub(super) owners: BTreeMap<&'static str, &'static str>,
    /// Entries that wait for an address.
    pub(super) held: Vec<HeldEntry>,
    /// Those who wait for their turn.
    pub(super) turns: Vec<Turn>,
    /// Workflows that steps start, and when.
    pub(super) starts: BTreeSet<(usize, i64)>,
}

impl Person {
    /// The earliest instant that is known of them.
    pub(super) fn known_since(&self) -> i64 {
        self.history.iter().map(|one| one.occurred).chain([self.first_read]).min().unwrap_or(i64::MAX)
    }

    /// When they last did something.
    pub(super) fn last_activity(&self) -> i64 {
        let active = self.history.iter().filter(|one| one.is_activity);
        active.map(|one| one.occurred).max().unwrap_or(self.known_since())
    }

    /// Since when something of theirs should have been done.
    pub(super) fn overdue_since(&self, now: i64) -> i64 {
        let journeys = self.journeys.iter().filter_map(|journey| match journey.state {
            State::Waiting { until, .. } | State::Awaiting { until, .. } => Some(until),
            State::Out { due, .. } => Some(due),
            _ => None,
        });
        let turns = self.turns.iter().map(|turn| turn.at);
        let starts = self.starts.iter().map(|(_, at)| *at);
        journeys.chain(turns).chain(starts).chain([now]).min().unwrap_or(now)
    }

    /// Whether they did nothing for so many days.
    pub(super) fn is_inactive(&self, days: u32, now: i64) -> bool {
        let silence = i64::from(days) * DAY;
        now - self.last_activity() >= silence && now - self.known_since() >= silence
    }

    /// What is said of a field, without what a workflow's own steps have said since an instant.
    fn sayings(&self, field: &'static str, without: Option<(usize, i64)>) -> impl Iterator<Item = &Said> {
        self.said.iter().filter(move |said| said.field == field).filter(move |said| match without {
            Some((workflow, at)) => said.by != Some(workflow) || said.occurred < at,
            None => true,
        })
    }

    /// A text.
    pub(super) fn text(&self, field: &'static str) -> Option<&str> {
        self.sayings(field, None).last().and_then(|said| match &said.value {
            Value::Text(text) => Some(text.as_str()),
            _ => None,
        })
    }

    /// A yes/no, which is no until somebody says yes.
    pub(super) fn flag(&self, field: &'static str, without: Option<(usize, i64)>) -> bool {
        self.sayings(field, without).last().is_some_and(|said| said.value == Value::Flag(true))
    }

    /// A number that may be missing.
    pub(super) fn number(&self, field: &'static str, without: Option<(usize, i64)>) -> Option<i64> {
        self.sayings(field, without).last().and_then(|said| match said.value {
            Value::Number(number) => Some(number),
            _ => None,
        })
    }

    /// The score: what was said and never lowered it, and what was added.
    pub(super) fn score(&self, without: Option<(usize, i64)>) -> i64 {
        self.sayings("score", without).fold(0, |score, said| match said.value {
            Value::Number(number) => score.max(number),
            Value::More(more) => score + more,
            _ => score,
        })
    }

    /// The place of the stage, which never falls.
    pub(super) fn stage(&self, without: Option<(usize, i64)>) -> usize {
        self.sayings("stage", without).fold(0, |stage, said| match said.value {
            Value::Number(place) => stage.max(usize::try_from(place).unwrap_or_default()),
            _ => stage,
        })
    }

    /// Takes what a file or a stream says: the later one holds, an older one only fills a gap. A stage and a score only rise, whatever is older.
    pub(super) fn hear(&mut self, field: &'static str, value: Value, occurred: i64) {
        let last = self.sayings(field, None).last().map(|said| said.occurred);
        let is_news = match (&value, field) {
            (Value::Number(number), "score") => *number > self.score(None),
            (Value::Number(place), "stage") => usize::try_from(*place).is_ok_and(|place| place > self.stage(None)),
            _ => last.is_none_or(|last| occurred >= last),
        };
        if is_news {
            self.said.push(Said { field, value, occurred, by: None });
        }
    }

    /// Takes what a step changes.
    pub(super) fn change(&mut self, field: &'static str, value: Value, now: i64, by: usize) {
        self.said.push(Said { field, value, occurred: now, by: Some(by) });
    }

    /// Whether a refusal is in force.
    pub(super) fn refuses(&self, refusal: Refusal) -> bool {
        self.refused.iter().any(|(one, _)| *one == refusal)
    }

    /// What somebody did with a mail: of the journey that sent it last by then.
    pub(super) fn sender_of(&self, mail: usize, occurred: i64) -> Option<usize> {
        let mut sent: Vec<(i64, i64, usize, usize)> = Vec::new();
        for (place, journey) in self.journeys.iter().enumerate() {
            let sends = journey.sent.iter().filter(|sent| sent.mail == mail && sent.at <= occurred);
            sent.extend(sends.map(|sent| (sent.at, sent.step_at, journey.workflow, place)));
        }
        sent.into_iter().max().map(|(.., place)| place)
    }
}

/// The place of a stage by its name.
pub(super) fn stage_of(name: &str) -> Option<i64> {
    STAGES.iter().position(|stage| *stage == name).and_then(|place| i64::try_from(place).ok())
}

/// The word for what readers do.
pub(super) fn word(did: Did) -> &'static str {
    match did {
        Did::Opened => "Opened",
        Did::Clicked => "Clicked",
        Did::Replied => "Replied",
    }
}
