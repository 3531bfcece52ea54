//! A few declarations of a text that is only tried out, against all that the project says.

use super::cx::Cx;
use super::{email, segment, team, workflow};
use crate::diagnostics::{Diagnostic, Severity};
use crate::env::Env;
use crate::env::schema::Schema;
use crate::resolve::{self, Declared};
use crate::source::{FileId, Location, Span};
use crate::syntax::Settled;

/// What is wrong with a text in the place of another; the places are its own. What a project lacks because of it is not looked at, and
/// what was meant by lines that cannot be read is guessed in a part of the text alone.
pub(crate) fn errors_alone(env: &Env<'_>, place: Location, file: FileId, text: &str, guess: Span) -> Vec<Diagnostic> {
    let (scope, mut found) = resolve::alone(env.scope, place, file, text, guess);
    Schema::of(&scope, &mut found);
    let mut trial = Trial { env, text, settled: scope.settled.first().map(Vec::as_slice).unwrap_or_default(), found };
    scope.segments.iter().for_each(|segment| trial.check(segment, segment::check_segment));
    scope.emails.values().for_each(|email| trial.check(email, email::check_email));
    scope.teams.iter().for_each(|team| trial.check(team, team::check_team));
    scope.workflows.iter().for_each(|workflow| trial.check(workflow, workflow::check_workflow));
    let mut found = trial.found;
    found.retain(|found| found.severity == Severity::Error);
    found.sort_by_key(Diagnostic::at);
    found
}

struct Trial<'t> {
    env: &'t Env<'t>,
    text: &'t str,
    settled: &'t [Settled],
    found: Vec<Diagnostic>,
}

impl Trial<'_> {
    fn check<T, U>(&mut self, declared: &Declared<T>, check: impl Fn(&mut Cx<'_>, &T) -> U) {
        let mut cx = Cx::trial(self.env, declared.file, self.text, self.settled);
        check(&mut cx, &declared.node);
        self.found.extend(cx.found.diagnostics);
    }
}
