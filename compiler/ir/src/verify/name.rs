//! Names: stores, streams and reports know what a program declares by its name, so each is one thing's, and of a length that they take.

use super::super::{Field, FieldType, StepKey, Workflow};
use super::Checker;
use crate::limits::MAX_NAME_BYTES;
use std::collections::BTreeSet;

impl Checker<'_> {
    pub(super) fn names(&mut self) {
        let program = self.program;
        // A tag is asked for by another name than it is declared by, and so is a topic; what a trigger said has the names of two.
        let is_declared = |field: &&Field| field.tag.is_none() && field.trigger.is_none() && field.topic().is_none();
        let fields = program.fields.values().filter(is_declared).map(|field| field.name.as_str());
        self.declared("fields", fields);
        // A tag that is gone may have been called as a list is now.
        let tag = |field: &&Field| field.list().is_none();
        self.declared("tags", program.fields.values().filter(tag).filter_map(|field| field.tag.as_deref()));
        self.declared("lists", program.fields.values().filter_map(Field::list));
        self.declared("topics", program.fields.values().filter_map(Field::topic));
        self.declared("stages", program.stages.iter().map(String::as_str));
        self.declared("events", program.events.values().map(|event| event.name.as_str()));
        // Those that no text can name have a blank in it: of a value of a derived field there stands as much as that has.
        let segments = || program.segments.values().map(|segment| segment.name.as_str());
        self.declared("segments", segments().filter(|name| !name.contains(' ')));
        self.differ("segments", segments());
        self.declared("emails", program.emails.values().map(|email| email.name.as_str()));
        self.declared("teams", program.teams.values().map(|team| team.name.as_str()));
        self.declared("workflows", program.workflows.values().map(|workflow| workflow.name.as_str()));
        self.differ("fields", program.fields.values().map(|field| field.name.as_str()));
        self.differ("texts", program.texts.values().map(String::as_str));
        for event in program.events.values() {
            let properties = event.properties.iter().map(|property| property.name.as_str());
            self.differ(&format!("event {}", event.name), properties);
        }
        for field in program.fields.values() {
            if let FieldType::OneOf(choices) = &field.ty {
                self.differ(&format!("field {}", field.name), choices.iter().map(String::as_str));
            }
        }
        for (id, content) in program.debug.emails.iter() {
            self.differ(&id.to_string(), content.links.iter().map(|link| link.alias.as_str()));
        }
        for workflow in program.workflows.values() {
            self.steps(workflow);
        }
    }

    /// Reports show a step by its key's words, and stores know it by them, so not even keys of two kinds may read alike.
    fn steps(&mut self, workflow: &Workflow) {
        let keys: Vec<String> = workflow.steps.values().map(StepKey::to_string).collect();
        self.differ(&format!("workflow {}, steps", workflow.name), keys.iter().map(String::as_str));
    }

    /// The names of one kind of declaration.
    fn declared<'n>(&mut self, kind: &str, names: impl Iterator<Item = &'n str> + Clone) {
        for name in names.clone().filter(|name| name.len() > MAX_NAME_BYTES) {
            self.fault(kind, format!("a name has {} bytes, not up to {MAX_NAME_BYTES}", name.len()));
        }
        self.differ(kind, names);
    }

    fn differ<'n>(&mut self, place: &str, names: impl Iterator<Item = &'n str>) {
        let mut seen = BTreeSet::new();
        for name in names {
            if !seen.insert(name) {
                self.fault(place, format!("two are called `{name}`"));
            }
        }
    }
}
