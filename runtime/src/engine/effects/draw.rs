//! What is drawn in a split: by the address that somebody has when they first come to one of that name, and kept from then on.
//!
//! So the same person goes the same way on every machine and in every store that knows their address, and goes on the same way when it
//! changes. The number of a contact would do neither: a store gives them in the order in which people come. Who has no address, and may
//! come to splits all the same, is drawn for by it.

use super::Perform;
use crate::engine::host::StepHost;
use crate::print::lasting;
use crate::store::ContactId;
use flow_ir::backend::{Memory, Outcome};
use flow_ir::{Area, Draw, Split, StepId};

impl Perform for Draw {
    fn perform(&self, host: &mut StepHost<'_>, mut memory: Memory<'_>, _: StepId) -> Outcome {
        let (frame, split) = (&host.plan.program.frame, host.plan.program.splits.at(self.split));
        if frame.read(&memory[Area::Contact], split.slot) == 0 {
            let drawn = drawn_for(split, host.contact, host.view(&memory[Area::Contact]).address());
            frame.write(&mut memory[Area::Contact], split.slot, drawn);
            host.written.push(split.slot);
        }
        Outcome::Done
    }
}

/// What is drawn for somebody who has this address, or none.
pub(in crate::engine) fn drawn_for(split: &Split, contact: ContactId, address: Option<&str>) -> i64 {
    match address {
        Some(address) => drawn(&split.name, of_address(address)),
        None => drawn(&split.name, contact.0.to_le_bytes()),
    }
}

/// An address as it is drawn by: however it is written.
fn of_address(address: &str) -> impl Iterator<Item = u8> {
    address.trim().bytes().map(|byte| byte.to_ascii_lowercase())
}

/// From 1 to 100, the same for ever: what is drawn is in reports and in what people have been told.
fn drawn(split: &str, who: impl IntoIterator<Item = u8>) -> i64 {
    // Behind it the finalizer of SplitMix64: names that differ in one letter must part people anew.
    let hash = lasting(split.bytes().chain([0]).chain(who));
    let hash = (hash ^ (hash >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let hash = (hash ^ (hash >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    let whole = Split::WHOLE.unsigned_abs();
    1 + i64::try_from((hash ^ (hash >> 31)) % whole).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::{drawn, of_address};

    #[test]
    fn what_was_drawn_once_is_never_drawn_otherwise() {
        assert_eq!(drawn("offer", of_address("ada@acme.example")), 90);
        assert_eq!(drawn("offer", of_address(" Ada@ACME.example")), 90);
        assert_eq!(drawn("offer", 1_u64.to_le_bytes()), 30);
    }

    #[test]
    fn everybody_is_as_likely_as_anybody_and_two_splits_know_nothing_of_each_other() {
        let people: Vec<String> = (0..10_000).map(|nth| format!("u{nth}@people.example")).collect();
        let below = |split, most| people.iter().filter(|who| drawn(split, of_address(who)) <= most).count();
        for (most, share) in [(10, 1_000), (50, 5_000), (90, 9_000)] {
            assert!(below("offer", most).abs_diff(share) < 150, "{}", below("offer", most));
        }
        let is_low = |split, who| drawn(split, of_address(who)) <= 50;
        let both = people.iter().filter(|who| is_low("offer", who) && is_low("offer2", who)).count();
        assert!(both.abs_diff(2_500) < 150, "{both}");
        assert!(people.iter().all(|who| (1..=100).contains(&drawn("offer", of_address(who)))));
    }
}
