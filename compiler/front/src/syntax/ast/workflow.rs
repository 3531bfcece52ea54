//! `workflow`: the lines that hold for all of it and its steps, as they stand among each other.

use super::{Block, Clause, Header, Name, PerValue, Reenter, Step, Text};
use crate::source::Span;
use std::collections::BTreeSet;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Workflow {
    pub name: Name,
    pub title: Option<Text>,
    pub items: Vec<Item>,
    /// What it reads of the event that lets people in, each property once.
    pub triggers: BTreeSet<String>,
    pub span: Span,
    /// The first line, for labels.
    pub head: Span,
    /// A line in it could not be read, so nothing is reported as missing.
    pub broken: bool,
    /// Some step, at any depth, could not be read or stands where it was not meant to, so anything may have been sent before.
    pub blind: bool,
}

/// A line of a workflow, with its block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Item {
    Header(Clause<Header>),
    Step(Step),
}

impl Workflow {
    pub(crate) fn headers(&self) -> impl Iterator<Item = &Clause<Header>> + Clone {
        self.items.iter().filter_map(|item| if let Item::Header(header) = item { Some(header) } else { None })
    }

    pub(crate) fn steps(&self) -> impl Iterator<Item = &Step> + Clone {
        self.items.iter().filter_map(|item| if let Item::Step(step) = item { Some(step) } else { None })
    }

    /// By which values journeys of one person are told apart, where they are.
    pub(crate) fn per_value(&self) -> Option<&PerValue> {
        self.headers().find_map(|header| match &header.kind {
            Header::Reenter(Reenter::Per(per)) => Some(per),
            _ => None,
        })
    }

    /// Those that everybody goes in order, and those of its ends.
    pub(crate) fn all_steps(&self) -> impl Iterator<Item = &Step> + Clone {
        let closings = self.headers().filter_map(|header| header.kind.on_goal().or(header.kind.on_exit()));
        self.steps().chain(closings.flat_map(|closing| &closing.steps))
    }
}

impl Block for Workflow {
    fn lose_a_line(&mut self) {
        self.broken = true;
        self.blind = true;
    }
}
