//! Segments: named predicates, read where they are named.
//!
//! A segment may name others, so each use stands for all that they say together. Which of them can be read that way is found first,
//! in one pass over the names, innermost segments first (Kahn's algorithm): what is never reached is defined by itself, and what
//! grows too large is refused before anything is made of it.

use super::predicate::Asked;
use super::typed::Cond;
use super::{Checker, Known};
use crate::diagnostics::{names, syntax};
use crate::syntax::ast::{self, Literal, Predicate};
use flow_ir::limits::{MAX_SEGMENT_DEPTH, MAX_SEGMENT_TESTS};

/// What a segment amounts to.
#[derive(Debug, Clone, Copy, Default)]
struct Extent {
    depth: usize,
    tests: usize,
}

impl Checker<'_> {
    /// Types every segment once, so that an unused one is checked too.
    pub(super) fn segments(&mut self) {
        self.find_expandable();
        for (index, segment) in self.scope.segments.iter().enumerate() {
            // One that is refused as a whole was reported as a whole.
            if !self.expandable[index] {
                continue;
            }
            self.file = segment.file;
            self.predicate(&segment.node.predicate, Asked::Anywhere("a segment"), &Known::new());
        }
    }

    pub(super) fn segment_named(&self, name: &str) -> Option<usize> {
        self.segments.get(name).copied()
    }

    /// What a segment means where it is named. Its own faults were reported at its declaration.
    pub(super) fn segment_cond(&mut self, index: usize, known: &Known) -> Cond {
        if !self.expandable[index] {
            return Cond::Unknown;
        }
        let segment = &self.scope.segments[index];
        let (file, reported) = (self.file, self.diagnostics.len());
        self.file = segment.file;
        let cond = self.predicate(&segment.node.predicate, Asked::Anywhere("a segment"), known);
        self.file = file;
        self.diagnostics.truncate(reported);
        cond
    }

    fn find_expandable(&mut self) {
        let named: Vec<Named<'_>> = self.scope.segments.iter().map(|segment| self.named_in(&segment.node)).collect();
        let mut naming: Vec<Vec<usize>> = vec![Vec::new(); named.len()];
        for (index, named) in named.iter().enumerate() {
            named.segments.iter().for_each(|(of, _)| naming[*of].push(index));
        }
        let mut open: Vec<usize> = named.iter().map(|named| named.segments.len()).collect();
        let mut ready: Vec<usize> = (0..named.len()).filter(|index| open[*index] == 0).collect();
        let mut extents: Vec<Option<Extent>> = vec![None; named.len()];
        while let Some(index) = ready.pop() {
            extents[index] = Some(named[index].extent(&extents));
            for by in &naming[index] {
                open[*by] -= 1;
                if open[*by] == 0 {
                    ready.push(*by);
                }
            }
        }
        self.expandable = extents.iter().map(|extent| extent.is_some_and(Extent::is_small)).collect();
        self.report_large(&named, &extents);
        self.report_circles(&named, &extents);
    }

    /// Reports segments that stand for too much; those that name one of them say nothing more.
    fn report_large(&mut self, named: &[Named<'_>], extents: &[Option<Extent>]) {
        for (index, extent) in extents.iter().enumerate() {
            let large = |extent: Option<Extent>| extent.is_some_and(|extent| !extent.is_small());
            let first = named[index].segments.iter().all(|(of, _)| !large(extents[*of]));
            if large(*extent) && first {
                let segment = &self.scope.segments[index];
                let what = if extent.is_some_and(|extent| extent.depth > MAX_SEGMENT_DEPTH) {
                    format!("segment names a segment that names a segment, more than {MAX_SEGMENT_DEPTH} deep")
                } else {
                    format!("segment stands for more than {MAX_SEGMENT_TESTS} tests")
                };
                self.report(syntax::too_large(&what, segment.at(segment.node.name.span)));
            }
        }
    }

    /// Reports each circle of segments at the first of them.
    fn report_circles(&mut self, named: &[Named<'_>], extents: &[Option<Extent>]) {
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
                let segment = &self.scope.segments[first];
                let diagnostic = names::defined_by_itself(&segment.node.name.text, segment.at(name.span));
                self.report(diagnostic);
            }
        }
    }

    fn named_in<'p>(&self, segment: &'p ast::Segment) -> Named<'p> {
        let mut named = Named { tests: 0, segments: Vec::new() };
        self.count_tests(&segment.predicate, &mut named);
        named
    }

    fn count_tests<'p>(&self, predicate: &'p Predicate, named: &mut Named<'p>) {
        match predicate {
            Predicate::And(parts, _) | Predicate::Or(parts, _) | Predicate::Mixed { parts, .. } => {
                parts.iter().for_each(|part| self.count_tests(part, named));
            }
            Predicate::Not(inner, _) | Predicate::Group(inner, _) => self.count_tests(inner, named),
            Predicate::Compare { left, relation: None, .. } => match left.terms.as_slice() {
                [(false, Literal::Word(name))] => match self.segment_named(&name.text) {
                    Some(segment) => named.segments.push((segment, name)),
                    None => named.tests += 1,
                },
                _ => named.tests += 1,
            },
            _ => named.tests += 1,
        }
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
