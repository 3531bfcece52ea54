//! `move stage back`: the only way down, told with its reason.

use crate::support::{Place, World, program};
use serde_json::json;

const BACK: &str = r#"
workflow w {
  enter when signed_up
  reenter after 1 minute
  move stage back to lead because "lost the budget"
  score += 1
}
workflow lost_them { enter when stage changes to lead; reenter after 1 minute; score += 10 }
"#;

fn everywhere(stage: &str, see: impl Fn(&mut World)) {
    for place in Place::ALL {
        let mut world = World::on(place, program(BACK));
        world.contact("ada", &[("stage", stage)]);
        world.at("2026-03-02 10:00").event("ada", "signed_up", json!({})).run();
        see(&mut world);
    }
}

/// The arms that ran, as the decisions have them.
fn moved(world: &World) -> usize {
    world.snapshot().decisions.iter().filter(|decision| decision.trace.iter().any(|word| *word != 0)).count()
}

/// The changes of stages by steps, as the ledger has them.
fn by_steps(world: &World) -> Vec<(i64, i64)> {
    let stages = world.snapshot().stages;
    stages.iter().filter(|change| change.by.journey.is_some()).map(|change| (change.from, change.to)).collect()
}

#[test]
fn whoever_is_further_comes_back_and_it_is_told() {
    everywhere("opportunity", |world| {
        assert_eq!(world.read("ada", "stage"), 1);
        assert_eq!((world.score("ada"), moved(world)), (11, 1));
        assert_eq!(by_steps(world), [(4, 1)]);
        // Once is enough, and a later word of the CRM counts.
        world.reopen().at("2026-03-03 10:00").event("ada", "signed_up", json!({})).run();
        assert_eq!((world.score("ada"), moved(world)), (12, 1));
        world.at("2026-03-04 10:00").identify("ada", &[("stage", "sql")]).run();
        assert_eq!(world.read("ada", "stage"), 3);
    });
}

#[test]
fn whoever_is_there_or_below_stays() {
    for (stage, number) in [("lead", 1), ("subscriber", 0)] {
        everywhere(stage, |world| {
            assert_eq!((world.read("ada", "stage"), moved(world)), (number, 0));
            assert_eq!(by_steps(world), []);
        });
    }
}

/// Who is held out is told apart from who was moved, at the same step.
#[test]
fn whoever_is_moved_is_not_told_as_held_out() {
    let program =
        program(&BACK.replace("reenter after 1 minute\n  move", "reenter after 1 minute\n  holdout 1%\n  move"));
    let arms = &program.debug.workflows.values().next().unwrap().arms;
    let texts: Vec<&str> = arms.iter().map(|arm| arm.text.as_str()).collect();
    assert!(texts.contains(&"held out") && texts.iter().any(|text| text.contains("lost the budget")), "{texts:?}");
}
