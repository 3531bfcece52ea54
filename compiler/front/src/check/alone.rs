//! A few declarations of a text that is only tried out, against all that the project says.

use super::cx::Cx;
use super::{Hand, check_bodies, policy, segment};
use crate::analysis;
use crate::diagnostics::{Diagnostic, Severity, many};
use crate::env::Env;
use crate::env::schema::Schema;
use crate::resolve::{self, Declared};
use crate::source::{FileId, Location, Span};
use crate::syntax::Settled;
use crate::typed::{Part, Typed, TypedSegment};

/// What is wrong with a text in the place of another; the places are its own. What a project lacks because of it is not looked at, and
/// what was meant by lines that cannot be read is guessed in a part of the text alone.
pub(crate) fn errors_alone(env: &Env<'_>, place: Location, file: FileId, text: &str, guess: Span) -> Vec<Diagnostic> {
    let (scope, mut found) = resolve::alone(env.scope, place, file, text, guess);
    Schema::of(&scope, &mut found);
    let mut trial = Trial { env, text, settled: scope.settled.first().map(Vec::as_slice).unwrap_or_default(), found };
    for segment in &scope.segments {
        trial.check(segment, segment::check_segment);
    }
    for policy in &scope.policy {
        trial.check(policy, policy::check_policy);
    }
    check_bodies(&scope, &mut trial, &mut Typed::default());
    let mut found = trial.found;
    found.retain(|found| found.severity == Severity::Error);
    found.sort_by_key(Diagnostic::at);
    many::bounded(found, |_| Some((file, 0))).0
}

/// Where such a text asks for what can never be so.
pub(crate) fn impossible_alone<'p>(env: &'p Env<'p>, place: Location, file: FileId, text: &str) -> Vec<Location> {
    let (scope, mut found) = resolve::alone(env.scope, place, file, text, Span::new(u32::MAX, u32::MAX));
    Schema::of(&scope, &mut found);
    let mut trial = Trial { env, text, settled: scope.settled.first().map(Vec::as_slice).unwrap_or_default(), found };
    let mut typed = Typed::default();
    let segments = scope.segments.iter().map(|segment| TypedSegment {
        name: segment.node.name.text.clone(),
        when: Part {
            cond: trial.check(segment, segment::check_segment),
            at: segment.at(segment.node.predicate.span()),
        },
    });
    typed.segments = segments.collect();
    check_bodies(&scope, &mut trial, &mut typed);
    let mut roots = Vec::new();
    typed.each_root(&mut |root| roots.push(root));
    analysis::impossible(env, &roots)
}

struct Trial<'t> {
    env: &'t Env<'t>,
    text: &'t str,
    settled: &'t [Settled],
    found: Vec<Diagnostic>,
}

impl Hand for Trial<'_> {
    fn check<T, U>(&mut self, declared: &Declared<T>, check: impl Fn(&mut Cx<'_>, &T) -> U) -> U {
        let mut cx = Cx::trial(self.env, declared.file, self.text, self.settled);
        let checked = check(&mut cx, &declared.node);
        self.found.extend(cx.found.diagnostics);
        checked
    }
}
