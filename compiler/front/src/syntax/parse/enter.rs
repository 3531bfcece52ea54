//! `enter when P`, `enter 30 days before renewal_date`, `enter by hand`.

use super::{Pair, Reader, Rule, child, has, name, span};
use crate::source::Span;
use crate::syntax::ast::{Dates, DatesOf, Enter, Existing, ScheduledDays, Side};

pub(super) fn enter(reader: &mut Reader<'_>, pair: &Pair<'_>) -> Enter {
    let existing = child(pair, Rule::existing)
        .map(|existing| if has(&existing, Rule::including_existing) { Existing::Including } else { Existing::NewOnly });
    if let Some(dated) = child(pair, Rule::entry_date) {
        let and_when = child(&dated, Rule::and_when);
        let end = and_when.as_ref().map_or(span(&dated).end, |and_when| span(and_when).start);
        let when = and_when.map(|and_when| reader.predicate_of(&and_when));
        return Enter { dates: Some(Box::new(field_dates(reader, &dated, end))), when, existing };
    }
    if let Some(schedule) = child(pair, Rule::schedule) {
        return Enter { dates: schedule_dates(reader, &schedule).map(Box::new), when: None, existing };
    }
    let when = (!has(pair, Rule::by_hand)).then(|| reader.predicate_of(pair));
    Enter { dates: None, when, existing }
}

fn field_dates(reader: &mut Reader<'_>, pair: &Pair<'_>, end: u32) -> Dates {
    let side = if has(pair, Rule::kw_before) { Side::Before } else { Side::After };
    let far = reader.duration_of(pair).map(|length| (length, side));
    let (yearly, at_once) = (has(pair, Rule::every_year), has(pair, Rule::at_once));
    let of = DatesOf::Field { far, field: reader.name_of(pair, Rule::word), yearly, at_once };
    Dates { of, at: clock(pair), span: Span::new(span(pair).start, end) }
}

fn schedule_dates(reader: &mut Reader<'_>, pair: &Pair<'_>) -> Option<Dates> {
    let days = match (child(pair, Rule::date), child(pair, Rule::weekday)) {
        (Some(date), _) => ScheduledDays::On(name(&date)),
        (None, weekday) => {
            ScheduledDays::Every { nth: child(pair, Rule::nth).map(|nth| name(&nth)), weekday: name(&weekday?) }
        }
    };
    let (segment, at_home) = (reader.name_of(pair, Rule::word), has(pair, Rule::at_home));
    Some(Dates { of: DatesOf::Schedule { segment, days, at_home }, at: clock(pair), span: span(pair) })
}

fn clock(pair: &Pair<'_>) -> Option<crate::syntax::ast::Name> {
    child(&child(pair, Rule::at_clock)?, Rule::clock).map(|clock| name(&clock))
}
