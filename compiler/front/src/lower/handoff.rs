//! `handoff to TEAM`.

use flow_ir::{CivilSpan, Handoff, Task, TeamId, TextTemplate};

pub(super) fn handoff(team: TeamId, note: Option<TextTemplate>, task: Option<(TextTemplate, CivilSpan)>) -> Handoff {
    Handoff { team, note, task: task.map(|(title, due_in)| Task { title, due_in }) }
}
