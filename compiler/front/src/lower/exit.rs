//! `exit`, `exit as converted`.

use super::Lowering;
use super::body::Body;
use flow_ir::{Ending, StepId, Terminator};

impl Lowering<'_> {
    pub(super) fn exit(step: StepId, converted: bool, body: &mut Body<'_>) {
        let ending = if converted { Ending::Converted } else { Ending::Exited };
        body.code.close(Terminator::Finish { step: Some(step), ending });
    }
}
