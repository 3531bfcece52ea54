//! A fixed number of worlds, each lived through twice, and every rule asked of them.
//!
//! ```sh
//! FLOW_SIMULATION_WORLDS=2000 cargo test -p flow-simulation --test seeds     # more of them
//! ```
#![allow(clippy::unwrap_used, clippy::panic)]

use std::collections::BTreeSet;

use flow_runtime::engine::reason;
use flow_runtime::store::DecisionCode;
use flow_simulation::run::{Manner, live};
use flow_simulation::shrink::shrunk;
use flow_simulation::told::told;
use flow_simulation::trial::trial;
use flow_simulation::world::World;

/// The worlds of CI.
const WORLDS: u64 = 40;

fn worlds() -> u64 {
    #[expect(clippy::disallowed_methods, reason = "how many worlds, which somebody may ask for")]
    std::env::var("FLOW_SIMULATION_WORLDS").ok().and_then(|words| words.parse().ok()).unwrap_or(WORLDS)
}

#[test]
fn no_rule_breaks_in_worlds_with_faults_kills_and_clock_jumps() {
    no_rule_breaks(World::of);
}

#[test]
fn no_rule_breaks_in_wider_worlds() {
    no_rule_breaks(World::wide);
}

fn no_rule_breaks(make: fn(u64) -> World) {
    for seed in 1..=worlds() {
        let world = make(seed);
        let tried = trial(&world);
        if !tried.broken.is_empty() {
            let first = tried.broken.join("\n");
            let (world, tried) = shrunk(&world, &tried);
            panic!("seed {seed}: {first}\n\nmade smaller:\n{}", told(&world, &tried));
        }
    }
}

/// How many worlds are as many as it takes for what is rare.
const MANY: u64 = 1_500;
/// Reasons that few worlds reach: asked where [`MANY`] are lived through.
const RARE: [&str; 8] = [
    "another workflow stopped this one before it began",
    "the contact waits for their turn in this workflow already",
    "the workflow's own steps made it true",
    "a step said so, and its goal was met before",
    "its journey had ended by then",
    "the workflow skips this contact",
    "it could not leave for as long as a mail may be held",
    "the contact has paused marketing mail",
];
/// Reasons that no world is made for: a workflow that is taken away while somebody waits for it within ten minutes, or for their turn, a mail
/// that two joined journeys had both sent, waits for a date, time between two mails, consent that a policy asks for, holdouts, late mails and pauses, what is
/// done at an end, notices, what teams answer, caps on mail about a topic, whoever comes back, several journeys in one workflow, and members who are away or have no room. The engine's own tests have them.
const ELSEWHERE: [&str; 50] = [
    "their address came more than ten minutes after they had asked for mail",
    "the contact has had as many mails about a topic as the policy allows",
    "for as long as it may be held, the contact had as many mails about a topic as the policy allows",
    "the contact had as many mails about a topic as the policy allows",
    "a workflow had suppressed the contact, and the policy lets them come back",
    "the event does not say for which value the contact would come in",
    "the contact is in this workflow already for this value",
    "the contact was in this workflow before for this value, and it takes everyone once for each",
    "the contact left this workflow too recently to come in again for this value",
    "the contact is in this workflow for as many values as somebody can be at once",
    "the contact was in this workflow for as many values as can be remembered, so that nobody knows whether this one is new",
    "the contact has asked for no mail that they have still to confirm",
    "the contact only tries things out",
    "nobody, because the contact only tries things out",
    "the backup, because nobody who covers the contact is there and has room",
    "nobody, because nobody who covers the contact is there and has room, and there is no backup",
    "a member of the team, for one who has had the contact and is away",
    "the backup has the contact now",
    "there is no backup any more, and the contact stays with whoever has them",
    "the contact is marked as not to be contacted, and stays with whoever has them",
    "the contact only tries things out, and stays with whoever has them",
    "somebody of the team works on it",
    "the team does not take the contact",
    "the team has done what was to be done",
    "the contact has not said that they want marketing mail",
    "the contact has not confirmed yet that they want marketing mail",
    "the contact had not said before that they want marketing mail",
    "the contact wants no mail about this topic",
    "the contact has chosen other topics than this",
    "the workflow does nothing for some, to compare them with the others",
    "the policy does nothing for some, to compare them with the others",
    "nothing is done for this contact, to compare them with the others",
    "the goal was met without anything that the workflow does",
    "a team would have taken the contact over, for whom nothing is done",
    "it came more than an hour after it was due, and is of no use then",
    "it came more than an hour after it was due, and waits for the next window",
    "the workflow pauses while this holds",
    "the contact is in a workflow that pauses this one",
    "the contact is in another workflow that keeps them out of this one",
    "the owner of the workflow",
    "a member of a team",
    "the backup, because no member covers the contact",
    "nobody, because there is nobody to tell",
    "it ended, as its goal was met",
    "it ended by an exit",
    "another email of this workflow has left too shortly before",
    "for as long as it may be held, another email of this workflow had left too shortly before",
    "the workflow was taken out of the project before it began",
    "the contact has received it in this journey already",
    "the date that it waited for was past or missing",
];

/// Worlds in which nothing happens would break nothing: what Flow can decide is decided in some of them.
#[test]
fn worlds_reach_what_can_be_decided() {
    let mut reached = BTreeSet::new();
    let mut deaths = 0;
    let mut counts = std::collections::BTreeMap::new();
    for world in (1..=worlds()).flat_map(|seed| [World::of(seed), World::wide(seed)]) {
        let lived = live(&world, &Manner::of(&world)).unwrap();
        deaths += u64::from(lived.deaths);
        for r in lived.snapshot.decisions.iter().map(|row| (row.code as u8, row.reason)) {
            *counts.entry(r).or_insert(0u64) += 1;
        }
        reached.extend(lived.snapshot.decisions.iter().map(|row| (row.code as u8, row.reason)));
    }
    for (code, number, words) in reason::all() {
        println!("{:?} {words}: {:?}", code, counts.get(&(code as u8, number)));
    }
    let unreached = |(code, number, _): &(DecisionCode, u32, &str)| !reached.contains(&(*code as u8, *number));
    let is_for_these = |words: &&str| !ELSEWHERE.contains(words) && (worlds() >= MANY || !RARE.contains(words));
    let unreached: Vec<&str> =
        reason::all().into_iter().filter(unreached).map(|(.., words)| words).filter(is_for_these).collect();
    assert_eq!(unreached, Vec::<&str>::new(), "no world has this reason");
    let codes: BTreeSet<u8> = reached.iter().map(|(code, _)| *code).collect();
    let without_reason = [
        DecisionCode::Held,
        DecisionCode::TimedOut,
        DecisionCode::Attributed,
        DecisionCode::ExitedWhen,
        DecisionCode::Delivered,
        DecisionCode::Stopped,
        DecisionCode::Opened,
        DecisionCode::Clicked,
        DecisionCode::GoalMet,
    ];
    let missing: Vec<DecisionCode> =
        without_reason.into_iter().filter(|code| !codes.contains(&(*code as u8))).collect();
    assert_eq!(missing, [], "no world decides it");
    assert!(deaths > worlds(), "{deaths} deaths");
}

#[test]
fn a_seed_gives_one_world_and_one_log() {
    for seed in [3, 8, 21] {
        let (one, other) = (World::of(seed), World::of(seed));
        assert_eq!(one, other);
        let [one, other] = [one, other].map(|world| live(&world, &Manner::of(&world)).unwrap());
        assert_eq!((one.snapshot.digest(), one.book, one.deaths), (other.snapshot.digest(), other.book, other.deaths));
    }
}
