//! What a line may have meant, told by the names of the project: `visited "/pricing"` asks for the page, because that is what a visit has.

use crate::env::Env;
use crate::syntax::line::tokens_at;
use crate::syntax::wording::Wording;
use flow_ir::FieldType;
use std::ops::Range;

const PARTS: &str = "what is asked of an event stands in parentheses:";

/// What a statement may have meant, likeliest first.
pub(super) fn wordings(env: &Env<'_>, line: &str) -> Vec<Wording> {
    let words: Vec<(Range<usize>, &str)> =
        tokens_at(line).map(|(at, word)| (at..at + word.len(), word)).take_while(|(_, word)| *word != "{").collect();
    let mut found = Vec::new();
    for (at, (place, word)) in words.iter().enumerate() {
        found.extend(event_with_text(env, &words, at, place, word));
        found.extend(property_alone(env, line, &words, at));
        found.extend(dotted(env, line, &words, at, place, word));
        found.extend(spelling(env, place, word));
    }
    found
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

/// `form is "contact"`, where one event has a `form`.
fn property_alone(env: &Env<'_>, line: &str, words: &[(Range<usize>, &str)], at: usize) -> Option<Wording> {
    let (place, property) = words.get(at)?;
    if !matches!(words.get(at + 1)?.1, "is" | "in" | "contains" | "starts" | "=" | ">" | "<" | ">=" | "<=") {
        return None;
    }
    let is_free = env.schema.field(property).is_none()
        && at.checked_sub(1).and_then(|at| words.get(at)).is_none_or(|(_, word)| *word != "(");
    let has =
        |event: &&crate::env::schema::SchemaEvent| event.shape.properties.iter().any(|known| known.name == *property);
    let events: Vec<_> = env.schema.events.values().filter(has).collect();
    let ([event], true) = (events.as_slice(), is_free) else { return None };
    let end = words.iter().skip(at).take_while(|(_, word)| !matches!(*word, "and" | "up" | "then")).last()?.0.end;
    let asked = line.get(place.start..end)?;
    // `form is "contact" or "demo"`
    let asked = match asked.split(" or ").collect::<Vec<_>>().as_slice() {
        [_] => asked.to_owned(),
        [first, others @ ..] => {
            let first = first.split_once(" is ")?.1;
            let all: Vec<&str> = std::iter::once(first).chain(others.iter().copied()).map(str::trim).collect();
            format!("{property} in ({})", all.join(", "))
        }
        [] => return None,
    };
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
    if matches!(owner.to_lowercase().as_str(), "contact" | "person" | "lead" | "user" | "customer") {
        return Some(change(place.clone(), name.to_owned(), "a field is always the person's own:"));
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
        || env.segments.ids.contains_key(ours.as_str())
        || env.emails.contains_key(ours.as_str())
        || env.workflows.contains_key(ours.as_str());
    is_known.then(|| change(place.clone(), ours, "names are written small:"))
}
