//! `team`.

use super::predicate::Asked;
use super::typed::TypedTeam;
use super::{Checker, Known};
use crate::diagnostics::names;
use crate::resolve::Declared;
use crate::syntax::ast::{self};
use flow_ir::TeamId;

impl Checker<'_> {
    pub(super) fn team_named(&mut self, name: &ast::Name) -> Option<TeamId> {
        let found = self.scope.teams.iter().position(|team| team.node.name.text == name.text);
        if found.is_none() {
            let teams = self.scope.teams.iter().filter(|_| self.suggests());
            let known: Vec<&str> = teams.map(|team| team.node.name.text.as_str()).collect();
            let diagnostic = names::unknown_team(&name.text, &known, self.at(name.span));
            self.report_unknown(&[ast::Kind::Team], diagnostic);
        }
        found.map(<TeamId as flow_ir::Id>::from_index)
    }

    pub(super) fn team(&mut self, team: &Declared<ast::Team>) -> TypedTeam {
        self.file = team.file;
        let node = &team.node;
        let what = format!("team `{}`", node.name.text);
        for repeated in ast::repeated(&node.clauses) {
            self.repeated(&what, repeated.word, repeated.again.span, Some(repeated.first.span));
        }
        if node.members().next().is_none() && node.backup().is_none() && !node.broken {
            let diagnostic =
                names::missing_clause(&what, "member", "member \"ana@acme.example\"", self.at(node.name.span));
            self.report(diagnostic);
        }
        let mut members = Vec::new();
        for member in node.members() {
            let covers =
                member.covers.as_ref().map(|covers| self.predicate(covers, Asked::Anywhere("a team"), &Known::new()));
            members.extend(self.address(&member.address, false).map(|address| (address, covers)));
        }
        TypedTeam {
            name: node.name.text.clone(),
            members,
            backup: node.backup().and_then(|backup| self.address(backup, false)),
        }
    }
}
