//! Ways of an `if` that everyone takes, or nobody.
//!
//! The steps are walked once in their order with what is known of everyone who comes to them ([`Way`]). Steps between two waits are one
//! instant, so there it is known how the conditions before came out, who was let in, and that no goal, exit or skip holds. A step that
//! changes a field takes away what was known of it, and where ways join, what each of them knows is left. Behind whatever may take time
//! (a wait, a send that is held) only that is still known which stays so: who has clicked has clicked, and who has visited since entry too.
//!
//! Entries and waits of one instant are judged before any step runs, and another workflow's steps may come first. So what was judged there
//! of a field is known only where no other workflow changes it, and of a wait no field is.
//!
//! The subjects of a mail are asked in their order as well, and all at one instant.

use super::Subject;
use super::together::{Said, Together, When};
use crate::diagnostics::{Diagnostic, derived, reach};
use crate::env::Env;
use crate::source::{Location, Span};
use crate::typed::{
    Cond, EventTest, Form, Number, Part, Since, Typed, TypedArm, TypedDerived, TypedEmail, TypedRepeat, TypedStep,
    TypedWait, TypedWorkflow,
};
use flow_ir::{CountedSince, EmailId, FieldId, PatternEvent, WorkflowId};
use std::collections::{BTreeMap, BTreeSet};

/// How many conditions around and before one are thought of: more make no difference to people, and take time in the square.
const MAX_BEFORE: usize = 48;

/// How the last wait ended, as a condition.
static TIMED_OUT: Cond = Cond::TimedOut;

pub(super) fn prove<'p>(subject: Subject<'p>, together: &Together<'p>, found: &mut Vec<Diagnostic>) {
    let looking =
        Looking { env: subject.env, together, changed_by: changed_by(subject.typed), started: subject.typed.started() };
    subject.typed.emails.values().for_each(|email| looking.subjects(email, found));
    subject.typed.derived.iter().for_each(|field| looking.arms(field, found));
    for (id, (declared, workflow)) in subject.typed.workflows.ids().zip(subject.workflows()) {
        // Where a brace is lost, steps stand where nobody meant them to.
        if !(declared.node.broken && declared.node.blind) {
            let way = if declared.node.broken { Way::default() } else { looking.at_entry(id, workflow) };
            looking.steps(&workflow.steps, way, found);
            // Whoever comes there may come from any step.
            workflow.closings().for_each(|steps| drop(looking.steps(steps, Way::default(), found)));
        }
    }
}

/// The workflows whose steps change each field.
fn changed_by(typed: &Typed) -> BTreeMap<FieldId, BTreeSet<WorkflowId>> {
    let mut changed_by: BTreeMap<FieldId, BTreeSet<WorkflowId>> = BTreeMap::new();
    for (id, workflow) in typed.workflows.iter() {
        workflow.each_step(&mut |step| {
            if let Some(field) = step.changes() {
                changed_by.entry(field).or_default().insert(id);
            }
        });
    }
    changed_by
}

/// A condition that was asked before, how it came out, and where it stands.
type Before<'p> = (Said<'p>, Location);

/// What is known of everyone who comes to a step.
#[derive(Clone, Default)]
struct Way<'p> {
    told: Vec<Before<'p>>,
    /// No time has passed since they came in, so nothing has happened in the journey yet.
    fresh: bool,
}

/// What comes between one step and the next, and may take time.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Passes {
    /// A message, or whatever else is done outside.
    Effect(Option<EmailId>),
    Wait,
}

impl<'p> Way<'p> {
    fn note(&mut self, said: Said<'p>, at: Location) {
        if self.told.len() < MAX_BEFORE {
            self.told.push((said, at));
        }
    }

    fn with(&self, said: Said<'p>, at: Location) -> Self {
        let mut with = self.clone();
        with.note(said, at);
        with
    }

    fn when(&self) -> When {
        if self.fresh { When::FirstSteps } else { When::Anytime }
    }

    /// What is known on each of these ways; none where nobody comes on any.
    fn join(ways: impl IntoIterator<Item = Option<Self>>) -> Option<Self> {
        ways.into_iter().flatten().reduce(|mut joined, other| {
            let is_told = |((cond, holds), _): &Before<'p>| {
                other.told.iter().any(|((known, so), _)| std::ptr::eq(*known, *cond) && so == holds)
            };
            joined.told.retain(is_told);
            joined.fresh &= other.fresh;
            joined
        })
    }
}

struct Looking<'p, 't> {
    env: &'p Env<'p>,
    together: &'t Together<'p>,
    changed_by: BTreeMap<FieldId, BTreeSet<WorkflowId>>,
    /// The workflows that a step lets people into, whatever their own entry says.
    started: BTreeSet<WorkflowId>,
}

impl<'p> Looking<'p, '_> {
    /// What is known of those who have just come in.
    fn at_entry(&self, id: WorkflowId, workflow: &'p TypedWorkflow) -> Way<'p> {
        let entry = workflow.entry.when().filter(|_| !self.started.contains(&id)).map(|when| (when, true));
        let heads = workflow.goal.iter().map(|goal| &goal.when).chain(workflow.exits.iter().map(|(when, ..)| when));
        let heads = heads.chain(&workflow.skip).map(|when| (when, false));
        let mut way = Way { told: Vec::new(), fresh: true };
        for (Part { cond, at }, holds) in entry.into_iter().chain(heads) {
            let still_so = |test: &Cond, _| {
                let own = |of: &FieldId| self.changed_by.get(of).is_none_or(|by| by.iter().all(|by| *by == id));
                is_seen_alike(test) && fields_of(test).iter().all(own)
            };
            self.kept((cond, holds), &still_so).into_iter().for_each(|said| way.note(said, *at));
        }
        way
    }

    /// Walks some steps; none where everyone leaves.
    fn steps(&self, steps: &'p [TypedStep], way: Way<'p>, found: &mut Vec<Diagnostic>) -> Option<Way<'p>> {
        steps.iter().try_fold(way, |way, step| self.step(step, way, found))
    }

    fn step(&self, step: &'p TypedStep, way: Way<'p>, found: &mut Vec<Diagnostic>) -> Option<Way<'p>> {
        match &step.form {
            Form::Finish(_) => None,
            Form::Unknown | Form::Unreadable | Form::Effect { effect: None, .. } => Some(Way::default()),
            Form::Change { field, .. } => Some(self.keep(way, &|test, _| !fields_of(test).contains(field))),
            Form::Effect { .. } => Some(self.later(way, Passes::Effect(step.message()))),
            Form::Wait(TypedWait::For(_)) => Some(self.later(way, Passes::Wait)),
            Form::Wait(TypedWait::On { past, .. }) => {
                let way = self.later(way, Passes::Wait);
                let past = past.as_ref().and_then(|(steps, _)| self.steps(steps, way.clone(), found));
                Way::join([Some(way), past])
            }
            Form::Wait(TypedWait::Until { when, at, otherwise, .. }) => {
                if !self.can_hold(&Way::default(), (when, false)) {
                    found.push(reach::never_waits(step.at));
                }
                let way = self.later(way, Passes::Wait);
                let ended = |timed_out: bool| {
                    let mut ended = way.with((&TIMED_OUT, timed_out), *at);
                    let judged = self.kept((when, !timed_out), &|test, _| is_seen_alike(test) && is_of_events(test));
                    judged.into_iter().for_each(|said| ended.note(said, *at));
                    ended
                };
                let late = match otherwise {
                    Some((steps, _)) => self.steps(steps, ended(true), found),
                    None => Some(ended(true)),
                };
                Way::join([Some(ended(false)), late])
            }
            // Whoever comes to a round comes from before it or from another one.
            Form::Repeat(TypedRepeat { steps, .. }) => {
                self.steps(steps, Way::default(), found);
                Some(Way::default())
            }
            Form::Branch { arms, otherwise, leaves_out, .. } => {
                let otherwise = otherwise.as_ref().map(|(steps, at)| (steps.as_slice(), *at));
                self.branch(step.at, arms, otherwise, *leaves_out, way, found)
            }
        }
    }

    /// `leaves_out` is where a way for those who are left could stand, if it has to say what becomes of everyone.
    fn branch(
        &self,
        at: Location,
        arms: &'p [TypedArm],
        otherwise: Option<(&'p [TypedStep], Location)>,
        leaves_out: Option<Location>,
        way: Way<'p>,
        found: &mut Vec<Diagnostic>,
    ) -> Option<Way<'p>> {
        // What cannot be at once was reported, and proves anything.
        let around = if self.is_possible(&way) { way } else { Way::default() };
        let mut before = around.clone();
        let mut told = false;
        let mut ways = Vec::new();
        for (number, arm) in arms.iter().enumerate() {
            // Where everyone has a way, the last of them takes all who are left.
            let is_last = number + 1 == arms.len() && otherwise.is_none() && leaves_out.is_none();
            if !told && let Some(diagnostic) = self.judge(arm, number, is_last, &before, around.told.len()) {
                found.push(diagnostic);
                told = true;
            }
            if told {
                // Where nobody is left everything would be wrong, so from here on only that is thought of which was so before.
                before = around.clone();
                ways.push(self.steps(&arm.steps, around.clone(), found));
            } else {
                ways.push(self.steps(&arm.steps, before.with((&arm.when, true), arm.at), found));
                before.note((&arm.when, false), arm.at);
            }
        }
        if let Some((steps, at)) = otherwise {
            let nobody = !told && !steps.is_empty() && !self.is_possible(&before);
            if nobody {
                let text = self.env.text_at(at.file, at.span);
                let word = if text.starts_with("otherwise") { "otherwise" } else { "else" };
                found.push(reach::nobody_is_left(word, at, before.told.iter().map(|(_, at)| *at).collect()));
                before = around;
            }
            ways.push(self.steps(steps, before, found));
        } else {
            if !told && let Some(close) = leaves_out.filter(|_| self.is_possible(&before)) {
                found.push(reach::leaves_out(&self.env.text_at(at.file, at.span), at, close, &self.last_way(close)));
            }
            ways.push(Some(before));
        }
        Way::join(ways)
    }

    /// A way for everybody else before the brace that closes a `choose by`, laid out as that is.
    fn last_way(&self, close: Location) -> String {
        let text = self.env.scope.sources.get(close.file.0 as usize).map_or("", |source| source.text.as_str());
        let before = text.get(..close.span.start as usize).unwrap_or_default();
        let line = before.rsplit('\n').next().unwrap_or_default();
        match line.trim().is_empty() {
            true => format!("  otherwise {{ }}\n{line}"),
            false => "otherwise { } ".to_owned(),
        }
    }

    /// What is wrong with one way of an `if`; `around` of what is known before it was so before the `if`.
    fn judge(
        &self,
        arm: &'p TypedArm,
        number: usize,
        is_last: bool,
        before: &Way<'p>,
        around: usize,
    ) -> Option<Diagnostic> {
        let (takes, passes) = ((&arm.when, true), (&arm.when, false));
        // That it never holds by itself was reported.
        if !self.can_hold(&Way::default(), takes) {
            return None;
        }
        let test = || arm.test.clone();
        if !self.can_hold(before, takes) {
            let because = self.because(before, takes);
            let in_order = before.told.iter().skip(around).any(|(_, at)| because.contains(at));
            return Some(if because.is_empty() {
                reach::nothing_done_yet(&test(), arm.at)
            } else if in_order {
                reach::taken_before(&test(), arm.at, because)
            } else {
                reach::never_true_here(&test(), arm.at, because)
            });
        }
        if (number > 0 && !is_last) || self.can_hold(before, passes) {
            return None;
        }
        let because = self.because(before, passes);
        Some(match self.condition_of_else(arm.at).filter(|_| number > 0) {
            Some(condition) => reach::everyone_else(&test(), arm.at, because, condition),
            None => reach::always_true(&test(), arm.at, because),
        })
    }

    /// From behind the `else` to the end of the condition, so that without it an `else` is left.
    fn condition_of_else(&self, at: Location) -> Option<Location> {
        let text = &self.env.scope.sources.get(at.file.0 as usize)?.text;
        let before = text.get(..at.span.start as usize)?.trim_end().strip_suffix("if")?.trim_end();
        before.ends_with("else").then(|| Span::new(before.len() as u32, at.span.end).in_file(at.file))
    }

    /// Subjects that nobody gets, or everyone who is left.
    fn subjects(&self, email: &'p TypedEmail, found: &mut Vec<Diagnostic>) {
        let mut before = Way::default();
        for Part { cond, at } in email.subjects.iter().filter_map(|(when, _)| when.as_ref()) {
            let test = || self.env.text_at(at.file, at.span);
            let by_itself = [true, false].into_iter().all(|holds| self.can_hold(&Way::default(), (cond, holds)));
            if !by_itself {
                return;
            }
            if !self.can_hold(&before, (cond, true)) {
                return found.push(reach::nobody_gets_it(&test(), *at, self.because(&before, (cond, true))));
            }
            if !self.can_hold(&before, (cond, false)) {
                return found.push(reach::the_rest_get_it(&test(), *at, self.because(&before, (cond, false))));
            }
            before.note((cond, false), *at);
        }
    }

    /// Values of a derived field that nobody has, or everyone who is left.
    fn arms(&self, field: &'p TypedDerived, found: &mut Vec<Diagnostic>) {
        let mut before = Way::default();
        for (Part { cond, at }, _) in &field.arms {
            let by_itself = [true, false].into_iter().all(|holds| self.can_hold(&Way::default(), (cond, holds)));
            if !by_itself {
                return;
            }
            let test = || self.env.text_at(at.file, at.span);
            if before.told.iter().any(|(said, _)| *said == (cond, false)) {
                // It stands there twice, which is told already.
                continue;
            }
            if !self.can_hold(&before, (cond, true)) {
                return found.push(derived::nobody_has_it(&test(), *at, self.because(&before, (cond, true))));
            }
            if !self.can_hold(&before, (cond, false)) {
                return found.push(derived::the_rest_have_it(&test(), *at, self.because(&before, (cond, false))));
            }
            before.note((cond, false), *at);
        }
    }

    fn can_hold(&self, before: &Way<'p>, test: Said<'p>) -> bool {
        let said: Vec<Said<'p>> = before.told.iter().map(|(said, _)| *said).chain([test]).collect();
        self.together.can_hold(&said, before.when())
    }

    fn is_possible(&self, way: &Way<'p>) -> bool {
        let said: Vec<Said<'p>> = way.told.iter().map(|(said, _)| *said).collect();
        self.together.can_hold(&said, way.when())
    }

    /// The conditions because of which it cannot be so: one where one is enough, else all; none where it is only too early.
    fn because(&self, before: &Way<'p>, test: Said<'p>) -> Vec<Location> {
        let of = |told: Vec<Before<'p>>| Way { told, fresh: before.fresh };
        if !self.can_hold(&of(Vec::new()), test) {
            return Vec::new();
        }
        match before.told.iter().find(|told| !self.can_hold(&of(vec![**told]), test)) {
            Some((_, at)) => vec![*at],
            None => before.told.iter().map(|(_, at)| *at).collect(),
        }
    }

    /// What is still known when time may have passed.
    fn later(&self, way: Way<'p>, passes: Passes) -> Way<'p> {
        Way { fresh: false, ..self.keep(way, &|test, holds| lasts(test, holds, passes)) }
    }

    /// What is still known, of which that can be said.
    fn keep(&self, way: Way<'p>, still_so: &dyn Fn(&Cond, bool) -> bool) -> Way<'p> {
        let told = way
            .told
            .into_iter()
            .flat_map(|(said, at)| self.kept(said, still_so).into_iter().map(move |said| (said, at)));
        Way { told: told.take(MAX_BEFORE).collect(), fresh: way.fresh }
    }

    /// The parts that must all be so, of which each test is `still_so`.
    fn kept(&self, (cond, holds): Said<'p>, still_so: &dyn Fn(&Cond, bool) -> bool) -> Vec<Said<'p>> {
        if self.is_still_so((cond, holds), still_so) {
            return vec![(cond, holds)];
        }
        match (cond, holds) {
            (Cond::Not(inner), _) => self.kept((inner, !holds), still_so),
            (Cond::All(parts), true) | (Cond::Any(parts), false) => {
                parts.iter().flat_map(|part| self.kept((&part.cond, holds), still_so)).collect()
            }
            (Cond::Segment(id), _) => {
                let said = self.together.live_segment(*id);
                said.map(|said| self.kept((said, holds), still_so)).unwrap_or_default()
            }
            _ => Vec::new(),
        }
    }

    fn is_still_so(&self, (cond, holds): Said<'p>, still_so: &dyn Fn(&Cond, bool) -> bool) -> bool {
        match cond {
            Cond::Unknown => false,
            Cond::Not(inner) => self.is_still_so((inner, !holds), still_so),
            Cond::All(parts) | Cond::Any(parts) => {
                parts.iter().all(|part| self.is_still_so((&part.cond, holds), still_so))
            }
            Cond::Segment(id) => {
                self.together.live_segment(*id).is_some_and(|said| self.is_still_so((said, holds), still_so))
            }
            test => still_so(test, holds),
        }
    }
}

/// The fields that a single test reads.
fn fields_of(test: &Cond) -> Vec<FieldId> {
    fn read(number: &Number) -> Vec<FieldId> {
        match number {
            Number::Const(_) => Vec::new(),
            Number::Field(field) | Number::Or(field, _) => vec![*field],
            Number::Max(a, b) | Number::Min(a, b) | Number::Add(a, b) | Number::Sub(a, b) => {
                [read(a), read(b)].concat()
            }
        }
    }
    match test {
        Cond::Truth(of) | Cond::Known(of) | Cond::CodeIn(of, _) | Cond::TextIn(of, _) | Cond::TextTest(of, ..) => {
            vec![*of]
        }
        Cond::Compare(left, _, right) => [read(left), read(right)].concat(),
        _ => test.dated().into_iter().collect(),
    }
}

/// Whether an entry or a wait sees it as the step behind it does: people are in a segment, or out of it, when other steps of the same
/// instant have run.
fn is_seen_alike(test: &Cond) -> bool {
    match test {
        Cond::Events(test) => {
            !matches!(test.pattern.event, PatternEvent::Entered(_) | PatternEvent::Left(_) | PatternEvent::Changed(_))
        }
        _ => true,
    }
}

/// Whether it asks for what people did, and for nothing that a step could change.
fn is_of_events(test: &Cond) -> bool {
    matches!(test, Cond::Events(_) | Cond::Watched(_) | Cond::WatchedSince(_) | Cond::Engaged { .. })
}

/// Whether a test that came out so comes out the same whenever it is asked later.
fn lasts(test: &Cond, holds: bool, passes: Passes) -> bool {
    match test {
        Cond::TimedOut => passes != Passes::Wait,
        Cond::Sent(_) | Cond::Watched(_) => holds,
        // Whoever was drawn for a way goes it wherever people part by this split.
        Cond::Drawn { .. } => true,
        Cond::Engaged { email, .. } => holds && passes != Passes::Effect(Some(*email)),
        Cond::Events(EventTest { since, .. }) => {
            holds
                && match since {
                    Since::Ever | Since::Journey(CountedSince::Entry) => true,
                    Since::Journey(CountedSince::Sent(email)) => passes != Passes::Effect(Some(*email)),
                    Since::Journey(CountedSince::Wait) => passes != Passes::Wait,
                    Since::Journey(CountedSince::Round) | Since::Trigger | Since::Within(_) | Since::This(_) => false,
                }
        }
        _ => false,
    }
}
