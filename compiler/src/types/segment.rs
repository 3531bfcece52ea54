//! Segments: named predicates, read where they are named.

use super::predicate::Asked;
use super::typed::Cond;
use super::{Checker, Known};
use crate::diagnostics::names;
use crate::syntax::ast;

impl Checker<'_> {
    /// Types every segment once, so that an unused one is checked too.
    pub(super) fn segments(&mut self) {
        for index in 0..self.scope.segments.len() {
            self.segments_open = vec![index];
            let segment = &self.scope.segments[index];
            self.file = segment.file;
            self.predicate(&segment.node.predicate, Asked::Anywhere("a segment"), &Known::new());
        }
        self.segments_open.clear();
    }

    pub(super) fn segment_named(&self, name: &str) -> Option<usize> {
        self.scope.segments.iter().position(|segment| segment.node.name.text == name)
    }

    /// What a segment means where it is named. Its own faults were reported at its declaration.
    pub(super) fn segment_cond(&mut self, index: usize, named: &ast::Name, known: &Known) -> Cond {
        if self.segments_open.contains(&index) {
            let diagnostic = names::defined_by_itself(&named.text, self.at(named.span));
            self.report(diagnostic);
            return Cond::Unknown;
        }
        let segment = &self.scope.segments[index];
        let (file, reported) = (self.file, self.diagnostics.len());
        self.segments_open.push(index);
        self.file = segment.file;
        let cond = self.predicate(&segment.node.predicate, Asked::Anywhere("a segment"), known);
        self.segments_open.pop();
        self.file = file;
        self.diagnostics.truncate(reported);
        cond
    }
}
