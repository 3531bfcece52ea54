//! Messages that only follow from another one of the same declaration, and are not told beside it.

use super::{hides_others, trial};
use crate::diagnostics::{Code, Diagnostic};
use crate::source::Span;

/// `industry is not "saas" or "fintech"`: who is meant of those without a value is asked in the readings of the whole, and not once more.
pub(super) fn asked_in_a_reading(settled: &mut Vec<Diagnostic>) {
    let changed = |found: &Diagnostic| {
        let places = found.readings.iter().flat_map(|reading| &reading.edits).map(|edit| edit.at.span);
        places.reduce(|one, other| Span::new(one.start.min(other.start), one.end.max(other.end)))
    };
    let is_asked = |found: &&Diagnostic| found.code != Code::MissingSurprises;
    let wholes: Vec<Span> =
        settled.iter().filter(is_asked).filter(|found| found.readings.len() > 1).filter_map(changed).collect();
    settled.retain(|found| {
        let within = |whole: &Span| found.at().is_some_and(|at| whole.start < at.span.end && at.span.start < whole.end);
        found.code != Code::MissingSurprises || !wholes.iter().any(within)
    });
    // `unsubscribes or bounced`: what the readings of one say of another's place is said.
    let mut told: Vec<Span> = Vec::new();
    settled.retain(|found| {
        let within =
            |whole: &Span| found.at().is_some_and(|at| whole.start <= at.span.start && at.span.end <= whole.end);
        if told.iter().any(within) {
            return false;
        }
        told.extend(changed(found).filter(|_| found.readings.len() > 1));
        true
    });
}

/// A line `otherwise ..` below a `subject when ..` that cannot be read: it is a part of that, and no mistake.
pub(super) fn behind_a_subject(settled: &mut Vec<Diagnostic>, text: &str) {
    let line = |found: &Diagnostic| trial::start_of(found).map(|at| trial::lines_of(text, &(at..at)));
    let begins = |line: &std::ops::Range<usize>, word: &str| {
        text.get(line.clone()).is_some_and(|line| line.trim_start().starts_with(word))
    };
    let unread = settled.iter().filter(|found| hides_others(found.code));
    let subjects: Vec<usize> =
        unread.filter_map(line).filter(|line| begins(line, "subject ")).map(|line| line.end + 1).collect();
    settled.retain(|found| {
        let follows = line(found).is_some_and(|line| begins(&line, "otherwise ") && subjects.contains(&line.start));
        found.code != Code::UnknownStatement || !follows
    });
}
