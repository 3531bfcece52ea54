//! Fields that follow from others: nobody writes them, and each value is a question of its own.
//!
//! For each value there is a [`Segment`](crate::Segment) that no text can name, of which at most one holds. Conditions on the field ask those, so they know when
//! time alone changes it, and a body asks them afresh. The field's slot follows them: for texts, for its changes and for whoever looks at people.

use crate::{FieldId, Meaning, SegmentId};
use serde::{Deserialize, Serialize};

/// A field and what its values hang on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Derived {
    /// A choice; its slot holds the number of the value that holds, or 0.
    pub field: FieldId,
    /// Who has each value, in the order of the choices. Whoever is in none of them has none.
    pub values: Vec<SegmentId>,
}

impl Derived {
    /// What the segment of a value is called: the same in every version, whichever condition stands for it.
    pub fn segment_name(field: &str, value: &str) -> String {
        format!("{field} is {}", value.to_lowercase())
    }
}

impl Meaning {
    /// What a field follows from; none of one that is written.
    pub fn derived_of(&self, field: FieldId) -> Option<&Derived> {
        self.derived.iter().find(|derived| derived.field == field)
    }
}
