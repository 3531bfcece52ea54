//! `handoff to TEAM { note, task, keep in workflow }`.

use super::Checker;
use super::flow::Journey;
use super::typed::TypedStepKind;
use crate::source::Location;
use crate::syntax::ast::{self, HandoffStep};
use flow_ir::CivilSpan;

/// When a task is due that does not say.
const DEFAULT_TASK_DUE: CivilSpan = CivilSpan { months: 0, days: 1, ms: 0 };

impl Checker<'_> {
    pub(super) fn handoff_step(&mut self, handoff: &HandoffStep, at: Location, journey: &mut Journey) -> TypedStepKind {
        let team = self.team_named(&handoff.team);
        let what = format!("handoff to `{}`", handoff.team.text);
        for repeated in ast::repeated(&handoff.clauses) {
            self.repeated(&what, repeated.word, repeated.again.span, Some(repeated.first.span));
        }
        let note = handoff.note().map(|note| self.template_text(note, &journey.known));
        let task = handoff.task().map(|task| {
            let due = task.due_in.as_ref().map_or(Some(DEFAULT_TASK_DUE), |due| self.duration(due));
            (self.template_text(&task.title, &journey.known), due.unwrap_or(DEFAULT_TASK_DUE))
        });
        if !handoff.keeps() {
            journey.left = Some(at);
        }
        match team {
            Some(team) => TypedStepKind::Handoff { team, note, task, keep: handoff.keeps() },
            None => TypedStepKind::Unknown,
        }
    }
}
