//! Names that mean nothing, or two things.

use super::suggest::Names;
use super::{Code, Diagnostic, Edit, suggest};
use crate::source::Location;
use crate::syntax::ast::Kind;
use flow_ir::CONFIRMED;
use flow_ir::limits::{MAX_BECAUSE_BYTES, MAX_NAME_BYTES};

fn unknown(code: Code, what: &str, name: &str, known: &Names<'_>, at: Location, none: &str) -> Diagnostic {
    let diagnostic =
        Diagnostic::error(code, format!("there is no {what} `{name}`"), at, "not declared in this project");
    match known.nearest(name) {
        Some(nearest) => diagnostic.help(format!("did you mean `{nearest}`?")).edit(at, nearest),
        None if known.is_empty() => diagnostic.help(none.to_owned()),
        None => diagnostic.help(format!("declared are {}", known.list(8))),
    }
}

/// `triggers`: behind `enter when`, where somebody comes in by what they do.
pub(crate) fn unknown_name(name: &str, triggers: bool, known: &Names<'_>, at: Location) -> Diagnostic {
    let declare = match triggers {
        true => format!(
            "as an event, which lets people in when it comes: `event {name} {{ }}`; or as a segment: `segment {name} = …`"
        ),
        false => format!("as a segment: `segment {name} = …`"),
    };
    let diagnostic = Diagnostic::error(
        Code::UnknownName,
        format!("nothing is called `{name}`"),
        at,
        "no field, segment, stage or event",
    );
    match known.nearest(name) {
        Some(nearest) => diagnostic.help(format!("did you mean `{nearest}`?")).edit(at, nearest),
        None => diagnostic.help(format!(
            "declare it, for example {declare}; fields, events and stages of a business audience come with `use std.b2b`"
        )),
    }
}

pub(crate) fn unknown_email(name: &str, known: &Names<'_>, at: Location) -> Diagnostic {
    let none = format!("declare it: `email {name} {{ subject \"…\" template \"emails/{name}.mjml\" }}`");
    unknown(Code::UnknownEmail, "email", name, known, at, &none)
}

pub(crate) fn unknown_team(name: &str, known: &Names<'_>, at: Location) -> Diagnostic {
    unknown(
        Code::UnknownTeam,
        "team",
        name,
        known,
        at,
        &format!("declare it: `team {name} {{ member \"ana@acme.example\" }}`"),
    )
}

/// `is_stage`: it is the name of one.
/// `what`: what is called so already, if anything is.
pub(crate) fn unknown_tag(name: &str, known: &Names<'_>, what: Option<Kind>, at: Location) -> Diagnostic {
    let declare = match what {
        Some(Kind::Stages) => format!(
            "`{name}` is a stage: `advance stage to {name}`, or call the tag something else, such as `tags {name}s`"
        ),
        Some(Kind::Segment) => format!(
            "`{name}` is a segment, and its condition says who is in it; for a mark of your own call the tag something else, such as \
             `tags {name}_tag`"
        ),
        _ => format!("declare it: `tags {name}`"),
    };
    let diagnostic = unknown(Code::UnknownTag, "tag", name, known, at, &declare)
        .why("a tag with a slip in it would be a second tag, and nobody who carries one is found under the other");
    match known.nearest(name) {
        None if !known.is_empty() => diagnostic.help(declare),
        _ => diagnostic,
    }
}

pub(crate) fn test_people_twice(again: Location, first: Location) -> Diagnostic {
    Diagnostic::error(Code::RepeatedClause, "`test people` stands in this project twice", again, "here again")
        .label(first, "first said here")
        .why("one condition says who only tries things out, so that one place tells who gets no mail")
        .help("join them: `test people email ends with \"@acme.example\" or in list testers`")
}

/// What is called so already, if anything is, and whether a step would put somebody on the list (or take them off).
pub(crate) fn unknown_list(
    name: &str,
    known: &Names<'_>,
    (what, added): (Option<Kind>, Option<bool>),
    at: Location,
) -> Diagnostic {
    let none = Names::none();
    let declare = match (what, added) {
        (Some(Kind::Tags), None) => format!("`{name}` is a tag: `tagged {name}`"),
        (Some(Kind::Tags), Some(true)) => format!("`{name}` is a tag: `tag {name}`"),
        (Some(Kind::Tags), Some(false)) => format!("`{name}` is a tag: `untag {name}`"),
        (Some(Kind::Segment), None) => format!("`{name}` is a segment, and a condition by itself: `{name}`"),
        (Some(Kind::Segment), Some(_)) => format!(
            "`{name}` is a segment, and its condition says who is in it; whom steps choose stand on a list of its own, such as \
             `list {name}_list`"
        ),
        _ => format!("declare it: `list {name}`"),
    };
    let known = if what.is_some() { &none } else { known };
    unknown(Code::UnknownList, "list", name, known, at, &declare)
        .why("a list with a slip in it would be a second list, and nobody who stands on one is found on the other")
}

pub(crate) fn unknown_topic(name: &str, known: &Names<'_>, at: Location) -> Diagnostic {
    let declare = format!("declare it: `topics {name}`");
    let diagnostic = unknown(Code::UnknownTopic, "topic", name, known, at, &declare).why(
        "nobody can want or refuse a topic that no line declares, so mail about it would go by the word for all mail",
    );
    match known.nearest(name) {
        None if !known.is_empty() => {
            diagnostic.help(format!("the topics of this project are {}; or {declare}", known.list(8)))
        }
        _ => diagnostic,
    }
}

/// A topic of a mail that asks for no consent.
pub(crate) fn topic_of_transactional(email: &str, at: Location) -> Diagnostic {
    Diagnostic::error(
        Code::TopicOfTransactional,
        format!("`{email}` is transactional, so it is about no topic"),
        at,
        "says nothing here",
    )
    .why("a transactional email leaves whatever people have said of marketing mail, also to those who have refused its topic")
    .help("take the line out, or the line `kind transactional` where it is mail that people may refuse")
}

/// `confirm by` in a project that asks nobody for a yes.
pub(crate) fn confirms_nothing(at: Location) -> Diagnostic {
    Diagnostic::error(
        Code::ConfirmsNothing,
        "people are asked to confirm that they want mail, and nothing says that they have to want it",
        at,
        "there is no rule of consent",
    )
    .why("without one everybody gets mail who has not refused it, whether they confirm it or not")
    .help("say beside it who may be written to, with a line such as\n  consent marketing opt in")
}

/// An event of the project's own, by the name of the one by which people confirm.
pub(crate) fn own_confirmed(at: Location, policy: Location) -> Diagnostic {
    Diagnostic::error(
        Code::ReservedName,
        format!("`{CONFIRMED}` is the event by which people confirm that they want mail"),
        at,
        "declared as another",
    )
    .label(policy, "this asks for it")
    .why("where a project means something else by it, an order for example, that must be no yes to mail, and nobody could confirm")
    .help("leave the event out where it is that yes, or give it another name, for example")
    .edit(at, format!("order_{CONFIRMED}"))
}

/// `kind`: the line that says so, if one does.
pub(crate) fn confirm_mail_of_marketing(email: &str, name: Location, kind: Option<Location>) -> Diagnostic {
    let found = Diagnostic::error(
        Code::ConfirmMailOfMarketing,
        format!("`{email}` asks people to confirm that they want mail, and is marketing itself"),
        kind.unwrap_or(name),
        "it would reach nobody who has still to confirm",
    )
    .why("marketing goes to those who have confirmed: whoever has still to do so would wait for this mail forever");
    match kind {
        Some(at) => found.help("say what it is:").edit(at, "kind transactional"),
        None => found.help("add a line to it:\n  kind transactional"),
    }
}

/// `confirm by letter`, where `meant` is the one email with the link.
pub(crate) fn no_mail_to_confirm_by(email: &str, meant: &str, at: Location) -> Diagnostic {
    Diagnostic::error(
        Code::NoConfirmLink,
        format!("`{email}` has no link by which people could confirm that they want mail"),
        at,
        "asks nobody to confirm",
    )
    .why(format!("`{meant}` has that link, and nobody would be sent it"))
    .help("name the email that asks for it:")
    .edit(at, meant)
}

/// `confirmed` where nobody is asked to confirm anything.
pub(crate) fn nobody_confirms(at: Location) -> Diagnostic {
    Diagnostic::error(
        Code::NobodyConfirms,
        "nobody is asked to confirm that they want mail",
        at,
        "this would never happen",
    )
    .why("people confirm it by a link in a mail, and no policy names that mail")
    .help("name it in the policy, beside its rule of consent: `policy { consent marketing opt in; confirm by EMAIL }`")
}

/// `is_stage`: it is the name of one.
pub(crate) fn unknown_segment(name: &str, known: &Names<'_>, is_stage: bool, at: Location) -> Diagnostic {
    let none = Names::none();
    let (known, declare) = match is_stage {
        true => (&none, format!("`{name}` is a stage; give those in it a name: `segment {name}s = stage is {name}`")),
        false => (known, format!("declare it, for example: `segment {name} = score >= 60`")),
    };
    unknown(Code::UnknownSegment, "segment", name, known, at, &declare)
}

pub(crate) fn unknown_workflow(what: &str, name: &str, known: &Names<'_>, at: Location) -> Diagnostic {
    unknown(Code::UnknownWorkflow, what, name, known, at, "nothing in this project has that name")
}

pub(crate) fn unknown_stage(name: &str, known: &Names<'_>, at: Location) -> Diagnostic {
    unknown(
        Code::UnknownStage,
        "stage",
        name,
        known,
        at,
        "declare the lifecycle: `stages subscriber < lead < customer`, or `use std.b2b`",
    )
}

pub(crate) fn unknown_field(name: &str, known: &Names<'_>, at: Location) -> Diagnostic {
    unknown(Code::UnknownField, "contact field", name, known, at, "declare it in `contact { … }`")
}

pub(crate) fn unknown_event(name: &str, known: &Names<'_>, at: Location) -> Diagnostic {
    unknown(
        Code::UnknownEvent,
        "event",
        name,
        known,
        at,
        &format!("declare it: `event {name} {{ }}`, or `use std.b2b`"),
    )
}

pub(crate) fn unknown_property(event: &str, name: &str, known: &Names<'_>, at: Location) -> Diagnostic {
    let none = format!("`{event}` has no properties; declare it: `event {event} {{ {name} text }}`");
    unknown(Code::UnknownProperty, &format!("property of `{event}` called"), name, known, at, &none)
}

pub(crate) fn unknown_link(email: &str, link: &str, known: &Names<'_>, at: Location, declared: Location) -> Diagnostic {
    let diagnostic =
        Diagnostic::error(Code::UnknownLink, format!("`{email}` has no link \"{link}\""), at, "nobody can click it")
            .label(declared, format!("`{email}` is declared here"))
            .why("this would be false for everyone, and look as if nobody was interested");
    match known.nearest(link) {
        Some(nearest) => diagnostic.help(format!("did you mean \"{nearest}\"?")).edit(at, format!("\"{nearest}\"")),
        None if known.is_empty() => {
            diagnostic.help(format!("name it in the email: `link \"{link}\" to \"https://…\"`"))
        }
        None => diagnostic.help(format!("its links are {}", known.list(8))),
    }
}

pub(crate) fn unknown_module(name: &str, known: &[&str], at: Location) -> Diagnostic {
    let diagnostic =
        Diagnostic::error(Code::UnknownModule, format!("there is no module `{name}`"), at, "no standard module");
    match suggest::nearest(name, known.iter().copied()) {
        Some(nearest) => diagnostic.help(format!("did you mean `{nearest}`?")).edit(at, nearest),
        None => diagnostic.help(format!("there is {}", suggest::list(known, 8))),
    }
}

/// `names` are of a module that nothing brings in; `top` is where its line belongs.
pub(crate) fn missing_module(module: &str, names: &[&str], first: Location, top: Location) -> Diagnostic {
    let all = match names {
        [name] => format!("`{name}` is declared in `{module}`"),
        names => format!("{} names are declared in `{module}`", names.len()),
    };
    Diagnostic::error(Code::MissingModule, format!("{all}, which is not brought in"), first, "the first of them")
        .help(format!("say at the top of the file that you use it ({}):", suggest::list(names, 8)))
        .edit(top, format!("use {module}\n"))
}

/// The same names in two files: one is a copy of the other.
pub(crate) fn copied_file(names: &[&str], again: Location, first: Location) -> Diagnostic {
    let message = format!("these two files declare the same {} names", names.len());
    Diagnostic::error(Code::DuplicateName, message, again, "here again")
        .label(first, "and here")
        .why("of two things with one name, nobody could say which is meant")
        .help(format!(
            "take one of the files out of the project, or give its parts other names ({})",
            suggest::list(names, 8)
        ))
}

pub(crate) fn unknown_type(name: &str, known: &[&str], at: Location) -> Diagnostic {
    let synonym = crate::syntax::wording::type_of(name);
    let diagnostic = Diagnostic::error(Code::UnknownType, format!("there is no type `{name}`"), at, "no type of Flow");
    match synonym.or_else(|| suggest::nearest(name, known.iter().copied())) {
        Some(nearest) => diagnostic.help(format!("did you mean `{nearest}`?")).edit(at, nearest),
        None => {
            let known = [known, &["one of \"…\", \"…\""]].concat();
            diagnostic.help(format!("types are {}", suggest::list(&known, known.len())))
        }
    }
}

pub(crate) fn duplicate_name(name: &str, at: Location, first: Location) -> Diagnostic {
    Diagnostic::error(Code::DuplicateName, format!("`{name}` is declared twice"), at, "here again")
        .label(first, "first declared here")
        .why("all files of a project share their names, so it would be unclear which one is meant")
        .help("give one of them another name")
}

/// `is_stage`: what the module calls so is a stage, which is easily declared once more as a tag or a segment.
pub(crate) fn declared_by_module(name: &str, at: Location, module: Location, is_stage: bool) -> Diagnostic {
    let found = Diagnostic::error(
        Code::DuplicateName,
        format!("a module in use declares `{name}` already"),
        at,
        "declared again here",
    )
    .label(module, "declared by the module");
    match is_stage {
        true => found.help(format!(
            "there it is a stage, asked for as `stage is {name}` and reached by `advance stage to {name}`; call this one something else, \
             such as `{name}s`"
        )),
        false => found.help("leave it out and use the module's, or give it another name"),
    }
}

pub(crate) fn built_in_name(name: &str, at: Location) -> Diagnostic {
    Diagnostic::error(Code::DuplicateName, format!("every contact has `{name}` already"), at, "declared again here")
        .help("leave it out; it can be used as it is")
}

pub(crate) fn same_in_data(name: &str, at: Location, first: &str, declared: Location) -> Diagnostic {
    Diagnostic::error(Code::DuplicateName, format!("`{name}` and `{first}` are one name to the data"), at, "here again")
        .label(declared, format!("`{first}` is declared here"))
        .why("columns and streams write names in any style, so only one of the two would ever be filled")
        .help("keep one of them, or give one another name")
}

pub(crate) fn reserved_name(name: &str, what: &str, at: Location) -> Diagnostic {
    Diagnostic::error(Code::ReservedName, format!("no {what} can be called `{name}`"), at, "a word of the language")
        .why(format!("`{name}` has a meaning of its own where this {what} would be named, so no line could name it"))
        .help("give it another name, for example")
        .edit(at, format!("{name}_{what}"))
}

/// Of a field: a line that changes it would be read as another.
pub(crate) fn begins_a_line(name: &str, at: Location) -> Diagnostic {
    Diagnostic::error(
        Code::ReservedName,
        format!("no field can be called `{name}`"),
        at,
        "the first word of another line",
    )
    .why(format!("a line that begins with `{name}` means something else, so no step could change this field"))
    .help("give it another name, for example")
    .edit(at, format!("{name}_field"))
}

pub(crate) fn repeated_clause(what: &str, clause: &str, at: Location, first: Option<Location>) -> Diagnostic {
    let diagnostic =
        Diagnostic::error(Code::RepeatedClause, format!("{what} has two `{clause}` lines"), at, "the second one");
    match first {
        Some(first) => diagnostic.label(first, "the first one"),
        None => diagnostic,
    }
    .help(match clause {
        "pause while" => "one line says all of it, each in parentheses: `pause while (..) or (..)`",
        _ => "keep the one that is meant",
    })
}

/// A group goes first only once; `again` is all that says it again.
pub(crate) fn group_twice(name: &str, at: Location, first: Location, again: Location) -> Diagnostic {
    Diagnostic::error(Code::RepeatedClause, format!("group `{name}` goes twice"), at, "here again")
        .label(first, "it goes here")
        .help("each group has one place:")
        .edit(again, "")
}

pub(crate) fn missing_clause(what: &str, clause: &str, example: &str, at: Location) -> Diagnostic {
    Diagnostic::error(Code::MissingClause, format!("{what} has no `{clause}`"), at, format!("needs a `{clause}`"))
        .help(format!("add a line such as\n  {example}"))
}

/// A name that is no word any more.
pub(crate) fn long_name(at: Location) -> Diagnostic {
    Diagnostic::error(
        Code::TooLarge,
        format!("this name has more than {MAX_NAME_BYTES} letters"),
        at,
        "too long to be a name",
    )
    .help("shorten it; a title may say more")
}

/// Why somebody is suppressed, and more.
/// `move stage back to customer`, the highest stage.
pub(crate) fn nobody_beyond(stage: &str, at: Location) -> Diagnostic {
    Diagnostic::error(
        Code::NotSettable,
        format!("nobody can be moved back to `{stage}`"),
        at,
        "it is the highest stage",
    )
    .help("name the stage to which people come back, or write `advance stage to` where they come further")
}

pub(crate) fn long_because(bytes: usize, at: Location) -> Diagnostic {
    Diagnostic::error(
        Code::TooLarge,
        format!("this reason takes {bytes} bytes, and at most {MAX_BECAUSE_BYTES} are kept"),
        at,
        "too long to be read in a list",
    )
    .why("it stands beside everyone whom the step suppresses")
    .help("say it in one short sentence")
}

/// A goal, a title or a label without a word.
pub(crate) fn empty_text(what: &str, example: &str, at: Location) -> Diagnostic {
    Diagnostic::error(Code::MissingClause, format!("this {what} is empty"), at, "nothing to read")
        .why("reports show it, and nobody would know what is meant")
        .help(format!("say it in a few words, for example `{example}`"))
}

/// `note ".."`: copied from a message that could not know what to say.
pub(crate) fn placeholder(at: Location) -> Diagnostic {
    Diagnostic::error(
        Code::MissingClause,
        "nobody has filled in what to say here",
        at,
        "points stand for your own words",
    )
    .why("it would reach people as it stands")
    .help("write what you mean in their place")
}

/// Two steps of a workflow by the same label.
pub(crate) fn same_label(label: &str, at: Location, first: Location) -> Diagnostic {
    Diagnostic::error(Code::DuplicateName, format!("two steps are called \"{label}\""), at, "here again")
        .label(first, "the first one")
        .why("reports and later versions know a step by its label, so it would be unclear which one is meant")
        .help("give one of them another label")
}

/// A subject in which nobody would read anything.
pub(crate) fn empty_subject(email: &str, at: Location) -> Diagnostic {
    Diagnostic::error(Code::MissingClause, format!("email `{email}` has an empty subject"), at, "nothing to read")
        .why("mail servers take it for spam, and Flow sends no mail without a subject")
        .help("say in a few words what the mail brings, for example `subject \"Your guide is here\"`")
}

pub(crate) fn defined_by_itself(name: &str, at: Location) -> Diagnostic {
    Diagnostic::error(
        Code::NotACondition,
        format!("segment `{name}` is defined by itself"),
        at,
        "this leads back to the segment",
    )
    .help("say what it means without naming it")
}

/// A declaration whose name nothing says, while `others` and one more say what it looks like; `first` is the first of them.
pub(crate) fn misspelt_declaration(
    declared: &str,
    at: Location,
    named: &str,
    first: &Diagnostic,
    others: usize,
) -> Diagnostic {
    let label = match others {
        0 => format!("`{named}` is named here"),
        1 => format!("`{named}` is named here and once more"),
        others => format!("`{named}` is named here and {others} more times"),
    };
    let message = format!("`{declared}` is declared, and `{named}` is named");
    let diagnostic = Diagnostic::error(first.code, message, at, "nothing else says this name");
    let diagnostic =
        first.at().into_iter().fold(diagnostic, |diagnostic, place| diagnostic.label(place, label.clone()));
    diagnostic.help("one of them is misspelt; call it what the rest does:").edit(at, named)
}

/// One message for a name that nothing is called, wherever it stands; the edits are those of all places. So many places are `shown`.
pub(crate) fn several_places(mut first: Diagnostic, mut others: Vec<Diagnostic>, shown: usize) -> Diagnostic {
    let mended = !first.edits.is_empty() && others.iter().all(|other| !other.edits.is_empty());
    let places = others.len() + 1;
    let mut edits = first.edits.clone();
    for (nth, other) in others.iter_mut().enumerate() {
        let is_last = nth + 2 == shown;
        if let Some(at) = other.at().filter(|_| nth + 1 < shown) {
            let label = match places.saturating_sub(shown) {
                1 if is_last => "and here, and once more".to_owned(),
                more @ 2.. if is_last => format!("and here, and {more} more times"),
                _ => "and here".to_owned(),
            };
            first = first.label(at, label);
        }
        if mended {
            edits.append(&mut other.edits);
        }
    }
    edits.sort_by_key(|edit| edit.at);
    edits.dedup();
    // Two of one line that is mended as a whole: the first says it.
    let apart = |pair: &[Edit]| match pair {
        [one, next] => one.at.file != next.at.file || one.at.span.end <= next.at.span.start,
        _ => true,
    };
    if edits.windows(2).all(apart) {
        first.edits = edits;
    }
    first
}
