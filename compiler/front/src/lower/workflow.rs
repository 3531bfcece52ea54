//! A workflow: its journey's slots, its predicates, its body.

use super::Lowering;
use super::body::{Body, Made};
use super::builder::Builder;
use super::predicate::{JourneyScope, Scope, Segments};
use super::steps::Steps;
use crate::typed::{TypedEntry, TypedWorkflow};
use flow_ir::{
    Area, BlockId, Closings, Effect, EffectId, Entry, FOREVER, Function, Goal, IdMap, JourneySlots, Layout, NEVER, Op,
    PausedSlots, SeveralSlots, SlotId, SlotKind, Workflow, WorkflowDebug, WorkflowId, Written,
};
use std::collections::BTreeSet;

impl Lowering<'_> {
    pub(super) fn workflow(&mut self, id: WorkflowId, typed: &TypedWorkflow) -> (Workflow, WorkflowDebug) {
        let mut body = Body {
            workflow: id,
            name: &typed.name,
            code: Builder::new(),
            journey: journey_scope(
                [self.holds_out(typed), self.asks_late(typed), self.may_pause(id, typed)],
                typed.several.is_some(),
            ),
            steps: Steps::default(),
            waits: IdMap::default(),
            effects: IdMap::default(),
            arms: Vec::new(),
            arms_written: Vec::new(),
            made: Made::default(),
            asked_at: None,
            is_followed: false,
        };
        let entry = self.entry(id, typed);
        let goal = typed.goal.as_ref().map(|goal| Goal {
            when: self.own_predicate("goal", &goal.when.cond, &mut body),
            within: goal.within,
            continues: goal.continues,
        });
        let exits =
            typed.exits.iter().map(|(when, ..)| self.own_predicate("exit when", &when.cond, &mut body)).collect();
        let pause = typed.pause.as_ref().map(|pause| self.own_predicate("pause while", &pause.cond, &mut body));
        let skip = typed.skip.as_ref().map(|skip| {
            self.predicate(
                format!("{}: skip when", typed.name),
                Some(id),
                &skip.cond,
                &mut Scope::program(Segments::Afresh),
            )
        });
        self.body(&typed.steps, &mut body);
        let goal_met = typed.on_goal.as_ref().map(|steps| self.closing(steps, &mut body));
        let left = typed.on_exit.as_ref().map(|steps| self.closing(steps, &mut body));
        let code = std::mem::replace(&mut body.code, Builder::new());
        let (function, closings) = code.finish_with(Closings { goal: goal_met, exit: left });
        let mut journey = body.journey;
        journey.layout.place();
        let told = WorkflowDebug { steps: body.steps.written, arms: body.arms_written, ..told(typed) };
        let workflow = Workflow {
            name: typed.name.clone(),
            group: typed.group.clone(),
            goal,
            entry,
            event: None,
            reenter: typed.reenter,
            several: typed.several.clone(),
            exits,
            skip,
            window: typed.window,
            // Where there are no holidays, a workflow is what it was before there could be any.
            not_on_holidays: if self.typed.calendars.is_empty() { 0 } else { typed.not_on_holidays },
            spacing_ms: typed.spacing_ms,
            holdout: typed.holdout,
            late: typed.late,
            pause,
            pauses: typed.pauses.iter().map(|kept| kept.group.clone()).collect(),
            stops: typed.stops.iter().map(|kept| kept.group.clone()).collect(),
            writes: self.writes(&function, &body.effects),
            start: BlockId(0),
            older_starts: Vec::new(),
            closings,
            started: None,
            rate: None,
            turn: None,
            again: None,
            body: function,
            steps: body.steps.table,
            waits: body.waits,
            effects: body.effects,
            arms: body.arms,
            journey: journey.layout,
            slots: journey.slots,
            engagements: journey.engagements,
            counts: journey.counts,
        };
        (workflow, told)
    }

    /// The slots of the frame that a body and its effects write for themselves.
    fn writes(&self, function: &Function, effects: &IdMap<EffectId, Effect>) -> Vec<SlotId> {
        let texts = effects.values().filter_map(|effect| self.program.fields.at(effect.writes()?).slot);
        let writes: BTreeSet<SlotId> = frame_writes(function).into_iter().chain(texts).collect();
        writes.into_iter().collect()
    }

    fn entry(&mut self, id: WorkflowId, typed: &TypedWorkflow) -> Entry {
        let name = format!("{}: enter when", typed.name);
        let mut scope = Scope::program(Segments::Watched);
        match &typed.entry {
            TypedEntry::Event { when, .. } => {
                let when = self.predicate(name, Some(id), &when.cond, &mut scope);
                Entry::Event { patterns: scope.triggers, when }
            }
            TypedEntry::Becomes { when, existing, .. } => {
                let when = self.predicate(name.clone(), Some(id), &when.cond, &mut scope);
                let was = self.flag(&format!("{name} held"));
                let owed = self.flag(&format!("{name} owed"));
                let unjudged = Some(self.flag(&format!("{name} unjudged")));
                Entry::Becomes { when, was, owed, unjudged, existing: *existing }
            }
            TypedEntry::Dated { dates, when, .. } => {
                let when = when.as_ref().map(|when| self.predicate(name, Some(id), &when.cond, &mut scope));
                let frame = &mut self.program.frame;
                let at = frame.add(format!("{}: next date", typed.name), SlotKind::Int, false, FOREVER);
                let decided = frame.add(format!("{}: date decided", typed.name), SlotKind::Int, false, NEVER);
                Entry::Dated { dates: dates.clone(), when, at, decided }
            }
            TypedEntry::ByHand { .. } => Entry::ByHand,
        }
    }
}

/// What is told of a workflow, but for its steps.
fn told(typed: &TypedWorkflow) -> WorkflowDebug {
    WorkflowDebug {
        title: typed.title.clone(),
        owner: typed.owner.clone(),
        at: typed.at,
        entry: typed.entry.at(),
        goal: typed.goal.as_ref().map(|goal| Written { text: goal.text.clone(), at: goal.at }),
        conditions: typed.conditions.clone(),
        exits: typed.exits.iter().map(|(_, text, at)| Written { text: text.clone(), at: *at }).collect(),
        ..WorkflowDebug::default()
    }
}

/// The slots every journey has, and those that hang on the lines of its head and of the policy: whether it is of somebody for whom
/// nothing is done, whether it is late, and by what it is told apart from others of its person.
fn journey_scope([holds_out, asks_late, may_pause]: [bool; 3], are_several: bool) -> JourneyScope {
    let mut layout = Layout::default();
    let slots = JourneySlots {
        triggered_at: layout.add("triggered_at", SlotKind::Int, false, NEVER),
        waiting_since: layout.add("waiting_since", SlotKind::Int, false, NEVER),
        timed_out: layout.add("timed_out", SlotKind::Bool, false, 0),
        trace: Vec::new(),
        sent_at: Vec::new(),
        taken: None,
        round_began: None,
        paused: may_pause.then(|| PausedSlots {
            since: layout.add("paused since", SlotKind::Int, false, NEVER),
            by: layout.add("paused by", SlotKind::Int, false, 0),
            was: layout.add("before the pause", SlotKind::Int, false, 0),
            due: layout.add("due before the pause", SlotKind::Int, false, FOREVER),
        }),
        late: asks_late.then(|| layout.add("late", SlotKind::Int, false, NEVER)),
        held_out: holds_out.then(|| layout.add("held out", SlotKind::Bool, false, 0)),
        several: are_several.then(|| SeveralSlots {
            value: layout.add("value", SlotKind::Int, false, 0),
            seat: layout.add("seat", SlotKind::Int, false, 0),
        }),
    };
    JourneyScope::new(slots, layout)
}

/// The slots of the frame that a body stores to.
fn frame_writes(body: &Function) -> Vec<SlotId> {
    let ops = body.blocks.values().flat_map(|block| block.ops.values());
    let stores = ops.filter(|op| matches!(op, Op::Store(..) | Op::SetKnown(..))).filter_map(Op::place);
    let mut writes: Vec<SlotId> = stores.filter(|place| place.area == Area::Contact).map(|place| place.slot).collect();
    writes.sort_unstable();
    writes.dedup();
    writes
}
