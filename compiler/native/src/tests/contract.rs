//! The edges of the contract: hosts that panic, damaged programs, memory of the wrong length.

use super::{Called, Recorder, backends};
use crate::abi::{
    CONTEXT_NEXT_CHANGE, CONTEXT_OPERAND, CONTEXT_SEGMENTS, CONTEXT_TABLE, CONTEXT_TRIGGERS, context_area,
};
use crate::host::{HostFunction, HostTable};
use crate::{CompileError, compile};
use flow_ir::backend::{Memory, Moment, Stop, View};
use flow_ir::effect::Send;
use flow_ir::generate::{email, least_program, least_workflow, step, text_test};
use flow_ir::{
    Area, Block, BlockId, Ending, Function, IdMap, Op, Place, PredicateId, Program, SlotId, StepId, Terminator,
    ValueId, WorkflowId,
};

/// A text test, then two sends.
fn two_sends() -> Program {
    let mut program = least_program();
    let test = text_test(&mut program, "gmbh");
    let email = program.emails.push(email("welcome"));
    let mut workflow = least_workflow("twice", 1);
    let step = workflow.steps.push(step("send", "send welcome"));
    let effect = workflow.effects.push(Send { email, again: false }.into());
    let send = |next| Block { ops: IdMap::default(), end: Terminator::Effect { step, effect, next } };
    let look = [Op::TextTest(test)].into_iter().collect();
    let done = Block { ops: IdMap::default(), end: Terminator::Finish { step: None, ending: Ending::Finished } };
    let start = Block { ops: look, end: Terminator::Branch(ValueId(0), BlockId(1), BlockId(1)) };
    workflow.body.blocks = [start, send(BlockId(2)), send(BlockId(3)), done].into_iter().collect();
    program.workflows.push(workflow);
    program
}

#[test]
fn a_panic_of_the_host_ends_the_step_as_failed() {
    let program = two_sends();
    for backend in backends(&program) {
        for (at, calls) in [(0, 1), (1, 2), (2, 3)] {
            let (mut frame, mut journey) = (program.frame.blank(), program.workflows.at(WorkflowId(0)).journey.blank());
            let mut host = Recorder { panics_at: Some(at), ..Recorder::default() };
            let memory = Memory::of(&mut frame, &mut journey);
            assert_eq!(backend.step(WorkflowId(0), memory, 0, 0, &mut host), Stop::Failed, "{}", backend.name());
            // No call reaches the host after the one that broke it, but for the news of it.
            assert_eq!(host.log.len(), calls + 1);
            assert_eq!(host.log.last(), Some(&Called::Panicked(format!("the host broke at call {at}"))));
        }
    }
}

#[test]
fn a_panic_in_a_predicate_reaches_the_host_as_news() {
    let mut program = least_program();
    let test = text_test(&mut program, "gmbh");
    let ops = [Op::TextTest(test), Op::Now].into_iter().collect();
    let end = Terminator::Result { holds: ValueId(0), next_change: ValueId(1) };
    let function = Function { blocks: [Block { ops, end }].into_iter().collect() };
    program.predicates.push(flow_ir::Predicate { name: "looks".into(), workflow: None, function });
    for backend in backends(&program) {
        let mut host = Recorder { panics_at: Some(0), ..Recorder::default() };
        backend.holds(PredicateId(0), View::of(&program.frame.blank(), &[]), Moment { now: 0, triggers: 0 }, &mut host);
        assert_eq!(host.log.last(), Some(&Called::Panicked("the host broke at call 0".into())), "{}", backend.name());
    }
}

#[test]
fn a_held_send_stops_at_its_own_block_and_runs_again() {
    let program = two_sends();
    for backend in backends(&program) {
        let (mut frame, mut journey) = (program.frame.blank(), program.workflows.at(WorkflowId(0)).journey.blank());
        // 3 is `Held`; the second send, call 2 of the log, gets it.
        let mut host = Recorder { answers: vec![0, 0, 3], ..Recorder::default() };
        let memory = Memory::of(&mut frame, &mut journey);
        let stop = backend.step(WorkflowId(0), memory, 0, 0, &mut host);
        assert_eq!(stop, Stop::Held { step: StepId(0), block: 2 }, "{}", backend.name());
        let memory = Memory::of(&mut frame, &mut journey);
        let stop = backend.step(WorkflowId(0), memory, 2, 0, &mut Recorder::default());
        assert_eq!(stop, Stop::Ended { step: None, ending: Ending::Finished }, "{}", backend.name());
    }
}

#[test]
fn a_damaged_program_is_not_compiled() {
    let mut program = two_sends();
    let beyond = Op::Load(Place::contact(SlotId(99)));
    program.workflows.at_mut(WorkflowId(0)).body.blocks.at_mut(BlockId(0)).ops.push(beyond);
    let Err(CompileError::Unsound(faults)) = compile(&program) else { panic!("it was compiled") };
    assert_eq!(faults[0].to_string(), "workflow twice, b0, v1: there is no slot99");
}

#[test]
#[should_panic(expected = "the journey is not as long as its layout")]
fn a_journey_of_the_wrong_length_never_reaches_the_code() {
    let program = two_sends();
    let mut frame = program.frame.blank();
    let memory = Memory::of(&mut frame, &mut []);
    compile(&program)
        .map(|native| {
            use flow_ir::backend::Backend;
            native.step(WorkflowId(0), memory, 0, 0, &mut Recorder::default())
        })
        .unwrap();
}

/// Machine code reads these words by offset; a padding or a reordering must not go unnoticed.
#[test]
fn the_shared_structs_are_words_in_order() {
    let context = [CONTEXT_TABLE, CONTEXT_TRIGGERS, CONTEXT_NEXT_CHANGE, CONTEXT_OPERAND, CONTEXT_SEGMENTS];
    assert_eq!(context, [0, 16, 24, 32, 40]);
    assert_eq!(Area::ALL.map(context_area), [48, 56, 64, 72]);
    let slots: Vec<i32> = HostFunction::ALL.iter().map(|function| function.slot()).collect();
    assert_eq!(slots, [0, 8, 16]);
    assert_eq!(size_of::<HostTable>(), 8 * HostFunction::ALL.len());
}
