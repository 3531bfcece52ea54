//! Stored totals against a count of the rows; and what the store counts when it is asked, too.

use super::Check;
use super::context::Context;
use super::finding::{Findings, Kind, Mend, Subject};
use super::mark::Mark;
use super::sweep::is_live;
use crate::engine::counter;
use crate::store::{
    ContactId, ContactRecord, DecisionCode, DecisionRecord, EventRecord, HandoffCount, HandoffRecord, JourneyKey,
    JourneyRecord, JourneyStatus, OutboxRecord, Records, StoreError, StoreFault, Total,
};
use crate::time::Instant;
use flow_ir::units::DAY_MS;
use std::collections::{BTreeMap, BTreeSet};

/// A count of everything that totals count and that the rows still tell. What people did with mails is counted each time and told once, so of that there is
/// none.
#[derive(Default)]
pub(super) struct Rollups {
    totals: BTreeMap<Total, i64>,
    positions: BTreeMap<(u32, u32, JourneyStatus), u64>,
    blocks: BTreeMap<(u32, u32), u64>,
    handoffs: BTreeMap<(u32, String, String), u64>,
    unsettled: u64,
    /// The journeys of a window, each with when it began and under which version; and when goals were met.
    journeys: Vec<(JourneyKey, i64, u32)>,
    met: Vec<(JourneyKey, i64)>,
    /// Goals that were met by journeys that are not there: nobody knows the week.
    of_nobody: i64,
}

impl Rollups {
    fn count(&mut self, counter: &str) {
        *self.totals.entry(Total::Counter(counter.to_owned())).or_default() += 1;
    }

    fn take(&mut self, journey: &JourneyRecord) {
        let key = (journey.contact, journey.workflow, journey.run);
        self.journeys.push((key, journey.entered_at, journey.version));
    }
}

/// Whether a decision says that the goal of a journey was met.
pub(super) fn is_goal_met(decision: &DecisionRecord) -> bool {
    match decision.code {
        // An end as converted after the goal was met is no second one.
        DecisionCode::Converted => decision.reason == 0,
        code => matches!(code, DecisionCode::GoalMet | DecisionCode::Attributed),
    }
}

impl Check for Rollups {
    fn message(&mut self, _: &Context<'_>, row: &OutboxRecord, _: &mut Findings) {
        self.unsettled += u64::from(row.state.is_unsettled());
    }

    fn contact(&mut self, _: &Context<'_>, _: ContactId, contact: Option<&ContactRecord>, _: &mut Findings) {
        self.count(counter::CONTACTS);
        for journey in contact.into_iter().flat_map(|contact| &contact.kept) {
            self.take(journey);
            if is_live(journey) {
                let JourneyRecord { workflow, step, status, block, .. } = *journey;
                *self.positions.entry((workflow, step, status)).or_default() += 1;
                *self.blocks.entry((workflow, block)).or_default() += 1;
            }
        }
    }

    fn ended(&mut self, _: &Context<'_>, journey: &JourneyRecord, _: &mut Findings) {
        self.take(journey);
    }

    fn event(&mut self, _: &Context<'_>, _: &EventRecord, _: &mut Findings) {
        self.count(counter::EVENTS);
    }

    fn decision(&mut self, _: &Context<'_>, decision: &DecisionRecord, _: &mut Findings) {
        for total in decision.totals() {
            *self.totals.entry(total).or_default() += 1;
        }
        match decision.code {
            DecisionCode::Entered => self.count(counter::JOURNEYS_BEGUN),
            DecisionCode::Sent => self.count(counter::MAILS_SENT),
            code if code.is_end() => self.count(counter::JOURNEYS_ENDED),
            _ => {}
        }
    }

    fn mark(&mut self, _: &Context<'_>, contact: ContactId, mark: Mark, _: &mut Findings) {
        if let Mark::GoalMet((workflow, run), at) = mark {
            self.met.push(((contact, workflow, run), at));
        }
    }

    fn handoff(&mut self, _: &Context<'_>, row: &HandoffRecord, _: &mut Findings) {
        *self.handoffs.entry((row.workflow, row.team.clone(), row.member.clone())).or_default() += 1;
    }

    fn window_over(&mut self, _: &Context<'_>, _: &mut Findings) {
        let mut journeys = std::mem::take(&mut self.journeys);
        journeys.sort_unstable();
        for (key, at) in std::mem::take(&mut self.met) {
            let of = journeys.binary_search_by_key(&key, |(key, ..)| *key).ok().and_then(|place| journeys.get(place));
            match of {
                Some(((_, workflow, _), entered_at, version)) => {
                    *self.totals.entry(Total::conversion(*workflow, *version, *entered_at, at)).or_default() += 1;
                }
                None => self.of_nobody += 1,
            }
        }
    }

    fn over(&mut self, cx: &Context<'_>, found: &mut Findings) {
        for _ in &cx.joined {
            self.count(counter::JOINED);
        }
        self.examine_totals(cx, found);
        let Counted { positions, blocks, handoffs, unsettled } = &cx.counted;
        let mut compare = |name: String, what: &str, kept: u64, counted: u64| {
            if kept != counted {
                let words = format!("{what}: {kept} by what the store counts, {counted} by its rows");
                found.add(Kind::WrongCount, Subject::Named(name), words);
            }
        };
        if let Some(unsettled) = unsettled {
            compare("outbox".to_owned(), "messages are still to leave", *unsettled, self.unsettled);
        }
        for ((workflow, step, _), kept, counted) in both(positions.as_ref(), &self.positions) {
            compare(format!("{} step {step}", cx.workflow_name(workflow)), "people stand here", kept, counted);
        }
        for ((workflow, block), kept, counted) in both(blocks.as_ref(), &self.blocks) {
            compare(format!("{} block {block}", cx.workflow_name(workflow)), "people resume here", kept, counted);
        }
        for ((_, team, member), kept, counted) in both(handoffs.as_ref(), &self.handoffs) {
            compare(format!("{team} {member}"), "people were handed over", kept, counted);
        }
    }
}

impl Rollups {
    fn examine_totals(&mut self, cx: &Context<'_>, found: &mut Findings) {
        let is_known_by_week = self.of_nobody == 0;
        let is_counted = |total: &Total| match total {
            Total::Counter(name) => COUNTERS.contains(&name.as_str()),
            Total::Decisions { .. } => true,
            Total::Conversions { .. } => is_known_by_week,
            Total::Engagements { .. } => false,
        };
        let kept: BTreeMap<Total, i64> = cx
            .totals
            .iter()
            .filter(|(total, _)| is_counted(total))
            .map(|(total, value)| (total.clone(), *value))
            .collect();
        let mut counted = std::mem::take(&mut self.totals);
        counted.retain(|total, _| is_counted(total));
        for total in kept.keys().chain(counted.keys().filter(|total| !kept.contains_key(*total))) {
            let [kept, counted] = [&kept, &counted].map(|totals| totals.get(total).copied().unwrap_or(0));
            if kept != counted {
                let (name, words) = (named(cx, total), format!("is kept as {kept}, and the rows come to {counted}"));
                found.add(Kind::WrongTotal, Subject::Named(name), words);
            }
        }
        // One that is kept and comes to nothing is kept as nothing.
        let nothing = kept.keys().filter(|total| matches!(total, Total::Counter(_))).map(|total| (total.clone(), 0));
        let counted = nothing.chain(counted).collect();
        found.mend(Mend::Totals { counted, by_week: is_known_by_week });
    }
}

/// The counters that rows can be counted for.
const COUNTERS: [&str; 6] = [
    counter::CONTACTS,
    counter::JOINED,
    counter::EVENTS,
    counter::JOURNEYS_BEGUN,
    counter::JOURNEYS_ENDED,
    counter::MAILS_SENT,
];

fn named(cx: &Context<'_>, total: &Total) -> String {
    let of = |workflow: &Option<u32>| {
        workflow.map_or_else(String::new, |workflow| format!(" in {}", cx.workflow_name(workflow)))
    };
    let on = |day: i32| Instant(i64::from(day).saturating_mul(DAY_MS)).to_string().chars().take(10).collect::<String>();
    match total {
        Total::Counter(name) => name.clone(),
        Total::Decisions { day, workflow, code, step, .. } => {
            let at = step.map_or_else(String::new, |step| format!(" at step {step}"));
            format!("{code:?}{}{at} on {}", of(workflow), on(*day))
        }
        Total::Conversions { workflow, week, .. } => {
            format!("goals of {} of week {week}", cx.workflow_name(*workflow))
        }
        Total::Engagements { day, code, .. } => format!("{code:?} on {}", on(*day)),
    }
}

/// What the store counts when it is asked; none where it could not.
#[derive(Debug, Default)]
pub(super) struct Counted {
    positions: Option<BTreeMap<(u32, u32, JourneyStatus), u64>>,
    blocks: Option<BTreeMap<(u32, u32), u64>>,
    handoffs: Option<BTreeMap<(u32, String, String), u64>>,
    unsettled: Option<u64>,
}

impl Counted {
    /// How many journeys live.
    pub(super) fn live(&self) -> u64 {
        self.positions.iter().flat_map(BTreeMap::values).sum()
    }

    pub(super) fn read(records: &mut dyn Records) -> Result<Counted, StoreError> {
        let by_member = |row: HandoffCount| ((row.workflow, row.team, row.member), row.count);
        let positions = known(records.position_counts())?.map(|rows| rows.into_iter());
        let blocks = known(records.live_blocks())?.map(|rows| rows.into_iter());
        let handoffs = known(records.handoff_counts())?.map(|rows| rows.into_iter());
        Ok(Counted {
            positions: positions
                .map(|rows| rows.map(|row| ((row.workflow, row.step, row.status), row.count)).collect()),
            blocks: blocks.map(|rows| rows.map(|row| ((row.workflow, row.block), row.count)).collect()),
            handoffs: handoffs.map(|rows| rows.map(by_member).collect()),
            unsettled: known(records.unsettled_count())?,
        })
    }
}

/// A row that cannot be read is told of where the rows are shown.
fn known<T>(read: Result<T, StoreError>) -> Result<Option<T>, StoreError> {
    match read {
        Err(error) if error.fault == StoreFault::Corrupt => Ok(None),
        read => read.map(Some),
    }
}

/// What two counts say of each thing that one of them knows.
fn both<K: Ord + Clone>(kept: Option<&BTreeMap<K, u64>>, counted: &BTreeMap<K, u64>) -> Vec<(K, u64, u64)> {
    let Some(kept) = kept else { return Vec::new() };
    let keys: BTreeSet<&K> = kept.keys().chain(counted.keys()).collect();
    let of = |counts: &BTreeMap<K, u64>, key: &K| counts.get(key).copied().unwrap_or(0);
    keys.into_iter().map(|key| (key.clone(), of(kept, key), of(counted, key))).collect()
}
