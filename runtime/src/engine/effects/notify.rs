//! A notice goes the way of a handoff's: at once, by mail, to one's own people. It asks for no consent and waits for no hours, since the person gets
//! nothing; a goal or an exit that holds before it still comes first (E5).

use super::Perform;
use super::handoff::{Notice, WHO, said, who};
use crate::engine::host::StepHost;
use crate::engine::reason::Notified;
use crate::store::{DecisionCode, OutboxKind, OutboxRecord};
use flow_ir::backend::{Memory, Outcome};
use flow_ir::{Area, Notify, Recipient, StepId, TeamId};

impl Perform for Notify {
    fn perform(&self, host: &mut StepHost<'_>, memory: Memory<'_>, step: StepId) -> Outcome {
        let (to, reason) = match &self.to {
            _ if host.plan.is_test_person(&memory[Area::Contact]) => (None, Notified::TestPerson),
            Recipient::Owner => (host.owner(), Notified::Owner),
            Recipient::Team(team) => host.somebody_of(&memory, *team),
            Recipient::Member(address) => (Some(address.clone()), Notified::Member),
        };
        let reason = if to.is_some() || reason == Notified::TestPerson { reason } else { Notified::Nobody };
        if let Some(to) = to {
            host.give_notice(&memory, step, self, to);
        }
        host.decide(DecisionCode::Notified, step, reason.number());
        Outcome::Done
    }
}

impl StepHost<'_> {
    /// Who answers for the workflow by now.
    fn owner(&self) -> Option<String> {
        self.plan.program.told(self.workflow)?.owner.clone()
    }

    /// The member whose turn it is, who keeps it; else the backup.
    fn somebody_of(&mut self, memory: &Memory<'_>, team: TeamId) -> (Option<String>, Notified) {
        let declared = self.plan.program.teams.at(team);
        match self.in_turn(memory, team, &|_, _| true).and_then(|place| declared.members.get(place)) {
            Some(member) => (Some(member.address.clone()), Notified::Member),
            None => (declared.backup.clone(), Notified::Backup),
        }
    }

    fn give_notice(&mut self, memory: &Memory<'_>, step: StepId, notify: &Notify, to: String) {
        let view = self.view(&memory[Area::Contact]);
        let title = self.titled(&view);
        let mut lines =
            vec![view.fill(&notify.text), String::new(), format!("About {}, from \"{title}\".", who(&view))];
        lines.extend(WHO.iter().filter_map(|(words, field)| Some(format!("{words}: {}", said(&view, field)?))));
        let notice = Notice {
            to: to.clone(),
            reply_to: view.address().map(str::to_owned),
            subject: format!("{title}: {}", who(&view)),
            text: lines.join("\n"),
        };
        // A notice is a few texts: writing them as JSON cannot fail.
        let payload = serde_json::to_string(&notice).unwrap_or_default();
        let row = OutboxRecord { payload, recipient: to, ..self.row(step, OutboxKind::Notice) };
        self.post_notice(&memory[Area::Contact], row, step);
    }
}
