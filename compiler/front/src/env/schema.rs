//! The schema: fields, events and stages, with the ones every contact has.

use crate::built_in::{BUILT_IN, BuiltIn};
use crate::diagnostics::suggest::Suggesting;
use crate::diagnostics::{Diagnostic, names, syntax, types};
use crate::literals;
use crate::resolve::{Declared, Scope};
use crate::source::{Location, Span};
use crate::syntax::ast;
use crate::syntax::constructs::TYPES;
use crate::typed::FieldShape;
use flow_ir::limits::MAX_CHOICES;
use flow_ir::{
    Answer, CONFIRMED, CONFIRMED_TOPIC, CONSENT_FIELD, Choices, Consent, ConsentState, EventId, EventType, FieldId,
    FieldType, IdMap, LIST_WORDS, NEVER, Property, TopicState, UNREACHED_FIELD, pending_field, topic_field,
};
use std::collections::{BTreeMap, BTreeSet};

#[derive(Debug, Clone)]
pub(crate) struct SchemaField {
    pub shape: FieldShape,
    /// None for a built-in one.
    pub declared: Option<Location>,
}

#[derive(Debug, Clone)]
pub(crate) struct SchemaEvent {
    pub shape: EventType,
    /// The place of each property.
    pub property_places: BTreeMap<String, usize>,
    /// Where each property is declared that may be missing.
    pub declared: BTreeMap<String, Location>,
    /// A property could not be read or has no type, so none is reported as unknown.
    pub broken: bool,
}

#[derive(Debug, Clone, Default)]
pub(crate) struct Schema {
    pub fields: IdMap<FieldId, SchemaField>,
    pub field_ids: BTreeMap<String, FieldId>,
    pub events: IdMap<EventId, SchemaEvent>,
    pub event_ids: BTreeMap<String, EventId>,
    /// What each tag is kept in: a yes/no of the contact that no text can name.
    pub tags: BTreeMap<String, FieldId>,
    /// The same of each static list.
    pub lists: BTreeMap<String, FieldId>,
    /// What is kept of each topic, which no text can name either.
    pub topics: BTreeMap<String, FieldId>,
    /// Where it is kept of each topic that somebody has still to confirm that they want mail about it, where the policy asks them to.
    pub pending: BTreeMap<FieldId, FieldId>,
    /// What the policy says of those who may be written to, where it says so, and what is kept of each; no text can name that either.
    pub consent: Option<(Consent, FieldId)>,
    /// The event by which people confirm that they want mail, where the policy asks for it.
    pub confirmed: Option<EventId>,
    pub stages: Vec<String>,
    pub stage_numbers: BTreeMap<String, i64>,
    /// A field has a type that does not exist, so no field is reported as unknown.
    pub fields_lost: bool,
    /// The fields that follow from others, each with the place of its declaration.
    pub derived: BTreeMap<FieldId, usize>,
}

impl Schema {
    pub(crate) fn of(scope: &Scope, diagnostics: &mut Vec<Diagnostic>) -> Self {
        let mut schema =
            Self { stages: scope.stages.iter().map(|stage| stage.node.text.clone()).collect(), ..Self::default() };
        if let Some(beyond) = scope.stages.get(MAX_CHOICES) {
            let what = format!("lifecycle has more than {MAX_CHOICES} stages");
            let help = "leave some out: what tells people apart and is no step of their way may be a tag";
            diagnostics.push(syntax::too_large(&what, beyond.at(beyond.node.span), "one too many", help));
        }
        schema.stage_numbers = schema.stages.iter().cloned().zip(0..).collect();
        for (name, built_in) in BUILT_IN {
            schema.add(built_in_field(name, *built_in), None);
        }
        for field in &scope.fields {
            match declared_field(field, scope, diagnostics) {
                Some(shape) => schema.add(shape, Some(field.at(field.node.span))),
                None => schema.fields_lost = true,
            }
        }
        for (place, derived) in scope.derived.iter().enumerate() {
            schema.derived.insert(schema.fields.next_id(), place);
            schema.add(derived_field(&derived.node), Some(derived.at(derived.node.span)));
        }
        for tag in &scope.tags {
            let declared = Some(tag.at(tag.node.span));
            let shape = word_field(format!("tagged {}", tag.node.text), &tag.node.text);
            let field = schema.fields.push(SchemaField { shape, declared });
            schema.tags.insert(tag.node.text.clone(), field);
        }
        for list in &scope.lists {
            let declared = Some(list.at(list.node.span));
            let shape = word_field(format!("{LIST_WORDS}{}", list.node.text), &list.node.text);
            let field = schema.fields.push(SchemaField { shape, declared });
            schema.lists.insert(list.node.text.clone(), field);
        }
        for topic in &scope.topics {
            let declared = Some(topic.at(topic.node.span));
            let name = topic_field(&topic.node.text);
            let field = schema.fields.push(SchemaField { shape: state_field(name, TopicState::choices()), declared });
            schema.topics.insert(topic.node.text.clone(), field);
        }
        let consent = scope.policy.iter().find_map(|policy| policy.node.consent());
        schema.consent = consent.map(|rule| {
            let field =
                SchemaField { shape: state_field(CONSENT_FIELD.to_owned(), ConsentState::choices()), declared: None };
            (rule.meaning(), schema.fields.push(field))
        });
        let confirms = scope.policy.iter().any(|policy| policy.node.confirm_mail().is_some());
        for topic in scope.topics.iter().filter(|_| confirms) {
            let shape = FieldShape { tag: None, ..word_field(pending_field(&topic.node.text), "") };
            let pending = schema.fields.push(SchemaField { shape, declared: None });
            schema.pending.extend(schema.topics.get(&topic.node.text).map(|topic| (*topic, pending)));
        }
        if confirms {
            let shape = FieldShape { tag: None, ..word_field(UNREACHED_FIELD.to_owned(), "") };
            schema.fields.push(SchemaField { shape, declared: None });
        }
        for event in &scope.events {
            schema.event_ids.insert(event.node.name.text.clone(), schema.events.next_id());
            schema.events.push(declared_event(event, scope, diagnostics));
        }
        // One of the project's own is no yes to mail; the policy says so.
        if confirms && !schema.event_ids.contains_key(CONFIRMED) {
            schema.event_ids.insert(CONFIRMED.to_owned(), schema.events.next_id());
            schema.confirmed = Some(schema.events.push(confirmed_event()));
        }
        schema
    }

    /// Whether a field follows from others, so that nobody writes it.
    pub(crate) fn is_derived(&self, field: FieldId) -> bool {
        self.derived.contains_key(&field)
    }

    fn add(&mut self, shape: FieldShape, declared: Option<Location>) {
        self.field_ids.insert(shape.name.clone(), self.fields.next_id());
        self.fields.push(SchemaField { shape, declared });
    }

    pub(crate) fn field(&self, name: &str) -> Option<FieldId> {
        self.field_ids.get(name).copied()
    }

    pub(crate) fn shape(&self, field: FieldId) -> &FieldShape {
        &self.fields.at(field).shape
    }

    pub(crate) fn declared(&self, field: FieldId) -> Option<Location> {
        self.fields.at(field).declared
    }

    /// Those of the project before the built-in ones: of many the first are told, and whoever wrote some means one of these.
    pub(crate) fn field_names(&self) -> impl Iterator<Item = &str> {
        let fields = || self.fields.values().filter(|field| field.shape.is_named());
        let (own, built_in) = (
            || fields().filter(|field| field.declared.is_some()),
            || fields().filter(|field| field.declared.is_none()),
        );
        own().chain(built_in()).map(|field| field.shape.name.as_str())
    }

    pub(crate) fn tag(&self, name: &str) -> Option<FieldId> {
        self.tags.get(name).copied()
    }

    pub(crate) fn tag_names(&self) -> impl Iterator<Item = &str> {
        self.tags.keys().map(String::as_str)
    }

    pub(crate) fn list(&self, name: &str) -> Option<FieldId> {
        self.lists.get(name).copied()
    }

    pub(crate) fn list_names(&self) -> impl Iterator<Item = &str> {
        self.lists.keys().map(String::as_str)
    }

    pub(crate) fn topic(&self, name: &str) -> Option<FieldId> {
        self.topics.get(name).copied()
    }

    /// Where it is kept that somebody has still to confirm that they want mail about a topic.
    pub(crate) fn pending(&self, topic: FieldId) -> Option<FieldId> {
        self.pending.get(&topic).copied()
    }

    pub(crate) fn topic_names(&self) -> impl Iterator<Item = &str> {
        self.topics.keys().map(String::as_str)
    }

    pub(crate) fn event(&self, name: &str) -> Option<EventId> {
        self.event_ids.get(name).copied()
    }

    pub(crate) fn event_names(&self) -> impl Iterator<Item = &str> {
        self.events.values().map(|event| event.shape.name.as_str())
    }

    pub(crate) fn stage(&self, name: &str) -> Option<i64> {
        self.stage_numbers.get(name).copied()
    }

    pub(crate) fn stage_names(&self) -> impl Iterator<Item = &str> {
        self.stages.iter().map(String::as_str)
    }
}

/// A tag or a list. Its name is how a condition asks for it, and how people are shown it.
fn word_field(name: String, word: &str) -> FieldShape {
    FieldShape {
        name,
        ty: FieldType::YesNo,
        optional: false,
        default: Some(0),
        tag: Some(word.to_owned()),
        trigger: None,
    }
}

/// What people have said; nobody has said anything to begin with.
fn state_field(name: String, states: Choices) -> FieldShape {
    FieldShape { name, ty: FieldType::OneOf(states), optional: false, default: Some(0), tag: None, trigger: None }
}

fn built_in_field(name: &str, built_in: BuiltIn) -> FieldShape {
    let (ty, optional) = match built_in {
        BuiltIn::Score => (FieldType::Number, false),
        BuiltIn::Stage => (FieldType::Stage, false),
        BuiltIn::Email => (FieldType::Email, true),
        BuiltIn::Timezone => (FieldType::Timezone, true),
        BuiltIn::Moment => (FieldType::Moment, true),
        BuiltIn::Flag => (FieldType::YesNo, false),
    };
    FieldShape { name: name.to_owned(), ty, optional, default: (!optional).then_some(0), tag: None, trigger: None }
}

/// One of its texts. Where it says what everybody else is, everybody has a value from the beginning.
fn derived_field(derived: &ast::Derived) -> FieldShape {
    let otherwise = match &derived.otherwise {
        Some(ast::Otherwise::Text(text)) => derived.code(text),
        Some(ast::Otherwise::Unknown(_)) | None => None,
    };
    let ty = FieldType::OneOf(derived.values().into_iter().collect());
    let name = derived.name.text.clone();
    FieldShape { name, ty, optional: otherwise.is_none(), default: otherwise, tag: None, trigger: None }
}

fn declared_field(
    field: &Declared<ast::Field>,
    scope: &Scope,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<FieldShape> {
    let node = &field.node;
    let ty = field_type(&node.ty, field, diagnostics)?;
    let default = node.default.as_ref().map(|literal| default_of(literal, &ty, field, scope, diagnostics));
    let optional = node.optional && default.is_none();
    // A yes/no is no until somebody says yes; everything else without a value is missing.
    let no = (ty == FieldType::YesNo && !optional).then_some(0);
    Some(FieldShape { name: node.name.text.clone(), optional, default: default.or(no), ty, tag: None, trigger: None })
}

/// What a policy with `confirm by` brings: that somebody has confirmed that they want mail, and about what, where that is not all of it.
fn confirmed_event() -> SchemaEvent {
    let topic = Property { name: CONFIRMED_TOPIC.to_owned(), ty: FieldType::Text, optional: true };
    SchemaEvent {
        property_places: BTreeMap::from([(CONFIRMED_TOPIC.to_owned(), 0)]),
        declared: BTreeMap::new(),
        shape: EventType {
            name: CONFIRMED.to_owned(),
            properties: vec![topic],
            layout: flow_ir::Layout::default(),
            answer: None,
        },
        broken: false,
    }
}

fn declared_event(event: &Declared<ast::Event>, scope: &Scope, diagnostics: &mut Vec<Diagnostic>) -> SchemaEvent {
    let mut properties: Vec<Property> = Vec::new();
    let mut broken = event.node.broken;
    let mut disputed: Vec<&ast::Field> = Vec::new();
    let mut seen: BTreeMap<&str, Span> = BTreeMap::new();
    for node in &event.node.properties {
        let field = Declared { node: node.clone(), file: event.file };
        if let Some(first) = seen.insert(node.name.text.as_str(), node.name.span) {
            seen.insert(&node.name.text, first);
            let (at, first) = (field.at(node.name.span), field.at(first));
            diagnostics.push(names::duplicate_name(&node.name.text, at, first));
            broken = true;
            disputed.push(node);
            continue;
        }
        if let Some(default) = &node.default {
            diagnostics.push(types::no_default_of_an_event(&node.name.text, field.at(default.span())));
        }
        match field_type(&node.ty, &field, diagnostics) {
            Some(ty) => properties.push(Property { name: node.name.text.clone(), ty, optional: node.optional }),
            None => broken = true,
        }
    }
    if let Some(again) = scope.events_again.get(&event.node.name.text) {
        broken = true;
        disputed.extend(again);
    }
    // Where two say something else of a property, neither is taken for the right one.
    let is_disputed =
        |node: &ast::Field| disputed.iter().any(|again| again.name.text == node.name.text && !again.is_like(node));
    let unclear: BTreeSet<&str> =
        event.node.properties.iter().filter(|node| is_disputed(node)).map(|node| node.name.text.as_str()).collect();
    properties.retain(|property| !unclear.contains(property.name.as_str()));
    let optional = event.node.properties.iter().filter(|node| node.optional);
    let declared = optional.map(|node| (node.name.text.clone(), node.span.in_file(event.file))).collect();
    let places = properties.iter().map(|property| property.name.clone()).zip(0..);
    // What a project calls so itself may be anything.
    let answer = Answer::of_name(&event.node.name.text).filter(|_| event.file.0 >= scope.first_module);
    SchemaEvent {
        property_places: places.collect(),
        declared,
        shape: EventType { name: event.node.name.text.clone(), properties, layout: flow_ir::Layout::default(), answer },
        broken,
    }
}

fn field_type(
    ty: &ast::FieldType,
    field: &Declared<ast::Field>,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<FieldType> {
    Some(match ty {
        ast::FieldType::OneOf(choices, span) if choices.len() > MAX_CHOICES => {
            let what = format!("list has more than {MAX_CHOICES} values");
            let help = "declare it as `text`, which takes any value";
            diagnostics.push(syntax::too_large(&what, field.at(*span), "too many to choose from", help));
            return None;
        }
        ast::FieldType::OneOf(choices, _) => {
            report_choices(choices, field, diagnostics);
            FieldType::OneOf(choices.iter().filter_map(ast::Literal::plain).collect())
        }
        ast::FieldType::Named(name) => match name.text.as_str() {
            "text" => FieldType::Text,
            "number" => FieldType::Number,
            "money" => FieldType::Money,
            "yes/no" => FieldType::YesNo,
            "date" => FieldType::Date,
            "moment" => FieldType::Moment,
            "email" => FieldType::Email,
            "url" => FieldType::Url,
            "timezone" => FieldType::Timezone,
            "country" => FieldType::Country,
            other => {
                diagnostics.push(names::unknown_type(other, TYPES, field.at(name.span)));
                return None;
            }
        },
    })
}

/// What is no choice, and what is one again: texts are compared without regard to case, so two that differ by it alone are one.
fn report_choices(choices: &[ast::Literal], field: &Declared<ast::Field>, diagnostics: &mut Vec<Diagnostic>) {
    let mut seen: BTreeMap<String, Span> = BTreeMap::new();
    for choice in choices {
        let Some(text) = choice.plain() else {
            diagnostics.push(types::no_fields_here(field.at(choice.span()), None));
            continue;
        };
        match seen.get(&text.to_lowercase()) {
            Some(first) => diagnostics.push(types::same_choice(&text, field.at(choice.span()), field.at(*first))),
            None => {
                seen.insert(text.to_lowercase(), choice.span());
            }
        }
    }
}

/// What the slot of a field with this default starts with. One that is wrong is reported, and the field has the default that it had
/// without it.
fn default_of(
    literal: &ast::Literal,
    ty: &FieldType,
    field: &Declared<ast::Field>,
    scope: &Scope,
    diagnostics: &mut Vec<Diagnostic>,
) -> i64 {
    let at = field.at(literal.span());
    let source = scope.sources.get(field.file.0 as usize);
    let text = source.map_or_else(String::new, |source| literal.span().text(&source.text).to_owned());
    let name = field.node.name.text.as_str();
    let value = match ty {
        FieldType::Number | FieldType::Money => literals::number(literal, &text, at),
        FieldType::Date => literals::date(literal, &text, at),
        FieldType::YesNo => match literal {
            ast::Literal::Truth(truth, _) => Ok(i64::from(*truth)),
            other => Err(Box::new(types::type_mismatch(&text, literals::kind(other), "a yes or no", at, "yes"))),
        },
        FieldType::OneOf(choices) if !matches!(literal, ast::Literal::Text(_) | ast::Literal::Word(_)) => {
            let example = format!("\"{}\"", choices.first().map_or("…", String::as_str));
            Err(Box::new(types::type_mismatch(&text, literals::kind(literal), "one of its values", at, &example)))
        }
        FieldType::OneOf(choices) => {
            literals::choice(name, ty, choices, literal, &text, at, Suggesting::behind(diagnostics.len()))
                .map(|at| at as i64 + 1)
        }
        FieldType::Text
        | FieldType::Email
        | FieldType::Url
        | FieldType::Timezone
        | FieldType::Country
        | FieldType::Moment
        | FieldType::Stage => Err(Box::new(types::no_default(name, words(ty), ty.is_text(), at))),
    };
    value.unwrap_or_else(|diagnostic| {
        diagnostics.push(*diagnostic);
        if matches!(ty, FieldType::Moment) { NEVER } else { 0 }
    })
}

/// A type in words.
pub(crate) fn words(ty: &FieldType) -> &'static str {
    match ty {
        FieldType::Text => "a text",
        FieldType::Number => "a number",
        FieldType::Money => "an amount of money",
        FieldType::YesNo => "a yes or no",
        FieldType::Date => "a date",
        FieldType::Moment => "a moment",
        FieldType::Email => "an e-mail address",
        FieldType::Url => "a web address",
        FieldType::Timezone => "a time zone",
        FieldType::Country => "a country",
        FieldType::OneOf(_) => "one of a list of values",
        FieldType::Stage => "a lifecycle stage",
    }
}
