//! No text of what is none: `attended(webinar is trigger.webinar)`, `any` and the names of properties say which value is meant, and between quotes
//! they are values that nobody has. Such a line compiles, and is false for everyone.

use crate::env::Env;
use crate::syntax::line::tokens_at;
use crate::syntax::wording::is_text_line;
use flow_ir::FieldType;

/// What stands before a value.
const BEFORE_A_VALUE: &[&str] = &["is", "not", "in", "(", ",", "or", "contains", "with", "=", "from", "word", "any"];

/// Whether lines `after` a change have a text that is a name in those `before` it.
pub(super) fn makes_a_text_of_a_name(env: &Env<'_>, before: &str, after: &str) -> bool {
    if after.matches('"').count() <= before.matches('"').count() || is_text_line(before.trim_start()) {
        return false;
    }
    let old: Vec<&str> = tokens_at(before).map(|(_, token)| token).collect();
    let new: Vec<&str> = tokens_at(after).map(|(_, token)| token).collect();
    let pairs = new.iter().zip(new.iter().skip(1));
    pairs.filter(|(before, token)| BEFORE_A_VALUE.contains(before) && !old.contains(token)).any(|(_, token)| {
        let text = token.strip_prefix('"').and_then(|text| text.strip_suffix('"'));
        text.is_some_and(|text| is_name_of_a_value(env, text.trim_start_matches('/')))
    })
}

/// Whether a text is how a line names a value, and no value itself.
fn is_name_of_a_value(env: &Env<'_>, text: &str) -> bool {
    let (owner, name) = text.split_once('.').map_or((None, text), |(owner, name)| (Some(owner), name));
    let is_owner = |owner: &str| matches!(owner, "trigger" | "event") || env.schema.event(owner).is_some();
    match owner {
        Some(owner) => is_owner(owner),
        None => matches!(name, "any" | "trigger") || (is_property(env, name) && !is_choice(env, name)),
    }
}

fn is_property(env: &Env<'_>, name: &str) -> bool {
    env.schema.events.values().any(|event| event.property_places.contains_key(name))
}

/// Whether some field or property may have it as its value.
fn is_choice(env: &Env<'_>, text: &str) -> bool {
    let fields = env.schema.fields.values().map(|field| &field.shape.ty);
    let properties = env.schema.events.values().flat_map(|event| &event.shape.properties).map(|property| &property.ty);
    fields.chain(properties).any(|ty| match ty {
        FieldType::OneOf(choices) => choices.iter().any(|choice| choice.eq_ignore_ascii_case(text)),
        _ => false,
    })
}
