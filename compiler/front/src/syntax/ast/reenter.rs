//! `reenter never`, `reenter after 90 days`, `reenter always`, `reenter per registered.webinar`: whether people come in again.

use super::{Duration, Name};
use crate::source::Span;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Reenter {
    Never,
    After(Duration),
    Always,
    Per(PerValue),
}

/// `per registered.webinar again after 30 days`
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PerValue {
    pub event: Name,
    pub property: Name,
    /// How long after the end of the journey with a value the same one counts anew.
    pub again: Option<Duration>,
    /// The event and its property.
    pub span: Span,
}
