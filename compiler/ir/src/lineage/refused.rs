//! Why a new version cannot go on where the old one left: who stands where, and what their steps ask for that is not there any more.

use crate::{Block, BlockId, Field, FieldType, Id, Program, StepId, Terminator, WorkflowId};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// How many live journeys stand at each block: by (workflow, block).
pub type Live = BTreeMap<(u32, u32), u64>;

/// How many places are named, where people stand at many.
const NAMED_PLACES: usize = 3;

/// Why a new version cannot go on where the old one left.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unlinked {
    /// Who is in the way, by workflow and step.
    pub standing: Vec<Standing>,
    /// What they would have to do without.
    pub lost: Lost,
}

/// People at one step of a workflow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// By its name.
    pub workflow: String,
    /// As written; none where they are about to begin.
    pub step: Option<String>,
    /// How many.
    pub people: u64,
}

/// What older steps ask for, and is not there any more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Lost {
    /// A field of another type.
    Field {
        /// Its name.
        name: String,
        /// `a number`.
        was: &'static str,
        /// `a date`.
        is: &'static str,
    },
    /// A property of an event, of another type.
    Property {
        /// Its name.
        name: String,
        /// The event's.
        event: String,
        /// `a number`.
        was: &'static str,
        /// `a date`.
        is: &'static str,
    },
    /// A value that steps give to a field, and that it cannot have any more.
    Choice {
        /// The field's name.
        field: String,
        /// The value.
        choice: String,
    },
}

impl Lost {
    pub(super) fn field(before: &Field, field: &Field) -> Lost {
        Lost::Field { name: before.name.clone(), was: words(&before.ty), is: words(&field.ty) }
    }

    /// What a marketer can do about it.
    pub fn help(&self) -> String {
        match self {
            Lost::Field { name, was, .. } => {
                format!("leave `{name}` {was} until they are through, or give the new field another name")
            }
            Lost::Property { name, event, was, .. } => {
                format!("leave `{name}` of `{event}` {was} until they are through, or give the new one another name")
            }
            Lost::Choice { field, choice } => {
                format!("leave \"{choice}\" among the values of `{field}` until they are through")
            }
        }
    }
}

/// A type as a reader knows it.
pub(super) fn words(ty: &FieldType) -> &'static str {
    match ty {
        FieldType::Text => "a text",
        FieldType::Number => "a number",
        FieldType::Money => "an amount of money",
        FieldType::YesNo => "a yes/no",
        FieldType::Date => "a date",
        FieldType::Moment => "a date with a time",
        FieldType::Email => "an email address",
        FieldType::Url => "a web address",
        FieldType::Timezone => "a time zone",
        FieldType::Country => "a country",
        FieldType::OneOf(_) => "a choice",
        FieldType::Stage => "a stage",
    }
}

impl fmt::Display for Lost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Lost::Field { name, was, is } => write!(f, "ask for `{name}` as {was}; it is {is} now"),
            Lost::Property { name, event, was, is } => {
                write!(f, "ask for `{name}` of the event `{event}` as {was}; it is {is} now")
            }
            Lost::Choice { field, choice } => {
                write!(f, "set `{field}` to \"{choice}\", which is none of its values any more")
            }
        }
    }
}

/// `3 people are at "wait 2 days" of "nurture", and their next steps ask for "budget" as a number; it is a date now`.
impl fmt::Display for Unlinked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&places(&self.standing))?;
        write!(f, ", and their next steps {}", self.lost)
    }
}

/// Where people stand, in words: `2 people are at ..`.
pub fn places(standing: &[Standing]) -> String {
    let mut words = String::new();
    for (nth, Standing { workflow, step, people }) in standing.iter().take(NAMED_PLACES).enumerate() {
        let who = match (nth, people) {
            (0, 1) => "1 person is".to_owned(),
            (0, _) => format!("{people} people are"),
            _ => people.to_string(),
        };
        let step = step.as_ref().map_or_else(|| "the first step".to_owned(), |step| format!("`{step}`"));
        words += &format!("{}{who} at {step} of `{workflow}`", if nth == 0 { "" } else { ", " });
    }
    let others: u64 = standing.iter().skip(NAMED_PLACES).map(|at| at.people).sum();
    if others > 0 {
        words += &format!(" and {others} at other steps");
    }
    words
}

/// Those who are in a workflow, or those of them who still have to go through a block.
pub fn standing(kept: &Program, live: &Live, id: WorkflowId, through: Option<BlockId>) -> Vec<Standing> {
    let Some(workflow) = kept.workflows.get(id) else { return Vec::new() };
    let mut by_step: BTreeMap<Option<StepId>, u64> = BTreeMap::new();
    for ((_, block), people) in live.iter().filter(|((of, _), _)| *of == id.0) {
        let block = BlockId(*block);
        let goes_there = |through| super::steps::needed(&workflow.body, &BTreeSet::from([block])).contains(&through);
        if through.is_none_or(goes_there) {
            *by_step.entry(step_at(workflow.body.blocks.values(), block)).or_default() += people;
        }
    }
    let step = |id: StepId| workflow.steps.get(id).map(ToString::to_string);
    let at = |(id, people): (Option<StepId>, u64)| Standing {
        workflow: workflow.name.clone(),
        step: id.and_then(step),
        people,
    };
    by_step.into_iter().map(at).collect()
}

/// The step at which somebody stands who resumes at a block: the wait that ends there, or its own.
fn step_at<'b>(blocks: impl Iterator<Item = &'b Block> + Clone, at: BlockId) -> Option<StepId> {
    let waits = blocks.clone().find_map(|block| match block.end {
        Terminator::Wait { step, resume, .. } if resume == at => Some(step),
        _ => None,
    });
    waits.or_else(|| match blocks.clone().nth(at.index())?.end {
        Terminator::Effect { step, .. } => Some(step),
        _ => None,
    })
}
