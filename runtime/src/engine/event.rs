//! A tracked event: what it says of the contact, before anyone reacts to it.
//!
//! Windows count events by when they occurred; entries are triggered by their arrival (E3).

use super::counter;
use super::mail_event::MailEvent;
use super::pattern;
use super::touch::Touch;
use flow_front::naming::snake_case;
use flow_ir::{EventId, FactId, PatternId, WorkflowId};
use serde_json::{Map, Value};

/// The entries that an event triggers: by workflow, which of its patterns matched.
pub(super) type Triggers = Vec<(WorkflowId, u64)>;

impl Touch<'_> {
    /// Takes in an event. `occurred_at` is not later than now.
    pub(super) fn track(&mut self, name: &str, properties: &Map<String, Value>, occurred_at: i64) -> Triggers {
        let name = snake_case(name);
        let mail = MailEvent::of(&name);
        if mail.is_some_and(|mail| !self.track_mail(mail, properties, occurred_at)) {
            return Triggers::new();
        }
        let mut triggers = Triggers::new();
        match self.plan.event(&name) {
            Some(event) => self.match_patterns(event, properties, occurred_at, &mut triggers),
            None if mail.is_none() => self.batch.count(counter::UNKNOWN_EVENTS),
            None => {}
        }
        if mail.is_none_or(MailEvent::is_activity) {
            for pattern in &self.plan.activity_patterns {
                self.matched(*pattern, occurred_at, &mut triggers);
            }
        }
        triggers
    }

    /// Someone new begins with the instant at which they became known, so that silence has a beginning.
    pub(super) fn begin_activity(&mut self) {
        let slot = self.plan.program.system.known_since;
        self.contact.write(self.plan, slot, self.now);
        for pattern in &self.plan.activity_patterns {
            for fact in self.plan.pattern_facts.at(*pattern) {
                self.remember(*fact, self.now);
            }
        }
    }

    fn match_patterns(
        &mut self,
        event: EventId,
        properties: &Map<String, Value>,
        occurred_at: i64,
        triggers: &mut Triggers,
    ) {
        let program = &self.plan.program;
        for pattern in self.plan.event_patterns.at(event) {
            if pattern::matches(program.patterns.at(*pattern), program.events.at(event), properties) {
                self.matched(*pattern, occurred_at, triggers);
            }
        }
    }

    pub(super) fn matched(&mut self, pattern: PatternId, occurred_at: i64, triggers: &mut Triggers) {
        for fact in self.plan.pattern_facts.at(pattern) {
            self.remember(*fact, occurred_at);
        }
        for (workflow, bit) in self.plan.pattern_entries.at(pattern) {
            match triggers.iter_mut().find(|(found, _)| found == workflow) {
                Some((_, bits)) => *bits |= bit,
                None => triggers.push((*workflow, *bit)),
            }
        }
    }

    /// Puts an instant into a fact's ring, newest first; the oldest falls out.
    fn remember(&mut self, fact: FactId, occurred_at: i64) {
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
