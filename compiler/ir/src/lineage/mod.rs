//! One program out of two versions: a new one, by the numbers under which a store knows the old one.
//!
//! In: the program that a store has run, and the one that it is to run from now on. Out: the new one, arranged so that whatever the
//! store has written keeps its meaning (E10). It knows no store.
//!
//! ```text
//! kept:  workflow 0 welcome, 1 trial      frame | plan | score |
//! new:   workflow 0 trial, 1 summer       frame | score | city |
//! out:   workflow 0 welcome, 1 trial, 2 summer    frame | plan | score | city |
//! ```
//!
//! - **Numbers stay.** Workflows, emails, fields, steps, arms and exits are found by their names and keep their numbers; what is new
//!   comes behind; what is gone stays, hidden, so that records still say what was, and people finish what they began.
//! - **Frames grow at their end** ([`Layout::grow`](crate::Layout::grow)): a slot that is found again stays where it is, so a frame
//!   that was written before is a beginning of today's. What cannot simply start at its initial value is a [`Fill`].
//! - **Steps stay.** Blocks of changed steps come behind the old ones, where a journey that began with those still stands. Goals, exits,
//!   windows, segments and mails are the new ones for everybody.

mod arrange;
mod keys;
mod moved;
mod refused;
mod renumber;
mod steps;
mod take_over;
mod texts;

pub use refused::{Live, Lost, Standing, Unlinked, places, standing};

use crate::{FieldId, Program, SlotId, Workflow, WorkflowId};
use renumber::Numbers;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use take_over::Importer;

/// What a program took over from the versions before it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lineage {
    /// The how-manieth version of its store it is. Contacts who were last looked at under an earlier one are looked at once.
    pub version: u32,
    /// Slots that begin with what another one held, in order.
    pub fills: Vec<Fill>,
    /// Where the trace words of the newest steps of each workflow begin.
    pub trace_from: Vec<u32>,
    /// The workflows that no longer are, by number: nobody comes in.
    pub gone: Vec<u32>,
    /// The tags, lists and topics that no longer are, by the numbers of their fields: nobody can tell what goes by another name now.
    #[serde(default)]
    pub gone_marks: Vec<FieldId>,
    /// By workflow, the versions in which it had no goal, as far as they are known and no other has come between; none of one that always had
    /// one. Those of today are the last of them where it has none.
    #[serde(default)]
    pub goalless: Vec<Goalless>,
}

/// Versions in which a workflow had no goal, one after another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Goalless {
    /// The number of the workflow.
    pub workflow: u32,
    /// The first of them.
    pub from: u32,
    /// The last of them.
    pub until: u32,
}

impl Lineage {
    /// Whether it is certain that a workflow had no goal from one version to another, both included.
    pub fn had_no_goal(&self, workflow: u32, (from, until): (u32, u32)) -> bool {
        self.goalless_of(workflow).is_some_and(|goalless| goalless.from <= from && until <= goalless.until)
    }

    fn goalless_of(&self, workflow: u32) -> Option<Goalless> {
        let found = self.goalless.binary_search_by_key(&workflow, |goalless| goalless.workflow).ok()?;
        self.goalless.get(found).copied()
    }
}

/// A slot of the frame that takes what an earlier slot held, where a frame ends before it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fill {
    /// The new one.
    pub slot: SlotId,
    /// The one before it.
    pub from: SlotId,
    /// What each value is now, from 0; the same where none are given. A value that is not there becomes unknown.
    pub values: Option<Vec<Option<i64>>>,
}

/// The new program by the numbers of the one that a store has run. `live` holds where journeys stand, and how many.
///
/// Where it is the program that the store has run, however it is written, it is no new version: everybody goes on, and steps that nobody
/// stands in any more go with the next change.
pub fn link(kept: &Program, new: &Program, live: &Live) -> Result<Program, Unlinked> {
    let new = &texts::joined(kept, new);
    let version = kept.lineage.version;
    if let Ok(same) = bring(kept, new, &steps::all(kept))
        && same.meaning == kept.meaning
        && (&same.lineage.fills, &same.lineage.gone) == (&kept.lineage.fills, &kept.lineage.gone)
        && same.lineage.gone_marks == kept.lineage.gone_marks
    {
        let lineage = Lineage { goalless: kept.lineage.goalless.clone(), ..same.lineage.clone() };
        return Ok(Program { lineage, ..same });
    }
    let mut out = bring(kept, new, live)?;
    out.lineage.version = version + 1;
    out.lineage.goalless = goalless(kept, &out);
    Ok(out)
}

/// The versions in which each workflow last had no goal. Of what an earlier Flow has kept only its last version is known.
fn goalless(kept: &Program, out: &Program) -> Vec<Goalless> {
    let of = |(id, workflow): (WorkflowId, &Workflow)| {
        let (before, now) = (kept.lineage.version, out.lineage.version);
        let had_none = kept.workflows.get(id).is_some_and(|before| before.goal.is_none());
        let only = |version| Goalless { workflow: id.0, from: version, until: version };
        let known = kept.lineage.goalless_of(id.0).or(had_none.then(|| only(before)));
        match (workflow.goal.is_none(), had_none) {
            (true, true) => known.map(|known| Goalless { until: now, ..known }),
            (true, false) => Some(only(now)),
            (false, _) => known,
        }
    };
    out.workflows.iter().filter_map(of).collect()
}

fn bring(kept: &Program, new: &Program, live: &Live) -> Result<Program, Unlinked> {
    let keys = keys::frame(new);
    let unchanged = Numbers::find(kept, new, &keys, &BTreeSet::new()).apply(kept, new.clone());
    let changed = steps::changed(kept, &unchanged);
    let numbers = Numbers::find(kept, new, &keys, &changed);
    let mut out = numbers.apply(kept, new.clone());
    let mut importer = Importer::new(kept, &mut out, live);
    steps::unite(&mut importer, &changed)?;
    importer.gone_workflows()?;
    importer.gone_emails(&numbers.emails_here())?;
    importer.gone_teams();
    importer.mails_about_topics()?;
    arrange::arrange(kept, &mut out);
    Ok(out)
}
