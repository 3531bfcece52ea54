//! Waits.

use super::Lowering;
use super::body::Body;
use super::branch::leave;
use crate::typed::{TypedAppointment, TypedWait};
use flow_ir::{Appointment, Place, StepId, Terminator, Wait};

impl Lowering<'_> {
    pub(super) fn wait(&mut self, step: StepId, wait: &TypedWait, body: &mut Body<'_>) {
        let otherwise = match wait {
            TypedWait::Until { otherwise, .. } => otherwise.as_ref().map(|otherwise| ("otherwise", otherwise)),
            TypedWait::On { past, .. } => past.as_ref().map(|past| ("if past", past)),
            TypedWait::For(_) => None,
        };
        let wait = match (body.made_wait(step), wait) {
            (Some(made), _) => made,
            (None, TypedWait::For(span)) => body.wait_of(step, Wait::For(*span)),
            (None, TypedWait::On { until, .. }) => {
                let Some(appointment) = self.appointment(*until) else { return };
                body.wait_of(step, Wait::On(appointment))
            }
            (None, TypedWait::Until { when, up_to, .. }) => {
                let what = body.steps.table.at(step).to_string();
                let when = self.own_predicate(&what, when, body);
                body.wait_of(step, Wait::Until { when, up_to: *up_to })
            }
        };
        let resume = body.code.reserve();
        body.code.close(Terminator::Wait { step, wait, resume });
        body.code.open(resume);
        if let Some((word, (steps, at))) = otherwise {
            let timed_out = body.code.load(Place::journey(body.journey.slots.timed_out));
            let (late, after) = (body.code.reserve(), body.code.reserve());
            body.code.close(Terminator::Branch(timed_out, late, after));
            body.code.open(late);
            body.trace(step, word, *at, None);
            self.block(steps, body, None);
            leave(body, after);
            body.code.open(after);
        }
    }

    /// None where the field is kept nowhere: it is of no type that has days.
    fn appointment(&self, until: TypedAppointment) -> Option<Appointment> {
        Some(match until {
            TypedAppointment::Fixed(appointment) => appointment,
            TypedAppointment::Date { field, distance, before, minute } => {
                Appointment::Date { slot: self.program.fields.at(field).slot?, distance, before, minute }
            }
        })
    }
}
