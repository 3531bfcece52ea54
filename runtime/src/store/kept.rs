//! What is kept of a contact beside the frame, packed: journeys that still matter, entries that are held, and when fields were said.
//!
//! Little-endian, with what has a fixed width in front, so that a view can read it in plain SQL:
//!
//! ```text
//! journeys u32, held u32
//! for each journey, JOURNEY_BYTES:
//!   0 workflow u32   4 run u32   8 version u32   12 block u32   16 step u32   20 visit u32
//!   24 status u8   25 flags u8   26 sends u16   28 memory bytes u32
//!   32 due at i64   40 entered at i64   48 ended at i64   56 goal until i64   64 outbox row u64
//! for each held entry: workflow u32, triggers u64, occurred at i64, until i64
//! for each send: email u32, row u64, step u32, told u32
//! the memory of each journey
//! for each journey: since u64
//! for each held entry: since u64, memory bytes u32, memory
//! instants u32; for each: at i64, fields u32, each field u32
//! ```
//!
//! What an earlier Flow wrote ends with the memory of the journeys, or before the instants.

use super::{ContactId, HeldEntry, JourneyRecord, JourneyStatus, SaidAt, SendRecord};

/// Bytes in front of the journeys.
pub(super) const HEAD_BYTES: u32 = 8;
/// Bytes of a journey's fixed part.
pub(super) const JOURNEY_BYTES: u32 = 72;
/// Where the parts that views show stand in it.
pub(super) mod at {
    pub(in crate::store) const WORKFLOW: u32 = 0;
    pub(in crate::store) const RUN: u32 = 4;
    pub(in crate::store) const VERSION: u32 = 8;
    pub(in crate::store) const STEP: u32 = 16;
    pub(in crate::store) const STATUS: u32 = 24;
    pub(in crate::store) const FLAGS: u32 = 25;
    pub(in crate::store) const DUE_AT: u32 = 32;
    pub(in crate::store) const ENTERED_AT: u32 = 40;
    pub(in crate::store) const ENDED_AT: u32 = 48;
    pub(in crate::store) const GOAL_UNTIL: u32 = 56;
}
/// Bits of the flags.
pub(super) mod flag {
    pub(in crate::store) const GOAL_MET: u8 = 1;
    pub(in crate::store) const DUE: u8 = 2;
    pub(in crate::store) const ENDED: u8 = 4;
    pub(in crate::store) const GOAL_UNTIL: u8 = 8;
    pub(in crate::store) const OUTBOX: u8 = 16;
}

/// What is packed of a contact: journeys by (workflow, run), held entries, and when fields were said.
pub(super) type Kept = (Vec<JourneyRecord>, Vec<HeldEntry>, SaidAt);

/// Packs that of one contact.
pub(super) fn pack(journeys: &[JourneyRecord], held: &[HeldEntry], said_at: &SaidAt) -> Vec<u8> {
    let mut out = Vec::new();
    pack_into(&mut out, journeys, held, said_at);
    out
}

/// The same behind what is there.
pub(super) fn pack_into(out: &mut Vec<u8>, journeys: &[JourneyRecord], held: &[HeldEntry], said_at: &SaidAt) {
    let sends: usize = journeys.iter().map(|journey| journey.sends.len()).sum();
    let memory: usize = journeys.iter().map(|journey| journey.memory.len()).sum();
    let bytes = HEAD_BYTES as usize
        + journeys.len() * JOURNEY_BYTES as usize
        + journeys.len() * 8
        + held.len() * 40
        + sends * 20
        + memory
        + 4
        + said_at.by_instant().map(|said| 12 + 4 * said.len()).sum::<usize>();
    out.reserve(bytes);
    count(out, journeys.len());
    count(out, held.len());
    journeys.iter().for_each(|journey| pack_journey(out, journey));
    for entry in held {
        out.extend(entry.workflow.to_le_bytes());
        out.extend(entry.triggers.to_le_bytes());
        out.extend(entry.occurred_at.to_le_bytes());
        out.extend(entry.until.to_le_bytes());
    }
    for SendRecord { email, row, step, told } in journeys.iter().flat_map(|journey| &journey.sends) {
        out.extend(email.to_le_bytes());
        out.extend(row.to_le_bytes());
        out.extend(step.to_le_bytes());
        out.extend(told.to_le_bytes());
    }
    journeys.iter().for_each(|journey| out.extend_from_slice(&journey.memory));
    journeys.iter().for_each(|journey| out.extend(journey.since.to_le_bytes()));
    for entry in held {
        out.extend(entry.since.to_le_bytes());
        count(out, entry.memory.len());
        out.extend_from_slice(&entry.memory);
    }
    count(out, said_at.by_instant().count());
    for said in said_at.by_instant() {
        said.first().iter().for_each(|(at, _)| out.extend(at.to_le_bytes()));
        count(out, said.len());
        said.iter().for_each(|(_, field)| out.extend(field.to_le_bytes()));
    }
}

/// Nobody has four billion of anything here; what would be more is told as damage when it is read.
fn count(out: &mut Vec<u8>, count: usize) {
    out.extend(u32::try_from(count).unwrap_or(u32::MAX).to_le_bytes());
}

fn pack_journey(out: &mut Vec<u8>, journey: &JourneyRecord) {
    let JourneyRecord { workflow, run, version, block, step, visit, .. } = journey;
    for number in [workflow, run, version, block, step, visit] {
        out.extend(number.to_le_bytes());
    }
    let flags = [
        (journey.goal_met, flag::GOAL_MET),
        (journey.due_at.is_some(), flag::DUE),
        (journey.ended_at.is_some(), flag::ENDED),
        (journey.goal_until.is_some(), flag::GOAL_UNTIL),
        (journey.outbox.is_some(), flag::OUTBOX),
    ];
    out.push(journey.status as u8);
    out.push(flags.iter().filter(|(is_set, _)| *is_set).fold(0, |flags, (_, flag)| flags | flag));
    out.extend(u16::try_from(journey.sends.len()).unwrap_or(u16::MAX).to_le_bytes());
    count(out, journey.memory.len());
    out.extend(journey.due_at.unwrap_or_default().to_le_bytes());
    out.extend(journey.entered_at.to_le_bytes());
    out.extend(journey.ended_at.unwrap_or_default().to_le_bytes());
    out.extend(journey.goal_until.unwrap_or_default().to_le_bytes());
    out.extend(journey.outbox.unwrap_or_default().to_le_bytes());
}

/// The same again; none where Flow never writes such bytes.
pub(super) fn unpack(contact: ContactId, bytes: &[u8]) -> Option<Kept> {
    let mut rest = Reader(bytes);
    let (journeys, held) = (rest.u32()?, rest.u32()?);
    let mut journeys = (0..journeys).map(|_| journey(contact, &mut rest)).collect::<Option<Vec<_>>>()?;
    let mut held = (0..held)
        .map(|_| {
            Some(HeldEntry {
                workflow: rest.u32()?,
                triggers: rest.u64()?,
                occurred_at: rest.i64()?,
                until: rest.i64()?,
                since: 0,
                memory: Vec::new(),
            })
        })
        .collect::<Option<Vec<_>>>()?;
    for (journey, sends, _) in &mut journeys {
        for _ in 0..*sends {
            journey.sends.push(SendRecord {
                email: rest.u32()?,
                row: rest.u64()?,
                step: rest.u32()?,
                told: rest.u32()?,
            });
        }
    }
    for (journey, _, memory) in &mut journeys {
        journey.memory = rest.take(usize::try_from(*memory).ok()?)?.to_vec();
    }
    if !rest.0.is_empty() {
        for (journey, ..) in &mut journeys {
            journey.since = rest.u64()?;
        }
        for entry in &mut held {
            entry.since = rest.u64()?;
            let bytes = usize::try_from(rest.u32()?).ok()?;
            entry.memory = rest.take(bytes)?.to_vec();
        }
    }
    let said_at = if rest.0.is_empty() { SaidAt::default() } else { said(&mut rest)? };
    rest.0.is_empty().then(|| (journeys.into_iter().map(|(journey, ..)| journey).collect(), held, said_at))
}

fn said(rest: &mut Reader<'_>) -> Option<SaidAt> {
    let mut said = Vec::new();
    for _ in 0..rest.u32()? {
        let at = rest.i64()?;
        for _ in 0..rest.u32()? {
            said.push((rest.u32()?, at));
        }
    }
    Some(said.into_iter().collect())
}

/// The fixed part of a journey, with how many sends and how many bytes of memory are its own.
fn journey(contact: ContactId, rest: &mut Reader<'_>) -> Option<(JourneyRecord, u16, u32)> {
    let [workflow, run, version, block, step, visit] =
        [rest.u32()?, rest.u32()?, rest.u32()?, rest.u32()?, rest.u32()?, rest.u32()?];
    let ([status, flags], sends, memory) = (rest.array()?, u16::from_le_bytes(rest.array()?), rest.u32()?);
    let status = JourneyStatus::of(status)?;
    let is = |flag| flags & flag != 0;
    let (due_at, entered_at, ended_at) = (rest.i64()?, rest.i64()?, rest.i64()?);
    let (goal_until, outbox) = (rest.i64()?, rest.u64()?);
    let journey = JourneyRecord {
        contact,
        workflow,
        run,
        version,
        status,
        block,
        step,
        visit,
        memory: Vec::new(),
        due_at: is(flag::DUE).then_some(due_at),
        outbox: is(flag::OUTBOX).then_some(outbox),
        entered_at,
        ended_at: is(flag::ENDED).then_some(ended_at),
        goal_met: is(flag::GOAL_MET),
        goal_until: is(flag::GOAL_UNTIL).then_some(goal_until),
        sends: Vec::new(),
        since: 0,
    };
    Some((journey, sends, memory))
}

struct Reader<'b>(&'b [u8]);

impl<'b> Reader<'b> {
    fn take(&mut self, bytes: usize) -> Option<&'b [u8]> {
        let (taken, rest) = self.0.split_at_checked(bytes)?;
        self.0 = rest;
        Some(taken)
    }

    fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        self.take(N)?.try_into().ok()
    }

    fn u32(&mut self) -> Option<u32> {
        self.array().map(u32::from_le_bytes)
    }

    fn u64(&mut self) -> Option<u64> {
        self.array().map(u64::from_le_bytes)
    }

    fn i64(&mut self) -> Option<i64> {
        self.array().map(i64::from_le_bytes)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    /// Without when fields were said; and without the numbers of records, and what a held entry has counted.
    #[test]
    fn what_an_earlier_flow_wrote_is_read() {
        let journey = JourneyRecord {
            contact: ContactId(1),
            workflow: 4,
            run: 1,
            version: 1,
            status: JourneyStatus::Waiting,
            block: 3,
            step: 2,
            visit: 1,
            memory: vec![7; 24],
            due_at: Some(1_000),
            outbox: None,
            entered_at: 500,
            ended_at: None,
            goal_met: false,
            goal_until: None,
            sends: vec![SendRecord { email: 3, row: 8, step: 1, told: 5 }],
            since: 9,
        };
        let held = HeldEntry { workflow: 5, triggers: 1, occurred_at: 2, until: 3, since: 8, memory: vec![6; 10] };
        let said_at = SaidAt::from_iter([(4, 70), (9, 70), (6, 80)]);
        let packed = pack(std::slice::from_ref(&journey), std::slice::from_ref(&held), &said_at);
        assert_eq!(unpack(ContactId(1), &packed), Some((vec![journey.clone()], vec![held.clone()], said_at)));
        let without_times = &packed[..packed.len() - 4 - 2 * 12 - 3 * 4];
        let nothing = SaidAt::default();
        let known = Some((vec![journey.clone()], vec![held.clone()], nothing.clone()));
        assert_eq!(unpack(ContactId(1), without_times), known);
        let earlier = &without_times[..without_times.len() - 8 - 12 - 10];
        let (journey, held) =
            (JourneyRecord { since: 0, ..journey }, HeldEntry { since: 0, memory: Vec::new(), ..held });
        assert_eq!(unpack(ContactId(1), earlier), Some((vec![journey], vec![held], nothing)));
        (1..40).for_each(|cut| assert_eq!(unpack(ContactId(1), &packed[..packed.len() - cut]), None, "{cut}"));
        (1..30).for_each(|cut| {
            assert_eq!(unpack(ContactId(1), &without_times[..without_times.len() - cut]), None, "{cut}");
        });
    }
}
