//! A channel that does as a test says, on the clock of the test: every answer is known when the attempt is made, and comes when the
//! script says. So a case with late, wrong or missing answers is a test of milliseconds.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use super::{Channel, Foreseen, Outcome, Uncertain};
use crate::mail::Mail;

/// What becomes of an attempt: the mail and the number of the attempt, from 1.
pub type Script = dyn Fn(&Mail, u32) -> Foreseen + Send + Sync;

/// Answers by a script, and remembers what was handed to it.
pub struct ScriptedChannel {
    policy: Uncertain,
    script: Box<Script>,
    handed: Mutex<Vec<Mail>>,
}

impl ScriptedChannel {
    /// A channel of this policy.
    pub fn new(policy: Uncertain, script: impl Fn(&Mail, u32) -> Foreseen + Send + Sync + 'static) -> ScriptedChannel {
        ScriptedChannel { policy, script: Box::new(script), handed: Mutex::default() }
    }

    /// Every attempt that was made, whatever became of it, by key: threads make them in any order.
    pub fn handed(&self) -> Vec<Mail> {
        let mut handed = self.handed.lock().unwrap_or_else(PoisonError::into_inner).clone();
        handed.sort_by(|one, other| one.key.cmp(&other.key));
        handed
    }
}

impl std::fmt::Debug for ScriptedChannel {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ScriptedChannel").field("policy", &self.policy).finish_non_exhaustive()
    }
}

/// The answer of a mail server that takes everything at once.
pub fn delivered() -> Foreseen {
    Foreseen { after: Duration::ZERO, outcome: Outcome::Delivered { receipt: "taken".to_owned() } }
}

impl Channel for ScriptedChannel {
    fn name(&self) -> &str {
        "scripted"
    }

    fn uncertain(&self) -> Uncertain {
        self.policy
    }

    fn at_once(&self) -> usize {
        usize::MAX
    }

    fn ready(&self) -> Result<(), String> {
        Ok(())
    }

    fn foresee(&self, mail: &Mail, attempt: u32) -> Option<Foreseen> {
        Some((self.script)(mail, attempt))
    }

    /// The engine goes by what was foreseen; this is the attempt itself.
    fn send(&self, mail: &Mail) -> Outcome {
        self.handed.lock().unwrap_or_else(PoisonError::into_inner).push(mail.clone());
        Outcome::Delivered { receipt: "taken".to_owned() }
    }
}
