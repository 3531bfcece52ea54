//! `on goal` and `on exit`: what a workflow does for somebody whose journey in it has ended so.
//!
//! A journey that a judgement ends does it with the steps of that round, so that all are judged on one picture (E1); one that ends in its own steps
//! does it behind them. In either case it is done at that instant, in one transaction with the end. The steps are the newest for everybody, like the
//! goal and the exits (E10), and nothing in them waits or lets anything out: no journey is left that could.

use super::let_out::Door;
use super::reason::Woken;
use super::step::Wake;
use super::touch::Touch;
use crate::store::{JourneyRecord, JourneyStatus};
use flow_ir::{BlockId, WorkflowId};

impl Touch<'_> {
    /// Where the steps begin that come at this end of a journey.
    pub(super) fn closing(&self, index: usize, ended: Woken) -> Option<BlockId> {
        let closings = self.workflow(self.journey(index).workflow()).closings;
        match ended {
            Woken::GoalMet => closings.goal,
            Woken::Left => closings.exit,
            _ => None,
        }
    }

    /// Takes somebody whose journey has ended through them.
    pub(super) fn close(&mut self, index: usize, ended: Woken) {
        let Some(block) = self.closing(index, ended) else { return };
        // Where it stood stays known, and so does a mail that a channel has in its hands.
        let JourneyRecord { step: stood_at, block: stood_before, outbox, .. } = self.journey(index).record;
        let is_sending = self.journey(index).sending;
        self.batch.tally.steps += 1;
        self.prepare(index, ended);
        self.journey_mut(index).record.block = block.0;
        let wake = Wake { woken: ended, was: JourneyStatus::Ended, stood_at, answered: false };
        let stop = self.walk(index, wake, Door::Shut).stop;
        self.record_step(index, ended, stop, false);
        let journey = self.journey_mut(index);
        (journey.record.block, journey.record.outbox, journey.sending) = (stood_before, outbox, is_sending);
    }

    /// The same, for one of the latest journeys of somebody.
    pub(super) fn close_ended(&mut self, workflow: WorkflowId, run: u32, ended: Woken) {
        let journeys = &self.contact.journeys;
        let index = journeys.iter().position(|journey| journey.workflow() == workflow && journey.record.run == run);
        index.into_iter().for_each(|index| self.close(index, ended));
    }
}
