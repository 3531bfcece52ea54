//! Entering and leaving segments.

use crate::support::{World, world};

const HOT: &str = r#"
segment hot = employees >= 60
segment restless = entered hot at least 2 times in the last 30 days
segment silent = inactive for 10 days
workflow greet { enter when entered hot; reenter after 1 day; set industry = "saas" }
workflow miss { enter when left hot; reenter after 1 day; set industry = "fintech" }
workflow calm { enter when entered restless; reenter after 1 day; set region = "EMEA" }
workflow wake { enter when entered silent; reenter after 1 day; set region = "APAC" }
"#;

fn grown(world: &mut World, day: &str, employees: &str) {
    world.at(day).identify("ada", &[("employees", employees)]).run();
}

#[test]
fn each_crossing_triggers_once_and_standing_still_does_not() {
    let mut world = world(HOT);
    world.contact("ada", &[]);
    for (day, employees) in [("03-02", "60"), ("03-03", "90"), ("03-04", "10"), ("03-05", "20"), ("03-06", "61")] {
        grown(&mut world, &format!("2026-{day} 10:00"), employees);
    }
    assert_eq!(
        world.story("ada").into_iter().filter(|line| line.contains("Entered")).collect::<Vec<_>>(),
        [
            "03-02 10:00 greet Entered",
            "03-04 10:00 miss Entered",
            "03-06 10:00 greet Entered",
            "03-06 10:00 calm Entered"
        ]
    );
    world.check_invariants();
}

/// A segment that time alone brings about is entered at that instant.
#[test]
fn time_moves_people_too() {
    let mut world = world(HOT);
    world.contact("ada", &[]);
    world.at("2026-03-02 10:00").event("ada", "signed_up", serde_json::json!({})).run();
    world.at("2026-03-20 10:00").run();
    assert_eq!(world.story("ada")[0], "03-12 10:00 wake Entered");
}

/// Who was hot when the file came has not entered: neither does it trigger, nor is it remembered.
#[test]
fn an_import_crosses_nothing() {
    let mut world = world(&format!(
        "{HOT}\nworkflow ask {{ enter when signed_up; reenter after 1 day; if entered hot ever {{ set region = \"EMEA\" }} }}"
    ));
    let row = world.row(&["user:ada"], &[("email", "ada@x.example"), ("employees", "80")]);
    world.import(&[row]);
    world.at("2026-03-02 10:00").event("ada", "signed_up", serde_json::json!({})).run();
    assert_eq!(world.story("ada"), ["03-02 10:00 ask Entered", "03-02 10:00 ask Finished.1"]);
    assert_eq!(world.read("ada", "region"), 0);
    grown(&mut world, "2026-03-03 10:00", "10");
    grown(&mut world, "2026-03-04 10:00", "70");
    world.at("2026-03-05 10:00").event("ada", "signed_up", serde_json::json!({})).run();
    assert_eq!(world.read("ada", "region"), 1);
}

/// What a journey waits for may be that its contact leaves.
#[test]
fn a_wait_ends_when_the_contact_leaves() {
    let text = "segment hot = employees >= 60
workflow hold { enter when entered hot; reenter after 1 day; wait until left hot up to 9 days
  if timed out { set industry = \"saas\" } else { set industry = \"fintech\" } }";
    let mut world = world(text);
    world.contact("ada", &[]);
    grown(&mut world, "2026-03-02 10:00", "60");
    grown(&mut world, "2026-03-05 10:00", "10");
    assert_eq!(world.read("ada", "industry"), 2);
    grown(&mut world, "2026-03-06 10:00", "60");
    world.at("2026-03-20 10:00").run();
    assert_eq!(world.read("ada", "industry"), 1);
}

/// As docs/language.md says of steps that bring a segment about: the condition is true at once, and entering it comes behind the steps of the moment.
#[test]
fn a_step_brings_a_segment_about_at_once_and_entering_comes_behind_it() {
    let text = "segment hot = score >= 60
workflow raise { enter when signed_up; reenter after 1 day
  score += 70
  if hot { set industry = \"saas\" }
  wait 1 day
  if entered hot { set region = \"APAC\" } }";
    let mut world = world(text);
    world.contact("ada", &[]);
    world.at("2026-03-02 10:00").event("ada", "signed_up", serde_json::json!({})).run();
    assert_eq!((world.read("ada", "industry"), world.read("ada", "region")), (1, 0));
    world.at("2026-03-05 10:00").run();
    assert_eq!(world.read("ada", "region"), 3);
}

/// A period that passes takes people out, and nothing else has to happen.
#[test]
fn time_takes_people_out_of_a_segment() {
    let text = "segment keen = visited in the last 7 days
workflow bye { enter when left keen; reenter after 1 day; set industry = \"saas\" }";
    let mut world = world(text);
    world.contact("ada", &[]);
    world.at("2026-03-02 10:00").event("ada", "visited", serde_json::json!({})).run();
    world.at("2026-03-20 10:00").run();
    assert_eq!(world.story("ada")[0], "03-09 10:00 bye Entered");
}

/// As docs/language.md says of a period that is left out in a step: it counts from the entry on, and never the event that lets them in.
#[test]
fn without_a_period_a_step_counts_from_the_entry_on() {
    let text = "workflow ask { enter when visited; reenter after 1 hour
  wait 1 minute
  if visited { set industry = \"saas\" } else { set industry = \"fintech\" }
  if visited at least 2 times { set region = \"EMEA\" } else { set region = \"APAC\" } }";
    let mut world = world(text);
    world.contact("ada", &[]);
    for day in ["02", "04"] {
        world.at(&format!("2026-03-{day} 10:00")).event("ada", "visited", serde_json::json!({})).run();
        world.at(&format!("2026-03-{day} 10:05")).run();
        assert_eq!((world.read("ada", "industry"), world.read("ada", "region")), (2, 3), "{day}");
    }
}
