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

/// `event attended fair (title: text, minutes: number)`: its properties in a block.
fn properties(line: &str) -> Option<Wording> {
    let rest = line.strip_prefix("event ").or_else(|| line.strip_prefix("Event "))?;
    let open = rest.find(['(', ':']).or_else(|| rest.find(" with "))?;
    let (name, inner) = rest.split_at_checked(open)?;
    let inner = inner.trim_start_matches([' ', '(', ':']).trim_start_matches("with ").trim().trim_end_matches(')');
    let property = |part: &str| {
        let (name, ty) = part.split_once(':').or_else(|| part.trim().rsplit_once(' ')).unwrap_or((part, "text?"));
        format!("{} {}", snake_case(name), ty.trim())
    };
    let all: Vec<String> = inner.split([',', ';']).map(|part| property(part.trim())).collect();
    let text = format!("event {} {{ {} }}", snake_case(&name.replace('-', " ")), all.join("; "));
    let edits = vec![(0..line.trim_end().len(), text)];
    (!name.trim().is_empty() && !inner.is_empty()).then_some(Wording { edits, help: "properties stand in braces:" })
}

const DECLARED: &[&str] = &["event", "email", "team", "workflow", "segment", "campaign", "journey"];

/// A head with one name, and what was written as its title where a workflow may have one.
pub(super) fn wordings(line: &str, words: &Words<'_>) -> Vec<Wording> {
    if let Some(said) = properties(line) {
        return vec![said];
    }
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
        .take_while(|(word, _)| {
            !matches!(*word, "=" | ":" | "is" | "(" | "with") && !word.starts_with(['"', '„', '“', '”', '«', '\''])
        })
        .collect();
    let (name, end) = match (named.last(), rest.first()) {
        (Some((_, end)), _) => (named.iter().map(|(word, _)| *word).collect::<Vec<_>>().join(" "), end.end),
        (None, Some((title, end))) if title.starts_with('"') && rest.len() == 1 => {
            (title.trim_matches('"').to_owned(), end.end)
        }
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
