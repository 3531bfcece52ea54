//! What a line may have meant, told by the names of the project: `visited "/pricing"` asks for the page, because that is what a visit has.

use crate::env::Env;
use crate::env::schema::SchemaEvent;
use crate::syntax::ast::Email;
use crate::syntax::line::tokens_at;
use crate::syntax::wording::Wording;
use flow_ir::{CONFIRMED, FieldType};
use std::ops::Range;

/// How many emails that have a link are thought of.
const MAX_LINKED: usize = 3;

const PARTS: &str = "what is asked of an event stands in parentheses:";

/// What a statement may have meant, likeliest first.
pub(super) fn wordings(env: &Env<'_>, line: &str) -> Vec<Wording> {
    let words: Vec<(Range<usize>, &str)> =
        tokens_at(line).map(|(at, word)| (at..at + word.len(), word)).take_while(|(_, word)| *word != "{").collect();
    let mut found = links(env, line, &words);
    found.extend(sender_without_address(env, line));
    for (at, (place, word)) in words.iter().enumerate() {
        found.extend(confirmed_topic(env, &words, at));
        found.extend(no_field(env, &words, at));
        found.extend(event_with_word(env, line, &words, at));
        found.extend(event_with_text(env, &words, at, place, word));
        found.extend(property_alone(env, line, &words, at));
        found.extend(dotted(env, line, &words, at, place, word));
        found.extend(spelling(env, place, word));
    }
    found
}

/// `from name "Ana at Acme"`: the name in front of the project's own address.
fn sender_without_address(env: &Env<'_>, line: &str) -> Option<Wording> {
    let address = env.project.sender.as_deref()?;
    let (word, rest) = line.split_at_checked(line.find(|sign: char| !(sign.is_alphanumeric() || sign == '_'))?)?;
    let is_sender = matches!(word.to_lowercase().as_str(), "from" | "sender" | "from_name" | "sender_name");
    let rest = rest.trim_matches(|sign: char| sign.is_whitespace() || matches!(sign, ':' | '='));
    let name = rest.strip_prefix("name").map_or(rest, |rest| rest.trim_start_matches([' ', ':', '=']));
    let name = name.trim_matches(['"', '\'', ' ']);
    let is_name = !name.is_empty() && !name.contains(['@', '"', '<', '{', '\\']);
    (is_sender && is_name).then(|| {
        change(
            0..line.trim_end().len(),
            format!("from \"{name} <{address}>\""),
            "a sender is a name with an address, here your own:",
        )
    })
}

/// `tags: "hot lead", "customer"`: tags in other words, one of which is a stage already.
pub(super) fn tags(env: &Env<'_>, line: &str) -> Option<Wording> {
    let is_tags = |said: &str| said.starts_with("tags ");
    let mut said = crate::syntax::wording::wordings(line).into_iter().filter_map(|said| said.applied(line));
    let said = said.find(|said| is_tags(said) && said != line)?;
    let words: Vec<(Range<usize>, &str)> = tokens_at(&said).map(|(at, word)| (at..at + word.len(), word)).collect();
    let renamed = stages_as_tags(env, &words)?;
    Some(Wording { edits: vec![(0..line.len(), renamed.applied(&said)?)], help: renamed.help })
}

/// `tags vip, customer`: what is a stage already, by another name.
fn stages_as_tags(env: &Env<'_>, words: &[(Range<usize>, &str)]) -> Option<Wording> {
    let (_, "tags") = words.first()? else { return None };
    let stages = words.iter().skip(1).filter(|(_, word)| env.schema.stage(word).is_some());
    let edits: Vec<(Range<usize>, String)> = stages.map(|(place, word)| (place.clone(), format!("{word}s"))).collect();
    (!edits.is_empty()).then_some(Wording { edits, help: "a stage is called so already, and the tag something else:" })
}

/// `if no has_open_deal`: a yes or no is asked for without a period.
fn no_field(env: &Env<'_>, words: &[(Range<usize>, &str)], at: usize) -> Option<Wording> {
    let ((place, "no"), (_, name)) = (words.get(at)?, words.get(at + 1)?) else { return None };
    let field = env.schema.field(name)?;
    let is_truth = env.schema.shape(field).ty == FieldType::YesNo;
    is_truth.then(|| change(place.clone(), "not".to_owned(), "Flow says it so:"))
}

fn change(range: Range<usize>, text: String, help: &'static str) -> Wording {
    Wording { edits: vec![(range, text)], help }
}

/// The properties of an event that hold a text.
fn text_properties<'e>(env: &'e Env<'_>, event: &str) -> Vec<&'e str> {
    let Some(event) = env.schema.event(event) else { return Vec::new() };
    let properties = &env.schema.events.at(event).shape.properties;
    properties.iter().filter(|property| property.ty == FieldType::Text).map(|property| property.name.as_str()).collect()
}

/// `visited "/pricing"`, `submitted_form is "contact"`, `submitted_form in ("a", "b")`.
fn event_with_text(
    env: &Env<'_>,
    words: &[(Range<usize>, &str)],
    at: usize,
    place: &Range<usize>,
    word: &str,
) -> Option<Wording> {
    let properties = text_properties(env, word);
    let [property] = properties.as_slice() else { return None };
    if word == CONFIRMED {
        return None;
    }
    let next = |ahead: usize| words.get(at + ahead);
    if let (Some((_, "(")), Some((_, text)), Some((end, ")"))) = (next(1), next(2), next(3))
        && text.starts_with('"')
    {
        return Some(change(place.start..end.end, format!("{word}({property} is {text})"), PARTS));
    }
    let (relation, value) = match (next(1)?, next(2)) {
        ((place, text), _) if text.starts_with('"') => ("is", (place, *text)),
        ((_, "is" | "=" | "on" | "of" | "to" | ":"), Some((place, text))) if text.starts_with('"') => {
            ("is", (place, *text))
        }
        _ => return None,
    };
    let text = format!("{word}({property} {relation} {})", value.1);
    Some(change(place.start..value.0.end, text, PARTS))
}

/// `downloaded b2b-guide`, `downloaded guide`: the one text that such an event has.
fn event_with_word(env: &Env<'_>, line: &str, words: &[(Range<usize>, &str)], at: usize) -> Option<Wording> {
    let ((place, event), (start, first)) = (words.get(at)?, words.get(at + 1)?);
    let properties = text_properties(env, event);
    let [property] = properties.as_slice() else { return None };
    // `downloaded(b2b-guide)`
    let in_parentheses = *first == "(";
    let from = at + 1 + usize::from(in_parentheses);
    let (start, first) =
        words.get(from).filter(|_| in_parentheses).map_or((start, *first), |(place, word)| (place, *word));
    let is_free = first.starts_with(char::is_alphanumeric)
        && !is_joint(first)
        && first != *property
        && *event != CONFIRMED
        && env.schema.event(first).is_none();
    let end = end_of_clump(words, from)?;
    let text = line.get(start.start..end).filter(|_| is_free)?;
    let whole = match in_parentheses {
        true => words.iter().find(|(place, _)| place.start >= end).filter(|(_, word)| *word == ")")?.0.end,
        false => end,
    };
    // The path of a page begins so in the data.
    let slash = if *property == "page" && !text.starts_with("http") { "/" } else { "" };
    Some(change(place.start..whole, format!("{event}({property} is \"{slash}{text}\")"), PARTS))
}

/// Where the words end that no space parts from the one at a place.
fn end_of_clump(words: &[(Range<usize>, &str)], at: usize) -> Option<usize> {
    let (first, _) = words.get(at)?;
    let mut end = first.end;
    for (place, word) in words.iter().skip(at + 1) {
        if place.start != end || matches!(*word, ")" | "," | "(") {
            break;
        }
        end = place.end;
    }
    Some(end)
}

/// What goes on with a condition, and is no value.
fn is_joint(word: &str) -> bool {
    const JOINTS: &[&str] = &[
        "and",
        "or",
        "not",
        "at",
        "in",
        "within",
        "up",
        "new",
        "including",
        "where",
        "with",
        "is",
        "ever",
        "exactly",
        "since",
        "from",
        "more",
        "less",
        "fewer",
        "then",
        "if",
        "when",
        "but",
        "for",
        "after",
        "during",
        "before",
        "until",
        "till",
        "to",
        "on",
        "by",
        "of",
        "any",
        "once",
        "twice",
        "never",
        "always",
        "again",
        "only",
        "too",
        "also",
        "last",
        "the",
        "over",
        "under",
        "outside",
        "inside",
        "around",
        "about",
        "almost",
        "above",
        "below",
        "least",
        "most",
        "between",
        "nothing",
        "something",
        "anything",
    ];
    JOINTS.contains(&word)
}

/// `asset is b2b-guide`: every value of a line that stands without quotes and is no name.
pub(super) fn quoted(line: &str) -> Option<Wording> {
    let words: Vec<(Range<usize>, &str)> =
        tokens_at(line).map(|(at, word)| (at..at + word.len(), word)).take_while(|(_, word)| *word != "{").collect();
    let mut edits = Vec::new();
    for (at, (_, word)) in words.iter().enumerate() {
        let Some((start, first)) =
            words.get(at + 1).filter(|_| matches!(*word, "is" | "contains" | "with" | "not" | "="))
        else {
            continue;
        };
        let text = end_of_clump(&words, at + 1).and_then(|end| line.get(start.start..end));
        let text = text
            .filter(|text| text.len() > first.len() && first.starts_with(char::is_alphabetic) && !text.contains('"'));
        edits.extend(text.map(|text| (start.start..start.start + text.len(), format!("\"{text}\""))));
    }
    (!edits.is_empty()).then_some(Wording { edits, help: "texts stand in quotes:" })
}

/// `confirmed "news"`, `confirmed subscription to news`, `confirmed(news)`: a topic of the project, whatever stands around it.
fn confirmed_topic(env: &Env<'_>, words: &[(Range<usize>, &str)], at: usize) -> Option<Wording> {
    const MAX_BETWEEN: usize = 6;
    let (start, _) = words.get(at).filter(|(_, word)| matches!(*word, "confirmed" | "confirms" | "confirm"))?;
    let behind = words.iter().enumerate().skip(at + 1).take(MAX_BETWEEN);
    let mut behind = behind
        .take_while(|(_, (_, word))| !matches!(*word, "and" | "or" | "," | "within" | "in" | "up" | "no" | "not"));
    let is_topic = |word: &str| env.schema.topic(word.trim_matches('"')).is_some();
    let (nth, (end, topic)) = behind.find(|(_, (_, word))| is_topic(word))?;
    let close = words.get(nth + 1).filter(|(_, word)| *word == ")").map_or(end.end, |(place, _)| place.end);
    let text = format!("confirmed {}", topic.trim_matches('"'));
    Some(change(start.start..close, text, "what somebody has confirmed is named by its topic:"))
}

/// `clicked "case-study"`, `clicked the guide link`: the email which has that link.
fn links(env: &Env<'_>, line: &str, words: &[(Range<usize>, &str)]) -> Vec<Wording> {
    let Some(at) = words.iter().position(|(_, word)| *word == "clicked") else { return Vec::new() };
    let Some((clicked, _)) = words.get(at) else { return Vec::new() };
    let is_said = |word: &str| matches!(word, "the" | "link" | "on" | "a" | "button");
    let Some(first) = (at + 1..words.len()).find(|at| words.get(*at).is_some_and(|(_, word)| !is_said(word))) else {
        return Vec::new();
    };
    let end = end_of_clump(words, first).unwrap_or(clicked.end);
    let Some(alias) = words.get(first).and_then(|(start, _)| line.get(start.start..end)) else { return Vec::new() };
    let behind = words.iter().find(|(place, _)| place.start >= end);
    let end = behind.filter(|(_, word)| matches!(*word, "link" | "button")).map_or(end, |(place, _)| place.end);
    let has = |email: &&crate::resolve::Declared<Email>| {
        email.node.links().any(|(link, _)| link.alias.plain().as_deref() == Some(alias.trim_matches('"')))
    };
    let emails = env.scope.emails.values().filter(has).take(MAX_LINKED);
    let said = |email: &crate::resolve::Declared<Email>| {
        format!("clicked {} link \"{}\"", email.node.name.text, alias.trim_matches('"'))
    };
    emails.map(|email| change(clicked.start..end, said(email), "this email has that link:")).collect()
}

/// `enter when ordered and amount > 500`, `.. and ordered.amount > 500`, `.. and trigger.amount > 500`: of the event that was named.
pub(super) fn of_named_event(env: &Env<'_>, line: &str) -> Option<Wording> {
    let words: Vec<(Range<usize>, &str)> =
        tokens_at(line).map(|(at, word)| (at..at + word.len(), word)).take_while(|(_, word)| *word != "{").collect();
    (0..words.len()).find_map(|at| {
        let (named, event) = named_before(env, &words, at)?;
        let (place, word) = words.get(at)?;
        let owned = [event.shape.name.as_str(), "trigger", "event"];
        let of_owner = owned.iter().find_map(|owner| word.strip_prefix(owner)?.strip_prefix('.'));
        let property = of_owner.unwrap_or(word);
        let asked = asked_of(line, &words, at, place.end - property.len(), property)?;
        let is_free = of_owner.is_some() || env.schema.field(property).is_none();
        let has = event.shape.properties.iter().any(|known| known.name == property);
        let end = asked.0;
        (is_free && has).then(|| change(named.start..end, format!("{}({})", event.shape.name, asked.1), PARTS))
    })
}

/// The event that stands before the word at a place, with what joins the two.
fn named_before<'e, 'w>(
    env: &'e Env<'_>,
    words: &'w [(Range<usize>, &str)],
    at: usize,
) -> Option<(&'w Range<usize>, &'e SchemaEvent)> {
    match words.get(at.checked_sub(2)?..at)? {
        [(place, name), (_, "and" | "with" | "where")] => Some((place, env.schema.events.at(env.schema.event(name)?))),
        _ => None,
    }
}

/// What is asked of the property at a place, and where that ends: `form in ("contact", "demo")` where it is `form is "contact" or "demo"`.
fn asked_of(
    line: &str,
    words: &[(Range<usize>, &str)],
    at: usize,
    start: usize,
    property: &str,
) -> Option<(usize, String)> {
    if !matches!(words.get(at + 1)?.1, "is" | "in" | "contains" | "starts" | "=" | ">" | "<" | ">=" | "<=") {
        return None;
    }
    let end = words.iter().skip(at).take_while(|(_, word)| !matches!(*word, "and" | "up" | "then")).last()?.0.end;
    let asked = line.get(start..end)?;
    let asked = match asked.split(" or ").collect::<Vec<_>>().as_slice() {
        [_] => asked.to_owned(),
        [first, others @ ..] => {
            let first = first.split_once(" is ")?.1;
            let all: Vec<&str> = std::iter::once(first).chain(others.iter().copied()).map(str::trim).collect();
            format!("{property} in ({})", all.join(", "))
        }
        [] => return None,
    };
    Some((end, asked))
}

/// `form is "contact"`, where one event has a `form`.
fn property_alone(env: &Env<'_>, line: &str, words: &[(Range<usize>, &str)], at: usize) -> Option<Wording> {
    let (place, property) = words.get(at)?;
    let is_free = env.schema.field(property).is_none()
        && at.checked_sub(1).and_then(|at| words.get(at)).is_none_or(|(_, word)| *word != "(");
    let has = |event: &&SchemaEvent| event.shape.properties.iter().any(|known| known.name == *property);
    let mut events = env.schema.events.values().filter(has);
    let (event, None, true) = (events.next()?, events.next(), is_free) else { return None };
    let (end, asked) = asked_of(line, words, at, place.start, property)?;
    Some(change(place.start..end, format!("{}({asked})", event.shape.name), PARTS))
}

/// `contact.industry`, `added_to_cart.product is "shoes"`.
fn dotted(
    env: &Env<'_>,
    line: &str,
    words: &[(Range<usize>, &str)],
    at: usize,
    place: &Range<usize>,
    word: &str,
) -> Option<Wording> {
    let (owner, name) = word.split_once('.')?;
    if matches!(
        owner.to_lowercase().as_str(),
        "contact"
            | "person"
            | "lead"
            | "user"
            | "customer"
            | "prospect"
            | "recipient"
            | "subscriber"
            | "individual"
            | "profile"
    ) {
        let ours = crate::naming::snake_case(name);
        let name = if env.schema.field(&ours).is_some() { ours } else { name.to_owned() };
        return Some(change(place.clone(), name, "a field is always the person's own:"));
    }
    env.schema.event(owner)?;
    let end =
        words.iter().skip(at).take_while(|(_, word)| !matches!(*word, "and" | "or" | "up" | "then")).last()?.0.end;
    let asked = line.get(place.end..end)?;
    (!asked.trim().is_empty()).then(|| change(place.start..end, format!("{owner}({name}{asked})"), PARTS))
}

/// `MQL`, `Industry`, `first-name`: a name in another spelling.
fn spelling(env: &Env<'_>, place: &Range<usize>, word: &str) -> Option<Wording> {
    let ours = crate::naming::snake_case(word);
    if ours == word || ours.is_empty() || word.chars().any(|c| !(c.is_ascii_alphanumeric() || matches!(c, '_' | '-'))) {
        return None;
    }
    let schema = &env.schema;
    let is_known = schema.field(&ours).is_some()
        || schema.event(&ours).is_some()
        || schema.stage(&ours).is_some()
        || schema.tag(&ours).is_some()
        || schema.list(&ours).is_some()
        || env.segments.ids.contains_key(ours.as_str())
        || env.emails.contains_key(ours.as_str())
        || env.workflows.contains_key(ours.as_str());
    is_known.then(|| change(place.clone(), ours, "names are written small:"))
}
