//! Layouts: every slot inside, none on top of another.

use super::super::{Layout, Slot, SlotKind, VALUE_LIMIT};
use super::Checker;
use crate::limits::MAX_LAYOUT_BYTES;

impl Checker<'_> {
    pub(super) fn layout(&mut self, place: &str, layout: &Layout) {
        if layout.size > MAX_LAYOUT_BYTES || !layout.size.is_multiple_of(8) {
            return self
                .fault(place, format!("is {} bytes, not a multiple of 8 up to {MAX_LAYOUT_BYTES}", layout.size));
        }
        self.slots_apart(place, layout);
        self.presence(place, layout);
        for slot in layout.slots.values().filter(|slot| !fits(slot)) {
            self.fault(place, format!("`{}` starts with {}, which it cannot hold", slot.name, slot.initial));
        }
    }

    /// Sorted by offset, each slot must begin where the one before has ended or later.
    fn slots_apart(&mut self, place: &str, layout: &Layout) {
        let mut slots: Vec<&Slot> = layout.slots.values().collect();
        slots.sort_by_key(|slot| slot.offset);
        let mut free_from = u64::from(layout.presence_words) * 8;
        for slot in slots {
            if u64::from(slot.offset) < free_from {
                self.fault(place, format!("`{}` lies on top of what is before it", slot.name));
            }
            free_from = u64::from(slot.offset) + u64::from(slot.kind.width());
        }
        if free_from > u64::from(layout.size) {
            self.fault(place, format!("its slots end at byte {free_from}, beyond its {} bytes", layout.size));
        }
    }

    fn presence(&mut self, place: &str, layout: &Layout) {
        let mut bits: Vec<u32> = layout.slots.values().filter_map(|slot| slot.presence).collect();
        bits.sort_unstable();
        if !bits.is_sorted_by(|one, next| one < next) {
            self.fault(place, "two slots share a presence bit");
        }
        let first_word = u64::from(layout.presence_words) * 8;
        let mut taken: Vec<(u64, u64)> = (layout.slots.values())
            .map(|slot| (u64::from(slot.offset), u64::from(slot.offset) + u64::from(slot.kind.width())))
            .collect();
        taken.sort_unstable();
        for byte in bits.iter().map(|bit| u64::from(bit / 8)).filter(|byte| *byte >= first_word) {
            let before = taken.partition_point(|(begin, _)| *begin <= byte);
            let on_top = before.checked_sub(1).and_then(|place| taken.get(place)).is_some_and(|(_, end)| byte < *end);
            if on_top || byte >= u64::from(layout.size) {
                self.fault(place, format!("a presence bit lies outside its {} words", layout.presence_words));
            }
        }
    }
}

fn fits(slot: &Slot) -> bool {
    let range = match slot.kind {
        SlotKind::Bool => 0..=1,
        SlotKind::Code => 0..=i64::from(u16::MAX),
        SlotKind::Symbol => 0..=i64::from(u32::MAX),
        SlotKind::Days => i64::from(i32::MIN)..=i64::from(i32::MAX),
        SlotKind::Int => -VALUE_LIMIT..=VALUE_LIMIT,
    };
    range.contains(&slot.initial)
}
