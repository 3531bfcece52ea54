//! Blocks of clauses: an email's, a team's, a handoff's.

/// Lays out a clause of one list of [`constructs`](crate::syntax::constructs), by a function that is named after its rule.
macro_rules! clauses {
    (
        $kind:ident
        {$($module:ident: $variant:ident($($node:tt)*) [$rule:ident $words:literal] $about:tt;)*} $later:tt
    ) => {
        fn clause(printer: &mut Printer<'_>, clause: &Clause<$kind>) {
            match &clause.kind {
                $($kind::$variant(node) => $rule(printer, node, clause.span),)*
            }
        }
    };
}
pub(super) use clauses;
