//! Lines with their indentation, their comments and the blank lines before them.

use super::gather::{Block, Own};
use crate::source::Span;
use crate::syntax::ast::{Comment, File, Step};
use crate::syntax::line::one_line;
use crate::syntax::settled::{Settled, settled};
use std::borrow::Cow;

/// How wide a line may be before its condition is broken.
pub(super) const WIDTH: usize = 100;

/// For each block that stands around a line.
const INDENT: usize = 2;

#[derive(Debug)]
pub(super) struct Printer<'s> {
    text: &'s str,
    comments: &'s [Comment],
    settled: &'s [Settled],
    lines: Vec<String>,
    /// How many blocks stand around the line being written.
    level: usize,
    /// A blank line comes before what is written next.
    blank: bool,
}

impl<'s> Printer<'s> {
    pub(super) fn new(text: &'s str, tree: &'s File) -> Self {
        Self { text, comments: &tree.comments, settled: &tree.settled, lines: Vec::new(), level: 0, blank: false }
    }

    /// All that was written. Nothing but blank lines is an empty file.
    pub(super) fn finish(self) -> String {
        let mut text = self.lines.join("\n");
        if !text.is_empty() {
            text.push('\n');
        }
        text
    }

    // ---- the source ---------------------------------------------------------------------------------------------------------

    /// The source at a place, as written.
    pub(super) fn cut(&self, at: Span) -> &'s str {
        at.text(self.text)
    }

    /// A text in the settled way, else as written. What is put before or behind its quotes is no part of it.
    pub(super) fn quoted(&self, at: Span) -> Cow<'s, str> {
        let inside = Span::new(at.start + 1, at.end.saturating_sub(1).max(at.start + 1));
        match settled(self.text, inside, self.settled) {
            Cow::Borrowed(_) => Cow::Borrowed(self.cut(at)),
            Cow::Owned(inside) => Cow::Owned(format!("\"{inside}\"")),
        }
    }

    /// The source at a place on one line, its words one space apart, without comments and in the settled way.
    pub(super) fn words(&self, at: Span) -> String {
        one_line(&settled(self.text, at, self.settled))
    }

    /// The comments that begin in a stretch.
    pub(super) fn comments_in(&self, stretch: Span) -> impl Iterator<Item = Span> + use<'s> {
        let first = self.comments.partition_point(|comment| comment.span.start < stretch.start);
        let comments = self.comments.get(first..).unwrap_or_default();
        comments.iter().map(|comment| comment.span).take_while(move |span| span.start < stretch.end)
    }

    /// Where the next `{` is that stands in no comment. Nothing with quotes may lie before it.
    pub(super) fn brace_after(&self, from: u32) -> u32 {
        let mut at = from;
        for comment in self.comments_in(Span::new(from, u32::MAX)) {
            if let Some(brace) = self.cut(Span::new(at, comment.start)).find('{') {
                return at + brace as u32;
            }
            at = comment.end;
        }
        let rest = self.text.get(at as usize..).unwrap_or_default();
        at + rest.find('{').unwrap_or(rest.len()) as u32
    }

    /// Whether a block begins at a place.
    pub(super) fn is_behind_brace(&self, at: u32) -> bool {
        self.text.get(..at as usize).is_some_and(|before| before.ends_with('{'))
    }

    /// Whether a sign is the next one, but for space.
    pub(super) fn is_next(&self, from: u32, sign: char) -> bool {
        self.text.get(from as usize..).is_some_and(|rest| rest.trim_start_matches([' ', '\t']).starts_with(sign))
    }

    /// Whether a line may be as long as this.
    pub(super) fn fits(&self, line: &str) -> bool {
        self.level * INDENT + line.chars().count() <= WIDTH
    }

    // ---- lines --------------------------------------------------------------------------------------------------------------

    /// One line, which stands for all of a place: the comments in there go before it.
    pub(super) fn line(&mut self, of: Span, line: String) {
        self.lines(of, vec![line]);
    }

    /// A line that is broken into several.
    pub(super) fn lines(&mut self, of: Span, lines: Vec<String>) {
        for comment in self.comments_in(of) {
            self.own(comment);
        }
        for line in lines {
            self.push(&line);
        }
    }

    /// A step that is one line.
    pub(super) fn step(&mut self, step: &Step, line: &str) {
        let line = self.label(step) + line;
        self.line(step.span, line);
    }

    /// What comes before a step that has a label.
    pub(super) fn label(&self, step: &Step) -> String {
        step.label.as_ref().map_or_else(String::new, |label| format!("step {}: ", self.quoted(label.span)))
    }

    /// The first line of something that is one block, whose brace comes next behind a place; where what is in the block lies.
    pub(super) fn open(&mut self, of: Span, head_end: u32) -> Span {
        let brace = self.brace_after(head_end);
        let head = Span::new(of.start, brace);
        self.line(head, self.words(head) + " {");
        within(Span::new(brace, of.end))
    }

    /// A line without comments of its own.
    pub(super) fn push(&mut self, line: &str) {
        if std::mem::take(&mut self.blank) {
            self.lines.push(String::new());
        }
        self.lines.push(format!("{:width$}{line}", "", width = self.level * INDENT));
    }

    /// A comment on a line of its own.
    pub(super) fn own(&mut self, comment: Span) {
        self.push(self.cut(comment).trim_end());
    }

    /// A comment at the end of the line that was written last.
    pub(super) fn trail(&mut self, comment: Option<Span>) {
        if let (Some(comment), Some(line)) = (comment, self.lines.last_mut()) {
            line.push_str("  ");
            line.push_str(comment.text(self.text).trim_end());
        }
    }

    // ---- blocks -------------------------------------------------------------------------------------------------------------

    /// The lines of a block and the brace that closes it, behind the line that opened it.
    pub(super) fn block<T>(&mut self, block: &Block<'_, T>, print: impl Fn(&mut Self, &T)) {
        self.inside(block, &[], print);
        self.push("}");
    }

    /// The lines of a block behind the line that opened it, `moved` comments first.
    pub(super) fn inside<T>(&mut self, block: &Block<'_, T>, moved: &[Span], print: impl Fn(&mut Self, &T)) {
        self.trail(block.opened);
        self.level += 1;
        moved.iter().for_each(|comment| self.own(*comment));
        self.entries(block, print);
        self.level -= 1;
    }

    /// The lines of a block. Nothing blank stands before the first or behind the last of them.
    pub(super) fn entries<T>(&mut self, block: &Block<'_, T>, print: impl Fn(&mut Self, &T)) {
        let first = self.lines.len();
        for entry in &block.entries {
            self.owns(&entry.before, first);
            self.blank = entry.blank && self.lines.len() > first;
            print(self, entry.node);
            self.trail(entry.after);
        }
        self.owns(&block.rest, first);
    }

    fn owns(&mut self, comments: &[Own], first: usize) {
        for own in comments {
            self.blank = own.blank && self.lines.len() > first;
            self.own(own.comment);
        }
    }
}

/// What lies between the braces of a block.
pub(super) fn within(braces: Span) -> Span {
    Span::new(braces.start + 1, braces.end.saturating_sub(1))
}
