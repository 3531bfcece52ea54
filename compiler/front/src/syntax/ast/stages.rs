//! `stages`: the lifecycle.

use super::{Block, Name};
use crate::source::Span;

/// `stages subscriber < lead < mql`
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Stages {
    pub names: Vec<Name>,
    pub span: Span,
}

impl Block for Stages {}
