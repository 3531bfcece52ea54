//! When a marketing mail may leave (E8): the hours of its workflow and of the policy, and how many of them have gone to the contact by then.
//!
//! All of it is asked at the moment of leaving, before every attempt. A place under a cap is taken by what has left, and by what a channel has in
//! its hands: that may leave at any moment.

use super::contact::Journey;
use super::plan::Plan;
use super::touch::Touch;
use crate::broken::{Rule, is_broken};
use crate::store::{JourneyStatus, OutboxRecord, OutboxState, Texts};
use crate::time::{Holidays, Instant, SendWindow, Zone, civil};
use flow_ir::{Cap, DaySpan, EmailId, EmailKind, FOREVER, FactId, FieldId, NEVER, Over, WorkflowId};

/// The hours in which mail of a workflow may leave, by the clocks of a contact.
pub(super) struct Gates<'p> {
    /// Its own, and those that quiet hours leave.
    windows: [Option<SendWindow>; 2],
    blackouts: &'p [DaySpan],
    /// The contact's, which are no weekdays.
    holidays: Holidays<'p>,
}

/// What the caps say to one more mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    Free,
    /// From this instant on, or [`FOREVER`] where that hangs on an answer; by a cap on what is about a topic, or on all mail.
    FreeAt(i64, Option<FieldId>),
    /// A cap is reached that says to drop it: one on what is about a topic, or on all mail.
    Refused(Option<FieldId>),
}

impl Plan {
    /// Those of a workflow, for a contact who has these texts.
    pub(super) fn gates(&self, workflow: WorkflowId, texts: &Texts) -> Gates<'_> {
        let (window, holidays) = (self.workflow(workflow).window, self.holidays(texts));
        if is_broken(Rule::Quiet) {
            return Gates { windows: [window, None], blackouts: &[], holidays };
        }
        Gates { windows: [window, self.quiet], blackouts: &self.program.policy.blackouts, holidays }
    }

    /// The last instant at which a mail may leave that is held since then (LANGUAGE.md 5), whatever holds it: a closed window, a cap, a failed
    /// attempt, a server that is not there.
    pub(super) fn held_at_most(&self, held_since: i64) -> i64 {
        let longest = if is_broken(Rule::LongestHold) { FOREVER } else { self.program.policy.hold_ms() };
        held_since.saturating_add(longest)
    }

    pub(super) fn has_caps(&self) -> bool {
        !self.program.policy.caps.is_empty()
    }

    pub(super) fn is_marketing(&self, email: EmailId) -> bool {
        self.program.emails.get(email).is_some_and(|email| email.kind == EmailKind::Marketing)
    }

    /// Whether a mail is about a topic, as caps count. What one is about whose topic the project does not have any more goes by a name that nobody
    /// knows: it counts for each.
    fn is_about(&self, email: EmailId, topic: FieldId) -> bool {
        let about = self.program.emails.get(email).and_then(|email| email.topic);
        about.is_some_and(|about| about == topic || self.gone_topics.contains(&about))
    }

    /// What remembers that a mail left: nothing of one that no cap counts.
    pub(super) fn counted_by(&self, email: EmailId) -> impl Iterator<Item = FactId> + '_ {
        let about = self.mailed_about.iter().filter(move |(topic, _)| self.is_about(email, *topic));
        let facts = self.mailed.into_iter().chain(about.map(|(_, fact)| *fact));
        facts.filter(move |_| self.is_marketing(email))
    }

    /// Whether this marketing mail may leave, while others are on their way. Of several caps each counts.
    pub(super) fn place_for(&self, email: EmailId, frame: &[u8], on_their_way: &[EmailId], now: i64) -> Place {
        let caps = self.program.policy.caps.iter().filter(|_| !is_broken(Rule::Caps));
        let caps = caps.filter(|cap| cap.topic.is_none_or(|topic| self.is_about(email, topic)));
        let place = |cap: &Cap| {
            let counts = |email: &&EmailId| cap.topic.is_none_or(|topic| self.is_about(**email, topic));
            let on_their_way = on_their_way.iter().filter(counts).count();
            self.place_under(cap, frame, u32::try_from(on_their_way).unwrap_or(u32::MAX), now)
        };
        caps.map(place).fold(Place::Free, Place::stricter)
    }

    fn place_under(&self, cap: &Cap, frame: &[u8], on_their_way: u32, now: i64) -> Place {
        let free_at = match cap.emails.checked_sub(on_their_way.saturating_add(1)) {
            None => FOREVER,
            // With so many places left, it is the mail before those whose place has to be free.
            Some(nth) => self.left_at(cap, frame, nth).map_or(NEVER, |left_at| left_at.saturating_add(cap.per_ms)),
        };
        match cap.then {
            _ if free_at <= now => Place::Free,
            Over::Delay => Place::FreeAt(free_at, cap.topic),
            Over::Drop => Place::Refused(cap.topic),
        }
    }

    /// When the `nth` newest mail left that a cap counts, from zero; none where there were not so many.
    fn left_at(&self, cap: &Cap, frame: &[u8], nth: u32) -> Option<i64> {
        let fact = match cap.topic {
            None => self.mailed?,
            Some(topic) => self.mailed_about.iter().find(|(about, _)| *about == topic)?.1,
        };
        let fact = self.program.facts.get(fact).filter(|fact| nth < fact.depth)?;
        Some(self.program.frame.read(frame, fact.slot(nth))).filter(|at| *at > NEVER)
    }
}

impl Place {
    fn stricter(self, other: Place) -> Place {
        match (self, other) {
            (Place::Refused(topic), _) | (_, Place::Refused(topic)) => Place::Refused(topic),
            (Place::FreeAt(one, _), Place::FreeAt(at, topic)) if at > one => Place::FreeAt(at, topic),
            (Place::FreeAt(at, topic), _) | (Place::Free, Place::FreeAt(at, topic)) => Place::FreeAt(at, topic),
            (Place::Free, Place::Free) => Place::Free,
        }
    }
}

impl Gates<'_> {
    /// Whether there is an hour in which nothing leaves.
    pub(super) fn are_any(&self) -> bool {
        self.windows.iter().any(Option::is_some) || !self.blackouts.is_empty()
    }

    /// `now` where all are open, else the first instant at which they are; what comes after `until` is not looked for.
    pub(super) fn open_at(&self, now: i64, zone: Zone, until: i64) -> i64 {
        let mut at = now;
        loop {
            let later = self.each_open_at(Instant(at), zone).0;
            if later == at || later > until {
                return later;
            }
            at = later;
        }
    }

    /// When they open next, from the beginning: behind the hours that are open now. `now` where they never close.
    pub(super) fn opens_next(&self, now: i64, zone: Zone, until: i64) -> i64 {
        let open = self.open_at(now, zone, until);
        if open > now {
            return open;
        }
        match self.closes_at(now, zone) {
            Instant::NEVER => now,
            Instant(closes_at) => self.open_at(closes_at, zone, until),
        }
    }

    /// When the first of them closes that are open now. A blackout ends no hours of theirs: where mail leaves at any hour it parts none.
    fn closes_at(&self, now: i64, zone: Zone) -> Instant {
        let windows = self.windows.iter().flatten();
        windows.map(|window| window.closes_beside(self.holidays, Instant(now), zone)).min().unwrap_or(Instant::NEVER)
    }

    /// Until when a mail that these hold is held, from now on.
    pub(super) fn held_until(&self, now: i64, zone: Zone, at_most: i64) -> i64 {
        self.open_at(now, zone, at_most).min(at_most)
    }

    /// The instant that comes of asking one after the other when it opens: no earlier than they all do.
    fn each_open_at(&self, at: Instant, zone: Zone) -> Instant {
        let at = self.windows.iter().flatten().fold(at, |at, window| window.opens_beside(self.holidays, at, zone));
        self.blackouts.iter().fold(at, |at, blackout| behind(blackout, at, zone))
    }
}

/// An instant, or the end of the blackout in which it lies.
fn behind(blackout: &DaySpan, at: Instant, zone: Zone) -> Instant {
    let begins = civil::start_of(blackout.first_day.into(), zone);
    let ends = civil::start_of(i64::from(blackout.last_day) + 1, zone);
    match (begins, ends) {
        (Some(begins), Some(ends)) if begins <= at && at < ends => ends,
        _ => at,
    }
}

impl Touch<'_> {
    /// A mail has left, or nobody knows whether it has: if it is one that caps count, its place is taken.
    pub(super) fn take_place(&mut self, email: EmailId) {
        let (plan, now) = (self.plan, self.now);
        plan.counted_by(email).for_each(|fact| self.remember(fact, now));
    }

    /// What was on its way has come to something: whoever a cap holds, or the time between two mails, is asked again, at once and in their order.
    pub(super) fn ask_held_again(&mut self) {
        let (now, plan) = (self.now, self.plan);
        let may_wait_for_it = |journey: &Journey| {
            let is_spaced = || plan.program.workflows.at(journey.workflow()).spacing_ms.is_some();
            journey.record.status == JourneyStatus::Held && (plan.has_caps() || is_spaced())
        };
        for journey in self.contact.journeys.iter_mut().filter(|journey| may_wait_for_it(journey)) {
            // What is overdue stays so: how late it comes decides what becomes of it.
            let due_at = journey.record.due_at.map_or(now, |due_at| due_at.min(now));
            journey.dirty |= journey.record.due_at != Some(due_at);
            journey.record.due_at = Some(due_at);
        }
    }

    /// Where a cap may let only some of a contact's mails out, none of them tries alone: all that may be tried by now are looked at together, so
    /// that they leave in their order.
    pub(super) fn try_together(&mut self) {
        if !self.plan.has_caps() {
            return;
        }
        for index in 0..self.contact.journeys.len() {
            if self.journey(index).record.status == JourneyStatus::Sending
                && self.row_of(index).is_some_and(|row| self.may_try(row))
            {
                self.journey_mut(index).answer(super::reason::Woken::Retried);
            }
        }
    }

    fn may_try(&self, row: &OutboxRecord) -> bool {
        row.state == OutboxState::Queued && row.due_at <= self.now
    }

    /// The message for which a journey waits.
    pub(super) fn row_of(&self, index: usize) -> Option<&OutboxRecord> {
        self.outbox.row(self.journey(index).record.outbox?)
    }
}
