//! A handoff is one act: choose who takes the contact, tell them all they need, and keep a record.

mod story;

use super::Perform;
use crate::compose::one_line;
use crate::engine::counter;
use crate::engine::host::StepHost;
use crate::engine::outbox::Posted;
use crate::engine::reason::{HandedTo, Undelivered};
use crate::engine::roster::Roster;
use crate::engine::touch::later;
use crate::engine::view::ContactView;
use crate::store::{DecisionCode, DecisionRecord, HandoffRecord, OutboxKind, OutboxRecord};
use crate::time::{Instant, Zone, calendar, civil};
use flow_ir::backend::{Memory, Outcome};
use flow_ir::{Area, Calendar, Handoff, Member, StepId, TeamId};
use serde::{Deserialize, Serialize};

/// What the notice of a handoff says: the payload of its outbox row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// The member's mail address.
    pub to: String,
    /// Where the contact is reached, so that an answer goes to them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reply_to: Option<String>,
    /// One line.
    pub subject: String,
    /// Plain, in lines; the contact's values are in it already.
    pub text: String,
}

/// The fields that tell who someone is, with the words before their values.
pub(super) const WHO: [(&str, &str); 10] = [
    ("Email", "email"),
    ("Phone", "phone"),
    ("Company", "company_name"),
    ("Job title", "job_title"),
    ("Industry", "industry"),
    ("Employees", "employees"),
    ("Country", "country"),
    ("Region", "region"),
    ("Score", "score"),
    ("Stage", "stage"),
];

/// What the handoff asks for, with the contact's values in it.
struct Order {
    note: String,
    task: Option<(String, i64)>,
    /// What they did last.
    deeds: Vec<String>,
    /// Why they must not be written to as anybody might.
    warnings: Vec<String>,
    /// Of the project: a member reads when it is due by the clocks at home.
    zone: Zone,
}

impl Perform for Handoff {
    fn perform(&self, host: &mut StepHost<'_>, mut memory: Memory<'_>, step: StepId) -> Outcome {
        let (to, reason) = match () {
            () if host.plan.is_test_person(&memory[Area::Contact]) => (None, HandedTo::TestPerson),
            () if host.is_off_limits(&memory) => (None, HandedTo::DoNotContact),
            () => host.choose(&memory, self),
        };
        host.is_untaken = to.is_none();
        host.note_taken(&mut memory);
        match to {
            Some(to) => {
                host.tell(&memory, step, self, &to);
                host.note_handed(&mut memory, step, self, &to);
                if reason == HandedTo::Member {
                    host.note_owner(&mut memory, self.team, &to);
                }
                self.stops.iter().for_each(|stopped| host.stop(&mut memory, stopped));
            }
            None => host.batch.count(counter::HANDOFFS_TO_NOBODY),
        }
        host.decide(DecisionCode::HandedOff, step, reason.number());
        Outcome::Done
    }
}

impl StepHost<'_> {
    /// What the steps behind a handoff are for: those whom nobody took.
    fn note_taken(&self, memory: &mut Memory<'_>) {
        let workflow = self.declared();
        if let Some(slot) = workflow.slots.taken {
            workflow.journey.write(&mut memory[Area::Journey], slot, i64::from(!self.is_untaken));
        }
    }

    /// The company's own word that nobody calls or writes to them.
    fn is_off_limits(&self, memory: &Memory<'_>) -> bool {
        let (layout, slot) = (&self.plan.program.frame, self.plan.program.system.do_not_contact);
        layout.read(&memory[Area::Contact], slot) != 0
    }

    /// Whoever of the team has had the contact, if they are there; else the member whose turn it is among those who cover them, else the backup.
    fn choose(&mut self, memory: &Memory<'_>, handoff: &Handoff) -> (Option<String>, HandedTo) {
        let (team, today) = (handoff.team, self.today());
        let declared = self.plan.program.teams.at(team);
        let owner = if handoff.reassign { None } else { self.owner_in(memory, team) };
        if let Some(owner) = owner.filter(|owner| !owner.is_away(today)) {
            return (Some(owner.address.clone()), HandedTo::Owner);
        }
        let has_room = |roster: &Roster, member: &Member| roster.has_room(&member.address, member.capacity, today);
        let in_turn = self.in_turn(memory, team, &has_room);
        if let Some((place, member)) = in_turn.and_then(|place| Some((place, declared.members.get(place)?))) {
            let next = (place + 1) % declared.members.len();
            self.batch.roster(team).turn = u64::try_from(next).unwrap_or(0);
            let reason = if owner.is_some() { HandedTo::StandIn } else { HandedTo::Member };
            return (Some(member.address.clone()), reason);
        }
        let is_covered = declared.members.iter().any(|member| self.covers(member, memory));
        match (handoff.backup.clone().or_else(|| declared.backup.clone()), is_covered) {
            (Some(backup), false) => (Some(backup), HandedTo::Backup),
            (Some(backup), true) => (Some(backup), HandedTo::BackupOfBusy),
            (None, false) => (None, HandedTo::Nobody),
            (None, true) => (None, HandedTo::NobodyFree),
        }
    }

    /// The place of the member whose turn it is among those who cover the contact, are not away and fit.
    pub(super) fn in_turn(
        &mut self,
        memory: &Memory<'_>,
        team: TeamId,
        fits: &dyn Fn(&Roster, &Member) -> bool,
    ) -> Option<usize> {
        let members = &self.plan.program.teams.at(team).members;
        let (count, today) = (members.len(), self.today());
        let turn = self.batch.roster(team).turn;
        let first = usize::try_from(turn).ok().and_then(|turn| turn.checked_rem(count)).unwrap_or(0);
        let mut in_turn = members.iter().enumerate().cycle().skip(first).take(count);
        let found = in_turn.find(|(_, member)| {
            !member.is_away(today) && fits(self.batch.roster(team), member) && self.covers(member, memory)
        });
        found.map(|(place, _)| place)
    }

    fn covers(&self, member: &Member, memory: &Memory<'_>) -> bool {
        member.covers.is_none_or(|covers| self.holds(covers, memory))
    }

    /// The day by the clocks of the project, whose team it is.
    pub(in crate::engine) fn today(&self) -> i32 {
        today(self.now, self.plan.zone)
    }

    fn tell(&mut self, memory: &Memory<'_>, step: StepId, handoff: &Handoff, to: &str) {
        let order = self.order(memory, Some(handoff), None);
        self.give_order(memory, step, (handoff.team, to), self.key(step), order);
    }

    /// What is asked of whoever gets the contact; `before`: who had them and did not answer, and since when.
    fn order(&self, memory: &Memory<'_>, handoff: Option<&Handoff>, before: Option<(&str, i64)>) -> Order {
        let (view, zone) = (self.view(&memory[Area::Contact]), self.plan.zone);
        let task = handoff.and_then(|handoff| handoff.task.as_ref());
        let silent = before.map(|(who, since)| {
            let since = civil::words(Instant(since), zone).map(|since| format!(" since {since}")).unwrap_or_default();
            format!("{who} has had them{since} and has not answered.")
        });
        Order {
            note: handoff.and_then(|handoff| handoff.note.as_ref()).map(|note| view.fill(note)).unwrap_or_default(),
            task: task.map(|task| (view.fill(&task.title), later(self.now, task.due_in, self.zone))),
            deeds: story::deeds(self, memory, zone),
            warnings: silent.into_iter().chain(story::warnings(self, memory, zone)).collect(),
            zone,
        }
    }

    /// Whoever was handed over and not answered in time goes to the backup: they are told, and it is kept as a handoff of its own. `key`: that of
    /// the handoff before.
    pub(in crate::engine) fn pass_on(
        &mut self,
        memory: &Memory<'_>,
        step: StepId,
        (team, to): (TeamId, &str),
        (handoff, key): (Option<&Handoff>, &str),
        before: (&str, i64),
    ) {
        let order = self.order(memory, handoff, Some(before));
        self.give_order(memory, step, (team, to), passed_on(key), order);
    }

    fn give_order(&mut self, memory: &Memory<'_>, step: StepId, (team, to): (TeamId, &str), key: String, order: Order) {
        let view = self.view(&memory[Area::Contact]);
        let title = self.titled(&view);
        let notice = Notice {
            to: to.to_owned(),
            reply_to: view.address().map(str::to_owned),
            subject: format!("{title}: {}", who(&view)),
            text: text(&view, &title, &order),
        };
        // A notice is a few texts: writing them as JSON cannot fail.
        let payload = serde_json::to_string(&notice).unwrap_or_default();
        let row = OutboxRecord { key, payload, recipient: to.to_owned(), ..self.row(step, OutboxKind::Notice) };
        let record = HandoffRecord {
            key: row.key.clone(),
            contact: self.contact,
            workflow: self.workflow.0,
            run: self.run,
            team: self.plan.program.teams.at(team).name.clone(),
            member: to.to_owned(),
            note: order.note,
            task_due_at: order.task.as_ref().map(|(_, due_at)| *due_at),
            task: order.task.map(|(title, _)| title),
            at: self.now,
        };
        self.batch.hand_off(record);
        self.post_notice(&memory[Area::Contact], row, step);
    }

    /// The notice goes its own way: the journey waits for nobody's answer to it.
    pub(super) fn post_notice(&mut self, frame: &[u8], row: OutboxRecord, step: StepId) {
        match self.outbox.delivery.composer.compose(&row, &self.view(frame)) {
            Err(detail) => {
                self.note_not_composed(&row, &detail);
                let send = Some(self.outbox.post_failed(self.batch, row, detail));
                let reason = Undelivered::NotComposed.number();
                self.batch.decide(DecisionRecord { reason, send, ..self.about(DecisionCode::Undelivered, step) });
            }
            Ok(composed) => {
                let row = OutboxRecord { payload: composed.payload, ..row };
                if let Posted::Promised(row) = self.outbox.post(self.batch, row, composed.mail) {
                    self.batch.decide(DecisionRecord { send: Some(row), ..self.about(DecisionCode::Delivered, step) });
                }
            }
        }
    }
}

/// The day of an instant by the clocks of a zone.
pub(in crate::engine) fn today(now: i64, zone: Zone) -> i32 {
    i32::try_from(calendar::answer(Calendar::DayOf, now, zone)).unwrap_or_default()
}

/// The key of a handoff that has gone on to the backup, behind that of the handoff itself.
pub(in crate::engine) fn passed_on(key: &str) -> String {
    format!("{key}.backup")
}

/// What to call the contact.
pub(super) fn who(view: &ContactView<'_>) -> String {
    let names: Vec<String> = ["first_name", "last_name"].iter().filter_map(|name| said(view, name)).collect();
    if names.is_empty() {
        return said(view, "email").unwrap_or_else(|| format!("contact {}", view.id().0));
    }
    names.join(" ")
}

/// A field as people typed it, on one line: nothing that they type looks like a line of ours.
pub(super) fn said(view: &ContactView<'_>, field: &str) -> Option<String> {
    view.named(field).map(|value| one_line(&value)).filter(|value| !value.is_empty())
}

fn text(view: &ContactView<'_>, title: &str, order: &Order) -> String {
    let mut lines = vec![format!("{} comes to you from \"{title}\".", who(view)), String::new()];
    if !order.warnings.is_empty() {
        lines.extend(order.warnings.iter().map(|warning| format!("Please note: {warning}")));
        lines.push(String::new());
    }
    lines.extend(WHO.iter().filter_map(|(words, field)| Some(format!("{words}: {}", said(view, field)?))));
    if !order.note.is_empty() {
        lines.extend([String::new(), order.note.clone()]);
    }
    if let Some((task, due_at)) = &order.task {
        lines.extend([String::new(), format!("Task: {task}")]);
        lines.extend(civil::words(Instant(*due_at), order.zone).map(|due| format!("Due: {due}")));
    }
    if !order.deeds.is_empty() {
        let heading = format!("What they did last, as far as workflows ask about it (times of {}):", order.zone.name());
        lines.extend([String::new(), heading]);
        lines.extend(order.deeds.iter().cloned());
    }
    lines.join("\n")
}
