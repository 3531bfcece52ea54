//! From `.flow` text to a checked program.
//!
//! In: a [`Project`] of texts. Out: a [`Program`](flow_ir::Program) with diagnostics. The front end is pure: it knows no file system,
//! clock, network or database, and no machine code.
//!
//! ```text
//! text --syntax--> tree --resolve--> scope --env--> names and types --check--> typed program --+-- analysis, lints --> diagnostics
//!                                                                                              +-- lower --> IR --verify-->
//! ```
//!
//! [`compile`] below is the list of passes; start there.

pub mod address;
mod analysis;
mod built_in;
mod check;
pub mod country;
pub mod diagnostics;
mod domain;
mod env;
pub mod format;
pub mod lints;
mod literals;
mod lower;
pub mod meaning;
mod mend;
pub mod naming;
pub mod pages;
mod project;
mod resolve;
mod room;
pub mod shown;
pub mod source;
pub mod syntax;
pub mod templates;
mod typed;
mod values;
pub mod web;

use analysis::Subject;
use diagnostics::{Diagnostic, Severity, many, names, render::Sources};
use flow_ir::verify::{Fault, verify};
use meaning::Meanings;
pub use project::{Project, Zones};
use resolve::modules::{self, Needed};
use resolve::one_name;
use source::Span;
use std::num::NonZeroUsize;
use typed::Typed;

/// The place of a fault of the checker's: it found something wrong, and no diagnostic says so.
pub const CHECKER: &str = "checker";

/// What became of a project.
#[derive(Debug)]
pub struct Compilation {
    /// The checked and verified program; none if anything is wrong with it.
    pub program: Option<flow_ir::Program>,
    /// In the order of the files and their lines.
    pub diagnostics: Vec<Diagnostic>,
    /// What the verifier found wrong with what the lowering made, or the checker did not say ([`CHECKER`]): always a fault of ours, never of the writer.
    pub faults: Vec<Fault>,
    /// What the words of the program mean, by their places.
    pub meanings: Meanings,
    /// The texts that the diagnostics and the program point into.
    pub sources: Sources,
}

impl Compilation {
    /// Whether a diagnostic refuses the program. [`faults`](Self::faults) are not counted: they are no mistake of the writer's.
    pub fn has_errors(&self) -> bool {
        self.diagnostics.iter().any(|diagnostic| diagnostic.severity == Severity::Error)
    }
}

/// Text to checked program.
pub fn compile(project: &Project) -> Compilation {
    compile_on(project, NonZeroUsize::MIN)
}

/// Text to checked program, on as many threads. How many changes the time it takes and nothing else.
pub fn compile_on(project: &Project, threads: NonZeroUsize) -> Compilation {
    let (compilation, needed) = compile_with(project, threads, None);
    let Some(needed) = needed else { return compilation };
    // One line is missing, and every name it would have brought is unknown: with it, only what is wrong besides is left.
    let (mut whole, _) = compile_with(project, threads, Some(needed.module));
    let count = |compilation: &Compilation| compilation.diagnostics.iter().filter(|found| found.is_error()).count();
    if count(&whole) + needed.names.len() > count(&compilation) {
        return compilation;
    }
    let names: Vec<&str> = needed.names.iter().map(String::as_str).collect();
    let top = Span::new(0, 0).in_file(needed.first.file);
    whole.diagnostics.push(names::missing_module(needed.module, &names, needed.first, top));
    whole.diagnostics.sort_by_key(Diagnostic::at);
    whole.program = None;
    whole
}

/// One go over a project, with one standard module besides those it uses; and the module that it lacks.
fn compile_with(
    project: &Project,
    threads: NonZeroUsize,
    besides: Option<&'static str>,
) -> (Compilation, Option<Needed>) {
    // Every file is read and its names gathered before anything is checked: files form one program, in any order.
    let (scope, mut diagnostics) = resolve::resolve(project, threads, besides);
    // What any declaration may name, with its type; segments too, since conditions are made of them.
    let (env, known) = check::environment(&scope, project);
    // Then each declaration is checked alone against it; templates are checked against the same types.
    let checked = check::check(&env, known);
    diagnostics.extend(checked.diagnostics);
    if diagnostics.iter().any(|found| found.is_error() && !found.may_follow) {
        diagnostics.retain(|found| !found.may_follow);
    }
    // Proofs look at the typed program as a whole, so they come when all of it is typed. Wrong parts stand for anything to them.
    diagnostics.extend(analysis::prove(Subject { env: &env, typed: &checked.typed }));
    // Lints come last and only advise; the project says how much each weighs, and the templates' warnings with them.
    diagnostics.extend(lints::lint(Subject { env: &env, typed: &checked.typed }));
    let mut diagnostics: Vec<Diagnostic> =
        diagnostics.into_iter().filter_map(|diagnostic| project.lints.apply(diagnostic)).collect();
    diagnostics.sort_by_key(Diagnostic::at);
    diagnostics.dedup();
    let needed = if besides.is_none() { modules::needed(&scope, &diagnostics) } else { None };
    // Of very many of one kind the first are told.
    let place = |found: &Diagnostic| found.at().map(|at| (at.file, scope.declaration_start(at)));
    let (diagnostics, more) = many::bounded(diagnostics, place);
    // What each suggests is tried out last, against all that is known: it compiles, or is not shown.
    let diagnostics = mend::settle(&env, diagnostics);
    let mut diagnostics = one_name::once(&scope, project.sources.len(), diagnostics);
    more.tell(&mut diagnostics, place);
    let typed = checked.typed;
    let sources = Sources::new(scope.sources);
    // Only a program without errors is lowered, so the lowering never has to complain.
    let refused = diagnostics.iter().any(|diagnostic| diagnostic.severity == Severity::Error);
    let unsaid = unsaid(&typed, refused);
    let program =
        (!refused && unsaid.is_none()).then(|| lower::lower(&typed, &project.name, &project.timezone, sources.paths()));
    let too_large = program.as_ref().map(room::room).unwrap_or_default();
    let program = program.filter(|_| too_large.is_empty());
    diagnostics.extend(too_large);
    diagnostics.sort_by_key(Diagnostic::at);
    // Machine code trusts a program blindly, so whatever the lowering made is verified, in release too: it takes microseconds.
    let (program, faults) = match program.map(|program| verify(&program).map(|()| program)) {
        None => (None, Vec::from_iter(unsaid)),
        Some(Ok(program)) => (Some(program), Vec::new()),
        Some(Err(faults)) => (None, faults),
    };
    (Compilation { program, diagnostics, faults, meanings: checked.meanings, sources }, needed)
}

/// A wrong part that no diagnostic tells of. It would mean *false* in silence, so nothing is made of such a program.
fn unsaid(typed: &Typed, refused: bool) -> Option<Fault> {
    let problem = "something is wrong and nothing says so";
    (!refused && !typed.is_whole()).then(|| Fault { place: CHECKER.to_owned(), problem: problem.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::unsaid;
    use crate::source::{FileId, Span};
    use crate::typed::{Cond, Part, Typed, TypedSegment};

    #[test]
    fn what_is_wrong_and_unsaid_is_never_lowered() {
        let at = Span::new(0, 0).in_file(FileId(0));
        let typed = |cond| Typed {
            segments: [TypedSegment { name: "hot".to_owned(), when: Part { cond, at } }].into_iter().collect(),
            ..Typed::default()
        };
        let wrong = typed(Cond::Not(Box::new(Cond::Unknown)));
        assert!(unsaid(&wrong, false).is_some_and(|fault| fault.problem.contains("nothing says so")));
        assert!(unsaid(&wrong, true).is_none(), "a diagnostic tells of it");
        assert!(unsaid(&typed(Cond::TimedOut), false).is_none());
    }
}
