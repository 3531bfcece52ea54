//! What cannot be done for somebody at the end of their journey.

use super::{Code, Diagnostic};
use crate::source::Location;

/// `text` is the step as written.
pub(crate) fn takes_time(word: &str, text: &str, at: Location) -> Diagnostic {
    let verb = text.split(' ').next().unwrap_or_default();
    let message = format!("`{verb}` cannot stand in `{word}`");
    Diagnostic::error(Code::BadClosing, message, at, "the journey has ended by then")
        .why(
            "what stands there is done at the moment of the end, so nothing of it can wait: for a mail to leave, for \
             somebody to take over, for time to pass",
        )
        .help(format!(
            "let another workflow do it, with `enter by hand` and `{text}` in it, and start that here: `start farewell`"
        ))
}

/// An `exit` in it.
pub(crate) fn has_ended(word: &str, at: Location) -> Diagnostic {
    Diagnostic::error(Code::BadClosing, format!("`exit` cannot stand in `{word}`"), at, "the journey has ended already")
        .help("take it out")
}

pub(crate) fn nothing_to_do(word: &str, at: Location) -> Diagnostic {
    Diagnostic::error(Code::BadClosing, format!("this `{word}` does nothing"), at, "it has no steps")
        .help("put steps in its braces, such as `score += 10`")
}

/// `before` it, where a line may come.
pub(crate) fn nobody_exits(at: Location, before: Location) -> Diagnostic {
    Diagnostic::error(Code::BadClosing, "nobody leaves this workflow by an exit", at, "nobody comes to it")
        .why(
            "it is for those whom an `exit when` lets out, or a step `exit`; whoever comes to the end of the steps is not",
        )
        .help("say who leaves, or take it out:")
        .edit(before, "exit when do_not_contact\n  ")
}

pub(crate) fn no_goal(at: Location) -> Diagnostic {
    Diagnostic::error(Code::BadClosing, "this workflow has no goal", at, "nobody comes to it")
        .help("say what it is for, such as `goal \"Book a demo\" when requested_demo within 30 days`, or take it out")
}

/// `ending`: the line of the goal as one that ends the journey.
pub(crate) fn goal_continues(at: Location, goal: Location, ending: &str) -> Diagnostic {
    Diagnostic::error(Code::BadClosing, "meeting this goal ends no journey", at, "nobody comes to it")
        .label(goal, "who meets it goes on with the steps")
        .help("let the goal end the journey, or let another workflow do it that enters when the same is true:")
        .edit(goal, ending)
}
