//! What is to be seen of a run, and the questions that rules ask of it: by looking through all of it, each time anew.

use std::collections::BTreeMap;

use flow_ir::{EmailId, Program, StepId, WorkflowId};
use flow_runtime::store::digest::Snapshot;
use flow_runtime::store::{
    ContactId, DecisionCode, DecisionRecord, EventRecord, JourneyRecord, OutboxKind, OutboxRecord,
};
use serde_json::Value;

use crate::run::Lived;
use crate::run::channel::Handed;
use crate::world::World;
use crate::world::people::{DAY, HOUR};
use crate::world::policy::Policy;
use crate::world::program::{Cond, EVENTS, MAILS, Period, SEGMENTS, STAGES, Test, Workflow};
use crate::world::wider::{Rules, TOPICS};

/// How many parts a point of a score has in a store.
const SCORE_PARTS: i64 = flow_ir::NUMBER_SCALE;

/// A run, as rules look at it.
#[derive(Debug)]
pub struct Seen<'a> {
    /// What was lived through.
    pub world: &'a World,
    /// What it left.
    pub lived: &'a Lived,
    /// Whose life every row is by now.
    now: BTreeMap<ContactId, ContactId>,
    /// Of each contact, by number.
    decisions: BTreeMap<ContactId, Vec<&'a DecisionRecord>>,
    events: BTreeMap<ContactId, Vec<&'a EventRecord>>,
}

impl<'a> Seen<'a> {
    /// Looks at a run.
    pub fn new(world: &'a World, lived: &'a Lived) -> Seen<'a> {
        let snapshot = &lived.snapshot;
        let mut seen = Seen {
            world,
            lived,
            now: snapshot.joined.iter().copied().collect(),
            decisions: BTreeMap::new(),
            events: BTreeMap::new(),
        };
        for row in &snapshot.decisions {
            seen.decisions.entry(row.contact).or_default().push(row);
        }
        for row in &snapshot.events {
            seen.events.entry(row.contact).or_default().push(row);
        }
        seen.decisions.values_mut().for_each(|rows| rows.sort_by_key(|row| row.id));
        seen.events.values_mut().for_each(|rows| rows.sort_by_key(|row| row.id));
        seen
    }

    /// The store.
    pub fn snapshot(&self) -> &'a Snapshot {
        &self.lived.snapshot
    }

    /// The program.
    pub fn program(&self) -> &'a Program {
        &self.lived.program
    }

    /// Whether a contact proved to be another.
    pub fn was_joined(&self, contact: ContactId) -> bool {
        self.now.contains_key(&contact)
    }

    /// Whether somebody proved to be this contact.
    pub fn has_joined(&self, contact: ContactId) -> bool {
        self.now.values().any(|into| *into == contact)
    }

    /// Whether nobody was joined with this contact.
    pub fn is_alone(&self, contact: ContactId) -> bool {
        !self.was_joined(contact) && !self.has_joined(contact)
    }

    /// What was decided about each contact, in the order of the log.
    pub fn decisions(&self) -> impl Iterator<Item = (ContactId, &[&'a DecisionRecord])> {
        self.decisions.iter().map(|(id, rows)| (*id, rows.as_slice()))
    }

    /// What one contact did, in the order of the log.
    pub fn events_of(&self, contact: ContactId) -> &[&'a EventRecord] {
        self.events.get(&contact).map(Vec::as_slice).unwrap_or_default()
    }

    /// The name of a workflow.
    pub fn name(&self, workflow: u32) -> &'a str {
        self.program().workflows.get(WorkflowId(workflow)).map_or("?", |workflow| &workflow.name)
    }

    /// A workflow as the world has it, where it is the same for the whole run.
    pub fn workflow(&self, number: u32) -> Option<&'a Workflow> {
        let name = self.name(number);
        let of = |plan: &'a crate::world::program::Plan| plan.workflows.iter().find(|workflow| workflow.name == name);
        let first = of(&self.world.plan);
        match self.world.next.as_ref().filter(|_| self.lived.is_changed) {
            Some(next) if of(next) == first => first,
            Some(_) => None,
            None => first,
        }
    }

    /// The rules over all workflows, where they are the same for the whole run.
    pub fn policy(&self) -> Option<&'a Policy> {
        let first = &self.world.plan.policy;
        let next = self.world.next.as_ref().filter(|_| self.lived.is_changed);
        next.is_none_or(|next| next.policy == *first).then_some(first)
    }

    /// What wider worlds have over all workflows, where it is the same for the whole run.
    pub fn wider(&self) -> Option<&'a Rules> {
        let first = self.world.plan.wider.as_ref()?;
        let next = self.world.next.as_ref().filter(|_| self.lived.is_changed);
        next.is_none_or(|next| next.wider.as_ref() == Some(first)).then_some(first)
    }

    /// The topic of a mail.
    pub fn topic(&self, row: &OutboxRecord) -> Option<&'static str> {
        self.wider()?;
        let email = self.program().emails.get(EmailId(row.email)).filter(|_| row.kind == OutboxKind::Mail)?;
        Rules::topic(MAILS.iter().position(|name| *name == email.name)?)
    }

    /// Whether a message is a mail that needs consent, and counts under caps.
    pub fn is_marketing(&self, row: &OutboxRecord) -> bool {
        let email = self.program().emails.get(EmailId(row.email)).filter(|_| row.kind == OutboxKind::Mail);
        email.is_some_and(|email| MAILS.iter().rev().skip(1).any(|name| *name == email.name))
    }

    /// For which value a journey began, where its workflow tells journeys apart, as events say it without regard to case.
    pub fn value(&self, row: &DecisionRecord) -> Option<String> {
        let (workflow, mut values) = (row.workflow?, self.lived.snapshot.values.iter());
        let own = values.find(|value| (value.contact, value.workflow, value.run) == (row.contact, workflow, row.run));
        own.map(|own| own.value.to_lowercase())
    }

    /// The label of a step.
    pub fn label(&self, workflow: u32, step: u32) -> Option<&'a str> {
        let workflow = self.program().workflows.get(WorkflowId(workflow))?;
        workflow.steps.get(StepId(step))?.label.as_deref()
    }

    /// The journey of a decision.
    pub fn journey(&self, row: &DecisionRecord) -> Option<&'a JourneyRecord> {
        let workflow = row.workflow?;
        let is_it = |journey: &&JourneyRecord| {
            journey.contact == row.contact && journey.workflow == workflow && journey.run == row.run
        };
        self.snapshot().journeys().into_iter().find(is_it)
    }

    /// The outbox row of this number.
    pub fn outbox(&self, id: u64) -> Option<&'a OutboxRecord> {
        self.snapshot().outbox.iter().map(|(row, _)| row).find(|row| row.id == id)
    }

    /// What came over of a row.
    pub fn handed(&self, row: &OutboxRecord) -> &'a [Handed] {
        self.lived.book.get(&row.key).map(Vec::as_slice).unwrap_or_default()
    }

    /// When the attempt was made whose delivery a decision records.
    pub fn attempted_at(&self, row: &DecisionRecord) -> Option<i64> {
        self.outbox(row.send?).map(|sent| sent.due_at)
    }

    /// Whether a condition held of a contact for certain, at an instant and ever since a moment before it; none where that cannot be told from
    /// here.
    pub fn held(&self, condition: &Cond, contact: ContactId, journey: Option<&JourneyRecord>, at: i64) -> Option<bool> {
        match condition {
            Cond::Is(field) => self.flag(field, contact, at),
            Cond::IsNot(field) => self.flag(field, contact, at).map(|holds| !holds),
            Cond::StageAtLeast(stage) => Some(self.stage(contact, at)? >= *stage as i64),
            Cond::ScoreAtLeast(score) => Some(self.score(contact, at)? >= score * SCORE_PARTS),
            Cond::Happened(test, count, Period::Days(days)) => Some(
                self.count(test, contact, at, |event| event.occurred_at > at - i64::from(*days) * DAY)
                    >= *count as usize,
            ),
            Cond::Happened(test, count, Period::Ever) => {
                Some(self.count(test, contact, at, |_| true) >= *count as usize)
            }
            Cond::Happened(test, count, Period::Bare) => {
                let journey = journey?;
                let since = |event: &EventRecord| {
                    event.id > journey.since
                        && event.received_at > journey.entered_at
                        && event.occurred_at > journey.entered_at
                };
                (self.count(test, contact, at, since) >= *count as usize).then_some(true)
            }
            Cond::Segment(segment) => self.in_segment(*segment, contact, at),
            Cond::Or(parts) => {
                let answers: Vec<Option<bool>> =
                    parts.iter().map(|part| self.held(part, contact, journey, at)).collect();
                if answers.contains(&Some(true)) {
                    Some(true)
                } else {
                    answers.iter().all(|answer| *answer == Some(false)).then_some(false)
                }
            }
            _ => None,
        }
    }

    fn in_segment(&self, segment: usize, contact: ContactId, at: i64) -> Option<bool> {
        match SEGMENTS.get(segment)?.0 {
            "keen" => {
                let pricing = Test { event: 1, value: Some(0) };
                Some(self.count(&pricing, contact, at, |event| event.occurred_at > at - 7 * DAY) >= 2)
            }
            "warm" => Some(self.score(contact, at)? >= 20 * SCORE_PARTS && !self.flag("disqualified", contact, at)?),
            "paying" => Some(self.count(&Test { event: 6, value: None }, contact, at, |_| true) >= 1),
            _ => None,
        }
    }

    fn count(&self, test: &Test, contact: ContactId, at: i64, counts: impl Fn(&EventRecord) -> bool) -> usize {
        let matches = |event: &&&EventRecord| {
            event.received_at <= at && event.occurred_at <= at && event.counts && is(test, event) && counts(event)
        };
        self.events_of(contact).iter().filter(matches).count()
    }

    /// A yes/no field that only rows and `identify` lines say; none where two instants make it doubtful.
    fn flag(&self, field: &str, contact: ContactId, at: i64) -> Option<bool> {
        // What a file says of somebody is of when it was read: only who is in no file is told here.
        if self.is_in_a_file(contact) || !self.is_alone(contact) {
            return None;
        }
        let said = |event: &&&EventRecord| event.name == "identify" && event.received_at <= at;
        let mut values: Vec<(i64, bool)> = Vec::new();
        for event in self.events_of(contact).iter().filter(said) {
            let said: Value = serde_json::from_str(&event.properties).ok()?;
            match said.get(field) {
                None | Some(Value::Null) => {}
                Some(value) => values.push((event.occurred_at, truth(value)?)),
            }
        }
        let newest = values.iter().map(|(at, _)| *at).max();
        let of_then: Vec<bool> = values.iter().filter(|(at, _)| Some(*at) == newest).map(|(_, value)| *value).collect();
        match of_then.as_slice() {
            [] => Some(false),
            [one] => Some(*one),
            _ => None,
        }
    }

    /// Whether a row of a file is about this contact.
    pub fn is_in_a_file(&self, contact: ContactId) -> bool {
        let rows = self.world.people.rows.iter().chain(&self.world.people.grown);
        rows.into_iter().any(|row| self.owner(&format!("user:u{}", row.user)) == Some(contact))
    }

    /// Whose a key is.
    pub fn owner(&self, key: &str) -> Option<ContactId> {
        let keys = &self.snapshot().keys;
        keys.iter().find(|(known, _)| known == key).map(|(_, contact)| self.of_now(*contact))
    }

    /// Who a contact is by now.
    pub fn of_now(&self, contact: ContactId) -> ContactId {
        let mut now = contact;
        while let Some(into) = self.now.get(&now) {
            now = *into;
        }
        now
    }

    /// The stage by its ledger; none where it changed at this very instant.
    fn stage(&self, contact: ContactId, at: i64) -> Option<i64> {
        let own = || self.snapshot().stages.iter().filter(move |row| row.contact == contact);
        if !self.is_alone(contact) || own().any(|row| row.at == at) {
            return None;
        }
        // Rows of one instant stand in the order of their values: each begins where the one before it ends.
        let mut now = 0;
        let mut instants: Vec<i64> = own().map(|row| row.at).filter(|row| *row <= at).collect();
        instants.dedup();
        for instant in instants {
            let mut left: Vec<_> = own().filter(|row| row.at == instant).collect();
            while let Some(place) = left.iter().position(|row| row.from == now) {
                now = left.remove(place).to;
            }
        }
        (now < STAGES.len() as i64).then_some(now)
    }

    /// The score by its ledger; none where it changed at this very instant.
    fn score(&self, contact: ContactId, at: i64) -> Option<i64> {
        let own = || self.snapshot().scores.iter().filter(move |row| row.contact == contact);
        if !self.is_alone(contact) || own().any(|row| row.at == at) {
            return None;
        }
        Some(own().filter(|row| row.at < at).map(|row| row.change).sum())
    }

    /// Whether the person has refused mail for certain by then, and has not come back.
    pub fn has_refused(&self, contact: ContactId, at: i64) -> bool {
        let refused = |event: &&&EventRecord| {
            event.received_at <= at
                && match event.name.as_str() {
                    "Unsubscribed" => topics(event).is_empty(),
                    "Email Marked as Spam" => true,
                    "identify" => is_said(event, "unsubscribed") || is_said(event, "do_not_contact"),
                    _ => false,
                }
        };
        let back = self.events_of(contact).iter().any(|event| event.name == "Subscribed" && event.received_at <= at);
        !back && self.events_of(contact).iter().any(|event| refused(&event))
    }

    /// Whether the person has refused a topic for certain by then, and has not subscribed to anything since the first day.
    pub fn has_refused_topic(&self, contact: ContactId, topic: &str, at: i64) -> bool {
        let known = || self.events_of(contact).iter().filter(|event| event.received_at <= at);
        let back = known().any(|event| event.name == "Subscribed");
        !back && known().any(|event| event.name == "Unsubscribed" && topics(event).iter().any(|one| one == topic))
    }

    /// Whether anything may have said by then that the person wants mail: an act of theirs, or a column.
    pub fn may_have_wanted(&self, contact: ContactId, at: i64) -> bool {
        let says = |event: &EventRecord| match event.name.as_str() {
            "Subscribed" => !self.wider().is_some_and(|rules| rules.confirms),
            "Confirmed" => true,
            "identify" => ["consent", "topic", "unsubscribed"].iter().any(|name| event.properties.contains(name)),
            _ => false,
        };
        !self.is_alone(contact)
            || self.is_in_a_file(contact)
            || self.events_of(contact).iter().any(|event| event.received_at <= at && says(event))
    }

    /// Whether the person is not to be contacted at all by then.
    pub fn is_off_limits(&self, contact: ContactId, at: i64) -> bool {
        self.events_of(contact)
            .iter()
            .any(|event| event.received_at <= at && event.name == "identify" && is_said(event, "do_not_contact"))
    }

    /// The ends of journeys, of which each has one.
    pub fn end_of(rows: &[&DecisionRecord], workflow: u32, run: u32) -> Vec<i64> {
        let ends = rows.iter().filter(|row| row.workflow == Some(workflow) && row.run == run && row.code.is_end());
        ends.map(|row| row.at).collect()
    }

    /// The entries into a workflow.
    pub fn entries<'r>(rows: &'r [&'a DecisionRecord], workflow: u32) -> impl Iterator<Item = &'r &'a DecisionRecord> {
        rows.iter().filter(move |row| row.workflow == Some(workflow) && row.code == DecisionCode::Entered)
    }

    /// When the store took up its first day: an event that occurred before is history.
    pub fn is_history(&self, event: &EventRecord) -> bool {
        event.occurred_at < crate::world::people::START
    }

    /// How long a trigger waits for its person.
    pub const HELD_FOR: i64 = HOUR / 6;
}

/// Whether an event is of such a kind.
pub fn is(test: &Test, event: &EventRecord) -> bool {
    let Some((name, property)) = EVENTS.get(test.event) else { return false };
    if event.name != *name {
        return false;
    }
    match (property, test.value) {
        (Some((property, values)), Some(value)) => {
            let said: Value = serde_json::from_str(&event.properties).unwrap_or_default();
            said.get(*property).and_then(Value::as_str) == values.get(value).copied()
        }
        _ => true,
    }
}

/// The topics that an event is about, those that nobody has declared left out; none where it is about everything.
fn topics(event: &EventRecord) -> Vec<String> {
    let said: Value = serde_json::from_str(&event.properties).unwrap_or_default();
    let named = said.get("topic").and_then(Value::as_str).unwrap_or_default().to_lowercase();
    TOPICS.into_iter().filter(|topic| named.contains(topic)).map(str::to_owned).collect()
}

fn is_said(event: &EventRecord, field: &str) -> bool {
    let said: Value = serde_json::from_str(&event.properties).unwrap_or_default();
    said.get(field).and_then(truth) == Some(true)
}

fn truth(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(value) => Some(*value),
        Value::Number(number) => Some(number.as_i64()? != 0),
        Value::String(text) => Some(matches!(text.as_str(), "true" | "yes" | "1")),
        _ => None,
    }
}
