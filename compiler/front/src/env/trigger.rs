//! What the event said that lets people in: which properties there are for the steps of a workflow and for the mails that it sends, and the fields
//! that keep those of them which are read.
//!
//! In: the declarations as written and the schema. A property has a value for everybody where every event that lets people in has it, with one type,
//! and nothing else lets them in; else some have none, and a fallback says what they get.

use super::schema::{Schema, SchemaField};
use crate::Project;
use crate::resolve::{Declared, Scope};
use crate::source::Location;
use crate::syntax::ast::{self, Given, Header, Literal, Predicate, Step, StepKind};
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
    /// A line of it could not be read, and none says whether people come in again.
    several_is_lost: bool,
    /// The properties that its steps and mails read.
    read: BTreeSet<String>,
    /// What its mails name where no field has that name, which is told there, and may be meant of what it is given.
    misread: BTreeSet<String>,
    /// The fields of its journeys, by property.
    fields: BTreeMap<String, FieldId>,
    /// The fields of what a `start` gives it until it begins, by property.
    of_starts: BTreeMap<String, FieldId>,
}

/// One way in.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Way {
    Event(EventId),
    /// The `start` of another workflow, with what it gives.
    Start {
        by: String,
        given: Vec<Given>,
    },
    /// Something that says nothing: a change, a date.
    Silent,
    /// A name that is reported to be unknown, or a line that is.
    Unclear,
}

/// A property that a trigger has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Said {
    pub ty: FieldType,
    /// Who says it first.
    pub of: Sayer,
    /// Whether somebody may come in without it, and where that is said.
    pub lacking: Option<Location>,
}

/// Who says a property.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Sayer {
    /// An event, and the place of the property there.
    Event(EventId, usize),
    /// The workflow whose `start` gives it.
    Start(String),
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
    TwoTypes([(Sayer, FieldType); 2]),
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
        let mut started: Vec<(&str, Way, Location)> = Vec::new();
        for workflow in &scope.workflows {
            let name = workflow.node.name.text.as_str();
            let ways = ways_in(workflow, schema);
            let several = workflow.node.per_value().map(|per| per.property.text.clone());
            let mut headers = workflow.node.headers();
            let several_is_lost =
                workflow.node.broken && !headers.any(|header| matches!(header.kind, Header::Reenter(_)));
            let trigger = Trigger { own: ways.len(), ways, several, several_is_lost, ..Trigger::default() };
            triggers.workflows.insert(name.to_owned(), trigger);
            each_step(workflow.node.all_steps(), &mut |step| {
                if let StepKind::Start(start) = &step.kind {
                    let way = Way::Start { by: name.to_owned(), given: start.given.clone() };
                    started.push((&start.workflow.text, way, workflow.at(step.head)));
                }
                if let Some(email) = step.message() {
                    triggers.senders.entry(email.text.clone()).or_default().insert(name.to_owned());
                }
            });
        }
        for (name, way, at) in started {
            triggers.workflows.entry(name.to_owned()).and_modify(|started| started.ways.push((way, at)));
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
            for sender in senders {
                of_mails.entry(sender).or_default().extend(read.iter().cloned());
                let trigger = self.workflows.entry(sender.clone()).or_default();
                trigger.misread.extend(misread(email, scope, project, schema));
            }
        }
        for workflow in &scope.workflows {
            let name = workflow.node.name.text.as_str();
            let read = workflow.node.triggers.iter().chain(of_mails.get(name).into_iter().flatten());
            let trigger = self.workflows.entry(name.to_owned()).or_default();
            trigger.read.extend(read.chain(&trigger.several).cloned().collect::<Vec<_>>());
        }
        let mut found: Vec<(String, String, Kept)> = Vec::new();
        for workflow in &scope.workflows {
            let name = workflow.node.name.text.as_str();
            for property in self.workflows.get(name).into_iter().flat_map(|trigger| &trigger.read) {
                let Ok(said) = self.of_workflow(schema, name, property) else { continue };
                let is_given = self.is_given(name);
                let kept = keep(schema, &workflow.node, property, (&said, is_given));
                found.push((name.to_owned(), property.clone(), kept));
            }
        }
        for (workflow, property, kept) in found {
            let trigger = self.workflows.entry(workflow).or_default();
            trigger.fields.insert(property.clone(), kept.of_journey);
            trigger.of_starts.extend(kept.of_start.map(|field| (property, field)));
        }
    }

    fn ways(&self, workflow: &str) -> &[(Way, Location)] {
        self.workflows.get(workflow).map(|trigger| trigger.ways.as_slice()).unwrap_or_default()
    }

    pub(crate) fn reads(&self, workflow: &str, property: &str) -> bool {
        self.workflows.get(workflow).is_some_and(|trigger| trigger.read.contains(property))
    }

    /// Whether a mail of a workflow names a property in a way that is no way to read it.
    pub(crate) fn misreads(&self, workflow: &str, property: &str) -> bool {
        self.workflows.get(workflow).is_some_and(|trigger| trigger.misread.contains(property))
    }

    /// Whether a `start` gives a workflow anything.
    fn is_given(&self, workflow: &str) -> bool {
        self.ways(workflow).iter().any(|(way, _)| matches!(way, Way::Start { given, .. } if !given.is_empty()))
    }

    /// Of which kind a value is that a `start` gives, and whether somebody may lack it; none where it is reported to be wrong. `starts`: how many
    /// starts one behind the other lead here.
    fn given(&self, schema: &Schema, by: &str, given: &Given, starts: usize) -> Option<(FieldType, bool)> {
        let ty = match &given.value {
            Literal::Number(..) => FieldType::Number,
            Literal::Text(_) => FieldType::Text,
            Literal::Truth(..) => FieldType::YesNo,
            Literal::Date(..) => FieldType::Date,
            Literal::Word(name) => {
                let (ty, may_lack) = match ast::trigger_property(&name.text) {
                    Some(property) => {
                        let said = self.of_workflow_within(schema, by, property, starts + 1).ok()?;
                        (said.ty, said.lacking.is_some())
                    }
                    None => {
                        let shape = schema.shape(schema.field(&name.text)?);
                        (shape.ty.clone(), shape.optional)
                    }
                };
                return Some((ty, may_lack && given.fallback.is_none()));
            }
            Literal::Nested(..) => return None,
        };
        Some((ty, false))
    }

    /// What the triggers of a workflow say of a property.
    pub(crate) fn of_workflow(&self, schema: &Schema, workflow: &str, property: &str) -> Result<Said, Unsaid> {
        self.of_workflow_within(schema, workflow, property, 0)
    }

    fn of_workflow_within(
        &self,
        schema: &Schema,
        workflow: &str,
        property: &str,
        starts: usize,
    ) -> Result<Said, Unsaid> {
        // Workflows that start each other in a circle are refused elsewhere.
        if starts > self.workflows.len() {
            return Err(Unsaid::Unclear);
        }
        let ways = self.ways(workflow);
        let mut said: Option<Said> = None;
        let (mut lacking, mut events) = (None, Vec::new());
        for (way, at) in ways {
            let (ty, of, lacks) = match way {
                Way::Event(event) => {
                    events.push(*event);
                    let declared = schema.events.at(*event);
                    let place = declared.property_places.get(property).copied();
                    let found = place.and_then(|place| Some((place, declared.shape.properties.get(place)?)));
                    let Some((place, found)) = found else {
                        if declared.broken {
                            return Err(Unsaid::Unclear);
                        }
                        lacking = lacking.or(Some(*at));
                        continue;
                    };
                    let lacks = declared.declared.get(property).copied().filter(|_| found.optional);
                    (found.ty.clone(), Sayer::Event(*event, place), lacks)
                }
                Way::Start { by, given } => {
                    let Some(given) = given.iter().find(|given| given.property.text == property) else {
                        // What is given by a name that nothing reads is reported, and may be this.
                        let is_misnamed = given.iter().any(|given| !self.reads(workflow, &given.property.text));
                        lacking = lacking.or(Some(*at).filter(|_| !is_misnamed));
                        continue;
                    };
                    let Some((ty, may_lack)) = self.given(schema, by, given, starts) else {
                        return Err(Unsaid::Unclear);
                    };
                    (ty, Sayer::Start(by.clone()), Some(*at).filter(|_| may_lack))
                }
                Way::Silent | Way::Unclear => {
                    lacking = lacking.or(Some(*at));
                    continue;
                }
            };
            lacking = lacking.or(lacks);
            match (&said, &of) {
                (Some(first), Sayer::Event(..)) if first.ty != ty => {
                    return Err(Unsaid::TwoTypes([(first.of.clone(), first.ty.clone()), (of, ty)]));
                }
                // A value that is given is held against the kind that the others are of, where it stands.
                (Some(_), _) => {}
                (None, _) => said = Some(Said { ty, of, lacking: None }),
            }
        }
        match said {
            Some(said) => Ok(Said { lacking, ..said }),
            None if ways.iter().any(|(way, _)| *way == Way::Unclear) => Err(Unsaid::Unclear),
            // A `start` that could not be read may have given it.
            None if events.is_empty() && self.some_unread && ways.iter().all(|(way, _)| *way == Way::Silent) => {
                Err(Unsaid::Unclear)
            }
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
                    return Err(Unsaid::TwoTypes([(first.of.clone(), first.ty.clone()), (found.of, found.ty)]));
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

    /// Whether the line could not be read that may have said so.
    pub(crate) fn several_is_lost(&self, workflow: &str) -> bool {
        self.workflows.get(workflow).is_some_and(|trigger| trigger.several_is_lost)
    }

    /// Where a line of the workflow lets people in by what has no value of a property.
    pub(crate) fn way_without(&self, schema: &Schema, workflow: &str, property: &str) -> Option<Location> {
        let trigger = self.workflows.get(workflow)?;
        let lacks = |way: &Way| match way {
            Way::Event(event) => !schema.events.at(*event).property_places.contains_key(property),
            Way::Silent | Way::Start { .. } => true,
            Way::Unclear => false,
        };
        trigger.ways.iter().take(trigger.own).find(|(way, _)| lacks(way)).map(|(_, at)| *at)
    }

    /// Whether an event lets people into a workflow.
    pub(crate) fn lets_into_workflow(&self, workflow: &str, event: EventId) -> bool {
        self.ways(workflow).iter().any(|(way, _)| *way == Way::Event(event))
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

    /// The field that keeps what a `start` gives a workflow until it begins.
    pub(crate) fn field_of_start(&self, workflow: &str, property: &str) -> Option<FieldId> {
        self.workflows.get(workflow)?.of_starts.get(property).copied()
    }

    /// The properties that the steps and mails of a workflow read.
    pub(crate) fn read_by(&self, workflow: &str) -> Vec<&str> {
        let fields = self.workflows.get(workflow).map(|trigger| trigger.fields.keys());
        fields.into_iter().flatten().map(String::as_str).collect()
    }

    /// One of the fields that keep it for those whom a mail goes to: which, the workflow decides that sends it.
    pub(crate) fn field_of_email(&self, email: &str, property: &str) -> Option<FieldId> {
        self.senders.get(email)?.iter().find_map(|sender| self.field(sender, property))
    }

    /// The properties that a mail may read.
    pub(crate) fn properties_of_email(&self, schema: &Schema, email: &str) -> BTreeSet<String> {
        let senders = self.senders.get(email).into_iter().flatten();
        let ways = senders.filter_map(|sender| self.workflows.get(sender)).flat_map(|trigger| &trigger.ways);
        let mut properties = BTreeSet::new();
        for (way, _) in ways {
            match way {
                Way::Event(event) => {
                    let declared = &schema.events.at(*event).shape.properties;
                    properties.extend(declared.iter().map(|property| property.name.clone()));
                }
                Way::Start { given, .. } => properties.extend(given.iter().map(|given| given.property.text.clone())),
                Way::Silent | Way::Unclear => {}
            }
        }
        properties
    }
}

/// Where what a trigger says is kept.
struct Kept {
    of_journey: FieldId,
    /// Where a `start` gives something.
    of_start: Option<FieldId>,
}

/// Adds the fields that keep a property for a workflow, wherever its triggers may have to wait.
fn keep(schema: &mut Schema, workflow: &ast::Workflow, property: &str, (said, is_given): (&Said, bool)) -> Kept {
    let heads = || workflow.headers().map(|header| &header.kind);
    let has_turns = heads().any(|header| matches!(header, Header::Rate(_)));
    let comes_again = heads().any(|header| matches!(header, Header::Reenter(ast::Reenter::Always)));
    let mut found = Kept { of_journey: schema.fields.next_id(), of_start: None };
    let per = workflow.per_value();
    let kept = TriggerKept::ONCE.into_iter().filter(|kept| match kept {
        TriggerKept::Turn => has_turns,
        TriggerKept::Again => comes_again,
        TriggerKept::Start => is_given,
        _ => true,
    });
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
        if kept == TriggerKept::Start {
            found.of_start = Some(schema.fields.next_id());
        }
        schema.fields.push(SchemaField { shape, declared: said.lacking });
    }
    found
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

/// The names that a mail has in braces and nobody has as a field: `{product}`, `{bought.product}`, `{trigger product}`.
fn misread(email: &Declared<ast::Email>, scope: &Scope, project: &Project, schema: &Schema) -> BTreeSet<String> {
    let declared = scope.sources.get(email.file.0 as usize).map_or("", |source| email.node.span.text(&source.text));
    let path = email.node.template().and_then(ast::Text::plain).unwrap_or_default();
    let template = project.templates.iter().find(|template| template.path == path);
    let of_template = template.map_or("", |template| template.text.as_str());
    let named = |text: &str, opens: &str| -> Vec<String> {
        let holes = text.split(opens).skip(1).filter_map(|rest| rest.split_once('}')).map(|(hole, _)| hole);
        holes.filter(|hole| hole.len() <= MAX_HOLE_BYTES).filter_map(|hole| misread_in(hole, schema)).collect()
    };
    named(declared, "{").into_iter().chain(named(of_template, "{{")).collect()
}

/// A longer text in braces is no name.
const MAX_HOLE_BYTES: usize = 100;

fn misread_in(hole: &str, schema: &Schema) -> Option<String> {
    let name = hole.split(" or ").next().unwrap_or_default().trim();
    let is_name =
        |word: &&str| !word.is_empty() && word.chars().all(|sign| sign.is_ascii_alphanumeric() || sign == '_');
    let parts: Vec<&str> = name.split(['.', ' ']).collect();
    let property = match parts.as_slice() {
        [field] => (schema.field(field).is_none()).then_some(*field),
        ["trigger", _] if name.contains('.') => None,
        [_, property] => Some(*property),
        _ => None,
    };
    property.filter(is_name).map(str::to_owned)
}

fn each_step<'t>(steps: impl IntoIterator<Item = &'t Step>, visit: &mut impl FnMut(&'t Step)) {
    for step in steps {
        visit(step);
        step.children().into_iter().for_each(|block| each_step(block, visit));
    }
}
