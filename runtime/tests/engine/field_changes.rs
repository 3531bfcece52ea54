//! Entries at a change of a field, and what counts such changes.

use crate::support::{Crash, World, at, world};
use flow_runtime::time::Instant;
use serde_json::json;

fn entered(world: &World, user: &str) -> Vec<String> {
    let mut story = world.story(user);
    story.retain(|line| line.contains("Entered") || line.contains("Ignored"));
    story.sort();
    story
}

/// Two workflows a value: by what it was, and by what it is.
const PLANS: &str = "contact { plan text? ; seats number? ; renewal date? ; tier one of \"free\", \"pro\", \"team\"? ; beta yes/no = no }
workflow from_free { enter when tier changes from \"free\" to \"pro\"; reenter after 1 minute; score += 1 }
workflow to_pro { enter when tier changes to \"pro\"; reenter after 1 minute; score += 1 }
workflow was_free { enter when tier changes from \"free\"; reenter after 1 minute; score += 1 }
workflow was_none { enter when tier changes from unknown; reenter after 1 minute; score += 1 }
workflow any { enter when tier changes; reenter after 1 minute; score += 1 }";

fn becomes(world: &mut World, at: &str, words: &[(&str, &str)]) {
    world.at(at).identify("ada", words).run();
}

#[test]
fn what_it_was_and_what_it_is_decide() {
    let mut world = world(PLANS);
    world.contact("ada", &[]);
    for (at, tier) in [("03-02 10:00", "free"), ("03-03 10:00", "pro"), ("03-04 10:00", "team"), ("03-05 10:00", "pro")]
    {
        becomes(&mut world, &format!("2026-{at}"), &[("tier", tier)]);
    }
    assert_eq!(
        entered(&world, "ada"),
        [
            "03-02 10:00 any Entered",
            "03-02 10:00 was_none Entered",
            "03-03 10:00 any Entered",
            "03-03 10:00 from_free Entered",
            "03-03 10:00 to_pro Entered",
            "03-03 10:00 was_free Entered",
            "03-04 10:00 any Entered",
            "03-05 10:00 any Entered",
            "03-05 10:00 to_pro Entered",
        ]
    );
    world.check_invariants();
}

/// The same value again is no change, and neither is it in other letters.
#[test]
fn every_kind_of_field_changes_once_a_value() {
    for (field, test, values) in [
        ("plan", "plan changes to \"Gold\"", ["silver", "GOLD", "gold"]),
        ("plan", "plan changes from \"Silver\"", ["silver", "gold", "Gold"]),
        ("seats", "seats changes from 5 to 9", ["5", "9", "9"]),
        ("beta", "beta changes to yes", ["no", "yes", "yes"]),
        ("tier", "tier changes to \"pro\"", ["free", "pro", "pro"]),
        ("stage", "stage changes to mql", ["lead", "mql", "mql"]),
        ("score", "score changes from 0", ["0", "5", "5"]),
    ] {
        let head = PLANS.lines().next().unwrap();
        let mut world =
            world(&format!("{head}\nworkflow w {{ enter when {test}; reenter after 1 minute; wait 1 hour }}"));
        world.contact("ada", &[]);
        for (day, value) in (2..).zip(values) {
            becomes(&mut world, &format!("2026-03-0{day} 10:00"), &[(field, value)]);
        }
        assert_eq!(entered(&world, "ada"), ["03-03 10:00 w Entered"], "{test}");
    }
}

/// What stands there between two events of one second is no change, and what comes to the same none either.
#[test]
fn changes_are_judged_at_the_end_of_an_instant() {
    let mut world = world(PLANS);
    world.contact("ada", &[]);
    becomes(&mut world, "2026-03-02 10:00", &[("tier", "free")]);
    world.at("2026-03-03 10:00").identify("ada", &[("tier", "pro")]).identify("ada", &[("tier", "free")]).run();
    world.at("2026-03-04 10:00").identify("ada", &[("tier", "team")]).identify("ada", &[("tier", "pro")]).run();
    assert_eq!(
        entered(&world, "ada")[2..],
        [
            "03-04 10:00 any Entered",
            "03-04 10:00 from_free Entered",
            "03-04 10:00 to_pro Entered",
            "03-04 10:00 was_free Entered",
        ]
    );
}

/// What the first file says was so already, and what history says too. A later file brings news, as an event does.
#[test]
fn what_a_file_or_history_brings_first_is_no_change() {
    let mut world = world(PLANS);
    world.engine().begin(Instant(at("2026-03-02")), None).unwrap();
    let row = |world: &World, tier: &str| world.row(&["user:ada"], &[("email", "ada@x.example"), ("tier", tier)]);
    let first = row(&world, "free");
    world.import(&[first]);
    world.at("2026-03-03 10:00").identify("bo", &[("tier", "pro")]).occurred("2026-01-01 10:00").run();
    assert_eq!((entered(&world, "ada").len(), entered(&world, "bo").len()), (0, 0));
    let second = row(&world, "pro");
    world.at("2026-03-04 10:00").import(&[second]);
    world.at("2026-03-05 10:00").identify("bo", &[("tier", "free")]).run();
    assert_eq!(
        entered(&world, "ada"),
        ["any", "from_free", "to_pro", "was_free"].map(|name| format!("03-04 10:00 {name} Entered"))
    );
    assert_eq!(entered(&world, "bo"), ["03-05 10:00 any Entered"], "from then on it is known");
}

/// Its own steps let nobody in again; those of another workflow do.
#[test]
fn what_a_workflows_own_steps_change_is_no_entry_of_it() {
    let mut world = world(
        "workflow up { enter when signed_up; reenter after 1 minute; set industry = \"saas\" }
         workflow own { enter when industry changes; reenter after 1 minute; set industry = \"fintech\" }
         workflow other { enter when industry changes to \"fintech\"; reenter after 1 minute; score += 1 }",
    );
    world.contact("ada", &[]).at("2026-03-02 10:00").event("ada", "signed_up", json!({})).run();
    assert_eq!(
        entered(&world, "ada"),
        [
            "03-02 10:00 other Entered",
            "03-02 10:00 own Entered",
            "03-02 10:00 own Ignored.11",
            "03-02 10:00 up Entered",
        ]
    );
}

/// A condition beside it is asked when it changes, as beside an event; and one of several changes or events is enough.
#[test]
fn it_stands_beside_conditions_and_events() {
    let mut world = world(
        "workflow w { enter when (stage changes to mql or signed_up) and industry is \"saas\"; reenter after 1 minute; score += 1 }",
    );
    world.contact("ada", &[]);
    becomes(&mut world, "2026-03-02 10:00", &[("stage", "mql"), ("industry", "fintech")]);
    becomes(&mut world, "2026-03-03 10:00", &[("industry", "saas")]);
    world.at("2026-03-04 10:00").event("ada", "signed_up", json!({})).run();
    assert_eq!(entered(&world, "ada"), ["03-02 10:00 w Ignored.9", "03-04 10:00 w Entered"]);
}

/// Changes are counted and waited for as events are.
#[test]
fn a_journey_waits_for_a_change_and_counts_them() {
    let mut world = world(
        "segment restless = industry changes at least 2 times in the last 10 days
         workflow w { enter when signed_up; reenter never; wait until industry changes to \"saas\" up to 9 days
           if timed out { set region = \"EMEA\" } else { set region = \"APAC\" } }
         workflow r { enter when entered restless; reenter never; score += 1 }",
    );
    world.contact("ada", &[]).at("2026-03-02 10:00").event("ada", "signed_up", json!({})).run();
    becomes(&mut world, "2026-03-03 10:00", &[("industry", "fintech")]);
    becomes(&mut world, "2026-03-04 10:00", &[("industry", "saas")]);
    world.at("2026-03-20").run();
    assert_eq!((world.read("ada", "region"), world.score("ada")), (3, 1));
}

/// A change that is left to the end of its instant is not lost with a process that dies before.
#[test]
fn a_kill_between_two_events_of_an_instant_loses_no_change() {
    for commits in 1..6 {
        let mut world = world(PLANS).limits(1, 1);
        world.contact("ada", &[]);
        becomes(&mut world, "2026-03-02 10:00", &[("tier", "free")]);
        world.at("2026-03-03 10:00").identify("ada", &[("tier", "team")]).identify("ada", &[("tier", "pro")]);
        *world.shared.crash.lock().unwrap() = Crash::AfterCommit(commits);
        let died = world.run_all("2026-03-03 11:00").is_err();
        *world.shared.crash.lock().unwrap() = Crash::Never;
        if died {
            world.reopen();
            world.run_all("2026-03-03 11:00").unwrap();
        }
        assert_eq!(
            entered(&world, "ada")[2..],
            [
                "03-03 10:00 any Entered",
                "03-03 10:00 from_free Entered",
                "03-03 10:00 to_pro Entered",
                "03-03 10:00 was_free Entered",
            ],
            "{commits}"
        );
    }
}

/// A version that begins to watch a field knows what it was, whoever was looked at and whoever was not, and other numbers of choices and stages are no
/// change.
#[test]
fn a_new_version_knows_what_a_field_was() {
    let watches = "workflow w { enter when tier changes to \"pro\"; reenter after 1 minute; score += 1 }
                   workflow t { enter when plan changes from \"gold\"; reenter after 1 minute; score += 1 }
                   workflow s { enter when stage changes; reenter after 1 minute; score += 1 }";
    let fields = |tiers: &str| format!("contact {{ plan text? ; tier one of {tiers}? }}");
    let quiet = "workflow q { enter when signed_up; reenter never; wait 1 day }";
    for is_watched_before in [false, true] {
        let first = fields("\"free\", \"pro\"") + if is_watched_before { watches } else { quiet };
        let mut world = world(&first);
        world.contact("ada", &[("tier", "pro"), ("plan", "gold"), ("stage", "mql")]);
        let before = entered(&world, "ada").len();
        world.at("2026-03-03 10:00").becomes(&format!("{}\n{watches}", fields("\"new\", \"free\", \"pro\"")));
        world.at("2026-03-04 10:00").run();
        becomes(&mut world, "2026-03-05 10:00", &[("tier", "pro"), ("plan", "Gold"), ("stage", "mql")]);
        assert_eq!(entered(&world, "ada").len(), before, "{:?}", world.story("ada"));
        becomes(&mut world, "2026-03-06 10:00", &[("tier", "free"), ("plan", "silver"), ("stage", "sql")]);
        becomes(&mut world, "2026-03-07 10:00", &[("tier", "pro")]);
        assert_eq!(
            entered(&world, "ada")[before..],
            ["03-06 10:00 s Entered", "03-06 10:00 t Entered", "03-07 10:00 w Entered"],
        );
    }
}

/// Two contacts prove to be one: what is known of them by that is no change.
#[test]
fn a_join_is_no_change() {
    let mut world = world(PLANS);
    world.contact("ada", &[("tier", "free")]);
    let before = entered(&world, "ada").len();
    world.at("2026-03-03 10:00").identify("", &[("tier", "pro")]).only_key("anonymous:d1").run();
    world.at("2026-03-04 10:00").identify("ada", &[]).keys(&["anonymous:d1"]).run();
    let story = entered(&world, "ada");
    assert!(!story[before..].iter().any(|line| line.starts_with("03-04")), "{story:?}");
}
