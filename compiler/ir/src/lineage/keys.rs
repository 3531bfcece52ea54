//! What a slot is, in words that mean the same in every version: by these it is found again.

use crate::{
    AFTER, BEFORE, CountedSince, Dates, Engagement, Entry, EventCount, Field, FieldType, Id, IdMap, Meaning, Pattern,
    PatternEvent, Slot, SlotId, SlotRole, TurnSlot, Workflow, WorkflowId,
};
use std::collections::BTreeMap;

/// The newest slot of each key.
pub(super) fn by_key(keys: &IdMap<SlotId, String>) -> BTreeMap<&str, SlotId> {
    keys.iter().map(|(slot, key)| (key.as_str(), slot)).collect()
}

/// What an event pattern asks, in names.
pub(super) fn signature(meaning: &Meaning, pattern: &Pattern) -> String {
    let segment = |id| meaning.segments.get(id).map_or("?", |segment| segment.name.as_str());
    let (event, properties) = match pattern.event {
        PatternEvent::Entered(id) => (format!("entered {}", segment(id)), &[][..]),
        PatternEvent::Left(id) => (format!("left {}", segment(id)), &[][..]),
        PatternEvent::Changed(id) => {
            let field = meaning.fields.get(id).map_or("?", |field| field.name.as_str());
            (format!("changed {field}"), &[][..])
        }
        PatternEvent::MarketedAbout(id) => {
            let field = meaning.fields.get(id).map_or("?", |field| field.name.as_str());
            (format!("sent any marketing email about {field}"), &[][..])
        }
        event @ (PatternEvent::AnyActivity
        | PatternEvent::Engaged(_)
        | PatternEvent::Mailed
        | PatternEvent::Marketed) => (event.words().unwrap_or_default().to_owned(), &[][..]),
        PatternEvent::Declared(id) => match meaning.events.get(id) {
            Some(event) => (format!("event {}", event.name), event.properties.as_slice()),
            None => ("event ?".to_owned(), &[][..]),
        },
    };
    let tests = pattern.tests.iter().map(|test| {
        let property = match (pattern.event, test.property) {
            (PatternEvent::Changed(_), BEFORE) => "before",
            (PatternEvent::Changed(_), AFTER) => "after",
            (_, place) => properties.get(place as usize).map_or("?", |property| property.name.as_str()),
        };
        format!(" {property} {} {:?}", if test.negated { "not" } else { "is" }, test.test)
    });
    event + &tests.collect::<String>()
}

/// Two slots of one key hold the same kind of bytes.
fn shaped(key: String, slot: &Slot) -> String {
    format!("{key} {:?} {}", slot.kind, if slot.presence.is_some() { "or none" } else { "always" })
}

/// The slots of the frame.
pub(super) fn frame(meaning: &Meaning) -> IdMap<SlotId, String> {
    let mut names: BTreeMap<SlotId, String> = BTreeMap::new();
    for (slot, role) in meaning.roles() {
        let name = of_role(meaning, role);
        name.into_iter().for_each(|name| drop(names.insert(slot, name)));
    }
    let key = |(id, slot): (SlotId, &Slot)| {
        let name = names.remove(&id).unwrap_or_else(|| format!("slot {}", slot.name));
        shaped(name, slot)
    };
    meaning.frame.slots.iter().map(key).collect()
}

/// What is kept, in words; none where the slot's own name says it.
fn of_role(meaning: &Meaning, role: SlotRole) -> Option<String> {
    let segment = |id| meaning.segments.get(id).map_or("?", |segment| segment.name.as_str());
    let workflow = |id| meaning.workflows.get(id).map_or("?", |workflow| workflow.name.as_str());
    Some(match role {
        SlotRole::Field(field) => of_field(meaning.fields.get(field)?),
        // A split that is gone for a version keeps its slot by its name, and so what was drawn; a team who it has.
        SlotRole::System(_) | SlotRole::Drawn(_) | SlotRole::Handed(..) | SlotRole::Owner(_) | SlotRole::Lapses(_) => {
            return None;
        }
        SlotRole::Fact(fact, nth) => {
            let pattern = meaning.patterns.get(meaning.facts.get(fact)?.pattern);
            let asked = pattern.map(|pattern| signature(meaning, pattern)).unwrap_or_default();
            format!("fact {nth} of {asked}")
        }
        SlotRole::Holds(id) => format!("holds {}", segment(id)),
        SlotRole::NextChange(id) => format!("next change {}", segment(id)),
        SlotRole::Seen(id) => format!("seen of {}", of_field(meaning.fields.get(id)?)),
        SlotRole::Was(id) => format!("was {}", workflow(id)),
        SlotRole::Owed(id) => format!("owed {}", workflow(id)),
        SlotRole::Unjudged(id) => format!("unjudged {}", workflow(id)),
        // Other dates are waited for anew; for which one somebody has come in stays known.
        SlotRole::Date(id) => match &meaning.workflows.get(id)?.entry {
            Entry::Dated { dates, .. } => format!("date of {}: {}", workflow(id), dates.words(meaning)),
            _ => return None,
        },
        SlotRole::Decided(id) => match &meaning.workflows.get(id)?.entry {
            Entry::Dated { dates: Dates::Field(date), .. } => {
                let field = meaning.fields.get(date.field).map_or("?", |field| field.name.as_str());
                format!("decided {} for {field}{}", workflow(id), if date.yearly { " every year" } else { "" })
            }
            _ => format!("decided {} by days", workflow(id)),
        },
        SlotRole::Started(id) => format!("started {}", workflow(id)),
        SlotRole::Turn(id, kept) => of_turn(meaning, id, "turn", kept)?,
        SlotRole::Again(id, kept) => of_turn(meaning, id, "trigger to come", kept)?,
    })
}

/// What is kept of a turn, or of a trigger that came during a journey.
fn of_turn(meaning: &Meaning, id: WorkflowId, turn: &str, kept: TurnSlot) -> Option<String> {
    let workflow = meaning.workflows.get(id)?;
    let name = &workflow.name;
    Some(match kept {
        TurnSlot::At => format!("{turn} {name}"),
        TurnSlot::Triggers => format!("triggers of the {turn} {name}"),
        TurnSlot::TriggeredAt => format!("trigger of the {turn} {name}"),
        TurnSlot::Count(count) => {
            let counted = journey(meaning, workflow, 0);
            format!("before the {turn} {name}: {}", counted.get(count).map_or("?", String::as_str))
        }
    })
}

/// A text's numbers mean nothing among other literals.
fn of_field(field: &Field) -> String {
    let kind = match &field.ty {
        ty if ty.is_text() => format!(" among {:?}", field.literals),
        FieldType::OneOf(_) => " choice".to_owned(),
        FieldType::Stage => " stage".to_owned(),
        // A number and an amount are kept alike, an instant is none of both.
        FieldType::Moment => " moment".to_owned(),
        _ => String::new(),
    };
    format!("field {} {}{kind}", field.tag.as_deref().unwrap_or_default(), field.name)
}

/// The slots of a journey, where the trace words of these steps stand behind `trace_from` others.
pub(super) fn journey(meaning: &Meaning, workflow: &Workflow, trace_from: u32) -> IdMap<SlotId, String> {
    let mut names: BTreeMap<SlotId, String> = BTreeMap::new();
    let slots = &workflow.slots;
    names.insert(slots.triggered_at, "triggered at".to_owned());
    names.insert(slots.waiting_since, "waiting since".to_owned());
    names.insert(slots.timed_out, "timed out".to_owned());
    names.extend(slots.round_began.map(|slot| (slot, "round began".to_owned())));
    names.extend(slots.taken.map(|slot| (slot, "taken".to_owned())));
    let paused = slots.paused.iter().flat_map(|paused| paused.each());
    names.extend(paused.map(|(slot, what)| (slot, what.to_owned())));
    let several = slots.several.iter().flat_map(|several| several.each());
    names.extend(several.map(|(slot, what)| (slot, what.to_owned())));
    names.extend(slots.late.map(|slot| (slot, "late".to_owned())));
    names.extend(slots.held_out.map(|slot| (slot, "held out".to_owned())));
    for (word, slot) in (trace_from..).zip(&slots.trace) {
        names.insert(*slot, format!("trace {word}"));
    }
    let email = |id| meaning.emails.get(id).map_or("?", |email| email.name.as_str());
    for (id, slot) in &slots.sent_at {
        names.insert(*slot, format!("sent {}", email(*id)));
    }
    for Engagement { kind, email: id, link, slot } in &workflow.engagements {
        names.insert(*slot, format!("{kind:?} {} {link:?}", email(*id)));
    }
    for EventCount { pattern, since, slot, .. } in &workflow.counts {
        let since = match since {
            CountedSince::Entry => "entry".to_owned(),
            CountedSince::Wait => "wait".to_owned(),
            CountedSince::Round => "round".to_owned(),
            // An email may be called `round`.
            CountedSince::Sent(id) => format!("sent {}", email(*id)),
        };
        let asked = meaning.patterns.get(*pattern).map(|pattern| signature(meaning, pattern)).unwrap_or_default();
        names.insert(*slot, format!("count since {since} of {asked}"));
    }
    let key = |(id, slot): (SlotId, &Slot)| {
        let name = names.get(&id).cloned().unwrap_or_else(|| format!("slot {}", slot.name));
        shaped(name, slot)
    };
    workflow.journey.slots.iter().map(key).collect()
}

/// The numbers of `names` by the numbers of `kept`; those that are not there come behind. Also how many there are then.
pub(super) fn numbered<'a, I: Id>(
    kept: impl Iterator<Item = &'a str>,
    names: impl Iterator<Item = &'a str>,
) -> (Vec<I>, usize) {
    let known: BTreeMap<&str, usize> = kept.enumerate().map(|(place, name)| (name, place)).collect();
    let mut next = known.len();
    let of = names.map(|name| {
        I::from_index(known.get(name).copied().unwrap_or_else(|| {
            next += 1;
            next - 1
        }))
    });
    let of = of.collect();
    (of, next)
}
