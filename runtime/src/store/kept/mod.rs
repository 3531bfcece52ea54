//! What is kept of a contact beside the frame, packed: journeys that still matter, entries that are held, and when fields were said ([`short`]).
//!
//! A journey that nobody asks for any more, and whatever an earlier Flow wrote, stands in a longer form, which is that of this file. Little-endian,
//! with what has a fixed width in front, so that a view can read it in plain SQL; behind it no zeros (`packed.rs`):
//!
//! ```text
//! journeys u32, held u32 with its highest bit set
//! for each journey, JOURNEY_BYTES:
//!   0 workflow u32   4 run u32   8 version u32   12 block u32   16 step u32   20 visit u32
//!   24 status u8   25 flags u8   26 sends u16   28 memory bytes u32
//!   32 due at i64   40 entered at i64   48 ended at i64   56 goal until i64   64 outbox row u64
//! for each held entry: workflow, triggers, occurred at, until, since, memory bytes, memory
//! for each send: email, row, step, told
//! the memory of each journey
//! for each journey: since
//! instants; for each: at, fields, the first field and the distance to each next
//! ```
//!
//! What one before that wrote has no such bit, and numbers of fixed width behind the journeys ([`earlier`]).

mod earlier;
pub(super) mod short;

use super::packed::{self, number, signed, take_number, take_signed};
use super::{ContactId, HeldEntry, JourneyRecord, JourneyStatus, SaidAt, SendRecord};

/// Bytes in front of the journeys.
pub(super) const HEAD_BYTES: u32 = 8;
/// Bytes of a journey's fixed part.
pub(super) const JOURNEY_BYTES: u32 = 72;
/// In the number of held entries: what stands behind the journeys is packed.
const PACKED: u32 = 1 << 31;
/// Where the parts that views show stand in it.
pub(super) mod at {
    pub(in crate::store) const WORKFLOW: u32 = 0;
    pub(in crate::store) const RUN: u32 = 4;
    pub(in crate::store) const VERSION: u32 = 8;
    pub(in crate::store) const STEP: u32 = 16;
    pub(in crate::store) const STATUS: u32 = 24;
    pub(in crate::store) const FLAGS: u32 = 25;
    pub(in crate::store) const SENDS: u32 = 26;
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
    pub(in crate::store) const GOAL_OPEN: u8 = 32;
}

/// What is packed of a contact: journeys by (workflow, run), held entries, and when fields were said.
pub(super) type Kept = (Vec<JourneyRecord>, Vec<HeldEntry>, SaidAt);

/// Packs that of one contact.
pub(super) fn pack(journeys: &[JourneyRecord], held: &[HeldEntry], said_at: &SaidAt) -> Vec<u8> {
    let mut out = Vec::new();
    pack_into(&mut out, journeys.iter(), held, said_at);
    out
}

/// The same behind what is there.
pub(super) fn pack_into<'j>(
    out: &mut Vec<u8>,
    journeys: impl Iterator<Item = &'j JourneyRecord> + Clone,
    held: &[HeldEntry],
    said_at: &SaidAt,
) {
    count(out, journeys.clone().count());
    let held_count = u32::try_from(held.len()).unwrap_or(u32::MAX) | PACKED;
    out.extend(held_count.to_le_bytes());
    journeys.clone().for_each(|journey| pack_journey(out, journey));
    held.iter().for_each(|entry| pack_held(out, entry));
    for SendRecord { email, row, step, told } in journeys.clone().flat_map(|journey| &journey.sends) {
        [u64::from(*email), *row, u64::from(*step), u64::from(*told)].into_iter().for_each(|part| number(part, out));
    }
    journeys.clone().for_each(|journey| packed::pack(&journey.memory, out));
    journeys.for_each(|journey| number(journey.since, out));
    number(said_at.by_instant().count() as u64, out);
    for said in said_at.by_instant() {
        said.first().iter().for_each(|(at, _)| signed(*at, out));
        number(said.len() as u64, out);
        let mut before = 0;
        for (_, field) in said {
            number(u64::from(*field - before), out);
            before = *field;
        }
    }
}

fn pack_held(out: &mut Vec<u8>, entry: &HeldEntry) {
    let HeldEntry { workflow, triggers, occurred_at, until, since, memory } = entry;
    number((*workflow).into(), out);
    number(*triggers, out);
    signed(*occurred_at, out);
    signed(*until, out);
    number(*since, out);
    number(memory.len() as u64, out);
    packed::pack(memory, out);
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
    out.push(journey.status as u8);
    out.push(flags(journey));
    out.extend(u16::try_from(journey.sends.len()).unwrap_or(u16::MAX).to_le_bytes());
    count(out, journey.memory.len());
    out.extend(journey.due_at.unwrap_or_default().to_le_bytes());
    out.extend(journey.entered_at.to_le_bytes());
    out.extend(journey.ended_at.unwrap_or_default().to_le_bytes());
    out.extend(journey.goal_until.unwrap_or_default().to_le_bytes());
    out.extend(journey.outbox.unwrap_or_default().to_le_bytes());
}

fn flags(journey: &JourneyRecord) -> u8 {
    let flags = [
        (journey.goal_met, flag::GOAL_MET),
        (journey.goal_open, flag::GOAL_OPEN),
        (journey.due_at.is_some(), flag::DUE),
        (journey.ended_at.is_some(), flag::ENDED),
        (journey.goal_until.is_some(), flag::GOAL_UNTIL),
        (journey.outbox.is_some(), flag::OUTBOX),
    ];
    flags.iter().filter(|(is_set, _)| *is_set).fold(0, |flags, (_, flag)| flags | flag)
}

/// The same again; none where Flow never writes such bytes.
pub(super) fn unpack(contact: ContactId, bytes: &[u8]) -> Option<Kept> {
    let (mut journeys, mut held, mut said_at) = Kept::default();
    unpack_over(contact, bytes, (&mut journeys, &mut held, &mut said_at))?;
    Some((journeys, held, said_at))
}

/// Where journeys are unpacked to: over those that were there, whose memory is used again.
pub(crate) trait Journeys {
    /// There is none any more.
    fn clear(&mut self);
    /// Adds one, whatever stands in it.
    fn add(&mut self) -> &mut JourneyRecord;
    /// One that was added, by its place.
    fn at(&mut self, place: usize) -> Option<&mut JourneyRecord>;
}

impl Journeys for Vec<JourneyRecord> {
    fn clear(&mut self) {
        self.clear();
    }

    fn add(&mut self) -> &mut JourneyRecord {
        self.push_mut(JourneyRecord::blank())
    }

    fn at(&mut self, place: usize) -> Option<&mut JourneyRecord> {
        self.get_mut(place)
    }
}

/// The same, over what is there. Where none comes back, anything may stand in it.
pub(super) fn unpack_over(
    contact: ContactId,
    bytes: &[u8],
    (journeys, held, said_at): (&mut impl Journeys, &mut Vec<HeldEntry>, &mut SaidAt),
) -> Option<()> {
    journeys.clear();
    held.clear();
    said_at.clear();
    let mut rest = Reader(bytes);
    let (count, held_count) = (rest.u32()?, rest.u32()?);
    if held_count & PACKED == 0 {
        let begun = (0..count).map(|_| journey(contact, &mut rest)).collect::<Option<Vec<_>>>()?;
        let (all, entries, said) = earlier::unpack(begun, held_count, rest)?;
        all.into_iter().for_each(|journey| *journeys.add() = journey);
        (*held, *said_at) = (entries, said);
        return Some(());
    }
    let fixed = rest.0;
    (0..count).try_for_each(|_| journey_over(contact, &mut rest, journeys.add()).map(drop))?;
    let rest = &mut rest.0;
    (0..held_count & !PACKED).try_for_each(|_| unpack_held(rest).map(|entry| held.push(entry)))?;
    for (place, (sends, _)) in own_parts(fixed, count) {
        let own = &mut journeys.at(place)?.sends;
        for _ in 0..sends {
            let (email, row, step, told) = (small(rest)?, take_number(rest)?, small(rest)?, small(rest)?);
            own.push(SendRecord { email, row, step, told });
        }
    }
    for (place, (_, memory)) in own_parts(fixed, count) {
        packed::unpack(rest, memory, &mut journeys.at(place)?.memory)?;
    }
    for place in 0..count as usize {
        journeys.at(place)?.since = take_number(rest)?;
    }
    unpack_said(rest, said_at)?;
    rest.is_empty().then_some(())
}

/// How many sends each journey has, and how many bytes its memory, by its place.
fn own_parts(fixed: &[u8], count: u32) -> impl Iterator<Item = (usize, (u16, usize))> {
    let parts = |journey: &[u8; JOURNEY_BYTES as usize]| {
        let mut rest = Reader(journey.get(at::SENDS as usize..)?);
        Some((u16::from_le_bytes(rest.array()?), rest.u32()? as usize))
    };
    let (journeys, _) = fixed.as_chunks();
    journeys.iter().take(count as usize).filter_map(parts).enumerate()
}

/// A journey without its sends and its memory, with how many of those and how many bytes of this are its own.
type Begun = (JourneyRecord, u16, u32);

fn small(rest: &mut &[u8]) -> Option<u32> {
    u32::try_from(take_number(rest)?).ok()
}

fn unpack_held(rest: &mut &[u8]) -> Option<HeldEntry> {
    let (workflow, triggers) = (small(rest)?, take_number(rest)?);
    let (occurred_at, until, since) = (take_signed(rest)?, take_signed(rest)?, take_number(rest)?);
    let (bytes, mut memory) = (usize::try_from(take_number(rest)?).ok()?, Vec::new());
    packed::unpack(rest, bytes, &mut memory)?;
    Some(HeldEntry { workflow, triggers, occurred_at, until, since, memory })
}

fn unpack_said(rest: &mut &[u8], said_at: &mut SaidAt) -> Option<()> {
    for _ in 0..take_number(rest)? {
        let at = take_signed(rest)?;
        let mut field = 0_u32;
        for _ in 0..take_number(rest)? {
            field = field.checked_add(small(rest)?)?;
            said_at.add(field, at);
        }
    }
    said_at.is_whole().then_some(())
}

/// The fixed part of a journey, with how many sends and how many bytes of memory are its own.
fn journey(contact: ContactId, rest: &mut Reader<'_>) -> Option<Begun> {
    let mut journey = JourneyRecord::blank();
    let (sends, memory) = journey_over(contact, rest, &mut journey)?;
    Some((journey, sends, memory))
}

/// The same, over what is there.
fn journey_over(contact: ContactId, rest: &mut Reader<'_>, journey: &mut JourneyRecord) -> Option<(u16, u32)> {
    let [workflow, run, version, block, step, visit] =
        [rest.u32()?, rest.u32()?, rest.u32()?, rest.u32()?, rest.u32()?, rest.u32()?];
    let ([status, flags], sends, memory) = (rest.array()?, u16::from_le_bytes(rest.array()?), rest.u32()?);
    let status = JourneyStatus::of(status)?;
    let is = |flag| flags & flag != 0;
    let (due_at, entered_at, ended_at) = (rest.i64()?, rest.i64()?, rest.i64()?);
    let (goal_until, outbox) = (rest.i64()?, rest.u64()?);
    let (mut own_memory, mut own_sends) = (std::mem::take(&mut journey.memory), std::mem::take(&mut journey.sends));
    own_memory.clear();
    own_sends.clear();
    *journey = JourneyRecord {
        contact,
        workflow,
        run,
        version,
        status,
        block,
        step,
        visit,
        memory: own_memory,
        due_at: is(flag::DUE).then_some(due_at),
        outbox: is(flag::OUTBOX).then_some(outbox),
        entered_at,
        ended_at: is(flag::ENDED).then_some(ended_at),
        goal_met: is(flag::GOAL_MET),
        goal_open: is(flag::GOAL_OPEN),
        goal_until: is(flag::GOAL_UNTIL).then_some(goal_until),
        sends: own_sends,
        since: 0,
    };
    Some((sends, memory))
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
    use crate::store::tests::rows::journey;

    #[test]
    fn what_is_packed_comes_back_or_is_told() {
        let journey = journey(1, 4, 1);
        let held = HeldEntry {
            workflow: 5,
            triggers: u64::MAX,
            occurred_at: -2,
            until: i64::MAX,
            since: 8,
            memory: vec![6; 10],
        };
        let said_at = SaidAt::from_iter([(4, 70), (9, 70), (6, 80)]);
        let packed = pack(std::slice::from_ref(&journey), std::slice::from_ref(&held), &said_at);
        assert_eq!(unpack(ContactId(1), &packed), Some((vec![journey], vec![held], said_at)));
        (1..packed.len())
            .for_each(|cut| assert_eq!(unpack(ContactId(1), &packed[..packed.len() - cut]), None, "{cut}"));
    }
}
