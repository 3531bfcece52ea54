//! What an earlier Flow wrote behind the journeys, in numbers of a fixed width:
//!
//! ```text
//! for each held entry: workflow u32, triggers u64, occurred at i64, until i64
//! for each send: email u32, row u64, step u32, told u32
//! the memory of each journey
//! for each journey: since u64
//! for each held entry: since u64, memory bytes u32, memory
//! instants u32; for each: at i64, fields u32, each field u32
//! ```
//!
//! What one before that wrote ends with the memory of the journeys, or before the instants.

use super::{Begun, Kept, Reader};
use crate::store::{HeldEntry, SaidAt, SendRecord};

pub(super) fn unpack(mut journeys: Vec<Begun>, held: u32, mut rest: Reader<'_>) -> Option<Kept> {
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

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::super::{PACKED, pack, unpack};
    use crate::store::tests::rows::journey;
    use crate::store::{ContactId, HeldEntry, JourneyRecord, SaidAt};

    /// Whole, without when fields were said, and without the numbers of records and what a held entry has counted.
    #[test]
    fn what_an_earlier_flow_wrote_is_read() {
        let journey = JourneyRecord { since: 9, ..journey(1, 4, 1) };
        let held = HeldEntry { workflow: 5, triggers: 1, occurred_at: 2, until: 3, since: 8, memory: vec![6; 10] };
        let said_at = SaidAt::from_iter([(4, 70), (9, 70), (6, 80)]);
        let today = pack(std::slice::from_ref(&journey), &[], &SaidAt::default());
        let mut earlier = today[..80].to_vec();
        earlier[4..8].copy_from_slice(&1_u32.to_le_bytes());
        assert_eq!(today[4..8], PACKED.to_le_bytes());
        for (number, bytes) in [(5, 4), (1, 8), (2, 8), (3, 8), (3, 4), (8, 8), (1, 4), (5, 4)] {
            earlier.extend(&u64::to_le_bytes(number)[..bytes]);
        }
        earlier.extend([7; 24]);
        let without_records = earlier.clone();
        for (number, bytes) in [(9, 8), (8, 8), (10, 4)] {
            earlier.extend(&u64::to_le_bytes(number)[..bytes]);
        }
        earlier.extend([6; 10]);
        let without_times = earlier.clone();
        for (number, bytes) in [(2, 4), (70, 8), (2, 4), (4, 4), (9, 4), (80, 8), (1, 4), (6, 4)] {
            earlier.extend(&u64::to_le_bytes(number)[..bytes]);
        }
        let known = |said_at| Some((vec![journey.clone()], vec![held.clone()], said_at));
        assert_eq!(unpack(ContactId(1), &earlier), known(said_at));
        assert_eq!(unpack(ContactId(1), &without_times), known(SaidAt::default()));
        let (journey, held) =
            (JourneyRecord { since: 0, ..journey }, HeldEntry { since: 0, memory: Vec::new(), ..held });
        assert_eq!(unpack(ContactId(1), &without_records), Some((vec![journey], vec![held], SaidAt::default())));
        (1..40).for_each(|cut| assert_eq!(unpack(ContactId(1), &earlier[..earlier.len() - cut]), None, "{cut}"));
    }
}
