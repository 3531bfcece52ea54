//! `trigger.amount`: what the event said that let somebody in. Steps read that of their own workflow, and a mail that of whichever sends it.

use super::cx::Cx;
use crate::diagnostics::{Diagnostic, trigger as words};
use crate::env::schema::SchemaEvent;
use crate::env::trigger::{Said, Sayer, Unsaid};
use crate::meaning::Meaning;
use crate::source::Location;
use crate::syntax::ast::{Name, trigger_property};
use crate::templates::{FieldShape, Values};
use flow_ir::{FieldId, FieldType};
use std::collections::{BTreeMap, BTreeSet};

/// Whose trigger a declaration may read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) enum TriggerOf {
    /// It belongs to no workflow.
    #[default]
    Nobody,
    /// The lines of a workflow around its steps, which are asked of people who are not in it.
    Around(String),
    Steps(String),
    /// Whoever gets the mail, which is declared there.
    Mail(String, Location),
}

impl Cx<'_> {
    /// The field of this name; of `trigger.amount` the one that keeps it.
    pub(super) fn field(&self, name: &str) -> Option<FieldId> {
        let Some(property) = trigger_property(name) else { return self.env.schema.field(name) };
        self.said(property)?.ok()?;
        match &self.trigger_of {
            TriggerOf::Steps(workflow) => self.env.triggers.field(workflow, property),
            TriggerOf::Mail(email, _) => self.env.triggers.field_of_email(email, property),
            TriggerOf::Nobody | TriggerOf::Around(_) => None,
        }
    }

    /// The property by whose values the journeys of the workflow at hand are told apart.
    pub(super) fn several(&self) -> Option<&str> {
        match &self.trigger_of {
            TriggerOf::Steps(workflow) | TriggerOf::Around(workflow) => self.env.triggers.several(workflow),
            TriggerOf::Nobody | TriggerOf::Mail(..) => None,
        }
    }

    /// Whether a line of the workflow at hand could not be read by which its journeys may be told apart.
    pub(super) fn several_is_lost(&self) -> bool {
        match &self.trigger_of {
            TriggerOf::Steps(workflow) | TriggerOf::Around(workflow) => self.env.triggers.several_is_lost(workflow),
            TriggerOf::Nobody | TriggerOf::Mail(..) => false,
        }
    }

    /// Whether a property of another event says, by its name and type, for which of them that is.
    pub(super) fn tells_journeys_apart(&self, name: &str, ty: &FieldType) -> bool {
        let (TriggerOf::Steps(workflow) | TriggerOf::Around(workflow)) = &self.trigger_of else { return false };
        let said = self.env.triggers.of_workflow(&self.env.schema, workflow, name);
        self.several() == Some(name) && said.is_ok_and(|said| said.ty == *ty)
    }

    /// The type of what a name stands for, where it is a field or what a trigger said; also of what no field keeps yet, in a line that is tried out.
    pub(super) fn type_of(&self, name: &str) -> Option<FieldType> {
        match trigger_property(name) {
            Some(property) => self.said(property)?.ok().map(|said| said.ty),
            None => self.env.schema.field(name).map(|field| self.env.schema.shape(field).ty.clone()),
        }
    }

    /// What a trigger says of a property; none where nothing may be read.
    fn said(&self, property: &str) -> Option<Result<Said, Unsaid>> {
        let env = self.env;
        match &self.trigger_of {
            TriggerOf::Steps(workflow) => Some(env.triggers.of_workflow(&env.schema, workflow, property)),
            TriggerOf::Mail(email, at) => Some(env.triggers.of_email(&env.schema, email, property, *at)),
            TriggerOf::Nobody | TriggerOf::Around(_) => None,
        }
    }

    /// Whether somebody may lack the value of a field, and where that is said. A mail may go to people of several workflows.
    pub(super) fn may_lack(&self, field: FieldId) -> (bool, Option<Location>) {
        let shape = self.env.schema.shape(field);
        match (&shape.trigger, &self.trigger_of) {
            (Some(trigger), TriggerOf::Mail(..)) => {
                let lacking = self.said(&trigger.property).and_then(Result::ok).and_then(|said| said.lacking);
                (lacking.is_some(), lacking)
            }
            _ => (shape.optional, self.env.schema.declared(field)),
        }
    }

    /// What a template may name besides the fields of the contact, and what those hold that have few values.
    pub(super) fn trigger_values(&self) -> (BTreeMap<String, FieldShape>, BTreeMap<String, Values>) {
        let (mut fields, mut values) = (BTreeMap::new(), BTreeMap::new());
        let TriggerOf::Mail(email, _) = &self.trigger_of else { return (fields, values) };
        for property in self.env.triggers.properties_of_email(&self.env.schema, email) {
            let Some(Ok(said)) = self.said(&property) else { continue };
            let name = format!("trigger.{property}");
            match &said.ty {
                FieldType::OneOf(choices) => drop(values.insert(name.clone(), Values::Choices(choices.clone()))),
                FieldType::Country => drop(values.insert(name.clone(), Values::Countries)),
                _ => {}
            }
            let shape = FieldShape { printable: said.ty != FieldType::YesNo, optional: said.lacking.is_some() };
            fields.insert(name, shape);
        }
        (fields, values)
    }
}

/// What a trigger says of a property that no field keeps: a line that is only tried out reads what the project does not. None where it was asked
/// whether it is known, of which no field keeps note either.
pub(super) fn unkept(cx: &Cx<'_>, name: &Name) -> Option<Said> {
    let property = trigger_property(&name.text)?;
    let is_asked = || cx.text_before(name.span.start).contains(&format!("{} is known", name.text));
    cx.said(property)?.ok().filter(|_| cx.field(&name.text).is_none() && !is_asked())
}

/// Notes what a property of a trigger means.
pub(super) fn note(cx: &mut Cx<'_>, name: &Name, property: &str) {
    if let Some(Ok(Said { of: Sayer::Event(event, place), .. })) = cx.said(property) {
        cx.means(name.span, Meaning::Property(event, place as u32));
    }
}

/// Reports what no trigger says.
pub(super) fn report(cx: &mut Cx<'_>, name: &Name, property: &str) {
    let at = cx.at(name.span);
    if let Some(diagnostic) = missing(cx, property, at) {
        cx.report(diagnostic);
    }
}

/// Whether what lets people in is reported to be wrong, so that nothing is said of what it says.
pub(super) fn is_unclear(cx: &Cx<'_>, property: &str) -> bool {
    matches!(cx.said(property), Some(Err(Unsaid::Unclear)))
}

/// Whether nobody comes in with a property, which is told at the line that tells journeys apart by it.
pub(super) fn is_lacking(cx: &Cx<'_>, property: &str) -> bool {
    matches!(cx.said(property), Some(Err(Unsaid::Unclear | Unsaid::NoEvent | Unsaid::NotOf(_))))
}

/// What is wrong with reading a property that no trigger says. That there is no trigger at all is told once of a declaration, however often it
/// reads one.
pub(super) fn missing(cx: &mut Cx<'_>, property: &str, at: Location) -> Option<Diagnostic> {
    let said = cx.said(property);
    if matches!(said, Some(Err(Unsaid::NoEvent | Unsaid::NotSent))) && std::mem::replace(&mut cx.no_trigger_told, true)
    {
        return None;
    }
    let event_name = |event| cx.env.schema.events.at(event).shape.name.clone();
    let diagnostic = match (said, &cx.trigger_of) {
        // Only where a line is tried out that reads what the project does not.
        (Some(Ok(_) | Err(Unsaid::Unclear)), _) => return None,
        (None, TriggerOf::Around(workflow)) => {
            let said = cx.env.triggers.of_workflow(&cx.env.schema, workflow, property).ok();
            let event = said.and_then(|said| match said.of {
                Sayer::Event(event, _) => Some(event_name(event)),
                Sayer::Start(_) => None,
            });
            words::not_around_steps(property, event.as_deref(), at)
        }
        (None, _) => words::of_no_workflow(property, at),
        (Some(Err(Unsaid::NoEvent)), of) => {
            let workflow = if let TriggerOf::Steps(workflow) = of { Some(workflow.as_str()) } else { None };
            let has = |event: &&SchemaEvent| event.shape.properties.iter().any(|known| known.name == property);
            let event = cx.env.schema.events.values().find(has).map(|event| event.shape.name.as_str());
            words::no_event(property, workflow, event, at)
        }
        (Some(Err(Unsaid::NotSent)), _) => words::not_sent(property, at),
        (Some(Err(Unsaid::TwoTypes(both))), _) => {
            let both = both.map(|(of, ty)| match of {
                Sayer::Event(event, _) => (event_name(event), ty),
                Sayer::Start(workflow) => (workflow, ty),
            });
            words::two_types(property, &both, at)
        }
        (Some(Err(Unsaid::NotOf(events))), _) => {
            let names = events.iter().map(|event| event_name(*event)).collect::<Vec<_>>();
            let properties = events.iter().flat_map(|event| &cx.env.schema.events.at(*event).shape.properties);
            let properties: BTreeSet<&str> = properties.map(|property| property.name.as_str()).collect();
            let known = cx.suggesting().listed(properties.into_iter());
            words::not_of(property, &names, &known, at)
        }
    };
    Some(diagnostic)
}
