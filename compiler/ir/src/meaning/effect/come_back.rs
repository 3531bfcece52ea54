//! Lets whoever a step has suppressed get mail again (E7). No step says it, but the policy.

use super::{Described, Reference};
use crate::Program;
use serde::{Deserialize, Serialize};

/// `comes back when P`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ComeBack {}

impl Described for ComeBack {
    fn references(&self) -> Vec<Reference> {
        Vec::new()
    }

    fn renumber(&mut self, _: &mut dyn FnMut(Reference) -> Reference) {}

    fn words(&self, _: &Program) -> String {
        "comes back".to_owned()
    }

    fn random(_: &mut crate::generate::Choices) -> Self {
        Self {}
    }
}
