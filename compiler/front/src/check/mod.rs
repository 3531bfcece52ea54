//! What everything means: every predicate, value and step typed, with missing values tracked.
//!
//! In: an [`Env`]. Out: a [`Typed`] program, whole only if there is no error. A part that is wrong is reported once and becomes
//! [`Cond::Unknown`], which agrees with everything, so that one mistake gives one message. The order below is the order of need: the
//! schema first, then what can be asked of it, then what is sent, then who walks through which steps.

mod absence;
mod alone;
mod appointment;
mod awaited;
mod calendar;
mod come_back;
mod confirm;
mod cx;
mod dates;
mod days;
mod derived;
mod duration;
mod email;
mod event;
mod field;
mod flow;
mod habits;
mod header;
mod named;
mod never;
mod number;
mod policy;
mod predicate;
mod relation;
mod segment;
mod step;
mod team;
mod text;
mod trigger;
mod workflow;

macro_rules! modules {
    ({$($module:ident: $variant:ident $node:tt $rules:tt $about:tt;)*} $later:tt) => { $(mod $module;)* };
    ($($module:ident)*) => { $(mod $module;)* };
}
constructs::steps!(modules);
constructs::header_modules!(modules);

pub(crate) use alone::{errors_alone, impossible_alone};

use crate::Project;
use crate::diagnostics::Diagnostic;
use crate::env::Env;
use crate::meaning::Meanings;
use crate::resolve::{Declared, Scope};
use crate::syntax::constructs;
use crate::typed::{Cond, Part, Typed};
use cx::{Cx, Found};
use flow_ir::{FieldId, Id};
use std::collections::BTreeSet;

/// The fields known to be present at a place.
pub(crate) type Known = BTreeSet<FieldId>;

/// What checking a program gave.
#[derive(Debug)]
pub(crate) struct Checked {
    pub typed: Typed,
    pub meanings: Meanings,
    pub diagnostics: Vec<Diagnostic>,
}

/// The environment of a program, with every segment typed in it, and what is wrong with what it holds.
pub(crate) fn environment<'p>(scope: &'p Scope, project: &'p Project) -> (Env<'p>, Checked) {
    let mut all = Gathered::default();
    // The schema first: whatever is asked, is asked of it.
    let mut env = Env::new(scope, project, &mut all.found.diagnostics);
    // Segments may name each other and are named everywhere, so they are typed before anything that names them, innermost first.
    for id in all.take(segment::order(&env)) {
        if let Some(declared) = scope.segments.get(id.index()) {
            let cond = all.check(&env, declared, segment::check_segment);
            *env.segments.conds.at_mut(id) = Some(cond);
        }
    }
    // Whether a window meets the hours in which mail may leave at all is asked of each workflow.
    for declared in &scope.policy {
        let (rules, comes_back) = all.check(&env, declared, policy::check_policy);
        policy::join(&mut env.policy, rules);
        env.comes_back = env.comes_back.take().or(comes_back);
    }
    let checked =
        Checked { typed: typed_environment(&env), meanings: all.found.meanings, diagnostics: all.found.diagnostics };
    (env, checked)
}

/// Types every other declaration alone, against the rest. What is already known goes in and comes out whole.
pub(crate) fn check(env: &Env<'_>, known: Checked) -> Checked {
    let Checked { mut typed, meanings, diagnostics } = known;
    let mut all = Gathered { found: Found { diagnostics, meanings } };
    check_bodies(env.scope, &mut (env, &mut all), &mut typed);
    typed.confirmation = confirm::confirmation(env, &typed);
    all.found.diagnostics.extend(calendar::of_the_same_people(&typed.calendars));
    let Found { diagnostics, mut meanings } = all.found;
    meanings.settle();
    Checked { typed, meanings, diagnostics }
}

/// Who checks one declaration, and keeps what is found.
trait Hand {
    fn check<T, U>(&mut self, declared: &Declared<T>, check: impl Fn(&mut Cx<'_>, &T) -> U) -> U;
}

/// Every kind of declaration that is checked by itself; segments come before them.
fn check_bodies(scope: &Scope, hand: &mut impl Hand, typed: &mut Typed) {
    typed.derived = scope.derived.iter().filter_map(|field| hand.check(field, derived::check_derived)).collect();
    typed.emails = scope.emails.values().map(|email| hand.check(email, email::check_email)).collect();
    typed.teams = scope.teams.iter().map(|team| hand.check(team, team::check_team)).collect();
    typed.calendars = scope.calendars.iter().map(|calendar| hand.check(calendar, calendar::check_calendar)).collect();
    typed.workflows = scope.workflows.iter().map(|workflow| hand.check(workflow, workflow::check_workflow)).collect();
}

impl Hand for (&Env<'_>, &mut Gathered) {
    fn check<T, U>(&mut self, declared: &Declared<T>, check: impl Fn(&mut Cx<'_>, &T) -> U) -> U {
        self.1.check(self.0, declared, check)
    }
}

fn typed_environment(env: &Env<'_>) -> Typed {
    let segments = env.scope.segments.iter().zip(env.segments.conds.values());
    let segments = segments.map(|(declared, cond)| crate::typed::TypedSegment {
        name: declared.node.name.text.clone(),
        when: Part { cond: cond.clone().unwrap_or(Cond::Unknown), at: declared.at(declared.node.predicate.span()) },
    });
    Typed {
        fields: env.schema.fields.values().map(|field| field.shape.clone()).collect(),
        stages: env.schema.stages.clone(),
        events: env.schema.events.values().map(|event| event.shape.clone()).collect(),
        segments: segments.collect(),
        policy: env.policy.clone(),
        come_back: come_back::come_back(env),
        ..Typed::default()
    }
}

/// What all declarations so far gave beside their results.
#[derive(Default)]
struct Gathered {
    found: Found,
}

impl Gathered {
    /// Checks one declaration alone.
    fn check<T, U>(&mut self, env: &Env<'_>, declared: &Declared<T>, check: impl Fn(&mut Cx<'_>, &T) -> U) -> U {
        let mut cx = Cx::new(env, declared.file, self.found.diagnostics.len());
        let checked = check(&mut cx, &declared.node);
        self.take((checked, cx.found))
    }

    fn take<T>(&mut self, (result, found): (T, Found)) -> T {
        self.found.diagnostics.extend(found.diagnostics);
        self.found.meanings.extend(found.meanings);
        result
    }
}
