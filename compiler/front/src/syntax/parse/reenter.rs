//! `reenter never`, `reenter after D`, `reenter always`, `reenter per EVENT.PROPERTY`.

use super::{Pair, Reader, Rule, child, has, name};
use crate::source::Span;
use crate::syntax::ast::{PerValue, Reenter};

pub(super) fn reenter(reader: &mut Reader<'_>, pair: &Pair<'_>) -> Reenter {
    if let Some(per) = child(pair, Rule::per_value).and_then(|per| per_value(reader, &per)) {
        return Reenter::Per(per);
    }
    match has(pair, Rule::always) {
        true => Reenter::Always,
        false => reader.duration_of(pair).map_or(Reenter::Never, Reenter::After),
    }
}

fn per_value(reader: &mut Reader<'_>, pair: &Pair<'_>) -> Option<PerValue> {
    let mut names = child(pair, Rule::event_property)?.into_inner();
    let (event, property) = (name(&names.next()?), name(&names.next()?));
    let again = child(pair, Rule::again_after).and_then(|again| reader.duration_of(&again));
    let span = Span::new(event.span.start, property.span.end);
    Some(PerValue { event, property, again, span })
}
