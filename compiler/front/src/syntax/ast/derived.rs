//! `derived`: a field that follows from others.

use super::{Block, Name, Predicate, Text};
use crate::source::Span;

/// `derived persona = when job_title contains word "CMO" "marketing" otherwise unknown`
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Derived {
    pub name: Name,
    pub arms: Vec<DerivedArm>,
    pub otherwise: Option<Otherwise>,
    pub span: Span,
}

/// `when job_title contains "sales" "sales"`
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DerivedArm {
    pub when: Predicate,
    pub text: Text,
}

/// What it is of everybody else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Otherwise {
    Text(Text),
    Unknown(Span),
}

impl Derived {
    /// The texts that it may be, in their order.
    pub(crate) fn texts(&self) -> impl Iterator<Item = &Text> {
        let last = match &self.otherwise {
            Some(Otherwise::Text(text)) => Some(text),
            Some(Otherwise::Unknown(_)) | None => None,
        };
        self.arms.iter().map(|arm| &arm.text).chain(last)
    }

    /// The values that it may have: each of its texts once, since texts are compared without regard to case.
    pub(crate) fn values(&self) -> Vec<String> {
        let mut values: Vec<String> = Vec::new();
        for text in self.texts().filter_map(Text::plain) {
            if !values.iter().any(|known| is_same(known, &text)) {
                values.push(text);
            }
        }
        values
    }

    /// The number of a text among its values, from 1.
    pub(crate) fn code(&self, text: &Text) -> Option<i64> {
        let text = text.plain()?;
        self.values().iter().position(|known| is_same(known, &text)).map(|place| place as i64 + 1)
    }
}

fn is_same(one: &str, other: &str) -> bool {
    one.to_lowercase() == other.to_lowercase()
}

impl Block for Derived {}
