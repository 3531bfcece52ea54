//! An entry that waits for what cannot come: a tag that no step gives. By hand somebody may always be let in.
//!
//! A step counts only where somebody can come to it: a tag that the workflow itself gives, or one that stands empty as well, brings nobody
//! in. So it is worked out which workflows people can come into, beginning with those that need no other. Of the rest the ones are told
//! that lack something by themselves; who waits for one of those is mended with it.

use crate::analysis::Subject;
use crate::diagnostics::{Code, Diagnostic};
use crate::env::Env;
use crate::source::Location;
use crate::syntax::ast::Header;
use crate::typed::{Cond, Form, Number, TypedStep};
use flow_ir::{FieldId, Id, WorkflowId};
use std::collections::{BTreeMap, BTreeSet};

pub(super) fn lint(subject: Subject<'_>, found: &mut Vec<Diagnostic>) {
    let steps = steps(subject);
    // A step that is wrong may be meant to bring people in; it was reported.
    let unclear = subject.env.scope.workflows.iter().any(|workflow| workflow.node.blind)
        || steps.iter().any(|(_, step)| matches!(step.form, Form::Unknown | Form::Effect { effect: None, .. }));
    if unclear {
        return;
    }
    let entries = entries(subject, &steps);
    let waiting = waiting(&entries);
    let open = open(&entries, &waiting);
    let closed: Vec<&Entry> = entries.iter().filter(|entry| !open.contains(&entry.id)).collect();
    let mut told: BTreeSet<WorkflowId> = BTreeSet::new();
    let lacking = closed.iter().filter(|entry| entry.lacks(&open).by.iter().all(|by| **by == entry.id));
    // Where each only waits for another of them, the first is told.
    for (entry, by_itself) in lacking.map(|entry| (entry, true)).chain(closed.iter().map(|entry| (entry, false))) {
        if told.contains(&entry.id) && !by_itself {
            continue;
        }
        let paced = rate_of(subject, entry.id);
        let closed = nobody_comes(subject, entry, &open);
        found.extend(closed.map(|closed| match paced {
            Some(at) => closed.label(at, "so there is nobody to pace either"),
            None => closed,
        }));
        let mut next = vec![entry.id];
        while let Some(id) = next.pop() {
            if told.insert(id) {
                let behind = waiting.get(&id).into_iter().flatten().copied();
                next.extend(behind.filter(|behind| !open.contains(behind)));
            }
        }
    }
}

/// How people come into a workflow.
struct Entry {
    id: WorkflowId,
    /// Nothing has to come first.
    open: bool,
    /// The workflows whose steps let people in.
    started_by: BTreeSet<WorkflowId>,
    /// The tags without which its own entry never holds, each with the workflows whose steps give it.
    tags: Vec<(FieldId, BTreeSet<WorkflowId>)>,
}

/// What keeps a workflow empty.
struct Lacks<'w> {
    tag: Option<FieldId>,
    /// The workflows that would bring somebody in, if anybody came into them.
    by: BTreeSet<&'w WorkflowId>,
}

impl Entry {
    fn is_open(&self, open: &BTreeSet<WorkflowId>) -> bool {
        let tagged = !self.tags.is_empty() && self.tags.iter().all(|(_, by)| !by.is_disjoint(open));
        self.open || tagged || !self.started_by.is_disjoint(open)
    }

    fn lacks(&self, open: &BTreeSet<WorkflowId>) -> Lacks<'_> {
        let missing = self.tags.iter().filter(|(_, by)| by.is_disjoint(open));
        // One that no other workflow gives says more than one that an empty one gives.
        let worst = missing.min_by_key(|(_, by)| by.iter().any(|by| *by != self.id));
        let given_by = worst.iter().flat_map(|(_, by)| by);
        Lacks { tag: worst.map(|(tag, _)| *tag), by: self.started_by.iter().chain(given_by).collect() }
    }
}

fn steps(subject: Subject<'_>) -> Vec<(WorkflowId, &TypedStep)> {
    let mut steps = Vec::new();
    for (id, workflow) in subject.typed.workflows.iter() {
        workflow.each_step(&mut |step| steps.push((id, step)));
    }
    steps
}

fn entries(subject: Subject<'_>, steps: &[(WorkflowId, &TypedStep)]) -> Vec<Entry> {
    // The tags that steps give, as their fields, and the workflows that steps start.
    let mut given: BTreeMap<FieldId, BTreeSet<WorkflowId>> = BTreeMap::new();
    let mut started: BTreeMap<WorkflowId, BTreeSet<WorkflowId>> = BTreeMap::new();
    for (by, step) in steps {
        if let Form::Change { field, value: Number::Const(1), .. } = step.form {
            given.entry(field).or_default().insert(*by);
        }
    }
    subject.typed.starts().for_each(|(by, id, _)| _ = started.entry(id).or_default().insert(by));
    let mut entries = Vec::new();
    for (id, (declared, workflow)) in subject.typed.workflows.ids().zip(subject.workflows()) {
        let tags = workflow.entry.when().map(|when| tags_needed(subject.env, &when.cond)).unwrap_or_default();
        entries.push(Entry {
            id,
            // By hand, and by a date or an event without a tag beside it, nothing has to come first.
            open: declared.node.broken || tags.is_empty(),
            started_by: started.remove(&id).unwrap_or_default(),
            tags: tags.into_iter().map(|tag| (tag, given.get(&tag).cloned().unwrap_or_default())).collect(),
        });
    }
    entries
}

/// The workflows that people could come into from each.
fn waiting(entries: &[Entry]) -> BTreeMap<WorkflowId, BTreeSet<WorkflowId>> {
    let mut waiting: BTreeMap<WorkflowId, BTreeSet<WorkflowId>> = BTreeMap::new();
    for entry in entries {
        for by in entry.started_by.iter().chain(entry.tags.iter().flat_map(|(_, by)| by)) {
            waiting.entry(*by).or_default().insert(entry.id);
        }
    }
    waiting
}

/// The workflows that people can come into.
fn open(entries: &[Entry], waiting: &BTreeMap<WorkflowId, BTreeSet<WorkflowId>>) -> BTreeSet<WorkflowId> {
    let mut open = BTreeSet::new();
    let mut next: Vec<WorkflowId> = entries.iter().filter(|entry| entry.open).map(|entry| entry.id).collect();
    while let Some(id) = next.pop() {
        if open.insert(id) {
            let behind = waiting.get(&id).into_iter().flatten().copied().filter(|behind| !open.contains(behind));
            let opened = |id: &WorkflowId| entries.get(id.index()).is_some_and(|entry| entry.is_open(&open));
            next.extend(behind.filter(opened));
        }
    }
    open
}

/// The tags without which a condition never holds.
fn tags_needed(env: &Env<'_>, cond: &Cond) -> Vec<FieldId> {
    match cond {
        Cond::Truth(field) if env.schema.shape(*field).is_tag() => vec![*field],
        Cond::All(parts) => parts.iter().flat_map(|part| tags_needed(env, &part.cond)).collect(),
        Cond::Segment(id) => env.segment(*id).map(|cond| tags_needed(env, cond)).unwrap_or_default(),
        _ => Vec::new(),
    }
}

/// Where a workflow says how many people come in.
fn rate_of(subject: Subject<'_>, id: WorkflowId) -> Option<Location> {
    let workflow = subject.env.scope.workflows.get(id.index())?;
    let rate = workflow.node.headers().find(|header| matches!(header.kind, Header::Rate(_)))?;
    Some(rate.span.in_file(workflow.file))
}

fn nobody_comes(subject: Subject<'_>, entry: &Entry, open: &BTreeSet<WorkflowId>) -> Option<Diagnostic> {
    let workflow = subject.typed.workflows.at(entry.id);
    let (name, at, lacks) = (&workflow.name, workflow.entry.at(), entry.lacks(open));
    let by =
        lacks.by.iter().copied().find(|by| **by != entry.id).map(|by| subject.typed.workflows.at(*by).name.as_str());
    let tag = lacks.tag?;
    let tag = subject.typed.fields.at(tag).tag.as_deref()?;
    let own = entry.tags.iter().any(|(_, by)| by.contains(&entry.id));
    Some(
        match by {
            Some(by) => nobody(name, at, &format!("waits for a tag that only `{by}` gives, which stands empty too")),
            None if own => nobody(name, at, "waits for a tag that only its own steps give"),
            None => nobody(name, at, "waits for a tag that no step gives"),
        }
        .help(format!("give it in another workflow, where people earn it\n  tag {tag}")),
    )
}

fn nobody(workflow: &str, at: Location, because: &str) -> Diagnostic {
    Diagnostic::warning(Code::NobodyCanEnter, format!("nobody can enter workflow `{workflow}` yet"), at, because)
        .why("it looks ready, and would stand empty for ever")
}
