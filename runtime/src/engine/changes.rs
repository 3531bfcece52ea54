//! Changes of fields: what a field was is kept beside it, and compared at the end of an instant, so the same value again is no change and
//! neither is what stood there between two events of one second.
//!
//! ```text
//! stage changes from lead to mql      seen lead | stage mql   -> a change, which the entries and facts of its patterns hear of; seen mql
//! ```
//! What a file, history or a change of the program brings was so already: it is seen, and nothing happens.

use super::bits::Bits;
use super::contact::Contact;
use super::event::Triggers;
use super::own::Held;
use super::pattern;
use super::plan::Plan;
use super::touch::Touch;
use crate::inbound::Known;
use crate::print::lasting;
use crate::store::Texts;
use flow_ir::{Field, FieldType, Id, PatternEvent, PatternId, Program, PropertyTest, SlotId, TextId, Trait};
use smallvec::SmallVec;

/// As many bits of a print as every value in memory may have.
const PRINT_BITS: u32 = 60;

/// A field that is watched.
#[derive(Debug)]
pub(super) struct WatchedChanges {
    value: Value,
    seen: SlotId,
    /// What it is watched by: of a text the change of that, not of the number that stands for it.
    pub(super) reads: Bits,
    /// What its changes may match, with tests that are ready to be made.
    patterns: Vec<(PatternId, Vec<PropertyTest>)>,
}

/// Where the value of a field lies.
#[derive(Debug)]
enum Value {
    Text(TextId),
    Slot(SlotId, FieldType),
}

/// What a watched field was before it changed, by its place in the plan.
pub(super) type Before = SmallVec<[(usize, Held); 2]>;

/// The fields that a program watches.
pub(super) fn watched(program: &Program) -> Vec<WatchedChanges> {
    let of = |watched: &flow_ir::WatchedField| {
        let field = program.fields.get(watched.field)?;
        let (value, change) = match (field.text.filter(|_| field.ty.is_text()), field.slot) {
            (Some(text), _) => (Value::Text(text), program.frame.slots.len() + text.index()),
            (None, slot) => (Value::Slot(slot?, field.ty.clone()), slot?.index()),
        };
        let mut reads = Bits::default();
        reads.insert(change);
        let asks =
            |(_, pattern): &(PatternId, &flow_ir::Pattern)| pattern.event == PatternEvent::Changed(watched.field);
        let patterns = program.patterns.iter().filter(asks).map(|(id, pattern)| (id, ready(field, &pattern.tests)));
        Some(WatchedChanges { value, seen: watched.seen, reads, patterns: patterns.collect() })
    };
    program.watched.iter().filter_map(of).collect()
}

/// The tests of a pattern; those of a text ask for its print.
fn ready(field: &Field, tests: &[PropertyTest]) -> Vec<PropertyTest> {
    let printed = |test: PropertyTest| match test.test {
        Trait::TextIn(texts) if field.ty.is_text() => {
            let prints = texts.iter().map(|text| print(text).to_string()).collect();
            PropertyTest { test: Trait::TextIn(prints), ..test }
        }
        _ => test,
    };
    pattern::ready(tests).into_iter().map(printed).collect()
}

/// A number that stands for a text, without regard to its case.
pub(super) fn print(text: &str) -> i64 {
    (lasting(text.trim().to_lowercase().bytes()) >> (u64::BITS - PRINT_BITS)).cast_signed()
}

impl WatchedChanges {
    /// What the field is in a frame and the texts beside it.
    fn now(&self, plan: &Plan, frame: &[u8], texts: &Texts) -> Held {
        match &self.value {
            Value::Text(text) => match texts.get(text.index()) {
                Some(text) => Held { value: print(text), is_known: true },
                None => Held { value: 0, is_known: false },
            },
            Value::Slot(slot, _) => Held::read(plan, frame, *slot),
        }
    }

    /// Whether a change matches a pattern of it.
    fn is_meant(&self, program: &Program, tests: &[PropertyTest], before: Held, after: Held) -> bool {
        pattern::matches(tests, &[self.known(program, before), self.known(program, after)])
    }

    fn known(&self, program: &Program, held: Held) -> Option<Known> {
        let Held { value, is_known } = held;
        let place = |from: i64| usize::try_from(value - from).ok();
        let found = match &self.value {
            Value::Text(_) => Known::Text(value.to_string()),
            Value::Slot(_, FieldType::OneOf(choices)) => Known::Text(choices.get(place(1)?)?.to_lowercase()),
            Value::Slot(_, FieldType::Stage) => Known::Text(program.stages.get(place(0)?)?.to_lowercase()),
            Value::Slot(_, FieldType::YesNo) => Known::Truth(value != 0),
            Value::Slot(..) => Known::Number(value),
        };
        is_known.then_some(found)
    }
}

impl Contact {
    /// Whether each watched field is as it was last seen.
    pub(super) fn has_seen_all(&self, plan: &Plan) -> bool {
        let is_seen = |watched: &WatchedChanges| {
            let (was, is) = (Held::read(plan, &self.frame, watched.seen), watched.now(plan, &self.frame, &self.texts));
            was.is_same(is)
        };
        plan.watched.iter().all(is_seen)
    }

    /// Notes a watched field as it is. Where it was another, what it was.
    pub(super) fn see(&mut self, plan: &Plan, watched: &WatchedChanges) -> Option<Held> {
        let (was, is) = (Held::read(plan, &self.frame, watched.seen), watched.now(plan, &self.frame, &self.texts));
        if was.is_same(is) {
            return None;
        }
        // No condition reads it.
        let layout = &plan.program.frame;
        layout.write(&mut self.frame, watched.seen, is.value);
        layout.set_known(&mut self.frame, watched.seen, is.is_known);
        self.dirty = true;
        Some(was)
    }
}

impl Touch<'_> {
    /// Tells of the fields that are others than they were at the end of the instant before; `quiet`, they are only seen. Of a contact that is due all
    /// are looked at, as one that has changed may have been left to this.
    pub(super) fn settle_changes(&mut self, changed: &Bits, due: bool, quiet: bool, triggers: &mut Triggers) {
        let plan: &Plan = self.plan;
        self.before.clear();
        if plan.watched.is_empty() {
            return;
        }
        let asked = if due { (0..plan.watched.len()).collect() } else { plan.watched_readers.of(changed) };
        for (place, watched) in asked.into_iter().filter_map(|place| Some((place, plan.watched.get(place)?))) {
            if !quiet && self.is_left_to_the_end(watched) {
                self.next_change = self.next_change.min(self.now);
                continue;
            }
            let Some(before) = self.contact.see(plan, watched).filter(|_| !quiet) else { continue };
            self.before.push((place, before));
            let after = watched.now(plan, &self.contact.frame, &self.contact.texts);
            for (pattern, tests) in &watched.patterns {
                if watched.is_meant(&plan.program, tests, before, after) {
                    self.matched(*pattern, &[], self.now, triggers);
                }
            }
        }
    }

    /// While more of the instant is to come, what events say is not the end of it. What a step has just done is judged at once: only now is it known
    /// whose step it was.
    fn is_left_to_the_end(&self, watched: &WatchedChanges) -> bool {
        let is_by_steps = match watched.value {
            // What steps wrote is what it follows from.
            Value::Slot(slot, _) if self.plan.is_derived(slot) => !self.written_before.is_empty(),
            Value::Slot(slot, _) => self.written_before.has(slot),
            Value::Text(text) => self.written_before.has_text(text),
        };
        self.outbox.is_more_to_come() && !is_by_steps
    }

    /// Whether a change would match a pattern in another frame and other texts: those in which the workflow's own steps wrote nothing.
    pub(super) fn is_changed_in(&self, (frame, texts): (&[u8], &Texts), pattern: PatternId) -> bool {
        let plan: &Plan = self.plan;
        self.before.iter().any(|(place, before)| {
            let Some(watched) = plan.watched.get(*place) else { return false };
            let after = watched.now(plan, frame, texts);
            let mut asked = watched.patterns.iter().filter(|(id, _)| *id == pattern);
            !before.is_same(after) && asked.any(|(_, tests)| watched.is_meant(&plan.program, tests, *before, after))
        })
    }

    /// Two contacts are one: what is known of them by that is no change.
    pub(super) fn see_all(&mut self) {
        let plan: &Plan = self.plan;
        for watched in &plan.watched {
            self.contact.see(plan, watched);
        }
    }
}
