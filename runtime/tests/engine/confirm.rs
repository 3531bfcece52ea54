//! `policy { confirm by EMAIL }`: whoever asks for mail confirms it before they get any (E7).

use crate::support::{World, at, world};
use crate::topics::became;
use serde_json::{Value, json};

const MAILS: &str = "
topics news, product
email welcome { subject \"Please confirm\"; kind transactional; template \"emails/confirm.html\" }
email letter { subject \"News\"; template \"emails/plain.html\"; topic news }
email tips { subject \"Tips\"; template \"emails/plain.html\"; topic product }
workflow of_news { enter when signed_up; reenter after 1 minute; send letter }
workflow of_product { enter when signed_up; reenter after 1 minute; send tips }
workflow of_nothing { enter when signed_up; reenter after 1 minute; send hello }
";

fn text(rule: &str) -> String {
    format!("policy {{ consent marketing {rule}; confirm by welcome }}\n{MAILS}")
}

/// The same where nobody confirms anything.
fn without() -> String {
    let text = text("opt in").replace("; confirm by welcome", "").replace("email welcome", "email receipt");
    text.replace("emails/confirm.html", "emails/plain.html")
}

/// Ada, who has said nothing.
fn under(rule: &str) -> World {
    let mut world = world(&text(rule));
    world.contact("ada", &[]);
    world
}

/// What becomes of the mails about news, product and nothing, each as `sent` or the number of the reason.
fn mails(world: &mut World, when: &str) -> String {
    became(world, when, &["of_news", "of_product", "of_nothing"]).join(" ")
}

/// What is decided of her when she says something.
fn says(world: &mut World, when: &str, event: &str, properties: Value) -> Vec<String> {
    let before = world.story("ada").len();
    world.at(when).event("ada", event, properties).run();
    world.story("ada").split_off(before).into_iter().map(|mut line| line.split_off(12)).collect()
}

const ASKED: [&str; 4] = ["AskedToConfirm", "confirm-mail Entered", "confirm-mail Sent s0", "confirm-mail Finished.1"];

#[test]
fn whoever_asks_for_mail_gets_none_until_they_confirm_it() {
    for (rule, at_first) in [("opt in", "15 15 15"), ("opt out", "sent sent sent")] {
        let mut world = under(rule);
        assert_eq!(mails(&mut world, "2026-03-02 10:00"), at_first, "{rule}");
        assert_eq!(says(&mut world, "2026-03-02 11:00", "Subscribed", json!({})), ASKED, "{rule}");
        assert_eq!(mails(&mut world, "2026-03-02 12:00"), "16 16 16", "{rule}");
        assert_eq!(says(&mut world, "2026-03-02 13:00", "Confirmed", json!({})), ["Consented.3"], "{rule}");
        assert_eq!(mails(&mut world, "2026-03-02 14:00"), "sent sent sent", "{rule}");
        // Confirmed once more it says nothing, and whoever gets mail is asked nothing.
        assert_eq!(says(&mut world, "2026-03-03 10:00", "Confirmed", json!({})), [""; 0], "{rule}");
        assert_eq!(says(&mut world, "2026-03-05 10:00", "Subscribed", json!({})), [""; 0], "{rule}");
        assert_eq!(says(&mut world, "2026-03-05 11:00", "Subscribed", json!({"topic": "news"})), [""; 0], "{rule}");
        assert_eq!(mails(&mut world, "2026-03-05 12:00"), "sent sent sent", "{rule}");
    }
}

/// What a tool has confirmed before is confirmed.
#[test]
fn a_column_that_says_granted_is_granted() {
    let mut world = under("opt in");
    world.at("2026-03-02 10:00").identify("ada", &[("marketing consent", "granted")]).run();
    assert_eq!(says(&mut world, "2026-03-02 11:00", "Subscribed", json!({})), [""; 0]);
    assert_eq!(mails(&mut world, "2026-03-02 12:00"), "sent sent sent");
    // Nobody is asked because of a column, and whom it names may confirm it.
    world.at("2026-03-03 10:00").identify("ada", &[("marketing consent", "pending")]).run();
    assert_eq!(mails(&mut world, "2026-03-03 11:00"), "16 16 16");
    assert_eq!(says(&mut world, "2026-03-03 12:00", "Confirmed", json!({})), ["Consented.3"]);
    assert_eq!(mails(&mut world, "2026-03-03 13:00"), "sent sent sent");
}

/// Ten presses of a button write one mail, and its link confirms all that was asked for; a day later there is another.
#[test]
fn one_mail_a_day_asks() {
    let mut world = under("opt in");
    assert_eq!(says(&mut world, "2026-03-02 10:00", "Subscribed", json!({"topic": "news"})).len(), 4);
    for minute in ["01", "02", "59"] {
        let said = says(&mut world, &format!("2026-03-02 10:{minute}"), "Subscribed", json!({"topic": "news"}));
        assert_eq!(said, ["confirm-mail Ignored.4"]);
    }
    let said = says(&mut world, "2026-03-03 09:59", "Subscribed", json!({"topic": "product"}));
    assert_eq!(said, ["AskedToConfirm topic product", "confirm-mail Ignored.4"]);
    let said = says(&mut world, "2026-03-03 10:00", "Subscribed", json!({"topic": "news"}));
    assert_eq!(said, ["confirm-mail Entered", "confirm-mail Sent s0", "confirm-mail Finished.1"]);
    assert_eq!(
        says(&mut world, "2026-03-03 11:00", "Confirmed", json!({})),
        ["SubscribedTo topic news", "SubscribedTo topic product"]
    );
    assert_eq!(mails(&mut world, "2026-03-03 12:00"), "sent sent 15");
}

#[test]
fn a_topic_is_confirmed_by_itself() {
    let mut world = under("opt out");
    let said = says(&mut world, "2026-03-02 10:00", "Subscribed", json!({"topics": ["news", "product"]}));
    assert_eq!(said.len(), 5, "{said:?}");
    assert_eq!(mails(&mut world, "2026-03-02 11:00"), "16 16 sent");
    says(&mut world, "2026-03-02 12:00", "Confirmed", json!({"topic": "news"}));
    assert_eq!(mails(&mut world, "2026-03-02 13:00"), "sent 16 sent");
    // One that nobody asked for, and one that the project does not have, confirm nothing.
    assert_eq!(says(&mut world, "2026-03-02 14:00", "Confirmed", json!({"topic": "offers"})), [""; 0]);
    assert_eq!(mails(&mut world, "2026-03-02 15:00"), "sent 16 sent");
}

/// Of all mail that she asked for she confirms one topic: that alone.
#[test]
fn of_all_mail_one_topic_may_be_confirmed() {
    let mut world = under("opt in");
    says(&mut world, "2026-03-02 10:00", "Subscribed", json!({}));
    says(&mut world, "2026-03-02 11:00", "Confirmed", json!({"topic": "news"}));
    assert_eq!(mails(&mut world, "2026-03-02 12:00"), "sent 16 16");
    says(&mut world, "2026-03-02 13:00", "Confirmed", json!({}));
    assert_eq!(mails(&mut world, "2026-03-02 14:00"), "sent sent sent");
}

/// A refusal is of what she had asked for, and a `Subscribed` lifts none by itself: anybody may type her address into a form.
#[test]
fn a_refusal_stays_until_she_confirms_again() {
    for refusal in ["Unsubscribed", "Complained"] {
        let number = if refusal == "Unsubscribed" { "3" } else { "5" };
        let mut world = under("opt out");
        says(&mut world, "2026-03-02 10:00", "Subscribed", json!({}));
        says(&mut world, "2026-03-02 11:00", refusal, json!({}));
        assert_eq!(says(&mut world, "2026-03-02 12:00", "Confirmed", json!({})), [""; 0], "{refusal}");
        assert_eq!(mails(&mut world, "2026-03-02 13:00"), [number; 3].join(" "));
        // She asks again: the mail that asks her may go to her, all others not.
        assert_eq!(says(&mut world, "2026-03-04 10:00", "Subscribed", json!({})), ASKED, "{refusal}");
        assert_eq!(mails(&mut world, "2026-03-04 11:00"), [number; 3].join(" "));
        assert_eq!(says(&mut world, "2026-03-04 12:00", "Confirmed", json!({})), ["Consented"]);
        assert_eq!(mails(&mut world, "2026-03-04 13:00"), "sent sent sent");
    }
    let mut world = under("opt out");
    says(&mut world, "2026-03-02 10:00", "Unsubscribed", json!({"topic": "news"}));
    says(&mut world, "2026-03-03 10:00", "Subscribed", json!({"topic": "news"}));
    assert_eq!(mails(&mut world, "2026-03-03 11:00"), "16 sent sent");
    says(&mut world, "2026-03-03 12:00", "Unsubscribed", json!({"topic": "news"}));
    assert_eq!(says(&mut world, "2026-03-03 13:00", "Confirmed", json!({})), [""; 0]);
    assert_eq!(mails(&mut world, "2026-03-03 14:00"), "18 sent sent");
}

/// What occurred before a refusal asks for nothing, whenever it arrives.
#[test]
fn what_is_older_than_a_refusal_says_nothing() {
    let mut world = under("opt in");
    says(&mut world, "2026-03-02 12:00", "Unsubscribed", json!({}));
    world.at("2026-03-02 13:00").event_of("ada", "Subscribed", json!({}), at("2026-03-02 11:59")).run();
    world.at("2026-03-02 14:00").event_of("ada", "Confirmed", json!({}), at("2026-03-02 12:00")).run();
    assert_eq!(mails(&mut world, "2026-03-02 15:00"), "3 3 3");
    assert!(!world.story("ada").iter().any(|line| line.contains("confirm-mail")));
}

/// The mail that asks goes to nobody whose address takes none, and to nobody whom the company has marked.
#[test]
fn the_mail_that_asks_obeys_bounces_and_do_not_contact() {
    for (field, number) in [("hard_bounced", "4"), ("do_not_contact", "6")] {
        let mut world = under("opt in");
        world.at("2026-03-02 10:00").identify("ada", &[(field, "yes")]).run();
        let said = says(&mut world, "2026-03-02 11:00", "Subscribed", json!({}));
        assert_eq!(said[2], format!("confirm-mail Withheld s0.{number}"));
        says(&mut world, "2026-03-02 12:00", "Confirmed", json!({}));
        assert_eq!(mails(&mut world, "2026-03-02 13:00"), [number; 3].join(" "));
    }
}

/// It is no marketing: neither caps nor quiet hours hold it, it counts for none, and nobody is held out of it.
#[test]
fn the_mail_that_asks_leaves_at_once() {
    let more = "cap 1 email per 7 days then delay; quiet from 08:00 to 20:00 in contact timezone; holdout 99%";
    let mut world = world(&format!("policy {{ {more} }}\n{}", text("opt in")));
    world.contact("ada", &[]);
    assert_eq!(says(&mut world, "2026-03-02 11:00", "Subscribed", json!({})), ASKED);
}

/// Whoever presses the button before their address is known is asked when it is, within ten minutes.
#[test]
fn an_address_that_comes_later_is_asked_too() {
    for (minutes, is_asked) in [("09", true), ("11", false)] {
        let mut world = under("opt in");
        world.at("2026-03-02 10:00").event("", "Subscribed", json!({})).only_key("anonymous:d").run();
        world.at(&format!("2026-03-02 10:{minutes}")).identify("eve", &[("email", "eve@x.example")]);
        world.keys(&["anonymous:d"]).run();
        let story = world.story("eve");
        assert_eq!(story.iter().any(|line| line.contains("confirm-mail Sent")), is_asked, "{story:#?}");
        // Whoever is not asked for that is told of as anybody who is not taken in.
        assert_eq!(story.iter().any(|line| line.contains("confirm-mail Ignored.73")), !is_asked, "{story:#?}");
    }
}

/// One form fills in a device, which proves to be hers.
#[test]
fn of_two_who_are_one_what_is_pending_counts() {
    let mut world = under("opt in");
    world.at("2026-03-02 10:00").identify("ada", &[("topic news", "subscribed")]).run();
    assert_eq!(mails(&mut world, "2026-03-02 11:00"), "sent 15 15");
    world.at("2026-03-02 12:00").event("", "Subscribed", json!({"topic": "news"})).only_key("anonymous:d").run();
    world.at("2026-03-02 12:05").identify("ada", &[]).keys(&["anonymous:d"]).run();
    assert_eq!(mails(&mut world, "2026-03-02 13:00"), "16 15 15");
    assert!(world.story("ada").iter().any(|line| line.contains("confirm-mail Sent")), "{:#?}", world.story("ada"));
    says(&mut world, "2026-03-02 14:00", "Confirmed", json!({}));
    assert_eq!(mails(&mut world, "2026-03-02 15:00"), "sent 15 15");
}

/// `enter when confirmed news` enters at the confirmation, where it is one of news.
#[test]
fn people_enter_when_they_confirm() {
    const MORE: &str = "
workflow of_all { enter when confirmed; reenter after 1 minute; score += 1 }
workflow of_one { enter when confirmed news; reenter after 1 minute; score += 10 }
workflow counted { enter when confirmed product at least 2 times ever new only; reenter never; score += 100 }";
    let mut world = world(&format!("{}{MORE}", text("opt in")));
    world.contact("ada", &[]);
    let score = |world: &mut World, when: &str, event: &str, properties: Value| {
        says(world, when, event, properties);
        world.score("ada")
    };
    assert_eq!(score(&mut world, "2026-03-02 10:00", "Subscribed", json!({"topic": "product"})), 0);
    assert_eq!(score(&mut world, "2026-03-02 11:00", "Confirmed", json!({})), 1);
    // There is nothing to confirm, whatever it names.
    assert_eq!(score(&mut world, "2026-03-02 12:00", "Confirmed", json!({"topic": "news"})), 1);
    assert_eq!(score(&mut world, "2026-03-02 13:00", "Subscribed", json!({"topic": "news"})), 1);
    assert_eq!(score(&mut world, "2026-03-02 14:00", "Opt-In Confirmed", json!({"topic": "news"})), 12);
    // All of it is each of them.
    assert_eq!(score(&mut world, "2026-03-03 13:00", "Subscribed", json!({})), 12);
    assert_eq!(score(&mut world, "2026-03-03 14:00", "Confirmed", json!({})), 123);
}

/// Without `confirm by` it is a yes as any other.
#[test]
fn where_nobody_is_asked_to_confirm_it_is_a_yes() {
    let mut world = world(&without());
    world.contact("ada", &[]);
    assert_eq!(says(&mut world, "2026-03-02 10:00", "Confirmed", json!({})), ["Consented.3"]);
    assert_eq!(mails(&mut world, "2026-03-02 11:00"), "sent sent sent");
}

/// Who is pending when the rule goes is so still, and who had said yes when it came need not say so again.
#[test]
fn the_rule_may_come_and_go() {
    let mut world = world(&without());
    world.contact("ada", &[]);
    says(&mut world, "2026-03-02 10:00", "Subscribed", json!({"topic": "news"}));
    world.becomes(&text("opt in"));
    assert_eq!(mails(&mut world, "2026-03-02 11:00"), "sent 15 15");
    says(&mut world, "2026-03-02 12:00", "Subscribed", json!({}));
    assert_eq!(mails(&mut world, "2026-03-02 13:00"), "sent 16 16");
    world.becomes(&without());
    assert_eq!(mails(&mut world, "2026-03-02 14:00"), "16 16 16");
    says(&mut world, "2026-03-02 15:00", "Subscribed", json!({}));
    assert_eq!(mails(&mut world, "2026-03-02 16:00"), "sent sent sent");
}

/// Anybody may type an address into a form: that lifts neither a pause nor what a step keeps from somebody, and what they confirm does.
#[test]
fn asking_lifts_no_suppression_and_no_pause() {
    for kept in ["suppressed", "paused"] {
        let quiet = "workflow quiet { enter when requested_demo; reenter never; suppress because \"talks\" }";
        let mut world = world(&format!("{}\n{quiet}", text("opt in")));
        world.contact("ada", &[]);
        says(&mut world, "2026-03-02 10:00", "Subscribed", json!({}));
        says(&mut world, "2026-03-02 11:00", "Confirmed", json!({}));
        match kept {
            "suppressed" => _ = says(&mut world, "2026-03-02 12:00", "requested_demo", json!({})),
            _ => _ = world.at("2026-03-02 12:00").identify("ada", &[("paused_until", "2026-04-10")]).run(),
        }
        let withheld = if kept == "suppressed" { "9 9 9" } else { "11 11 11" };
        assert_eq!(mails(&mut world, "2026-03-03 09:00"), withheld);
        says(&mut world, "2026-03-04 10:00", "Subscribed", json!({ "topic": "news" }));
        says(&mut world, "2026-03-04 10:01", "Subscribed", json!({}));
        let after = mails(&mut world, "2026-03-04 11:00");
        assert!(!after.contains("sent"), "{kept}: {after}");
        says(&mut world, "2026-03-04 12:00", "Confirmed", json!({}));
        assert_eq!(mails(&mut world, "2026-03-04 13:00"), "sent sent sent", "{kept}: {:#?}", world.story("ada"));
    }
}

/// What she has refused since she asked is not what she confirms.
#[test]
fn a_topic_refused_behind_the_asking_stays_refused() {
    let mut world = under("opt in");
    says(&mut world, "2026-03-02 10:00", "Subscribed", json!({}));
    says(&mut world, "2026-03-02 11:00", "Unsubscribed", json!({ "topic": "news" }));
    says(&mut world, "2026-03-02 12:00", "Confirmed", json!({}));
    assert_eq!(mails(&mut world, "2026-03-02 13:00"), "18 sent sent");
}

/// What she has confirmed she gets, whatever anybody asks for in her name.
#[test]
fn a_topic_that_is_confirmed_stays_so_while_all_mail_is_to_be_confirmed() {
    let mut world = under("opt in");
    says(&mut world, "2026-03-02 10:00", "Subscribed", json!({ "topic": "news" }));
    says(&mut world, "2026-03-02 11:00", "Confirmed", json!({}));
    says(&mut world, "2026-03-04 10:00", "Subscribed", json!({}));
    assert_eq!(mails(&mut world, "2026-03-04 11:00"), "sent 16 16");
    says(&mut world, "2026-03-04 12:00", "Confirmed", json!({}));
    assert_eq!(mails(&mut world, "2026-03-04 13:00"), "sent sent sent");
}

/// Where one of two asked, and the other refused after that, nothing is left to confirm.
#[test]
fn of_two_who_are_one_a_later_refusal_takes_back_what_was_asked() {
    let mut world = under("opt in");
    world.at("2026-03-02 10:00").event("", "Subscribed", json!({})).only_key("anonymous:d").run();
    world.at("2026-03-02 10:10").event("ada", "Unsubscribed", json!({})).run();
    world.at("2026-03-02 10:20").identify("ada", &[]).keys(&["anonymous:d"]).run();
    world.at("2026-03-02 10:30").event("ada", "Confirmed", json!({})).run();
    assert_eq!(mails(&mut world, "2026-03-02 11:00"), "3 3 3");
}
