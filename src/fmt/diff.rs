//! The lines that differ between two texts, as people know them from `diff -u`.

use std::io::{self, Write};

use crate::ink::Ink;

/// Equal lines that are shown around each change.
const CONTEXT: usize = 2;
/// Lines that are shown of one file.
const SHOWN: usize = 60;
/// Pairs of lines that are compared; beyond, what differs is shown as one block.
const MAX_PAIRS: usize = 4_000_000;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Same,
    Removed,
    Added,
}

type Line<'t> = (Kind, &'t str);

pub(super) fn write(out: &mut impl Write, path: &str, before: &str, after: &str) -> io::Result<()> {
    let (before, after): (Vec<&str>, Vec<&str>) =
        (before.split_inclusive('\n').collect(), after.split_inclusive('\n').collect());
    let lines = drawn(&compared(&before, &after));
    let (bold, dim) = (Ink::Bold, Ink::Dim);
    writeln!(out, "{bold}--- {path}{bold:#}\n{bold}+++ {path}, laid out{bold:#}")?;
    for (style, line) in lines.iter().take(SHOWN) {
        writeln!(out, "{style}{line}{style:#}")?;
    }
    if lines.len() > SHOWN {
        writeln!(out, "{dim}… {} more lines{dim:#}", lines.len() - SHOWN)?;
    }
    writeln!(out)
}

/// The changes with the lines around them, each stretch under where it begins.
fn drawn(lines: &[Line<'_>]) -> Vec<(Ink, String)> {
    let changes: Vec<usize> = (0..).zip(lines).filter(|(_, (kind, _))| *kind != Kind::Same).map(|(at, _)| at).collect();
    let mut out = Vec::new();
    for run in changes.chunk_by(|one, next| next - one <= 2 * CONTEXT + 1) {
        let (Some(first), Some(last)) = (run.first(), run.last()) else { continue };
        let (start, end) = (first.saturating_sub(CONTEXT), (last + 1 + CONTEXT).min(lines.len()));
        let passed = lines.get(..start).unwrap_or_default();
        let stretch = lines.get(start..end).unwrap_or_default();
        let range = |of: Kind| {
            let count = |lines: &[Line<'_>]| lines.iter().filter(|(kind, _)| [Kind::Same, of].contains(kind)).count();
            format!("{},{}", count(passed) + 1, count(stretch))
        };
        let heading = format!("@@ -{} +{} @@", range(Kind::Removed), range(Kind::Added));
        out.push((Ink::Cyan, heading));
        out.extend(stretch.iter().map(|(kind, line)| {
            let (style, sign) = match kind {
                Kind::Same => (Ink::Plain, ' '),
                Kind::Removed => (Ink::Red, '-'),
                Kind::Added => (Ink::Green, '+'),
            };
            (style, format!("{sign}{}", line.trim_end_matches(['\r', '\n'])))
        }));
    }
    out
}

fn compared<'t>(before: &[&'t str], after: &[&'t str]) -> Vec<Line<'t>> {
    let head = before.iter().zip(after).take_while(|(one, other)| one == other).count();
    let (before_rest, after_rest) = (before.get(head..).unwrap_or_default(), after.get(head..).unwrap_or_default());
    let pairs = before_rest.iter().rev().zip(after_rest.iter().rev());
    let tail = pairs.take_while(|(one, other)| one == other).count();
    let (old, same_tail) = before_rest.split_at_checked(before_rest.len() - tail).unwrap_or((before_rest, &[]));
    let new = after_rest.get(..after_rest.len() - tail).unwrap_or_default();
    let same = |lines: &[&'t str]| lines.iter().map(|line| (Kind::Same, *line)).collect::<Vec<_>>();
    let mut lines = same(before.get(..head).unwrap_or_default());
    lines.extend(between(old, new));
    lines.extend(same(same_tail));
    lines
}

/// By the longest common subsequence, which takes time and room for each pair.
fn between<'t>(old: &[&'t str], new: &[&'t str]) -> Vec<Line<'t>> {
    if old.len().saturating_mul(new.len()) > MAX_PAIRS {
        let removed = old.iter().map(|line| (Kind::Removed, *line));
        return removed.chain(new.iter().map(|line| (Kind::Added, *line))).collect();
    }
    let width = new.len() + 1;
    let mut lengths = vec![0_u32; (old.len() + 1) * width];
    let length = |lengths: &[u32], one: usize, other: usize| lengths.get(one * width + other).copied().unwrap_or(0);
    for (one, old_line) in old.iter().enumerate().rev() {
        for (other, new_line) in new.iter().enumerate().rev() {
            let best = if old_line == new_line {
                length(&lengths, one + 1, other + 1) + 1
            } else {
                length(&lengths, one + 1, other).max(length(&lengths, one, other + 1))
            };
            if let Some(cell) = lengths.get_mut(one * width + other) {
                *cell = best;
            }
        }
    }
    let (mut one, mut other, mut lines) = (0, 0, Vec::new());
    loop {
        match (old.get(one), new.get(other)) {
            (Some(line), Some(same)) if line == same => {
                lines.push((Kind::Same, *line));
                (one, other) = (one + 1, other + 1);
            }
            (Some(line), added)
                if added.is_none() || length(&lengths, one + 1, other) >= length(&lengths, one, other + 1) =>
            {
                lines.push((Kind::Removed, *line));
                one += 1;
            }
            (_, Some(line)) => {
                lines.push((Kind::Added, *line));
                other += 1;
            }
            _ => return lines,
        }
    }
}
