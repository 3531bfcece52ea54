//! Batches on their way into the store: handed over, durable, and what may leave then.
//!
//! ```text
//! items -> batch -> handed over -> the engine goes on -> durable -> what it has claimed leaves
//! ```

use super::error::EngineError;
use super::outbox::Leaving;
use super::taken::Taken;
use super::{Engine, Progress, lend};
use crate::dispatch::Attempt;
use crate::happening::Told;
use crate::store::{
    Batch as StoreBatch, Changes, ContactId, OutboxRecord, OutboxSettlement, OutboxState, Slot, SlotBatch, SlotState,
    Store, Ticket,
};

/// How many batches may be on their way into the store: one being written, and one that waits, so that neither the engine nor the store
/// stands still for the other where one batch is dearer than the next.
const FLYING_MAX: usize = 2;

/// A batch on its way into the store, with the messages that may leave once it is there.
pub(super) struct Flying {
    ticket: Ticket,
    leaving: Vec<Leaving>,
    /// What is told once it is there.
    happened: Vec<Told>,
}

impl<S: Store> Engine<S> {
    /// Hands the batch over, and goes on while it becomes durable, unless somebody wants it to stop.
    pub(super) fn flush(&mut self, progress: &mut dyn FnMut(&Progress)) -> Result<(), EngineError> {
        self.flush_on(progress)?;
        self.go_on()
    }

    pub(super) fn flush_on(&mut self, progress: &mut dyn FnMut(&Progress)) -> Result<(), EngineError> {
        self.commit()?;
        self.lose_patience();
        self.batch.items = 0;
        self.tell(progress);
        Ok(())
    }

    pub(super) fn go_on(&self) -> Result<(), EngineError> {
        if (self.is_stop_wanted)() { Err(EngineError::Stopped) } else { Ok(()) }
    }

    /// Hands the batch over, waits for it, and lets out what it allows.
    pub(super) fn settle_all(&mut self, progress: &mut dyn FnMut(&Progress)) -> Result<(), EngineError> {
        self.flush(progress)?;
        self.land()
    }

    pub(super) fn settle(&mut self) -> Result<(), EngineError> {
        self.commit()?;
        self.land()
    }

    /// Waits until everything that was handed over is durable, and lets out what it allows.
    pub(super) fn land(&mut self) -> Result<(), EngineError> {
        self.land_all_but(0)
    }

    pub(super) fn land_all_but(&mut self, flying: usize) -> Result<(), EngineError> {
        while self.flying.len() > flying
            && let Some(Flying { ticket, leaving, happened }) = self.flying.pop_front()
        {
            let finished = self.store.finish(ticket).map_err(EngineError::from);
            if finished.is_err() {
                // What followed was built on it, like what is in hand: the store keeps none of it.
                self.flying.clear();
            }
            self.whole(finished)?;
            self.tell_all(happened);
            self.hand_over(leaving);
        }
        Ok(())
    }

    /// Messages that the last batch has claimed and that were not handed over are queued again, in a store that is opened anew: what is in
    /// hand is half done, and nobody could hear their answers.
    pub(super) fn take_back(&mut self, now: i64) -> Result<(), EngineError> {
        let Some(last) = self.flying.back().map(|flying| flying.ticket) else { return Ok(()) };
        let (leaving, happened): (Vec<_>, Vec<_>) =
            self.flying.drain(..).map(|Flying { leaving, happened, .. }| (leaving, happened)).unzip();
        let leaving: Vec<Leaving> = leaving.into_iter().flatten().collect();
        self.store.finish(last)?;
        happened.into_iter().for_each(|happened| self.tell_all(happened));
        let mut taken = Taken::default();
        let state = self.store.open(Slot::FIRST, 0, &mut taken)?.state;
        let is_here = |row: &OutboxRecord| leaving.iter().any(|leaving| leaving.attempt.row == row.id);
        let claimed = taken.outbox.iter().filter(|row| row.state == OutboxState::Claimed && is_here(row));
        let again = |row: &OutboxRecord| OutboxSettlement {
            id: row.id,
            state: OutboxState::Queued,
            attempts: row.attempts,
            due_at: now,
            detail: String::new(),
            recipient: None,
            queued_at: None,
        };
        let settled: Vec<OutboxSettlement> = claimed.map(again).collect();
        if !settled.is_empty() {
            let state = SlotState { number: state.number + 1, ..state };
            let changes = Changes { settled, ..Changes::default() };
            let slots = vec![SlotBatch { slot: Slot::FIRST, state, changes }];
            self.store.commit(StoreBatch { owner: self.owner, slots })?;
        }
        Ok(())
    }

    /// Whether an attempt is still to be handed over.
    pub(super) fn is_leaving(&self, attempt: Attempt) -> bool {
        let flying = self.flying.iter().flat_map(|flying| &flying.leaving);
        self.outbox.is_leaving(attempt) || flying.into_iter().any(|leaving| leaving.attempt == attempt)
    }

    pub(super) fn tell(&self, progress: &mut dyn FnMut(&Progress)) {
        let tally = self.batch.tally;
        progress(&Progress { now: self.now(), events: tally.events, steps: tally.steps, mails: tally.mails });
    }

    pub(super) fn flush_if_full(&mut self, progress: &mut dyn FnMut(&Progress)) -> Result<(), EngineError> {
        if self.is_full() { self.flush(progress) } else { Ok(()) }
    }

    pub(super) fn is_full(&self) -> bool {
        self.batch.items >= self.limits.batch_items
    }

    /// Commits until nothing is left in hand.
    pub(super) fn finish(&mut self, progress: &mut dyn FnMut(&Progress)) -> Result<(), EngineError> {
        while self.has_work_in_hand() {
            self.settle_all(progress)?;
        }
        Ok(())
    }

    pub(super) fn has_work_in_hand(&self) -> bool {
        !self.batch.is_empty() || !self.dirty.is_empty() || self.outbox.has_leaving() || !self.flying.is_empty()
    }

    /// Hands the batch over, once few enough of those before it are still on their way.
    pub(super) fn commit(&mut self) -> Result<(), EngineError> {
        if self.broken_off {
            let problem = "what an error broke off cannot be kept: open the store anew".to_owned();
            return Err(EngineError::Fault { problem });
        }
        self.land_all_but(FLYING_MAX - 1)?;
        let now = self.now().0;
        if self.batch.is_empty() && self.dirty.is_empty() && now == self.kept_clock {
            // What leaves with nothing to write stands in the store already, or is on its way there.
            self.land()?;
            let (leaving, happened) = (self.outbox.take_leaving(), self.batch.happened.take());
            self.tell_all(happened);
            self.outbox.trim();
            self.hand_over(leaving);
            return Ok(());
        }
        let recorded: Vec<ContactId> = self.batch.recorded().collect();
        self.load(&recorded)?;
        self.dirty.extend(recorded);
        self.batch.chain(&mut self.cache)?;
        self.dirty.sort_unstable();
        self.dirty.dedup();
        for id in self.dirty.drain(..) {
            if let Some(contact) = self.cache.get_mut(id) {
                lend::write_contact(contact, &mut self.batch);
            }
        }
        self.keep_read(self.stream.read());
        if let Some(mark) = self.file_mark.take() {
            self.keep_read(mark.read());
        }
        self.batch.changes.actors.extend(self.outbox.pause_to_keep());
        let slots = vec![self.batch.close(&self.plan.program, now)];
        let ticket = self.store.begin(StoreBatch { owner: self.owner, slots }).map_err(EngineError::from);
        let (leaving, happened) = (self.outbox.take_leaving(), self.batch.happened.take());
        let ticket = self.whole(ticket)?;
        self.flying.push_back(Flying { ticket, leaving, happened });
        self.kept_clock = now;
        self.cache.trim(self.limits.cache_contacts);
        self.outbox.trim();
        Ok(())
    }
}
