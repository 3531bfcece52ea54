//! Faults that are one mistake with another: what a question holds, what it prints, tokens of one line, a name in several places.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use super::fault::{FaultKind, Syntax, TemplateFault};

/// What stands within a question of another tool that is mended as a whole is mended with it: one message.
pub(super) fn in_one(faults: Vec<TemplateFault>) -> Vec<TemplateFault> {
    // Only such a question has changes in several places.
    let end = |fault: &TemplateFault| match fault.edits.as_slice() {
        [_, .., (last, _)] => last.end,
        _ => fault.span.end,
    };
    let mut faults = faults;
    faults.sort_by_key(|fault| fault.span.start);
    let mut kept: Vec<TemplateFault> = Vec::with_capacity(faults.len());
    let (mut whole_at, mut whole_until) = (0, 0);
    for fault in faults {
        // What nothing mends is told by itself.
        let is_mended = |whole: &TemplateFault| {
            !fault.edits.is_empty() || whole.edits.iter().any(|(place, _)| *place == fault.span)
        };
        let is_within = end(&fault) <= whole_until;
        match kept.get_mut(whole_at).filter(|whole| is_within && is_mended(whole)) {
            Some(whole) => {
                let is_free = |place: &std::ops::Range<usize>| {
                    !whole.edits.iter().any(|(known, _)| known.start < place.end && place.start < known.end)
                };
                let more: Vec<_> = fault.edits.into_iter().filter(|(place, _)| is_free(place)).collect();
                whole.edits.extend(more);
            }
            None => {
                if fault.edits.len() > 1 {
                    (whole_at, whole_until) = (kept.len(), end(&fault));
                }
                kept.push(fault);
            }
        }
    }
    kept
}

/// What stands side by side and is one habit: told once, with all of it mended.
pub(super) fn side_by_side(faults: &mut Vec<TemplateFault>, text: &str) {
    faults.sort_by_key(|fault| (fault.span.start, fault.span.end));
    asked_and_printed(faults, text);
    tokens_of_a_line(faults, text);
}

/// `{% if contact.name != blank %}{{ contact.name }}{% endif %}`: what is asked in another tool's words and printed behind it by the same name
/// is one mistake.
fn asked_and_printed(faults: &mut Vec<TemplateFault>, text: &str) {
    let mut kept: Vec<TemplateFault> = Vec::with_capacity(faults.len());
    let mut question: Option<usize> = None;
    for fault in faults.drain(..) {
        let printed = match &fault.kind {
            FaultKind::UnknownToken { name, nearest: Some(_) } => Some(name.as_str()),
            _ => None,
        };
        let asks = |asked: &TemplateFault| {
            let written = text.get(asked.span.clone()).unwrap_or_default();
            printed.is_some_and(|name| written.contains(name)) && !asked.edits.is_empty()
        };
        let is_room = |asked: &&mut TemplateFault| asks(asked) && asked.edits.len() < MAX_IN_ONE;
        match question.and_then(|at| kept.get_mut(at)).filter(is_room) {
            Some(asked) => asked.edits.extend(fault.edits),
            None => {
                let is_slip = matches!(fault.kind, FaultKind::Syntax(Syntax::Slip(_)));
                if is_slip && text.get(fault.span.clone()).is_some_and(|written| written.starts_with("{%")) {
                    question = Some(kept.len());
                }
                kept.push(fault);
            }
        }
    }
    *faults = kept;
}

/// How many changes one message shows for tokens side by side.
const MAX_IN_ONE: usize = 20;

/// `Hello *|FNAME|* of *|COMPANY|*`: tokens of other tools in one line are mended together, as the line is shown with all of them mended.
fn tokens_of_a_line(faults: &mut Vec<TemplateFault>, text: &str) {
    let mut kept: Vec<TemplateFault> = Vec::with_capacity(faults.len());
    let (mut until, mut line_end) = (0, 0);
    for fault in faults.drain(..) {
        let is_foreign = |fault: &TemplateFault| {
            matches!(fault.kind, FaultKind::Foreign { field: Some(_), .. }) && fault.edits.len() == 1
        };
        let is_room = |first: &&mut TemplateFault| first.edits.len() < MAX_IN_ONE;
        match kept.last_mut().filter(|_| fault.span.end <= until && is_foreign(&fault)).filter(is_room) {
            Some(first) => first.edits.extend(fault.edits),
            None => {
                // Each line's end is looked for once, however many stand in it.
                if fault.span.end > line_end {
                    let behind = text.get(fault.span.end..).and_then(|rest| rest.find('\n'));
                    line_end = behind.map_or(text.len(), |at| fault.span.end + at);
                }
                until = if is_foreign(&fault) { line_end } else { 0 };
                kept.push(fault);
            }
        }
    }
    *faults = kept;
}

/// A name that the project does not know is one mistake, however often it stands there: mended in all its places.
pub(super) fn one_of_each_name(faults: &mut Vec<TemplateFault>) {
    let mut first: BTreeMap<(String, Option<String>), usize> = BTreeMap::new();
    let mut kept: Vec<TemplateFault> = Vec::with_capacity(faults.len());
    for fault in faults.drain(..) {
        let FaultKind::UnknownToken { name, nearest } = &fault.kind else {
            kept.push(fault);
            continue;
        };
        match first.entry((name.clone(), nearest.clone())) {
            Entry::Vacant(entry) => {
                entry.insert(kept.len());
                kept.push(fault);
            }
            Entry::Occupied(entry) => {
                if let Some(first) = kept.get_mut(*entry.get()) {
                    first.edits.extend(fault.edits);
                }
            }
        }
    }
    *faults = kept;
}
