//! What a team has given out: whose turn it is, and how many each member has. It is kept with the batch that changes it, so neither the border
//! between two batches nor a crash at it changes who is next.

use crate::print::lasting;
use flow_ir::Capacity;
use std::collections::BTreeMap;

/// Of one team.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Roster {
    /// The place of the member whose turn it is.
    pub(super) turn: u64,
    /// By the print of their address: members change their places.
    loads: BTreeMap<i64, Load>,
}

/// What somebody has.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Load {
    /// How many were handed to them and are not answered.
    open: u32,
    /// The last day on which somebody was, in days since 1970-01-01.
    day: i32,
    /// How many were on that day.
    given: u32,
}

/// How a load is kept: the print, and its three numbers.
const LOAD_BYTES: usize = 20;

/// What an address is known by, however it is written.
pub(super) fn print_of(address: &str) -> i64 {
    lasting(address.trim().to_lowercase().bytes()).cast_signed()
}

impl Roster {
    /// Whether somebody may be handed to a member on a day.
    pub(super) fn has_room(&self, address: &str, capacity: Capacity, day: i32) -> bool {
        let load = self.loads.get(&print_of(address)).copied().unwrap_or_default();
        let given = if load.day == day { load.given } else { 0 };
        capacity.open.is_none_or(|most| load.open < most) && capacity.a_day.is_none_or(|most| given < most)
    }

    /// Somebody is handed to a member on a day; `open` where an answer may come.
    pub(super) fn give(&mut self, member: i64, day: i32, open: bool) {
        let load = self.loads.entry(member).or_default();
        load.given = if load.day == day { load.given.saturating_add(1) } else { 1 };
        load.day = day;
        load.open = load.open.saturating_add(u32::from(open));
    }

    /// One of those whom a member has is answered, or is theirs no more.
    pub(super) fn close(&mut self, member: i64) {
        if let Some(load) = self.loads.get_mut(&member) {
            load.open = load.open.saturating_sub(1);
        }
    }

    /// As the store kept it. An earlier Flow kept the turn alone.
    pub(super) fn read(bytes: &[u8]) -> Roster {
        let Some((turn, loads)) = bytes.split_first_chunk() else { return Roster::default() };
        let loads = loads.chunks_exact(LOAD_BYTES).filter_map(|load| {
            let (member, rest) = load.split_first_chunk()?;
            let (open, rest) = rest.split_first_chunk()?;
            let (day, rest) = rest.split_first_chunk()?;
            let given = u32::from_le_bytes(*rest.first_chunk()?);
            let load = Load { open: u32::from_le_bytes(*open), day: i32::from_le_bytes(*day), given };
            Some((i64::from_le_bytes(*member), load))
        });
        Roster { turn: u64::from_le_bytes(*turn), loads: loads.collect() }
    }

    /// As the store keeps it.
    pub(super) fn bytes(&self) -> Vec<u8> {
        let mut bytes = self.turn.to_le_bytes().to_vec();
        for (member, Load { open, day, given }) in &self.loads {
            bytes.extend(member.to_le_bytes());
            bytes.extend(open.to_le_bytes());
            bytes.extend(day.to_le_bytes());
            bytes.extend(given.to_le_bytes());
        }
        bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_is_read_again_and_what_an_earlier_flow_kept_is_a_turn() {
        let mut roster = Roster { turn: 3, ..Roster::default() };
        roster.give(print_of("ana@acme.example"), 20_000, true);
        roster.give(-5, 20_001, false);
        assert_eq!(Roster::read(&roster.bytes()), roster);
        assert_eq!(Roster::read(&3_u64.to_le_bytes()), Roster { turn: 3, ..Roster::default() });
        assert_eq!(Roster::read(&[]), Roster::default());
    }

    #[test]
    fn there_is_room_until_so_many_are_open_or_were_given_that_day() {
        let of = |open, a_day| Capacity { open, a_day };
        let (ana, day) = ("Ana@acme.example", 20_000);
        let mut roster = Roster::default();
        for _ in 0..2 {
            roster.give(print_of("ana@acme.example"), day, true);
        }
        let room = |roster: &Roster, open, a_day, day| roster.has_room(ana, of(open, a_day), day);
        assert!(room(&roster, Some(3), Some(3), day) && room(&roster, None, None, day));
        assert!(!room(&roster, Some(2), None, day) && !room(&roster, None, Some(2), day));
        assert!(room(&roster, None, Some(2), day + 1));
        roster.close(print_of(ana));
        assert!(room(&roster, Some(2), None, day) && !room(&roster, None, Some(2), day));
        assert!(roster.has_room("bo@acme.example", of(Some(1), Some(1)), day));
    }
}
