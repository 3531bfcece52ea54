//! E7 Consent is not optional.
//!
//! Not there yet: `confirm by EMAIL`, `sms`. What the words of a column mean, and that a column which
//! looks like consent and is not mapped stops the import, is shown where files are read (`runtime/src/inbound`).

use crate::support::at;
use crate::{MONDAY, becomes, does, everywhere, go, mails, told};
use flow_runtime::inbound::{ContactRow, Refusal};
use serde_json::json;

/// The fields that keep marketing from somebody, each with the reason that is told.
const REFUSED: [(&str, u32); 4] = [("unsubscribed", 3), ("hard_bounced", 4), ("complained", 5), ("do_not_contact", 6)];

#[test]
fn e7_whoever_has_refused_gets_no_marketing_from_any_path() {
    // By an event, by what became true, by a start, behind a wait, and behind what was held.
    const PATHS: [(&str, &str); 5] = [
        ("event", "workflow w { enter when signed_up; reenter never; send hello }"),
        ("becoming true", "workflow w { enter when industry is \"saas\" new only; reenter never; send hello }"),
        (
            "start",
            "workflow a { enter when signed_up; reenter never; start w }\nworkflow w { enter by hand; reenter never; send hello }",
        ),
        ("wait", "workflow w { enter when signed_up; reenter never; wait 1 day; send hello }"),
        (
            "window",
            "workflow w { enter when signed_up; reenter never; send on saturday in contact timezone; send hello }",
        ),
    ];
    everywhere(|place| {
        for (path, text) in PATHS {
            for (field, reason) in REFUSED {
                let mut world = place.world(text);
                world.contact("ada", &[(field, "yes")]).contact("bo", &[]).at(MONDAY);
                for user in ["ada", "bo"] {
                    world.event(user, "signed_up", json!({})).identify(user, &[("industry", "saas")]);
                }
                world.run().at("2026-03-20").run();
                let withheld = told(&world, "ada", &["Withheld"]);
                assert!(
                    withheld.len() == 1 && withheld[0].ends_with(&format!(".{reason}")),
                    "{path}, {field}: {withheld:?}"
                );
                assert_eq!(world.sent().into_keys().collect::<Vec<_>>(), ["bo@people.example"], "{path}, {field}");
            }
        }
    });
}

/// What is said of somebody, and why mail is withheld under `opt in` and under `opt out`.
type State = (&'static [(&'static str, &'static str)], Option<u32>, Option<u32>);

#[test]
fn e7_under_opt_in_only_granted_is_written_to_and_under_opt_out_all_but_refused_and_pending() {
    // None: it is written to.
    const STATES: [State; 5] = [
        (&[("marketing consent", "granted")], None, None),
        (&[("marketing consent", "pending")], Some(16), Some(16)),
        (&[("marketing consent", "granted"), ("unsubscribed", "yes")], Some(3), Some(3)),
        (&[("unsubscribed", "yes")], Some(3), Some(3)),
        (&[], Some(15), None),
    ];
    everywhere(|place| {
        for (said, under_opt_in, under_opt_out) in STATES {
            for (rule, withheld) in [("opt in", under_opt_in), ("opt out", under_opt_out)] {
                let mut world =
                    place.world(&format!("policy {{ consent marketing {rule} }}\n{}", go("send hello\n send bill")));
                world.contact("ada", said);
                does(&mut world, MONDAY, "ada", "signed_up");
                let expected: Vec<String> = withheld.iter().map(|reason| format!(".{reason}")).collect();
                let told = told(&world, "ada", &["Withheld"]);
                assert_eq!(told.len(), expected.len(), "{said:?}, {rule}: {told:?}");
                assert!(
                    told.iter().zip(&expected).all(|(told, reason)| told.ends_with(reason)),
                    "{said:?}, {rule}: {told:?}"
                );
                assert_eq!(
                    mails(&world),
                    2 - expected.len(),
                    "a transactional one asks for no consent: {said:?}, {rule}"
                );
            }
        }
    });
}

#[test]
fn e7_a_refused_topic_withholds_mail_about_that_alone_and_no_sync_gives_it_back() {
    const MAILS: &str = "topics news, product
email letter { subject \"News\"; template \"emails/plain.html\"; topic news }
email tips { subject \"Tips\"; template \"emails/plain.html\"; topic product }";
    everywhere(|place| {
        for (said, left, withheld) in [
            (vec![], 4, vec![]),
            (vec![("Unsubscribed", "news")], 3, vec![".18"]),
            (vec![("Unsubscribed", "news"), ("Subscribed", "product")], 3, vec![".18"]),
            (vec![("Unsubscribed", "news"), ("Subscribed", "news")], 4, vec![]),
            (vec![("Unsubscribed", "news"), ("Subscribed", "")], 4, vec![]),
            (vec![("Unsubscribed", "neews")], 1, vec![".3", ".3", ".3"]),
            (vec![("Unsubscribed", ""), ("Subscribed", "news")], 2, vec![".3", ".3"]),
        ] {
            let mut world =
                place.world(&format!("{MAILS}\n{}", go("send hello\n send letter\n send tips\n send bill")));
            world.contact("ada", &[]);
            for (nth, (event, topic)) in said.iter().enumerate() {
                let about = if topic.is_empty() { json!({}) } else { json!({ "topic": topic }) };
                world.at(&format!("2026-03-02 1{nth}:00")).event("ada", event, about).run();
            }
            world.at("2026-03-03 10:00").identify("ada", &[("topic news", "subscribed"), ("unsubscribed", "no")]).run();
            does(&mut world, "2026-03-04 10:00", "ada", "signed_up");
            let told = told(&world, "ada", &["Withheld"]);
            assert_eq!(mails(&world), left, "{said:?}: {told:?}");
            assert!(told.len() == withheld.len(), "{said:?}: {told:?}");
            assert!(told.iter().zip(&withheld).all(|(told, reason)| told.ends_with(reason)), "{said:?}: {told:?}");
        }
    });
}

#[test]
fn e7_a_transactional_mail_asks_no_consent_and_obeys_the_address_and_do_not_contact() {
    everywhere(|place| {
        for (field, sent) in [("unsubscribed", 1), ("complained", 1), ("hard_bounced", 0), ("do_not_contact", 0)] {
            let mut world = place.world(&go("send bill"));
            world.contact("ada", &[(field, "yes")]);
            does(&mut world, MONDAY, "ada", "signed_up");
            assert_eq!(mails(&world), sent, "{field}");
        }
    });
}

/// Consent that is taken back between the step and the attempt: no step asks again, and the sender does.
#[test]
fn e7_the_check_is_in_the_sender_not_in_the_workflow() {
    everywhere(|place| {
        for (name, attempts) in [("Unsubscribed", 1), ("visited", 2)] {
            let mut world = place.world(&go("send hello"));
            world.contact("ada", &[("email", "busy@x.example")]);
            does(&mut world, MONDAY, "ada", "signed_up");
            does(&mut world, MONDAY, "ada", name);
            world.at("2026-03-03").run();
            assert_eq!(mails(&world), attempts, "{name}");
        }
    });
}

#[test]
fn e7_doubt_means_no() {
    everywhere(|place| {
        // A cell that cannot be read comes in as a refusal beside its row.
        let mut world = place.world("");
        let field = world.values(&[("unsubscribed", "yes")])[0].0;
        let refusal = Refusal { field, column: "Opted in".into(), is_doubtful: true };
        let ada = world.row(&["user:ada"], &[("unsubscribed", "yes")]);
        let bo = world.row(&["user:bo"], &[]);
        world.at(MONDAY).import(&[ContactRow { refusals: vec![refusal], ..ada }, bo]);
        assert_eq!(["ada", "bo"].map(|user| world.read(user, "unsubscribed")), [1, 0]);
        // An opt-out without a readable time, and one that knows an address alone.
        for by_address in [false, true] {
            let mut world = place.world("");
            world.at(MONDAY).identify("ada", &[("email", "ada@x.example")]).keys(&["email:ada@x.example"]).run();
            world.at("2026-03-03 10:00").event("ada", "Unsubscribed", json!({}));
            world.stream.last_mut().unwrap().claimed_at = None;
            if by_address {
                world.only_key("email:ada@x.example");
            }
            world.run();
            assert_eq!(world.read("ada", "unsubscribed"), 1, "by address: {by_address}");
        }
    });
}

#[test]
fn e7_nothing_that_a_sync_brings_lifts_a_refusal() {
    everywhere(|place| {
        for (field, _) in REFUSED {
            let mut world = place.world("");
            world.contact("ada", &[(field, "yes")]);
            becomes(&mut world, "2026-03-03 10:00", "ada", &[(field, "no")]);
            assert_eq!(world.read("ada", field), 1, "an identify call: {field}");
            let row = world.row(&["user:ada"], &[(field, "no")]);
            world.at("2026-03-04 10:00").import(&[row]);
            assert_eq!(world.read("ada", field), 1, "a file: {field}");
            becomes(&mut world, "2026-03-05 10:00", "bo", &[(field, "no")]);
            assert_eq!(world.read("bo", field), 0, "who has refused nothing has not: {field}");
        }
    });
}

#[test]
fn e7_only_the_persons_own_later_act_lifts_it_and_is_recorded() {
    everywhere(|place| {
        for (occurred, lifts) in [("2026-03-03 09:59", false), ("2026-03-03 10:01", true)] {
            let mut world = place.world(&go("send hello"));
            world.contact("ada", &[]);
            does(&mut world, "2026-03-03 10:00", "ada", "Unsubscribed");
            world.at("2026-03-04 10:00").event_of("ada", "Subscribed", json!({}), at(occurred)).run();
            assert_eq!(told(&world, "ada", &["Consented"]).len(), usize::from(lifts), "{occurred}");
            does(&mut world, "2026-03-05 10:00", "ada", "signed_up");
            assert_eq!(mails(&world), usize::from(lifts), "{occurred}");
        }
    });
}

#[test]
fn e7_paused_until_a_day_withholds() {
    const NEWS: &str = "workflow news { enter when signed_up; reenter after 1 minute; send hello }";
    everywhere(|place| {
        let mut world = place.world(NEWS);
        world.contact("ada", &[("paused_until", "2026-03-10")]);
        does(&mut world, "2026-03-09 23:59", "ada", "signed_up");
        assert_eq!(told(&world, "ada", &["Withheld"]), ["03-09 23:59 news Withheld s0.11"]);
        does(&mut world, "2026-03-10 00:01", "ada", "signed_up");
        assert_eq!((mails(&world), told(&world, "ada", &["Withheld"]).len()), (1, 1));
    });
}

#[test]
fn e7_unsubscribing_ends_no_journey_unless_it_says_so() {
    everywhere(|place| {
        for (header, score) in [("", 1), ("exit when unsubscribed", 0)] {
            let mut world = place.signed_up(&go(&format!("{header}\n wait 2 days\n send hello\n score += 1")));
            does(&mut world, "2026-03-03 10:00", "ada", "Unsubscribed");
            world.at("2026-03-09").run();
            assert_eq!((world.score("ada"), mails(&world)), (score, 0), "{header}");
        }
    });
}

#[test]
fn e7_a_bounce_belongs_to_the_address_and_not_to_the_person() {
    everywhere(|place| {
        let mut world = place.world("");
        let mut moves = |time: &str, user: &str, address: &str| {
            world.at(time).identify(user, &[("email", address)]).keys(&[&format!("email:{address}")]).run();
            if time == "2026-03-02 10:00" {
                world.at("2026-03-03 10:00").event("ada", "Email Bounced", json!({"bounce_type": "hard"})).run();
            }
            world.read(user, "hard_bounced")
        };
        assert_eq!(moves("2026-03-02 10:00", "ada", "old@x.example"), 1);
        assert_eq!(moves("2026-03-04 10:00", "ada", "new@x.example"), 0, "another address takes mail");
        assert_eq!(moves("2026-03-05 10:00", "bo", "old@x.example"), 1, "and whoever has the old one now does not");
    });
}
