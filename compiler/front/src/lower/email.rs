//! Emails and teams.

use super::Lowering;
use super::predicate::{Scope, Segments};
use crate::typed::{TypedEmail, TypedMember, TypedTeam};
use flow_ir::{Effect, EmailContent, FOREVER, HandedSlots, Id, Member, NEVER, SlotKind, Subject, Team, TeamId};

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

    pub(super) fn teams(&mut self) {
        let teams: Vec<&TypedTeam> = self.typed.teams.values().collect();
        for (place, typed) in teams.into_iter().enumerate() {
            let team = self.team(typed, TeamId::from_index(place));
            self.program.meaning.teams.push(team);
        }
    }

    fn is_handed_to(&self, team: TeamId) -> bool {
        let mut effects = self.program.workflows.values().flat_map(|workflow| workflow.effects.values());
        effects.any(|effect| matches!(effect, Effect::Handoff(of) if of.team == team))
    }

    /// Whether a handoff to it goes on to the backup where nobody answers.
    fn may_lapse(&self, team: TeamId) -> bool {
        let mut effects = self.program.workflows.values().flat_map(|workflow| workflow.effects.values());
        effects.any(|effect| matches!(effect, Effect::Handoff(of) if of.team == team && of.patience.is_some()))
    }

    /// Where it is kept who has been handed to a team, if somebody may answer.
    fn handed(&mut self, name: &str) -> Option<HandedSlots> {
        if !self.program.events.values().any(|event| event.answer.is_some()) {
            return None;
        }
        let mut slot = |what: &str, kind, initial| {
            self.program.meaning.frame.add(format!("{what} of team {name}"), kind, false, initial)
        };
        Some(HandedSlots {
            at: slot("handoff", SlotKind::Int, NEVER),
            contact: slot("whose handoff", SlotKind::Int, 0),
            journey: slot("journey of the handoff", SlotKind::Int, 0),
            step: slot("step of the handoff", SlotKind::Int, 0),
            member: slot("member", SlotKind::Int, 0),
            answers: slot("answers", SlotKind::Code, 0),
        })
    }

    fn team(&mut self, typed: &TypedTeam, id: TeamId) -> Team {
        let mut members = Vec::new();
        for TypedMember { address, covers, capacity, away, home } in &typed.members {
            let name = format!("{}: {address} covers", typed.name);
            let covers = covers
                .as_ref()
                .map(|covers| self.predicate(name, None, &covers.cond, &mut Scope::program(Segments::Afresh)));
            let (address, home) = (address.clone(), home.clone());
            members.push(Member { address, covers, capacity: *capacity, away: away.clone(), home });
        }
        let (mut handed, mut owner, mut lapses) = (None, None, None);
        if self.is_handed_to(id) {
            handed = self.handed(&typed.name);
            let name = format!("whose of team {}", typed.name);
            owner = (!members.is_empty()).then(|| self.program.meaning.frame.add(name, SlotKind::Int, false, 0));
        }
        if self.may_lapse(id) {
            let name = format!("end of patience of team {}", typed.name);
            lapses = Some(self.program.meaning.frame.add(name, SlotKind::Int, false, FOREVER));
        }
        let (name, backup) = (typed.name.clone(), typed.backup.clone());
        Team { name, members, backup, hours: typed.hours, handed, owner, lapses }
    }
}
