//! `notify`: a notice to one's own people.

use crate::support::{Place, World, program};
use flow_runtime::engine::Notice;
use flow_runtime::store::OutboxKind;
use serde_json::json;

const TOLD: &str = r#"
workflow w {
  owner "ops@acme.example"
  enter when signed_up
  reenter after 1 minute
  send on friday in contact timezone
  notify owner "{first_name or "Somebody"} has {score} points"
  notify far "look"
  notify lost "nobody looks"
  notify "cy@acme.example" "you too"
  score += 1
  wait 1 day
  notify sales "whose turn"
  handoff to sales { note "now" }
}
"#;

fn everywhere(text: &str, words: &[(&str, &str)], see: impl Fn(&mut World)) {
    for place in Place::ALL {
        let mut world = World::on(place, program(text));
        world.contact("ada", words);
        world.at("2026-03-02 10:00").event("ada", "signed_up", json!({})).run();
        see(&mut world);
    }
}

/// Who was told what, in the order of the log.
fn told(world: &World) -> Vec<(String, String)> {
    let mut rows: Vec<_> = world.snapshot().outbox.into_iter().map(|(row, _)| row).collect();
    rows.retain(|row| row.kind == OutboxKind::Notice);
    rows.sort_by_key(|row| row.id);
    let notices = rows.iter().map(|row| serde_json::from_str::<Notice>(&row.payload).unwrap());
    notices.map(|notice| (notice.to, notice.text.lines().next().unwrap_or_default().to_owned())).collect()
}

fn of(to: &str, text: &str) -> (String, String) {
    (format!("{to}@acme.example"), text.to_owned())
}

#[test]
fn ones_own_people_are_told_at_once_whatever_the_person_wants() {
    let words = [("first_name", "Ada"), ("unsubscribed", "yes"), ("do_not_contact", "no"), ("score", "7")];
    everywhere(TOLD, &words, |world| {
        assert_eq!(told(world), [of("ops", "Ada has 7 points"), of("lead", "look"), of("cy", "you too")]);
        let story = world.story("ada");
        for line in ["s0.1", "s1.3", "s2.4", "s3.2"] {
            assert!(story.contains(&format!("03-02 10:00 w Notified {line}")), "{story:?}");
        }
        assert_eq!(world.score("ada"), 8);
        // A notice takes no turn: the handoff goes to the same member.
        world.reopen().at("2026-03-03 10:00").run();
        let later = told(world);
        assert_eq!(later[3], of("bo", "whose turn"));
        assert_eq!(later[4].0, "bo@acme.example");
        // Coming again, they are told again.
        world.at("2026-03-05 10:00").event("ada", "signed_up", json!({})).run();
        assert_eq!(told(world).len(), 8);
    });
}

/// Before it a goal and an exit are asked (E5).
#[test]
fn an_exit_that_holds_comes_first() {
    let text = "workflow w { owner \"ops@acme.example\"; enter when signed_up; reenter never; exit when score >= 5; score += 5; notify owner \"x\" }";
    everywhere(text, &[], |world| {
        assert!(told(world).is_empty());
        assert!(world.story("ada").iter().any(|line| line.contains("ExitedWhen")));
    });
}
