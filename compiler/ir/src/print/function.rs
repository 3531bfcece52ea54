//! Functions: a label for each block, a line for each op.

use super::super::{
    Block, Calendar, Comparison, Ending, Function, NUMBER_SCALE, Op, Place, Program, SendWindow, StepId, Terminator,
    ValueId, Workflow, WorkflowDebug, WorkflowId,
};
use super::{elapsed, number, remarked, slot_name, text_test_line};
use crate::units::{DAY_MS, HOUR_MS};
use chrono::DateTime;
use std::fmt::{self, Formatter};

/// Instants between 2001 and 2100 are shown as such; numbers that large do not occur.
const INSTANTS: std::ops::Range<i64> = 1_000_000_000_000..4_102_444_800_000;

pub(super) fn print_function(
    f: &mut Formatter<'_>,
    indent: &str,
    program: &Program,
    workflow: Option<WorkflowId>,
    function: &Function,
) -> fmt::Result {
    let told = workflow.and_then(|id| program.told(id));
    let names = Names { program, workflow: workflow.and_then(|id| program.workflows.get(id)), told };
    for (id, block) in function.blocks.iter() {
        writeln!(f, "{indent}{id}:")?;
        for line in names.block(block) {
            writeln!(f, "{indent}  {line}")?;
        }
    }
    Ok(())
}

/// What ids stand for here.
struct Names<'p> {
    program: &'p Program,
    workflow: Option<&'p Workflow>,
    told: Option<&'p WorkflowDebug>,
}

impl Names<'_> {
    fn block(&self, block: &Block) -> Vec<String> {
        let ops = block.ops.iter().map(|(id, op)| self.line(id, op));
        ops.chain([self.end(&block.end)]).collect()
    }

    fn line(&self, id: ValueId, op: &Op) -> String {
        match op {
            Op::Store(place, value) => format!("store {}, {value}", self.place(*place)),
            Op::SetKnown(place, value) => format!("set known {}, {value}", self.place(*place)),
            _ => remarked(format!("{id} = {}", self.op(op)), self.remark(op)),
        }
    }

    fn op(&self, op: &Op) -> String {
        match op {
            Op::Int(value) => format!("int {}", number(*value)),
            Op::Bool(value) => format!("bool {value}"),
            Op::Now => "now".to_owned(),
            Op::Load(place) => format!("load {}", self.place(*place)),
            Op::Store(..) | Op::SetKnown(..) => String::new(),
            Op::Known(place) => format!("known {}", self.place(*place)),
            Op::Trigger(bit) => format!("trigger {bit}"),
            Op::TextTest(test) => format!("text {test}"),
            Op::Segment(segment) => format!("ask {segment}"),
            Op::Calendar(calendar, a) => format!("{} of {a}", calendar_words(*calendar)),
            Op::Compare(comparison, a, b) => format!("{a} {} {b}", sign(*comparison)),
            Op::InSet(a, set) => {
                let set: Vec<String> = set.iter().map(|value| number(*value)).collect();
                format!("{a} in {{{}}}", set.join(", "))
            }
            Op::InRange(a, low, high) => format!("{a} in {}..={}", number(*low), number(*high)),
            Op::And(a, b) => format!("{a} and {b}"),
            Op::Or(a, b) => format!("{a} or {b}"),
            Op::Not(a) => format!("not {a}"),
            Op::Add(a, b) => format!("{a} + {b}"),
            Op::Sub(a, b) => format!("{a} - {b}"),
            Op::Clamp(a) => format!("clamp {a}"),
            Op::Min(a, b) => format!("min {a}, {b}"),
            Op::Max(a, b) => format!("max {a}, {b}"),
            Op::BitOr(a, b) => format!("{a} | {b}"),
            Op::Bit(a, bit) => format!("bit {bit} of {a}"),
            Op::Select(which, yes, no) => format!("{which} ? {yes} : {no}"),
        }
    }

    fn remark(&self, op: &Op) -> Option<String> {
        match op {
            Op::Int(value) => readings(*value),
            Op::Segment(segment) => self.program.segments.get(*segment).map(|segment| segment.name.clone()),
            Op::TextTest(test) => self.program.text_tests.get(*test).map(|test| text_test_line(self.program, test)),
            Op::Bit(_, bit) => self.arm(*bit),
            _ => None,
        }
    }

    /// The arm that a bit stands for, where the workflow has one trace word.
    fn arm(&self, bit: u32) -> Option<String> {
        self.workflow.filter(|workflow| workflow.slots.trace.len() == 1)?;
        self.told?.arms.get(bit as usize).map(|arm| arm.text.clone())
    }

    fn place(&self, place: Place) -> String {
        let area = place.area.word();
        match self.program.layouts(self.workflow)[place.area] {
            Some(layout) => format!("{area}.{}", slot_name(layout, place.slot)),
            None => format!("{area}.{}", place.slot),
        }
    }

    fn end(&self, end: &Terminator) -> String {
        match *end {
            Terminator::Jump(next) => format!("jump {next}"),
            Terminator::Branch(value, yes, no) => format!("branch {value}, {yes}, {no}"),
            Terminator::Effect { step, effect, next } => {
                let found = self.workflow.and_then(|workflow| workflow.effects.get(effect));
                let words = found.map_or_else(|| effect.to_string(), |effect| effect.words(self.program));
                remarked(format!("{words}, then {next}"), self.step(step))
            }
            Terminator::Wait { step, wait, resume } => remarked(format!("wait {wait}, then {resume}"), self.step(step)),
            Terminator::Finish { step, ending } => {
                remarked(ending_words(ending).to_owned(), step.and_then(|step| self.step(step)))
            }
            Terminator::Result { holds, next_change } => format!("result {holds}, next change at {next_change}"),
        }
    }

    fn step(&self, step: StepId) -> Option<String> {
        self.told?.steps.get(step).map(|step| step.text.clone())
    }
}

fn sign(comparison: Comparison) -> &'static str {
    match comparison {
        Comparison::Equal => "==",
        Comparison::NotEqual => "!=",
        Comparison::Less => "<",
        Comparison::LessOrEqual => "<=",
        Comparison::Greater => ">",
        Comparison::GreaterOrEqual => ">=",
    }
}

fn ending_words(ending: Ending) -> &'static str {
    match ending {
        Ending::Finished => "finish",
        Ending::Exited => "exit",
        Ending::Converted => "exit as converted",
        Ending::HandedOff => "end handed off",
    }
}

/// What a constant may mean. The op does not know whether it is a number, a length of time or an instant, so every reading that comes
/// out even is given.
fn readings(value: i64) -> Option<String> {
    if INSTANTS.contains(&value) && value % 1_000 == 0 {
        return DateTime::from_timestamp_millis(value).map(|at| at.format("%Y-%m-%d %H:%M:%SZ").to_string());
    }
    let as_number =
        (value != 0 && value % NUMBER_SCALE == 0 && value.abs() < INSTANTS.start).then(|| number(value / NUMBER_SCALE));
    let as_time =
        (value.abs() >= DAY_MS && value % HOUR_MS == 0 && value.abs() < INSTANTS.start).then(|| elapsed(value));
    let both: Vec<String> = as_number.into_iter().chain(as_time).collect();
    (!both.is_empty()).then(|| both.join(" or "))
}

fn calendar_words(calendar: Calendar) -> String {
    let shown = |window: SendWindow| format!("days {:07b} from {} to {}", window.days, window.from_min, window.to_min);
    match calendar {
        Calendar::DayBegins => "beginning of the day".to_owned(),
        Calendar::DayOf => "day".to_owned(),
        Calendar::WeekEnds => "end of the week".to_owned(),
        Calendar::MonthEnds => "end of the month".to_owned(),
        Calendar::Shows(window) => format!("whether {}", shown(window)),
        Calendar::Turns(window) => format!("turn to or from {}", shown(window)),
    }
}
