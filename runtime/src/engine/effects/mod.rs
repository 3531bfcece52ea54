//! What a step does to the world, one file an effect: the same list as the program's ([`flow_ir::effects!`]).

use super::host::StepHost;
use flow_ir::backend::{Memory, Outcome};
use flow_ir::{Effect, StepId};

/// How the engine has an effect. The memory is the one the step runs on, with everything stored so far in it.
trait Perform {
    fn perform(&self, host: &mut StepHost<'_>, memory: Memory<'_>, step: StepId) -> Outcome;
}

macro_rules! dispatch {
    ($($variant:ident = $module:ident;)*) => {
        $(pub(super) mod $module;)*

        /// Has an effect.
        pub(super) fn perform(effect: &Effect, host: &mut StepHost<'_>, memory: Memory<'_>, step: StepId) -> Outcome {
            match effect {
                $(Effect::$variant(data) => data.perform(host, memory, step),)*
            }
        }
    };
}

flow_ir::effects!(dispatch);
