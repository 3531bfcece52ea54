//! Segments: named predicates, typed once and named everywhere.
//!
//! A segment may name others, so each is typed after those it names (Kahn's algorithm): what is never reached is defined by itself, and
//! what amounts to too much is refused before anything is made of it. Fields that follow from others are asked and named like segments, so
//! they lie in this order behind them.

#![expect(
    clippy::indexing_slicing,
    reason = "every list here has an entry a segment and then one a derived field, in their order, and `Env::new` numbers both so"
)]

use super::Known;
use super::cx::{Cx, Found};
use super::predicate::{Asked, check_predicate};
use crate::diagnostics::{Diagnostic, derived, names, syntax};
use crate::env::Env;
use crate::source::{Location, Span};
use crate::syntax::ast::{self, Literal, Predicate};
use crate::typed::Cond;
use flow_ir::limits::{MAX_SEGMENT_DEPTH, MAX_SEGMENT_TESTS};
use flow_ir::{Id, SegmentId};

/// What a segment amounts to.
#[derive(Debug, Clone, Copy, Default)]
struct Extent {
    depth: usize,
    tests: usize,
}

pub(super) fn check_segment(cx: &mut Cx<'_>, segment: &ast::Segment) -> Cond {
    check_predicate(cx, &segment.predicate, Asked::Anywhere("a segment"), &Known::new())
}

/// The segments in the order in which they can be typed: each after those it names. Those that are missing were refused and reported.
pub(super) fn order(env: &Env<'_>) -> (Vec<SegmentId>, Found) {
    let segments = env.scope.segments.iter().map(|segment| named_in(env, [&segment.node.predicate]));
    let derived = env.scope.derived.iter().map(|field| named_in(env, field.node.arms.iter().map(|arm| &arm.when)));
    let named: Vec<Named<'_>> = segments.chain(derived).collect();
    let mut naming: Vec<Vec<usize>> = vec![Vec::new(); named.len()];
    for (index, named) in named.iter().enumerate() {
        named.others.iter().for_each(|other| naming[other.index].push(index));
    }
    let mut open: Vec<usize> = named.iter().map(|named| named.others.len()).collect();
    let mut ready: Vec<usize> = (0..named.len()).filter(|index| open[*index] == 0).collect();
    let mut extents: Vec<Option<Extent>> = vec![None; named.len()];
    let mut order = Vec::new();
    while let Some(index) = ready.pop() {
        let extent = named[index].extent(&extents);
        if extent.is_small() && index < env.scope.segments.len() {
            order.push(SegmentId::from_index(index));
        }
        extents[index] = Some(extent);
        for by in &naming[index] {
            open[*by] -= 1;
            if open[*by] == 0 {
                ready.push(*by);
            }
        }
    }
    let mut found = Found::default();
    report_large(env, &named, &extents, &mut found.diagnostics);
    report_circles(env, &named, &extents, &mut found.diagnostics);
    (order, found)
}

/// Reports segments that stand for too much; those that name one of them say nothing more.
fn report_large(env: &Env<'_>, named: &[Named<'_>], extents: &[Option<Extent>], found: &mut Vec<Diagnostic>) {
    for (index, extent) in extents.iter().enumerate() {
        let large = |extent: Option<Extent>| extent.is_some_and(|extent| !extent.is_small());
        let first = named[index].others.iter().all(|other| !large(extents[other.index]));
        if large(*extent) && first {
            let (what, _, at) = declared(env, index, None);
            found.push(if extent.is_some_and(|extent| extent.depth > MAX_SEGMENT_DEPTH) {
                let what = format!("{what} names a segment that names a segment, more than {MAX_SEGMENT_DEPTH} deep");
                let help = "write what the innermost ones say into one segment, and name that";
                syntax::too_large(&what, at, "nobody could follow what it stands for", help)
            } else {
                let what = format!("{what} stands for more than {MAX_SEGMENT_TESTS} tests");
                let help =
                    "leave tests out; several values of one field are one test: `industry in (\"saas\", \"fintech\")`";
                syntax::too_large(&what, at, "those of the segments it names count too", help)
            });
        }
    }
}

/// Reports each circle of segments at the first of them.
fn report_circles(env: &Env<'_>, named: &[Named<'_>], extents: &[Option<Extent>], found: &mut Vec<Diagnostic>) {
    let mut walked = vec![false; named.len()];
    for start in 0..named.len() {
        let mut way: Vec<(usize, &ast::Name)> = Vec::new();
        let mut at = start;
        while extents[at].is_none() && !walked[at] {
            walked[at] = true;
            let Some(next) = named[at].others.iter().find(|other| extents[other.index].is_none()) else {
                break;
            };
            way.push((at, next.name));
            at = next.index;
        }
        // The way came back to a segment of its own: from there on it is a circle.
        if let Some((_, name)) = way.iter().skip_while(|(of, _)| *of != at).min_by_key(|(of, _)| *of) {
            let first = way.iter().map(|(of, _)| *of).skip_while(|of| *of != at).min().unwrap_or(at);
            let of_segments = way.iter().skip_while(|(of, _)| *of != at).all(|(of, _)| *of < env.scope.segments.len());
            let (_, called, place) = declared(env, first, Some(name.span));
            found.push(match of_segments {
                true => names::defined_by_itself(called, place),
                false => derived::defined_by_itself(called, place),
            });
        }
    }
}

/// What is declared in this place of the order: what it is, its name, and where that is, or another part of it.
fn declared<'e>(env: &'e Env<'_>, index: usize, part: Option<Span>) -> (&'static str, &'e str, Location) {
    match index.checked_sub(env.scope.segments.len()) {
        Some(place) => {
            let field = &env.scope.derived[place];
            ("field", &field.node.name.text, field.at(part.unwrap_or(field.node.name.span)))
        }
        None => {
            let segment = &env.scope.segments[index];
            ("segment", &segment.node.name.text, segment.at(part.unwrap_or(segment.node.name.span)))
        }
    }
}

fn named_in<'p>(env: &Env<'_>, predicates: impl IntoIterator<Item = &'p Predicate>) -> Named<'p> {
    let mut named = Named { tests: 0, others: Vec::new() };
    predicates.into_iter().for_each(|predicate| count_tests(env, predicate, &mut named));
    named
}

/// A field that follows from others, by its name. Whether it has a value is asked of each value that it may have.
fn derived_of<'p>(env: &Env<'_>, name: &'p ast::Name) -> Option<Other<'p>> {
    let place = *env.schema.derived.get(&env.schema.field(&name.text)?)?;
    let times = env.scope.derived[place].node.values().len();
    Some(Other { index: env.scope.segments.len() + place, name, times })
}

fn count_tests<'p>(env: &Env<'_>, predicate: &'p Predicate, named: &mut Named<'p>) {
    match predicate {
        Predicate::And(parts, _) | Predicate::Or(parts, _) | Predicate::Mixed { parts, .. } => {
            parts.iter().for_each(|part| count_tests(env, part, named));
        }
        Predicate::Not(inner, _) | Predicate::Group(inner, _) => count_tests(env, inner, named),
        Predicate::Compare { left, relation: None, .. } => match left.terms.as_slice() {
            [(false, Literal::Word(name))] => match env.segments.ids.get(name.text.as_str()) {
                Some(segment) => named.others.push(Other { index: segment.index(), name, times: 1 }),
                None => named.tests += 1,
            },
            _ => named.tests += 1,
        },
        Predicate::Compare { left, .. } => {
            named.tests += 1;
            let words = left.terms.iter().filter_map(|(_, term)| match term {
                Literal::Word(name) => Some(name),
                _ => None,
            });
            named.others.extend(words.filter_map(|name| derived_of(env, name)));
        }
        Predicate::Changed(changed, _) => {
            named.tests += 1;
            named.others.extend(derived_of(env, &changed.field));
        }
        Predicate::Crossed(crossed, _) => {
            named.tests += 1;
            let segment = env.segments.ids.get(crossed.segment.text.as_str());
            let other = segment.map(|segment| Other { index: segment.index(), name: &crossed.segment, times: 1 });
            named.others.extend(other);
        }
        _ => named.tests += 1,
    }
}

/// What a segment or a field says itself: its tests, and what it names.
struct Named<'p> {
    tests: usize,
    others: Vec<Other<'p>>,
}

/// A segment or a field that another one names.
struct Other<'p> {
    index: usize,
    name: &'p ast::Name,
    /// How often it is asked there, at the most.
    times: usize,
}

impl Named<'_> {
    /// With the segments it names, whose extents are known.
    fn extent(&self, extents: &[Option<Extent>]) -> Extent {
        let inner = self.others.iter().filter_map(|other| Some((extents[other.index]?, other.times)));
        inner.fold(Extent { depth: 1, tests: self.tests }, |sum, (part, times)| Extent {
            depth: sum.depth.max(part.depth + 1),
            tests: sum.tests.saturating_add(part.tests.saturating_mul(times)),
        })
    }
}

impl Extent {
    fn is_small(self) -> bool {
        self.depth <= MAX_SEGMENT_DEPTH && self.tests <= MAX_SEGMENT_TESTS
    }
}
