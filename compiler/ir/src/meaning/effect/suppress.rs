//! Keeps all marketing from the contact, in this workflow and every other, until they subscribe (E7).

use super::{Described, Reference};
use crate::Program;
use serde::{Deserialize, Serialize};

/// `suppress because ".."`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Suppress {
    /// Why, for whoever asks what became of a mail. It never leaves the project.
    pub because: String,
}

impl Described for Suppress {
    fn references(&self) -> Vec<Reference> {
        Vec::new()
    }

    fn renumber(&mut self, _: &mut dyn FnMut(Reference) -> Reference) {}

    fn words(&self, _: &Program) -> String {
        format!("suppress because {:?}", self.because)
    }

    fn because(&self) -> Option<&str> {
        Some(&self.because)
    }

    fn random(_: &mut crate::generate::Choices) -> Self {
        Self { because: "they asked us to wait".to_owned() }
    }
}
