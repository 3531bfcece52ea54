//! A look ahead at the events that come next, so that the store is asked about many of them at once.
//!
//! What was learnt ahead can be overtaken: an event handled meanwhile makes a message known, a key somebody's, or two contacts one.
//! That is remembered beside it, so an answer never depends on how far the look went.

use super::error::EngineError;
use super::{Arrivals, Unread};
use crate::inbound::{Arrival, Mark, is_address};
use crate::store::{Answers, Changes, ContactId, MessageId, MessageKey, Questions, RECENT_MESSAGES, Store};
use rustc_hash::{FxHashMap, FxHashSet};
use smallvec::SmallVec;
use std::collections::{HashMap, VecDeque};

/// How many events are looked at ahead: those of a batch, so that it costs one question of each kind.
pub(crate) const LOOK_AHEAD_EVENTS: usize = super::BATCH_ITEMS;

/// An event with what the store says of it.
#[derive(Debug)]
pub(super) struct Peeked {
    pub(super) arrival: Arrival,
    /// When it takes its turn: never before one that arrived earlier.
    pub(super) at: i64,
    known: bool,
    pub(super) owners: Owners,
}

/// Marks of an address.
type Marks = SmallVec<[Mark; 2]>;

/// What the store said of the keys of an event or row.
#[derive(Debug, Default)]
pub(super) struct Owners {
    /// Whose each key was.
    of: SmallVec<[Option<ContactId>; 2]>,
    /// Of each key, what was kept of it where it is an address.
    marks: SmallVec<[Marks; 2]>,
}

/// A key with whose it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Found<'k> {
    pub(super) key: &'k str,
    pub(super) owner: Option<ContactId>,
}

#[derive(Debug, Default)]
pub(super) struct Ahead {
    pending: VecDeque<Peeked>,
    /// The event behind those, of which nothing is asked yet: whether it is of the same instant as the last of them must not depend on how far
    /// the look went.
    behind: Option<Arrival>,
    keys: HashMap<String, Option<ContactId>>,
    joined: FxHashMap<ContactId, ContactId>,
    messages: FxHashSet<MessageKey>,
    recent: Recent,
    /// The instant of the last event.
    last_at: i64,
    /// Whether there are more events, which cannot be read: none is taken any more, and the one behind is not handed out.
    breaks_off: bool,
}

/// The newest messages by their ids alone. A sender that dates a message anew sends it again soon, if at all; of an older one the day is asked
/// as well, since an id that is unique for ever would cost more than all the rest of an event (docs/performance.md).
#[derive(Debug, Default)]
struct Recent {
    ids: FxHashSet<MessageId>,
    /// The oldest first.
    order: VecDeque<MessageId>,
}

impl Recent {
    fn push(&mut self, id: MessageId) {
        if !self.ids.insert(id) {
            return;
        }
        self.order.push_back(id);
        if self.order.len() > RECENT_MESSAGES
            && let Some(oldest) = self.order.pop_front()
        {
            self.ids.remove(&oldest);
        }
    }
}

impl Ahead {
    /// Begins behind the newest messages of a store, the newest first.
    pub(super) fn after(newest: Vec<MessageId>) -> Ahead {
        let mut recent = Recent::default();
        newest.into_iter().rev().for_each(|id| recent.push(id));
        Ahead { recent, ..Ahead::default() }
    }

    /// The next events, once those looked at are used up, with what is asked of them.
    pub(super) fn asks(&mut self, arrivals: Arrivals<'_>) -> Option<(Vec<Arrival>, Questions)> {
        if !self.pending.is_empty() || self.breaks_off {
            return None;
        }
        let mut breaks_off = false;
        let mut readable = arrivals.map_while(|arrival| arrival.map_err(|Unread| breaks_off = true).ok());
        let mut next: Vec<Arrival> =
            self.behind.take().into_iter().chain(&mut readable).take(LOOK_AHEAD_EVENTS).collect();
        self.behind = if next.len() < LOOK_AHEAD_EVENTS { None } else { readable.next() };
        if breaks_off {
            // Whether more of its instant follows the last one is not known.
            self.breaks_off = true;
            self.behind = self.behind.take().or_else(|| next.pop());
        }
        if next.is_empty() {
            return None;
        }
        let messages = next.iter().flat_map(messages_of).flatten().collect();
        let keys: Vec<&[String]> = next.iter().map(|arrival| arrival.keys.as_slice()).collect();
        let questions = Questions { keys: with_marks(&keys), messages, ..Questions::default() };
        Some((next, questions))
    }

    /// Whether all that can be taken of the events has been, and there is more that could not be read.
    pub(super) fn is_broken_off(&self) -> bool {
        self.breaks_off && self.pending.is_empty()
    }

    /// Takes the next events in, with the answers. `uncommitted` is what the store does not know yet.
    pub(super) fn take_in(&mut self, next: Vec<Arrival>, answers: Answers, uncommitted: &Changes) {
        self.begin(uncommitted);
        let keys: Vec<&[String]> = next.iter().map(|arrival| arrival.keys.as_slice()).collect();
        let owners = owners_in(&keys, answers.owners);
        let mut known = answers.known.into_iter();
        for (arrival, owners) in next.into_iter().zip(owners) {
            let asked = messages_of(&arrival).into_iter().flatten().count();
            let known = known.by_ref().take(asked).fold(false, |any, known| any | known);
            self.last_at = self.last_at.max(arrival.arrived_at);
            self.pending.push_back(Peeked { at: self.last_at, arrival, known, owners });
        }
    }

    /// Forgets what the store knows by now, unless an earlier answer still needs it.
    pub(super) fn begin(&mut self, uncommitted: &Changes) {
        if self.pending.is_empty() {
            self.keys.clear();
            self.messages.clear();
            self.joined.clear();
        }
        self.learn(&uncommitted.keys, &uncommitted.joined);
        self.messages.extend(uncommitted.events.iter().map(|event| event.message));
    }

    /// Takes in what has changed about keys.
    pub(super) fn learn(&mut self, keys: &[(String, Option<ContactId>)], joined: &[(ContactId, ContactId)]) {
        self.keys.extend(keys.iter().cloned());
        for (id, into) in joined {
            self.joined.values_mut().filter(|was| *was == id).for_each(|was| *was = *into);
            self.joined.insert(*id, *into);
        }
    }

    /// No later event takes its turn before this instant.
    pub(super) fn not_before(&mut self, at: i64) {
        self.last_at = self.last_at.max(at);
        for peeked in &mut self.pending {
            peeked.at = peeked.at.max(at);
        }
    }

    pub(super) fn first(&self) -> Option<&Peeked> {
        self.pending.front()
    }

    pub(super) fn take(&mut self) -> Option<Peeked> {
        self.pending.pop_front()
    }

    /// When the next event takes its turn.
    pub(super) fn next_at(&self) -> Option<i64> {
        let behind = || self.behind.as_ref().map(|arrival| arrival.arrived_at.max(self.last_at));
        self.first().map(|peeked| peeked.at).or_else(behind)
    }

    pub(super) fn is_known(&self, peeked: &Peeked) -> bool {
        let is_known = |message: MessageKey| self.messages.contains(&message);
        peeked.known
            || self.recent.ids.contains(&peeked.arrival.message)
            || is_known(peeked.arrival.message_key())
            || peeked.arrival.other_message_key().is_some_and(is_known)
    }

    /// The keys of an event or row, each with whose it is by now.
    pub(super) fn found<'k>(&self, keys: &'k [String], owners: &Owners) -> SmallVec<[Found<'k>; 2]> {
        let found = |(key, was): (&'k String, &Option<ContactId>)| {
            let owner = self.keys.get(key).copied().unwrap_or(*was);
            Found { key, owner: owner.map(|id| self.joined.get(&id).copied().unwrap_or(id)) }
        };
        keys.iter().zip(&owners.of).map(found).collect()
    }

    /// What is kept by now of the addresses among the keys.
    pub(super) fn marks(&self, keys: &[String], owners: &Owners) -> Vec<Mark> {
        let is_kept = |mark: &Mark| {
            let is_of = |(key, was): (&String, &Marks)| {
                let learnt = mark.key(key).and_then(|key| self.keys.get(&key));
                learnt.map_or(was.contains(mark), Option::is_some)
            };
            keys.iter().zip(&owners.marks).any(is_of)
        };
        Mark::ALL.into_iter().filter(is_kept).collect()
    }

    /// Whose a key is, where it has changed hands since the store was asked.
    pub(super) fn owner_now(&self, key: &str) -> Option<ContactId> {
        self.keys.get(key).copied().flatten()
    }

    pub(super) fn learn_message(&mut self, message: MessageKey) {
        self.messages.insert(message);
        self.recent.push(message.id);
    }

    /// The contacts of the next events, as far as they are known.
    pub(super) fn contacts(&self) -> impl Iterator<Item = ContactId> + '_ {
        self.pending.iter().filter_map(|peeked| self.owners_of(peeked).next())
    }

    /// Everybody whom the keys of an event find.
    pub(super) fn owners_of<'p>(&'p self, peeked: &'p Peeked) -> impl Iterator<Item = ContactId> + 'p {
        self.found(&peeked.arrival.keys, &peeked.owners).into_iter().filter_map(|found| found.owner)
    }
}

/// A message and, shortly around midnight, the same under the day beside it.
fn messages_of(arrival: &Arrival) -> [Option<MessageKey>; 2] {
    [Some(arrival.message_key()), arrival.other_message_key()]
}

/// What the store says of the keys of several events or rows, asked at once.
pub(super) fn owners(store: &mut impl Store, keys: &[&[String]]) -> Result<Vec<Owners>, EngineError> {
    let answers = store.ask(&Questions { keys: with_marks(keys), ..Questions::default() })?;
    Ok(owners_in(keys, answers.owners))
}

/// The keys, each with the marks that may be kept of it behind it.
fn with_marks<'k>(keys: &[&'k [String]]) -> Vec<String> {
    let with_marks = |key: &'k String| {
        let marks = Mark::ALL.into_iter().filter_map(move |mark| mark.key(key));
        std::iter::once_with(move || key.clone()).chain(marks)
    };
    keys.iter().flat_map(|keys| keys.iter().flat_map(with_marks)).collect()
}

/// The answers, each to its event or row.
fn owners_in(keys: &[&[String]], answers: Vec<Option<ContactId>>) -> Vec<Owners> {
    let mut answers = answers.into_iter();
    let mut next = || answers.next().flatten();
    let mut owners_of = |keys: &&[String]| {
        let mut owners = Owners::default();
        for key in *keys {
            owners.of.push(next());
            let kept = Mark::ALL.into_iter().filter(|_| is_address(key) && next().is_some());
            owners.marks.push(kept.collect());
        }
        owners
    };
    keys.iter().map(&mut owners_of).collect()
}
