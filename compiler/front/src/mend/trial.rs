//! A declaration with changes made in it, and how its places lie to those before the changes.

use super::Mended;
use crate::diagnostics::{Code, Diagnostic, Edit, Mend};
use crate::source::{FileId, Location, Span};
use crate::syntax::line::tokens_at;
use crate::syntax::wording::Wording;
use std::collections::BTreeSet;
use std::ops::Range;

/// The file of a text that is only tried out.
pub(super) const FILE: FileId = FileId(u32::MAX);

/// A part of a file.
#[derive(Debug, Clone, Copy)]
pub(super) struct Piece<'t> {
    pub(super) start: u32,
    pub(super) text: &'t str,
}

/// A text with changes made.
#[derive(Debug)]
pub(super) struct Attempt {
    pub(super) text: String,
    /// From the first change to the last one, in the text before.
    before: Range<usize>,
    /// And in this one.
    after: Range<usize>,
    /// What is wrong with it.
    pub(super) errors: Vec<Diagnostic>,
}

impl Attempt {
    /// The first thing that is wrong with the lines that were changed; `several` mistakes may have to do with each other.
    pub(super) fn wrong_in_line(&self, several: bool) -> Option<&Diagnostic> {
        self.wrong_in_line_of(&self.errors, several)
    }

    /// The same, of what was found in this text elsewhere.
    pub(super) fn wrong_in_line_of<'d>(&self, errors: &'d [Diagnostic], several: bool) -> Option<&'d Diagnostic> {
        let lines = lines_of(&self.text, &self.after);
        // That the block which a line now opens has no end may be the mistake of another line.
        let has = |brace: char| several && self.text.get(self.after.clone()).is_some_and(|text| text.contains(brace));
        let (opens, closes) = (has('{'), has('}'));
        // The same of a brace that now closes a block which another line did not open.
        let is_right = |found: &Diagnostic| {
            (opens && found.code == Code::UnclosedBlock) || (closes && found.code == Code::StrayBrace)
        };
        let here = |found: &Diagnostic| start_of(found).is_none_or(|at| lines.start <= at && at <= lines.end);
        errors.iter().find(|found| here(found) && !is_right(found))
    }

    /// The lines that were changed.
    pub(super) fn lines(&self) -> Span {
        let lines = lines_of(&self.text, &self.after);
        Span::new(lines.start as u32, lines.end as u32)
    }

    /// Where a place of this text lay before the changes.
    fn back(&self, at: u32) -> u32 {
        let at = at as usize;
        let found = if at >= self.after.end {
            at - self.after.end + self.before.end
        } else if at <= self.after.start {
            at
        } else {
            self.before.start
        };
        found as u32
    }
}

pub(super) fn start_of(diagnostic: &Diagnostic) -> Option<usize> {
    diagnostic.at().filter(|at| at.file == FILE).map(|at| at.span.start as usize)
}

/// The whole lines that a range touches.
pub(super) fn lines_of(text: &str, range: &Range<usize>) -> Range<usize> {
    let start = text.get(..range.start).and_then(|before| before.rfind('\n')).map_or(0, |end| end + 1);
    let end = text.get(range.end..).and_then(|after| after.find('\n')).map_or(text.len(), |end| range.end + end);
    start..end
}

/// Makes changes in a text; none where they do not fit in it.
pub(super) fn edited(text: &str, edits: &[Edit]) -> Option<Attempt> {
    let mut edits: Vec<&Edit> = edits.iter().collect();
    edits.sort_by_key(|edit| edit.at.span);
    if edits.iter().any(|edit| edit.at.file != FILE) {
        return None;
    }
    let (first, last) = (edits.first()?, edits.last()?);
    let before = first.at.span.start as usize..last.at.span.end as usize;
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    for edit in edits {
        out.push_str(text.get(at..edit.at.span.start as usize)?);
        out.push_str(&edit.text);
        at = edit.at.span.end as usize;
    }
    let end = out.len();
    out.push_str(text.get(at..)?);
    Some(Attempt { text: out, after: before.start..end, before, errors: Vec::new() })
}

/// The lines that changes are made in, as they leave them.
pub(super) fn lines_after(text: &str, edits: &[Edit]) -> Option<(usize, String)> {
    let from = edits.iter().map(|edit| edit.at.span.start).min()? as usize;
    let to = edits.iter().map(|edit| edit.at.span.end).max()? as usize;
    let lines = lines_of(text, &(from..to));
    let local = |edit: &Edit| {
        let at = Span::new(edit.at.span.start - lines.start as u32, edit.at.span.end - lines.start as u32);
        Edit { at: at.in_file(edit.at.file), text: edit.text.clone() }
    };
    let edits: Vec<Edit> = edits.iter().map(local).collect();
    Some((lines.start, edited(text.get(lines)?, &edits)?.text))
}

/// One change that turns a text into another.
pub(super) fn difference(text: &str, other: &str) -> Edit {
    let same = |(one, other): &(char, char)| one == other;
    let length = |(one, _): (char, char)| one.len_utf8();
    let start: usize = text.chars().zip(other.chars()).take_while(same).map(length).sum();
    let (rest, other_rest) = (text.get(start..).unwrap_or_default(), other.get(start..).unwrap_or_default());
    let behind: usize = rest.chars().rev().zip(other_rest.chars().rev()).take_while(same).map(length).sum();
    let new = other_rest.get(..other_rest.len() - behind).unwrap_or_default();
    Edit { at: Span::new(start as u32, (text.len() - behind) as u32).in_file(FILE), text: new.to_owned() }
}

/// What is wrong with a text, by code and line: where exactly in its line a diagnostic points depends on what was guessed.
#[derive(Debug)]
pub(super) struct Seen<'t> {
    text: &'t str,
    places: BTreeSet<(Code, Option<usize>)>,
}

impl<'t> Seen<'t> {
    pub(super) fn of(errors: &[Diagnostic], text: &'t str) -> Self {
        let places = errors.iter().map(|found| (found.code, line_start(found, text))).collect();
        Self { text, places }
    }

    pub(super) fn holds(&self, one: &Diagnostic) -> bool {
        self.places.contains(&(one.code, line_start(one, self.text)))
    }
}

fn line_start(found: &Diagnostic, text: &str) -> Option<usize> {
    start_of(found).map(|at| lines_of(text, &(at..at)).start)
}

/// What is still wrong after the first changes of what was mended, at its places before them.
#[derive(Debug)]
pub(super) struct After {
    /// All that is another than before in the end, where more than the first changes was needed: nothing is wrong there any more.
    mended: Option<Range<usize>>,
    places: BTreeSet<(Code, usize)>,
    changed: Range<usize>,
    /// Wrong within the changes themselves.
    inside: BTreeSet<Code>,
}

impl After {
    pub(super) fn of(mended: &Mended, text: &str) -> Self {
        let (mut places, mut inside) = (BTreeSet::new(), BTreeSet::new());
        let all = (!mended.at_once && mended.readings.is_empty())
            .then(|| difference(text, &mended.last.text).at.span.range());
        let Some(made) = edited(text, &mended.made) else { return Self { mended: all, places, changed: 0..0, inside } };
        for found in &mended.first {
            let Some(at) = start_of(found) else { continue };
            places.insert((found.code, made.back(at as u32) as usize));
            if made.after.start <= at && at <= made.after.end {
                inside.insert(found.code);
            }
        }
        Self { mended: all, places, changed: made.before, inside }
    }

    /// Whether a diagnostic lies in what was changed.
    pub(super) fn covers(&self, one: &Diagnostic) -> bool {
        start_of(one).is_some_and(|at| self.changed.contains(&at))
    }

    /// Whether a diagnostic is still there.
    pub(super) fn has(&self, one: &Diagnostic) -> bool {
        let Some(at) = start_of(one) else { return true };
        if self.mended.as_ref().is_some_and(|mended| mended.contains(&at)) {
            return false;
        }
        self.places.contains(&(one.code, at)) || (self.changed.contains(&at) && self.inside.contains(&one.code))
    }
}

/// Whether a diagnostic lies in the first line of its piece.
pub(super) fn is_head(diagnostic: &Diagnostic, text: &str) -> bool {
    start_of(diagnostic).is_some_and(|at| !text.get(..at).unwrap_or_default().contains('\n'))
}

/// What is seen for the first time once a head is mended, at its places in the mended text.
pub(super) fn seen_first(settled: &Mended, before: &Seen<'_>, text: &str) -> Vec<Diagnostic> {
    let errors = &settled.last.errors;
    let back = at_places_before(errors.clone(), &settled.last.text, text);
    errors.iter().zip(back).filter(|(_, back)| !before.holds(back)).map(|(found, _)| found.clone()).collect()
}

/// Diagnostics of a mended text at their places in the text as it is.
pub(super) fn at_places_before(found: Vec<Diagnostic>, mended: &str, text: &str) -> Vec<Diagnostic> {
    let Some(attempt) = edited(text, &[difference(text, mended)]) else { return Vec::new() };
    let back = |at: Location| match at.file == FILE {
        true => Span::new(attempt.back(at.span.start), attempt.back(at.span.end)).in_file(FILE),
        false => at,
    };
    found.into_iter().map(|found| moved(found, back)).collect()
}

/// Where a longer line's statements lie is not looked for: people write no such lines, and each of its mistakes would look through it.
const MAX_LINE_BYTES: usize = 2_000;

/// The statement that a diagnostic points into, and where it begins.
pub(super) fn line_of<'t>(diagnostic: &Diagnostic, text: &'t str) -> Option<(usize, &'t str)> {
    let statement = statement_at(text, start_of(diagnostic)?)?;
    Some((statement.start, text.get(statement)?))
}

/// The statement that holds a place: a line of a block, or one of several with `;` between them.
fn statement_at(text: &str, at: usize) -> Option<Range<usize>> {
    let line = lines_of(text, &(at..at));
    if line.len() > MAX_LINE_BYTES {
        return None;
    }
    let written = text.get(line.clone()).unwrap_or_default();
    let indent = written.len() - written.trim_start().len();
    // `subject: Hello {first_name}`: the braces of a text without quotes are its own.
    let holds_token = written.contains("{{") && written.trim_end().ends_with('"');
    let in_single = written.contains('\'') && written.trim_end().ends_with('\'');
    let is_whole = !written.contains(';') && (holds_token || in_single || !written.contains('"'));
    if is_whole && crate::syntax::wording::is_text_line(written.trim_start()) {
        return Some(line.start + indent..line.start + before_comment(written).trim_end().len());
    }
    let (mut start, mut end) = (line.start, line.end);
    // `tags a; b`, `team sales: a@x.example; b@x.example`: what stands there belongs together.
    let is_list = !written.contains('{') && matches!(written.split([' ', ':']).next(), Some("tags" | "team"));
    let mut depth = 0_usize;
    let tokens: Vec<(usize, &str)> = tokens_at(text.get(line.clone()).unwrap_or_default()).collect();
    // `country in "NL"; "BE"`: no statement begins with a text.
    let text_at = |at: usize| tokens.get(at).is_some_and(|(_, token)| token.starts_with('"'));
    for (nth, (place, token)) in tokens.iter().enumerate() {
        let (place, token) = (line.start + place, *token);
        let is_between = nth.checked_sub(1).is_some_and(text_at) && text_at(nth + 1);
        if token.starts_with("//") {
            end = end.min(place);
        } else if token == "(" {
            depth += 1;
        } else if token == ")" {
            depth = depth.saturating_sub(1);
        } else if (token == ";" && (is_list || is_between || depth > 0)) || (token == "}" && is_list) {
            // No statement ends there.
        } else if matches!(token, ";" | "}") || (token == "{" && place < at) {
            if place < at {
                start = place + token.len();
            } else {
                end = end.min(place);
            }
        }
    }
    let end = start + text.get(start..end).map_or(0, |found| found.trim_end().len());
    let space = text.get(start..end).map_or(0, |found| found.len() - found.trim_start().len());
    Some(start + space..end)
}

/// The first line of a piece with nothing in it but its word, its name and its title.
pub(super) fn bare_head(text: &str) -> Option<Edit> {
    let line = text.lines().next()?;
    let mut words = tokens_at(line).skip(1);
    let (at, name) = words.next().filter(|(_, word)| word.starts_with(char::is_alphabetic))?;
    let title = words.next().filter(|(_, word)| word.starts_with('"') && word.len() > 1);
    let from = title.map_or(at + name.len(), |(at, title)| at + title.len());
    let to = line.trim_end().strip_suffix('{')?.len();
    let at = Span::new(from as u32, to as u32).in_file(FILE);
    (from < to).then(|| Edit { at, text: " ".to_owned() })
}

/// A line whose text has no end, up to what was meant as a comment.
pub(super) fn before_comment(line: &str) -> &str {
    line.find(" //").and_then(|at| line.get(..at)).unwrap_or(line)
}

/// Whether a statement holds words that nobody knows because it is what says them first: the names of fields, events and the like.
pub(super) fn declares(text: &str, start: usize, line: &str) -> bool {
    const FIRST: &[&str] = &["contact", "event", "email", "team", "workflow", "tags", "use"];
    let piece = text.split_whitespace().next().unwrap_or_default();
    let of_head = text.get(..start).is_some_and(|before| before.trim().is_empty()) && FIRST.contains(&piece);
    of_head
        || matches!(line.split([' ', ':']).next(), Some("tags" | "team" | "workflow" | "email"))
        || matches!(piece, "contact" | "event")
        || (line.starts_with("goal ") && !line.contains('"'))
        || line.starts_with("link ")
}

/// A wording of a statement as changes of its piece.
pub(super) fn in_piece(said: &Wording, start: usize) -> Mend {
    let edits = said.edits.iter().map(|(range, text)| Edit {
        at: Span::new((start + range.start) as u32, (start + range.end) as u32).in_file(FILE),
        text: text.clone(),
    });
    Mend { help: said.help.to_owned(), edits: edits.collect() }
}

/// The same changes without the parentheses around them.
pub(super) fn bare(edits: &[Edit]) -> Option<Vec<Edit>> {
    let bare = |edit: &Edit| {
        let text = edit.text.strip_prefix('(')?.strip_suffix(')')?;
        Some(Edit { at: edit.at, text: text.to_owned() })
    };
    edits.iter().map(bare).collect()
}

/// A diagnostic with all its places moved.
pub(super) fn moved(mut diagnostic: Diagnostic, to: impl Fn(Location) -> Location) -> Diagnostic {
    diagnostic.labels.iter_mut().for_each(|label| label.at = to(label.at));
    let mends = diagnostic.readings.iter_mut().chain(&mut diagnostic.tries);
    let edits = diagnostic.edits.iter_mut().chain(mends.flat_map(|mend| &mut mend.edits));
    edits.for_each(|edit| edit.at = to(edit.at));
    diagnostic
}
