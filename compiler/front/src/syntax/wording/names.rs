//! Names in the first line of a declaration: `workflow Big Nurture {`, `email "Welcome mail" {`.

use super::Wording;
use super::pattern::Words;
use crate::naming::snake_case;
use std::ops::Range;

/// `tags "a", "b"`, `tags a b and c`: names with commas between them.
fn tags(rest: Option<&str>, at: Range<usize>) -> Option<Wording> {
    let rest = rest?.replace(" and ", " ").replace(['(', ')', '[', ']', '"', '\''], " ");
    let names: Vec<String> = rest
        .split([',', ' ', '/', '|', '&'])
        .map(|name| snake_case(&name.replace('-', "_")))
        .filter(|name| !name.is_empty())
        .collect();
    let edits = vec![(at, format!(" {}", names.join(", ")))];
    (!names.is_empty()).then_some(Wording { edits, help: "tags are names of one word, with commas between them:" })
}

const DECLARED: &[&str] = &["event", "email", "team", "workflow", "segment", "campaign", "journey"];

/// A head with one name, and what was written as its title where a workflow may have one.
pub(super) fn wordings(words: &Words<'_>) -> Vec<Wording> {
    let all: Vec<(&str, Range<usize>)> = words.each().collect();
    let Some(((kind, place), rest)) = all.split_first() else { return Vec::new() };
    let Some((_, last)) = rest.last() else { return Vec::new() };
    let kind = kind.to_lowercase();
    if matches!(kind.as_str(), "tags" | "labels") {
        return tags(words.between_places(place.end, last.end), place.end..last.end).into_iter().collect();
    }
    if !DECLARED.contains(&kind.as_str()) {
        return Vec::new();
    }
    let named: Vec<&(&str, Range<usize>)> = rest
        .iter()
        .take_while(|(word, _)| !matches!(*word, "=" | ":" | "is" | "(") && !word.starts_with('"'))
        .collect();
    let (name, end) = match (named.last(), rest.first()) {
        (Some((_, end)), _) => (named.iter().map(|(word, _)| *word).collect::<Vec<_>>().join(" "), end.end),
        (None, Some((title, end))) if title.starts_with('"') => (title.trim_matches('"').to_owned(), end.end),
        _ => return Vec::new(),
    };
    let ours = snake_case(&name.replace('-', " "));
    if ours.is_empty() || (ours == name && named.len() == 1) {
        return Vec::new();
    }
    let help = "a name is one word, of `a` to `z`, digits and `_`:";
    let at = place.end..end;
    let mut found = Vec::new();
    if named.is_empty() && matches!(kind.as_str(), "workflow" | "campaign" | "journey") && last.end == end {
        let edits = vec![(at.clone(), format!(" {ours} \"{name}\""))];
        found.push(Wording { edits, help: "it needs a name of its own, without quotes:" });
    }
    found.push(Wording { edits: vec![(at, format!(" {ours}"))], help });
    found
}
