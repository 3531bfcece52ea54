//! What the event said that lets people in: which properties there are for the steps of a workflow and for the mails that it sends, and the fields
//! that keep those of them which are read.
//!
//! In: the declarations as written and the schema. A property has a value for everybody where every event that lets people in has it, with one type,
//! and nothing else lets them in; else some have none, and a fallback says what they get.

use super::schema::{Schema, SchemaField};
use crate::Project;
use crate::resolve::{Declared, Scope};
use crate::source::Location;
use crate::syntax::ast::{self, Header, Literal, Predicate, Step, StepKind};
use crate::typed::FieldShape;
use flow_ir::{EventId, FieldId, FieldType, TriggerKept, TriggerValue};
use std::collections::{BTreeMap, BTreeSet};

/// The triggers of all workflows.
#[derive(Debug, Default)]
pub(crate) struct Triggers {
    workflows: BTreeMap<String, Trigger>,
    /// The workflows that send each email, by name.
    senders: BTreeMap<String, BTreeSet<String>>,
    /// Some workflow may send a mail of which nothing is known: a line of it could not be read, or its name is taken.
    some_unread: bool,
}

/// What lets people into a workflow.
#[derive(Debug, Default)]
struct Trigger {
    ways: Vec<(Way, Location)>,
    /// How many of them its own `enter` lines are.
    own: usize,
    /// The property by whose values its journeys of one person are told apart.
    several: Option<String>,
    /// The fields of its journeys, by property.
    fields: BTreeMap<String, FieldId>,
}

/// One way in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    Event(EventId),
    /// Something that says nothing: a change, a date, a `start`.
    Silent,
    /// A name that is reported to be unknown, or a line that is.
    Unclear,
}

/// A property that a trigger has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Said {
    pub ty: FieldType,
    /// The event that has it first, and its place there.
    pub of: (EventId, usize),
    /// Whether somebody may come in without it, and where that is said.
    pub lacking: Option<Location>,
}

/// Why a trigger does not have a property.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Unsaid {
    /// No event lets anybody in.
    NoEvent,
    /// No workflow sends the mail.
    NotSent,
    /// These events do, and none of them has it.
    NotOf(Vec<EventId>),
    /// Two of them have it, each of another type.
    TwoTypes([(EventId, FieldType); 2]),
    /// What lets people in is reported to be wrong.
    Unclear,
}

impl Triggers {
    /// Of a whole project. What is read gets its fields in the schema.
    pub(crate) fn of(scope: &Scope, project: &Project, schema: &mut Schema) -> Self {
        let some_unread = scope.workflow_left_out
            || scope.broken.contains(&ast::Kind::Workflow)
            || scope.workflows.iter().any(|workflow| workflow.node.broken);
        let mut triggers = Self { some_unread, ..Self::default() };
        let mut started: BTreeMap<&str, Location> = BTreeMap::new();
        for workflow in &scope.workflows {
            let name = workflow.node.name.text.as_str();
            let ways = ways_in(workflow, schema);
            let several = workflow.node.per_value().map(|per| per.property.text.clone());
            let trigger = Trigger { own: ways.len(), ways, several, fields: BTreeMap::new() };
            triggers.workflows.insert(name.to_owned(), trigger);
            each_step(workflow.node.all_steps(), &mut |step| {
                if let StepKind::Start(start) = &step.kind {
                    started.entry(&start.workflow.text).or_insert(workflow.at(step.head));
                }
                if let Some(email) = step.message() {
                    triggers.senders.entry(email.text.clone()).or_default().insert(name.to_owned());
                }
            });
        }
        for (name, at) in started {
            triggers.workflows.entry(name.to_owned()).and_modify(|started| started.ways.push((Way::Silent, at)));
        }
        triggers.keep_what_is_read(scope, project, schema);
        triggers
    }

    /// Fields for what steps and mails read.
    fn keep_what_is_read(&mut self, scope: &Scope, project: &Project, schema: &mut Schema) {
        let mut of_mails: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
        for email in scope.emails.values() {
            let read = email.node.triggers.iter().cloned().chain(in_template(&email.node, project));
            let read: BTreeSet<String> = read.collect();
            let senders = self.senders.get(&email.node.name.text).into_iter().flatten();
            senders.for_each(|sender| of_mails.entry(sender).or_default().extend(read.iter().cloned()));
        }
        let mut found: Vec<(String, String, FieldId)> = Vec::new();
        for workflow in &scope.workflows {
            let name = workflow.node.name.text.as_str();
            let several = workflow.node.per_value().map(|per| per.property.text.clone());
            let read = workflow.node.triggers.iter().chain(of_mails.get(name).into_iter().flatten()).chain(&several);
            for property in read.collect::<BTreeSet<_>>() {
                let Ok(said) = self.of_workflow(schema, name, property) else { continue };
                let field = keep(schema, &workflow.node, property, &said);
                found.push((name.to_owned(), property.clone(), field));
            }
        }
        for (workflow, property, field) in found {
            let trigger = self.workflows.entry(workflow).or_default();
            trigger.fields.insert(property, field);
        }
    }

    /// What the triggers of a workflow say of a property.
    pub(crate) fn of_workflow(&self, schema: &Schema, workflow: &str, property: &str) -> Result<Said, Unsaid> {
        let ways = self.workflows.get(workflow).map(|trigger| trigger.ways.as_slice()).unwrap_or_default();
        let mut said: Option<Said> = None;
        let (mut lacking, mut events) = (None, Vec::new());
        for (way, at) in ways {
            let Way::Event(event) = *way else {
                lacking = lacking.or(Some(*at));
                continue;
            };
            events.push(event);
            let declared = schema.events.at(event);
            let place = declared.property_places.get(property).copied();
            let found = place.and_then(|place| Some((place, declared.shape.properties.get(place)?)));
            let Some((place, found)) = found else {
                if declared.broken {
                    return Err(Unsaid::Unclear);
                }
                lacking = lacking.or(Some(*at));
                continue;
            };
            if found.optional {
                lacking = lacking.or(declared.declared.get(property).copied());
            }
            match &said {
                Some(first) if first.ty != found.ty => {
                    return Err(Unsaid::TwoTypes([(first.of.0, first.ty.clone()), (event, found.ty.clone())]));
                }
                Some(_) => {}
                None => said = Some(Said { ty: found.ty.clone(), of: (event, place), lacking: None }),
            }
        }
        match said {
            Some(said) => Ok(Said { lacking, ..said }),
            None if ways.iter().any(|(way, _)| *way == Way::Unclear) => Err(Unsaid::Unclear),
            None if events.is_empty() => Err(Unsaid::NoEvent),
            None => Err(Unsaid::NotOf(events)),
        }
    }

    /// The same of a mail, whichever workflow sends it. `whole` is its declaration, where a workflow sends it whose people have no such value.
    pub(crate) fn of_email(
        &self,
        schema: &Schema,
        email: &str,
        property: &str,
        whole: Location,
    ) -> Result<Said, Unsaid> {
        let nobody = if self.some_unread { Unsaid::Unclear } else { Unsaid::NotSent };
        let senders = self.senders.get(email).ok_or(nobody)?;
        let mut said: Option<Said> = None;
        let (mut lacking, mut unsaid) = (None, None);
        for sender in senders {
            match (self.of_workflow(schema, sender, property), &said) {
                (Ok(found), Some(first)) if found.ty != first.ty => {
                    return Err(Unsaid::TwoTypes([(first.of.0, first.ty.clone()), (found.of.0, found.ty)]));
                }
                (Ok(found), first) => {
                    lacking = lacking.or(found.lacking);
                    said = Some(first.clone().unwrap_or(found));
                }
                (Err(why @ (Unsaid::TwoTypes(_) | Unsaid::Unclear)), _) => return Err(why),
                (Err(why), _) => {
                    lacking = lacking.or(self.place_of(sender)).or(Some(whole));
                    // That an event lacks it says more than that there is none.
                    unsaid = unsaid.filter(|known| *known != Unsaid::NoEvent).or(Some(why));
                }
            }
        }
        match said {
            Some(said) => Ok(Said { lacking, ..said }),
            None if self.some_unread => Err(Unsaid::Unclear),
            None => Err(unsaid.unwrap_or(Unsaid::NotSent)),
        }
    }

    /// The property by whose values somebody's journeys in a workflow are told apart.
    pub(crate) fn several(&self, workflow: &str) -> Option<&str> {
        self.workflows.get(workflow)?.several.as_deref()
    }

    /// Where a line of the workflow lets people in by what has no value of a property.
    pub(crate) fn way_without(&self, schema: &Schema, workflow: &str, property: &str) -> Option<Location> {
        let trigger = self.workflows.get(workflow)?;
        let lacks = |way: Way| match way {
            Way::Event(event) => !schema.events.at(event).property_places.contains_key(property),
            Way::Silent => true,
            Way::Unclear => false,
        };
        trigger.ways.iter().take(trigger.own).find(|(way, _)| lacks(*way)).map(|(_, at)| *at)
    }

    /// Whether an event lets people into a workflow.
    pub(crate) fn lets_into_workflow(&self, workflow: &str, event: EventId) -> bool {
        let ways = self.workflows.get(workflow).map(|trigger| trigger.ways.as_slice()).unwrap_or_default();
        ways.iter().any(|(way, _)| *way == Way::Event(event))
    }

    /// The same of the workflows that send a mail.
    pub(crate) fn lets_into_senders(&self, email: &str, event: EventId) -> bool {
        let senders = self.senders.get(email).into_iter().flatten();
        senders.into_iter().any(|sender| self.lets_into_workflow(sender, event))
    }

    /// Where it is said what lets people into a workflow.
    fn place_of(&self, workflow: &str) -> Option<Location> {
        self.workflows.get(workflow)?.ways.first().map(|(_, at)| *at)
    }

    /// The field that keeps a property for the journeys of a workflow.
    pub(crate) fn field(&self, workflow: &str, property: &str) -> Option<FieldId> {
        self.workflows.get(workflow)?.fields.get(property).copied()
    }

    /// One of the fields that keep it for those whom a mail goes to: which, the workflow decides that sends it.
    pub(crate) fn field_of_email(&self, email: &str, property: &str) -> Option<FieldId> {
        self.senders.get(email)?.iter().find_map(|sender| self.field(sender, property))
    }

    /// The properties that a mail may read.
    pub(crate) fn properties_of_email(&self, schema: &Schema, email: &str) -> BTreeSet<String> {
        let senders = self.senders.get(email).into_iter().flatten();
        let ways = senders.filter_map(|sender| self.workflows.get(sender)).flat_map(|trigger| &trigger.ways);
        let events = ways.filter_map(|(way, _)| if let Way::Event(event) = way { Some(*event) } else { None });
        let properties = events.flat_map(|event| &schema.events.at(event).shape.properties);
        properties.map(|property| property.name.clone()).collect()
    }
}

/// Adds the fields that keep a property for a workflow, wherever its triggers may have to wait; tells that of its journeys.
fn keep(schema: &mut Schema, workflow: &ast::Workflow, property: &str, said: &Said) -> FieldId {
    let heads = || workflow.headers().map(|header| &header.kind);
    let has_turns = heads().any(|header| matches!(header, Header::Rate(_)));
    let comes_again = heads().any(|header| matches!(header, Header::Reenter(ast::Reenter::Always)));
    let per = workflow.per_value();
    let of_journey = schema.fields.next_id();
    let kept = [TriggerKept::Journey, TriggerKept::Held].into_iter();
    let kept = kept.chain(has_turns.then_some(TriggerKept::Turn)).chain(comes_again.then_some(TriggerKept::Again));
    let seats = TriggerKept::seats().filter(|_| per.is_some());
    let had = per.filter(|per| per.property.text == property).map(|_| TriggerKept::Had);
    for kept in kept.chain(seats).chain(had) {
        let trigger = TriggerValue { workflow: workflow.name.text.clone(), property: property.to_owned(), kept };
        let shape = FieldShape {
            name: trigger.written(),
            ty: if kept == TriggerKept::Had { FieldType::Text } else { said.ty.clone() },
            optional: said.lacking.is_some() || kept == TriggerKept::Had,
            default: None,
            tag: None,
            trigger: Some(trigger),
        };
        schema.fields.push(SchemaField { shape, declared: said.lacking });
    }
    of_journey
}

/// What lets people into a workflow by itself.
fn ways_in(workflow: &Declared<ast::Workflow>, schema: &Schema) -> Vec<(Way, Location)> {
    let enters = workflow.node.headers().filter_map(|header| match &header.kind {
        Header::Enter(enter) => Some((enter, workflow.at(header.span))),
        _ => None,
    });
    let mut ways = Vec::new();
    for (enter, at) in enters {
        match &enter.when {
            Some(when) if enter.dates.is_none() => events_in(when, schema, &mut |way, span| {
                ways.push((way, workflow.at(span)));
            }),
            _ => ways.push((Way::Silent, at)),
        }
        if ways.is_empty() {
            ways.push((Way::Silent, at));
        }
    }
    if ways.is_empty() || workflow.node.broken && ways.iter().all(|(way, _)| *way == Way::Silent) {
        ways.push((Way::Unclear, workflow.at(workflow.node.head)));
    }
    ways
}

/// Calls `found` with what triggers in the condition of an entry.
fn events_in(when: &Predicate, schema: &Schema, found: &mut impl FnMut(Way, crate::source::Span)) {
    let way = |name: &str| schema.event(name).map_or(Way::Unclear, Way::Event);
    match when {
        Predicate::Event { none: false, event, period: None, span, .. } => found(way(&event.text), *span),
        Predicate::Compare { left, relation: None, span } => {
            if let [(false, Literal::Word(name))] = left.terms.as_slice()
                && schema.field(&name.text).is_none()
                && let Some(event) = schema.event(&name.text)
            {
                found(Way::Event(event), *span);
            }
        }
        Predicate::Crossed(ast::Crossed { period: None, .. }, span)
        | Predicate::Changed(ast::Changed { period: None, .. }, span) => found(Way::Silent, *span),
        other => other.children().iter().for_each(|part| events_in(part, schema, found)),
    }
}

/// The properties that the file of a mail reads, as far as they are written as Flow writes them.
fn in_template(email: &ast::Email, project: &Project) -> BTreeSet<String> {
    let path = email.template().and_then(ast::Text::plain).unwrap_or_default();
    let file = project.templates.iter().find(|template| template.path == path);
    let text = file.map(|file| file.text.as_str()).unwrap_or_default();
    let named = text.match_indices("trigger.").filter(|(at, _)| {
        let before = text.get(..*at).and_then(|before| before.chars().next_back());
        before.is_none_or(|sign| !(sign.is_alphanumeric() || matches!(sign, '_' | '.' | '-')))
    });
    let is_of_name = |sign: char| sign.is_ascii_alphanumeric() || sign == '_';
    named
        .filter_map(|(at, word)| text.get(at + word.len()..)?.split(|sign| !is_of_name(sign)).next().map(str::to_owned))
        .collect()
}

fn each_step<'t>(steps: impl IntoIterator<Item = &'t Step>, visit: &mut impl FnMut(&'t Step)) {
    for step in steps {
        visit(step);
        step.children().into_iter().for_each(|block| each_step(block, visit));
    }
}
