//! `topics news, product`: mail that people want or refuse subject by subject (E7).

use crate::support::{World, world};
use serde_json::json;

const MAILS: &str = "
topics news, product
email letter { subject \"News\"; template \"emails/plain.html\"; topic news }
email tips { subject \"Tips\"; template \"emails/plain.html\"; topic product }
workflow of_news { enter when signed_up; reenter after 1 minute; send letter }
workflow of_product { enter when signed_up; reenter after 1 minute; send tips }
workflow of_nothing { enter when signed_up; reenter after 1 minute; send hello }
workflow receipts { enter when signed_up; reenter after 1 minute; send bill }
";

/// Ada, who has said nothing.
fn under(rule: &str) -> World {
    let mut world = world(&format!("policy {{ {rule} }}\n{MAILS}"));
    world.contact("ada", &[]);
    world
}

/// What becomes of the mails about news, product and nothing, each as `sent` or the number of the reason.
fn mails(world: &mut World, when: &str) -> String {
    let mut became = became(world, when, &["of_news", "of_product", "of_nothing", "receipts"]);
    let receipt = became.pop().unwrap();
    assert_eq!(receipt, if world.read("ada", "do_not_contact") == 0 { "sent" } else { "6" });
    became.join(" ")
}

/// What becomes of the mail of each of these workflows when Ada signs up.
pub(crate) fn became(world: &mut World, when: &str, workflows: &[&str]) -> Vec<String> {
    let before = world.story("ada").len();
    world.at(when).event("ada", "signed_up", json!({})).run();
    let story = world.story("ada").split_off(before);
    let of = |workflow: &&str| {
        let is_of = |line: &&String| line.contains(&format!(" {workflow} ")) && !line.contains("Finished");
        let line = story.iter().filter(is_of).find(|line| line.contains("Sent") || line.contains("Withheld"));
        let line = line.unwrap_or_else(|| panic!("{workflow}: {story:#?}"));
        if line.contains("Sent") { "sent".to_owned() } else { line.rsplit('.').next().unwrap().to_owned() }
    };
    workflows.iter().map(of).collect()
}

/// What is decided of her when she says something.
fn says(world: &mut World, when: &str, event: &str, properties: serde_json::Value) -> Vec<String> {
    let before = world.story("ada").len();
    world.at(when).event("ada", event, properties).run();
    world.story("ada").split_off(before).into_iter().map(|mut line| line.split_off(12)).collect()
}

#[test]
fn a_refusal_of_a_topic_withholds_mail_about_that_alone() {
    for (rule, at_first) in [
        ("", "sent sent sent"),
        ("consent marketing opt out", "sent sent sent"),
        ("consent marketing opt in", "15 15 15"),
    ] {
        let mut world = under(rule);
        assert_eq!(mails(&mut world, "2026-03-02 10:00"), at_first, "{rule}");
        says(&mut world, "2026-03-02 11:00", "Subscribed", json!({}));
        assert_eq!(mails(&mut world, "2026-03-02 12:00"), "sent sent sent", "{rule}");
        assert_eq!(
            says(&mut world, "2026-03-03 10:00", "Unsubscribed", json!({ "topic": "news" })),
            ["UnsubscribedFrom topic news"]
        );
        assert_eq!(mails(&mut world, "2026-03-03 11:00"), "18 sent sent", "{rule}");
        // It is known by now.
        assert_eq!(says(&mut world, "2026-03-03 12:00", "Unsubscribed", json!({ "topic": "News" })), [""; 0]);
        // Her own later word for it, and no other, lifts it.
        assert_eq!(says(&mut world, "2026-03-04 10:00", "Subscribed", json!({ "topic": "product" })), [""; 0]);
        assert_eq!(mails(&mut world, "2026-03-04 11:00"), "18 sent sent", "{rule}");
        assert_eq!(
            says(&mut world, "2026-03-05 10:00", "Subscribed", json!({ "topic": "news" })),
            ["SubscribedTo topic news"]
        );
        assert_eq!(mails(&mut world, "2026-03-05 11:00"), "sent sent sent", "{rule}");
    }
}

#[test]
fn a_yes_to_a_topic_is_none_to_other_mail() {
    let mut world = under("consent marketing opt in");
    assert_eq!(
        says(&mut world, "2026-03-02 10:00", "Subscribed", json!({ "topic": "news" })),
        ["SubscribedTo topic news"]
    );
    assert_eq!(mails(&mut world, "2026-03-02 11:00"), "sent 15 15");
    assert_eq!(
        says(&mut world, "2026-03-02 12:00", "Subscribed", json!({ "topics": ["product", "news"] })),
        ["SubscribedTo topic product"]
    );
    assert_eq!(mails(&mut world, "2026-03-02 13:00"), "sent sent 15");
    // All of it, also what she has refused.
    says(&mut world, "2026-03-03 10:00", "Unsubscribed", json!({ "topic": "product" }));
    assert_eq!(
        says(&mut world, "2026-03-03 11:00", "Subscribed", json!({})),
        ["Consented.3", "SubscribedTo topic product"]
    );
    assert_eq!(mails(&mut world, "2026-03-03 12:00"), "sent sent sent");
}

/// In doubt nobody is written to: a refusal of something that nobody knows is one of all mail, and a yes to it says nothing.
#[test]
fn a_topic_that_nobody_declares_refuses_all_mail_and_is_no_yes() {
    let mut world = under("consent marketing opt in");
    assert_eq!(says(&mut world, "2026-03-02 10:00", "Subscribed", json!({ "topic": "offers" })), [""; 0]);
    assert_eq!(mails(&mut world, "2026-03-02 11:00"), "15 15 15");
    assert_eq!(
        says(&mut world, "2026-03-02 12:00", "Subscribed", json!({ "topics": "offers, news" })),
        ["SubscribedTo topic news"]
    );
    assert_eq!(mails(&mut world, "2026-03-02 13:00"), "sent 15 15");
    assert_eq!(
        says(&mut world, "2026-03-03 10:00", "Unsubscribed", json!({ "topics": "offers, news" })),
        ["Suppressed.1"]
    );
    assert_eq!(mails(&mut world, "2026-03-03 11:00"), "3 3 3");
}

/// A form in which nothing is ticked is no yes to everything, and a refusal of it is none of nothing.
#[test]
fn an_event_that_names_no_topic_is_no_yes_and_refuses_all_mail() {
    for nothing in [json!({ "topic": [] }), json!({ "topic": "" }), json!({ "topic": null }), json!({ "topicId": 7 })] {
        let mut world = under("consent marketing opt out");
        says(&mut world, "2026-03-02 10:00", "Unsubscribed", json!({}));
        assert_eq!(says(&mut world, "2026-03-03 10:00", "Subscribed", nothing.clone()), [""; 0], "{nothing}");
        assert_eq!(mails(&mut world, "2026-03-03 11:00"), "3 3 3", "{nothing}");
        let mut world = under("consent marketing opt out");
        says(&mut world, "2026-03-02 10:00", "Unsubscribed", nothing.clone());
        assert_eq!(mails(&mut world, "2026-03-02 11:00"), "3 3 3", "{nothing}");
    }
}

/// Nobody can tell what a refusal is called where its topic has another name, or none any more.
#[test]
fn who_refused_a_topic_that_is_gone_gets_what_they_asked_for_and_no_other_mail() {
    let renamed = MAILS.replace("topics news", "topics newsletter").replace("topic news", "topic newsletter");
    let without = MAILS.replace("topics news, product", "topics product").replace("topic news", "topic product");
    for text in [renamed, without] {
        let mut world = under("");
        world.contact("bo", &[]);
        says(&mut world, "2026-03-02 10:00", "Unsubscribed", json!({ "topic": "news" }));
        world.becomes(&text).reopen();
        assert_eq!(mails(&mut world, "2026-03-03 11:00"), "18 18 18");
        // As the link of an older mail brings it.
        world.contact("cy", &[]).event("cy", "Unsubscribed", json!({ "topic": "news" })).run();
        assert_eq!(world.read("cy", "unsubscribed"), 1);
        world.event("bo", "signed_up", json!({})).run();
        assert_eq!(world.story("bo").iter().filter(|line| line.contains("Sent")).count(), 4);
        // A yes by name is one, whatever the refusal is called.
        says(&mut world, "2026-03-03 12:00", "Subscribed", json!({ "topic": "product" }));
        assert!(mails(&mut world, "2026-03-03 13:00").contains("18"), "{:#?}", world.story("ada"));
        assert!(mails(&mut world, "2026-03-03 13:30").contains("sent"), "{:#?}", world.story("ada"));
        // Where the topic is back, it is a refusal of that alone.
        world.at("2026-03-04 10:00").becomes(MAILS);
        assert_eq!(mails(&mut world, "2026-03-04 11:00"), "18 sent sent");
        world.becomes(&text);
        says(&mut world, "2026-03-05 10:00", "Subscribed", json!({}));
        assert_eq!(mails(&mut world, "2026-03-05 11:00"), "sent sent sent");
    }
}

#[test]
fn whoever_refused_all_mail_may_come_back_to_a_topic() {
    for refusal in ["Unsubscribed", "Complained"] {
        let mut world = under("consent marketing opt out");
        let number = if refusal == "Unsubscribed" { "3" } else { "5" };
        says(&mut world, "2026-03-02 10:00", refusal, json!({}));
        assert_eq!(mails(&mut world, "2026-03-02 11:00"), [number; 3].join(" "));
        // What occurred before the refusal does not lift it.
        world.at("2026-03-02 12:00");
        world.event_of("ada", "Subscribed", json!({ "topic": "news" }), crate::support::at("2026-03-02 09:59")).run();
        assert_eq!(mails(&mut world, "2026-03-02 13:00"), [number; 3].join(" "));
        assert_eq!(
            says(&mut world, "2026-03-03 10:00", "Subscribed", json!({ "topic": "news" })),
            ["SubscribedTo topic news"]
        );
        assert_eq!(mails(&mut world, "2026-03-03 11:00"), format!("sent {number} {number}"));
        // Nothing that a sync brings does the same, and none takes back that she came.
        world
            .at("2026-03-04 10:00")
            .identify("ada", &[("topic product", "subscribed"), ("topic news", "subscribed")])
            .run();
        assert_eq!(mails(&mut world, "2026-03-04 11:00"), format!("sent {number} {number}"));
        // A later refusal is of that, too.
        says(&mut world, "2026-03-05 10:00", refusal, json!({}));
        assert_eq!(mails(&mut world, "2026-03-05 11:00"), [number; 3].join(" "));
        says(&mut world, "2026-03-06 10:00", "Subscribed", json!({}));
        assert_eq!(mails(&mut world, "2026-03-06 11:00"), "sent sent sent");
    }
}

/// A choice among topics is of all of them; it is no refusal, so a newer one counts.
#[test]
fn a_sync_says_which_topics_are_chosen_and_lifts_no_refusal() {
    let mut world = under("consent marketing opt out");
    let chosen = |world: &mut World, when: &str, news: &str, product: &str| {
        world.at(when).identify("ada", &[("topic news", news), ("topic product", product)]).run();
    };
    chosen(&mut world, "2026-03-02 10:00", "subscribed", "not chosen");
    assert_eq!(mails(&mut world, "2026-03-02 11:00"), "sent 19 sent");
    chosen(&mut world, "2026-03-03 10:00", "not chosen", "subscribed");
    assert_eq!(mails(&mut world, "2026-03-03 11:00"), "19 sent sent");
    says(&mut world, "2026-03-04 10:00", "Unsubscribed", json!({ "topic": "product" }));
    chosen(&mut world, "2026-03-05 10:00", "subscribed", "subscribed");
    assert_eq!(mails(&mut world, "2026-03-05 11:00"), "sent 18 sent");
    // Whoever is not to be contacted gets none.
    world.at("2026-03-06 10:00").identify("ada", &[("do_not_contact", "yes")]).run();
    says(&mut world, "2026-03-06 11:00", "Subscribed", json!({ "topic": "product" }));
    assert_eq!(mails(&mut world, "2026-03-06 12:00"), "6 6 6");
}

/// What is still to be confirmed is of all mail, and of several words about one instant a refusal is the last.
#[test]
fn in_doubt_no_mail_about_a_topic_leaves() {
    let mut world = under("consent marketing opt out");
    says(&mut world, "2026-03-02 10:00", "Subscribed", json!({ "topic": "news" }));
    world.at("2026-03-02 11:00").identify("ada", &[("marketing consent", "pending")]).run();
    assert_eq!(mails(&mut world, "2026-03-02 12:00"), "16 16 16");
    let mut world = under("");
    world.at("2026-03-02 10:00").event("ada", "Unsubscribed", json!({ "topic": "news" }));
    world.event("ada", "Subscribed", json!({ "topic": "news" })).run();
    assert_eq!(mails(&mut world, "2026-03-02 11:00"), "18 sent sent");
    // A pause is of all mail until its day.
    let mut world = under("");
    world.at("2026-03-02 10:00").identify("ada", &[("paused_until", "2026-03-10")]).run();
    says(&mut world, "2026-03-02 11:00", "Subscribed", json!({ "topic": "news" }));
    assert_eq!(mails(&mut world, "2026-03-02 12:00"), "11 11 11");
}

/// Nobody can tell which topics somebody means who names another's address.
#[test]
fn whoever_has_an_address_that_another_names_gets_no_mail() {
    let mut world = under("");
    world.contact("bo", &[]);
    let address = json!({ "topic": "news", "email": "ada@people.example" });
    world.at("2026-03-02 10:00").event("bo", "Unsubscribed", address).keys(&["email:ada@people.example"]).run();
    assert_eq!(mails(&mut world, "2026-03-02 11:00"), "3 3 3");
}

/// A yes for another address says nothing of hers; a refusal at one is of all mail for whoever has it.
#[test]
fn what_is_said_of_another_address_is_said_of_it() {
    let mut world = under("consent marketing opt in");
    says(&mut world, "2026-03-02 10:00", "Subscribed", json!({ "topic": "news", "email": "other@people.example" }));
    assert_eq!(mails(&mut world, "2026-03-02 11:00"), "15 15 15");
    says(&mut world, "2026-03-02 12:00", "Subscribed", json!({ "topic": "news", "email": "ada@people.example" }));
    assert_eq!(mails(&mut world, "2026-03-02 13:00"), "sent 15 15");
    let mut world = under("");
    let address = json!({ "topic": "news", "email": "ada@people.example" });
    assert_eq!(says(&mut world, "2026-03-02 10:00", "Unsubscribed", address), ["UnsubscribedFrom topic news"]);
    assert_eq!(mails(&mut world, "2026-03-02 11:00"), "18 sent sent");
    says(
        &mut world,
        "2026-03-02 12:00",
        "Unsubscribed",
        json!({ "topic": "product", "email": "other@people.example" }),
    );
    assert_eq!(mails(&mut world, "2026-03-02 13:00"), "18 18 sent");
    world.at("2026-03-02 14:00").identify("ada", &[("email", "other@people.example")]).run();
    assert_eq!(mails(&mut world, "2026-03-02 15:00"), "3 3 3");
}

/// Where nobody knows of one of them, that says nothing of the other.
#[test]
fn of_two_who_are_one_the_more_restrictive_counts() {
    const SAYS: [(&str, &str); 4] =
        [("subscribed", "sent"), ("not chosen", "19"), ("unsubscribed", "18"), ("", "sent")];
    for (ada, _) in SAYS {
        for (device, _) in SAYS {
            let mut world = under("");
            let said =
                |said: &'static str| (!said.is_empty()).then_some(("topic news", said)).into_iter().collect::<Vec<_>>();
            world.at("2026-03-02 10:00").identify("ada", &said(ada)).run();
            world.at("2026-03-02 11:00").identify("", &said(device)).only_key("anonymous:d").run();
            world.at("2026-03-02 12:00").identify("ada", &[]).keys(&["anonymous:d"]).run();
            let of = |said: &str| SAYS.iter().position(|(known, _)| *known == said).filter(|place| *place < 3);
            let becomes = of(ada).max(of(device)).map_or("sent", |place| SAYS[place].1);
            assert_eq!(mails(&mut world, "2026-03-02 13:00"), format!("{becomes} sent sent"), "{ada}, {device}");
        }
    }
    // Who has come back to a topic stays so where the other has said nothing.
    for (one, other) in [("ada", "anonymous:d"), ("anonymous:d", "ada")] {
        let mut world = under("");
        let mut from = |when: &str, event: &str, properties: serde_json::Value| {
            world.at(when).event(if one == "ada" { "ada" } else { "" }, event, properties);
            if one != "ada" {
                world.only_key(one);
            }
            world.run();
        };
        from("2026-03-02 10:00", "Unsubscribed", json!({}));
        from("2026-03-03 10:00", "Subscribed", json!({ "topic": "news" }));
        if other == "anonymous:d" {
            world.at("2026-03-03 11:00").event("", "downloaded", json!({ "asset": "paper" })).only_key(other).run();
        }
        world.at("2026-03-03 13:00").identify("ada", &[]).keys(&["anonymous:d"]).run();
        assert_eq!(mails(&mut world, "2026-03-03 14:00"), "sent 3 3", "{one}");
    }
    // That one of them came back to a topic lifts nothing of what the other refused.
    let mut world = under("");
    says(&mut world, "2026-03-02 10:00", "Unsubscribed", json!({}));
    says(&mut world, "2026-03-03 10:00", "Subscribed", json!({ "topic": "news" }));
    assert_eq!(mails(&mut world, "2026-03-03 11:00"), "sent 3 3");
    world.at("2026-03-03 12:00").identify("", &[("unsubscribed", "yes")]).only_key("anonymous:d").run();
    world.at("2026-03-03 13:00").identify("ada", &[]).keys(&["anonymous:d"]).run();
    assert_eq!(mails(&mut world, "2026-03-03 14:00"), "3 3 3");
}

/// What a sync says and lifts nothing by makes no word of hers an older one.
#[test]
fn a_sync_that_changes_nothing_makes_no_later_word_of_theirs_old() {
    let mut world = under("");
    says(&mut world, "2026-03-02 10:00", "Unsubscribed", json!({ "topic": "news" }));
    world.at("2026-03-04 10:00").identify("ada", &[("topic news", "subscribed")]).run();
    world.at("2026-03-05 10:00");
    world.event_of("ada", "Subscribed", json!({ "topic": "news" }), crate::support::at("2026-03-03 10:00")).run();
    assert_eq!(mails(&mut world, "2026-03-05 11:00"), "sent sent sent");
}

/// It is asked again when a held mail leaves, and of what a mail is about by then.
#[test]
fn a_topic_is_asked_when_a_mail_leaves() {
    let head = "topics news\nemail letter { subject \"News\"; template \"emails/plain.html\"";
    let text = |topic: &str| {
        format!(
            "{head}{topic} }}\nworkflow w {{ enter when signed_up; reenter never; send on saturday in contact timezone; send letter }}"
        )
    };
    let mut world = world(&text("; topic news"));
    for user in ["ada", "bo"] {
        world.contact(user, &[]).at("2026-03-02 10:00").event(user, "signed_up", json!({}));
    }
    world.run().at("2026-03-03 10:00").event("ada", "Unsubscribed", json!({ "topic": "news" })).run().reopen();
    world.at("2026-03-20").run();
    assert!(world.story("ada").iter().any(|line| line.ends_with(".18")), "{:#?}", world.story("ada"));
    assert!(world.story("bo").iter().any(|line| line.contains("Sent")), "{:#?}", world.story("bo"));
    // Before the mail had a topic, the refusal was of one that no mail was about.
    let mut world = crate::support::world(&text(""));
    world.contact("ada", &[]).at("2026-03-02 10:00").event("ada", "signed_up", json!({}));
    world.at("2026-03-02 11:00").event("ada", "Unsubscribed", json!({ "topic": "news" })).run();
    world.becomes(&text("; topic news")).at("2026-03-20").run();
    assert!(world.story("ada").iter().any(|line| line.ends_with(".18")), "{:#?}", world.story("ada"));
}

/// A yes to some topics, before there was a rule, is none to all mail.
#[test]
fn a_rule_that_is_new_knows_a_yes_to_a_topic_for_what_it_is() {
    let mut world = under("");
    says(&mut world, "2026-03-02 10:00", "Subscribed", json!({ "topic": "news" }));
    world.at("2026-03-02 11:00").becomes(&format!("policy {{ consent marketing opt in }}\n{MAILS}"));
    assert_eq!(mails(&mut world, "2026-03-02 12:00"), "sent 15 15");
}

#[test]
fn workflows_may_ask_and_wait_for_a_topic() {
    const ASKS: &str = "
topics news, product
workflow welcome { enter when subscribed to news new only; reenter never; send hello }
workflow nurture {
  enter when signed_up
  reenter never
  exit when complained
  wait until subscribed to news up to 3 days, otherwise { score += 1; exit }
  score += 10
}";
    for rule in ["", "consent marketing opt out", "consent marketing opt in"] {
        let mut world = world(&format!("policy {{ {rule} }}\n{ASKS}"));
        world.contact("ada", &[]).at("2026-03-02 10:00").event("ada", "signed_up", json!({})).run();
        says(&mut world, "2026-03-02 11:00", "Subscribed", json!({ "topic": "product" }));
        assert_eq!(world.score("ada"), 0, "{rule}");
        says(&mut world, "2026-03-03 10:00", "Subscribed", json!({ "topic": "news" }));
        assert_eq!(world.score("ada"), 10, "{rule}");
        let welcome = |world: &World| world.story("ada").iter().filter(|line| line.contains("welcome Entered")).count();
        assert_eq!(welcome(&world), 1, "{rule}");
    }
    // A yes to all mail is one to each topic, but to one that somebody has refused or has not chosen.
    for (before, says_all, scored) in [
        (vec![], true, 10),
        (vec![("topic news", "not chosen")], true, 10),
        (vec![("topic news", "unsubscribed")], false, 1),
        (vec![("do_not_contact", "yes")], true, 1),
        (vec![], false, 1),
    ] {
        let mut world = world(&format!("policy {{ consent marketing opt in }}\n{ASKS}"));
        world.contact("ada", &before).at("2026-03-02 10:00").event("ada", "signed_up", json!({})).run();
        if says_all {
            says(&mut world, "2026-03-03 10:00", "Subscribed", json!({}));
        }
        world.at("2026-03-10").run();
        assert_eq!(world.score("ada"), scored, "{before:?} {says_all}");
    }
}
