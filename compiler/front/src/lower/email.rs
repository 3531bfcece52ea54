//! Emails and teams.

use super::Lowering;
use super::predicate::Scope;
use crate::check::typed::{TypedEmail, TypedTeam};
use flow_ir::{Email, Member, Subject, Team};

impl Lowering<'_> {
    pub(super) fn email(&mut self, typed: &TypedEmail) -> Email {
        let mut email = typed.email.clone();
        for (when, text) in &typed.subjects {
            let name = format!("{}: subject {}", email.name, email.subjects.len() + 1);
            let when = when.as_ref().map(|when| self.predicate(name, None, when, &mut Scope::program()));
            email.subjects.push(Subject { when, text: text.clone() });
        }
        email
    }

    pub(super) fn team(&mut self, typed: &TypedTeam) -> Team {
        let mut members = Vec::new();
        for (address, covers) in &typed.members {
            let name = format!("{}: {address} covers", typed.name);
            let covers = covers.as_ref().map(|covers| self.predicate(name, None, covers, &mut Scope::program()));
            members.push(Member { address: address.clone(), covers });
        }
        Team { name: typed.name.clone(), members, backup: typed.backup.clone() }
    }
}
