//! Which line a comment belongs to, and where blank lines were.
//!
//! Decided in the order of the source, before anything is printed, so that a line which the layout moves takes its comments along.
//!
//! ```text
//! if customer {  // of the line that opens the block
//!   // of the line below
//!   exit         // of this line
//!   // of the block: nothing follows
//! }
//! ```

use super::printer::Printer;
use crate::source::Span;

/// A comment on a line of its own.
#[derive(Debug, Clone, Copy)]
pub(super) struct Own {
    pub(super) comment: Span,
    /// A blank line stands before it.
    pub(super) blank: bool,
}

/// A line of a block, or more than one if it has a block itself, with its comments.
#[derive(Debug)]
pub(super) struct Entry<'t, T> {
    pub(super) node: &'t T,
    pub(super) before: Vec<Own>,
    /// A blank line stands between it and what is before it, its comments among that.
    pub(super) blank: bool,
    /// Behind it, on its last line.
    pub(super) after: Option<Span>,
}

impl<T> Entry<'_, T> {
    /// Whether a blank line stands before it and its comments.
    pub(super) fn has_blank(&self) -> bool {
        self.before.first().map_or(self.blank, |own| own.blank)
    }

    pub(super) fn set_blank(&mut self, blank: bool) {
        match self.before.first_mut() {
            Some(own) => own.blank = blank,
            None => self.blank = blank,
        }
    }
}

/// What stands in a block.
#[derive(Debug)]
pub(super) struct Block<'t, T> {
    /// The comment behind the brace that opens it.
    pub(super) opened: Option<Span>,
    pub(super) entries: Vec<Entry<'t, T>>,
    /// The comments behind the last line.
    pub(super) rest: Vec<Own>,
}

impl<'t, T> Block<'t, T> {
    /// The same block with something else for each line.
    pub(super) fn with<U>(self, nodes: &[U]) -> Block<'_, U> {
        let entries = self.entries.into_iter().zip(nodes);
        let entries =
            entries.map(|(Entry { before, blank, after, .. }, node)| Entry { node, before, blank, after }).collect();
        Block { opened: self.opened, entries, rest: self.rest }
    }
}

impl<'s> Printer<'s> {
    /// Gives each line of a block its comments. `within` lies between the braces.
    pub(super) fn gather<'t, T: 't>(&self, within: Span, nodes: impl Iterator<Item = (&'t T, Span)>) -> Block<'t, T> {
        let mut block = Block { opened: None, entries: Vec::new(), rest: Vec::new() };
        let mut reached = within.start;
        for (node, at) in nodes {
            let (before, ended) = self.between(Span::new(reached, at.start), &mut block);
            let blank = self.has_blank_line(ended, at.start);
            block.entries.push(Entry { node, before, blank, after: None });
            reached = at.end;
        }
        block.rest = self.between(Span::new(reached, within.end), &mut block).0;
        block
    }

    /// The comments between two lines but for the one that ends the first of them, and where the last comment ends.
    fn between<T>(&self, stretch: Span, block: &mut Block<'_, T>) -> (Vec<Own>, u32) {
        let mut found = Vec::new();
        let mut reached = stretch.start;
        for comment in self.comments_in(stretch) {
            let same_line = reached == stretch.start && !self.has_line_end(reached, comment.start);
            match block.entries.last_mut() {
                Some(entry) if same_line => entry.after = Some(comment),
                // At the start of a file there is no brace.
                None if same_line && self.is_behind_brace(stretch.start) => block.opened = Some(comment),
                _ => found.push(Own { comment, blank: self.has_blank_line(reached, comment.start) }),
            }
            reached = comment.end;
        }
        (found, reached)
    }

    fn has_line_end(&self, from: u32, to: u32) -> bool {
        self.cut(Span::new(from, to)).contains('\n')
    }

    /// Whether a line that holds nothing lies between two places, not even a `;`.
    fn has_blank_line(&self, from: u32, to: u32) -> bool {
        let mut lines = self.cut(Span::new(from, to)).split('\n').skip(1).peekable();
        while let Some(line) = lines.next() {
            // The last piece is the beginning of the line that holds what follows.
            if lines.peek().is_some() && line.trim().is_empty() {
                return true;
            }
        }
        false
    }
}
