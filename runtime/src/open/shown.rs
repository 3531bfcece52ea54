//! What a store shows of a program to whoever reads it with SQL: the columns of its views, and the words for its numbers.

use crate::engine::reason::{self, Ignored, PausedBy, Withheld};
use crate::store::DecisionCode;
use crate::store::sqlite::{OpenOptions, Shows, ViewColumn, Word, WordKind, condition_number};
use flow_ir::debug::WorkflowDebug;
use flow_ir::{Conditions, Ending, Field, FieldType, Program, Rate, StepId, Terminator, Workflow, WorkflowId};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

pub(super) fn options(program: &Program, path: &Path) -> OpenOptions {
    OpenOptions {
        texts: program.texts.values().cloned().collect(),
        view: program
            .fields
            .values()
            .filter_map(|field| view_column(program, field))
            .chain(suppressed_at(program))
            .collect(),
        blank: program.frame.blank(),
        address: program.texts.values().find(|name| *name == "email").cloned(),
        words: words(program),
        ..OpenOptions::new(path)
    }
}

/// What people call the program's parts, and why something was decided.
fn words(program: &Program) -> Vec<Word> {
    let mut words = numbered(WordKind::Workflow, 0, program.workflows.values().map(|workflow| workflow.name.clone()));
    words.extend(numbered(WordKind::Email, 0, program.emails.values().map(|email| email.name.clone())));
    words.extend(numbered(WordKind::Field, 0, program.fields.values().map(|field| field.written().into_owned())));
    words.extend(numbered(WordKind::Stage, 0, program.stages.iter().cloned()));
    for (id, workflow) in program.workflows.iter() {
        let steps = workflow.steps.values().map(ToString::to_string);
        words.extend(numbered(WordKind::Step, id.0, steps));
        words.extend(workflow.effects_of_steps().filter_map(|(step, effect)| {
            let words = effect.because()?.to_owned();
            Some(Word { kind: WordKind::Because, of: id.0, number: step.0, words })
        }));
        if let Some(told) = program.told(id) {
            words.extend(numbered(WordKind::Exit, id.0, told.exits.iter().map(|exit| exit.text.clone())));
            words.extend(numbered(WordKind::Arm, id.0, told.arms.iter().map(|arm| arm.text.clone())));
            words.extend(conditions(program.lineage.version, id, workflow, &told.conditions));
            words.extend(numbered(WordKind::Asked, id.0, asked(workflow, told)));
        }
    }
    words.extend(rates(program));
    words.extend(reason::all().into_iter().map(|(code, number, words)| Word {
        kind: WordKind::Reason,
        of: code as u32,
        number,
        words: words.to_owned(),
    }));
    words
}

/// The conditions by which somebody is not taken in, gets no mail or meets the goal.
fn conditions(version: u32, id: WorkflowId, workflow: &Workflow, written: &Conditions) -> Vec<Word> {
    let ignored = |reason: Ignored| (DecisionCode::Ignored, reason.number());
    let of_goal = [
        Some(ignored(Ignored::GoalHolds)),
        Some((DecisionCode::GoalMet, 0)),
        Some((DecisionCode::Attributed, 0)),
        // An `exit as converted` needs no goal, and its decision is the same.
        (!converts_by_step(workflow)).then_some((DecisionCode::Converted, 0)),
    ];
    let of_entry = [ignored(Ignored::ConditionFails)];
    let of_skip = [ignored(Ignored::Skipped), (DecisionCode::Withheld, Withheld::Skipped.number())];
    let of_pause = [(DecisionCode::Paused, PausedBy::Condition.number())];
    let pause = of_pause.into_iter().map(|decided| (decided, &written.pause));
    let goal = of_goal.into_iter().flatten().map(|decided| (decided, &written.goal));
    let entry = of_entry.into_iter().map(|decided| (decided, &written.enter));
    let all = goal.chain(pause).chain(entry).chain(of_skip.into_iter().map(|decided| (decided, &written.skip)));
    let word = |((code, reason), text): (_, &Option<String>)| {
        let number = condition_number(version, code, reason)?;
        Some(Word { kind: WordKind::Condition, of: id.0, number, words: text.clone()? })
    };
    all.filter_map(word).collect()
}

fn converts_by_step(workflow: &Workflow) -> bool {
    let mut ends = workflow.body.blocks.values().map(|block| &block.end);
    ends.any(|end| matches!(end, Terminator::Finish { ending: Ending::Converted, .. }))
}

/// For each arm, what was asked before it ran: the conditions of its `if` down to its own, of which that one held and those before it did not.
fn asked(workflow: &Workflow, told: &WorkflowDebug) -> Vec<String> {
    let mut failed: BTreeMap<StepId, Vec<String>> = BTreeMap::new();
    let arms = workflow.arms.iter().zip(&told.arms);
    arms.map(|(step, arm)| {
        let failed = failed.entry(*step).or_default();
        let is_of = |word: &str| workflow.steps.get(*step).is_some_and(|step| step.kind.word() == word);
        // The same step of a later version begins anew.
        if arm.text.starts_with("if ") || failed.contains(&format!("{}: no", arm.text)) {
            failed.clear();
        }
        // What was drawn is no question.
        if is_of("split") {
            return String::new();
        }
        let is_asked = if is_of("choose") {
            !["", "otherwise"].contains(&arm.text.as_str())
        } else {
            ["if ", "else if "].iter().any(|word| arm.text.starts_with(word))
        };
        if !is_asked {
            return failed.join(", ");
        }
        let asked = failed.iter().cloned().chain([format!("{}: yes", arm.text)]).collect::<Vec<_>>().join(", ");
        failed.push(format!("{}: no", arm.text));
        asked
    })
    .collect()
}

/// By which rate somebody waits for their turn, those of earlier versions too: each has a number of its own.
fn rates(program: &Program) -> Vec<Word> {
    let rates = program.workflows.values().filter_map(|workflow| workflow.turn.as_ref()).flat_map(|turn| &turn.rates);
    let rates: BTreeSet<Rate> = rates.copied().collect();
    let word = |rate: Rate| Word {
        kind: WordKind::Reason,
        of: DecisionCode::Held as u32,
        number: rate.number(),
        words: format!("waits for its turn: {rate}"),
    };
    rates.into_iter().map(word).collect()
}

fn numbered(kind: WordKind, of: u32, words: impl IntoIterator<Item = String>) -> Vec<Word> {
    (0..).zip(words).map(|(number, words)| Word { kind, of, number, words }).collect()
}

/// Since when a workflow keeps all marketing from somebody: of what the engine keeps of everyone, what people ask for.
fn suppressed_at(program: &Program) -> Option<ViewColumn> {
    const NAME: &str = "suppressed_at";
    let slot = program.frame.slots.get(program.system.suppressed_at)?;
    let is_free = program.fields.values().all(|field| field.name != NAME);
    is_free.then(|| ViewColumn {
        name: NAME.to_owned(),
        offset: slot.offset,
        presence: slot.presence,
        kind: slot.kind,
        shows: Shows::Instant,
    })
}

/// What people see of a field in the frame; texts stand in columns of their own.
fn view_column(program: &Program, field: &Field) -> Option<ViewColumn> {
    let slot = program.frame.slots.get(field.slot?)?;
    let shows = match &field.ty {
        FieldType::Number | FieldType::Money => Shows::Number,
        FieldType::YesNo => Shows::YesNo,
        FieldType::Date => Shows::Date,
        FieldType::Moment => Shows::Instant,
        FieldType::OneOf(choices) => Shows::Choice { names: choices.to_vec(), first: 1 },
        FieldType::Stage => Shows::Choice { names: program.stages.clone(), first: 0 },
        FieldType::Text | FieldType::Email | FieldType::Url | FieldType::Timezone | FieldType::Country => return None,
    };
    Some(ViewColumn { name: field.name.clone(), offset: slot.offset, presence: slot.presence, kind: slot.kind, shows })
}
