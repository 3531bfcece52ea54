//! The outbox as the engine keeps it: the rows that are still to leave, by when they may, and the answers that are known of them.
//!
//! In memory are the rows that are claimed or promised, a window of the next ones that wait ([`queue`](super::queue)), and for as long as a
//! batch lasts whatever it changes and whatever the journeys in hand wait for. All others are in the store alone.
//!
//! A row is committed before its message is handed over, and a row that is claimed in one batch has its answer recorded in a later one.
//! What a channel is certain to take (a folder) is promised: its journey goes on at once, and the message follows the commit.

use super::batch::Batch;
use super::deliver::Delivery;
use super::pause::Pause;
use super::queue::Queue;
use crate::broken::{Rule, is_broken};
use crate::dispatch::channels::{Fate, Foreseen, RefusedKind};
use crate::dispatch::{Answer, Attempt};
use crate::mail::Mail;
use crate::store::{Actor, ContactId, OutboxRecord, OutboxSettlement, OutboxState, PAGE_ROWS, QueuedBehind, Slot};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::Duration;

/// A message that leaves after the next commit.
#[derive(Debug)]
pub(super) struct Leaving {
    pub(super) attempt: Attempt,
    pub(super) mail: Mail,
}

/// What has become of a message by the end of the step that sends it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Posted {
    /// The channel is certain to take it, under this number.
    Promised(u64),
    /// Under this number; its answer will come.
    OnItsWay(u64),
}

/// A channel on which nobody takes anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Down {
    pub(super) until: i64,
    /// Since when, as far as this process knows.
    pub(super) since: i64,
    /// How many pauses there have been.
    pub(super) pauses: u32,
    /// Whether it is worth a word: after one pause, two, four and so on.
    pub(super) is_news: bool,
}

/// What waited for the end of an instant.
pub(super) struct HeldBack {
    holds_back: bool,
    is_more_to_come: bool,
}

/// Rows still to leave, as far as they are in memory.
#[derive(Debug)]
pub(super) struct Outbox {
    pub(super) delivery: Delivery,
    rows: BTreeMap<u64, OutboxRecord>,
    /// The same by whom they are about.
    owners: BTreeSet<(ContactId, u64)>,
    /// To whom the last attempt of each was, in this process.
    addresses: BTreeMap<u64, String>,
    /// Rows for another attempt, or for room.
    queue: Queue,
    /// Rows that the batch in hand changes or settles: the store does not know it yet.
    changed: BTreeSet<u64>,
    /// Rows that are in memory for as long as the batch lasts.
    passing: BTreeSet<u64>,
    /// What leaves after the next commit.
    leaving: Vec<Leaving>,
    /// Answers that are known before they come.
    foreseen: BTreeMap<(i64, Attempt), Fate>,
    /// Attempts whose answer was foreseen: what they themselves come to is not asked.
    told: BTreeSet<Attempt>,
    /// Answers that have come.
    arrived: VecDeque<Answer>,
    /// How many rows are claimed.
    claimed: usize,
    pause: Pause,
    /// The same as the store has it.
    kept_pause: Pause,
    /// Since when nobody takes anything, where that began in this process.
    down_since: Option<i64>,
    /// Nothing more is claimed in this process.
    closed: bool,
    /// What the item at hand sends waits its turn.
    holds_back: bool,
    /// More of the instant at hand is to come.
    is_more_to_come: bool,
}

impl Outbox {
    /// `window`: how many of the rows that wait are kept in memory.
    pub(super) fn new(delivery: Delivery, window: usize, pause: Pause) -> Outbox {
        Outbox {
            delivery,
            rows: BTreeMap::new(),
            owners: BTreeSet::new(),
            addresses: BTreeMap::new(),
            queue: Queue::new(window),
            changed: BTreeSet::new(),
            passing: BTreeSet::new(),
            leaving: Vec::new(),
            foreseen: BTreeMap::new(),
            told: BTreeSet::new(),
            arrived: VecDeque::new(),
            claimed: 0,
            pause,
            kept_pause: pause,
            down_since: None,
            closed: false,
            holds_back: false,
            is_more_to_come: false,
        }
    }

    /// A row that is still to leave. Those that the journeys of a contact wait for are in memory while the contact is lent.
    pub(super) fn row(&self, id: u64) -> Option<&OutboxRecord> {
        self.rows.get(&id)
    }

    /// A row that a channel has in its hands: its answer is to come.
    pub(super) fn in_hands(&self, id: u64) -> Option<&OutboxRecord> {
        self.row(id).filter(|row| row.state == OutboxState::Claimed)
    }

    /// How many rows are in memory.
    pub(super) fn held(&self) -> usize {
        self.rows.len()
    }

    /// Takes in a row that is on its way, as the store has it at start.
    pub(super) fn load(&mut self, row: OutboxRecord) {
        self.claimed += usize::from(row.state == OutboxState::Claimed);
        self.put(row);
    }

    fn put(&mut self, row: OutboxRecord) {
        self.owners.insert((row.contact, row.id));
        self.rows.insert(row.id, row);
    }

    /// What the store has to be asked before anybody knows which row is next.
    pub(super) fn asks(&self, slot: Slot) -> Option<QueuedBehind> {
        let (behind, at_most) = self.queue.asks().filter(|_| self.has_room())?;
        Some(QueuedBehind { slot, behind, at_most: at_most.min(PAGE_ROWS) })
    }

    /// Takes in the next rows that wait, as the store has them. `joined` is whom the batch in hand joins.
    pub(super) fn learn_queued(
        &mut self,
        asked: QueuedBehind,
        rows: Vec<OutboxRecord>,
        joined: &[(ContactId, ContactId)],
    ) {
        let is_all = rows.len() < asked.at_most;
        let last = rows.last().and_then(OutboxRecord::place);
        for row in rows.into_iter().filter(|row| !self.changed.contains(&row.id)).collect::<Vec<_>>() {
            row.place().into_iter().for_each(|place| self.queue.insert(place));
            self.put(of_now(row, joined));
        }
        self.queue.know_to(last.filter(|_| !is_all));
    }

    /// Whether the store knows of a row what is not in memory.
    pub(super) fn is_elsewhere(&self, id: u64) -> bool {
        !self.rows.contains_key(&id) && !self.changed.contains(&id)
    }

    /// Takes in rows that journeys wait for, as the store has them.
    pub(super) fn learn_rows(&mut self, rows: Vec<OutboxRecord>, joined: &[(ContactId, ContactId)]) {
        for row in rows {
            if self.is_elsewhere(row.id) {
                self.passing.insert(row.id);
                self.put(of_now(row, joined));
            }
        }
    }

    /// The store has been told everything: what waits and is not among the next is in it alone from now on.
    pub(super) fn trim(&mut self) {
        let mut passing = std::mem::take(&mut self.passing);
        passing.append(&mut self.changed);
        passing.extend(self.queue.trim().into_iter().map(|(_, id)| id));
        for id in passing {
            let place = self.rows.get(&id).and_then(OutboxRecord::place);
            if place.is_some_and(|place| !self.queue.contains(place)) {
                self.take_out(id);
            }
        }
    }

    fn take_out(&mut self, id: u64) -> Option<OutboxRecord> {
        let row = self.rows.remove(&id)?;
        self.owners.remove(&(row.contact, id));
        Some(row)
    }

    /// Whose rows are attempted next, up to an instant.
    pub(super) fn next_contacts(&self, until: i64) -> impl Iterator<Item = ContactId> + '_ {
        let due = self.queue.known().take(self.room()).take_while(move |(due_at, _)| *due_at <= until);
        due.filter_map(|(_, id)| Some(self.rows.get(&id)?.contact))
    }

    /// Puts a new message into the outbox. It leaves after the commit, where there is room; else it waits for some.
    pub(super) fn post(&mut self, batch: &mut Batch, row: OutboxRecord, mail: Mail) -> Posted {
        let id = batch.next_outbox();
        let recipient = mail.to.address().as_str().to_owned();
        let mut row = OutboxRecord { id, recipient, ..row };
        let posted = if self.holds_back { self.enqueue(&mut row) } else { self.decide(&mut row, mail) };
        batch.changes.outbox.push(row.clone());
        self.changed.insert(id);
        self.put(row);
        posted
    }

    /// A new message that will never leave: its row says why.
    pub(super) fn post_failed(&mut self, batch: &mut Batch, row: OutboxRecord, detail: String) -> u64 {
        let row = OutboxRecord { id: batch.next_outbox(), ..row };
        batch.settle(settlement(&row, OutboxState::Failed, detail));
        let id = row.id;
        batch.changes.outbox.push(row);
        id
    }

    /// A new message that is held until an instant.
    pub(super) fn post_held(&mut self, batch: &mut Batch, row: OutboxRecord, due_at: i64) -> u64 {
        let id = batch.next_outbox();
        let row = OutboxRecord { id, state: OutboxState::Queued, due_at, ..row };
        self.queue.insert((due_at, id));
        batch.changes.outbox.push(row.clone());
        self.changed.insert(id);
        self.put(row);
        id
    }

    /// Another attempt at a row that waits, with the date that its message has by now.
    pub(super) fn post_again(&mut self, batch: &mut Batch, dated: &OutboxRecord, mail: Mail, now: i64) -> Posted {
        let id = dated.id;
        let Some(mut row) = self.rows.remove(&id) else { return Posted::OnItsWay(id) };
        self.queue.remove((row.due_at, id));
        let queued_at = (row.queued_at != dated.queued_at).then_some(dated.queued_at);
        (row.due_at, row.queued_at) = (now, dated.queued_at);
        let recipient = mail.to.address().as_str();
        let moved = (row.recipient != recipient).then(|| recipient.to_owned());
        row.recipient = moved.clone().unwrap_or(row.recipient);
        let posted = if self.is_more_to_come { self.enqueue(&mut row) } else { self.decide(&mut row, mail) };
        batch.settle(OutboxSettlement { recipient: moved, queued_at, ..settlement(&row, row.state, String::new()) });
        self.changed.insert(id);
        self.rows.insert(id, row);
        posted
    }

    /// Claims, promises or queues a row at its instant.
    fn decide(&mut self, row: &mut OutboxRecord, mail: Mail) -> Posted {
        let mail = under_its_key(row, mail);
        let foreseen = self.delivery.channel.foresee(&mail, row.attempts + 1);
        if is_promise(foreseen.as_ref()) {
            row.state = OutboxState::Promised;
            self.answered();
            self.pause.accept();
            self.leaving.push(Leaving { attempt: next_of(row), mail });
            return Posted::Promised(row.id);
        }
        if !self.has_room() || row.due_at < self.pause.until() {
            return self.enqueue(row);
        }
        row.state = OutboxState::Claimed;
        self.claimed += 1;
        self.addresses.insert(row.id, mail.to.address().as_str().to_owned());
        foreseen.into_iter().for_each(|foreseen| self.tell(row, foreseen));
        self.leaving.push(Leaving { attempt: next_of(row), mail });
        Posted::OnItsWay(row.id)
    }

    fn enqueue(&mut self, row: &mut OutboxRecord) -> Posted {
        (row.state, row.due_at) = (OutboxState::Queued, row.due_at.max(self.pause.until()));
        self.queue.insert((row.due_at, row.id));
        Posted::OnItsWay(row.id)
    }

    /// What an item of an instant sends leaves behind whatever has waited for that instant, or for room; and where more of the instant
    /// `is_to_come`, behind that. Asked before the item: by then the next rows are known wherever one may be attempted.
    pub(super) fn hold_back(&mut self, at: i64, is_to_come: bool) {
        let is_first = self.has_room() && self.queue.first().is_none_or(|(due_at, _)| due_at > at);
        self.is_more_to_come = is_to_come;
        self.holds_back = is_to_come || !is_first;
    }

    /// Whether more of the instant at hand is to come, which may take back what would leave now.
    pub(super) fn is_more_to_come(&self) -> bool {
        self.is_more_to_come
    }

    /// Everything waits, until [`Outbox::hold_as_before`].
    pub(super) fn hold_all_back(&mut self) -> HeldBack {
        let before = HeldBack { holds_back: self.holds_back, is_more_to_come: self.is_more_to_come };
        (self.holds_back, self.is_more_to_come) = (true, true);
        before
    }

    pub(super) fn hold_as_before(&mut self, before: HeldBack) {
        (self.holds_back, self.is_more_to_come) = (before.holds_back, before.is_more_to_come);
    }

    /// Knows the answer to an attempt made at the row's instant before it comes.
    fn tell(&mut self, row: &OutboxRecord, Foreseen { after, fate }: Foreseen) {
        let after = i64::try_from(after.as_millis()).unwrap_or(i64::MAX);
        self.foreseen.insert((row.due_at.saturating_add(after), next_of(row)), fate);
        self.told.insert(next_of(row));
    }

    /// Makes a claimed attempt once more, if its answer can be foreseen.
    pub(super) fn foresee_again(&mut self, row: &OutboxRecord, mail: Mail) -> bool {
        let mail = under_its_key(row, mail);
        let Some(foreseen) = self.delivery.channel.foresee(&mail, row.attempts + 1) else { return false };
        self.tell(row, foreseen);
        self.addresses.insert(row.id, mail.to.address().as_str().to_owned());
        self.leaving.push(Leaving { attempt: next_of(row), mail });
        true
    }

    /// A message that a crash kept from being handed over, though its channel had promised to take it. False where this channel does not
    /// promise that.
    pub(super) fn leave_again(&mut self, row: &OutboxRecord, mail: Mail) -> bool {
        let mail = under_its_key(row, mail);
        let foreseen = self.delivery.channel.foresee(&mail, row.attempts + 1);
        let promises = is_promise(foreseen.as_ref());
        if promises {
            self.leaving.push(Leaving { attempt: next_of(row), mail });
        }
        promises
    }

    /// How many more may be claimed.
    fn room(&self) -> usize {
        let most = if self.closed { 0 } else { self.pause.at_once(self.delivery.channel.at_once()) };
        most.saturating_sub(self.claimed)
    }

    fn has_room(&self) -> bool {
        self.room() > 0
    }

    /// When the next attempt may be made, and at which row.
    pub(super) fn next_attempt(&self) -> Option<(i64, u64)> {
        let (due_at, id) = self.queue.first().filter(|_| self.has_room())?;
        Some((due_at.max(self.pause.until()), id))
    }

    /// The next answer, and when it counts.
    pub(super) fn next_answer(&self, now: i64) -> Option<(i64, Attempt)> {
        let foreseen = self.foreseen.first_key_value().map(|(key, _)| *key);
        let arrived = self.arrived.front().map(|answer| (now, answer.attempt));
        foreseen.into_iter().chain(arrived).min()
    }

    /// To whom a row's last attempt was is asked no more: its answer has been taken in.
    pub(super) fn forget(&mut self, row: u64) {
        self.addresses.remove(&row);
    }

    pub(super) fn take_answer(&mut self, at: i64, attempt: Attempt) -> Option<Answer> {
        if let Some(fate) = self.foreseen.remove(&(at, attempt)) {
            return Some(Answer { attempt, fate });
        }
        self.arrived.pop_front()
    }

    /// What an attempt has come to. Of one whose answer was foreseen, that was it.
    pub(super) fn arrive(&mut self, answer: Answer) {
        if !self.told.remove(&answer.attempt) {
            self.arrived.push_back(answer);
        }
    }

    /// Whether an attempt is still to be handed over.
    pub(super) fn is_leaving(&self, attempt: Attempt) -> bool {
        self.leaving.iter().any(|leaving| leaving.attempt == attempt)
    }

    pub(super) fn has_leaving(&self) -> bool {
        !self.leaving.is_empty()
    }

    /// What may leave now that it is committed.
    pub(super) fn take_leaving(&mut self) -> Vec<Leaving> {
        std::mem::take(&mut self.leaving)
    }

    /// A row's message has come to an end, or back.
    fn give_back(&mut self, id: u64) -> Option<OutboxRecord> {
        let row = self.take_out(id)?;
        self.changed.insert(id);
        self.queue.remove((row.due_at, id));
        self.claimed -= usize::from(row.state == OutboxState::Claimed);
        Some(row)
    }

    /// Settles a row for good.
    pub(super) fn settle(&mut self, batch: &mut Batch, id: u64, state: OutboxState, detail: String) {
        let Some(row) = self.give_back(id) else { return };
        let made = matches!(row.state, OutboxState::Claimed | OutboxState::Promised);
        let attempts = row.attempts + u32::from(made);
        batch.settle(settlement(&OutboxRecord { attempts, ..row }, state, detail));
    }

    /// A message does not leave any more: settled now, whenever another attempt was to be made.
    pub(super) fn withhold(&mut self, batch: &mut Batch, id: u64, now: i64, detail: String) {
        if let Some(row) = self.rows.get_mut(&id) {
            self.queue.remove((row.due_at, id));
            row.due_at = now;
        }
        self.settle(batch, id, OutboxState::Withheld, detail);
    }

    /// Queues a row for another attempt; `counts` says whether the last one did.
    pub(super) fn queue_again(&mut self, batch: &mut Batch, id: u64, due_at: i64, counts: bool, detail: String) {
        let Some(row) = self.give_back(id) else { return };
        let row =
            OutboxRecord { state: OutboxState::Queued, attempts: row.attempts + u32::from(counts), due_at, ..row };
        batch.settle(settlement(&row, OutboxState::Queued, detail));
        self.queue.insert((due_at, id));
        self.put(row);
    }

    /// A row that waits goes on waiting for whatever holds it, with its journey, which is due then.
    pub(super) fn hold(&mut self, batch: &mut Batch, id: u64, due_at: i64) {
        let is_moved = |row: &&mut OutboxRecord| row.state == OutboxState::Queued && row.due_at != due_at;
        let Some(row) = self.rows.get_mut(&id).filter(is_moved) else { return };
        self.queue.remove((row.due_at, id));
        row.due_at = due_at;
        batch.settle(settlement(row, row.state, String::new()));
        self.changed.insert(id);
        self.queue.insert((due_at, id));
    }

    /// The messages about a contact that a channel has in its hands.
    pub(super) fn on_their_way(&self, contact: ContactId) -> impl Iterator<Item = &OutboxRecord> {
        let rows = self.owners.range((contact, 0)..=(contact, u64::MAX)).filter_map(|(_, id)| self.rows.get(id));
        rows.filter(|row| row.state == OutboxState::Claimed)
    }

    /// Rows about a contact who proved to be another are about that one.
    pub(super) fn move_contact(&mut self, from: ContactId, to: ContactId) {
        let rows: Vec<u64> = self.owners.range((from, 0)..=(from, u64::MAX)).map(|(_, row)| *row).collect();
        for id in rows {
            self.owners.remove(&(from, id));
            self.owners.insert((to, id));
            if let Some(row) = self.rows.get_mut(&id) {
                row.contact = to;
            }
        }
    }

    /// Nobody answers: until when nothing leaves. Whether that is news, of a channel that is down for long, is said with it.
    pub(super) fn pause(&mut self, now: i64) -> Down {
        let before = self.pause.times();
        let until = self.pause.begin(now);
        let (since, pauses) = (*self.down_since.get_or_insert(now), self.pause.times());
        Down { until, since, pauses, is_news: pauses > before && pauses.is_power_of_two() }
    }

    /// Whether somebody answers again, and how long nobody did, where that is known.
    pub(super) fn comes_back(&mut self, now: i64) -> Option<Option<u64>> {
        let was_down = self.pause.times() > 0;
        let since = self.down_since.take();
        self.answered();
        was_down.then(|| since.map(|since| u64::try_from(now.saturating_sub(since)).unwrap_or_default()))
    }

    /// The other side has taken a message, or refused one by its rules: kept with the pause, so that no start begins to count anew.
    pub(super) fn note_rules(&mut self, fate: &Fate) {
        match fate {
            Fate::Delivered { .. } => self.pause.accept(),
            Fate::Refused { kind: RefusedKind::Blocked, .. } => self.pause.refuse(),
            _ => {}
        }
    }

    /// Somebody is there: the next message may try, alone until it has its answer.
    pub(super) fn lift_pause(&mut self) {
        self.pause.lift();
    }

    /// What the store is to keep of the pause, where it does not have it yet.
    pub(super) fn pause_to_keep(&mut self) -> Option<(Actor, Vec<u8>)> {
        let is_kept = std::mem::replace(&mut self.kept_pause, self.pause) == self.pause;
        let channel = || Actor::Channel(self.delivery.channel.name().to_owned());
        (!is_kept).then(|| (channel(), self.pause.bytes()))
    }

    /// No attempt any more; the answers that come are still taken. What is claimed and not handed over waits for the next start.
    pub(super) fn close(&mut self, batch: &mut Batch, now: i64) {
        self.closed = true;
        for Leaving { attempt, .. } in self.take_leaving() {
            if self.row(attempt.row).is_some_and(|row| row.state == OutboxState::Claimed) {
                self.forget_answer(attempt);
                self.queue_again(batch, attempt.row, now, false, String::new());
            }
        }
    }

    fn forget_answer(&mut self, attempt: Attempt) {
        self.told.remove(&attempt);
        self.foreseen.retain(|(_, foreseen), _| *foreseen != attempt);
    }

    /// To whom the attempt was that is made of a row, or was last.
    pub(super) fn address_of(&self, row: u64) -> Option<&str> {
        self.addresses.get(&row).map(String::as_str)
    }

    /// Somebody answers.
    pub(super) fn answered(&mut self) {
        self.down_since = None;
        self.pause.end();
    }
}

/// The message of an attempt, whose key is that of its row whatever the how-manieth it is (E9).
fn under_its_key(row: &OutboxRecord, mut mail: Mail) -> Mail {
    if is_broken(Rule::OneKey) && row.attempts > 0 {
        mail.key = format!("{}.{}", mail.key, row.attempts);
    }
    mail
}

/// Whether the channel is certain to take a message, and at once.
fn is_promise(foreseen: Option<&Foreseen>) -> bool {
    matches!(foreseen, Some(Foreseen { after: Duration::ZERO, fate: Fate::Delivered { .. } }))
}

/// The row with the contact that it is about by now.
fn of_now(row: OutboxRecord, joined: &[(ContactId, ContactId)]) -> OutboxRecord {
    let now = |now, (id, into): &(ContactId, ContactId)| if now == *id { *into } else { now };
    OutboxRecord { contact: joined.iter().fold(row.contact, now), ..row }
}

/// The attempt that is made next.
fn next_of(row: &OutboxRecord) -> Attempt {
    Attempt { row: row.id, number: row.attempts + 1 }
}

fn settlement(row: &OutboxRecord, state: OutboxState, detail: String) -> OutboxSettlement {
    let OutboxRecord { id, attempts, due_at, .. } = *row;
    OutboxSettlement { id, state, attempts, due_at, detail, recipient: None, queued_at: None }
}
