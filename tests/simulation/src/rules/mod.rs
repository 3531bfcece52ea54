//! The execution rules of the language (LANGUAGE.md, section 9), each as what must be so of everything that a run has left.
//!
//! A rule looks at the events, the decisions, the outbox and the other side's book, and never asks the engine. Where it cannot tell for certain, it
//! says nothing: what it says is broken. That mails which are due do leave, and waits end when they must, is what the comparison of two lives
//! shows, and the rules by counting: no journey, event or message is without its outcome.

mod e01_one_thing_at_a_time;
mod e02_deterministic;
mod e03_arrival_is_idempotent;
mod e04_enrolment;
mod e05_order_and_exits;
mod e06_waiting_misses_nothing;
mod e07_consent;
mod e08_windows;
mod e09_effects_leave_once;
mod e10_versions;
mod e11_identity;
mod e12_explainable;
mod e13_test_is_not_live;
mod e14_total;

use crate::seen::Seen;

/// A rule, with what says where it is broken; nothing where it holds.
pub struct Rule {
    /// `E5`.
    pub name: &'static str,
    /// Its heading in the language's law.
    pub title: &'static str,
    /// What is said is broken.
    pub broken: fn(&Seen<'_>) -> Option<String>,
}

/// All of them.
pub const RULES: &[Rule] = &[
    Rule { name: "E1", title: "One thing at a time", broken: e01_one_thing_at_a_time::broken },
    Rule { name: "E2", title: "Deterministic", broken: e02_deterministic::broken },
    Rule { name: "E3", title: "Arrival is idempotent", broken: e03_arrival_is_idempotent::broken },
    Rule { name: "E4", title: "Enrolment", broken: e04_enrolment::broken },
    Rule { name: "E5", title: "Order and exits", broken: e05_order_and_exits::broken },
    Rule { name: "E6", title: "Waiting misses nothing", broken: e06_waiting_misses_nothing::broken },
    Rule { name: "E7", title: "Consent is not optional", broken: e07_consent::broken },
    Rule { name: "E8", title: "Caps and windows", broken: e08_windows::broken },
    Rule { name: "E9", title: "Effects leave once", broken: e09_effects_leave_once::broken },
    Rule { name: "E10", title: "Versions", broken: e10_versions::broken },
    Rule { name: "E11", title: "Identity, merge and erase", broken: e11_identity::broken },
    Rule { name: "E12", title: "Explainable", broken: e12_explainable::broken },
    Rule { name: "E13", title: "Test is not live", broken: e13_test_is_not_live::broken },
    Rule { name: "E14", title: "Total", broken: e14_total::broken },
];

/// The rules that are broken, each with where.
pub fn broken(seen: &Seen<'_>) -> Vec<String> {
    let ask = |rule: &Rule| (rule.broken)(seen).map(|told| format!("{} {}: {told}", rule.name, rule.title));
    RULES.iter().filter_map(ask).collect()
}
