//! The workflow by hand: as one writes it, and without branches.

use crate::contacts::{Frame, Journey};
use crate::{DAY_MS, MQL};
use flow_ir::*;

/// How a step ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Code {
    Exited,
    HandedOff,
    Waits,
}

pub(crate) type StepFn = fn(&mut Frame, &mut Journey, i64) -> Code;

#[inline(never)]
pub(crate) fn step_by_hand(c: &mut Frame, journey: &mut Journey, now: i64) -> Code {
    let mut score = c.score;
    let mut trace = journey.trace;
    let mut rule = |holds: bool, bit: u32, points: i64| {
        if holds {
            score += points * NUMBER_SCALE;
            trace |= 1 << bit;
        }
    };
    rule(c.employees >= 50 * NUMBER_SCALE && c.country == 3 && c.opted_in && c.visits > 2, 0, 15);
    rule(matches!(c.industry, 1 | 3 | 4 | 7 | 9 | 12), 1, 10);
    rule(matches!(c.role, 2 | 5 | 6 | 11), 2, 10);
    rule((50 * NUMBER_SCALE..=500 * NUMBER_SCALE).contains(&c.employees) && matches!(c.plan, 1 | 2), 3, 8);
    rule(c.demo_requested, 4, 20);
    rule(c.trial, 5, 10);
    rule(c.opted_in, 6, 5);
    rule(c.visits >= 5, 7, 6);
    rule(c.pages > 10, 8, 4);
    rule(c.last_visit > now - 7 * DAY_MS, 9, 7);
    rule(c.source == 4, 10, -5);
    rule(c.signed_up_on > 20_250, 11, 3);
    end_by_hand(c, journey, now, score, trace)
}

/// The same rules, each computed to 0 or 1 and multiplied in.
#[inline(never)]
pub(crate) fn step_without_branches(c: &mut Frame, journey: &mut Journey, now: i64) -> Code {
    let member = |set: u64, code: u16| code < 64 && set >> (code & 63) & 1 == 1;
    let rules = rules_without_branches(c, now, member);
    let mut score = c.score;
    let mut trace = journey.trace;
    for (bit, (holds, points)) in rules.into_iter().enumerate() {
        score += i64::from(holds) * (points * NUMBER_SCALE);
        trace |= i64::from(holds) << bit;
    }
    end_by_hand(c, journey, now, score, trace)
}

/// Whether each rule holds, and its points.
#[inline(always)]
fn rules_without_branches(c: &Frame, now: i64, member: impl Fn(u64, u16) -> bool) -> [(bool, i64); 12] {
    let employees = c.employees - 50 * NUMBER_SCALE;
    [
        ((employees >= 0) & (c.country == 3) & c.opted_in & (c.visits > 2), 15),
        (member(0b1_0010_1001_1010, c.industry), 10),
        (member(0b1000_0110_0100, c.role), 10),
        (((employees as u64) <= 450 * NUMBER_SCALE as u64) & ((c.plan == 1) | (c.plan == 2)), 8),
        (c.demo_requested, 20),
        (c.trial, 10),
        (c.opted_in, 5),
        (c.visits >= 5, 6),
        (c.pages > 10, 4),
        (c.last_visit > now - 7 * DAY_MS, 7),
        (c.source == 4, -5),
        (c.signed_up_on > 20_250, 3),
    ]
}

#[inline(always)]
fn end_by_hand(c: &mut Frame, journey: &mut Journey, now: i64, score: i64, trace: i64) -> Code {
    let score = score.clamp(-VALUE_LIMIT, VALUE_LIMIT);
    c.score = score;
    c.hot = score >= 60 * NUMBER_SCALE;
    c.scored_at = now;
    journey.trace = trace;
    if c.unsubscribed {
        Code::Exited
    } else if score >= 60 * NUMBER_SCALE && c.stage < MQL {
        Code::HandedOff
    } else {
        Code::Waits
    }
}

/// Whether the rules make somebody hot whom sales does not know yet.
#[inline(never)]
pub(crate) fn hot_by_hand(c: &Frame, now: i64) -> bool {
    let (mut frame, mut journey) = (*c, Journey { triggered_at: 0, waiting_since: 0, trace: 0, timed_out: false });
    step_by_hand(&mut frame, &mut journey, now) == Code::HandedOff
}

/// The same, each rule computed to 0 or 1.
#[inline(never)]
pub(crate) fn hot_without_branches(c: &Frame, now: i64) -> bool {
    let member = |set: u64, code: u16| code < 64 && set >> (code & 63) & 1 == 1;
    let score = rules_without_branches(c, now, member)
        .into_iter()
        .fold(c.score, |score, (holds, points)| score + i64::from(holds) * (points * NUMBER_SCALE));
    (score.clamp(-VALUE_LIMIT, VALUE_LIMIT) >= 60 * NUMBER_SCALE) & (c.stage < MQL) & !c.unsubscribed
}
