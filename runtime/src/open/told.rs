//! What people should know of a changed project that goes on: which workflows have come and gone, since nobody of one is in another; and what
//! it asks of those who are in a workflow, and cannot know of before.

use flow_ir::{Live, PatternEvent, Program, WorkflowId};

/// How many workflows a note names.
const MAX_NAMED: usize = 8;

/// The workflows that the change brought and took away, and pairs of them that look like one with another name.
pub(super) fn come_and_gone(kept: &Program, linked: &Program, live: &Live) -> Vec<String> {
    let is_gone = |program: &Program, id: WorkflowId| program.lineage.gone.contains(&id.0);
    let was_here = |id: &WorkflowId| kept.workflows.get(*id).is_some() && !is_gone(kept, *id);
    let come = linked.workflows.ids().filter(|id| !is_gone(linked, *id) && !was_here(id));
    let (back, come): (Vec<WorkflowId>, Vec<WorkflowId>) = come.partition(|id| kept.workflows.get(*id).is_some());
    let gone: Vec<WorkflowId> = kept.workflows.ids().filter(|id| was_here(id) && is_gone(linked, *id)).collect();
    let name =
        |program: &Program, id: WorkflowId| program.workflows.get(id).map_or("?", |of| of.name.as_str()).to_owned();
    let mut told = Vec::new();
    if !come.is_empty() {
        let names = come.iter().map(|id| format!("`{}`", name(linked, *id))).collect();
        told.push(format!("new in the project: {}", listed(names)));
    }
    if !back.is_empty() {
        let names = back.iter().map(|id| format!("`{}`", name(linked, *id))).collect();
        told.push(format!("back in the project: {}, with everybody who has been in it before", listed(names)));
    }
    if !gone.is_empty() {
        let names =
            gone.iter().map(|id| format!("`{}` ({} in it)", name(kept, *id), people(count_in(live, *id)))).collect();
        told.push(format!(
            "no longer in the project: {}. Nobody comes in any more; whoever is in goes on to the end",
            listed(names)
        ));
    }
    let pairs = come.iter().filter_map(|new| {
        let old = gone.iter().find(|old| looks_renamed((kept, **old), (linked, *new)))?;
        Some(renamed(&name(kept, *old), &name(linked, *new)))
    });
    told.extend(pairs.take(MAX_NAMED));
    told
}

/// The tags, lists and topics that the change took away: what they say of people is of no other.
pub(super) fn marks_gone(kept: &Program, linked: &Program) -> Vec<String> {
    let gone = linked.lineage.gone_marks.iter().filter(|mark| !kept.lineage.gone_marks.contains(mark));
    let told = gone.filter_map(|mark| {
        let field = linked.fields.get(*mark)?;
        Some(match (field.topic(), field.list(), &field.tag) {
            (Some(topic), ..) => format!(
                "no longer in the project: topic `{topic}`. Nobody can tell what it is called now, so whoever has refused it gets mail about topics that \
                 they have subscribed to by name and no other; declare it again, where that is not meant"
            ),
            (_, Some(list), _) => format!(
                "no longer in the project: list `{list}`. Whoever is on it is on no other: where it only has another name, stop, and name it `{list}` again"
            ),
            (_, _, tag) => {
                let tag = tag.as_deref()?;
                format!(
                    "no longer in the project: tag `{tag}`. Whoever carries it carries no other: where it only has another name, stop, and name it `{tag}` \
                     again"
                )
            }
        })
    });
    told.take(MAX_NAMED).collect()
}

/// Of very many the first.
fn listed(mut workflows: Vec<String>) -> String {
    let noun = if workflows.len() == 1 { "workflow" } else { "workflows" };
    let more = workflows.len().saturating_sub(MAX_NAMED);
    workflows.truncate(MAX_NAMED);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!("{noun} {}{more}", workflows.join(", "))
}

fn people(count: u64) -> String {
    match count {
        0 => "nobody".to_owned(),
        1 => "1 person".to_owned(),
        _ => format!("{count} people"),
    }
}

/// Whether two workflows have one title or the same steps.
fn looks_renamed((kept, old): (&Program, WorkflowId), (linked, new): (&Program, WorkflowId)) -> bool {
    let steps = |program: &Program, id| -> Vec<String> {
        program.workflows.get(id).map(|of| of.steps.values().map(ToString::to_string).collect()).unwrap_or_default()
    };
    kept.title(old) == linked.title(new) || steps(kept, old) == steps(linked, new)
}

fn renamed(old: &str, new: &str) -> String {
    format!(
        "was `{old}` renamed to `{new}`? A workflow is known by its name: nobody counts as having been in `{new}`, so whoever has been in `{old}` may \
         come in again and get its mails again. If it is the same one, stop, and name it `{old}` again; what stands in quotes behind the name may change"
    )
}

/// Crossings of segments are in no log, so whoever is in a workflow has none before the change.
pub(super) fn unknown_before(kept: &Program, linked: &Program, live: &Live) -> Vec<String> {
    let mut told = Vec::new();
    for (id, before) in kept.workflows.iter() {
        let people = count_in(live, id);
        let Some(workflow) = linked.workflows.get(id).filter(|_| people > 0) else { continue };
        for count in &workflow.counts {
            let is_new = count.slot.0 as usize >= before.journey.slots.len() && !count.since.is_of_a_step();
            let Some(pattern) = linked.patterns.get(count.pattern).filter(|_| is_new) else { continue };
            let what = match pattern.event {
                PatternEvent::Entered(_) | PatternEvent::Left(_) => "somebody entered or left a segment",
                PatternEvent::Changed(_) => "a field changed",
                PatternEvent::Declared(_)
                | PatternEvent::AnyActivity
                | PatternEvent::Engaged(_)
                | PatternEvent::Mailed
                | PatternEvent::Marketed
                | PatternEvent::MarketedAbout(_) => continue,
            };
            let (text, name) = (&pattern.text, &workflow.name);
            let who = if people == 1 { "1 person who is".to_owned() } else { format!("{people} people who are") };
            told.push(format!(
                "for {who} in `{name}`, `{text}` counts from this change on: when {what} before is in no log"
            ));
        }
    }
    told
}

fn count_in(live: &Live, id: WorkflowId) -> u64 {
    live.iter().filter(|((of, _), _)| *of == id.0).map(|(_, people)| people).sum()
}
