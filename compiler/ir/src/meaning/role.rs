//! What each slot of the contact's frame is: the one list that whoever treats slots by their kind goes through.
//!
//! A layout knows widths and offsets, and nothing of meaning. Whoever has to say something of every slot (whose it is, by what it is found again in
//! another version, what becomes of it where two contacts prove to be one) matches on its role, so a new one does not compile without an answer.

use super::answer::HandedSlot;
use super::area::Area;
use super::{Meaning, SystemSlots};
use crate::id::{FactId, FieldId, SegmentId, SlotId, SplitId, TeamId, WorkflowId};
use crate::limits::MAX_FACT_DEPTH;

/// What a slot of the frame keeps. A field that is the engine's at once has two: its field's first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SlotRole {
    /// The value of a field; of a text the number of a literal.
    Field(FieldId),
    /// What the engine keeps of everyone.
    System(SystemSlot),
    /// The newest instant but so many of a fact.
    Fact(FactId, u32),
    /// Whether a segment held when it was last looked at.
    Holds(SegmentId),
    /// When that can change by itself.
    NextChange(SegmentId),
    /// What a field was when its changes were last looked at.
    Seen(FieldId),
    /// Whether the condition of an entry that becomes true held when it was last asked.
    Was(WorkflowId),
    /// Whether such an entry was refused for a while, and is followed when the refusal ends.
    Owed(WorkflowId),
    /// Whether its condition changed while more of the same instant was to come, and is to be judged at the end of that.
    Unjudged(WorkflowId),
    /// When somebody comes in by a date.
    Date(WorkflowId),
    /// For which value, year or day that was decided last.
    Decided(WorkflowId),
    /// When another workflow lets somebody in.
    Started(WorkflowId),
    /// What was drawn in a split.
    Drawn(SplitId),
    /// What is kept of somebody who waits for their turn.
    Turn(WorkflowId, TurnSlot),
    /// What is kept of a trigger that came during a journey.
    Again(WorkflowId, TurnSlot),
    /// What is kept of the latest handoff to a team.
    Handed(TeamId, HandedSlot),
    /// Whose of a team they are.
    Owner(TeamId),
    /// When they go to the backup of a team.
    Lapses(TeamId),
}

/// What is kept of a turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TurnSlot {
    /// When it comes.
    At,
    /// What let them in.
    Triggers,
    /// When that was.
    TriggeredAt,
    /// What has been counted since, for this slot of the journey that is to begin.
    Count(SlotId),
}

/// What the engine keeps of everyone; what each of them is, [`SystemSlots`] says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "`SystemSlots` says it of each")]
pub enum SystemSlot {
    Score,
    Stage,
    Unsubscribed,
    HardBounced,
    Complained,
    DoNotContact,
    Reachable,
    KnownSince,
    Identified,
    RefusedAt,
    SuppressedAt,
}

impl SystemSlot {
    /// As [`SystemSlots`] and, of those that are fields too, the field has it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Score => "score",
            Self::Stage => "stage",
            Self::Unsubscribed => "unsubscribed",
            Self::HardBounced => "hard_bounced",
            Self::Complained => "complained",
            Self::DoNotContact => "do_not_contact",
            Self::Reachable => "reachable",
            Self::KnownSince => "known_since",
            Self::Identified => "identified",
            Self::RefusedAt => "refused_at",
            Self::SuppressedAt => "suppressed_at",
        }
    }

    /// Whether it is a field at once, which steps may change.
    pub fn is_field(self) -> bool {
        match self {
            Self::Score
            | Self::Stage
            | Self::Unsubscribed
            | Self::HardBounced
            | Self::Complained
            | Self::DoNotContact => true,
            Self::Reachable | Self::KnownSince | Self::Identified | Self::RefusedAt | Self::SuppressedAt => false,
        }
    }
}

impl SystemSlots {
    /// Each of them; those that are fields too come first.
    pub fn each(mut self) -> [(SystemSlot, SlotId); 11] {
        self.each_mut().map(|(system, slot)| (system, *slot))
    }

    /// The same, to give them other numbers.
    pub fn each_mut(&mut self) -> [(SystemSlot, &mut SlotId); 11] {
        let SystemSlots {
            reachable,
            score,
            stage,
            unsubscribed,
            hard_bounced,
            complained,
            do_not_contact,
            known_since,
            identified,
            refused_at,
            suppressed_at,
        } = self;
        [
            (SystemSlot::Score, score),
            (SystemSlot::Stage, stage),
            (SystemSlot::Unsubscribed, unsubscribed),
            (SystemSlot::HardBounced, hard_bounced),
            (SystemSlot::Complained, complained),
            (SystemSlot::DoNotContact, do_not_contact),
            (SystemSlot::Reachable, reachable),
            (SystemSlot::KnownSince, known_since),
            (SystemSlot::Identified, identified),
            (SystemSlot::RefusedAt, refused_at),
            (SystemSlot::SuppressedAt, suppressed_at),
        ]
    }
}

impl Meaning {
    /// The roles of the slots of the contact's frame: fields, what the engine keeps, facts, segments, and what workflows keep of who is to come in.
    /// What an earlier version kept and this one does not has none.
    pub fn roles(&self) -> Vec<(SlotId, SlotRole)> {
        let mut roles: Vec<(SlotId, SlotRole)> = Vec::with_capacity(self.frame.slots.len());
        roles.extend(self.fields.iter().filter_map(|(id, field)| Some((field.slot?, SlotRole::Field(id)))));
        roles.extend(self.system.each().map(|(system, slot)| (slot, SlotRole::System(system))));
        for (id, fact) in self.facts.iter().filter(|(_, fact)| fact.area == Area::Contact) {
            // A program that is still to be verified may ask for a slot of every number there is.
            let rings = (0..fact.depth.min(MAX_FACT_DEPTH)).filter(|nth| fact.first.0.checked_add(*nth).is_some());
            roles.extend(rings.map(|nth| (fact.slot(nth), SlotRole::Fact(id, nth))));
        }
        for (id, segment) in self.segments.iter() {
            roles.extend([(segment.holds, SlotRole::Holds(id)), (segment.next_change, SlotRole::NextChange(id))]);
        }
        roles.extend(self.watched.iter().map(|watched| (watched.seen, SlotRole::Seen(watched.field))));
        roles.extend(self.splits.iter().map(|(id, split)| (split.slot, SlotRole::Drawn(id))));
        for (id, team) in self.teams.iter() {
            let handed = team.handed.iter().flat_map(|handed| handed.each());
            roles.extend(handed.map(|(kept, slot)| (slot, SlotRole::Handed(id, kept))));
            roles.extend(team.owner.map(|slot| (slot, SlotRole::Owner(id))));
            roles.extend(team.lapses.map(|slot| (slot, SlotRole::Lapses(id))));
        }
        for (id, workflow) in self.workflows.iter() {
            roles.extend(workflow.entry.slots(id));
            roles.extend(workflow.started.map(|slot| (slot, SlotRole::Started(id))));
            let turn = workflow.turn.iter().flat_map(|turn| turn.each());
            roles.extend(turn.map(|(slot, kept)| (slot, SlotRole::Turn(id, kept))));
            let again = workflow.again.iter().flat_map(|again| again.each());
            roles.extend(again.map(|(slot, kept)| (slot, SlotRole::Again(id, kept))));
        }
        roles
    }
}
