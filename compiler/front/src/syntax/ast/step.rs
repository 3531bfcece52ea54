//! A step, whatever it does; the nodes of the kinds stand in files of their own beside this one.

use super::{Name, Text};
use crate::source::Span;
use crate::syntax::constructs;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Step {
    pub label: Option<Text>,
    pub kind: StepKind,
    /// What it does in one line, without its label and its blocks: for labels of messages and for people.
    pub head: Span,
    /// All of it, from its label to its last brace.
    pub span: Span,
}

impl Step {
    /// The blocks in it, in their order.
    pub(crate) fn children(&self) -> Vec<&[Step]> {
        self.kind.blocks()
    }

    /// How many steps it stands for, beside those in its blocks.
    pub(crate) fn stands_for(&self) -> usize {
        self.kind.stands_for()
    }

    /// How often what stands in it is gone through at most.
    pub(crate) fn rounds(&self) -> usize {
        self.kind.rounds()
    }

    /// The message that it sends, by its name.
    pub(crate) fn message(&self) -> Option<&Name> {
        self.kind.message()
    }
}

/// What is asked of steps of every kind; most have none of it.
pub(crate) trait StepNode {
    /// The blocks of steps in it, in their order.
    fn blocks(&self) -> Vec<&[Step]> {
        Vec::new()
    }

    /// How many steps it stands for, beside those in its blocks.
    fn stands_for(&self) -> usize {
        1
    }

    /// The message it sends, by its name.
    fn message(&self) -> Option<&Name> {
        None
    }

    /// How often its blocks are gone through at most.
    fn rounds(&self) -> usize {
        1
    }
}

macro_rules! kinds {
    ({$($module:ident: $variant:ident($node:ident) $rules:tt $about:tt;)*} $later:tt) => {
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub(crate) enum StepKind {
            $($variant(super::$node),)*
            /// Could not be read; reported already. It stands for anything, so nothing behind it is called unreachable or unsent.
            Unreadable,
        }

        impl StepNode for StepKind {
            fn blocks(&self) -> Vec<&[Step]> {
                match self {
                    $(Self::$variant(step) => step.blocks(),)*
                    Self::Unreadable => Vec::new(),
                }
            }

            fn stands_for(&self) -> usize {
                match self {
                    $(Self::$variant(step) => step.stands_for(),)*
                    Self::Unreadable => 1,
                }
            }

            fn message(&self) -> Option<&Name> {
                match self {
                    $(Self::$variant(step) => step.message(),)*
                    Self::Unreadable => None,
                }
            }

            fn rounds(&self) -> usize {
                match self {
                    $(Self::$variant(step) => step.rounds(),)*
                    Self::Unreadable => 1,
                }
            }
        }
    };
}
constructs::steps!(kinds);
