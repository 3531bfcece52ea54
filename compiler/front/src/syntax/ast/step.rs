//! A step, whatever it does; the nodes of the kinds stand in files of their own beside this one.

use super::Text;
use crate::source::Span;
use crate::syntax::constructs;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    pub label: Option<Text>,
    pub kind: StepKind,
    /// What it does in one line, without its label and its blocks: for labels of messages and for people.
    pub head: Span,
    /// All of it, from its label to its last brace.
    pub span: Span,
}

impl Step {
    /// The blocks in it, in their order.
    pub fn children(&self) -> Vec<&[Step]> {
        self.kind.blocks()
    }
}

/// The blocks of steps in a step; most have none.
pub(crate) trait Blocks {
    fn blocks(&self) -> Vec<&[Step]> {
        Vec::new()
    }
}

macro_rules! kinds {
    ({$($module:ident: $variant:ident($node:ident) $rules:tt $about:tt;)*} $later:tt) => {
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub enum StepKind {
            $($variant(super::$node),)*
            /// Could not be read; reported already. It stands for anything, so nothing behind it is called unreachable or unsent.
            Unreadable,
        }

        impl Blocks for StepKind {
            fn blocks(&self) -> Vec<&[Step]> {
                match self {
                    $(Self::$variant(step) => step.blocks(),)*
                    Self::Unreadable => Vec::new(),
                }
            }
        }
    };
}
constructs::steps!(kinds);
