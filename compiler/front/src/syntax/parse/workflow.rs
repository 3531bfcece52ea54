//! `workflow`: header clauses and the list of steps.

use super::{Pair, Reader, Rule, child, context, has, head, name, span};
use crate::source::Span;
use crate::syntax::ast::{Clause, Enter, Existing, Goal, Header, Item, Reenter, Step, StepKind, Window, Workflow};

impl<'s> Reader<'s> {
    pub(super) fn workflow(&mut self, pair: &Pair<'s>) -> Workflow {
        let mut workflow = Workflow {
            name: self.name_of(pair, Rule::name),
            title: child(pair, Rule::title).map(|title| self.text_of(&title)),
            items: Vec::new(),
            span: span(pair),
            head: head(pair),
            broken: self.unclosed,
            blind: self.unclosed,
        };
        self.unreadable = false;
        for inner in pair.clone().into_inner() {
            if let Some(kind) = self.header(&inner) {
                workflow.items.push(Item::Header(Clause { kind, span: span(&inner) }));
            } else if inner.as_rule() == Rule::bad_step {
                workflow.broken = true;
                workflow.items.push(Item::Step(self.bad_step(&inner, context::WORKFLOW)));
            } else {
                workflow.items.extend(self.step(&inner).map(Item::Step));
            }
        }
        workflow.blind |= self.unreadable;
        workflow
    }

    fn header(&mut self, pair: &Pair<'s>) -> Option<Header> {
        Some(match pair.as_rule() {
            Rule::goal => Header::Goal(Goal {
                text: self.text_of(pair),
                when: self.predicate_of(pair),
                within: self.duration_of(pair),
                continues: has(pair, Rule::and_continue),
            }),
            Rule::owner => Header::Owner(self.text_of(pair)),
            Rule::reviewed => Header::Reviewed(self.name_of(pair, Rule::date)),
            Rule::group => Header::Group(self.name_of(pair, Rule::name)),
            Rule::enter => Header::Enter(self.enter(pair)),
            Rule::reenter => {
                let after = self.duration_of(pair).map(Reenter::After);
                Header::Reenter(after.unwrap_or(Reenter::Once))
            }
            Rule::exit_when => Header::ExitWhen(self.predicate_of(pair)),
            Rule::skip_when => Header::SkipWhen(self.predicate_of(pair)),
            Rule::window => Header::Window(self.window(pair)),
            _ => return None,
        })
    }

    fn enter(&mut self, pair: &Pair<'s>) -> Enter {
        let existing = child(pair, Rule::existing).map(|existing| {
            if has(&existing, Rule::including_existing) { Existing::Including } else { Existing::NewOnly }
        });
        let when = (!has(pair, Rule::by_hand)).then(|| self.predicate_of(pair));
        Enter { when, existing }
    }

    fn window(&mut self, pair: &Pair<'s>) -> Window {
        let days =
            child(pair, Rule::days).into_iter().flat_map(Pair::into_inner).filter(|inner| inner.as_rule() == Rule::day);
        let mut clocks =
            pair.clone().into_inner().filter(|inner| inner.as_rule() == Rule::clock).map(|inner| name(&inner));
        Window { days: days.map(|day| name(&day)).collect(), from: clocks.next(), to: clocks.next() }
    }

    /// The steps of a pair's block.
    pub(super) fn block_of(&mut self, pair: &Pair<'s>) -> Vec<Step> {
        child(pair, Rule::block).map_or_else(Vec::new, |block| self.block(&block))
    }

    pub(super) fn block(&mut self, block: &Pair<'s>) -> Vec<Step> {
        block.clone().into_inner().filter_map(|inner| self.step(&inner)).collect()
    }

    fn step(&mut self, pair: &Pair<'s>) -> Option<Step> {
        match pair.as_rule() {
            Rule::labelled => {
                let label = self.text_of(pair);
                let step = pair.clone().into_inner().find_map(|inner| self.step(&inner))?;
                Some(Step { label: Some(label), span: span(pair), ..step })
            }
            Rule::later_step | Rule::later_header => {
                self.later(pair);
                self.unreadable = true;
                Some(unreadable(pair))
            }
            Rule::bad_step => Some(self.bad_step(pair, context::STEPS)),
            _ => Some(Step { label: None, kind: self.step_kind(pair)?, head: step_head(pair), span: span(pair) }),
        }
    }

    fn step_kind(&mut self, pair: &Pair<'s>) -> Option<StepKind> {
        Some(match pair.as_rule() {
            Rule::send => StepKind::Send(self.send(pair)),
            Rule::wait | Rule::wait_until => StepKind::Wait(self.wait(pair)),
            Rule::branch => StepKind::Branch(self.branch(pair)),
            Rule::score | Rule::set => StepKind::Change(self.change(pair)),
            Rule::advance => StepKind::Advance(self.advance(pair)),
            Rule::handoff => StepKind::Handoff(self.handoff(pair)),
            Rule::exit => StepKind::Exit(self.exit(pair)),
            _ => return None,
        })
    }

    /// A line that cannot be read, with whatever can be read of the blocks behind it.
    fn bad_step(&mut self, pair: &Pair<'s>, context: &context::Context) -> Step {
        self.bad(pair, context);
        self.unreadable = true;
        for inner in pair.clone().into_inner() {
            match inner.as_rule() {
                Rule::block => drop(self.block(&inner)),
                Rule::bad_else => {
                    self.bad_else(&inner);
                    self.block_of(&inner);
                }
                _ => {}
            }
        }
        unreadable(pair)
    }
}

fn unreadable(pair: &Pair<'_>) -> Step {
    Step { label: None, kind: StepKind::Unreadable, head: span(pair), span: span(pair) }
}

/// A step for labels: of one with a block, its first line.
fn step_head(pair: &Pair<'_>) -> Span {
    match pair.as_rule() {
        Rule::branch | Rule::handoff => head(pair),
        _ => span(pair),
    }
}
