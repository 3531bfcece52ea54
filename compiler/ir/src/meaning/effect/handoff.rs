//! Hands the contact to a team. Whether the journey ends with it is the body's to say.

use super::{Described, Reference};
use crate::print::{span_words, template};
use crate::{CivilSpan, Program, Stopped, TeamId, TextTemplate};
use serde::{Deserialize, Serialize};

/// `handoff to TEAM`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Handoff {
    /// Whose members are asked, in turn.
    pub team: TeamId,
    /// What the team should know, filled in when the step runs.
    pub note: Option<TextTemplate>,
    /// What is to be done, and by when; none where the handoff only tells.
    pub task: Option<Task>,
    /// Whether whose turn it is gets them, though somebody of the team has had them.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub reassign: bool,
    /// Whose journeys end with it, where somebody takes the contact.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub stops: Vec<Stopped>,
    /// Who takes them where no member does, instead of the team's backup.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub backup: Option<String>,
    /// How long it waits for an answer before it goes on to the backup; for ever where none is given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub patience: Option<Patience>,
}

/// How long a handoff waits for an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Patience {
    /// By the clocks of whoever has the contact.
    For(CivilSpan),
    /// So many days that are neither weekend nor holiday.
    BusinessDays(u16),
    /// So many of the team's hours.
    BusinessHours(u32),
}

impl Patience {
    fn words(self) -> String {
        match self {
            Patience::For(span) => span_words(span),
            Patience::BusinessDays(days) => format!("{days} business days"),
            Patience::BusinessHours(hours) => format!("{hours} business hours"),
        }
    }
}

impl Handoff {
    /// One that says and asks nothing.
    pub fn to(team: TeamId) -> Self {
        Self { team, note: None, task: None, reassign: false, stops: Vec::new(), backup: None, patience: None }
    }
}

/// What the team is asked to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Task {
    /// Filled in when the step runs.
    pub title: TextTemplate,
    /// Counted from the handoff, in the contact's zone.
    pub due_in: CivilSpan,
}

impl Described for Handoff {
    fn references(&self) -> Vec<Reference> {
        let fields = self.texts().into_iter().flat_map(TextTemplate::fields).map(Reference::Field);
        let stopped = self.stops.iter().filter_map(Stopped::reference);
        [Reference::Team(self.team)].into_iter().chain(fields).chain(stopped).collect()
    }

    fn renumber(&mut self, number: &mut dyn FnMut(Reference) -> Reference) {
        number(Reference::Team(self.team)).set_team(&mut self.team);
        self.stops.iter_mut().for_each(|stopped| stopped.renumber(number));
        for text in self.note.iter_mut().chain(self.task.iter_mut().map(|task| &mut task.title)) {
            text.renumber(&mut |field| {
                let mut new = field;
                number(Reference::Field(field)).set_field(&mut new);
                new
            });
        }
    }

    fn words(&self, program: &Program) -> String {
        let team = program.teams.get(self.team).map_or("?", |team| team.name.as_str());
        let mut words = format!("hand off to {team}");
        if let Some(note) = &self.note {
            words += &format!(", note {}", template(program, note));
        }
        if let Some(task) = &self.task {
            words += &format!(", task {} due in {}", template(program, &task.title), span_words(task.due_in));
        }
        if self.reassign {
            words += ", whose turn it is";
        }
        words += &self.backup.iter().map(|backup| format!(", else to {backup}")).collect::<String>();
        if let Some(patience) = self.patience {
            words += &format!(", to the backup after {}", patience.words());
        }
        words + &self.stops.iter().map(|stopped| format!(", {}", stopped.words(program))).collect::<String>()
    }

    fn texts(&self) -> Vec<&TextTemplate> {
        self.note.iter().chain(self.task.iter().map(|task| &task.title)).collect()
    }

    fn lets_out(&self) -> bool {
        true
    }

    fn random(_: &mut crate::generate::Choices) -> Self {
        Self::to(TeamId(0))
    }
}
