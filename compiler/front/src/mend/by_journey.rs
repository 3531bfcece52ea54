//! What a line may have meant where journeys are told apart by a value: `attended(trigger.webinar)`, `attended any webinar`,
//! `reenter per webinar`. Whether the workflow is one of those, the trial of the line shows.

use crate::env::Env;
use crate::syntax::line::tokens_at;
use crate::syntax::wording::Wording;
use std::ops::Range;

const OF_JOURNEY: &str = "what belongs to this journey is what the `trigger` said:";
const ANY: &str = "whichever it was:";
const PER: &str = "journeys are told apart by a property of the event that lets people in:";
/// How many events that have a property are thought of.
const MAX_EVENTS: usize = 6;

type Words<'l> = Vec<(Range<usize>, &'l str)>;

/// What a statement may have meant, likeliest first.
pub(super) fn wordings(env: &Env<'_>, line: &str) -> Vec<Wording> {
    let words: Words<'_> =
        tokens_at(line).map(|(at, word)| (at..at + word.len(), word)).take_while(|(_, word)| *word != "{").collect();
    let mut found: Vec<Wording> = per_value(env, line, &words);
    found.extend((0..words.len()).filter_map(|at| of_event(env, &words, at)));
    found
}

/// What is asked of the event at a place: its own value, or any.
fn of_event(env: &Env<'_>, words: &Words<'_>, at: usize) -> Option<Wording> {
    let (_, name) = words.get(at)?;
    let shape = &env.schema.events.at(env.schema.event(name)?).shape;
    let has = |property: &str| shape.properties.iter().any(|known| known.name == property);
    let word = |at: usize| words.get(at).map_or("", |(_, word)| *word);
    let in_parentheses = word(at + 1) == "(";
    let from = at + 1 + usize::from(in_parentheses);
    let one = |name: &str| {
        [name, name.strip_suffix('s').unwrap_or(name)].into_iter().find(|name| has(name)).map(str::to_owned)
    };
    let said = |word: &str| {
        let (owner, property) = word.trim_matches(['"', '{', '}']).split_once('.')?;
        let is_owner = matches!(owner, "trigger" | "event") || env.schema.event(owner).is_some();
        (is_owner && has(property)).then(|| property.to_owned())
    };
    let alone = || {
        let mut texts = shape.properties.iter().filter(|property| property.ty == flow_ir::FieldType::Text);
        texts.next().filter(|_| texts.next().is_none()).map(|property| property.name.clone())
    };
    let own = |property: String| (format!("{property} is trigger.{property}"), OF_JOURNEY);
    let any = |property: String| (format!("any {property}"), ANY);
    let is_same = |word: &str| matches!(word, "same" | "this" | "that");
    let (length, (asked, help)) = match [word(from), word(from + 1), word(from + 2), word(from + 3)] {
        ["any" | "every" | "all", property, ..] if one(property).is_some() => (2, any(one(property)?)),
        ["any" | "every" | "all", ")" | "" | "and" | "or" | "up", ..] => (1, any(alone()?)),
        ["the", same, property, _] if is_same(same) && has(property) => (3, own(property.to_owned())),
        [same, property, ..] if is_same(same) && has(property) => (2, own(property.to_owned())),
        [property, "is" | "=" | ":", "any", _] if has(property) => (3, any(property.to_owned())),
        [property, "is" | "=" | ":", same, again] if is_same(same) && property == again && has(property) => {
            (4, own(property.to_owned()))
        }
        [property, "is" | "=" | ":", value, _]
            if has(property)
                && (value == property || value == "trigger" || said(value).as_deref() == Some(property)) =>
        {
            (3, own(property.to_owned()))
        }
        [property, "any", ..] if has(property) => (2, any(property.to_owned())),
        [value, ..] if said(value).is_some() => (1, own(said(value)?)),
        _ => return None,
    };
    let (first, last) = (words.get(from)?, words.get(from + length - 1)?);
    let (place, text) = match in_parentheses {
        true => (first.0.start..last.0.end, asked),
        false => (words.get(at)?.0.end..last.0.end, format!("({asked})")),
    };
    Some(Wording { edits: vec![(place, text)], help })
}

/// `reenter per webinar`, `once per registered(webinar)`, `reenter always per registered.webinar after 90 days`.
fn per_value(env: &Env<'_>, line: &str, words: &Words<'_>) -> Vec<Wording> {
    let lower: Vec<String> = words.iter().map(|(_, word)| word.to_lowercase()).collect();
    let begins = lower.first().is_some_and(|word| matches!(word.as_str(), "reenter" | "re_enter" | "reentry" | "once"));
    let per = lower.iter().position(|word| matches!(word.as_str(), "per" | "by" | "each" | "every"));
    let (true, Some(per)) = (begins, per) else { return Vec::new() };
    let rest = lower.get(per + 1..).unwrap_or_default();
    let ends = |word: &String| matches!(word.as_str(), "again" | "after" | "every" | "never");
    let (named, behind) = rest.split_at(rest.iter().position(ends).unwrap_or(rest.len()));
    let again = match behind {
        [] => String::new(),
        [never] if never == "never" => String::new(),
        [words @ .., number, unit] if words.len() <= 2 && number.starts_with(|sign: char| sign.is_ascii_digit()) => {
            format!(" again after {number} {unit}")
        }
        _ => return Vec::new(),
    };
    let parts: Vec<&str> = named.iter().flat_map(|word| word.trim_matches('"').split('.')).collect();
    let names: Vec<&str> = parts
        .into_iter()
        .filter(|word| !matches!(*word, "(" | ")" | "the" | "event" | "trigger" | "of" | "a"))
        .collect();
    let (event, property) = match names.as_slice() {
        [property] => (None, *property),
        [event, property] => (Some(*event), *property),
        _ => return Vec::new(),
    };
    let has = |event: &&crate::env::schema::SchemaEvent| event.property_places.contains_key(property);
    let events = env.schema.events.values().filter(has).map(|event| event.shape.name.as_str());
    let events = events.filter(|name| event.is_none_or(|event| event == *name)).take(MAX_EVENTS);
    let whole = 0..line.trim_end().len();
    let said = |event: &str| Wording {
        edits: vec![(whole.clone(), format!("reenter per {event}.{property}{again}"))],
        help: PER,
    };
    events.map(said).filter(|said| said.applied(line).as_deref() != Some(line)).collect()
}
