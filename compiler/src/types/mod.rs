//! What everything means: every predicate, value and step typed, with missing values tracked.
//!
//! In: a [`Scope`]. Out: a [`Typed`] program, whole only if there is no error. A part that is wrong is reported once and becomes
//! [`Cond::Unknown`], which agrees with everything, so that one mistake gives one message. The order below is the order of need: the
//! schema first, then what can be asked of it, then what is sent, then who walks through which steps.

mod branch;
mod change;
mod email;
mod exit;
mod flow;
mod handoff;
mod number;
mod predicate;
pub mod schema;
mod segment;
mod send;
mod stage;
mod team;
mod text;
pub mod typed;
mod wait;
mod workflow;

pub use typed::{Cond, Number, Since, Typed};

use crate::diagnostics::Diagnostic;
use crate::ir::{FieldId, IdMap};
use crate::resolve::Scope;
use crate::source::{FileId, Location, Project, Span};
use schema::Schema;
use std::collections::BTreeSet;

/// Types a whole program.
pub fn check(scope: &Scope, project: &Project) -> (Typed, Vec<Diagnostic>) {
    let mut diagnostics = Vec::new();
    let schema = Schema::of(scope, &mut diagnostics);
    let mut checker = Checker { scope, schema, file: FileId(0), diagnostics, segments_open: Vec::new() };
    checker.segments();
    let emails: IdMap<_, _> = scope.emails.iter().map(|email| checker.email(email, project)).collect();
    let teams: IdMap<_, _> = scope.teams.iter().map(|team| checker.team(team)).collect();
    let workflows: IdMap<_, _> = scope.workflows.iter().map(|workflow| checker.workflow(workflow)).collect();
    let typed = Typed {
        fields: checker.schema.fields.iter().map(|field| field.shape.clone()).collect(),
        stages: checker.schema.stages.clone(),
        events: checker.schema.events.iter().map(|event| event.shape.clone()).collect(),
        emails,
        teams,
        workflows,
    };
    (typed, checker.diagnostics)
}

/// The fields known to be present at a place.
pub(crate) type Known = BTreeSet<FieldId>;

struct Checker<'s> {
    scope: &'s Scope,
    schema: Schema,
    /// The file being checked.
    file: FileId,
    diagnostics: Vec<Diagnostic>,
    /// The segments whose meaning is being looked up, to find one that is defined by itself.
    segments_open: Vec<usize>,
}

impl Checker<'_> {
    fn at(&self, span: Span) -> Location {
        span.in_file(self.file)
    }

    fn report(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }

    /// The text at a place, on one line.
    fn text_at(&self, span: Span) -> String {
        let source = self.scope.sources.get(self.file.0 as usize);
        let text = source.map_or("", |source| span.text(&source.text));
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    }
}
