//! What people and machines do with a mail.

use crate::support::{World, world};
use flow_runtime::engine::counter;
use flow_runtime::store::{DecisionCode, Total};
use serde_json::json;

const ASK: &str = r#"workflow ask {
  enter when signed_up
  reenter never
  send hello
  wait 2 days
  if clicked hello link "more" {
    score += 10
  } else if clicked hello {
    score += 5
  } else if opened hello {
    score += 1
  }
}"#;

fn asked() -> World {
    let mut world = world(ASK);
    world.contact("ada", &[]);
    world.at("2026-03-02 10:00").event("ada", "signed_up", json!({})).run();
    world
}

fn score_after(name: &str, properties: serde_json::Value) -> i64 {
    let mut world = asked();
    world.at("2026-03-02 12:00").event("ada", name, properties).run().at("2026-03-05").run();
    world.score("ada")
}

#[test]
fn clicks_and_opens_count_for_the_journey_that_sent_the_mail() {
    assert_eq!(score_after("Email Link Clicked", json!({"email_id": "hello", "link_id": "more"})), 10);
    assert_eq!(score_after("Email Link Clicked", json!({"email_id": "hello", "link_id": "other"})), 5);
    assert_eq!(score_after("Email Opened", json!({"email_id": "hello"})), 1);
    assert_eq!(score_after("Email Link Clicked", json!({"email_id": "again", "link_id": "more"})), 0);
}

/// Reports count people: the same again is nothing new, whatever the workflow asks about, and a machine's click is none.
#[test]
fn opens_and_clicks_are_told_once_in_each_journey() {
    let mut world = asked();
    let mail = |link: &str| json!({"email_id": "hello", "link_id": link});
    let sent_at = crate::support::at("2026-03-02 10:00");
    world.at("2026-03-02 10:01").event_of("ada", "Email Link Clicked", mail("more"), sent_at + 5_000).run();
    let told = |world: &World| -> Vec<String> {
        let words = [" Opened", " Clicked", " Replied"];
        world.decisions("ada").into_iter().filter(|line| words.iter().any(|word| line.contains(word))).collect()
    };
    assert_eq!(told(&world), Vec::<String>::new());
    for time in ["2026-03-02 11:00", "2026-03-02 12:00", "2026-03-05 09:00"] {
        world
            .at(time)
            .event("ada", "Email Opened", mail(""))
            .event("ada", "Email Link Clicked", mail("other"))
            .run()
            .reopen();
    }
    let told: Vec<String> =
        told(&world).iter().map(|line| line.split(' ').skip(1).take(3).collect::<Vec<_>>().join(" ")).collect();
    assert_eq!(told, ["11:00 ask Opened", "11:00 ask Clicked"]);
}

#[test]
fn a_click_within_seconds_is_a_machines() {
    let mut world = asked();
    let click = json!({"email_id": "hello", "link_id": "more"});
    let sent_at = crate::support::at("2026-03-02 10:00");
    world.at("2026-03-02 10:01").event_of("ada", "Email Link Clicked", click.clone(), sent_at + 10_000).run();
    assert_eq!(world.counter(counter::MACHINE_CLICKS), 1);
    world.at("2026-03-05").run();
    assert_eq!(world.score("ada"), 0);
    let mut world = asked();
    world.at("2026-03-02 10:01").event_of("ada", "Email Link Clicked", click, sent_at + 10_001).run();
    world.at("2026-03-05").run();
    assert_eq!((world.counter(counter::MACHINE_CLICKS), world.score("ada")), (0, 10));
}

#[test]
fn a_click_on_what_was_not_sent_by_then_is_only_counted() {
    let mut world = asked();
    let click = json!({"email_id": "hello", "link_id": "more"});
    let before = crate::support::at("2026-03-02 09:00");
    world.at("2026-03-02 12:00").event_of("ada", "Email Link Clicked", click, before);
    world.event("ada", "Email Link Clicked", json!({"email_id": "nothing"})).run().at("2026-03-05").run();
    let counted = [counter::CLICKS_WITHOUT_A_SEND, counter::CLICKS_OF_UNKNOWN_EMAILS, counter::UNKNOWN_EMAILS]
        .map(|of| world.counter(of));
    assert_eq!(counted, [1, 1, 1]);
    assert_eq!(world.score("ada"), 0);
}

#[test]
fn a_click_after_the_end_belongs_to_the_journey_that_sent_it() {
    let mut world = asked();
    world.at("2026-03-06").event("ada", "Email Link Clicked", json!({"email_id": "hello", "link_id": "more"})).run();
    assert_eq!(world.counter(counter::CLICKS_WITHOUT_A_SEND), 0);
    assert_eq!(world.score("ada"), 0, "its steps are over");
}

#[test]
fn consent_is_lost_once() {
    for (name, properties, field, reason) in [
        ("Unsubscribed", json!({}), "unsubscribed", 1),
        ("Email Bounced", json!({"email_id": "hello", "bounce_type": "hard"}), "hard_bounced", 2),
        ("Email Marked as Spam", json!({"email_id": "hello"}), "complained", 3),
    ] {
        let mut world = asked();
        world.at("2026-03-02 12:00").event("ada", name, properties.clone()).run();
        world.at("2026-03-02 13:00").event("ada", name, properties).run();
        assert_eq!(world.read("ada", field), 1, "{name}");
        let lost: Vec<_> = world.story("ada").into_iter().filter(|line| line.contains("Suppressed")).collect();
        assert_eq!(lost, [format!("03-02 12:00 Suppressed.{reason}")]);
    }
}

#[test]
fn a_soft_bounce_takes_nothing_away() {
    let mut world = world(
        "workflow ask {\n enter when signed_up\n reenter never\n send hello\n wait 1 day\n if bounced hello {\n score += 1\n }\n}",
    );
    world.contact("ada", &[]);
    world.at("2026-03-02 10:00").event("ada", "signed_up", json!({})).run();
    world
        .at("2026-03-02 11:00")
        .event("ada", "Email Bounced", json!({"email_id": "hello", "bounce_type": "soft"}))
        .run();
    world.at("2026-03-04").run();
    assert_eq!((world.read("ada", "hard_bounced"), world.score("ada")), (0, 1));
}

#[test]
fn of_what_happens_to_a_mail_only_clicks_and_replies_are_activity() {
    let quiet = |name: &str, properties: serde_json::Value| {
        let mut world = world("workflow quiet {\n enter when inactive for 10 days\n reenter never\n send hello\n}");
        world.contact("ada", &[]);
        world.at("2026-03-08").event("ada", name, properties).run().at("2026-03-12").run();
        world.story("ada").iter().any(|line| line.contains("Entered"))
    };
    assert!(quiet("Email Opened", json!({"email_id": "hello"})));
    assert!(quiet("Email Delivered", json!({"email_id": "hello"})));
    assert!(quiet("Email Bounced", json!({"email_id": "hello", "bounce_type": "soft"})));
    assert!(quiet("Email Marked as Spam", json!({"email_id": "hello"})));
    assert!(quiet("Unsubscribed", json!({})));
    assert!(!quiet("Email Link Clicked", json!({"email_id": "hello"})));
    assert!(!quiet("Email Replied", json!({"email_id": "hello"})));
    assert!(!quiet("Product Viewed", json!({})), "no event of the program, but she did it");
}

/// An opt-out is laid on the mail that it names, else on the last that left before it; of another tool's mail, on none.
#[test]
fn an_opt_out_is_of_the_mail_it_names() {
    let cause = |properties: serde_json::Value| {
        let mut world = asked();
        world.at("2026-03-03 12:00").event("ada", "Unsubscribed", properties).run();
        let decisions = world.snapshot().decisions;
        decisions.into_iter().find(|row| row.code == DecisionCode::Suppressed).unwrap().send.is_some()
    };
    assert!(cause(json!({})) && cause(json!({"email_id": "hello"})));
    assert!(!cause(json!({"email_id": "spring_campaign_of_another_tool"})));
}

/// What other tools write there may be an address with a token of its own for each click.
#[test]
fn links_that_the_email_does_not_declare_are_counted_as_one() {
    let mut world = asked();
    world.at("2026-03-02 12:00");
    for n in 0..20 {
        let properties = json!({"email_id": "hello", "link_id": format!("https://x.example/?token={n}")});
        world.event("ada", "Email Link Clicked", properties);
    }
    world.event("ada", "Email Link Clicked", json!({"email_id": "hello", "link_id": "more"}));
    world.event("ada", "Email Link Clicked", json!({"email_id": "hello"})).run();
    let totals = world.snapshot().totals.into_iter();
    let links = totals.filter_map(|(total, count)| match total {
        Total::Engagements { link, .. } => Some((link, count)),
        _ => None,
    });
    let expected = [("", 1), ("another", 20), ("more", 1)].map(|(link, count)| (link.to_owned(), count));
    assert_eq!(links.collect::<Vec<_>>(), expected);
}

/// What comes back without naming an address is of the one to which the mail went, not of the one that the person has by now.
#[test]
fn what_comes_back_is_of_the_address_it_went_to() {
    for (event, mark) in [("Email Bounced", "hard_bounced"), ("Unsubscribed", "unsubscribed")] {
        for named in [json!({"email_id": "hello"}), json!({})] {
            let mut world = world(ASK);
            world.contact("ada", &[("email", "old@x.example")]);
            world.at("2026-03-02 10:00").event("ada", "signed_up", json!({})).run();
            world.at("2026-03-03 09:00").identify("ada", &[("email", "new@x.example")]);
            world.at("2026-03-03 10:00").event("ada", event, named.clone()).run();
            // Whoever refuses mail does so as a person; an address that takes none is no fault of the next.
            assert_eq!(world.read("ada", mark), i64::from(event == "Unsubscribed"), "{event} {named}");
            // And it is kept of that address, whoever brings it from now on.
            let keys = world.snapshot().keys;
            let kept = |address: &str| keys.iter().any(|(key, _)| !key.starts_with("email:") && key.ends_with(address));
            assert!(kept("old@x.example"), "{event} {named}: {keys:?}");
            assert!(event == "Unsubscribed" || !kept("new@x.example"), "{event} {named}: {keys:?}");
        }
    }
}

/// Somebody else has the address by now: nothing goes there any more, whoever it was said to. What passes passes for them, too.
#[test]
fn what_comes_back_counts_for_whoever_has_the_address_by_now() {
    for (event, mark, counts) in [
        ("Email Bounced", "hard_bounced", true),
        ("Email Bounced", "soft", false),
        ("Unsubscribed", "unsubscribed", true),
        ("Email Marked as Spam", "complained", true),
    ] {
        for batch_items in [1, 1_000] {
            for address in ["old@x.example", "Old@X.example"] {
                let mut world = world(ASK).limits(batch_items, 1);
                world.contact("ada", &[("email", "old@x.example")]);
                world.contact("bo", &[("email", "bo@x.example")]);
                world.at("2026-03-02 10:00").event("ada", "signed_up", json!({}));
                world.at("2026-03-03 08:00").identify("ada", &[("email", "new@x.example")]);
                world.at("2026-03-03 09:00").identify("bo", &[("email", address)]).keys(&["email:old@x.example"]);
                let (bounce_type, field) = if mark == "soft" { ("soft", "hard_bounced") } else { ("hard", mark) };
                let told = json!({"email_id": "hello", "bounce_type": bounce_type});
                world.at("2026-03-03 10:00").event("ada", event, told).run();
                world.at("2026-03-03 11:00").event("bo", "signed_up", json!({})).run();
                let is_own = i64::from(counts && event != "Email Bounced");
                let read = (world.read("ada", field), world.read("bo", field));
                assert_eq!(read, (is_own, i64::from(counts)), "{event} {mark} {batch_items}");
                assert_eq!(
                    world.sent().values().map(Vec::len).sum::<usize>(),
                    1 + usize::from(!counts),
                    "{event} {mark}"
                );
            }
        }
    }
}

/// `any email` with a period: of the mails of all workflows, until the period is over.
#[test]
fn any_email_is_of_all_workflows_and_of_other_tools() {
    let text = format!(
        "{ASK}
segment engaged = clicked any email at least 2 times in the last 30 days
workflow greet {{ enter when entered engaged; reenter after 1 day; set industry = \"saas\" }}
workflow bye {{ enter when left engaged; reenter after 1 day; set region = \"EMEA\" }}"
    );
    let mut world = world(&text);
    world.contact("ada", &[]);
    // Of a tool before Flow.
    let before = crate::support::at("2026-02-20 10:00");
    world.at("2026-03-02 09:00").event_of("ada", "Email Link Clicked", json!({}), before).run();
    world.at("2026-03-02 10:00").event("ada", "signed_up", json!({})).run();
    let click = json!({"email_id": "hello", "link_id": "more"});
    let sent_at = crate::support::at("2026-03-02 10:00");
    world.at("2026-03-02 10:01").event_of("ada", "Email Link Clicked", click.clone(), sent_at + 10_000).run();
    assert_eq!(world.read("ada", "industry"), 0, "a machine's click is none");
    world.at("2026-03-03 10:00").event("ada", "Email Link Clicked", click).run();
    assert_eq!(world.read("ada", "industry"), 1);
    world.at("2026-03-22 09:59").run();
    assert_eq!(world.read("ada", "region"), 0);
    // Thirty days after the first of the two.
    world.at("2026-03-22 10:00").run();
    assert_eq!(world.read("ada", "region"), 1);
    world.check_invariants();
}

/// Nobody ignores what they were not sent (LANGUAGE.md 6).
#[test]
fn nothing_opened_is_false_of_whoever_got_nothing() {
    let text = format!(
        "{ASK}\nsegment deaf = no opened any email in the last 10 days
workflow ask_once {{ enter when entered deaf; reenter after 1 day; set region = \"EMEA\" }}"
    );
    let mut world = world(&text);
    for user in ["ada", "bob", "cy"] {
        world.contact(user, &[]);
    }
    world.at("2026-03-02 10:00").event("ada", "signed_up", json!({})).event("bob", "signed_up", json!({})).run();
    world.at("2026-03-03 10:00").event("bob", "Email Opened", json!({"email_id": "hello"})).run();
    // Known for ten days by now, and the mail of 2 March is nearly as old.
    world.at("2026-03-12 09:59").run();
    let deaf = |world: &World| ["ada", "bob", "cy"].map(|user| world.read(user, "region"));
    assert_eq!(deaf(&world), [1, 0, 0]);
    world.at("2026-04-20").run();
    assert_eq!(deaf(&world), [1, 0, 0]);
    world.check_invariants();
}

/// A step behind a send asks of the mail that has just left, whoever took it and however long that took.
#[test]
fn a_step_behind_a_send_knows_that_a_mail_has_left() {
    let text = "workflow ask { enter when signed_up; reenter never; send hello
  if no opened any email in the last 1 hour { set region = \"EMEA\" } else { set region = \"APAC\" } }";
    for address in ["ada@x.example", "busy@x.example", "slow@x.example"] {
        let mut world = world(text);
        world.contact("ada", &[("email", address)]);
        world.at("2026-03-02 10:00").event("ada", "signed_up", json!({})).run().at("2026-03-04 10:00").run();
        assert_eq!(world.read("ada", "region"), 1, "{address}");
        world.check_invariants();
    }
}

/// Where the mail server refuses the address no event tells of it, and a later version finds it in what was decided.
#[test]
fn a_refused_address_has_bounced_also_for_a_later_version() {
    let text = |segment: &str| format!("{ASK}\n{segment}");
    let bounced = "segment dead = bounced any email ever
workflow tell { enter when dead including existing; reenter never; set region = \"EMEA\" }";
    let mut now = world(&text(bounced));
    let mut later = world(&text(""));
    for world in [&mut now, &mut later] {
        world.contact("ada", &[("email", "dead@x.example")]);
        world.at("2026-03-02 10:00").event("ada", "signed_up", json!({})).run();
    }
    assert_eq!(now.read("ada", "region"), 1);
    later.becomes(&text(bounced));
    later.at("2026-03-03 10:00").run();
    assert_eq!(later.read("ada", "region"), 1);
}
