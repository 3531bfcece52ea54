//! Emails and teams.

use super::Lowering;
use super::predicate::{Scope, Segments};
use crate::typed::{TypedEmail, TypedTeam};
use flow_ir::{EmailContent, Member, Subject, Team};

impl Lowering<'_> {
    /// What an email says.
    pub(super) fn content(&mut self, typed: &TypedEmail) -> EmailContent {
        let mut content = typed.content.clone();
        for (when, text) in &typed.subjects {
            let name = format!("{}: subject {}", typed.email.name, content.subjects.len() + 1);
            let when =
                when.as_ref().map(|when| self.predicate(name, None, &when.cond, &mut Scope::program(Segments::Afresh)));
            content.subjects.push(Subject { when, text: text.clone() });
        }
        content
    }

    pub(super) fn team(&mut self, typed: &TypedTeam) -> Team {
        let mut members = Vec::new();
        for (address, covers) in &typed.members {
            let name = format!("{}: {address} covers", typed.name);
            let covers = covers
                .as_ref()
                .map(|covers| self.predicate(name, None, &covers.cond, &mut Scope::program(Segments::Afresh)));
            members.push(Member { address: address.clone(), covers });
        }
        Team { name: typed.name.clone(), members, backup: typed.backup.clone() }
    }
}
