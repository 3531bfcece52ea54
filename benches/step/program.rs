//! The same workflow as the lowering builds it.

use crate::contacts::{FRAME, slot};
use crate::{DAY_MS, MQL};
use flow_ir::generate::least_workflow;
use flow_ir::*;

/// One block of straight-line ops: each slot is loaded at its first use.
#[derive(Default)]
pub(crate) struct Ops {
    ops: IdMap<ValueId, Op>,
    loaded: Vec<(Place, ValueId)>,
}

impl Ops {
    pub(crate) fn push(&mut self, op: Op) -> ValueId {
        self.ops.push(op)
    }
    pub(crate) fn int(&mut self, value: i64) -> ValueId {
        self.push(Op::Int(value))
    }
    pub(crate) fn load(&mut self, place: Place) -> ValueId {
        if let Some((_, value)) = self.loaded.iter().find(|(known, _)| *known == place) {
            return *value;
        }
        let value = self.push(Op::Load(place));
        self.loaded.push((place, value));
        value
    }
    pub(crate) fn field(&mut self, name: &str) -> ValueId {
        self.load(Place::contact(slot(name)))
    }
    pub(crate) fn compare(&mut self, name: &str, comparison: Comparison, with: i64) -> ValueId {
        let (field, with) = (self.field(name), self.int(with));
        self.push(Op::Compare(comparison, field, with))
    }
    pub(crate) fn and(&mut self, left: ValueId, right: ValueId) -> ValueId {
        self.push(Op::And(left, right))
    }
    pub(crate) fn in_set(&mut self, name: &str, set: &[i64]) -> ValueId {
        let field = self.field(name);
        self.push(Op::InSet(field, set.to_vec()))
    }

    /// The condition and points of the rule of this number. Their kinds repeat after twelve, their numbers do not.
    pub(crate) fn rule(&mut self, number: usize) -> (ValueId, i64) {
        use Comparison::{Equal, Greater, GreaterOrEqual};
        let round = (number / 12) as i64;
        match number % 12 {
            0 => {
                let large = self.compare("employees", GreaterOrEqual, 50 * NUMBER_SCALE);
                let country = self.compare("country", Equal, 3 + round);
                let opted_in = self.field("opted_in");
                let visits = self.compare("visits", Greater, 2);
                let two = self.and(large, country);
                let three = self.and(two, opted_in);
                (self.and(three, visits), 15)
            }
            1 => (self.in_set("industry", &[1, 3, 4, 7, 9, 12 + round]), 10),
            2 => (self.in_set("role", &[2, 5, 6, 11 + round]), 10),
            3 => {
                let employees = self.field("employees");
                let fits = self.push(Op::InRange(employees, 50 * NUMBER_SCALE, (500 + round) * NUMBER_SCALE));
                let plan = self.in_set("plan", &[1, 2]);
                (self.and(fits, plan), 8)
            }
            4 => (self.field("demo_requested"), 20),
            5 => (self.field("trial"), 10),
            6 => (self.field("opted_in"), 5),
            7 => (self.compare("visits", GreaterOrEqual, 5 + round), 6),
            8 => (self.compare("pages", Greater, 10 + round), 4),
            9 => {
                let (now, week) = (self.push(Op::Now), self.int((7 + round) * DAY_MS));
                let since = self.push(Op::Sub(now, week));
                let last = self.field("last_visit");
                (self.push(Op::Compare(Greater, last, since)), 7)
            }
            10 => (self.compare("source", Equal, 4 + round), -5),
            _ => (self.compare("signed_up_on", Greater, 20_250 + round), 3),
        }
    }
}

pub(crate) const TRACE_BITS: usize = limits::TRACE_BITS as usize;

/// The scoring block's ops and whether the contact is unsubscribed.
pub(crate) fn scoring_ops(rules: usize, slots: &JourneySlots) -> (IdMap<ValueId, Op>, ValueId) {
    let mut b = Ops::default();
    let mut score = b.field("score");
    let mut traces: Vec<ValueId> = slots.trace.iter().map(|word| b.load(Place::journey(*word))).collect();
    for number in 0..rules {
        let (holds, points) = b.rule(number);
        let points = b.int(points * NUMBER_SCALE);
        let raised = b.push(Op::Add(score, points));
        score = b.push(Op::Select(holds, raised, score));
        let bit = b.push(Op::Bit(holds, (number % TRACE_BITS) as u32));
        traces[number / TRACE_BITS] = b.push(Op::BitOr(traces[number / TRACE_BITS], bit));
    }
    let score = b.push(Op::Clamp(score));
    let sixty = b.int(60 * NUMBER_SCALE);
    let hot = b.push(Op::Compare(Comparison::GreaterOrEqual, score, sixty));
    let unsubscribed = b.field("unsubscribed");
    let now = b.push(Op::Now);
    b.push(Op::Store(Place::contact(slot("score")), score));
    b.push(Op::Store(Place::contact(slot("hot")), hot));
    b.push(Op::Store(Place::contact(slot("scored_at")), now));
    for (word, trace) in slots.trace.iter().zip(traces) {
        b.push(Op::Store(Place::journey(*word), trace));
    }
    (b.ops, unsubscribed)
}

/// Values live in their block only, so the second condition loads the score that the first block has stored.
pub(crate) fn hand_off_block() -> Block {
    let mut b = Ops::default();
    let hot = b.compare("score", Comparison::GreaterOrEqual, 60 * NUMBER_SCALE);
    let early = b.compare("stage", Comparison::Less, MQL.into());
    let both = b.and(hot, early);
    Block { ops: b.ops, end: Terminator::Branch(both, BlockId(3), BlockId(5)) }
}

pub(crate) fn body(rules: usize, slots: &JourneySlots) -> Function {
    let (ops, unsubscribed) = scoring_ops(rules, slots);
    let end = |end| Block { ops: IdMap::default(), end };
    let finish = |step, ending| end(Terminator::Finish { step: Some(StepId(step)), ending });
    let blocks = [
        Block { ops, end: Terminator::Branch(unsubscribed, BlockId(1), BlockId(2)) },
        finish(0, Ending::Exited),
        hand_off_block(),
        end(Terminator::Effect { step: StepId(1), effect: EffectId(0), next: BlockId(4) }),
        finish(1, Ending::HandedOff),
        end(Terminator::Wait { step: StepId(2), wait: WaitId(0), resume: BlockId(6) }),
        finish(2, Ending::Finished),
    ];
    Function { blocks: blocks.into_iter().collect() }
}

pub(crate) fn scoring(rules: usize) -> Program {
    let mut frame = Layout::default();
    for (name, kind, _) in FRAME {
        frame.add(name, kind, false, 0);
    }
    frame.place();
    let system = SystemSlots {
        reachable: slot("reachable"),
        score: slot("score"),
        stage: slot("stage"),
        unsubscribed: slot("unsubscribed"),
        hard_bounced: slot("hard_bounced"),
        complained: slot("complained"),
        do_not_contact: slot("do_not_contact"),
        known_since: slot("known_since"),
        identified: slot("identified"),
        refused_at: slot("refused_at"),
        suppressed_at: slot("suppressed_at"),
    };
    let mut program = Program::from(Meaning { timezone: "UTC".into(), frame, system, ..Meaning::default() });
    program.teams.push(Team { name: "sales".into(), ..Team::default() });
    program.workflows.push(scoring_workflow(rules));
    program
}

/// The same with conditions to ask.
pub(crate) fn scoring_with_conditions(rules: usize) -> Program {
    let mut program = scoring(rules);
    for nth in 0..CONDITIONS {
        program.predicates.push(hot(nth));
    }
    program
}

/// How many conditions there are, each of twelve rules with numbers of its own.
pub(crate) const CONDITIONS: usize = 8;

/// Whether the rules make somebody hot whom sales does not know yet, and when that may change: never by itself, here.
fn hot(nth: usize) -> Predicate {
    let mut b = Ops::default();
    let mut score = b.field("score");
    for number in 12 * nth..12 * nth + 12 {
        let (holds, points) = b.rule(number);
        let points = b.int(points * NUMBER_SCALE);
        let raised = b.push(Op::Add(score, points));
        score = b.push(Op::Select(holds, raised, score));
    }
    let score = b.push(Op::Clamp(score));
    let sixty = b.int(60 * NUMBER_SCALE);
    let hot = b.push(Op::Compare(Comparison::GreaterOrEqual, score, sixty));
    let early = b.compare("stage", Comparison::Less, MQL.into());
    let unsubscribed = b.field("unsubscribed");
    let subscribed = b.push(Op::Not(unsubscribed));
    let early = b.and(early, subscribed);
    let holds = b.and(hot, early);
    let next_change = b.int(FOREVER);
    let block = Block { ops: b.ops, end: Terminator::Result { holds, next_change } };
    let function = Function { blocks: [block].into_iter().collect() };
    Predicate { name: format!("hot {nth}"), workflow: None, function }
}

pub(crate) fn scoring_workflow(rules: usize) -> Workflow {
    let step = |kind, name: &str| StepKey { label: None, kind: StepKind::new(kind), content: name.into(), nth: 1 };
    let steps = [step("exit", "exit"), step("handoff", "hand off to sales"), step("wait", "wait 3 days")];
    let least = least_workflow("scoring", rules.div_ceil(TRACE_BITS));
    Workflow {
        body: body(rules, &least.slots),
        steps: steps.into_iter().collect(),
        waits: [Wait::For(CivilSpan { days: 3, ..CivilSpan::default() })].into_iter().collect(),
        effects: [Handoff::to(TeamId(0)).into()].into_iter().collect(),
        writes: vec![slot("score"), slot("hot"), slot("scored_at")],
        ..least
    }
}
