//! Each rule sees what breaks it: something is forged in what a sound run has left, and the rule that watches over it says so.
#![allow(clippy::unwrap_used, clippy::panic)]
#![expect(clippy::indexing_slicing, reason = "a test that looks at a wrong place should fail")]

use flow_runtime::engine::reason::Withheld;
use flow_runtime::store::{
    ContactWrite, DecisionCode, DecisionRecord, EventRecord, JourneyRecord, JourneyStatus, MessageId, OutboxKind,
    OutboxState, StageRecord,
};
use flow_simulation::rules::RULES;
use flow_simulation::run::{Lived, Manner, live};
use flow_simulation::seen::Seen;
use flow_simulation::world::World;
use flow_simulation::world::people::{DAY, HOUR, START};
use flow_simulation::world::program::{Cond, EVENTS, Period, Step};
use flow_simulation::world::words::label;

/// How many worlds are looked through for one in which something can be forged.
const WORLDS: u64 = 400;

/// Forges something in the first world that has it, and asks the rule before and after.
fn broken_by(name: &str, forge: impl Fn(&World, &mut Lived) -> Option<()>) {
    broken_in(name, |_| true, forge);
}

/// The same in a world of which something is asked before it is lived through.
fn broken_in(name: &str, is_it: impl Fn(&World) -> bool, forge: impl Fn(&World, &mut Lived) -> Option<()>) {
    let rule = RULES.iter().find(|rule| rule.name == name).unwrap();
    for seed in 1..=WORLDS {
        let world = World { next: None, ..World::of(seed) };
        if !is_it(&world) {
            continue;
        }
        let lived = live(&world, &Manner::calm()).unwrap();
        let mut forged = lived.clone();
        if forge(&world, &mut forged).is_some() {
            assert_eq!((rule.broken)(&Seen::new(&world, &lived)), None, "{name} of a sound run");
            assert!((rule.broken)(&Seen::new(&world, &forged)).is_some(), "{name} does not see it in seed {seed}");
            return;
        }
    }
    panic!("no world has what would break {name}");
}

fn decision(lived: &Lived, is_it: impl Fn(&DecisionRecord) -> bool) -> Option<DecisionRecord> {
    lived.snapshot.decisions.iter().find(|row| is_it(row)).cloned()
}

/// Sent by a workflow of which something is asked, to somebody who stayed one person.
fn sent(
    world: &World,
    lived: &Lived,
    asks: impl Fn(&flow_simulation::world::program::Workflow) -> bool,
) -> Option<DecisionRecord> {
    let seen = Seen::new(world, lived);
    let is_it = |row: &DecisionRecord| {
        let workflow = row.workflow.and_then(|workflow| seen.workflow(workflow));
        row.code == DecisionCode::Sent && seen.is_alone(row.contact) && workflow.is_some_and(&asks)
    };
    decision(lived, is_it)
}

fn live_journey(contacts: &mut [ContactWrite]) -> Option<&mut JourneyRecord> {
    let mut journeys = contacts.iter_mut().flat_map(|contact| &mut contact.kept);
    journeys.find(|journey| !matches!(journey.status, JourneyStatus::Ended | JourneyStatus::Sending))
}

/// An event of somebody, behind everything else that they did.
fn event(lived: &Lived, of: &DecisionRecord, name: &str, at: i64) -> EventRecord {
    let like = lived.snapshot.events[0].clone();
    let (id, message) = (u64::MAX, flow_runtime::store::MessageKey { id: MessageId([7; 16]), ..like.message });
    let name = name.to_owned();
    EventRecord { id, message, contact: of.contact, name, occurred_at: at, received_at: at, counts: true, ..like }
}

#[test]
fn e1_sees_time_that_goes_back() {
    broken_by("E1", |_, lived| {
        let first = decision(lived, |_| true)?;
        let last =
            lived.snapshot.decisions.iter_mut().filter(|row| row.contact == first.contact).max_by_key(|row| row.id)?;
        let is_later = last.at > first.at;
        last.at = 0;
        is_later.then_some(())
    });
}

#[test]
fn e2_sees_a_record_that_is_missing() {
    broken_by("E2", |_, lived| {
        let at = lived.snapshot.events.len().checked_sub(3)?;
        lived.snapshot.events.remove(at);
        Some(())
    });
}

#[test]
fn e3_sees_a_message_that_was_taken_twice() {
    broken_by("E3", |_, lived| {
        let again = lived.snapshot.events.first()?.clone();
        lived.snapshot.events.push(again);
        Some(())
    });
}

#[test]
fn e3_sees_an_event_ahead_of_its_arrival() {
    broken_by("E3", |_, lived| {
        let event = lived.snapshot.events.first_mut()?;
        event.occurred_at = event.received_at + 1;
        Some(())
    });
}

#[test]
fn e4_sees_a_second_journey_beside_the_first() {
    broken_by("E4", |world, lived| {
        let alone = |row: &DecisionRecord| Seen::new(world, lived).is_alone(row.contact);
        let entered = decision(lived, |row| row.code == DecisionCode::Entered && alone(row))?;
        let ended = |row: &&DecisionRecord| {
            (row.contact, row.workflow, row.run) == (entered.contact, entered.workflow, entered.run)
                && row.code.is_end()
        };
        let end = lived.snapshot.decisions.iter().find(ended).map_or(i64::MAX, |row| row.at);
        let second = DecisionRecord { run: entered.run + 1, id: entered.id + 1, at: entered.at + 1, ..entered.clone() };
        lived.snapshot.decisions.retain(|row| row.workflow != entered.workflow || row.run != second.run);
        lived.snapshot.decisions.push(second);
        (end > entered.at + 1).then_some(())
    });
}

#[test]
fn e4_sees_a_trigger_that_nobody_answered() {
    broken_by("E4", |world, lived| {
        let seen = Seen::new(world, lived);
        let is_refusal = |row: &DecisionRecord| row.code == DecisionCode::Ignored && seen.is_alone(row.contact);
        let refused = decision(lived, is_refusal)?;
        lived.snapshot.decisions.retain(|row| (row.contact, row.workflow) != (refused.contact, refused.workflow));
        let forged = lived.clone();
        // Only where the entry is by an event, and there is time to answer.
        let rule = RULES.iter().find(|rule| rule.name == "E4")?;
        (rule.broken)(&Seen::new(world, &forged)).map(drop)
    });
}

#[test]
fn e5_sees_a_mail_behind_an_exit() {
    broken_by("E5", |world, lived| {
        let exits = |cond: &Cond| matches!(cond, Cond::StageAtLeast(_));
        let sent = sent(world, lived, |workflow| workflow.exits.iter().any(exits))?;
        let has_stages = lived.snapshot.stages.iter().any(|row| row.contact == sent.contact);
        lived.snapshot.stages.push(StageRecord {
            contact: sent.contact,
            at: 0,
            from: 0,
            to: 5,
            by: Default::default(),
        });
        (!has_stages).then_some(())
    });
}

#[test]
fn e6_sees_what_a_wait_has_missed() {
    broken_by("E6", |world, lived| {
        let sound = lived.clone();
        let seen = Seen::new(world, &sound);
        let timed_out = decision(lived, |row| row.code == DecisionCode::TimedOut && seen.is_alone(row.contact))?;
        let journey = seen.journey(&timed_out)?;
        let number = timed_out.workflow?;
        let name = seen.label(number, timed_out.step?)?;
        let Cond::Happened(test, count, Period::Bare) = waits(&seen.workflow(number)?.steps, name)? else {
            return None;
        };
        let (event_name, property) = EVENTS[test.event];
        let properties = match (property, test.value) {
            (Some((property, values)), Some(value)) => format!("{{\"{property}\":\"{}\"}}", values[value]),
            _ => "{}".to_owned(),
        };
        let missed = event(lived, &timed_out, event_name, journey.entered_at + 1);
        let missed = EventRecord { properties, ..missed };
        let times = *count as usize;
        lived.snapshot.events.extend(std::iter::repeat_n(missed, times));
        (timed_out.at > journey.entered_at + 1).then_some(())
    });
}

fn waits<'s>(steps: &'s [Step], name: &str) -> Option<&'s Cond> {
    steps.iter().find_map(|step| match step {
        Step::Until(number, condition, ..) if label(*number) == name => Some(condition),
        Step::Until(.., otherwise) => waits(otherwise, name),
        Step::If(_, then, otherwise) => waits(then, name).or_else(|| waits(otherwise, name)),
        _ => None,
    })
}

#[test]
fn e7_sees_a_mail_to_somebody_who_had_refused() {
    broken_by("E7", |world, lived| {
        let sent = sent(world, lived, |_| true)?;
        let row = lived.snapshot.outbox.iter().find(|(row, _)| Some(row.id) == sent.send)?.0.clone();
        let came_back =
            lived.snapshot.events.iter().any(|event| event.contact == sent.contact && event.name == "Subscribed");
        let refusal = event(lived, &sent, "Unsubscribed", sent.at - 1);
        lived.snapshot.events.push(EventRecord { received_at: row.due_at - 1, ..refusal });
        // The last of the mails is transactional.
        (row.email != 3 && !came_back).then_some(())
    });
}

#[test]
fn e8_sees_a_mail_outside_its_window() {
    broken_by("E8", |world, lived| {
        let sent = sent(world, lived, |workflow| workflow.window.is_some_and(|window| window.from < window.to))?;
        let row = &mut lived.snapshot.outbox.iter_mut().find(|(row, _)| Some(row.id) == sent.send)?.0;
        let is_marketing = row.email != 3;
        // Every zone that they may be in lies within a day of the others, so some hour is outside in all of them.
        row.due_at += 12 * HOUR;
        let forged = lived.clone();
        let rule = RULES.iter().find(|rule| rule.name == "E8")?;
        (rule.broken)(&Seen::new(world, &forged)).filter(|_| is_marketing).map(drop)
    });
}

/// What the rule says, where it is said of a mail that counts under the policy.
fn seen_by_e8(world: &World, lived: &Lived) -> Option<()> {
    let rule = RULES.iter().find(|rule| rule.name == "E8")?;
    (rule.broken)(&Seen::new(world, lived)).map(drop)
}

#[test]
fn e8_sees_a_mail_more_than_a_cap_lets_out() {
    broken_by("E8", |world, lived| {
        let cap = world.plan.policy.caps.first()?;
        let sent = sent(world, lived, |_| true)?;
        let row = lived.snapshot.outbox.iter().find(|(row, _)| Some(row.id) == sent.send)?.clone();
        if !Seen::new(world, lived).is_marketing(&row.0) {
            return None;
        }
        for more in 1..=u64::from(cap.emails) {
            let mut again = row.clone();
            again.0.id = u64::MAX - more;
            lived.snapshot.outbox.push(again);
            lived.snapshot.decisions.push(DecisionRecord { send: Some(u64::MAX - more), ..sent.clone() });
        }
        Some(())
    });
}

#[test]
fn e8_sees_a_mail_in_quiet_hours_and_in_a_blackout() {
    for is_quiet in [true, false] {
        let is_it = |world: &World| {
            let policy = &world.plan.policy;
            let has = if is_quiet { policy.quiet.is_some() } else { policy.blackout.is_some() };
            has && policy.caps.is_empty()
        };
        broken_in("E8", is_it, |world, lived| {
            let sent = sent(world, lived, |workflow| workflow.window.is_none())?;
            let tries = match world.plan.policy.blackout.filter(|_| !is_quiet) {
                // Half past ten in UTC is of that day everywhere where people of a world live.
                Some(blackout) => vec![START + blackout.first * DAY + 21 * HOUR / 2],
                None => (0..24).map(|hour| sent.at + hour * HOUR).collect(),
            };
            tries.into_iter().find_map(|at| {
                let (row, _) = lived.snapshot.outbox.iter_mut().find(|(row, _)| Some(row.id) == sent.send)?;
                (row.due_at, row.held_since) = (at, at);
                seen_by_e8(world, lived)
            })
        });
    }
}

#[test]
fn e8_sees_a_mail_that_was_held_too_long_and_one_given_up_too_soon() {
    broken_by("E8", |world, lived| {
        let sent = sent(world, lived, |workflow| workflow.window.is_none())?;
        let row = &mut lived.snapshot.outbox.iter_mut().find(|(row, _)| Some(row.id) == sent.send)?.0;
        row.held_since = row.due_at - world.plan.policy.longest_hold() - 1;
        Some(())
    });
    broken_by("E8", |world, lived| {
        let given_up = [Withheld::HeldTooLong, Withheld::Capped].map(Withheld::number);
        let is_it = |row: &DecisionRecord| row.code == DecisionCode::Withheld && given_up.contains(&row.reason);
        let withheld = decision(lived, is_it)?;
        let row = &mut lived.snapshot.outbox.iter_mut().find(|(row, _)| Some(row.id) == withheld.send)?.0;
        row.held_since = withheld.at - world.plan.policy.longest_hold() + 1;
        Some(())
    });
}

#[test]
fn e8_sees_a_mail_that_was_dropped_while_a_place_was_free() {
    broken_by("E8", |world, lived| {
        let is_it =
            |row: &DecisionRecord| row.code == DecisionCode::Withheld && row.reason == Withheld::Dropped.number();
        let dropped = decision(lived, is_it)?;
        lived.snapshot.decisions.retain(|row| row.code != DecisionCode::Sent || row.contact != dropped.contact);
        seen_by_e8(world, lived)
    });
}

#[test]
fn e9_sees_what_never_came_over_and_what_came_over_unasked() {
    broken_by("E9", |_, lived| {
        let delivered = |row: &flow_runtime::store::OutboxRecord| row.state == OutboxState::Delivered;
        let row = lived.snapshot.outbox.iter().map(|(row, _)| row).find(|row| delivered(row))?;
        lived.book.remove(&row.key).map(drop)
    });
    broken_by("E9", |_, lived| {
        let handed = lived.book.values().next()?.clone();
        lived.book.insert("c1.w1.9.s0.v0".to_owned(), handed);
        Some(())
    });
}

#[test]
fn e10_sees_somebody_at_a_block_that_is_none() {
    broken_by("E10", |_, lived| {
        live_journey(&mut lived.snapshot.contacts)?.block = 9_999;
        Some(())
    });
}

#[test]
fn e11_sees_two_users_in_one_contact() {
    broken_by("E11", |_, lived| {
        let owner = lived.snapshot.keys.iter().find(|(key, _)| key.starts_with("user:"))?.1;
        lived.snapshot.keys.push(("user:zz".to_owned(), owner));
        Some(())
    });
}

#[test]
fn e12_sees_an_end_without_a_record() {
    broken_by("E12", |world, lived| {
        let end = decision(lived, |row| row.code.is_end() && Seen::new(world, lived).is_alone(row.contact))?;
        lived.snapshot.decisions.retain(|row| row.id != end.id);
        Some(())
    });
}

#[test]
fn e13_sees_a_mail_to_somebody_of_no_world() {
    broken_by("E13", |_, lived| {
        let row = lived.snapshot.outbox.iter_mut().find(|(row, _)| row.kind == OutboxKind::Mail)?;
        row.0.recipient = "ceo@elsewhere.example".to_owned();
        Some(())
    });
}

#[test]
fn e14_sees_a_journey_that_waits_for_nothing() {
    broken_by("E14", |_, lived| {
        live_journey(&mut lived.snapshot.contacts)?.due_at = None;
        Some(())
    });
}

#[test]
fn the_rules_are_those_of_the_language() {
    let names: Vec<&str> = RULES.iter().map(|rule| rule.name).collect();
    let expected: Vec<String> = (1..=14).map(|number| format!("E{number}")).collect();
    assert_eq!(names, expected);
}
