//! Steps nobody can come to.

use super::{Code, Diagnostic};
use crate::source::Location;

pub(crate) fn unreachable(at: Location, because: Location) -> Diagnostic {
    Diagnostic::error(Code::Unreachable, "nobody can come to this step", at, "never runs")
        .label(because, "everyone leaves the workflow here")
        .help("move it before, or remove it")
}

/// Two tests joined by `and` that exclude each other.
pub(crate) fn never_true(test: &str, at: Location, other: Location) -> Diagnostic {
    Diagnostic::error(Code::NeverTrue, format!("`{test}` can never be true here"), at, "this and the other test")
        .label(other, "exclude each other")
        .why("both must hold, so this is false for everyone")
        .help("join them with `or`, or leave one out")
}

/// `not (score >= 60 or score < 60)`, or one event of which more is asked than it can be.
pub(crate) fn holds_of_nobody(test: &str, at: Location) -> Diagnostic {
    let message = format!("`{test}` can never be true");
    Diagnostic::error(Code::NeverTrue, message, at, "what it asks for excludes itself")
        .why("this is false for everyone")
        .help("ask for less, or leave it out")
}

/// `segment all = score >= 5 or score < 5`
pub(crate) fn everyone_is_in_it(test: &str, at: Location) -> Diagnostic {
    Diagnostic::error(Code::AlwaysTrue, format!("`{test}` is always true"), at, "everyone is in this segment")
        .why("a segment is for some and not for others; this one parts nobody from anybody")
        .help("ask for something that is true of some of them; where everybody is meant, say so:")
        .edit(at, "email is known")
}

/// `enter when score >= 5 or score < 5 new only`
pub(crate) fn everyone_enters(test: &str, at: Location) -> Diagnostic {
    Diagnostic::error(
        Code::AlwaysTrue,
        format!("`{test}` is always true"),
        at,
        "is so of everyone, and never becomes so",
    )
    .why("people enter at the moment when this becomes true, and it is true of everyone from the start")
    .help("ask for something that happens to people, such as `score >= 50` or `signed_up`")
}

/// `subject when score >= 5 or score < 5 "A" otherwise "B"`
pub(crate) fn everyone_gets_it(test: &str, at: Location) -> Diagnostic {
    Diagnostic::error(Code::AlwaysTrue, format!("`{test}` is always true"), at, "everyone gets this subject")
        .why("the subjects behind it would never be used")
        .help("ask for something that is true of some of them, or keep this subject alone")
}

/// Of what is asked in an order: the conditions before decide it for all whom this one is true of.
pub(super) fn decided_for_all(
    test: &str,
    at: Location,
    because: Vec<Location>,
    comes_of_it: &'static str,
) -> Diagnostic {
    let message = format!("`{test}` can never be true here");
    with_conditions(Diagnostic::error(Code::NeverTrue, message, at, comes_of_it), because, "decided it before")
}

/// The same: this one is true of all whom the conditions before leave.
pub(super) fn left_to_all(test: &str, at: Location, because: Vec<Location>, comes_of_it: &'static str) -> Diagnostic {
    let message = format!("`{test}` is always true here");
    with_conditions(Diagnostic::error(Code::AlwaysTrue, message, at, comes_of_it), because, "decided it before")
}

/// `subject when score >= 60 "A" when score >= 80 "B" otherwise "C"`
pub(crate) fn nobody_gets_it(test: &str, at: Location, because: Vec<Location>) -> Diagnostic {
    decided_for_all(test, at, because, "nobody gets this subject")
        .why("the conditions of a subject are asked in their order, and the first one that holds decides")
        .help("ask for the fewest people first, or leave this out")
}

/// `subject when score >= 60 "A" when score < 60 "B" otherwise "C"`
pub(crate) fn the_rest_get_it(test: &str, at: Location, because: Vec<Location>) -> Diagnostic {
    left_to_all(test, at, because, "everyone who is left gets this subject")
        .why("the subjects behind it would never be used")
        .help("let this be the one behind `otherwise`, or ask for something that is true of some of those who are left")
}

/// `member "ana@acme.example" covers score >= 5 or score < 5`
pub(crate) fn covers_everyone(test: &str, at: Location) -> Diagnostic {
    Diagnostic::error(Code::AlwaysTrue, format!("`{test}` is always true"), at, "this member covers everyone")
        .why("`covers` is for members who take some people and not others")
        .help("ask for something that is true of some of them, or leave `covers` out")
}

/// `if score >= 60 { .. } else if score >= 80 { .. }`: whoever meets it went another way before.
pub(crate) fn taken_before(test: &str, at: Location, because: Vec<Location>) -> Diagnostic {
    decided_for_all(test, at, because, "nobody comes here of whom it is true")
        .why("the conditions are asked in their order, and this block would never run")
        .help("ask for the fewest people first, or leave this out")
}

/// `if timed out` where those for whom the time passed have left: what was asked or said before rules it out.
pub(crate) fn never_true_here(test: &str, at: Location, because: Vec<Location>) -> Diagnostic {
    decided_for_all(test, at, because, "nobody comes here of whom it is true")
        .why("this block would never run")
        .help("leave it out, or ask for something that is still open here")
}

/// `if visited` as the first step: events count since the entry.
pub(crate) fn nothing_done_yet(test: &str, at: Location) -> Diagnostic {
    let message = format!("`{test}` can never be true here");
    Diagnostic::error(Code::NeverTrue, message, at, "asked at the moment when they come in")
        .why("it counts from their entry on, and nothing has happened since")
        .help(
            "wait for it, with `wait until … up to 3 days`, or say how far to look back, such as `in the last 7 days`",
        )
}

/// `if stage >= mql { .. } else if stage < mql { .. }`
pub(crate) fn everyone_else(test: &str, at: Location, because: Vec<Location>, condition: Location) -> Diagnostic {
    left_to_all(test, at, because, "everyone who is left takes this way")
        .why("who reads it looks for those who are neither the one nor the other, and there are none")
        .help("`else` says it:")
        .edit(condition, "")
}

/// `if stage >= subscriber`: where that is the first of the stages.
pub(crate) fn always_true(test: &str, at: Location, because: Vec<Location>) -> Diagnostic {
    left_to_all(test, at, because, "everyone takes this way")
        .why("an `if` is for some and not for others; this one parts nobody from anybody")
        .help("ask for something else, or leave the `if` out and keep its steps")
}

/// `wait until stage >= subscriber up to 5 days`
pub(crate) fn never_waits(at: Location) -> Diagnostic {
    Diagnostic::error(Code::AlwaysTrue, "this wait is over when it begins", at, "what it waits for is true of everyone")
        .why("a wait ends at once for those of whom its condition is true already")
        .help("wait for something that has still to happen, or leave the wait out")
}

/// `whole` is the block with the comma before it.
pub(crate) fn never_past(day: &str, at: Location, whole: Location) -> Diagnostic {
    Diagnostic::error(Code::Unreachable, format!("`{day}` is never past"), at, "nobody comes here")
        .why("the next one is always to come")
        .help("leave it out:")
        .edit(whole, "")
}

/// `if stage >= mql { .. } else if stage < mql { .. } else { .. }`; `word` is how the way begins.
pub(crate) fn nobody_is_left(word: &str, at: Location, because: Vec<Location>) -> Diagnostic {
    let message = format!("nobody is left for this `{word}`");
    let diagnostic = Diagnostic::error(Code::Unreachable, message, at, "never runs");
    with_conditions(diagnostic, because, "takes its part of them")
        .why("everyone meets one of the conditions before it")
        .help("leave it out, or ask for fewer people before it")
}

/// `choose by industry { "saas" { .. } "saas" { .. } }`
pub(crate) fn chosen_twice(value: &str, at: Location, first: Location) -> Diagnostic {
    Diagnostic::error(Code::ChosenTwice, format!("`{value}` has a way already"), at, "nobody would come this way")
        .label(first, "they go this way")
        .why("each person goes one way, the first that is theirs")
        .help("leave it out here, or write the value that is meant")
}

/// `default { … }` among the ways of a `choose by`.
pub(crate) fn says_otherwise(word: &str, at: Location) -> Diagnostic {
    Diagnostic::error(Code::TypeMismatch, format!("`{word}` is no value"), at, "nobody has it")
        .help("Flow says `otherwise` for everybody else:")
        .edit(at, "otherwise")
}

/// A way behind `otherwise`, or a second one.
pub(crate) fn behind_otherwise(way: &str, at: Location, otherwise: Location) -> Diagnostic {
    let message = format!("nobody is left for `{way}`");
    Diagnostic::error(Code::Unreachable, message, at, "never runs")
        .label(otherwise, "everybody else goes this way")
        .why("a `choose by` is read from top to bottom, and `otherwise` takes all who are left")
        .help("let `otherwise` be the last way")
}

/// A `choose by` that has no way for some. Theirs could stand before `close`, as `last`.
pub(crate) fn leaves_out(head: &str, at: Location, close: Location, last: &str) -> Diagnostic {
    let message = format!("`{head}` does not say what becomes of everyone");
    Diagnostic::error(Code::ChooseLeavesOut, message, at, "some people have none of these values, or no value at all")
        .why("they would go on behind it, and whoever reads it does not see that")
        .help("say it, also where nothing is to happen to them:")
        .edit(close, last)
}

/// The conditions that explain it; a long list explains nothing.
pub(super) fn with_conditions(diagnostic: Diagnostic, because: Vec<Location>, label: &str) -> Diagnostic {
    const SHOWN: usize = 4;
    because.into_iter().take(SHOWN).fold(diagnostic, |diagnostic, at| diagnostic.label(at, label))
}

/// `stage > customer`, where that is the last one: nobody comes further.
pub(crate) fn beyond_the_stages(test: &str, at: Location, stage: &str, is: &str, instead: &str) -> Diagnostic {
    let why = format!("`{stage}` is the {is} stage");
    Diagnostic::error(Code::NeverTrue, format!("`{test}` can never be true"), at, why)
        .why("this would be false for everyone")
        .help("did you mean")
        .edit(at, instead)
}

/// `visited(page is "/a", page is "/b")`: one event has one page.
pub(crate) fn no_such_event(test: &str, event: &str, at: Location, first: Location) -> Diagnostic {
    let message = format!("no `{event}` is ever `{test}` too");
    Diagnostic::error(Code::NeverTrue, message, at, "this and the other test")
        .label(first, "exclude each other")
        .why("all of them must hold of one and the same event, so this counts nothing")
        .help("ask for several values in a list, such as `in (\"a\", \"b\")`, or for two events joined by `or`")
}

/// `stage changes from lead to lead`.
pub(crate) fn no_change(field: &str, value: &str, at: Location) -> Diagnostic {
    let message = format!("`{field}` does not change from {value} to {value}");
    Diagnostic::error(Code::NeverTrue, message, at, "the same value twice")
        .why("the same value again is no change, so this would never happen")
        .help("say what it is from then on, whatever it was:")
        .edit(at, format!("{field} changes to {value}"))
}

/// `between 60 and 40`: the ends the wrong way round.
pub(crate) fn nothing_between(from: &str, to: &str, at: Location) -> Diagnostic {
    Diagnostic::error(
        Code::NeverTrue,
        format!("nothing lies between {from} and {to}"),
        at,
        "the larger one stands first",
    )
    .why("this would be false for everyone")
    .help("the smaller one comes first:")
    .edit(at, format!("{to} and {from}"))
}

pub(crate) fn nothing_to_do(workflow: &str, at: Location) -> Diagnostic {
    Diagnostic::error(
        Code::NothingToDo,
        format!("workflow `{workflow}` has no steps"),
        at,
        "people would enter and leave at once",
    )
    .help("add what should happen, for example `send welcome`")
}

/// A `stop` that names the workflow it stands in, and no other.
pub(crate) fn stops_itself(name: &str, at: Location, in_handoff: bool) -> Diagnostic {
    let found = Diagnostic::error(
        Code::StopsItself,
        format!("`stop {name}` stops nothing"),
        at,
        "names no other workflow than its own",
    )
    .why("a `stop` never touches the journey that says it, so nothing would happen here");
    match in_handoff {
        true => found.help("leave it out: a handoff ends this journey, unless it says `keep in workflow`"),
        false => found.help("to end this journey, say:").edit(at, "exit"),
    }
}
