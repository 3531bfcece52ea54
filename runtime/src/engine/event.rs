//! A tracked event: what it says of the contact, before anyone reacts to it.
//!
//! Windows count events by when they occurred; entries are triggered by their arrival (E3).

use super::contact::{Contact, Journey};
use super::counter;
use super::joint::Arrived;
use super::plan::Plan;
use super::touch::Touch;
use super::trigger::Said;
use crate::inbound::{Known, MailEvent, Tracked};
use flow_ir::{CountedSince, EventCount, FactId, NEVER, PatternId, WorkflowId};

/// Whether it occurred too long before what let somebody in to count since then, however late it arrives. `late_by`: how long may lie between
/// the two, in milliseconds.
pub(super) fn is_history(occurred_at: i64, triggered_at: i64, late_by: i64) -> bool {
    occurred_at < triggered_at.saturating_sub(late_by)
}

/// The entries that an event triggers, each workflow once.
pub(super) type Triggers = Vec<Trigger>;

/// An entry that an event triggers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Trigger {
    pub(super) workflow: WorkflowId,
    /// Which of its patterns matched.
    pub(super) bits: u64,
    /// When the event occurred: the earliest, where several came at once.
    pub(super) occurred_at: i64,
    /// What it said that the workflow asks for.
    pub(super) said: Said,
}

impl Trigger {
    /// Adds it to others. What several at once let somebody into says what the event said that is among them.
    pub(super) fn join(self, triggers: &mut Triggers) {
        match triggers.iter_mut().find(|known| known.workflow == self.workflow) {
            Some(known) => {
                known.bits |= self.bits;
                known.occurred_at = known.occurred_at.min(self.occurred_at);
                if known.said.is_empty() {
                    known.said = self.said;
                }
            }
            None => triggers.push(self),
        }
    }
}

impl Touch<'_> {
    /// Takes in an event, and tells what it triggers; none where nothing comes of it. `occurred_at` is not later than now.
    pub(super) fn track(&mut self, event: &Tracked, occurred_at: i64) -> Option<Triggers> {
        self.known_from(occurred_at);
        let mail = event.meaning.mail;
        if mail.is_some_and(|mail| !self.track_mail(mail, event, occurred_at)) {
            return None;
        }
        if event.meaning.answer.is_some_and(|answer| !self.track_answer(answer, event, occurred_at)) {
            return None;
        }
        if !event.meaning.is_known() {
            self.count_unknown(event);
        }
        self.note_enrolment(event);
        let mut triggers = Triggers::new();
        for pattern in self.said_by(event) {
            self.matched(pattern, &event.values, occurred_at, &mut triggers);
        }
        for trigger in &mut triggers {
            trigger.said = self.plan.said_to(trigger.workflow, event);
        }
        Some(triggers)
    }

    /// What an event says to conditions. Which topics somebody confirms hangs on what they had asked for, also where the event names none.
    fn said_by(&mut self, event: &Tracked) -> Vec<PatternId> {
        let plan = self.plan;
        let mut said = plan.patterns.said_by(event.meaning, &event.values);
        let confirmed = std::mem::take(&mut self.confirmed);
        let Some(declared) = event.meaning.declared.filter(|_| event.meaning.mail == Some(MailEvent::Confirmed)) else {
            return said;
        };
        for (_, topic) in plan.program.topics().filter(|(field, _)| confirmed.contains(field)) {
            let values = [Some(Known::Text(topic.to_lowercase()))];
            let more = plan.patterns.matching(declared, &values);
            said.extend(more.into_iter().filter(|pattern| !said.contains(pattern)).collect::<Vec<_>>());
        }
        said
    }

    fn count_unknown(&mut self, event: &Tracked) {
        self.batch.count(counter::UNKNOWN_EVENTS);
        if event.meaning.sounds_like_refusal {
            self.batch.count_unheard(&event.name);
        }
    }

    /// Someone is known from now on, or from an earlier instant at which they did something: so long have they been watched.
    pub(super) fn known_from(&mut self, at: i64) {
        let slot = self.plan.program.system.known_since;
        let known_since = self.contact.read(self.plan, slot);
        if known_since == NEVER || at < known_since {
            self.contact.write(self.plan, slot, at);
        }
    }

    /// Takes in that something of a pattern has happened; `values` are the properties of the event that it was.
    pub(super) fn matched(
        &mut self,
        pattern: PatternId,
        values: &[Option<Known>],
        occurred_at: i64,
        triggers: &mut Triggers,
    ) {
        for fact in self.plan.pattern_facts.at(pattern) {
            self.remember(*fact, occurred_at);
        }
        self.contact.count(self.plan, (pattern, values), occurred_at, Arrived::Now(self.now));
        for (workflow, bits) in self.plan.pattern_entries.at(pattern) {
            Trigger { workflow: *workflow, bits: *bits, occurred_at, said: Said::new() }.join(triggers);
        }
    }

    /// Puts an instant into a fact's ring, newest first; the oldest falls out.
    pub(super) fn remember(&mut self, fact: FactId, occurred_at: i64) {
        let fact = self.plan.program.facts.at(fact);
        let mut carried = occurred_at;
        for nth in 0..fact.depth {
            let slot = fact.slot(nth);
            let kept = self.contact.read(self.plan, slot);
            if carried > kept {
                self.contact.write(self.plan, slot, carried);
                carried = kept;
            }
        }
    }
}

impl Contact {
    /// Counts an event wherever it is asked for. The journey that it may be about to begin is not among them, so no event is its own sequel.
    pub(super) fn count(
        &mut self,
        plan: &Plan,
        (pattern, values): (PatternId, &[Option<Known>]),
        occurred_at: i64,
        arrived: Arrived,
    ) {
        let (now, asked) = (arrived.now(), plan.value_asked(pattern, values));
        for journey in self.journeys.iter_mut().filter(|journey| journey.still_counts(now)) {
            if journey.is_asked(plan, asked) {
                journey.count(plan, pattern, occurred_at, arrived);
            }
        }
        self.count_held(plan, (pattern, asked), occurred_at, arrived);
        if asked.is_some() {
            // Who waits for a turn has no value yet.
            return;
        }
        self.count_before_turns(plan, pattern, occurred_at, arrived);
    }
}

impl Journey {
    fn count(&mut self, plan: &Plan, pattern: PatternId, occurred_at: i64, arrived: Arrived) {
        let Some(counts) = plan.workflow(self.workflow()).counts.get(&pattern) else { return };
        let slots = &plan.program.workflows.at(self.workflow()).slots;
        let triggered_at = self.read(plan, slots.triggered_at);
        if is_history(occurred_at, triggered_at, plan.program.policy.late_by_ms())
            || !arrived.is_after(self.record.since, triggered_at)
        {
            return;
        }
        for EventCount { since, enough, slot, .. } in counts {
            let begun = match since {
                CountedSince::Entry => true,
                CountedSince::Wait => arrived.is_behind(self.read(plan, slots.waiting_since)),
                CountedSince::Round => {
                    let began = slots.round_began.map_or(NEVER, |slot| self.read(plan, slot));
                    began > NEVER && arrived.is_behind(began)
                }
                CountedSince::Sent(email) => {
                    let sent_at = self.sent_at(plan, *email);
                    sent_at > NEVER && arrived.is_behind(sent_at)
                }
            };
            let so_far = self.read(plan, *slot);
            if begun && so_far < i64::from(*enough) {
                self.write(plan, *slot, so_far + 1);
            }
        }
    }
}
