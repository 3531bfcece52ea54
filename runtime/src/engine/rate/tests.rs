//! Whoever comes, and however late turns are taken: no hour takes in more, nobody is lost, nobody overtakes.

#![allow(clippy::unwrap_used)]

use super::*;
use flow_ir::RatePer;
use proptest::prelude::*;
use std::collections::BTreeSet;

fn hourly(people: u32) -> Rate {
    Rate { people, per: RatePer::Hour }
}

/// Everyone who comes, and when they come in. Between `asleep` and `awake` nobody takes a turn, and what arrives does so at its end.
struct Door {
    places: Places,
    /// By the instant at which they are due, as in the due queue.
    due: BTreeSet<(i64, usize)>,
    turns: Vec<i64>,
    came_in: Vec<(usize, i64)>,
}

impl Door {
    fn new() -> Door {
        Door { places: Places::default(), due: BTreeSet::new(), turns: Vec::new(), came_in: Vec::new() }
    }

    fn arrive(&mut self, rate: Rate, now: i64) {
        let person = self.turns.len();
        let turn = self.places.take(rate, now);
        self.turns.push(turn.unwrap_or(now));
        match turn {
            None => self.came_in.push((person, now)),
            Some(turn) => _ = self.due.insert((self.places.instant_of(turn), person)),
        }
    }

    /// As the engine does it: whoever is due is looked at; whose turn has moved since is due again.
    fn take_turns(&mut self, until: i64, now: i64) {
        while let Some((due_at, person)) = self.due.first().copied().filter(|(at, _)| *at <= until) {
            self.due.pop_first();
            let instant = self.places.instant_of(self.turns[person]);
            if instant > due_at {
                self.due.insert((instant, person));
                continue;
            }
            self.places.come(self.turns[person], now.max(due_at));
            self.came_in.push((person, now.max(due_at)));
            self.places = Places::of(&self.places.bytes()).unwrap();
        }
    }
}

proptest! {
    #[test]
    fn no_hour_takes_in_more_and_nobody_is_lost(
        people in 1_u32..6,
        by_day in any::<bool>(),
        // Minutes between those who come, and whether Flow sleeps before them.
        arrivals in proptest::collection::vec((0_i64..40, 0_i64..60_000, 0_u8..12), 1..60),
    ) {
        let rate = Rate { people, per: if by_day { RatePer::Day } else { RatePer::Hour } };
        let mut door = Door::new();
        let mut now = 0;
        for (minutes, ms, sleeps) in arrivals {
            let before = now;
            now += minutes * MINUTE_MS + ms;
            if sleeps == 0 {
                // Nobody takes the turns of these hours when they come: what has arrived by then is taken first.
                now += 5 * 60 * MINUTE_MS;
                door.arrive(rate, now);
                door.take_turns(now, now);
            } else {
                door.take_turns(now - 1, before);
                door.arrive(rate, now);
                door.take_turns(now, now);
            }
        }
        door.take_turns(i64::MAX, now);
        prop_assert_eq!(door.came_in.len(), door.turns.len());
        prop_assert!(door.came_in.is_sorted(), "{:?}", door.came_in);
        prop_assert!(door.came_in.is_sorted_by_key(|(_, at)| *at));
        for (first, next) in door.came_in.iter().zip(door.came_in.iter().skip(people as usize)) {
            prop_assert!(next.1 - first.1 >= rate.per.ms(), "{:?} and {:?}", first, next);
        }
        prop_assert_eq!(door.places.waiting, 0);
        prop_assert!(door.places.runs.len() <= people as usize);
    }
}

#[test]
fn five_at_once_by_two_an_hour() {
    let mut door = Door::new();
    (0..5).for_each(|_| door.arrive(hourly(2), 0));
    assert_eq!(door.turns, [0, 0, 60, 60, 120].map(|minutes| minutes * MINUTE_MS));
}

/// However many wait, what is kept of them is what decides about the next place.
#[test]
fn what_is_kept_does_not_grow_with_those_who_wait() {
    let mut door = Door::new();
    (0..100_000).for_each(|nth| door.arrive(hourly(200), nth * 10));
    assert_eq!(door.places.waiting, 99_800);
    assert!(door.places.bytes().len() < 1_000);
    let last = door.places.runs.back().unwrap().0;
    assert_eq!(last, (499 * 60 + 1) * MINUTE_MS);
}

/// Later turns move by as much as one was missed; once nobody waits, the clocks agree again.
#[test]
fn missed_turns_do_not_come_at_once() {
    let mut door = Door::new();
    (0..3).for_each(|_| door.arrive(hourly(1), 0));
    let five = 5 * 60 * MINUTE_MS;
    door.take_turns(five, five);
    assert_eq!(door.came_in.last(), Some(&(1, five)));
    door.take_turns(i64::MAX, five);
    assert_eq!(door.came_in.last(), Some(&(2, five + 60 * MINUTE_MS)));
    let later = five + 121 * MINUTE_MS;
    door.arrive(hourly(1), later);
    assert_eq!(door.came_in.last(), Some(&(3, later)));
    assert_eq!(door.places.behind_ms, 0);
}

#[test]
fn another_rate_is_for_those_who_come_next_behind_those_who_wait() {
    let mut door = Door::new();
    (0..4).for_each(|_| door.arrive(hourly(1), 0));
    (0..4).for_each(|_| door.arrive(hourly(3), 0));
    assert_eq!(door.turns, [0, 60, 120, 180, 180, 180, 240, 240].map(|minutes| minutes * MINUTE_MS));
}

#[test]
fn what_a_store_keeps_is_read_as_it_was_written() {
    let mut places = Places::default();
    (0..7).for_each(|nth| _ = places.take(hourly(2), nth * 7_001));
    assert_eq!(Places::of(&places.bytes()), Some(places.clone()));
    assert_eq!(Places::of(&places.bytes()[1..]), None);
    assert_eq!(Places::of(&[]), None);
}
