//! `reenter never`, `reenter after 90 days`, `reenter always`: whether people come in again.

use super::Duration;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Reenter {
    Never,
    After(Duration),
    Always,
}
