//! Proofs: what is shown of a program as a whole before anybody enters it.
//!
//! In: a typed program with what it was checked against. Out: diagnostics at error level. Each proof is one file; what a step or a
//! condition means is the checker's, and no proof changes it. A part that is wrong and reported already stands for anything, so that one
//! mistake stays one message.

use crate::check::Typed;
use crate::diagnostics::Diagnostic;
use crate::env::Env;

/// What a proof or a lint looks at.
#[derive(Clone, Copy)]
pub(crate) struct Subject<'p> {
    pub(crate) env: &'p Env<'p>,
    pub(crate) typed: &'p Typed,
}

/// The proofs, a line each: its file's `prove` is given the program and adds what is wrong.
macro_rules! proofs {
    ($($name:ident)*) => {
        $(mod $name;)*
        const PROOFS: &[fn(Subject<'_>, &mut Vec<Diagnostic>)] = &[$($name::prove),*];
    };
}

proofs! {
    reach
    contradiction
}

/// Runs every proof.
pub(crate) fn prove(subject: Subject<'_>) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    PROOFS.iter().for_each(|prove| prove(subject, &mut found));
    found
}
