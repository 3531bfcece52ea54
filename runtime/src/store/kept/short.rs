//! What is kept of a contact beside the frame, packed: journeys that still matter, entries that are held, and when fields were said.
//!
//! Little-endian, with what views show in front, each of as many bytes as it takes in the widest of the journeys, so that a view can read it in plain
//! SQL; behind it no zeros (`packed.rs`):
//!
//! ```text
//! journeys u16
//! where there is one: FIELDS bytes, where each of these ends in the row of a journey
//! for each journey:
//!   0 workflow   1 run   2 version   3 step   4 status, and 256 times the flags   5 due at   6 entered at   7 ended at   8 goal until
//! for each journey: block, visit, outbox row where it has one, since, sends; for each of those: email, row, step, told; memory bytes, memory
//! held; for each: workflow, triggers, occurred at, until, since, memory bytes, memory
//! instants; for each: at, runs, for each of these how far it lies behind the one before and how many fields follow each other in it
//! ```

use super::{Journeys, flag, small, unpack_held};
use crate::store::packed::{self, number, signed, take_number, take_signed};
use crate::store::{ContactId, HeldEntry, JourneyRecord, JourneyStatus, SaidAt, SendRecord};

/// What stands in front of each journey, in the order of its row.
pub(in crate::store) const FIELDS: usize = 9;
/// Bytes of how many journeys there are.
pub(in crate::store) const COUNT_BYTES: usize = 2;
/// Which of the fields is which.
pub(in crate::store) mod field {
    pub(in crate::store) const WORKFLOW: usize = 0;
    pub(in crate::store) const RUN: usize = 1;
    pub(in crate::store) const VERSION: usize = 2;
    pub(in crate::store) const STEP: usize = 3;
    /// The status, and 256 times the flags.
    pub(in crate::store) const STATE: usize = 4;
    pub(in crate::store) const DUE_AT: usize = 5;
    pub(in crate::store) const ENTERED_AT: usize = 6;
    pub(in crate::store) const ENDED_AT: usize = 7;
    pub(in crate::store) const GOAL_UNTIL: usize = 8;
}
/// Bytes of a field at most.
const WIDTH: usize = 8;
/// Fields at most: a schema has no more, and what says to have more is given no room.
const MOST_FIELDS: u64 = 1 << 16;

type Row = [u64; FIELDS];

/// Packs that of one contact behind what is there.
pub(in crate::store) fn pack_into<'j>(
    out: &mut Vec<u8>,
    journeys: impl Iterator<Item = &'j JourneyRecord> + Clone,
    held: &[HeldEntry],
    said_at: &SaidAt,
) {
    pack_rows(out, journeys.clone());
    journeys.for_each(|journey| pack_rest(out, journey));
    number(held.len() as u64, out);
    held.iter().for_each(|entry| super::pack_held(out, entry));
    pack_said(out, said_at);
}

fn pack_rest(out: &mut Vec<u8>, journey: &JourneyRecord) {
    let JourneyRecord { block, visit, outbox, since, sends, memory, .. } = journey;
    [u64::from(*block), u64::from(*visit)].into_iter().chain(*outbox).for_each(|part| number(part, out));
    number(*since, out);
    number(sends.len() as u64, out);
    for SendRecord { email, row, step, told } in sends {
        [u64::from(*email), *row, u64::from(*step), u64::from(*told)].into_iter().for_each(|part| number(part, out));
    }
    number(memory.len() as u64, out);
    packed::pack(memory, out);
}

fn pack_rows<'j>(out: &mut Vec<u8>, journeys: impl Iterator<Item = &'j JourneyRecord> + Clone) {
    // Nobody is in as many as would not fit; what would be more is told as damage when it is read.
    let count = u16::try_from(journeys.clone().count()).unwrap_or(u16::MAX);
    out.extend(count.to_le_bytes());
    if count == 0 {
        return;
    }
    let mut widest: Row = [0; FIELDS];
    for journey in journeys.clone() {
        // The highest bit of any of them says how many bytes are wanted.
        widest.iter_mut().zip(row(journey)).for_each(|(widest, value)| *widest |= value);
    }
    let widths = widest.map(|value| (u64::BITS - value.leading_zeros()).div_ceil(8) as usize);
    out.extend(widths.iter().scan(0, |end, width| {
        *end += *width as u8;
        Some(*end)
    }));
    for journey in journeys {
        for (value, width) in row(journey).iter().zip(widths) {
            out.extend(value.to_le_bytes().iter().take(width));
        }
    }
}

fn row(journey: &JourneyRecord) -> Row {
    let JourneyRecord { workflow, run, version, step, due_at, entered_at, ended_at, goal_until, .. } = *journey;
    let flags = super::flags(journey);
    let instant = |at: Option<i64>| at.unwrap_or_default().cast_unsigned();
    [
        workflow.into(),
        run.into(),
        version.into(),
        step.into(),
        u64::from(journey.status as u8) | u64::from(flags) << 8,
        instant(due_at),
        entered_at.cast_unsigned(),
        instant(ended_at),
        instant(goal_until),
    ]
}

fn pack_said(out: &mut Vec<u8>, said_at: &SaidAt) {
    number(said_at.by_instant().count() as u64, out);
    for said in said_at.by_instant() {
        said.first().iter().for_each(|(at, _)| signed(*at, out));
        let runs = || said.chunk_by(|one, next| one.1.checked_add(1) == Some(next.1));
        number(runs().count() as u64, out);
        let mut before = 0;
        for run in runs() {
            let first = run.first().map_or(0, |(_, field)| u64::from(*field));
            number(first - before, out);
            number(run.len() as u64, out);
            before = first + run.len() as u64;
        }
    }
}

/// The same again, over what is there. None where Flow never writes such bytes; then anything may stand in it.
pub(in crate::store) fn unpack_over(
    contact: ContactId,
    bytes: &[u8],
    (journeys, held, said_at): (&mut impl Journeys, &mut Vec<HeldEntry>, &mut SaidAt),
) -> Option<()> {
    journeys.clear();
    held.clear();
    said_at.clear();
    let (count, mut rest) = bytes.split_first_chunk::<COUNT_BYTES>()?;
    let count = usize::from(u16::from_le_bytes(*count));
    if count > 0 {
        unpack_rows(contact, count, &mut rest, journeys)?;
    }
    (0..count).try_for_each(|place| unpack_rest(&mut rest, journeys.at(place)?))?;
    for _ in 0..take_number(&mut rest)? {
        held.push(unpack_held(&mut rest)?);
    }
    unpack_said(&mut rest, said_at)?;
    rest.is_empty().then_some(())
}

fn unpack_rows(contact: ContactId, count: usize, rest: &mut &[u8], journeys: &mut impl Journeys) -> Option<()> {
    let (ends, behind) = rest.split_first_chunk::<FIELDS>()?;
    let row_bytes = usize::from(*ends.last()?);
    let (rows, behind) = behind.split_at_checked(count * row_bytes)?;
    *rest = behind;
    for nth in 0..count {
        let bytes = rows.get(nth * row_bytes..(nth + 1) * row_bytes)?;
        let (mut row, mut begin): (Row, _) = ([0; FIELDS], 0);
        for (value, end) in row.iter_mut().zip(ends) {
            let field = bytes.get(begin..usize::from(*end)).filter(|field| field.len() <= WIDTH)?;
            *value = field.iter().rev().fold(0, |value, byte| value << 8 | u64::from(*byte));
            begin = usize::from(*end);
        }
        take_row(contact, row, journeys.add())?;
    }
    Some(())
}

/// What stands in front of a journey, over what is there; the rest of it is empty.
fn take_row(contact: ContactId, row: Row, journey: &mut JourneyRecord) -> Option<()> {
    let [workflow, run, version, step, state, due_at, entered_at, ended_at, goal_until] = row;
    let small = |value: u64| u32::try_from(value).ok();
    let [status, flags] = u16::try_from(state).ok()?.to_le_bytes();
    let is = |flag| flags & flag != 0;
    let instant = |flag, at: u64| is(flag).then_some(at.cast_signed());
    (journey.contact, journey.workflow, journey.run) = (contact, small(workflow)?, small(run)?);
    (journey.version, journey.step, journey.status) = (small(version)?, small(step)?, JourneyStatus::of(status)?);
    (journey.due_at, journey.entered_at) = (instant(flag::DUE, due_at), entered_at.cast_signed());
    (journey.ended_at, journey.goal_until) = (instant(flag::ENDED, ended_at), instant(flag::GOAL_UNTIL, goal_until));
    (journey.goal_met, journey.goal_open) = (is(flag::GOAL_MET), is(flag::GOAL_OPEN));
    // Its number stands behind the rows.
    journey.outbox = is(flag::OUTBOX).then_some(0);
    journey.memory.clear();
    journey.sends.clear();
    Some(())
}

fn unpack_rest(rest: &mut &[u8], journey: &mut JourneyRecord) -> Option<()> {
    (journey.block, journey.visit) = (small(rest)?, small(rest)?);
    if let Some(row) = &mut journey.outbox {
        *row = take_number(rest)?;
    }
    journey.since = take_number(rest)?;
    for _ in 0..take_number(rest)? {
        let (email, row, step, told) = (small(rest)?, take_number(rest)?, small(rest)?, small(rest)?);
        journey.sends.push(SendRecord { email, row, step, told });
    }
    let bytes = usize::try_from(take_number(rest)?).ok()?;
    packed::unpack(rest, bytes, &mut journey.memory)
}

fn unpack_said(rest: &mut &[u8], said_at: &mut SaidAt) -> Option<()> {
    let mut left = MOST_FIELDS;
    for _ in 0..take_number(rest)? {
        let at = take_signed(rest)?;
        let mut next = 0_u64;
        for _ in 0..take_number(rest)? {
            next = next.checked_add(take_number(rest)?)?;
            let fields = take_number(rest)?;
            left = left.checked_sub(fields)?;
            for field in next..next.checked_add(fields)? {
                said_at.add(u32::try_from(field).ok()?, at);
            }
            next += fields;
        }
    }
    said_at.is_whole().then_some(())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::super::Kept;
    use super::*;
    use crate::store::tests::rows::journey;
    use proptest::prelude::*;

    fn packed(journeys: &[JourneyRecord], held: &[HeldEntry], said_at: &SaidAt) -> Vec<u8> {
        let mut out = Vec::new();
        pack_into(&mut out, journeys.iter(), held, said_at);
        out
    }

    fn unpacked(bytes: &[u8]) -> Option<Kept> {
        let (mut journeys, mut held, mut said_at) = Kept::default();
        // Over whatever was there.
        journeys.push(journey(8, 8, 8));
        unpack_over(ContactId(1), bytes, (&mut journeys, &mut held, &mut said_at)).map(|()| (journeys, held, said_at))
    }

    #[test]
    fn what_is_packed_comes_back_or_is_told() {
        let held = HeldEntry {
            workflow: 5,
            triggers: u64::MAX,
            occurred_at: -2,
            until: i64::MAX,
            since: 8,
            memory: vec![6; 10],
        };
        let said_at = SaidAt::from_iter([(4, 70), (9, 70), (10, 70), (6, 80), (u32::MAX, 80)]);
        let journeys = [journey(1, 4, 1), JourneyRecord { outbox: None, entered_at: -5, ..journey(1, 9, 70_000) }];
        let bytes = packed(&journeys, std::slice::from_ref(&held), &said_at);
        assert_eq!(unpacked(&bytes), Some((journeys.to_vec(), vec![held], said_at)));
        (1..bytes.len()).for_each(|cut| assert_eq!(unpacked(&bytes[..bytes.len() - cut]), None, "{cut}"));
        assert_eq!(packed(&[], &[], &SaidAt::default()), [0, 0, 0, 0]);
        assert_eq!(unpacked(&[0, 0, 0, 0]), Some(Kept::default()));
    }

    fn journeys() -> impl Strategy<Value = Vec<JourneyRecord>> {
        let numbers =
            prop::collection::vec(any::<u64>().prop_flat_map(|wide| (0..64_u32).prop_map(move |by| wide >> by)), 12);
        let one = (numbers, 0..5_u8, any::<u8>(), prop::collection::vec(any::<u8>(), 0..40), 0..3_usize);
        prop::collection::vec(one, 0..6).prop_map(|all| {
            all.into_iter()
                .map(|(numbers, status, is, memory, sends)| {
                    let at = |nth: usize| numbers[nth];
                    let small = |nth: usize| at(nth) as u32;
                    let maybe = |nth: usize| (is >> nth & 1 != 0).then(|| at(nth).cast_signed());
                    JourneyRecord {
                        contact: ContactId(1),
                        workflow: small(0),
                        run: small(1),
                        version: small(2),
                        status: JourneyStatus::of(status).unwrap(),
                        block: small(3),
                        step: small(4),
                        visit: small(5),
                        due_at: maybe(0),
                        ended_at: maybe(1),
                        goal_until: maybe(2),
                        outbox: maybe(3).map(i64::cast_unsigned),
                        goal_met: is & 16 != 0,
                        goal_open: is & 32 != 0,
                        entered_at: at(6).cast_signed(),
                        since: at(7),
                        sends: vec![
                            SendRecord { email: small(8), row: at(9), step: small(10), told: small(11) };
                            sends
                        ],
                        memory,
                    }
                })
                .collect()
        })
    }

    proptest! {
        #[test]
        fn any_journeys_come_back(journeys in journeys(), said in prop::collection::vec((0..300_u32, 0..3_i64), 0..200), at in any::<prop::sample::Index>(), byte in any::<u8>()) {
            let said_at = SaidAt::from_iter(said);
            let mut bytes = packed(&journeys, &[], &said_at);
            prop_assert_eq!(unpacked(&bytes), Some((journeys, Vec::new(), said_at)));
            let at = at.index(bytes.len());
            bytes[at] = byte;
            // Told, or somebody else; never a panic.
            let _ = unpacked(&bytes);
        }

        #[test]
        fn bytes_of_nobody_are_told_or_are_somebody(bytes in prop::collection::vec(any::<u8>(), 0..60), small in prop::collection::vec(0..10_u8, 0..60)) {
            let _ = (unpacked(&bytes), unpacked(&small));
        }
    }
}
