//! The lines of a block, in the order in which they were written.

use crate::source::Span;

/// One line of a block: what it says, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clause<K> {
    pub kind: K,
    /// From its first word to its last sign.
    pub span: Span,
}

/// A clause that stands in its block once more.
#[derive(Debug)]
pub struct Repeated<'c, K> {
    /// What both start with.
    pub word: &'static str,
    pub first: &'c Clause<K>,
    pub again: &'c Clause<K>,
}

/// The clauses that stand more than once in a block, beside the first of their kind; none for a kind that may (`word` is none).
pub fn repeated<'c, K>(
    clauses: impl IntoIterator<Item = &'c Clause<K>>,
    word: impl Fn(&K) -> Option<&'static str>,
) -> Vec<Repeated<'c, K>> {
    let mut seen: Vec<(&'static str, &Clause<K>)> = Vec::new();
    let mut found = Vec::new();
    for clause in clauses {
        let Some(word) = word(&clause.kind) else { continue };
        match seen.iter().find(|(known, _)| *known == word) {
            Some((_, first)) => found.push(Repeated { word, first, again: clause }),
            None => seen.push((word, clause)),
        }
    }
    found
}
