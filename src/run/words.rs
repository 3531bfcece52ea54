//! The kinds of things a report counts, in words.

use flow_runtime::report::{Totals, WorkflowReport};

use crate::output::thousands;

/// What is to be done about a refusal under a name that Flow does not know.
pub(crate) const SEND_AS_UNSUBSCRIBED: &str = "send it as `Unsubscribed`, and look who meant it";

/// How many kinds of a remark are told one by one.
const SHOWN_KINDS: usize = 5;

/// `12 not UTF-8, 3 too long`, largest first, the smallest together.
pub(crate) fn words(totals: &Totals, name: impl Fn(&str) -> String) -> String {
    listed(totals, |kind, count| format!("{count} {}", name(kind)))
}

pub(super) fn listed(totals: &Totals, form: impl Fn(&str, &str) -> String) -> String {
    let mut sorted: Vec<_> = totals.iter().filter(|(_, count)| **count > 0).collect();
    sorted.sort_by_key(|(name, count)| (std::cmp::Reverse(**count), name.as_str()));
    // One kind more is told as quickly as that there is one.
    let shown = if sorted.len() > SHOWN_KINDS + 1 { SHOWN_KINDS } else { sorted.len() };
    let (shown, others) = sorted.split_at(shown);
    let mut words: Vec<String> = shown.iter().map(|(kind, count)| form(kind, &thousands(**count))).collect();
    if !others.is_empty() {
        words.push(format!("{} others", thousands(others.iter().map(|(_, count)| **count).sum())));
    }
    words.join(", ")
}

pub(crate) fn as_named(name: &str) -> String {
    name.to_owned()
}

pub(super) fn suppressed_words(kind: &str) -> String {
    kind.replace('_', " ")
}

pub(super) fn withheld_words(reason: &str) -> String {
    if let Some(topic) = reason.strip_prefix("capped_about_") {
        return format!("over a cap on mail about {topic} for as long as they may be held");
    }
    if let Some(topic) = reason.strip_prefix("dropped_by_cap_about_") {
        return format!("over a cap on mail about {topic}");
    }
    match reason {
        "already_sent" => "received already".to_owned(),
        "skip" => "skipped by the workflow".to_owned(),
        "suppressed" => "suppressed by a workflow".to_owned(),
        "capped" => "over a cap for as long as they may be held".to_owned(),
        "dropped_by_cap" => "over a cap".to_owned(),
        "test_person" => "to people who only try things out".to_owned(),
        "not_asked" => "to people who have not said that they want mail".to_owned(),
        "not_confirmed" => "to people who have not confirmed that they want mail".to_owned(),
        "nothing_to_confirm" => "to people who have nothing to confirm".to_owned(),
        "topic_refused" => "about a topic that they have refused".to_owned(),
        "topic_not_chosen" => "about a topic that they have not chosen".to_owned(),
        other => other.replace('_', " "),
    }
}

/// Why nobody took somebody over.
pub(super) fn nobody_words(reason: &str) -> String {
    match reason {
        "no_member" => "whom no member covers, and the team has no backup".to_owned(),
        "no_member_free" => "whose members are away or have no room, and the team has no backup".to_owned(),
        "do_not_contact" => "marked as not to be contacted".to_owned(),
        "test_person" => "who only try things out".to_owned(),
        other => other.replace('_', " "),
    }
}

pub(super) fn ignored_words(reason: &str, report: &WorkflowReport) -> String {
    let words = match reason {
        "not_identified" => return lacking(&report.lacked),
        "condition" => return not_met(&report.unknown),
        "live" => "in it already",
        "reenter" => "in it before",
        "skip" => "skipped by the workflow",
        "goal" => "with the goal met already",
        "exit" => "with an exit that holds already",
        "taken_back" => "stopped before they began",
        "kept_out" => "kept out by a workflow they are in",
        "test_person" => "who only try things out",
        "waiting" => "waiting for their turn already",
        "own_steps" => "let in by its own steps alone",
        "no_value" => "whose event did not say for which value they would come in",
        "too_many" => "in it for as many values as somebody can be",
        "no_address_in_time" => "whose address came too late for them to be asked",
        "comes_again" => "in it still, who come in again when that ends",
        "gone" => "whose turn had not come when it was taken out of the project",
        other => other,
    };
    words.to_owned()
}

/// `without a required field (employees 9, region 3)`: the fields that most people lack first.
fn lacking(lacked: &Totals) -> String {
    format!("without a required field ({})", listed(lacked, |field, count| format!("{field} {count}")))
}

/// `who did not meet the condition (industry unknown 121)`.
fn not_met(unknown: &Totals) -> String {
    let words = "who did not meet the condition";
    match unknown.is_empty() {
        true => words.to_owned(),
        false => format!("{words} ({})", listed(unknown, |field, count| format!("{field} unknown {count}"))),
    }
}

/// A remark about a number; none about 0.
pub(super) fn if_any(number: u64, remark: impl Fn(String) -> String) -> String {
    if number == 0 { String::new() } else { remark(thousands(number)) }
}

/// `1 event`, `58,348 events`.
pub(super) fn many(count: u64, noun: &str) -> String {
    let ending = if count == 1 { "" } else { "s" };
    format!("{} {noun}{ending}", thousands(count))
}
