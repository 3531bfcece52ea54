//! What people say, and how Flow says it: whole sentences, where [`slips`](super::parse) knows single words.
//!
//! Every wording is a guess. Whoever offers one tries it out first (`mend`), so a line of [`said`] may be generous.

mod appointments;
mod hints;
mod later;
mod lists;
mod names;
mod pattern;
mod said;
mod texts;
mod types;
mod values;
mod windows;

use pattern::Words;
pub(crate) use said::{COUNTS_NOTHING, NEEDS_NO_NAME};
use std::ops::Range;
pub(crate) use types::{property, type_for, type_of, typed};
pub(crate) use windows::LEAVES_HOLIDAYS;

/// A change of a line, and what to say before the mended one.
#[derive(Debug, Clone)]
pub(crate) struct Wording {
    /// Bytes of the line, and what stands there instead.
    pub(crate) edits: Vec<(Range<usize>, String)>,
    pub(crate) help: &'static str,
}

impl Wording {
    /// The line with the changes made; none where they do not fit in it.
    pub(crate) fn applied(&self, line: &str) -> Option<String> {
        let mut edits: Vec<&(Range<usize>, String)> = self.edits.iter().collect();
        edits.sort_by_key(|(at, _)| at.start);
        let (mut out, mut at) = (String::with_capacity(line.len()), 0);
        for (place, text) in edits {
            out.push_str(line.get(at..place.start)?);
            out.push_str(text);
            at = place.end;
        }
        out.push_str(line.get(at..)?);
        Some(out)
    }
}

/// Something of the language that is not run yet.
#[derive(Debug)]
pub(crate) struct Later {
    /// What it is called.
    pub(crate) what: String,
    /// What to do today.
    pub(crate) today: String,
}

/// Longer lines are nobody's slip of the tongue, and would take long to look through.
const MAX_LINE_BYTES: usize = 500;

/// What a line may have meant, likeliest first.
pub(crate) fn wordings(line: &str) -> Vec<Wording> {
    if line.len() > MAX_LINE_BYTES {
        return Vec::new();
    }
    let words = Words::of(line);
    let is_text = texts::is_text_line(line);
    let mut found = texts::wordings(line);
    // What people write to each other is left as it is.
    let said = said::SAID.iter().copied().flatten().filter(|(pattern, ..)| !is_text || pattern.starts_with("^ "));
    if !is_text {
        found.extend(types::wording(line));
        found.extend(names::wordings(line, &words));
        found.extend(names::tag_step(line));
        found.extend(lists::steps(&words));
        found.extend(windows::wording(&words));
        found.extend(windows::of_team(&words));
        found.extend(appointments::wording(&words));
        found.extend(values::times_compared(&words));
        // `[free, pro]`: round brackets stand at the same places.
        let round = line.contains('[').then(|| line.replace('[', "(").replace(']', ")"));
        found.extend(match &round {
            Some(round) => lists::wording(&Words::of(round)),
            None => lists::wording(&words),
        });
    }
    found.extend(said.filter_map(|line| in_words(&words, line)));
    // How long a task may take is said behind its text.
    if !is_text || line.starts_with("task ") {
        found.extend(values::wordings(&words));
    }
    found
}

/// A text without the word between it and its clause: that is never a part of it.
pub(crate) fn word_between(line: &str) -> Option<Wording> {
    (line.len() <= MAX_LINE_BYTES).then(|| texts::word_between(line)).flatten()
}

/// What a line may have meant where nothing else is likelier.
pub(crate) fn loose(line: &str) -> Vec<Wording> {
    if line.len() > MAX_LINE_BYTES {
        return Vec::new();
    }
    let words = Words::of(line);
    said::LOOSE.iter().filter_map(|line| in_words(&words, line)).collect()
}

/// The fields in the texts of a line: their places, their names as written, and what to say where there is no value.
pub(crate) fn holes_of(line: &str) -> Vec<(Range<usize>, String, Option<String>)> {
    texts::holes_of(line)
}

/// Whether a line says something to people, in words of its own.
pub(crate) fn is_text_line(line: &str) -> bool {
    texts::is_text_line(line)
}

/// What a line may have meant as a sentence.
pub(crate) fn sentences(line: &str) -> Vec<Wording> {
    if line.len() > MAX_LINE_BYTES {
        return Vec::new();
    }
    let words = Words::of(line);
    values::times_compared(&words)
        .into_iter()
        .chain(names::tag_step(line))
        .chain(said::SAID.iter().copied().flatten().filter_map(|line| in_words(&words, line)))
        .collect()
}

/// What does today what a line asks for in words that come later.
pub(crate) fn instead(line: &str) -> Vec<Wording> {
    if line.len() > MAX_LINE_BYTES {
        return Vec::new();
    }
    let words = Words::of(line);
    said::INSTEAD.iter().filter_map(|line| in_words(&words, line)).collect()
}

fn in_words(words: &Words<'_>, (pattern, sentence, help): &(&'static str, &str, &'static str)) -> Option<Wording> {
    let found = words.find(pattern)?;
    let mut text = found.fill(sentence);
    // `unsubscribed, or when`: the comma stood close to the word before it.
    let is_close =
        words.between_places(0, found.range.start).is_some_and(|before| before.ends_with(char::is_alphanumeric));
    if is_close && text.starts_with(char::is_alphanumeric) {
        text.insert(0, ' ');
    }
    Some(Wording { edits: vec![(found.range.clone(), text)], help })
}

/// Each reading of a line that can be read in two ways: `01/10/2026`, `if opened welcome within 3 days`, `exit when a, b`. A day may have
/// two in any line; all else only where the line is `unreadable` as it stands.
pub(crate) fn readings(line: &str, unreadable: bool) -> Vec<Wording> {
    if line.len() > MAX_LINE_BYTES {
        return Vec::new();
    }
    let words = Words::of(line);
    let dates = values::readings(&words);
    if !dates.is_empty() || !unreadable || texts::is_text_line(line) {
        return dates;
    }
    let said = said::READINGS.iter().find_map(|(pattern, sentences)| {
        let all: Option<Vec<Wording>> =
            sentences.iter().map(|(sentence, help)| in_words(&words, &(pattern, sentence, help))).collect();
        all
    });
    said.or_else(|| names::tag_readings(line)).unwrap_or_else(|| lists::conditions(&words))
}

/// A line with several conditions side by side, one of which is enough.
pub(crate) fn either_of(line: &str) -> Option<Wording> {
    (line.len() <= MAX_LINE_BYTES).then(|| lists::conditions(&Words::of(line)).into_iter().next()).flatten()
}

/// What a line asks for that is not run yet.
pub(crate) fn later(line: &str) -> Option<Later> {
    let words = (line.len() <= MAX_LINE_BYTES).then(|| Words::of(line))?;
    later::LATER.iter().find_map(|(pattern, what, today)| {
        let found = words.find(pattern)?;
        Some(Later { what: found.fill(what), today: found.fill(today) })
    })
}

/// What to say about a line that no change of it mends.
pub(crate) fn hint(line: &str) -> Option<String> {
    hint_of(line, hints::HINTS)
}

/// What to say about a line where no change of it worked.
pub(crate) fn last_hint(line: &str) -> Option<String> {
    hint_of(line, hints::LAST_HINTS)
}

fn hint_of(line: &str, hints: &[(&'static str, &str)]) -> Option<String> {
    let words = (line.len() <= MAX_LINE_BYTES).then(|| Words::of(line))?;
    // What is said to people asks for nothing.
    let is_text = texts::is_text_line(line);
    let mut hints = hints.iter().filter(|(pattern, _)| !is_text || pattern.starts_with("^ "));
    hints.find_map(|(pattern, hint)| Some(words.find(pattern)?.fill(hint)))
}

/// A line that begins as this one, as it may look.
pub(crate) fn example(line: &str) -> Option<String> {
    let first = line.split_whitespace().next()?;
    let begins = |example: &&&[&str]| example.iter().any(|line| line.split_whitespace().next() == Some(first));
    let examples = hints::EXAMPLES.iter().find(begins)?;
    Some(examples.iter().map(|example| format!("`{example}`")).collect::<Vec<String>>().join(" or "))
}
