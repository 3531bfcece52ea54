//! Standard modules that a project needs and does not use.

use super::{Declared, Resolver, Scope};
use crate::diagnostics::{Code, Diagnostic};
use crate::source::{FileId, Location};
use crate::syntax::{ast, parse};
use std::collections::BTreeSet;

/// A module whose `use` is missing, and what shows it.
#[derive(Debug)]
pub(crate) struct Needed {
    pub(crate) module: &'static str,
    /// The names that only it declares, as often as they were looked for in vain, and where the first was.
    pub(crate) names: BTreeSet<String>,
    pub(crate) first: Location,
}

/// The module that would make most of the unknown names known.
pub(crate) fn needed(scope: &Scope, diagnostics: &[Diagnostic]) -> Option<Needed> {
    let unknown: Vec<(&str, Location)> = diagnostics.iter().filter_map(|found| unknown_name(scope, found)).collect();
    if unknown.is_empty() {
        return None;
    }
    let needed =
        flow_stdlib::MODULES.iter().filter(|module| !scope.modules.contains(&module.name)).filter_map(|module| {
            let declared = declared_by(module.text);
            let missing = || unknown.iter().filter(|(name, _)| declared.contains(*name));
            let (_, first) = missing().next()?;
            let names = missing().map(|(name, _)| (*name).to_owned()).collect();
            Some(Needed { module: module.name, names, first: *first })
        });
    needed.max_by_key(|needed| needed.names.len())
}

/// The name that a diagnostic could not find.
fn unknown_name<'s>(scope: &'s Scope, found: &Diagnostic) -> Option<(&'s str, Location)> {
    let of_names = matches!(
        found.code,
        Code::UnknownName | Code::UnknownStage | Code::UnknownField | Code::UnknownEvent | Code::UnknownSegment
    );
    let at = found.at().filter(|_| of_names)?;
    let text = &scope.sources.get(at.file.0 as usize)?.text;
    // A field in a text is pointed at with its braces.
    let name = at.span.text(text).trim_start_matches('{').split([' ', '}', '(']).next()?;
    Some((name, at))
}

/// Every name that a module declares.
fn declared_by(text: &str) -> BTreeSet<String> {
    let (tree, _) = parse(FileId(0), text);
    let (scope, seen, in_data, used, diagnostics) = Default::default();
    let mut resolver = Resolver { scope, seen, beside: None, in_data, used, diagnostics, first_module: 0 };
    for declaration in tree.declarations {
        resolver.declare(declaration.kind, FileId(0));
    }
    let named = |names: &[Declared<ast::Name>]| names.iter().map(|name| name.node.text.clone()).collect::<Vec<_>>();
    resolver.seen.into_keys().chain(named(&resolver.scope.stages)).collect()
}
