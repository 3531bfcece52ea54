//! What is known of a journey at a step: which emails can have been sent, what was waited for, whether anyone comes here at all.
//!
//! The steps are walked once in their order. Where branches join, what *may* have been sent is the union, and what was sent *last* is
//! clear only where every way agrees.

use super::Known;
use crate::source::Location;
use flow_ir::{EmailId, WorkflowId};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

/// The state of a journey at a step.
#[derive(Debug, Clone, Default)]
pub(super) struct Journey {
    /// The emails that some way to here sends, with where first.
    sent: Rc<BTreeMap<EmailId, Location>>,
    /// The emails that every way to here sends.
    surely: Rc<BTreeSet<EmailId>>,
    /// The last email on each way to here, with where.
    pub(super) last: Rc<BTreeSet<Option<(Location, EmailId)>>>,
    /// Every email that the whole workflow sends, with where: for exits and goals, and for messages.
    anywhere: Rc<BTreeMap<EmailId, Location>>,
    /// Whether the last wait on every way was a `wait until`.
    pub(super) waited_until: bool,
    /// A step could not be read, so anything may have happened.
    pub(super) blind: bool,
    /// The step at which everyone has left, if nobody comes here.
    pub(super) left: Option<Location>,
    pub(super) known: Known,
    /// The `repeat` that it is in.
    pub(super) repeats: Option<Location>,
    /// The workflow that it is in.
    pub(super) workflow: Option<WorkflowId>,
    /// The end of a journey that it stands at, by its words.
    pub(super) closing: Option<&'static str>,
    /// The step that is being checked.
    pub(super) here: Location,
}

impl Journey {
    /// At the first step of a workflow that sends these.
    pub(super) fn start(anywhere: Vec<(EmailId, Location)>) -> Self {
        Self { last: Rc::new(BTreeSet::from([None])), anywhere: Rc::new(first_of_each(anywhere)), ..Self::default() }
    }

    /// For a goal or an exit: at any step. `blind` where a step could not be read.
    pub(super) fn any_step(anywhere: Vec<(EmailId, Location)>, blind: bool) -> Self {
        let last = std::iter::once(None).chain(anywhere.iter().map(|(email, at)| Some((*at, *email)))).collect();
        let anywhere = Rc::new(first_of_each(anywhere));
        Self { sent: Rc::clone(&anywhere), last: Rc::new(last), anywhere, blind, ..Self::default() }
    }

    pub(super) fn send(&mut self, email: EmailId, at: Location) {
        Rc::make_mut(&mut self.sent).entry(email).or_insert(at);
        Rc::make_mut(&mut self.surely).insert(email);
        self.last = Rc::new(BTreeSet::from([Some((at, email))]));
    }

    /// Some way to here sends it.
    pub(super) fn may_send(&mut self, email: EmailId, at: Location) {
        Rc::make_mut(&mut self.sent).entry(email).or_insert(at);
        Rc::make_mut(&mut self.last).insert(Some((at, email)));
    }

    /// The same, asked of from outside a `repeat`, or from inside of another one.
    pub(super) fn outside(&self, repeats: Option<Location>) -> Self {
        Self { repeats, ..self.clone() }
    }

    pub(super) fn may_have_sent(&self, email: EmailId) -> bool {
        self.sent.contains_key(&email)
    }

    /// The emails that some way to here sends, in the order of their declaration.
    pub(super) fn may_have_been_sent(&self) -> impl Iterator<Item = EmailId> {
        self.sent.keys().copied()
    }

    /// Where everyone who comes here was sent it.
    pub(super) fn surely_sent(&self, email: EmailId) -> Option<Location> {
        if self.surely.contains(&email) { self.sent.get(&email).copied() } else { None }
    }

    pub(super) fn sent_anywhere(&self, email: EmailId) -> Option<Location> {
        self.anywhere.get(&email).copied()
    }

    /// Joins the ways of a branch: only those on which people go on.
    pub(super) fn join(before: &Journey, ways: Vec<Journey>) -> Journey {
        let mut open = ways.iter().filter(|way| way.left.is_none());
        let Some(mut joined) = open.next().cloned() else {
            let blind = ways.iter().any(|way| way.blind);
            return Journey { left: (!blind).then_some(before.here), blind, ..before.clone() };
        };
        for way in open {
            // Most branches send nothing: then both ways share what was sent before.
            if !Rc::ptr_eq(&joined.sent, &way.sent) {
                let sent = Rc::make_mut(&mut joined.sent);
                for (email, at) in way.sent.iter() {
                    sent.entry(*email).or_insert(*at);
                }
            }
            if !Rc::ptr_eq(&joined.surely, &way.surely) {
                joined.surely = Rc::new(joined.surely.intersection(&way.surely).copied().collect());
            }
            if !Rc::ptr_eq(&joined.last, &way.last) {
                Rc::make_mut(&mut joined.last).extend(way.last.iter().copied());
            }
            joined.waited_until &= way.waited_until;
            joined.blind |= way.blind;
            joined.known = joined.known.intersection(&way.known).copied().collect();
        }
        joined.blind |= ways.iter().any(|way| way.blind);
        // What everybody was sent before the branch is told of whoever of them comes behind it, unless it is nobody.
        let still = ways.iter().filter(|way| way.left.is_none()).flat_map(|way| way.surely.iter());
        let still: Vec<EmailId> = still.filter(|email| before.surely.contains(email)).copied().collect();
        if still.iter().any(|email| !joined.surely.contains(email)) {
            Rc::make_mut(&mut joined.surely).extend(still);
        }
        joined
    }

    /// Nobody who goes this way has got these: their sends were withheld, or came to nothing.
    pub(super) fn without(&mut self, emails: &[EmailId]) {
        if emails.iter().any(|email| self.surely.contains(email)) {
            Rc::make_mut(&mut self.surely).retain(|email| !emails.contains(email));
        }
    }
}

/// Where each email is sent first.
fn first_of_each(sends: Vec<(EmailId, Location)>) -> BTreeMap<EmailId, Location> {
    sends.into_iter().rev().collect()
}
