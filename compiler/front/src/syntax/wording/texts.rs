//! Texts: fields in them as other tools write them, quotes inside of quotes, lists of values without quotes.

use super::Wording;
use std::ops::Range;

pub(super) fn wordings(line: &str) -> Vec<Wording> {
    let found = [holes(line), inner_quotes(line), one_of(line)];
    found.into_iter().flatten().collect()
}

/// `{contact.first_name or there}`, `{first_name|there}`, `{{ first_name | default: "there" }}`: every field of a line at once.
fn holes(line: &str) -> Option<Wording> {
    let mut edits = Vec::new();
    let mut at = line.find('"')?;
    while let Some(start) = line.get(at..)?.find('{').map(|found| at + found) {
        let Some(end) = end_of_hole(line, start) else { break };
        let ours = line.get(start..end).and_then(in_our_words);
        edits.extend(ours.filter(|ours| line.get(start..end) != Some(ours)).map(|ours| (start..end, ours)));
        at = end;
    }
    (!edits.is_empty()).then_some(Wording { edits, help: "a field in a text is written so:" })
}

/// Behind the braces that close a field; quotes in it do not count.
fn end_of_hole(line: &str, start: usize) -> Option<usize> {
    let rest = line.get(start..)?;
    let open = rest.len() - rest.trim_start_matches('{').len();
    let close = rest.find('}')?;
    let more = rest.get(close..)?;
    let run = more.len() - more.trim_start_matches('}').len();
    (open <= 2).then_some(start + close + run.min(open))
}

/// A field with its fallback, as Flow writes it.
fn in_our_words(hole: &str) -> Option<String> {
    let inner = hole.trim_matches(['{', '}']).trim();
    let (field, fallback) = match inner.split_once(['|', ',']).or_else(|| inner.split_once(" or ")) {
        Some((field, fallback)) => (field.trim(), Some(fallback.trim())),
        None => (inner, None),
    };
    let field = field.rsplit('.').next()?.trim();
    let is_name = |text: &str| !text.is_empty() && text.chars().all(|c| c.is_alphanumeric() || c == '_');
    if !is_name(field) {
        return None;
    }
    let Some(fallback) = fallback else { return Some(format!("{{{field}}}")) };
    let fallback = fallback.strip_prefix("default").unwrap_or(fallback);
    let fallback = fallback.trim_matches([':', '(', ')', ' ', '"', '\'', '“', '”', '=']);
    (!fallback.contains(['"', '{', '}'])).then(|| format!("{{{field} or \"{fallback}\"}}"))
}

/// `preview "One "click" and we know"`: all quotes but the first and the last.
fn inner_quotes(line: &str) -> Option<Wording> {
    let (first, last) = (line.find('"')?, line.rfind('"')?);
    let word = line.get(..first)?.trim();
    let is_text_line = !word.is_empty() && !word.contains(' ') && line.get(last + 1..)?.trim().is_empty();
    let inner = line.get(first + 1..last)?;
    if !is_text_line || inner.contains(['\\', '{']) {
        return None;
    }
    let edits: Vec<(Range<usize>, String)> =
        inner.match_indices('"').map(|(at, _)| (first + 1 + at..first + 2 + at, "\\\"".to_owned())).collect();
    (!edits.is_empty()).then_some(Wording { edits, help: "a quote inside of a text is `\\\"`:" })
}

/// `plan one of (free, pro)?`, `plan one of "free" or "pro"`.
fn one_of(line: &str) -> Option<Wording> {
    let at = line.find("one of ")? + "one of ".len();
    let rest = line.get(at..)?.trim_end();
    let (values, optional) = rest.strip_suffix('?').map_or((rest, ""), |values| (values, "?"));
    let values = values.trim().trim_start_matches(['(', '[']).trim_end_matches([')', ']']);
    let values = values.replace(" or ", ",").replace("\" \"", "\",\"").replace(['/', ';'], ",");
    let texts: Vec<String> =
        values.split(',').map(|value| value.trim().trim_matches(['"', '\''])).map(quoted).collect();
    let edits = vec![(at..line.trim_end().len(), format!("{}{optional}", texts.join(", ")))];
    (!texts.is_empty()).then_some(Wording { edits, help: "values stand in quotes, with commas between them:" })
}

fn quoted(text: &str) -> String {
    format!("\"{text}\"")
}
