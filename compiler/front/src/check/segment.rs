//! Segments: named predicates, typed once and named everywhere.
//!
//! A segment may name others, so each is typed after those it names (Kahn's algorithm): what is never reached is defined by itself, and
//! what amounts to too much is refused before anything is made of it.

#![expect(
    clippy::indexing_slicing,
    reason = "every list here has an entry a segment, in their order, and `env.segments.ids` numbers them so (`Env::new`)"
)]

use super::Known;
use super::cx::{Cx, Found};
use super::predicate::{Asked, check_predicate};
use crate::diagnostics::{Diagnostic, names, syntax};
use crate::env::Env;
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
    let named: Vec<Named<'_>> = env.scope.segments.iter().map(|segment| named_in(env, &segment.node)).collect();
    let mut naming: Vec<Vec<usize>> = vec![Vec::new(); named.len()];
    for (index, named) in named.iter().enumerate() {
        named.segments.iter().for_each(|(of, _)| naming[*of].push(index));
    }
    let mut open: Vec<usize> = named.iter().map(|named| named.segments.len()).collect();
    let mut ready: Vec<usize> = (0..named.len()).filter(|index| open[*index] == 0).collect();
    let mut extents: Vec<Option<Extent>> = vec![None; named.len()];
    let mut order = Vec::new();
    while let Some(index) = ready.pop() {
        let extent = named[index].extent(&extents);
        if extent.is_small() {
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
        let first = named[index].segments.iter().all(|(of, _)| !large(extents[*of]));
        if large(*extent) && first {
            let segment = &env.scope.segments[index];
            let at = segment.at(segment.node.name.span);
            found.push(if extent.is_some_and(|extent| extent.depth > MAX_SEGMENT_DEPTH) {
                let what = format!("segment names a segment that names a segment, more than {MAX_SEGMENT_DEPTH} deep");
                let help = "write what the innermost ones say into one segment, and name that";
                syntax::too_large(&what, at, "nobody could follow what it stands for", help)
            } else {
                let what = format!("segment stands for more than {MAX_SEGMENT_TESTS} tests");
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
            let Some((next, name)) = named[at].segments.iter().find(|(of, _)| extents[*of].is_none()) else {
                break;
            };
            way.push((at, name));
            at = *next;
        }
        // The way came back to a segment of its own: from there on it is a circle.
        if let Some((_, name)) = way.iter().skip_while(|(of, _)| *of != at).min_by_key(|(of, _)| *of) {
            let first = way.iter().map(|(of, _)| *of).skip_while(|of| *of != at).min().unwrap_or(at);
            let segment = &env.scope.segments[first];
            found.push(names::defined_by_itself(&segment.node.name.text, segment.at(name.span)));
        }
    }
}

fn named_in<'p>(env: &Env<'_>, segment: &'p ast::Segment) -> Named<'p> {
    let mut named = Named { tests: 0, segments: Vec::new() };
    count_tests(env, &segment.predicate, &mut named);
    named
}

fn count_tests<'p>(env: &Env<'_>, predicate: &'p Predicate, named: &mut Named<'p>) {
    match predicate {
        Predicate::And(parts, _) | Predicate::Or(parts, _) | Predicate::Mixed { parts, .. } => {
            parts.iter().for_each(|part| count_tests(env, part, named));
        }
        Predicate::Not(inner, _) | Predicate::Group(inner, _) => count_tests(env, inner, named),
        Predicate::Compare { left, relation: None, .. } => match left.terms.as_slice() {
            [(false, Literal::Word(name))] => match env.segments.ids.get(name.text.as_str()) {
                Some(segment) => named.segments.push((segment.index(), name)),
                None => named.tests += 1,
            },
            _ => named.tests += 1,
        },
        Predicate::Crossed(crossed, _) => {
            named.tests += 1;
            let segment = env.segments.ids.get(crossed.segment.text.as_str());
            named.segments.extend(segment.map(|segment| (segment.index(), &crossed.segment)));
        }
        _ => named.tests += 1,
    }
}

/// What a segment says itself: its tests, and the segments it names.
struct Named<'p> {
    tests: usize,
    segments: Vec<(usize, &'p ast::Name)>,
}

impl Named<'_> {
    /// With the segments it names, whose extents are known.
    fn extent(&self, extents: &[Option<Extent>]) -> Extent {
        let inner = self.segments.iter().filter_map(|(of, _)| extents[*of]);
        inner.fold(Extent { depth: 1, tests: self.tests }, |sum, part| Extent {
            depth: sum.depth.max(part.depth + 1),
            tests: sum.tests.saturating_add(part.tests),
        })
    }
}

impl Extent {
    fn is_small(self) -> bool {
        self.depth <= MAX_SEGMENT_DEPTH && self.tests <= MAX_SEGMENT_TESTS
    }
}
