//! `repeat`: its rounds one behind the other, since no path of a body comes back. They are the same steps, waits and effects, so a person
//! stands at the same step in each; what tells two rounds of it apart is the visit.

use super::Lowering;
use super::body::Body;
use super::branch::leave;
use crate::typed::{Cond, Since, TypedRepeat, each_cond_of};
use flow_ir::{CountedSince, NEVER, Op, Place, SlotId, SlotKind, StepId, Terminator, Wait};

impl Lowering<'_> {
    pub(super) fn repeat(&mut self, step: StepId, repeat: &TypedRepeat, body: &mut Body<'_>) {
        let until = repeat.until.as_ref().map(|until| {
            let what = body.steps.table.at(step).to_string();
            self.own_predicate(&what, &until.cond, body)
        });
        let wait = body.wait_of(step, Wait::Round { every: repeat.every, until });
        let began = body.round_slot();
        let (is_followed, after) = (body.is_followed, body.code.reserve());
        body.is_followed = true;
        for round in 1..=repeat.times {
            if let Some(until) = &repeat.until {
                let over = self.step_cond(&until.cond, body);
                let begins = body.code.reserve();
                body.code.close(Terminator::Branch(over, after, begins));
                body.code.open(begins);
            }
            self.begin_round(began, repeat, body);
            self.block(&repeat.steps, body, None);
            if body.code.is_closed() {
                break;
            }
            if round < repeat.times {
                let resume = body.code.reserve();
                body.code.close(Terminator::Wait { step, wait, resume });
                body.code.open(resume);
            }
        }
        (body.is_followed, body.asked_at) = (is_followed, None);
        leave(body, after);
        body.code.open(after);
    }

    /// From now on a round is counted, and what people do in it.
    fn begin_round(&mut self, began: SlotId, repeat: &TypedRepeat, body: &mut Body<'_>) {
        body.asked_at = Some(body.asked_slot());
        let now = body.code.now();
        body.code.store(Place::journey(began), now, None);
        let mut counted = Vec::new();
        each_cond_of(&repeat.steps, &mut |cond| match cond {
            Cond::Events(test) if test.since == Since::Journey(CountedSince::Round) => counted.push(test),
            _ => {}
        });
        for test in counted {
            let slot = self.count_slot(&test.pattern, test.at_least, CountedSince::Round, &mut body.journey);
            let none = body.code.int(0);
            body.code.store(Place::journey(slot), none, None);
        }
    }
}

impl Body<'_> {
    fn round_slot(&mut self) -> SlotId {
        let layout = &mut self.journey.layout;
        *self.journey.slots.round_began.get_or_insert_with(|| layout.add("round began", SlotKind::Int, false, NEVER))
    }

    fn asked_slot(&mut self) -> SlotId {
        let layout = &mut self.journey.layout;
        *self.journey.asked_at.get_or_insert_with(|| layout.add("mail asked for", SlotKind::Int, false, NEVER))
    }

    /// Before a mail of a round, which may be held.
    pub(super) fn note_asked(&mut self, slot: SlotId) {
        let now = self.code.now();
        self.code.store(Place::journey(slot), now, None);
    }

    /// Behind it: the round counts as begun later by as long as it was held, so no two mails come closer than is written.
    pub(super) fn put_off(&mut self, asked_at: SlotId) {
        let began = Place::journey(self.round_slot());
        let (now, asked_at, since) = (self.code.now(), self.code.load(Place::journey(asked_at)), self.code.load(began));
        let held = self.code.op(Op::Sub(now, asked_at));
        let held = self.code.clamp(held);
        let later = self.code.op(Op::Add(since, held));
        self.code.store(began, later, None);
    }
}
