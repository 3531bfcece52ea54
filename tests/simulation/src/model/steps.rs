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
            // Whatever lets something out comes behind everything else of the instant.
            Step::Send(_) | Step::Handoff(..) => {
                journey.todo.push(step);
                journey.state = State::Out {
                    due: now,
                    step_at: now,
                    attempts: 0,
                    is_held: false,
                    is_written: false,
                    message: None,
                };
                return false;
            }
            Step::Wait(span) => {
                let (until, wall) = hours::over(now, span, &zone);
                journey.state = State::Waiting { until, wall };
                self.agenda.insert(until);
                return false;
            }
            Step::Meet(appointment) => {
                let wall = hours::appointed(appointment, now, journey.entered_at, &zone);
                let until = hours::instant(wall, &zone);
                // What is past is over at once.
                if until > now {
                    journey.state = State::Waiting { until, wall: Some(wall) };
                    self.agenda.insert(until);
                    return false;
                }
            }
            Step::Choose([two, none, others]) => {
                let way = match self.person(user).text("industry") {
                    Some("saas" | "fintech") => two,
                    Some(_) => others,
                    None => none,
                };
                self.person_mut(user).journeys[place].first(&way);
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
            // In no world that this reads.
            Step::Wider(_) => {}
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
                // Of what came before it nothing is left.
                if self.person_mut(user).again.remove(&workflow).is_some() {
                    self.tell(user, format!("Ignored {name} TakenBack"));
                }
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
        if !self.may_leave(user, place, mail) {
            return;
        }
        let number = self.next_message();
        if let State::Out { is_written, message, .. } = &mut self.person_mut(user).journeys[place].state {
            (*is_written, *message) = (true, message.or(number));
        }
    }

    /// Consent, goal, exit, skip, hours, caps: whether a mail may leave now.
    fn may_leave(&mut self, user: u32, place: usize, mail: usize) -> bool {
        let journey = &self.person(user).journeys[place];
        let State::Out { step_at, .. } = journey.state else { return false };
        let workflow = self.workflow(journey.workflow);
        if let Some(why) = self.withheld(user, place, mail) {
            self.withhold(user, place, mail, why);
            return false;
        }
        self.end_if_met(user, place);
        let person = self.person(user);
        let journey = &person.journeys[place];
        if !journey.is_live() {
            return false;
        }
        let is_skipped = workflow.skip.as_ref().is_some_and(|skip| person.holds(skip, self.place_of(journey)));
        let last = step_at + self.plan.policy.longest_hold();
        let why = is_skipped.then_some("Skipped").or((self.now > last).then_some("HeldTooLong"));
        if let Some(why) = why {
            self.withhold(user, place, mail, why);
            return false;
        }
        if mail == BILL {
            return true;
        }
        let policy = &self.plan.policy;
        let opens =
            |from: i64| hours::leaves(workflow.window, policy, from, last, &self.zone(user)).unwrap_or(last + 1);
        if opens(self.now) > self.now {
            self.hold_mail(user, place, mail, (opens(self.now).min(last), "", "HeldTooLong"));
            return false;
        }
        match self.place_free(user) {
            Some(free) if free <= self.now => true,
            Some(free) => {
                self.hold_mail(user, place, mail, (opens(free.min(last)).min(last), " Cap", "Capped"));
                false
            }
            None => {
                self.withhold(user, place, mail, "Dropped");
                false
            }
        }
    }

    /// From when on a person may have one more mail; none where one more is dropped.
    fn place_free(&self, user: u32) -> Option<i64> {
        let person = self.person(user);
        let in_hand = person.journeys.iter().filter(|journey| match journey.state {
            State::Sending { .. } => !matches!(journey.todo.last(), Some(Step::Send(BILL))),
            _ => false,
        });
        let mut had: Vec<i64> = person.had.iter().copied().chain(in_hand.map(|_| i64::MAX)).collect();
        had.sort_unstable_by(|a, b| b.cmp(a));
        let mut free = i64::MIN;
        for cap in &self.plan.policy.caps {
            // As many as may be, counted from the newest: the oldest of them has to be as long ago as the cap says.
            let full = had.get(cap.emails as usize - 1).map(|at| at.saturating_add(i64::from(cap.days) * DAY));
            match full.filter(|free_at| *free_at > self.now) {
                Some(_) if cap.drops => return None,
                Some(free_at) => free = free.max(free_at),
                None => {}
            }
        }
        Some(free)
    }

    /// A mail waits, until an instant and for a reason; where it has waited for as long as it may, that is why it does not leave.
    fn hold_mail(&mut self, user: u32, place: usize, mail: usize, (until, by, at_last): (i64, &str, &'static str)) {
        let now = self.now;
        let journey = &self.person(user).journeys[place];
        let State::Out { step_at, attempts, is_held, message, .. } = journey.state else { return };
        if now >= step_at + self.plan.policy.longest_hold() {
            self.withhold(user, place, mail, at_last);
            return;
        }
        if !is_held {
            let label = format!("{}/{} send {}", self.workflow(journey.workflow).name, journey.run, MAILS[mail]);
            self.tell(user, format!("Held {label}{by}"));
        }
        let message = message.or_else(|| self.next_message());
        self.agenda.insert(until);
        self.person_mut(user).journeys[place].state =
            State::Out { due: until, step_at, attempts, is_held: true, is_written: true, message };
    }

    fn next_message(&mut self) -> Option<u64> {
        self.messages_written += 1;
        Some(self.messages_written)
    }

    /// A mail does not leave, and the journey goes on.
    fn withhold(&mut self, user: u32, place: usize, mail: usize, why: &str) {
        let journey = &self.person(user).journeys[place];
        let label = format!("{}/{} send {}", self.workflow(journey.workflow).name, journey.run, MAILS[mail]);
        self.tell(user, format!("Withheld {label} {why}"));
        self.pass(user, place);
    }

    fn let_out_mail(&mut self, user: u32, place: usize, mail: usize) {
        if !self.may_leave(user, place, mail) {
            return;
        }
        let journey = &self.person(user).journeys[place];
        let State::Out { step_at, attempts, message, .. } = journey.state else { return };
        let (workflow, run) = (self.workflow(journey.workflow), journey.run);
        let attempts = attempts + 1;
        let key = self.book.key(user, &workflow.name, run, mail, step_at);
        let answer = key.map(|key| self.world.weather.attempt(key, attempts).answer);
        let after = answer.as_ref().map_or(0, |answer| i64::try_from(answer.after.as_millis()).unwrap_or_default());
        let is_promised = after == 0 && answer.is_none_or(|answer| matches!(answer.fate, Fate::Delivered { .. }));
        let answer_at = self.now + after;
        self.agenda.insert(answer_at);
        let message = message.or_else(|| self.next_message());
        self.person_mut(user).journeys[place].state = State::Sending { answer_at, step_at, attempts, message };
        if is_promised {
            self.hear_answer(user, place);
        }
    }

    /// The other side has answered.
    pub(super) fn hear_answer(&mut self, user: u32, place: usize) {
        let now = self.now;
        let journey = &self.person(user).journeys[place];
        let State::Sending { step_at, attempts, message, .. } = journey.state else { return };
        let Some(Step::Send(mail)) = journey.todo.last().cloned() else { return };
        let (workflow, run, is_live) = (self.workflow(journey.workflow), journey.run, journey.is_live());
        let label = format!("{}/{run} send {}", workflow.name, MAILS[mail]);
        let key = self.book.key(user, &workflow.name, run, mail, step_at).map(str::to_owned);
        let weather = self.world.weather;
        let (fate, is_at_once) = match &key {
            Some(key) => {
                let answer = weather.attempt(key, attempts).answer;
                (answer.fate, answer.after.is_zero())
            }
            _ => (Fate::Delivered { receipt: String::new() }, true),
        };
        // One that promises has answered before anybody waits for it.
        let is_promised = is_at_once && matches!(fate, Fate::Delivered { .. });
        let again = match fate {
            Fate::Delivered { .. } => {
                let late = if is_live { "" } else { " late" };
                self.tell(user, format!("Sent {label}{late}"));
                self.person_mut(user).journeys[place].sent.push(Sent { mail, at: now, step_at });
                self.take_place(user, mail);
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
                self.take_place(user, mail);
                None
            }
            Fate::Unknown { .. } => {
                self.tell(user, format!("InDoubt {label}"));
                Some(self.book.after(attempts, key.as_deref().unwrap_or_default()))
            }
            _ => Some(self.book.after(attempts, key.as_deref().unwrap_or_default())),
        };
        if !is_promised {
            self.ask_held_again(user);
        }
        match again {
            Some(Some(wait)) if is_live => {
                let due = now + wait;
                self.agenda.insert(due);
                let journey = &mut self.person_mut(user).journeys[place];
                journey.state = State::Out { due, step_at, attempts, is_held: false, is_written: true, message };
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

    /// A mail has left, or nobody knows whether it has.
    fn take_place(&mut self, user: u32, mail: usize) {
        let now = self.now;
        if mail != BILL {
            self.person_mut(user).had.push(now);
        }
    }

    /// What was with the other side has come to something: whatever is held is asked about again.
    fn ask_held_again(&mut self, user: u32) {
        let now = self.now;
        if self.plan.policy.caps.is_empty() {
            return;
        }
        for journey in &mut self.person_mut(user).journeys {
            if let State::Out { due, is_held: true, .. } = &mut journey.state {
                *due = now;
            }
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
        let members: &[(&'static str, Option<&str>)] = match team {
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
        let owner = person.owners.get(team).copied();
        let (member, why) = match (chosen, backup) {
            _ if owner.is_some() => (owner, "Owner"),
            (Some(chosen), _) => {
                self.turns.insert(team, (chosen + 1) % members.len());
                self.person_mut(user).owners.insert(team, members[chosen].0);
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
