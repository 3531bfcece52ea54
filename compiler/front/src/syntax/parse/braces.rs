//! Which block was meant to be closed.
//!
//! A missing `}` is noticed only where the next declaration begins, and then it is the outermost block that lacks one. People indent
//! their lines, though: a `}` that stands further left than the line that opened the innermost block belongs to an outer one.
//!
//! ```text
//! workflow w {
//!   if customer {      <- never closed
//!     send hello
//! }                    <- closes the workflow
//! ```
//!
//! And a line that stands no further in than the head of a block, whose other lines do, is none of that block.

use super::cut;
use crate::source::Span;
use crate::syntax::quoted::Texts;

/// A block that is never closed.
pub(super) struct Unclosed {
    /// From the first word of its line to before its brace.
    pub(super) head: Span,
    /// The sign before which it should have ended, or the last one of all.
    pub(super) ends: Span,
    /// Which of the two.
    pub(super) before: bool,
}

struct Open {
    head: Span,
    indent: usize,
    /// How far in its first line stands; none before it.
    inner: Option<usize>,
}

impl Open {
    /// Whether a line that begins so far left is none of it: its own lines stand further in than its head.
    fn is_left_by(&mut self, indent: usize) -> bool {
        *self.inner.get_or_insert(indent) > self.indent && indent <= self.indent
    }
}

/// The blocks of a declaration that are never closed, by their indentation, in their order. `whole` is where it lies; it ends where
/// the next one begins. None where the indentation does not tell.
pub(super) fn unclosed(text: &str, whole: Span) -> Option<Vec<Unclosed>> {
    let mut open: Vec<Open> = Vec::new();
    let mut found = Vec::new();
    let mut start = whole.start as usize;
    for line in whole.text(text).split_inclusive('\n') {
        let indent = indent_of(line);
        let first = cut::after(line, indent).trim_end();
        // What goes on with a block, or ends one, is looked at with its braces.
        let goes_on =
            first.starts_with(['}', ')']) || ["//", "else", "otherwise"].iter().any(|on| first.starts_with(on));
        if !first.is_empty() && !goes_on {
            let here = Span::new((start + indent) as u32, (start + indent + 1) as u32);
            while open.len() > 1 && open.last_mut().is_some_and(|block| block.is_left_by(indent)) {
                found.extend(open.pop().map(|block| Unclosed { head: block.head, ends: here, before: true }));
            }
        }
        for (at, brace) in braces(line) {
            if brace == '{' {
                let from = cut::before(line, at).rfind('}').map_or(indent, |close| close + 1);
                let head = line.get(from..at).unwrap_or_default();
                let from = from + head.len() - head.trim_start().len();
                let end = from + head.trim().len();
                // `if clicked { send hello`: what stands behind it on its line is all of it, as it seems.
                let behind = line.get(at + 1..).unwrap_or_default().trim();
                let is_filled = !behind.is_empty() && !behind.starts_with("//") && !behind.contains(['{', '}']);
                let inner = is_filled.then_some(usize::MAX);
                open.push(Open { head: Span::new((start + from) as u32, (start + end) as u32), indent, inner });
                continue;
            }
            let here = Span::new((start + at) as u32, (start + at + 1) as u32);
            while at == indent && open.last().is_some_and(|block| block.indent > indent) {
                found.extend(open.pop().map(|block| Unclosed { head: block.head, ends: here, before: true }));
            }
            open.pop()?;
        }
        start += line.len();
    }
    let last = whole.start + whole.text(text).trim_end().len() as u32;
    let last = Span::new(whole.start, last).last_sign(text);
    found.extend(open.into_iter().map(|block| Unclosed { head: block.head, ends: last, before: false }));
    found.sort_by_key(|block| block.head.start);
    Some(found)
}

/// The bytes of space before a line's first sign.
pub(super) fn indent_of(line: &str) -> usize {
    line.len() - line.trim_start_matches([' ', '\t']).len()
}

/// The braces of a line outside texts and comments.
fn braces(line: &str) -> Vec<(usize, char)> {
    let mut found = Vec::new();
    let mut texts = Texts::of(line);
    let mut behind_text = 0;
    for (at, c) in line.char_indices() {
        match c {
            _ if at < behind_text => {}
            '"' => behind_text = at + texts.or_line(at),
            '/' if cut::after(line, at).starts_with("//") => break,
            '{' | '}' => found.push((at, c)),
            _ => {}
        }
    }
    found
}
