//! Typed program to IR.
//!
//! In: a [`Typed`] program without errors. Out: a [`Program`]. Nothing here can fail or complain: whatever could be wrong was found
//! before. The order is the order of need: slots for the fields and for what entries remember, then facts as predicates ask for them,
//! then the frame is laid out; workflows are lowered against slots, whose offsets come last.

mod body;
mod branch;
mod builder;
mod calendar;
mod change;
mod effect;
mod email;
mod facts;
mod holdout;
mod number;
mod policy;
mod predicate;
mod rate;
mod repeat;
mod schema;
mod segment;
mod split;
mod starts;
mod steps;
mod wait;
mod workflow;

use crate::typed::Typed;
use facts::Asked;
use flow_ir::{DebugInfo, EmailId, IdMap, Meaning, Predicate, PredicateId, Program, SlotId, WorkflowId};

/// Lowers a whole program.
pub(crate) fn lower(typed: &Typed, name: &str, timezone: &str, files: Vec<String>) -> Program {
    let meaning = Meaning {
        timezone: timezone.to_owned(),
        stages: typed.stages.clone(),
        events: typed.events.clone(),
        ..Meaning::default()
    };
    let debug = DebugInfo { name: name.to_owned(), files, ..DebugInfo::default() };
    let program = Program { meaning, debug, ..Program::default() };
    let mut lowering = Lowering { typed, program, asked: Asked::of(typed), segment_slots: Vec::new() };
    lowering.schema();
    lowering.segments();
    // Those that nobody wrote stand behind all others.
    let unwritten = typed.confirmation.iter().chain(&typed.come_back);
    let unwritten = (typed.workflows.next_id().0..).map(WorkflowId).zip(unwritten);
    for (id, workflow) in typed.workflows.iter().chain(unwritten) {
        let (lowered, told) = lowering.workflow(id, workflow);
        lowering.program.workflows.push(lowered);
        lowering.program.debug.workflows.push(told);
    }
    lowering.starts();
    lowering.turns();
    lowering.policy();
    lowering.holdouts();
    lowering.calendars();
    lowering.agains();
    lowering.program.emails = typed.emails.values().map(|typed| typed.email.clone()).collect();
    let contents = typed.emails.values().map(|email| lowering.content(email));
    lowering.program.debug.emails = contents.collect::<IdMap<EmailId, _>>();
    lowering.teams();
    lowering.program.frame.place();
    lowering.program
}

/// The program so far.
struct Lowering<'t> {
    typed: &'t Typed,
    program: Program,
    /// For each segment, where the frame keeps whether it holds and until when.
    segment_slots: Vec<(SlotId, SlotId)>,
    asked: Asked,
}

impl Lowering<'_> {
    fn add_predicate(
        &mut self,
        name: String,
        workflow: Option<WorkflowId>,
        function: flow_ir::Function,
    ) -> PredicateId {
        self.program.predicates.push(Predicate { name, workflow, function })
    }

    /// The name of an email, for slots and steps.
    fn email_name(&self, email: EmailId) -> &str {
        &self.typed.emails.at(email).email.name
    }
}
