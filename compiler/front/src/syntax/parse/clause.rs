//! Blocks of clauses: an email's, a team's, a handoff's.

use super::context::Context;
use super::{Pair, Reader, Rule, span};
use crate::syntax::ast::Clause;

/// The clauses of a block, and whether there is one that cannot be read. `parse` reads one, where it is one.
pub(super) fn block<K>(
    reader: &mut Reader<'_>,
    pair: &Pair<'_>,
    context: Context,
    parse: fn(&mut Reader<'_>, &Pair<'_>) -> Option<K>,
) -> (Vec<Clause<K>>, bool) {
    let (mut clauses, mut broken) = (Vec::new(), reader.unclosed);
    for inner in pair.clone().into_inner() {
        match inner.as_rule() {
            Rule::bad_line => {
                broken = true;
                reader.bad_clause(&inner, context);
            }
            _ => clauses.extend(parse(reader, &inner).map(|kind| Clause { kind, span: span(&inner) })),
        }
    }
    (clauses, broken)
}

/// Reads a clause of one list of [`constructs`](crate::syntax::constructs), by a function that is named after its rule.
macro_rules! clauses {
    (
        $kind:ident
        {$($module:ident: $variant:ident($($node:tt)*) [$rule:ident $words:literal] $about:tt;)*} $later:tt
    ) => {
        fn clause(reader: &mut Reader<'_>, pair: &Pair<'_>) -> Option<$kind> {
            Some(match pair.as_rule() {
                $(Rule::$rule => $kind::$variant($rule(reader, pair)),)*
                _ => return None,
            })
        }
    };
}
pub(super) use clauses;
