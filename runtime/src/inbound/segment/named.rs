//! Emails and workflows that an event names, and the project does not have: what is told of them, and what to write.

use flow_front::templates::nearest;
use flow_ir::{Answer, CONFIRMATION, Entry, WorkflowId};
use serde_json::{Map, Value};

use super::{Notes, SegmentReader};
use crate::inbound::MailEvent;
use crate::inbound::finding::{Fault, Reason};
use crate::inbound::names::{ENROLLED, ENROLLED_WORKFLOW, is_alike, plain, snake_case};
use crate::inbound::topics::Named;
use crate::inbound::tracked::text_of;

/// How many emails or workflows of the project are named to whoever has named none of them.
const MOST_NAMED: usize = 5;

impl SegmentReader<'_> {
    /// What somebody did with a mail counts for the one that it names: a name that is none counts for nobody.
    pub(super) fn look_for_email(&self, mail: MailEvent, properties: &Map<String, Value>, notes: &mut Notes<'_>) {
        let names = || self.program.emails.values().map(|email| email.name.as_str());
        let Some(name) = text_of(properties, "email_id").filter(|name| !names().any(|known| known == *name)) else {
            return;
        };
        let help = match nearest(name, names()) {
            Some(near) => format!("write `{near}`, as the project does"),
            None if names().next().is_none() => "the project has no email".to_owned(),
            None => format!("the project has {}", some_of(names())),
        };
        notes.add(Fault::new(Reason::UnknownEmail, help), &format!("{}.email_id", mail.name()), name);
    }

    /// A yes to a topic that is none of the project's says nothing, and a refusal of one is of all mail.
    pub(super) fn look_for_topics(&self, mail: MailEvent, properties: &Map<String, Value>, notes: &mut Notes<'_>) {
        if !matches!(mail, MailEvent::Subscribed | MailEvent::Confirmed | MailEvent::Unsubscribed) {
            return;
        }
        let Some(named) = Named::in_event(self.program, properties) else { return };
        let refuses = mail == MailEvent::Unsubscribed;
        let fault = named.fault(self.program).or_else(|| {
            let known = "name the topics, or leave the property out where it is about all mail".to_owned();
            named.is_empty().then(|| Fault::new(Reason::UnknownTopic, known))
        });
        if let Some(mut fault) = fault {
            let meant = if refuses { "; it counts as a refusal of all mail" } else { "; it is a yes to nothing" };
            fault.detail.push_str(meant);
            notes.add(fault, &format!("{}.topic", mail.name()), &named.unknown.join(", "));
        }
    }

    /// What a team says is about a handoff to it: a name that is none is about nobody.
    pub(super) fn look_for_team(&self, answer: &str, properties: &Map<String, Value>, notes: &mut Notes<'_>) {
        let names = || self.program.teams.values().map(|team| team.name.as_str());
        let named = text_of(properties, Answer::TEAM).filter(|name| !plain(name).is_empty());
        let Some(name) = named.filter(|name| !names().any(|known| is_alike(known, name))) else { return };
        let help = match nearest(name, names()) {
            Some(near) => format!("write `{near}`, as the project does"),
            None if names().next().is_none() => "the project has no team".to_owned(),
            None => format!("the project has {}; without a team it is about the latest handoff", some_of(names())),
        };
        let help = format!("{help}; as it stands, it is about nobody");
        notes.add(Fault::new(Reason::UnknownTeam, help), &format!("{answer}.{}", Answer::TEAM), name);
    }

    /// Whoever is let in by hand comes into the workflow that is named: a name that is none lets nobody in.
    pub(super) fn look_for_workflow(&self, properties: &Map<String, Value>, notes: &mut Notes<'_>) {
        let is_gone = |id: WorkflowId| self.program.lineage.gone.contains(&id.0);
        let there = || self.program.workflows.iter().filter(|(id, _)| !is_gone(*id)).map(|(_, workflow)| workflow);
        let names = || {
            there()
                .filter(|of| of.entry == Entry::ByHand && of.name != CONFIRMATION)
                .map(|workflow| workflow.name.as_str())
        };
        let name = text_of(properties, ENROLLED_WORKFLOW).unwrap_or_default();
        if names().any(|known| known == name) {
            return;
        }
        let help = match nearest(name, names()) {
            _ if name.is_empty() => format!("name it in the property `{ENROLLED_WORKFLOW}`"),
            _ if there().any(|workflow| workflow.name == name) => {
                "people enter it otherwise: give it `enter by hand`".to_owned()
            }
            Some(near) => format!("write `{near}`, as the project does"),
            None if names().next().is_none() => "no workflow of the project says `enter by hand`".to_owned(),
            None => format!("the project has {}", some_of(names())),
        };
        notes.add(Fault::new(Reason::NotByHand, help), &format!("{}.{ENROLLED_WORKFLOW}", snake_case(ENROLLED)), name);
    }
}

/// The first of some names.
fn some_of<'n>(mut names: impl Iterator<Item = &'n str>) -> String {
    let some: Vec<String> = names.by_ref().take(MOST_NAMED).map(|name| format!("`{name}`")).collect();
    let more = if names.next().is_some() { " and others" } else { "" };
    format!("{}{more}", some.join(", "))
}
