//! What a declaration is checked against: all that the rest of the program says, unchanging.
//!
//! In: a [`Scope`]. Out: an [`Env`] with the schema, every name with its number, and each segment typed once. A declaration is checked
//! against it alone, so declarations can be checked one by one, in any order, and kept. This layer knows no steps and no journeys.

pub(crate) mod schema;
pub(crate) mod trigger;

use crate::Project;
use crate::diagnostics::Diagnostic;
use crate::resolve::Scope;
use crate::source::{FileId, Span};
use crate::syntax::ast::{Email, EmailKind, Header, Kind, Text};
use crate::syntax::line::one_line;
use crate::syntax::settled::{Settled, settled};
use crate::templates::{FieldNames, FieldShape, Fields, Values};
use crate::typed::{Cond, TypedEntry};
use flow_ir::{EmailId, FieldType, Id, IdMap, Policy, SegmentId, TeamId, WorkflowId};
use schema::Schema;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use trigger::Triggers;

/// Everything a declaration may name.
#[derive(Debug)]
pub(crate) struct Env<'p> {
    pub scope: &'p Scope,
    pub project: &'p Project,
    pub schema: Schema,
    /// The email by which people confirm that they want mail, as the policy names it.
    pub confirm_mail: Option<&'p str>,
    /// The one email that has the link for it, where the policy names another one that has not.
    pub confirm_meant: Option<&'p str>,
    /// What the events say that let people in.
    pub triggers: Triggers,
    pub emails: BTreeMap<&'p str, EmailId>,
    /// What those who click in each email may have clicked.
    pub links: IdMap<EmailId, Links>,
    pub teams: BTreeMap<&'p str, TeamId>,
    pub workflows: BTreeMap<&'p str, WorkflowId>,
    /// The workflows of each group.
    pub groups: BTreeMap<&'p str, Vec<WorkflowId>>,
    /// The number of each template, by its path.
    pub templates: BTreeMap<&'p str, u32>,
    pub segments: Segments<'p>,
    /// What holds for every workflow.
    pub policy: Policy,
    /// What lets whoever a step has suppressed get mail again, where the policy says so.
    pub comes_back: Option<TypedEntry>,
    /// What any template may name.
    pub template_fields: Fields,
    /// And what those of them hold that have few values.
    pub template_values: Arc<BTreeMap<String, Values>>,
    /// What any text may name.
    pub field_names: FieldNames,
}

/// The links of an email, by their aliases.
#[derive(Debug)]
pub(crate) struct Links {
    /// In their order.
    pub written: Vec<String>,
    pub known: BTreeSet<String>,
}

impl Links {
    fn of(email: &Email) -> Self {
        let written: Vec<String> = email.links().filter_map(|(link, _)| link.alias.plain()).collect();
        Self { known: written.iter().cloned().collect(), written }
    }
}

/// The segments, each typed once.
#[derive(Debug, Default)]
pub(crate) struct Segments<'p> {
    pub ids: BTreeMap<&'p str, SegmentId>,
    /// What each means; none where it was refused as a whole, which was reported at its declaration.
    pub conds: IdMap<SegmentId, Option<Cond>>,
}

impl<'p> Segments<'p> {
    /// Those that a text can name.
    pub(crate) fn named(&self) -> impl Iterator<Item = &'p str> + '_ {
        self.ids.keys().copied().filter(|name| !name.contains(' '))
    }
}

impl<'p> Env<'p> {
    /// The schema and the names; segments are named, and not typed yet.
    pub(crate) fn new(scope: &'p Scope, project: &'p Project, diagnostics: &mut Vec<Diagnostic>) -> Self {
        let mut schema = Schema::of(scope, diagnostics);
        let triggers = Triggers::of(scope, project, &mut schema);
        let segments = numbered(scope.segments.iter().map(|segment| segment.node.name.text.as_str()));
        Self {
            scope,
            project,
            template_fields: template_fields(&schema).into(),
            template_values: Arc::new(template_values(&schema)),
            field_names: FieldNames::of(schema.field_names()),
            confirm_mail: scope.policy.iter().find_map(|policy| Some(policy.node.confirm_mail()?.text.as_str())),
            confirm_meant: confirm_meant(scope, project),
            schema,
            triggers,
            emails: numbered(scope.emails.values().map(|email| email.node.name.text.as_str())),
            links: scope.emails.values().map(|email| Links::of(&email.node)).collect(),
            teams: numbered(scope.teams.iter().map(|team| team.node.name.text.as_str())),
            workflows: numbered(scope.workflows.iter().map(|workflow| workflow.node.name.text.as_str())),
            groups: groups(scope),
            templates: project.templates.iter().map(|template| template.path.as_str()).zip(0..).collect(),
            policy: Policy::default(),
            comes_back: None,
            segments: Segments { conds: segments.iter().map(|_| None).collect(), ids: segments },
        }
    }

    /// What a segment says, where it could be typed.
    pub(crate) fn segment(&self, id: SegmentId) -> Option<&Cond> {
        self.segments.conds.get(id)?.as_ref()
    }

    /// Whether no policy names an email by which people confirm, as far as each could be read.
    pub(crate) fn nobody_confirms(&self) -> bool {
        let unread = self.may_be_lost(Kind::Policy) || self.scope.policy.iter().any(|policy| policy.node.broken);
        self.confirm_mail.is_none() && !unread
    }

    /// Whether a declaration of a kind could not be read.
    pub(crate) fn may_be_lost(&self, kind: Kind) -> bool {
        self.scope.broken.contains(&kind) || (kind == Kind::Contact && self.schema.fields_lost)
    }

    /// Whether a name was declared in two ways, so that nothing is said of what it means.
    pub(crate) fn is_disputed(&self, name: &str) -> bool {
        self.scope.disputed.contains(name)
    }

    /// The text at a place, on one line, without its comments and in the settled way: it names steps and conditions, and neither comments
    /// nor the layout change a name.
    pub(crate) fn text_at(&self, file: FileId, span: Span) -> String {
        let file = file.0 as usize;
        let ways = self.scope.settled.get(file).map(Vec::as_slice).unwrap_or_default();
        self.scope.sources.get(file).map_or_else(String::new, |source| settled_line(&source.text, span, ways))
    }
}

/// The text at a place on one line, without its comments, in the settled way; `ways` is where its file is not.
pub(crate) fn settled_line(text: &str, span: Span, ways: &[Settled]) -> String {
    one_line(&settled(text, span, ways))
}

fn template_values(schema: &Schema) -> BTreeMap<String, Values> {
    let known = schema.fields.values().filter(|field| field.shape.trigger.is_none());
    let values = known.filter_map(|field| {
        let values = match &field.shape.ty {
            FieldType::OneOf(choices) => Values::Choices(choices.clone()),
            FieldType::Country => Values::Countries,
            _ => return None,
        };
        Some((field.shape.name.clone(), values))
    });
    values.collect()
}

fn template_fields(schema: &Schema) -> BTreeMap<String, FieldShape> {
    let known = schema.fields.values().filter(|field| field.shape.trigger.is_none());
    let fields = known.map(|field| {
        let printable = field.shape.ty != FieldType::YesNo;
        (field.shape.name.clone(), FieldShape { printable, optional: field.shape.optional })
    });
    fields.collect()
}

/// The email by which people can confirm, where the policy names one by which they cannot.
fn confirm_meant<'p>(scope: &'p Scope, project: &Project) -> Option<&'p str> {
    let named = scope.policy.iter().find_map(|policy| policy.node.confirm_mail())?;
    let has_link = |email: &Email| {
        let path = email.template().and_then(Text::plain)?;
        let file = project.templates.iter().find(|template| template.path == path)?;
        Some(file.text.contains("confirm_url"))
    };
    // Whoever says what kind of mail it is means that one.
    let is_other = |email: &Email| email.kind().is_none() && has_link(email) == Some(false);
    scope.emails.values().find(|email| email.node.name.text == named.text && is_other(&email.node))?;
    let mut others = scope
        .emails
        .values()
        .filter(|email| has_link(&email.node) == Some(true) && email.node.kind() == Some(EmailKind::Transactional));
    others.next().filter(|_| others.next().is_none()).map(|email| email.node.name.text.as_str())
}

fn groups(scope: &Scope) -> BTreeMap<&str, Vec<WorkflowId>> {
    let mut groups: BTreeMap<&str, Vec<WorkflowId>> = BTreeMap::new();
    for (number, workflow) in scope.workflows.iter().enumerate() {
        let named = workflow.node.headers().filter_map(|header| match &header.kind {
            Header::Group(group) => Some(group.text.as_str()),
            _ => None,
        });
        named.for_each(|group| groups.entry(group).or_default().push(WorkflowId::from_index(number)));
    }
    groups
}

/// Names with their numbers, in the order of declaration.
fn numbered<'p, I: Id>(names: impl Iterator<Item = &'p str>) -> BTreeMap<&'p str, I> {
    names.enumerate().map(|(at, name)| (name, I::from_index(at))).collect()
}
