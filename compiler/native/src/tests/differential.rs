//! Random programs on random contacts: both backends must leave the same bytes, answers and calls.

use super::{Called, Recorder, backends};
use flow_ir::backend::{Backend, Memory, Moment, Stop, Verdict, View};
use flow_ir::generate::{Choices, memory, program};
use flow_ir::verify::verify;
use flow_ir::{Area, Areas, BlockId, Id, Op, PredicateId, Program, WorkflowId};
use proptest::prelude::*;
use std::collections::BTreeSet;

/// How many contacts each function is tried on.
const CONTACTS: usize = 4;

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn backends_agree(program_choices in prop::collection::vec(any::<u64>(), 0..700), contact_choices in prop::collection::vec(any::<u64>(), 0..2000)) {
        let program = program(&mut Choices::new(program_choices));
        prop_assert_eq!(verify(&program), Ok(()), "{}", program);
        let [native, interpreter] = backends(&program);
        let mut choices = Choices::new(contact_choices);
        for id in program.predicates.ids() {
            for _ in 0..CONTACTS {
                let asked = Asked::new(&program, id, &mut choices);
                prop_assert_eq!(asked.run(&*native), asked.run(&*interpreter), "{} of {}", id, program);
            }
        }
        for (id, workflow) in program.workflows.iter() {
            // Every block and one beyond the last: where no journey resumes, both must refuse.
            for index in 0..=workflow.body.blocks.len() {
                let block = BlockId::from_index(index);
                for _ in 0..CONTACTS {
                    let stepped = Stepped::new(&program, id, block, &mut choices);
                    prop_assert_eq!(stepped.run(&*native), stepped.run(&*interpreter), "{} from {} of {}", id, block, program);
                }
            }
        }
    }
}

/// The inputs of a predicate.
struct Asked {
    predicate: PredicateId,
    memory: Areas<Vec<u8>>,
    moment: Moment,
    answers: Vec<u64>,
}

impl Asked {
    fn new(program: &Program, predicate: PredicateId, choices: &mut Choices) -> Self {
        let owner = program.predicates.at(predicate).workflow.map(|id| program.workflows.at(id));
        Self {
            predicate,
            memory: memory(program, owner, choices),
            moment: Moment { now: choices.int(), triggers: choices.word() },
            answers: vec![choices.word(), choices.word(), choices.word()],
        }
    }

    fn run(&self, backend: &dyn Backend) -> (Verdict, Vec<Called>) {
        let mut host = Recorder { answers: self.answers.clone(), ..Recorder::default() };
        let view = View::new(Areas::from_fn(|area| &self.memory[area][..]));
        let verdict = backend.holds(self.predicate, view, self.moment, &mut host);
        (verdict, host.log)
    }
}

/// The inputs of a step.
struct Stepped {
    program: Program,
    workflow: WorkflowId,
    block: BlockId,
    memory: Areas<Vec<u8>>,
    now: i64,
    answers: Vec<u64>,
}

/// What a step left behind.
#[derive(Debug, PartialEq, Eq)]
struct Left {
    stop: Stop,
    memory: Areas<Vec<u8>>,
    log: Vec<Called>,
}

impl Stepped {
    fn new(program: &Program, workflow: WorkflowId, block: BlockId, choices: &mut Choices) -> Self {
        Self {
            program: program.clone(),
            workflow,
            block,
            memory: memory(program, Some(program.workflows.at(workflow)), choices),
            now: choices.int(),
            answers: (0..5).map(|_| choices.word()).collect(),
        }
    }

    fn run(&self, backend: &dyn Backend) -> Left {
        let mut memory = self.memory.clone();
        let writes = Some((self.program.clone(), self.program.system.score));
        let mut host = Recorder { answers: self.answers.clone(), writes, ..Recorder::default() };
        let lent = Memory::new(Areas(memory.0.each_mut().map(Vec::as_mut_slice)));
        let stop = backend.step(self.workflow, lent, self.block.0, self.now, &mut host);
        Left { stop, memory, log: host.log }
    }
}

/// A generator that never makes some op would let its translation go untested.
#[test]
fn the_generator_makes_every_op_and_end() {
    let (mut seen, mut areas) = (BTreeSet::new(), BTreeSet::new());
    let mut state = 1_u64;
    for _ in 0..300 {
        let numbers = (0..700).map(|_| {
            // Weyl's sequence, mixed (splitmix64).
            state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mixed = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            mixed ^ (mixed >> 27)
        });
        let program = program(&mut Choices::new(numbers.collect()));
        let predicates = program.predicates.values().map(|predicate| &predicate.function);
        for function in program.workflows.values().map(|workflow| &workflow.body).chain(predicates) {
            for block in function.blocks.values() {
                areas.extend(block.ops.values().filter_map(Op::place).map(|place| place.area));
                seen.extend(block.ops.values().map(|op| variant(&format!("{op:?}"))));
                seen.insert(variant(&format!("{:?}", block.end)));
            }
        }
    }
    let ops = "Int Bool Now Load Store Known SetKnown Trigger Segment TextTest Calendar Compare InSet InRange And Or Not Add Sub Clamp Min Max BitOr Bit Select";
    let ends = "Jump Branch Effect Wait Finish Result";
    let all: BTreeSet<String> = ops.split(' ').chain(ends.split(' ')).map(str::to_owned).collect();
    assert_eq!(seen, all);
    assert_eq!(areas, BTreeSet::from(Area::ALL));
}

fn variant(debug: &str) -> String {
    debug.chars().take_while(char::is_ascii_alphanumeric).collect()
}
