//! What everything means: every predicate, value and step typed, with missing values tracked.
//!
//! In: a [`Scope`]. Out: a [`Typed`] program, whole only if there is no error. A part that is wrong is reported once and becomes
//! [`Cond::Unknown`], which agrees with everything, so that one mistake gives one message. The order below is the order of need: the
//! schema first, then what can be asked of it, then what is sent, then who walks through which steps.

mod branch;
mod change;
mod contradiction;
mod email;
mod event;
mod exit;
mod field;
mod flow;
mod habits;
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
use crate::resolve::Scope;
use crate::source::{FileId, Location, Project, Span};
use crate::syntax::ast::Kind;
use flow_ir::{EmailId, FieldId, Id, IdMap};
use schema::Schema;
use std::collections::{BTreeMap, BTreeSet};

/// Behind this many diagnostics, none says any more which name may have been meant.
const MAX_SUGGESTING: usize = 200;

/// Types a whole program.
pub fn check(scope: &Scope, project: &Project) -> (Typed, Vec<Diagnostic>) {
    let mut diagnostics = Vec::new();
    let schema = Schema::of(scope, &mut diagnostics);
    let emails = scope.emails.iter().enumerate();
    let emails = emails.map(|(at, email)| (email.node.name.text.as_str(), EmailId::from_index(at))).collect();
    let segments = scope.segments.iter().enumerate();
    let segments = segments.map(|(at, segment)| (segment.node.name.text.as_str(), at)).collect();
    let mut checker = Checker { scope, schema, emails, segments, expandable: Vec::new(), file: FileId(0), diagnostics };
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
    emails: BTreeMap<&'s str, EmailId>,
    segments: BTreeMap<&'s str, usize>,
    /// Of each segment, whether it can be read where it is named.
    expandable: Vec<bool>,
}

impl Checker<'_> {
    fn at(&self, span: Span) -> Location {
        span.in_file(self.file)
    }

    fn report(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }

    /// Reports a name that is not declared, unless it may have been in a declaration that could not be read.
    fn report_unknown(&mut self, kinds: &[Kind], diagnostic: Diagnostic) {
        let lost = kinds.iter().any(|kind| self.may_be_lost(*kind));
        // A module that was not found may have declared it, but hardly a name that is nearly another one.
        let from_module = self.scope.module_missing && diagnostic.edits.is_empty();
        if !lost && !from_module {
            self.report(diagnostic);
        }
    }

    /// Whether what is found now still says which name may have been meant: looking for it takes time.
    fn suggests(&self) -> bool {
        self.diagnostics.len() < MAX_SUGGESTING
    }

    /// Names that may have been meant.
    fn names(&self, of: fn(&Schema) -> Vec<&str>) -> Vec<&str> {
        if self.suggests() { of(&self.schema) } else { Vec::new() }
    }

    /// Whether a declaration of a kind could not be read.
    fn may_be_lost(&self, kind: Kind) -> bool {
        self.scope.broken.contains(&kind) || (kind == Kind::Contact && self.schema.fields_lost)
    }

    /// The text at a place, on one line, without its comments: it names steps and conditions, and comments change no name.
    fn text_at(&self, span: Span) -> String {
        let source = self.scope.sources.get(self.file.0 as usize);
        let text = source.map_or("", |source| span.text(&source.text));
        text.lines().flat_map(|line| without_comment(line).split_whitespace()).collect::<Vec<_>>().join(" ")
    }
}

/// A line up to its comment.
fn without_comment(line: &str) -> &str {
    let mut quoted = false;
    for (at, character) in line.char_indices() {
        match character {
            '/' if !quoted && line[at..].starts_with("//") => return &line[..at],
            '"' | '\u{201c}' | '\u{201d}' | '\u{201e}' | '\u{ab}' | '\u{bb}' => quoted = !quoted,
            _ => {}
        }
    }
    line
}
