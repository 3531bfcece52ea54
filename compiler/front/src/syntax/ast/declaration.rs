//! What stands side by side in a file; the nodes of the kinds stand in files of their own beside this one.

use crate::syntax::constructs::{self, Construct};

/// A declaration that can lose a line which was meant to stand in its block.
pub(crate) trait Block {
    fn lose_a_line(&mut self) {}
}

macro_rules! kinds {
    ({$($module:ident: $variant:ident($node:ident) $rules:tt $about:tt;)*} {$($later:literal $would:ident;)*}) => {
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub(crate) enum Declaration {
            $($variant(super::$node),)*
            /// One of this kind could not be read; reported already.
            Unreadable(Kind),
        }

        impl Declaration {
            pub(crate) fn kind(&self) -> Kind {
                match self {
                    $(Self::$variant(_) => Kind::$variant,)*
                    Self::Unreadable(kind) => *kind,
                }
            }
        }

        impl Block for Declaration {
            fn lose_a_line(&mut self) {
                match self {
                    $(Self::$variant(node) => node.lose_a_line(),)*
                    Self::Unreadable(_) => {}
                }
            }
        }

        /// What a declaration declares.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub(crate) enum Kind {
            $($variant,)*
        }

        impl Kind {
            pub(crate) const ALL: &'static [Kind] = &[$(Kind::$variant),*];

            /// What a declaration would declare that is not run yet.
            pub(crate) fn of_later(word: &str) -> Option<Kind> {
                match word {
                    $($later => Some(Kind::$would),)*
                    _ => None,
                }
            }
        }
    };
}
constructs::declarations!(kinds);

impl Kind {
    pub(crate) fn of_keyword(word: &str) -> Option<Kind> {
        Self::ALL.iter().copied().find(|kind| kind.keyword() == word)
    }

    pub(crate) fn keyword(self) -> &'static str {
        self.construct().map_or("", Construct::word)
    }

    pub(crate) fn construct(self) -> Option<&'static Construct> {
        constructs::DECLARATIONS.constructs.get(self as usize)
    }
}
