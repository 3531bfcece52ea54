//! Sums stop at the limit of values, each by itself: what stands between two of them decides nothing.

use crate::support::{World, program};
use flow_ir::{NUMBER_SCALE, VALUE_LIMIT};

/// What may stand between two sums: nothing, what ends a block, and what is asked of the frame as it stands.
const BETWEEN: [&str; 4] =
    ["", "send bill\n", "wait 1 hour\n", "if hot { set region = \"EMEA\" } else { set region = \"APAC\" }\n"];

/// Runs the steps on both back ends, for somebody whose score is as near to the limit as a whole number can be.
fn scores(steps: &str) -> Vec<i64> {
    let text = format!("segment hot = score >= 60\nworkflow w {{\n enter when signed_up\n reenter never\n{steps}}}\n");
    let program = program(&text);
    [World::of(program.clone()), World::of(program).native()]
        .map(|mut world| {
            let highest = (VALUE_LIMIT / NUMBER_SCALE).to_string();
            world.contact("ada", &[("email", "ada@x.example"), ("score", &highest)]);
            world.at("2026-03-02 10:00").event("ada", "signed_up", serde_json::json!({})).run();
            world.at("2026-03-03 10:00").run();
            world.check_invariants();
            world.read("ada", "score")
        })
        .into()
}

#[test]
fn what_parts_two_sums_at_the_limit_changes_neither() {
    for between in BETWEEN {
        let found = scores(&format!("score += 10\n{between}score -= 4\n"));
        assert_eq!(found, [VALUE_LIMIT - 4 * NUMBER_SCALE; 2], "{between}");
        let found = scores(&format!("if score >= 60 {{\nscore += 10\n{between}}}\nscore -= 4\n"));
        assert_eq!(found, [VALUE_LIMIT - 4 * NUMBER_SCALE; 2], "{between}");
    }
}

/// Where the one side has reached the limit, so has the other, wherever its parts come from.
#[test]
fn a_sum_asked_about_stops_where_a_sum_kept_does() {
    for between in BETWEEN {
        let found = scores(&format!("score += 10\n{between}if score + 10 > score + 7 {{\nscore -= 4\n}}\n"));
        assert_eq!(found, [VALUE_LIMIT; 2], "{between}");
        let found = scores(&format!("score -= 8\n{between}if score + 10 > score + 7 {{\nscore -= 4\n}}\n"));
        assert_eq!(found, [(VALUE_LIMIT / NUMBER_SCALE - 12) * NUMBER_SCALE; 2], "{between}");
    }
}
