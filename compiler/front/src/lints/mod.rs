//! Lints: what is allowed and mostly regretted.
//!
//! In: a typed program. Out: diagnostics at the level that `flow.toml` or the lint itself says. A lint is a file here and a line in
//! `diagnostics/codes.rs`; it never refuses a program unless the project asks for that.

mod level;

pub use level::{Level, Levels};

use crate::analysis::Subject;
use crate::diagnostics::Diagnostic;
use crate::diagnostics::codes::codes;

type Lint = fn(Subject<'_>, &mut Vec<Diagnostic>);

/// Every file of this folder that the list of codes names as a lint.
macro_rules! rooms {
    ($($variant:ident $number:literal $name:literal $($role:ident $room:ident)?;)*) => {
        $($(rooms!(@declare $role $room);)?)*
        /// By the number of their code; nothing for the codes that are found elsewhere.
        const LINTS: &[Option<Lint>] = &[$(rooms!(@lint $($role $room)?)),*];
    };
    (@declare lint $room:ident) => { mod $room; };
    (@declare $other:ident $room:ident) => {};
    (@lint lint $room:ident) => { Some($room::lint) };
    (@lint $($other:ident $room:ident)?) => { None };
}

codes!(rooms);

/// Runs every lint. What they find are warnings until a level makes more or nothing of them.
pub(crate) fn lint(subject: Subject<'_>) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    LINTS.iter().flatten().for_each(|lint| lint(subject, &mut found));
    found
}
