//! A name that nothing is called and that stands in several places: one mistake, however often it shows.
//!
//! Either each of the places is misspelt alike, or they are right and the declaration is not: nothing else says its name then.

use super::Scope;
use crate::diagnostics::{Code, Diagnostic, names, suggest};
use crate::source::{FileId, Location};
use crate::syntax::ast::{Kind, Name};
use crate::syntax::line::tokens;
use std::collections::BTreeMap;

/// How many of the places are shown.
const MAX_SHOWN: usize = 3;
/// For how many names it is looked whether a declaration is misspelt. Who has more of them mends the first ones first.
const MAX_LOOKED_AT: usize = 50;

/// Tells each such name once. The diagnostics are in the order of their places; of the texts, so many `files` are the project's own.
pub(crate) fn once(scope: &Scope, files: usize, found: Vec<Diagnostic>) -> Vec<Diagnostic> {
    let mut of_name: BTreeMap<(String, &'static [Kind], Code), Vec<Diagnostic>> = BTreeMap::new();
    let mut kept = Vec::new();
    for diagnostic in found {
        match &diagnostic.missing {
            Some(missing) if diagnostic.is_error() => {
                of_name.entry((missing.name.clone(), missing.kinds, diagnostic.code)).or_default().push(diagnostic);
            }
            _ => kept.push(diagnostic),
        }
    }
    let mut said: Option<BTreeMap<&str, usize>> = None;
    let mut looked_at = 0;
    for ((name, kinds, _), found) in of_name {
        let mut found = found.into_iter();
        let Some(first) = found.next() else { continue };
        let others: Vec<Diagnostic> = found.collect();
        if others.is_empty() {
            kept.push(first);
            continue;
        }
        looked_at += 1;
        let may_look = looked_at <= MAX_LOOKED_AT;
        let misspelt = may_look.then(|| misspelt(scope, files, said.get_or_insert_with(|| words(scope)), &name, kinds));
        kept.push(match misspelt.flatten() {
            Some((declared, at)) => names::misspelt_declaration(&declared, at, &name, &first, others.len()),
            None => names::several_places(first, others, MAX_SHOWN),
        });
    }
    kept.sort_by_key(Diagnostic::at);
    kept
}

/// How often each word is said.
fn words(scope: &Scope) -> BTreeMap<&str, usize> {
    let mut said = BTreeMap::new();
    for token in scope.sources.iter().flat_map(|source| tokens(&source.text)) {
        *said.entry(token).or_default() += 1;
    }
    said
}

/// The one declaration whose name looks like this one, and is said nowhere else.
fn misspelt(
    scope: &Scope,
    files: usize,
    said: &BTreeMap<&str, usize>,
    name: &str,
    kinds: &[Kind],
) -> Option<(String, Location)> {
    let declared: Vec<(&Name, FileId)> =
        kinds.iter().flat_map(|kind| declared(scope, *kind)).filter(|(_, file)| (file.0 as usize) < files).collect();
    let near = suggest::all_near(name, declared.iter().map(|(name, _)| name.text.as_str()));
    let mut unsaid = near.into_iter().filter(|near| said.get(near) == Some(&1));
    let (only, None) = (unsaid.next()?, unsaid.next()) else { return None };
    let (name, file) = declared.iter().find(|(name, _)| name.text == only)?;
    Some((name.text.clone(), name.span.in_file(*file)))
}

/// The names that are declared of a kind, and the files that declare them.
fn declared(scope: &Scope, kind: Kind) -> Vec<(&Name, FileId)> {
    match kind {
        Kind::Contact => scope.fields.iter().map(|field| (&field.node.name, field.file)).collect(),
        Kind::Derived => scope.derived.iter().map(|derived| (&derived.node.name, derived.file)).collect(),
        Kind::Event => scope.events.iter().map(|event| (&event.node.name, event.file)).collect(),
        Kind::Tags => scope.tags.iter().map(|tag| (&tag.node, tag.file)).collect(),
        Kind::List => scope.lists.iter().map(|list| (&list.node, list.file)).collect(),
        Kind::Topics => scope.topics.iter().map(|topic| (&topic.node, topic.file)).collect(),
        Kind::Segment => scope.segments.iter().map(|segment| (&segment.node.name, segment.file)).collect(),
        Kind::Email => scope.emails.values().map(|email| (&email.node.name, email.file)).collect(),
        Kind::Team => scope.teams.iter().map(|team| (&team.node.name, team.file)).collect(),
        Kind::Workflow => scope.workflows.iter().map(|workflow| (&workflow.node.name, workflow.file)).collect(),
        Kind::Stages => scope.stages.iter().map(|stage| (&stage.node, stage.file)).collect(),
        // Nothing names a calendar, nor those who try things out.
        Kind::Use | Kind::Policy | Kind::Calendar | Kind::TestPeople => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use crate::source::Source;
    use crate::{Project, compile};

    fn told(text: &str) -> Vec<String> {
        let sources = vec![Source { path: "a.flow".to_owned(), text: text.to_owned() }];
        let compilation = compile(&Project { timezone: "UTC".to_owned(), sources, ..Project::default() });
        let said = |found: &crate::diagnostics::Diagnostic| {
            let edits: Vec<String> =
                found.edits.iter().map(|edit| format!("{}:{}", edit.at.span.start, edit.text)).collect();
            format!("{} {}", found.message, edits.join(" "))
        };
        compilation.diagnostics.iter().filter(|found| found.is_error()).map(said).collect()
    }

    #[test]
    fn a_misspelt_declaration_is_told_where_it_is() {
        let text = "contact { plan text?; seats number = 0 }\nevent orderd { }\nsegment a = ordered ever\nsegment b = no ordered ever\n";
        assert_eq!(told(text), ["`orderd` is declared, and `ordered` is named 47:ordered"]);
    }

    #[test]
    fn a_name_that_is_misspelt_alike_is_told_once() {
        let text =
            "contact { seats number = 0 }\nsegment a = seets > 1\nsegment b = seets > 2\nsegment c = seats > 3\n";
        let [only] = told(text).try_into().unwrap();
        assert!(only.ends_with("41:seats 63:seats"), "{only}");
    }
}
