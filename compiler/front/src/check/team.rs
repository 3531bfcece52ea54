//! `team`.

use super::Known;
use super::cx::Cx;
use super::predicate::Asked;
use super::predicate::check_predicate;
use super::text::{check_address, report_repeated};
use crate::diagnostics::names;
use crate::syntax::ast;
use crate::typed::{Part, TypedTeam};

pub(super) fn check_team(cx: &mut Cx<'_>, node: &ast::Team) -> TypedTeam {
    let what = format!("team `{}`", node.name.text);
    for repeated in ast::repeated(&node.clauses) {
        report_repeated(cx, &what, repeated.word, repeated.again.span, Some(repeated.first.span));
    }
    if node.members().next().is_none() && node.backup().is_none() && !node.broken {
        let diagnostic = names::missing_clause(&what, "member", "member \"ana@acme.example\"", cx.at(node.name.span));
        cx.report(diagnostic);
    }
    let mut members = Vec::new();
    for member in node.members() {
        let covers = member.covers.as_ref().map(|covers| Part {
            cond: check_predicate(cx, covers, Asked::Anywhere("a team"), &Known::new()),
            at: cx.at(covers.span()),
        });
        members.extend(check_address(cx, &member.address, false).map(|address| (address, covers)));
    }
    TypedTeam {
        name: node.name.text.clone(),
        members,
        backup: node.backup().and_then(|backup| check_address(cx, backup, false)),
    }
}
