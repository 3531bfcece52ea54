//! Renderers: the same diagnostics for different readers.

pub mod human;
pub mod json;
mod window;

pub use human::Human;

use super::{Diagnostic, Edit};
use crate::Project;
use crate::source::{LineIndex, Location, Source};
use std::sync::OnceLock;

/// The texts that locations point into: the `.flow` files, then the standard modules in use, then the templates.
#[derive(Debug, Clone, Default)]
pub struct Sources {
    texts: Vec<Source>,
    /// Where the lines of each text begin; found when somebody first asks, not once a diagnostic.
    lines: Vec<OnceLock<LineIndex>>,
}

impl Sources {
    /// The texts by their file numbers: number 0 is the first.
    pub fn new(texts: Vec<Source>) -> Self {
        let texts: Vec<Source> = texts.into_iter().map(Source::with_known_line_ends).collect();
        let lines = texts.iter().map(|_| OnceLock::new()).collect();
        Self { texts, lines }
    }

    /// Only what a project itself holds.
    pub fn of(project: &Project) -> Self {
        Self::new(project.sources.iter().chain(&project.templates).cloned().collect())
    }

    /// The text that a place lies in; none where its number has no text.
    pub fn get(&self, at: Location) -> Option<&Source> {
        self.texts.get(at.file.0 as usize)
    }

    /// A text with where its lines begin.
    pub fn with_lines(&self, at: Location) -> Option<(&Source, &LineIndex)> {
        let source = self.get(at)?;
        let lines = self.lines.get(at.file.0 as usize)?;
        Some((source, lines.get_or_init(|| LineIndex::new(&source.text))))
    }

    /// The paths, by file number.
    pub fn paths(&self) -> Vec<String> {
        self.texts.iter().map(|source| source.path.clone()).collect()
    }

    /// The line of a diagnostic's first edit as it reads with all edits made, where there are any.
    pub fn mended(&self, diagnostic: &Diagnostic) -> Option<String> {
        self.mended_line(&diagnostic.edits).map(|(line, _)| line)
    }

    /// The same for people: of a line too long to be read, what stands around the first edit.
    fn mended_to_read(&self, edits: &[Edit]) -> Option<String> {
        let (line, at) = self.mended_line(edits)?;
        let is_long = line.len() > window::LONG_LINE_BYTES;
        Some(if is_long { window::cut(&line, at..at).0 } else { line })
    }

    /// The mended line, and where in it the first edit stands. Of edits that lie far apart, the lines of each; a line that is only taken out
    /// shows nothing.
    fn mended_line(&self, edits: &[Edit]) -> Option<(String, usize)> {
        let file = edits.first()?.at;
        let text = &self.get(file)?.text;
        let mut edits: Vec<_> = edits.iter().filter(|edit| edit.at.file == file.file).collect();
        edits.sort_by_key(|edit| edit.at.span);
        edits.retain(|edit| !takes_lines_out(edit, text));
        let (mut line, mut first) = (String::new(), None);
        let mut parts = edits.as_slice();
        while let Some((one, _)) = parts.split_first() {
            // Those that stand near one another are one piece.
            let apart = |pair: &[&Edit]| match pair {
                [one, next] => are_apart(one, next, text),
                _ => false,
            };
            let together = parts.windows(2).position(apart).map_or(parts.len(), |at| at + 1);
            let (piece, rest) = parts.split_at_checked(together)?;
            let start = text.get(..one.at.span.start as usize)?.rfind('\n').map_or(0, |at| at + 1);
            let last = piece.last()?.at.span.end as usize;
            let end = last + text.get(last..)?.find('\n').unwrap_or(text.len() - last);
            if first.is_some() {
                line.push_str("\n…\n");
            }
            first.get_or_insert(one.at.span.start as usize - start);
            let mut at = start;
            for edit in piece {
                line.push_str(text.get(at..edit.at.span.start as usize)?);
                line.push_str(&edit.text);
                at = edit.at.span.end as usize;
            }
            line.push_str(text.get(at..end)?);
            parts = rest;
        }
        let first = first?;
        let (line, space) = dedented(line.trim_end());
        let first = line.floor_char_boundary(first.saturating_sub(space));
        (!line.is_empty()).then_some((line, first))
    }
}

/// Lines without the space that all of them begin with, and how much that is.
fn dedented(lines: &str) -> (String, usize) {
    let said = || lines.lines().filter(|line| !line.trim().is_empty());
    let space = said().map(|line| line.len() - line.trim_start().len()).min().unwrap_or_default();
    let bare: Vec<&str> = lines.lines().map(|line| line.get(space..).unwrap_or_default()).collect();
    (bare.join("\n"), space)
}

/// Whether an edit takes whole lines out and puts nothing there.
fn takes_lines_out(edit: &Edit, text: &str) -> bool {
    let taken = text.get(edit.at.span.range()).unwrap_or_default();
    let before = text.get(..edit.at.span.start as usize).unwrap_or_default();
    edit.text.is_empty() && taken.ends_with('\n') && (before.is_empty() || before.ends_with('\n'))
}

/// Whether so much stands between two edits that nobody wants to read it.
fn are_apart(one: &Edit, next: &Edit, text: &str) -> bool {
    /// Line ends between them: two lines that stay as they are.
    const NEAR: usize = 3;
    let between = text.get(one.at.span.end as usize..next.at.span.start as usize).unwrap_or_default();
    between.matches('\n').count() > NEAR
}
