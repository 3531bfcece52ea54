//! Proofs: what is shown of a program as a whole before anybody enters it.
//!
//! In: a typed program with what it was checked against. Out: diagnostics at error level. Each proof is one file; what a step or a
//! condition means is the checker's, and no proof changes it. A part that is wrong and reported already stands for anything, so that one
//! mistake stays one message. A proof is a file here and a line in `diagnostics/codes.rs`.

pub(crate) mod together;

use crate::diagnostics::Diagnostic;
use crate::diagnostics::codes::codes;
use crate::env::Env;
use crate::resolve::Declared;
use crate::source::Location;
use crate::syntax::ast;
use crate::typed::{Root, Typed, TypedWorkflow};
use together::{Together, When};

/// What a proof or a lint looks at.
#[derive(Clone, Copy)]
pub(crate) struct Subject<'p> {
    pub(crate) env: &'p Env<'p>,
    pub(crate) typed: &'p Typed,
}

impl<'p> Subject<'p> {
    /// The workflows as written and as typed, in the order of the files.
    pub(crate) fn workflows(self) -> impl Iterator<Item = (&'p Declared<ast::Workflow>, &'p TypedWorkflow)> {
        self.env.scope.workflows.iter().zip(self.typed.workflows.values())
    }
}

/// A proof: what it looks at, whom it asks what can hold together, and what it found.
type Proof = for<'p> fn(Subject<'p>, &Together<'p>, &mut Vec<Diagnostic>);

/// Every file of this folder that the list of codes names as a proof.
macro_rules! rooms {
    ($($variant:ident $number:literal $name:literal $($role:ident $room:ident)?;)*) => {
        $($(rooms!(@declare $role $room);)?)*
        /// By the number of their code; nothing for the codes that are found elsewhere.
        const PROOFS: &[Option<Proof>] = &[$(rooms!(@proof $($role $room)?)),*];
    };
    (@declare proof $room:ident) => { mod $room; };
    (@declare $other:ident $room:ident) => {};
    (@proof proof $room:ident) => { Some($room::prove) };
    (@proof $($other:ident $room:ident)?) => { None };
}

codes!(rooms);

/// How many looks are taken for a text that is only tried out: there are many of them, and what people write takes few.
const MAX_LOOKS_OF_TRIAL: usize = 5_000;

/// The conditions of a text that is only tried out which can never hold.
pub(crate) fn impossible<'p>(env: &'p Env<'p>, conds: &[Root<'p>]) -> Vec<Location> {
    let together = Together::with_looks(env, MAX_LOOKS_OF_TRIAL);
    let never = |root: &&Root<'p>| !together.can_hold(&[(root.cond, true)], When::Anytime);
    conds.iter().filter(never).map(|root| root.at).collect()
}

/// Runs every proof.
pub(crate) fn prove(subject: Subject<'_>) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    let together = Together::new(subject.env);
    PROOFS.iter().flatten().for_each(|prove| prove(subject, &together, &mut found));
    found
}
