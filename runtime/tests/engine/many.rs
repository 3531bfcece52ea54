//! What an item costs in a program of many workflows: what it matches and changes, however many other workflows there are.

use crate::support::{MINUTE, Shared, World, at, program, world};
use flow_ir::backend::{Backend, Columns, Host, Memory, Moment, Stop, Verdict, View};
use flow_ir::columns::OneByOne;
use flow_ir::interpret::Interpreter;
use flow_ir::{PredicateId, Program, WorkflowId};
use flow_runtime::engine::Engine;
use flow_runtime::time::Instant;
use proptest::prelude::*;
use std::fmt::Write as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Counts how often it is asked anything.
struct Counting {
    inner: Interpreter,
    asked: AtomicUsize,
}

impl Backend for Counting {
    fn name(&self) -> &'static str {
        self.inner.name()
    }
    fn holds(&self, predicate: PredicateId, view: View<'_>, moment: Moment, host: &mut dyn Host) -> Verdict {
        self.asked.fetch_add(1, Ordering::Relaxed);
        self.inner.holds(predicate, view, moment, host)
    }
    fn columns<'b>(&'b self, _: &'b Program, predicates: &[PredicateId]) -> Box<dyn Columns + 'b> {
        Box::new(OneByOne::new(self, predicates))
    }
    fn step(&self, workflow: WorkflowId, memory: Memory<'_>, block: u32, now: i64, host: &mut dyn Host) -> Stop {
        self.asked.fetch_add(1, Ordering::Relaxed);
        self.inner.step(workflow, memory, block, now, host)
    }
}

/// Families of segments and of workflows that are let in by an event, by what becomes true, and by each other.
fn text(families: usize) -> String {
    let mut text =
        "workflow greet {\n  enter when signed_up\n  reenter after 1 day\n  wait 30 minutes\n  score += 1\n}\n"
            .to_owned();
    for nth in 1..=families {
        let hours = 100 + nth;
        let _ = write!(
            text,
            r#"
segment keen_{nth} = visited(page is "/P{nth}") at least 2 times in the last 14 days
segment eager_{nth} = keen_{nth} and entered keen_{nth} in the last 30 days
segment of_{nth} = company_name is "company {nth}"
workflow visits_{nth} {{
  enter when visited(page is "/p{nth}")
  reenter after 1 day
  exit when eager_{nth} or of_{nth}
  wait 2 days
  start later_{nth}
}}
workflow keen_ones_{nth} {{
  enter when keen_{nth} new only
  reenter after 1 day
  score += 1
}}
workflow quiet_{nth} {{
  enter when visited(page is "/p{nth}") at least 3 times in the last {nth} hours new only
  reenter after 1 day
  score += 1
}}
workflow silent_{nth} {{
  enter when not visited(page is "/p{nth}") in the last {hours} hours and visited(page is "/p{nth}") ever new only
  reenter after 1 day
  score += 1
}}
workflow crossing_{nth} {{
  enter when left keen_{nth}
  reenter after 1 day
  score += 1
}}
workflow later_{nth} {{
  enter by hand
  reenter after 1 day
  score += 1
}}
"#
        );
    }
    text
}

/// A world whose engine counts.
struct Counted {
    world: World,
    engine: Engine<Shared>,
    backend: Arc<Counting>,
}

impl Counted {
    fn new(families: usize) -> Counted {
        let world = world(&text(families));
        let inner = Interpreter::new(Arc::clone(&world.program)).unwrap();
        let backend = Arc::new(Counting { inner, asked: AtomicUsize::new(0) });
        let engine = world.engine_over(backend.clone(), world.shared.clone());
        Counted { world, engine, backend }
    }

    /// How often anything is asked up to an instant.
    fn asked_until(&mut self, until: &str) -> usize {
        let before = self.backend.asked.load(Ordering::Relaxed);
        let stream = self.world.stream.clone().into_iter();
        self.engine.run_until(Instant(at(until)), &mut stream.map(Ok), &mut |_| {}).unwrap();
        self.backend.asked.load(Ordering::Relaxed) - before
    }

    fn visit(&mut self, when: &str, page: &str) -> usize {
        self.world.at(when).event("ada", "visited", serde_json::json!({ "page": page }));
        self.asked_until(when)
    }
}

/// What each item of a story asks, and how the story goes.
fn story(families: usize) -> (Vec<usize>, Vec<String>) {
    let mut counted = Counted::new(families);
    counted.world.at("2026-03-02 09:00").event("ada", "signed_up", serde_json::json!({}));
    // Somebody new is asked everything once, and once what time can change by itself.
    assert!(counted.asked_until("2026-03-02 09:45") >= 4 * families);
    let asked = vec![
        counted.visit("2026-03-02 10:00", "/p3"),
        counted.visit("2026-03-02 10:05", "/nobody"),
        // The wait is over, and another workflow starts.
        counted.asked_until("2026-03-04 11:00"),
        // Nobody is asked a second time what time alone has not changed.
        counted.asked_until("2026-03-04 12:00"),
        // Twice in two weeks: in both segments, and in the workflow of those who are.
        counted.visit("2026-03-05 10:00", "/p3"),
        // Time alone leads out.
        counted.asked_until("2026-04-20 10:00"),
    ];
    (asked, counted.world.story("ada"))
}

#[test]
fn twice_the_workflows_are_no_more_questions() {
    let twice = story(16);
    let (asked, story) = story(8);
    assert_eq!((&asked, &story), (&twice.0, &twice.1));
    assert!(asked.iter().all(|asked| *asked < 16), "{asked:?}");
    for line in ["visits_3 Entered", "later_3 Entered.1", "keen_ones_3 Entered", "crossing_3 Entered"] {
        assert!(story.iter().any(|found| found.ends_with(line)), "{line} in {story:#?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// What an engine remembers of a contact decides nothing: one that reads them anew before each event comes to the same.
    #[test]
    fn what_is_remembered_of_a_contact_decides_nothing(
        visits in proptest::collection::vec((0_usize..2, 0_usize..4, 1_i64..6_000), 1..30),
    ) {
        let program = program(&text(3));
        let (mut remembering, mut forgetful) = (World::of(Arc::clone(&program)), World::of(program));
        let mut now = at("2026-03-02");
        for (who, page, minutes) in visits {
            now += minutes * MINUTE;
            for world in [&mut remembering, &mut forgetful] {
                world.set_now(now);
                world.event(["ada", "bob"][who], "visited", serde_json::json!({ "page": format!("/p{page}") }));
            }
            remembering.run();
            forgetful.reopen().run();
        }
        for world in [&mut remembering, &mut forgetful] {
            world.set_now(now + 60 * 24 * 60 * MINUTE);
        }
        remembering.run();
        forgetful.reopen().run();
        prop_assert_eq!(remembering.snapshot(), forgetful.snapshot());
    }
}
