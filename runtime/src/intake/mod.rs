//! What comes in: events and contact rows, already read from their texts.

use crate::store::MessageId;
use flow_compiler::ir::{FieldId, FieldValue};

/// A line of a file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Origin {
    pub file: std::sync::Arc<str>,
    pub line: u64,
}

/// One event of a stream.
#[derive(Debug, Clone, PartialEq)]
pub struct Arrival {
    pub arrived_at: i64,
    pub occurred_at: i64,
    pub message: MessageId,
    /// `user:ID`, `email:ADDRESS` in lower case.
    pub keys: Vec<String>,
    pub what: What,
    pub at: Origin,
}

#[derive(Debug, Clone, PartialEq)]
pub enum What {
    /// Something happened.
    Track {
        /// As in the stream.
        name: String,
        properties: serde_json::Map<String, serde_json::Value>,
    },
    /// Something is known of the contact.
    Identify { values: Vec<(FieldId, FieldValue)>, notes: Vec<String> },
}

/// One row of a contact file.
#[derive(Debug, Clone, PartialEq)]
pub struct ContactRow {
    pub keys: Vec<String>,
    pub values: Vec<(FieldId, FieldValue)>,
    pub at: Origin,
}
