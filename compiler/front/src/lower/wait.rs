//! Waits.

use super::Lowering;
use super::body::Body;
use super::branch::leave;
use crate::typed::{TypedAppointment, TypedWait};
use flow_ir::{Appointment, Place, StepId, Terminator, Wait};

impl Lowering<'_> {
    pub(super) fn wait(&mut self, step: StepId, wait: &TypedWait, body: &mut Body<'_>) {
        let (wait, otherwise) = match wait {
            TypedWait::For(span) => (Wait::For(*span), None),
            TypedWait::On { until, past } => {
                let Some(appointment) = self.appointment(*until) else { return };
                (Wait::On(appointment), past.as_ref().map(|past| ("if past", past)))
            }
            TypedWait::Until { when, up_to, otherwise, .. } => {
                let what = body.steps.table.at(step).to_string();
                let wait = Wait::Until { when: self.own_predicate(&what, when, body), up_to: *up_to };
                (wait, otherwise.as_ref().map(|otherwise| ("otherwise", otherwise)))
            }
        };
        let wait = body.waits.push(wait);
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
