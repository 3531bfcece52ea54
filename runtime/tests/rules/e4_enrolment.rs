//! E4 Enrolment.

use crate::support::at;
use crate::{MONDAY, becomes, does, everywhere, go, mails, told, visits};
use serde_json::json;

#[test]
fn e4_there_is_at_most_one_live_journey_per_workflow_and_contact() {
    everywhere(|place| {
        let mut world =
            place.world("workflow go { enter when signed_up; reenter after 1 hour; wait 1 day; score += 1 }");
        world.contact("ada", &[]).contact("bo", &[]);
        does(&mut world, MONDAY, "ada", "signed_up");
        does(&mut world, "2026-03-02 12:00", "ada", "signed_up");
        does(&mut world, "2026-03-02 12:00", "bo", "signed_up");
        assert_eq!((world.journeys("ada").len(), world.journeys("bo").len()), (1, 1));
        assert_eq!(told(&world, "ada", &["Ignored"]), ["03-02 12:00 go Ignored.2"]);
        does(&mut world, "2026-03-03 11:00", "ada", "signed_up");
        assert_eq!(world.journeys("ada").len(), 2, "the first is over");
    });
}

#[test]
fn e4_there_is_at_most_one_live_journey_per_key_with_reenter_per() {
    everywhere(|place| {
        let mut world = place.world(
            "workflow go { enter when visited; reenter per visited.page; wait 1 day
               if visited(page is trigger.page) { score += 10 }; score += 1 }",
        );
        world.contact("ada", &[]);
        for (time, page) in [("10:00", "/a"), ("11:00", "/b"), ("12:00", "/A")] {
            visits(&mut world, &format!("2026-03-02 {time}"), "ada", page);
        }
        assert_eq!(
            told(&world, "ada", &["Entered", "Ignored"]),
            ["03-02 10:00 go Entered", "03-02 11:00 go Entered", "03-02 12:00 go Ignored.34"]
        );
        // What is about the one counts for the one, and the same key never comes again.
        visits(&mut world, "2026-03-06 10:00", "ada", "/a");
        assert_eq!(world.score("ada"), 12);
        assert_eq!(told(&world, "ada", &["03-06"]), ["03-06 10:00 go Ignored.35"]);
    });
}

#[test]
fn e4_for_whom_the_goal_or_an_exit_already_holds_is_not_enrolled() {
    const ENDS: &str = "goal \"sale\" when stage is customer within 9 days\n exit when disqualified\n score += 1";
    everywhere(|place| {
        for (words, expected) in [
            (("stage", "customer"), "03-02 10:00 go Ignored.6"),
            (("disqualified", "yes"), "03-02 10:00 go Ignored s0.7"),
            (("stage", "lead"), "03-02 10:00 go Entered"),
        ] {
            let mut world = place.world(&go(ENDS));
            world.contact("ada", &[words]);
            does(&mut world, MONDAY, "ada", "signed_up");
            assert_eq!(told(&world, "ada", &["Entered", "Ignored"]), [expected]);
            assert_eq!(world.score("ada"), i64::from(words.1 == "lead"));
        }
    });
}

#[test]
fn e4_every_refusal_is_recorded_with_its_reason() {
    const STRICT: &str = "workflow go { enter when signed_up and industry is \"saas\"; reenter after 30 days; skip when has_open_deal; if employees > 5 { score += 1 } }";
    everywhere(|place| {
        let mut world = place.world(&STRICT.replace("if employees > 5 {", "if employees is known and employees > 5 {"));
        // Also of those whose trigger came and whose condition did not hold.
        world.contact("ada", &[("industry", "fintech")]);
        world.contact("bo", &[("industry", "saas"), ("has_open_deal", "yes")]);
        world.contact("cy", &[("industry", "saas")]);
        for user in ["ada", "bo", "cy", "cy"] {
            does(&mut world, MONDAY, user, "signed_up");
        }
        assert_eq!(told(&world, "ada", &["Ignored", "Entered"]), ["03-02 10:00 go Ignored.9"]);
        assert_eq!(told(&world, "bo", &["Ignored", "Entered"]), ["03-02 10:00 go Ignored.5"]);
        assert_eq!(told(&world, "cy", &["Ignored", "Entered"]), ["03-02 10:00 go Entered", "03-02 10:00 go Ignored.4"]);
        let mut world = place.world("contact { seats number }\nworkflow go { enter when signed_up; reenter never; if seats > 5 { score += 1 } }");
        world.contact("ada", &[]);
        does(&mut world, MONDAY, "ada", "signed_up");
        world.at("2026-03-02 10:11").run();
        assert_eq!(
            told(&world, "ada", &["Ignored", "Lacked"]),
            ["03-02 10:10 go Ignored.1", "03-02 10:10 go Lacked seats"]
        );
    });
}

type Words = &'static [(&'static str, &'static str)];

/// What refuses them, as a field of theirs, and what ends that.
const REFUSED: [(&str, Words, Words); 2] = [
    ("skip when has_open_deal", &[("has_open_deal", "yes")], &[("has_open_deal", "no")]),
    ("if seats > 5 { score += 0 }", &[], &[("seats", "9")]),
];

#[test]
fn e4_becoming_true_is_not_spent_by_a_refusal_that_can_end() {
    everywhere(|place| {
        for (refuses, before, after) in REFUSED {
            let text = format!(
                "contact {{ seats number }}\nworkflow go {{ enter when industry is \"saas\" new only; reenter never; {refuses}; score += 1 }}"
            );
            let mut world = place.world(&text);
            world.contact("ada", before);
            becomes(&mut world, MONDAY, "ada", &[("industry", "saas")]);
            assert_eq!(world.score("ada"), 0, "{refuses}");
            becomes(&mut world, "2026-03-05 10:00", "ada", after);
            assert_eq!(
                (world.score("ada"), &told(&world, "ada", &["Entered"])[..]),
                (1, &["03-05 10:00 go Entered".to_owned()][..])
            );
            // It lapses when it stops holding.
            let mut world = place.world(&text);
            world.contact("ada", before);
            becomes(&mut world, MONDAY, "ada", &[("industry", "saas")]);
            becomes(&mut world, "2026-03-04 10:00", "ada", &[("industry", "fintech")]);
            becomes(&mut world, "2026-03-05 10:00", "ada", after);
            assert_eq!(world.score("ada"), 0, "{refuses}");
        }
    });
}

#[test]
fn e4_one_that_becomes_true_in_a_re_entry_period_or_a_live_journey_enters_when_that_ends() {
    everywhere(|place| {
        for (again, enters) in [("2026-03-02 12:00", "03-05 10:00"), ("2026-03-04 12:00", "03-05 10:00")] {
            // The journey lives for a day, and the period is two days more.
            let mut world = place.world("workflow go { enter when industry is \"saas\" new only; reenter after 2 days; wait 1 day; score += 1 }");
            world.contact("ada", &[]);
            becomes(&mut world, MONDAY, "ada", &[("industry", "saas")]);
            becomes(&mut world, "2026-03-02 11:00", "ada", &[("industry", "fintech")]);
            becomes(&mut world, again, "ada", &[("industry", "saas")]);
            world.at("2026-04-20").run();
            let entered = told(&world, "ada", &["Entered"]);
            assert_eq!(
                entered,
                ["03-02 10:00 go Entered".to_owned(), format!("{enters} go Entered")],
                "one, and no more"
            );
        }
    });
}

/// A start and an event, a start and what time makes true at its instant: whoever is through by then has been in it all the same.
#[test]
fn e4_what_two_things_of_one_instant_let_in_comes_in_once() {
    const SILENT: &str = "no visited in the last 4 days new only";
    everywhere(|place| {
        for (enter, steps, again) in [
            ("downloaded; reenter never", "score += 1", &[][..]),
            ("downloaded; reenter after 2 days", "score += 1", &[]),
            ("downloaded; reenter after 2 days", "score += 1; wait 1 day", &[]),
            (&format!("{SILENT}; reenter never"), "score += 1", &[]),
            (&format!("{SILENT}; reenter never"), "score += 1; wait 1 day", &[]),
            // What has become true waits for its time.
            (&format!("{SILENT}; reenter after 2 days"), "score += 1", &["03-08 10:00 second Entered"]),
            (&format!("{SILENT}; reenter after 2 days"), "score += 1; wait 1 day", &["03-09 10:00 second Entered"]),
        ] {
            let mut world = place.world(&format!(
                "workflow first {{ enter when signed_up; reenter never; start second }}\n\
                 workflow second {{ enter when {enter}; {steps} }}"
            ));
            world.contact("ada", &[]).set_now(at(MONDAY) + 1);
            world.event("ada", "visited", json!({})).run();
            world.at("2026-03-06 10:00").event("ada", "signed_up", json!({})).run();
            world.set_now(at("2026-03-06 10:00") + 1);
            if enter.starts_with("downloaded") {
                world.event("ada", "downloaded", json!({}));
            }
            world.run();
            assert_eq!(world.score("ada"), 1, "{enter}: {:?}", world.story("ada"));
            world.at("2026-04-20").run();
            let mut entered = told(&world, "ada", &["Entered"]);
            entered.retain(|line| line.contains("second"));
            assert_eq!(entered[1..], *again, "{enter}");
            assert_eq!(world.score("ada"), 1 + again.len() as i64, "{enter}");
        }
    });
}

#[test]
fn e4_goal_and_exit_are_final() {
    everywhere(|place| {
        for (ends, before, after) in [
            ("exit when has_open_deal", ("has_open_deal", "yes"), ("has_open_deal", "no")),
            ("goal \"deal\" when has_open_deal within 9 days", ("has_open_deal", "yes"), ("has_open_deal", "no")),
        ] {
            let text = format!(
                "workflow go {{ {ends}; enter when industry is \"saas\" new only; reenter never; score += 1 }}"
            );
            let mut world = place.world(&text);
            world.contact("ada", &[before]);
            becomes(&mut world, MONDAY, "ada", &[("industry", "saas")]);
            becomes(&mut world, "2026-03-05 10:00", "ada", &[after]);
            assert_eq!(world.score("ada"), 0, "{ends}");
            becomes(&mut world, "2026-03-06 10:00", "ada", &[("industry", "fintech")]);
            becomes(&mut world, "2026-03-07 10:00", "ada", &[("industry", "saas")]);
            assert_eq!(world.score("ada"), 1, "where it becomes true once more, it is another one");
        }
    });
}

#[test]
fn e4_an_event_up_to_ten_minutes_before_its_persons_address_is_held_for_them() {
    everywhere(|place| {
        for (address_at, expected) in [
            ("2026-03-02 10:00", "03-02 10:00 go Entered"),
            ("2026-03-02 10:10", "03-02 10:10 go Entered"),
            ("2026-03-02 10:11", "03-02 10:10 go Ignored.1"),
        ] {
            let mut world = place.world(&go("send hello"));
            does(&mut world, MONDAY, "eve", "signed_up");
            becomes(&mut world, address_at, "eve", &[("email", "eve@people.example")]);
            assert_eq!(told(&world, "eve", &["Entered", "Ignored"]), [expected]);
            assert_eq!(mails(&world), usize::from(expected.contains("Entered")));
        }
        // And before their identity: the event of a device, and who logs in on it.
        for (login_at, enters) in [("2026-03-02 10:10", true), ("2026-03-02 10:11", false)] {
            let mut world =
                place.world("workflow go { enter when signed_up and industry is \"saas\"; reenter never; score += 1 }");
            world.contact("ada", &[("industry", "saas")]);
            world.at(MONDAY).event("", "signed_up", json!({})).only_key("anonymous:d1").run();
            world.at(login_at).identify("ada", &[]).keys(&["anonymous:d1"]).run();
            assert_eq!(world.score("ada"), i64::from(enters), "{login_at}");
        }
    });
}

#[test]
fn e4_a_change_of_a_field_lets_in_at_the_end_of_its_instant() {
    everywhere(|place| {
        let mut world = place.world(
            "contact { plan text? }
             workflow go { enter when stage changes from lead to mql; reenter after 1 hour; score += 1 }
             workflow of { enter when plan changes to \"Pro\" and score >= 1; reenter never; score += 10 }",
        );
        world.contact("ada", &[("stage", "lead"), ("plan", "free")]);
        becomes(&mut world, MONDAY, "ada", &[("stage", "mql")]);
        becomes(&mut world, "2026-03-03 10:00", "ada", &[("stage", "mql")]);
        becomes(&mut world, "2026-03-04 10:00", "ada", &[("plan", "PRO")]);
        becomes(&mut world, "2026-03-05 10:00", "ada", &[("plan", "pro")]);
        assert_eq!(told(&world, "ada", &["Entered", "Ignored"]), ["03-02 10:00 go Entered", "03-04 10:00 of Entered"]);
    });
}

#[test]
fn e4_a_date_lets_in_once_a_value_and_a_schedule_once_an_occurrence() {
    everywhere(|place| {
        let mut world = place.world(
            "contact { renewal date? }
             segment keen = industry is \"saas\"
             workflow before { enter 3 days before renewal at 09:00; score += 1 }
             workflow weekly { enter everyone in keen every wednesday at 09:00; score += 10 }",
        );
        world.contact("ada", &[("renewal", "2026-03-08"), ("timezone", "Europe/Berlin"), ("industry", "saas")]);
        becomes(&mut world, MONDAY, "ada", &[("renewal", "2026-03-09")]);
        becomes(&mut world, "2026-03-07 10:00", "ada", &[("renewal", "2026-03-09")]);
        world.at("2026-03-12").run();
        assert_eq!(
            told(&world, "ada", &["Entered", "Ignored"]),
            ["03-04 09:00 weekly Entered", "03-06 08:00 before Entered", "03-11 09:00 weekly Entered"]
        );
    });
}

#[test]
fn e4_with_reenter_always_the_latest_trigger_of_a_journey_begins_the_next() {
    everywhere(|place| {
        let mut world = place.world(
            "workflow go { enter when signed_up; reenter always; exit when disqualified; wait 1 day; score += 1 }",
        );
        world.contact("ada", &[]);
        does(&mut world, MONDAY, "ada", "signed_up");
        does(&mut world, "2026-03-02 12:00", "ada", "signed_up");
        does(&mut world, "2026-03-03 12:00", "ada", "signed_up");
        // A goal or an exit that came after it takes it along.
        becomes(&mut world, "2026-03-03 13:00", "ada", &[("disqualified", "yes")]);
        world.at("2026-03-12").run();
        assert_eq!(
            told(&world, "ada", &["Entered", "Ignored", "Exited", "Finished"]),
            [
                "03-02 10:00 go Entered",
                "03-02 12:00 go Ignored.13",
                "03-03 10:00 go Finished.1",
                "03-03 10:00 go Entered",
                "03-03 12:00 go Ignored.13",
                "03-03 13:00 go Ignored.7",
                "03-03 13:00 go ExitedWhen s0",
            ]
        );
    });
}

const SHOP: &str = "event bought { item text; amount number }
workflow shop { enter when bought; reenter always; score += 1; start later with item = trigger.item, amount = trigger.amount }
workflow later { enter by hand; reenter after 1 minute; RATE wait 1 day
  if trigger.item is \"book\" { score += (trigger.amount or 0) }
  if trigger.item is unknown { score += 1000 } }
workflow other { enter when requested_demo; reenter always; start later }";

#[test]
fn e4_a_started_journey_goes_by_what_it_was_started_with() {
    everywhere(|place| {
        for rate in ["", "rate 1 an hour;"] {
            let mut world = place.world(&SHOP.replace("RATE", rate));
            world.contact("ada", &[]).contact("bo", &[]);
            world.at(MONDAY).event("ada", "bought", json!({"item": "book", "amount": 7})).run();
            world.event("bo", "bought", json!({"item": "pen", "amount": 9})).run();
            world.reopen().at("2026-03-04 10:00").run();
            assert_eq!((world.score("ada"), world.score("bo")), (8, 1), "{rate}");
            // What the next one is not given, the one before has not left behind.
            world.event("ada", "requested_demo", json!({})).run();
            world.reopen().at("2026-03-06 10:00").run();
            assert_eq!(world.score("ada"), 1008, "{rate}");
        }
    });
}

#[test]
fn e4_of_several_starts_at_one_instant_the_first_says_with_what() {
    everywhere(|place| {
        let mut world = place.world(&SHOP.replace("RATE", ""));
        world.contact("ada", &[]);
        world.at(MONDAY).event("ada", "bought", json!({"item": "book", "amount": 7}));
        world.event("ada", "bought", json!({"item": "pen", "amount": 9})).run();
        world.reopen().at("2026-03-04 10:00").run();
        assert_eq!(world.score("ada"), 9);
        assert_eq!(world.journeys("ada").len(), 3);
    });
}

#[test]
fn e4_what_a_start_gives_is_fixed_at_its_step_and_has_a_fallback() {
    everywhere(|place| {
        let text = "workflow asked { enter when requested_demo; reenter never; start later with seats = employees or 5, title = job_title or \"none\" }
workflow later { enter by hand; reenter never; wait 1 day
  score += (trigger.seats or 0)
  if trigger.title is \"none\" { score += 100 } }";
        for (known, score) in [(vec![], 105), (vec![("employees", "9"), ("job_title", "CTO")], 9)] {
            let mut world = place.world(text);
            world.contact("ada", &known);
            world.at(MONDAY).event("ada", "requested_demo", json!({})).run();
            becomes(&mut world, "2026-03-02 12:00", "ada", &[("employees", "70")]);
            world.reopen().at("2026-03-04 10:00").run();
            assert_eq!(world.score("ada"), score);
        }
    });
}
