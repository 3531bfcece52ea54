//! What the tests of this folder share.
#![allow(clippy::unwrap_used)]

use jiff::Timestamp;
use proptest::prelude::*;

use super::{Instant, Zone, Zones};

pub(super) fn zone(name: &str) -> Zone {
    Zones::bundled().resolve(name).unwrap()
}

pub(super) fn instant(text: &str) -> Instant {
    Instant::parse(text).unwrap()
}

/// Any zone, and an instant that is often within a day or two of a change of its clocks, which is where faults live.
pub(super) fn zone_and_instant() -> impl Strategy<Value = (Zone, Instant)> {
    const YEAR_1970_TO_2100_MS: std::ops::Range<i64> = 0..4_102_444_800_000;
    const TWO_DAYS_MS: i64 = 2 * 86_400_000;
    let zones: Vec<Zone> = Zones::bundled().iter().collect();
    (prop::sample::select(zones), YEAR_1970_TO_2100_MS, -TWO_DAYS_MS..TWO_DAYS_MS, any::<bool>()).prop_map(
        |(zone, somewhen, shift_ms, near_a_change)| {
            let from = Timestamp::from_millisecond(somewhen).unwrap();
            let change = zone.rules().following(from).next().filter(|_| near_a_change);
            let middle = change.map_or(somewhen, |change| change.timestamp().as_millisecond());
            (zone, Instant(middle + shift_ms))
        },
    )
}
