//! The lines of a block, in the order in which they were written.

use crate::source::Span;

/// One line of a block: what it says, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Clause<K> {
    pub kind: K,
    /// From its first word to its last sign.
    pub span: Span,
}

/// The first of a kind; of a clause that stands twice, that one counts.
pub(crate) fn first<K, T>(clauses: &[Clause<K>], of: impl Fn(&K) -> Option<&T>) -> Option<&T> {
    clauses.iter().find_map(|clause| of(&clause.kind))
}

/// Each of a kind, with its place.
pub(crate) fn each<'c, K, T: 'c>(
    clauses: &'c [Clause<K>],
    of: impl Fn(&K) -> Option<&T>,
) -> impl Iterator<Item = (&'c T, Span)> {
    clauses.iter().filter_map(move |clause| Some((of(&clause.kind)?, clause.span)))
}

/// A clause that stands in its block once more.
#[derive(Debug)]
pub(crate) struct Repeated<'c, K> {
    /// What both start with.
    pub word: &'static str,
    pub first: &'c Clause<K>,
    pub again: &'c Clause<K>,
}

/// The clauses that stand more than once in a block and may not, beside the first of their kind, in their order.
pub(crate) fn repeated<'c, K: ClauseKind>(clauses: impl IntoIterator<Item = &'c Clause<K>>) -> Vec<Repeated<'c, K>> {
    let mut seen: Vec<(&'static str, &Clause<K>)> = Vec::new();
    let mut found = Vec::new();
    for clause in clauses.into_iter().filter(|clause| !clause.kind.is_many()) {
        let word = clause.kind.word();
        match seen.iter().find(|(known, _)| *known == word) {
            Some((_, first)) => found.push(Repeated { word, first, again: clause }),
            None => seen.push((word, clause)),
        }
    }
    found
}

/// The kind of a clause, as the list of its block has it.
pub(crate) trait ClauseKind {
    /// What names it for people: `exit when`.
    fn word(&self) -> &'static str;
    /// Whether it may stand more than once in its block.
    fn is_many(&self) -> bool;
}

/// The kinds of clauses of one list of [`constructs`](crate::syntax::constructs).
macro_rules! clauses {
    (
        $name:ident $list:ident
        {$($module:ident: $variant:ident($($node:tt)*) [$rule:ident $words:literal] $about:tt;)*} $later:tt
    ) => {
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub(crate) enum $name {
            $($variant($($node)*),)*
        }

        #[allow(dead_code, reason = "not every clause is asked for by itself")]
        impl $name {
            $(pub(crate) fn $rule(&self) -> Option<&$($node)*> {
                if let Self::$variant(node) = self { Some(node) } else { None }
            })*
        }

        impl $crate::syntax::ast::ClauseKind for $name {
            fn word(&self) -> &'static str {
                match self {
                    $(Self::$variant { .. } => $words,)*
                }
            }

            fn is_many(&self) -> bool {
                let found = $crate::syntax::constructs::$list.of_word(self.word());
                found.is_some_and(|construct| construct.is($crate::syntax::constructs::Trait::Many))
            }
        }
    };
}
pub(crate) use clauses;
