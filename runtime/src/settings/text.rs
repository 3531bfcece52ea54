//! The text of `flow.toml` twice, line by line: as it was written, and as it is read once slips of the pen are put right. Faults are found in
//! the second and told in the first.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use super::fault::SettingsEdit;

/// A step of a mended text, in places of the text as it is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Change {
    /// Takes this line as it is read for the one that was written.
    Line(usize),
    /// Puts something in the place of a part of one line.
    Replace(Range<usize>, String),
    /// Takes a line out.
    Remove(usize),
    /// Puts lines behind one; none is before the first.
    After(Option<usize>, String),
}

/// Both texts.
#[derive(Debug)]
pub(super) struct Text<'t> {
    written: &'t str,
    read: String,
    /// Of each line, in both texts, without its end.
    lines: Vec<(Range<usize>, Range<usize>)>,
}

/// The lines of a text with their places, without their ends.
fn lines_of(text: &str) -> impl Iterator<Item = (Range<usize>, &str)> {
    let mut start = 0;
    text.split('\n').map(move |line| {
        let bare = line.strip_suffix('\r').unwrap_or(line);
        let at = start..start + bare.len();
        start += line.len() + 1;
        (at, bare)
    })
}

/// A line without the remark behind it.
fn without_remark(line: &str) -> &str {
    let mut in_text = false;
    let remark = line.char_indices().find(|(_, sign)| {
        in_text ^= *sign == '"';
        *sign == '#' && !in_text
    });
    remark.filter(|(at, _)| *at > 0).and_then(|(at, _)| line.get(..at)).map_or(line, str::trim_end)
}

impl<'t> Text<'t> {
    /// Where nothing had to be put right.
    pub(super) fn as_written(written: &'t str) -> Self {
        let lines: Vec<String> = lines_of(written).map(|(_, line)| line.to_owned()).collect();
        Self::new(written, &lines)
    }

    /// One line of the second text for each of the first.
    pub(super) fn new(written: &'t str, read_lines: &[String]) -> Self {
        let read = read_lines.join("\n");
        let lines = lines_of(written).zip(lines_of(&read)).map(|((one, _), (other, _))| (one, other)).collect();
        Self { written, read, lines }
    }

    pub(super) fn read(&self) -> &str {
        &self.read
    }

    /// The line of a place in the text as it is read.
    pub(super) fn line_of(&self, at: usize) -> usize {
        self.lines.partition_point(|(_, read)| read.start <= at).saturating_sub(1)
    }

    /// The place of a line in the text as it is read.
    pub(super) fn line(&self, line: usize) -> Range<usize> {
        self.lines.get(line).map(|(_, read)| read.clone()).unwrap_or_default()
    }

    pub(super) fn line_text(&self, line: usize) -> &str {
        self.read.get(self.line(line)).unwrap_or_default()
    }

    /// The last line that holds something.
    pub(super) fn last_line(&self) -> Option<usize> {
        (0..self.lines.len()).rev().find(|line| !self.line_text(*line).trim().is_empty())
    }

    /// A place in the text as it was written: the same signs where the line was read as it stands, else the whole line.
    pub(super) fn place(&self, read: &Range<usize>) -> Range<usize> {
        let (first, last) = (self.line_of(read.start), self.line_of(read.end));
        let (Some(first), Some(last)) = (self.lines.get(first), self.lines.get(last)) else { return 0..0 };
        let start = self.moved(read.start, first).unwrap_or_else(|| self.whole(first).start);
        let end = self.moved(read.end, last).unwrap_or_else(|| self.whole(last).end);
        start..end.max(start)
    }

    fn moved(&self, at: usize, (written, read): &(Range<usize>, Range<usize>)) -> Option<usize> {
        let same = self.written.get(written.clone()) == self.read.get(read.clone());
        same.then(|| written.start + at.saturating_sub(read.start).min(read.len()))
    }

    /// A written line without the space around it.
    fn whole(&self, (written, _): &(Range<usize>, Range<usize>)) -> Range<usize> {
        let line = self.written.get(written.clone()).unwrap_or_default();
        let start = written.start + (line.len() - line.trim_start().len());
        start..(start + without_remark(line.trim()).len())
    }

    /// The changes as edits of the text as it was written.
    pub(super) fn edits(&self, changes: &[Change]) -> Vec<SettingsEdit> {
        let end = if self.written.contains("\r\n") { "\r\n" } else { "\n" };
        let mut parts: BTreeMap<usize, Vec<(Range<usize>, &str)>> = BTreeMap::new();
        let (mut removed, mut edits) = (BTreeSet::new(), Vec::new());
        for change in changes {
            match change {
                Change::Line(line) => drop(parts.entry(*line).or_default()),
                Change::Replace(at, text) => parts.entry(self.line_of(at.start)).or_default().push((at.clone(), text)),
                Change::Remove(line) => drop(removed.insert(*line)),
                Change::After(line, text) => edits.push(self.added(*line, text, end)),
            }
        }
        for (line, parts) in parts {
            if removed.contains(&line) {
                continue;
            }
            let text = self.with(line, parts);
            let Some((written, _)) = self.lines.get(line) else { continue };
            let before = self.written.get(written.clone()).unwrap_or_default();
            if text.trim().is_empty() && !before.trim().is_empty() {
                removed.insert(line);
            } else {
                edits.extend(difference(before, &text, written.start));
            }
        }
        edits.extend(removed.into_iter().filter_map(|line| self.removed(line)));
        edits.sort_by_key(|edit| (edit.at.start, edit.at.end));
        edits
    }

    fn added(&self, line: Option<usize>, text: &str, end: &str) -> SettingsEdit {
        let text = text.replace('\n', end);
        match line.and_then(|line| self.lines.get(line)) {
            Some((written, _)) => SettingsEdit { at: written.end..written.end, text: format!("{end}{text}") },
            None => SettingsEdit { at: 0..0, text: format!("{text}{end}") },
        }
    }

    /// A line as it is read, with parts of it replaced.
    fn with(&self, line: usize, mut parts: Vec<(Range<usize>, &str)>) -> String {
        let place = self.line(line);
        let mut text = self.line_text(line).to_owned();
        parts.sort_by_key(|(at, _)| at.start);
        for (at, new) in parts.into_iter().rev() {
            let at = at.start.saturating_sub(place.start)..at.end.saturating_sub(place.start);
            if text.get(at.clone()).is_some() {
                text.replace_range(at, new);
            }
        }
        text
    }

    /// With its end, or the end before it where it is the last.
    fn removed(&self, line: usize) -> Option<SettingsEdit> {
        let (written, _) = self.lines.get(line)?;
        let next = self.lines.get(line + 1).map(|(next, _)| next.start);
        let before = line.checked_sub(1).and_then(|line| self.lines.get(line)).map(|(before, _)| before.end);
        let at = match (next, before) {
            (Some(next), _) => written.start..next,
            (None, Some(before)) => before..written.end,
            (None, None) => written.clone(),
        };
        Some(SettingsEdit { at, text: String::new() })
    }
}

/// The least edit that makes one line of another.
fn difference(before: &str, after: &str, start: usize) -> Option<SettingsEdit> {
    if before == after {
        return None;
    }
    let same = |one: &str, other: &str| -> usize {
        one.chars().zip(other.chars()).take_while(|(one, other)| one == other).map(|(one, _)| one.len_utf8()).sum()
    };
    let first = same(before, after);
    let (old, new) = (before.get(first..).unwrap_or_default(), after.get(first..).unwrap_or_default());
    let backwards = |text: &str| text.chars().rev().collect::<String>();
    let last = same(&backwards(old), &backwards(new));
    let text = new.get(..new.len() - last).unwrap_or_default().to_owned();
    Some(SettingsEdit { at: start + first..start + before.len() - last, text })
}

/// The text with its edits made.
pub(super) fn edited(text: &str, edits: &[SettingsEdit]) -> String {
    let mut text = text.to_owned();
    let mut edits: Vec<&SettingsEdit> = edits.iter().collect();
    edits.sort_by_key(|edit| (edit.at.start, edit.at.end));
    for SettingsEdit { at, text: new } in edits.into_iter().rev() {
        if text.get(at.clone()).is_some() {
            text.replace_range(at.clone(), new);
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{Change, Text, edited};

    fn after(written: &str, read: &[&str], changes: &[Change]) -> String {
        let lines: Vec<String> = read.iter().map(|line| (*line).to_owned()).collect();
        edited(written, &Text::new(written, &lines).edits(changes))
    }

    #[test]
    fn changes_are_made_in_the_text_as_it_was_written() {
        let (written, read) = ("a: x\r\nb = 2\r\nc = 3", ["a = \"x\"", "b = 2", "c = 3"]);
        assert_eq!(after(written, &read, &[Change::Line(0)]), "a = \"x\"\r\nb = 2\r\nc = 3");
        assert_eq!(after(written, &read, &[Change::Replace(4..7, "7".to_owned())]), "a = 7\r\nb = 2\r\nc = 3");
        assert_eq!(after(written, &read, &[Change::Remove(2)]), "a: x\r\nb = 2");
        assert_eq!(after(written, &read, &[Change::Remove(0)]), "b = 2\r\nc = 3");
        let moved = [Change::Remove(2), Change::After(None, "c = 3".to_owned())];
        assert_eq!(after(written, &read, &moved), "c = 3\r\na: x\r\nb = 2");
        assert_eq!(
            after(written, &read, &[Change::After(Some(1), "d = 4".to_owned())]),
            "a: x\r\nb = 2\r\nd = 4\r\nc = 3"
        );
    }

    #[test]
    fn an_edit_is_no_larger_than_its_change() {
        let text = Text::new("name = spring # x", &["name = \"spring\" # x".to_owned()]);
        let edits = text.edits(&[Change::Line(0)]);
        assert_eq!(edits.len(), 1);
        assert_eq!((edits[0].at.clone(), edits[0].text.as_str()), (7..13, "\"spring\""));
    }
}
