//! The contacts, as bytes and as structs of the same layout.

use crate::{DAY_MS, NOW};
use flow_ir::*;

#[repr(C)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Frame {
    pub(crate) known_since: i64,
    pub(crate) refused_at: i64,
    pub(crate) suppressed_at: i64,
    pub(crate) score: i64,
    pub(crate) employees: i64,
    pub(crate) visits: i64,
    pub(crate) pages: i64,
    pub(crate) last_visit: i64,
    pub(crate) scored_at: i64,
    pub(crate) source: u32,
    pub(crate) signed_up_on: i32,
    pub(crate) stage: u16,
    pub(crate) industry: u16,
    pub(crate) role: u16,
    pub(crate) plan: u16,
    pub(crate) country: u16,
    pub(crate) reachable: bool,
    pub(crate) identified: bool,
    pub(crate) unsubscribed: bool,
    pub(crate) hard_bounced: bool,
    pub(crate) complained: bool,
    pub(crate) do_not_contact: bool,
    pub(crate) demo_requested: bool,
    pub(crate) trial: bool,
    pub(crate) opted_in: bool,
    pub(crate) hot: bool,
}

#[repr(C)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Journey {
    pub(crate) triggered_at: i64,
    pub(crate) waiting_since: i64,
    pub(crate) trace: i64,
    pub(crate) timed_out: bool,
}

/// A slot, and its value.
type Listed = (&'static str, SlotKind, fn(&Frame) -> i64);

/// The slots of [`Frame`], in its order.
pub(crate) const FRAME: [Listed; 26] = [
    ("known_since", SlotKind::Int, |frame| frame.known_since),
    ("refused_at", SlotKind::Int, |frame| frame.refused_at),
    ("suppressed_at", SlotKind::Int, |frame| frame.suppressed_at),
    ("score", SlotKind::Int, |frame| frame.score),
    ("employees", SlotKind::Int, |frame| frame.employees),
    ("visits", SlotKind::Int, |frame| frame.visits),
    ("pages", SlotKind::Int, |frame| frame.pages),
    ("last_visit", SlotKind::Int, |frame| frame.last_visit),
    ("scored_at", SlotKind::Int, |frame| frame.scored_at),
    ("source", SlotKind::Symbol, |frame| frame.source.into()),
    ("signed_up_on", SlotKind::Days, |frame| frame.signed_up_on.into()),
    ("stage", SlotKind::Code, |frame| frame.stage.into()),
    ("industry", SlotKind::Code, |frame| frame.industry.into()),
    ("role", SlotKind::Code, |frame| frame.role.into()),
    ("plan", SlotKind::Code, |frame| frame.plan.into()),
    ("country", SlotKind::Code, |frame| frame.country.into()),
    ("reachable", SlotKind::Bool, |frame| frame.reachable.into()),
    ("identified", SlotKind::Bool, |frame| frame.identified.into()),
    ("unsubscribed", SlotKind::Bool, |frame| frame.unsubscribed.into()),
    ("hard_bounced", SlotKind::Bool, |frame| frame.hard_bounced.into()),
    ("complained", SlotKind::Bool, |frame| frame.complained.into()),
    ("do_not_contact", SlotKind::Bool, |frame| frame.do_not_contact.into()),
    ("demo_requested", SlotKind::Bool, |frame| frame.demo_requested.into()),
    ("trial", SlotKind::Bool, |frame| frame.trial.into()),
    ("opted_in", SlotKind::Bool, |frame| frame.opted_in.into()),
    ("hot", SlotKind::Bool, |frame| frame.hot.into()),
];

pub(crate) fn slot(name: &str) -> SlotId {
    let at = FRAME.iter().position(|(slot, ..)| *slot == name).expect("the slot is listed above");
    SlotId(at as u32)
}

/// Marsaglia's xorshift64*: the same contacts in every run.
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn below(&mut self, limit: u64) -> i64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        ((self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 11) % limit) as i64
    }
    pub(crate) fn flag(&mut self, percent: i64) -> bool {
        self.below(100) < percent
    }
}

pub(crate) fn random_frame(random: &mut Random) -> Frame {
    Frame {
        known_since: NOW - random.below(900) * DAY_MS,
        refused_at: NEVER,
        suppressed_at: NEVER,
        score: random.below(50) * NUMBER_SCALE,
        employees: random.below(1_000) * NUMBER_SCALE,
        visits: random.below(10),
        pages: random.below(20),
        last_visit: NOW - random.below(14 * DAY_MS as u64),
        scored_at: NEVER,
        source: random.below(8) as u32,
        signed_up_on: 20_000 + random.below(500) as i32,
        stage: random.below(5) as u16,
        industry: random.below(16) as u16,
        role: random.below(12) as u16,
        plan: random.below(4) as u16,
        country: random.below(4) as u16,
        reachable: true,
        identified: false,
        unsubscribed: random.flag(10),
        hard_bounced: false,
        complained: false,
        do_not_contact: false,
        demo_requested: random.flag(50),
        trial: random.flag(50),
        opted_in: random.flag(50),
        hot: false,
    }
}

pub(crate) fn write_frame(layout: &Layout, frame: &Frame, bytes: &mut [u8]) {
    for (id, (_, _, value)) in layout.slots.ids().zip(FRAME) {
        layout.write(bytes, id, value(frame));
    }
}

pub(crate) fn write_journey(layout: &Layout, slots: &JourneySlots, journey: &Journey, bytes: &mut [u8]) {
    layout.write(bytes, slots.triggered_at, journey.triggered_at);
    layout.write(bytes, slots.waiting_since, journey.waiting_since);
    layout.write(bytes, slots.trace[0], journey.trace);
    layout.write(bytes, slots.timed_out, journey.timed_out.into());
}

/// All contacts, both as bytes and as structs.
pub(crate) struct Contacts {
    pub(crate) frame_layout: Layout,
    pub(crate) journey_layout: Layout,
    pub(crate) slots: JourneySlots,
    pub(crate) frames: Vec<Frame>,
    pub(crate) journeys: Vec<Journey>,
    pub(crate) frame_bytes: Vec<u8>,
    pub(crate) journey_bytes: Vec<u8>,
}

impl Contacts {
    pub(crate) fn random(program: &Program, count: usize) -> Self {
        let workflow = program.workflows.at(WorkflowId(0));
        // Same layout, or the comparison would be of two different memories.
        assert_eq!(program.frame.size as usize, size_of::<Frame>());
        assert_eq!(workflow.journey.size as usize, size_of::<Journey>());
        let mut random = Random(0x5eed);
        let frames: Vec<Frame> = (0..count).map(|_| random_frame(&mut random)).collect();
        let blank = Journey { triggered_at: NOW, waiting_since: NEVER, trace: 0, timed_out: false };
        let mut frame_bytes = vec![0; count * size_of::<Frame>()];
        let mut journey_bytes = vec![0; count * size_of::<Journey>()];
        for (frame, bytes) in frames.iter().zip(frame_bytes.chunks_exact_mut(size_of::<Frame>())) {
            write_frame(&program.frame, frame, bytes);
        }
        for bytes in journey_bytes.chunks_exact_mut(size_of::<Journey>()) {
            write_journey(&workflow.journey, &workflow.slots, &blank, bytes);
        }
        Self {
            frame_layout: program.frame.clone(),
            journey_layout: workflow.journey.clone(),
            slots: workflow.slots.clone(),
            frames,
            journeys: vec![blank; count],
            frame_bytes,
            journey_bytes,
        }
    }
}
