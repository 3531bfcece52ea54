//! Draws for a person by which way of a split they go.

use super::{Described, Reference};
use crate::{Program, SplitId};
use serde::{Deserialize, Serialize};

/// What comes before the ways of a `split`. Whoever has been drawn for keeps what was drawn.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Draw {
    /// Its name and its slot.
    pub split: SplitId,
}

impl Described for Draw {
    fn references(&self) -> Vec<Reference> {
        vec![Reference::Split(self.split)]
    }

    fn renumber(&mut self, number: &mut dyn FnMut(Reference) -> Reference) {
        number(Reference::Split(self.split)).set_split(&mut self.split);
    }

    fn words(&self, program: &Program) -> String {
        format!("draw {}", program.splits.get(self.split).map_or("?", |split| split.name.as_str()))
    }

    fn random(_: &mut crate::generate::Choices) -> Self {
        Self { split: SplitId(0) }
    }
}
