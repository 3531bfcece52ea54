//! `reenter per EVENT.PROPERTY`: several journeys of one person in one workflow.

use super::{Code, Diagnostic};
use crate::source::Location;

/// An event that has the property, where nothing says whether that of the journey is meant. `readings` are what may be.
pub(crate) fn which_journey(event: &str, property: &str, at: Location, readings: [String; 2]) -> Diagnostic {
    let message =
        format!("somebody may be in this workflow for several values of `{property}`: which `{event}` is meant?");
    let [own, any] = readings;
    Diagnostic::error(Code::WhichJourney, message, at, format!("that of this journey, or any `{property}`"))
        .why("one reader takes it for what belongs to this journey, another for whatever they did")
        .help("say which is meant:")
        .reading("", at, own)
        .reading("or", at, any)
}

/// `attended(webinar is trigger.webinar) in the last 30 days`
pub(crate) fn counts_since_entry(said: &str, at: Location, alone: Option<String>) -> Diagnostic {
    let message = format!("`{said}` is counted since the journey began, and over no other time");
    let diagnostic = Diagnostic::error(Code::WhichJourney, message, at, "asks for another time")
        .why("what belongs to one journey is known from its begin on: before it, nobody knew that there would be one");
    let help = "leave the time out, so that it counts since entry";
    match alone {
        Some(alone) => diagnostic.help(format!("{help}:")).edit(at, alone),
        None => diagnostic.help(help),
    }
}

/// `attended(webinar is trigger.webnar)`
pub(crate) fn misspelt_value(said: &str, property: &str, at: Location) -> Diagnostic {
    let message = format!("what lets people in has nothing that `{said}` could be");
    Diagnostic::error(Code::UnknownProperty, message, at, "not declared")
        .why(format!("journeys of this workflow are told apart by their `{property}`"))
        .help(format!("did you mean `trigger.{property}`?"))
        .edit(at, format!("trigger.{property}"))
}

/// The event of the line does not let anybody in.
pub(crate) fn lets_nobody_in(workflow: &str, event: &str, at: Location) -> Diagnostic {
    let message = format!("`{event}` lets nobody into `{workflow}`, so nobody comes in with a value of it");
    Diagnostic::error(Code::NoValueOfJourney, message, at, "no journey would have this value")
        .help(format!("name the event of the entry, or let people in by this one: `enter when {event}`"))
}

/// Something else lets people in besides; `way` is what.
pub(crate) fn comes_without(property: &str, at: Location, way: Location) -> Diagnostic {
    let message = format!("some people come in with no value of `{property}`");
    Diagnostic::error(Code::NoValueOfJourney, message, at, "their journey could not be told apart from others")
        .label(way, format!("this lets people in, and says no `{property}`"))
        .why("with a value each journey is one of its own; without one nobody could tell whether it is the same again")
        .help(format!(
            "let people in by events alone that have `{property}`, and the others into a workflow of their own"
        ))
}

/// Of a yes or no there are two values.
pub(crate) fn two_values_alone(said: &str, at: Location) -> Diagnostic {
    let message = format!("`{said}` is yes or no, so nobody would come in a third time");
    Diagnostic::error(Code::NoValueOfJourney, message, at, "two journeys at most, for ever").help(
        "tell journeys apart by what has a value of its own each time: the name of a webinar, the number of an order",
    )
}

/// `rate` beside it.
pub(crate) fn beside_a_rate(at: Location, rate: Location) -> Diagnostic {
    Diagnostic::error(
        Code::NoValueOfJourney,
        "nobody can wait for several turns in one workflow",
        at,
        "lets people in several times",
    )
    .label(rate, "has them wait for their turn")
    .why("somebody who waits for their turn has one place; with a second value they would lose the first")
    .help("leave one of the two lines out")
}

/// `start` of a workflow that needs a value.
pub(crate) fn started(workflow: &str, property: &str, at: Location) -> Diagnostic {
    let message = format!("`start {workflow}` does not say for which `{property}`");
    Diagnostic::error(Code::StartsWithoutValue, message, at, "this workflow has a journey for each value of it")
        .why("without a value nobody could tell whether they are in it for the same already, so they might get the same mails twice")
        .help(format!("let the event that says the `{property}` bring them in, by the `enter` line of `{workflow}`"))
}
