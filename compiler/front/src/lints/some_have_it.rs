//! A mail that some of those who come to its step have had already.
//!
//! People get each email once in a journey, so for them the step does nothing. Where everyone has had it that is an error (F0604); where
//! some have, it may be meant, and mostly the step was copied. The steps are walked once in their order with where each email was sent and
//! what is known of those to whom it was: ways of which a person takes only one may send the same.

use crate::analysis::Subject;
use crate::analysis::together::{Said, Together, When};
use crate::diagnostics::{Code, Diagnostic};
use crate::source::{Location, Span};
use crate::typed::{Cond, Form, Typed, TypedRepeat, TypedStep, TypedWait, each_step};
use flow_ir::{Effect, EmailId};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

/// How much thought is given to whether two ways are ones of which a person takes only one, in all.
const LOOKS: usize = 100_000;
/// How many conditions are thought of: more make no difference to people.
const MAX_KNOWN: usize = 16;
/// How many sends of one email are remembered.
const MAX_SENDS: usize = 16;

/// How the last wait ended, as a condition.
static TIMED_OUT: Cond = Cond::TimedOut;

pub(super) fn lint(subject: Subject<'_>, found: &mut Vec<Diagnostic>) {
    let together = Together::with_looks(subject.env, LOOKS);
    for (declared, workflow) in subject.workflows() {
        let several = sent_by_several(&workflow.steps);
        if !declared.node.broken && !several.is_empty() {
            Walk { typed: subject.typed, together: &together, several, found }.steps(&workflow.steps, Way::default());
        }
    }
}

/// The emails that more than one step sends: most workflows have none.
fn sent_by_several(steps: &[TypedStep]) -> BTreeSet<EmailId> {
    let (mut once, mut several) = (BTreeSet::new(), BTreeSet::new());
    each_step(steps, &mut |step| {
        if let Some(email) = step.message()
            && !once.insert(email)
        {
            several.insert(email);
        }
    });
    several
}

/// `send guide again`: whoever has had it gets it once more.
fn says_again(step: &TypedStep) -> bool {
    matches!(&step.form, Form::Effect { effect: Some(Effect::Send(send)), .. } if send.again)
}

/// What is known of those who come to a step.
#[derive(Clone, Default)]
struct Way<'p> {
    /// Where some of them were sent an email, and what was known of them there. Ways share it until they differ.
    sent: Rc<BTreeMap<EmailId, Rc<Vec<Sent<'p>>>>>,
    /// What all of them were sent.
    surely: Rc<BTreeSet<EmailId>>,
    known: Vec<Said<'p>>,
}

#[derive(Clone, PartialEq)]
struct Sent<'p> {
    at: Location,
    known: Vec<Said<'p>>,
}

impl<'p> Way<'p> {
    fn with(&self, said: Said<'p>) -> Self {
        let mut way = self.clone();
        let mut without = BTreeSet::new();
        not_sent(said, &mut without);
        if !without.is_empty() {
            Rc::make_mut(&mut way.sent).retain(|email, _| !without.contains(email));
        }
        if way.known.len() < MAX_KNOWN {
            way.known.push(said);
        }
        way
    }

    /// With those of another way; none where nobody comes.
    fn join(one: Option<Self>, other: Option<Self>) -> Option<Self> {
        let (mut one, other) = match (one, other) {
            (Some(one), Some(other)) => (one, other),
            (one, other) => return one.or(other),
        };
        if !Rc::ptr_eq(&one.sent, &other.sent) {
            let sent = Rc::make_mut(&mut one.sent);
            for (email, places) in other.sent.iter() {
                let all = sent.entry(*email).or_insert_with(|| Rc::clone(places));
                let new: Vec<Sent<'p>> = match Rc::ptr_eq(all, places) {
                    true => Vec::new(),
                    false => places.iter().filter(|place| !all.contains(place)).cloned().collect(),
                };
                if !new.is_empty() && all.len() < MAX_SENDS {
                    Rc::make_mut(all).extend(new);
                }
            }
        }
        if !Rc::ptr_eq(&one.surely, &other.surely) {
            one.surely = Rc::new(one.surely.intersection(&other.surely).copied().collect());
        }
        one.known.retain(|said| other.known.contains(said));
        Some(one)
    }
}

/// The emails that those have not had of whom this was said.
fn not_sent((cond, holds): Said<'_>, without: &mut BTreeSet<EmailId>) {
    match cond {
        Cond::Sent(email) if !holds => {
            without.insert(*email);
        }
        Cond::Not(inner) => not_sent((inner, !holds), without),
        Cond::All(parts) if holds => parts.iter().for_each(|part| not_sent((&part.cond, true), without)),
        Cond::Any(parts) if !holds => parts.iter().for_each(|part| not_sent((&part.cond, false), without)),
        _ => {}
    }
}

struct Walk<'p, 'f> {
    typed: &'p Typed,
    together: &'f Together<'p>,
    several: BTreeSet<EmailId>,
    found: &'f mut Vec<Diagnostic>,
}

impl<'p> Walk<'p, '_> {
    /// The way behind some steps; none where everyone has left.
    fn steps(&mut self, steps: &'p [TypedStep], way: Way<'p>) -> Option<Way<'p>> {
        steps.iter().try_fold(way, |way, step| self.behind(step, way))
    }

    fn behind(&mut self, step: &'p TypedStep, mut way: Way<'p>) -> Option<Way<'p>> {
        match &step.form {
            Form::Finish(_) => None,
            Form::Effect { .. } => {
                if let Some(email) = step.message().filter(|email| self.several.contains(email)) {
                    if !says_again(step) {
                        self.judge(step, email, &way);
                    }
                    // Whoever comes here has it from now on, from this step or an earlier one.
                    let sent = Sent { at: step.at, known: way.known.clone() };
                    Rc::make_mut(&mut way.sent).insert(email, Rc::new(vec![sent]));
                    Rc::make_mut(&mut way.surely).insert(email);
                }
                Some(way)
            }
            Form::Wait(TypedWait::Until { otherwise: Some((steps, _)), .. }) => {
                let late = self.steps(steps, way.with((&TIMED_OUT, true)));
                Way::join(Some(way), late)
            }
            Form::Wait(TypedWait::On { past: Some((steps, _)), .. }) => {
                let past = self.steps(steps, way.clone());
                Way::join(Some(way), past)
            }
            // Some may go no round; everything that a round sends says `again`.
            Form::Repeat(TypedRepeat { steps, .. }) => {
                let round = self.steps(steps, way.clone());
                Way::join(Some(way), round)
            }
            Form::Branch { arms, otherwise, .. } => {
                let (mut rest, mut after) = (way, None);
                for arm in arms {
                    after = Way::join(after, self.steps(&arm.steps, rest.with((&arm.when, true))));
                    rest = rest.with((&arm.when, false));
                }
                let rest = match otherwise {
                    Some((steps, _)) => self.steps(steps, rest),
                    None => Some(rest),
                };
                Way::join(after, rest)
            }
            // Anything may stand there.
            Form::Unreadable => None,
            _ => Some(way),
        }
    }

    fn judge(&mut self, step: &TypedStep, email: EmailId, way: &Way<'p>) {
        let Some(sent) = way.sent.get(&email).filter(|_| !way.surely.contains(&email)) else { return };
        let may_have_it = |sent: &&Sent<'p>| {
            let both: Vec<Said<'p>> = sent.known.iter().chain(&way.known).copied().collect();
            self.together.can_hold(&both, When::Anytime)
        };
        let Some(first) = sent.iter().find(may_have_it) else { return };
        let Some(name) = self.typed.emails.get(email).map(|email| &email.email.name) else { return };
        let Location { file, span } = step.at;
        let diagnostic = Diagnostic::warning(
            Code::SomeHaveIt,
            format!("some of those who come here have had `{name}` already"),
            step.at,
            "nothing is sent to them here",
        )
        .label(first.at, "sent here to some of them")
        .why("people get each email once in a journey")
        .help("if that is meant, say so; to write to them again, make a second email with words of its own:")
        .edit(Span::new(span.start, span.start).in_file(file), format!("if not sent {name} {{ "))
        .edit(Span::new(span.end, span.end).in_file(file), " }");
        self.found.push(diagnostic);
    }
}
