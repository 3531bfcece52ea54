//! Names where they are used: each kind is looked up in one place, which says what it means or that there is no such thing.

use super::cx::Cx;
use super::trigger;
use crate::diagnostics::names;
use crate::env::schema::Schema;
use crate::meaning::Meaning;
use crate::source::Location;
use crate::syntax::ast::{Header, Kind, Name, trigger_property};
use flow_ir::{CONFIRMED, EmailId, EventId, FieldId, SegmentId, Stopped, TeamId, WorkflowId};
use std::borrow::Cow;

/// A field of the contact; reported where there is none.
pub(super) fn field(cx: &mut Cx<'_>, name: &Name) -> Option<FieldId> {
    let found = known_field(cx, name);
    if let (None, Some(property)) = (found, trigger_property(&name.text)) {
        trigger::report(cx, name, property);
    } else if found.is_none() {
        let diagnostic = names::unknown_field(&name.text, &cx.names(Schema::field_names), cx.at(name.span));
        cx.report_unknown(&name.text, &[Kind::Contact], diagnostic);
    }
    found
}

/// A field of the contact, where the name may be something else.
pub(super) fn known_field(cx: &mut Cx<'_>, name: &Name) -> Option<FieldId> {
    let field = cx.field(&name.text)?;
    match trigger_property(&name.text) {
        Some(property) => trigger::note(cx, name, property),
        None => cx.means(name.span, Meaning::Field(field)),
    }
    Some(field)
}

pub(super) fn event(cx: &mut Cx<'_>, name: &Name) -> Option<EventId> {
    let found = cx.env.schema.event(&name.text);
    match found {
        Some(event) => cx.means(name.span, Meaning::Event(event)),
        None if name.text == CONFIRMED && !cx.env.nobody_confirms() => {}
        None if name.text == CONFIRMED => {
            cx.report(names::nobody_confirms(cx.at(name.span)));
        }
        None => {
            let diagnostic = names::unknown_event(&name.text, &cx.names(Schema::event_names), cx.at(name.span));
            cx.report_unknown(&name.text, &[Kind::Event], diagnostic);
        }
    }
    found
}

/// A stage of the lifecycle, from 0. It may stand in quotes, so its place is given apart.
pub(super) fn stage(cx: &mut Cx<'_>, text: &str, at: Location) -> Option<i64> {
    let found = cx.env.schema.stage(text);
    match found {
        Some(stage) => cx.means(at.span, Meaning::Stage(stage)),
        None => {
            let diagnostic = names::unknown_stage(text, &cx.names(Schema::stage_names), at);
            cx.report_unknown(text, &[Kind::Stages], diagnostic);
        }
    }
    found
}

pub(super) fn email(cx: &mut Cx<'_>, name: &Name) -> Option<EmailId> {
    let found = cx.env.emails.get(name.text.as_str()).copied();
    match found {
        Some(email) => cx.means(name.span, Meaning::Email(email)),
        None => {
            let known = cx.suggesting().names(cx.env.emails.keys().copied());
            let diagnostic = names::unknown_email(&name.text, &known, cx.at(name.span));
            cx.report_unknown(&name.text, &[Kind::Email], diagnostic);
        }
    }
    found
}

pub(super) fn team(cx: &mut Cx<'_>, name: &Name) -> Option<TeamId> {
    let found = cx.env.teams.get(name.text.as_str()).copied();
    match found {
        Some(team) => cx.means(name.span, Meaning::Team(team)),
        None => {
            let teams = cx.env.scope.teams.iter().map(|team| team.node.name.text.as_str());
            let known = cx.suggesting().names(teams);
            let diagnostic = names::unknown_team(&name.text, &known, cx.at(name.span));
            cx.report_unknown(&name.text, &[Kind::Team], diagnostic);
        }
    }
    found
}

/// A segment; none if it was refused at its declaration, which said so.
pub(super) fn segment(cx: &mut Cx<'_>, name: &Name) -> Option<SegmentId> {
    let found = known_segment(cx, name);
    if found.is_none() {
        let known = cx.suggesting().names(cx.env.segments.named());
        let stage = cx.env.schema.stage(&name.text).is_some();
        let diagnostic = names::unknown_segment(&name.text, &known, stage, cx.at(name.span));
        cx.report_unknown(&name.text, &[Kind::Segment], diagnostic);
    }
    found.filter(|segment| cx.env.segment(*segment).is_some())
}

/// A segment, where the name may be something else; also one that was refused at its declaration.
pub(super) fn known_segment(cx: &mut Cx<'_>, name: &Name) -> Option<SegmentId> {
    let segment = cx.env.segments.ids.get(name.text.as_str()).copied()?;
    cx.means(name.span, Meaning::Segment(segment));
    Some(segment)
}

/// A tag, as the field it is kept in.
pub(super) fn tag(cx: &mut Cx<'_>, name: &Name) -> Option<FieldId> {
    let found = cx.env.schema.tag(&name.text);
    match found {
        Some(field) => cx.means(name.span, Meaning::Field(field)),
        None => {
            let is_stage = cx.env.schema.stage(&name.text).is_some();
            let is_segment = cx.env.segments.ids.contains_key(name.text.as_str());
            let what = is_stage.then_some(Kind::Stages).or(is_segment.then_some(Kind::Segment));
            let diagnostic = names::unknown_tag(&name.text, &cx.names(Schema::tag_names), what, cx.at(name.span));
            cx.report_unknown(&name.text, &[Kind::Tags], diagnostic);
        }
    }
    found
}

/// A static list, as the field it is kept in. `added`: a step puts somebody on it or takes them off, and no condition asks.
pub(super) fn list(cx: &mut Cx<'_>, name: &Name, added: Option<bool>) -> Option<FieldId> {
    let found = cx.env.schema.list(&name.text);
    match found {
        Some(field) => cx.means(name.span, Meaning::Field(field)),
        None => {
            let is_tag = cx.env.schema.tag(&name.text).is_some();
            let is_segment = cx.env.segments.ids.contains_key(name.text.as_str());
            let what = is_tag.then_some(Kind::Tags).or(is_segment.then_some(Kind::Segment));
            let known = cx.names(Schema::list_names);
            let diagnostic = names::unknown_list(&name.text, &known, (what, added), cx.at(name.span));
            cx.report_unknown(&name.text, &[Kind::List], diagnostic);
        }
    }
    found
}

/// A topic, as the field that keeps what people have said of it.
pub(super) fn topic(cx: &mut Cx<'_>, name: &Name) -> Option<FieldId> {
    let found = cx.env.schema.topic(&name.text);
    match found {
        Some(field) => cx.means(name.span, Meaning::Field(field)),
        None => {
            let diagnostic = names::unknown_topic(&name.text, &cx.names(Schema::topic_names), cx.at(name.span));
            cx.report_unknown(&name.text, &[Kind::Topics], diagnostic);
        }
    }
    found
}

pub(super) fn workflow(cx: &mut Cx<'_>, name: &Name) -> Option<WorkflowId> {
    let found = cx.env.workflows.get(name.text.as_str()).copied();
    match found {
        Some(workflow) => cx.means(name.span, Meaning::Workflow(workflow)),
        None => unknown_workflow(cx, name, "workflow", false),
    }
    found
}

/// A workflow or a group, and who that is. A name that is both means the workflow.
pub(super) fn workflow_or_group<'e>(cx: &mut Cx<'e>, name: &Name) -> Option<(Stopped, Cow<'e, [WorkflowId]>)> {
    let env = cx.env;
    if env.workflows.contains_key(name.text.as_str()) {
        return workflow(cx, name).map(|id| (Stopped::Workflow(id), Cow::Owned(vec![id])));
    }
    let found = env.groups.get(name.text.as_str());
    match found {
        Some(_) => cx.means(name.span, Meaning::Group(name.text.clone())),
        None => unknown_workflow(cx, name, "workflow or group", true),
    }
    found.map(|workflows| (Stopped::Group(name.text.clone()), Cow::Borrowed(workflows.as_slice())))
}

/// Whether there are workflows of this group; reported where there are none.
pub(super) fn group(cx: &mut Cx<'_>, name: &Name) -> bool {
    let is_known = cx.env.groups.contains_key(name.text.as_str());
    match is_known {
        true => cx.means(name.span, Meaning::Group(name.text.clone())),
        false => {
            let known = cx.suggesting().names(cx.env.groups.keys().copied());
            let diagnostic = names::unknown_workflow("group", &name.text, &known, cx.at(name.span));
            let diagnostic = match of_workflow(cx, name) {
                Some(help) => diagnostic.help(help),
                None => diagnostic,
            };
            cx.report_unknown(&name.text, &[Kind::Workflow], diagnostic);
        }
    }
    is_known
}

/// What to say where it is a workflow that is called so.
fn of_workflow(cx: &Cx<'_>, name: &Name) -> Option<String> {
    let mut workflows = cx.env.scope.workflows.iter();
    let found = workflows.find(|workflow| workflow.node.name.text == name.text)?;
    let own = found.node.headers().find_map(|header| match &header.kind {
        Header::Group(group) => Some(group.text.as_str()),
        _ => None,
    });
    Some(match own {
        Some(group) => format!("`{}` is a workflow, and its group is `{group}`: name that", name.text),
        None => format!("`{0}` is a workflow: give it a group, with the line `group {0}` in it", name.text),
    })
}

fn unknown_workflow(cx: &mut Cx<'_>, name: &Name, what: &str, or_group: bool) {
    let groups = cx.env.groups.keys().filter(|_| or_group);
    let known = cx.suggesting().names(cx.env.workflows.keys().chain(groups).copied());
    let diagnostic = names::unknown_workflow(what, &name.text, &known, cx.at(name.span));
    cx.report_unknown(&name.text, &[Kind::Workflow], diagnostic);
}
