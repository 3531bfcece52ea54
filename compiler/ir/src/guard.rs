//! Calls to the host, with its panics caught.
//!
//! A panic cannot unwind through machine code (that aborts the process), so both backends call the host through here alone: the
//! first panic is kept, later calls are refused, and the run ends as failed. The interpreter does the same, to stay its equal.

use crate::backend::{Host, Memory, Outcome};
use crate::{Calendar, EffectId, StepId, TextTestId, VALUE_LIMIT};
use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// The host had panicked, now or in an earlier call of this run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HostPanicked;

/// A host for one run.
pub struct Guard<'h> {
    host: &'h mut dyn Host,
    panic: Option<String>,
}

impl<'h> Guard<'h> {
    /// For one run of one function: the host must not be asked past this guard until [`finish`](Self::finish).
    pub fn new(host: &'h mut dyn Host) -> Self {
        Self { host, panic: None }
    }

    /// [`Host::effect`]. Fails where the host panics now or has before in this run.
    pub fn effect(&mut self, memory: Memory<'_>, step: StepId, effect: EffectId) -> Result<Outcome, HostPanicked> {
        self.attempt(|host| host.effect(memory, step, effect))
    }

    /// [`Host::text_test`]. Fails where the host panics now or has before in this run.
    pub fn text_test(&mut self, test: TextTestId) -> Result<bool, HostPanicked> {
        self.attempt(|host| host.text_test(test))
    }

    /// [`Host::calendar`]. Fails where the host panics now or has before in this run.
    pub fn calendar(&mut self, calendar: Calendar, value: i64) -> Result<i64, HostPanicked> {
        let answer = self.attempt(|host| host.calendar(calendar, value))?;
        Ok(answer.clamp(-VALUE_LIMIT, VALUE_LIMIT))
    }

    /// Ends the run: tells the host of its panic, if there was one.
    pub fn finish(self) -> Result<(), HostPanicked> {
        match self.panic {
            None => Ok(()),
            Some(reason) => {
                self.host.panicked(&reason);
                Err(HostPanicked)
            }
        }
    }

    fn attempt<T>(&mut self, call: impl FnOnce(&mut dyn Host) -> T) -> Result<T, HostPanicked> {
        if self.panic.is_some() {
            return Err(HostPanicked);
        }
        // The host may be left half-changed. It is told, and `Stop::Failed` forbids keeping anything of this run.
        catch_unwind(AssertUnwindSafe(|| call(&mut *self.host))).map_err(|payload| {
            self.panic = Some(reason(payload.as_ref()));
            HostPanicked
        })
    }
}

fn reason(payload: &(dyn Any + Send)) -> String {
    let text = payload.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| payload.downcast_ref::<String>().cloned()).unwrap_or_else(|| "a panic without words".to_owned())
}
