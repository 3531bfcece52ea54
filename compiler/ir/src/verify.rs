//! What every program must satisfy, whoever built it: the lowering, a file of another day, a test.
//!
//! Machine code trusts a program blindly (a slot's offset becomes an address), so [`verify`] runs before any is made. It also shows
//! that no sum leaves an `i64` ([`value`]), so no backend needs to check one.

mod derived;
pub(crate) mod function;
mod layout;
mod mail;
mod name;
mod owner;
mod segment;
#[cfg(test)]
mod tests;
pub mod value;

use super::{
    AFTER, Area, BEFORE, CountedSince, Dates, EmailId, Entry, EventCount, FactId, Field, FieldId, FieldType,
    HandedSlot, Id, IdMap, Late, Layout, Op, Pattern, PatternEvent, PatternId, PredicateId, Program, Property,
    Reference, SlotId, SlotKind, Split, TriggerKept, Turn, Workflow, WorkflowId,
};
use crate::limits::{
    MAX_CAPACITY, MAX_CHOICES, MAX_DURATION_DAYS, MAX_FACT_DEPTH, MAX_FIELDS, MAX_LIVE_JOURNEYS, MAX_RATE, MAX_STEPS,
    MAX_TRIGGERS, TRACE_BITS,
};
use crate::meaning::holidays::DaySpan;
use crate::meaning::policy::is_share;
use owner::Owners;
use std::fmt;

/// Something a program must not have. A fault is a bug of the compiler or a damaged file, never a marketer's mistake.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Where, by the program's own names: `workflow guide, b3, v4`.
    pub place: String,
    /// What is wrong there, in the words of this crate.
    pub problem: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.problem)
    }
}

/// Checks a whole program and lists every fault, in the program's order.
pub fn verify(program: &Program) -> Result<(), Vec<Fault>> {
    let mut checker = Checker { program, owners: Owners::new(), faults: Vec::new() };
    checker.names();
    checker.schema();
    checker.owners();
    checker.facts();
    checker.predicates();
    checker.segments();
    checker.derived();
    checker.mail();
    checker.teams();
    for (id, workflow) in program.workflows.iter() {
        checker.workflow(id, workflow);
    }
    checker.policy();
    checker.calendars();
    if checker.faults.is_empty() { Ok(()) } else { Err(checker.faults) }
}

/// Gathers faults while it walks the program.
pub(crate) struct Checker<'p> {
    pub(crate) program: &'p Program,
    owners: Owners,
    pub(crate) faults: Vec<Fault>,
}

impl Checker<'_> {
    pub(crate) fn fault(&mut self, place: &str, problem: impl Into<String>) {
        self.faults.push(Fault { place: place.to_owned(), problem: problem.into() });
    }

    /// Faults an id that its list does not have.
    pub(crate) fn exists<I: Id + fmt::Display, T>(&mut self, place: &str, list: &IdMap<I, T>, id: I) {
        if list.get(id).is_none() {
            self.fault(place, format!("there is no {id}"));
        }
    }

    /// Faults a slot that the layout does not have or that is of another kind.
    fn slot_of(&mut self, place: &str, layout: &Layout, slot: SlotId, kind: SlotKind) {
        match layout.slots.get(slot) {
            None => self.fault(place, format!("there is no {slot}")),
            Some(found) if found.kind != kind => {
                self.fault(place, format!("{slot} `{}` is {:?}, not {kind:?}", found.name, found.kind));
            }
            Some(_) => {}
        }
    }

    fn schema(&mut self) {
        let program = self.program;
        self.layout("frame", &program.frame);
        self.layout("company", &program.company);
        for event in program.events.values() {
            self.layout(&format!("event {}", event.name), &event.layout);
        }
        if program.fields.len() > MAX_FIELDS {
            self.fault("fields", format!("there are {}, not up to {MAX_FIELDS}", program.fields.len()));
        }
        if program.stages.len() > MAX_CHOICES {
            self.fault("stages", format!("there are {}, not up to {MAX_CHOICES}", program.stages.len()));
        }
        for field in program.fields.values() {
            self.field(field);
        }
        self.system_slots();
    }

    fn field(&mut self, field: &Field) {
        let program = self.program;
        let place = format!("field {}", field.name);
        if let FieldType::OneOf(choices) = &field.ty
            && choices.len() > MAX_CHOICES
        {
            self.fault(&place, format!("has {} choices, not up to {MAX_CHOICES}", choices.len()));
        }
        let seat = field.trigger.as_ref().and_then(|trigger| match trigger.kept {
            TriggerKept::Seat(seat) => Some(seat),
            _ => None,
        });
        if seat.is_some_and(|seat| !(1..=MAX_LIVE_JOURNEYS).contains(&seat)) {
            self.fault(&place, format!("is of no seat up to {MAX_LIVE_JOURNEYS}"));
        }
        if let Some(slot) = field.slot {
            self.slot_of(&place, &program.frame, slot, field.ty.slot_kind());
            let always_known = program.frame.slots.get(slot).is_some_and(|slot| slot.presence.is_none());
            if always_known && (field.optional || field.ty.is_text()) {
                self.fault(&place, format!("may be missing, and {slot} is always known"));
            }
        }
        if let Some(text) = field.text {
            self.exists(&place, &program.texts, text);
        }
        if !field.literals.is_sorted_by(|one, next| one < next) {
            self.fault(&place, "its literals are not sorted or repeat themselves");
        }
    }

    fn system_slots(&mut self) {
        let (frame, system) = (&self.program.frame, self.program.system);
        let bools =
            [system.reachable, system.unsubscribed, system.hard_bounced, system.complained, system.do_not_contact];
        for slot in bools.into_iter().chain([system.identified]) {
            self.slot_of("system slots", frame, slot, SlotKind::Bool);
        }
        self.slot_of("system slots", frame, system.score, SlotKind::Int);
        self.slot_of("system slots", frame, system.stage, SlotKind::Code);
        self.slot_of("system slots", frame, system.known_since, SlotKind::Int);
        self.slot_of("system slots", frame, system.refused_at, SlotKind::Int);
        self.slot_of("system slots", frame, system.suppressed_at, SlotKind::Int);
    }

    fn facts(&mut self) {
        let program = self.program;
        self.watched();
        for id in program.patterns.ids() {
            self.pattern(id);
        }
        for id in program.facts.ids() {
            self.fact(id);
        }
        for (id, test) in program.text_tests.iter() {
            self.exists(&id.to_string(), &program.fields, test.field);
            let field = program.fields.get(test.field).filter(|field| !field.ty.is_text());
            field.into_iter().for_each(|field| self.fault(&id.to_string(), format!("`{}` is no text", field.name)));
        }
    }

    fn pattern(&mut self, id: PatternId) {
        let program = self.program;
        let pattern = program.patterns.at(id);
        let place = format!("{id} `{}`", pattern.text);
        let properties: &[Property] = match pattern.event {
            PatternEvent::Changed(field) => return self.change(&place, field, pattern),
            PatternEvent::AnyActivity | PatternEvent::Engaged(_) | PatternEvent::Mailed | PatternEvent::Marketed => &[],
            PatternEvent::MarketedAbout(topic) => {
                if program.fields.get(topic).is_none_or(|field| field.topic().is_none()) {
                    self.fault(&place, format!("{topic} keeps nothing of a topic"));
                }
                &[]
            }
            PatternEvent::Entered(segment) | PatternEvent::Left(segment) => {
                self.exists(&place, &program.segments, segment);
                &[]
            }
            PatternEvent::Declared(event) => {
                self.exists(&place, &program.events, event);
                program.events.get(event).map_or(&[], |event| event.properties.as_slice())
            }
        };
        for test in &pattern.tests {
            match properties.get(test.property as usize) {
                None => self.fault(&place, format!("the event has no property {}", test.property)),
                Some(property) if !test.test.fits(&property.ty) => {
                    self.fault(&place, format!("asks of `{}` what its type cannot answer", property.name));
                }
                Some(_) => {}
            }
        }
    }

    /// A pattern of a change asks of a field that is watched what its values can answer.
    fn change(&mut self, place: &str, field: FieldId, pattern: &Pattern) {
        let program = self.program;
        if !program.watched.iter().any(|watched| watched.field == field) {
            self.fault(place, format!("nothing keeps what {field} was"));
        }
        let Some(shape) = program.fields.get(field) else { return };
        for test in &pattern.tests {
            if ![BEFORE, AFTER].contains(&test.property) {
                self.fault(place, format!("a change has no property {}", test.property));
            } else if !test.test.fits_change(&shape.ty) {
                self.fault(place, format!("asks of `{}` what its type cannot answer", shape.name));
            }
        }
    }

    /// What each field was lies in a slot like its own, once.
    fn watched(&mut self) {
        let program = self.program;
        for watched in &program.watched {
            let place = format!("the changes of {}", watched.field);
            self.exists(&place, &program.fields, watched.field);
            let Some(field) = program.fields.get(watched.field) else { continue };
            let kind = if field.ty.is_text() { SlotKind::Int } else { field.ty.slot_kind() };
            self.slot_of(&place, &program.frame, watched.seen, kind);
            if field.slot.is_none() && field.text.is_none() {
                self.fault(&place, "there is nothing to look at");
            }
        }
        if !program.watched.is_sorted_by(|one, next| one.field < next.field) {
            self.fault("watched fields", "they are not in order, or one stands there twice");
        }
    }

    fn fact(&mut self, id: FactId) {
        let program = self.program;
        let fact = program.facts.at(id);
        let place = id.to_string();
        self.exists(&place, &program.patterns, fact.pattern);
        if program.patterns.get(fact.pattern).is_some_and(|pattern| pattern.of_journey().is_some()) {
            self.fault(&place, "remembers of everybody what is of one journey");
        }
        if fact.depth == 0 || fact.depth > MAX_FACT_DEPTH {
            return self.fault(&place, format!("keeps {} instants, not 1 to {MAX_FACT_DEPTH}", fact.depth));
        }
        if fact.first.0.checked_add(fact.depth).is_none() {
            return self.fault(&place, format!("there is no {}", fact.first));
        }
        let layout = match fact.area {
            Area::Contact => &program.frame,
            Area::Company => &program.company,
            Area::Journey | Area::Event => return self.fault(&place, "is kept by a contact or a company"),
        };
        for nth in 0..fact.depth {
            self.slot_of(&place, layout, fact.slot(nth), SlotKind::Int);
        }
    }

    fn predicates(&mut self) {
        let program = self.program;
        for (id, predicate) in program.predicates.iter() {
            let place = format!("{id} `{}`", predicate.name);
            match predicate.workflow {
                Some(owner) if program.workflows.get(owner).is_none() => {
                    self.fault(&place, format!("there is no {owner}"))
                }
                _ => self.predicate(&place, predicate),
            }
        }
    }

    fn teams(&mut self) {
        let program = self.program;
        for (id, team) in program.teams.iter() {
            let place = format!("{id} `{}`", team.name);
            for covers in team.members.iter().filter_map(|member| member.covers) {
                self.belongs_to_all(&place, covers);
            }
            for member in &team.members {
                let most = [member.capacity.open, member.capacity.a_day].into_iter().flatten();
                let is_sensible = most.into_iter().all(|most| (1..=MAX_CAPACITY).contains(&most));
                if !is_sensible || member.away.iter().any(DaySpan::is_backwards) {
                    self.fault(&place, format!("{} can never be handed to, or is away backwards", member.address));
                }
            }
            for (kept, slot) in team.handed.iter().flat_map(|handed| handed.each()) {
                let kind = if kept == HandedSlot::Answers { SlotKind::Code } else { SlotKind::Int };
                self.slot_of(&place, &program.frame, slot, kind);
            }
            for slot in team.owner.iter().chain(&team.lapses) {
                self.slot_of(&place, &program.frame, *slot, SlotKind::Int);
            }
            if team.lapses.is_some() && team.handed.is_none() {
                self.fault(&place, "passes people on, and keeps of nobody whether they are answered".to_owned());
            }
            if team.hours.is_some_and(|(from, to)| from >= to || to > crate::Quiet::DAY_MINUTES) {
                self.fault(&place, "is never there".to_owned());
            }
        }
    }

    fn workflow(&mut self, id: WorkflowId, workflow: &Workflow) {
        let place = format!("workflow {}", workflow.name);
        self.layout(&format!("{place}, journey"), &workflow.journey);
        if let Some(event) = workflow.event {
            self.exists(&place, &self.program.events, event);
        }
        self.times(&place, workflow);
        self.questions(&place, id, workflow);
        self.entry(&place, id, workflow);
        self.journey_slots(&place, workflow);
        self.lists(&place, workflow);
        self.body(&place, workflow);
    }

    /// Lengths of time and hours of the day that there are.
    fn times(&mut self, place: &str, workflow: &Workflow) {
        let waits = workflow.waits.values().filter_map(super::Wait::span);
        let within = workflow.goal.iter().filter_map(|goal| goal.within);
        let again = match workflow.reenter {
            super::Reenter::After(span) | super::Reenter::Per { again: Some(span) } => Some(span),
            super::Reenter::Never | super::Reenter::Always | super::Reenter::Per { again: None } => None,
        };
        for span in waits.chain(within).chain(again).filter(|span| !span.is_sensible()) {
            self.fault(place, format!("{span:?} is no length of time up to {MAX_DURATION_DAYS} days"));
        }
        for appointment in workflow.waits.values().filter_map(|wait| wait.appointment()) {
            if !appointment.is_sensible(&self.program.frame) {
                self.fault(place, format!("{appointment:?} is no instant of the calendar"));
            }
        }
        if let Some(window) = workflow.window.filter(|window| !window.opens()) {
            self.fault(place, format!("{window:?} is no window"));
        }
        if let Some(ms) = workflow.spacing_ms.filter(|ms| *ms <= 0) {
            self.fault(place, format!("leaves {ms} ms between its mails"));
        }
        if let Some(percent) = workflow.holdout {
            let drawn = self.program.splits.find(|split| split.name == Split::holdout_of(&workflow.name));
            if !is_share(percent) || drawn.is_none() || workflow.slots.held_out.is_none() {
                self.fault(place, format!("does not know who is among the {percent}% that it holds out"));
            }
        }
        if let Some(start) = workflow.older_starts.iter().find(|start| **start >= workflow.start) {
            self.fault(place, format!("began at {start:?} before, behind where it begins now"));
        }
        if workflow.late.is_some_and(|late| late != Late::Run) && workflow.slots.late.is_none() {
            self.fault(place, "nothing keeps whether its mails come late");
        }
        if workflow.pause.is_some() && workflow.slots.paused.is_none() {
            self.fault(place, "nothing keeps what its journeys were before they stood still");
        }
        let opens_on = workflow.window.map_or(0, |window| window.days);
        if workflow.not_on_holidays & !opens_on != 0 {
            self.fault(place, "does not open on holidays of days on which it never opens");
        }
    }

    /// The predicates that stand around the body.
    fn questions(&mut self, place: &str, id: WorkflowId, workflow: &Workflow) {
        let goal = workflow.goal.iter().map(|goal| goal.when);
        let exits = workflow.exits.iter().copied();
        let waits = workflow.waits.values().filter_map(super::Wait::when);
        for predicate in goal.chain(exits).chain(workflow.skip).chain(workflow.pause).chain(waits) {
            self.question(place, id, predicate, 0);
        }
    }

    /// A predicate may be asked with the journey of its own workflow, or of any where it reads none; and for what has just happened only
    /// at the events of an entry, which has so many `triggers`.
    fn question(&mut self, place: &str, asker: WorkflowId, predicate: PredicateId, triggers: usize) {
        let asked = self.program.predicates.get(predicate);
        let beyond = asked.into_iter().flat_map(|asked| asked.ops()).find_map(|op| match op {
            Op::Trigger(trigger) if *trigger as usize >= triggers => Some(*trigger),
            _ => None,
        });
        if let Some(trigger) = beyond {
            self.fault(place, format!("{predicate} asks for trigger {trigger} of {triggers}"));
        }
        match self.program.predicates.get(predicate) {
            None => self.fault(place, format!("there is no {predicate}")),
            Some(found) if found.workflow.is_some_and(|owner| owner != asker) => {
                self.fault(place, format!("{predicate} `{}` is another workflow's", found.name));
            }
            Some(_) => {}
        }
    }

    fn entry(&mut self, place: &str, id: WorkflowId, workflow: &Workflow) {
        let program = self.program;
        match &workflow.entry {
            Entry::Event { patterns, when, .. } => {
                self.question(place, id, *when, patterns.len());
                for pattern in patterns {
                    self.exists(place, &program.patterns, *pattern);
                }
                if patterns.len() > MAX_TRIGGERS as usize {
                    self.fault(place, format!("enters at more than {} patterns", MAX_TRIGGERS));
                }
            }
            Entry::Becomes { when, .. } => {
                self.question(place, id, *when, 0);
                for (slot, _) in workflow.entry.slots(id) {
                    self.slot_of(place, &program.frame, slot, SlotKind::Bool);
                }
            }
            Entry::Dated { dates, when, .. } => {
                when.iter().for_each(|when| self.question(place, id, *when, 0));
                for (slot, _) in workflow.entry.slots(id) {
                    self.slot_of(place, &program.frame, slot, SlotKind::Int);
                }
                self.dates(place, dates);
            }
            Entry::ByHand => {}
        }
    }

    /// Dates that there are, of fields and segments that there are.
    fn dates(&mut self, place: &str, dates: &Dates) {
        let program = self.program;
        if !dates.is_sensible() {
            self.fault(place, format!("{dates:?} are no dates"));
        }
        match dates {
            Dates::Schedule(schedule) => self.exists(place, &program.segments, schedule.among),
            Dates::Field(date) => {
                let field = program.fields.get(date.field);
                let by_days = date.at_min.is_some() && date.span.ms == 0;
                let fits = field.is_some_and(|field| match field.ty {
                    FieldType::Date => by_days,
                    FieldType::Moment => !date.yearly && (by_days || date.at_min.is_none()),
                    _ => false,
                });
                if !fits || field.is_none_or(|field| field.slot.is_none()) {
                    self.fault(place, format!("nobody comes in by {dates:?}"));
                }
            }
        }
    }

    fn journey_slots(&mut self, place: &str, workflow: &Workflow) {
        let (journey, slots) = (&workflow.journey, &workflow.slots);
        let emails: Vec<EmailId> = slots.sent_at.iter().map(|(email, _)| *email).collect();
        let instants = [slots.triggered_at, slots.waiting_since].into_iter().chain(slots.round_began).chain(slots.late);
        let paused = slots.paused.iter().flat_map(|paused| paused.each()).map(|(slot, _)| slot);
        let several = slots.several.iter().flat_map(|several| several.each()).map(|(slot, _)| slot);
        let instants = instants.chain(paused).chain(several);
        let sent = slots.sent_at.iter().map(|(_, slot)| *slot);
        let asked = workflow.engagements.iter().map(|engagement| engagement.slot);
        let counted = workflow.counts.iter().map(|count| count.slot);
        for slot in instants.chain(slots.trace.iter().copied()).chain(sent).chain(asked).chain(counted) {
            self.slot_of(place, journey, slot, SlotKind::Int);
        }
        for slot in [slots.timed_out].into_iter().chain(slots.taken).chain(slots.held_out) {
            self.slot_of(place, journey, slot, SlotKind::Bool);
        }
        let is_round = |wait: &super::Wait| matches!(wait, super::Wait::Round { .. });
        if slots.round_began.is_none() && workflow.waits.values().any(is_round) {
            self.fault(place, "nothing keeps when a round began");
        }
        self.several(place, workflow);
        self.journey_owners(place, workflow);
        for email in emails.into_iter().chain(workflow.engagements.iter().map(|engagement| engagement.email)) {
            self.exists(place, &self.program.emails, email);
        }
        for count in &workflow.counts {
            self.exists(place, &self.program.patterns, count.pattern);
            if let CountedSince::Sent(email) = count.since {
                self.exists(place, &self.program.emails, email);
            }
        }
        let asked = workflow.engagements.iter().map(|engagement| engagement.email);
        let counted = workflow.counts.iter().filter_map(|count| match count.since {
            CountedSince::Sent(email) => Some(email),
            CountedSince::Entry | CountedSince::Wait | CountedSince::Round => None,
        });
        // Neither an answer nor a count means anything without the instant at which its mail left.
        let unkept = asked.chain(counted).find(|email| !slots.sent_at.iter().any(|(sent, _)| sent == email));
        if let Some(email) = unkept {
            self.fault(place, format!("nothing keeps when {email} left"));
        }
        if workflow.arms.len() > slots.trace.len() * TRACE_BITS as usize {
            self.fault(place, format!("{} arms do not fit its {} trace words", workflow.arms.len(), slots.trace.len()));
        }
    }

    fn lists(&mut self, place: &str, workflow: &Workflow) {
        let program = self.program;
        for effect in workflow.effects.values() {
            effect.references().into_iter().for_each(|reference| self.reference(place, reference));
            if effect.starts().and_then(|id| program.workflows.get(id)).is_some_and(|started| started.started.is_none())
            {
                self.fault(place, format!("nothing keeps `{}`", effect.words(program)));
            }
        }
        let turns = workflow.turn.iter().chain(&workflow.again).flat_map(Turn::slots);
        for slot in workflow.started.into_iter().chain(turns) {
            self.slot_of(place, &program.frame, slot, SlotKind::Int);
        }
        self.rate(place, workflow);
        if workflow.steps_in_use() > MAX_STEPS {
            self.fault(place, format!("has {} steps, not up to {MAX_STEPS}", workflow.steps_in_use()));
        }
        self.texts(place, workflow);
        for arm in &workflow.arms {
            self.exists(place, &workflow.steps, *arm);
        }
        for slot in &workflow.writes {
            self.written(place, &program.frame, *slot);
        }
    }

    /// Whoever comes beyond a rate has a place to wait, and what is counted for them is what their journey counts.
    fn rate(&mut self, place: &str, workflow: &Workflow) {
        let rates = workflow.turn.iter().flat_map(|turn| turn.rates.iter());
        if let Some(rate) = workflow.rate.iter().chain(rates).find(|rate| !rate.is_sensible()) {
            self.fault(place, format!("{rate} is no rate of up to {MAX_RATE}"));
        }
        if workflow.rate.is_some() && workflow.turn.is_none() {
            self.fault(place, "nothing keeps who waits for their turn");
        }
        for (count, _) in workflow.turn.iter().chain(&workflow.again).flat_map(|turn| &turn.counts) {
            self.slot_of(place, &workflow.journey, *count, SlotKind::Int);
            let own = [workflow.slots.triggered_at, workflow.slots.waiting_since];
            let trace = workflow.slots.trace.iter().chain(workflow.slots.sent_at.iter().map(|(_, slot)| slot));
            if own.iter().chain(trace).any(|slot| slot == count) {
                self.fault(place, format!("counts in {count} for those who wait, which is no count"));
            }
        }
    }

    /// Journeys of one person are told apart by what they keep, and only where they are.
    fn several(&mut self, place: &str, workflow: &Workflow) {
        let program = self.program;
        let is_told_apart = workflow.several.is_some() && workflow.slots.several.is_some();
        if matches!(workflow.reenter, super::Reenter::Per { .. }) && !is_told_apart {
            self.fault(place, "nothing tells its journeys of one person apart");
        }
        let asks =
            |count: &EventCount| program.patterns.get(count.pattern).is_some_and(|asked| asked.of_journey().is_some());
        if workflow.counts.iter().any(asks) && !is_told_apart {
            self.fault(place, "counts what is of one journey, and has one at a time");
        }
    }

    /// Its numbers are such as people mean, and as many mails are remembered as its caps count.
    fn policy(&mut self) {
        let program = self.program;
        program.policy.fault().into_iter().for_each(|fault| self.fault("policy", fault));
        let kept = program.mailed().and_then(|fact| program.facts.get(fact)).map_or(0, |fact| fact.depth);
        let asked = program.policy.depth(None);
        if asked > kept {
            self.fault("policy", format!("its caps count {asked} mails, and {kept} are remembered"));
        }
        for topic in program.policy.capped_topics() {
            let kept = program.mailed_about().find(|(about, _)| *about == topic);
            let kept = kept.and_then(|(_, fact)| program.facts.get(fact)).map_or(0, |fact| fact.depth);
            let asked = program.policy.depth(Some(topic));
            if asked > kept {
                self.fault("policy", format!("its caps count {asked} mails about {topic}, and {kept} are remembered"));
            }
        }
        for email in program.emails.values() {
            if email.topic.is_some_and(|topic| !program.ever_topics().any(|(field, _)| field == topic)) {
                self.fault("emails", format!("`{}` is about a topic that nothing keeps", email.name));
            }
        }
        if program.emails.values().any(|email| email.confirms && email.kind == super::EmailKind::Marketing) {
            self.fault("emails", "one that asks to confirm needs consent itself");
        }
        if program.policy.confirms && program.policy.consent.is_none() {
            self.fault("policy", "asks people to confirm a consent that it does not ask for");
        }
        if program.policy.consent.is_some() && program.consent_slot().is_none() {
            self.fault("policy", "asks for consent, and nothing keeps it");
        }
    }

    /// Each day is a holiday once, and nobody has two calendars.
    fn calendars(&mut self) {
        self.program.fault_of_calendars().into_iter().for_each(|fault| self.fault("calendars", fault));
    }

    /// What an effect names.
    fn reference(&mut self, place: &str, reference: Reference) {
        let program = self.program;
        match reference {
            Reference::Email(id) => self.exists(place, &program.emails, id),
            Reference::Team(id) => self.exists(place, &program.teams, id),
            Reference::Field(id) => self.exists(place, &program.fields, id),
            Reference::Kept(id) => {
                self.exists(place, &program.fields, id);
                let is_kept = |field: &crate::Field| {
                    field.trigger.as_ref().is_some_and(|trigger| trigger.kept == crate::TriggerKept::Start)
                };
                if program.fields.get(id).is_some_and(|field| !is_kept(field)) {
                    self.fault(place, format!("starts a workflow with {id}, which is nothing of a start"));
                }
            }
            Reference::Written(id) => {
                self.exists(place, &program.fields, id);
                if program.fields.get(id).is_some_and(|field| field.ty != crate::FieldType::Text) {
                    self.fault(place, format!("sets {id}, which holds no text"));
                }
            }
            Reference::Workflow(id) => self.exists(place, &program.workflows, id),
            Reference::Split(id) => self.exists(place, &program.splits, id),
        }
    }
}
