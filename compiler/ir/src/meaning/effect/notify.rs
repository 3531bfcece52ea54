//! Tells somebody of one's own people something of the contact.

use super::{Described, Reference};
use crate::print::template;
use crate::{Program, TeamId, TextTemplate};
use serde::{Deserialize, Serialize};

/// `notify owner "…"`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notify {
    /// Who is told.
    pub to: Recipient,
    /// What, filled in when the step runs.
    pub text: TextTemplate,
}

/// Who gets a notice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Recipient {
    /// Who answers for the workflow when the step runs.
    Owner,
    /// The member of a team whose turn it is among those who cover the contact. No turn is taken by it.
    Team(TeamId),
    /// A member of a team, by their address.
    Member(String),
}

impl Described for Notify {
    fn references(&self) -> Vec<Reference> {
        let team = match self.to {
            Recipient::Team(team) => Some(Reference::Team(team)),
            Recipient::Owner | Recipient::Member(_) => None,
        };
        team.into_iter().chain(self.text.fields().map(Reference::Field)).collect()
    }

    fn renumber(&mut self, number: &mut dyn FnMut(Reference) -> Reference) {
        if let Recipient::Team(team) = &mut self.to {
            number(Reference::Team(*team)).set_team(team);
        }
        self.text.renumber(&mut |field| {
            let mut new = field;
            number(Reference::Field(field)).set_field(&mut new);
            new
        });
    }

    fn words(&self, program: &Program) -> String {
        let to = match &self.to {
            Recipient::Owner => "the owner",
            Recipient::Team(team) => program.teams.get(*team).map_or("?", |team| team.name.as_str()),
            Recipient::Member(address) => address,
        };
        format!("notify {to}: {}", template(program, &self.text))
    }

    fn texts(&self) -> Vec<&TextTemplate> {
        vec![&self.text]
    }

    fn lets_out(&self) -> bool {
        true
    }

    fn random(choices: &mut crate::generate::Choices) -> Self {
        let to = if choices.flag() { Recipient::Team(TeamId(0)) } else { Recipient::Owner };
        Self { to, text: TextTemplate::default() }
    }
}
