//! From `.flow` text to a checked program, and from there to native code.
//!
//! In: a [`Project`] of texts. Out: a [`Program`](flow_ir::Program) with diagnostics, and from a program a [`Backend`](flow_ir::backend::Backend)
//! that runs it. The compiler is pure: it knows no file system, clock, network or database.
//!
//! ```text
//! text --syntax--> tree --resolve--> scope --check--> typed program --lower--> IR --+-- interpret   (the oracle)
//!                                                                                   +-- codegen     (machine code)
//! ```
//!
//! [`compile`] below is the list of passes; start there.

pub mod built_in;
pub mod check;
pub mod diagnostics;
pub mod env;
pub mod format;
mod lower;
pub mod meaning;
pub mod resolve;
pub mod source;
pub mod syntax;
pub mod templates;

use diagnostics::{Diagnostic, Severity, render::Sources};
use source::Project;

/// What became of a project.
#[derive(Debug)]
pub struct Compilation {
    /// The checked program; none if anything is wrong with it.
    pub program: Option<flow_ir::Program>,
    /// In the order of the files and their lines.
    pub diagnostics: Vec<Diagnostic>,
    /// The texts that the diagnostics and the program point into.
    pub sources: Sources,
}

impl Compilation {
    pub fn has_errors(&self) -> bool {
        self.diagnostics.iter().any(|diagnostic| diagnostic.severity == Severity::Error)
    }
}

/// Text to checked program.
pub fn compile(project: &Project) -> Compilation {
    // Every file is read and its names gathered before anything is checked: files form one program, in any order.
    let (scope, mut diagnostics) = resolve::resolve(project);
    // Everything gets its type; templates are checked against the same types.
    let checked = check::check(&scope, project);
    let typed = checked.typed;
    diagnostics.extend(checked.diagnostics);
    diagnostics.sort_by_key(Diagnostic::at);
    diagnostics.dedup();
    let sources = Sources::new(scope.sources);
    // Only a program without errors is lowered, so the lowering never has to complain.
    let refused = diagnostics.iter().any(|diagnostic| diagnostic.severity == Severity::Error);
    debug_assert!(refused || typed.is_whole(), "something is wrong and nothing says so");
    let program = (!refused).then(|| lower::lower(&typed, &project.name, &project.timezone, sources.paths()));
    // Machine code trusts a program blindly, so whatever the lowering made is verified, in release too: it takes microseconds.
    debug_assert!(
        program.as_ref().is_none_or(|program| flow_ir::verify::verify(program).is_ok()),
        "the lowering made a bad program"
    );
    Compilation { program, diagnostics, sources }
}
