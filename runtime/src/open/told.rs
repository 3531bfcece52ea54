//! What people should know of a changed project that goes on: what it asks of those who are in a workflow, and cannot know of before.

use flow_ir::{CountedSince, Live, PatternEvent, Program};

/// Crossings of segments are in no log, so whoever is in a workflow has none before the change.
pub(super) fn unknown_before(kept: &Program, linked: &Program, live: &Live) -> Vec<String> {
    let mut told = Vec::new();
    for (id, before) in kept.workflows.iter() {
        let people: u64 = live.iter().filter(|((of, _), _)| *of == id.0).map(|(_, people)| people).sum();
        let Some(workflow) = linked.workflows.get(id).filter(|_| people > 0) else { continue };
        for count in &workflow.counts {
            let is_new = count.slot.0 as usize >= before.journey.slots.len() && count.since != CountedSince::Wait;
            let Some(pattern) = linked.patterns.get(count.pattern).filter(|_| is_new) else { continue };
            if matches!(pattern.event, PatternEvent::Entered(_) | PatternEvent::Left(_)) {
                let (text, name) = (&pattern.text, &workflow.name);
                let who = if people == 1 { "1 person who is".to_owned() } else { format!("{people} people who are") };
                told.push(format!(
                    "for {who} in `{name}`, `{text}` counts from this change on: when somebody entered or left a segment before is in no log"
                ));
            }
        }
    }
    told
}
