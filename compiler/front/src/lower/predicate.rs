//! Conditions to values: does it hold, and when can that change by itself.

use super::Lowering;
use super::builder::Builder;
use crate::typed::{CalendarPeriod, Cond, Day, EventTest, Since};
use flow_ir::{
    Calendar, Comparison, CountedSince, EmailId, Engagement, EngagementKind, EventCount, FOREVER, FieldId, FieldType,
    Function, JourneySlots, NEVER, Op, Pattern, PatternId, Place, PredicateId, SegmentId, SlotId, SlotKind, Terminator,
    TextTest, ValueId, WorkflowId,
};
use std::collections::BTreeMap;

/// The journey a condition may look at, while its slots are being given out.
///
/// What was given out is in the order in which it was asked for, which is how a program keeps it; the maps find it again, since looking
/// through all of it at each question would take time in the square of the questions.
pub(super) struct JourneyScope {
    pub(super) slots: JourneySlots,
    pub(super) layout: flow_ir::Layout,
    pub(super) engagements: Vec<Engagement>,
    pub(super) counts: Vec<EventCount>,
    sent: BTreeMap<EmailId, SlotId>,
    engaged: BTreeMap<(EngagementKind, EmailId, Option<String>), SlotId>,
    /// The place of each among the counts.
    counted: BTreeMap<(PatternId, CountedSince), usize>,
    /// When the mail of a round was asked for.
    pub(super) asked_at: Option<SlotId>,
}

impl JourneyScope {
    pub(super) fn new(slots: JourneySlots, layout: flow_ir::Layout) -> Self {
        Self {
            slots,
            layout,
            engagements: Vec::new(),
            counts: Vec::new(),
            sent: BTreeMap::new(),
            engaged: BTreeMap::new(),
            counted: BTreeMap::new(),
            asked_at: None,
        }
    }
}

/// What a condition may use besides the frame.
pub(super) struct Scope<'j> {
    pub(super) journey: Option<&'j mut JourneyScope>,
    /// The patterns that trigger an entry, as they are met.
    pub(super) triggers: Vec<flow_ir::PatternId>,
    pub(super) segments: Segments,
}

/// How a condition learns whether a segment holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Segments {
    /// From its slot, which the engine settles before it looks: what it watches looks again only when somebody enters or leaves.
    Watched,
    /// By asking it: a step may just have changed what it reads.
    Afresh,
}

impl Scope<'_> {
    pub(super) fn program(segments: Segments) -> Scope<'static> {
        Scope { journey: None, triggers: Vec::new(), segments }
    }
}

impl Lowering<'_> {
    /// A predicate function of its own.
    pub(super) fn predicate(
        &mut self,
        name: String,
        workflow: Option<WorkflowId>,
        cond: &Cond,
        scope: &mut Scope<'_>,
    ) -> PredicateId {
        let function = self.predicate_function(cond, scope);
        self.add_predicate(name, workflow, function)
    }

    fn predicate_function(&mut self, cond: &Cond, scope: &mut Scope<'_>) -> Function {
        let mut code = Builder::new();
        let mut changes = Vec::new();
        let holds = self.cond(cond, scope, &mut code, &mut changes);
        let next_change = match changes.split_first() {
            None => code.int(FOREVER),
            Some((first, rest)) => rest.iter().fold(*first, |next, change| code.op(Op::Min(next, *change))),
        };
        code.close(Terminator::Result { holds, next_change });
        code.finish()
    }

    /// Whether a condition holds now. The instants at which its parts change by themselves are added to `changes`.
    pub(super) fn cond(
        &mut self,
        cond: &Cond,
        scope: &mut Scope<'_>,
        code: &mut Builder,
        changes: &mut Vec<ValueId>,
    ) -> ValueId {
        match cond {
            // Refused before it comes here.
            Cond::Unknown => code.bool(false),
            Cond::All(parts) => {
                let start = code.bool(true);
                parts.iter().fold(start, |all, part| {
                    let part = self.cond(&part.cond, scope, code, changes);
                    code.and(all, part)
                })
            }
            Cond::Any(parts) => {
                let start = code.bool(false);
                parts.iter().fold(start, |any, part| {
                    let part = self.cond(&part.cond, scope, code, changes);
                    code.or(any, part)
                })
            }
            Cond::Not(inner) => {
                let inner = self.cond(inner, scope, code, changes);
                code.not(inner)
            }
            Cond::Truth(field) => self.truth(*field, code),
            Cond::Known(field) if let Some(values) = self.with_values(*field, None) => {
                self.any_segment(&values, scope, code)
            }
            Cond::CodeIn(field, codes) if let Some(values) = self.with_values(*field, Some(codes)) => {
                self.any_segment(&values, scope, code)
            }
            Cond::Known(field) => match self.slot_of(*field) {
                Some(slot) => code.known(Place::contact(slot)),
                None => code.bool(false),
            },
            Cond::Compare(left, comparison, right) => {
                let (left, right) = (self.number(left, code), self.number(right, code));
                let compared = code.compare(*comparison, left.value, right.value);
                let compared = left.known.map_or(compared, |known| code.and(known, compared));
                right.known.map_or(compared, |known| code.and(known, compared))
            }
            Cond::CodeIn(field, codes) => self.number_in(*field, codes.clone(), code),
            Cond::TextIn(field, texts) => {
                let literals = &self.program.fields.at(*field).literals;
                let numbers = texts.iter().filter_map(|text| literals.binary_search(text).ok());
                let numbers = numbers.map(|at| at as i64 + 1).collect();
                self.number_in(*field, numbers, code)
            }
            Cond::TextTest(field, kind, needle) => {
                let id = self.text_test(TextTest { field: *field, kind: *kind, needle: needle.clone() });
                code.op(Op::TextTest(id))
            }
            Cond::Events(test) => self.events(test, scope, code, changes),
            Cond::Engaged { kind, email, link } => self.engaged(*kind, *email, link.as_deref(), scope, code),
            Cond::Sent(email) => match scope.journey.as_deref_mut() {
                Some(journey) => {
                    let slot = self.sent_slot(*email, journey);
                    happened(slot, code)
                }
                None => code.bool(false),
            },
            Cond::Drawn { split, from, to } => {
                let slot = self.split_slot(split);
                let drawn = code.load(Place::contact(slot));
                code.op(Op::InRange(drawn, *from, *to))
            }
            Cond::Watched(ms) => {
                let since = code.load(Place::contact(self.program.system.known_since));
                let length = code.int(*ms);
                let end = code.op(Op::Add(since, length));
                let too_short = is_still_to_come(end, code, changes);
                code.not(too_short)
            }
            Cond::WatchedSince(period) => {
                let since = code.load(Place::contact(self.program.system.known_since));
                let end = code.op(Op::Calendar(end_of(*period), since));
                let too_short = is_still_to_come(end, code, changes);
                code.not(too_short)
            }
            Cond::Today { day, comparison, ahead } => self.today((*day, *comparison, *ahead), code, changes),
            Cond::Now { field, comparison, ahead } => self.now((*field, *comparison, *ahead), code, changes),
            Cond::Clocks(window) => {
                let now = code.now();
                let shows = code.op(Op::Calendar(Calendar::Shows(*window), now));
                changes.push(code.op(Op::Calendar(Calendar::Turns(*window), now)));
                let yes = code.int(1);
                code.compare(Comparison::Equal, shows, yes)
            }
            Cond::Segment(id) => self.in_segment(*id, scope, code),
            Cond::TimedOut => match &scope.journey {
                Some(journey) => code.load(Place::journey(journey.slots.timed_out)),
                None => code.bool(false),
            },
        }
    }

    fn in_segment(&self, id: SegmentId, scope: &Scope<'_>, code: &mut Builder) -> ValueId {
        match scope.segments {
            Segments::Afresh => code.segment(id),
            // When it changes is the segment's own to say: the engine wakes for it, and whoever reads the slot looks again.
            Segments::Watched => code.load(Place::contact(self.slots_of_segment(id).0)),
        }
    }

    fn any_segment(&self, segments: &[SegmentId], scope: &Scope<'_>, code: &mut Builder) -> ValueId {
        let start = code.bool(false);
        segments.iter().fold(start, |any, segment| {
            let one = self.in_segment(*segment, scope, code);
            code.or(any, one)
        })
    }

    /// A day beside today. The day of a date begins at one instant, and today is not before it from then on.
    fn today(
        &self,
        (day, comparison, ahead): (Day, Comparison, i64),
        code: &mut Builder,
        changes: &mut Vec<ValueId>,
    ) -> ValueId {
        let (day, known) = match day {
            Day::Written(day) => (code.int(day), None),
            Day::Of(field) => {
                let Some(slot) = self.slot_of(field) else { return code.bool(false) };
                let value = code.load(Place::contact(slot));
                let is_moment = self.program.fields.at(field).ty == FieldType::Moment;
                let day = if is_moment { code.op(Op::Calendar(Calendar::DayOf, value)) } else { value };
                (day, self.known_of(slot, code))
            }
        };
        let (ahead, one) = (code.int(ahead), code.int(1));
        // Whether today is before this day, or before the one behind it.
        let day = code.op(Op::Sub(day, ahead));
        let next = code.op(Op::Add(day, one));
        let mut is_before = |day: ValueId, code: &mut Builder| {
            let begins = code.op(Op::Calendar(Calendar::DayBegins, day));
            is_still_to_come(begins, code, changes)
        };
        let holds = match comparison {
            Comparison::Greater => is_before(day, code),
            Comparison::GreaterOrEqual => is_before(next, code),
            Comparison::LessOrEqual => {
                let before = is_before(day, code);
                code.not(before)
            }
            Comparison::Less => {
                let before = is_before(next, code);
                code.not(before)
            }
            Comparison::Equal | Comparison::NotEqual => {
                let (before, until) = (is_before(day, code), is_before(next, code));
                let begun = code.not(before);
                let is = code.and(begun, until);
                if comparison == Comparison::Equal { is } else { code.not(is) }
            }
        };
        known.map_or(holds, |known| code.and(known, holds))
    }

    /// A moment beside now.
    fn now(
        &self,
        (field, comparison, ahead): (FieldId, Comparison, i64),
        code: &mut Builder,
        changes: &mut Vec<ValueId>,
    ) -> ValueId {
        let Some(slot) = self.slot_of(field) else { return code.bool(false) };
        let (at, known) = (code.load(Place::contact(slot)), self.known_of(slot, code));
        // An instant that is at hand is no longer still to come: what is to lie behind now is a millisecond more.
        let includes_now = matches!(comparison, Comparison::GreaterOrEqual | Comparison::Less);
        let ahead = code.int(ahead - i64::from(includes_now));
        let at = code.op(Op::Sub(at, ahead));
        let behind = is_still_to_come(at, code, changes);
        let holds = match comparison {
            Comparison::Greater | Comparison::GreaterOrEqual => behind,
            _ => code.not(behind),
        };
        known.map_or(holds, |known| code.and(known, holds))
    }

    /// Whether the value in a slot is there, where it may be missing.
    fn known_of(&self, slot: SlotId, code: &mut Builder) -> Option<ValueId> {
        let presence = self.program.frame.slots.at(slot).presence;
        presence.map(|_| code.known(Place::contact(slot)))
    }

    fn slot_of(&self, field: flow_ir::FieldId) -> Option<SlotId> {
        self.program.fields.at(field).slot
    }

    fn truth(&self, field: flow_ir::FieldId, code: &mut Builder) -> ValueId {
        let Some(slot) = self.slot_of(field) else { return code.bool(false) };
        let value = code.load(Place::contact(slot));
        match self.program.frame.slots.at(slot).presence {
            Some(_) => {
                let known = code.known(Place::contact(slot));
                code.and(known, value)
            }
            None => value,
        }
    }

    /// A missing choice or text is number 0, which no set holds, so it needs no look at presence. A stage is never missing.
    fn number_in(&self, field: flow_ir::FieldId, mut numbers: Vec<i64>, code: &mut Builder) -> ValueId {
        let Some(slot) = self.slot_of(field) else { return code.bool(false) };
        numbers.sort_unstable();
        numbers.dedup();
        let value = code.load(Place::contact(slot));
        match numbers.as_slice() {
            [] => code.bool(false),
            [only] => {
                let only = code.int(*only);
                code.compare(Comparison::Equal, value, only)
            }
            [low, .., high] if high - low + 1 == numbers.len() as i64 => code.op(Op::InRange(value, *low, *high)),
            _ => code.op(Op::InSet(value, numbers)),
        }
    }

    fn events(
        &mut self,
        test: &EventTest,
        scope: &mut Scope<'_>,
        code: &mut Builder,
        changes: &mut Vec<ValueId>,
    ) -> ValueId {
        if test.since == Since::Trigger {
            let pattern = self.pattern(&test.pattern);
            let at = scope.triggers.iter().position(|known| *known == pattern).unwrap_or_else(|| {
                scope.triggers.push(pattern);
                scope.triggers.len() - 1
            });
            return code.op(Op::Trigger(at as u32));
        }
        if let Since::Journey(since) = test.since {
            return self.counted(&test.pattern, test.at_least, since, scope, code);
        }
        let slot = self.fact_slot(&test.pattern, test.at_least);
        let last = code.load(Place::contact(slot));
        match test.since {
            Since::Within(ms) => within(last, ms, code, changes),
            Since::This(period) => {
                let end = code.op(Op::Calendar(end_of(period), last));
                is_still_to_come(end, code, changes)
            }
            _ => happened_at(last, code),
        }
    }

    /// Whether the journey has counted so many.
    fn counted(
        &mut self,
        pattern: &Pattern,
        at_least: u32,
        since: CountedSince,
        scope: &mut Scope<'_>,
        code: &mut Builder,
    ) -> ValueId {
        let Some(journey) = scope.journey.as_deref_mut() else { return code.bool(false) };
        let slot = self.count_slot(pattern, at_least, since, journey);
        let count = code.load(Place::journey(slot));
        let wanted = code.int(i64::from(at_least));
        code.compare(Comparison::GreaterOrEqual, count, wanted)
    }

    /// The slot in which a journey counts so many.
    pub(super) fn count_slot(
        &mut self,
        pattern: &Pattern,
        at_least: u32,
        since: CountedSince,
        journey: &mut JourneyScope,
    ) -> SlotId {
        let id = self.pattern(pattern);
        if let CountedSince::Sent(email) = since {
            // Nothing counts before it was sent.
            self.sent_slot(email, journey);
        }
        let place = journey.counted.get(&(id, since)).copied();
        let slot = place.and_then(|place| journey.counts.get_mut(place)).map(|known| {
            known.enough = known.enough.max(at_least);
            known.slot
        });
        slot.unwrap_or_else(|| {
            let since_words = match since {
                CountedSince::Entry => "entry".to_owned(),
                CountedSince::Wait => "the wait began".to_owned(),
                CountedSince::Round => "the round began".to_owned(),
                CountedSince::Sent(email) => self.email_name(email).to_owned(),
            };
            let slot = journey.layout.add(format!("{} since {since_words}", pattern.text), SlotKind::Int, false, 0);
            journey.counted.insert((id, since), journey.counts.len());
            journey.counts.push(EventCount { pattern: id, since, enough: at_least, slot });
            slot
        })
    }

    fn engaged(
        &mut self,
        kind: EngagementKind,
        email: EmailId,
        link: Option<&str>,
        scope: &mut Scope<'_>,
        code: &mut Builder,
    ) -> ValueId {
        let Some(journey) = scope.journey.as_deref_mut() else { return code.bool(false) };
        let asked = (kind, email, link.map(str::to_owned));
        let slot = journey.engaged.get(&asked).copied().unwrap_or_else(|| {
            let verb = format!("{kind:?}").to_lowercase();
            let link_text = link.map(|link| format!(" link \"{link}\"")).unwrap_or_default();
            let name = format!("{verb} {}{link_text}", self.email_name(email));
            let slot = journey.layout.add(name, SlotKind::Int, false, NEVER);
            journey.engagements.push(Engagement { kind, email, link: asked.2.clone(), slot });
            journey.engaged.insert(asked, slot);
            slot
        });
        happened(slot, code)
    }

    /// The slot that says when an email last left in this journey.
    pub(super) fn sent_slot(&self, email: EmailId, journey: &mut JourneyScope) -> SlotId {
        if let Some(slot) = journey.sent.get(&email) {
            return *slot;
        }
        let slot = journey.layout.add(format!("sent {}", self.email_name(email)), SlotKind::Int, false, NEVER);
        journey.slots.sent_at.push((email, slot));
        journey.sent.insert(email, slot);
        slot
    }
}

/// Whether the instant in a journey's slot ever came.
fn happened(slot: SlotId, code: &mut Builder) -> ValueId {
    let at = code.load(Place::journey(slot));
    happened_at(at, code)
}

fn happened_at(at: ValueId, code: &mut Builder) -> ValueId {
    let never = code.int(NEVER);
    code.compare(Comparison::Greater, at, never)
}

/// Whether an instant lies less than so long before now. It stops by itself that long after the instant.
fn within(last: ValueId, ms: i64, code: &mut Builder, changes: &mut Vec<ValueId>) -> ValueId {
    let length = code.int(ms);
    let end = code.op(Op::Add(last, length));
    is_still_to_come(end, code, changes)
}

/// Whether an instant lies after now. It stops by itself when it comes.
fn is_still_to_come(at: ValueId, code: &mut Builder, changes: &mut Vec<ValueId>) -> ValueId {
    let now = code.now();
    let is_ahead = code.compare(Comparison::Greater, at, now);
    let never = code.int(FOREVER);
    changes.push(code.op(Op::Select(is_ahead, at, never)));
    is_ahead
}

fn end_of(period: CalendarPeriod) -> Calendar {
    match period {
        CalendarPeriod::Week => Calendar::WeekEnds,
        CalendarPeriod::Month => Calendar::MonthEnds,
    }
}
