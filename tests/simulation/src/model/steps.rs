//! What steps do, from one pause to the next, and what leaves.

use super::Step;
use super::ask::Place;
use super::hours;
use super::journey::{Sent, State};
use super::person::{Refusal, Value};
use super::town::Town;
use crate::world::people::DAY;
use crate::world::program::MAILS;
use flow_runtime::dispatch::channels::{Fate, RefusedKind, Uncertain};

/// The place of the mail that is no marketing.
const BILL: usize = MAILS.len() - 1;

impl Town<'_> {
    /// Runs steps until the journey pauses, lets something out or ends.
    pub(super) fn go_on(&mut self, user: u32, place: usize) {
        while self.person(user).journeys[place].is_live() && self.one_step(user, place) {}
    }

    /// One step. Whether the next one follows at once.
    fn one_step(&mut self, user: u32, place: usize) -> bool {
        let now = self.now;
        let zone = self.zone(user);
        let journey = &mut self.person_mut(user).journeys[place];
        let (workflow, run) = (journey.workflow, journey.run);
        let by = format!(" by {}/{run}", self.plan.workflows[workflow].name);
        let label = format!("{}/{run}", self.plan.workflows[workflow].name);
        let journey = &mut self.person_mut(user).journeys[place];
        let Some(step) = journey.todo.pop() else {
            let why = if journey.nobody_took { "NobodyTook" } else { "Steps" };
            self.end(user, place, format!("Finished {label} {why}"));
            return false;
        };
        journey.nobody_took = false;
        match step {
            Step::Send(mail) => {
                journey.todo.push(step);
                journey.state = State::Out { due: now, step_at: now, attempts: 0, is_held: false, is_written: false };
                self.may_leave(user, place, mail);
                return false;
            }
            Step::Handoff(..) => {
                journey.todo.push(step);
                journey.state = State::Out { due: now, step_at: now, attempts: 0, is_held: false, is_written: false };
                return false;
            }
            Step::Wait(span) => {
                let (until, wall) = hours::over(now, span, &zone);
                journey.state = State::Waiting { until, wall };
                self.agenda.insert(until);
                return false;
            }
            Step::Until(_, condition, span, otherwise) => {
                // A pause is one also where it is over at once.
                self.end_if_met(user, place);
                if !self.person(user).journeys[place].is_live() {
                    return false;
                }
                let from = self.seq;
                let journey = &self.person(user).journeys[place];
                let asked = Place { from: Some(from), ..self.place_of(journey) };
                let is_met = self.person(user).holds(&condition, asked);
                let journey = &mut self.person_mut(user).journeys[place];
                journey.timed_out = false;
                if !is_met {
                    let (until, wall) = hours::over(now, span, &zone);
                    journey.state = State::Awaiting { condition, until, wall, from, otherwise };
                    self.agenda.insert(until);
                    return false;
                }
            }
            Step::If(condition, yes, no) => {
                let journey = &self.person(user).journeys[place];
                let holds = self.person(user).holds(&condition, self.place_of(journey));
                self.person_mut(user).journeys[place].first(if holds { &yes } else { &no });
            }
            Step::Score(more) => {
                let before = self.person(user).score(None);
                self.person_mut(user).change("score", Value::More(more), now, workflow);
                self.tell_score(user, before, &by);
            }
            Step::Seats(seats) => self.person_mut(user).change("seats", Value::Number(i64::from(seats)), now, workflow),
            Step::Tag(is_given) => self.person_mut(user).change("vip", Value::Flag(is_given), now, workflow),
            Step::Advance(stage) => {
                let before = self.person(user).stage(None);
                if stage > before {
                    let number = i64::try_from(stage).unwrap_or_default();
                    self.person_mut(user).change("stage", Value::Number(number), now, workflow);
                }
                self.tell_stage(user, before, &by);
            }
            Step::Start(number) => {
                let name = format!("w{number}");
                let started = self.plan.workflows.iter().position(|workflow| workflow.name == name);
                self.person_mut(user).starts.extend(started.map(|workflow| (workflow, now + 1)));
                self.agenda.insert(now + 1);
            }
            Step::Stop(what) => self.stop(user, place, &what),
            Step::Suppress => self.refuse(user, Refusal::Suppressed, now),
            Step::Exit(is_converted) => {
                let before = if self.person(user).journeys[place].goal_met { " before" } else { "" };
                if is_converted {
                    self.person_mut(user).journeys[place].goal_met = true;
                    self.end(user, place, format!("Converted {label}{before}"));
                } else {
                    self.end(user, place, format!("Exited {label}"));
                }
                return false;
            }
        }
        true
    }

    fn stop(&mut self, user: u32, by: usize, what: &str) {
        let stopper = self.person(user).journeys[by].workflow;
        let is_workflow = self.plan.workflows.iter().any(|workflow| workflow.name == what);
        let stopped: Vec<usize> = (self.plan.workflows.iter().enumerate())
            .filter(|(_, workflow)| if is_workflow { workflow.name == what } else { workflow.group == Some(what) })
            .map(|(place, _)| place)
            .collect();
        for workflow in stopped {
            let name = self.workflow(workflow).name.clone();
            let live = self.person(user).journeys.iter().position(|one| one.workflow == workflow && one.is_live());
            if let Some(place) = live
                && place != by
            {
                let label = format!("{name}/{}", self.person(user).journeys[place].run);
                let stopper = self.workflow(stopper).name.clone();
                self.end(user, place, format!("Stopped {label} by {stopper}"));
            }
            let person = self.person_mut(user);
            let is_started = person.starts.iter().any(|(started, _)| *started == workflow);
            person.starts.retain(|(started, _)| *started != workflow);
            let is_held = person.held.iter().any(|held| held.workflow == workflow);
            person.held.retain(|held| held.workflow != workflow);
            let waits = person.turns.iter().any(|turn| turn.workflow == workflow);
            person.turns.retain(|turn| turn.workflow != workflow);
            if is_started || is_held || waits {
                self.tell(user, format!("Ignored {name} TakenBack"));
            }
        }
    }

    /// The step that lets something out.
    pub(super) fn let_out_one(&mut self, user: u32, place: usize) {
        match self.person(user).journeys[place].todo.last().cloned() {
            Some(Step::Send(mail)) => self.let_out_mail(user, place, mail),
            Some(Step::Handoff(team, stays)) => {
                self.end_if_met(user, place);
                if self.person(user).journeys[place].is_live() {
                    self.hand_off(user, place, team, stays);
                }
            }
            _ => {}
        }
    }

    /// Why a mail does not leave, but for `skip`.
    fn withheld(&self, user: u32, place: usize, mail: usize) -> Option<&'static str> {
        let person = self.person(user);
        let journey = &person.journeys[place];
        let is_marketing = mail != BILL;
        let reasons = [
            (journey.sent.iter().any(|sent| sent.mail == mail), "AlreadyReceived"),
            (!person.has_address, "NoAddress"),
            (is_marketing && person.refuses(Refusal::Unsubscribed), "Unsubscribed"),
            (person.bounced, "HardBounced"),
            (is_marketing && person.refuses(Refusal::Complained), "Complained"),
            (person.do_not_contact, "DoNotContact"),
            (is_marketing && person.refuses(Refusal::Suppressed), "Suppressed"),
        ];
        reasons.into_iter().find(|(holds, _)| *holds).map(|(_, why)| why)
    }

    /// Writes a mail that may leave.
    pub(super) fn write_mail(&mut self, user: u32, place: usize, mail: usize) {
        if self.may_leave(user, place, mail)
            && let State::Out { is_written, .. } = &mut self.person_mut(user).journeys[place].state
        {
            *is_written = true;
        }
    }

    /// When the window next opens, where it is shut.
    fn is_shut(&self, user: u32, place: usize, mail: usize) -> Option<i64> {
        let window = self.workflow(self.person(user).journeys[place].workflow).window;
        window.filter(|_| mail != BILL).and_then(|window| hours::opens(window, self.now, &self.zone(user)))
    }

    /// Consent, goal, exit, skip, window: whether a mail may leave now.
    fn may_leave(&mut self, user: u32, place: usize, mail: usize) -> bool {
        let journey = &self.person(user).journeys[place];
        let State::Out { step_at, attempts, is_held, .. } = journey.state else { return false };
        let (workflow, run) = (self.workflow(journey.workflow), journey.run);
        let label = format!("{}/{run} send {}", workflow.name, MAILS[mail]);
        if let Some(why) = self.withheld(user, place, mail) {
            self.tell(user, format!("Withheld {label} {why}"));
            self.pass(user, place);
            return false;
        }
        self.end_if_met(user, place);
        let person = self.person(user);
        let journey = &person.journeys[place];
        if !journey.is_live() {
            return false;
        }
        let is_skipped = workflow.skip.as_ref().is_some_and(|skip| person.holds(skip, self.place_of(journey)));
        let is_too_long = self.now >= step_at + 7 * DAY;
        let why = is_skipped.then_some("Skipped").or(is_too_long.then_some("HeldTooLong"));
        if let Some(why) = why {
            self.tell(user, format!("Withheld {label} {why}"));
            self.pass(user, place);
            return false;
        }
        if let Some(opens) = self.is_shut(user, place, mail) {
            if !is_held {
                self.tell(user, format!("Held {label}"));
            }
            let opens = opens.min(step_at + 7 * DAY);
            self.agenda.insert(opens);
            self.person_mut(user).journeys[place].state =
                State::Out { due: opens, step_at, attempts, is_held: true, is_written: true };
            return false;
        }
        true
    }

    fn let_out_mail(&mut self, user: u32, place: usize, mail: usize) {
        if !self.may_leave(user, place, mail) {
            return;
        }
        let journey = &self.person(user).journeys[place];
        let State::Out { step_at, attempts, .. } = journey.state else { return };
        let (workflow, run) = (self.workflow(journey.workflow), journey.run);
        let attempts = attempts + 1;
        let after = match self.book.key(user, &workflow.name, run, mail, step_at) {
            Some(key) if self.world.weather.bad > 0 => self.world.weather.attempt(key, attempts).answer.after,
            _ => std::time::Duration::ZERO,
        };
        let answer_at = self.now + i64::try_from(after.as_millis()).unwrap_or_default();
        self.agenda.insert(answer_at);
        self.person_mut(user).journeys[place].state = State::Sending { answer_at, step_at, attempts };
        if answer_at == self.now {
            self.hear_answer(user, place);
        }
    }

    /// The other side has answered.
    pub(super) fn hear_answer(&mut self, user: u32, place: usize) {
        let now = self.now;
        let journey = &self.person(user).journeys[place];
        let State::Sending { step_at, attempts, .. } = journey.state else { return };
        let Some(Step::Send(mail)) = journey.todo.last().cloned() else { return };
        let (workflow, run, is_live) = (self.workflow(journey.workflow), journey.run, journey.is_live());
        let label = format!("{}/{run} send {}", workflow.name, MAILS[mail]);
        let key = self.book.key(user, &workflow.name, run, mail, step_at).map(str::to_owned);
        let weather = self.world.weather;
        let fate = match &key {
            Some(key) if weather.bad > 0 => weather.attempt(key, attempts).answer.fate,
            _ => Fate::Delivered { receipt: String::new() },
        };
        let again = match fate {
            Fate::Delivered { .. } => {
                let late = if is_live { "" } else { " late" };
                self.tell(user, format!("Sent {label}{late}"));
                self.person_mut(user).journeys[place].sent.push(Sent { mail, at: now, step_at });
                None
            }
            Fate::Refused { kind, .. } => {
                let why = match kind {
                    RefusedKind::HardBounce => "HardBounce",
                    RefusedKind::Blocked => "Blocked",
                    _ => "Invalid",
                };
                self.tell(user, format!("Undelivered {label} {why}"));
                if kind == RefusedKind::HardBounce && !std::mem::replace(&mut self.person_mut(user).bounced, true) {
                    self.tell(user, "Suppressed HardBounced".to_owned());
                }
                None
            }
            Fate::Unknown { .. } if weather.policy == Uncertain::GiveUp => {
                self.tell(user, format!("Undelivered {label} Unknown"));
                None
            }
            Fate::Unknown { .. } => {
                self.tell(user, format!("InDoubt {label}"));
                Some(self.book.after(attempts, key.as_deref().unwrap_or_default()))
            }
            _ => Some(self.book.after(attempts, key.as_deref().unwrap_or_default())),
        };
        match again {
            Some(Some(wait)) if is_live => {
                let due = now + wait;
                self.agenda.insert(due);
                let journey = &mut self.person_mut(user).journeys[place];
                journey.state = State::Out { due, step_at, attempts, is_held: false, is_written: true };
                return;
            }
            Some(Some(_)) => self.tell(user, format!("Withheld {label} JourneyEnded")),
            Some(None) => self.tell(user, format!("Undelivered {label} OutOfRetries")),
            None => {}
        }
        if is_live {
            self.pass(user, place);
        } else {
            self.person_mut(user).journeys[place].state = State::Ended;
        }
    }

    /// Goes on behind the step that let something out or did not.
    fn pass(&mut self, user: u32, place: usize) {
        let journey = &mut self.person_mut(user).journeys[place];
        journey.todo.pop();
        journey.state = State::Running;
        self.go_on(user, place);
    }

    fn hand_off(&mut self, user: u32, place: usize, team: &'static str, stays: bool) {
        let person = self.person(user);
        let journey = &person.journeys[place];
        let label = format!("{}/{}", self.workflow(journey.workflow).name, journey.run);
        let region = person.text("region").map(str::to_owned);
        let members: &[(&str, Option<&str>)] = match team {
            "sales" => &[("ana@acme.example", Some("EMEA")), ("bo@acme.example", None), ("cy@acme.example", None)],
            _ => &[("ann@acme.example", Some("APAC"))],
        };
        let backup = (team != "lost").then_some("lead@acme.example");
        if person.do_not_contact {
            self.tell(user, format!("HandedOff {label} DoNotContact"));
            self.person_mut(user).journeys[place].nobody_took = !stays;
            self.pass_handoff(user, place);
            return;
        }
        let turn = self.turns.get(team).copied().unwrap_or_default();
        let covers = |place: usize| members[place].1.is_none() || members[place].1 == region.as_deref();
        let chosen = (0..members.len()).map(|step| (turn + step) % members.len()).find(|place| covers(*place));
        let (member, why) = match (chosen, backup) {
            (Some(chosen), _) => {
                self.turns.insert(team, (chosen + 1) % members.len());
                (Some(members[chosen].0), "Member")
            }
            (None, Some(backup)) => (Some(backup), "Backup"),
            (None, None) => (None, "Nobody"),
        };
        self.tell(user, format!("HandedOff {label} {why}"));
        match member {
            Some(member) => {
                self.tell(user, format!("handoff {label} {team} {member}"));
                if stays {
                    self.pass_handoff(user, place);
                } else {
                    self.person_mut(user).journeys[place].todo.clear();
                    self.end(user, place, format!("Finished {label} Handoff"));
                }
            }
            None => {
                self.person_mut(user).journeys[place].nobody_took = !stays;
                self.pass_handoff(user, place);
            }
        }
    }

    fn pass_handoff(&mut self, user: u32, place: usize) {
        let journey = &mut self.person_mut(user).journeys[place];
        journey.todo.pop();
        journey.state = State::Running;
        self.go_on(user, place);
    }
}
