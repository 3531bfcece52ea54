//! Standard modules that a project needs and does not use.

use super::{Resolver, Scope};
use crate::diagnostics::{Diagnostic, Missing};
use crate::source::{FileId, Location};
use crate::syntax::ast::Kind;
use crate::syntax::parse;
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
    let unknown: Vec<(&Missing, Location)> =
        diagnostics.iter().filter_map(|found| Some((found.missing.as_ref()?, found.at()?))).collect();
    if unknown.is_empty() {
        return None;
    }
    let needed =
        flow_stdlib::MODULES.iter().filter(|module| !scope.modules.contains(&module.name)).filter_map(|module| {
            let declared = declared_by(module.text);
            let declares =
                |missing: &Missing| missing.kinds.iter().any(|kind| declared.contains(&(*kind, missing.name.clone())));
            let missing = || unknown.iter().filter(|(missing, _)| declares(missing));
            let (_, first) = missing().next()?;
            let names = missing().map(|(missing, _)| missing.name.clone()).collect();
            Some(Needed { module: module.name, names, first: *first })
        });
    needed.max_by_key(|needed| needed.names.len())
}

/// Every name that a module declares, with its kind.
fn declared_by(text: &str) -> BTreeSet<(Kind, String)> {
    let (tree, _) = parse(FileId(0), text);
    let (scope, seen, in_data, used, diagnostics) = Default::default();
    let mut resolver =
        Resolver { scope, seen, beside: None, in_data, used, diagnostics, first_module: 0, stages: Default::default() };
    for declaration in tree.declarations {
        resolver.declare(declaration.kind, FileId(0));
    }
    resolver.scope.names().map(|(kind, name)| (kind, name.to_owned())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_module_declares_names_of_every_kind() {
        let declared = declared_by(
            "contact {\n  plan text?\n}\nderived size = when plan is known \"some\" otherwise unknown\nevent came { }\nstages a < b\ntags vip\nlist partners\ntopics news\nsegment keen = plan is known\n\
             email hello {\n  subject \"Hi\"\n  template \"x.html\"\n}\nteam sales { member \"a@acme.example\" }\n\
             calendar rest { 2027-01-01 }\nworkflow w {\n  enter by hand\n  reenter never\n  exit\n}\n",
        );
        let of = |kind: Kind| declared.iter().filter(|(other, _)| *other == kind).count();
        assert_eq!(
            Kind::ALL.iter().map(|kind| of(*kind)).collect::<Vec<_>>(),
            [0, 1, 1, 1, 2, 1, 1, 1, 1, 0, 1, 1, 0, 1, 1]
        );
    }
}
