//! The rules of execution, E1 to E14, shown sentence by sentence: a file a rule, a test a sentence, named by what the sentence says. What
//! a sentence says of something that is not in the language yet is listed at the head of its file. `order` shuffles what must not
//! decide anything, and `counts` counts a log by hand.
//!
//! Each test is told once and runs in every place: interpreted and on machine code, in memory and in a file. How the engine works inside
//! is shown by `runtime/tests/engine`.
#![allow(clippy::unwrap_used, clippy::panic)]
#![expect(clippy::indexing_slicing, reason = "a test that looks at a wrong place should fail")]

mod anchors;
mod calendar;
mod counts;
mod e10_versions;
mod e11_identity_merge_and_erase;
mod e12_explainable;
mod e13_test_is_not_live;
mod e14_total;
mod e1_one_thing_at_a_time;
mod e2_deterministic;
mod e3_arrival_is_idempotent;
mod e4_enrolment;
mod e5_order_and_exits;
mod e6_waiting_misses_nothing;
mod e7_consent_is_not_optional;
mod e8_caps_and_windows;
mod e9_effects_leave_once;
mod every_rule;
mod generated;
mod order;
#[path = "../world/mod.rs"]
#[allow(dead_code, reason = "what the engine's own tests need is in it too")]
mod support;

use flow_ir::Program;
use flow_ir::backend::Backend;
use serde_json::json;
use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};
use support::{Place, World, program};

/// Tells a test in every place: on both back ends, over both stores.
pub(crate) fn everywhere(tell: impl Fn(Place)) {
    for place in Place::ALL {
        let told = WherePanicked(place);
        tell(place);
        drop(told);
    }
}

/// Says where a test has failed.
struct WherePanicked(Place);

impl Drop for WherePanicked {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let Place { is_native, is_file } = self.0;
            let (runs, kept) =
                (if is_native { "native" } else { "interpreted" }, if is_file { "a file" } else { "memory" });
            eprintln!("it ran {runs}, kept in {kept}");
        }
    }
}

type Made = (Arc<Program>, Arc<dyn Backend>);

/// What was compiled before, by back end and text: most tests tell of one program four times.
static MADE: LazyLock<Mutex<BTreeMap<(bool, String), Made>>> = LazyLock::new(Mutex::default);

impl Place {
    /// A world of this program in this place. Its invariants are looked at when it goes.
    pub(crate) fn world(self, text: &str) -> World {
        let key = (self.is_native, text.to_owned());
        let made = MADE.lock().unwrap_or_else(PoisonError::into_inner).get(&key).cloned();
        let mut world = World::on(self, made.as_ref().map_or_else(|| program(text), |(program, _)| program.clone()));
        world.is_checked_at_its_end = true;
        match made {
            Some((_, backend)) => world.backend = Some(backend),
            None => {
                let made = (world.program.clone(), world.backend());
                MADE.lock().unwrap_or_else(PoisonError::into_inner).insert(key, made);
            }
        }
        world
    }

    /// The same with Ada in it, who signs up on Monday 2 March 2026 at ten.
    pub(crate) fn signed_up(self, text: &str) -> World {
        let mut world = self.world(text);
        world.contact("ada", &[]);
        does(&mut world, MONDAY, "ada", "signed_up");
        world
    }
}

pub(crate) const MONDAY: &str = "2026-03-02 10:00";

/// A workflow `go` that people enter once, by signing up.
pub(crate) fn go(rest: &str) -> String {
    format!("workflow go {{\n enter when signed_up\n reenter never\n {rest}\n}}")
}

/// Somebody does something at an instant, and it is run.
pub(crate) fn does(world: &mut World, at: &str, user: &str, name: &str) {
    world.at(at).event(user, name, json!({})).run();
}

/// Somebody looks at a page.
pub(crate) fn visits(world: &mut World, at: &str, user: &str, page: &str) {
    world.at(at).event(user, "visited", json!({ "page": page })).run();
}

/// Something becomes known of somebody.
pub(crate) fn becomes(world: &mut World, at: &str, user: &str, words: &[(&str, &str)]) {
    world.at(at).identify(user, words).run();
}

/// What was decided of somebody, as far as it says one of these words.
pub(crate) fn told(world: &World, user: &str, words: &[&str]) -> Vec<String> {
    let story = world.decisions(user).into_iter();
    story.filter(|line| words.iter().any(|word| line.contains(word))).collect()
}

/// How many mails have been handed over.
pub(crate) fn mails(world: &World) -> usize {
    world.mailbox.handed().len()
}
